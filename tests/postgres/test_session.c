/*
 * The application's session on PostgreSQL: whatever it is set to, migrations work, and it is left as it
 * was found.
 */
#include <stdio.h>
#include <string.h>

#include <bobolink/postgres.h>

#include "fixture.h"
#include "server.h"

static void settings_that_a_migration_changes_are_put_back(void **state)
{
	static const char look[] =
		"SELECT concat_ws('|', current_setting('search_path'), current_setting('role'), "
		"current_setting('lock_timeout'), current_setting('statement_timeout'), "
		"current_setting('work_mem'), current_setting('session_replication_role'), "
		"current_setting('application_name'), current_setting('client_encoding'), "
		"current_setting('idle_in_transaction_session_timeout'), "
		"current_setting('client_min_messages'), current_setting('row_security'), "
		"current_setting('client_connection_check_interval', true), "
		"current_setting('standard_conforming_strings'))";
	struct fixture *fixture = *state;
	char before[1000];

	fixture_run(fixture, "CREATE ROLE settings_role; CREATE SCHEMA app; "
			     "SET search_path = public, \"$user\"; SET lock_timeout = 12345; "
			     "SET application_name = 'the \"shop\"'");
	snprintf(before, sizeof(before), "%s", fixture_text(fixture, look));
	hand_set_add(fixture->set, 4, "settings", 0, "SET search_path = app",
		     "CREATE TABLE in_app (x INTEGER)", "SET lock_timeout = 1",
		     "SET statement_timeout = 100000", "SET work_mem = 1000",
		     "SET session_replication_role = replica", "SET client_encoding = LATIN1",
		     "SET application_name = intruder", "SET row_security = off",
		     "SET ROLE settings_role", NULL);
	hand_set_add(fixture->set, 5, "after", 0, "CREATE TABLE in_public (x INTEGER)", NULL);
	if (fixture_boot(fixture))
		fail_msg("%s", fixture->error.message);
	assert_string_equal(fixture_text(fixture, look), before);
	assert_string_equal(fixture_text(fixture, "SELECT schemaname FROM pg_tables WHERE "
						  "tablename LIKE 'in!_%' ESCAPE '!' "
						  "ORDER BY tablename"),
			    "app,public");
}

/* The session becomes another's: what the migration makes is theirs, bobolink's rows are not. */
static void who_the_session_is_is_put_back(void **state)
{
	static const char look[] = "SELECT session_user || ' ' || current_user";
	static const uint32_t transactions[] = { BOBOLINK_TRANSACTION_EACH,
						 BOBOLINK_TRANSACTION_ALL };
	struct fixture *fixture = *state;
	char before[200];

	fixture_run(fixture, "CREATE ROLE other_user; CREATE ROLE other_role;"
			     "GRANT ALL ON SCHEMA public TO other_user");
	fixture_run(fixture, "GRANT ALL ON SCHEMA public TO other_role; SET ROLE other_role");
	snprintf(before, sizeof(before), "%s", fixture_text(fixture, look));
	for (int i = 0; i < 2; i++) {
		char taken[64];
		char own[64];

		snprintf(taken, sizeof(taken), "CREATE TABLE taken_%d (x INTEGER)", i);
		snprintf(own, sizeof(own), "CREATE TABLE own_%d (x INTEGER)", i);
		fixture->options.transaction = transactions[i];
		hand_set_add(fixture->set, 4 + 2 * i, "user", 0,
			     "SET SESSION AUTHORIZATION other_user", taken, NULL);
		hand_set_add(fixture->set, 5 + 2 * i, "after", 0, own, NULL);
		if (fixture_boot(fixture))
			fail_msg("%s", fixture->error.message);
		assert_string_equal(fixture_text(fixture, look), before);
	}
	assert_string_equal(
		fixture_text(fixture, "SELECT tablename || ' ' || tableowner FROM pg_tables WHERE "
				      "tablename LIKE 'taken!_%' ESCAPE '!' OR tablename LIKE "
				      "'own!_%' ESCAPE '!' ORDER BY tablename"),
		"own_0 other_role,own_1 other_role,taken_0 other_user,taken_1 other_user");
}

