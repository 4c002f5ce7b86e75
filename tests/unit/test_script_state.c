/*
 * What becomes of scripts, in tables and without a database: states, times, what they wait for.
 *
 * A case is one fix or repeatable with its row at a moment, and what must come of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "hand_scripts.h"
#include "scripts/state.h"

#define NOON  INT64_C(1767268800) /* 2026-01-01T12:00:00Z */
#define HOUR  INT64_C(3600)
#define NEVER BL_CLOCK_NEVER

struct state_case {
	const char *truth;
	bool repeatable;
	struct bobolink_script settings; /* required is a version, 0 for none */
	int status;			 /* of its row */
	bool edited;			 /* the row is of another text */
	int64_t attempts;
	bool open_only;
	bool end;
	int state; /* expected, from here on */
	bool archived;
	int wait;
	int64_t due;
};

#define NONE	 BL_STATUS_NONE
#define APPLIED	 BL_STATUS_APPLIED
#define SKIPPED	 BL_STATUS_SKIPPED
#define FAILED	 BL_STATUS_FAILED
#define PENDING	 BL_STATUS_PENDING
#define UNDONE	 BL_STATUS_UNDONE
#define IS(name) .state = BOBOLINK_STATE_##name
#define GONE	 .archived = true, .due = NEVER
#define NOW	 .due = NOON
#define FIX(...) .settings = { __VA_ARGS__ }

