/*
 * Health of a server: indexes that are of no use, who is at work, and what stands in the way of looking.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <bobolink/postgres.h>
#include <bobolink/schema.h>

#include "fixture.h"
#include "server.h"

static struct bobolink_health *looked(struct fixture *fixture)
{
	struct bobolink_health *health;

	if (!fixture->session)
		fixture_open(fixture);
	/* Nobody is waited for. */
	alarm(20);
	if (bobolink_health(fixture->session, 0, &health, &fixture->error))
		fail_msg("%s", fixture->error.message);
	alarm(0);
	return health;
}

static void ends(struct bobolink_health *health, int verdict, int exit_code)
{
	assert_string_equal(bobolink_result_name(health->verdict), bobolink_result_name(verdict));
	assert_int_equal(bobolink_health_exit_code(health), exit_code);
	bobolink_health_free(health);
}

/* A table, and a view of it, whose text cannot be told without a lock on the table. */
static void use_set_with_view(struct fixture *fixture)
{
	struct hand_set *set = hand_set_new("shop");

	hand_set_add(set, 1, "table", 0, "CREATE TABLE t (x integer)",
		     "CREATE VIEW v AS SELECT x FROM t", NULL);
	hand_set_delta(set, "+ table\tpublic\t\tt\t\tCREATE TABLE t (x integer)\n"
			    "+ column\tpublic\tt\tx\tinteger\n"
			    "+ view\tpublic\t\tv\t(x integer) AS 10:any\tCREATE VIEW …\n");
	hand_set_schema(set, "");
	fixture_replace_set(fixture, set);
	if (fixture_boot(fixture))
		fail_msg("%s", fixture->error.message);
}

static void an_index_that_failed_to_be_made_is_named(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_health *health;
	PGresult *result;

	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_run(fixture, "CREATE SCHEMA \"my app\"; CREATE TABLE \"my app\".d (x integer); "
			     "INSERT INTO \"my app\".d VALUES (1), (1)");
	result = PQexec(fixture->db, "CREATE UNIQUE INDEX CONCURRENTLY d_x ON \"my app\".d (x)");
	assert_int_equal(PQresultStatus(result), PGRES_FATAL_ERROR);
	PQclear(result);
	health = looked(fixture);
	assert_int_equal(health->index_count, 1);
	assert_int_equal(health->invalid_indexes, 1);
	assert_int_equal(health->building_indexes, 0);
	assert_string_equal(health->indexes[0].name, "my app.d_x");
	assert_string_equal(health->indexes[0].table, "my app.d");
	assert_int_equal(health->indexes[0].building, 0);
	assert_non_null(strstr(health->findings[0].message, "my app.d_x"));
	ends(health, BOBOLINK_DRIFT, 5);
	fixture_run(fixture, "DROP INDEX \"my app\".d_x");
	health = looked(fixture);
	assert_int_equal(health->index_count, 0);
	ends(health, BOBOLINK_OK, 0);
}

static void await(struct fixture *fixture, const char *sql)
{
	static const struct timespec moment = { 0, 10000000 };

	for (int i = 0; i < 1000; i++) {
		if (fixture_number(fixture, sql) > 0)
			return;
		nanosleep(&moment, NULL);
	}
	fail_msg("it does not come to pass that %s", sql);
}

/* Somebody makes it at this moment: also who may not see what others do sees that. */
static void an_index_in_the_making_is_no_fault(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_health *health;
	PGconn *reader;
	PGconn *maker;
	PGconn *other;

	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_run(fixture, "CREATE ROLE health_role LOGIN; GRANT SELECT ON bobolink_head, "
			     "bobolink_history, bobolink_log TO health_role");
	other = engine()->open(fixture->url);
	pg_run(other, "BEGIN; INSERT INTO t_1 VALUES (1)");
	maker = engine()->open(fixture->url);
	assert_true(PQsendQuery(maker, "CREATE INDEX CONCURRENTLY slow ON t_1 (x)"));
	await(fixture, "SELECT count(*) FROM pg_stat_progress_create_index");
	health = looked(fixture);
	assert_int_equal(health->building_indexes, 1);
	assert_int_equal(health->invalid_indexes, 0);
	assert_int_equal(health->indexes[0].building, 1);
	ends(health, BOBOLINK_OK, 0);
	bobolink_close(fixture->session);
	reader = pg_open_as(fixture->url, "health_role");
	assert_int_equal(bobolink_open_postgres(hand_set(fixture->set, bobolink_backend_postgres),
						reader, &fixture->options, &fixture->session,
						&fixture->error),
			 BOBOLINK_OK);
	health = looked(fixture);
	assert_int_equal(health->building_indexes, 1);
	assert_int_equal(health->invalid_indexes, 0);
	bobolink_health_free(health);
	bobolink_close(fixture->session);
	fixture->session = NULL;
	PQfinish(reader);
	pg_run(other, "ROLLBACK");
	PQfinish(other);
	PQclear(PQgetResult(maker));
	PQfinish(maker);
	fixture_run(fixture, "REVOKE ALL ON bobolink_head, bobolink_history, bobolink_log FROM "
			     "health_role; DROP ROLE health_role");
}

