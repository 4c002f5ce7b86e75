/*
 * A rehearsal, which leaves nothing, and waiting for another program, which only looks.
 */
#include <stdio.h>
#include <string.h>

#include "fixture.h"

static bool is_postgres(void)
{
	return strcmp(engine()->name, "postgres") == 0;
}

/* --- rehearsal ------------------------------------------------------------------------------- */

/* So many ran and so many did not, and there is no table that was not there before. */
static void rehearsed(struct fixture *fixture, int64_t target, int code, uint32_t ran,
		      uint32_t not )
{
	int64_t tables = engine_tables(fixture->db, "%");
	uint32_t done = 9;
	uint32_t left = 9;
	int rc;

	fixture_open(fixture);
	rc = bobolink_rehearse(fixture->session, target, &done, &left, &fixture->error);
	if (rc != code)
		fail_msg("%s: %s", bobolink_result_name(rc), fixture->error.message);
	assert_int_equal(done, ran);
	assert_int_equal(left, not );
	assert_false(engine()->in_transaction(fixture->db));
	bobolink_close(fixture->session);
	fixture->session = NULL;
	assert_int_equal(engine_tables(fixture->db, "%"), tables);
}

static void a_rehearsal_leaves_nothing(void **state)
{
	struct fixture *fixture = *state;

	rehearsed(fixture, BOBOLINK_HEAD, BOBOLINK_OK, 3, 0);
	assert_int_equal(engine_tables(fixture->db, "%"), 0);
	rehearsed(fixture, 2, BOBOLINK_OK, 2, 0);
	rehearsed(fixture, 7, BOBOLINK_USAGE, 0, 0);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	rehearsed(fixture, BOBOLINK_HEAD, BOBOLINK_OK, 0, 0);
	hand_set_add(fixture->set, 4, "next", 0, "CREATE TABLE t_4 (x INTEGER)",
		     "INSERT INTO ran VALUES (4)", NULL);
	rehearsed(fixture, BOBOLINK_HEAD, BOBOLINK_OK, 1, 0);
	assert_true(fixture_is_whole(fixture, 3));
	assert_int_equal(fixture_number(fixture, "SELECT count(digest) FROM bobolink_head"), 1);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_true(fixture_is_whole(fixture, 4));
}

static void a_refusal_is_told_with_its_place_and_not_recorded(void **state)
{
	struct fixture *fixture = *state;

	hand_set_add(fixture->set, 4, "bad", 0, "CREATE TABLE t_4 (x INTEGER)",
		     "INSERT INTO nowhere VALUES (4)", NULL);
	hand_set_add(fixture->set, 5, "good", 0, "CREATE TABLE t_5 (x INTEGER)", NULL);
	rehearsed(fixture, BOBOLINK_HEAD, BOBOLINK_SQL_ERROR, 0, 5);
	assert_string_equal(fixture->error.file, "migrations/0004_bad.sql");
	assert_int_equal(fixture->error.version, 4);
	assert_int_equal(fixture->error.line, 2);
	assert_int_equal(fixture->error.column, 13);
	assert_int_equal(fixture->error.statement, 2);
	assert_int_equal(engine_tables(fixture->db, "%"), 0);
	/* A later start is not held up by it. */
	fixture_replace_set(fixture, hand_set_counting("shop", 3));
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
}

static void what_commit_would_refuse_is_found(void **state)
{
	struct fixture *fixture = *state;

	if (!is_postgres())
		fixture_run(fixture, "PRAGMA foreign_keys = ON");
	hand_set_add(fixture->set, 4, "orphans", 0, "CREATE TABLE p (id INTEGER PRIMARY KEY)",
		     "CREATE TABLE c (p INTEGER REFERENCES p DEFERRABLE INITIALLY DEFERRED)",
		     "INSERT INTO c VALUES (7)", NULL);
	rehearsed(fixture, BOBOLINK_HEAD, is_postgres() ? BOBOLINK_SQL_ERROR : BOBOLINK_FOREIGN_KEY,
		  0, 4);
	assert_true(strlen(fixture->error.message) > 0);
}