/* clang-format off */
static const struct state_case cases[] = {
	{"a new fix is due", .status = NONE, IS(PENDING), NOW},
	{"what is done is archived", .status = APPLIED, IS(APPLIED), GONE},
	{"what had nothing to do is archived", .status = SKIPPED, IS(SKIPPED), GONE},
	{"what was undone by hand stays so", .status = UNDONE, IS(UNDONE), GONE},
	{"what failed is due again", .status = FAILED, .attempts = 9, IS(FAILED), NOW},
	{"what waited is due", .status = PENDING, IS(PENDING), NOW},
	{"another text is another fix", .status = APPLIED, .edited = true, IS(PENDING), NOW},
	{"also where it had nothing to do", .status = SKIPPED, .edited = true, IS(PENDING), NOW},
	{"also where it failed", .status = FAILED, .edited = true, IS(PENDING), NOW},
	{"also where it was undone", .status = UNDONE, .edited = true, IS(PENDING), NOW},
	{"the last attempt was made", FIX(.attempts = 3), .status = FAILED, .attempts = 3, IS(FAILED), GONE},
	{"one attempt is left", FIX(.attempts = 3), .status = FAILED, .attempts = 2, IS(FAILED), NOW},
	{"another text has all attempts", FIX(.attempts = 3), .status = FAILED, .attempts = 3, .edited = true, IS(PENDING), NOW},
	{"one that repeats is never archived", FIX(.flags = BOBOLINK_SCRIPT_ALWAYS), .status = APPLIED, IS(APPLIED), NOW},
	{"nor where it had nothing to do", FIX(.flags = BOBOLINK_SCRIPT_ALWAYS), .status = SKIPPED, IS(SKIPPED), NOW},
	{"but where it was undone", FIX(.flags = BOBOLINK_SCRIPT_ALWAYS), .status = UNDONE, IS(UNDONE), GONE},
	{"without a row it is archived where those were not read", .status = NONE, .open_only = true, IS(PENDING), GONE},
	{"so is one that repeats, which was undone", FIX(.flags = BOBOLINK_SCRIPT_ALWAYS), .status = NONE, .open_only = true, IS(PENDING), GONE},
	{"its live row is read", FIX(.flags = BOBOLINK_SCRIPT_ALWAYS), .status = APPLIED, .open_only = true, IS(APPLIED), NOW},
	{"what waits has a row", .status = PENDING, .open_only = true, IS(PENDING), NOW},

	{"it waits for its migration", FIX(.required = 2), .status = NONE, IS(PENDING), .wait = BL_SCRIPT_MIGRATION, NOW},
	{"it has its migration", FIX(.required = 1), .status = NONE, IS(PENDING), NOW},
	{"one that nobody has is waited for", FIX(.required = 9), .status = NONE, IS(PENDING), .wait = BL_SCRIPT_MIGRATION, NOW},
	{"it waits for the end of the chain", FIX(.flags = BOBOLINK_SCRIPT_AFTER), .status = NONE, IS(PENDING), .wait = BL_SCRIPT_CHAIN, NOW},
	{"that has come", FIX(.flags = BOBOLINK_SCRIPT_AFTER), .status = NONE, .end = true, IS(PENDING), NOW},

	{"it waits for its day", FIX(.not_before = NOON + 1), .status = NONE, IS(PENDING), .wait = BL_SCRIPT_DAY, .due = NOON + 1},
	{"that has come, too", FIX(.not_before = NOON), .status = NONE, IS(PENDING), NOW},
	{"its last second", FIX(.not_after = NOON), .status = NONE, IS(PENDING), NOW},
	{"its time is over", FIX(.not_after = NOON - 1), .status = FAILED, IS(FAILED), GONE},
	{"in its window", FIX(.window_from = 720, .window_to = 721), .status = NONE, IS(PENDING), NOW},
	{"before it", FIX(.window_from = 780, .window_to = 840), .status = NONE, IS(PENDING), .wait = BL_SCRIPT_HOUR, .due = NOON + HOUR},
	{"behind it", FIX(.window_from = 660, .window_to = 720), .status = NONE, IS(PENDING), .wait = BL_SCRIPT_HOUR, .due = NOON + 23 * HOUR},
	{"a window across midnight", FIX(.window_from = 1320, .window_to = 120), .status = NONE, IS(PENDING), .wait = BL_SCRIPT_HOUR, .due = NOON + 10 * HOUR},
	{"within one across midnight", FIX(.window_from = 700, .window_to = 60), .status = NONE, IS(PENDING), NOW},
	{"a day that begins outside the window", FIX(.not_before = NOON + 2 * HOUR, .window_from = 780, .window_to = 781), .status = NONE, IS(PENDING), .wait = BL_SCRIPT_DAY, .due = NOON + 25 * HOUR},
	{"a window that opens too late", FIX(.not_after = NOON + HOUR - 1, .window_from = 780, .window_to = 840), .status = NONE, IS(PENDING), .wait = BL_SCRIPT_HOUR, .due = NEVER},
	{"a failed one waits for the window", FIX(.window_from = 780, .window_to = 840), .status = FAILED, IS(FAILED), .wait = BL_SCRIPT_HOUR, .due = NOON + HOUR},
	{"so does one that repeats", FIX(.flags = BOBOLINK_SCRIPT_ALWAYS, .window_from = 780, .window_to = 840), .status = APPLIED, IS(APPLIED), .wait = BL_SCRIPT_HOUR, .due = NOON + HOUR},

	{"a new repeatable runs", true, .status = NONE, IS(PENDING), NOW},
	{"with the same text it does not", true, .status = APPLIED, IS(APPLIED), GONE},
	{"with another one it does", true, .status = APPLIED, .edited = true, IS(CHANGED), NOW},
	{"where only open fixes were read none is left", true, .status = NONE, .open_only = true, IS(APPLIED), GONE},
	{"so does one that failed", true, .status = FAILED, IS(FAILED), NOW},
	{"and one whose migrations were undone", true, .status = UNDONE, IS(PENDING), NOW},
};
/* clang-format on */

