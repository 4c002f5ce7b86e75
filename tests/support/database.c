/*
 * Small helpers around a scratch SQLite database.
 */
#include "database.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void die(const char *what, const char *detail)
{
	fprintf(stderr, "%s: %s\n", what, detail);
	abort();
}

void scratch_make(char path[256])
{
	const char *base = getenv("TMPDIR");

	snprintf(path, 256, "%s/bobolink-XXXXXX", base && *base ? base : "/tmp");
	if (!mkdtemp(path))
		die("mkdtemp", path);
}

void scratch_remove(const char *path)
{
	DIR *directory = opendir(path);
	struct dirent *entry;
	char file[600];

	while (directory && (entry = readdir(directory)) != NULL) {
		snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
		unlink(file);
	}
	if (directory)
		closedir(directory);
	rmdir(path);
}

sqlite3 *database_open(const char *path)
{
	sqlite3 *db = NULL;

	if (sqlite3_open(path, &db) != SQLITE_OK)
		die(path, sqlite3_errmsg(db));
	return db;
}

void database_run(sqlite3 *db, const char *sql)
{
	char *message = NULL;

	if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
		die(sql, message ? message : "?");
}

static sqlite3_stmt *first_row(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *statement = NULL;

	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
		die(sql, sqlite3_errmsg(db));
	if (sqlite3_step(statement) == SQLITE_ROW)
		return statement;
	sqlite3_finalize(statement);
	return NULL;
}

int64_t database_number(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *statement = first_row(db, sql);
	int64_t number = -1;

	if (statement && sqlite3_column_type(statement, 0) != SQLITE_NULL)
		number = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return number;
}

const char *database_text(sqlite3 *db, const char *sql)
{
	static char text[4096];
	sqlite3_stmt *statement = first_row(db, sql);

	text[0] = '\0';
	if (statement && sqlite3_column_text(statement, 0))
		snprintf(text, sizeof(text), "%s", (const char *)sqlite3_column_text(statement, 0));
	sqlite3_finalize(statement);
	return text;
}

int database_boot(const char *path, const struct bobolink_set *set, struct bobolink_error *error)
{
	const struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	sqlite3 *db = database_open(path);
	int rc = bobolink_migrate_sqlite3(set, db, &options, error);

	sqlite3_close(db);
	return rc;
}

int database_is_whole(const char *path, uint32_t count)
{
	sqlite3 *db = database_open(path);
	int whole = strcmp(database_text(db, "PRAGMA integrity_check"), "ok") == 0 &&
		    database_number(db, "SELECT count(*) FROM ran") == count &&
		    database_number(db, "SELECT count(DISTINCT i) FROM ran") == count &&
		    database_number(db, "SELECT count(*) FROM sqlite_master WHERE name GLOB 't_*' "
					"AND type = 'table'") == count &&
		    database_number(db, "SELECT count(*) FROM bobolink_history "
					"WHERE status = 'applied'") == count &&
		    database_number(db, "SELECT count(*) FROM bobolink_history") == count;

	sqlite3_close(db);
	return whole;
}

int test_all(void)
{
	const char *all = getenv("BOBOLINK_TEST_ALL");

	return all && strcmp(all, "1") == 0;
}
