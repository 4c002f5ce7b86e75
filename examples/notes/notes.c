/*
 * Notes, a line each: the program whose life docs/operations.md tells.
 *
 * `notes TITLE` writes one down, `notes` lists them all.
 */
#include <stdio.h>
#include <string.h>
#include <bobolink/cli.h>
#include <bobolink/log.h>
#include <bobolink/sqlite3.h>
#include "notes_migrations.h"

static int print(void *context, int count, char **values, char **names)
{
	(void)context, (void)count, (void)names;
	return printf("%s\n", values[0]) < 0;
}

static int migrate(sqlite3 *db)
{
	struct bobolink_log_sink sinks[] = { { bobolink_log_to_stderr, NULL, BOBOLINK_INFO },
					     { NULL, NULL, 0 } };
	struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	struct bobolink_error error;
	char text[2048];
	int rc = bobolink_options_from_env(&options, &error);

	options.program = PROGRAM;
	options.log = bobolink_log_to_all;
	options.log_context = sinks;
	if (rc == 0)
		rc = bobolink_migrate_sqlite3(&notes_migrations, db, &options, &error);
	if (rc)
		fprintf(stderr, "notes: %s\n", bobolink_error_text(&error, text, sizeof(text)));
	return bobolink_exit_code(rc);
}

int main(int argc, char **argv)
{
	struct bobolink_cli_options cli = { .default_url = "sqlite:notes.db", .program = PROGRAM };
	sqlite3 *db = NULL;
	char *sql, *message = NULL;
	int code = bobolink_cli(&argc, argv, &notes_migrations, &cli);

	if (code >= 0)
		return code;
	if (sqlite3_open("notes.db", &db) != SQLITE_OK)
		return 3;
	code = migrate(db);
	if (code == 0) {
		sql = argc > 1 ? sqlite3_mprintf("INSERT INTO notes (title) VALUES (%Q)", argv[1])
			       : sqlite3_mprintf("SELECT title FROM notes ORDER BY id");
		code = sqlite3_exec(db, sql, print, NULL, &message) != SQLITE_OK;
		if (message)
			fprintf(stderr, "notes: %s\n", message);
		sqlite3_free(message);
		sqlite3_free(sql);
	}
	sqlite3_close(db);
	return code;
}
