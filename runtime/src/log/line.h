/*
 * Line: text that grows in storage of fixed size, so that telling something needs no memory.
 *
 * What does not fit is left out, and the line says so with "…" at its end.
 */
#ifndef BL_LINE_H
#define BL_LINE_H

#include <stdbool.h>
#include <stddef.h>

struct bl_line {
	char *bytes; /* not terminated but by bl_line_end */
	size_t size;
	size_t length;
	bool cut; /* something was left out: nothing more is taken */
};

/* `size` is at least 8. */
void bl_line_init(struct bl_line *line, char *storage, size_t size);

/* Bytes as they are; a bl_put_fn whose context is the line. */
void bl_line_put(void *context, const char *bytes, size_t length);
/* As printf; for numbers and the like, of less than 64 bytes. */
void bl_line_print(struct bl_line *line, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Text of unknown origin: control characters are shown by name, so it stays one line. */
void bl_line_show(struct bl_line *line, const char *text);

/* Ends the line by a line feed and, not counted, a NUL. */
void bl_line_end(struct bl_line *line);

/* Writes the line by one call. Returns 0, or the errno of what went wrong. */
int bl_line_write(const struct bl_line *line, int file);

#endif
