/*
 * Shadow on PostgreSQL: what a run finds, keeps and leaves alone. All but the last ones run on the server of the
 * tests, as with BOBOLINK_SHADOW_URL: what is left on it can be looked at.
 */
#define _XOPEN_SOURCE 700 /* setenv */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "folder.h"
#include "inventories.h"
#include "server.h"
#include "shadow.h"
#include "support/buffer.h"

#define SCRATCH "SELECT count(*) FROM pg_database WHERE datname LIKE 'bobolink\\_shadow%'"

static PGconn *admin;

/* A folder for PostgreSQL, and no scratch database on the server. */
static struct folder *begin(void **state)
{
	struct folder *folder = *state;

	assert_int_equal(setenv("BOBOLINK_SHADOW_URL", server_for_tests(), 1), 0);
	if (!admin)
		admin = pg_open(server_for_tests());
	folder->options.database = DATABASE_POSTGRES;
	folder->options.embed = EMBED_HEAD;
	return folder;
}

static int run(struct folder *folder, struct set *set)
{
	memset(set, 0, sizeof(*set));
	set->name = "shop";
	assert_int_equal(folder_read(folder, set), 0);
	return shadow(&folder->options, &folder->arena, set, &folder->diag);
}

/* Runs, compares what was reported, and finds the server empty. */
static void expect(struct folder *folder, const char *report)
{
	struct set set;
	int rc = run(folder, &set);

	assert_string_equal(folder_report(folder), report);
	assert_int_equal(rc, *report ? -1 : 0);
	assert_int_equal(pg_number(admin, SCRATCH), 0);
}

static void each_migration_gets_its_delta(void **state)
{
	struct folder *folder = begin(state);
	struct set set;

	folder_add(folder, "1_a.sql", "CREATE TABLE a (x int);\n");
	folder_add(folder, "2_b.sql",
		   "ALTER TABLE a ADD COLUMN y text;\nALTER TABLE a DROP COLUMN x;\n");
	folder_add(folder, "3_c.sql", "INSERT INTO a VALUES ('z');\n");
	assert_int_equal(run(folder, &set), 0);
	assert_string_equal(set.migrations[0].delta,
			    "+ table\tpublic\t\ta\t\n+ column\tpublic\ta\tx\tinteger\n");
	assert_string_equal(set.migrations[1].delta,
			    "- column\tpublic\ta\tx\n+ column\tpublic\ta\ty\ttext\n");
	assert_string_equal(set.migrations[2].delta, "");
	assert_false(set.unproven);
}

static const char chain_1[] = "-- migrate:up\nCREATE TYPE mood AS ENUM ('calm');\n"
			      "CREATE TABLE a (x serial PRIMARY KEY, y text, m mood);\n"
			      "CREATE VIEW v AS SELECT x FROM a;\n"
			      "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS "
			      "$$ BEGIN RETURN NEW; END $$;\n"
			      "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION "
			      "f();\n"
			      "-- migrate:down\nDROP VIEW v;\nDROP TABLE a;\nDROP FUNCTION f();\n"
			      "DROP TYPE mood;\n";
static const char chain_2[] =
	"-- migrate:up\nCREATE SCHEMA s;\nALTER TABLE a SET SCHEMA s;\n"
	"CREATE INDEX i ON s.a (y);\n"
	"-- migrate:down\nDROP INDEX s.i;\nALTER TABLE s.a SET SCHEMA public;\n"
	"DROP SCHEMA s;\n";

static void deltas_add_up_to_the_schema(void **state)
{
	struct folder *folder = begin(state);
	struct bobolink_inventory *sum = NULL;
	struct bobolink_inventory *schema = NULL;
	struct bobolink_error error;
	struct buffer text = BUFFER_INIT;
	struct set set;
	char *differences;

	folder_add(folder, "1_a.sql", chain_1);
	folder_add(folder, "2_b.sql", chain_2);
	assert_int_equal(run(folder, &set), 0);
	assert_string_equal(folder_report(folder), "");
	for (uint32_t i = 0; i < set.count; i++)
		buffer_add_text(&text, set.migrations[i].delta);
	assert_int_equal(bobolink_delta_apply(NULL, text.text, NULL, &sum, &error), BOBOLINK_OK);
	assert_int_equal(bobolink_delta_apply(NULL, set.schema, NULL, &schema, &error),
			 BOBOLINK_OK);
	differences = inventory_changes(sum, schema);
	assert_string_equal(differences, "");
	/* Schema, enum, table, 3 columns, key, index, trigger, view, function. */
	assert_int_equal(bobolink_inventory_count(sum), 11);
	free(differences);
	bobolink_inventory_free(sum);
	bobolink_inventory_free(schema);
	buffer_release(&text);
}

