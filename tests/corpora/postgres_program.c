/* A program with the migrations of a corpus: applies them twice, the second time with nothing to do. */
#include <stdio.h>

#include <bobolink/postgres.h>

#include "corpus_migrations.h"

static int migrate(PGconn *connection)
{
	struct bobolink_error error;
	char text[2048];

	if (bobolink_migrate_postgres(&corpus_migrations, connection, NULL, &error) == BOBOLINK_OK)
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
		rc = migrate(connection);
	else
		fputs(PQerrorMessage(connection), stderr);
	if (rc == 0)
		rc = migrate(connection);
	PQfinish(connection);
	return rc;
}
