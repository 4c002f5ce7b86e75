/*
 * A program with the migrations of a corpus: applies them one by one, asks what each could lose, and
 * applies them all again, with nothing to do.
 */
#include <stdio.h>

#include <bobolink/sqlite3.h>

#include "corpus_migrations.h"
#include "steps.h"

static void return_null(sqlite3_context *context, int count, sqlite3_value **values)
{
	(void)count;
	(void)values;
	sqlite3_result_null(context);
}

static int ask(void *db, const char *query)
{
	sqlite3_stmt *statement = NULL;
	int rc = sqlite3_prepare_v2(db, query, -1, &statement, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(statement);
	if (rc != SQLITE_ROW)
		fprintf(stderr, "%s\n", sqlite3_errmsg(db));
	sqlite3_finalize(statement);
	return rc != SQLITE_ROW;
}

static int migrate(void *db, const struct bobolink_set *set)
{
	struct bobolink_error error;
	char text[2048];

	if (bobolink_migrate_sqlite3(set, db, NULL, &error) == BOBOLINK_OK)
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
	rc = steps_run(&corpus_migrations, migrate, ask, db);
	if (rc == 0)
		rc = migrate(db, &corpus_migrations);
	sqlite3_close(db);
	return rc;
}