static void every_down_that_does_not_restore_is_named(void **state)
{
	struct folder *folder = begin(state);

	folder_add(folder, "1_a.sql", "-- migrate:up\nCREATE TABLE a (x int);\n-- migrate:down\n");
	folder_add(folder, "2_b.sql",
		   "-- migrate:up\nCREATE TABLE b (x int);\n-- migrate:down\nSELECT 1;\nDROP TABLE "
		   "c;\nSELECT 2;\n");
	folder_add(folder, "3_c.sql",
		   "-- migrate:up\nCREATE TABLE c (x int);\n-- migrate:down\nDROP TABLE c;\n");
	folder_add(folder, "4_d.sql",
		   "-- migrate:up\nCREATE TABLE d (x int);\n-- migrate:down\n"
		   "DROP TABLE d;\nDROP TABLE a;\n");
	expect(folder, "1_a.sql:3:1 down-mismatch\n"
		       "2_b.sql:5:12 down-error\n"
		       "4_d.sql:3:1 down-mismatch\n");
}

static void the_chain_stops_at_an_up_that_does_not_run(void **state)
{
	struct folder *folder = begin(state);

	folder_add(folder, "1_a.sql", "CREATE TABLE a (x int);\n");
	folder_add(folder, "2_b.sql", "CREATE TABLE b (x int);\nDROP TABLE c;\n");
	folder_add(folder, "3_c.sql", "DROP TABLE b;\n");
	expect(folder, "2_b.sql:2:12 sql-error\n");
}

/* Rows that a proof deleted are there again, in the transaction and in the copy. */
static void a_proof_leaves_the_database_as_it_was(void **state)
{
	struct folder *folder = begin(state);

	folder_add(folder, "1_a.sql",
		   "CREATE TABLE a (x int UNIQUE, y int);\nINSERT INTO a VALUES (1, 2);\n");
	folder_add(
		folder, "2_b.sql",
		"-- migrate:up\nALTER TABLE a ADD COLUMN z int;\n-- migrate:down\nDROP TABLE a;\n"
		"CREATE TABLE a (x int UNIQUE, y int);\n");
	folder_add(folder, "3_c.sql",
		   "-- migrate:up\nCREATE INDEX CONCURRENTLY i ON a (y);\n-- migrate:down\n"
		   "DELETE FROM a;\nDROP INDEX i;\n");
	folder_add(folder, "4_d.sql", "INSERT INTO a VALUES (1, 3, 4);\n");
	expect(folder, "4_d.sql:1:1 sql-error\n");
}

static void an_up_must_run_again_after_its_down(void **state)
{
	struct folder *folder = begin(state);

	folder_add(folder, "1_a.sql", "CREATE TABLE a (x int UNIQUE);\n");
	folder_add(folder, "2_b.sql",
		   "-- migrate:up\nINSERT INTO a VALUES (1);\n-- migrate:down\n"
		   "UPDATE a SET x = 1;\n");
	folder_add(folder, "3_c.sql",
		   "-- migrate:up\nINSERT INTO a VALUES (2);\n-- migrate:down\n"
		   "DELETE FROM a WHERE x = 2;\n");
	expect(folder, "2_b.sql:2:1 up-again\n");
}

