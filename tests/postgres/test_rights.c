/*
 * Servers and roles that may not write, or not everything: a start that has nothing to do needs no more than
 * to read, and every other one says what is in its way and changes nothing.
 */
#include <stdio.h>
#include <string.h>

#include <bobolink/postgres.h>
#include <bobolink/schema.h>

#include "cluster.h"
#include "fixture.h"
#include "learned_set.h"
#include "server.h"

static struct companion standby;

static int teardown(void **state)
{
	companion_stop(&standby);
	return fixture_teardown(state);
}

/* The fixture goes on as another role. */
static void become(struct fixture *fixture, const char *role)
{
	engine()->close(fixture->db);
	fixture->db = pg_open_as(fixture->url, role);
	fixture_run(fixture, "SET client_min_messages = warning");
}

/* Later releases of the program: with a table of their own, or with rows alone. */
static void add_table(struct fixture *fixture)
{
	hand_set_add(fixture->set, 4, "table", 0, "CREATE TABLE t_4 (x INTEGER)",
		     "INSERT INTO ran VALUES (4)", NULL);
}

static void add_rows(struct fixture *fixture)
{
	hand_set_add(fixture->set, 4, "rows", 0, "INSERT INTO ran VALUES (4)", NULL);
}

/* Only for the roles of these tests: they live in all databases of the server. */
static void make_role(struct fixture *fixture, const char *role)
{
	char sql[200];

	(void)snprintf(sql, sizeof(sql),
		       "DO 'BEGIN CREATE ROLE %s LOGIN; EXCEPTION WHEN duplicate_object THEN END'",
		       role);
	fixture_run(fixture, sql);
}

static void a_standby_is_refused_and_named(void **state)
{
	struct fixture *fixture = *state;
	char url[ENGINE_URL_SIZE];
	struct bobolink_error error;

	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	cluster_standby(&standby, fixture->url);
	cluster_url(fixture->url, &standby, url);
	/* A program with nothing to do starts there. */
	assert_int_equal(engine_boot(url, hand_set(fixture->set, engine()->backend), &error),
			 BOBOLINK_OK);
	add_table(fixture);
	assert_int_equal(engine_boot(url, hand_set(fixture->set, engine()->backend),
				     &fixture->error),
			 BOBOLINK_READ_ONLY);
	fixture_told(fixture, BOBOLINK_READ_ONLY, "the server is a standby");
	fixture_told(fixture, BOBOLINK_READ_ONLY, "connect to its primary");
	assert_int_equal(bobolink_exit_code(BOBOLINK_READ_ONLY), 3);
	/* A migration outside transactions is not begun either. */
	fixture_replace_set(fixture, hand_set_counting("shop", 3));
	hand_set_add(fixture->set, 4, "index", BOBOLINK_SECTION_NO_TRANSACTION,
		     "CREATE INDEX CONCURRENTLY t_1_x ON t_1 (x)", NULL);
	hand_set_statement_flags(fixture->set, 0, BOBOLINK_STATEMENT_NO_TRANSACTION);
	assert_int_equal(engine_boot(url, hand_set(fixture->set, engine()->backend), &error),
			 BOBOLINK_READ_ONLY);
	assert_true(fixture_is_whole(fixture, 3));
}

/* Its counters are its own: that is no drift, and it cannot remember that it was none. */
static void a_standby_compares_and_starts(void **state)
{
	static const struct learned_migration migrations[] = {
		{ "a", { "CREATE TABLE a (x INTEGER)" }, { NULL } },
	};
	struct fixture *fixture = *state;
	char url[ENGINE_URL_SIZE];
	struct bobolink_error error;

	fixture_replace_set(fixture, learned_set(fixture->directory, "shop", migrations, 1));
	hand_set_validate(fixture->set, bobolink_schema_validate);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	cluster_standby(&standby, fixture->url);
	cluster_url(fixture->url, &standby, url);
	for (int i = 0; i < 2; i++)
		assert_int_equal(engine_boot(url, hand_set(fixture->set, engine()->backend),
					     &error),
				 BOBOLINK_OK);
	companion_stop(&standby);
	fixture_run(fixture, "DROP TABLE a");
	cluster_standby(&standby, fixture->url);
	cluster_url(fixture->url, &standby, url);
	assert_int_equal(engine_boot(url, hand_set(fixture->set, engine()->backend), &error),
			 BOBOLINK_DRIFT);
}

