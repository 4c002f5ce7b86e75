/* Source: the canonical text that checksums, positions and the database see. */
#include "source.h"

#include <string.h>

static void count_lines(struct source *source, struct arena *arena)
{
	const char *end = source->text + source->length;
	uint32_t *lines;
	uint32_t count = 1;

	for (const char *p = source->text; (p = memchr(p, '\n', (size_t)(end - p))); p++)
		count++;
	lines = arena_alloc(arena, count, sizeof(*lines));
	count = 1;
	for (const char *p = source->text; (p = memchr(p, '\n', (size_t)(end - p))); p++)
		lines[count++] = (uint32_t)(p + 1 - source->text);
	source->lines = lines;
	source->line_count = count;
}

/* CRLF becomes LF in place; a lone CR stays. Returns the new length. */
static size_t join_line_ends(char *text, size_t length)
{
	char *end = text + length;
	char *to = memchr(text, '\r', length);
	char *from = to;

	while (from && from < end) {
		char *next;

		if (from + 1 < end && from[1] == '\n')
			from++;
		next = memchr(from + 1, '\r', (size_t)(end - from - 1));
		if (!next)
			next = end;
		memmove(to, from, (size_t)(next - from));
		to += next - from;
		from = next;
	}
	if (!to)
		return length;
	*to = '\0';
	return (size_t)(to - text);
}

void source_take(struct source *source, char *bytes, size_t length, struct arena *arena)
{
	if (length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
		bytes += 3;
		length -= 3;
	}
	source->text = bytes;
	source->length = join_line_ends(bytes, length);
	count_lines(source, arena);
}
