/*
 * A program with migrations, for tests of the --migrate flags. Without such a flag it prints its
 * arguments, or helps a test:
 *
 *     shop sql FILE SQL      runs statements, prints rows with | between the values
 *     shop hold FILE         takes the write lock, makes a file "held", waits to be ended
 *
 * SHOP_DEFAULT=none takes its default database away, SHOP_REFUSE makes on_open refuse.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bobolink/cli.h>
#include <bobolink/sqlite3.h>

#include "shop_migrations.h"

static int print_row(void *context, int count, char **values, char **names)
{
	(void)context;
	(void)names;
	for (int i = 0; i < count; i++)
		printf("%s%s", i ? "|" : "", values[i] ? values[i] : "NULL");
	putchar('\n');
	return 0;
}

static int run_sql(const char *path, const char *sql)
{
	char *message = NULL;
	sqlite3 *db = NULL;
	int rc = sqlite3_open(path, &db);

	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, sql, print_row, NULL, &message);
	if (rc)
		fprintf(stderr, "%s\n", message ? message : sqlite3_errmsg(db));
	sqlite3_free(message);
	sqlite3_close(db);
	return rc ? 1 : 0;
}

static int hold(const char *path)
{
	sqlite3 *db = NULL;
	FILE *mark;

	if (sqlite3_open(path, &db) || sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL))
		return 1;
	mark = fopen("held", "w");
	if (!mark || fclose(mark))
		return 1;
	sleep(60);
	return sqlite3_close(db);
}

static int refuse(void *connection, void *context)
{
	(void)connection;
	(void)context;
	return getenv("SHOP_REFUSE") ? 1 : 0;
}

int main(int argc, char **argv)
{
	const char *wanted = getenv("SHOP_DEFAULT");
	struct bobolink_cli_options options = {
		.default_url = wanted ? NULL : "sqlite:shop.db",
		.program = "shop 1.0",
		.on_open = refuse,
		.lock_timeout_ms = 200,
	};
	int code = bobolink_cli(&argc, argv, &shop_migrations, &options);

	if (code >= 0)
		return code;
	if (argc == 4 && strcmp(argv[1], "sql") == 0)
		return run_sql(argv[2], argv[3]);
	if (argc == 3 && strcmp(argv[1], "hold") == 0)
		return hold(argv[2]);
	for (int i = 1; i < argc; i++)
		puts(argv[i]);
	return 0;
}
