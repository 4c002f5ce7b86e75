/*
 * Data seeds: migrations for some environments, recorded as skipped in the others.
 */
#include <stdio.h>
#include <string.h>

#include <bobolink/operate.h>

#include "fixture.h"

/* 1 makes a table, 2 is for development and test, 3 for all but production, 4 comes after them. */
static struct hand_set *set_with_seeds(const char *second)
{
	struct hand_set *set = hand_set_new("shop");

	hand_set_add(set, 1, "table", 0, "CREATE TABLE p (x INTEGER)", NULL);
	hand_set_down(set, 0, "DROP TABLE p", NULL);
	hand_set_add(set, 2, "demo", 0, second, NULL);
	hand_set_only(set, "development test");
	hand_set_down(set, 0, "DELETE FROM p WHERE x = 2", NULL);
	hand_set_add(set, 3, "prices", 0, "INSERT INTO p VALUES (3)", NULL);
	hand_set_except(set, "production");
	hand_set_down(set, 0, "DELETE FROM p WHERE x = 3", NULL);
	hand_set_add(set, 4, "all", 0, "INSERT INTO p VALUES (4)", NULL);
	hand_set_down(set, 0, "DELETE FROM p WHERE x = 4", NULL);
	return set;
}

#define SECOND "INSERT INTO p VALUES (2)"

static void assert_rows(struct fixture *fixture, const char *expected)
{
	fixture_says(fixture,
		     "SELECT CAST(version AS TEXT) || ':' || status FROM bobolink_history WHERE "
		     "status NOT IN ('undone', 'rolled_back') ORDER BY version",
		     expected);
}

static void assert_values(struct fixture *fixture, const char *expected)
{
	fixture_says(fixture, "SELECT x FROM p ORDER BY x", expected);
}

static void boot_as(struct fixture *fixture, const char *environment)
{
	fixture->options.environment = environment;
	if (fixture_boot(fixture))
		fail_msg("%s: %s", environment ? environment : "none", fixture->error.message);
}

static void a_seed_runs_where_it_is_for(void **state)
{
	static const struct {
		const char *environment;
		const char *rows;
		const char *values;
	} cases[] = {
		{ "development", "1:applied,2:applied,3:applied,4:applied", "2,3,4" },
		{ "test", "1:applied,2:applied,3:applied,4:applied", "2,3,4" },
		{ "staging", "1:applied,2:skipped,3:applied,4:applied", "3,4" },
		{ "production", "1:applied,2:skipped,3:skipped,4:applied", "4" },
		{ NULL, "1:applied,2:skipped,3:applied,4:applied", "3,4" },
		/* Letter case makes no other environment, a longer or shorter name does. */
		{ "TEST", "1:applied,2:applied,3:applied,4:applied", "2,3,4" },
		{ "Production", "1:applied,2:skipped,3:skipped,4:applied", "4" },
		{ "production2", "1:applied,2:skipped,3:applied,4:applied", "3,4" },
		{ "prod", "1:applied,2:skipped,3:applied,4:applied", "3,4" },
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fixture_replace_set(fixture, set_with_seeds(SECOND));
		boot_as(fixture, cases[i].environment);
		assert_rows(fixture, cases[i].rows);
		assert_values(fixture, cases[i].values);
		fixture_run(fixture, "DROP TABLE p; DROP TABLE bobolink_head; DROP TABLE "
				     "bobolink_history; DROP TABLE bobolink_log");
	}
}

struct told {
	char skipped[200];
	int applied;
};

static void listen(void *context, const struct bobolink_event *event)
{
	struct told *told = context;
	size_t length = strlen(told->skipped);

	if (event->kind == BOBOLINK_EVENT_SKIPPED)
		(void)snprintf(told->skipped + length, sizeof(told->skipped) - length,
			       "%lld %s: %s;", (long long)event->version, event->name,
			       event->detail);
	told->applied += event->kind == BOBOLINK_EVENT_APPLIED;
}

