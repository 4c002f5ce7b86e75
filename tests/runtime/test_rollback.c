/*
 * Rollback: what is undone, in which order, what stops it before its first step, and what is left when
 * it is stopped in the middle.
 */
#include <stdio.h>
#include <string.h>

#include "fixture.h"

/* A program with these migrations starts, and stays open as fixture->session. */
static void boot_with(struct fixture *fixture, struct hand_set *set)
{
	fixture_replace_set(fixture, set);
	fixture_open(fixture);
	if (bobolink_boot(fixture->session, &fixture->error))
		fail_msg("%s", fixture->error.message);
}

static int roll_back(struct fixture *fixture, uint32_t batches, uint32_t flags)
{
	uint32_t undone;

	return bobolink_rollback(fixture->session, batches, flags, &undone, &fixture->error);
}

/* Down or up to a version, as --migrate-to does. */
static int go_to(struct fixture *fixture, int64_t version, uint32_t flags)
{
	struct bobolink_plan *plan;
	int rc = bobolink_plan_to(fixture->session, version, &plan, &fixture->error);

	if (rc)
		return rc;
	rc = bobolink_run(fixture->session, plan, flags, NULL, &fixture->error);
	bobolink_plan_free(plan);
	return rc;
}

/* "1:applied,2:rolled_back": the rows in the order in which they began. */
static void assert_rows(struct fixture *fixture, const char *expected)
{
	fixture_says(fixture,
		     "SELECT CAST(version AS TEXT) || ':' || status FROM bobolink_history ORDER BY "
		     "id",
		     expected);
}

static void assert_ran(struct fixture *fixture, const char *expected)
{
	fixture_says(fixture, "SELECT i FROM ran ORDER BY i", expected);
}

/* Sets of migrations 1 … n, applied in as many batches as there are numbers: {1, 3} is 1, then 2 and 3. */
static void boot_batches(struct fixture *fixture, const uint32_t *ends, size_t count)
{
	for (size_t i = 0; i < count; i++)
		boot_with(fixture, hand_set_reversible("shop", ends[i]));
}

/* --- what is undone -------------------------------------------------------------------------- */

static void the_last_batch_is_undone_and_its_rows_stay(void **state)
{
	struct fixture *fixture = *state;

	boot_batches(fixture, (const uint32_t[]){ 1, 3 }, 2);
	assert_int_equal(roll_back(fixture, 1, 0), BOBOLINK_OK);
	assert_rows(fixture, "1:applied,2:rolled_back,3:rolled_back");
	assert_ran(fixture, "1");
	assert_int_equal(engine_tables(fixture->db, "t!_%"), 1);
	assert_int_equal(fixture_number(fixture, "SELECT count(rolled_back_at) FROM "
						 "bobolink_history WHERE version > 1"),
			 2);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM bobolink_history WHERE "
						 "version = 1 AND rolled_back_at IS NULL"),
			 1);
	assert_int_equal(fixture_number(fixture, "SELECT version FROM bobolink_head"), 1);
	assert_int_equal(fixture_number(fixture, "SELECT count(digest) FROM bobolink_head"), 0);
	fixture_says(fixture,
		     "SELECT item || ':' || event FROM bobolink_log WHERE event = 'rolled_back' "
		     "ORDER BY id",
		     "3:rolled_back,2:rolled_back");
}

static void what_was_undone_is_applied_again_as_a_new_life(void **state)
{
	struct fixture *fixture = *state;
	uint32_t applied;

	boot_batches(fixture, (const uint32_t[]){ 1, 2 }, 2);
	assert_int_equal(roll_back(fixture, 1, 0), BOBOLINK_OK);
	/* A start does not undo what somebody decided; who asks is given it. */
	assert_int_equal(bobolink_boot(fixture->session, &fixture->error), BOBOLINK_HELD);
	fixture_told(fixture, BOBOLINK_HELD, "was rolled back");
	assert_int_equal(bobolink_exit_code(BOBOLINK_HELD), 4);
	assert_int_equal(bobolink_apply(fixture->session, BOBOLINK_HEAD, &applied, &fixture->error),
			 BOBOLINK_OK);
	assert_int_equal(applied, 1);
	assert_rows(fixture, "1:applied,2:rolled_back,2:applied");
	assert_ran(fixture, "1,2");
	assert_int_equal(fixture_number(fixture, "SELECT count(digest) FROM bobolink_head"), 1);
	fixture_says(fixture, "SELECT batch FROM bobolink_history ORDER BY id", "1,2,3");
	assert_int_equal(bobolink_boot(fixture->session, &fixture->error), BOBOLINK_OK);
}

