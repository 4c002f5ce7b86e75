/*
 * A program with the migrations of a corpus: applies them one by one, asks what each could lose, and
 * applies them all again, with nothing to do.
 */
#include <stdio.h>

#include <bobolink/postgres.h>

#include "corpus_migrations.h"
#include "steps.h"

static int ask(void *connection, const char *query)
{
	PGresult *result = PQexec(connection, query);
	int rc = PQntuples(result) != 1;

	if (rc)
		fprintf(stderr, "%s", PQresultErrorMessage(result));
	PQclear(result);
	return rc;
}

static int migrate(void *connection, const struct bobolink_set *set)
{
	struct bobolink_error error;
	char text[2048];

	if (bobolink_migrate_postgres(set, connection, NULL, &error) == BOBOLINK_OK)
		return 0;
	fprintf(stderr, "%s\n", bobolink_error_text(&error, text, sizeof(text)));
	return 1;
}

static void drop_notice(void *context, const PGresult *notice)
{
	(void)context;
	(void)notice;
}

int main(int argc, char **argv)
{
	PGconn *connection = PQconnectdb(argc == 2 ? argv[1] : "");
	int rc = 2;

	PQsetNoticeReceiver(connection, drop_notice, NULL);
	if (PQstatus(connection) == CONNECTION_OK)
		rc = steps_run(&corpus_migrations, migrate, ask, connection);
	else
		fputs(PQerrorMessage(connection), stderr);
	if (rc == 0)
		rc = migrate(connection, &corpus_migrations);
	PQfinish(connection);
	return rc;
}
