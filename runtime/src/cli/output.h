/* Output: a stream whose every write is checked, and what is known of the terminal behind it. */
#ifndef BL_CLI_OUTPUT_H
#define BL_CLI_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum bl_cli_color {
	BL_CLI_PLAIN,
	BL_CLI_RED,
	BL_CLI_GREEN,
	BL_CLI_YELLOW
};

struct bl_cli_output {
	FILE *stream;
	bool terminal;	/* a person may be looking, on something that obeys escape sequences */
	bool color;	/* and wants colours */
	unsigned width; /* columns; 0: as many as needed */
	int failure;	/* errno of the first write that did not succeed, or 0 */
};

void bl_cli_output_init(struct bl_cli_output *output, FILE *stream);

void bl_cli_print(struct bl_cli_output *output, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Bytes as they are; a bl_put_fn whose context is the output. */
void bl_cli_output_put(void *context, const char *bytes, size_t length);
/* Text of unknown origin: what a terminal would obey is shown by name. */
void bl_cli_print_text(struct bl_cli_output *output, const char *text);
/* The same, but line ends and tabs stay. */
void bl_cli_print_lines(struct bl_cli_output *output, const char *text, size_t length);
/* The same, but no more than the first `width` columns. */
void bl_cli_print_start(struct bl_cli_output *output, const char *text, unsigned width);
/* The same in at most `width` columns, cut with … in the middle, and filled up with blanks. */
void bl_cli_print_fitted(struct bl_cli_output *output, const char *text, unsigned width);
void bl_cli_print_color(struct bl_cli_output *output, enum bl_cli_color color);
/* "3 ms", "2.5 s", "4 min 10 s" in `buffer`; returns it. */
const char *bl_cli_duration(int64_t ms, char *buffer, size_t size);

/* Hands what was written on to the system. Returns 0, or -1 when any write failed. */
int bl_cli_output_flush(struct bl_cli_output *output);

#endif
