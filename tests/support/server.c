/*
 * A PostgreSQL server for one test program, and small helpers around its databases.
 */
#include "server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../../compiler/server.h"

static struct arena arena;
static struct server *server;
static const char *missing;

static _Noreturn void die(const char *what, const char *detail)
{
	fprintf(stderr, "%s: %s\n", what, detail);
	abort();
}

static void stop(void)
{
	server_stop(server);
	arena_release(&arena);
}

bool server_is_there(void)
{
	struct server_error error;

	if (server || missing)
		return server != NULL;
	switch (server_start(NULL, &arena, &server, &error)) {
	case SERVER_STARTED:
		break;
	case SERVER_MISSING:
		missing = error.message;
		fprintf(stderr, "skipped: %s; help: %s\n", error.message, error.help);
		break;
	case SERVER_FAILED:
		die("the server for the tests does not start", error.message);
	}
	if (atexit(stop))
		die("atexit", "no room");
	return server != NULL;
}

const char *server_for_tests(void)
{
	if (!server_is_there())
		skip();
	return server_url(server);
}

int server_for_tests_major(void)
{
	(void)server_for_tests();
	return server_major(server);
}

void database_new(char url[SERVER_URL_SIZE])
{
	static unsigned int count;
	const char *base = server_is_there() ? server_url(server) : "";
	const char *options = strchr(base, '?');
	PGconn *connection;
	char name[64];
	char sql[128];

	if (!options)
		die("database_new", "there is no server");
	(void)snprintf(name, sizeof(name), "test_%ld_%u", (long)getpid(), ++count);
	(void)snprintf(sql, sizeof(sql), "CREATE DATABASE %s", name);
	connection = pg_open(base);
	pg_run(connection, sql);
	PQfinish(connection);
	if (snprintf(url, SERVER_URL_SIZE, "postgres:///%s%s", name, options) >= SERVER_URL_SIZE)
		die(base, "the connection string is too long");
}

void database_drop(const char *url)
{
	PGconn *connection = pg_open(url);
	char sql[128];

	(void)snprintf(sql, sizeof(sql), "DROP DATABASE %s WITH (FORCE)", PQdb(connection));
	PQfinish(connection);
	connection = pg_open(server_url(server));
	pg_run(connection, sql);
	PQfinish(connection);
}

void server_await_again(const char *url)
{
	const struct timespec pause = { .tv_nsec = 10000000 };

	for (int i = 0; i < 3000; i++) {
		if (PQping(url) == PQPING_OK)
			return;
		(void)nanosleep(&pause, NULL);
	}
	die(url, "the server does not come back");
}

/* Written down a second time: programs of different releases must agree on it. */
int64_t server_lock_key(const char *schema)
{
	uint64_t key = 14695981039346656037u;
	char text[200];

	(void)snprintf(text, sizeof(text), "bobolink:%s", schema);
	for (const char *c = text; *c; c++)
		key = (key ^ (unsigned char)*c) * 1099511628211u;
	return (int64_t)key;
}

PGconn *pg_open(const char *url)
{
	return pg_open_as(url, NULL);
}

PGconn *pg_open_as(const char *url, const char *role)
{
	const char *const keywords[] = { "dbname", role ? "user" : NULL, NULL };
	const char *const values[] = { url, role, NULL };
	PGconn *connection = PQconnectdbParams(keywords, values, 1);

	if (PQstatus(connection) != CONNECTION_OK)
		die(url, PQerrorMessage(connection));
	return connection;
}

static PGresult *result_of(PGconn *connection, const char *sql)
{
	PGresult *result = PQexec(connection, sql);
	ExecStatusType status = PQresultStatus(result);

	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		die(sql, PQerrorMessage(connection));
	return result;
}

void pg_run(PGconn *connection, const char *sql)
{
	PQclear(result_of(connection, sql));
}

/* True when there is a first value and it is not NULL. */
static bool has_value(const PGresult *result)
{
	return PQntuples(result) > 0 && PQnfields(result) > 0 && !PQgetisnull(result, 0, 0);
}

int64_t pg_number(PGconn *connection, const char *sql)
{
	PGresult *result = result_of(connection, sql);
	int64_t number = -1;
	char *end;

	if (has_value(result)) {
		number = strtoll(PQgetvalue(result, 0, 0), &end, 10);
		if (*end)
			die(sql, "the first value is not a number");
	}
	PQclear(result);
	return number;
}

const char *pg_text(PGconn *connection, const char *sql)
{
	static char text[4096];
	PGresult *result = result_of(connection, sql);

	text[0] = '\0';
	if (has_value(result))
		(void)snprintf(text, sizeof(text), "%s", PQgetvalue(result, 0, 0));
	PQclear(result);
	return text;
}