static void several_batches_are_undone_newest_first(void **state)
{
	struct fixture *fixture = *state;
	uint32_t undone = 9;

	boot_batches(fixture, (const uint32_t[]){ 1, 2, 4 }, 3);
	assert_int_equal(bobolink_rollback(fixture->session, 2, 0, &undone, &fixture->error),
			 BOBOLINK_OK);
	assert_int_equal(undone, 3);
	assert_ran(fixture, "1");
	fixture_says(fixture,
		     "SELECT item FROM bobolink_log WHERE event = 'rolled_back' ORDER BY id",
		     "4,3,2");
}

static void all_batches_leave_nothing(void **state)
{
	struct fixture *fixture = *state;

	boot_batches(fixture, (const uint32_t[]){ 1, 3 }, 2);
	assert_int_equal(roll_back(fixture, BOBOLINK_ALL_BATCHES, 0), BOBOLINK_OK);
	assert_rows(fixture, "1:rolled_back,2:rolled_back,3:rolled_back");
	assert_int_equal(engine_tables(fixture->db, "t!_%") + engine_tables(fixture->db, "ran"), 0);
	assert_int_equal(fixture_number(fixture, "SELECT count(version) FROM bobolink_head"), 0);
	assert_int_equal(roll_back(fixture, 1, 0), BOBOLINK_OK);
	assert_int_equal(bobolink_apply(fixture->session, BOBOLINK_HEAD, NULL, &fixture->error),
			 BOBOLINK_OK);
	assert_ran(fixture, "1,2,3");
}

static void a_version_is_reached_from_above_and_from_below(void **state)
{
	struct fixture *fixture = *state;

	boot_batches(fixture, (const uint32_t[]){ 4 }, 1);
	assert_int_equal(go_to(fixture, 2, 0), BOBOLINK_OK);
	assert_ran(fixture, "1,2");
	assert_int_equal(fixture_number(fixture, "SELECT version FROM bobolink_head"), 2);
	assert_int_equal(go_to(fixture, 3, 0), BOBOLINK_OK);
	assert_ran(fixture, "1,2,3");
	assert_int_equal(fixture_number(fixture, "SELECT version FROM bobolink_head"), 3);
	assert_int_equal(go_to(fixture, 3, 0), BOBOLINK_OK);
	assert_int_equal(go_to(fixture, 7, 0), BOBOLINK_USAGE);
	assert_int_equal(go_to(fixture, BOBOLINK_NONE, 0), BOBOLINK_OK);
	assert_int_equal(engine_tables(fixture->db, "t!_%") + engine_tables(fixture->db, "ran"), 0);
}

static void a_mended_migration_is_undone_before_what_it_came_after(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = hand_set_new("shop");

	/* 3 is refused, 2 is added and applied, 3 is mended to stand on it. */
	hand_set_add(set, 1, "one", 0, "CREATE TABLE ran (i INTEGER)", NULL);
	hand_set_add(set, 3, "three", 0, "INSERT INTO two VALUES (1)", NULL);
	fixture_replace_set(fixture, set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	set = hand_set_new("shop");
	hand_set_add(set, 1, "one", 0, "CREATE TABLE ran (i INTEGER)", NULL);
	hand_set_add(set, 2, "two", 0, "CREATE TABLE two (i INTEGER)", NULL);
	hand_set_down(set, 0, "DROP TABLE two", NULL);
	hand_set_add(set, 3, "three", 0, "INSERT INTO two VALUES (3)", NULL);
	hand_set_down(set, 0, "DELETE FROM two WHERE i = 3", NULL);
	boot_with(fixture, set);
	assert_int_equal(go_to(fixture, 1, 0), BOBOLINK_OK);
	fixture_says(fixture,
		     "SELECT item FROM bobolink_log WHERE event = 'rolled_back' ORDER BY id",
		     "3,2");
}

/* --- what stops it before the first step ----------------------------------------------------- */

/* The rollback is refused with these words, and nothing changed. */
static void assert_untouched(struct fixture *fixture, int code, const char *words)
{
	fixture_told(fixture, code, words);
	assert_false(engine()->in_transaction(fixture->db));
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM bobolink_history WHERE "
						 "status <> 'applied'"),
			 0);
	assert_int_equal(fixture_number(fixture, "SELECT count(digest) FROM bobolink_head"), 1);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM bobolink_log WHERE event = "
						 "'rolled_back'"),
			 0);
}

