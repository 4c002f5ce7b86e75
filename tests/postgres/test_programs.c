/*
 * Many programs that start at once, directly and through a pooler: every migration is applied once, all
 * succeed, nobody is a victim of a deadlock, and no index is left invalid.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bobolink/schema.h>

#include "cluster.h"
#include "fixture.h"
#include "learned_set.h"
#include "race.h"
#include "server.h"

#define MIGRATIONS 10
#define MANY	   50
/* With BOBOLINK_TEST_ALL=1, of the race that was lost most easily. */
#define ROUNDS 10
/* Fewer than programs: some wait for the pooler, too. */
#define POOL 20

#define OUTSIDE BOBOLINK_SECTION_NO_TRANSACTION
#define ALONE	BOBOLINK_STATEMENT_NO_TRANSACTION

static struct companion pooler;
static unsigned int boots;

static int teardown(void **state)
{
	companion_stop(&pooler);
	return fixture_teardown(state);
}

/* The third migration builds indexes beside whatever the others do meanwhile. */
static struct hand_set *set_with_concurrent_indexes(void)
{
	struct hand_set *set = hand_set_counting("shop", 2);

	hand_set_add(set, 3, "indexes", OUTSIDE, "CREATE TABLE t_3 (x INTEGER)",
		     "INSERT INTO t_3 SELECT * FROM generate_series(1, 20000)",
		     "CREATE INDEX CONCURRENTLY t_3_x ON t_3 (x)",
		     "CREATE UNIQUE INDEX CONCURRENTLY t_3_u ON t_3 (x)",
		     "INSERT INTO ran VALUES (3)", NULL);
	hand_set_statement_flags(set, 2, ALONE);
	hand_set_statement_flags(set, 3, ALONE);
	hand_set_add(set, 4, "last", 0, "CREATE TABLE t_4 (x INTEGER)",
		     "INSERT INTO ran VALUES (4)", NULL);
	return set;
}

/* Statistics of a connection are counted when it has ended. */
static int64_t deadlocks(const char *url)
{
	void *handle = engine()->open(url);
	int64_t count = engine_number(handle, "SELECT deadlocks FROM pg_stat_database WHERE "
					      "datname = current_database()");

	engine()->close(handle);
	return count;
}

/* `count` programs start on `url`; what they leave is looked at on `direct`. */
static void race(struct fixture *fixture, const char *url, const char *direct, int count,
		 uint32_t migrations)
{
	assert_int_equal(race_boot(url, fixture->set, count), 0);
	race_check(direct, migrations);
	assert_int_equal(deadlocks(direct), 0);
	boots += (unsigned int)count;
}

/* The same through a pooler. */
static void race_behind(struct fixture *fixture, const char *mode, int count)
{
	char url[ENGINE_URL_SIZE];

	fixture_replace_set(fixture, hand_set_counting("shop", MIGRATIONS));
	cluster_pooler(&pooler, fixture->url, mode, POOL);
	cluster_url(fixture->url, &pooler, url);
	race(fixture, url, fixture->url, count, MIGRATIONS);
}

static void two_programs(void **state)
{
	struct fixture *fixture = *state;

	race(fixture, fixture->url, fixture->url, 2, 3);
}

static void fifty_programs(void **state)
{
	struct fixture *fixture = *state;

	fixture_replace_set(fixture, hand_set_counting("shop", MIGRATIONS));
	race(fixture, fixture->url, fixture->url, MANY, MIGRATIONS);
}

static void two_programs_with_concurrent_indexes(void **state)
{
	struct fixture *fixture = *state;

	fixture_replace_set(fixture, set_with_concurrent_indexes());
	race(fixture, fixture->url, fixture->url, 2, 4);
}

static void fifty_programs_with_concurrent_indexes(void **state)
{
	struct fixture *fixture = *state;
	char url[ENGINE_URL_SIZE];

	fixture_replace_set(fixture, set_with_concurrent_indexes());
	for (int i = 0; i < (test_all() ? ROUNDS : 1); i++) {
		database_new(url);
		race(fixture, url, url, MANY, 4);
	}
}

static void two_programs_behind_a_pooler_of_sessions(void **state)
{
	race_behind(*state, "session", 2);
}

static void fifty_programs_behind_a_pooler_of_sessions(void **state)
{
	race_behind(*state, "session", MANY);
}

static void two_programs_behind_a_pooler_of_transactions(void **state)
{
	race_behind(*state, "transaction", 2);
}

static void fifty_programs_behind_a_pooler_of_transactions(void **state)
{
	race_behind(*state, "transaction", MANY);
}

/*
 * A pooler may give the next statement to another server process, and the lock of a session would stay
 * with the first. It does not say whether it does.
 */
