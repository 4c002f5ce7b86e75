/* Generated C in a folder of its own, for tests that compile it. Needs gcc or clang; the one that is missing is skipped. */
#ifndef EMITTED_H
#define EMITTED_H

#include <stdbool.h>
#include <stddef.h>

#include "made_set.h"
#include "support/arena.h"

#define WARNINGS "-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror"
struct emitted {
	struct arena arena;
	char directory[64];
};

/* Fixtures of cmocka; *state is a struct emitted. */
int emitted_setup(void **state);
int emitted_teardown(void **state);

/* Runs a shell command in the folder and returns its status; what it prints is in the file "output". */
int emitted_run(struct emitted *context, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void emitted_write(struct emitted *context, const char *name, const char *text, size_t length);
char *emitted_read(struct emitted *context, const char *name);
/* Is the program there? Says that something is skipped where not. */
bool emitted_has(struct emitted *context, const char *program);

/*
 * Writes the source and header of the set, a stub.c in the place of the libraries, and a calls.c with the functions
 * "backfill" and "forget".
 */
void emitted_make(struct emitted *context, struct made_set *made);
/* Does shop_migrations.c compile, with warnings as errors? */
bool emitted_compiles(struct emitted *context, const char *compiler, const char *options);
/* Compiles the set with every compiler and dialect, loads it and compares it with its image. */
void emitted_reads_back(struct emitted *context, struct made_set *made);

#endif
