/*
 * All memory of the runtime: everything comes from the session's allocator.
 *
 * A pool keeps many small strings that die together; a text is a string under construction. Both
 * remember a failed allocation, so that a caller may check once at the end.
 */
#ifndef BL_MEMORY_H
#define BL_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <bobolink/bobolink.h>

/* malloc, realloc and free. */
struct bobolink_allocator bl_memory_default(void);

/* Zeroed memory for `count` items; NULL when there is none. */
void *bl_memory_alloc(const struct bobolink_allocator *allocator, size_t count, size_t size);
void bl_memory_release(const struct bobolink_allocator *allocator, void *memory);

/* `items` with room for one more behind `count`; NULL when there is none: `items` is as it was. */
void *bl_memory_grow(const struct bobolink_allocator *allocator, void *items, uint32_t count,
		     uint32_t *capacity, size_t size);

struct bl_block;

struct bl_pool {
	const struct bobolink_allocator *allocator;
	struct bl_block *blocks;
	bool failed;
};

void bl_pool_init(struct bl_pool *pool, const struct bobolink_allocator *allocator);
void bl_pool_release(struct bl_pool *pool);
/* A terminated copy that lives as long as the pool; "" after a failed allocation. */
const char *bl_pool_copy(struct bl_pool *pool, const char *text, size_t length);
const char *bl_pool_format(struct bl_pool *pool, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

struct bl_text {
	const struct bobolink_allocator *allocator;
	char *text; /* terminated; NULL while empty */
	size_t length;
	size_t capacity;
	bool failed;
};

void bl_text_init(struct bl_text *text, const struct bobolink_allocator *allocator);
void bl_text_release(struct bl_text *text);
void bl_text_add(struct bl_text *text, const char *bytes, size_t length);

#endif
