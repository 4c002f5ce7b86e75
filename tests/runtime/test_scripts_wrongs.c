/*
 * Scripts against what goes wrong around them: words that are no text, migrations that are undone below them, decisions by hand,
 * tables that are not there, names of every kind.
 */
#include <stdio.h>
#include <string.h>

#include <bobolink/operate.h>

#include "fixture.h"
#include "hand_scripts.h"
#include "learned_set.h"
#include "repairs.h"

#define MARK(letter) "INSERT INTO marks VALUES ('" letter "')"
#define ALWAYS	     "SELECT 1 = 1"

static struct hand_set *marking(void)
{
	struct hand_set *set = hand_set_new("shop");

	hand_set_add(set, 1, "marks", 0, "CREATE TABLE marks (x TEXT)", NULL);
	hand_set_down(set, 0, "DROP TABLE marks", NULL);
	return set;
}

static void assert_marks(struct fixture *fixture, const char *expected)
{
	fixture_says(fixture, "SELECT x FROM marks", expected);
}

static void assert_scripts(struct fixture *fixture, const char *expected)
{
	fixture_says(fixture,
		     "SELECT item || ':' || status || ':' || attempts FROM bobolink_history "
		     "WHERE kind <> 'migration' ORDER BY id",
		     expected);
}

/* --- words ----------------------------------------------------------------------------------- */

/* The last letter of "café" in another encoding; an overlong form, half of a pair, and beyond the last character. */
#define NO_TEXT "caf\xe9 \xc0\xaf \xed\xa0\x80 \xf4\x90\x80\x80 caf\xc3\xa9"
#define AS_TEXT "caf? ?? ??? ???? caf\xc3\xa9"

static int speak(struct bobolink_step *step)
{
	bobolink_step_log(step, BOBOLINK_INFO, "%s", NO_TEXT);
	bobolink_step_message(step, NO_TEXT);
	return BOBOLINK_OK;
}

static int fail_with_words(struct bobolink_step *step)
{
	return bobolink_step_fail(step, "%s", NO_TEXT);
}

static void words_that_are_no_text_are_recorded_all_the_same(void **state)
{
	static const struct bobolink_call calls[] = { { "speak", speak },
						      { "fail", fail_with_words } };
	struct fixture *fixture = *state;
	struct hand_set *set = marking();
	struct bobolink_set given;

	for (uint32_t i = 1; i <= 2; i++) {
		hand_fix(set, i, "code", ALWAYS, NULL);
		hand_script(set)->required = 1;
		hand_script_section(set)->call = i;
	}
	hand_fix(set, 3, "next", ALWAYS, MARK("a"), NULL);
	hand_script(set)->required = 1;
	fixture_replace_set(fixture, set);
	given = *hand_set(set, engine()->backend);
	given.calls = calls;
	given.call_count = 2;
	assert_int_equal(bobolink_migrate(&given, fixture->db, &fixture->options, &fixture->error),
			 BOBOLINK_OK);
	assert_scripts(fixture, "1:applied:1,2:failed:1,3:applied:1");
	fixture_says(fixture,
		     "SELECT message FROM bobolink_history WHERE version = 1 AND kind = 'fix'",
		     AS_TEXT);
	fixture_says(fixture, "SELECT detail FROM bobolink_log WHERE event = 'code'", AS_TEXT);
	fixture_says(fixture, "SELECT error_message FROM bobolink_history WHERE status = 'failed'",
		     "migrations/fixes/0002_code.sql: fail(): " AS_TEXT);
}

