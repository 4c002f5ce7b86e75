/* How fixes and repeatables are shown: lists and sets by hand, no database. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shown.h"

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
		       "       2026-11-20, for 2.3.1\n"
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
