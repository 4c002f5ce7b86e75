/*
 * A migration that is refused: what is recorded, when it runs again, what is not its fault, and what the
 * application may want a start to do about it.
 */
#include <stdio.h>
#include <string.h>

#include "fixture.h"

static bool is_postgres(void)
{
	return strcmp(engine()->name, "postgres") == 0;
}

/* What was told, by kind, and the level and the words of the last of each. */
struct told {
	int count[BOBOLINK_EVENT_BASELINE + 1];
	int level[BOBOLINK_EVENT_BASELINE + 1];
	char detail[BOBOLINK_EVENT_BASELINE + 1][BOBOLINK_MESSAGE_SIZE];
};

static void listen(void *context, const struct bobolink_event *event)
{
	struct told *told = context;

	told->count[event->kind]++;
	told->level[event->kind] = event->level;
	snprintf(told->detail[event->kind], sizeof(told->detail[0]), "%s", event->detail);
}

static struct told *listening(struct fixture *fixture)
{
	static struct told told;

	memset(&told, 0, sizeof(told));
	fixture->options.log = listen;
	fixture->options.log_context = &told;
	return &told;
}

static void assert_rows(struct fixture *fixture, const char *expected)
{
	fixture_says(fixture,
		     "SELECT CAST(version AS TEXT) || ':' || status FROM bobolink_history ORDER BY "
		     "version, id",
		     expected);
}

/* 1 and 2 run, the second statement of 3 is refused. */
static struct hand_set *set_refused(void)
{
	struct hand_set *set = hand_set_reversible("shop", 2);

	hand_set_add(set, 3, "next", 0, "CREATE TABLE t_3 (x INTEGER)",
		     "INSERT INTO nowhere VALUES (3)", "INSERT INTO ran VALUES (3)", NULL);
	hand_set_down(set, 0, "DROP TABLE t_3", NULL);
	return set;
}

/* --- what is recorded ------------------------------------------------------------------------ */

static void what_was_refused_is_recorded_with_its_place(void **state)
{
	struct fixture *fixture = *state;
	struct told *told = listening(fixture);

	fixture_replace_set(fixture, set_refused());
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	assert_int_equal(bobolink_exit_code(BOBOLINK_SQL_ERROR), 1);
	assert_rows(fixture, "1:applied,2:applied,3:failed");
	assert_int_equal(engine_tables(fixture->db, "t!_3"), 0);
	assert_int_equal(fixture_number(fixture,
					"SELECT count(*) FROM bobolink_history WHERE error_message "
					"LIKE 'migrations/0003_next.sql:2:13: %nowhere%(statement "
					"2)' AND attempts = 1 AND batch = 0"),
			 1);
	assert_int_equal(told->count[BOBOLINK_EVENT_FAILED], 1);
	assert_int_equal(told->level[BOBOLINK_EVENT_FAILED], BOBOLINK_ERROR);
	fixture_says(fixture, "SELECT item || event FROM bobolink_log ORDER BY id DESC LIMIT 2",
		     "3failed,3begin");
	assert_int_equal(fixture_number(fixture, "SELECT version FROM bobolink_head"), 2);
}

static void it_is_not_run_again_by_itself(void **state)
{
	struct fixture *fixture = *state;

	fixture_replace_set(fixture, set_refused());
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	fixture_run(fixture, "CREATE TABLE nowhere (x INTEGER)");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_HELD);
	fixture_told(fixture, BOBOLINK_HELD, "migrations/0003_next.sql:2:13");
	fixture_told(fixture, BOBOLINK_HELD, "--migrate-retry");
	fixture_open(fixture);
	assert_int_equal(bobolink_apply(fixture->session, BOBOLINK_HEAD, NULL, NULL),
			 BOBOLINK_HELD);
	assert_rows(fixture, "1:applied,2:applied,3:failed");
	assert_int_equal(fixture_number(fixture, "SELECT attempts FROM bobolink_history WHERE "
						 "version = 3"),
			 1);
}

static void the_mended_version_runs_at_the_next_start(void **state)
{
	struct fixture *fixture = *state;

	fixture_replace_set(fixture, set_refused());
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	fixture_replace_set(fixture, hand_set_reversible("shop", 3));
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_rows(fixture, "1:applied,2:applied,3:applied");
	assert_int_equal(fixture_number(fixture, "SELECT attempts FROM bobolink_history WHERE "
						 "version = 3 AND error_message IS NULL AND "
						 "batch = 1"),
			 2);
	assert_int_equal(fixture_number(fixture, "SELECT count(digest) FROM bobolink_head"), 1);
}

