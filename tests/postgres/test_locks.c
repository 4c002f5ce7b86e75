/*
 * Locks: who is waited for is named, what others made fail is run again, and what they never stop doing is
 * told when time is up.
 */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bobolink/schema.h>

#include "fixture.h"
#include "learned_set.h"
#include "server.h"

#define OUTSIDE BOBOLINK_SECTION_NO_TRANSACTION
#define ALONE	BOBOLINK_STATEMENT_NO_TRANSACTION

/* A second client, and what the program was told while it waited. */
struct other {
	struct fixture *fixture;
	PGconn *connection;
	int waits;
	int end_after;	  /* at this wait the other ends its transaction */
	int served;	  /* readers who got through meanwhile */
	char holder[300]; /* who was waited for */
};

static struct other other;

static int setup(void **state)
{
	int rc = fixture_setup(state);

	memset(&other, 0, sizeof(other));
	if (rc)
		return rc;
	other.fixture = *state;
	other.connection = engine()->open(other.fixture->url);
	return 0;
}

static int teardown(void **state)
{
	PQfinish(other.connection);
	return fixture_teardown(state);
}

/* Somebody else reads t_1, as a customer of the application would, and does not want to wait. */
static int read_beside(void)
{
	PGconn *reader = engine()->open(other.fixture->url);
	PGresult *result;
	int served;

	pg_run(reader, "SET statement_timeout = '10s'");
	result = PQexec(reader, "SELECT count(*) FROM t_1");
	served = PQresultStatus(result) == PGRES_TUPLES_OK;
	PQclear(result);
	PQfinish(reader);
	return served;
}

static int on_progress(void *context, const struct bobolink_progress *progress)
{
	(void)context;
	if (!progress->waiting_for)
		return 0;
	(void)snprintf(other.holder, sizeof(other.holder), "%s", progress->waiting_for);
	other.waits++;
	if (other.end_after && other.waits <= other.end_after)
		other.served += read_beside();
	if (other.waits == other.end_after)
		pg_run(other.connection, "ROLLBACK");
	return 0;
}

/* The program waits no longer than this; the other goes at a wait, or, with 0, never. */
static void watch(struct fixture *fixture, uint32_t timeout_ms, int end_after)
{
	other.end_after = end_after;
	fixture->options.lock_timeout_ms = timeout_ms;
	fixture->options.progress = on_progress;
}

static void take_key(const char *function)
{
	char sql[100];

	(void)snprintf(sql, sizeof(sql), "SELECT %s(%lld)", function,
		       (long long)server_lock_key("public"));
	pg_run(other.connection, sql);
}

/* The first migrations are there; of the next one the other is in the way. */
static void booted(struct fixture *fixture)
{
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
}

static void assert_refused_for(struct fixture *fixture, const char *holder)
{
	watch(fixture, 200, 0);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_LOCKED);
	assert_int_equal(bobolink_exit_code(BOBOLINK_LOCKED), 6);
	fixture_told(fixture, BOBOLINK_LOCKED, "locked for 200 ms, by ");
	fixture_told(fixture, BOBOLINK_LOCKED, holder);
	assert_non_null(strstr(other.holder, holder));
	assert_int_equal(engine_tables(fixture->db, "%"), 0);
}

static void a_prepared_transaction_with_the_lock_is_named(void **state)
{
	struct fixture *fixture = *state;

	pg_run(other.connection, "BEGIN");
	take_key("pg_advisory_xact_lock");
	pg_run(other.connection, "PREPARE TRANSACTION 'the shop''s'");
	assert_refused_for(fixture, "the prepared transaction 'the shop''s'");
	pg_run(other.connection, "ROLLBACK PREPARED 'the shop''s'");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
}

static void a_squatter_is_named(void **state)
{
	struct fixture *fixture = *state;
	char words[100];

	pg_run(other.connection, "SET application_name = psql");
	take_key("pg_advisory_lock");
	(void)snprintf(words, sizeof(words), "psql (server process %d)",
		       PQbackendPID(other.connection));
	assert_refused_for(fixture, words);
	take_key("pg_advisory_unlock");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
}

