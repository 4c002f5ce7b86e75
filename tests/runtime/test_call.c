/*
 * Migrations that are functions of the application: what they can do, and what they cannot break.
 */
#include <stdio.h>
#include <string.h>

#include "backfill.h"
#include "fixture.h"

#define OUTSIDE BOBOLINK_SECTION_NO_TRANSACTION

static bool is_postgres(void)
{
	return strcmp(engine()->name, "postgres") == 0;
}

static void assert_rows(struct fixture *fixture, const char *expected)
{
	fixture_says(fixture,
		     "SELECT CAST(version AS TEXT) || ':' || status || ':' || "
		     "CAST(statements_done AS TEXT) FROM bobolink_history ORDER BY version, id",
		     expected);
}

/* Migration 4 is this function; behind it stands one that is none. */
static void add_call(struct fixture *fixture, uint32_t flags, const char *name,
		     int (*function)(struct bobolink_step *step))
{
	hand_set_add(fixture->set, 4, "code", flags, NULL);
	hand_set_call(fixture->set, name, function);
	hand_set_add(fixture->set, 5, "next", 0, "CREATE TABLE t_5 (x INTEGER)", NULL);
}

static int add_four(struct bobolink_step *step)
{
	int rc = backfill_run(step, "CREATE TABLE t_4 (x INTEGER)");

	return rc ? rc : backfill_run(step, "INSERT INTO ran VALUES (4)");
}

/* --- in a transaction ------------------------------------------------------------------------ */

struct told {
	int events;
	int level;
	int64_t version;
	char name[40];
	char detail[BOBOLINK_MESSAGE_SIZE];
};

static void listen(void *context, const struct bobolink_event *event)
{
	struct told *told = context;

	if (event->kind != BOBOLINK_EVENT_CODE)
		return;
	told->events++;
	told->level = event->level;
	told->version = event->version;
	(void)snprintf(told->name, sizeof(told->name), "%s", event->name);
	(void)snprintf(told->detail, sizeof(told->detail), "%s", event->detail);
}

static int four_with_words(struct bobolink_step *step)
{
	assert_int_equal(bobolink_step_version(step), 4);
	assert_string_equal(bobolink_step_name(step), "code");
	assert_int_equal(bobolink_step_is_down(step), 0);
	bobolink_step_log(step, BOBOLINK_WARNING, "%d rows look odd", 7);
	return add_four(step);
}

static void a_function_is_part_of_its_transaction(void **state)
{
	struct fixture *fixture = *state;
	struct told told = { 0 };

	add_call(fixture, 0, "four", four_with_words);
	fixture->options.log = listen;
	fixture->options.log_context = &told;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_true(fixture_number(fixture, "SELECT count(*) FROM ran WHERE i = 4") == 1);
	assert_rows(fixture, "1:applied:3,2:applied:2,3:applied:2,4:applied:0,5:applied:1");
	assert_int_equal(told.events, 1);
	assert_int_equal(told.level, BOBOLINK_WARNING);
	assert_int_equal(told.version, 4);
	assert_string_equal(told.name, "code");
	assert_string_equal(told.detail, "7 rows look odd");
	fixture_says(fixture,
		     "SELECT event || ' ' || detail FROM bobolink_log WHERE item = '4' AND "
		     "event = 'code'",
		     "code 7 rows look odd");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_int_equal(told.events, 1);
}

static int refuse(struct bobolink_step *step)
{
	bobolink_step_log(step, BOBOLINK_INFO, "about to fail");
	if (add_four(step))
		return BOBOLINK_SQL_ERROR;
	return bobolink_step_fail(step, "row %d is not what it %s", 12, "seems");
}