static void who_mended_the_database_asks_for_it(void **state)
{
	struct fixture *fixture = *state;
	uint32_t applied = 9;

	fixture_replace_set(fixture, set_refused());
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	fixture_open(fixture);
	assert_int_equal(bobolink_retry(fixture->session, 3, &applied, &fixture->error),
			 BOBOLINK_SQL_ERROR);
	assert_int_equal(applied, 0);
	assert_int_equal(fixture_number(fixture, "SELECT attempts FROM bobolink_history WHERE "
						 "version = 3"),
			 2);
	fixture_run(fixture, "CREATE TABLE nowhere (x INTEGER)");
	assert_int_equal(bobolink_retry(fixture->session, 2, &applied, &fixture->error),
			 BOBOLINK_USAGE);
	assert_int_equal(bobolink_retry(fixture->session, 3, &applied, &fixture->error),
			 BOBOLINK_OK);
	assert_int_equal(applied, 1);
	fixture_says(fixture, "SELECT i FROM ran ORDER BY i", "1,2,3");
	assert_int_equal(bobolink_retry(fixture->session, BOBOLINK_HEAD, &applied, &fixture->error),
			 BOBOLINK_OK);
	assert_int_equal(applied, 0);
}

/* A statement that may or may not have been done is run again when somebody says so. */
static void a_statement_in_doubt_is_run_again_on_request(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = hand_set_reversible("shop", 1);

	hand_set_add(set, 2, "alone", BOBOLINK_SECTION_NO_TRANSACTION,
		     "CREATE TABLE t_2 (x INTEGER)", "VACUUM", "INSERT INTO ran VALUES (2)", NULL);
	hand_set_statement_flags(set, 1, BOBOLINK_STATEMENT_NO_TRANSACTION);
	fixture_replace_set(fixture, set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	/* As a program leaves it that is killed in the second statement. */
	fixture_run(fixture, "DELETE FROM ran WHERE i = 2");
	fixture_run(fixture, "UPDATE bobolink_head SET digest = NULL, revision = revision + 1");
	fixture_run(fixture, "UPDATE bobolink_history SET status = 'running', statements_done = 1 "
			     "WHERE version = 2");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_HALFWAY);
	fixture_told(fixture, BOBOLINK_HALFWAY, "--migrate-retry");
	fixture_open(fixture);
	assert_int_equal(bobolink_retry(fixture->session, 2, NULL, &fixture->error), BOBOLINK_OK);
	fixture_says(fixture, "SELECT i FROM ran ORDER BY i", "1,2");
	assert_rows(fixture, "1:applied,2:applied");
}

/* --- what is no fault of the migration ------------------------------------------------------- */

/* Nothing of migration 3 stays, and the next start runs it. */
static void assert_transient(struct fixture *fixture, struct told *told, int code)
{
	void *db = engine()->open(fixture->url);

	assert_int_equal(fixture->error.code, code);
	assert_true(told->count[BOBOLINK_EVENT_RETRY] > 0);
	assert_non_null(strstr(told->detail[BOBOLINK_EVENT_RETRY], "the next start tries again"));
	assert_int_equal(told->level[BOBOLINK_EVENT_RETRY], BOBOLINK_WARNING);
	assert_int_equal(told->count[BOBOLINK_EVENT_FAILED], 0);
	assert_int_equal(engine_number(db, "SELECT count(*) FROM bobolink_history WHERE status <> "
					   "'applied'"),
			 0);
	assert_int_equal(engine_number(db, "SELECT count(*) FROM bobolink_log WHERE event = "
					   "'failed'"),
			 0);
	engine()->close(db);
}

static void a_lock_that_was_not_obtained_is_not_recorded(void **state)
{
	struct fixture *fixture = *state;
	struct told *told = listening(fixture);
	void *other = engine()->open(fixture->url);

	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	hand_set_add(fixture->set, 4, "next", 0, "ALTER TABLE ran ADD COLUMN note TEXT", NULL);
	hand_set_timeouts(fixture->set, 100, 0);
	/* So long PostgreSQL's are tried again. */
	fixture->options.lock_timeout_ms = 400;
	/* On SQLite the lock of the database, on PostgreSQL that of the table alone. */
	engine()->run(other, is_postgres() ? "BEGIN; LOCK TABLE ran" : "BEGIN IMMEDIATE");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_LOCKED);
	engine()->run(other, "ROLLBACK");
	engine()->close(other);
	assert_transient(fixture, told, BOBOLINK_LOCKED);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
}

