/*
 * Memory that fails at a chosen allocation: an allocator for the runtime, and the C library's own, which every library of
 * the program calls. For one source of a program: it defines malloc.
 */
#ifndef FAILING_MEMORY_H
#define FAILING_MEMORY_H

#include <stdbool.h>
#include <stdlib.h>

#include <bobolink/bobolink.h>

/* The sanitizer's allocator cannot be replaced. */
#if defined(__SANITIZE_ADDRESS__)
#define CAN_REPLACE 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CAN_REPLACE 0
#endif
#endif
#ifndef CAN_REPLACE
#define CAN_REPLACE 1
#endif

/* The call number `at` fails, and those behind it when it lasts. */
struct budget {
	bool armed;
	long calls;
	long at; /* 0: none fails */
	bool lasts;
	long live;
};

static struct budget ours;
/* Not every test takes it, and a sanitizer has the functions that would. */
static struct budget everybodys __attribute__((unused));

static bool fails(struct budget *budget)
{
	if (!budget->armed)
		return false;
	budget->calls++;
	return budget->at &&
	       (budget->lasts ? budget->calls >= budget->at : budget->calls == budget->at);
}

#if CAN_REPLACE
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);

void *malloc(size_t size)
{
	return fails(&everybodys) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return fails(&everybodys) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
	return fails(&everybodys) ? NULL : __libc_realloc(memory, size);
}
#endif

static void *allocate(void *context, size_t size)
{
	struct budget *budget = context;
	void *memory = fails(budget) ? NULL : malloc(size);

	budget->live += memory != NULL;
	return memory;
}

static void *reallocate(void *context, void *memory, size_t size)
{
	struct budget *budget = context;
	void *moved = fails(budget) ? NULL : realloc(memory, size);

	budget->live += !memory && moved;
	return moved;
}

static void release(void *context, void *memory)
{
	struct budget *budget = context;

	budget->live -= memory != NULL;
	free(memory);
}

static struct bobolink_allocator failing_allocator(void)
{
	return (struct bobolink_allocator){ allocate, reallocate, release, &ours };
}

#endif