static void a_squatter_without_a_name_is_told_by_its_process(void **state)
{
	struct fixture *fixture = *state;
	char words[100];

	pg_run(other.connection, "SET application_name = ''; BEGIN");
	take_key("pg_advisory_xact_lock");
	(void)snprintf(words, sizeof(words), "a client (server process %d) since 20",
		       PQbackendPID(other.connection));
	assert_refused_for(fixture, words);
}

/* Roles see little of each other's sessions, but their names. */
static void a_role_without_rights_is_told_too(void **state)
{
	struct fixture *fixture = *state;
	char words[100];

	pg_run(other.connection, "DO 'BEGIN CREATE ROLE lock_worker LOGIN; EXCEPTION WHEN "
				 "duplicate_object THEN END'");
	pg_run(other.connection, "GRANT ALL ON SCHEMA public TO lock_worker");
	pg_run(other.connection, "SET application_name = psql; BEGIN");
	take_key("pg_advisory_xact_lock");
	engine()->close(fixture->db);
	fixture->db = pg_open_as(fixture->url, "lock_worker");
	(void)snprintf(words, sizeof(words), "psql (server process %d)",
		       PQbackendPID(other.connection));
	assert_refused_for(fixture, words);
	pg_run(other.connection, "ROLLBACK");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
}

/* The same number in another database, or as two halves, is another lock. */
static void other_locks_of_the_same_number_are_not_in_the_way(void **state)
{
	struct fixture *fixture = *state;
	char url[ENGINE_URL_SIZE];
	uint64_t key = (uint64_t)server_lock_key("public");
	PGconn *elsewhere;
	char sql[100];

	database_new(url);
	elsewhere = pg_open(url);
	(void)snprintf(sql, sizeof(sql), "SELECT pg_advisory_lock(%lld)", (long long)key);
	pg_run(elsewhere, sql);
	(void)snprintf(sql, sizeof(sql), "SELECT pg_advisory_lock(%d, %d)", (int)(key >> 32),
		       (int)(uint32_t)key);
	pg_run(other.connection, sql);
	watch(fixture, 200, 0);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_int_equal(other.waits, 0);
	PQfinish(elsewhere);
}

/* Another program, release 2.3.0, whose first migration takes a moment. */
static pid_t start_leader(struct fixture *fixture)
{
	const struct bobolink_set *set = hand_set(fixture->set, engine()->backend);
	pid_t pid = fork();

	if (pid == 0) {
		void *handle = engine()->open(fixture->url);

		fixture->options.program = "shop 2.3.0";
		_exit(bobolink_migrate(set, handle, &fixture->options, &fixture->error));
	}
	assert_true(pid > 0);
	return pid;
}

static void await(const char *sql)
{
	int64_t there = 0;

	for (int i = 0; i < 3000 && there <= 0; i++) {
		there = engine_number(other.connection, sql);
		(void)poll(NULL, 0, there > 0 ? 0 : 10);
	}
	assert_true(there > 0);
}

static void waiting_tells_program_host_and_process(void **state)
{
	struct fixture *fixture = *state;
	char expected[200];
	char host[256] = "";
	int status = -1;
	pid_t pid;

	fixture_replace_set(fixture, hand_set_new("shop"));
	hand_set_add(fixture->set, 1, "first", 0, "CREATE TABLE ran (i INTEGER)",
		     "CREATE TABLE t_1 (x INTEGER)", "INSERT INTO ran VALUES (1)",
		     "SELECT pg_sleep(1.5)", NULL);
	pid = start_leader(fixture);
	await("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND "
	      "database = (SELECT oid FROM pg_database WHERE datname = current_database())");
	watch(fixture, 30000, 0);
	if (fixture_boot(fixture))
		fail_msg("%s", fixture->error.message);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(gethostname(host, sizeof(host) - 1), 0);
	/* PostgreSQL keeps 63 bytes of a name: long ones are cut before the process is. */
	(void)snprintf(expected, sizeof(expected), "shop 2.3.0 on %.17s (pid %d) since 20", host,
		       (int)pid);
	if (strncmp(other.holder, expected, strlen(expected)) != 0)
		fail_msg("\"%s\" does not begin with \"%s\"", other.holder, expected);
	assert_true(fixture_is_whole(fixture, 1));
}

