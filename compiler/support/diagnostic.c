/*
 * Diagnostic: collects findings and hands them, sorted, to the form that was asked for.
 *
 * Equal positions keep the order in which they were reported.
 */
#include "diagnostic.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "diagnostic_format.h"
#include "model.h"
#include "text.h"

const char *severity_name(enum severity severity)
{
	static const char *const names[] = { "note", "warning", "error" };

	return names[severity];
}

void diagnostic_position(const struct source *source, uint32_t offset, uint32_t *line,
			 uint32_t *column)
{
	uint32_t low = 0;
	uint32_t high = source->line_count;

	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;

		if (source->lines[middle] <= offset)
			low = middle;
		else
			high = middle;
	}
	*line = low + 1;
	*column = 1 + (uint32_t)text_utf8_count(source->text + source->lines[low],
						offset - source->lines[low]);
}

static char *format_message(struct arena *arena, const char *format, va_list arguments)
{
	va_list again;
	char *text;
	int length;

	va_copy(again, arguments);
	length = vsnprintf(NULL, 0, format, arguments);
	if (length < 0)
		arena_exhausted();
	text = arena_alloc(arena, (size_t)length + 1, 1);
	(void)vsnprintf(text, (size_t)length + 1, format, again);
	va_end(again);
	return text;
}

static void add(struct diagnostics *all, const struct diagnostic *item)
{
	struct diagnostic *added;

	all->items =
		arena_grow(all->arena, all->items, all->count, &all->capacity, sizeof(*all->items));
	added = &all->items[all->count++];
	*added = *item;
	if (added->severity == SEVERITY_WARNING && all->warnings_as_errors)
		added->severity = SEVERITY_ERROR;
	all->errors += added->severity == SEVERITY_ERROR;
	all->warnings += added->severity == SEVERITY_WARNING;
}

void diagnostic_at(struct diagnostics *all, enum severity severity, const char *rule,
		   const struct source *source, uint32_t offset, uint32_t length,
		   const char *format, ...)
{
	struct diagnostic item = {
		.severity = severity,
		.rule = rule,
		.path = source->path,
		.source = source,
		.offset = offset,
		.length = length,
	};
	va_list arguments;

	diagnostic_position(source, offset, &item.line, &item.column);
	va_start(arguments, format);
	item.message = format_message(all->arena, format, arguments);
	va_end(arguments);
	add(all, &item);
}

void diagnostic_path(struct diagnostics *all, enum severity severity, const char *rule,
		     const char *path, const char *format, ...)
{
	struct diagnostic item = { .severity = severity, .rule = rule };
	va_list arguments;

	if (path)
		item.path = arena_copy(all->arena, path, strlen(path));
	va_start(arguments, format);
	item.message = format_message(all->arena, format, arguments);
	va_end(arguments);
	add(all, &item);
}

void diagnostic_help(struct diagnostics *all, const char *format, ...)
{
	va_list arguments;

	if (!all->count)
		return;
	va_start(arguments, format);
	all->items[all->count - 1].help = format_message(all->arena, format, arguments);
	va_end(arguments);
}

void diagnostic_soften(struct diagnostics *all, size_t first, size_t end)
{
	for (size_t i = first; i < end; i++) {
		struct diagnostic *item = &all->items[i];

		if (item->severity != SEVERITY_ERROR)
			continue;
		item->severity = SEVERITY_NOTE;
		item->help = NULL;
		all->errors--;
	}
}

static int compare(const void *left, const void *right)
{
	const struct diagnostic *a = *(const struct diagnostic *const *)left;
	const struct diagnostic *b = *(const struct diagnostic *const *)right;
	int paths = strcmp(a->path ? a->path : "", b->path ? b->path : "");

	if (paths)
		return paths;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	if (a->column != b->column)
		return a->column < b->column ? -1 : 1;
	return (a > b) - (a < b);
}

static const struct diagnostic **sorted(const struct diagnostics *all)
{
	const struct diagnostic **items = arena_alloc(all->arena, all->count, sizeof(*items));

	for (size_t i = 0; i < all->count; i++)
		items[i] = &all->items[i];
	qsort(items, all->count, sizeof(*items), compare);
	return items;
}

int diagnostic_print(const struct diagnostics *all, enum diagnostic_format format, bool color,
		     FILE *stream)
{
	const struct diagnostic **items = sorted(all);
	struct buffer out = BUFFER_INIT;
	int rc = 0;

	if (format == FORMAT_JSON)
		format_json(items, all->count, &out);
	if (format == FORMAT_SARIF)
		format_sarif(items, all->count, &out);
	for (size_t i = 0; i < all->count; i++) {
		if (format == FORMAT_GCC)
			format_gcc(items[i], color, &out);
		if (format == FORMAT_GITHUB)
			format_github(items[i], &out);
	}
	if (out.length && fwrite(out.text, 1, out.length, stream) != out.length)
		rc = -1;
	if (fflush(stream))
		rc = -1;
	buffer_release(&out);
	return rc;
}