static void statements_that_refuse_transactions_are_proved_in_a_copy(void **state)
{
	struct folder *folder = begin(state);

	folder_add(folder, "1_a.sql", "CREATE TABLE a (x int);\nINSERT INTO a VALUES (1), (1);\n");
	folder_add(folder, "2_b.sql",
		   "-- migrate:up\nCREATE INDEX CONCURRENTLY i ON a (x);\n-- migrate:down\n"
		   "SELECT 1;\n");
	folder_add(folder, "3_c.sql",
		   "-- migrate:up\nVACUUM a;\n-- migrate:down\nDROP INDEX CONCURRENTLY j;\n");
	folder_add(folder, "4_d.sql",
		   "-- migrate:up\nCREATE INDEX CONCURRENTLY k ON a (x);\n-- migrate:down\n"
		   "DROP INDEX CONCURRENTLY k;\n");
	expect(folder, "2_b.sql:3:1 down-mismatch\n3_c.sql:4:25 down-error\n");
}

/* In one transaction the value added by the up could not be used by the down. */
static void what_needs_a_commit_between_is_proved_in_a_copy(void **state)
{
	struct folder *folder = begin(state);

	folder_add(folder, "1_a.sql",
		   "CREATE TYPE mood AS ENUM ('calm');\nCREATE TABLE a (m mood);\n");
	folder_add(folder, "2_b.sql",
		   "-- migrate:up\nCREATE TABLE b (x int PRIMARY KEY);\nCREATE TABLE c (x int "
		   "REFERENCES b DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO b VALUES (1);\n"
		   "-- migrate:down\nINSERT INTO c VALUES (1);\nDELETE FROM c;\nDROP TABLE c;\n"
		   "DROP TABLE b;\n");
	folder_add(folder, "3_c.sql",
		   "-- migrate:up\nALTER TABLE a ADD COLUMN x int;\n-- migrate:down\n"
		   "ALTER TYPE mood ADD VALUE IF NOT EXISTS 'wild';\n"
		   "ALTER TABLE a DROP COLUMN x;\n");
	/* What is wrong in the copy is a finding: the second finds tables with waiting triggers. */
	expect(folder, "2_b.sql:8:12 down-error\n3_c.sql:3:1 down-mismatch\n");
}

static void errors_at_commit_belong_to_the_migration(void **state)
{
	struct folder *folder = begin(state);

	folder_add(folder, "1_a.sql",
		   "CREATE TABLE a (x int PRIMARY KEY, y int REFERENCES a "
		   "DEFERRABLE INITIALLY DEFERRED);\n");
	folder_add(folder, "2_b.sql", "INSERT INTO a VALUES (1, 2);\n");
	expect(folder, "2_b.sql:1:1 sql-error\n");
}

static void what_a_migration_sets_ends_with_it(void **state)
{
	struct folder *folder = begin(state);

	folder_add(
		folder, "1_a.sql",
		"-- migrate:up\nCREATE SCHEMA s;\nSET search_path = s;\nCREATE TABLE a (x int);\n"
		"-- migrate:down\nDROP TABLE s.a;\nDROP SCHEMA s;\n");
	folder_add(
		folder, "2_b.sql",
		"-- migrate:up\nCREATE TABLE b (x int);\n-- migrate:down\nDROP TABLE public.b;\n");
	expect(folder, "");
}

static void stubs_are_there_and_not_in_the_schema(void **state)
{
	struct folder *folder = begin(state);
	const char *functions[] = { "Title/1", "many/-1", "empty/0" };
	struct set set;

	folder->options.shadow_functions = functions;
	folder->options.shadow_function_count = 3;
	folder_add(folder, "1_a.sql", "SELECT title('a'), many('a', 'b', 'c'), empty();\n");
	assert_int_equal(run(folder, &set), 0);
	assert_string_equal(folder_report(folder), "");
	assert_string_equal(set.schema, "");
	functions[0] = "title";
	assert_int_equal(run(folder, &set), -1);
	assert_string_equal(folder->diag.items[0].rule, "shadow-function");
	assert_int_equal(pg_number(admin, SCRATCH), 0);
}

static void an_extension_of_the_administrator_is_not_in_the_schema(void **state)
{
	struct folder *folder = begin(state);
	const char *extensions[] = { "no_such_thing" };
	struct set set;

	folder->options.shadow_extensions = extensions;
	folder->options.shadow_extension_count = 1;
	folder_add(folder, "1_a.sql",
		   "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS 'BEGIN "
		   "RETURN 1; END';\n");
	assert_int_equal(run(folder, &set), -1);
	assert_string_equal(folder->diag.items[0].rule, "shadow-extension");
	extensions[0] = "plpgsql";
	assert_int_equal(run(folder, &set), 0);
	assert_null(strstr(set.schema, "extension"));
}

