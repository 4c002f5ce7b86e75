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
#include "server.h"
#include "striker.h"

#define POINTS 100
#define SAMPLE 12

static void check_end(const struct striker *striker, const char *url, const struct program_end *end)
{
	if (!striker->server) {
		assert_true(end->killed);
		return;
	}
	assert_false(end->killed);
	/* The server is back long before it is given up: what became of a COMMIT is known. */
	if (end->rc != BOBOLINK_OK && end->rc != BOBOLINK_UNREACHABLE)
		fail_msg("killed at %ld: %s: %s", striker->at, bobolink_result_name(end->rc),
			 end->error.message);
	if (end->rc == BOBOLINK_OK && fragile_damage(url))
		fail_msg("killed at %ld: all is said to be done: %s", striker->at,
			 fragile_damage(url));
}

static void check_point(struct striker *striker)
{
	char url[SERVER_URL_SIZE];
	struct program_end end;
	int64_t life = server_life();

	striker_database(url);
	striker_run(striker, url, &end);
	proxy_free(striker->proxy);
	assert_true(striker->struck);
	if (striker->server)
		server_await_next(life);
	check_end(striker, url, &end);
	fragile_check(url, striker->set, striker->at);
	database_drop(url);
}

/* How many messages a run has that nobody disturbs. */
static long count_messages(struct striker *striker)
{
	char url[SERVER_URL_SIZE];
	struct program_end end;
	long count;

	striker->at = 0;
	striker_database(url);
	striker_run(striker, url, &end);
	count = proxy_count(striker->proxy);
	proxy_free(striker->proxy);
	if (end.killed || end.rc)
		fail_msg("an undisturbed run: %s", end.error.message);
	assert_null(fragile_damage(url));
	database_drop(url);
	return count;
}

static void sweep_kills(const char *name, bool server)
{
	struct hand_set *made = fragile_set();
	struct striker striker = { .server = server };
	long wanted = test_all() ? POINTS : SAMPLE;
	long points = 0;
	long messages;

	striker.set = hand_set(made, engine()->backend);
	messages = count_messages(&striker);
	assert_true(messages > POINTS);
	for (; points < wanted; points++) {
		/* The last message is the program's farewell. */
		striker.at = 1 + points * (messages - 2) / (wanted - 1);
		check_point(&striker);
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