static PGconn *migrating(struct fixture *fixture)
{
	PGconn *other = engine()->open(fixture->url);
	char sql[200];

	snprintf(sql, sizeof(sql),
		 "SET application_name = 'shop 2 on web-3 (pid 4711)'; SELECT "
		 "pg_advisory_lock(%" PRId64 ")",
		 server_lock_key("public"));
	pg_run(other, sql);
	return other;
}

/* What it does is not compared while it does it. */
static void who_migrates_now_is_named(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_health *health;
	PGconn *other;

	use_set_with_view(fixture);
	other = migrating(fixture);
	health = looked(fixture);
	assert_int_equal(health->locked, 1);
	assert_non_null(strstr(health->holder, "shop 2 on web-3 (pid 4711)"));
	assert_int_equal(health->drift, 0);
	assert_string_equal(health->drift_reason, "somebody is migrating");
	ends(health, BOBOLINK_OK, 0);
	/* A migration outside a transaction is then not stopped, but at work. */
	pg_run(other, "UPDATE bobolink_history SET status = 'running'; UPDATE bobolink_head SET "
		      "digest = NULL");
	health = looked(fixture);
	assert_int_equal(health->halfway, 1);
	ends(health, BOBOLINK_OK, 0);
	PQfinish(other);
	await(fixture, "SELECT CASE WHEN count(*) = 0 THEN 1 END FROM pg_locks WHERE locktype = "
		       "'advisory'");
	health = looked(fixture);
	assert_int_equal(health->locked, 0);
	ends(health, BOBOLINK_HALFWAY, 9);
}

/* Another program alters the table of a view, and does not end. */
static void a_lock_of_others_is_not_waited_for(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_health *health;
	PGconn *other;

	use_set_with_view(fixture);
	other = engine()->open(fixture->url);
	pg_run(other, "BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE");
	health = looked(fixture);
	assert_int_equal(health->drift, 0);
	assert_string_equal(health->drift_reason, "another connection is in the way");
	assert_int_equal(health->applied, 1);
	ends(health, BOBOLINK_OK, 0);
	assert_false(engine()->in_transaction(fixture->db));
	fixture_says(fixture, "SHOW lock_timeout", "0");
	PQfinish(other);
	await(fixture, "SELECT CASE WHEN count(*) = 0 THEN 1 END FROM pg_locks WHERE mode = "
		       "'AccessExclusiveLock'");
	health = looked(fixture);
	assert_int_equal(health->drift, 1);
	bobolink_health_free(health);
}

static void a_lost_connection_is_a_health_too(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_health *health;
	char sql[100];
	PGconn *other;

	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_open(fixture);
	other = engine()->open(fixture->url);
	snprintf(sql, sizeof(sql), "SELECT pg_terminate_backend(%d)", PQbackendPID(fixture->db));
	pg_run(other, sql);
	PQfinish(other);
	health = looked(fixture);
	assert_int_equal(health->reachable, 0);
	assert_int_equal(health->finding_count, 1);
	assert_int_equal(health->version, -1);
	ends(health, BOBOLINK_UNREACHABLE, 3);
}

static void a_session_that_may_not_write_is_read_only(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_health *health;

	use_set_with_view(fixture);
	fixture_run(fixture, "SET default_transaction_read_only = on");
	health = looked(fixture);
	assert_int_equal(health->read_only, 1);
	assert_int_equal(health->drift, 1);
	bobolink_health_free(health);
}

/* Whatever the client's encoding, and whatever stands first in its search_path. */
static void the_session_may_be_set_to_anything(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_health *health;

	use_set_with_view(fixture);
	fixture_run(fixture, "CREATE SCHEMA planted; CREATE TABLE planted.pg_index (x integer); "
			     "CREATE FUNCTION planted.pg_is_in_recovery() RETURNS boolean LANGUAGE "
			     "sql AS 'SELECT true'; SET search_path = planted, pg_catalog, public; "
			     "SET client_encoding = LATIN1");
	health = looked(fixture);
	assert_int_equal(health->read_only, 0);
	assert_int_equal(health->index_count, 0);
	assert_int_equal(health->drift, 1);
	bobolink_health_free(health);
	assert_false(engine()->in_transaction(fixture->db));
	fixture_says(fixture, "SHOW search_path", "planted, pg_catalog, public");
}

static void who_may_not_read_the_history_is_told(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_health *health;

	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_run(fixture, "CREATE ROLE health_nobody; SET ROLE health_nobody");
	health = looked(fixture);
	assert_int_equal(health->reachable, 1);
	assert_non_null(strstr(health->findings[0].message, "grant this role SELECT"));
	ends(health, BOBOLINK_SQL_ERROR, 1);
	fixture_run(fixture, "RESET ROLE; DROP ROLE health_nobody");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(an_index_that_failed_to_be_made_is_named),
		FIXTURE_TEST(an_index_in_the_making_is_no_fault),
		FIXTURE_TEST(who_migrates_now_is_named),
		FIXTURE_TEST(a_lock_of_others_is_not_waited_for),
		FIXTURE_TEST(a_lost_connection_is_a_health_too),
		FIXTURE_TEST(a_session_that_may_not_write_is_read_only),
		FIXTURE_TEST(the_session_may_be_set_to_anything),
		FIXTURE_TEST(who_may_not_read_the_history_is_told),
	};

	return engine_run_group_tests_on("postgres", tests);
}