/* A change of a table that somebody reads for long. */
static void add_alter(struct fixture *fixture, uint32_t lock_timeout_ms)
{
	hand_set_add(fixture->set, 4, "alter", 0, "CREATE TABLE t_4 (x INTEGER)",
		     "ALTER TABLE t_1 ADD y INTEGER", "INSERT INTO ran VALUES (4)", NULL);
	hand_set_timeouts(fixture->set, lock_timeout_ms, 0);
}

static void begin_reading(void)
{
	pg_run(other.connection, "BEGIN");
	pg_run(other.connection, "SELECT count(*) FROM t_1");
}

static void an_alter_behind_a_reader_is_tried_until_the_reader_goes(void **state)
{
	struct fixture *fixture = *state;

	booted(fixture);
	begin_reading();
	add_alter(fixture, 50);
	watch(fixture, 30000, 3);
	if (fixture_boot(fixture))
		fail_msg("%s", fixture->error.message);
	assert_int_equal(other.waits, 3);
	/* Between two attempts nobody stands in line behind the change. */
	assert_int_equal(other.served, 3);
	assert_string_equal(other.holder, "other transactions");
	assert_true(fixture_is_whole(fixture, 4));
}

/* Without a timeout of its own a change gives way after a second. */
static void a_change_does_not_stay_in_line_for_long(void **state)
{
	struct fixture *fixture = *state;

	booted(fixture);
	begin_reading();
	add_alter(fixture, 0);
	watch(fixture, 30000, 1);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_int_equal(other.waits, 1);
	assert_int_equal(other.served, 1);
	assert_true(fixture_is_whole(fixture, 4));
}

static void an_alter_behind_a_reader_who_stays_is_given_up(void **state)
{
	struct fixture *fixture = *state;

	booted(fixture);
	begin_reading();
	add_alter(fixture, 50);
	watch(fixture, 1000, 0);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_LOCKED);
	assert_int_equal(bobolink_exit_code(BOBOLINK_LOCKED), 6);
	fixture_told(fixture, BOBOLINK_LOCKED, "lock timeout");
	fixture_told(fixture, BOBOLINK_LOCKED, "tried again for 1000 ms");
	assert_string_equal(fixture->error.sqlstate, "55P03");
	assert_string_equal(fixture->error.file, "migrations/0004_alter.sql");
	assert_int_equal(fixture->error.line, 2);
	assert_true(other.waits > 1);
	/* It is no failure of the migration: nothing is recorded, and the next start tries again. */
	assert_true(fixture_is_whole(fixture, 3));
	pg_run(other.connection, "ROLLBACK");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_true(fixture_is_whole(fixture, 4));
}

/* Somebody has locked bobolink's own table; the migration would run in pieces. */
static void a_locked_head_is_waited_for(void **state)
{
	struct fixture *fixture = *state;

	booted(fixture);
	pg_run(other.connection, "BEGIN; LOCK TABLE bobolink_head IN SHARE MODE");
	hand_set_add(fixture->set, 4, "pieces", OUTSIDE, "CREATE TABLE t_4 (x INTEGER)",
		     "CREATE INDEX CONCURRENTLY t_4_x ON t_4 (x)", "INSERT INTO ran VALUES (4)",
		     NULL);
	hand_set_statement_flags(fixture->set, 1, ALONE);
	hand_set_timeouts(fixture->set, 50, 0);
	watch(fixture, 30000, 2);
	if (fixture_boot(fixture))
		fail_msg("%d %s", fixture->error.code, fixture->error.message);
	assert_int_equal(other.waits, 2);
	assert_true(fixture_is_whole(fixture, 4));
}

/*
 * The other waits on its server until the program holds a lock on t_1 of this mode, and then wants the table for itself.
 * Whose patience ends first is the victim: the program.
 */
static void start_deadlock(struct fixture *fixture, const char *mode)
{
	char sql[800];

	fixture_run(fixture, "SET deadlock_timeout = 1000");
	pg_run(other.connection, "SET deadlock_timeout = '60s'");
	(void)snprintf(sql, sizeof(sql),
		       "DO $$ BEGIN FOR i IN 1 .. 2000 LOOP EXIT WHEN EXISTS (SELECT FROM pg_locks "
		       "WHERE relation = 't_1'::regclass AND mode = '%s' AND granted AND pid <> "
		       "pg_backend_pid()); PERFORM pg_sleep(0.01); END LOOP; "
		       "LOCK TABLE t_1 IN ACCESS EXCLUSIVE MODE; END $$; COMMIT",
		       mode);
	assert_int_equal(PQsendQuery(other.connection, sql), 1);
}

