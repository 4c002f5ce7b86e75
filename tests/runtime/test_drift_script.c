/*
 * The script of a drift: SQL that makes what is missing, in an order in which it can be made.
 */
#include <stdio.h>
#include <string.h>

#include <bobolink/schema.h>

#include "drifting.h"

struct script {
	char text[8192];
	size_t length;
};

static int add_text(void *context, const char *text, size_t length)
{
	struct script *script = context;

	assert_true(length < sizeof(script->text) - script->length);
	memcpy(script->text + script->length, text, length);
	script->length += length;
	script->text[script->length] = '\0';
	return 0;
}

static void the_script_makes_what_is_missing(void **state)
{
	static struct script script;
	struct fixture *fixture = *state;
	struct bobolink_drift *drift;

	script = (struct script){ .length = 0 };
	drifting_set_up(fixture, BOBOLINK_HEAD);
	fixture_run(fixture, "DROP TABLE orders; DROP VIEW names; DROP TABLE totals");
	assert_int_equal(bobolink_drift(fixture->session, &drift, NULL), BOBOLINK_OK);
	/* The result does not need the session. */
	bobolink_close(fixture->session);
	fixture->session = NULL;
	assert_int_equal(bobolink_drift_script(drift, add_text, &script), 0);
	bobolink_drift_free(drift);
	fixture_run(fixture, script.text);
	fixture_open(fixture);
	drifting_without(fixture);
}

/* By kind and name `above` would come first. */
static void what_others_need_comes_first(void **state)
{
	static const struct learned_migration views[] = {
		{ "views",
		  { "CREATE TABLE things (x INTEGER)", "CREATE VIEW middle AS SELECT x FROM things",
		    "CREATE VIEW above AS SELECT x FROM middle" },
		  { NULL } },
	};
	static struct script script;
	struct fixture *fixture = *state;
	struct bobolink_drift *drift;

	script = (struct script){ .length = 0 };
	fixture_replace_set(fixture, learned_set(fixture->directory, "shop", views, 1));
	fixture->options.validate = BOBOLINK_VALIDATE_OFF;
	fixture_open(fixture);
	drifting_apply(fixture, BOBOLINK_HEAD);
	fixture_run(fixture, "DROP VIEW above; DROP VIEW middle; DROP TABLE things");
	assert_int_equal(bobolink_drift(fixture->session, &drift, NULL), BOBOLINK_OK);
	assert_int_equal(bobolink_drift_script(drift, add_text, &script), 0);
	bobolink_drift_free(drift);
	assert_true(strstr(script.text, "-- view middle\n") <
		    strstr(script.text, "-- view above\n"));
	fixture_run(fixture, script.text);
	drifting_without(fixture);
}

static int stop(void *context, const char *text, size_t length)
{
	(void)text;
	(void)length;
	return ++*(int *)context == 3 ? BOBOLINK_FULL : 0;
}

static void a_script_stops_where_it_cannot_be_written(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_drift *drift;
	int calls = 0;

	drifting_set_up(fixture, BOBOLINK_HEAD);
	fixture_run(fixture, "DROP VIEW names");
	assert_int_equal(bobolink_drift(fixture->session, &drift, NULL), BOBOLINK_OK);
	assert_int_equal(bobolink_drift_script(drift, stop, &calls), BOBOLINK_FULL);
	assert_int_equal(calls, 3);
	bobolink_drift_free(drift);
}

/* A name that ends a comment would be a statement of whoever made the table. */
static void a_name_does_not_leave_its_comment(void **state)
{
	static struct script script;
	struct fixture *fixture = *state;
	struct bobolink_drift *drift;

	script = (struct script){ .length = 0 };
	drifting_set_up(fixture, BOBOLINK_HEAD);
	fixture_run(fixture, "CREATE TABLE \"a\nDROP TABLE users;\r--\" (x INTEGER)");
	assert_int_equal(bobolink_drift(fixture->session, &drift, NULL), BOBOLINK_OK);
	assert_int_equal(bobolink_drift_script(drift, add_text, &script), 0);
	bobolink_drift_free(drift);
	for (const char *line = script.text; *line; line += strcspn(line, "\n") + 1)
		assert_memory_equal(line, "--", 2);
	assert_null(strchr(script.text, '\r'));
	assert_non_null(strstr(script.text, "table a?DROP TABLE users;?--"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(the_script_makes_what_is_missing),
		FIXTURE_TEST(what_others_need_comes_first),
		FIXTURE_TEST(a_script_stops_where_it_cannot_be_written),
		FIXTURE_TEST(a_name_does_not_leave_its_comment),
	};

	return engine_run_group_tests(tests);
}
