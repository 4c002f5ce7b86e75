/* Fixes: tried where the chain puts them, on the problem that their authors describe. */
#ifndef SHADOW_FIX_H
#define SHADOW_FIX_H

#include "shadow_run.h"

/* Before the first migration: no guard of a fix that may run there is true or in error. */
void shadow_fixes_at_start(struct shadow_run *run);
/* Tries the fixes that require migration number `index`, behind which the database stands. */
void shadow_fixes_behind(struct shadow_run *run, uint32_t index);
/* Tries those that require none, after the chain and the repeatables. */
void shadow_fixes_at_end(struct shadow_run *run);

#endif
