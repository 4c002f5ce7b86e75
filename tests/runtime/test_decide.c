/*
 * Decisions by hand: mark, restamp, baseline. Each is possible where it makes sense, changes rows and head
 * and nothing else, and is logged with who made it.
 */
#include <stdio.h>
#include <string.h>

#include <bobolink/schema.h>

#include "fixture.h"

/* The live row of a version and what the earlier ones are: "undone,applied". */
static void assert_lives(struct fixture *fixture, int version, const char *expected)
{
	char sql[120];

	snprintf(sql, sizeof(sql),
		 "SELECT status FROM bobolink_history WHERE version = %d ORDER BY id", version);
	fixture_says(fixture, sql, expected);
}

static void reopen(struct fixture *fixture)
{
	bobolink_close(fixture->session);
	fixture->session = NULL;
	fixture_open(fixture);
}

/* --- marks × statuses ------------------------------------------------------------------------ */

struct mark_case {
	const char *status;   /* of migration 2; "" for no row */
	bool ours;	      /* this program has it */
	const char *after[3]; /* its lives after applied, pending, forget; NULL: refused */
};

static const struct mark_case cases[] = {
	{ "", true, { "applied", NULL, NULL } },
	{ "applied", true, { NULL, "undone", NULL } },
	{ "failed", true, { "applied", "undone", NULL } },
	{ "running", true, { "applied", "undone", NULL } },
	{ "skipped", true, { "applied", "undone", NULL } },
	{ "baseline", true, { NULL, "undone", NULL } },
	{ "rolled_back", true, { "rolled_back,applied", NULL, NULL } },
	{ "undone", true, { "undone,applied", NULL, NULL } },
	{ "rolling_back", true, { "applied", "undone", NULL } },
	{ "applied", false, { NULL, NULL, "undone" } },
	{ "failed", false, { NULL, NULL, "undone" } },
	{ "running", false, { NULL, NULL, "undone" } },
	{ "skipped", false, { NULL, NULL, "undone" } },
	{ "baseline", false, { NULL, NULL, "undone" } },
	{ "rolled_back", false, { NULL, NULL, NULL } },
	{ "undone", false, { NULL, NULL, NULL } },
	{ "rolling_back", false, { NULL, NULL, "undone" } },
};

/* A database whose migration 2 is so, and a program that has it, or only 1. */
static void set_up(struct fixture *fixture, const struct mark_case *now)
{
	char sql[200];

	fixture_run(fixture, "DROP TABLE IF EXISTS bobolink_history; DROP TABLE IF EXISTS "
			     "bobolink_head; DROP TABLE IF EXISTS bobolink_log; DROP TABLE IF "
			     "EXISTS ran; DROP TABLE IF EXISTS t_1; DROP TABLE IF EXISTS t_2");
	fixture_replace_set(fixture, hand_set_reversible("shop", *now->status ? 2 : 1));
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	snprintf(sql, sizeof(sql), "UPDATE bobolink_history SET status = '%s' WHERE version = 2",
		 now->status);
	fixture_run(fixture, sql);
	fixture_replace_set(fixture, hand_set_reversible("shop", now->ours ? 2 : 1));
	fixture->options.program = "shop 2.3.0";
	fixture_open(fixture);
}

static void check_mark(struct fixture *fixture, const struct mark_case *now, int mark)
{
	const char *after = now->after[mark - BOBOLINK_MARK_APPLIED];
	int64_t revision;
	int rc;

	set_up(fixture, now);
	revision = fixture_number(fixture, "SELECT revision FROM bobolink_head");
	rc = bobolink_mark(fixture->session, 2, mark, &fixture->error);
	if (rc != (after ? BOBOLINK_OK : BOBOLINK_USAGE))
		fail_msg("%s, mark %d: %s", now->status, mark, fixture->error.message);
	assert_lives(fixture, 2, after ? after : now->status);
	assert_int_equal(fixture_number(fixture, "SELECT revision FROM bobolink_head"),
			 revision + (after ? 1 : 0));
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM bobolink_log WHERE event = "
						 "'repaired' AND item = '2' AND applied_by = 'shop "
						 "2.3.0' AND detail LIKE '%by hand%'"),
			 after ? 1 : 0);
	if (after)
		assert_int_equal(fixture_number(fixture, "SELECT version FROM bobolink_head"),
				 mark == BOBOLINK_MARK_APPLIED ? 2 : 1);
	/* None of its statements was run: all that is there was there before. */
	assert_int_equal(engine_tables(fixture->db, "t!_%"), *now->status ? 2 : 1);
	if (!after)
		assert_true(strchr(fixture->error.message, ':') != NULL ||
			    strchr(fixture->error.message, ',') != NULL);
}

