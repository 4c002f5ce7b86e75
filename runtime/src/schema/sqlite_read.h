/* Reading the inventory of an SQLite database. */
#ifndef BL_SCHEMA_SQLITE_READ_H
#define BL_SCHEMA_SQLITE_READ_H

#include "inventory.h"

/* bobolink_inventory_read() for this dialect. */
int bl_sqlite_read(const struct bobolink_backend *backend, struct bobolink_connection *connection,
		   const struct bobolink_allocator *allocator,
		   const struct bobolink_inventory *previous, struct bobolink_inventory **inventory,
		   struct bobolink_error *error);

/* bobolink_inventory_follow() for this dialect. */
int bl_sqlite_follow(const struct bobolink_backend *backend, struct bobolink_connection *connection,
		     const struct bobolink_allocator *allocator,
		     const struct bobolink_inventory *previous,
		     const struct bobolink_object *dropped, uint32_t dropped_count,
		     struct bobolink_inventory **inventory, struct bobolink_error *error);

#endif
