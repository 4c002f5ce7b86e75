/* Rows: the INSERT that fills one table. */
#ifndef SHADOW_SEED_ROWS_H
#define SHADOW_SEED_ROWS_H

#include "shadow_seed.h"

struct seed_reference;

/* Is there no way to fill the table without a row in the one that it refers to? */
bool seed_needs_parent(struct seeds *seeds, const struct seed_table *table,
		       const struct seed_reference *reference);
/*
 * Fills the table up to SEED_ROWS; one row is as good when a second is refused. NULL, or why it stayed empty: the
 * database's words.
 */
const char *seed_rows_add(struct seeds *seeds, struct seed_table *table);

#endif
