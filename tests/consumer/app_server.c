/* Migrates the PostgreSQL database at the URL argv[1] and prints the names of the application's tables, sorted. */
#include <stdio.h>

#include <bobolink/cli.h>
#include <bobolink/log.h>
#include <bobolink/postgres.h>

#include "app_migrations.h"

static int print_tables(PGconn *db)
{
	PGresult *result = PQexec(db, "SELECT string_agg(tablename, ' ' ORDER BY tablename) FROM "
				      "pg_tables WHERE schemaname = 'public' AND tablename NOT "
				      "LIKE 'bobolink%'");
	int code = PQresultStatus(result) != PGRES_TUPLES_OK;

	if (code == 0)
		puts(PQgetvalue(result, 0, 0));
	PQclear(result);
	return code;
}

int main(int argc, char **argv)
{
	struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	struct bobolink_error error;
	PGconn *db;
	int code = bobolink_cli(&argc, argv, &app_migrations, NULL);

	if (code >= 0)
		return code;
	if (argc != 2)
		return 2;
	db = PQconnectdb(argv[1]);
	code = 1;
	options.log = bobolink_log_to_stderr;
	if (PQstatus(db) != CONNECTION_OK)
		fprintf(stderr, "%s\n", PQerrorMessage(db));
	else if (bobolink_options_from_env(&options, &error) ||
		 bobolink_migrate_postgres(&app_migrations, db, &options, &error))
		fprintf(stderr, "%s\n", error.message);
	else
		code = print_tables(db);
	PQfinish(db);
	return code;
}
