/*
 * Sets whose deltas and schema are those of a real database, on any engine: the migrations are run on one of their own, as
 * the compiler runs them on a shadow database.
 */
#ifndef LEARNED_SET_H
#define LEARNED_SET_H

#include "hand_set.h"

#define LEARNED_STATEMENTS 6

/* Versions count from 1. Lists end with NULL; without a down there is none. */
struct learned_migration {
	const char *name;
	const char *up[LEARNED_STATEMENTS];
	const char *down[LEARNED_STATEMENTS];
};

/* Embeds deltas, and a schema that lives until the next call. `directory` is a scratch folder. */
struct hand_set *learned_set(const char *directory, const char *name,
			     const struct learned_migration *migrations, uint32_t count);
/* The same with repeatables, whose ups run behind the migrations. */
struct hand_set *learned_set_with(const char *directory, const char *name,
				  const struct learned_migration *migrations, uint32_t count,
				  const struct learned_migration *repeatables,
				  uint32_t repeatable_count);

#endif