static void it_is_told_and_counted_as_nothing_applied(void **state)
{
	struct fixture *fixture = *state;
	struct told told = { "", 0 };
	uint32_t applied = 0;

	fixture_replace_set(fixture, set_with_seeds(SECOND));
	fixture->options.environment = "production";
	fixture->options.log = listen;
	fixture->options.log_context = &told;
	fixture_open(fixture);
	assert_int_equal(bobolink_apply(fixture->session, BOBOLINK_HEAD, &applied, &fixture->error),
			 BOBOLINK_OK);
	assert_int_equal(applied, 2);
	assert_int_equal(told.applied, 2);
	assert_string_equal(told.skipped,
			    "2 demo: only for development test;3 prices: not for production;");
	fixture_says(fixture,
		     "SELECT item || ' ' || detail FROM bobolink_log WHERE event = 'skipped' ORDER "
		     "BY id",
		     "2 only for development test,3 not for production");
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM bobolink_log WHERE item = "
						 "'2'"),
			 1);
	/* It belongs to no batch, and was not tried. */
	fixture_says(fixture,
		     "SELECT CAST(batch AS TEXT) || '/' || CAST(attempts AS TEXT) FROM "
		     "bobolink_history WHERE version = 2",
		     "0/0");
}

static void assert_current(struct fixture *fixture, int expected)
{
	fixture_open(fixture);
	assert_int_equal(bobolink_check(fixture->session, &fixture->error), expected);
	bobolink_close(fixture->session);
	fixture->session = NULL;
}

static void another_environment_looks_again(void **state)
{
	struct fixture *fixture = *state;

	fixture_replace_set(fixture, set_with_seeds(SECOND));
	boot_as(fixture, "production");
	assert_current(fixture, BOBOLINK_OK);
	/* What was skipped comes before what is applied, and is not too late. */
	fixture->options.environment = "staging";
	assert_current(fixture, BOBOLINK_PENDING);
	boot_as(fixture, "staging");
	assert_rows(fixture, "1:applied,2:skipped,3:applied,4:applied");
	boot_as(fixture, "test");
	assert_rows(fixture, "1:applied,2:applied,3:applied,4:applied");
	/* What is applied stays. */
	boot_as(fixture, "production");
	assert_rows(fixture, "1:applied,2:applied,3:applied,4:applied");
	assert_values(fixture, "2,3,4");
	assert_current(fixture, BOBOLINK_OK);
}

static void a_changed_file_is_no_matter_elsewhere(void **state)
{
	struct fixture *fixture = *state;

	fixture_replace_set(fixture, set_with_seeds("INSERT INTO nowhere VALUES (1)"));
	boot_as(fixture, "production");
	fixture_replace_set(fixture, set_with_seeds(SECOND));
	boot_as(fixture, "production");
	assert_rows(fixture, "1:applied,2:skipped,3:skipped,4:applied");
	boot_as(fixture, "test");
	assert_values(fixture, "2,3,4");
	fixture_open(fixture);
	assert_int_equal(bobolink_check(fixture->session, &fixture->error), BOBOLINK_OK);
}

static void what_fails_in_one_is_skipped_in_another(void **state)
{
	struct fixture *fixture = *state;

	fixture_replace_set(fixture, set_with_seeds("INSERT INTO nowhere VALUES (1)"));
	boot_as(fixture, "production");
	fixture->options.environment = "test";
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	assert_rows(fixture, "1:applied,2:failed,3:skipped,4:applied");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_HELD);
	boot_as(fixture, "production");
	assert_rows(fixture, "1:applied,2:skipped,3:skipped,4:applied");
	fixture->options.environment = "test";
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	fixture_replace_set(fixture, set_with_seeds(SECOND));
	boot_as(fixture, "test");
	assert_rows(fixture, "1:applied,2:applied,3:applied,4:applied");
}

static void the_last_one_completes_the_set_too(void **state)
{
	struct fixture *fixture = *state;

	fixture_replace_set(fixture, set_with_seeds(SECOND));
	hand_set_add(fixture->set, 5, "last", 0, "INSERT INTO p VALUES (5)", NULL);
	hand_set_only(fixture->set, "test");
	boot_as(fixture, "production");
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM bobolink_head WHERE digest "
						 "IS NOT NULL"),
			 1);
	/* The newest that is applied. */
	assert_int_equal(fixture_number(fixture, "SELECT version FROM bobolink_head"), 4);
	assert_current(fixture, BOBOLINK_OK);
	/* A migration between them is not too late because of it. */
	hand_set_free(fixture->set);
	fixture->set = set_with_seeds(SECOND);
	hand_set_add(fixture->set, 6, "later", 0, "INSERT INTO p VALUES (6)", NULL);
	boot_as(fixture, "production");
	assert_values(fixture, "4,6");
}