/* SQLite: foreign keys are off for a rebuild, and asked about at its end. */
static void what_a_rebuild_orphans_is_found(void **state)
{
	struct fixture *fixture = *state;

	if (is_postgres())
		skip();
	fixture_run(fixture, "PRAGMA foreign_keys = ON");
	hand_set_add(fixture->set, 4, "orphans", BOBOLINK_SECTION_FOREIGN_KEYS_OFF,
		     "CREATE TABLE p (id INTEGER PRIMARY KEY)",
		     "CREATE TABLE c (p INTEGER REFERENCES p)", "INSERT INTO c VALUES (7)", NULL);
	rehearsed(fixture, BOBOLINK_HEAD, BOBOLINK_FOREIGN_KEY, 0, 4);
	assert_int_equal(fixture_number(fixture, "PRAGMA foreign_keys"), 1);
}

static void it_stops_before_what_cannot_run_in_a_transaction(void **state)
{
	struct fixture *fixture = *state;

	hand_set_add(fixture->set, 4, "pieces", BOBOLINK_SECTION_NO_TRANSACTION,
		     "CREATE TABLE t_4 (x INTEGER)", NULL);
	hand_set_add(fixture->set, 5, "bad", 0, "INSERT INTO nowhere VALUES (5)", NULL);
	rehearsed(fixture, BOBOLINK_HEAD, BOBOLINK_OK, 3, 2);
	assert_int_equal(bobolink_migrate(hand_set(fixture->set, engine()->backend), fixture->db,
					  &fixture->options, NULL),
			 BOBOLINK_SQL_ERROR);
	fixture_replace_set(fixture, hand_set_counting("shop", 3));
	hand_set_add(fixture->set, 4, "pieces", BOBOLINK_SECTION_NO_TRANSACTION,
		     "CREATE TABLE t_4 (x INTEGER)", NULL);
	hand_set_add(fixture->set, 5, "alone", BOBOLINK_SECTION_NO_TRANSACTION,
		     "CREATE TABLE t_5 (x INTEGER)", NULL);
	rehearsed(fixture, BOBOLINK_HEAD, BOBOLINK_OK, 0, 1);
}

struct rival {
	void *other;
	int calls;
};

static int change_and_release(void *context, const struct bobolink_progress *progress)
{
	struct rival *rival = context;

	if (progress->waiting_for && rival->calls++ == 0)
		engine()->run(rival->other, "UPDATE bobolink_head SET revision = revision + 1; "
					    "COMMIT");
	return 0;
}

static void a_history_that_changes_meanwhile_is_told(void **state)
{
	struct fixture *fixture = *state;
	struct rival rival = { engine()->open(fixture->url), 0 };

	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	hand_set_add(fixture->set, 4, "next", 0, "CREATE TABLE t_4 (x INTEGER)", NULL);
	fixture->options.progress = change_and_release;
	fixture->options.progress_context = &rival;
	fixture_open(fixture);
	assert_true(engine()->lock(rival.other));
	assert_int_equal(bobolink_rehearse(fixture->session, BOBOLINK_HEAD, NULL, NULL,
					   &fixture->error),
			 BOBOLINK_PLAN_CHANGED);
	assert_true(rival.calls > 0);
	engine()->close(rival.other);
	assert_int_equal(engine_tables(fixture->db, "t!_4"), 0);
}

/* --- waiting --------------------------------------------------------------------------------- */

struct leader {
	struct fixture *fixture;
	struct hand_set *set; /* that it applies at the second look; NULL: it does nothing */
	int looks;
	bool stop;
};

static int look_and_lead(void *context, const struct bobolink_progress *progress)
{
	struct leader *leader = context;
	struct bobolink_error error;

	assert_non_null(progress->waiting_for);
	if (++leader->looks == 2 && leader->set)
		assert_int_equal(engine_boot(leader->fixture->url,
					     hand_set(leader->set, engine()->backend), &error),
				 BOBOLINK_OK);
	return leader->stop;
}