static void a_full_disk_is_not_recorded(void **state)
{
	struct fixture *fixture = *state;
	struct told *told = listening(fixture);

	if (is_postgres())
		skip();
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	hand_set_add(fixture->set, 4, "next", 0, "CREATE TABLE big (x BLOB)",
		     "INSERT INTO big VALUES (zeroblob(1000000))", NULL);
	fixture_run(fixture, "PRAGMA max_page_count = 40");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_FULL);
	assert_int_equal(fixture->error.line, 2);
	assert_transient(fixture, told, BOBOLINK_FULL);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM bobolink_log WHERE event = "
						 "'retry' AND item = '4'"),
			 1);
	fixture_run(fixture, "PRAGMA max_page_count = 4000");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
}

static void a_lost_connection_is_not_recorded(void **state)
{
	struct fixture *fixture = *state;
	struct told *told = listening(fixture);

	if (!is_postgres())
		skip();
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	hand_set_add(fixture->set, 4, "next", 0, "CREATE TABLE t_4 (x INTEGER)",
		     "SELECT pg_terminate_backend(pg_backend_pid())", NULL);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_UNREACHABLE);
	assert_transient(fixture, told, BOBOLINK_UNREACHABLE);
	engine()->close(fixture->db);
	fixture->db = engine()->open(fixture->url);
	fixture_replace_set(fixture, hand_set_counting("shop", 4));
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_true(fixture_is_whole(fixture, 4));
}

/* What does not fit is cut at a character: half of one would be no text for the log. */
static void a_long_message_of_a_transient_cause_is_logged(void **state)
{
	struct fixture *fixture = *state;

	if (!is_postgres())
		skip();
	fixture_replace_set(fixture, hand_set_counting("shop", 1));
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture->options.lock_timeout_ms = 50;
	/* Of two lengths that differ by one byte, one is cut inside a character. */
	for (int i = 0; i < 2; i++) {
		fixture_replace_set(fixture, hand_set_counting("shop", 1));
		hand_set_add(fixture->set, 2, "next", 0,
			     i ? "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '55P03', MESSAGE = "
				 "repeat('é', 600); END $$"
			       : "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '55P03', MESSAGE = "
				 "'x' || repeat('é', 600); END $$",
			     NULL);
		assert_int_equal(fixture_boot(fixture), BOBOLINK_LOCKED);
	}
	/* That it is tried again, and that it was in vain. */
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM bobolink_log WHERE event = "
						 "'retry' AND length(detail) > 400"),
			 4);
}

/* --- what the application wants -------------------------------------------------------------- */

static void a_program_may_go_on_with_the_schema_as_it_is(void **state)
{
	struct fixture *fixture = *state;
	struct told *told = listening(fixture);

	fixture->options.on_failure = BOBOLINK_ON_FAILURE_CONTINUE;
	fixture_replace_set(fixture, set_refused());
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_told(fixture, BOBOLINK_SQL_ERROR, "nowhere");
	assert_int_equal(fixture->error.line, 2);
	assert_rows(fixture, "1:applied,2:applied,3:failed");
	assert_int_equal(told->level[BOBOLINK_EVENT_BOOT], BOBOLINK_ERROR);
	assert_non_null(strstr(told->detail[BOBOLINK_EVENT_BOOT], "goes on"));
	assert_non_null(strstr(told->detail[BOBOLINK_EVENT_BOOT], "nowhere"));
	/* And the next start, which finds it held. */
	told = listening(fixture);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_told(fixture, BOBOLINK_HELD, "refused before");
	assert_int_equal(told->level[BOBOLINK_EVENT_BOOT], BOBOLINK_ERROR);
	/* It is a matter of starts alone. */
	fixture_open(fixture);
	assert_int_equal(bobolink_apply(fixture->session, BOBOLINK_HEAD, NULL, NULL),
			 BOBOLINK_HELD);
	assert_int_equal(bobolink_check(fixture->session, NULL), BOBOLINK_HELD);
}

