/*
 * Looking without touching: status, plan, check and verify.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bobolink/schema.h>

#include "drifting.h"
#include "fixture.h"

static int setup(void **state)
{
	struct fixture *fixture;

	if (fixture_setup(state))
		return -1;
	fixture = *state;
	fixture->options.program = "shop 1.0";
	fixture_open(fixture);
	return 0;
}

static void looking_writes_nothing_at_all(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_findings *findings;
	struct bobolink_status *status;
	struct bobolink_plan *plan;

	assert_int_equal(bobolink_check(fixture->session, &fixture->error), BOBOLINK_PENDING);
	assert_int_equal(bobolink_status(fixture->session, &status, &fixture->error), BOBOLINK_OK);
	assert_int_equal(bobolink_plan(fixture->session, BOBOLINK_HEAD, &plan, &fixture->error),
			 BOBOLINK_OK);
	assert_int_equal(bobolink_verify(fixture->session, &findings, &fixture->error),
			 BOBOLINK_OK);
	assert_int_equal(status->pending, 3);
	assert_int_equal(status->verdict, BOBOLINK_PENDING);
	assert_int_equal(plan->count, 3);
	assert_int_equal(findings->count, 0);
	assert_int_equal(findings->verdict, BOBOLINK_OK);
	bobolink_status_free(status);
	bobolink_plan_free(plan);
	bobolink_findings_free(findings);
	assert_int_equal(engine_tables(fixture->db, "%"), 0);
}

static void a_plan_lists_every_statement(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_plan_statement statement;
	struct bobolink_plan *plan;

	assert_int_equal(bobolink_apply(fixture->session, 1, NULL, &fixture->error), BOBOLINK_OK);
	assert_int_equal(bobolink_plan(fixture->session, 2, &plan, &fixture->error), BOBOLINK_OK);
	assert_int_equal(plan->count, 1);
	assert_int_equal(plan->steps[0].version, 2);
	assert_int_equal(plan->steps[0].statements, 2);
	assert_string_equal(plan->steps[0].name, "next");
	assert_string_equal(plan->steps[0].file, "migrations/0002_next.sql");
	assert_true(bobolink_plan_statement(plan, &plan->steps[0], 1, &statement));
	assert_string_equal(statement.text, "INSERT INTO ran VALUES (2)");
	assert_int_equal(statement.line, 2);
	assert_false(bobolink_plan_statement(plan, &plan->steps[0], 2, &statement));
	bobolink_plan_free(plan);
	assert_int_equal(bobolink_plan(fixture->session, 7, &plan, &fixture->error),
			 BOBOLINK_USAGE);
	assert_null(plan);
}

static void a_status_tells_who_applied_what_and_when(void **state)
{
	struct fixture *fixture = *state;
	const struct bobolink_status_item *item;
	struct bobolink_status *status;

	assert_int_equal(bobolink_apply(fixture->session, 2, NULL, &fixture->error), BOBOLINK_OK);
	assert_int_equal(bobolink_status(fixture->session, &status, &fixture->error), BOBOLINK_OK);
	/* A status outlives its session. */
	bobolink_close(fixture->session);
	fixture->session = NULL;
	assert_string_equal(status->set_name, "shop");
	assert_int_equal(status->count, 3);
	assert_int_equal(status->applied, 2);
	assert_int_equal(status->pending, 1);
	item = &status->items[1];
	assert_int_equal(item->state, BOBOLINK_STATE_APPLIED);
	assert_int_equal(item->batch, 1);
	assert_int_equal(item->attempts, 1);
	assert_true(item->duration_ms >= 0);
	assert_string_equal(item->applied_by, "shop 1.0");
	assert_int_equal(strlen(item->executed_at), strlen("2026-01-02T03:04:05.678Z"));
	assert_int_equal(item->executed_at[10], 'T');
	item = &status->items[2];
	assert_int_equal(item->state, BOBOLINK_STATE_PENDING);
	assert_int_equal(item->batch, 0);
	assert_int_equal(item->duration_ms, -1);
	assert_string_equal(item->executed_at, "");
	bobolink_status_free(status);
}

