/* Where fixes and repeatables stand in a run, what a plan says of them, and how one is named: sets by hand, no database. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shown.h"

/*
 * The order of a run. Four fixes, 1 to 4, and two repeatables, 5 and 6 here; what they require and come after is set by the case.
 */
#define FIXES	4u
#define SCRIPTS 6u

static const struct texts {
	char none[1];
	char name[8];
	char files[FIXES][24];
	char repeatable[25];
	char after_2[2];
	char after_1_and_4[4];
	char guard[9];
	char execute[17];
} texts = {
	"",
	"mended",
	{ "fixes/0001_mended.sql", "fixes/0002_mended.sql", "fixes/0003_mended.sql",
	  "fixes/0004_mended.sql" },
	"migrations/R__mended.sql",
	"1",
	"0 3",
	"SELECT 1",
	"UPDATE t\nSET x=1",
};

#define TEXT(member) (uint32_t) offsetof(struct texts, member)

static const struct bobolink_statement statements[] = {
	{ .text = TEXT(guard), .length = 8, .line = 2, .column = 1 },
	{ .text = TEXT(execute), .length = 16, .line = 4, .column = 3 },
};

static const struct bobolink_chunk chunks[] = { { (const char *)&texts, statements } };
static const struct bobolink_call calls[] = { { "mend_names", NULL } };

/* A set whose scripts may be changed. */
struct made {
	struct bobolink_migration items[SCRIPTS];
	struct bobolink_script settings[SCRIPTS];
	struct bobolink_scripts scripts;
	struct bobolink_set set;
	struct bobolink_plan_step steps[3];
	struct bobolink_plan plan;
	struct bobolink_script_item states[SCRIPTS];
	struct bobolink_script_list list;
};

/* Everything is pending, and the steps are migrations 10, 20 and 30. */
static void make(struct made *made)
{
	memset(made, 0, sizeof(*made));
	for (uint32_t i = 0; i < SCRIPTS; i++) {
		bool fix = i < FIXES;
		uint32_t file =
			fix ? (uint32_t)(offsetof(struct texts, files) + i * sizeof(texts.files[0]))
			    : TEXT(repeatable);

		made->items[i].version = fix ? (int64_t)i + 1 : 0;
		made->items[i].name = TEXT(name);
		made->items[i].up = (struct bobolink_section){
			.first = 1, .count = 1, .flags = BOBOLINK_SECTION_PRESENT, .file = file
		};
		made->settings[i].required = -1;
		made->settings[i].guard = (struct bobolink_section){
			.first = 0, .count = fix ? 1 : 0, .flags = BOBOLINK_SECTION_PRESENT
		};
		made->states[i] = complete((struct bobolink_script_item){
			ITEM(fix ? (int64_t)i + 1 : -1, fix ? "F1" : "mended", "mended",
			     PENDING) });
	}
	made->scripts = (struct bobolink_scripts){ .items = made->items,
						   .settings = made->settings,
						   .chunks = chunks,
						   .fix_count = FIXES,
						   .repeatable_count = SCRIPTS - FIXES };
	made->set.scripts = &made->scripts;
	made->set.calls = calls;
	made->set.call_count = 1;
	for (int i = 0; i < 3; i++)
		made->steps[i].version = 10 * (i + 1);
	made->plan = (struct bobolink_plan){ .set = &made->set, .steps = made->steps, .count = 3 };
	made->list = (struct bobolink_script_list){ .items = made->states, .count = SCRIPTS };
}

/* "1@0": script 1 before the first step. */
static void assert_order(struct made *made, uint32_t fixes, int64_t now, const char *expected)
{
	struct bl_cli_order order;
	char text[200] = "";

	assert_int_equal(bl_cli_order_make(&made->plan, &made->list, fixes, now, &order), 0);
	for (uint32_t i = 0; i < order.count; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%u@%u", i ? " " : "",
			 (unsigned)order.places[i].script + 1, (unsigned)order.places[i].steps);
	assert_string_equal(text, expected);
	assert_int_equal(order.fixes + order.repeatables, order.count);
	bl_cli_order_release(&order);
}

static void test_fixes_come_before_the_migrations_and_repeatables_after(void **state)
{
	struct made made;

	(void)state;
	make(&made);
	assert_order(&made, 0, 1000, "1@0 2@0 3@0 4@0 5@3 6@3");
	made.plan.count = 0;
	assert_order(&made, 0, 1000, "1@0 2@0 3@0 4@0 5@0 6@0");
	assert_order(&made, BOBOLINK_FIXES_OFF, 1000, "5@0 6@0");
	assert_order(&made, BOBOLINK_FIXES_STOP, 1000, "1@0 2@0 3@0 4@0 5@0 6@0");
}