static void every_mark_of_every_status(void **state)
{
	struct fixture *fixture = *state;
	unsigned count = 0;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (int mark = BOBOLINK_MARK_APPLIED; mark <= BOBOLINK_MARK_FORGET;
		     mark++, count++)
			check_mark(fixture, &cases[i], mark);
	}
	print_message("%s: %u marks\n", engine()->name, count);
	assert_int_equal(count, 17 * 3);
}

static void a_mark_must_be_one_of_a_migration(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_open(fixture);
	assert_int_equal(bobolink_mark(fixture->session, 9, BOBOLINK_MARK_PENDING, &fixture->error),
			 BOBOLINK_USAGE);
	fixture_told(fixture, BOBOLINK_USAGE, "--migrate-status");
	assert_int_equal(bobolink_mark(fixture->session, 3, 0, &fixture->error), BOBOLINK_USAGE);
	assert_int_equal(bobolink_mark(fixture->session, 3, 4, NULL), BOBOLINK_USAGE);
	assert_lives(fixture, 3, "applied");
}

static void after_a_mark_a_start_does_what_it_says(void **state)
{
	struct fixture *fixture = *state;

	hand_set_add(fixture->set, 4, "bad", 0, "CREATE TABLE t_3 (x INTEGER)",
		     "INSERT INTO ran VALUES (4)", NULL);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	fixture_open(fixture);
	assert_int_equal(bobolink_mark(fixture->session, 4, BOBOLINK_MARK_APPLIED, NULL),
			 BOBOLINK_OK);
	assert_int_equal(bobolink_boot(fixture->session, NULL), BOBOLINK_OK);
	fixture_says(fixture, "SELECT i FROM ran ORDER BY i", "1,2,3");
	assert_int_equal(fixture_number(fixture, "SELECT count(digest) FROM bobolink_head"), 1);
	fixture_run(fixture, "DROP TABLE t_3");
	assert_int_equal(bobolink_mark(fixture->session, 4, BOBOLINK_MARK_PENDING, NULL),
			 BOBOLINK_OK);
	assert_int_equal(bobolink_check(fixture->session, NULL), BOBOLINK_PENDING);
	assert_int_equal(bobolink_boot(fixture->session, NULL), BOBOLINK_OK);
	fixture_says(fixture, "SELECT i FROM ran ORDER BY i", "1,2,3,4");
	assert_lives(fixture, 4, "undone,applied");
}

/* What was rolled back with batch 1 and marked as applied later is a batch of its own, the last. */
static void a_marked_migration_is_undone_before_earlier_batches(void **state)
{
	struct fixture *fixture = *state;

	fixture_replace_set(fixture, hand_set_reversible("shop", 2));
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_open(fixture);
	assert_int_equal(bobolink_rollback(fixture->session, 1, 0, NULL, NULL), BOBOLINK_OK);
	assert_int_equal(bobolink_apply(fixture->session, 1, NULL, NULL), BOBOLINK_OK);
	fixture_run(fixture, "CREATE TABLE t_2 (x INTEGER)");
	assert_int_equal(bobolink_mark(fixture->session, 2, BOBOLINK_MARK_APPLIED, NULL),
			 BOBOLINK_OK);
	fixture_says(fixture,
		     "SELECT batch FROM bobolink_history WHERE status = 'applied' ORDER BY id",
		     "2,3");
	assert_int_equal(bobolink_rollback(fixture->session, 1, 0, NULL, NULL), BOBOLINK_OK);
	assert_lives(fixture, 1, "rolled_back,applied");
	assert_lives(fixture, 2, "rolled_back,rolled_back");
}

/* --- somebody else is faster ----------------------------------------------------------------- */

struct rival {
	struct fixture *fixture;
	void *other;
	int calls;
};

/* While the lock is waited for the one who holds it changes the history, and lets it go. */
static int change_and_release(void *context, const struct bobolink_progress *progress)
{
	struct rival *rival = context;

	(void)progress;
	if (rival->calls++ == 0)
		engine()->run(rival->other, "UPDATE bobolink_head SET revision = revision + 1; "
					    "COMMIT");
	return 0;
}

static void a_decision_about_another_history_is_not_carried_out(void **state)
{
	struct fixture *fixture = *state;
	struct rival rival = { fixture, engine()->open(fixture->url), 0 };

	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture->options.progress = change_and_release;
	fixture->options.progress_context = &rival;
	fixture_open(fixture);
	assert_true(engine()->lock(rival.other));
	assert_int_equal(bobolink_mark(fixture->session, 3, BOBOLINK_MARK_PENDING, &fixture->error),
			 BOBOLINK_PLAN_CHANGED);
	assert_true(rival.calls > 0);
	fixture_told(fixture, BOBOLINK_PLAN_CHANGED, "nothing was changed");
	assert_lives(fixture, 3, "applied");
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM bobolink_log WHERE event = "
						 "'repaired'"),
			 0);
	assert_false(engine()->in_transaction(fixture->db));
	engine()->close(rival.other);
}

