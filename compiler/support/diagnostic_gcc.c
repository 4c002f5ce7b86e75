/*
 * Diagnostics as compilers print them: position, message, the line with a caret, help.
 *
 * The caret line repeats the tabs of the line above it and counts the columns of everything else, so
 * that the caret stands under its character whatever the width of a tab.
 */
#include "diagnostic_format.h"

#include <stdio.h>
#include <string.h>

#include "model.h"
#include "terminal.h"
#include "text.h"

/* Characters shown on either side of the caret when a line is too long to be shown whole. */
#define GCC_CONTEXT   60
#define GCC_LONG_LINE 160

static const char *const colors[] = { "\033[36m", "\033[33m", "\033[31m" };

#define GCC_BOLD  "\033[1m"
#define GCC_PLAIN "\033[0m"

struct excerpt {
	const char *text;
	size_t begin; /* first byte shown */
	size_t end;   /* after the last byte shown */
	size_t caret; /* where it points */
	size_t tail;  /* end of what is underlined, at least caret */
	bool cut_before;
	bool cut_after;
};

static bool is_inside(const char *text, size_t i)
{
	return ((unsigned char)text[i] & 0xC0) == 0x80;
}

/* Moves the ends of a long line to within GCC_CONTEXT characters of the caret. */
static void cut(struct excerpt *excerpt)
{
	size_t begin = excerpt->caret;
	size_t end = excerpt->caret;

	if (excerpt->end - excerpt->begin <= GCC_LONG_LINE)
		return;
	for (int i = 0; i < GCC_CONTEXT && begin > excerpt->begin; i++) {
		begin--;
		while (begin > excerpt->begin && is_inside(excerpt->text, begin))
			begin--;
	}
	for (int i = 0; i < GCC_CONTEXT && end < excerpt->end; i++) {
		end++;
		while (end < excerpt->end && is_inside(excerpt->text, end))
			end++;
	}
	excerpt->cut_before = begin > excerpt->begin;
	excerpt->cut_after = end < excerpt->end;
	excerpt->begin = begin;
	excerpt->end = end;
}

static void find(const struct diagnostic *item, struct excerpt *excerpt)
{
	const struct source *source = item->source;
	const char *newline;

	excerpt->text = source->text;
	excerpt->begin = source->lines[item->line - 1];
	newline = memchr(source->text + excerpt->begin, '\n', source->length - excerpt->begin);
	excerpt->end = newline ? (size_t)(newline - source->text) : source->length;
	excerpt->caret = item->offset;
	excerpt->cut_before = false;
	excerpt->cut_after = false;
	cut(excerpt);
	excerpt->tail = excerpt->caret + item->length;
	if (excerpt->tail > excerpt->end)
		excerpt->tail = excerpt->end;
}

static void repeat(struct buffer *out, char c, unsigned count)
{
	while (count--)
		buffer_add(out, &c, 1);
}

/*
 * Appends the shown bytes to `line` and, to `marks`, blanks before the caret and a mark for each column from there.
 */
static void add_characters(const struct excerpt *excerpt, struct buffer *line, struct buffer *marks)
{
	size_t i = excerpt->begin;

	while (i < excerpt->end) {
		bool marked = i >= excerpt->caret && i < excerpt->tail;
		unsigned columns = 1;
		size_t at = i;

		if (excerpt->text[i] == '\t') {
			buffer_add(line, "\t", 1);
			i++;
		} else {
			i += terminal_add(line, excerpt->text + i, excerpt->end - i, &columns);
		}
		if (at < excerpt->caret && excerpt->text[at] == '\t')
			buffer_add(marks, "\t", 1);
		else if (at < excerpt->caret)
			repeat(marks, ' ', columns);
		else if (marked && at > excerpt->caret)
			repeat(marks, '~', columns);
		else if (at == excerpt->caret)
			repeat(marks, '^', 1);
		if (at == excerpt->caret && marked && columns > 1)
			repeat(marks, '~', columns - 1);
	}
	if (excerpt->caret >= excerpt->end)
		repeat(marks, '^', 1);
}

static void add_excerpt(const struct diagnostic *item, bool color, struct buffer *out)
{
	struct excerpt excerpt;
	struct buffer line = BUFFER_INIT;
	struct buffer marks = BUFFER_INIT;
	char number[16];
	int width;

	find(item, &excerpt);
	add_characters(&excerpt, &line, &marks);
	width = snprintf(number, sizeof(number), "%5u", (unsigned)item->line);
	buffer_format(out, "%s |%s%s%s%s\n", number, line.length ? " " : "",
		      excerpt.cut_before ? "..." : "", line.length ? line.text : "",
		      excerpt.cut_after ? "..." : "");
	buffer_format(out, "%*s | %s%s%s%s\n", width, "", excerpt.cut_before ? "   " : "",
		      color ? colors[item->severity] : "", marks.text, color ? GCC_PLAIN : "");
	buffer_release(&line);
	buffer_release(&marks);
}

void format_gcc(const struct diagnostic *item, bool color, struct buffer *out)
{
	buffer_add_text(out, color ? GCC_BOLD : "");
	terminal_add_text(out, item->path ? item->path : "bobolink");
	if (item->line)
		buffer_format(out, ":%u:%u", (unsigned)item->line, (unsigned)item->column);
	buffer_format(out, ": %s%s:%s ", color ? colors[item->severity] : "",
		      severity_name(item->severity), color ? GCC_PLAIN : "");
	terminal_add_text(out, item->message);
	buffer_format(out, " [%s]\n", item->rule);
	if (item->source && item->line)
		add_excerpt(item, color, out);
	if (item->help) {
		buffer_add_text(out, "help: ");
		terminal_add_text(out, item->help);
		buffer_add_text(out, "\n");
	}
}
