/*
 * Arena: blocks of zeroed memory, handed out from front to back and released together.
 *
 * A request that does not fit into a quarter of a block gets a block of its own, so that large texts
 * waste nothing.
 */
#include "arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_BLOCK_SIZE (64u * 1024u)
#define ARENA_ALIGNMENT	 _Alignof(max_align_t)

struct arena_block {
	struct arena_block *next;
	size_t used; /* bytes of memory handed out */
	size_t size;
	max_align_t memory[];
};

_Noreturn void arena_exhausted(void)
{
	fputs("bobolink: out of memory\n", stderr);
	exit(1);
}

static struct arena_block *block_new(size_t size)
{
	struct arena_block *block;

	if (size > SIZE_MAX - sizeof(*block))
		arena_exhausted();
	block = calloc(1, sizeof(*block) + size);
	if (!block)
		arena_exhausted();
	block->size = size;
	return block;
}

/* A block with `size` free bytes: the current one, a new current one, or one of its own behind it. */
static struct arena_block *block_for(struct arena *arena, size_t size)
{
	struct arena_block *current = arena->blocks;
	struct arena_block *block;

	if (current && size <= current->size - current->used)
		return current;
	if (current && size > ARENA_BLOCK_SIZE / 4) {
		block = block_new(size);
		block->next = current->next;
		current->next = block;
		return block;
	}
	block = block_new(size > ARENA_BLOCK_SIZE ? size : ARENA_BLOCK_SIZE);
	block->next = current;
	arena->blocks = block;
	return block;
}

void *arena_alloc(struct arena *arena, size_t count, size_t size)
{
	struct arena_block *block;
	size_t bytes;
	void *memory;

	if (size && count > (SIZE_MAX / 2) / size)
		arena_exhausted();
	bytes = (count * size + ARENA_ALIGNMENT - 1) / ARENA_ALIGNMENT * ARENA_ALIGNMENT;
	block = block_for(arena, bytes);
	memory = (char *)block->memory + block->used;
	block->used += bytes;
	return memory;
}

char *arena_copy(struct arena *arena, const char *text, size_t length)
{
	char *copy = arena_alloc(arena, length + 1, 1);

	if (length)
		memcpy(copy, text, length);
	return copy;
}

char *arena_format(struct arena *arena, const char *format, ...)
{
	va_list arguments;
	va_list again;
	char *text;
	int length;

	va_start(arguments, format);
	va_copy(again, arguments);
	length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (length < 0)
		arena_exhausted();
	text = arena_alloc(arena, (size_t)length + 1, 1);
	(void)vsnprintf(text, (size_t)length + 1, format, again);
	va_end(again);
	return text;
}

void *arena_grow(struct arena *arena, void *items, size_t count, size_t *capacity, size_t size)
{
	void *larger;

	if (count < *capacity)
		return items;
	*capacity = *capacity ? *capacity * 2 : 16;
	larger = arena_alloc(arena, *capacity, size);
	if (count)
		memcpy(larger, items, count * size);
	return larger;
}

void arena_release(struct arena *arena)
{
	while (arena->blocks) {
		struct arena_block *next = arena->blocks->next;

		free(arena->blocks);
		arena->blocks = next;
	}
}
