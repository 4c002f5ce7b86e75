/*
 * Memory of a compilation: allocated piece by piece, released all at once.
 *
 * No function here returns NULL. When memory runs out the tool prints one line and exits with
 * status 1; nothing has been written by then, because output files are complete in memory before
 * the first byte goes to disk.
 */
#ifndef ARENA_H
#define ARENA_H

#include <stddef.h>

struct arena {
	struct arena_block *blocks;
};

#define ARENA_INIT   \
	{            \
		NULL \
	}

/* Zeroed memory, aligned for any type. */
void *arena_alloc(struct arena *arena, size_t count, size_t size);
/* Copies `length` bytes and adds a NUL. */
char *arena_copy(struct arena *arena, const char *text, size_t length);
/* printf into the arena. */
char *arena_format(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/*
 * Makes room for one more in a growing array: returns `items` itself or a larger copy. `*capacity`
 * is updated; start with NULL and 0.
 */
void *arena_grow(struct arena *arena, void *items, size_t count, size_t *capacity, size_t size);
void arena_release(struct arena *arena);

/* Prints "bobolink: out of memory" and exits with status 1. */
_Noreturn void arena_exhausted(void);

#endif
