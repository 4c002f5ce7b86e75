/*
 * Scripts among everything else that a start does: other sets, databases that cannot be written, locks, backups, migrations
 * that are taken back, and what the log callback is told.
 */
#include <stdio.h>
#include <string.h>

#include "hand_scripts.h"
#include "pair.h"

#define MARK(letter) "INSERT INTO marks VALUES ('" letter "')"
#define ALWAYS	     "SELECT 1 = 1"
#define BROKEN	     "INSERT INTO missing VALUES (1)"

static struct hand_set *marking(void)
{
	struct hand_set *set = hand_set_new("shop");

	hand_set_add(set, 1, "marks", 0, "CREATE TABLE marks (x TEXT)", NULL);
	hand_set_down(set, 0, "DROP TABLE marks", NULL);
	return set;
}

/* A unique index over marks that hold one twice; `mends`: with the fix that removes it. */
static struct hand_set *uniting(bool mends)
{
	struct hand_set *set = marking();

	hand_set_add(set, 2, "unique", 0, "CREATE UNIQUE INDEX marks_once ON marks (x)", NULL);
	if (mends) {
		hand_fix(set, 1, "twice",
			 "SELECT EXISTS (SELECT 1 FROM marks GROUP BY x HAVING count(*) > 1)",
			 "DELETE FROM marks", NULL);
		hand_script(set)->required = 1;
	}
	return set;
}

static void a_refused_migration_is_tried_again_behind_a_fix(void **state)
{
	struct fixture *fixture = *state;

	fixture_replace_set(fixture, marking());
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	engine()->run(fixture->db, MARK("a"));
	engine()->run(fixture->db, MARK("a"));
	fixture_replace_set(fixture, uniting(false));
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_HELD);
	/* A fix that finds nothing to do mends nothing. */
	fixture_replace_set(fixture, uniting(true));
	hand_script(fixture->set)->not_before = INT64_C(4000000000);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_HELD);
	fixture_replace_set(fixture, uniting(true));
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_says(fixture, "SELECT attempts FROM bobolink_history WHERE version = 2", "2");
	fixture_says(fixture, "SELECT count(*) FROM bobolink_history WHERE status = 'applied'",
		     "3");
}

/* a/3 waits for b/2, and that for a/1; each set has scripts. */
static void add_turns(struct pair *pair)
{
	pair_add_turns(pair);
	hand_fix(pair->a, 1, "broken", ALWAYS, BROKEN, NULL);
	hand_script(pair->a)->required = 1;
	hand_fix(pair->a, 2, "early", ALWAYS, "INSERT INTO marks VALUES ('a1')", NULL);
	hand_script(pair->a)->required = 1;
	hand_fix(pair->a, 3, "late", ALWAYS, "INSERT INTO marks VALUES ('a3')", NULL);
	hand_script(pair->a)->required = 3;
	hand_repeatable(pair->a, "view", "INSERT INTO marks VALUES ('ar')", NULL);
	hand_fix(pair->b, 1, "mend", ALWAYS, "INSERT INTO marks VALUES ('b2')", NULL);
	hand_script(pair->b)->required = 2;
	hand_repeatable(pair->b, "view", "INSERT INTO marks VALUES ('br')", NULL);
	engine()->run(pair->fixture->db, "CREATE TABLE marks (x TEXT)");
}

static void check_turns(struct pair *pair)
{
	assert_int_equal(pair_migrate(pair), BOBOLINK_OK);
	pair_says(pair->db, "SELECT x FROM marks", "a1,b2,br,a3,ar");
	/* One that failed in the first part of a run has had its turn. */
	pair_says(pair->db, "SELECT attempts FROM bobolink_history WHERE status = 'failed'", "1");
	pair_says(pair->db, "SELECT count(*) FROM bobolink_head WHERE digest IS NOT NULL", "2");
	/* Another start is another run. */
	assert_int_equal(pair_migrate(pair), BOBOLINK_OK);
	pair_says(pair->db, "SELECT attempts FROM bobolink_history WHERE status = 'failed'", "2");
	pair_says(pair->db, "SELECT x FROM marks", "a1,b2,br,a3,ar");
}

static void scripts_run_at_the_turns_of_their_sets(void **state)
{
	struct pair *pair = pair_begin(state);

	pair_in_one_database(pair);
	add_turns(pair);
	check_turns(pair);
	pair_end(pair);
}

static void also_over_one_connection(void **state)
{
	struct pair *pair = pair_begin(state);

	pair->db = pair->fixture->db;
	add_turns(pair);
	check_turns(pair);
	pair_end(pair);
}

/* What the callback was told: "event:name " for each. */
static char told[2048];

