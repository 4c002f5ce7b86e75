/*
 * SIGKILL of the program, and of the server's process that works for it, at points spread over a migration in batches: the
 * next start goes on behind the last batch, no row is done twice and none is left out, up and down. A point is a message
 * between the two.
 */
#include <signal.h>
#include <stdio.h>

#include <bobolink/postgres.h>

#include "backfill.h"
#include "database.h"
#include "engine.h"
#include "server.h"
#include "striker.h"

#define POINTS	    30
#define ROWS	    1000000u
#define LIMIT	    10000u
#define SAMPLE	    6
#define SAMPLE_ROWS 2000u

struct sweep {
	struct striker striker;
	bool down;
};

static void fill_database(const struct sweep *sweep, char url[SERVER_URL_SIZE])
{
	striker_database(url);
	backfill_prepare(url, sweep->striker.set, sweep->down);
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

static void check_end(const struct sweep *sweep, const struct program_end *end)
{
	if (!sweep->striker.server) {
		assert_true(end->killed);
		return;
	}
	assert_false(end->killed);
	if (end->rc != BOBOLINK_OK && end->rc != BOBOLINK_UNREACHABLE)
		fail_msg("killed at %ld: %s: %s", sweep->striker.at, bobolink_result_name(end->rc),
			 end->error.message);
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
	check_end(sweep, &end);
	backfill_check(url, sweep->striker.set, sweep->down, sweep->striker.at);
	database_drop(url);
}

/* How many messages a run has that nobody disturbs. */
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
		fail_msg("an undisturbed run: %s", end.error.message);
	database_drop(url);
	return count;
}

static void sweep_kills(const char *name, bool server, bool down)
{
	uint32_t rows = test_all() ? ROWS : SAMPLE_ROWS;
	struct hand_set *made = backfill_set(rows, test_all() ? LIMIT : SAMPLE_ROWS / 10);
	struct sweep sweep = { .striker = { .set = hand_set(made, engine()->backend),
					    .work = down ? backfill_down : backfill_up,
					    .server = server },
			       .down = down };
	long wanted = test_all() ? POINTS : SAMPLE;
	long points = 0;
	long messages;

	messages = count_messages(&sweep);
	assert_true(messages > POINTS);
	for (; points < wanted; points++) {
		/* The last message is the program's farewell. */
		sweep.striker.at = 1 + points * (messages - 2) / (wanted - 1);
		check_point(&sweep);
	}
	print_message("sweep: %u rows in batches, %s killed at %ld of %ld messages\n",
		      (unsigned)rows, name, points, messages);
	assert_true(points > 0);
	hand_set_free(made);
}

static void a_killed_program_leaves_out_and_doubles_no_row(void **state)
{
	(void)state;
	sweep_kills("program", false, false);
}

static void nor_does_a_killed_server(void **state)
{
	(void)state;
	sweep_kills("server process", true, false);
}

static void nor_on_the_way_down(void **state)
{
	(void)state;
	sweep_kills("program on the way down", false, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_killed_program_leaves_out_and_doubles_no_row),
		cmocka_unit_test(nor_does_a_killed_server),
		cmocka_unit_test(nor_on_the_way_down),
	};

	return engine_run_group_tests_on("postgres", tests);
}