/* Later servers have more timeouts. */
static void timeouts_of_later_servers_are_put_back(void **state)
{
	struct fixture *fixture = *state;

	hand_set_add(fixture->set, 4, "timeout", 0, "SET idle_session_timeout = '50min'",
		     server_for_tests_major() < 17 ? "SELECT 1"
						   : "SET transaction_timeout = '50min'",
		     NULL);
	if (server_for_tests_major() < 14)
		skip();
	if (fixture_boot(fixture))
		fail_msg("%s", fixture->error.message);
	assert_string_equal(
		fixture_text(fixture,
			     "SELECT concat_ws('|', current_setting('idle_session_timeout'), "
			     "COALESCE(current_setting('transaction_timeout', true), '0'))"),
		"0|0");
}

/* Between pieces they last: a statement means what it means in psql. */
static void settings_last_from_piece_to_piece(void **state)
{
	struct fixture *fixture = *state;

	fixture_run(fixture, "CREATE SCHEMA app");
	hand_set_add(fixture->set, 4, "pieces", BOBOLINK_SECTION_NO_TRANSACTION,
		     "SET search_path = app", "CREATE TABLE in_app (x INTEGER)",
		     "CREATE INDEX CONCURRENTLY in_app_x ON in_app (x)", NULL);
	hand_set_statement_flags(fixture->set, 2, BOBOLINK_STATEMENT_NO_TRANSACTION);
	if (fixture_boot(fixture))
		fail_msg("%s", fixture->error.message);
	assert_string_equal(fixture_text(fixture, "SELECT schemaname || tablename FROM pg_indexes "
						  "WHERE indexname = 'in_app_x'"),
			    "appin_app");
	assert_string_equal(fixture_text(fixture, "SHOW search_path"), "\"$user\", public");
}

static void a_refused_migration_leaves_the_settings_too(void **state)
{
	struct fixture *fixture = *state;

	hand_set_add(fixture->set, 4, "settings", 0, "SET search_path = nowhere", "SET ROLE nobody",
		     NULL);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	assert_int_equal(fixture->error.statement, 2);
	assert_string_equal(fixture_text(fixture, "SHOW search_path"), "\"$user\", public");
	assert_false(engine()->in_transaction(fixture->db));
}

/* In one transaction for all, too, a migration finds the session's settings, and its own timeouts. */
static void settings_do_not_reach_the_next_migration(void **state)
{
	struct fixture *fixture = *state;

	fixture_run(fixture, "SET work_mem = '5MB'; SET statement_timeout = 1000000");
	fixture->options.transaction = BOBOLINK_TRANSACTION_ALL;
	hand_set_add(fixture->set, 4, "settings", 0, "SET LOCAL session_replication_role = replica",
		     "SET check_function_bodies = off", "SET lock_timeout = 0",
		     "SET LOCAL work_mem = '9MB'", "SET statement_timeout = 2000000",
		     "SET LOCAL DateStyle = 'German'", NULL);
	hand_set_add(fixture->set, 5, "after", 0,
		     "CREATE TABLE seen AS SELECT concat_ws('|', "
		     "current_setting('session_replication_role'), "
		     "current_setting('check_function_bodies'), current_setting('lock_timeout'), "
		     "current_setting('work_mem'), current_setting('statement_timeout'), "
		     "current_setting('DateStyle'), current_setting('client_encoding')) AS x",
		     NULL);
	if (fixture_boot(fixture))
		fail_msg("%s", fixture->error.message);
	assert_string_equal(fixture_text(fixture, "SELECT x FROM seen"),
			    "origin|on|1s|5MB|1000s|ISO, MDY|UTF8");
	assert_string_equal(fixture_text(fixture, "SHOW work_mem"), "5MB");
	assert_string_equal(fixture_text(fixture, "SHOW lock_timeout"), "0");
}

/* Between two runs of one session the application sets what it likes. */
static void settings_of_the_application_between_runs_stay(void **state)
{
	struct fixture *fixture = *state;

	fixture_open(fixture);
	assert_int_equal(bobolink_apply(fixture->session, 1, NULL, &fixture->error), BOBOLINK_OK);
	fixture_run(fixture, "SET work_mem = '5MB'; SET search_path = public, pg_temp");
	assert_int_equal(bobolink_apply(fixture->session, BOBOLINK_HEAD, NULL, &fixture->error),
			 BOBOLINK_OK);
	assert_string_equal(fixture_text(fixture, "SHOW work_mem"), "5MB");
	assert_string_equal(fixture_text(fixture, "SHOW search_path"), "public, pg_temp");
}

