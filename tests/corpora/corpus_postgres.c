/* A program with the migrations of a corpus, on PostgreSQL. */
#include <stdio.h>
#include <stdlib.h>

#include <bobolink/postgres.h>

#include "corpus_migrations.h"
#include "corpus.h"

static void drop_notice(void *context, const PGresult *notice)
{
	(void)context;
	(void)notice;
}

static void *open_database(const char *url)
{
	PGconn *connection = PQconnectdb(url);

	if (PQstatus(connection) != CONNECTION_OK) {
		fputs(PQerrorMessage(connection), stderr);
		exit(2);
	}
	PQsetNoticeReceiver(connection, drop_notice, NULL);
	return connection;
}

static void close_database(void *handle)
{
	PQfinish(handle);
}

int main(int argc, char **argv)
{
	static const struct corpus_engine engine = { bobolink_backend_postgres, open_database,
						     close_database };

	return corpus_main(argc, argv, &corpus_migrations, &engine);
}
