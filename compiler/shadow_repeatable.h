/* Repeatables: run behind the chain, and again. */
#ifndef SHADOW_REPEATABLE_H
#define SHADOW_REPEATABLE_H

#include "shadow_run.h"

/*
 * Runs every repeatable in order, with its delta taken, and then all of them once more, which must change nothing. What they
 * make stays. Returns 0, or -1 after an error.
 */
int shadow_repeatables(struct shadow_run *run);

#endif
