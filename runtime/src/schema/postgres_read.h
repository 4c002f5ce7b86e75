/* Reading the inventory of a PostgreSQL database. */
#ifndef BL_SCHEMA_POSTGRES_READ_H
#define BL_SCHEMA_POSTGRES_READ_H

#include "inventory.h"

/* bobolink_inventory_read() for this dialect. */
int bl_postgres_read(const struct bobolink_backend *backend, struct bobolink_connection *connection,
		     const struct bobolink_allocator *allocator,
		     const struct bobolink_inventory *previous,
		     struct bobolink_inventory **inventory, struct bobolink_error *error);

#endif
