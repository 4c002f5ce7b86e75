/*
 * Errors: filling the caller's struct bobolink_error.
 *
 * Receives a code, words and a place; guarantees that every string in the error is terminated and
 * cut between characters, never inside one.
 */
#include "error.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int continues(char c)
{
	return ((unsigned char)c & 0xC0) == 0x80;
}

/* Ends `text` at `length` or before it, where a character ends. */
static void cut(char *text, size_t length)
{
	while (length > 0 && continues(text[length]))
		length--;
	text[length] = '\0';
}

void bl_format_list(char *text, size_t size, const char *format, va_list arguments)
{
	int length = vsnprintf(text, size, format, arguments);
	size_t last = size - 1;

	if (length < 0 || (size_t)length <= last)
		return;
	/* The byte before the NUL may begin a character whose rest is gone. */
	while (last > 0 && continues(text[last - 1]))
		last--;
	if (last > 0 && ((unsigned char)text[last - 1] & 0x80))
		last--;
	text[last] = '\0';
}

void bl_format(char *text, size_t size, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	bl_format_list(text, size, format, arguments);
	va_end(arguments);
}

const char *bobolink_error_text(const struct bobolink_error *error, char *buffer, size_t size)
{
	if (!error)
		snprintf(buffer, size, "%s", "");
	else if (error->file[0] && error->line)
		snprintf(buffer, size, "%s:%" PRIu32 ":%" PRIu32 ": %s", error->file, error->line,
			 error->column, error->message);
	else if (error->file[0])
		snprintf(buffer, size, "%s: %s", error->file, error->message);
	else
		snprintf(buffer, size, "%s", error->message);
	return buffer;
}

void bl_error_clear(struct bobolink_error *error)
{
	if (!error)
		return;
	memset(error, 0, sizeof(*error));
	error->version = -1;
	error->offset = -1;
}

bool bl_error_is_read_only(const struct bobolink_error *error)
{
	return error->code == BOBOLINK_READ_ONLY || strcmp(error->sqlstate, "42501") == 0;
}

int bl_error_set(struct bobolink_error *error, int code, const char *format, ...)
{
	va_list arguments;

	if (!error)
		return code;
	bl_error_clear(error);
	error->code = code;
	va_start(arguments, format);
	bl_format_list(error->message, sizeof(error->message), format, arguments);
	va_end(arguments);
	return code;
}

int bl_error_append(struct bobolink_error *error, int code, const char *format, ...)
{
	va_list arguments;
	size_t length;

	if (!error)
		return code;
	error->code = code;
	length = strlen(error->message);
	va_start(arguments, format);
	if (length + 1 < sizeof(error->message))
		bl_format_list(error->message + length, sizeof(error->message) - length, format,
			       arguments);
	va_end(arguments);
	return code;
}

void bl_error_place(struct bobolink_error *error, int64_t version, const char *file, uint32_t line,
		    uint32_t column)
{
	size_t length = strlen(file);

	if (!error)
		return;
	if (length >= sizeof(error->file))
		length = sizeof(error->file) - 1;
	memcpy(error->file, file, length);
	error->file[length] = '\0';
	if (file[length])
		cut(error->file, length);
	error->version = version;
	error->line = line;
	error->column = column;
}

void bl_error_locate(struct bobolink_error *error, const char *text, uint32_t length, uint32_t line,
		     uint32_t column)
{
	uint32_t end;

	if (!error)
		return;
	end = error->offset > 0 ? (uint32_t)error->offset : 0;
	if (end > length)
		end = length;
	for (uint32_t i = 0; i < end; i++) {
		if (text[i] == '\n') {
			line++;
			column = 1;
		} else if (!continues(text[i])) {
			column++;
		}
	}
	error->line = line;
	error->column = column;
}
