/*
 * Functions outside a transaction: batches that go on where they stopped, up and down.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "backfill.h"
#include "fixture.h"

#define OUTSIDE BOBOLINK_SECTION_NO_TRANSACTION
#define ROWS	100u
#define LIMIT	30u

static void assert_rows(struct fixture *fixture, const char *expected)
{
	fixture_says(fixture,
		     "SELECT CAST(version AS TEXT) || ':' || status || ':' || "
		     "CAST(statements_done AS TEXT) FROM bobolink_history ORDER BY version, id",
		     expected);
}

static void assert_every_row_is(struct fixture *fixture, int x)
{
	const char *damage = backfill_damage(fixture->url, ROWS, x);

	if (damage)
		fail_msg("%s", damage);
}

static void batches_are_transactions_of_their_own(void **state)
{
	struct fixture *fixture = *state;

	fixture_replace_set(fixture, backfill_set(ROWS, LIMIT));
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_every_row_is(fixture, 1);
	assert_rows(fixture, "1:applied:2,2:applied:0,3:applied:1");
	/* One for each of 1 and 3; of 2 the beginning, 30 + 30 + 30 + 10 rows, none, and the end. */
	assert_int_equal(fixture_number(fixture, "SELECT revision FROM bobolink_head"), 1 + 7 + 1);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_int_equal(fixture_number(fixture, "SELECT revision FROM bobolink_head"), 9);
}

/* --- stopped --------------------------------------------------------------------------------- */

struct stop {
	int calls;
	int at;
	uint32_t done; /* as the last progress said */
};

static int stop_at(void *context, const struct bobolink_progress *progress)
{
	struct stop *stop = context;

	if (progress->version != 2)
		return 0;
	stop->done = progress->statement;
	return ++stop->calls == stop->at;
}

static void between_two_batches_it_can_be_stopped(void **state)
{
	static const int64_t positions[] = { 0, 30, 60, 90, 100 };
	struct fixture *fixture = *state;

	/* Before the function is called, and behind each batch. */
	for (int at = 1; at <= 5; at++) {
		struct stop stop = { .at = at };

		engine()->close(fixture->db);
		remove(fixture->url);
		engine()->make(fixture->directory, fixture->url);
		fixture->db = engine()->open(fixture->url);
		fixture_replace_set(fixture, backfill_set(ROWS, LIMIT));
		fixture->options.progress = stop_at;
		fixture->options.progress_context = &stop;
		assert_int_equal(fixture_boot(fixture), BOBOLINK_INTERRUPTED);
		assert_int_equal(fixture_number(fixture, "SELECT statements_done FROM "
							 "bobolink_history WHERE status = "
							 "'running'"),
				 positions[at - 1]);
		if (at > 1)
			assert_int_equal(stop.done, positions[at - 1]);
		fixture->options.progress = NULL;
		assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
		assert_every_row_is(fixture, 1);
		assert_rows(fixture, "1:applied:2,2:applied:0,3:applied:1");
	}
}

static struct bobolink_session *at_work;

static void interrupt(int signal)
{
	(void)signal;
	bobolink_interrupt(at_work);
}

static int endless_batch(struct bobolink_step *step, int64_t *position, uint32_t limit,
			 int64_t *rows, void *context)
{
	(void)context;
	*position += limit;
	*rows = limit;
	if (*position == 3 * (int64_t)limit)
		raise(SIGUSR1);
	return backfill_run(step, "UPDATE work SET x = x + 1 WHERE id = 1");
}

/* Which makes nothing of how its batches ended. */
static int endless(struct bobolink_step *step)
{
	bobolink_step_batches(step, 5, endless_batch, NULL);
	return BOBOLINK_OK;
}

