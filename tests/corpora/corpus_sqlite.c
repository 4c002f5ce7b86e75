/* A program with the migrations of a corpus, on SQLite. */
#include <stdio.h>
#include <stdlib.h>

#include <bobolink/sqlite3.h>

#include "corpus_migrations.h"
#include "corpus.h"

static void return_null(sqlite3_context *context, int count, sqlite3_value **values)
{
	(void)count;
	(void)values;
	sqlite3_result_null(context);
}

static void *open_database(const char *url)
{
	sqlite3 *db = NULL;

	if (sqlite3_open(url, &db) != SQLITE_OK) {
		fprintf(stderr, "%s: %s\n", url, sqlite3_errmsg(db));
		exit(2);
	}
	sqlite3_create_function(db, "normalize", -1, SQLITE_UTF8, NULL, return_null, NULL, NULL);
	sqlite3_create_function(db, "vec_length", -1, SQLITE_UTF8, NULL, return_null, NULL, NULL);
	return db;
}

static void close_database(void *handle)
{
	sqlite3_close(handle);
}

int main(int argc, char **argv)
{
	static const struct corpus_engine engine = { bobolink_backend_sqlite3, open_database,
						     close_database };

	return corpus_main(argc, argv, &corpus_migrations, &engine);
}
