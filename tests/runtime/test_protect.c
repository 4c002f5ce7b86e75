/*
 * Protection of data: what is counted before a migration runs, and when that stops it. And a database that does not know
 * what a migration needs, which is told before anything runs.
 */
#include <stdio.h>
#include <string.h>

#include "fixture.h"

#define OUTSIDE BOBOLINK_SECTION_NO_TRANSACTION
#define LOSS	"rows of t_1\tSELECT count(*) FROM t_1\n"

/* Migration 1 makes t_1, 2 adds a table, and 3 empties t_1. */
static struct hand_set *emptying(uint32_t flags)
{
	struct hand_set *set = hand_set_counting("shop", 2);

	hand_set_add(set, 3, "empty", flags, "DELETE FROM t_1", NULL);
	hand_set_losses(set, LOSS);
	return set;
}

/* The first migration is there, and has rows in its table. */
static void start_with_rows(struct fixture *fixture, int rows)
{
	char sql[60];

	fixture_replace_set(fixture, hand_set_counting("shop", 1));
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	for (int i = 0; i < rows; i++) {
		(void)snprintf(sql, sizeof(sql), "INSERT INTO t_1 VALUES (%d)", i);
		fixture_run(fixture, sql);
	}
}

static void assert_rows(struct fixture *fixture, const char *expected)
{
	fixture_says(fixture, "SELECT version || ':' || status FROM bobolink_history ORDER BY id",
		     expected);
}

static int64_t logged(struct fixture *fixture, const char *event, const char *words)
{
	char sql[200];

	(void)snprintf(
		sql, sizeof(sql),
		"SELECT count(*) FROM bobolink_log WHERE event = '%s' AND detail LIKE '%%%s%%'",
		event, words);
	return fixture_number(fixture, sql);
}

static void stopped(struct fixture *fixture, uint32_t flags)
{
	start_with_rows(fixture, 2);
	fixture_replace_set(fixture, emptying(flags));
	fixture->options.protect = BOBOLINK_PROTECT_ALWAYS;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_DATA_LOSS);
	fixture_told(
		fixture, BOBOLINK_DATA_LOSS,
		"migration 3 would destroy rows of t_1 (2 rows): make a backup, then accept that "
		"with --migrate-force");
	assert_int_equal(fixture->error.version, 3);
	assert_int_equal(bobolink_exit_code(BOBOLINK_DATA_LOSS), 8);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM t_1"), 2);
	assert_rows(fixture, "1:applied,2:applied");
	assert_int_equal(logged(fixture, "failed", "would destroy"), 1);
	/* When the rows have gone nothing stands in the way. */
	fixture_run(fixture, "DELETE FROM t_1");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_rows(fixture, "1:applied,2:applied,3:applied");
}

static void rows_stop_an_up_where_they_are_protected(void **state)
{
	stopped(*state, 0);
}

static void they_do_so_before_the_first_piece(void **state)
{
	stopped(*state, OUTSIDE);
}

/* Rows may come while it is stopped half-way; a table that it has dropped already has none. */
static void they_do_so_where_it_goes_on(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = hand_set_counting("shop", 1);

	hand_set_add(set, 2, "half", OUTSIDE, "DROP TABLE old", "INSERT INTO later VALUES (1)",
		     "DELETE FROM t_1", NULL);
	hand_set_losses(set, "table old\tSELECT count(*) FROM old\n" LOSS);
	start_with_rows(fixture, 0);
	fixture_run(fixture, "CREATE TABLE old (x INTEGER)");
	fixture_replace_set(fixture, set);
	fixture->options.protect = BOBOLINK_PROTECT_ALWAYS;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_HALFWAY);
	fixture_run(fixture, "CREATE TABLE later (x INTEGER); INSERT INTO t_1 VALUES (1)");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_DATA_LOSS);
	fixture_told(fixture, BOBOLINK_DATA_LOSS, "rows of t_1 (1 row)");
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM t_1"), 1);
	assert_rows(fixture, "1:applied,2:running");
	fixture_run(fixture, "DELETE FROM t_1");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_rows(fixture, "1:applied,2:applied");
}

