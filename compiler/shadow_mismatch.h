/* Mismatch: how a schema differs from the one it should be, in words. */
#ifndef SHADOW_MISMATCH_H
#define SHADOW_MISMATCH_H

#include "shadow_run.h"

/*
 * Reports what a down left behind, lost or changed, when `found` is not `before`. Returns -1 after a report.
 */
int shadow_mismatch_down(struct shadow_run *run, const struct migration *migration,
			 const struct bobolink_inventory *before,
			 const struct bobolink_inventory *found);
/* The same of an up that ran again after its down. */
int shadow_mismatch_up(struct shadow_run *run, const struct migration *migration,
		       const struct bobolink_inventory *after,
		       const struct bobolink_inventory *found);

/* What is left behind, lost or different in `found`, in the arena; NULL when it is the wanted one. */
const char *shadow_difference(struct shadow_run *run, const struct bobolink_inventory *wanted,
			      const struct bobolink_inventory *found);

/* The name with its schema, where that is not the usual one. */
const char *shadow_full_name(const char *schema, const char *name, struct arena *arena);
/* 'column "a" of table "t"', in the arena. */
const char *shadow_object_text(const struct bobolink_object *object, struct arena *arena);

#endif
