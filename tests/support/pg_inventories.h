/* Inventories of PostgreSQL databases; every failure ends the test program. */
#ifndef PG_INVENTORIES_H
#define PG_INVENTORIES_H

#include <bobolink/schema.h>
#include <libpq-fe.h>

/* The inventory of a connection's database; `previous` may be NULL and stays. */
struct bobolink_inventory *pg_inventory(PGconn *connection,
					const struct bobolink_inventory *previous);

/* The same for a new database on which `sql` has run, in a session of its own. */
struct bobolink_inventory *pg_inventory_of(const char *sql);

/* A connection to a new database on which `sql` has run. */
PGconn *pg_database_with(const char *sql);

#endif
