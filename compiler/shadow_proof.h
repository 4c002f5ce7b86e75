/* Proof: a down undoes its up, and the up runs again after it. */
#ifndef SHADOW_PROOF_H
#define SHADOW_PROOF_H

#include "shadow_run.h"

/*
 * Proves the down of migration number `index`, which was applied last and led from `before` to run->inventory. Leaves
 * the database as it was, or made anew by the same text; then run->inventory is that.
 */
void shadow_prove(struct shadow_run *run, uint32_t index, const struct bobolink_inventory *before);

#endif