static void a_rollback_passes_them_by(void **state)
{
	struct fixture *fixture = *state;
	uint32_t undone = 0;

	fixture_replace_set(fixture, set_with_seeds(SECOND));
	boot_as(fixture, "production");
	fixture_open(fixture);
	assert_int_equal(bobolink_rollback(fixture->session, BOBOLINK_ALL_BATCHES, BOBOLINK_FORCE,
					   &undone, &fixture->error),
			 BOBOLINK_OK);
	assert_int_equal(undone, 2);
	assert_rows(fixture, "2:skipped,3:skipped");
	assert_int_equal(engine_tables(fixture->db, "p"), 0);
	assert_int_equal(bobolink_apply(fixture->session, BOBOLINK_HEAD, NULL, &fixture->error),
			 BOBOLINK_OK);
	assert_values(fixture, "4");
}

static void a_run_that_is_taken_back_leaves_them_skipped(void **state)
{
	struct fixture *fixture = *state;

	fixture_replace_set(fixture, set_with_seeds(SECOND));
	hand_set_add(fixture->set, 5, "bad", 0, "INSERT INTO nowhere VALUES (1)", NULL);
	fixture->options.environment = "production";
	fixture->options.on_failure = BOBOLINK_ON_FAILURE_ROLLBACK;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	fixture_told(fixture, BOBOLINK_SQL_ERROR, "undone: 2");
	assert_rows(fixture, "2:skipped,3:skipped,5:failed");
}

static void in_one_transaction_too(void **state)
{
	struct fixture *fixture = *state;

	fixture_replace_set(fixture, set_with_seeds(SECOND));
	fixture->options.transaction = BOBOLINK_TRANSACTION_ALL;
	boot_as(fixture, "production");
	assert_rows(fixture, "1:applied,2:skipped,3:skipped,4:applied");
	/* With one that fails nothing is recorded, skipped or not. */
	fixture_run(fixture, "DROP TABLE p; DROP TABLE bobolink_head; DROP TABLE bobolink_history; "
			     "DROP TABLE bobolink_log");
	hand_set_add(fixture->set, 5, "bad", 0, "INSERT INTO nowhere VALUES (1)", NULL);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	assert_rows(fixture, "5:failed");
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM bobolink_log WHERE event = "
						 "'skipped'"),
			 0);
}

static void a_plan_says_what_would_be_skipped(void **state)
{
	static const char *const skipped[] = { "", "only for development test",
					       "not for production", "" };
	struct bobolink_plan_statement statement;
	struct fixture *fixture = *state;
	struct bobolink_plan *plan;

	fixture_replace_set(fixture, set_with_seeds(SECOND));
	fixture->options.environment = "production";
	fixture_open(fixture);
	assert_int_equal(bobolink_plan(fixture->session, BOBOLINK_HEAD, &plan, &fixture->error),
			 BOBOLINK_OK);
	assert_int_equal(plan->count, 4);
	for (uint32_t i = 0; i < plan->count; i++) {
		bool runs = !*skipped[i];

		assert_string_equal(plan->steps[i].skipped, skipped[i]);
		assert_int_equal(plan->steps[i].statements, runs ? 1 : 0);
		assert_int_equal(bobolink_plan_statement(plan, &plan->steps[i], 0, &statement),
				 runs ? 1 : 0);
	}
	assert_string_equal(plan->steps[1].file, "migrations/0002_demo.sql");
	assert_int_equal(bobolink_run(fixture->session, plan, 0, NULL, &fixture->error),
			 BOBOLINK_OK);
	bobolink_plan_free(plan);
	assert_values(fixture, "4");
}

static void what_needs_a_newer_database_may_be_skipped(void **state)
{
	struct fixture *fixture = *state;

	fixture_replace_set(fixture, hand_set_new("shop"));
	hand_set_add(fixture->set, 1, "new", 0, "SELECT 1", NULL);
	hand_set_needs(fixture->set, 999999999, "words of the future");
	hand_set_only(fixture->set, "test");
	boot_as(fixture, "production");
	assert_rows(fixture, "1:skipped");
	fixture->options.environment = "test";
	assert_int_equal(fixture_boot(fixture), BOBOLINK_TOO_OLD);
}

