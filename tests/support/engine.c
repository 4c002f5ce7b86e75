/*
 * One suite for every database: see the header.
 */
#include "engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const struct engine engine_sqlite;
extern const struct engine engine_postgres;

static const struct engine *const engines[] = {
#ifdef BOBOLINK_WITH_SQLITE
	&engine_sqlite,
#endif
#ifdef BOBOLINK_WITH_POSTGRES
	&engine_postgres,
#endif
};

static size_t current;

const struct engine *engine(void)
{
	return engines[current];
}

int engine_run_tests(const char *name, const struct CMUnitTest *tests, size_t count)
{
	bool ran = false;
	int failed = 0;

	for (current = 0; current < sizeof(engines) / sizeof(engines[0]); current++) {
		if ((name && strcmp(name, engine()->name) != 0) || !engine()->is_there())
			continue;
		ran = true;
		failed += _cmocka_run_group_tests(engine()->name, tests, count, NULL, NULL);
	}
	current = 0;
	return ran ? failed : 77;
}

int64_t engine_number(void *handle, const char *sql)
{
	const char *text = engine()->text(handle, sql);

	return *text ? strtoll(text, NULL, 10) : -1;
}

int64_t engine_tables(void *handle, const char *like)
{
	char sql[400];

	(void)snprintf(sql, sizeof(sql), "SELECT count(*) %s LIKE '%s' ESCAPE '!'",
		       engine()->tables, like);
	return engine_number(handle, sql);
}

bool engine_says_no_table(const char *message, const char *table)
{
	const char *hole = strstr(engine()->no_table, "%s");
	char words[200];

	(void)snprintf(words, sizeof(words), "%.*s%s%s", (int)(hole - engine()->no_table),
		       engine()->no_table, table, hole + 2);
	return strstr(message, words) != NULL;
}

int engine_boot(const char *url, const struct bobolink_set *set, struct bobolink_error *error)
{
	const struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	void *handle = engine()->open(url);
	int rc = bobolink_migrate(set, handle, &options, error);

	engine()->close(handle);
	return rc;
}

bool engine_is_whole(const char *url, uint32_t count)
{
	void *handle = engine()->open(url);
	bool whole = strcmp(engine()->text(handle, engine()->sound), "ok") == 0 &&
		     engine_number(handle, "SELECT count(*) FROM ran") == count &&
		     engine_number(handle, "SELECT count(DISTINCT i) FROM ran") == count &&
		     engine_tables(handle, "t!_%") == count &&
		     engine_number(handle, "SELECT count(*) FROM bobolink_history WHERE "
					   "status = 'applied'") == count &&
		     engine_number(handle, "SELECT count(*) FROM bobolink_history") == count;

	engine()->close(handle);
	return whole;
}
