/* Shadow: the whole set runs on a scratch database, through the runtime that ships. */
#ifndef SHADOW_H
#define SHADOW_H

#include "model.h"
#include "support/diagnostic.h"

/*
 * Runs every up, proves every down (up, down, up), compiles the bodies of views and triggers, and fills each
 * migration's delta and the set's schema. Errors are mapped to file, line and column. With SHADOW OFF it only
 * notes that the set is unproven. Returns 0, or -1 after an error.
 */
int shadow(const struct compile_options *options, struct arena *arena, struct set *set,
	   struct diagnostics *diag);

#endif