/* What is pending can be told by whoever may read. */
static void a_standby_can_be_looked_at(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_status *status;
	char url[ENGINE_URL_SIZE];

	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	cluster_standby(&standby, fixture->url);
	cluster_url(fixture->url, &standby, url);
	add_table(fixture);
	engine()->close(fixture->db);
	fixture->db = engine()->open(url);
	fixture_open(fixture);
	assert_int_equal(bobolink_check(fixture->session, &fixture->error), BOBOLINK_PENDING);
	assert_int_equal(bobolink_status(fixture->session, &status, &fixture->error), BOBOLINK_OK);
	assert_int_equal(status->applied, 3);
	assert_int_equal(status->pending, 1);
	bobolink_status_free(status);
}

static void a_read_only_database_is_refused_unless_it_is_up_to_date(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_run(fixture, "DO 'BEGIN EXECUTE format(''ALTER DATABASE %I SET "
			     "default_transaction_read_only = on'', current_database()); END'");
	become(fixture, "postgres");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	add_table(fixture);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_READ_ONLY);
	fixture_told(fixture, BOBOLINK_READ_ONLY, "default_transaction_read_only");
	assert_true(fixture_is_whole(fixture, 3));
}

static void without_create_the_first_start_says_so(void **state)
{
	struct fixture *fixture = *state;

	make_role(fixture, "rights_worker");
	fixture_run(fixture, "REVOKE CREATE ON SCHEMA public FROM PUBLIC;"
			     "GRANT USAGE ON SCHEMA public TO PUBLIC");
	become(fixture, "rights_worker");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	fixture_told(fixture, BOBOLINK_SQL_ERROR, "permission denied for schema public");
	fixture_told(fixture, BOBOLINK_SQL_ERROR, "CREATE on the schema");
	assert_string_equal(fixture->error.sqlstate, "42501");
	assert_int_equal(engine_tables(fixture->db, "%"), 0);
	assert_false(engine()->in_transaction(fixture->db));
}

static void without_create_migrations_run_once_the_tables_are_there(void **state)
{
	struct fixture *fixture = *state;

	make_role(fixture, "rights_worker");
	fixture_run(fixture, "REVOKE CREATE ON SCHEMA public FROM PUBLIC");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_run(fixture, "GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO "
			     "rights_worker;"
			     "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO rights_worker");
	become(fixture, "rights_worker");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	add_rows(fixture);
	if (fixture_boot(fixture))
		fail_msg("%s", fixture->error.message);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM ran"), 4);
	/* What the role may not do is the migration's own error, at its place. */
	hand_set_add(fixture->set, 5, "table", 0, "SELECT 1", "CREATE TABLE t_5 (x INTEGER)", NULL);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	fixture_told(fixture, BOBOLINK_SQL_ERROR, "permission denied for schema public");
	assert_string_equal(fixture->error.file, "migrations/0005_table.sql");
	assert_int_equal(fixture->error.line, 2);
}

/* To read the head is all that a start with nothing to do needs. */
static void a_reader_starts_when_nothing_is_to_be_done(void **state)
{
	struct fixture *fixture = *state;

	make_role(fixture, "rights_worker");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_run(fixture, "REVOKE CREATE ON SCHEMA public FROM PUBLIC;"
			     "GRANT SELECT ON bobolink_head TO rights_worker");
	become(fixture, "rights_worker");
	if (fixture_boot(fixture))
		fail_msg("%s", fixture->error.message);
	add_rows(fixture);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	fixture_told(fixture, BOBOLINK_SQL_ERROR, "permission denied for table bobolink_history");
}

/* What may not be seen is not taken for what is not there: nothing is run a second time. */
static void a_role_without_any_right_is_refused(void **state)
{
	struct fixture *fixture = *state;

	make_role(fixture, "rights_nobody");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	become(fixture, "rights_nobody");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	fixture_told(fixture, BOBOLINK_SQL_ERROR, "permission denied for table bobolink_head");
	/* And nobody is told to remove them. */
	fixture_told(fixture, BOBOLINK_SQL_ERROR, "grant this role SELECT");
	become(fixture, "postgres");
	fixture_run(fixture, "REVOKE ALL ON SCHEMA public FROM PUBLIC");
	become(fixture, "rights_nobody");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	fixture_told(fixture, BOBOLINK_SQL_ERROR, "permission denied for schema public");
	assert_true(fixture_is_whole(fixture, 3));
}

