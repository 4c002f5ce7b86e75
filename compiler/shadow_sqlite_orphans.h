/* Orphans: rows of a migration that refer to a row which no migration makes. */
#ifndef SHADOW_SQLITE_ORPHANS_H
#define SHADOW_SQLITE_ORPHANS_H

#include "shadow_sqlite.h"

/* Looks at the rows of one table, whose foreign keys are known to be sound, and reports the first orphan of each parent. */
void shadow_sqlite_orphans(struct shadow_run *run, const char *table);

#endif
