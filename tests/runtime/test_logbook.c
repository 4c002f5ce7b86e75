/*
 * The log table: what happened, once and in order, and what is read of it.
 */
#include <stdio.h>
#include <string.h>

#include "fixture.h"
#include "hand_scripts.h"

static bool is_postgres(void)
{
	return strcmp(engine()->name, "postgres") == 0;
}

static void assert_log(struct fixture *fixture, const char *expected)
{
	const char *text =
		fixture_text(fixture, "SELECT CASE item WHEN '' THEN event ELSE item || ':' || "
				      "event END FROM bobolink_log ORDER BY id");

	if (strcmp(text, expected) != 0)
		fail_msg("\"%s\", not \"%s\"", text, expected);
}

static void open_with(struct fixture *fixture, struct hand_set *set, const char *program)
{
	fixture_replace_set(fixture, set);
	fixture->options.program = program;
	fixture_open(fixture);
}

/* 2 is refused; `mended`: it is not. */
static struct hand_set *set_of_a_life(bool mended)
{
	struct hand_set *set = hand_set_reversible("shop", 1);

	if (mended)
		hand_set_add(set, 2, "second", 0, "CREATE TABLE t_2 (x INTEGER)", NULL);
	else
		hand_set_add(set, 2, "second", 0, "INSERT INTO nowhere VALUES (1)", NULL);
	hand_set_down(set, 0, "DROP TABLE t_2", NULL);
	hand_set_down_losses(set, "table t_2\tSELECT count(*) FROM t_2\n");
	return set;
}

static void live(struct fixture *fixture)
{
	open_with(fixture, set_of_a_life(false), "shop 1.0");
	assert_int_equal(bobolink_boot(fixture->session, NULL), BOBOLINK_SQL_ERROR);
	assert_int_equal(bobolink_boot(fixture->session, NULL), BOBOLINK_HELD);
	open_with(fixture, set_of_a_life(true), "shop 1.1");
	assert_int_equal(bobolink_boot(fixture->session, NULL), BOBOLINK_OK);
	assert_int_equal(bobolink_boot(fixture->session, NULL), BOBOLINK_OK);
	fixture_run(fixture, "INSERT INTO t_2 VALUES (1)");
	assert_int_equal(bobolink_rollback(fixture->session, 1, 0, NULL, NULL), BOBOLINK_DATA_LOSS);
	assert_int_equal(bobolink_rollback(fixture->session, 1, BOBOLINK_FORCE, NULL, NULL),
			 BOBOLINK_OK);
	assert_int_equal(bobolink_apply(fixture->session, BOBOLINK_HEAD, NULL, NULL), BOBOLINK_OK);
	assert_int_equal(bobolink_mark(fixture->session, 2, BOBOLINK_MARK_PENDING, NULL),
			 BOBOLINK_OK);
}

static const char life[] = "boot,1:begin,1:applied,2:begin,2:failed,"
			   "boot,2:begin,2:applied,"
			   "plan,forced,2:begin,2:rolled_back,1:begin,1:rolled_back,"
			   "boot,1:begin,1:applied,2:begin,2:applied,"
			   "2:repaired";

static void a_life_is_told_in_order(void **state)
{
	struct fixture *fixture = *state;

	live(fixture);
	assert_log(fixture, life);
	assert_string_equal(fixture_text(fixture, "SELECT DISTINCT set_name FROM bobolink_log"),
			    "shop");
}

static bool is_time(const char *at)
{
	static const char form[] = "0000-00-00T00:00:00.000Z";

	if (strlen(at) != sizeof(form) - 1)
		return false;
	for (size_t i = 0; i < sizeof(form) - 1; i++) {
		if (form[i] == '0' ? at[i] < '0' || at[i] > '9' : at[i] != form[i])
			return false;
	}
	return true;
}