/* Of a chain of two the first is applied. */
static void judge(const struct bobolink_scripts *scripts, const struct bl_script_row *rows,
		  bool open_only, bool end, struct bl_script_state *states)
{
	struct bl_plan_item items[] = {
		{ .version = 1, .state = BOBOLINK_STATE_APPLIED },
		{ .version = 2, .state = BOBOLINK_STATE_PENDING },
	};
	const struct bl_plan plan = { .items = items, .count = 2 };
	const struct bl_script_moment moment = {
		.now = NOON,
		.plan = &plan,
		.end = end,
		.open_only = open_only,
	};

	bl_script_states(scripts, rows, &moment, states);
}

static void every_state_is_decided(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct state_case *given = &cases[i];
		struct hand_set *set = hand_set_new("shop");
		struct bl_script_state found;
		struct bl_script_row row = { .status = given->status, .attempts = given->attempts };
		const struct bobolink_scripts *scripts;

		if (given->repeatable)
			hand_repeatable(set, "view", "SELECT 1", NULL);
		else
			hand_fix(set, 1, "mend", "SELECT 1", "SELECT 2", NULL);
		*hand_script(set) = given->settings;
		if (!given->settings.required)
			hand_script(set)->required = -1;
		scripts = hand_scripts(hand_set_scripts(set), NULL);
		row.checksum = given->edited ? "another"
					     : scripts->chunks[0].text + scripts->items[0].checksum;
		judge(scripts, &row, given->open_only, given->end, &found);
		if (found.state != given->state || found.archived != given->archived ||
		    found.wait != given->wait || (!given->repeatable && found.due != given->due))
			fail_msg("%s: state %d, archived %d, wait %d, due %lld", given->truth,
				 (int)found.state, found.archived, (int)found.wait,
				 (long long)found.due - (found.due == NEVER ? 0 : NOON));
		hand_set_free(set);
	}
}

/* F1 waits for its day, F2 for F1, F3 for both: nobody is due before that day. */
static void who_waits_for_others_is_due_with_them(void **state)
{
	struct hand_set *set = hand_set_new("shop");
	struct bl_script_row rows[4] = {
		{ .checksum = "" }, { .checksum = "" }, { .checksum = "" }, { .checksum = "" }
	};
	struct bl_script_state found[4];
	const struct bobolink_scripts *scripts;

	(void)state;
	hand_fix(set, 1, "one", "SELECT 1", "SELECT 2", NULL);
	hand_script(set)->not_before = NOON + HOUR;
	hand_fix(set, 2, "two", "SELECT 1", "SELECT 2", NULL);
	hand_script_after(set, "0");
	hand_fix(set, 3, "three", "SELECT 1", "SELECT 2", NULL);
	hand_script_after(set, "0 1");
	hand_fix(set, 4, "four", "SELECT 1", "SELECT 2", NULL);
	hand_script(set)->not_before = NOON + 3 * HOUR;
	scripts = hand_scripts(hand_set_scripts(set), NULL);
	judge(scripts, rows, false, true, found);
	assert_int_equal(found[1].wait, BL_SCRIPT_OTHER);
	assert_int_equal(found[1].other, 0);
	assert_int_equal(found[1].due, NOON + HOUR);
	assert_int_equal(found[2].other, 0);
	assert_int_equal(found[2].due, NOON + HOUR);
	assert_int_equal(bl_script_next_due(scripts, found), NOON + HOUR);
	/* When the first is done the second may run, and the third waits for that alone. */
	rows[0].status = APPLIED;
	rows[0].checksum = scripts->chunks[0].text + scripts->items[0].checksum;
	judge(scripts, rows, false, true, found);
	assert_int_equal(found[1].wait, BL_SCRIPT_NOTHING);
	assert_int_equal(found[2].wait, BL_SCRIPT_OTHER);
	assert_int_equal(found[2].other, 1);
	assert_int_equal(bl_script_next_due(scripts, found), NOON);
	hand_set_free(set);
}

