/* Shadow tables: those in which a virtual table keeps its content. They are no part of a schema. */
#ifndef BL_SCHEMA_SQLITE_SHADOW_H
#define BL_SCHEMA_SQLITE_SHADOW_H

#include "inventory.h"

/* Takes the groups of shadow tables and of indexes on them out. Returns an enum bobolink_result. */
int bl_sqlite_drop_shadows(const struct bobolink_backend *backend,
			   struct bobolink_connection *connection,
			   const struct bobolink_allocator *allocator, struct bl_groups *groups,
			   struct bobolink_error *error);

#endif