static void tell(void *context, const struct bobolink_event *event)
{
	(void)context;
	if (event->kind == BOBOLINK_EVENT_BOOT || event->kind == BOBOLINK_EVENT_BEGIN)
		return;
	(void)snprintf(told + strlen(told), sizeof(told) - strlen(told), "%s:%s:%d:%d ",
		       bobolink_event_name(event->kind), event->name, event->level,
		       (int)event->version);
}

static void the_callback_is_told_of_each(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = marking();

	hand_fix(set, 7, "mark", ALWAYS, MARK("a"), NULL);
	hand_script(set)->required = 1;
	hand_fix(set, 8, "broken", ALWAYS, BROKEN, NULL);
	hand_script(set)->required = 1;
	hand_fix(set, 9, "none", "SELECT 1 = 0", MARK("a"), NULL);
	hand_script(set)->required = 1;
	hand_repeatable(set, "view", MARK("r"), NULL);
	fixture_replace_set(fixture, set);
	fixture->options.log = tell;
	told[0] = '\0';
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_string_equal(told, "applied:marks:1:1 applied:F0007_mark:1:-1 "
				  "failed:F0008_broken:2:-1 skipped:F0009_none:1:-1 "
				  "applied:R__view:1:-1 ");
}

/* Each engine has a way to forbid a connection to write. */
static void forbid_writing(struct fixture *fixture, bool forbidden)
{
	bool postgres = engine()->backend()->dialect == BOBOLINK_DIALECT_POSTGRES;
	char sql[80];

	(void)snprintf(sql, sizeof(sql),
		       postgres ? "SET default_transaction_read_only = %s"
				: "PRAGMA query_only = %s",
		       forbidden ? "on" : "off");
	fixture_run(fixture, sql);
}

static char warning[1024];

static void keep_warning(void *context, const struct bobolink_event *event)
{
	(void)context;
	if (event->level == BOBOLINK_WARNING)
		(void)snprintf(warning, sizeof(warning), "%s", event->detail);
}

static void fixes_wait_where_nothing_can_be_written(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = marking();

	fixture_replace_set(fixture, marking());
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	hand_fix(set, 1, "mark", ALWAYS, MARK("a"), NULL);
	hand_fix(set, 2, "later", ALWAYS, MARK("b"), NULL);
	hand_script(set)->not_before = INT64_C(4102444800);
	fixture_replace_set(fixture, set);
	forbid_writing(fixture, true);
	fixture->options.log = keep_warning;
	warning[0] = '\0';
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_non_null(strstr(warning, "fixes wait until the database can be written: "));
	forbid_writing(fixture, false);
	fixture_says(fixture, "SELECT x FROM marks", "");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_says(fixture, "SELECT x FROM marks", "a");
	/* A fix that is due again where only that is looked at. */
	fixture_run(fixture, "UPDATE bobolink_head SET next_due = '2001-01-01T00:00:00.000Z'");
	forbid_writing(fixture, true);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	forbid_writing(fixture, false);
}

/* A program that is held up is not a reason to say that a fix failed. */
static void who_holds_the_lock_leaves_no_trace_of_a_fix(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = marking();
	void *other;

	fixture_replace_set(fixture, marking());
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	hand_fix(set, 1, "mark", ALWAYS, MARK("a"), NULL);
	fixture_replace_set(fixture, set);
	other = engine()->open(fixture->url);
	assert_true(engine()->lock(other));
	fixture->options.lock_timeout_ms = 100;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_LOCKED);
	engine()->close(other);
	fixture_says(fixture, "SELECT count(*) FROM bobolink_history WHERE kind = 'fix'", "0");
	fixture->options.lock_timeout_ms = 0;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_says(fixture, "SELECT x FROM marks", "a");
}

static void migrations_of_the_run_go_back_with_a_repeatable(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = marking();

	hand_repeatable(set, "sound", MARK("a"), NULL);
	hand_repeatable(set, "broken", BROKEN, NULL);
	fixture_replace_set(fixture, set);
	fixture->options.on_failure = BOBOLINK_ON_FAILURE_ROLLBACK;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	assert_int_equal(engine_tables(fixture->db, "marks"), 0);
	fixture_says(fixture, "SELECT kind || ' ' || status FROM bobolink_history ORDER BY id",
		     "migration undone,repeatable undone,repeatable undone");
	fixture->options.on_failure = BOBOLINK_ON_FAILURE_STOP;
	fixture_run(fixture, "CREATE TABLE missing (x INTEGER)");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_says(fixture, "SELECT x FROM marks", "a");
}