static void a_failure_is_in_the_status(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = hand_set_counting("shop", 2);
	struct bobolink_status *status;

	hand_set_add(set, 3, "bad", 0, "INSERT INTO nowhere VALUES (1)", NULL);
	fixture_replace_set(fixture, set);
	fixture_open(fixture);
	assert_int_equal(bobolink_boot(fixture->session, &fixture->error), BOBOLINK_SQL_ERROR);
	assert_int_equal(bobolink_check(fixture->session, &fixture->error), BOBOLINK_HELD);
	assert_int_equal(bobolink_status(fixture->session, &status, &fixture->error), BOBOLINK_OK);
	assert_int_equal(status->verdict, BOBOLINK_HELD);
	assert_int_equal(status->items[2].state, BOBOLINK_STATE_FAILED);
	assert_true(engine_says_no_table(status->items[2].error, "nowhere"));
	assert_int_equal(status->applied, 2);
	bobolink_status_free(status);
}

static int check_after(struct fixture *fixture, const char *sql)
{
	fixture_run(fixture, sql);
	fixture_run(fixture, "UPDATE bobolink_head SET digest = NULL");
	return bobolink_check(fixture->session, &fixture->error);
}

static void a_check_is_silent_and_exact(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(bobolink_check(fixture->session, &fixture->error), BOBOLINK_PENDING);
	assert_string_equal(fixture->error.message,
			    "pending migrations: 3; apply them with --migrate");
	assert_int_equal(bobolink_boot(fixture->session, &fixture->error), BOBOLINK_OK);
	assert_int_equal(bobolink_check(fixture->session, &fixture->error), BOBOLINK_OK);
	assert_string_equal(fixture->error.message, "");
	assert_int_equal(check_after(fixture, "UPDATE bobolink_history SET status = 'rolled_back' "
					      "WHERE version = 3"),
			 BOBOLINK_HELD);
	assert_int_equal(check_after(fixture, "UPDATE bobolink_history SET status = 'running' "
					      "WHERE version = 3"),
			 BOBOLINK_PENDING);
	assert_int_equal(check_after(fixture, "UPDATE bobolink_history SET checksum = 'x', "
					      "sql_checksum = 'y' WHERE version = 2"),
			 BOBOLINK_CHANGED);
}

static void verify_finds_what_the_head_does_not_show(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_findings *findings;

	assert_int_equal(bobolink_boot(fixture->session, &fixture->error), BOBOLINK_OK);
	fixture_run(
		fixture,
		"UPDATE bobolink_history SET checksum = 'x' WHERE version = 1;"
		"UPDATE bobolink_history SET checksum = 'x', sql_checksum = 'y' WHERE version = 2;"
		"UPDATE bobolink_history SET version = 8, item = '8' WHERE version = 3");
	assert_int_equal(bobolink_verify(fixture->session, &findings, &fixture->error),
			 BOBOLINK_OK);
	assert_int_equal(findings->count, 4);
	assert_int_equal(findings->items[0].version, 1);
	assert_int_equal(findings->items[0].code, BOBOLINK_OK);
	assert_non_null(strstr(findings->items[0].message, "other comments or white space"));
	assert_int_equal(findings->items[1].code, BOBOLINK_CHANGED);
	assert_int_equal(findings->items[2].code, BOBOLINK_OUT_OF_ORDER);
	assert_int_equal(findings->items[3].code, BOBOLINK_NEWER);
	assert_int_equal(findings->items[3].version, 8);
	assert_int_equal(findings->verdict, BOBOLINK_NEWER);
	bobolink_findings_free(findings);
}

static void rows_that_nobody_wrote_are_refused(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_status *status;

	assert_int_equal(bobolink_boot(fixture->session, &fixture->error), BOBOLINK_OK);
	fixture_run(fixture, "UPDATE bobolink_history SET status = 'someday'");
	assert_int_equal(bobolink_status(fixture->session, &status, &fixture->error),
			 BOBOLINK_CORRUPT);
	assert_non_null(strstr(fixture->error.message, "bobolink_history"));
	fixture_run(fixture, "UPDATE bobolink_head SET revision = -1");
	assert_int_equal(bobolink_boot(fixture->session, &fixture->error), BOBOLINK_CORRUPT);
	fixture_run(fixture, "DROP TABLE bobolink_history; UPDATE bobolink_head SET revision = 1, "
			     "digest = NULL");
	assert_int_equal(bobolink_boot(fixture->session, &fixture->error), BOBOLINK_CORRUPT);
}