static void the_log_is_read_as_it_was_written(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_log *log;
	char text[600] = "";

	live(fixture);
	assert_int_equal(bobolink_log(fixture->session, 7, &log, &fixture->error), BOBOLINK_OK);
	for (uint32_t i = 0; i < log->count; i++) {
		const struct bobolink_log_item *item = &log->items[i];
		size_t length = strlen(text);

		if (item->version >= 0)
			snprintf(text + length, sizeof(text) - length, ",%d:%s", (int)item->version,
				 item->event);
		else
			snprintf(text + length, sizeof(text) - length, ",%s", item->event);
		assert_true(is_time(item->at));
		assert_true(i == 0 || item->id > log->items[i - 1].id);
		assert_string_equal(item->name, item->version < 0    ? ""
						: item->version == 1 ? "first"
								     : "second");
		assert_string_equal(item->applied_by, i < 5 ? "shop 1.0" : "shop 1.1");
		assert_true(strlen(item->detail) > 0);
	}
	assert_string_equal(text + 1, life);
	bobolink_log_free(log);
}

static uint32_t logged(struct fixture *fixture, uint32_t days)
{
	struct bobolink_log *log;
	uint32_t count;

	assert_int_equal(bobolink_log(fixture->session, days, &log, &fixture->error), BOBOLINK_OK);
	count = log->count;
	bobolink_log_free(log);
	return count;
}

static void only_so_many_days_are_read(void **state)
{
	struct fixture *fixture = *state;

	open_with(fixture, hand_set_counting("shop", 1), "shop");
	/* Where nothing was ever migrated there is nothing to read. */
	assert_int_equal(logged(fixture, 7), 0);
	assert_int_equal(engine_tables(fixture->db, "%"), 0);
	assert_int_equal(bobolink_boot(fixture->session, NULL), BOBOLINK_OK);
	assert_int_equal(logged(fixture, 1), 3);
	fixture_run(fixture, "UPDATE bobolink_log SET at = '2020-01-02T03:04:05.678Z' WHERE event "
			     "= 'begin'");
	assert_int_equal(logged(fixture, 365), 2);
	assert_int_equal(logged(fixture, 365000), 3);
	assert_int_equal(logged(fixture, UINT32_MAX), 3);
	/* What another set did is its own. */
	fixture_run(fixture, "UPDATE bobolink_log SET set_name = 'other' WHERE event = 'boot'");
	assert_int_equal(logged(fixture, UINT32_MAX), 2);
}

static void names_of_a_newer_program_are_in_the_history(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_log *log;

	open_with(fixture, set_of_a_life(true), "shop 1.1");
	assert_int_equal(bobolink_boot(fixture->session, NULL), BOBOLINK_OK);
	open_with(fixture, hand_set_reversible("shop", 1), "shop 1.0");
	assert_int_equal(bobolink_log(fixture->session, 7, &log, &fixture->error), BOBOLINK_OK);
	assert_int_equal(log->count, 5);
	assert_int_equal(log->items[4].version, 2);
	assert_string_equal(log->items[4].name, "second");
	assert_string_equal(log->items[2].name, "first");
	bobolink_log_free(log);
}

/* --- what runs more than once is told once --------------------------------------------------- */

