/* How fixes and repeatables are shown: lists and sets by hand, no database. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/scripts.h"

/* An output that ends in memory. */
struct written {
	struct bl_cli_output output;
	struct bl_json json;
	char *text;
	size_t length;
};

static void written_init(struct written *written, unsigned width)
{
	memset(written, 0, sizeof(*written));
	written->output.width = width;
	written->output.stream = open_memstream(&written->text, &written->length);
	assert_non_null(written->output.stream);
	bl_json_init(&written->json, bl_cli_output_put, &written->output);
}

static void assert_written(struct written *written, const char *expected)
{
	assert_int_equal(bl_cli_output_flush(&written->output), 0);
	fclose(written->output.stream);
	assert_string_equal(written->text, expected);
	free(written->text);
}

#define ITEM(number_, label_, name_, state_) \
	.number = number_, .label = label_, .name = name_, .state = BOBOLINK_STATE_##state_

/* What a case leaves at zero is absent. */
static struct bobolink_script_item complete(struct bobolink_script_item item)
{
	const char **texts[] = {
		&item.file,	   &item.title,	  &item.message, &item.error,
		&item.executed_at, &item.next_at, &item.waits,	 &item.applied_by
	};
	int64_t *numbers[] = { &item.required, &item.rows_changed, &item.duration_ms };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		*texts[i] = *texts[i] ? *texts[i] : "";
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		*numbers[i] = *numbers[i] ? *numbers[i] : -1;
	return item;
}

/* Every state that a fix may be in, in order of number. */
static struct bobolink_script_item all_states[] = {
	{ ITEM(1, "F0001", "drop_legacy", APPLIED) }, { ITEM(2, "F0002", "seed_roles", SKIPPED) },
	{ ITEM(3, "F0003", "add_setting", PENDING) }, { ITEM(4, "F0004", "clean_orphans", FAILED) },
	{ ITEM(5, "F0005", "mend_order", UNDONE) },   { ITEM(6, "F0006", "edited", CHANGED) },
	{ ITEM(-1, "orders", "orders", APPLIED) },    { ITEM(-1, "totals", "totals", PENDING) },
	{ ITEM(77, "F77", "of_another", MISSING) },
};

static struct bobolink_script_list list_of(struct bobolink_script_item *items, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		items[i] = complete(items[i]);
	return (struct bobolink_script_list){ .items = items, .count = count };
}

#define LIST(items) list_of(items, sizeof(items) / sizeof((items)[0]))

static void test_fixes_stand_by_state_what_needs_somebody_first(void **state)
{
	const struct bobolink_script_list list = LIST(all_states);
	struct written written;

	(void)state;
	written_init(&written, 0);
	bl_cli_script_table(&written.output, &list, BL_CLI_ALL_FIXES);
	bl_cli_script_counts(&written.output, &list, BL_CLI_ALL_FIXES);
	assert_written(&written,
		       "fix    name           state    attempts\n"
		       "F0004  clean_orphans  failed   0\n"
		       "F0006  edited         changed\n"
		       "F0003  add_setting    pending\n"
		       "F0001  drop_legacy    applied\n"
		       "F0002  seed_roles     skipped\n"
		       "F0005  mend_order     undone\n"
		       "F77    of_another     missing\n"
		       "\n"
		       "7 fixes: 1 failed, 1 changed, 1 pending, 1 applied, 1 skipped, 1 undone, 1 "
		       "missing\n");
}

static void test_a_status_shows_what_is_not_done(void **state)
{
	const struct bobolink_script_list list = LIST(all_states);
	struct written written;

	(void)state;
	written_init(&written, 0);
	bl_cli_script_table(&written.output, &list, BL_CLI_UNDONE_SCRIPTS);
	bl_cli_script_counts(&written.output, &list, BL_CLI_ALL_REPEATABLES);
	assert_written(&written, "fix    name           state    attempts\n"
				 "F0004  clean_orphans  failed   0\n"
				 "F0006  edited         changed\n"
				 "F0003  add_setting    pending\n"
				 "       totals         pending\n"
				 "F0005  mend_order     undone\n"
				 "\n"
				 "2 repeatables: 1 pending, 1 applied\n");
}

static void test_without_scripts_nothing_is_said(void **state)
{
	const struct bobolink_script_list list = { .count = 0 };
	struct written written;

	(void)state;
	written_init(&written, 0);
	bl_cli_script_table(&written.output, &list, BL_CLI_ALL_FIXES);
	bl_cli_script_table(&written.output, &list, BL_CLI_UNDONE_SCRIPTS);
	bl_cli_script_counts(&written.output, &list, BL_CLI_ALL_FIXES);
	bl_cli_script_counts(&written.output, &list, BL_CLI_ALL_REPEATABLES);
	assert_written(&written, "");
}

