/* Environments: seeds, the migrations that only some of them have. */
#ifndef SHADOW_ENVIRONMENT_H
#define SHADOW_ENVIRONMENT_H

#include "shadow_run.h"

/* Reports a migration for some environments whose `changes` to the schema are not none. */
void shadow_check_seed(struct shadow_run *run, const struct migration *migration,
		       const struct change *changes, uint32_t count);

/*
 * Runs the ups of the set once for each environment that it names, each time on a database of its own, and checks the seeds
 * that ran for the first time. Returns 0, or -1 after an error.
 */
int shadow_environments(const struct compile_options *options, struct arena *arena, struct set *set,
			struct diagnostics *diag);

#endif
