/*
 * Rows that come between the count and the statement: the table is locked before, so that there are none. Another client
 * has written and not committed when the program begins; it commits as soon as the program waits for it.
 */
#include <poll.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "server.h"

#define LOSS "table t_2\tSELECT count(*) FROM public.t_2\tpublic.t_2\n"

/* Makes t_2, and takes it away again on the way up or down. */
static struct hand_set *dropping(bool up)
{
	struct hand_set *set = hand_set_counting("shop", 1);

	hand_set_add(set, 2, "make", 0, "CREATE TABLE t_2 (x INTEGER)", NULL);
	hand_set_down(set, 0, "DROP TABLE t_2", NULL);
	hand_set_down_losses(set, LOSS);
	if (up) {
		hand_set_add(set, 3, "drop", 0, "DROP TABLE t_2", NULL);
		hand_set_losses(set, LOSS);
	}
	return set;
}

/* In a child: writes a row, tells so, and commits when somebody waits for the table. */
static void write_beside(const char *url, int told)
{
	PGconn *connection = engine()->open(url);
	PGconn *watcher = engine()->open(url);

	pg_run(connection, "BEGIN");
	pg_run(connection, "INSERT INTO t_2 VALUES (1)");
	if (write(told, "x", 1) != 1)
		_exit(1);
	for (int i = 0; i < 1000; i++) {
		if (pg_number(watcher,
			      "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = "
			      "'t_2'::regclass") > 0)
			break;
		poll(NULL, 0, 10);
	}
	pg_run(connection, "COMMIT");
	PQfinish(connection);
	PQfinish(watcher);
	_exit(0);
}

static pid_t start_writer(struct fixture *fixture)
{
	int told[2];
	char byte;
	pid_t pid;

	assert_int_equal(pipe(told), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		write_beside(fixture->url, told[1]);
	close(told[1]);
	assert_int_equal(read(told[0], &byte, 1), 1);
	close(told[0]);
	return pid;
}

static void assert_kept(struct fixture *fixture, pid_t pid, int rc)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_int_equal(rc, BOBOLINK_DATA_LOSS);
	fixture_told(fixture, BOBOLINK_DATA_LOSS, "table t_2 (1 row)");
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM t_2"), 1);
}

static void a_row_that_is_committed_meanwhile_stops_a_down(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_plan *plan;
	pid_t pid;
	int rc;

	fixture_replace_set(fixture, dropping(false));
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_open(fixture);
	assert_int_equal(bobolink_plan_to(fixture->session, 1, &plan, NULL), BOBOLINK_OK);
	assert_int_equal(plan->at_stake, 0);
	pid = start_writer(fixture);
	rc = bobolink_run(fixture->session, plan, 0, NULL, &fixture->error);
	bobolink_plan_free(plan);
	assert_kept(fixture, pid, rc);
}

static void and_an_up_where_rows_are_protected(void **state)
{
	struct fixture *fixture = *state;
	pid_t pid;

	fixture_replace_set(fixture, dropping(false));
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_replace_set(fixture, dropping(true));
	fixture->options.protect = BOBOLINK_PROTECT_ALWAYS;
	pid = start_writer(fixture);
	assert_kept(fixture, pid, fixture_boot(fixture));
}

/* What an earlier program left in the history has the table, too, and is not believed when it is none. */
static void stored_losses_are_locked_or_refused(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_plan *plan;
	pid_t pid;
	int rc;

	fixture_replace_set(fixture, dropping(false));
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_replace_set(fixture, hand_set_counting("shop", 1));
	fixture_open(fixture);
	assert_int_equal(bobolink_plan_to(fixture->session, 1, &plan, NULL), BOBOLINK_OK);
	assert_int_equal(plan->steps[0].stored, 1);
	pid = start_writer(fixture);
	rc = bobolink_run(fixture->session, plan, 0, NULL, &fixture->error);
	bobolink_plan_free(plan);
	assert_kept(fixture, pid, rc);
	fixture_run(fixture, "UPDATE bobolink_history SET down_sql = replace(down_sql, "
			     "E'\\tpublic.t_2', E'\\tt_2;SELECT')");
	assert_int_equal(bobolink_plan_to(fixture->session, 1, &plan, &fixture->error),
			 BOBOLINK_CORRUPT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(a_row_that_is_committed_meanwhile_stops_a_down),
		FIXTURE_TEST(and_an_up_where_rows_are_protected),
		FIXTURE_TEST(stored_losses_are_locked_or_refused),
	};

	return engine_run_group_tests_on("postgres", tests);
}
