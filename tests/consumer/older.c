/*
 * A program that boots, and steps a database back:
 *
 *     app DATABASE                 migrates and says "running"
 *     app back VERSION DATABASE    steps back to a version, whatever is lost
 *     app back last DATABASE       undoes the last batch
 *
 * Exits as the flags do.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bobolink/cli.h>
#ifdef ON_POSTGRES
#include <bobolink/postgres.h>
#else
#include <bobolink/sqlite3.h>
#endif

#include "app_migrations.h"

static int step_back(struct bobolink_session *session, const char *where,
		     struct bobolink_error *error)
{
	struct bobolink_plan *plan = NULL;
	int rc;

	if (strcmp(where, "last") == 0)
		rc = bobolink_plan_rollback(session, 1, &plan, error);
	else
		rc = bobolink_plan_to(session, atoll(where), &plan, error);
	for (uint32_t i = 0; rc == BOBOLINK_OK && i < plan->count; i++)
		printf("%s %s%s\n", plan->down ? "undo" : "apply", plan->steps[i].name,
		       plan->steps[i].stored ? ", from the database" : "");
	if (rc == BOBOLINK_OK)
		rc = bobolink_run(session, plan, BOBOLINK_FORCE, NULL, error);
	bobolink_plan_free(plan);
	return rc;
}

static int work(void *connection, const char *where)
{
	struct bobolink_session *session = NULL;
	struct bobolink_error error;
	int rc = bobolink_open(&app_migrations, connection, NULL, &session, &error);

	if (rc == BOBOLINK_OK)
		rc = where ? step_back(session, where, &error) : bobolink_boot(session, &error);
	if (rc)
		fprintf(stderr, "%s\n", error.message);
	else if (!where)
		puts("running");
	bobolink_close(session);
	return bobolink_exit_code(rc);
}

#ifdef ON_POSTGRES
static int open_and_work(const char *url, const char *where)
{
	PGconn *db = PQconnectdb(url);
	int code = PQstatus(db) == CONNECTION_OK ? work(db, where) : 3;

	PQfinish(db);
	return code;
}
#else
static int open_and_work(const char *url, const char *where)
{
	sqlite3 *db = NULL;
	int code = sqlite3_open(url, &db) == SQLITE_OK ? work(db, where) : 3;

	sqlite3_close(db);
	return code;
}
#endif

int main(int argc, char **argv)
{
	int code = bobolink_cli(&argc, argv, &app_migrations, NULL);

	if (code >= 0)
		return code;
	if (argc == 4 && strcmp(argv[1], "back") == 0)
		return open_and_work(argv[3], argv[2]);
	return argc == 2 ? open_and_work(argv[1], NULL) : 2;
}
