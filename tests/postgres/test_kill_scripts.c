/*
 * SIGKILL of the program, and of the server's process that works for it, at points spread over a run with fixes and
 * repeatables: the next start finishes, nothing is lost and nothing is done twice. A point is a message between the two. As
 * what is done in two transactions shows between them only, each answer to COMMIT is one as well.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "database.h"
#include "engine.h"
#include "hand_scripts.h"
#include "server.h"
#include "striker.h"

#define MIGRATIONS 10
#define POINTS	   100
#define SAMPLE	   8
/* So few that the answers to COMMIT are few. */
#define SAMPLE_MIGRATIONS 2

struct sweep {
	struct striker striker;
	long scripts;
	long amid; /* points at which some of the scripts were done, and others not */
};

static void check_whole(const struct sweep *sweep, const char *url, const char *when)
{
	PGconn *connection = pg_open(url);

	if (strcmp(pg_text(connection, mending_sums), "ok") != 0)
		fail_msg("killed at %ld: %s: something is missing, or was done twice",
			 sweep->striker.at, when);
	PQfinish(connection);
}

static void check_end(const struct sweep *sweep, const char *url, const struct program_end *end)
{
	if (!sweep->striker.server) {
		assert_true(end->killed);
		return;
	}
	assert_false(end->killed);
	/* The server is back long before it is given up: what became of a COMMIT is known. */
	if (end->rc != BOBOLINK_OK && end->rc != BOBOLINK_UNREACHABLE)
		fail_msg("killed at %ld: %s: %s", sweep->striker.at, bobolink_result_name(end->rc),
			 end->error.message);
	if (end->rc == BOBOLINK_OK)
		check_whole(sweep, url, "all is said to be done");
}

static bool is_amid(const struct sweep *sweep, const char *url)
{
	PGconn *connection = pg_open(url);
	int64_t done = 0;

	if (pg_number(connection, "SELECT count(*) FROM pg_tables WHERE tablename = "
				  "'bobolink_history'"))
		done = pg_number(connection, "SELECT count(*) FROM bobolink_history WHERE kind <> "
					     "'migration'");
	PQfinish(connection);
	return done > 0 && done < sweep->scripts;
}

/* What a killed program had sent may be at work still when the next one starts, as it may be elsewhere. */
static void check_point(struct sweep *sweep)
{
	char url[SERVER_URL_SIZE];
	struct program_end end;
	int64_t life = server_life();

	striker_database(url);
	striker_run(&sweep->striker, url, &end);
	proxy_free(sweep->striker.proxy);
	assert_true(sweep->striker.struck);
	if (sweep->striker.server)
		server_await_next(life);
	check_end(sweep, url, &end);
	sweep->amid += is_amid(sweep, url);
	if (engine_boot(url, sweep->striker.set, &end.error))
		fail_msg("killed at %ld: the next start: %s", sweep->striker.at, end.error.message);
	check_whole(sweep, url, "the next start");
	database_drop(url);
}

/* How many points a run has that nobody disturbs. */
static long count_points(struct sweep *sweep)
{
	char url[SERVER_URL_SIZE];
	struct program_end end;
	long count;

	sweep->striker.at = 0;
	striker_database(url);
	striker_run(&sweep->striker, url, &end);
	count = sweep->striker.seen;
	proxy_free(sweep->striker.proxy);
	if (end.killed || end.rc)
		fail_msg("an undisturbed run: %s", end.error.message);
	check_whole(sweep, url, "an undisturbed run");
	database_drop(url);
	return count;
}

/* At `wanted` of the points, or at all. */
static void sweep_points(const char *name, struct striker striker, uint32_t migrations, long wanted)
{
	struct hand_set *made = hand_set_mending("shop", migrations);
	struct sweep sweep = { .striker = striker, .scripts = 2 * (long)migrations + 2 };
	long points = 0;
	long count;

	sweep.striker.set = hand_set(made, engine()->backend);
	/* The last message is the program's farewell. */
	count = count_points(&sweep) - !striker.commits;
	assert_true(count > sweep.scripts);
	wanted = wanted < count ? wanted : count;
	for (; points < wanted; points++) {
		sweep.striker.at = 1 + points * (count - 1) / (wanted - 1);
		check_point(&sweep);
	}
	print_message("sweep: fixes and repeatables, %s killed at %ld of %ld %s, %ld of them amid "
		      "the scripts\n",
		      name, points, count, striker.commits ? "answers to COMMIT" : "messages",
		      sweep.amid);
	assert_true(points > 0);
	assert_true(sweep.amid > 0);
	hand_set_free(made);
}

static void sweep_kills(const char *name, bool server)
{
	const struct striker messages = { .server = server };
	const struct striker commits = { .server = server, .commits = true };

	sweep_points(name, messages, MIGRATIONS, test_all() ? POINTS : SAMPLE);
	sweep_points(name, commits, test_all() ? MIGRATIONS : SAMPLE_MIGRATIONS, LONG_MAX);
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
