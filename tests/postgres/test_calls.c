/*
 * What a function of the application may leave of a connection to PostgreSQL.
 */
#include <stdio.h>
#include <string.h>

#include <bobolink/postgres.h>

#include "backfill.h"
#include "fixture.h"
#include "server.h"

static PGconn *connection_of(struct bobolink_step *step)
{
	return bobolink_step_connection(step);
}

static int leaves_a_result(struct bobolink_step *step)
{
	return PQsendQuery(connection_of(step), "SELECT generate_series(1, 100000)")
		       ? BOBOLINK_OK
		       : bobolink_step_fail(step, "cannot send");
}

static int leaves_a_pipeline(struct bobolink_step *step)
{
	PGconn *pg = connection_of(step);

	if (!PQenterPipelineMode(pg) ||
	    !PQsendQueryParams(pg, "SELECT 1", 0, NULL, NULL, NULL, NULL, 0))
		return bobolink_step_fail(step, "cannot send");
	return BOBOLINK_OK;
}

static int leaves_an_empty_pipeline(struct bobolink_step *step)
{
	return PQenterPipelineMode(connection_of(step)) ? BOBOLINK_OK
							: bobolink_step_fail(step, "cannot enter");
}

static int leaves_copy_in(struct bobolink_step *step)
{
	PQclear(PQexec(connection_of(step), "COPY ran FROM STDIN"));
	return BOBOLINK_OK;
}

static int leaves_copy_out(struct bobolink_step *step)
{
	PQclear(PQexec(connection_of(step), "COPY ran TO STDOUT"));
	return BOBOLINK_OK;
}

static int resets(struct bobolink_step *step)
{
	PQreset(connection_of(step));
	return BOBOLINK_OK;
}

static int prepares_to_commit(struct bobolink_step *step)
{
	return backfill_run(step, "PREPARE TRANSACTION 'gone'");
}

static const struct {
	int (*function)(struct bobolink_step *step);
	const char *words;
	const char *outside; /* the same where no transaction is open; NULL: no harm is done */
} leavings[] = {
	{ leaves_a_result, "busy", "busy" },
	{ leaves_a_pipeline, "busy", "busy" },
	{ leaves_an_empty_pipeline, "busy", "busy" },
	{ leaves_copy_in, "check each result", "busy" },
	{ leaves_copy_out, "busy", "busy" },
	{ resets, "ended the transaction", NULL },
};

/* Migration 4 is the function, and 5 is none. */
static void set_function(struct fixture *fixture, size_t i, uint32_t flags)
{
	char name[20];

	(void)snprintf(name, sizeof(name), "f%u", (unsigned)i);
	fixture_replace_set(fixture, hand_set_counting("shop", 3));
	hand_set_add(fixture->set, 4, "code", flags, NULL);
	hand_set_call(fixture->set, name, leavings[i].function);
	hand_set_add(fixture->set, 5, "next", 0, "CREATE TABLE t_5 (x INTEGER)", NULL);
}

/* The connection is the application's again, as it was. */
static void assert_usable(struct fixture *fixture)
{
	assert_int_equal(PQtransactionStatus(fixture->db), PQTRANS_IDLE);
	assert_int_equal(PQpipelineStatus(fixture->db), PQ_PIPELINE_OFF);
	assert_int_equal(PQisnonblocking(fixture->db), 0);
	assert_int_equal(fixture_number(fixture, "SELECT 7"), 7);
}

static void whatever_it_leaves_is_cleared_away(void **state)
{
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(leavings) / sizeof(leavings[0]); i++) {
		set_function(fixture, i, 0);
		assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
		if (!strstr(fixture->error.message, leavings[i].words))
			fail_msg("%u: %s", (unsigned)i, fixture->error.message);
		assert_usable(fixture);
		fixture_says(fixture, "SELECT status FROM bobolink_history WHERE version >= 4",
			     "failed");
		assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM ran"), 3);
	}
}

static void outside_a_transaction_too(void **state)
{
	struct fixture *fixture = *state;

	fixture_replace_set(fixture, hand_set_counting("shop", 3));
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	for (size_t i = 0; i < sizeof(leavings) / sizeof(leavings[0]); i++) {
		const char *words = leavings[i].outside;

		set_function(fixture, i, BOBOLINK_SECTION_NO_TRANSACTION);
		assert_int_equal(fixture_boot(fixture), words ? BOBOLINK_SQL_ERROR : BOBOLINK_OK);
		if (words && !strstr(fixture->error.message, words))
			fail_msg("%u: %s", (unsigned)i, fixture->error.message);
		assert_usable(fixture);
	}
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM bobolink_history WHERE "
						 "status = 'applied'"),
			 5);
	/* Nobody holds the lock any more. */
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM pg_locks WHERE locktype = "
						 "'advisory'"),
			 0);
}

