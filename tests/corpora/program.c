/* A program with the migrations of a corpus: applies them twice, the second time with nothing to do. */
#include <stdio.h>

#include <bobolink/sqlite3.h>

#include "corpus_migrations.h"

static void return_null(sqlite3_context *context, int count, sqlite3_value **values)
{
	(void)count;
	(void)values;
	sqlite3_result_null(context);
}

static int migrate(sqlite3 *db)
{
	struct bobolink_error error;
	char text[2048];

	if (bobolink_migrate_sqlite3(&corpus_migrations, db, NULL, &error) == BOBOLINK_OK)
		return 0;
	fprintf(stderr, "%s\n", bobolink_error_text(&error, text, sizeof(text)));
	return 1;
}

int main(int argc, char **argv)
{
	sqlite3 *db = NULL;
	int rc;

	if (argc != 2 || sqlite3_open(argv[1], &db) != SQLITE_OK)
		return 2;
	sqlite3_create_function(db, "normalize", -1, SQLITE_UTF8, NULL, return_null, NULL, NULL);
	sqlite3_create_function(db, "vec_length", -1, SQLITE_UTF8, NULL, return_null, NULL, NULL);
	rc = migrate(db);
	if (rc == 0)
		rc = migrate(db);
	sqlite3_close(db);
	return rc;
}
