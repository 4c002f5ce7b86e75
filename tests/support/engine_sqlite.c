/*
 * SQLite for the suite that runs on every engine.
 */
#include <stdio.h>
#include <string.h>

#include "database.h"
#include "engine.h"

extern const struct engine engine_sqlite;

static bool is_there(void)
{
	return true;
}

static void make(const char *directory, char url[ENGINE_URL_SIZE])
{
	(void)snprintf(url, ENGINE_URL_SIZE, "%s/shop.db", directory);
}

static void *open_file(const char *url)
{
	return database_open(url);
}

static void close_file(void *handle)
{
	sqlite3_close(handle);
}

static void run(void *handle, const char *sql)
{
	database_run(handle, sql);
}

static bool attempt(void *handle, const char *sql, char message[256])
{
	bool done = sqlite3_exec(handle, sql, NULL, NULL, NULL) == SQLITE_OK;

	(void)snprintf(message, 256, "%s", done ? "" : sqlite3_errmsg(handle));
	return done;
}

static int join(void *context, int columns, char **values, char **names)
{
	char *text = context;
	size_t length = strlen(text);

	(void)names;
	if (columns > 0 && values[0])
		(void)snprintf(text + length, 4096 - length, "%s%s", length ? "," : "", values[0]);
	return 0;
}

static const char *text(void *handle, const char *sql)
{
	static char joined[4096];

	joined[0] = '\0';
	if (sqlite3_exec(handle, sql, join, joined, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(handle));
	return joined;
}

static bool in_transaction(void *handle)
{
	return !sqlite3_get_autocommit(handle);
}

static bool lock(void *handle)
{
	return sqlite3_exec(handle, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK;
}

const struct engine engine_sqlite = {
	.name = "sqlite",
	.backend = bobolink_backend_sqlite3,
	.archive = bobolink_archive_sqlite3,
	.is_there = is_there,
	.make = make,
	.open = open_file,
	.close = close_file,
	.run = run,
	.attempt = attempt,
	.text = text,
	.in_transaction = in_transaction,
	.lock = lock,
	.tables = "FROM sqlite_master WHERE type = 'table' AND name",
	.sound = "PRAGMA integrity_check",
	.no_table = "no such table: %s",
	.schema = "main",
};