static void a_database_of_a_dead_run_is_dropped(void **state)
{
	static const char *const old = "bobolink_shadow_77_5f000000_0123abcd";
	struct folder *folder = begin(state);
	char sql[256];
	char young[64];
	char url[SERVER_URL_SIZE];
	const char *base = server_for_tests();
	const char *rest_of_url = strstr(base, "?");
	PGconn *user;
	struct set set;

	snprintf(young, sizeof(young), "bobolink_shadow_77_%08lx_0123abcd",
		 (unsigned long)time(NULL));
	snprintf(sql, sizeof(sql), "CREATE DATABASE %s", old);
	pg_run(admin, sql);
	snprintf(sql, sizeof(sql), "CREATE DATABASE %s", young);
	pg_run(admin, sql);
	snprintf(sql, sizeof(sql), "CREATE DATABASE %s_copy", old);
	pg_run(admin, sql);
	pg_run(admin, "CREATE DATABASE bobolink_shadow_of_my_own");
	assert_non_null(rest_of_url);
	snprintf(url, sizeof(url), "postgres:///%s_copy%s", old, rest_of_url);
	user = pg_open(url);
	folder_add(folder, "1_a.sql", "CREATE TABLE a (x int);\n");
	assert_int_equal(run(folder, &set), 0);
	/* The young one, the one in use, and the one with another name. */
	assert_int_equal(pg_number(admin, SCRATCH), 3);
	PQfinish(user);
	snprintf(sql, sizeof(sql), "DROP DATABASE %s_copy", old);
	pg_run(admin, sql);
	assert_int_equal(pg_number(admin, "SELECT count(*) FROM pg_database WHERE datname = "
					  "'bobolink_shadow_of_my_own'"),
			 1);
	snprintf(sql, sizeof(sql), "DROP DATABASE %s", young);
	pg_run(admin, sql);
	pg_run(admin, "DROP DATABASE bobolink_shadow_of_my_own");
}

static void a_role_that_may_not_make_databases_is_told_so(void **state)
{
	struct folder *folder = begin(state);
	char url[SERVER_URL_SIZE];
	const char *user;
	struct set set;

	pg_run(admin, "CREATE ROLE plain LOGIN");
	user = strstr(server_for_tests(), "user=postgres");
	assert_non_null(user);
	snprintf(url, sizeof(url), "%.*suser=plain%s", (int)(user - server_for_tests()),
		 server_for_tests(), user + strlen("user=postgres"));
	assert_int_equal(setenv("BOBOLINK_SHADOW_URL", url, 1), 0);
	folder_add(folder, "1_a.sql", "CREATE TABLE a (x int);\n");
	assert_int_equal(run(folder, &set), -1);
	assert_string_equal(folder->diag.items[0].rule, "shadow-server");
	assert_string_equal(folder->diag.items[0].message,
			    "no database can be made for the shadow run: permission denied to "
			    "create database");
	pg_run(admin, "DROP ROLE plain");
}

static void rest(long milliseconds)
{
	const struct timespec pause = { 0, milliseconds * 1000000 };

	nanosleep(&pause, NULL);
}

/* Waits until `sql` counts something, for at most 20 seconds. */
static void wait_for(const char *sql)
{
	for (int i = 0; i < 1000 && pg_number(admin, sql) == 0; i++)
		rest(20);
	assert_int_not_equal(pg_number(admin, sql), 0);
}

/* A signal ends the run in the middle of a statement, with its own exit status, and leaves nothing. */
static void interrupt(struct folder *folder, int number)
{
	struct set set;
	pid_t child = fork();
	int status = 0;

	assert_true(child >= 0);
	if (child == 0) {
		/* A shell's background job has SIGINT ignored. */
		(void)signal(number, SIG_DFL);
		(void)alarm(60);
		run(folder, &set);
		_exit(0);
	}
	wait_for("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(300)%' AND "
		 "state = 'active' AND datname LIKE 'bobolink\\_shadow%'");
	assert_int_equal(kill(child, number), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), number);
	assert_int_equal(pg_number(admin, SCRATCH), 0);
}