static void names_are_only_names(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = hand_set_new("sh'op\"; DROP TABLE marks; --");

	hand_set_add(set, 1, "marks", 0, "CREATE TABLE marks (x TEXT)", NULL);
	hand_repeatable(set, "it's \"q\" {now} $1 %s", MARK("r"), NULL);
	fixture->options.environment = "o'br\"ien {s} $2 %n";
	fixture_replace_set(fixture, set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_marks(fixture, "r");
	assert_scripts(fixture, "it's \"q\" {now} $1 %s:applied:1");
}

/* --- what was done, and is not there any more ------------------------------------------------ */

/* Although the row is no live one, and a complete set has only those of open fixes read. */
static void what_was_undone_by_hand_stays_so(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = marking();

	hand_fix(set, 7, "always", ALWAYS, MARK("a"), NULL);
	hand_script(set)->required = 1;
	hand_script(set)->flags = BOBOLINK_SCRIPT_ALWAYS;
	hand_script_undo(set, "DELETE FROM marks");
	fixture_replace_set(fixture, set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_marks(fixture, "a");
	fixture_open(fixture);
	assert_int_equal(bobolink_undo_fix(fixture->session, 7, &fixture->error), BOBOLINK_OK);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_marks(fixture, "");
	assert_scripts(fixture, "7:undone:1");
	assert_int_equal(bobolink_retry_fix(fixture->session, 7, &fixture->error), BOBOLINK_OK);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_marks(fixture, "a,a");
}

/* The table that they mended is made anew; the one that requires nothing of it keeps what it did. */
static void fixes_look_again_when_what_they_require_is_back(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = marking();

	hand_fix(set, 6, "other", ALWAYS, "CREATE TABLE kept (x TEXT)", NULL);
	hand_fix(set, 7, "mark", "SELECT count(*) = 0 FROM marks", MARK("a"), NULL);
	hand_script(set)->required = 1;
	fixture_replace_set(fixture, set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_marks(fixture, "a");
	fixture_open(fixture);
	assert_int_equal(bobolink_rollback(fixture->session, 1, BOBOLINK_FORCE, NULL,
					   &fixture->error),
			 BOBOLINK_OK);
	assert_scripts(fixture, "6:applied:1,7:rolled_back:1");
	assert_int_equal(bobolink_apply(fixture->session, BOBOLINK_HEAD, NULL, &fixture->error),
			 BOBOLINK_OK);
	assert_marks(fixture, "a");
	assert_scripts(fixture, "6:applied:1,7:rolled_back:1,7:applied:1");
}

/* The same when a run takes back what it did, because something later failed. */
static void fixes_look_again_after_a_run_that_was_taken_back(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = marking();

	hand_fix(set, 7, "mark", ALWAYS, MARK("a"), NULL);
	hand_script(set)->required = 1;
	hand_repeatable(set, "broken", "INSERT INTO missing VALUES (1)", NULL);
	fixture_replace_set(fixture, set);
	fixture->options.on_failure = BOBOLINK_ON_FAILURE_ROLLBACK;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	fixture_run(fixture, "CREATE TABLE missing (x INTEGER)");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_marks(fixture, "a");
}

/* Nothing of the migration is there, as somebody says: then nothing is there of what mended it either. */
static void fixes_look_again_after_a_mark(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = marking();

	hand_fix(set, 7, "mark", ALWAYS, MARK("a"), NULL);
	hand_script(set)->required = 1;
	fixture_replace_set(fixture, set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_run(fixture, "DROP TABLE marks");
	fixture_open(fixture);
	assert_int_equal(bobolink_mark(fixture->session, 1, BOBOLINK_MARK_PENDING, &fixture->error),
			 BOBOLINK_OK);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_marks(fixture, "a");
	assert_scripts(fixture, "7:rolled_back:1,7:applied:1");
}

/* Somebody has dropped all that the migration made: its table is made anew, and what mended it went with the old one. */
static void fixes_look_again_after_a_repair(void **state)
{
	static const struct learned_migration migrations[] = {
		{ "marks", { "CREATE TABLE marks (x TEXT)" }, { NULL } },
	};
	struct fixture *fixture = *state;
	struct hand_set *set = learned_set(fixture->directory, "shop", migrations, 1);

	hand_fix(set, 7, "mark", ALWAYS, MARK("a"), NULL);
	hand_script(set)->required = 1;
	fixture_replace_set(fixture, set);
	fixture_open(fixture);
	assert_int_equal(bobolink_boot(fixture->session, &fixture->error), BOBOLINK_OK);
	repairs_after(fixture, "DROP TABLE marks", "reapply 1", BOBOLINK_OK);
	assert_int_equal(bobolink_boot(fixture->session, &fixture->error), BOBOLINK_OK);
	assert_marks(fixture, "a");
	assert_scripts(fixture, "7:rolled_back:1,7:applied:1");
}

/* A fix that clears away what some databases still have is no danger to those that lack it. */
static void nothing_is_lost_of_a_table_that_is_not_there(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = marking();

	hand_fix(set, 7, "legacy", ALWAYS, "DROP TABLE IF EXISTS legacy", NULL);
	hand_script_losses(set, "rows of legacy\tSELECT count(*) FROM legacy\n");
	fixture->options.protect = BOBOLINK_PROTECT_ALWAYS;
	fixture_replace_set(fixture, set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_scripts(fixture, "7:applied:1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(words_that_are_no_text_are_recorded_all_the_same),
		FIXTURE_TEST(names_are_only_names),
		FIXTURE_TEST(what_was_undone_by_hand_stays_so),
		FIXTURE_TEST(fixes_look_again_when_what_they_require_is_back),
		FIXTURE_TEST(fixes_look_again_after_a_run_that_was_taken_back),
		FIXTURE_TEST(fixes_look_again_after_a_mark),
		FIXTURE_TEST(fixes_look_again_after_a_repair),
		FIXTURE_TEST(nothing_is_lost_of_a_table_that_is_not_there),
	};

	return engine_run_group_tests(tests);
}