/* PostgreSQL rolls the migration back twice for the sake of others; a sequence is not rolled back. */
static void what_is_run_again_is_logged_once(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set;

	if (!is_postgres())
		skip();
	set = hand_set_counting("shop", 1);
	fixture_run(fixture, "CREATE SEQUENCE tries");
	hand_set_add(set, 2, "next", 0, "CREATE TABLE t_2 (x INTEGER)",
		     "INSERT INTO ran VALUES (2)",
		     "DO $$ BEGIN IF nextval('tries') < 3 THEN RAISE EXCEPTION 'crossed' USING "
		     "ERRCODE = '40001'; END IF; END $$",
		     NULL);
	fixture_replace_set(fixture, set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_true(fixture_is_whole(fixture, 2));
	assert_int_equal(fixture_number(fixture, "SELECT last_value FROM tries"), 3);
	assert_log(fixture, "boot,1:begin,1:applied,retry,2:begin,2:applied");
}

/* Another program applies the first migrations when this one has made its plan. */
struct rival {
	struct fixture *fixture;
	uint32_t count;
	int calls;
};

static void migrate_meanwhile(void *context, const struct bobolink_event *event)
{
	struct rival *rival = context;
	struct bobolink_error error;
	struct hand_set *set;

	if (event->kind != BOBOLINK_EVENT_BOOT || rival->calls++)
		return;
	set = hand_set_counting("shop", rival->count);
	assert_int_equal(engine_boot(rival->fixture->url, hand_set(set, engine()->backend), &error),
			 BOBOLINK_OK);
	hand_set_free(set);
}

static void a_plan_that_is_made_again_is_logged_once(void **state)
{
	struct fixture *fixture = *state;
	struct rival rival = { fixture, 2, 0 };

	fixture->options.program = "late";
	fixture->options.log = migrate_meanwhile;
	fixture->options.log_context = &rival;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_true(fixture_is_whole(fixture, 3));
	assert_log(fixture, "boot,1:begin,1:applied,2:begin,2:applied,boot,3:begin,3:applied");
	assert_string_equal(fixture_text(fixture, "SELECT event FROM bobolink_log WHERE applied_by "
						  "= 'late' ORDER BY id"),
			    "boot,begin,applied");
}

static void a_refusal_in_one_transaction_for_all_is_logged_once(void **state)
{
	struct fixture *fixture = *state;

	hand_set_add(fixture->set, 4, "bad", 0, "INSERT INTO nowhere VALUES (4)", NULL);
	fixture->options.transaction = BOBOLINK_TRANSACTION_ALL;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	/* PostgreSQL is asked for the outcome of all of them at once, SQLite stops at the fourth. */
	assert_log(fixture, "boot,1:begin,2:begin,3:begin,4:begin,4:failed");
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM bobolink_history"), 1);
}

/* What is read of scripts: "kind item name event", joined by commas. */
static void assert_scripts_told(struct fixture *fixture, const char *expected)
{
	struct bobolink_log *log;
	char text[600] = "";

	assert_int_equal(bobolink_log(fixture->session, 7, &log, &fixture->error), BOBOLINK_OK);
	for (uint32_t i = 0; i < log->count; i++) {
		const struct bobolink_log_item *item = &log->items[i];
		size_t length = strlen(text);

		if (strcmp(item->kind, "migration") == 0) {
			assert_true(item->version >= 0 || !*item->item);
			continue;
		}
		assert_int_equal(item->version, -1);
		snprintf(text + length, sizeof(text) - length, ",%s %s %s %s", item->kind,
			 item->item, item->name, item->event);
	}
	bobolink_log_free(log);
	assert_string_equal(text + 1, expected);
}

static void scripts_have_a_kind_and_a_label(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = hand_set_counting("shop", 1);

	hand_fix(set, 1, "first", "SELECT 1 = 0", "SELECT 1", NULL);
	hand_fix(set, 7, "broken", "SELECT 1 = 1", "INSERT INTO nowhere VALUES (1)", NULL);
	hand_repeatable(set, "view", "DROP VIEW IF EXISTS v", "CREATE VIEW v AS SELECT 1 AS one",
			NULL);
	open_with(fixture, set, "shop 1.0");
	assert_int_equal(bobolink_boot(fixture->session, &fixture->error), BOBOLINK_OK);
	assert_scripts_told(fixture, "fix F0001 first skipped,fix F0007 broken failed,"
				     "repeatable view  applied");
	/* A program without them knows their numbers alone, which are no versions. */
	open_with(fixture, hand_set_counting("shop", 1), "shop 1.1");
	assert_scripts_told(fixture, "fix F1  skipped,fix F7  failed,repeatable view  applied");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(a_life_is_told_in_order),
		FIXTURE_TEST(the_log_is_read_as_it_was_written),
		FIXTURE_TEST(only_so_many_days_are_read),
		FIXTURE_TEST(names_of_a_newer_program_are_in_the_history),
		FIXTURE_TEST(scripts_have_a_kind_and_a_label),
		FIXTURE_TEST(what_is_run_again_is_logged_once),
		FIXTURE_TEST(a_plan_that_is_made_again_is_logged_once),
		FIXTURE_TEST(a_refusal_in_one_transaction_for_all_is_logged_once),
	};

	return engine_run_group_tests(tests);
}