static void a_prepared_transaction_is_no_commit(void **state)
{
	struct fixture *fixture = *state;

	if (fixture_number(fixture, "SHOW max_prepared_transactions") == 0)
		skip();
	hand_set_add(fixture->set, 4, "code", 0, NULL);
	hand_set_call(fixture->set, "prepares", prepares_to_commit);
	/* It holds the lock, so that not even its refusal can be recorded. */
	fixture->options.lock_timeout_ms = 200;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	fixture_told(fixture, BOBOLINK_SQL_ERROR, "ended the transaction");
	fixture_run(fixture, "ROLLBACK PREPARED 'gone'");
}

/* --- settings -------------------------------------------------------------------------------- */

static char found[200];

static int looks_and_sets(struct bobolink_step *step)
{
	PGresult *result = PQexec(connection_of(step),
				  "SELECT current_setting('search_path') || ' ' || "
				  "current_setting('idle_in_transaction_session_timeout')");

	(void)snprintf(found, sizeof(found), "%s", PQgetvalue(result, 0, 0));
	PQclear(result);
	return backfill_run(step,
			    "SET search_path = elsewhere; SET lock_timeout = 7; SET DateStyle = "
			    "'German'; DEALLOCATE ALL");
}

static void what_it_sets_does_not_last(void **state)
{
	static const uint32_t flags[] = { 0, BOBOLINK_SECTION_NO_TRANSACTION };
	struct fixture *fixture = *state;

	fixture_run(fixture, "SET search_path = public, pg_catalog; SET lock_timeout = 1234");
	for (size_t i = 0; i < 2; i++) {
		hand_set_add(fixture->set, 4 + (int64_t)i * 2, "code", flags[i], NULL);
		hand_set_call(fixture->set, "looks", looks_and_sets);
		hand_set_add(fixture->set, 5 + (int64_t)i * 2, "next", 0,
			     i ? "CREATE TABLE t_7 (x INTEGER)" : "CREATE TABLE t_5 (x INTEGER)",
			     NULL);
		assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
		/* A function may think for as long as it likes. */
		assert_string_equal(found, "public, pg_catalog 0");
		fixture_says(fixture, "SHOW search_path", "public, pg_catalog");
		fixture_says(fixture, "SHOW lock_timeout", "1234ms");
		fixture_says(fixture, "SHOW DateStyle", "ISO, MDY");
	}
	assert_int_equal(engine_tables(fixture->db, "t!_%"), 5);
}

static void the_queue_before_it_is_run(void **state)
{
	struct fixture *fixture = *state;

	hand_set_add(fixture->set, 4, "code", 0, NULL);
	hand_set_call(fixture->set, "looks", looks_and_sets);
	fixture->options.transaction = BOBOLINK_TRANSACTION_ALL;
	fixture_run(fixture, "SET DateStyle = 'ISO, DMY'");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_true(fixture_number(fixture, "SELECT count(*) FROM ran") == 3);
	fixture_says(fixture, "SHOW DateStyle", "ISO, DMY");
}

/* --- the connection -------------------------------------------------------------------------- */

static int kills_itself(struct bobolink_step *step)
{
	PQclear(PQexec(connection_of(step), "SELECT pg_terminate_backend(pg_backend_pid())"));
	return bobolink_step_fail(step, "something is wrong");
}

static void a_lost_connection_is_no_fault_of_the_function(void **state)
{
	struct fixture *fixture = *state;

	hand_set_add(fixture->set, 4, "code", 0, NULL);
	hand_set_call(fixture->set, "kills", kills_itself);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_UNREACHABLE);
	engine()->close(fixture->db);
	fixture->db = engine()->open(fixture->url);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM bobolink_history WHERE "
						 "version = 4"),
			 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(whatever_it_leaves_is_cleared_away),
		FIXTURE_TEST(outside_a_transaction_too),
		FIXTURE_TEST(a_prepared_transaction_is_no_commit),
		FIXTURE_TEST(what_it_sets_does_not_last),
		FIXTURE_TEST(the_queue_before_it_is_run),
		FIXTURE_TEST(a_lost_connection_is_no_fault_of_the_function),
	};

	return engine_run_group_tests_on("postgres", tests);
}
