/*
 * bobolink_interrupt: between two statements, inside one, while the lock is waited for; from a callback and from a
 * signal handler. What was not committed is undone, and the next start finishes.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include "fixture.h"

#define MOST 100

static struct bobolink_session *volatile at_work;

static void on_alarm(int signal)
{
	(void)signal;
	bobolink_interrupt(at_work);
}

/* The signal comes once, so long from now. */
static void alarm_in(int milliseconds)
{
	const struct itimerval timer = { .it_value = { .tv_usec = 1000 * milliseconds } };
	struct sigaction action = { .sa_handler = on_alarm, .sa_flags = SA_RESTART };

	assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &timer, NULL), 0);
}

static int64_t now_ms(void)
{
	struct timespec now;

	assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &now), 0);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Boots in a session that a signal stops; returns how long that took. */
static int64_t stopped_after(struct fixture *fixture, int milliseconds)
{
	int64_t begun;

	fixture_open(fixture);
	at_work = fixture->session;
	begun = now_ms();
	alarm_in(milliseconds);
	assert_int_equal(bobolink_boot(fixture->session, &fixture->error), BOBOLINK_INTERRUPTED);
	begun = now_ms() - begun;
	fixture_told(fixture, BOBOLINK_INTERRUPTED, "the next start goes on");
	assert_int_equal(bobolink_exit_code(BOBOLINK_INTERRUPTED), 130);
	assert_false(engine()->in_transaction(fixture->db));
	/* Nothing of it reaches what the application does next. */
	for (int i = 0; i < 50; i++)
		assert_int_equal(fixture_number(fixture, "SELECT 1"), 1);
	bobolink_close(fixture->session);
	fixture->session = NULL;
	return begun;
}

/* --- between two statements ------------------------------------------------------------------ */

struct scene {
	struct fixture *fixture;
	int at;
	int calls;
};

static int stop_at(void *context, const struct bobolink_progress *progress)
{
	struct scene *scene = context;

	(void)progress;
	if (++scene->calls == scene->at)
		bobolink_interrupt(scene->fixture->session);
	return 0;
}

/* Who asks in the callback stops before the statement behind that one. False past the last. */
static bool stop_before(struct scene *scene)
{
	struct fixture *fixture = scene->fixture;
	int rc;

	scene->calls = 0;
	fixture->options.progress = stop_at;
	fixture->options.progress_context = scene;
	fixture_open(fixture);
	rc = bobolink_boot(fixture->session, &fixture->error);
	assert_false(engine()->in_transaction(fixture->db));
	if (rc == BOBOLINK_OK)
		return false;
	fixture_told(fixture, BOBOLINK_INTERRUPTED, "");
	/* A session that was stopped stays so. */
	assert_int_equal(bobolink_boot(fixture->session, &fixture->error), BOBOLINK_INTERRUPTED);
	bobolink_close(fixture->session);
	fixture->session = NULL;
	fixture->options.progress = NULL;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_true(fixture_is_whole(fixture, 4));
	return true;
}

static void add_pieces(struct fixture *fixture)
{
	hand_set_add(fixture->set, 4, "pieces", BOBOLINK_SECTION_NO_TRANSACTION,
		     "CREATE TABLE t_4 (x INTEGER)", "VACUUM", "INSERT INTO ran VALUES (4)", NULL);
	hand_set_statement_flags(fixture->set, 1,
				 BOBOLINK_STATEMENT_NO_TRANSACTION | BOBOLINK_STATEMENT_REPEATABLE);
}

static void between_any_two_statements_a_run_can_be_stopped(void **state)
{
	struct fixture *fixture = *state;
	struct scene scene = { .fixture = fixture, .at = 1 };
	int points = 0;

	for (; scene.at < MOST; scene.at++, points++) {
		engine()->close(fixture->db);
		remove(fixture->url);
		engine()->make(fixture->directory, fixture->url);
		fixture->db = engine()->open(fixture->url);
		fixture_replace_set(fixture, hand_set_counting("shop", 3));
		add_pieces(fixture);
		if (!stop_before(&scene))
			break;
	}
	print_message("sweep: %s: stopped at %d statements\n", engine()->name, points);
	/* The last of the ten statements is followed by none. */
	assert_int_equal(points, 9);
}