/* The migration is a file in UTF-8, whatever it says: its letters arrive, in the history, too. */
static void an_encoding_that_a_migration_sets_tears_nothing(void **state)
{
	static const char *const ways[] = {
		"SET client_encoding = 'LATIN1'", "SET NAMES 'LATIN1'",
		"SET LOCAL Client_Encoding TO latin1",
		"SELECT set_config('client_encoding', 'LATIN1', false)"
	};
	struct fixture *fixture = *state;

	fixture_run(fixture, "CREATE TABLE letters (x TEXT)");
	for (int i = 0; i < 4; i++)
		hand_set_add(fixture->set, 4 + i, "gr\xc3\xbcn", 0, ways[i],
			     "INSERT INTO letters VALUES ('\xc3\xa4')", NULL);
	if (fixture_boot(fixture))
		fail_msg("%s", fixture->error.message);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM letters WHERE x = "
						 "U&'\\00E4'"),
			 4);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM bobolink_history WHERE name "
						 "= U&'gr\\00FCn' AND up_sql LIKE "
						 "U&'%(''\\00E4'')%'"),
			 4);
	assert_string_equal(fixture_text(fixture, "SHOW client_encoding"), "UTF8");
}

/* Somebody who may create objects plants what unqualified names would find. */
static void a_hostile_search_path_harms_nothing(void **state)
{
	struct fixture *fixture = *state;

	fixture_run(
		fixture,
		"CREATE SCHEMA evil; SET search_path = evil, public, pg_catalog;"
		"CREATE TABLE evil.bobolink_head AS SELECT 'shop'::text AS set_name, 'x'::text AS "
		"digest, 99::bigint AS version, 9::bigint AS batch, 9::bigint AS batch_until, "
		"NULL::text AS environment, 7::bigint AS revision;"
		"CREATE TABLE evil.bobolink_history (mine INTEGER);"
		"CREATE FUNCTION evil.lie(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT "
		"true';"
		"CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.lie);"
		"CREATE FUNCTION evil.set_config(text, text, boolean) RETURNS text LANGUAGE "
		"plpgsql "
		"AS 'BEGIN RAISE ''hostile''; END';"
		"CREATE FUNCTION evil.txid_current() RETURNS bigint LANGUAGE sql AS 'SELECT "
		"1::bigint';"
		"CREATE FUNCTION evil.count(bigint) RETURNS bigint LANGUAGE sql AS 'SELECT "
		"5::bigint';"
		"CREATE FUNCTION evil.pg_try_advisory_xact_lock(bigint) RETURNS boolean LANGUAGE "
		"sql "
		"AS 'SELECT false';"
		"CREATE TABLE evil.pg_locks (mine INTEGER)");
	if (fixture_boot(fixture))
		fail_msg("%s", fixture->error.message);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM public.bobolink_history"),
			 3);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM evil.bobolink_history"), 0);
	/* The migration itself uses the session's path, as it would in psql. */
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM evil.ran"), 3);
	fixture_open(fixture);
	assert_int_equal(bobolink_check(fixture->session, &fixture->error), BOBOLINK_OK);
}

static void the_schema_may_have_any_name(void **state)
{
	struct fixture *fixture = *state;

	fixture->options.schema = "Odd \"Name\"";
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	fixture_told(fixture, BOBOLINK_SQL_ERROR, "schema \"Odd \"Name\"\" does not exist");
	fixture_run(fixture, "CREATE SCHEMA \"Odd \"\"Name\"\"\"");
	if (fixture_boot(fixture))
		fail_msg("%s", fixture->error.message);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM "
						 "\"Odd \"\"Name\"\"\".bobolink_history"),
			 3);
	assert_int_equal(engine_tables(fixture->db, "bobolink%"), 0);
	/* Another schema is another history, which would run everything again. */
	fixture->options.schema = NULL;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
}

/* Row-level security that hides the history's rows from their reader. */
static void bytes_that_are_no_text_are_no_name(void **state)
{
	struct fixture *fixture = *state;

	fixture->options.schema = "half \xe4";
	assert_int_equal(fixture_boot(fixture), BOBOLINK_USAGE);
	fixture_told(fixture, BOBOLINK_USAGE, "not a name in the connection's encoding");
}

