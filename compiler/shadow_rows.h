/* Rows: all that the tables of a scratch database hold, so that two moments can be compared. */
#ifndef SHADOW_ROWS_H
#define SHADOW_ROWS_H

#include "shadow_run.h"

struct shadow_rows;

/* What the tables of an inventory hold, in the arena; NULL after a failure, which is reported. */
struct shadow_rows *shadow_rows_read(struct shadow_run *run,
				     const struct bobolink_inventory *inventory);
/* The first table whose rows differ, as 'table "a"'; NULL: none. Both were read for the same tables. */
const char *shadow_rows_difference(struct shadow_run *run, const struct shadow_rows *wanted,
				   const struct shadow_rows *found);

#endif