/* The other got what it wanted. */
static void end_deadlock(void)
{
	PGresult *result;

	while ((result = PQgetResult(other.connection)) != NULL) {
		if (PQresultStatus(result) != PGRES_COMMAND_OK)
			fail_msg("%s", PQresultErrorMessage(result));
		PQclear(result);
	}
}

static void the_victim_of_a_deadlock_is_run_again(void **state)
{
	struct fixture *fixture = *state;

	booted(fixture);
	hand_set_add(fixture->set, 4, "both", 0, "CREATE TABLE t_4 (x INTEGER)",
		     "ALTER TABLE t_1 ADD y INTEGER", "ALTER TABLE t_2 ADD y INTEGER",
		     "INSERT INTO ran VALUES (4)", NULL);
	hand_set_timeouts(fixture->set, 60000, 0);
	pg_run(other.connection, "BEGIN; LOCK TABLE t_2 IN ACCESS EXCLUSIVE MODE");
	start_deadlock(fixture, "AccessExclusiveLock");
	watch(fixture, 30000, 0);
	if (fixture_boot(fixture))
		fail_msg("%s", fixture->error.message);
	end_deadlock();
	assert_true(other.waits > 0);
	assert_true(fixture_is_whole(fixture, 4));
}

/* The build that lost has left an invalid index, which a second build of that name would not get past. */
static void a_concurrent_index_that_lost_a_deadlock_is_dropped_and_built_again(void **state)
{
	struct fixture *fixture = *state;

	booted(fixture);
	hand_set_add(fixture->set, 4, "index", OUTSIDE, "CREATE TABLE t_4 (x INTEGER)",
		     "CREATE INDEX CONCURRENTLY t_1_x ON t_1 (x)", "INSERT INTO ran VALUES (4)",
		     NULL);
	hand_set_statement_flags(fixture->set, 1, ALONE);
	hand_set_probe(fixture->set, 1,
		       "SELECT coalesce((SELECT CASE WHEN indisvalid THEN 'done' ELSE "
		       "'DROP INDEX CONCURRENTLY t_1_x' END FROM pg_index WHERE indexrelid = "
		       "to_regclass('t_1_x')), 'absent')");
	pg_run(other.connection, "BEGIN; INSERT INTO t_1 VALUES (1)");
	start_deadlock(fixture, "ShareUpdateExclusiveLock");
	watch(fixture, 30000, 0);
	if (fixture_boot(fixture))
		fail_msg("%s", fixture->error.message);
	end_deadlock();
	assert_true(other.waits > 0);
	assert_true(fixture_is_whole(fixture, 4));
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM pg_index WHERE indrelid = "
						 "'t_1'::regclass AND indisvalid"),
			 1);
}

/* It waits for every older transaction, and giving up would leave an invalid index. */
static void a_concurrent_index_has_no_lock_timeout(void **state)
{
	struct fixture *fixture = *state;

	booted(fixture);
	hand_set_add(fixture->set, 4, "index", OUTSIDE, "CREATE TABLE t_4 (x INTEGER)",
		     "CREATE INDEX CONCURRENTLY t_1_x ON t_1 (x)", "INSERT INTO ran VALUES (4)",
		     NULL);
	hand_set_statement_flags(fixture->set, 1, ALONE);
	fixture_run(fixture, "SET lock_timeout = 100");
	pg_run(other.connection, "BEGIN; INSERT INTO t_1 VALUES (1)");
	assert_int_equal(PQsendQuery(other.connection, "SELECT pg_sleep(0.5); COMMIT"), 1);
	watch(fixture, 30000, 0);
	if (fixture_boot(fixture))
		fail_msg("%s", fixture->error.message);
	assert_int_equal(other.waits, 0);
	assert_true(fixture_is_whole(fixture, 4));
	assert_string_equal(fixture_text(fixture, "SHOW lock_timeout"), "100ms");
}