/* One that has everything, and one that has done something. */
static struct bobolink_script_item full[] = {
	{ ITEM(7, "F0007", "clean_orphans", FAILED), .attempts = 2, .attempts_allowed = 5,
	  .file = "fixes/0007_clean_orphans.sql",
	  .title = "Payments whose order was deleted by hand.\n2026-11-20, for 2.3.1",
	  .executed_at = "2026-11-21T02:00:03.678Z", .next_at = "2026-11-22T02:00:00.000Z",
	  .waits = "the window 02:00-04:00", .required = 5, .duration_ms = 4,
	  .applied_by = "shop 1.0", .flags = BOBOLINK_SCRIPT_AFTER | BOBOLINK_SCRIPT_UNPROVEN },
	{ ITEM(8, "F0008", "roles", APPLIED), .message = "seeded", .rows_changed = 3,
	  .executed_at = "2026-11-20T08:09:10.000Z", .attempts = 1 },
};

static void test_a_line_has_attempts_times_and_what_became_of_it(void **state)
{
	struct bobolink_script_list list = LIST(full);
	struct written written;

	(void)state;
	full[0].error = "no such table: \"pay\033ments\"";
	written_init(&written, 0);
	bl_cli_script_table(&written.output, &list, BL_CLI_ALL_FIXES);
	assert_written(&written,
		       "fix    name           state    attempts  when (UTC)           next (UTC)\n"
		       "F0007  clean_orphans  failed   2 of 5    2026-11-21 02:00:03  2026-11-22 "
		       "02:00:00  "
		       "no such table: \"pay\\x1bments\"; waits for the window 02:00-04:00\n"
		       "       Payments whose order was deleted by hand.\n"
		       "F0008  roles          applied            2026-11-20 08:09:10               "
		       "        "
		       "3 rows: seeded\n"
		       "\n");
}

static void test_what_does_not_fit_stands_below(void **state)
{
	struct bobolink_script_list list = list_of(&full[1], 1);
	struct written written;

	(void)state;
	/* The line before the detail takes 5 + 5 + 7 + 19 columns and 4 gaps, the detail 14. */
	written_init(&written, 58);
	bl_cli_script_table(&written.output, &list, BL_CLI_ALL_FIXES);
	assert_written(&written, "fix    name   state    when (UTC)\n"
				 "F0008  roles  applied  2026-11-20 08:09:10  3 rows: seeded\n"
				 "\n");
	written_init(&written, 57);
	bl_cli_script_table(&written.output, &list, BL_CLI_ALL_FIXES);
	assert_written(&written, "fix    name   state    when (UTC)\n"
				 "F0008  roles  applied  2026-11-20 08:09:10\n"
				 "       3 rows: seeded\n"
				 "\n");
}

static void test_what_became_of_one_is_a_phrase(void **state)
{
	static const struct {
		struct bobolink_script_item item;
		const char *phrase;
	} cases[] = {
		{ { ITEM(1, "F1", "a", APPLIED), .rows_changed = 1 }, "1 row" },
		{ { ITEM(1, "F1", "a", APPLIED), .rows_changed = 0 }, "" },
		{ { ITEM(1, "F1", "a", APPLIED), .rows_changed = 0, .message = "done" }, "done" },
		{ { ITEM(1, "F1", "a", APPLIED), .rows_changed = 2, .message = "done" },
		  "2 rows: done" },
		{ { ITEM(1, "F1", "a", FAILED), .message = "of old", .error = "new" }, "new" },
		{ { ITEM(1, "F1", "a", PENDING), .waits = "migration 5" },
		  "waits for migration 5" },
		{ { ITEM(1, "F1", "a", PENDING), .waits = "2100-01-01T00:00:00.000Z",
		    .next_at = "2100-01-01T00:00:00.000Z" },
		  "" },
		{ { ITEM(1, "F1", "a", FAILED), .error = "e", .waits = "F0003" },
		  "e; waits for F0003" },
	};
	struct bobolink_script_item last;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct bobolink_script_item item = complete(cases[i].item);
		char text[200];

		bl_cli_script_detail(&item, text, sizeof(text));
		assert_string_equal(text, cases[i].phrase);
	}
	last = complete(cases[7].item);
	/* Cut, and never written past the end. */
	for (size_t size = 1; size < 24; size++) {
		char text[24];

		memset(text, '#', sizeof(text));
		bl_cli_script_detail(&last, text, size);
		assert_true(strlen(text) < size);
		assert_int_equal(strncmp(text, "e; waits for F0003", strlen(text)), 0);
	}
}

