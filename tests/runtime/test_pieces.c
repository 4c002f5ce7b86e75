/*
 * Migrations outside a transaction: the lock between the pieces, and how one that stopped goes on.
 */
#include <stdio.h>
#include <string.h>

#include "fixture.h"

#define OUTSIDE	   BOBOLINK_SECTION_NO_TRANSACTION
#define ALONE	   BOBOLINK_STATEMENT_NO_TRANSACTION
#define REPEATABLE (BOBOLINK_STATEMENT_NO_TRANSACTION | BOBOLINK_STATEMENT_REPEATABLE)

static void the_database_is_free_after_a_run_outside_transactions(void **state)
{
	struct fixture *fixture = *state;
	void *other = engine()->open(fixture->url);

	hand_set_add(fixture->set, 4, "shrink", OUTSIDE, "CREATE TABLE x (y INTEGER)", "VACUUM",
		     "INSERT INTO x VALUES (1)", NULL);
	hand_set_statement_flags(fixture->set, 1, REPEATABLE);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_true(engine()->lock(other));
	engine()->run(other, "INSERT INTO x VALUES (2); COMMIT");
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM x"), 2);
	engine()->close(other);
}

/* As a run leaves it that was killed behind statement `done` of the last migration. */
static void pretend_killed(struct fixture *fixture, int64_t version, const char *done_sql, int done)
{
	char sql[400];

	fixture_run(fixture, done_sql);
	snprintf(sql, sizeof(sql),
		 "UPDATE bobolink_history SET status = 'running', statements_done = %d, "
		 "duration_ms = NULL, attempts = 0 WHERE version = %lld;"
		 "UPDATE bobolink_head SET digest = NULL, revision = revision + 1",
		 done, (long long)version);
	fixture_run(fixture, sql);
}

static void a_killed_run_outside_transactions_is_resumed(void **state)
{
	struct fixture *fixture = *state;

	hand_set_add(fixture->set, 4, "pieces", OUTSIDE, "CREATE TABLE x (y INTEGER)",
		     "INSERT INTO x VALUES (1)", "VACUUM", "INSERT INTO x VALUES (2)", NULL);
	hand_set_statement_flags(fixture->set, 2, REPEATABLE);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM x"), 2);
	for (int done = 2; done <= 4; done++) {
		pretend_killed(fixture, 4, "DELETE FROM x WHERE y = 2", done);
		assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
		assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM x"),
				 done < 4 ? 2 : 1);
		assert_string_equal(fixture_text(fixture, "SELECT status || statements_done FROM "
							  "bobolink_history WHERE version = 4"),
				    "applied4");
	}
}

static void a_bare_statement_in_doubt_is_not_repeated(void **state)
{
	struct fixture *fixture = *state;

	hand_set_add(fixture->set, 4, "pieces", OUTSIDE, "CREATE TABLE x (y INTEGER)", "VACUUM",
		     NULL);
	hand_set_statement_flags(fixture->set, 1, ALONE);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	pretend_killed(fixture, 4, "SELECT 1", 1);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_HALFWAY);
	assert_int_equal(bobolink_exit_code(BOBOLINK_HALFWAY), 9);
	assert_int_equal(fixture->error.version, 4);
}

static void a_refusal_half_way_is_told_and_gone_on_with(void **state)
{
	struct fixture *fixture = *state;

	hand_set_add(fixture->set, 4, "pieces", OUTSIDE, "CREATE TABLE x (y INTEGER)",
		     "INSERT INTO later VALUES (1)", "INSERT INTO x VALUES (2)", NULL);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_HALFWAY);
	assert_true(engine_says_no_table(fixture->error.message, "later"));
	assert_non_null(strstr(fixture->error.message, "statements done, which stay: 1 of 3"));
	assert_int_equal(fixture->error.line, 2);
	assert_int_equal(fixture->error.column, 13);
	assert_string_equal(fixture_text(fixture, "SELECT status || statements_done FROM "
						  "bobolink_history WHERE version = 4"),
			    "running1");
	assert_true(engine_says_no_table(
		fixture_text(fixture,
			     "SELECT error_message FROM bobolink_history WHERE version = 4"),
		"later"));
	fixture_run(fixture, "CREATE TABLE later (x INTEGER)");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM later"), 1);
	assert_int_equal(fixture_number(fixture, "SELECT attempts FROM bobolink_history "
						 "WHERE version = 4"),
			 2);
}

static void a_first_statement_that_is_refused_left_nothing(void **state)
{
	struct fixture *fixture = *state;

	hand_set_add(fixture->set, 4, "pieces", OUTSIDE, "INSERT INTO nowhere VALUES (1)",
		     "CREATE TABLE x (y INTEGER)", NULL);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	assert_string_equal(fixture_text(fixture, "SELECT status FROM bobolink_history "
						  "WHERE version = 4"),
			    "failed");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_HELD);
}

struct other {
	const char *url;
	int tried;
	int got;
};

/* Tries to get in between two pieces. */
static int get_between(void *context, const struct bobolink_progress *progress)
{
	struct other *other = context;
	void *db;

	if (progress->version != 4 || progress->statement != 2)
		return 0;
	db = engine()->open(other->url);
	other->tried++;
	other->got += engine()->lock(db);
	engine()->close(db);
	return 0;
}

static void nobody_gets_between_two_pieces(void **state)
{
	struct fixture *fixture = *state;
	struct other other = { .url = fixture->url };

	hand_set_add(fixture->set, 4, "shrink", OUTSIDE, "CREATE TABLE x (y INTEGER)", "VACUUM",
		     "INSERT INTO x VALUES (1)", NULL);
	hand_set_statement_flags(fixture->set, 1, REPEATABLE);
	fixture->options.progress = get_between;
	fixture->options.progress_context = &other;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_int_equal(other.tried, 1);
	assert_int_equal(other.got, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(the_database_is_free_after_a_run_outside_transactions),
		FIXTURE_TEST(a_killed_run_outside_transactions_is_resumed),
		FIXTURE_TEST(a_bare_statement_in_doubt_is_not_repeated),
		FIXTURE_TEST(a_refusal_half_way_is_told_and_gone_on_with),
		FIXTURE_TEST(a_first_statement_that_is_refused_left_nothing),
		FIXTURE_TEST(nobody_gets_between_two_pieces),
	};

	return engine_run_group_tests(tests);
}