/* In one transaction for all, what the steps before it wrote counts as well. */
static void one_transaction_for_all_sees_its_own_rows(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = hand_set_counting("shop", 1);

	hand_set_add(set, 2, "fill", 0, "INSERT INTO t_1 VALUES (1)", NULL);
	hand_set_add(set, 3, "empty", 0, "DELETE FROM t_1", NULL);
	hand_set_losses(set, LOSS);
	start_with_rows(fixture, 0);
	fixture_replace_set(fixture, set);
	fixture->options.protect = BOBOLINK_PROTECT_ALWAYS;
	fixture->options.transaction = BOBOLINK_TRANSACTION_ALL;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_DATA_LOSS);
	fixture_told(fixture, BOBOLINK_DATA_LOSS, "rows of t_1 (1 row)");
	assert_rows(fixture, "1:applied");
	fixture->options.protect = BOBOLINK_PROTECT_DECLARED;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_rows(fixture, "1:applied,2:applied,3:applied");
}

/* A statement that is refused is not taken for rows that cannot be counted. */
static void a_refused_statement_before_it_is_told(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = hand_set_counting("shop", 1);

	hand_set_add(set, 2, "bad", 0, "INSERT INTO nowhere VALUES (1)", NULL);
	hand_set_add(set, 3, "empty", 0, "DELETE FROM t_1", NULL);
	hand_set_losses(set, LOSS);
	start_with_rows(fixture, 1);
	fixture_replace_set(fixture, set);
	fixture->options.protect = BOBOLINK_PROTECT_ALWAYS;
	fixture->options.transaction = BOBOLINK_TRANSACTION_ALL;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	assert_int_equal(fixture->error.version, 2);
}

static void what_cannot_be_counted_stops_as_well(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = hand_set_counting("shop", 1);

	hand_set_add(set, 2, "odd", 0, "DELETE FROM t_1", NULL);
	hand_set_losses(set, "rows of x\tSELECT count(*) FROM nowhere\n");
	start_with_rows(fixture, 0);
	fixture_replace_set(fixture, set);
	fixture->options.protect = BOBOLINK_PROTECT_ALWAYS;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_DATA_LOSS);
	fixture_told(fixture, BOBOLINK_DATA_LOSS, "rows of x (rows that could not be counted)");
	assert_rows(fixture, "1:applied");
}

static void force_runs_it_and_logs_what_is_lost(void **state)
{
	struct fixture *fixture = *state;

	start_with_rows(fixture, 3);
	fixture_replace_set(fixture, emptying(0));
	fixture->options.protect = BOBOLINK_PROTECT_FORCED;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_rows(fixture, "1:applied,2:applied,3:applied");
	assert_int_equal(logged(fixture, "forced", "rows of t_1 (3 rows)"), 1);
	assert_int_equal(logged(fixture, "forced", ""), 1);
}

static void a_plan_that_goes_up_takes_force_too(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_plan *plan;

	start_with_rows(fixture, 3);
	fixture_replace_set(fixture, emptying(0));
	fixture->options.protect = BOBOLINK_PROTECT_ALWAYS;
	fixture_open(fixture);
	assert_int_equal(bobolink_plan(fixture->session, BOBOLINK_HEAD, &plan, NULL), BOBOLINK_OK);
	assert_int_equal(plan->at_stake, 1);
	assert_int_equal(bobolink_run(fixture->session, plan, 0, NULL, &fixture->error),
			 BOBOLINK_DATA_LOSS);
	bobolink_plan_free(plan);
	assert_int_equal(bobolink_rehearse(fixture->session, BOBOLINK_HEAD, NULL, NULL, NULL),
			 BOBOLINK_DATA_LOSS);
	assert_int_equal(bobolink_plan(fixture->session, BOBOLINK_HEAD, &plan, NULL), BOBOLINK_OK);
	assert_int_equal(bobolink_run(fixture->session, plan, BOBOLINK_FORCE, NULL,
				      &fixture->error),
			 BOBOLINK_OK);
	bobolink_plan_free(plan);
	assert_int_equal(logged(fixture, "forced", "rows of t_1 (3 rows)"), 1);
	/* The session keeps its own option. */
	fixture_replace_set(fixture, emptying(0));
	assert_rows(fixture, "1:applied,2:applied,3:applied");
}

static void declared_losses_run_unless_they_are_protected(void **state)
{
	struct fixture *fixture = *state;

	start_with_rows(fixture, 3);
	fixture_replace_set(fixture, emptying(0));
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_rows(fixture, "1:applied,2:applied,3:applied");
	assert_int_equal(logged(fixture, "forced", ""), 0);
}

