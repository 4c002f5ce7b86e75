/*
 * Guards of fixes on a busy server: they are asked without a lock of ours, and may meet those of others.
 */
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include <bobolink/postgres.h>

#include "fixture.h"
#include "hand_scripts.h"
#include "server.h"

static struct bobolink_session *interrupted;

static void interrupt(int number)
{
	(void)number;
	bobolink_interrupt(interrupted);
}

static void set_guard(struct fixture *fixture, const char *guard)
{
	struct hand_set *set = hand_set_new("shop");

	hand_set_add(set, 1, "marks", 0, "CREATE TABLE marks (x TEXT)", NULL);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	hand_fix(set, 7, "slow", guard, "INSERT INTO marks VALUES ('a')", NULL);
	hand_script(set)->required = 1;
	fixture_replace_set(fixture, set);
}

static void one_that_takes_long_can_be_stopped(void **state)
{
	const struct itimerval soon = { .it_value = { .tv_usec = 300000 } };
	struct fixture *fixture = *state;
	time_t begun;

	fixture_replace_set(fixture, hand_set_new("shop"));
	hand_set_add(fixture->set, 1, "marks", 0, "CREATE TABLE marks (x TEXT)", NULL);
	set_guard(fixture, "SELECT pg_sleep(20) IS NOT NULL");
	fixture_open(fixture);
	interrupted = fixture->session;
	assert_ptr_not_equal(signal(SIGALRM, interrupt), SIG_ERR);
	assert_int_equal(setitimer(ITIMER_REAL, &soon, NULL), 0);
	begun = time(NULL);
	assert_int_equal(bobolink_boot(fixture->session, &fixture->error), BOBOLINK_INTERRUPTED);
	assert_true(time(NULL) - begun < 15);
	fixture_told(fixture, BOBOLINK_INTERRUPTED, "stopped");
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM bobolink_history WHERE kind "
						 "= 'fix'"),
			 0);
}

/* As long as for a lock of ours, and then the start says so. */
static void a_table_that_is_locked_is_not_waited_for_without_end(void **state)
{
	struct fixture *fixture = *state;
	void *other;

	fixture_replace_set(fixture, hand_set_new("shop"));
	hand_set_add(fixture->set, 1, "marks", 0, "CREATE TABLE marks (x TEXT)", NULL);
	set_guard(fixture, "SELECT count(*) = 0 FROM marks");
	other = engine()->open(fixture->url);
	engine()->run(other, "BEGIN; LOCK TABLE marks IN ACCESS EXCLUSIVE MODE");
	fixture->options.lock_timeout_ms = 200;
	fixture_run(fixture, "SET statement_timeout = '20s'");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_LOCKED);
	engine()->run(other, "ROLLBACK");
	engine()->close(other);
	fixture_says(fixture, "SHOW lock_timeout", "0");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_says(fixture, "SELECT status FROM bobolink_history WHERE kind = 'fix'", "applied");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(one_that_takes_long_can_be_stopped),
		FIXTURE_TEST(a_table_that_is_locked_is_not_waited_for_without_end),
	};

	return engine_run_group_tests_on("postgres", tests);
}
