/*
 * Round trips: how often the program waits for the server, as libpq's own trace tells (manual, PQtrace). On a
 * network they are what a migration costs.
 */
#include <stdio.h>
#include <string.h>

#include <libpq-fe.h>

#include "fixture.h"
#include "server.h"

struct traffic {
	unsigned int queries; /* statements executed */
	unsigned int trips;   /* times that an answer was waited for after something was sent */
};

/* Lines look like "F<tab>45<tab>Parse<tab>…" to the server, and begin with B on the way back. */
static struct traffic read_trace(FILE *trace)
{
	struct traffic traffic = { 0, 0 };
	char line[8192];
	char last = 'B';

	rewind(trace);
	while (fgets(line, sizeof(line), trace)) {
		if (line[0] == 'F' && (strstr(line, "\tExecute\t") || strstr(line, "\tQuery\t")))
			traffic.queries++;
		if (line[0] == 'B' && last == 'F')
			traffic.trips++;
		if (line[0] == 'F' || line[0] == 'B')
			last = line[0];
	}
	return traffic;
}

/* What a start says to the server. */
static struct traffic boot(struct fixture *fixture)
{
	struct traffic traffic;
	FILE *trace = tmpfile();

	assert_non_null(trace);
	PQtrace(fixture->db, trace);
	PQsetTraceFlags(fixture->db, PQTRACE_SUPPRESS_TIMESTAMPS);
	if (fixture_boot(fixture))
		fail_msg("%s", fixture->error.message);
	PQuntrace(fixture->db);
	traffic = read_trace(trace);
	assert_int_equal(fclose(trace), 0);
	assert_true(traffic.queries > 0);
	return traffic;
}

static void a_start_with_nothing_to_do_is_one_query(void **state)
{
	static const uint32_t sizes[] = { 1, 10, 300 };
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct traffic traffic;

		fixture_replace_set(fixture, hand_set_counting("shop", sizes[i]));
		assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
		traffic = boot(fixture);
		assert_int_equal(traffic.queries, 1);
		assert_int_equal(traffic.trips, 1);
	}
}

/* Adds `count` migrations of `statements` statements each. */
static void add(struct fixture *fixture, int64_t from, int count, int statements)
{
	static const char *const sql = "INSERT INTO ran VALUES (0)";

	for (int64_t version = from; version < from + count; version++) {
		if (statements == 5)
			hand_set_add(fixture->set, version, "five", 0, sql, sql, sql, sql, sql,
				     NULL);
		else
			hand_set_add(fixture->set, version, "one", 0, sql, NULL);
	}
}

/* One for BEGIN and the lock, one for the statements, what is recorded, and COMMIT. */
static void a_migration_is_two_round_trips_however_many_statements_it_has(void **state)
{
	struct fixture *fixture = *state;
	struct traffic one;
	struct traffic two;
	struct traffic twelve;

	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	add(fixture, 4, 1, 1);
	one = boot(fixture);
	add(fixture, 5, 1, 5);
	/* Five statements cost no more than one. */
	assert_int_equal(boot(fixture).trips, one.trips);
	add(fixture, 6, 2, 5);
	two = boot(fixture);
	assert_int_equal(two.trips - one.trips, 2);
	add(fixture, 8, 12, 5);
	twelve = boot(fixture);
	assert_int_equal(twelve.trips - two.trips, 20);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM ran"), 3 + 1 + 15 * 5);
	/* Once a run: the head, the history; at its end the settings are put back, and what was prepared goes. */
	assert_int_equal(one.trips, 2 + 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(a_start_with_nothing_to_do_is_one_query),
		FIXTURE_TEST(a_migration_is_two_round_trips_however_many_statements_it_has),
	};

	return engine_run_group_tests_on("postgres", tests);
}