static void a_signal_leaves_nothing_behind(void **state)
{
	struct folder *folder = begin(state);

	folder_add(folder, "1_a.sql", "CREATE TABLE a (x int);\nSELECT pg_sleep(300);\n");
	interrupt(folder, SIGINT);
	interrupt(folder, SIGTERM);
	interrupt(folder, SIGHUP);
}

static void a_signal_in_a_proof_leaves_nothing_behind(void **state)
{
	struct folder *folder = begin(state);

	folder_add(folder, "1_a.sql",
		   "-- migrate:up\nCREATE TABLE a (x int);\n-- migrate:down\n"
		   "SELECT pg_sleep(300);\n");
	interrupt(folder, SIGTERM);
}

/* On a private server, too, where the role is no superuser unless the set needs one. */
static void a_private_server_protects_the_machine(void **state)
{
	struct folder *folder = begin(state);

	assert_int_equal(unsetenv("BOBOLINK_SHADOW_URL"), 0);
	folder_add(folder, "1_a.sql",
		   "CREATE TABLE a (x text);\nCREATE EXTENSION plpgsql_of_nobody;\n");
	/* Servers before 15 name the extension's file only. */
	expect(folder, server_for_tests_major() < 15 ? "1_a.sql:2:1 sql-error\n"
						     : "1_a.sql:2:18 sql-error\n");
	folder_add(folder, "1_a.sql",
		   "CREATE TABLE a (x text);\nCOPY a TO PROGRAM 'cat >/dev/null';\n");
	expect(folder, "1_a.sql:2:1 sql-error\n");
}

static void an_extension_for_superusers_is_created(void **state)
{
	struct folder *folder = begin(state);

	if (pg_number(admin, "SELECT count(*) FROM pg_available_extensions WHERE name = "
			     "'pg_stat_statements'") == 0) {
		print_message("skipped: postgresql-contrib is not installed\n");
		skip();
	}
	assert_int_equal(unsetenv("BOBOLINK_SHADOW_URL"), 0);
	folder_add(folder, "1_a.sql",
		   "-- migrate:up\nCREATE EXTENSION IF NOT EXISTS pg_stat_statements;\n"
		   "-- migrate:down\nDROP EXTENSION pg_stat_statements;\n");
	expect(folder, "");
}

#define FOLDER_TEST(name) cmocka_unit_test_setup_teardown(name, folder_make, folder_remove)

static int finish(void **state)
{
	(void)state;
	PQfinish(admin);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FOLDER_TEST(each_migration_gets_its_delta),
		FOLDER_TEST(deltas_add_up_to_the_schema),
		FOLDER_TEST(every_down_that_does_not_restore_is_named),
		FOLDER_TEST(the_chain_stops_at_an_up_that_does_not_run),
		FOLDER_TEST(a_proof_leaves_the_database_as_it_was),
		FOLDER_TEST(an_up_must_run_again_after_its_down),
		FOLDER_TEST(statements_that_refuse_transactions_are_proved_in_a_copy),
		FOLDER_TEST(what_needs_a_commit_between_is_proved_in_a_copy),
		FOLDER_TEST(errors_at_commit_belong_to_the_migration),
		FOLDER_TEST(what_a_migration_sets_ends_with_it),
		FOLDER_TEST(stubs_are_there_and_not_in_the_schema),
		FOLDER_TEST(an_extension_of_the_administrator_is_not_in_the_schema),
		FOLDER_TEST(a_database_of_a_dead_run_is_dropped),
		FOLDER_TEST(a_role_that_may_not_make_databases_is_told_so),
		FOLDER_TEST(a_signal_leaves_nothing_behind),
		FOLDER_TEST(a_signal_in_a_proof_leaves_nothing_behind),
		FOLDER_TEST(a_private_server_protects_the_machine),
		FOLDER_TEST(an_extension_for_superusers_is_created),
	};

	return cmocka_run_group_tests_name("shadow on PostgreSQL", tests, NULL, finish);
}