static void what_it_refuses_is_undone_recorded_and_told(void **state)
{
	struct fixture *fixture = *state;

	add_call(fixture, 0, "refuse", refuse);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	assert_string_equal(fixture->error.message, "refuse(): row 12 is not what it seems");
	assert_string_equal(fixture->error.file, "migrations/0004_code.sql");
	assert_int_equal(fixture->error.line, 0);
	assert_int_equal(fixture->error.version, 4);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM ran"), 3);
	assert_int_equal(engine_tables(fixture->db, "t!_%"), 3);
	assert_rows(fixture, "1:applied:3,2:applied:2,3:applied:2,4:failed:0");
	fixture_says(fixture, "SELECT error_message FROM bobolink_history WHERE version = 4",
		     "migrations/0004_code.sql: refuse(): row 12 is not what it seems");
	/* What it said before stays in the log. */
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM bobolink_log WHERE event = "
						 "'code' AND detail = 'about to fail'"),
			 1);
	/* A function that was corrected is the same in the set: only who says so has it run again. */
	assert_int_equal(fixture_boot(fixture), BOBOLINK_HELD);
	assert_string_equal(
		fixture->error.message,
		"migration 4 (code) was refused before and did not change since: correct its "
		"function and build again, or mend the database, then use --migrate-retry; the "
		"database said: migrations/0004_code.sql: refuse(): row 12 is not what it seems");
}

static bool mended;

static int works_when_mended(struct bobolink_step *step)
{
	return mended ? add_four(step) : backfill_run(step, "INSERT INTO nowhere VALUES (1)");
}

static void a_statement_that_fails_is_told_and_can_be_retried(void **state)
{
	struct fixture *fixture = *state;
	uint32_t applied = 0;

	mended = false;
	add_call(fixture, 0, "mend", works_when_mended);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	assert_true(engine_says_no_table(fixture->error.message, "nowhere"));
	mended = true;
	fixture_open(fixture);
	assert_int_equal(bobolink_retry(fixture->session, 4, &applied, &fixture->error),
			 BOBOLINK_OK);
	assert_int_equal(applied, 2);
	assert_rows(fixture, "1:applied:3,2:applied:2,3:applied:2,4:applied:0,5:applied:1");
}

/* --- what it must not do --------------------------------------------------------------------- */

static int says_nothing(struct bobolink_step *step)
{
	char message[256];

	engine()->attempt(bobolink_step_connection(step), "INSERT INTO nowhere VALUES (1)",
			  message);
	return BOBOLINK_OK;
}

static int commits(struct bobolink_step *step)
{
	return backfill_run(step, "COMMIT");
}

static int rolls_back(struct bobolink_step *step)
{
	return backfill_run(step, "ROLLBACK");
}

static int commits_and_begins(struct bobolink_step *step)
{
	int rc = backfill_run(step, "COMMIT");

	return rc ? rc : backfill_run(step, "BEGIN");
}

static int rolls_back_and_begins(struct bobolink_step *step)
{
	int rc = backfill_run(step, "ROLLBACK");

	return rc ? rc : backfill_run(step, "BEGIN");
}

static int result_of_nothing;

static int returns(struct bobolink_step *step)
{
	int rc = add_four(step);

	return rc ? rc : result_of_nothing;
}

static void assert_refused(struct fixture *fixture, const char *words)
{
	fixture_told(fixture, BOBOLINK_SQL_ERROR, words);
	assert_string_equal(fixture->error.file, "migrations/0004_code.sql");
	assert_false(engine()->in_transaction(fixture->db));
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM bobolink_history WHERE "
						 "version = 4 AND status = 'applied'"),
			 0);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM bobolink_history WHERE "
						 "version = 4 AND status = 'failed'"),
			 1);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM ran"), 3);
}

static void whoever_ends_the_transaction_is_refused(void **state)
{
	static int (*const functions[])(struct bobolink_step * step) = { commits, rolls_back,
									 commits_and_begins,
									 rolls_back_and_begins };
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		fixture_replace_set(fixture, hand_set_counting("shop", 3));
		add_call(fixture, 0,
			 i == 0	  ? "a"
			 : i == 1 ? "b"
			 : i == 2 ? "c"
				  : "d",
			 functions[i]);
		assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
		assert_refused(fixture, "ended the transaction");
	}
}

static void a_failure_that_it_does_not_tell_is_one(void **state)
{
	struct fixture *fixture = *state;

	add_call(fixture, 0, "quiet", says_nothing);
	if (!is_postgres()) /* one statement fails, and the transaction goes on */
		skip();
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	assert_refused(fixture, "check each result");
}

