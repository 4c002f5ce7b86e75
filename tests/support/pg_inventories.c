/* Inventories of PostgreSQL databases. */
#include "pg_inventories.h"

#include <stdio.h>
#include <stdlib.h>

#include <bobolink/postgres.h>

#include "inventories.h"
#include "server.h"

static const struct bobolink_context *context(void)
{
	static struct bobolink_context made;

	made.allocator = inventories_allocator();
	made.timeout_ms = 60000;
	return &made;
}

static void check(int rc, const struct bobolink_error *error)
{
	if (rc) {
		fprintf(stderr, "%s\n", error->message);
		abort();
	}
}

static void open_connection(struct pg_database *database)
{
	struct bobolink_error error;

	check(bobolink_backend_postgres()->open(database->pg, context(), &database->connection,
						&error),
	      &error);
}

void pg_database_open(struct pg_database *database, const char *sql)
{
	char url[SERVER_URL_SIZE];

	(void)server_for_tests();
	database_new(url);
	database->pg = pg_open(url);
	pg_run(database->pg, "SET client_min_messages = warning");
	pg_run(database->pg, sql);
	open_connection(database);
}

void pg_database_reopen(struct pg_database *database)
{
	bobolink_backend_postgres()->close(database->connection);
	open_connection(database);
}

void pg_database_close(struct pg_database *database)
{
	bobolink_backend_postgres()->close(database->connection);
	PQfinish(database->pg);
}

struct bobolink_inventory *pg_inventory(struct pg_database *database,
					const struct bobolink_inventory *previous)
{
	struct bobolink_allocator allocator = inventories_allocator();
	struct bobolink_inventory *inventory;
	struct bobolink_error error;

	check(bobolink_inventory_read(bobolink_backend_postgres(), database->connection, &allocator,
				      previous, &inventory, &error),
	      &error);
	return inventory;
}

struct bobolink_inventory *pg_inventory_of(const char *sql)
{
	struct pg_database database;
	struct bobolink_inventory *inventory;

	pg_database_open(&database, sql);
	inventory = pg_inventory(&database, NULL);
	pg_database_close(&database);
	return inventory;
}
