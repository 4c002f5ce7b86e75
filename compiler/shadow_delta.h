/* Delta: what one migration changed, as a list and as text. */
#ifndef SHADOW_DELTA_H
#define SHADOW_DELTA_H

#include "shadow_run.h"

/* Fills the changes and the delta of a migration: the difference of two inventories. */
void shadow_delta(struct shadow_run *run, const struct bobolink_inventory *before,
		  const struct bobolink_inventory *after, struct migration *migration);

#endif