static void results_that_make_no_sense_are_failures(void **state)
{
	static const int results[] = { -1,
				       4711,
				       BOBOLINK_STALE,
				       BOBOLINK_UNKNOWN,
				       BOBOLINK_HALFWAY,
				       BOBOLINK_NEWER,
				       BOBOLINK_PLAN_CHANGED,
				       BOBOLINK_SQL_ERROR };
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
		char name[20];

		(void)snprintf(name, sizeof(name), "f%u", (unsigned)i);
		result_of_nothing = results[i];
		fixture_replace_set(fixture, hand_set_counting("shop", 3));
		add_call(fixture, 0, name, returns);
		assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
		assert_refused(fixture, "bobolink_step_fail()");
	}
}

static void transient_results_are_passed_on_and_recorded_nowhere(void **state)
{
	static const int results[][2] = {
		{ BOBOLINK_INTERRUPTED, BOBOLINK_INTERRUPTED },
		{ BOBOLINK_LOCKED, BOBOLINK_LOCKED },
		{ BOBOLINK_BUSY, BOBOLINK_LOCKED },
		{ BOBOLINK_NO_MEMORY, BOBOLINK_NO_MEMORY },
	};
	struct fixture *fixture = *state;

	add_call(fixture, 0, "transient", returns);
	for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
		result_of_nothing = results[i][0];
		assert_int_equal(fixture_boot(fixture), results[i][1]);
		assert_rows(fixture, "1:applied:3,2:applied:2,3:applied:2");
	}
	result_of_nothing = BOBOLINK_OK;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
}

static int attempts;

static int third_time(struct bobolink_step *step)
{
	int rc = add_four(step);

	bobolink_step_log(step, BOBOLINK_INFO, "attempt %d", attempts + 1);
	return rc || ++attempts == 3 ? rc : BOBOLINK_AGAIN;
}

static void it_can_ask_to_be_run_again(void **state)
{
	struct fixture *fixture = *state;

	attempts = 0;
	add_call(fixture, 0, "third", third_time);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_int_equal(attempts, 3);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM ran WHERE i = 4"), 1);
	fixture_says(fixture, "SELECT detail FROM bobolink_log WHERE event = 'code'", "attempt 3");
}

/* --- with others in one transaction, rehearsed, undone --------------------------------------- */

static void it_shares_one_transaction_with_others(void **state)
{
	struct fixture *fixture = *state;

	add_call(fixture, 0, "four", add_four);
	fixture->options.transaction = BOBOLINK_TRANSACTION_ALL;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_rows(fixture, "1:applied:3,2:applied:2,3:applied:2,4:applied:0,5:applied:1");
}

static void errors_around_it_are_placed_right(void **state)
{
	struct fixture *fixture = *state;

	fixture->options.transaction = BOBOLINK_TRANSACTION_ALL;
	add_call(fixture, 0, "four", add_four);
	hand_set_add(fixture->set, 6, "bad", 0, "SELECT 1", "INSERT INTO nowhere VALUES (1)", NULL);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	assert_string_equal(fixture->error.file, "migrations/0006_bad.sql");
	assert_int_equal(fixture->error.line, 2);
	assert_int_equal(fixture->error.statement, 2);
	fixture_replace_set(fixture, hand_set_counting("shop", 3));
	add_call(fixture, 0, "refuse", refuse);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	assert_string_equal(fixture->error.file, "migrations/0004_code.sql");
	assert_rows(fixture, "4:failed:0,6:failed:0");
	/* Before it: what was only taken note of is run when the handle is lent. */
	fixture_replace_set(fixture, hand_set_new("shop"));
	hand_set_add(fixture->set, 3, "bad", 0, "SELECT 1", "INSERT INTO nowhere VALUES (1)", NULL);
	add_call(fixture, 0, "four", add_four);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	assert_string_equal(fixture->error.file, "migrations/0003_bad.sql");
	assert_int_equal(fixture->error.line, 2);
}

static void outside_a_transaction_it_cannot(void **state)
{
	struct fixture *fixture = *state;

	add_call(fixture, OUTSIDE, "four", add_four);
	fixture->options.transaction = BOBOLINK_TRANSACTION_ALL;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_USAGE);
	assert_int_equal(fixture->error.version, 4);
}