static int waits(struct leader *leader, uint32_t timeout_ms)
{
	struct fixture *fixture = leader->fixture;
	int rc;

	bobolink_close(fixture->session);
	fixture->options.progress = look_and_lead;
	fixture->options.progress_context = leader;
	fixture_open(fixture);
	rc = bobolink_wait(fixture->session, timeout_ms, &fixture->error);
	fixture->options.progress = NULL;
	return rc;
}

static void who_waits_sees_what_another_program_does(void **state)
{
	struct fixture *fixture = *state;
	struct leader leader = { fixture, hand_set_counting("shop", 3), 0, false };

	assert_int_equal(waits(&leader, 30000), BOBOLINK_OK);
	assert_int_equal(leader.looks, 2);
	assert_true(fixture_is_whole(fixture, 3));
	assert_int_equal(waits(&leader, 0), BOBOLINK_OK);
	assert_int_equal(leader.looks, 2);
	hand_set_free(leader.set);
}

static void who_waits_in_vain_is_told_and_writes_nothing(void **state)
{
	struct fixture *fixture = *state;
	struct leader leader = { fixture, NULL, 0, false };

	assert_int_equal(waits(&leader, 0), BOBOLINK_PENDING);
	assert_int_equal(leader.looks, 0);
	assert_int_equal(waits(&leader, 300), BOBOLINK_PENDING);
	assert_true(leader.looks > 0);
	fixture_told(fixture, BOBOLINK_PENDING, "waited 300 ms");
	assert_int_equal(bobolink_exit_code(BOBOLINK_PENDING), 4);
	leader.stop = true;
	assert_int_equal(waits(&leader, 30000), BOBOLINK_INTERRUPTED);
	assert_int_equal(engine_tables(fixture->db, "%"), 0);
}

static void what_waiting_does_not_mend_is_told_at_once(void **state)
{
	struct fixture *fixture = *state;
	struct leader leader = { fixture, NULL, 0, false };

	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_replace_set(fixture, hand_set_counting("shop", 2));
	assert_int_equal(waits(&leader, 30000), BOBOLINK_NEWER);
	fixture_replace_set(fixture, hand_set_counting("shop", 3));
	hand_set_add(fixture->set, 4, "bad", 0, "INSERT INTO nowhere VALUES (4)", NULL);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	assert_int_equal(waits(&leader, 30000), BOBOLINK_HELD);
	assert_int_equal(leader.looks, 0);
}

/* What looks half-way may be the very thing that the other program is doing. */
static void half_a_migration_is_waited_for(void **state)
{
	struct fixture *fixture = *state;
	struct leader leader = { fixture, NULL, 0, false };

	fixture_replace_set(fixture, hand_set_counting("shop", 3));
	hand_set_add(fixture->set, 4, "alone", BOBOLINK_SECTION_NO_TRANSACTION, "VACUUM", NULL);
	hand_set_statement_flags(fixture->set, 0, BOBOLINK_STATEMENT_NO_TRANSACTION);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_run(fixture, "UPDATE bobolink_head SET digest = NULL");
	fixture_run(fixture, "UPDATE bobolink_history SET status = 'running', statements_done = 0 "
			     "WHERE version = 4");
	assert_int_equal(waits(&leader, 300), BOBOLINK_HALFWAY);
	assert_true(leader.looks > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(a_rehearsal_leaves_nothing),
		FIXTURE_TEST(a_refusal_is_told_with_its_place_and_not_recorded),
		FIXTURE_TEST(what_commit_would_refuse_is_found),
		FIXTURE_TEST(what_a_rebuild_orphans_is_found),
		FIXTURE_TEST(it_stops_before_what_cannot_run_in_a_transaction),
		FIXTURE_TEST(a_history_that_changes_meanwhile_is_told),
		FIXTURE_TEST(who_waits_sees_what_another_program_does),
		FIXTURE_TEST(who_waits_in_vain_is_told_and_writes_nothing),
		FIXTURE_TEST(what_waiting_does_not_mend_is_told_at_once),
		FIXTURE_TEST(half_a_migration_is_waited_for),
	};

	return engine_run_group_tests(tests);
}
