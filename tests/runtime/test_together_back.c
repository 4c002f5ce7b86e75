/*
 * Several sets in one program: the way back, and runs that are interrupted, killed or lack memory.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pair.h"
#include "race.h"

static void check_way_back(struct pair *pair)
{
	struct open_pair open;
	uint32_t undone;

	pair_add_turns(pair);
	assert_int_equal(pair_migrate(pair), BOBOLINK_OK);
	pair_open(pair, &open);
	/* a/3 stands on b/2. */
	assert_int_equal(bobolink_rollback(open.sessions[1], 1, 0, &undone, &pair->error),
			 BOBOLINK_REQUIRED);
	pair_told(pair, BOBOLINK_REQUIRED,
		  "migration 2 of b cannot be undone: a/3 (made), which requires it, is applied");
	assert_int_equal(undone, 0);
	/* b/2 stands on a/1: a is not undone as far as a/2 either. */
	assert_int_equal(bobolink_rollback(open.sessions[0], 1, 0, &undone, &pair->error),
			 BOBOLINK_REQUIRED);
	assert_int_equal(engine_tables(pair->fixture->db, "a!_3"), 1);
	pair_close(&open);
}

static void what_another_set_requires_is_not_undone(void **state)
{
	struct pair *pair = pair_begin(state);

	pair_in_two_databases(pair);
	check_way_back(pair);
	pair_end(pair);
}

static void what_another_set_requires_is_not_undone_in_one_database(void **state)
{
	struct pair *pair = pair_begin(state);

	pair->db = pair->fixture->db;
	check_way_back(pair);
	pair_end(pair);
}

static void what_no_set_requires_any_more_is_undone(void **state)
{
	struct pair *pair = pair_begin(state);
	struct open_pair open;
	struct bobolink_plan *plan;

	pair_in_two_databases(pair);
	pair_add_turns(pair);
	assert_int_equal(pair_migrate(pair), BOBOLINK_OK);
	pair_open(pair, &open);
	assert_int_equal(bobolink_plan_to(open.sessions[0], 2, &plan, &pair->error), BOBOLINK_OK);
	assert_int_equal(bobolink_run(open.sessions[0], plan, 0, NULL, &pair->error), BOBOLINK_OK);
	bobolink_plan_free(plan);
	assert_int_equal(bobolink_rollback(open.sessions[1], 1, 0, NULL, &pair->error),
			 BOBOLINK_OK);
	assert_int_equal(engine_tables(pair->db, "b!_%"), 0);
	pair_close(&open);
	pair_end(pair);
}

static void an_application_that_asks_applies_what_was_rolled_back(void **state)
{
	struct pair *pair = pair_begin(state);
	struct bobolink_outcome outcomes[2];
	struct open_pair open;

	pair_in_two_databases(pair);
	pair_add(pair->a, "a", 1, NULL);
	pair_add(pair->b, "b", 1, "a/1");
	pair_open(pair, &open);
	assert_int_equal(bobolink_apply_all(open.sessions, 2, outcomes, &pair->error), BOBOLINK_OK);
	assert_int_equal(outcomes[0].applied, 1);
	assert_int_equal(outcomes[1].applied, 1);
	assert_int_equal(bobolink_rollback(open.sessions[1], 1, 0, NULL, &pair->error),
			 BOBOLINK_OK);
	assert_int_equal(bobolink_boot_all(open.sessions, 2, &pair->error), BOBOLINK_HELD);
	assert_int_equal(bobolink_apply_all(open.sessions, 2, outcomes, &pair->error), BOBOLINK_OK);
	assert_int_equal(outcomes[0].applied, 0);
	assert_int_equal(outcomes[1].applied, 1);
	pair_close(&open);
	pair_end(pair);
}

static void one_interrupt_stops_all(void **state)
{
	struct pair *pair = pair_begin(state);
	struct open_pair open;

	pair_in_two_databases(pair);
	pair_add(pair->a, "a", 1, NULL);
	pair_add(pair->b, "b", 1, NULL);
	pair_open(pair, &open);
	bobolink_interrupt(open.sessions[0]);
	assert_int_equal(bobolink_apply(open.sessions[1], BOBOLINK_HEAD, NULL, &pair->error),
			 BOBOLINK_INTERRUPTED);
	pair_close(&open);
	pair_end(pair);
}

/* Memory of which one allocation fails. */
struct memory {
	long calls;
	long fatal;
	long live;
};