/* The one before it has had its attempts, and its time is over some day: then it is out of the way. */
static void who_waits_for_one_that_ends_is_due_behind_it(void **state)
{
	struct hand_set *set = hand_set_new("shop");
	struct bl_script_row rows[2] = { { .checksum = "" }, { .checksum = "" } };
	struct bl_script_state found[2];
	const struct bobolink_scripts *scripts;

	(void)state;
	hand_fix(set, 1, "one", "SELECT 1", "SELECT 2", NULL);
	hand_script(set)->not_after = NOON + HOUR - 1;
	hand_script(set)->window_from = 780;
	hand_script(set)->window_to = 781;
	hand_fix(set, 2, "two", "SELECT 1", "SELECT 2", NULL);
	hand_script_after(set, "0");
	scripts = hand_scripts(hand_set_scripts(set), NULL);
	judge(scripts, rows, false, true, found);
	assert_int_equal(found[0].due, NEVER);
	assert_int_equal(found[1].due, NOON + HOUR);
	hand_set_free(set);
}

static void a_circle_ends(void **state)
{
	struct hand_set *set = hand_set_new("shop");
	struct bl_script_row rows[2] = { { .checksum = "" }, { .checksum = "" } };
	struct bl_script_state found[2];
	const struct bobolink_scripts *scripts;

	(void)state;
	hand_fix(set, 1, "one", "SELECT 1", "SELECT 2", NULL);
	hand_script_after(set, "1");
	hand_fix(set, 2, "two", "SELECT 1", "SELECT 2", NULL);
	hand_script_after(set, "0");
	scripts = hand_scripts(hand_set_scripts(set), NULL);
	judge(scripts, rows, false, true, found);
	assert_int_equal(found[0].wait, BL_SCRIPT_OTHER);
	assert_int_equal(bl_script_next_due(scripts, found), NEVER);
	hand_set_free(set);
}

static void windows_are_hours_of_the_day(void **state)
{
	static const struct {
		uint32_t from;
		uint32_t to;
		int hour; /* of the time asked for */
		bool in;
		int wait; /* hours until it opens */
	} windows[] = {
		{ 0, 0, 3, true, 0 },	     { 300, 300, 7, true, 0 },
		{ 0, 1440, 23, true, 0 },    { 120, 240, 2, true, 0 },
		{ 120, 240, 4, false, 22 },  { 120, 240, 0, false, 2 },
		{ 1320, 120, 23, true, 0 },  { 1320, 120, 1, true, 0 },
		{ 1320, 120, 2, false, 20 }, { 1320, 1440, 0, false, 22 },
		{ 1320, 1440, 22, true, 0 }, { 0, 60, 1, false, 23 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(windows) / sizeof(windows[0]); i++) {
		/* Before and after 1970. */
		for (int64_t day = -86400; day <= 86400; day += 86400) {
			int64_t time = day + windows[i].hour * HOUR;

			assert_int_equal(bl_clock_in_window(time, windows[i].from, windows[i].to),
					 windows[i].in);
			assert_int_equal(bl_clock_window(time, windows[i].from, windows[i].to),
					 time + windows[i].wait * HOUR);
		}
	}
}

static void times_are_written_as_the_database_has_them(void **state)
{
	char text[BL_CLOCK_TEXT_SIZE];

	(void)state;
	bl_clock_text(NOON, text);
	assert_string_equal(text, "2026-01-01T12:00:00.000Z");
	bl_clock_text(0, text);
	assert_string_equal(text, "1970-01-01T00:00:00.000Z");
	bl_clock_text(NEVER, text);
	assert_string_equal(text, "");
	bl_clock_text(INT64_C(253402300800), text); /* the year 10000 */
	assert_string_equal(text, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_state_is_decided),
		cmocka_unit_test(who_waits_for_others_is_due_with_them),
		cmocka_unit_test(who_waits_for_one_that_ends_is_due_behind_it),
		cmocka_unit_test(a_circle_ends),
		cmocka_unit_test(windows_are_hours_of_the_day),
		cmocka_unit_test(times_are_written_as_the_database_has_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
