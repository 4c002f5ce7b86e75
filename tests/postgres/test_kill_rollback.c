/*
 * SIGKILL of the program, and of the server's process that works for it, at points spread over a rollback: history
 * and database agree, the same command finishes, nothing is undone twice and nothing is lost that no down deletes.
 * A point is a message between the two.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <bobolink/postgres.h>

#include "database.h"
#include "engine.h"
#include "server.h"
#include "striker.h"
#include "undo_set.h"

#define POINTS 50
#define SAMPLE 8

struct sweep {
	struct undo_set all;
	struct striker striker;
};

static void fill_database(const struct sweep *sweep, char url[SERVER_URL_SIZE])
{
	striker_database(url);
	undo_set_fill(&sweep->all, url);
}

static void check_end(const struct sweep *sweep, const char *url, const struct program_end *end)
{
	const char *wrong;

	if (!sweep->striker.server) {
		assert_true(end->killed);
		return;
	}
	assert_false(end->killed);
	if (end->rc != BOBOLINK_OK && end->rc != BOBOLINK_UNREACHABLE)
		fail_msg("killed at %ld: %s: %s", sweep->striker.at, bobolink_result_name(end->rc),
			 end->error.message);
	wrong = end->rc ? NULL : undo_set_damage(&sweep->all, url, UNDO_KEPT);
	if (wrong)
		fail_msg("killed at %ld: all is said to be undone: %s", sweep->striker.at, wrong);
}

/* What a killed program had sent may be at work still. */
static void await_silence(const char *url)
{
	PGconn *connection = pg_open(url);
	int64_t others = 1;

	for (int i = 0; others && i < 300; i++) {
		others =
			pg_number(connection, "SELECT count(*) FROM pg_stat_activity WHERE datname "
					      "= current_database() AND pid <> pg_backend_pid()");
		if (others)
			(void)pg_number(connection, "SELECT 1 FROM pg_sleep(0.1)");
	}
	assert_int_equal(others, 0);
	PQfinish(connection);
}

static void check_point(struct sweep *sweep)
{
	char url[SERVER_URL_SIZE];
	struct program_end end;
	int64_t life;

	fill_database(sweep, url);
	life = server_life();
	striker_run(&sweep->striker, url, &end);
	proxy_free(sweep->striker.proxy);
	assert_true(sweep->striker.struck);
	if (sweep->striker.server)
		server_await_next(life);
	await_silence(url);
	check_end(sweep, url, &end);
	undo_set_check(&sweep->all, url, sweep->striker.at);
	database_drop(url);
}

/* How many messages a rollback has that nobody disturbs. */
static long count_messages(struct sweep *sweep)
{
	char url[SERVER_URL_SIZE];
	struct program_end end;
	long count;

	sweep->striker.at = 0;
	fill_database(sweep, url);
	striker_run(&sweep->striker, url, &end);
	count = proxy_count(sweep->striker.proxy);
	proxy_free(sweep->striker.proxy);
	if (end.killed || end.rc)
		fail_msg("an undisturbed rollback: %s", end.error.message);
	assert_null(undo_set_damage(&sweep->all, url, UNDO_KEPT));
	database_drop(url);
	return count;
}

static void sweep_kills(const char *name, bool server)
{
	struct sweep sweep = { .striker = { .work = undo_set_back, .server = server } };
	long wanted = test_all() ? POINTS : SAMPLE;
	long points = 0;
	char url[SERVER_URL_SIZE];
	long messages;

	database_new(url);
	undo_set_open(&sweep.all, url);
	sweep.striker.set = sweep.all.set;
	database_drop(url);
	messages = count_messages(&sweep);
	assert_true(messages > POINTS);
	for (; points < wanted; points++) {
		/* The last message is the program's farewell. */
		sweep.striker.at = 1 + points * (messages - 2) / (wanted - 1);
		check_point(&sweep);
	}
	print_message("sweep: rollback, %s killed at %ld of %ld messages\n", name, points,
		      messages);
	assert_true(points > 0);
	undo_set_close(&sweep.all);
}

static void a_rollback_whose_program_is_killed_loses_and_doubles_nothing(void **state)
{
	(void)state;
	sweep_kills("program", false);
}

static void nor_does_one_whose_server_is_killed(void **state)
{
	(void)state;
	sweep_kills("server process", true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rollback_whose_program_is_killed_loses_and_doubles_nothing),
		cmocka_unit_test(nor_does_one_whose_server_is_killed),
	};

	return engine_run_group_tests_on("postgres", tests);
}
