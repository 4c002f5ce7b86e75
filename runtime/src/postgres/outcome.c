/*
 * Outcome: the connection was lost while COMMIT was on its way. Whether it was carried out is asked through a second
 * connection, by the number of the transaction (manual, pg_xact_status). A server process that has lost its client may
 * still be committing: "in progress" is asked again. The application's connection is not touched.
 */
#include "connection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PATIENCE_MS 20000u
#define PAUSE_NS    50000000L

/* A connection with the parameters of the lost one. */
static PGconn *connect_again(struct bobolink_connection *connection, uint64_t timeout_ms)
{
	PQconninfoOption *options = PQconninfo(connection->pg);
	const char *keywords[64];
	const char *values[64];
	size_t count = 0;
	PGconn *pg;

	for (PQconninfoOption *option = options; option && option->keyword && count < 63;
	     option++) {
		if (!option->val || !*option->val)
			continue;
		keywords[count] = option->keyword;
		values[count++] = option->val;
	}
	keywords[count] = values[count] = NULL;
	pg = PQconnectStartParams(keywords, values, 0);
	PQconninfoFree(options);
	if (pg && bl_postgres_establish(pg, timeout_ms))
		return pg;
	PQfinish(pg);
	return NULL;
}

/* "committed", "aborted", or "" while it cannot be told. */
static void ask(PGconn *pg, struct bobolink_connection *lost, char answer[16])
{
	struct bobolink_connection second = { .pg = pg, .context = lost->context };
	const char *values[1] = { lost->transaction };
	struct bobolink_error ignored;
	PGresult *result =
		bl_postgres_ask(&second,
				"SELECT pg_catalog.txid_status(CAST($1 AS pg_catalog.int8))",
				values, 1, PATIENCE_MS, &ignored);

	answer[0] = '\0';
	if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1)
		snprintf(answer, 16, "%s", PQgetvalue(result, 0, 0));
	PQclear(result);
}

int bl_postgres_outcome(struct bobolink_connection *connection, struct bobolink_error *error)
{
	uint64_t begun = bl_postgres_clock_ms();
	char answer[16] = "";
	PGconn *pg = NULL;

	do {
		struct timespec pause = { .tv_nsec = PAUSE_NS };

		if (!pg || PQstatus(pg) != CONNECTION_OK) {
			PQfinish(pg);
			pg = connect_again(connection, PATIENCE_MS);
		}
		if (pg)
			ask(pg, connection, answer);
		if (strcmp(answer, "committed") == 0 || strcmp(answer, "aborted") == 0)
			break;
		nanosleep(&pause, NULL);
	} while (bl_postgres_clock_ms() - begun < PATIENCE_MS);
	PQfinish(pg);
	if (strcmp(answer, "committed") == 0)
		return bl_postgres_fail(error, BOBOLINK_UNREACHABLE,
					"the connection was lost right after the commit, which was "
					"carried out; start again to go on");
	if (strcmp(answer, "aborted") == 0)
		return bl_postgres_fail(
			error, BOBOLINK_UNREACHABLE,
			"the connection was lost, and the transaction was rolled back; "
			"start again");
	return bl_postgres_fail(
		error, BOBOLINK_UNKNOWN,
		"the connection was lost during COMMIT, and the server could not be asked "
		"whether it was carried out; the next start looks and goes on");
}
