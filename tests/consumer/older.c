/* A program that migrates the database argv[1] and says that it runs. Exits as the flags do. */
#include <stdio.h>

#include <bobolink/cli.h>
#ifdef ON_POSTGRES
#include <bobolink/postgres.h>
#else
#include <bobolink/sqlite3.h>
#endif

#include "app_migrations.h"

static int boot(void *connection)
{
	struct bobolink_error error;
	int rc = bobolink_migrate(&app_migrations, connection, NULL, &error);

	if (rc)
		fprintf(stderr, "%s\n", error.message);
	else
		puts("running");
	return bobolink_exit_code(rc);
}

#ifdef ON_POSTGRES
static int open_and_boot(const char *url)
{
	PGconn *db = PQconnectdb(url);
	int code = PQstatus(db) == CONNECTION_OK ? boot(db) : 3;

	PQfinish(db);
	return code;
}
#else
static int open_and_boot(const char *url)
{
	sqlite3 *db = NULL;
	int code = sqlite3_open(url, &db) == SQLITE_OK ? boot(db) : 3;

	sqlite3_close(db);
	return code;
}
#endif

int main(int argc, char **argv)
{
	int code = bobolink_cli(&argc, argv, &app_migrations, NULL);

	if (code >= 0)
		return code;
	return argc == 2 ? open_and_boot(argv[1]) : 2;
}
