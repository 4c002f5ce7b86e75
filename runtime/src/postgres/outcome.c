/*
 * Outcome: what a second connection tells of the first. A server that says nothing may be at work, or gone. And
 * when the connection was lost while COMMIT was on its way, whether it was carried out is asked through the second
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
/* As libpq reads it; two seconds are its least. */
#define PING_TIMEOUT_S "5"

/* The parameters of the lost connection, as libpq takes them. */
struct parameters {
	PQconninfoOption *options;
	const char *keywords[64];
	const char *values[64];
};

/* Of several hosts the one that it was connected to; NULL for what they do not differ in. */
static const char *at_its_host(PGconn *pg, const char *keyword)
{
	if (strcmp(keyword, "host") == 0)
		return PQhost(pg);
	if (strcmp(keyword, "hostaddr") == 0)
		return PQhostaddr(pg);
	return strcmp(keyword, "port") == 0 ? PQport(pg) : NULL;
}

/* `there`: for the very server, not for any that the parameters lead to. */
static void read_parameters(PGconn *pg, bool there, struct parameters *parameters)
{
	size_t count = 0;

	memset(parameters, 0, sizeof(*parameters));
	parameters->options = PQconninfo(pg);
	for (PQconninfoOption *option = parameters->options; option && option->keyword; option++) {
		const char *own = there ? at_its_host(pg, option->keyword) : NULL;

		if (!option->val || !*option->val || count == 62)
			continue;
		parameters->keywords[count] = option->keyword;
		parameters->values[count++] = own ? own : option->val;
	}
}

static PGconn *connect_again(struct bobolink_connection *connection, bool there,
			     uint64_t timeout_ms)
{
	struct parameters parameters;
	PGconn *pg;

	read_parameters(connection->pg, there, &parameters);
	pg = PQconnectStartParams(parameters.keywords, parameters.values, 0);
	PQconninfoFree(parameters.options);
	if (pg && bl_postgres_establish(pg, timeout_ms))
		return pg;
	PQfinish(pg);
	return NULL;
}

/* Whether a server that lets nobody else in ("too many clients") is there all the same. */
static bool is_there(struct bobolink_connection *connection)
{
	struct parameters parameters;
	PGPing ping;

	read_parameters(connection->pg, true, &parameters);
	for (size_t i = 0; i < 63; i++) {
		if (parameters.keywords[i])
			continue;
		parameters.keywords[i] = "connect_timeout";
		parameters.values[i] = PING_TIMEOUT_S;
		break;
	}
	ping = PQpingParams(parameters.keywords, parameters.values, 0);
	PQconninfoFree(parameters.options);
	return ping == PQPING_OK;
}

/*
 * A server that crashed may have lost even the number of a transaction, with everything that it did: "transaction ID … is
 * in the future".
 */
static bool is_forgotten(const PGresult *result)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);

	return state && strcmp(state, "22023") == 0;
}

/* "committed", "aborted", or "" while it cannot be told. A standby may not have heard of it yet. */
static void ask(PGconn *pg, struct bobolink_connection *lost, char answer[16])
{
	struct bobolink_connection second = { .pg = pg, .context = lost->context };
	const char *values[1] = { lost->transaction };
	struct bobolink_error ignored;
	PGresult *result =
		bl_postgres_ask(&second,
				"SELECT CASE WHEN NOT pg_catalog.pg_is_in_recovery() THEN "
				"pg_catalog.txid_status(CAST($1 AS pg_catalog.int8)) END",
				values, 1, PATIENCE_MS, &ignored);

	answer[0] = '\0';
	if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1)
		snprintf(answer, 16, "%s", PQgetvalue(result, 0, 0));
	else if (is_forgotten(result))
		snprintf(answer, 16, "aborted");
	PQclear(result);
}

/* In the middle of a pipeline a server that waits for its client calls itself active, too. */
bool bl_postgres_at_work(struct bobolink_connection *connection)
{
	struct bobolink_connection second = { .context = connection->context };
	const char *values[1] = { connection->process };
	struct bobolink_error ignored;
	PGresult *result;
	bool working;

	if (!connection->process[0])
		return false;
	second.pg = connect_again(connection, true, PATIENCE_MS);
	if (!second.pg)
		return is_there(connection);
	result = bl_postgres_ask(
		&second,
		"SELECT FROM pg_catalog.pg_stat_activity WHERE pid OPERATOR(pg_catalog.=) "
		"CAST($1 AS pg_catalog.int4) AND state OPERATOR(pg_catalog.=) 'active' AND "
		"COALESCE(wait_event_type, '') OPERATOR(pg_catalog.<>) 'Client'",
		values, 1, PATIENCE_MS, &ignored);
	working = PQntuples(result) == 1;
	PQclear(result);
	PQfinish(second.pg);
	return working;
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
			pg = connect_again(connection, false, PATIENCE_MS);
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
