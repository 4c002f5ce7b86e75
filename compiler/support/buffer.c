/* Buffer: a byte string that doubles when it is full. */
#include "buffer.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"

/* Makes room for `length` bytes and a NUL. */
static void reserve(struct buffer *buffer, size_t length)
{
	size_t capacity = buffer->capacity ? buffer->capacity : 256;
	char *text;

	if (length >= SIZE_MAX / 2 - buffer->length)
		arena_exhausted();
	while (capacity < buffer->length + length + 1)
		capacity *= 2;
	if (capacity == buffer->capacity)
		return;
	text = realloc(buffer->text, capacity);
	if (!text)
		arena_exhausted();
	buffer->text = text;
	buffer->capacity = capacity;
}

void buffer_add(struct buffer *buffer, const char *text, size_t length)
{
	reserve(buffer, length);
	if (length)
		memcpy(buffer->text + buffer->length, text, length);
	buffer->length += length;
	buffer->text[buffer->length] = '\0';
}

void buffer_add_text(struct buffer *buffer, const char *text)
{
	buffer_add(buffer, text, strlen(text));
}

void buffer_format(struct buffer *buffer, const char *format, ...)
{
	va_list arguments;
	va_list again;
	int length;

	va_start(arguments, format);
	va_copy(again, arguments);
	length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (length < 0)
		arena_exhausted();
	reserve(buffer, (size_t)length);
	(void)vsnprintf(buffer->text + buffer->length, (size_t)length + 1, format, again);
	va_end(again);
	buffer->length += (size_t)length;
}

void buffer_release(struct buffer *buffer)
{
	free(buffer->text);
	*buffer = (struct buffer)BUFFER_INIT;
}
