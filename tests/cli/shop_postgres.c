/*
 * PostgreSQL for the tests of the flags: a database is a URL.
 */
#include "shop.h"

#include <stdio.h>
#include <unistd.h>

#include <bobolink/postgres.h>

const char *const shop_default_url = NULL;

static void print_rows(const PGresult *result)
{
	for (int row = 0; row < PQntuples(result); row++) {
		for (int i = 0; i < PQnfields(result); i++)
			printf("%s%s", i ? "|" : "",
			       PQgetisnull(result, row, i) ? "NULL" : PQgetvalue(result, row, i));
		putchar('\n');
	}
}

static int run(PGconn *pg, const char *sql)
{
	PGresult *result = PQexec(pg, sql);
	ExecStatusType status = PQresultStatus(result);
	int failed = status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK;

	if (failed)
		fputs(PQerrorMessage(pg), stderr);
	else
		print_rows(result);
	PQclear(result);
	return failed;
}

int shop_sql(const char *database, const char *sql)
{
	PGconn *pg = PQconnectdb(database);
	int code = run(pg, sql);

	PQfinish(pg);
	return code;
}

/* The table that every run writes first. */
int shop_hold(const char *database)
{
	PGconn *pg = PQconnectdb(database);
	FILE *mark;

	if (run(pg, "BEGIN; LOCK TABLE bobolink_head IN EXCLUSIVE MODE"))
		return 1;
	mark = fopen("held", "w");
	if (!mark || fclose(mark))
		return 1;
	sleep(60);
	PQfinish(pg);
	return 0;
}