static void a_role_that_may_not_connect_is_told_so(void **state)
{
	struct fixture *fixture = *state;
	char url[ENGINE_URL_SIZE];
	void *handle = fixture;
	char *user;

	make_role(fixture, "rights_nobody");
	fixture_run(fixture, "DO 'BEGIN EXECUTE format(''REVOKE CONNECT ON DATABASE %I FROM "
			     "PUBLIC'', current_database()); END'");
	(void)snprintf(url, sizeof(url), "%s", fixture->url);
	user = strstr(url, "user=postgres");
	assert_non_null(user);
	memcpy(user, "user=rights_nobody", sizeof("user=rights_nobody"));
	assert_int_equal(engine()->backend()->connect(url, false, &handle, &fixture->error),
			 BOBOLINK_UNREACHABLE);
	assert_null(handle);
	fixture_told(fixture, BOBOLINK_UNREACHABLE, "permission denied for database");
}

#define STANDBY_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, teardown)

/* Servers that are hardened take functions from everybody. */
static void without_the_right_to_flush_counters_the_session_is_left_as_it_was(void **state)
{
	struct fixture *fixture = *state;

	make_role(fixture, "nobody_flushes");
	fixture_run(fixture, "GRANT CREATE, USAGE ON SCHEMA public TO nobody_flushes; CREATE "
			     "SCHEMA there AUTHORIZATION nobody_flushes");
	if (fixture_number(fixture, "SELECT current_setting('server_version_num')") >= 150000)
		fixture_run(fixture, "REVOKE EXECUTE ON FUNCTION "
				     "pg_catalog.pg_stat_force_next_flush() FROM public");
	fixture_run(fixture, "GRANT ALL ON ALL TABLES IN SCHEMA public TO nobody_flushes");
	become(fixture, "nobody_flushes");
	hand_set_add(fixture->set, 4, "elsewhere", BOBOLINK_SECTION_NO_TRANSACTION,
		     "SET search_path = there", "CREATE TABLE x (x INTEGER)", NULL);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_says(fixture, "SHOW search_path", "\"$user\", public");
}

/* Counters of the server's, which the fingerprint of the schema is made of. */
static void forbid_counters(struct fixture *fixture)
{
	if (fixture_number(fixture, "SELECT current_setting('server_version_num')") >= 150000)
		fixture_run(fixture, "REVOKE EXECUTE ON FUNCTION "
				     "pg_catalog.pg_stat_get_tuples_inserted(oid), "
				     "pg_catalog.pg_stat_get_tuples_updated(oid), "
				     "pg_catalog.pg_stat_get_tuples_deleted(oid) FROM public");
}

/* It is another one then, and one all the same. */
static void without_the_right_to_read_counters_programs_start(void **state)
{
	static const struct learned_migration migrations[] = {
		{ "a", { "CREATE TABLE a (x INTEGER)" }, { NULL } },
		{ "b", { "CREATE TABLE b (x INTEGER)" }, { NULL } },
	};
	struct fixture *fixture = *state;
	char before[200];

	fixture_replace_set(fixture, learned_set(fixture->directory, "shop", migrations, 2));
	hand_set_validate(fixture->set, bobolink_schema_validate);
	make_role(fixture, "rights_worker");
	forbid_counters(fixture);
	fixture_run(fixture, "GRANT CREATE, USAGE ON SCHEMA public TO rights_worker");
	become(fixture, "rights_worker");
	if (fixture_boot(fixture))
		fail_msg("%s", fixture->error.message);
	snprintf(before, sizeof(before), "%s",
		 fixture_text(fixture, "SELECT fingerprint FROM bobolink_head"));
	become(fixture, "rights_worker");
	fixture_run(fixture, "SET client_encoding = 'LATIN1'");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	/* It was the same: nothing had to be compared and written again. */
	fixture_says(fixture, "SELECT fingerprint FROM bobolink_head", before);
	fixture_run(fixture, "DROP TABLE a");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_DRIFT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STANDBY_TEST(a_standby_is_refused_and_named),
		STANDBY_TEST(a_standby_compares_and_starts),
		STANDBY_TEST(a_standby_can_be_looked_at),
		FIXTURE_TEST(a_read_only_database_is_refused_unless_it_is_up_to_date),
		FIXTURE_TEST(without_create_the_first_start_says_so),
		FIXTURE_TEST(without_create_migrations_run_once_the_tables_are_there),
		FIXTURE_TEST(a_reader_starts_when_nothing_is_to_be_done),
		FIXTURE_TEST(a_role_without_any_right_is_refused),
		FIXTURE_TEST(a_role_that_may_not_connect_is_told_so),
		FIXTURE_TEST(without_the_right_to_flush_counters_the_session_is_left_as_it_was),
		FIXTURE_TEST(without_the_right_to_read_counters_programs_start),
	};

	return engine_run_group_tests_on("postgres", tests);
}
