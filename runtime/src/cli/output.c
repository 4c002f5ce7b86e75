/*
 * Output: stdio with the first failure remembered, so that a full disk is noticed at the end.
 */
#include "output.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../log/text.h"

#define USUAL_WIDTH    80
#define SMALLEST_WIDTH 20

static bool is_set(const char *variable)
{
	const char *value = getenv(variable);

	return value && *value;
}

/* COLUMNS, when it is exported, else what the terminal says; files and pipes are never cut. */
static unsigned find_width(int file, bool terminal)
{
	const char *columns = getenv("COLUMNS");
	unsigned long wanted = columns ? strtoul(columns, NULL, 10) : 0;
	struct winsize size = { 0, 0, 0, 0 };

	if (wanted == 0 || wanted > UINT16_MAX) {
		if (!terminal)
			return 0;
		ioctl(file, TIOCGWINSZ, &size);
		wanted = size.ws_col ? size.ws_col : USUAL_WIDTH;
	}
	return wanted < SMALLEST_WIDTH ? SMALLEST_WIDTH : (unsigned)wanted;
}

void bl_cli_output_init(struct bl_cli_output *output, FILE *stream)
{
	const char *kind = getenv("TERM");
	int file = fileno(stream);
	bool seen = file >= 0 && isatty(file);

	memset(output, 0, sizeof(*output));
	output->stream = stream;
	output->terminal = seen && kind && *kind && strcmp(kind, "dumb") != 0;
	output->color = output->terminal && !is_set("NO_COLOR");
	output->width = find_width(file, seen);
}

static void note_failure(struct bl_cli_output *output)
{
	if (output->failure == 0)
		output->failure = errno ? errno : EIO;
}

static void put(struct bl_cli_output *output, const char *text)
{
	if (fputs(text, output->stream) == EOF)
		note_failure(output);
}

void bl_cli_print(struct bl_cli_output *output, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	if (vfprintf(output->stream, format, arguments) < 0)
		note_failure(output);
	va_end(arguments);
}

void bl_cli_output_put(void *context, const char *bytes, size_t length)
{
	struct bl_cli_output *output = context;

	if (fwrite(bytes, 1, length, output->stream) != length)
		note_failure(output);
}

void bl_cli_print_text(struct bl_cli_output *output, const char *text)
{
	size_t left = strlen(text);

	while (left) {
		struct bl_glyph glyph;
		size_t taken = bl_glyph_next(text, left, &glyph);

		put(output, glyph.text);
		text += taken;
		left -= taken;
	}
}

void bl_cli_print_lines(struct bl_cli_output *output, const char *text, size_t length)
{
	while (length) {
		struct bl_glyph glyph = { "", 0 };
		size_t taken = 1;

		if (*text == '\n' || *text == '\t')
			glyph.text[0] = *text;
		else
			taken = bl_glyph_next(text, length, &glyph);
		put(output, glyph.text);
		text += taken;
		length -= taken;
	}
}

/* Prints the characters that lie within columns [from, to) of a text; returns their width. */
static unsigned print_range(struct bl_cli_output *output, const char *text, unsigned from,
			    unsigned to)
{
	size_t left = strlen(text);
	unsigned column = 0;
	unsigned printed = 0;

	while (left) {
		struct bl_glyph glyph;
		size_t taken = bl_glyph_next(text, left, &glyph);

		if (column >= from && column + glyph.columns <= to) {
			put(output, glyph.text);
			printed += glyph.columns;
		}
		column += glyph.columns;
		text += taken;
		left -= taken;
	}
	return printed;
}

void bl_cli_print_start(struct bl_cli_output *output, const char *text, unsigned width)
{
	print_range(output, text, 0, width);
}

void bl_cli_print_fitted(struct bl_cli_output *output, const char *text, unsigned width)
{
	unsigned columns = bl_text_columns(text);
	unsigned printed;

	if (columns <= width) {
		printed = print_range(output, text, 0, columns);
	} else {
		unsigned tail = (width - 1) / 2;

		printed = print_range(output, text, 0, width - 1 - tail);
		put(output, "…");
		printed += 1 + print_range(output, text, columns - tail, columns);
	}
	for (; printed < width; printed++)
		put(output, " ");
}

void bl_cli_print_color(struct bl_cli_output *output, enum bl_cli_color color)
{
	static const char *const codes[] = { "\033[0m", "\033[31m", "\033[32m", "\033[33m" };

	if (output->color)
		put(output, codes[color]);
}

const char *bl_cli_duration(int64_t ms, char *buffer, size_t size)
{
	int64_t seconds = ms / 1000;

	if (ms < 1000)
		snprintf(buffer, size, "%" PRId64 " ms", ms);
	else if (seconds < 60)
		snprintf(buffer, size, "%" PRId64 ".%" PRId64 " s", seconds, ms % 1000 / 100);
	else if (seconds < 3600)
		snprintf(buffer, size, "%" PRId64 " min %" PRId64 " s", seconds / 60, seconds % 60);
	else
		snprintf(buffer, size, "%" PRId64 " h %" PRId64 " min", seconds / 3600,
			 seconds % 3600 / 60);
	return buffer;
}

int bl_cli_output_flush(struct bl_cli_output *output)
{
	errno = 0;
	if (fflush(output->stream) != 0 || ferror(output->stream))
		note_failure(output);
	return output->failure ? -1 : 0;
}