static void a_decision_by_hand_is_possible(void **state)
{
	struct fixture *fixture = *state;

	fixture_replace_set(fixture, set_with_seeds(SECOND));
	boot_as(fixture, "production");
	fixture_open(fixture);
	assert_int_equal(bobolink_mark(fixture->session, 2, BOBOLINK_MARK_APPLIED, &fixture->error),
			 BOBOLINK_OK);
	assert_rows(fixture, "1:applied,2:applied,3:skipped,4:applied");
	assert_int_equal(bobolink_mark(fixture->session, 3, BOBOLINK_MARK_PENDING, &fixture->error),
			 BOBOLINK_OK);
	assert_int_equal(bobolink_apply(fixture->session, BOBOLINK_HEAD, NULL, &fixture->error),
			 BOBOLINK_OK);
	assert_rows(fixture, "1:applied,2:applied,3:skipped,4:applied");
}

/* --- the head's time ------------------------------------------------------------------------- */

static void what_is_due_is_looked_at(void **state)
{
	struct fixture *fixture = *state;
	int64_t revision;

	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	revision = fixture_number(fixture, "SELECT revision FROM bobolink_head");
	fixture_run(fixture, "UPDATE bobolink_head SET next_due = '2999-01-01T00:00:00.000Z'");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_int_equal(fixture_number(fixture, "SELECT revision FROM bobolink_head"), revision);
	fixture_run(fixture, "UPDATE bobolink_head SET next_due = '2001-01-01T00:00:00.000Z'");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM bobolink_head WHERE "
						 "next_due IS NULL"),
			 1);
	assert_int_equal(fixture_number(fixture, "SELECT revision FROM bobolink_head"),
			 revision + 1);
}

/* A baseline knows nothing of rows: what this environment leaves out is left out, and not taken for done. */
static void a_baseline_leaves_them_out(void **state)
{
	struct fixture *fixture = *state;
	uint32_t marked = 0;

	fixture_replace_set(fixture, set_with_seeds(SECOND));
	fixture_run(fixture, "CREATE TABLE p (x INTEGER); INSERT INTO p VALUES (4)");
	fixture->options.environment = "production";
	fixture_open(fixture);
	assert_int_equal(bobolink_baseline_record(fixture->session, 3, 0, &marked, &fixture->error),
			 BOBOLINK_OK);
	assert_rows(fixture, "1:baseline,2:skipped,3:skipped");
	assert_int_equal(fixture_number(fixture, "SELECT version FROM bobolink_head"), 1);
	boot_as(fixture, "development");
	assert_rows(fixture, "1:baseline,2:applied,3:applied,4:applied");
}

/* The version of the head is that of the newest migration that ran, also where the last one did not. */
static void all_in_one_transaction_knows_its_version(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = set_with_seeds(SECOND);

	hand_set_add(set, 5, "more", 0, "INSERT INTO p VALUES (5)", NULL);
	hand_set_only(set, "test");
	fixture_replace_set(fixture, set);
	fixture->options.transaction = BOBOLINK_TRANSACTION_ALL;
	boot_as(fixture, "production");
	assert_rows(fixture, "1:applied,2:skipped,3:skipped,4:applied,5:skipped");
	assert_int_equal(fixture_number(fixture, "SELECT version FROM bobolink_head"), 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(a_seed_runs_where_it_is_for),
		FIXTURE_TEST(it_is_told_and_counted_as_nothing_applied),
		FIXTURE_TEST(another_environment_looks_again),
		FIXTURE_TEST(a_changed_file_is_no_matter_elsewhere),
		FIXTURE_TEST(what_fails_in_one_is_skipped_in_another),
		FIXTURE_TEST(the_last_one_completes_the_set_too),
		FIXTURE_TEST(a_rollback_passes_them_by),
		FIXTURE_TEST(a_baseline_leaves_them_out),
		FIXTURE_TEST(all_in_one_transaction_knows_its_version),
		FIXTURE_TEST(a_run_that_is_taken_back_leaves_them_skipped),
		FIXTURE_TEST(in_one_transaction_too),
		FIXTURE_TEST(a_plan_says_what_would_be_skipped),
		FIXTURE_TEST(what_needs_a_newer_database_may_be_skipped),
		FIXTURE_TEST(a_decision_by_hand_is_possible),
		FIXTURE_TEST(what_is_due_is_looked_at),
	};

	return engine_run_group_tests(tests);
}