static void a_wish_to_stop_ends_it_whatever_the_function_says(void **state)
{
	struct fixture *fixture = *state;

	signal(SIGUSR1, interrupt);
	fixture_replace_set(fixture, backfill_set(ROWS, LIMIT));
	hand_set_add(fixture->set, 4, "endless", OUTSIDE, NULL);
	hand_set_call(fixture->set, "endless", endless);
	fixture_open(fixture);
	at_work = fixture->session;
	assert_int_equal(bobolink_boot(fixture->session, &fixture->error), BOBOLINK_INTERRUPTED);
	assert_rows(fixture, "1:applied:2,2:applied:0,3:applied:1,4:running:15");
	fixture_says(fixture, "SELECT x FROM work WHERE id = 1", "4");
	signal(SIGUSR1, SIG_DFL);
}

/* --- refused --------------------------------------------------------------------------------- */

static int fails_at;

static int fallible_batch(struct bobolink_step *step, int64_t *position, uint32_t limit,
			  int64_t *rows, void *context)
{
	char sql[100];

	(void)context;
	if (*position >= ROWS)
		return BOBOLINK_OK;
	*rows = limit;
	*position += limit;
	(void)snprintf(sql, sizeof(sql), "UPDATE work SET x = x + 1 WHERE id > %lld AND id <= %lld",
		       (long long)*position - limit, (long long)*position);
	if (backfill_run(step, sql))
		return BOBOLINK_SQL_ERROR;
	if (*position == fails_at)
		return backfill_run(step, "INSERT INTO nowhere VALUES (1)");
	return BOBOLINK_OK;
}

static int fallible(struct bobolink_step *step)
{
	return bobolink_step_batches(step, 20, fallible_batch, NULL);
}

static void set_fallible(struct fixture *fixture, const char *name)
{
	fixture_replace_set(fixture, backfill_set(ROWS, LIMIT));
	hand_set_add(fixture->set, 4, "fallible", OUTSIDE, NULL);
	hand_set_call(fixture->set, name, fallible);
}

static void a_batch_that_is_refused_is_told_and_gone_on_with(void **state)
{
	struct fixture *fixture = *state;

	set_fallible(fixture, "fallible");
	fails_at = 60;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_HALFWAY);
	assert_true(engine_says_no_table(fixture->error.message, "nowhere"));
	fixture_told(fixture, BOBOLINK_HALFWAY, "the batches done stay");
	assert_string_equal(fixture->error.file, "migrations/0004_fallible.sql");
	assert_rows(fixture, "1:applied:2,2:applied:0,3:applied:1,4:running:40");
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM work WHERE x = 2"), 40);
	assert_true(engine_says_no_table(
		fixture_text(fixture,
			     "SELECT error_message FROM bobolink_history WHERE version = 4"),
		"nowhere"));
	fails_at = 0;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_every_row_is(fixture, 2);
	assert_rows(fixture, "1:applied:2,2:applied:0,3:applied:1,4:applied:0");
}

static void a_first_batch_that_is_refused_left_nothing(void **state)
{
	struct fixture *fixture = *state;

	set_fallible(fixture, "fallible");
	fails_at = 20;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	assert_rows(fixture, "1:applied:2,2:applied:0,3:applied:1,4:failed:0");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_HELD);
	fails_at = 0;
	fixture_open(fixture);
	assert_int_equal(bobolink_retry(fixture->session, 4, NULL, &fixture->error), BOBOLINK_OK);
	assert_every_row_is(fixture, 2);
}

/* Another function in its place would go on behind rows that it has not done. */
static void one_that_changed_meanwhile_is_not_gone_on_with(void **state)
{
	struct fixture *fixture = *state;

	set_fallible(fixture, "fallible");
	fails_at = 60;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_HALFWAY);
	fails_at = 0;
	set_fallible(fixture, "another");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_HALFWAY);
	fixture_told(fixture, BOBOLINK_HALFWAY, "(position: 40)");
	fixture_told(fixture, BOBOLINK_HALFWAY, "restore the file");
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM work WHERE x = 2"), 40);
}

static int again_left;