static void hidden_rows_are_not_taken_for_an_empty_history(void **state)
{
	struct fixture *fixture = *state;

	fixture_run(fixture, "CREATE ROLE reader LOGIN; GRANT ALL ON SCHEMA public TO reader");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_run(fixture, "GRANT ALL ON ALL TABLES IN SCHEMA public TO reader;"
			     "ALTER TABLE bobolink_head ENABLE ROW LEVEL SECURITY;"
			     "ALTER TABLE bobolink_history ENABLE ROW LEVEL SECURITY");
	engine()->close(fixture->db);
	fixture->db = pg_open_as(fixture->url, "reader");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	fixture_told(fixture, BOBOLINK_SQL_ERROR, "row-level security");
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM ran"), 3);
}

/* Everybody may write, nobody reads: not even the owner, who would run everything again. */
static void nor_are_those_that_their_owner_does_not_see(void **state)
{
	struct fixture *fixture = *state;

	fixture_run(fixture, "CREATE ROLE blind LOGIN; GRANT ALL ON SCHEMA public TO blind");
	engine()->close(fixture->db);
	fixture->db = pg_open_as(fixture->url, "blind");
	fixture_replace_set(fixture, hand_set_new("shop"));
	hand_set_add(fixture->set, 1, "first", 0, "CREATE TABLE IF NOT EXISTS ran (i INTEGER)",
		     "INSERT INTO ran VALUES (1)", NULL);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_run(fixture,
		    "CREATE POLICY writes ON bobolink_history FOR INSERT WITH CHECK (true);"
		    "ALTER TABLE bobolink_history ENABLE ROW LEVEL SECURITY;"
		    "DROP INDEX bobolink_history_live");
	hand_set_add(fixture->set, 2, "second", 0, "INSERT INTO ran VALUES (2)", NULL);
	/* It is not for the owner, unless it is forced. */
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_run(fixture, "ALTER TABLE bobolink_history FORCE ROW LEVEL SECURITY");
	hand_set_add(fixture->set, 3, "third", 0, "INSERT INTO ran VALUES (3)", NULL);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	fixture_told(fixture, BOBOLINK_SQL_ERROR, "row-level security");
	assert_string_equal(fixture_text(fixture, "SELECT i FROM ran ORDER BY i"), "1,2");
}

static void an_older_encoding_works_and_stays(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_status *status;

	fixture_run(fixture,
		    "CREATE SCHEMA \"sch\xc3\xb6n\"; SET search_path = public, \"sch\xc3\xb6n\"; "
		    "SET client_encoding = LATIN1");
	fixture->options.environment = "pr\xc3\xbc"
				       "fung";
	fixture->options.program = "l\xc3\xa4"
				   "den 1.0";
	hand_set_add(fixture->set, 4, "gr\xc3\xbcn", 0, "CREATE TABLE \"gr\xc3\xbcn\" (x TEXT)",
		     "INSERT INTO \"gr\xc3\xbcn\" VALUES ('\xc3\xa4')", NULL);
	if (fixture_boot(fixture))
		fail_msg("%s", fixture->error.message);
	/* The head's environment compares equal: there is nothing to do. */
	fixture_open(fixture);
	assert_int_equal(bobolink_check(fixture->session, &fixture->error), BOBOLINK_OK);
	assert_int_equal(bobolink_status(fixture->session, &status, &fixture->error), BOBOLINK_OK);
	assert_string_equal(status->items[3].name, "gr\xc3\xbcn");
	assert_string_equal(status->items[3].applied_by, "l\xc3\xa4"
							 "den 1.0");
	bobolink_status_free(status);
	assert_string_equal(fixture_text(fixture, "SHOW client_encoding"), "LATIN1");
	assert_int_equal(fixture_number(fixture, "SELECT octet_length(x) FROM \"gr\xfcn\""), 2);
	assert_string_equal(fixture_text(fixture, "SHOW search_path"), "public, \"sch\xf6n\"");
	assert_false(engine()->in_transaction(fixture->db));
}

static void count_notice(void *context, const char *message)
{
	if (strstr(message, "for the application"))
		++*(int *)context;
}

static void notices_go_to_the_application(void **state)
{
	struct fixture *fixture = *state;
	int notices = 0;

	fixture_run(fixture, "SET client_min_messages = notice");
	PQsetNoticeProcessor(fixture->db, count_notice, &notices);
	hand_set_add(fixture->set, 4, "notice", 0,
		     "DO 'BEGIN RAISE NOTICE ''for the application''; END'",
		     "DROP TABLE IF EXISTS nothing", NULL);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_int_equal(notices, 1);
	assert_ptr_equal(PQsetNoticeProcessor(fixture->db, count_notice, NULL), count_notice);
}

