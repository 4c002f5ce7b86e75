/*
 * SQLite for the tests of the flags: a database is a file.
 */
#include "shop.h"

#include <stdio.h>
#include <unistd.h>

#include <bobolink/sqlite3.h>

const char *const shop_default_url = "sqlite:shop.db";

static int print_row(void *context, int count, char **values, char **names)
{
	(void)context;
	(void)names;
	for (int i = 0; i < count; i++)
		printf("%s%s", i ? "|" : "", values[i] ? values[i] : "NULL");
	putchar('\n');
	return 0;
}

int shop_sql(const char *database, const char *sql)
{
	char *message = NULL;
	sqlite3 *db = NULL;
	int rc = sqlite3_open(database, &db);

	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, sql, print_row, NULL, &message);
	if (rc)
		fprintf(stderr, "%s\n", message ? message : sqlite3_errmsg(db));
	sqlite3_free(message);
	sqlite3_close(db);
	return rc ? 1 : 0;
}

int shop_hold(const char *database)
{
	sqlite3 *db = NULL;
	FILE *mark;

	if (sqlite3_open(database, &db) || sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL))
		return 1;
	mark = fopen("held", "w");
	if (!mark || fclose(mark))
		return 1;
	sleep(60);
	return sqlite3_close(db);
}
