/*
 * Fixes and repeatables as a start runs them: when, in which order, what is written about them, and what a failure does.
 */
#include <stdio.h>
#include <string.h>

#include "fixture.h"
#include "hand_scripts.h"

/* Migration 1 makes `marks`, into which scripts write their letter. */
static struct hand_set *marking(void)
{
	struct hand_set *set = hand_set_new("shop");

	hand_set_add(set, 1, "marks", 0, "CREATE TABLE marks (x TEXT)", NULL);
	return set;
}

#define MARK(letter)	 "INSERT INTO marks VALUES ('" letter "')"
#define UNMARKED(letter) "SELECT count(*) = 0 FROM marks WHERE x = '" letter "'"
/* Asks whether `marks` has no such letter; true where it can be asked at all. */
#define ALWAYS "SELECT 1 = 1"
#define NEVER  "SELECT 1 = 0"

static void assert_scripts(struct fixture *fixture, const char *expected)
{
	fixture_says(fixture,
		     "SELECT item || ':' || status || ':' || attempts FROM bobolink_history "
		     "WHERE kind <> 'migration' ORDER BY id",
		     expected);
}

static void assert_marks(struct fixture *fixture, const char *expected)
{
	fixture_says(fixture, "SELECT x FROM marks", expected);
}

static int64_t logged(struct fixture *fixture, const char *kind, const char *event)
{
	char sql[160];

	(void)snprintf(sql, sizeof(sql),
		       "SELECT count(*) FROM bobolink_log WHERE kind = '%s' AND event = '%s'", kind,
		       event);
	return fixture_number(fixture, sql);
}

static int64_t revision(struct fixture *fixture)
{
	return fixture_number(fixture, "SELECT revision FROM bobolink_head");
}

/* The next start finds nothing to do and writes nothing. */
static void assert_at_rest(struct fixture *fixture)
{
	int64_t before = revision(fixture);

	assert_int_equal(fixture_number(fixture,
					"SELECT count(*) FROM bobolink_head WHERE digest IS "
					"NOT NULL AND next_due IS NULL"),
			 1);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_int_equal(revision(fixture), before);
}

static void a_fix_that_is_wanted_runs_once(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = marking();

	hand_fix(set, 7, "mark", UNMARKED("a"), MARK("a"), MARK("b"), "SELECT 'two letters'", NULL);
	hand_script(set)->required = 1;
	fixture_replace_set(fixture, set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_marks(fixture, "a,b");
	assert_scripts(fixture, "7:applied:1");
	fixture_says(
		fixture,
		"SELECT kind || ' ' || version || ' ' || name || ' ' || rows_changed || ' ' || "
		"message || ' ' || batch FROM bobolink_history WHERE kind = 'fix'",
		"fix 7 mark 2 two letters 0");
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM bobolink_history WHERE kind "
						 "= 'fix' AND up_sql LIKE '%two letters%' AND "
						 "down_sql IS NULL AND duration_ms >= 0"),
			 1);
	fixture_says(fixture, "SELECT item || ' ' || detail FROM bobolink_log WHERE kind = 'fix'",
		     "7 rows: 2, two letters");
	assert_at_rest(fixture);
	assert_marks(fixture, "a,b");
}

