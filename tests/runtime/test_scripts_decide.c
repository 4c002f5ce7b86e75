/*
 * What people see of scripts and decide about them: the list, running a fix by hand, undoing it. And fixes written in C.
 */
#include <stdio.h>
#include <string.h>

#include "fixture.h"
#include "hand_scripts.h"

#define MARK(letter) "INSERT INTO marks VALUES ('" letter "')"
#define ALWAYS	     "SELECT 1 = 1"

static struct hand_set *marking(void)
{
	struct hand_set *set = hand_set_new("shop");

	hand_set_add(set, 1, "marks", 0, "CREATE TABLE marks (x TEXT)", NULL);
	return set;
}

static void assert_marks(struct fixture *fixture, const char *expected)
{
	fixture_says(fixture, "SELECT x FROM marks", expected);
}

static void assert_status(struct fixture *fixture, const char *expected)
{
	fixture_says(fixture,
		     "SELECT item || ':' || status FROM bobolink_history WHERE kind <> 'migration' "
		     "ORDER BY id",
		     expected);
}

static struct bobolink_script_list *list(struct fixture *fixture)
{
	struct bobolink_script_list *made = NULL;

	assert_int_equal(bobolink_script_list(fixture->session, &made, &fixture->error),
			 BOBOLINK_OK);
	return made;
}

/* The head is complete: a start is one query, and writes nothing, unless something is due. */
static void assert_complete(struct fixture *fixture)
{
	assert_int_equal(fixture_number(fixture,
					"SELECT count(*) FROM bobolink_head WHERE digest IS "
					"NOT NULL"),
			 1);
}

static void the_list_tells_what_became_of_each(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = marking();
	struct bobolink_script_list *made;

	hand_set_add(set, 2, "second", 0, MARK("2"), NULL);
	hand_fix(set, 3, "done", ALWAYS, MARK("a"), "SELECT 'one letter'", NULL);
	hand_script(set)->required = 1;
	hand_script_title(set, "Letters that got lost.\n2026-11-20");
	hand_fix(set, 4, "broken", ALWAYS, "INSERT INTO missing VALUES (1)", NULL);
	hand_script(set)->required = 1;
	hand_script(set)->attempts = 5;
	hand_fix(set, 5, "behind", ALWAYS, MARK("b"), NULL);
	hand_script_after(set, "0 1");
	hand_fix(set, 6, "later", ALWAYS, MARK("c"), NULL);
	hand_script(set)->not_before = INT64_C(4102444800); /* 2100 */
	hand_fix(set, 7, "skipped", "SELECT 1 = 0", MARK("d"), NULL);
	hand_repeatable(set, "view", MARK("r"), NULL);
	fixture_replace_set(fixture, set);
	fixture_open(fixture);
	/* Before the first run: there is not even a table. */
	made = list(fixture);
	assert_int_equal(made->count, 6);
	assert_int_equal(made->pending, 5);
	assert_int_equal(made->failed, 0);
	assert_string_equal(made->items[0].waits, "migration 1");
	assert_int_equal(made->items[0].state, BOBOLINK_STATE_PENDING);
	bobolink_script_list_free(made);
	assert_int_equal(bobolink_apply(fixture->session, BOBOLINK_HEAD, NULL, &fixture->error),
			 BOBOLINK_OK);
	made = list(fixture);
	assert_int_equal(made->count, 6);
	assert_int_equal(made->pending, 2);
	assert_int_equal(made->failed, 1);
	assert_int_equal(made->items[0].number, 3);
	assert_int_equal(made->items[0].required, 1);
	assert_int_equal(made->items[0].state, BOBOLINK_STATE_APPLIED);
	assert_int_equal(made->items[0].rows_changed, 1);
	assert_int_equal(made->items[0].attempts, 1);
	assert_true(made->items[0].duration_ms >= 0);
	assert_string_equal(made->items[0].label, "F0003");
	assert_string_equal(made->items[0].name, "done");
	assert_string_equal(made->items[0].file, "migrations/fixes/0003_done.sql");
	assert_string_equal(made->items[0].title, "Letters that got lost.\n2026-11-20");
	assert_string_equal(made->items[0].message, "one letter");
	assert_string_equal(made->items[0].waits, "");
	assert_int_equal(strlen(made->items[0].executed_at), 24);
	assert_string_equal(made->items[0].applied_by, "shop");
	assert_int_equal(made->items[1].state, BOBOLINK_STATE_FAILED);
	assert_int_equal(made->items[1].attempts_allowed, 5);
	assert_non_null(strstr(made->items[1].error, "missing"));
	assert_string_equal(made->items[2].waits, "F0004");
	assert_string_equal(made->items[3].next_at, "2100-01-01T00:00:00.000Z");
	assert_string_equal(made->items[3].waits, "2100-01-01T00:00:00.000Z");
	assert_int_equal(made->items[4].state, BOBOLINK_STATE_SKIPPED);
	assert_int_equal(made->items[5].state, BOBOLINK_STATE_APPLIED);
	assert_int_equal(made->items[5].number, -1);
	assert_string_equal(made->items[5].label, "view");
	bobolink_script_list_free(made);
	/* Once more: what is archived is listed, too. */
	assert_int_equal(bobolink_boot(fixture->session, &fixture->error), BOBOLINK_OK);
	made = list(fixture);
	assert_int_equal(made->items[0].state, BOBOLINK_STATE_APPLIED);
	assert_int_equal(made->items[1].attempts, 2);
	bobolink_script_list_free(made);
}

