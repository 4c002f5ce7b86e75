/* The spine of the compiler: the stages in order. */
#ifndef COMPILE_H
#define COMPILE_H

#include "lock.h"
#include "model.h"
#include "support/diagnostic.h"

/*
 * scan, lock, lex, split, directive, order: a directory as a set, and its lock file. What cannot be mended any more in the migrations that the file
 * holds unchanged is noted, and left out. Returns 0, or -1 after an error.
 */
int compile_read(const struct compile_options *options, struct arena *arena, struct lock_file *lock,
		 struct set *set, struct diagnostics *diag);
/* read, lock, syntax, snapshot, shadow: a set and what the database says of it. Returns 0, or -1 after an error. */
int compile_prove(const struct compile_options *options, struct arena *arena, struct set *set,
		  struct diagnostics *diag);
/*
 * Everything: prove, replay on tables with rows, lint, and, when options->output is given, emit. Fills `set`. Returns 0, or -1 after an
 * error.
 */
int compile(const struct compile_options *options, struct arena *arena, struct set *set,
	    struct diagnostics *diag);

#endif
