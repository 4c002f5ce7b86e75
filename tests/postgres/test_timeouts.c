/*
 * Timeouts of PostgreSQL: those of a migration count, those of the session count where the migration has
 * none, and afterwards the session has its own.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "server.h"

#define OUTSIDE BOBOLINK_SECTION_NO_TRANSACTION
#define ALONE	BOBOLINK_STATEMENT_NO_TRANSACTION

/* Longer than any test's patience. */
#define FOREVER "SELECT pg_sleep(60)"

static void add_sleep(struct fixture *fixture, const char *sleep, uint32_t statement_timeout_ms)
{
	hand_set_add(fixture->set, 4, "sleep", 0, "CREATE TABLE t_4 (x INTEGER)", sleep,
		     "INSERT INTO ran VALUES (4)", NULL);
	hand_set_timeouts(fixture->set, 0, statement_timeout_ms);
}

/* Statement 2 of migration 4 took too long; the migrations before it are there, and nothing of it. */
static void assert_timed_out(struct fixture *fixture, const char *session_timeout)
{
	if (fixture_boot(fixture) != BOBOLINK_SQL_ERROR)
		fail_msg("%d %s", fixture->error.code, fixture->error.message);
	fixture_told(fixture, BOBOLINK_SQL_ERROR, "statement timeout");
	assert_string_equal(fixture->error.sqlstate, "57014");
	assert_string_equal(fixture->error.file, "migrations/0004_sleep.sql");
	assert_int_equal(fixture->error.line, 2);
	assert_int_equal(engine_tables(fixture->db, "t!_4"), 0);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM ran"), 3);
	assert_string_equal(fixture_text(fixture, "SHOW statement_timeout"), session_timeout);
}

static void a_statement_longer_than_its_migration_allows_is_refused(void **state)
{
	struct fixture *fixture = *state;

	add_sleep(fixture, FOREVER, 100);
	assert_timed_out(fixture, "0");
}

static void a_statement_longer_than_the_session_allows_is_refused(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_run(fixture, "SET statement_timeout = 1000");
	add_sleep(fixture, FOREVER, 0);
	assert_timed_out(fixture, "1s");
}

static void the_timeout_of_the_migration_counts_more(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_run(fixture, "SET statement_timeout = 1000");
	add_sleep(fixture, "SELECT pg_sleep(1.5)", 30000);
	if (fixture_boot(fixture))
		fail_msg("%s", fixture->error.message);
	assert_true(fixture_is_whole(fixture, 4));
	assert_string_equal(fixture_text(fixture, "SHOW statement_timeout"), "1s");
}

/* The next migration has no timeout, whatever the one before it had. */
static void a_timeout_ends_with_its_migration(void **state)
{
	struct fixture *fixture = *state;

	add_sleep(fixture, "SELECT 1", 100);
	hand_set_add(fixture->set, 5, "longer", 0, "CREATE TABLE t_5 (x INTEGER)",
		     "SELECT pg_sleep(0.3)", "INSERT INTO ran VALUES (5)", NULL);
	if (fixture_boot(fixture))
		fail_msg("%s", fixture->error.message);
	assert_true(fixture_is_whole(fixture, 5));
}

/* Statement by statement it is the same. */
static void outside_transactions_they_count_too(void **state)
{
	struct fixture *fixture = *state;

	hand_set_add(fixture->set, 4, "sleep", OUTSIDE, FOREVER, NULL);
	hand_set_statement_flags(fixture->set, 0, ALONE);
	hand_set_timeouts(fixture->set, 0, 100);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	assert_string_equal(fixture->error.sqlstate, "57014");
	assert_string_equal(fixture->error.file, "migrations/0004_sleep.sql");
	assert_string_equal(fixture_text(fixture, "SHOW statement_timeout"), "0");
}

