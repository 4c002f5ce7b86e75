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
#include "program.h"
#include "server.h"
#include "undo_set.h"

#define POINTS 50
#define SAMPLE 8

struct sweep {
	struct undo_set all;
	struct proxy *proxy;
	struct program program;
	long at; /* 0: nobody is killed */
	bool server;
	bool struck;
};

static enum proxy_verdict strike(void *context, const struct proxy_message *message)
{
	struct sweep *sweep = context;

	if (sweep->struck || !sweep->at || message->number < sweep->at)
		return PROXY_PASS;
	if (sweep->server && !message->process)
		return PROXY_PASS;
	sweep->struck = true;
	assert_int_equal(kill(sweep->server ? message->process : sweep->program.pid, SIGKILL), 0);
	/* What a program had sent when it died arrives, or does not. */
	return sweep->server || sweep->at % 2 ? PROXY_PASS : PROXY_CUT;
}

static void run(struct sweep *sweep, const char *url, struct program_end *end)
{
	const struct bobolink_options options = BOBOLINK_OPTIONS_INIT;

	sweep->proxy = proxy_new(url);
	sweep->struck = false;
	program_start_with(&sweep->program, proxy_url(sweep->proxy), sweep->all.set, &options,
			   undo_set_back);
	proxy_serve(sweep->proxy, sweep->program.report, strike, sweep);
	program_await(&sweep->program, end);
}

/* A commit that was answered is on the disk, as it is on other servers. */
static void fill_database(const struct sweep *sweep, char url[SERVER_URL_SIZE])
{
	PGconn *connection;

	database_new(url);
	connection = pg_open(url);
	pg_run(connection, "DO 'BEGIN EXECUTE format(''ALTER DATABASE %I SET synchronous_commit = "
			   "on'', current_database()); END'");
	PQfinish(connection);
	undo_set_fill(&sweep->all, url);
}

static void check_end(const struct sweep *sweep, const char *url, const struct program_end *end)
{
	const char *wrong;

	if (!sweep->server) {
		assert_true(end->killed);
		return;
	}
	assert_false(end->killed);
	if (end->rc != BOBOLINK_OK && end->rc != BOBOLINK_UNREACHABLE)
		fail_msg("killed at %ld: %s: %s", sweep->at, bobolink_result_name(end->rc),
			 end->error.message);
	wrong = end->rc ? NULL : undo_set_damage(&sweep->all, url, UNDO_KEPT);
	if (wrong)
		fail_msg("killed at %ld: all is said to be undone: %s", sweep->at, wrong);
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
	run(sweep, url, &end);
	proxy_free(sweep->proxy);
	assert_true(sweep->struck);
	if (sweep->server)
		server_await_next(life);
	await_silence(url);
	check_end(sweep, url, &end);
	undo_set_check(&sweep->all, url, sweep->at);
	database_drop(url);
}

/* How many messages a rollback has that nobody disturbs. */
static long count_messages(struct sweep *sweep)
{
	char url[SERVER_URL_SIZE];
	struct program_end end;
	long count;

	sweep->at = 0;
	fill_database(sweep, url);
	run(sweep, url, &end);
	count = proxy_count(sweep->proxy);
	proxy_free(sweep->proxy);
	if (end.killed || end.rc)
		fail_msg("an undisturbed rollback: %s", end.error.message);
	assert_null(undo_set_damage(&sweep->all, url, UNDO_KEPT));
	database_drop(url);
	return count;
}

static void sweep_kills(const char *name, bool server)
{
	struct sweep sweep = { .server = server };
	long wanted = test_all() ? POINTS : SAMPLE;
	long points = 0;
	char url[SERVER_URL_SIZE];
	long messages;

	database_new(url);
	undo_set_open(&sweep.all, url);
	database_drop(url);
	messages = count_messages(&sweep);
	assert_true(messages > POINTS);
	for (; points < wanted; points++) {
		/* The last message is the program's farewell. */
		sweep.at = 1 + points * (messages - 2) / (wanted - 1);
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