static void the_handle_stays_as_blocking_as_it_was(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_int_equal(PQisnonblocking(fixture->db), 0);
	fixture_replace_set(fixture, hand_set_counting("shop", 5));
	assert_int_equal(PQsetnonblocking(fixture->db, 1), 0);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_int_equal(PQisnonblocking(fixture->db), 1);
	assert_int_equal(PQpipelineStatus(fixture->db), PQ_PIPELINE_OFF);
	assert_int_equal(PQsetnonblocking(fixture->db, 0), 0);
}

static void a_busy_handle_is_refused(void **state)
{
	struct fixture *fixture = *state;
	PGresult *result;

	assert_int_equal(PQsendQuery(fixture->db, "SELECT 1"), 1);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_USAGE);
	fixture_told(fixture, BOBOLINK_USAGE, "take all results");
	while ((result = PQgetResult(fixture->db)) != NULL)
		PQclear(result);
	assert_int_equal(PQenterPipelineMode(fixture->db), 1);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_USAGE);
	fixture_told(fixture, BOBOLINK_USAGE, "leave pipeline mode");
	assert_int_equal(PQexitPipelineMode(fixture->db), 1);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
}

static void a_session_that_is_read_only_by_default_is_refused(void **state)
{
	struct fixture *fixture = *state;

	fixture_run(fixture, "SET default_transaction_read_only = on");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_READ_ONLY);
	fixture_told(fixture, BOBOLINK_READ_ONLY, "default_transaction_read_only");
	assert_int_equal(bobolink_exit_code(BOBOLINK_READ_ONLY), 3);
	assert_string_equal(fixture_text(fixture, "SHOW default_transaction_read_only"), "on");
}

static void a_serializable_session_works(void **state)
{
	struct fixture *fixture = *state;

	fixture_run(fixture, "SET default_transaction_isolation = serializable");
	hand_set_add(fixture->set, 4, "isolation", 0,
		     "CREATE TABLE seen AS SELECT current_setting('transaction_isolation') AS x",
		     NULL);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_string_equal(fixture_text(fixture, "SELECT x FROM seen"), "read committed");
	assert_string_equal(fixture_text(fixture, "SHOW default_transaction_isolation"),
			    "serializable");
}

/* However many migrations set something, the server keeps no more of ours than it needs. */
static void little_is_prepared_at_a_time(void **state)
{
	struct fixture *fixture = *state;

	for (int i = 4; i < 20; i++)
		hand_set_add(fixture->set, i, "set", 0, "SET work_mem = '5MB'", NULL);
	hand_set_add(fixture->set, 20, "count", 0,
		     "CREATE TABLE seen AS SELECT count(*) AS x FROM pg_prepared_statements", NULL);
	if (fixture_boot(fixture))
		fail_msg("%s", fixture->error.message);
	/* The lock, the head's row made and changed, the history's row, the log's. */
	assert_int_equal(fixture_number(fixture, "SELECT x FROM seen"), 5);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM pg_prepared_statements"), 0);
}

/* A server that looks for its client gives the lock of one that died to the next at once. */
static void the_server_looks_for_its_client(void **state)
{
	struct fixture *fixture = *state;

	hand_set_add(fixture->set, 4, "interval", 0,
		     "CREATE TABLE seen AS SELECT "
		     "current_setting('client_connection_check_interval', true) AS x",
		     NULL);
	if (server_for_tests_major() < 14)
		skip();
	if (fixture_boot(fixture))
		fail_msg("%s", fixture->error.message);
	assert_string_equal(fixture_text(fixture, "SELECT x FROM seen"), "100ms");
}

