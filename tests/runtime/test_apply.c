/*
 * Applying: what is run, what is recorded, and what is left as it was.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

#define OUTSIDE BOBOLINK_SECTION_NO_TRANSACTION

static int boot_all(struct fixture *fixture)
{
	fixture->options.transaction = BOBOLINK_TRANSACTION_ALL;
	return fixture_boot(fixture);
}

/* Returns how many were applied. */
static uint32_t apply_to(struct fixture *fixture, int64_t target)
{
	uint32_t applied;

	fixture_open(fixture);
	assert_int_equal(bobolink_apply(fixture->session, target, &applied, &fixture->error),
			 BOBOLINK_OK);
	bobolink_close(fixture->session);
	fixture->session = NULL;
	return applied;
}

struct counter {
	size_t allocations;
	size_t live;
};

static void *counting_allocate(void *context, size_t size)
{
	struct counter *counter = context;

	counter->allocations++;
	counter->live++;
	return malloc(size);
}

static void *counting_reallocate(void *context, void *memory, size_t size)
{
	struct counter *counter = context;

	counter->allocations++;
	counter->live += memory == NULL;
	return realloc(memory, size);
}

static void counting_release(void *context, void *memory)
{
	struct counter *counter = context;

	counter->live -= memory != NULL;
	free(memory);
}

/* Allocations of a boot on a database that is up to date with `count` migrations. */
static size_t count_allocations(struct fixture *fixture, uint32_t count)
{
	struct counter counter = { 0, 0 };
	const struct bobolink_allocator allocator = { counting_allocate, counting_reallocate,
						      counting_release, &counter };

	fixture_replace_set(fixture, hand_set_counting("shop", count));
	assert_int_equal(boot_all(fixture), BOBOLINK_OK);
	fixture->options.allocator = &allocator;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture->options.allocator = NULL;
	assert_int_equal(counter.live, 0);
	return counter.allocations;
}

static void a_boot_with_nothing_to_do_costs_the_same_whatever_n_is(void **state)
{
	size_t few = count_allocations(*state, 3);

	assert_true(few > 0);
	assert_int_equal(count_allocations(*state, 300), few);
}

static void a_target_stops_the_run_and_the_next_goes_on(void **state)
{
	struct fixture *fixture = *state;

	fixture_replace_set(fixture, hand_set_counting("shop", 4));
	assert_int_equal(apply_to(fixture, 2), 2);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM ran"), 2);
	assert_int_equal(fixture_number(fixture, "SELECT count(digest) FROM bobolink_head"), 0);
	assert_int_equal(apply_to(fixture, BOBOLINK_HEAD), 2);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM ran"), 4);
	assert_int_equal(fixture_number(fixture, "SELECT count(digest) FROM bobolink_head"), 1);
	assert_string_equal(fixture_text(fixture,
					 "SELECT batch FROM bobolink_history ORDER BY version"),
			    "1,1,2,2");
	assert_string_equal(fixture_text(fixture, "SELECT event || item FROM bobolink_log ORDER "
						  "BY id"),
			    "boot,begin1,applied1,begin2,applied2,boot,begin3,applied3,begin4,"
			    "applied4");
	assert_int_equal(fixture_number(fixture, "SELECT count(batch_until) FROM bobolink_head"),
			 0);
}

static void a_refused_migration_leaves_the_earlier_ones_and_is_held(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *mended = hand_set_counting("shop", 3);
	char text[2000];

	hand_set_add(fixture->set, 4, "bad", 0, "CREATE TABLE c (x INTEGER)",
		     "INSERT INTO ran SELECT 'grün', n\n  FROM nowhere", NULL);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	bobolink_error_text(&fixture->error, text, sizeof(text));
	assert_int_equal(strncmp(text, "migrations/0004_bad.sql:3:8: ", 29), 0);
	assert_true(engine_says_no_table(text, "nowhere"));
	assert_int_equal(fixture->error.version, 4);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM ran"), 3);
	assert_int_equal(engine_tables(fixture->db, "c"), 0);
	assert_string_equal(fixture_text(fixture, "SELECT status || attempts FROM "
						  "bobolink_history WHERE version = 4"),
			    "failed1");
	assert_true(engine_says_no_table(fixture_text(fixture, "SELECT error_message FROM "
							       "bobolink_history WHERE "
							       "version = 4"),
					 "nowhere"));
	assert_true(
		engine_says_no_table(fixture_text(fixture, "SELECT detail FROM bobolink_log WHERE "
							   "event = 'failed' AND item = '4'"),
				     "nowhere"));
	assert_int_equal(fixture_boot(fixture), BOBOLINK_HELD);
	assert_true(engine_says_no_table(fixture->error.message, "nowhere"));
	assert_string_equal(fixture->error.file, "migrations/0004_bad.sql");
	hand_set_add(mended, 4, "bad", 0, "CREATE TABLE c (x INTEGER)", NULL);
	fixture_replace_set(fixture, mended);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_string_equal(fixture_text(fixture,
					 "SELECT status || attempts || COALESCE(error_message, '') "
					 "FROM bobolink_history WHERE version = 4"),
			    "applied2");
}

static void one_transaction_for_all_is_all_or_nothing(void **state)
{
	struct fixture *fixture = *state;

	hand_set_add(fixture->set, 4, "bad", 0, "INSERT INTO nowhere VALUES (1)", NULL);
	hand_set_add(fixture->set, 5, "good", 0, "CREATE TABLE t_5 (x INTEGER)", NULL);
	assert_int_equal(boot_all(fixture), BOBOLINK_SQL_ERROR);
	fixture_told(fixture, BOBOLINK_SQL_ERROR, "nothing was applied");
	assert_string_equal(fixture->error.file, "migrations/0004_bad.sql");
	assert_int_equal(fixture->error.line, 1);
	assert_int_equal(fixture->error.column, 13);
	assert_int_equal(engine_tables(fixture->db, "ran"), 0);
	assert_string_equal(fixture_text(fixture, "SELECT version || status "
						  "FROM bobolink_history"),
			    "4failed");
	fixture_replace_set(fixture, hand_set_counting("shop", 4));
	assert_int_equal(boot_all(fixture), BOBOLINK_OK);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM ran"), 4);
	assert_int_equal(fixture_number(fixture, "SELECT count(DISTINCT batch) "
						 "FROM bobolink_history"),
			 1);
	fixture->options.transaction = BOBOLINK_TRANSACTION_EACH;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
}

static void one_transaction_for_all_refuses_what_cannot_run_in_one(void **state)
{
	struct fixture *fixture = *state;

	hand_set_add(fixture->set, 4, "shrink", OUTSIDE, "VACUUM", NULL);
	assert_int_equal(boot_all(fixture), BOBOLINK_USAGE);
	fixture_told(fixture, BOBOLINK_USAGE, "4 (shrink)");
	assert_int_equal(fixture->error.version, 4);
	assert_int_equal(engine_tables(fixture->db, "%"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(a_boot_with_nothing_to_do_costs_the_same_whatever_n_is),
		FIXTURE_TEST(a_target_stops_the_run_and_the_next_goes_on),
		FIXTURE_TEST(a_refused_migration_leaves_the_earlier_ones_and_is_held),
		FIXTURE_TEST(one_transaction_for_all_is_all_or_nothing),
		FIXTURE_TEST(one_transaction_for_all_refuses_what_cannot_run_in_one),
	};

	return engine_run_group_tests(tests);
}