static void test_a_fix_stands_behind_what_it_requires(void **state)
{
	struct made made;

	(void)state;
	make(&made);
	made.settings[0].required = 20;
	made.settings[1].required = 5; /* applied long ago */
	made.settings[2].flags = BOBOLINK_SCRIPT_AFTER;
	made.settings[3].required = 10;
	assert_order(&made, 0, 1000, "2@0 4@1 1@2 5@3 6@3 3@3");
	/* As far as the plan goes. */
	made.plan.count = 0;
	assert_order(&made, 0, 1000, "1@0 2@0 4@0 5@0 6@0 3@0");
}

static void test_a_fix_stands_behind_the_fixes_that_it_comes_after(void **state)
{
	struct made made;

	(void)state;
	make(&made);
	made.settings[0].after = TEXT(after_2);
	assert_order(&made, 0, 1000, "2@0 1@0 3@0 4@0 5@3 6@3");
	made.settings[1].after = TEXT(after_1_and_4); /* 1 waits for 2, and 2 for 1 */
	assert_order(&made, 0, 1000, "3@0 4@0 5@3 6@3");
	made.settings[0].after = 0;
	made.settings[3].required = 30;
	assert_order(&made, 0, 1000, "1@0 3@0 4@3 2@3 5@3 6@3");
	/* One that has given up is not done. */
	made.states[3].state = BOBOLINK_STATE_FAILED;
	made.states[3].attempts = made.states[3].attempts_allowed = 1;
	assert_order(&made, 0, 1000, "1@0 3@0 5@3 6@3");
	made.states[3].state = BOBOLINK_STATE_SKIPPED;
	assert_order(&made, 0, 1000, "1@0 2@0 3@0 5@3 6@3");
}

static void test_times_keep_a_fix_out_of_the_run(void **state)
{
	struct made made;

	(void)state;
	make(&made);
	made.states[0].next_at = "1970-01-01T00:16:40.000Z"; /* 1000 */
	made.states[1].next_at = "1970-01-01T00:16:41.000Z";
	made.settings[2].not_after = 999;
	made.settings[3].not_after = 1000;
	assert_order(&made, 0, 1000, "1@0 4@0 5@3 6@3");
	assert_order(&made, 0, 1001, "1@0 2@0 5@3 6@3");
	assert_order(&made, 0, 999, "3@0 4@0 5@3 6@3");
}

static void test_a_way_down_has_no_scripts(void **state)
{
	struct made made;

	(void)state;
	make(&made);
	made.plan.down = 1;
	assert_order(&made, 0, 1000, "");
	make(&made);
	made.set.scripts = NULL;
	made.list.count = 0;
	assert_order(&made, 0, 1000, "");
}

/* Which fix a word behind --migrate-undo names; -1 for none, with a message that holds `words`. */
static void assert_fix(const char *word, int64_t number, const char *words)
{
	struct made made;
	struct bl_cli cli = { .fix = -1 };
	struct bobolink_error error = { 0 };

	make(&made);
	made.items[2].name = TEXT(guard); /* "SELECT 1": a name of its own */
	cli.set = &made.set;
	assert_int_equal(bl_cli_target_fix(&cli, word, &error),
			 number < 0 ? BOBOLINK_USAGE : BOBOLINK_OK);
	assert_int_equal(cli.fix, number);
	assert_non_null(strstr(error.message, words));
}

static void test_a_fix_is_named_by_label_number_name_or_file(void **state)
{
	(void)state;
	assert_fix("F0002", 2, "");
	assert_fix("f2", 2, "");
	assert_fix("2", 2, "");
	assert_fix("0002", 2, "");
	assert_fix("SELECT 1", 3, "");
	assert_fix("0002_mended", 2, "");
	assert_fix("0002_mended.sql", 2, "");
	assert_fix("mended", -1, "several fixes are called mended, among them F0001 and F0002");
	assert_fix("F0005", -1, "no fix F0005");
	assert_fix("5", -1, "no fix 5");
	assert_fix("F", -1, "no fix F");
	assert_fix("F-1", -1, "no fix F-1");
	assert_fix("F2x", -1, "no fix F2x");
	assert_fix("F99999999999999999999", -1, "no fix F9");
	assert_fix("0002_mende", -1, "no fix");
	assert_fix("", -1, "no fix");
	assert_fix("ended", -1, "no fix");
}

/* What a word behind --migrate-retry names; the set has migration 10, called "mended" as well, and 20, "SELECT 1". */
static void assert_retry(const char *word, int64_t version, int64_t number, const char *words)
{
	static const struct bobolink_migration migrations[] = {
		{ .version = 10, .name = TEXT(name) },
		{ .version = 20, .name = TEXT(guard) },
	};
	struct made made;
	struct bl_cli cli = { .fix = -1, .version = BOBOLINK_HEAD };
	struct bobolink_error error = { 0 };
	int rc;

	make(&made);
	for (int i = 0; i < 2; i++)
		made.items[i].name = TEXT(execute);
	made.scripts.fix_count = 3;
	made.set.migrations = migrations;
	made.set.migration_count = 2;
	made.set.chunks = chunks;
	cli.set = &made.set;
	rc = bl_cli_target_retry(&cli, word, &error);
	assert_int_equal(rc, *words ? BOBOLINK_USAGE : BOBOLINK_OK);
	assert_non_null(strstr(error.message, words));
	if (rc == BOBOLINK_OK) {
		assert_int_equal(cli.fix, number);
		assert_int_equal(number < 0 ? cli.version : 0, number < 0 ? version : 0);
	}
}