/* --- a database that is too old -------------------------------------------------------------- */

#define FUTURE 999000000u

static void assert_too_old(struct fixture *fixture, int rc)
{
	assert_int_equal(rc, BOBOLINK_TOO_OLD);
	fixture_told(fixture, BOBOLINK_TOO_OLD, "has TELEPORT COLUMN (line 12), which needs ");
	fixture_told(fixture, BOBOLINK_TOO_OLD, "nothing was changed");
}

static void a_database_that_is_too_old_is_told_before_the_first_step(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = hand_set_counting("shop", 3);
	struct bobolink_plan *plan;

	hand_set_needs(set, FUTURE, "TELEPORT COLUMN (line 12)");
	fixture_replace_set(fixture, set);
	assert_too_old(fixture, fixture_boot(fixture));
	assert_int_equal(fixture->error.version, 3);
	assert_int_equal(engine_tables(fixture->db, "%"), 0);
	fixture_open(fixture);
	assert_too_old(fixture,
		       bobolink_plan(fixture->session, BOBOLINK_HEAD, &plan, &fixture->error));
	assert_too_old(fixture, bobolink_rehearse(fixture->session, BOBOLINK_HEAD, NULL, NULL,
						  &fixture->error));
	/* Up to the one before it everything can be run. */
	assert_int_equal(bobolink_apply(fixture->session, 2, NULL, &fixture->error), BOBOLINK_OK);
	assert_rows(fixture, "1:applied,2:applied");
	assert_too_old(fixture, bobolink_check(fixture->session, &fixture->error));
}

static void the_versions_are_those_that_people_know(void **state)
{
	struct fixture *fixture = *state;
	bool sqlite = strcmp(engine()->name, "sqlite") == 0;
	struct hand_set *set = hand_set_counting("shop", 1);

	hand_set_needs(set, sqlite ? 9035002 : 990000, "TELEPORT (line 1)");
	fixture_replace_set(fixture, set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_TOO_OLD);
	fixture_told(fixture, BOBOLINK_TOO_OLD,
		     sqlite ? "needs SQLite 9.35.2, and this is SQLite 3."
			    : "needs PostgreSQL 99, and this is PostgreSQL 1");
}

static void so_is_one_that_a_down_would_need(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = hand_set_reversible("shop", 2);
	struct bobolink_plan *plan;

	hand_set_down_needs(set, FUTURE, "TELEPORT COLUMN (line 12)");
	fixture_replace_set(fixture, set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_open(fixture);
	assert_too_old(fixture, bobolink_plan_to(fixture->session, 1, &plan, &fixture->error));
	assert_rows(fixture, "1:applied,2:applied");
}

static void an_older_database_than_the_shadow_is_a_note(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = hand_set_counting("shop", 2);

	hand_set_shadow(set, FUTURE);
	fixture_replace_set(fixture, set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_int_equal(logged(fixture, "note", "the migrations were tried on"), 1);
	/* One of the same age, or a newer one, is nothing to talk about. */
	set = hand_set_counting("shop", 3);
	hand_set_shadow(set, 3000000);
	if (strcmp(engine()->name, "sqlite") != 0)
		hand_set_shadow(set, 120000);
	fixture_replace_set(fixture, set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_int_equal(logged(fixture, "note", ""), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(rows_stop_an_up_where_they_are_protected),
		FIXTURE_TEST(they_do_so_before_the_first_piece),
		FIXTURE_TEST(they_do_so_where_it_goes_on),
		FIXTURE_TEST(one_transaction_for_all_sees_its_own_rows),
		FIXTURE_TEST(a_refused_statement_before_it_is_told),
		FIXTURE_TEST(what_cannot_be_counted_stops_as_well),
		FIXTURE_TEST(force_runs_it_and_logs_what_is_lost),
		FIXTURE_TEST(a_plan_that_goes_up_takes_force_too),
		FIXTURE_TEST(declared_losses_run_unless_they_are_protected),
		FIXTURE_TEST(a_database_that_is_too_old_is_told_before_the_first_step),
		FIXTURE_TEST(the_versions_are_those_that_people_know),
		FIXTURE_TEST(so_is_one_that_a_down_would_need),
		FIXTURE_TEST(an_older_database_than_the_shadow_is_a_note),
	};

	return engine_run_group_tests(tests);
}