static void a_rolled_back_migration_is_applied_when_asked(void **state)
{
	struct fixture *fixture = *state;
	uint32_t applied;

	assert_int_equal(bobolink_boot(fixture->session, &fixture->error), BOBOLINK_OK);
	fixture_run(fixture, "UPDATE bobolink_history SET status = 'rolled_back' WHERE version = 3;"
			     "UPDATE bobolink_head SET digest = NULL; DROP TABLE t_3;"
			     "DELETE FROM ran WHERE i = 3");
	assert_int_equal(bobolink_boot(fixture->session, &fixture->error), BOBOLINK_HELD);
	assert_int_equal(bobolink_apply(fixture->session, BOBOLINK_HEAD, &applied, &fixture->error),
			 BOBOLINK_OK);
	assert_int_equal(applied, 1);
	/* The earlier life stays. */
	assert_string_equal(fixture_text(fixture, "SELECT status FROM "
						  "bobolink_history WHERE version = 3 ORDER BY id"),
			    "rolled_back,applied");
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM ran"), 3);
}

/* --- a start that only looks -------------------------------------------------------------------- */

/* As another process: it sees what somebody does behind the history's back. */
static int boot_after(struct fixture *fixture, const char *sql, uint32_t level)
{
	void *other = engine()->open(fixture->url);

	engine()->run(other, sql);
	engine()->close(other);
	fixture_await_others(fixture);
	bobolink_close(fixture->session);
	fixture->session = NULL;
	engine()->close(fixture->db);
	fixture->db = engine()->open(fixture->url);
	fixture->options.validate = level;
	return fixture_boot(fixture);
}

/* What is applied has to be there, whatever else is pending or held. */
static void a_start_that_only_looks_compares_what_is_applied(void **state)
{
	struct fixture *fixture = *state;

	drifting_set_up(fixture, 3);
	hand_set_validate(fixture->set, bobolink_schema_validate);
	fixture->options.auto_migrate = BOBOLINK_AUTO_MIGRATE_OFF;
	assert_int_equal(boot_after(fixture, "SELECT 1", BOBOLINK_VALIDATE_FULL), BOBOLINK_OK);
	assert_int_equal(boot_after(fixture, "DROP INDEX orders_by_user", BOBOLINK_VALIDATE_FULL),
			 BOBOLINK_DRIFT);
	fixture_told(fixture, BOBOLINK_DRIFT, "orders_by_user is missing");
	fixture_told(fixture, BOBOLINK_DRIFT, "migration 2, orders");
	assert_int_equal(boot_after(fixture, "SELECT 1", BOBOLINK_VALIDATE_OFF), BOBOLINK_OK);
	/* Nothing is remembered of it, and nothing applied. */
	assert_int_equal(boot_after(fixture, "SELECT 1", BOBOLINK_VALIDATE_HEAD), BOBOLINK_DRIFT);
	assert_int_equal(boot_after(fixture, "CREATE INDEX orders_by_user ON orders (user_id)",
				    BOBOLINK_VALIDATE_FULL),
			 BOBOLINK_OK);
	fixture_says(fixture, "SELECT version FROM bobolink_history ORDER BY version", "1,2,3");
	assert_int_equal(boot_after(fixture,
				    "UPDATE bobolink_history SET status = 'failed' WHERE version = "
				    "3; DROP TABLE orders",
				    BOBOLINK_VALIDATE_FULL),
			 BOBOLINK_DRIFT);
	fixture_told(fixture, BOBOLINK_DRIFT, "table orders is missing");
	fixture->options.on_failure = BOBOLINK_ON_FAILURE_CONTINUE;
	assert_int_equal(boot_after(fixture, "SELECT 1", BOBOLINK_VALIDATE_FULL), BOBOLINK_OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(looking_writes_nothing_at_all),
		TEST(a_plan_lists_every_statement),
		TEST(a_status_tells_who_applied_what_and_when),
		TEST(a_failure_is_in_the_status),
		TEST(a_check_is_silent_and_exact),
		TEST(verify_finds_what_the_head_does_not_show),
		TEST(rows_that_nobody_wrote_are_refused),
		TEST(a_rolled_back_migration_is_applied_when_asked),
		TEST(a_start_that_only_looks_compares_what_is_applied),
	};

	return engine_run_group_tests(tests);
}