static void test_json_has_everything(void **state)
{
	struct bobolink_script_list list = LIST(full);
	struct written written;

	(void)state;
	full[0].error = "no such table";
	written_init(&written, 0);
	bl_cli_fixes_as_json(&written.json, &list);
	assert_written(
		&written,
		"\"fixes\":[{\"label\":\"F0007\",\"number\":\"7\",\"name\":\"clean_orphans\","
		"\"state\":\"failed\",\"file\":\"fixes/"
		"0007_clean_orphans.sql\",\"title\":\"Payments "
		"whose order was deleted by hand.\\n2026-11-20, for 2.3.1\",\"message\":null,"
		"\"error\":\"no such table\",\"rows_changed\":null,"
		"\"executed_at\":\"2026-11-21T02:00:03.678Z\",\"duration_ms\":4,"
		"\"applied_by\":\"shop 1.0\",\"attempts\":2,\"attempts_allowed\":5,"
		"\"next_at\":\"2026-11-22T02:00:00.000Z\",\"waits_for\":\"the window "
		"02:00-04:00\",\"requires\":\"5\",\"when\":\"after\",\"repeat_always\":false,"
		"\"unproven\":true},\n"
		"{\"label\":\"F0008\",\"number\":\"8\",\"name\":\"roles\",\"state\":\"applied\","
		"\"file\":null,\"title\":null,\"message\":\"seeded\",\"error\":null,"
		"\"rows_changed\":3,\"executed_at\":\"2026-11-20T08:09:10.000Z\","
		"\"duration_ms\":null,\"applied_by\":null,\"attempts\":1,"
		"\"attempts_allowed\":null,\"next_at\":null,\"waits_for\":null,\"requires\":null,"
		"\"when\":\"before\",\"repeat_always\":false,\"unproven\":false}]");
}

static void test_json_of_repeatables_has_no_settings_of_fixes(void **state)
{
	struct bobolink_script_item items[] = { { ITEM(-1, "totals", "totals", PENDING) } };
	struct bobolink_script_list list = LIST(items);
	struct written written;

	(void)state;
	written_init(&written, 0);
	bl_json_object(&written.json, NULL);
	bl_cli_fixes_as_json(&written.json, &list);
	bl_cli_repeatables_as_json(&written.json, &list);
	bl_json_object_end(&written.json);
	assert_written(&written,
		       "{\"fixes\":[],\"repeatables\":[{\"name\":\"totals\",\"state\":\"pending\","
		       "\"file\":null,\"title\":null,\"message\":null,\"error\":null,"
		       "\"rows_changed\":null,\"executed_at\":null,\"duration_ms\":null,"
		       "\"applied_by\":null,\"attempts\":0}]}");
}

static void test_what_a_later_run_looks_at(void **state)
{
	static const struct {
		struct bobolink_script_item item;
		bool rests;
		bool waits;
	} cases[] = {
		{ { ITEM(1, "F1", "a", PENDING) }, false, true },
		{ { ITEM(1, "F1", "a", CHANGED) }, false, true },
		{ { ITEM(1, "F1", "a", FAILED), .attempts = 4, .attempts_allowed = 5 },
		  false,
		  true },
		{ { ITEM(1, "F1", "a", FAILED), .attempts = 5, .attempts_allowed = 5 },
		  false,
		  false },
		{ { ITEM(1, "F1", "a", FAILED), .attempts = 500 }, false, true },
		{ { ITEM(1, "F1", "a", CHANGED), .attempts = 5, .attempts_allowed = 5 },
		  false,
		  true },
		{ { ITEM(1, "F1", "a", APPLIED) }, true, false },
		{ { ITEM(1, "F1", "a", APPLIED), .flags = BOBOLINK_SCRIPT_ALWAYS }, true, true },
		{ { ITEM(1, "F1", "a", SKIPPED), .flags = BOBOLINK_SCRIPT_ALWAYS }, true, true },
		{ { ITEM(1, "F1", "a", UNDONE) }, false, false },
		{ { ITEM(1, "F1", "a", MISSING) }, true, false },
		{ { ITEM(-1, "a", "a", UNDONE) }, false, true },
		{ { ITEM(-1, "a", "a", FAILED) }, false, true },
		{ { ITEM(-1, "a", "a", APPLIED) }, true, false },
		{ { ITEM(-1, "a", "a", MISSING) }, true, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (bl_cli_script_rests(&cases[i].item) != cases[i].rests ||
		    bl_cli_script_waits(&cases[i].item) != cases[i].waits)
			fail_msg("case %zu", i);
	}
}

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
	char execute[16];
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
		cmocka_unit_test(test_fixes_stand_by_state_what_needs_somebody_first),
		cmocka_unit_test(test_a_status_shows_what_is_not_done),
		cmocka_unit_test(test_without_scripts_nothing_is_said),
		cmocka_unit_test(test_a_line_has_attempts_times_and_what_became_of_it),
		cmocka_unit_test(test_what_does_not_fit_stands_below),
		cmocka_unit_test(test_what_became_of_one_is_a_phrase),
		cmocka_unit_test(test_json_has_everything),
		cmocka_unit_test(test_json_of_repeatables_has_no_settings_of_fixes),
		cmocka_unit_test(test_what_a_later_run_looks_at),
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