/* Only a statement that runs alone has no lock timeout: the others give way to readers, as everywhere. */
static void between_them_a_change_has_its_lock_timeout(void **state)
{
	struct fixture *fixture = *state;

	hand_set_add(fixture->set, 4, "pieces", OUTSIDE,
		     "CREATE TABLE seen AS SELECT current_setting('lock_timeout') AS x",
		     "INSERT INTO seen SELECT current_setting('lock_timeout')",
		     "INSERT INTO seen SELECT current_setting('lock_timeout')", NULL);
	hand_set_statement_flags(fixture->set, 1, ALONE);
	hand_set_add(fixture->set, 5, "own", OUTSIDE,
		     "INSERT INTO seen SELECT current_setting('lock_timeout')", NULL);
	hand_set_timeouts(fixture->set, 345, 0);
	if (fixture_boot(fixture))
		fail_msg("%s", fixture->error.message);
	assert_string_equal(fixture_text(fixture, "SELECT x FROM seen ORDER BY ctid"),
			    "1s,0,1s,345ms");
	assert_string_equal(fixture_text(fixture, "SHOW lock_timeout"), "0");
}

static int sleep_a_little(void *context, const struct bobolink_progress *progress)
{
	++*(int *)context;
	(void)progress;
	(void)poll(NULL, 0, 60);
	return 0;
}

/* A program that reports its progress to somewhere slow is idle in its transaction meanwhile. */
static void an_impatient_session_does_not_end_the_transaction(void **state)
{
	struct fixture *fixture = *state;
	int calls = 0;

	fixture_run(fixture, "SET idle_in_transaction_session_timeout = 20");
	fixture->options.progress = sleep_a_little;
	fixture->options.progress_context = &calls;
	if (fixture_boot(fixture))
		fail_msg("%s", fixture->error.message);
	assert_int_equal(calls, 7);
	assert_true(fixture_is_whole(fixture, 3));
	assert_string_equal(fixture_text(fixture, "SHOW idle_in_transaction_session_timeout"),
			    "20ms");
}

static int stop_here(void *context, const struct bobolink_progress *progress)
{
	(void)context;
	if (progress->version == 3 && progress->statement == 1)
		(void)raise(SIGSTOP);
	return 0;
}

/* A program that boots, and is stopped in the transaction of migration 3. */
static pid_t start_stopped(struct fixture *fixture)
{
	const struct bobolink_set *set = hand_set(fixture->set, engine()->backend);
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		void *handle = engine()->open(fixture->url);

		fixture->options.progress = stop_here;
		_exit(bobolink_migrate(set, handle, &fixture->options, &fixture->error));
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
	assert_true(WIFSTOPPED(status));
	return pid;
}

/* It would keep the lock for ever: the server ends its session. */
static void a_program_that_was_stopped_loses_the_lock(void **state)
{
	struct fixture *fixture = *state;
	int status = 0;
	pid_t pid;

	if (!test_all()) {
		print_message("skipped: it takes a minute; help: BOBOLINK_TEST_ALL=1\n");
		skip();
	}
	pid = start_stopped(fixture);
	fixture->options.lock_timeout_ms = 120000;
	if (fixture_boot(fixture))
		fail_msg("%s", fixture->error.message);
	assert_true(fixture_is_whole(fixture, 3));
	/* When it goes on it finds out, and does nothing twice. */
	assert_int_equal(kill(pid, SIGCONT), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), BOBOLINK_UNREACHABLE);
	assert_true(fixture_is_whole(fixture, 3));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(a_statement_longer_than_its_migration_allows_is_refused),
		FIXTURE_TEST(a_statement_longer_than_the_session_allows_is_refused),
		FIXTURE_TEST(the_timeout_of_the_migration_counts_more),
		FIXTURE_TEST(a_timeout_ends_with_its_migration),
		FIXTURE_TEST(outside_transactions_they_count_too),
		FIXTURE_TEST(between_them_a_change_has_its_lock_timeout),
		FIXTURE_TEST(an_impatient_session_does_not_end_the_transaction),
		FIXTURE_TEST(a_program_that_was_stopped_loses_the_lock),
	};

	return engine_run_group_tests_on("postgres", tests);
}
