/*
 * SIGKILL of the program, and of the server's process that works for it, at points spread over a whole run:
 * the next start finishes, nothing is lost and nothing is done twice. A point is a message between the
 * two. Killing one process of a server makes it end all others and recover, as after a crash.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "database.h"
#include "engine.h"
#include "fragile_set.h"
#include "program.h"

#define POINTS 100
#define SAMPLE 12

struct sweep {
	const struct bobolink_set *set;
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
	program_start(&sweep->program, proxy_url(sweep->proxy), sweep->set, &options);
	proxy_serve(sweep->proxy, sweep->program.report, strike, sweep);
	program_await(&sweep->program, end);
}

/* A commit that was answered is on the disk, as it is on other servers. */
static void new_database(char url[SERVER_URL_SIZE])
{
	PGconn *connection;

	database_new(url);
	connection = pg_open(url);
	pg_run(connection, "DO 'BEGIN EXECUTE format(''ALTER DATABASE %I SET synchronous_commit = "
			   "on'', current_database()); END'");
	PQfinish(connection);
}

static void check_end(const struct sweep *sweep, const char *url, const struct program_end *end)
{
	if (!sweep->server) {
		assert_true(end->killed);
		return;
	}
	assert_false(end->killed);
	/* The server is back long before it is given up: what became of a COMMIT is known. */
	if (end->rc != BOBOLINK_OK && end->rc != BOBOLINK_UNREACHABLE)
		fail_msg("killed at %ld: %s: %s", sweep->at, bobolink_result_name(end->rc),
			 end->error.message);
	if (end->rc == BOBOLINK_OK && fragile_damage(url))
		fail_msg("killed at %ld: all is said to be done: %s", sweep->at,
			 fragile_damage(url));
}

static void check_point(struct sweep *sweep)
{
	char url[SERVER_URL_SIZE];
	struct program_end end;
	int64_t life = server_life();

	new_database(url);
	run(sweep, url, &end);
	proxy_free(sweep->proxy);
	assert_true(sweep->struck);
	if (sweep->server)
		server_await_next(life);
	check_end(sweep, url, &end);
	fragile_check(url, sweep->set, sweep->at);
	database_drop(url);
}

/* How many messages a run has that nobody disturbs. */
static long count_messages(struct sweep *sweep)
{
	char url[SERVER_URL_SIZE];
	struct program_end end;
	long count;

	sweep->at = 0;
	new_database(url);
	run(sweep, url, &end);
	count = proxy_count(sweep->proxy);
	proxy_free(sweep->proxy);
	if (end.killed || end.rc)
		fail_msg("an undisturbed run: %s", end.error.message);
	assert_null(fragile_damage(url));
	database_drop(url);
	return count;
}

static void sweep_kills(const char *name, bool server)
{
	struct hand_set *made = fragile_set();
	struct sweep sweep = { .server = server };
	long wanted = test_all() ? POINTS : SAMPLE;
	long points = 0;
	long messages;

	sweep.set = hand_set(made, engine()->backend);
	messages = count_messages(&sweep);
	assert_true(messages > POINTS);
	for (; points < wanted; points++) {
		/* The last message is the program's farewell. */
		sweep.at = 1 + points * (messages - 2) / (wanted - 1);
		check_point(&sweep);
	}
	print_message("sweep: %s killed at %ld of %ld messages\n", name, points, messages);
	assert_true(points > 0);
	hand_set_free(made);
}

static void a_killed_program_loses_and_doubles_nothing(void **state)
{
	(void)state;
	sweep_kills("program", false);
}

static void nor_does_a_killed_server(void **state)
{
	(void)state;
	sweep_kills("server process", true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_killed_program_loses_and_doubles_nothing),
		cmocka_unit_test(nor_does_a_killed_server),
	};

	return engine_run_group_tests_on("postgres", tests);
}
