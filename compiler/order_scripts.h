/* Order, its scripts: fixes by number, repeatables so that each comes behind what it names. */
#ifndef ORDER_SCRIPTS_H
#define ORDER_SCRIPTS_H

#include "model.h"
#include "support/diagnostic.h"

/*
 * Fills the scripts of a set whose migrations are known. Reports numbers and names used twice (both places), `after`
 * that names nothing or goes in a circle, and `requires` of a migration that is not there. Returns 0, or -1 after an error.
 */
int order_scripts(const struct parts *parts, struct arena *arena, struct set *set,
		  struct diagnostics *diag);

#endif