static void refused_behind(struct fixture *fixture, const char *mode)
{
	char url[ENGINE_URL_SIZE];

	fixture_replace_set(fixture, set_with_concurrent_indexes());
	cluster_pooler(&pooler, fixture->url, mode, POOL);
	cluster_url(fixture->url, &pooler, url);
	assert_int_equal(engine_boot(url, hand_set(fixture->set, engine()->backend),
				     &fixture->error),
			 BOBOLINK_USAGE);
	fixture_told(fixture, BOBOLINK_USAGE, "cannot run in a transaction");
	fixture_told(fixture, BOBOLINK_USAGE, "URL of the server itself");
	assert_int_equal(fixture->error.version, 3);
	assert_string_equal(fixture->error.file, "migrations/0003_indexes.sql");
	/* What came before stands, nothing of it has begun, and no lock has stayed with the pooler. */
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM bobolink_history"), 2);
	assert_int_equal(engine_tables(fixture->db, "t!_3"), 0);
	assert_int_equal(fixture_number(fixture,
					"SELECT count(*) FROM pg_locks WHERE "
					"locktype = 'advisory' AND database = (SELECT oid FROM "
					"pg_database WHERE datname = current_database())"),
			 0);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_true(fixture_is_whole(fixture, 4));
}

static void outside_transactions_a_pooler_of_transactions_is_refused(void **state)
{
	refused_behind(*state, "transaction");
}

static void outside_transactions_a_pooler_of_sessions_is_refused_too(void **state)
{
	refused_behind(*state, "session");
}

#define LOOKS 150

struct look {
	const char *url;
	const struct bobolink_set *set;
	int turns; /* the read end of a pipe: who gets "l" compares schemas, the others are applications */
};

static int compare_often(const struct look *look, void *db)
{
	struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	struct bobolink_error error;
	int rc = 0;

	options.validate = BOBOLINK_VALIDATE_FULL;
	for (int i = 0; i < LOOKS && rc == 0; i++)
		rc = bobolink_migrate(look->set, db, &options, &error);
	if (rc)
		fprintf(stderr, "%s\n", error.message);
	return rc;
}

static int compare_or_work(void *context)
{
	const struct look *look = context;
	void *db = engine()->open(look->url);
	char turn = ' ';
	int strange = 0;

	if (read(look->turns, &turn, 1) != 1)
		return -1;
	if (turn == 'l')
		strange = compare_often(look, db);
	for (int i = 0; turn != 'l' && i < 20 * LOOKS; i++)
		strange += strcmp(engine()->text(db, "SHOW search_path"), "\"$user\", public") != 0;
	engine()->close(db);
	return strange;
}

/* What is set for the session to read the schema would be found by whoever gets the server's process next. */
static void comparing_schemas_behind_a_pooler_leaves_nothing_to_others(void **state)
{
	static const struct learned_migration migrations[] = {
		{ "users", { "CREATE TABLE users (id INTEGER)" }, { NULL } },
	};
	struct fixture *fixture = *state;
	char url[ENGINE_URL_SIZE];
	struct look look = { url, NULL, -1 };
	int ends[2];

	fixture_replace_set(fixture, learned_set(fixture->directory, "shop", migrations, 1));
	hand_set_validate(fixture->set, bobolink_schema_validate);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	cluster_pooler(&pooler, fixture->url, "transaction", 2);
	cluster_url(fixture->url, &pooler, url);
	look.set = hand_set(fixture->set, engine()->backend);
	assert_int_equal(pipe(ends), 0);
	look.turns = ends[0];
	assert_int_equal(write(ends[1], "laaa", 4), 4);
	assert_int_equal(race_all(compare_or_work, &look, 4), 0);
	close(ends[0]);
	close(ends[1]);
}

static void sweep_is_counted(void **state)
{
	(void)state;
	print_message("sweep: %u programs started at once\n", boots);
	assert_true(boots > 0);
}

#define RACE_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		RACE_TEST(two_programs),
		RACE_TEST(fifty_programs),
		RACE_TEST(two_programs_with_concurrent_indexes),
		RACE_TEST(fifty_programs_with_concurrent_indexes),
		RACE_TEST(two_programs_behind_a_pooler_of_sessions),
		RACE_TEST(fifty_programs_behind_a_pooler_of_sessions),
		RACE_TEST(two_programs_behind_a_pooler_of_transactions),
		RACE_TEST(fifty_programs_behind_a_pooler_of_transactions),
		RACE_TEST(outside_transactions_a_pooler_of_transactions_is_refused),
		RACE_TEST(outside_transactions_a_pooler_of_sessions_is_refused_too),
		RACE_TEST(comparing_schemas_behind_a_pooler_leaves_nothing_to_others),
		cmocka_unit_test(sweep_is_counted),
	};

	return engine_run_group_tests_on("postgres", tests);
}