static void *allocate(void *context, size_t size)
{
	struct memory *memory = context;
	void *result = ++memory->calls == memory->fatal ? NULL : malloc(size);

	memory->live += result != NULL;
	return result;
}

static void *reallocate(void *context, void *former, size_t size)
{
	struct memory *memory = context;
	void *result = ++memory->calls == memory->fatal ? NULL : realloc(former, size);

	memory->live += result && !former;
	return result;
}

static void release(void *context, void *former)
{
	struct memory *memory = context;

	memory->live -= former != NULL;
	free(former);
}

/* What is applied before the failure stays, and the run after that finds it. */
static void every_allocation_may_fail(void **state)
{
	struct pair *pair = pair_begin(state);
	struct memory memory = { 0, 0, 0 };
	const struct bobolink_allocator allocator = { allocate, reallocate, release, &memory };
	int rc;

	pair_in_one_database(pair);
	pair_add_turns(pair);
	pair->options.allocator = &allocator;
	do {
		memory.calls = 0;
		memory.fatal++;
		rc = pair_migrate(pair);
		assert_true(rc == BOBOLINK_OK || rc == BOBOLINK_NO_MEMORY);
		assert_int_equal(memory.live, 0);
	} while (memory.calls >= memory.fatal);
	assert_int_equal(rc, BOBOLINK_OK);
	assert_true(memory.fatal > 20);
	pair_says(pair->db, "SELECT count(*) FROM bobolink_history WHERE status = 'applied'", "5");
	pair_end(pair);
}

static int die_at(void *context, const struct bobolink_progress *progress)
{
	struct pair *pair = context;

	if (!progress->waiting_for && ++pair->statements == pair->fatal)
		raise(SIGKILL);
	return 0;
}

/* A program of its own, which may be killed. */
static int program(void *context)
{
	struct pair *pair = context;
	void *first = engine()->open(pair->fixture->url);
	void *second = engine()->open(pair->url);
	const struct bobolink_database databases[] = {
		{ hand_set(pair->a, engine()->backend), first, &pair->options },
		{ hand_set(pair->b, engine()->backend), second, &pair->options },
	};
	int rc;

	pair->options.progress = die_at;
	pair->options.progress_context = pair;
	rc = bobolink_migrate_all(databases, 2, &pair->error);
	engine()->close(first);
	engine()->close(second);
	return rc;
}

static void kill_at(void **state, int fatal)
{
	struct pair *pair = pair_begin(state);

	scratch_make(pair->directory);
	engine()->make(pair->directory, pair->url);
	engine()->make(pair->fixture->directory, pair->fixture->url);
	pair_add_turns(pair);
	pair->fatal = fatal;
	assert_int_equal(race_elsewhere(program, pair), -1);
	pair->fatal = 0;
	assert_int_equal(race_elsewhere(program, pair), BOBOLINK_OK);
	pair->db = engine()->open(pair->url);
	pair_says(pair->db, pair_in_order, "b/1,b/2");
	pair->fixture->db = engine()->open(pair->fixture->url);
	pair_says(pair->fixture->db, pair_in_order, "a/1,a/2,a/3");
	pair_says(pair->fixture->db, "SELECT count(*) FROM bobolink_history", "3");
	pair_says(pair->fixture->db, pair_batches, "1,1,1");
	pair_end(pair);
}

/* Five migrations of one statement each. */
static void whoever_dies_in_the_middle_leaves_the_rest_to_the_next(void **state)
{
	struct fixture *fixture = *state;

	for (int fatal = 1; fatal <= 5; fatal++) {
		/* A connection must not be shared with a process that dies. */
		engine()->close(fixture->db);
		scratch_remove(fixture->directory);
		scratch_make(fixture->directory);
		kill_at(state, fatal);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(what_another_set_requires_is_not_undone),
		FIXTURE_TEST(what_another_set_requires_is_not_undone_in_one_database),
		FIXTURE_TEST(what_no_set_requires_any_more_is_undone),
		FIXTURE_TEST(an_application_that_asks_applies_what_was_rolled_back),
		FIXTURE_TEST(one_interrupt_stops_all),
		FIXTURE_TEST(every_allocation_may_fail),
		FIXTURE_TEST(whoever_dies_in_the_middle_leaves_the_rest_to_the_next),
	};

	return engine_run_group_tests(tests);
}
