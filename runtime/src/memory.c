/*
 * Memory: pools and texts on top of the session's allocator. Sizes are checked for overflow.
 */
#include "memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE 4000

struct bl_block {
	struct bl_block *next;
	size_t used;
	size_t size;
	char bytes[];
};

static void *default_allocate(void *context, size_t size)
{
	(void)context;
	return malloc(size);
}

static void *default_reallocate(void *context, void *memory, size_t size)
{
	(void)context;
	return realloc(memory, size);
}

static void default_release(void *context, void *memory)
{
	(void)context;
	free(memory);
}

struct bobolink_allocator bl_memory_default(void)
{
	struct bobolink_allocator allocator = {
		.allocate = default_allocate,
		.reallocate = default_reallocate,
		.release = default_release,
	};

	return allocator;
}

void *bl_memory_alloc(const struct bobolink_allocator *allocator, size_t count, size_t size)
{
	void *memory;

	if (count > SIZE_MAX / size)
		return NULL;
	memory = allocator->allocate(allocator->context, count ? count * size : 1);
	if (memory)
		memset(memory, 0, count * size);
	return memory;
}

void bl_memory_release(const struct bobolink_allocator *allocator, void *memory)
{
	allocator->release(allocator->context, memory);
}

void *bl_memory_grow(const struct bobolink_allocator *allocator, void *items, uint32_t count,
		     uint32_t *capacity, size_t size)
{
	uint32_t room = *capacity ? *capacity * 2 : 16;
	void *grown;

	if (count < *capacity)
		return items;
	if (*capacity > UINT32_MAX / 2 || room > SIZE_MAX / size)
		return NULL;
	grown = allocator->reallocate(allocator->context, items, room * size);
	if (grown)
		*capacity = room;
	return grown;
}

void bl_pool_init(struct bl_pool *pool, const struct bobolink_allocator *allocator)
{
	pool->allocator = allocator;
	pool->blocks = NULL;
	pool->failed = false;
}

void bl_pool_release(struct bl_pool *pool)
{
	while (pool->blocks) {
		struct bl_block *next = pool->blocks->next;

		bl_memory_release(pool->allocator, pool->blocks);
		pool->blocks = next;
	}
}

static char *pool_room(struct bl_pool *pool, size_t size)
{
	struct bl_block *block = pool->blocks;
	size_t room = size > BLOCK_SIZE ? size : BLOCK_SIZE;

	if (!block || block->size - block->used < size) {
		block = pool->allocator->allocate(pool->allocator->context, sizeof(*block) + room);
		if (!block) {
			pool->failed = true;
			return NULL;
		}
		block->next = pool->blocks;
		block->used = 0;
		block->size = room;
		pool->blocks = block;
	}
	block->used += size;
	return block->bytes + block->used - size;
}

const char *bl_pool_copy(struct bl_pool *pool, const char *text, size_t length)
{
	char *copy;

	if (length == 0)
		return "";
	copy = pool_room(pool, length + 1);
	if (!copy)
		return "";
	memcpy(copy, text, length);
	copy[length] = '\0';
	return copy;
}

const char *bl_pool_format(struct bl_pool *pool, const char *format, ...)
{
	va_list arguments;
	char *text;
	int length;

	va_start(arguments, format);
	length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	text = length < 0 ? NULL : pool_room(pool, (size_t)length + 1);
	if (!text)
		return "";
	va_start(arguments, format);
	vsnprintf(text, (size_t)length + 1, format, arguments);
	va_end(arguments);
	return text;
}

void bl_text_init(struct bl_text *text, const struct bobolink_allocator *allocator)
{
	memset(text, 0, sizeof(*text));
	text->allocator = allocator;
}

void bl_text_release(struct bl_text *text)
{
	bl_memory_release(text->allocator, text->text);
	text->text = NULL;
	text->length = text->capacity = 0;
}

static bool text_reserve(struct bl_text *text, size_t length)
{
	size_t capacity = text->capacity ? text->capacity : 256;
	char *grown;

	if (length >= SIZE_MAX / 4 - text->length)
		return false;
	while (capacity < text->length + length + 1)
		capacity *= 2;
	if (capacity == text->capacity)
		return true;
	grown = text->allocator->reallocate(text->allocator->context, text->text, capacity);
	if (!grown)
		return false;
	text->text = grown;
	text->capacity = capacity;
	return true;
}

void bl_text_add(struct bl_text *text, const char *bytes, size_t length)
{
	if (text->failed || !text_reserve(text, length)) {
		text->failed = true;
		return;
	}
	memcpy(text->text + text->length, bytes, length);
	text->length += length;
	text->text[text->length] = '\0';
}
