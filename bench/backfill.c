/*
 * A migration in batches beside one UPDATE, for bench/run; -DPOSTGRES for the other database.
 *
 *     backfill prepare DATABASE        applies migration 1, which makes the rows
 *     backfill batches DATABASE LIMIT  applies migration 2, a function that changes each of them, so many at a time
 *     backfill update DATABASE         the same change in one statement
 *     backfill empty DATABASE          drops what the others made
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench_migrations.h"

static long limit;

#ifdef POSTGRES
#include <bobolink/postgres.h>

static void *open_database(const char *url)
{
	PGconn *pg = PQconnectdb(url);

	if (PQstatus(pg) == CONNECTION_OK)
		return pg;
	fprintf(stderr, "backfill: %s\n", PQerrorMessage(pg));
	return NULL;
}

static int run(void *handle, const char *sql)
{
	PGresult *result = PQexec(handle, sql);
	int rc = PQresultStatus(result) == PGRES_COMMAND_OK ? 0 : -1;

	PQclear(result);
	return rc;
}

static const char *message(void *handle)
{
	return PQerrorMessage(handle);
}
#else
#include <bobolink/sqlite3.h>

static void *open_database(const char *path)
{
	sqlite3 *db = NULL;

	return sqlite3_open(path, &db) == SQLITE_OK ? db : NULL;
}

static int run(void *handle, const char *sql)
{
	return sqlite3_exec(handle, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : -1;
}

static const char *message(void *handle)
{
	return sqlite3_errmsg(handle);
}
#endif

static int batch(struct bobolink_step *step, int64_t *position, uint32_t rows_wanted, int64_t *rows,
		 void *context)
{
	int64_t count = *(const int64_t *)context;
	int64_t last = *position + rows_wanted < count ? *position + rows_wanted : count;
	void *handle = bobolink_step_connection(step);
	char sql[120];

	snprintf(sql, sizeof(sql), "UPDATE items SET x = x + 1 WHERE id > %lld AND id <= %lld",
		 (long long)*position, (long long)last);
	if (run(handle, sql))
		return bobolink_step_fail(step, "%s", message(handle));
	*rows = last - *position;
	*position = last;
	return BOBOLINK_OK;
}

int backfill(struct bobolink_step *step)
{
	int64_t count = BENCH_ROWS;

	return bobolink_step_batches(step, (uint32_t)limit, batch, &count);
}

static int apply(void *handle, int64_t target)
{
	const struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	struct bobolink_session *session = NULL;
	struct bobolink_error error;
	int rc = bobolink_open(&bench_migrations, handle, &options, &session, &error);

	if (rc == BOBOLINK_OK)
		rc = bobolink_apply(session, target, NULL, &error);
	if (rc)
		fprintf(stderr, "backfill: %s\n", error.message);
	bobolink_close(session);
	return rc;
}

int main(int argc, char **argv)
{
	void *handle = argc > 2 ? open_database(argv[2]) : NULL;

	if (!handle)
		return 2;
	limit = argc > 3 ? strtol(argv[3], NULL, 10) : 1;
	if (strcmp(argv[1], "prepare") == 0)
		return apply(handle, 1) != 0;
	if (strcmp(argv[1], "batches") == 0)
		return apply(handle, BOBOLINK_HEAD) != 0;
	if (strcmp(argv[1], "update") == 0)
		return run(handle, "UPDATE items SET x = x + 1") != 0;
	if (strcmp(argv[1], "empty") == 0)
		return run(handle, "DROP TABLE IF EXISTS items, bobolink_history, bobolink_head, "
				   "bobolink_log") != 0;
	return 2;
}