/* Thrown away in a statement, in a function that nobody sees, by itself, and by the application. */
static void what_is_prepared_may_be_thrown_away(void **state)
{
	struct fixture *fixture = *state;

	hand_set_add(fixture->set, 4, "plain", 0, "DEALLOCATE ALL", "CREATE TABLE t_4 (x INTEGER)",
		     "CREATE FUNCTION hidden() RETURNS integer LANGUAGE plpgsql AS "
		     "'BEGIN DEALLOCATE ALL; RETURN 4; END'",
		     NULL);
	hand_set_add(fixture->set, 5, "hidden", 0, "INSERT INTO t_4 SELECT hidden()", NULL);
	hand_set_add(fixture->set, 6, "alone", BOBOLINK_SECTION_NO_TRANSACTION, "DISCARD ALL",
		     "INSERT INTO t_4 VALUES (6)", NULL);
	hand_set_statement_flags(fixture->set, 0, BOBOLINK_STATEMENT_NO_TRANSACTION);
	hand_set_add(fixture->set, 7, "after", 0, "INSERT INTO t_4 VALUES (7)", NULL);
	if (fixture_boot(fixture))
		fail_msg("%s", fixture->error.message);
	assert_string_equal(fixture_text(fixture, "SELECT x FROM t_4 ORDER BY x"), "4,6,7");
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM pg_prepared_statements"), 0);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM pg_locks WHERE locktype = "
						 "'advisory'"),
			 0);
}

/* The session's lock goes with DISCARD ALL, too: the next piece has it again. */
static void the_lock_is_taken_again_after_it_was_discarded(void **state)
{
	struct fixture *fixture = *state;

	fixture_run(fixture,
		    "CREATE FUNCTION locks() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM "
		    "pg_locks WHERE locktype = ''advisory'' AND pid = pg_backend_pid()';"
		    "CREATE TABLE seen (locks BIGINT, lock_timeout TEXT)");
	hand_set_add(fixture->set, 4, "alone", BOBOLINK_SECTION_NO_TRANSACTION, "DISCARD ALL",
		     "INSERT INTO seen SELECT locks(), current_setting('lock_timeout')", NULL);
	hand_set_statement_flags(fixture->set, 0, BOBOLINK_STATEMENT_NO_TRANSACTION);
	hand_set_statement_flags(fixture->set, 1, BOBOLINK_STATEMENT_NO_TRANSACTION);
	if (fixture_boot(fixture))
		fail_msg("%s", fixture->error.message);
	assert_string_equal(fixture_text(fixture, "SELECT locks || ' ' || lock_timeout FROM seen"),
			    "1 0");
}

static void discard_all(void *context, const struct bobolink_event *event)
{
	if (event->kind == BOBOLINK_EVENT_APPLIED)
		pg_run(context, "DISCARD ALL");
}

static void the_application_may_throw_away_what_is_prepared(void **state)
{
	struct fixture *fixture = *state;

	fixture->options.log = discard_all;
	fixture->options.log_context = fixture->db;
	if (fixture_boot(fixture))
		fail_msg("%s", fixture->error.message);
	assert_true(fixture_is_whole(fixture, 3));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(settings_that_a_migration_changes_are_put_back),
		FIXTURE_TEST(who_the_session_is_is_put_back),
		FIXTURE_TEST(timeouts_of_later_servers_are_put_back),
		FIXTURE_TEST(settings_last_from_piece_to_piece),
		FIXTURE_TEST(settings_do_not_reach_the_next_migration),
		FIXTURE_TEST(settings_of_the_application_between_runs_stay),
		FIXTURE_TEST(an_encoding_that_a_migration_sets_tears_nothing),
		FIXTURE_TEST(a_refused_migration_leaves_the_settings_too),
		FIXTURE_TEST(a_hostile_search_path_harms_nothing),
		FIXTURE_TEST(the_schema_may_have_any_name),
		FIXTURE_TEST(bytes_that_are_no_text_are_no_name),
		FIXTURE_TEST(hidden_rows_are_not_taken_for_an_empty_history),
		FIXTURE_TEST(nor_are_those_that_their_owner_does_not_see),
		FIXTURE_TEST(an_older_encoding_works_and_stays),
		FIXTURE_TEST(notices_go_to_the_application),
		FIXTURE_TEST(the_handle_stays_as_blocking_as_it_was),
		FIXTURE_TEST(a_busy_handle_is_refused),
		FIXTURE_TEST(a_session_that_is_read_only_by_default_is_refused),
		FIXTURE_TEST(a_serializable_session_works),
		FIXTURE_TEST(little_is_prepared_at_a_time),
		FIXTURE_TEST(the_server_looks_for_its_client),
		FIXTURE_TEST(what_is_prepared_may_be_thrown_away),
		FIXTURE_TEST(the_lock_is_taken_again_after_it_was_discarded),
		FIXTURE_TEST(the_application_may_throw_away_what_is_prepared),
	};

	return engine_run_group_tests_on("postgres", tests);
}