static void a_fix_that_is_not_wanted_is_skipped(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = marking();

	hand_fix(set, 1, "null", "SELECT NULL", MARK("a"), NULL);
	hand_script(set)->required = 1;
	hand_fix(set, 2, "second", ALWAYS, MARK("b"), NULL);
	hand_script(set)->required = 1;
	hand_script_guard(set, "SELECT 1 FROM nowhere");
	hand_script_guard(set, NEVER);
	hand_fix(set, 3, "values", "VALUES (0)", MARK("c"), NULL);
	hand_fix(set, 4, "with", "WITH w AS (SELECT 0 AS x) SELECT x FROM w", MARK("d"), NULL);
	fixture_replace_set(fixture, set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_marks(fixture, "");
	assert_scripts(fixture, "3:skipped:1,4:skipped:1,1:skipped:1,2:failed:1");
	assert_int_equal(logged(fixture, "fix", "skipped"), 3);
}

/* Before the migrations, after the one that is required, after the last. */
static void each_fix_runs_at_its_point(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = marking();

	hand_set_add(set, 2, "second", 0, MARK("2"), NULL);
	hand_set_add(set, 3, "third", 0, MARK("3"), NULL);
	hand_fix(set, 1, "last", ALWAYS, MARK("l"), NULL);
	hand_script(set)->flags = BOBOLINK_SCRIPT_AFTER;
	hand_fix(set, 2, "first", ALWAYS, "CREATE TABLE before (x TEXT)", NULL);
	hand_fix(set, 3, "middle", ALWAYS, MARK("m"), NULL);
	hand_script(set)->required = 2;
	hand_fix(set, 4, "behind", ALWAYS, MARK("b"), NULL);
	hand_script_after(set, "0");
	hand_repeatable(set, "view", MARK("r"), NULL);
	fixture_replace_set(fixture, set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_marks(fixture, "2,m,3,r,l,b");
	fixture_says(fixture, "SELECT kind || item FROM bobolink_history ORDER BY id",
		     "fix2,migration1,migration2,fix3,migration3,repeatableview,fix1,fix4");
	/* It is one batch, whatever runs between its migrations. */
	assert_int_equal(fixture_number(fixture, "SELECT max(batch) FROM bobolink_history"), 1);
	assert_at_rest(fixture);
}

static void all_in_one_transaction_leaves_fixes_behind_it(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = marking();

	hand_set_add(set, 2, "second", 0, MARK("2"), NULL);
	hand_fix(set, 1, "middle", ALWAYS, MARK("m"), NULL);
	hand_script(set)->required = 1;
	fixture_replace_set(fixture, set);
	fixture->options.transaction = BOBOLINK_TRANSACTION_ALL;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_marks(fixture, "2,m");
	assert_at_rest(fixture);
}

/* It is rolled back and recorded; the others and the migrations go on, and the next start tries again. */
static void a_fix_that_fails_blocks_nothing(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = marking();

	hand_fix(set, 1, "broken", ALWAYS, MARK("a"), "INSERT INTO missing VALUES (1)", NULL);
	hand_script(set)->required = 1;
	hand_fix(set, 2, "sound", ALWAYS, MARK("b"), NULL);
	hand_script(set)->required = 1;
	hand_fix(set, 3, "behind", ALWAYS, MARK("c"), NULL);
	hand_script_after(set, "0");
	hand_set_add(set, 2, "second", 0, MARK("2"), NULL);
	fixture_replace_set(fixture, set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_marks(fixture, "b,2");
	assert_scripts(fixture, "1:failed:1,2:applied:1,3:pending:0");
	fixture_says(fixture,
		     "SELECT substr(error_message, 1, 36) FROM bobolink_history WHERE status = "
		     "'failed'",
		     "migrations/fixes/0001_broken.sql:2:1");
	assert_int_equal(logged(fixture, "fix", "failed"), 1);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_scripts(fixture, "2:applied:1,3:pending:0,1:failed:2");
	fixture_run(fixture, "CREATE TABLE missing (x INTEGER)");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_marks(fixture, "b,2,a,c");
	assert_scripts(fixture, "2:applied:1,1:applied:3,3:applied:1");
	assert_at_rest(fixture);
}

static void a_fix_can_stop_the_run(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = marking();

	hand_set_add(set, 2, "second", 0, MARK("2"), NULL);
	hand_fix(set, 1, "broken", ALWAYS, "INSERT INTO missing VALUES (1)", NULL);
	hand_script(set)->required = 1;
	fixture_replace_set(fixture, set);
	fixture->options.fixes = BOBOLINK_FIXES_STOP;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	assert_string_equal(fixture->error.file, "migrations/fixes/0001_broken.sql");
	assert_int_equal(fixture->error.line, 1);
	assert_int_equal(fixture->error.version, -1);
	assert_marks(fixture, "");
	assert_scripts(fixture, "1:failed:1");
	fixture->options.fixes = BOBOLINK_FIXES_OFF;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_marks(fixture, "2");
	assert_scripts(fixture, "1:failed:1");
	/* What was left out is looked at when fixes are on again. */
	fixture_run(fixture, "CREATE TABLE missing (x INTEGER)");
	fixture->options.fixes = BOBOLINK_FIXES_GO_ON;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_scripts(fixture, "1:applied:2");
}

static void fixes_that_are_off_are_not_forgotten(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = marking();

	hand_fix(set, 1, "mark", ALWAYS, MARK("a"), NULL);
	hand_script(set)->required = 1;
	fixture_replace_set(fixture, set);
	fixture->options.fixes = BOBOLINK_FIXES_OFF;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_marks(fixture, "");
	fixture->options.fixes = BOBOLINK_FIXES_GO_ON;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_marks(fixture, "a");
	assert_at_rest(fixture);
}

static void nothing_runs_where_a_start_only_looks(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = marking();

	fixture_replace_set(fixture, marking());
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	hand_fix(set, 1, "mark", ALWAYS, MARK("a"), NULL);
	hand_repeatable(set, "view", MARK("r"), NULL);
	fixture_replace_set(fixture, set);
	fixture->options.auto_migrate = BOBOLINK_AUTO_MIGRATE_OFF;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_marks(fixture, "");
	fixture_open(fixture);
	assert_int_equal(bobolink_check(fixture->session, &fixture->error), BOBOLINK_PENDING);
	fixture_told(fixture, BOBOLINK_PENDING,
		     "pending repeatables: 1; apply them with --migrate");
	assert_int_equal(bobolink_apply(fixture->session, BOBOLINK_HEAD, NULL, &fixture->error),
			 BOBOLINK_OK);
	assert_int_equal(bobolink_check(fixture->session, &fixture->error), BOBOLINK_OK);
	assert_marks(fixture, "a,r");
}

static void a_fix_is_no_reason_to_say_pending(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = marking();

	fixture_replace_set(fixture, marking());
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	hand_fix(set, 1, "mark", ALWAYS, MARK("a"), NULL);
	fixture_replace_set(fixture, set);
	fixture_open(fixture);
	assert_int_equal(bobolink_check(fixture->session, &fixture->error), BOBOLINK_OK);
	assert_int_equal(bobolink_wait(fixture->session, 0, &fixture->error), BOBOLINK_OK);
}

static void a_fix_whose_file_was_edited_runs_again(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = marking();

	hand_fix(set, 1, "mark", ALWAYS, MARK("a"), NULL);
	hand_script(set)->required = 1;
	fixture_replace_set(fixture, set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	hand_script_edited(set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_marks(fixture, "a,a");
	assert_scripts(fixture, "1:undone:1,1:applied:1");
	fixture_says(fixture, "SELECT message FROM bobolink_history WHERE status = 'undone'",
		     "replaced by another text of the file");
	assert_at_rest(fixture);
}

static void attempts_count_anew_for_another_text(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = marking();

	hand_fix(set, 1, "broken", ALWAYS, "INSERT INTO missing VALUES (1)", NULL);
	hand_script(set)->required = 1;
	hand_script(set)->attempts = 2;
	fixture_replace_set(fixture, set);
	for (int i = 0; i < 3; i++)
		assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_scripts(fixture, "1:failed:2");
	assert_at_rest(fixture);
	hand_script_edited(set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_scripts(fixture, "1:failed:1");
}

static void a_guard_that_answers_no_truth_is_a_failure(void **state)
{
	static const struct {
		const char *guard;
		const char *words;
	} cases[] = {
		{ "SELECT 'maybe'", "this should-run query answers 'maybe'" },
		{ "SELECT 1 WHERE 1 = 0", "answers no row" },
		{ "SELECT 1 UNION ALL SELECT 1", "answers 2 rows" },
		{ "SELECT 1, 1", "answers 2 columns" },
		{ "SELECT 1 FROM nowhere", "nowhere" },
		{ "DELETE FROM marks", "" },
	};
	struct fixture *fixture = *state;
	char sql[200];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct hand_set *set = marking();

		hand_fix(set, (int64_t)i + 1, "odd", cases[i].guard, MARK("a"), NULL);
		hand_script(set)->required = 1;
		fixture_replace_set(fixture, set);
		assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
		(void)snprintf(
			sql, sizeof(sql),
			"SELECT count(*) FROM bobolink_history WHERE version = %d AND kind = 'fix' "
			"AND status = 'failed' AND error_message LIKE "
			"'migrations/fixes/%04d_odd.sql:1:%%' AND error_message LIKE '%%%s%%'",
			(int)i + 1, (int)i + 1,
			strcmp(cases[i].words, "this should-run query answers 'maybe'") == 0
				? "answers ''maybe''"
				: cases[i].words);
		assert_int_equal(fixture_number(fixture, sql), 1);
	}
	assert_marks(fixture, "");
}

/* A boot with nothing due does not look; one whose time has come does. */
static void a_fix_waits_for_its_time(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = marking();

	hand_fix(set, 1, "later", ALWAYS, MARK("a"), NULL);
	hand_script(set)->not_before = INT64_C(4102444800); /* 2100 */
	fixture_replace_set(fixture, set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_scripts(fixture, "1:pending:0");
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM bobolink_head WHERE digest "
						 "IS NOT NULL AND next_due = "
						 "'2100-01-01T00:00:00.000Z'"),
			 1);
	hand_script(set)->not_before = 1;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_marks(fixture, "");
	fixture_run(fixture, "UPDATE bobolink_head SET next_due = '2001-01-01T00:00:00.000Z'");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_marks(fixture, "a");
	assert_scripts(fixture, "1:applied:1");
	assert_at_rest(fixture);
}

static void a_fix_whose_time_is_over_does_not_run(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = marking();

	hand_fix(set, 1, "over", ALWAYS, MARK("a"), NULL);
	hand_script(set)->not_after = 1;
	hand_fix(set, 2, "behind", ALWAYS, MARK("b"), NULL);
	hand_script(set)->required = 1;
	hand_script_after(set, "0");
	fixture_replace_set(fixture, set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_marks(fixture, "b");
	assert_scripts(fixture, "2:applied:1");
	assert_at_rest(fixture);
}

static void one_that_repeats_always_looks_at_every_start(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = marking();
	int64_t before;

	hand_fix(set, 1, "keep", UNMARKED("a"), MARK("a"), NULL);
	hand_script(set)->required = 1;
	hand_script(set)->flags = BOBOLINK_SCRIPT_ALWAYS;
	hand_fix(set, 2, "behind", ALWAYS, MARK("b"), NULL);
	hand_script_after(set, "0");
	fixture_replace_set(fixture, set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_marks(fixture, "a,b");
	assert_scripts(fixture, "1:applied:1,2:applied:1");
	/* With nothing to do nothing is written. */
	before = revision(fixture);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_int_equal(revision(fixture), before);
	fixture_run(fixture, "DELETE FROM marks");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_marks(fixture, "a");
	assert_scripts(fixture, "2:applied:1,1:applied:1");
	assert_int_equal(logged(fixture, "fix", "applied"), 3);
}

/* A start at which only another fix is due finds it by its row. */
static void one_that_repeats_and_waits_has_a_row(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = marking();

	hand_fix(set, 1, "later", ALWAYS, MARK("l"), NULL);
	hand_script(set)->flags = BOBOLINK_SCRIPT_ALWAYS;
	hand_script(set)->not_before = INT64_C(4102444800); /* 2100 */
	hand_fix(set, 2, "keep", NEVER, MARK("k"), NULL);
	hand_script(set)->flags = BOBOLINK_SCRIPT_ALWAYS;
	fixture_replace_set(fixture, set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_scripts(fixture, "2:skipped:1,1:pending:0");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	/* Its time has come. */
	hand_script(set)[-1].not_before = 0;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_marks(fixture, "l");
	assert_scripts(fixture, "2:skipped:1,1:applied:1");
}

/* One made before there was an index of what waits. */
static void an_older_database_does_without_the_index(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = marking();

	hand_fix(set, 1, "keep", UNMARKED("a"), MARK("a"), NULL);
	hand_script(set)->required = 1;
	hand_script(set)->flags = BOBOLINK_SCRIPT_ALWAYS;
	fixture_replace_set(fixture, set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_run(fixture, "DROP INDEX bobolink_history_waiting; DELETE FROM marks");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_marks(fixture, "a");
	assert_scripts(fixture, "1:applied:1");
}

static void a_repeatable_runs_when_its_text_changes(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = marking();

	hand_repeatable(set, "first", MARK("a"), NULL);
	hand_repeatable(set, "second", MARK("b"), NULL);
	fixture_replace_set(fixture, set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_marks(fixture, "a,b");
	assert_at_rest(fixture);
	hand_script_edited(set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_marks(fixture, "a,b,b");
	assert_scripts(fixture, "first:applied:1,second:undone:1,second:applied:1");
	assert_int_equal(logged(fixture, "repeatable", "applied"), 3);
	assert_at_rest(fixture);
}

/* The next start tries it again without being told to. */
static void a_repeatable_that_fails_stops_the_run(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = marking();

	hand_fix(set, 1, "last", ALWAYS, MARK("l"), NULL);
	hand_script(set)->flags = BOBOLINK_SCRIPT_AFTER;
	hand_repeatable(set, "broken", MARK("a"), "INSERT INTO missing VALUES (1)", NULL);
	hand_repeatable(set, "second", MARK("b"), NULL);
	fixture_replace_set(fixture, set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	assert_string_equal(fixture->error.file, "migrations/R__broken.sql");
	assert_int_equal(fixture->error.line, 2);
	assert_marks(fixture, "");
	assert_scripts(fixture, "broken:failed:1");
	fixture_run(fixture, "CREATE TABLE missing (x INTEGER)");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_marks(fixture, "a,b,l");
	assert_scripts(fixture, "broken:applied:2,second:applied:1,1:applied:1");
	assert_at_rest(fixture);
}

static void a_rollback_makes_repeatables_run_again(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = marking();
	uint32_t undone;

	fixture_replace_set(fixture, marking());
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	hand_set_add(set, 2, "second", 0, MARK("2"), NULL);
	hand_set_down(set, 0, "DELETE FROM marks WHERE x = '2'", NULL);
	hand_repeatable(set, "view", MARK("r"), NULL);
	fixture_replace_set(fixture, set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_open(fixture);
	assert_int_equal(bobolink_rollback(fixture->session, 1, 0, &undone, &fixture->error),
			 BOBOLINK_OK);
	assert_scripts(fixture, "view:undone:1");
	assert_int_equal(bobolink_apply(fixture->session, BOBOLINK_HEAD, NULL, &fixture->error),
			 BOBOLINK_OK);
	assert_marks(fixture, "r,2,r");
	assert_scripts(fixture, "view:undone:1,view:applied:1");
}

static void a_set_of_scripts_alone_works(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = hand_set_new("shop");

	hand_fix(set, 1, "table", ALWAYS, "CREATE TABLE marks (x TEXT)", NULL);
	hand_repeatable(set, "mark", MARK("r"), NULL);
	fixture_replace_set(fixture, set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_marks(fixture, "r");
	assert_at_rest(fixture);
}

/* Only what a run to the head leaves is complete. */
static void a_target_below_the_head_leaves_repeatables_for_later(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = marking();

	hand_set_add(set, 2, "second", 0, MARK("2"), NULL);
	hand_fix(set, 1, "first", ALWAYS, MARK("f"), NULL);
	hand_script(set)->required = 1;
	hand_repeatable(set, "view", MARK("r"), NULL);
	fixture_replace_set(fixture, set);
	fixture_open(fixture);
	assert_int_equal(bobolink_apply(fixture->session, 1, NULL, &fixture->error), BOBOLINK_OK);
	assert_marks(fixture, "f");
	assert_int_equal(bobolink_apply(fixture->session, BOBOLINK_HEAD, NULL, &fixture->error),
			 BOBOLINK_OK);
	assert_marks(fixture, "f,2,r");
	assert_at_rest(fixture);
}

static void data_is_protected_from_fixes(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = marking();

	hand_set_add(set, 2, "second", 0, MARK("2"), NULL);
	hand_fix(set, 7, "empty", ALWAYS, "DELETE FROM marks", NULL);
	hand_script(set)->required = 2;
	hand_script_losses(set, "rows of marks\tSELECT count(*) FROM marks\n");
	fixture_replace_set(fixture, set);
	fixture->options.protect = BOBOLINK_PROTECT_ALWAYS;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_marks(fixture, "2");
	assert_scripts(fixture, "7:failed:1");
	assert_int_equal(fixture_number(fixture,
					"SELECT count(*) FROM bobolink_history WHERE error_message "
					"LIKE '%fix F0007 would destroy rows of marks (1 row)%'"),
			 1);
	fixture->options.protect = BOBOLINK_PROTECT_FORCED;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_marks(fixture, "");
	assert_int_equal(logged(fixture, "fix", "forced"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(a_fix_that_is_wanted_runs_once),
		FIXTURE_TEST(a_fix_that_is_not_wanted_is_skipped),
		FIXTURE_TEST(each_fix_runs_at_its_point),
		FIXTURE_TEST(all_in_one_transaction_leaves_fixes_behind_it),
		FIXTURE_TEST(a_fix_that_fails_blocks_nothing),
		FIXTURE_TEST(a_fix_can_stop_the_run),
		FIXTURE_TEST(fixes_that_are_off_are_not_forgotten),
		FIXTURE_TEST(nothing_runs_where_a_start_only_looks),
		FIXTURE_TEST(a_fix_is_no_reason_to_say_pending),
		FIXTURE_TEST(a_fix_whose_file_was_edited_runs_again),
		FIXTURE_TEST(attempts_count_anew_for_another_text),
		FIXTURE_TEST(a_guard_that_answers_no_truth_is_a_failure),
		FIXTURE_TEST(a_fix_waits_for_its_time),
		FIXTURE_TEST(a_fix_whose_time_is_over_does_not_run),
		FIXTURE_TEST(one_that_repeats_always_looks_at_every_start),
		FIXTURE_TEST(one_that_repeats_and_waits_has_a_row),
		FIXTURE_TEST(an_older_database_does_without_the_index),
		FIXTURE_TEST(a_repeatable_runs_when_its_text_changes),
		FIXTURE_TEST(a_repeatable_that_fails_stops_the_run),
		FIXTURE_TEST(a_rollback_makes_repeatables_run_again),
		FIXTURE_TEST(a_set_of_scripts_alone_works),
		FIXTURE_TEST(a_target_below_the_head_leaves_repeatables_for_later),
		FIXTURE_TEST(data_is_protected_from_fixes),
	};

	return engine_run_group_tests(tests);
}
