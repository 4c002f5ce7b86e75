/*
 * A PostgreSQL server for one test program, and small helpers around its databases.
 */
#include "server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../compiler/server.h"
#include "../../compiler/server_process.h"

static struct arena arena;
static struct server *server;
static const char *missing;
static pid_t restarted; /* the server, when server_restart() has started it; else 0 */

static _Noreturn void die(const char *what, const char *detail)
{
	fprintf(stderr, "%s: %s\n", what, detail);
	abort();
}

/* Ended by its number; what was not our child is gone when its file is. */
static void halt(const char *data, long postgres)
{
	const struct timespec pause = { .tv_nsec = 10000000 };
	char path[300];

	(void)snprintf(path, sizeof(path), "%s/postmaster.pid", data);
	if (postgres <= 0 || kill((pid_t)postgres, SIGQUIT))
		die(data, "the server cannot be ended");
	if (postgres == restarted)
		(void)waitpid(restarted, NULL, 0);
	for (int i = 0; access(path, F_OK) == 0; i++) {
		if (i == 3000)
			die(data, "the server does not end");
		(void)nanosleep(&pause, NULL);
	}
	restarted = 0;
}

static void stop(void)
{
	if (restarted) {
		(void)kill(restarted, SIGQUIT);
		(void)waitpid(restarted, NULL, 0);
	}
	server_stop(server);
	arena_release(&arena);
}

bool server_is_there(void)
{
	struct server_error error;

	if (server || missing)
		return server != NULL;
	switch (server_start(NULL, SERVER_ALL, &arena, &server, &error)) {
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

	(void)snprintf(sql, sizeof(sql), "DROP DATABASE %s%s", PQdb(connection),
		       PQserverVersion(connection) >= 130000 ? " WITH (FORCE)" : "");
	PQfinish(connection);
	connection = pg_open(server_url(server));
	pg_run(connection, sql);
	PQfinish(connection);
}

static long first_number(const char *data)
{
	char path[300];
	long number = 0;
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/postmaster.pid", data);
	file = fopen(path, "r");
	if (!file || fscanf(file, "%ld", &number) != 1)
		die(path, "cannot be read");
	(void)fclose(file);
	return number;
}

/* The command that the server was started with, by whom it was started. */
static void start_again(const char *data)
{
	static char command[] = "eval \"exec $(cat \"$0\")\"";
	const struct server_user user = server_user_choose();
	char path[300];
	char *argv[] = { (char[]){ "/bin/sh" }, (char[]){ "-c" }, command, path, NULL };
	int output = open("/dev/null", O_WRONLY | O_CLOEXEC);

	(void)snprintf(path, sizeof(path), "%s/postmaster.opts", data);
	restarted = output < 0 ? -1 : server_spawn(&user, argv, -1, output);
	if (restarted < 0)
		die("fork", "no room");
	close(output);
}

int64_t server_life(void)
{
	PGconn *connection = PQconnectdb(server_url(server));
	PGresult *result = PQexec(connection, "SELECT pid FROM pg_stat_activity WHERE "
					      "backend_type = 'checkpointer'");
	int64_t life = 0;

	if (PQntuples(result) == 1)
		life = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
	PQclear(result);
	PQfinish(connection);
	return life;
}

void server_await_next(int64_t life)
{
	const struct timespec pause = { .tv_nsec = 10000000 };

	for (int i = 0; i < 3000; i++) {
		int64_t now = server_life();

		if (now && now != life)
			return;
		(void)nanosleep(&pause, NULL);
	}
	die(server_url(server), "the server does not come back");
}

void server_restart(void)
{
	int64_t life = server_life();
	char data[256];

	(void)snprintf(data, sizeof(data), "%s/data", server_directory(server));
	halt(data, first_number(data));
	start_again(data);
	server_await_next(life);
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
