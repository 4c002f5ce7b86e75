/* The title of a fix, from the comments above its first section. */
#include "directive_title.h"

#include <string.h>

#include "support/buffer.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\f' || c == '\v' || c == '\r' || c == '\n';
}

/* Adds a line without blanks at its end; none before the first that says something. */
static void add_line(struct buffer *title, const char *text, size_t length)
{
	while (length && is_blank(text[length - 1]))
		length--;
	if (!length && !title->length)
		return;
	buffer_add(title, text, length);
	buffer_add_text(title, "\n");
}

static void add_line_comment(struct buffer *title, const char *text, size_t length)
{
	size_t mark = 2;

	while (mark < length && text[mark] == '-')
		mark++;
	mark += mark < length && text[mark] == ' ';
	add_line(title, text + mark, length - mark);
}

/* Of each line: what stands behind its blanks and one asterisk. */
static void add_block(struct buffer *title, const char *text, size_t length)
{
	const char *end = text + length - 2;

	for (text += 2; text <= end;) {
		const char *line_end = memchr(text, '\n', (size_t)(end - text));

		if (!line_end)
			line_end = end;
		while (text < line_end && is_blank(*text))
			text++;
		text += text < line_end && *text == '*';
		text += text < line_end && *text == ' ';
		add_line(title, text, (size_t)(line_end - text));
		text = line_end + 1;
	}
}

const char *directive_title(const struct source *source, const struct tokens *tokens, uint32_t end,
			    struct arena *arena)
{
	struct buffer title = BUFFER_INIT;
	const char *copy = NULL;

	for (uint32_t i = 0; i < tokens->count && tokens->items[i].offset < end; i++) {
		struct token token = tokens->items[i];

		if (token.kind == TOKEN_LINE_COMMENT)
			add_line_comment(&title, source->text + token.offset, token.length);
		else if (token.kind == TOKEN_BLOCK_COMMENT)
			add_block(&title, source->text + token.offset, token.length);
	}
	while (title.length && title.text[title.length - 1] == '\n')
		title.length--;
	if (title.length)
		copy = arena_copy(arena, title.text, title.length);
	buffer_release(&title);
	return copy;
}