static void scripts_of_another_program_are_listed_last(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = marking();
	struct bobolink_script_list *made;

	hand_fix(set, 8, "gone", ALWAYS, MARK("a"), NULL);
	hand_script(set)->required = 1;
	hand_repeatable(set, "gone", MARK("r"), NULL);
	fixture_replace_set(fixture, set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	set = marking();
	hand_fix(set, 9, "kept", ALWAYS, MARK("b"), NULL);
	fixture_replace_set(fixture, set);
	fixture_open(fixture);
	made = list(fixture);
	assert_int_equal(made->count, 3);
	assert_int_equal(made->items[0].number, 9);
	assert_int_equal(made->items[1].number, 8);
	assert_int_equal(made->items[1].state, BOBOLINK_STATE_MISSING);
	assert_string_equal(made->items[1].name, "gone");
	assert_int_equal(made->items[2].number, -1);
	assert_string_equal(made->items[2].label, "gone");
	bobolink_script_list_free(made);
	/* A set without scripts lists none. */
	fixture_replace_set(fixture, marking());
	fixture_open(fixture);
	made = list(fixture);
	assert_int_equal(made->count, 0);
	bobolink_script_list_free(made);
}

static void one_whose_time_is_over_says_so(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = marking();
	struct bobolink_script_list *made;

	hand_fix(set, 7, "over", "SELECT count(*) < 5 FROM marks", MARK("a"), NULL);
	hand_script(set)->not_after = 1;
	fixture_replace_set(fixture, set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_open(fixture);
	made = list(fixture);
	assert_int_equal(made->items[0].state, BOBOLINK_STATE_PENDING);
	assert_string_equal(made->items[0].waits,
			    "--migrate-retry=F0007: its time ended 1970-01-01T00:00:01.000Z");
	bobolink_script_list_free(made);
}

static void a_fix_is_tried_again_by_hand(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = marking();

	hand_fix(set, 7, "broken", "SELECT count(*) < 5 FROM marks", MARK("a"),
		 "INSERT INTO missing VALUES (1)", NULL);
	hand_script(set)->required = 1;
	hand_script(set)->attempts = 1;
	hand_script(set)->not_after = INT64_C(4102444800);
	fixture_replace_set(fixture, set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_open(fixture);
	assert_int_equal(bobolink_retry_fix(fixture->session, 7, &fixture->error),
			 BOBOLINK_SQL_ERROR);
	assert_string_equal(fixture->error.file, "migrations/fixes/0007_broken.sql");
	fixture_says(fixture, "SELECT attempts FROM bobolink_history WHERE kind = 'fix'", "2");
	assert_complete(fixture);
	fixture_run(fixture, "CREATE TABLE missing (x INTEGER)");
	assert_int_equal(bobolink_retry_fix(fixture->session, 7, &fixture->error), BOBOLINK_OK);
	assert_marks(fixture, "a");
	assert_status(fixture, "7:applied");
	/* Whatever became of it: but it looks before it acts. */
	assert_int_equal(bobolink_retry_fix(fixture->session, 7, &fixture->error), BOBOLINK_OK);
	assert_marks(fixture, "a,a");
	assert_status(fixture, "7:applied");
	fixture_run(fixture, MARK("b"));
	fixture_run(fixture, MARK("b"));
	fixture_run(fixture, MARK("b"));
	assert_int_equal(bobolink_retry_fix(fixture->session, 7, &fixture->error), BOBOLINK_OK);
	assert_marks(fixture, "a,a,b,b,b");
	assert_status(fixture, "7:applied");
	assert_complete(fixture);
	assert_int_equal(bobolink_retry_fix(fixture->session, 8, &fixture->error), BOBOLINK_USAGE);
	fixture_told(fixture, BOBOLINK_USAGE, "this program has no fix F8");
}

static void what_it_requires_must_be_there(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = marking();

	hand_set_add(set, 2, "second", 0, MARK("2"), NULL);
	hand_fix(set, 7, "mark", ALWAYS, MARK("a"), NULL);
	hand_script(set)->required = 2;
	fixture_replace_set(fixture, set);
	fixture_open(fixture);
	assert_int_equal(bobolink_apply(fixture->session, 1, NULL, &fixture->error), BOBOLINK_OK);
	assert_int_equal(bobolink_retry_fix(fixture->session, 7, &fixture->error),
			 BOBOLINK_PENDING);
	fixture_told(fixture, BOBOLINK_PENDING,
		     "fix F0007 requires migration 2, which is not applied");
	assert_marks(fixture, "");
}

static void a_fix_is_undone_by_hand(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = marking();

	hand_fix(set, 7, "mark", ALWAYS, MARK("a"), NULL);
	hand_script(set)->required = 1;
	hand_script_undo(set, "DELETE FROM marks");
	fixture_replace_set(fixture, set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_open(fixture);
	assert_int_equal(bobolink_undo_fix(fixture->session, 7, &fixture->error), BOBOLINK_OK);
	assert_marks(fixture, "");
	assert_status(fixture, "7:undone");
	fixture_says(fixture,
		     "SELECT event || ' ' || detail FROM bobolink_log WHERE kind = 'fix' ORDER BY "
		     "id",
		     "applied rows: 1,rolled_back undone by hand, rows: 1");
	assert_complete(fixture);
	/* It stays so until somebody says otherwise. */
	assert_int_equal(bobolink_boot(fixture->session, &fixture->error), BOBOLINK_OK);
	assert_int_equal(bobolink_undo_fix(fixture->session, 7, &fixture->error), BOBOLINK_USAGE);
	fixture_told(fixture, BOBOLINK_USAGE, "fix F0007 is not applied");
	assert_marks(fixture, "");
	assert_int_equal(bobolink_retry_fix(fixture->session, 7, &fixture->error), BOBOLINK_OK);
	assert_status(fixture, "7:undone,7:applied");
	/* Or until its file has another text. */
	assert_int_equal(bobolink_undo_fix(fixture->session, 7, &fixture->error), BOBOLINK_OK);
	bobolink_close(fixture->session);
	fixture->session = NULL;
	hand_script_edited(set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_marks(fixture, "a");
	assert_status(fixture, "7:undone,7:undone,7:applied");
}

static void an_undo_that_cannot_be_is_refused(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = marking();
	struct bobolink_script_list *made;

	hand_fix(set, 7, "none", ALWAYS, MARK("a"), NULL);
	hand_script(set)->required = 1;
	hand_fix(set, 8, "broken", ALWAYS, MARK("b"), NULL);
	hand_script(set)->required = 1;
	hand_script_undo(set, "DELETE FROM missing");
	fixture_replace_set(fixture, set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_open(fixture);
	assert_int_equal(bobolink_undo_fix(fixture->session, 7, &fixture->error),
			 BOBOLINK_IRREVERSIBLE);
	fixture_told(fixture, BOBOLINK_IRREVERSIBLE, "fix F0007 has no undo section");
	assert_int_equal(bobolink_undo_fix(fixture->session, 8, &fixture->error),
			 BOBOLINK_SQL_ERROR);
	assert_string_equal(fixture->error.file, "migrations/fixes/0008_broken.sql");
	assert_status(fixture, "7:applied,8:applied");
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM bobolink_log WHERE event = "
						 "'failed' AND item = '8'"),
			 1);
	bobolink_close(fixture->session);
	fixture->session = NULL;
	hand_script_edited(set);
	fixture_open(fixture);
	assert_int_equal(bobolink_undo_fix(fixture->session, 8, &fixture->error), BOBOLINK_USAGE);
	fixture_told(fixture, BOBOLINK_USAGE, "another text of its file");
	/* Until it has run, it is listed as what it is: one that the next start looks at. */
	made = list(fixture);
	assert_int_equal(made->items[1].state, BOBOLINK_STATE_PENDING);
	assert_string_equal(made->items[1].message, "its text has changed");
	assert_int_equal(made->pending, 1);
	bobolink_script_list_free(made);
}

/* What a function of the application does as a fix. */
static int insert_two(struct bobolink_step *step)
{
	engine()->run(bobolink_step_connection(step), MARK("c"));
	engine()->run(bobolink_step_connection(step), MARK("c"));
	assert_int_equal(bobolink_step_version(step), 7);
	assert_string_equal(bobolink_step_name(step), "code");
	assert_false(bobolink_step_is_down(step));
	bobolink_step_log(step, BOBOLINK_INFO, "two of %d", 2);
	bobolink_step_changed(step, 2);
	bobolink_step_message(step, "inserted");
	return BOBOLINK_OK;
}

static int refuse(struct bobolink_step *step)
{
	engine()->run(bobolink_step_connection(step), MARK("d"));
	return bobolink_step_fail(step, "not today");
}

static void a_fix_may_be_a_function(void **state)
{
	static const struct bobolink_call calls[] = { { "insert_two", insert_two },
						      { "refuse", refuse } };
	struct fixture *fixture = *state;
	struct hand_set *set = marking();
	struct bobolink_set given;

	hand_fix(set, 7, "code", ALWAYS, NULL);
	hand_script(set)->required = 1;
	hand_script_section(set)->call = 1;
	hand_fix(set, 8, "refused", ALWAYS, NULL);
	hand_script(set)->required = 1;
	hand_script_section(set)->call = 2;
	fixture_replace_set(fixture, set);
	given = *hand_set(set, engine()->backend);
	given.calls = calls;
	given.call_count = 2;
	assert_int_equal(bobolink_migrate(&given, fixture->db, &fixture->options, &fixture->error),
			 BOBOLINK_OK);
	assert_marks(fixture, "c,c");
	assert_status(fixture, "7:applied,8:failed");
	fixture_says(
		fixture,
		"SELECT rows_changed || ' ' || message FROM bobolink_history WHERE version = 7",
		"2 inserted");
	assert_int_equal(fixture_number(fixture,
					"SELECT count(*) FROM bobolink_history WHERE "
					"version = 8 AND error_message LIKE "
					"'migrations/fixes/0008_refused.sql: refuse(): not "
					"today%'"),
			 1);
	fixture_says(fixture,
		     "SELECT kind || item || detail FROM bobolink_log WHERE event = 'code'",
		     "fix7two of 2");
}

/* The rows of bobolink_log name scripts as people do. */
static void the_log_knows_their_names(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = marking();
	struct bobolink_log *log;

	hand_fix(set, 7, "mark", ALWAYS, MARK("a"), NULL);
	hand_script(set)->required = 1;
	hand_repeatable(set, "view", MARK("r"), NULL);
	fixture_replace_set(fixture, set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_open(fixture);
	assert_int_equal(bobolink_log(fixture->session, 1, &log, &fixture->error), BOBOLINK_OK);
	assert_string_equal(log->items[log->count - 2].kind, "fix");
	assert_string_equal(log->items[log->count - 2].item, "F0007");
	assert_string_equal(log->items[log->count - 2].name, "mark");
	assert_int_equal(log->items[log->count - 2].version, -1);
	assert_string_equal(log->items[log->count - 1].kind, "repeatable");
	assert_string_equal(log->items[log->count - 1].item, "view");
	bobolink_log_free(log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(the_list_tells_what_became_of_each),
		FIXTURE_TEST(scripts_of_another_program_are_listed_last),
		FIXTURE_TEST(one_whose_time_is_over_says_so),
		FIXTURE_TEST(a_fix_is_tried_again_by_hand),
		FIXTURE_TEST(what_it_requires_must_be_there),
		FIXTURE_TEST(a_fix_is_undone_by_hand),
		FIXTURE_TEST(an_undo_that_cannot_be_is_refused),
		FIXTURE_TEST(a_fix_may_be_a_function),
		FIXTURE_TEST(the_log_knows_their_names),
	};

	return engine_run_group_tests(tests);
}