static void test_what_is_run_again_is_a_migration_unless_it_can_only_be_a_fix(void **state)
{
	(void)state;
	assert_retry("10", 10, -1, "");
	assert_retry("2", 2, -1, ""); /* of another program, maybe */
	assert_retry("F2", 0, 2, "");
	assert_retry("F10", 0, -1, "no fix F10");
	assert_retry("SELECT 1", 20, -1, "");
	assert_retry("SELECT", 20, -1, ""); /* its beginning */
	assert_retry("0002_mended", 0, 2, "");
	assert_retry("mended", 0, -1, "mended is migration 10 and fix F0003");
	assert_retry("UPDATE t\nSET x=1", 0, -1, "several fixes");
	assert_retry("nothing", 0, -1,
		     "no migration of this program has the version or name nothing");
}

/* What a plan prints for places `from` on. */
static void assert_places(struct made *made, const char *expected)
{
	struct bl_cli_order order;
	struct written written;
	uint32_t at = 0;

	assert_int_equal(bl_cli_order_make(&made->plan, &made->list, 0, 1000, &order), 0);
	written_init(&written, 0);
	for (uint32_t steps = 0; steps <= made->plan.count; steps++)
		at = bl_cli_print_places(&written.output, &made->plan, &order, at, steps);
	assert_int_equal(at, order.count);
	bl_cli_print_left_out(&written.output, &made->list, &order);
	bl_cli_order_release(&order);
	assert_written(&written, expected);
}

static void leave_only(struct made *made, uint32_t index)
{
	make(made);
	for (uint32_t i = 0; i < SCRIPTS; i++) {
		if (i != index)
			made->states[i].state = BOBOLINK_STATE_APPLIED;
	}
}

static void test_a_plan_has_fixes_as_comments(void **state)
{
	struct made made;

	(void)state;
	leave_only(&made, 1);
	assert_places(&made,
		      "-- fix F0002 mended (fixes/0002_mended.sql), before the migrations: looks "
		      "first\n"
		      "--   SELECT 1;\n"
		      "-- and where that is true\n"
		      "--   UPDATE t\n"
		      "--   SET x=1;\n"
		      "\n");
	made.settings[1].required = 20;
	made.items[1].up.count = 0;
	made.items[1].up.call = 1;
	assert_places(&made,
		      "-- fix F0002 mended (fixes/0002_mended.sql), after migration 20: looks "
		      "first\n"
		      "--   SELECT 1;\n"
		      "-- and where that is true\n"
		      "--   calls mend_names\n"
		      "\n");
	made.settings[1].flags = BOBOLINK_SCRIPT_AFTER;
	made.items[1].up.call = 0;
	assert_places(&made,
		      "-- fix F0002 mended (fixes/0002_mended.sql), after the migrations: looks "
		      "first\n"
		      "--   SELECT 1;\n"
		      "-- and where that is true\n"
		      "--   no statements\n"
		      "\n");
}

static void test_a_plan_has_repeatables_as_sql(void **state)
{
	struct made made;

	(void)state;
	leave_only(&made, 4);
	assert_places(&made, "-- repeatable mended (migrations/R__mended.sql): in one transaction\n"
			     "UPDATE t\n"
			     "SET x=1;\n"
			     "\n");
}

static void test_a_plan_says_what_fixes_wait_for(void **state)
{
	struct made made;

	(void)state;
	leave_only(&made, 0);
	made.states[0].waits = "the window 02:00-04:00";
	made.states[0].next_at = "2026-11-22T02:00:00.000Z";
	assert_places(&made,
		      "-- not yet: fix F1 mended, waits for the window 02:00-04:00, not before "
		      "2026-11-22T02:00:00.000Z\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fixes_come_before_the_migrations_and_repeatables_after),
		cmocka_unit_test(test_a_fix_stands_behind_what_it_requires),
		cmocka_unit_test(test_a_fix_stands_behind_the_fixes_that_it_comes_after),
		cmocka_unit_test(test_times_keep_a_fix_out_of_the_run),
		cmocka_unit_test(test_a_way_down_has_no_scripts),
		cmocka_unit_test(test_a_fix_is_named_by_label_number_name_or_file),
		cmocka_unit_test(test_what_is_run_again_is_a_migration_unless_it_can_only_be_a_fix),
		cmocka_unit_test(test_a_plan_has_fixes_as_comments),
		cmocka_unit_test(test_a_plan_has_repeatables_as_sql),
		cmocka_unit_test(test_a_plan_says_what_fixes_wait_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