/* --- while the lock is waited for ------------------------------------------------------------ */

static void who_waits_for_the_lock_can_be_stopped(void **state)
{
	struct fixture *fixture = *state;
	void *other = engine()->open(fixture->url);
	int64_t begun;

	assert_true(engine()->lock(other));
	fixture_open(fixture);
	at_work = fixture->session;
	begun = now_ms();
	alarm_in(200);
	assert_int_equal(bobolink_boot(fixture->session, &fixture->error), BOBOLINK_INTERRUPTED);
	assert_true(now_ms() - begun < 5000);
	fixture_told(fixture, BOBOLINK_INTERRUPTED, "waiting for the lock");
	engine()->run(other, "ROLLBACK");
	engine()->close(other);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_true(fixture_is_whole(fixture, 3));
}

/* --- inside a statement ---------------------------------------------------------------------- */

static bool is_postgres(void)
{
	return strcmp(engine()->name, "postgres") == 0;
}

/* On PostgreSQL it is cancelled; on SQLite it comes to its end, and the next one does not run. */
static void a_statement_in_a_transaction_is_undone(void **state)
{
	struct fixture *fixture = *state;

	hand_set_add(fixture->set, 4, "long", 0, "CREATE TABLE t_4 (x INTEGER)",
		     "INSERT INTO ran VALUES (4)",
		     is_postgres() ? "SELECT pg_sleep(60)"
				   : "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM "
				     "n WHERE i < 4000000) SELECT count(*) FROM n",
		     "CREATE TABLE never (x INTEGER)", NULL);
	assert_true(stopped_after(fixture, 300) < 20000);
	assert_int_equal(fixture->error.version, 4);
	assert_int_equal(fixture->error.line, is_postgres() ? 3 : 4);
	assert_true(fixture_is_whole(fixture, 3));
	fixture_replace_set(fixture, hand_set_counting("shop", 4));
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_true(fixture_is_whole(fixture, 4));
}

/* Cancelled, an index built concurrently would stay behind half made. */
static void a_statement_outside_transactions_comes_to_its_end(void **state)
{
	struct fixture *fixture = *state;

	if (!is_postgres())
		skip();
	hand_set_add(fixture->set, 4, "pieces", BOBOLINK_SECTION_NO_TRANSACTION,
		     "CREATE TABLE t_4 (x INTEGER)", "SELECT pg_sleep(1.2)",
		     "INSERT INTO ran VALUES (4)", NULL);
	hand_set_statement_flags(fixture->set, 1,
				 BOBOLINK_STATEMENT_NO_TRANSACTION | BOBOLINK_STATEMENT_REPEATABLE);
	assert_true(stopped_after(fixture, 300) >= 1200);
	assert_int_equal(fixture_number(fixture, "SELECT statements_done FROM bobolink_history "
						 "WHERE version = 4"),
			 2);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_true(fixture_is_whole(fixture, 4));
}

static void of_one_transaction_for_all_nothing_stays(void **state)
{
	struct fixture *fixture = *state;

	if (!is_postgres())
		skip();
	hand_set_add(fixture->set, 4, "long", 0, "SELECT pg_sleep(60)", NULL);
	fixture->options.transaction = BOBOLINK_TRANSACTION_ALL;
	assert_true(stopped_after(fixture, 300) < 20000);
	assert_int_equal(fixture->error.version, 4);
	assert_int_equal(engine_tables(fixture->db, "t!_%"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(between_any_two_statements_a_run_can_be_stopped),
		FIXTURE_TEST(who_waits_for_the_lock_can_be_stopped),
		FIXTURE_TEST(a_statement_in_a_transaction_is_undone),
		FIXTURE_TEST(a_statement_outside_transactions_comes_to_its_end),
		FIXTURE_TEST(of_one_transaction_for_all_nothing_stays),
	};

	return engine_run_group_tests(tests);
}