/* --- restamp --------------------------------------------------------------------------------- */

static void other_comments_are_accepted_and_other_sql_is_not(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = hand_set_reversible("shop", 2);

	fixture_replace_set(fixture, hand_set_reversible("shop", 2));
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	hand_set_cosmetic(set);
	fixture_replace_set(fixture, set);
	fixture->options.program = "shop 2.3.0";
	fixture_open(fixture);
	assert_int_equal(bobolink_restamp(fixture->session, 1, &fixture->error), BOBOLINK_USAGE);
	fixture_told(fixture, BOBOLINK_USAGE, "nothing to accept");
	assert_int_equal(bobolink_restamp(fixture->session, 2, &fixture->error), BOBOLINK_OK);
	assert_string_equal(fixture_text(fixture, "SELECT checksum FROM bobolink_history WHERE "
						  "version = 2"),
			    hand_set_checksum(fixture->set, 1));
	assert_lives(fixture, 2, "applied");
	assert_int_equal(fixture_number(fixture, "SELECT version FROM bobolink_head"), 2);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM bobolink_log WHERE event = "
						 "'repaired' AND item = '2' AND applied_by = 'shop "
						 "2.3.0'"),
			 1);
	assert_int_equal(bobolink_restamp(fixture->session, 2, NULL), BOBOLINK_USAGE);
	assert_int_equal(bobolink_restamp(fixture->session, 9, NULL), BOBOLINK_USAGE);
	assert_int_equal(bobolink_boot(fixture->session, NULL), BOBOLINK_OK);
	set = hand_set_reversible("shop", 1);
	hand_set_add(set, 2, "next", 0, "CREATE TABLE other (x INTEGER)", NULL);
	fixture_replace_set(fixture, set);
	fixture_open(fixture);
	assert_int_equal(bobolink_restamp(fixture->session, 2, &fixture->error), BOBOLINK_CHANGED);
	fixture_told(fixture, BOBOLINK_CHANGED, "--migrate-verify");
}

/* --- baseline -------------------------------------------------------------------------------- */

static void a_baseline_is_recorded_and_the_rest_is_run(void **state)
{
	struct fixture *fixture = *state;
	uint32_t marked = 9;

	fixture_run(fixture, "CREATE TABLE ran (i INTEGER)");
	fixture->options.program = "shop 2.3.0";
	fixture_open(fixture);
	assert_int_equal(bobolink_baseline_record(fixture->session, 9, 0, &marked, &fixture->error),
			 BOBOLINK_USAGE);
	assert_int_equal(marked, 0);
	assert_int_equal(engine_tables(fixture->db, "bobolink!_%"), 0);
	assert_int_equal(bobolink_baseline_record(fixture->session, 2, 0, &marked, &fixture->error),
			 BOBOLINK_OK);
	assert_int_equal(marked, 2);
	fixture_says(fixture,
		     "SELECT CAST(batch AS TEXT) || status FROM bobolink_history ORDER BY id",
		     "0baseline,0baseline");
	assert_int_equal(fixture_number(fixture, "SELECT version FROM bobolink_head"), 2);
	fixture_says(fixture, "SELECT item || event || applied_by FROM bobolink_log ORDER BY id",
		     "2baselineshop 2.3.0");
	assert_int_equal(bobolink_boot(fixture->session, NULL), BOBOLINK_OK);
	fixture_says(fixture, "SELECT i FROM ran", "3");
	fixture_says(fixture, "SELECT batch FROM bobolink_history WHERE version = 3", "1");
	/* A history has one beginning. */
	assert_int_equal(bobolink_baseline_record(fixture->session, 3, BOBOLINK_FORCE, NULL,
						  &fixture->error),
			 BOBOLINK_USAGE);
	fixture_told(fixture, BOBOLINK_USAGE, "has a history already");
}

/* Tables t_1 and t_2, as the schema that each migration makes. */
static struct hand_set *set_with_schema(void)
{
	static const char delta[] = "+\ttable\t%s\t\tt_%d\t\tCREATE TABLE t_%d (x INTEGER)\n"
				    "+\tcolumn\t%s\tt_%d\tx\t%s\n";
	bool postgres = strcmp(engine()->name, "postgres") == 0;
	const char *schema = postgres ? "public" : "";
	struct hand_set *set = hand_set_new("shop");
	char sql[80];
	char text[300];