static void it_is_rehearsed(void **state)
{
	struct fixture *fixture = *state;
	uint32_t rehearsed = 0;
	uint32_t left = 0;

	add_call(fixture, 0, "four", add_four);
	hand_set_add(fixture->set, 6, "outside", OUTSIDE, NULL);
	hand_set_call(fixture->set, "outside", add_four);
	fixture_open(fixture);
	assert_int_equal(bobolink_rehearse(fixture->session, BOBOLINK_HEAD, &rehearsed, &left,
					   &fixture->error),
			 BOBOLINK_OK);
	assert_int_equal(rehearsed, 5);
	assert_int_equal(left, 1);
	assert_int_equal(engine_tables(fixture->db, "t!_%"), 0);
}

static int take_four(struct bobolink_step *step)
{
	int rc = backfill_run(step, "DROP TABLE t_4");

	assert_int_equal(bobolink_step_is_down(step), 1);
	return rc ? rc : backfill_run(step, "DELETE FROM ran WHERE i = 4");
}

static void it_is_undone_by_a_function(void **state)
{
	struct fixture *fixture = *state;

	hand_set_add(fixture->set, 4, "code", 0, NULL);
	hand_set_call(fixture->set, "four", add_four);
	hand_set_down_call(fixture->set, 0, "take_four", take_four);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_true(fixture_is_whole(fixture, 4));
	fixture_open(fixture);
	fixture_run(fixture, "UPDATE bobolink_history SET batch = 2 WHERE version = 4");
	assert_int_equal(bobolink_rollback(fixture->session, 1, 0, NULL, &fixture->error),
			 BOBOLINK_OK);
	fixture_says(fixture, "SELECT status FROM bobolink_history WHERE version = 4",
		     "rolled_back");
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM ran"), 3);
}

/* The stored down names a function: a program that has one of that name can run it, any other cannot. */
static void a_program_without_the_function_cannot_undo_it(void **state)
{
	struct fixture *fixture = *state;

	hand_set_add(fixture->set, 4, "code", 0, NULL);
	hand_set_call(fixture->set, "four", add_four);
	hand_set_down_call(fixture->set, 0, "take_four", take_four);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_replace_set(fixture, hand_set_counting("shop", 3));
	fixture_run(fixture, "UPDATE bobolink_history SET batch = 2 WHERE version = 4");
	fixture_open(fixture);
	assert_int_equal(bobolink_rollback(fixture->session, 1, 0, NULL, &fixture->error),
			 BOBOLINK_IRREVERSIBLE);
	fixture_told(fixture, BOBOLINK_IRREVERSIBLE, "take_four()");
	fixture_replace_set(fixture, hand_set_counting("shop", 3));
	hand_set_add(fixture->set, 9, "other", 0, NULL);
	hand_set_call(fixture->set, "take_four", take_four);
	fixture_open(fixture);
	assert_int_equal(bobolink_rollback(fixture->session, 1, 0, NULL, &fixture->error),
			 BOBOLINK_OK);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM ran"), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(a_function_is_part_of_its_transaction),
		FIXTURE_TEST(what_it_refuses_is_undone_recorded_and_told),
		FIXTURE_TEST(a_statement_that_fails_is_told_and_can_be_retried),
		FIXTURE_TEST(whoever_ends_the_transaction_is_refused),
		FIXTURE_TEST(a_failure_that_it_does_not_tell_is_one),
		FIXTURE_TEST(results_that_make_no_sense_are_failures),
		FIXTURE_TEST(transient_results_are_passed_on_and_recorded_nowhere),
		FIXTURE_TEST(it_can_ask_to_be_run_again),
		FIXTURE_TEST(it_shares_one_transaction_with_others),
		FIXTURE_TEST(errors_around_it_are_placed_right),
		FIXTURE_TEST(outside_a_transaction_it_cannot),
		FIXTURE_TEST(it_is_rehearsed),
		FIXTURE_TEST(it_is_undone_by_a_function),
		FIXTURE_TEST(a_program_without_the_function_cannot_undo_it),
	};

	return engine_run_group_tests(tests);
}
