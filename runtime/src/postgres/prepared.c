/*
 * Prepared: the runtime's own statements that are repeated for every migration, parsed and planned once a run.
 *
 * Only on a connection to the server itself: behind a pooler the next transaction may meet another server process, which
 * does not know them. What is prepared goes at the end of the run. After any failure, and after a migration's
 * statement that throws them away (DISCARD ALL, DEALLOCATE), they are prepared anew under other names. Where they
 * are gone all the same, which a function or the application may do, the transaction is run again without any.
 */
#include "connection.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define NAME_SIZE 64

/* Names are the server session's; two of ours may work on one. */
static void name_prefix(const struct bobolink_connection *connection, char name[NAME_SIZE])
{
	snprintf(name, NAME_SIZE, "bobolink_%" PRIxPTR "_", (uintptr_t)connection);
}

static void name_of(const struct bobolink_connection *connection, uint32_t place,
		    char name[NAME_SIZE])
{
	size_t length;

	name_prefix(connection, name);
	length = strlen(name);
	snprintf(name + length, NAME_SIZE - length, "%u_%u", (unsigned)connection->generation,
		 (unsigned)place);
}

/* The place of a statement; one behind the last when it is not prepared. */
static uint32_t find(const struct bobolink_connection *connection, const char *sql)
{
	uint32_t place = 0;

	while (place < connection->prepared_count && strcmp(connection->prepared[place], sql) != 0)
		place++;
	return place;
}

static int prepare(struct bobolink_connection *connection, const char *sql, const char *name,
		   struct bobolink_error *error)
{
	char *kept = bl_postgres_copy(connection, sql, strlen(sql));

	if (!kept)
		return bl_postgres_fail(error, BOBOLINK_NO_MEMORY, "out of memory");
	connection->prepared[connection->prepared_count++] = kept;
	if (!PQsendPrepare(connection->pg, name, sql, 0, NULL))
		return bl_postgres_lost(connection, error);
	bl_postgres_expect(connection, BL_POSTGRES_OWN);
	return BOBOLINK_OK;
}

int bl_postgres_send_often(struct bobolink_connection *connection, int kind, const char *sql,
			   const char *const *values, int count, struct bobolink_error *error)
{
	uint32_t place = find(connection, sql);
	char name[NAME_SIZE];
	int rc = BOBOLINK_OK;

	if (!connection->direct || connection->unprepared || place == BL_POSTGRES_PREPARED)
		return bl_postgres_send(connection, kind, sql, values, count, error);
	if (connection->sent_count + 2 > BL_POSTGRES_QUEUE)
		rc = bl_postgres_sync(connection, NULL, NULL, error);
	name_of(connection, place, name);
	if (rc == BOBOLINK_OK && place == connection->prepared_count)
		rc = prepare(connection, sql, name, error);
	if (rc)
		return rc;
	if (!PQsendQueryPrepared(connection->pg, name, count, values, NULL, NULL, 0))
		return bl_postgres_lost(connection, error);
	bl_postgres_expect(connection, kind);
	return BOBOLINK_OK;
}

void bl_postgres_prepare_anew(struct bobolink_connection *connection)
{
	const struct bobolink_allocator *allocator = &connection->context->allocator;

	for (uint32_t i = 0; i < connection->prepared_count; i++)
		allocator->release(allocator->context, connection->prepared[i]);
	connection->prepared_count = 0;
	connection->generation++;
}

/* The names that are left: what a failure kept from being prepared, or a migration threw away, is not among them. */
static PGresult *ask_names(struct bobolink_connection *connection, struct bobolink_error *error)
{
	char prefix[NAME_SIZE];
	const char *values[1] = { prefix };

	name_prefix(connection, prefix);
	return bl_postgres_ask(connection,
			       "SELECT name FROM pg_catalog.pg_prepared_statements WHERE "
			       "pg_catalog.starts_with(name, $1)",
			       values, 1, connection->context->timeout_ms, error);
}

static int send_deallocate(struct bobolink_connection *connection, const char *name,
			   struct bobolink_error *error)
{
	char sql[NAME_SIZE + 16];

	/* Our own names: letters, digits, underscores. */
	snprintf(sql, sizeof(sql), "DEALLOCATE %.63s", name);
	return bl_postgres_send(connection, BL_POSTGRES_TIDY, sql, NULL, 0, error);
}

/* Nothing has failed or was thrown away so far: there is no need to ask. */
static int send_first(struct bobolink_connection *connection, struct bobolink_error *error)
{
	char name[NAME_SIZE];
	int rc = BOBOLINK_OK;

	for (uint32_t place = 0; place < connection->prepared_count && rc == BOBOLINK_OK; place++) {
		name_of(connection, place, name);
		rc = send_deallocate(connection, name, error);
	}
	return rc;
}

static int send_found(struct bobolink_connection *connection, const PGresult *names,
		      struct bobolink_error *error)
{
	int rc = BOBOLINK_OK;

	for (int i = 0; i < PQntuples(names) && rc == BOBOLINK_OK; i++)
		rc = send_deallocate(connection, PQgetvalue(names, i, 0), error);
	return rc;
}

void bl_postgres_deallocate(struct bobolink_connection *connection)
{
	struct bobolink_error ignored;
	PGresult *names = NULL;
	int rc = BOBOLINK_OK;

	connection->unprepared = false;
	if (!connection->prepared_count && !connection->generation)
		return;
	if (connection->generation) {
		names = ask_names(connection, &ignored);
		rc = names ? BOBOLINK_OK : BOBOLINK_UNREACHABLE;
	}
	if (rc == BOBOLINK_OK)
		rc = bl_postgres_start(connection, false, &ignored);
	if (rc == BOBOLINK_OK) {
		rc = names ? send_found(connection, names, &ignored)
			   : send_first(connection, &ignored);
		if (rc == BOBOLINK_OK)
			bl_postgres_sync(connection, NULL, NULL, &ignored);
		bl_postgres_forget(connection);
		bl_postgres_stop(connection);
	}
	PQclear(names);
	bl_postgres_prepare_anew(connection);
	connection->generation = 0;
}
