/*
 * What a function of the application may leave of a handle of SQLite.
 */
#include <sqlite3.h>

#include "fixture.h"

static sqlite3_stmt *left;

static int begin_statement(struct bobolink_step *step, const char *sql)
{
	if (sqlite3_prepare_v2(bobolink_step_connection(step), sql, -1, &left, NULL) ||
	    sqlite3_step(left) != SQLITE_ROW)
		return bobolink_step_fail(step, "no row");
	return BOBOLINK_OK;
}

/* It has written one row of two, and answers the first. */
static int leaves_half_a_write(struct bobolink_step *step)
{
	return begin_statement(step, "INSERT INTO ran VALUES (8), (9) RETURNING i");
}

static int leaves_half_a_query(struct bobolink_step *step)
{
	return begin_statement(step, "SELECT i FROM ran");
}

static void set_function(struct fixture *fixture, uint32_t flags, const char *name,
			 int (*function)(struct bobolink_step *step))
{
	fixture_replace_set(fixture, hand_set_counting("shop", 3));
	hand_set_add(fixture->set, 4, "code", flags, NULL);
	hand_set_call(fixture->set, name, function);
	hand_set_add(fixture->set, 5, "next", 0, "CREATE TABLE t_5 (x INTEGER)", NULL);
}

static void a_write_that_is_not_ended_is_told(void **state)
{
	static const uint32_t flags[] = { 0, BOBOLINK_SECTION_NO_TRANSACTION };
	struct fixture *fixture = *state;

	if (sqlite3_libversion_number() < 3035000)
		skip();
	for (size_t i = 0; i < 2; i++) {
		set_function(fixture, flags[i], i ? "outside" : "within", leaves_half_a_write);
		fixture->options.lock_timeout_ms = 200;
		assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
		fixture_told(fixture, BOBOLINK_SQL_ERROR, "a statement that writes unfinished");
		/* The handle is of use, although the statement is still there. */
		fixture_says(fixture, "SELECT status FROM bobolink_history WHERE version = 4",
			     "failed");
		if (flags[i] == 0)
			assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM ran"), 3);
		assert_int_equal(sqlite3_finalize(left), SQLITE_OK);
	}
}

static void a_query_does_no_harm(void **state)
{
	struct fixture *fixture = *state;

	set_function(fixture, 0, "looks", leaves_half_a_query);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_int_equal(sqlite3_finalize(left), SQLITE_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(a_write_that_is_not_ended_is_told),
		FIXTURE_TEST(a_query_does_no_harm),
	};

	return engine_run_group_tests_on("sqlite", tests);
}