static int patient_batch(struct bobolink_step *step, int64_t *position, uint32_t limit,
			 int64_t *rows, void *context)
{
	int rc = fallible_batch(step, position, limit, rows, context);

	return rc || again_left-- <= 0 ? rc : BOBOLINK_AGAIN;
}

static int patient(struct bobolink_step *step)
{
	return bobolink_step_batches(step, 20, patient_batch, NULL);
}

static void a_batch_can_ask_to_be_run_again(void **state)
{
	struct fixture *fixture = *state;

	fails_at = 0;
	again_left = 3;
	fixture_replace_set(fixture, backfill_set(ROWS, LIMIT));
	hand_set_add(fixture->set, 4, "patient", OUTSIDE, NULL);
	hand_set_call(fixture->set, "patient", patient);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_true(again_left < 0);
	assert_every_row_is(fixture, 2);
}

/* --- what makes no sense --------------------------------------------------------------------- */

static int nothing_batch(struct bobolink_step *step, int64_t *position, uint32_t limit,
			 int64_t *rows, void *context)
{
	(void)step;
	(void)limit;
	(void)rows;
	if (context)
		*position = -1;
	return BOBOLINK_OK;
}

static int loops_twice(struct bobolink_step *step)
{
	assert_int_equal(bobolink_step_batches(step, 1, nothing_batch, NULL), BOBOLINK_OK);
	assert_int_equal(bobolink_step_batches(step, 1, nothing_batch, NULL), BOBOLINK_USAGE);
	return BOBOLINK_OK;
}

static int loops_over_none(struct bobolink_step *step)
{
	return bobolink_step_batches(step, 0, nothing_batch, NULL);
}

static int loops_backwards(struct bobolink_step *step)
{
	return bobolink_step_batches(step, 1, nothing_batch, step);
}

static int begins(struct bobolink_step *step)
{
	return backfill_run(step, "BEGIN");
}

static int begins_before_batches(struct bobolink_step *step)
{
	int rc = begins(step);

	return rc ? rc : bobolink_step_batches(step, 1, nothing_batch, NULL);
}

static int committing_batch(struct bobolink_step *step, int64_t *position, uint32_t limit,
			    int64_t *rows, void *context)
{
	(void)position;
	(void)limit;
	(void)rows;
	(void)context;
	return backfill_run(step, "COMMIT");
}

static int commits_in_a_batch(struct bobolink_step *step)
{
	return bobolink_step_batches(step, 1, committing_batch, NULL);
}

static void what_makes_no_sense_is_refused(void **state)
{
	static const struct {
		const char *name;
		int (*function)(struct bobolink_step *step);
		const char *words;
	} cases[] = {
		{ "twice", loops_twice, "is for one loop" },
		{ "none", loops_over_none, "batches of no rows" },
		{ "backwards", loops_backwards, "negative position" },
		{ "begins", begins, "left a transaction open" },
		{ "before", begins_before_batches, "left a transaction open" },
		{ "commits", commits_in_a_batch, "ended the transaction" },
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fixture_replace_set(fixture, backfill_set(ROWS, LIMIT));
		hand_set_add(fixture->set, 4, "odd", OUTSIDE, NULL);
		hand_set_call(fixture->set, cases[i].name, cases[i].function);
		assert_int_not_equal(fixture_boot(fixture), BOBOLINK_OK);
		if (!strstr(fixture->error.message, cases[i].words))
			fail_msg("%s: %s", cases[i].name, fixture->error.message);
		assert_false(engine()->in_transaction(fixture->db));
		assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM bobolink_history "
							 "WHERE version = 4 AND status = "
							 "'applied'"),
				 0);
		fixture_run(fixture, "DELETE FROM bobolink_history WHERE version = 4");
	}
}

/* --- in a transaction ------------------------------------------------------------------------ */

