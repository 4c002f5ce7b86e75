/* Foreign keys that mean the same, whether or not they name the columns of their parent's primary key. */
#ifndef BL_SCHEMA_REFERENCE_H
#define BL_SCHEMA_REFERENCE_H

#include "inventory.h"

/* True when two foreign keys, each of its inventory, reference the same columns in the same way. */
bool bl_reference_same(const struct bobolink_inventory *before, const struct bobolink_object *old,
		       const struct bobolink_inventory *after, const struct bobolink_object *new);

#endif
