/* Inventories of PostgreSQL databases; every failure ends the test program. */
#ifndef PG_INVENTORIES_H
#define PG_INVENTORIES_H

#include <bobolink/schema.h>
#include <libpq-fe.h>

/* A new database. */
struct pg_database {
	PGconn *pg;
	struct bobolink_connection *connection;
};

/* Makes one on which `sql` has run; the test is skipped where there is no server. */
void pg_database_open(struct pg_database *database, const char *sql);
void pg_database_close(struct pg_database *database);
/* The backend looks at the connection anew. */
void pg_database_reopen(struct pg_database *database);

/* The inventory; `previous` may be NULL and stays. */
struct bobolink_inventory *pg_inventory(struct pg_database *database,
					const struct bobolink_inventory *previous);
/* The same for a new database on which `sql` has run. */
struct bobolink_inventory *pg_inventory_of(const char *sql);

#endif
