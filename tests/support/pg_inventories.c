/* Inventories of PostgreSQL databases. */
#include "pg_inventories.h"

#include <stdio.h>
#include <stdlib.h>

#include "inventories.h"
#include "query_backend.h"
#include "server.h"

struct bobolink_inventory *pg_inventory(PGconn *connection,
					const struct bobolink_inventory *previous)
{
	struct bobolink_allocator allocator = inventories_allocator();
	struct bobolink_connection asked = { connection };
	struct bobolink_inventory *inventory;
	struct bobolink_error error;

	if (bobolink_inventory_read(query_backend(), &asked, &allocator, previous, &inventory,
				    &error)) {
		fprintf(stderr, "%s\n", error.message);
		abort();
	}
	return inventory;
}

PGconn *pg_database_with(const char *sql)
{
	char url[SERVER_URL_SIZE];
	PGconn *connection;

	(void)server_for_tests();
	database_new(url);
	connection = pg_open(url);
	pg_run(connection, "SET client_min_messages = warning");
	pg_run(connection, sql);
	return connection;
}

struct bobolink_inventory *pg_inventory_of(const char *sql)
{
	PGconn *connection = pg_database_with(sql);
	struct bobolink_inventory *inventory = pg_inventory(connection, NULL);

	PQfinish(connection);
	return inventory;
}