/* Fails once with this SQLSTATE: what a sequence has counted is not rolled back. */
static void add_failing_once(struct fixture *fixture, const char *state)
{
	char sql[300];

	fixture_run(fixture, "CREATE SEQUENCE attempts");
	(void)snprintf(sql, sizeof(sql),
		       "DO $$ BEGIN IF nextval('attempts') = 1 THEN RAISE EXCEPTION 'once' USING "
		       "ERRCODE = '%s'; END IF; END $$",
		       state);
	hand_set_add(fixture->set, 4, "once", 0, "CREATE TABLE t_4 (x INTEGER)", sql,
		     "INSERT INTO ran VALUES (4)", NULL);
}

static void what_others_caused_is_run_again(void **state)
{
	static const char *const states[] = { "55P03", "40P01", "40001" };
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		booted(fixture);
		add_failing_once(fixture, states[i]);
		watch(fixture, 5000, 0);
		other.waits = 0;
		if (fixture_boot(fixture))
			fail_msg("%s: %s", states[i], fixture->error.message);
		assert_int_equal(other.waits, 1);
		assert_int_equal(fixture_number(fixture, "SELECT last_value FROM attempts"), 2);
		assert_true(fixture_is_whole(fixture, 4));
		fixture_replace_set(fixture, hand_set_counting("shop", 3));
		fixture_run(fixture, "DROP SCHEMA public CASCADE; CREATE SCHEMA public");
	}
}

static void what_it_did_itself_is_not_run_again(void **state)
{
	struct fixture *fixture = *state;

	booted(fixture);
	add_failing_once(fixture, "23505");
	watch(fixture, 5000, 0);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	assert_string_equal(fixture->error.sqlstate, "23505");
	assert_int_equal(other.waits, 0);
	assert_int_equal(fixture_number(fixture, "SELECT last_value FROM attempts"), 1);
}

#define LOCK_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* The server renders a view with a lock on its tables. */
static void a_table_that_is_locked_keeps_no_start_from_its_end(void **state)
{
	static const struct learned_migration migrations[] = {
		{ "users",
		  { "CREATE TABLE users (id INTEGER)", "CREATE VIEW ids AS SELECT id FROM users" },
		  { NULL } },
	};
	struct fixture *fixture = *state;

	fixture_replace_set(fixture, learned_set(fixture->directory, "shop", migrations, 1));
	hand_set_validate(fixture->set, bobolink_schema_validate);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	pg_run(other.connection, "UPDATE bobolink_head SET fingerprint = 'another'");
	pg_run(other.connection, "BEGIN");
	pg_run(other.connection, "LOCK TABLE users");
	fixture->options.lock_timeout_ms = 500;
	alarm(60);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture->options.validate = BOBOLINK_VALIDATE_FULL;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_LOCKED);
	alarm(0);
	pg_run(other.connection, "COMMIT");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LOCK_TEST(a_prepared_transaction_with_the_lock_is_named),
		LOCK_TEST(a_squatter_is_named),
		LOCK_TEST(a_squatter_without_a_name_is_told_by_its_process),
		LOCK_TEST(a_role_without_rights_is_told_too),
		LOCK_TEST(other_locks_of_the_same_number_are_not_in_the_way),
		LOCK_TEST(waiting_tells_program_host_and_process),
		LOCK_TEST(an_alter_behind_a_reader_is_tried_until_the_reader_goes),
		LOCK_TEST(a_change_does_not_stay_in_line_for_long),
		LOCK_TEST(an_alter_behind_a_reader_who_stays_is_given_up),
		LOCK_TEST(a_locked_head_is_waited_for),
		LOCK_TEST(the_victim_of_a_deadlock_is_run_again),
		LOCK_TEST(a_concurrent_index_that_lost_a_deadlock_is_dropped_and_built_again),
		LOCK_TEST(a_concurrent_index_has_no_lock_timeout),
		LOCK_TEST(what_others_caused_is_run_again),
		LOCK_TEST(what_it_did_itself_is_not_run_again),
		LOCK_TEST(a_table_that_is_locked_keeps_no_start_from_its_end),
	};

	return engine_run_group_tests_on("postgres", tests);
}