static void without_a_down_nothing_is_undone(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = hand_set_reversible("shop", 1);

	hand_set_add(set, 2, "bare", 0, "CREATE TABLE t_2 (x INTEGER)", NULL);
	hand_set_add(set, 3, "more", 0, "CREATE TABLE t_3 (x INTEGER)", NULL);
	hand_set_down(set, 0, "DROP TABLE t_3", NULL);
	boot_with(fixture, set);
	assert_int_equal(roll_back(fixture, 1, 0), BOBOLINK_IRREVERSIBLE);
	assert_untouched(fixture, BOBOLINK_IRREVERSIBLE, "migration 2 (bare) has no down");
	assert_int_equal(go_to(fixture, 1, BOBOLINK_FORCE), BOBOLINK_IRREVERSIBLE);
	assert_int_equal(go_to(fixture, 2, 0), BOBOLINK_OK);
	assert_int_equal(engine_tables(fixture->db, "t!_3"), 0);
}

static void an_irreversible_migration_says_why(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = hand_set_reversible("shop", 2);

	hand_set_add(set, 3, "merge", 0, "CREATE TABLE t_3 (x INTEGER)", NULL);
	hand_set_irreversible(set, "the accounts were merged");
	boot_with(fixture, set);
	assert_int_equal(roll_back(fixture, 1, BOBOLINK_FORCE), BOBOLINK_IRREVERSIBLE);
	assert_untouched(fixture, BOBOLINK_IRREVERSIBLE, "the accounts were merged");
	/* An older program has it from the database. */
	fixture_replace_set(fixture, hand_set_reversible("shop", 2));
	fixture_open(fixture);
	assert_int_equal(roll_back(fixture, 1, BOBOLINK_FORCE), BOBOLINK_IRREVERSIBLE);
	assert_untouched(fixture, BOBOLINK_IRREVERSIBLE, "the accounts were merged");
}

static void rows_that_would_be_lost_need_force(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_plan *plan;

	boot_batches(fixture, (const uint32_t[]){ 1, 3 }, 2);
	fixture_run(fixture, "INSERT INTO t_2 VALUES (7)");
	fixture_run(fixture, "INSERT INTO t_2 VALUES (8)");
	assert_int_equal(bobolink_plan_rollback(fixture->session, 1, &plan, &fixture->error),
			 BOBOLINK_OK);
	assert_int_equal(plan->down, 1);
	assert_int_equal(plan->count, 2);
	assert_int_equal(plan->steps[0].version, 3);
	assert_int_equal(plan->steps[1].version, 2);
	assert_int_equal(plan->steps[1].batch, 2);
	assert_int_equal(plan->loss_count, 2);
	assert_int_equal(plan->at_stake, 1);
	assert_string_equal(plan->losses[1].what, "table t_2");
	assert_int_equal(plan->losses[1].rows, 2);
	assert_int_equal(plan->losses[0].rows, 0);
	assert_int_equal(bobolink_run(fixture->session, plan, 0, NULL, &fixture->error),
			 BOBOLINK_DATA_LOSS);
	assert_untouched(fixture, BOBOLINK_DATA_LOSS, "--migrate-force");
	assert_int_equal(bobolink_exit_code(BOBOLINK_DATA_LOSS), 8);
	assert_int_equal(bobolink_run(fixture->session, plan, BOBOLINK_FORCE, NULL,
				      &fixture->error),
			 BOBOLINK_OK);
	bobolink_plan_free(plan);
	assert_ran(fixture, "1");
	assert_int_equal(fixture_number(fixture,
					"SELECT count(*) FROM bobolink_log WHERE event = 'forced'"),
			 1);
}

/* Between the plan and the down somebody writes a row: it is counted again under the lock. */
static void rows_that_came_since_the_plan_are_seen(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_plan *plan;

	boot_batches(fixture, (const uint32_t[]){ 1, 3 }, 2);
	assert_int_equal(bobolink_plan_rollback(fixture->session, 1, &plan, &fixture->error),
			 BOBOLINK_OK);
	assert_int_equal(plan->at_stake, 0);
	fixture_run(fixture, "INSERT INTO t_3 VALUES (7)");
	assert_int_equal(bobolink_run(fixture->session, plan, 0, NULL, &fixture->error),
			 BOBOLINK_DATA_LOSS);
	bobolink_plan_free(plan);
	assert_untouched(fixture, BOBOLINK_DATA_LOSS, "table t_3 (1 row)");
}

static void what_cannot_be_counted_needs_force(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = hand_set_reversible("shop", 1);

	hand_set_add(set, 2, "odd", 0, "CREATE TABLE t_2 (x INTEGER)", NULL);
	hand_set_down(set, 0, "DROP TABLE t_2", NULL);
	hand_set_down_losses(set, "table t_2\tSELECT count(*) FROM nowhere\ncolumn a\\tb\n");
	boot_with(fixture, set);
	assert_int_equal(go_to(fixture, 1, 0), BOBOLINK_DATA_LOSS);
	assert_untouched(fixture, BOBOLINK_DATA_LOSS, "in 2 places");
	assert_int_equal(go_to(fixture, 1, BOBOLINK_FORCE), BOBOLINK_OK);
	assert_int_equal(engine_tables(fixture->db, "t!_2"), 0);
}