/* Only a fix that acts is a reason; migrations of the same run need no second one. */
static void a_backup_is_made_before_the_first_script_that_acts(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set;
	char directory[300];

	/* Another engine needs its dump program. */
	if (strcmp(engine()->name, "sqlite") != 0)
		skip();
	set = marking();
	fixture_replace_set(fixture, marking());
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	(void)snprintf(directory, sizeof(directory), "%s/backups", fixture->directory);
	fixture->options.backup = BOBOLINK_BACKUP_ALWAYS;
	fixture->options.backup_directory = directory;
	hand_fix(set, 1, "none", "SELECT 1 = 0", MARK("x"), NULL);
	fixture_replace_set(fixture, set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_says(fixture, "SELECT count(*) FROM bobolink_log WHERE event = 'backup'", "0");
	hand_fix(set, 2, "mark", ALWAYS, MARK("a"), NULL);
	hand_fix(set, 3, "second", ALWAYS, MARK("b"), NULL);
	hand_repeatable(set, "view", MARK("r"), NULL);
	hand_set_add(set, 2, "next", 0, MARK("2"), NULL);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_says(fixture, "SELECT count(*) FROM bobolink_log WHERE event = 'backup'", "1");
	fixture_says(fixture, "SELECT x FROM marks", "a,b,2,r");
	/* Where only what can lose rows is a reason, this one is none. */
	fixture->options.backup = BOBOLINK_BACKUP_DESTRUCTIVE;
	hand_script_edited(set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_says(fixture, "SELECT count(*) FROM bobolink_log WHERE event = 'backup'", "1");
	scratch_remove(directory);
}

/* Another program runs a fix between the look and the lock. */
static struct fixture *meddled;

static void run_first(void *context, const struct bobolink_event *event)
{
	struct bobolink_error error;
	void *other;

	(void)context;
	if (event->kind != BOBOLINK_EVENT_BACKUP || !meddled)
		return;
	other = engine()->open(meddled->url);
	meddled->options.log = NULL;
	meddled->options.backup = BOBOLINK_BACKUP_NEVER;
	assert_int_equal(bobolink_migrate(hand_set(meddled->set, engine()->backend), other,
					  &meddled->options, &error),
			 BOBOLINK_OK);
	engine()->close(other);
	meddled = NULL;
}

static void a_program_that_is_faster_is_seen_under_the_lock(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set;
	char directory[300];

	if (strcmp(engine()->name, "sqlite") != 0)
		skip();
	set = marking();
	fixture_replace_set(fixture, marking());
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	hand_fix(set, 1, "mark", ALWAYS, MARK("a"), NULL);
	fixture_replace_set(fixture, set);
	(void)snprintf(directory, sizeof(directory), "%s/backups", fixture->directory);
	fixture->options.backup = BOBOLINK_BACKUP_ALWAYS;
	fixture->options.backup_directory = directory;
	fixture->options.log = run_first;
	meddled = fixture;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_null(meddled);
	fixture_says(fixture, "SELECT x FROM marks", "a");
	fixture_says(fixture, "SELECT status FROM bobolink_history WHERE kind = 'fix'", "applied");
	scratch_remove(directory);
}

/* In a statement: the fix is not to blame. */
static int stop_at_a_script(void *context, const struct bobolink_progress *progress)
{
	(void)context;
	return !progress->waiting_for && progress->version < 0;
}

static void a_wish_to_stop_leaves_no_trace(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = marking();

	hand_fix(set, 1, "mark", ALWAYS, MARK("a"), NULL);
	hand_script(set)->required = 1;
	fixture_replace_set(fixture, set);
	fixture->options.progress = stop_at_a_script;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_INTERRUPTED);
	fixture_says(fixture, "SELECT count(*) FROM bobolink_history WHERE kind = 'fix'", "0");
	fixture->options.progress = NULL;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_says(
		fixture,
		"SELECT attempts FROM bobolink_history WHERE kind = 'fix' AND status = 'applied'",
		"1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(a_refused_migration_is_tried_again_behind_a_fix),
		FIXTURE_TEST(scripts_run_at_the_turns_of_their_sets),
		FIXTURE_TEST(also_over_one_connection),
		FIXTURE_TEST(the_callback_is_told_of_each),
		FIXTURE_TEST(fixes_wait_where_nothing_can_be_written),
		FIXTURE_TEST(who_holds_the_lock_leaves_no_trace_of_a_fix),
		FIXTURE_TEST(migrations_of_the_run_go_back_with_a_repeatable),
		FIXTURE_TEST(a_backup_is_made_before_the_first_script_that_acts),
		FIXTURE_TEST(a_program_that_is_faster_is_seen_under_the_lock),
		FIXTURE_TEST(a_wish_to_stop_leaves_no_trace),
	};

	return engine_run_group_tests(tests);
}
