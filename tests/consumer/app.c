/* Migrates the database argv[1] and prints the names of the application's tables, sorted. */
#include <stdio.h>

#include <bobolink/cli.h>
#include <bobolink/log.h>
#include <bobolink/sqlite3.h>

#include "app_migrations.h"

static int print_tables(sqlite3 *db)
{
	const char *separator = "";
	sqlite3_stmt *rows = NULL;

	if (sqlite3_prepare_v2(db,
			       "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT"
			       " LIKE 'bobolink%' AND name NOT LIKE 'sqlite%' ORDER BY name",
			       -1, &rows, NULL) != SQLITE_OK)
		return 1;
	while (sqlite3_step(rows) == SQLITE_ROW) {
		printf("%s%s", separator, (const char *)sqlite3_column_text(rows, 0));
		separator = " ";
	}
	putchar('\n');
	return sqlite3_finalize(rows) != SQLITE_OK;
}

int main(int argc, char **argv)
{
	struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	struct bobolink_error error;
	sqlite3 *db = NULL;
	int code = bobolink_cli(&argc, argv, &app_migrations, NULL);

	if (code >= 0)
		return code;
	if (argc != 2 || sqlite3_open(argv[1], &db) != SQLITE_OK)
		return 1;
	options.log = bobolink_log_to_stderr;
	if (bobolink_options_from_env(&options, &error) ||
	    bobolink_migrate_sqlite3(&app_migrations, db, &options, &error)) {
		fprintf(stderr, "%s\n", error.message);
		return 1;
	}
	code = print_tables(db);
	sqlite3_close(db);
	return code;
}