static void a_plan_is_not_run_on_another_history(void **state)
{
	struct fixture *fixture = *state;
	void *other = engine()->open(fixture->url);
	struct hand_set *later = hand_set_reversible("shop", 3);
	struct bobolink_plan *plan;
	struct bobolink_error error;

	boot_batches(fixture, (const uint32_t[]){ 1, 2 }, 2);
	assert_int_equal(bobolink_plan_rollback(fixture->session, 1, &plan, &fixture->error),
			 BOBOLINK_OK);
	assert_int_equal(bobolink_migrate(hand_set(later, engine()->backend), other,
					  &fixture->options, &error),
			 BOBOLINK_OK);
	assert_int_equal(bobolink_run(fixture->session, plan, BOBOLINK_FORCE, NULL,
				      &fixture->error),
			 BOBOLINK_PLAN_CHANGED);
	bobolink_plan_free(plan);
	assert_untouched(fixture, BOBOLINK_PLAN_CHANGED, "nothing was changed");
	engine()->close(other);
	hand_set_free(later);
}

/* Another program, which has migrations 1 … 3, migrates when this one is about to begin. */
struct rival {
	struct fixture *fixture;
	struct hand_set *set;
	int32_t event;
	int calls;
};

static void migrate_meanwhile(void *context, const struct bobolink_event *event)
{
	const struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	struct rival *rival = context;
	struct bobolink_error error;
	void *other;

	if (event->kind != rival->event || rival->calls++)
		return;
	other = engine()->open(rival->fixture->url);
	assert_int_equal(bobolink_migrate(hand_set(rival->set, engine()->backend), other, &options,
					  &error),
			 BOBOLINK_OK);
	engine()->close(other);
}

static void rival_setup(struct rival *rival, struct fixture *fixture, int32_t event)
{
	*rival = (struct rival){ fixture, hand_set_reversible("shop", 3), event, 0 };
	fixture->options.log = migrate_meanwhile;
	fixture->options.log_context = rival;
}

static void who_comes_between_the_plan_and_the_lock_is_noticed(void **state)
{
	struct fixture *fixture = *state;
	struct rival rival;

	boot_batches(fixture, (const uint32_t[]){ 1, 2 }, 2);
	bobolink_close(fixture->session);
	rival_setup(&rival, fixture, BOBOLINK_EVENT_PLAN);
	fixture_open(fixture);
	assert_int_equal(roll_back(fixture, 1, 0), BOBOLINK_PLAN_CHANGED);
	assert_int_equal(rival.calls, 1);
	assert_untouched(fixture, BOBOLINK_PLAN_CHANGED, "look again");
	hand_set_free(rival.set);
}

/* The way up to 2 is no way down from 3, where the other program has gone. */
static void a_plan_up_never_becomes_one_down(void **state)
{
	struct fixture *fixture = *state;
	struct rival rival;

	boot_batches(fixture, (const uint32_t[]){ 1 }, 1);
	fixture_replace_set(fixture, hand_set_reversible("shop", 3));
	rival_setup(&rival, fixture, BOBOLINK_EVENT_BOOT);
	fixture_open(fixture);
	assert_int_not_equal(go_to(fixture, 2, 0), BOBOLINK_OK);
	assert_int_equal(rival.calls, 1);
	assert_untouched(fixture, fixture->error.code, "2");
	assert_ran(fixture, "1,2,3");
	hand_set_free(rival.set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(the_last_batch_is_undone_and_its_rows_stay),
		FIXTURE_TEST(what_was_undone_is_applied_again_as_a_new_life),
		FIXTURE_TEST(several_batches_are_undone_newest_first),
		FIXTURE_TEST(all_batches_leave_nothing),
		FIXTURE_TEST(a_version_is_reached_from_above_and_from_below),
		FIXTURE_TEST(a_mended_migration_is_undone_before_what_it_came_after),
		FIXTURE_TEST(without_a_down_nothing_is_undone),
		FIXTURE_TEST(an_irreversible_migration_says_why),
		FIXTURE_TEST(rows_that_would_be_lost_need_force),
		FIXTURE_TEST(rows_that_came_since_the_plan_are_seen),
		FIXTURE_TEST(what_cannot_be_counted_needs_force),
		FIXTURE_TEST(a_plan_is_not_run_on_another_history),
		FIXTURE_TEST(who_comes_between_the_plan_and_the_lock_is_noticed),
		FIXTURE_TEST(a_plan_up_never_becomes_one_down),
	};

	return engine_run_group_tests(tests);
}