	for (int i = 1; i <= 2; i++) {
		snprintf(sql, sizeof(sql), "CREATE TABLE t_%d (x INTEGER)", i);
		snprintf(text, sizeof(text), delta, schema, i, i, schema, i,
			 postgres ? "integer" : "INTEGER");
		for (char *at = text; (at = strstr(at, "+\t")) != NULL; at += 2)
			at[1] = ' ';
		hand_set_add(set, i, "table", 0, sql, NULL);
		hand_set_delta(set, text);
	}
	hand_set_schema(set, "");
	return set;
}

static int keep_names(void *context, const struct bobolink_object *before,
		      const struct bobolink_object *after)
{
	char *names = context;
	size_t length = strlen(names);

	snprintf(names + length, 200 - length, "%c%s ", before ? after ? '~' : '-' : '+',
		 (before ? before : after)->name);
	return 0;
}

static void a_baseline_is_compared_with_the_schema_first(void **state)
{
	struct fixture *fixture = *state;
	char names[200] = "";
	uint32_t marked;

	fixture_replace_set(fixture, set_with_schema());
	fixture_open(fixture);
	fixture_run(fixture, "CREATE TABLE t_1 (x INTEGER)");
	assert_int_equal(bobolink_baseline(fixture->session, 2, 0, keep_names, names, &marked,
					   &fixture->error),
			 BOBOLINK_DRIFT);
	assert_string_equal(names, "-t_2 -x ");
	fixture_told(fixture, BOBOLINK_DRIFT, "differences: 2");
	assert_int_equal(bobolink_exit_code(BOBOLINK_DRIFT), 5);
	assert_int_equal(engine_tables(fixture->db, "bobolink!_%"), 0);
	assert_int_equal(bobolink_baseline(fixture->session, 1, 0, keep_names, names, &marked,
					   &fixture->error),
			 BOBOLINK_OK);
	assert_int_equal(marked, 1);
	fixture_says(fixture, "SELECT event FROM bobolink_log ORDER BY id", "baseline");
	assert_int_equal(bobolink_boot(fixture->session, NULL), BOBOLINK_OK);
	assert_int_equal(engine_tables(fixture->db, "t!_%"), 2);
}

static void a_baseline_that_differs_can_be_forced_and_says_so(void **state)
{
	struct fixture *fixture = *state;
	uint32_t marked;

	fixture_replace_set(fixture, set_with_schema());
	fixture_open(fixture);
	assert_int_equal(bobolink_baseline(fixture->session, 2, BOBOLINK_FORCE, NULL, NULL, &marked,
					   &fixture->error),
			 BOBOLINK_OK);
	assert_int_equal(marked, 2);
	fixture_says(fixture, "SELECT event FROM bobolink_log ORDER BY id", "forced,baseline");
}

/* EMBED NONE: nobody knows what the schema should be. */
static void a_baseline_of_a_set_without_schema_needs_force(void **state)
{
	struct fixture *fixture = *state;

	fixture_open(fixture);
	assert_int_equal(bobolink_baseline(fixture->session, 2, 0, NULL, NULL, NULL,
					   &fixture->error),
			 BOBOLINK_USAGE);
	fixture_told(fixture, BOBOLINK_USAGE, "EMBED DELTAS");
	fixture_told(fixture, BOBOLINK_USAGE, "--migrate-force");
	assert_int_equal(bobolink_baseline(fixture->session, 9, BOBOLINK_FORCE, NULL, NULL, NULL,
					   NULL),
			 BOBOLINK_USAGE);
	assert_int_equal(bobolink_baseline(fixture->session, 2, BOBOLINK_FORCE, NULL, NULL, NULL,
					   NULL),
			 BOBOLINK_OK);
	fixture_says(fixture, "SELECT event FROM bobolink_log ORDER BY id", "forced,baseline");
	reopen(fixture);
	assert_int_equal(bobolink_check(fixture->session, NULL), BOBOLINK_PENDING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(every_mark_of_every_status),
		FIXTURE_TEST(a_mark_must_be_one_of_a_migration),
		FIXTURE_TEST(after_a_mark_a_start_does_what_it_says),
		FIXTURE_TEST(a_marked_migration_is_undone_before_earlier_batches),
		FIXTURE_TEST(a_decision_about_another_history_is_not_carried_out),
		FIXTURE_TEST(other_comments_are_accepted_and_other_sql_is_not),
		FIXTURE_TEST(a_baseline_is_recorded_and_the_rest_is_run),
		FIXTURE_TEST(a_baseline_is_compared_with_the_schema_first),
		FIXTURE_TEST(a_baseline_that_differs_can_be_forced_and_says_so),
		FIXTURE_TEST(a_baseline_of_a_set_without_schema_needs_force),
	};

	return engine_run_group_tests(tests);
}