static void in_a_transaction_all_batches_are_part_of_it(void **state)
{
	struct fixture *fixture = *state;

	fixture_replace_set(fixture, backfill_set(ROWS, LIMIT));
	hand_set_add(fixture->set, 4, "fallible", 0, NULL);
	hand_set_call(fixture->set, "fallible", fallible);
	fails_at = 60;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	assert_true(engine_says_no_table(fixture->error.message, "nowhere"));
	assert_every_row_is(fixture, 1);
	fails_at = 0;
	fixture_open(fixture);
	assert_int_equal(bobolink_retry(fixture->session, 4, NULL, &fixture->error), BOBOLINK_OK);
	assert_every_row_is(fixture, 2);
	assert_rows(fixture, "1:applied:2,2:applied:0,3:applied:1,4:applied:0");
}

/* --- down ------------------------------------------------------------------------------------ */

static void a_way_down_in_batches_goes_on_where_it_stopped(void **state)
{
	struct fixture *fixture = *state;
	struct stop stop = { .at = 3 };

	fixture_replace_set(fixture, backfill_set(ROWS, LIMIT));
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_run(fixture, "UPDATE bobolink_history SET batch = 2 WHERE version > 1");
	fixture->options.progress = stop_at;
	fixture->options.progress_context = &stop;
	fixture_open(fixture);
	assert_int_equal(bobolink_rollback(fixture->session, 1, 0, NULL, &fixture->error),
			 BOBOLINK_INTERRUPTED);
	assert_rows(fixture, "1:applied:2,2:rolling_back:60,3:rolled_back:1");
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM work WHERE x = 0"), 60);
	bobolink_close(fixture->session);
	fixture->session = NULL;
	fixture->options.progress = NULL;
	/* A start does not decide what is to become of it. */
	assert_int_equal(fixture_boot(fixture), BOBOLINK_HALFWAY);
	fixture_open(fixture);
	assert_int_equal(bobolink_rollback(fixture->session, 1, 0, NULL, &fixture->error),
			 BOBOLINK_OK);
	assert_every_row_is(fixture, 0);
	assert_rows(fixture, "1:applied:2,2:rolled_back:0,3:rolled_back:1");
}

/* What a run that is taken back has done in batches is taken back in batches. */
static void a_run_that_is_taken_back_undoes_batches(void **state)
{
	struct fixture *fixture = *state;

	fixture_replace_set(fixture, backfill_set(ROWS, LIMIT));
	assert_int_equal(bobolink_open(hand_set(fixture->set, engine()->backend), fixture->db, NULL,
				       &fixture->session, &fixture->error),
			 BOBOLINK_OK);
	assert_int_equal(bobolink_apply(fixture->session, 1, NULL, &fixture->error), BOBOLINK_OK);
	bobolink_close(fixture->session);
	fixture->session = NULL;
	hand_set_add(fixture->set, 4, "bad", 0, "INSERT INTO nowhere VALUES (1)", NULL);
	fixture->options.on_failure = BOBOLINK_ON_FAILURE_ROLLBACK;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	fixture_told(fixture, BOBOLINK_SQL_ERROR, "undone: 2");
	assert_every_row_is(fixture, 0);
	assert_rows(fixture, "1:applied:2,2:undone:0,3:undone:1,4:failed:0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(batches_are_transactions_of_their_own),
		FIXTURE_TEST(between_two_batches_it_can_be_stopped),
		FIXTURE_TEST(a_wish_to_stop_ends_it_whatever_the_function_says),
		FIXTURE_TEST(a_batch_that_is_refused_is_told_and_gone_on_with),
		FIXTURE_TEST(a_first_batch_that_is_refused_left_nothing),
		FIXTURE_TEST(one_that_changed_meanwhile_is_not_gone_on_with),
		FIXTURE_TEST(a_batch_can_ask_to_be_run_again),
		FIXTURE_TEST(what_makes_no_sense_is_refused),
		FIXTURE_TEST(in_a_transaction_all_batches_are_part_of_it),
		FIXTURE_TEST(a_way_down_in_batches_goes_on_where_it_stopped),
		FIXTURE_TEST(a_run_that_is_taken_back_undoes_batches),
	};

	return engine_run_group_tests(tests);
}
