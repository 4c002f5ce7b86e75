/*
 * PostgreSQL for the suite that runs on every engine.
 */
#include <stdio.h>
#include <string.h>

#include <bobolink/postgres.h>

#include "engine.h"
#include "server.h"

extern const struct engine engine_postgres;

static void make(const char *directory, char url[ENGINE_URL_SIZE])
{
	(void)directory;
	database_new(url);
}

static void *open_url(const char *url)
{
	PGconn *connection = pg_open(url);

	/* Tables that exist already and the like are told on the standard error stream. */
	pg_run(connection, "SET client_min_messages = warning");
	return connection;
}

static void close_connection(void *handle)
{
	PQfinish(handle);
}

static void run(void *handle, const char *sql)
{
	pg_run(handle, sql);
}

static bool attempt(void *handle, const char *sql, char message[256])
{
	PGresult *result = PQexec(handle, sql);
	bool done = PQresultStatus(result) == PGRES_COMMAND_OK ||
		    PQresultStatus(result) == PGRES_TUPLES_OK;

	(void)snprintf(message, 256, "%s", done ? "" : PQresultErrorMessage(result));
	PQclear(result);
	return done;
}

static const char *text(void *handle, const char *sql)
{
	static char joined[4096];
	PGresult *result = PQexec(handle, sql);
	size_t length = 0;

	joined[0] = '\0';
	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		fail_msg("%s: %s", sql, PQerrorMessage(handle));
	for (int i = 0; i < PQntuples(result) && length < sizeof(joined); i++) {
		if (PQgetisnull(result, i, 0))
			continue;
		(void)snprintf(joined + length, sizeof(joined) - length, "%s%s", length ? "," : "",
			       PQgetvalue(result, i, 0));
		length = strlen(joined);
	}
	PQclear(result);
	return joined;
}

static bool in_transaction(void *handle)
{
	return PQtransactionStatus(handle) != PQTRANS_IDLE;
}

static bool lock(void *handle)
{
	char sql[100];

	pg_run(handle, "BEGIN");
	(void)snprintf(sql, sizeof(sql), "SELECT pg_try_advisory_xact_lock(%lld)",
		       (long long)server_lock_key("public"));
	return strcmp(text(handle, sql), "t") == 0;
}

const struct engine engine_postgres = {
	.name = "postgres",
	.backend = bobolink_backend_postgres,
	.archive = bobolink_archive_postgres,
	.is_there = server_is_there,
	.make = make,
	.open = open_url,
	.close = close_connection,
	.run = run,
	.attempt = attempt,
	.text = text,
	.in_transaction = in_transaction,
	.lock = lock,
	.tables = "FROM pg_tables WHERE schemaname = 'public' AND tablename",
	.sound = "SELECT CASE count(*) WHEN 0 THEN 'ok' ELSE 'an index is invalid' END "
		 "FROM pg_index WHERE NOT indisvalid",
	.no_table = "relation \"%s\" does not exist",
	.schema = "\"public\"",
};
