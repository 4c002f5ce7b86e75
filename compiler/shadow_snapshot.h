/* Shadow and snapshot: what a run leaves for one, and what one says in the place of a run. */
#ifndef SHADOW_SNAPSHOT_H
#define SHADOW_SNAPSHOT_H

#include "shadow_run.h"

/*
 * The lines that lead from one inventory (NULL: the empty one) to the next, with SQL. Among them are objects whose SQL alone
 * changed, as a table's does with a column: applied one after another, blocks give inventories that do not differ in
 * anything from those that were read.
 */
const char *shadow_snapshot_block(struct shadow_run *run, const struct bobolink_inventory *before,
				  const struct bobolink_inventory *after);

/* Fills what a run would, from run->set->snapshot. Returns 0, or -1 after an error: it is stale, or does not fit. */
int shadow_snapshot_take(struct shadow_run *run);

/* After a run: warns of a stale snapshot, which builds without a server would refuse. With LOCKED that is an error. */
void shadow_snapshot_review(struct shadow_run *run);

#endif