static void never_on_a_newer_database_or_half_a_migration(void **state)
{
	struct fixture *fixture = *state;

	fixture->options.on_failure = BOBOLINK_ON_FAILURE_CONTINUE;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_replace_set(fixture, hand_set_counting("shop", 2));
	assert_int_equal(fixture_boot(fixture), BOBOLINK_NEWER);
	fixture_replace_set(fixture, hand_set_counting("shop", 3));
	hand_set_add(fixture->set, 4, "pieces", BOBOLINK_SECTION_NO_TRANSACTION,
		     "CREATE TABLE t_4 (x INTEGER)", "INSERT INTO nowhere VALUES (4)", NULL);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_HALFWAY);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_HALFWAY);
}

static void a_program_may_want_all_or_nothing(void **state)
{
	struct fixture *fixture = *state;

	fixture_replace_set(fixture, hand_set_reversible("shop", 1));
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_run(fixture, "INSERT INTO t_1 VALUES (1)");
	fixture->options.on_failure = BOBOLINK_ON_FAILURE_ROLLBACK;
	fixture_replace_set(fixture, set_refused());
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	fixture_told(fixture, BOBOLINK_SQL_ERROR, "migrations of this run before it, undone: 1");
	assert_rows(fixture, "1:applied,2:undone,3:failed");
	fixture_says(fixture, "SELECT i FROM ran ORDER BY i", "1");
	assert_int_equal(engine_tables(fixture->db, "t!_%"), 1);
	assert_int_equal(fixture_number(fixture, "SELECT version FROM bobolink_head"), 1);
	fixture_says(fixture, "SELECT item || event FROM bobolink_log ORDER BY id DESC LIMIT 3",
		     "2rolled_back,2begin,plan");
	/* The same program again: nothing runs but to be undone. */
	assert_int_equal(fixture_boot(fixture), BOBOLINK_HELD);
	assert_rows(fixture, "1:applied,2:undone,3:failed");
	fixture_replace_set(fixture, hand_set_reversible("shop", 3));
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_rows(fixture, "1:applied,2:undone,2:applied,3:applied");
	fixture_says(fixture, "SELECT i FROM ran ORDER BY i", "1,2,3");
}

static void what_has_no_down_is_not_taken_back(void **state)
{
	struct fixture *fixture = *state;

	fixture->options.on_failure = BOBOLINK_ON_FAILURE_ROLLBACK;
	hand_set_add(fixture->set, 4, "bad", 0, "INSERT INTO nowhere VALUES (3)", NULL);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	fixture_told(fixture, BOBOLINK_SQL_ERROR, "migration 3 (next) has no down");
	assert_rows(fixture, "1:applied,2:applied,3:applied,4:failed");
}

/* What half of it is there stands on the migrations before it. */
static void nothing_is_taken_back_from_below_half_a_migration(void **state)
{
	struct fixture *fixture = *state;

	fixture->options.on_failure = BOBOLINK_ON_FAILURE_ROLLBACK;
	fixture_replace_set(fixture, hand_set_reversible("shop", 2));
	hand_set_add(fixture->set, 3, "pieces", BOBOLINK_SECTION_NO_TRANSACTION,
		     "CREATE TABLE t_3 (x INTEGER)", "INSERT INTO nowhere VALUES (3)", NULL);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_HALFWAY);
	assert_rows(fixture, "1:applied,2:applied,3:running");
	fixture_says(fixture, "SELECT i FROM ran ORDER BY i", "1,2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(what_was_refused_is_recorded_with_its_place),
		FIXTURE_TEST(it_is_not_run_again_by_itself),
		FIXTURE_TEST(the_mended_version_runs_at_the_next_start),
		FIXTURE_TEST(who_mended_the_database_asks_for_it),
		FIXTURE_TEST(a_statement_in_doubt_is_run_again_on_request),
		FIXTURE_TEST(a_lock_that_was_not_obtained_is_not_recorded),
		FIXTURE_TEST(a_full_disk_is_not_recorded),
		FIXTURE_TEST(a_lost_connection_is_not_recorded),
		FIXTURE_TEST(a_long_message_of_a_transient_cause_is_logged),
		FIXTURE_TEST(a_program_may_go_on_with_the_schema_as_it_is),
		FIXTURE_TEST(never_on_a_newer_database_or_half_a_migration),
		FIXTURE_TEST(a_program_may_want_all_or_nothing),
		FIXTURE_TEST(what_has_no_down_is_not_taken_back),
		FIXTURE_TEST(nothing_is_taken_back_from_below_half_a_migration),
	};

	return engine_run_group_tests(tests);
}
