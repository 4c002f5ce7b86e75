/*
 * Line: every piece is taken whole or not at all, so that none is cut inside a character.
 */
#include "line.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "text.h"

#define MARK	  "…"
#define MARK_SIZE (sizeof(MARK) - 1)
/* What stands behind the text: the mark, a line feed, a NUL. */
#define TAIL_SIZE (MARK_SIZE + 2)

void bl_line_init(struct bl_line *line, char *storage, size_t size)
{
	line->bytes = storage;
	line->size = size;
	line->length = 0;
	line->cut = false;
}

void bl_line_put(void *context, const char *bytes, size_t length)
{
	struct bl_line *line = context;

	if (line->cut)
		return;
	if (length > line->size - TAIL_SIZE - line->length) {
		bytes = MARK;
		length = MARK_SIZE;
		line->cut = true;
	}
	memcpy(line->bytes + line->length, bytes, length);
	line->length += length;
}

void bl_line_print(struct bl_line *line, const char *format, ...)
{
	char text[64];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	bl_line_put(line, text, strlen(text));
}

void bl_line_show(struct bl_line *line, const char *text)
{
	size_t left = strlen(text);

	while (left && !line->cut) {
		struct bl_glyph glyph;
		size_t taken = bl_glyph_next(text, left, &glyph);

		bl_line_put(line, glyph.text, strlen(glyph.text));
		text += taken;
		left -= taken;
	}
}

void bl_line_end(struct bl_line *line)
{
	line->bytes[line->length++] = '\n';
	line->bytes[line->length] = '\0';
}

int bl_line_write(const struct bl_line *line, int file)
{
	ssize_t written;

	do
		written = write(file, line->bytes, line->length);
	while (written < 0 && errno == EINTR);
	if (written < 0)
		return errno;
	/* The rest is not sent after it: another process may have written in between. */
	return (size_t)written == line->length ? 0 : ENOSPC;
}
