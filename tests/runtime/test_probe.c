/*
 * Probes on a real server: what they answer, and that a start after an interrupted one finishes with a
 * valid index.
 *
 * Whoever is to be killed runs in a process of its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <bobolink/postgres.h>

#include "folder.h"
#include "image.h"
#include "server.h"

#define VALID "SELECT count(*) FROM pg_index WHERE indisvalid AND indexrelid = 't_a'::regclass"
#define COUNT "SELECT count(*) FROM pg_index WHERE indrelid = 't'::regclass"
/* A build that has begun and waits for an older transaction. */
#define WAITING                                                                             \
	"SELECT coalesce(max(pid), 0) FROM pg_stat_activity WHERE wait_event_type = 'Lock'" \
	" AND datname = current_database() AND query LIKE 'CREATE%CONCURRENTLY%'"

struct world {
	struct folder *folder;
	const struct bobolink_set *set;
	char url[SERVER_URL_SIZE];
	PGconn *admin;
};

/* Makes the set of one migration. */
static void world_build(struct world *world, const char *sql)
{
	static struct set set;

	memset(&set, 0, sizeof(set));
	folder_add(world->folder, "0001_index.sql", sql);
	assert_int_equal(folder_read(world->folder, &set), 0);
	world->set = image_build(&set, &world->folder->options, IMAGE_EMBED,
				 bobolink_backend_postgres, &world->folder->arena);
}

/* A table `t`, what `rows` makes, and a set of one migration. */
static void world_make(struct world *world, void **state, const char *rows, const char *sql)
{
	memset(world, 0, sizeof(*world));
	(void)server_for_tests();
	world->folder = *state;
	database_new(world->url);
	world->admin = pg_open(world->url);
	pg_run(world->admin, "CREATE TABLE t (a int)");
	pg_run(world->admin, rows);
	world->folder->options.database = DATABASE_POSTGRES;
	world_build(world, sql);
}

static void world_end(struct world *world)
{
	PQfinish(world->admin);
}

static int boot(const struct world *world)
{
	PGconn *connection = pg_open(world->url);
	struct bobolink_error error;
	int rc = bobolink_migrate_postgres(world->set, connection, NULL, &error);

	if (rc)
		print_message("%s\n", error.message);

	PQfinish(connection);
	return rc;
}

static pid_t boot_elsewhere(const struct world *world)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(boot(world));
	assert_true(pid > 0);
	return pid;
}

/* Asks until the answer is not 0, for a minute. */
static int64_t await_number(const struct world *world, const char *sql)
{
	const struct timespec pause = { 0, 20 * 1000000 };
	int64_t number = 0;

	for (int i = 0; i < 3000 && !number; i++) {
		number = pg_number(world->admin, sql);
		if (!number)
			nanosleep(&pause, NULL);
	}
	assert_true(number > 0);
	return number;
}

static void terminate(const struct world *world, int64_t backend)
{
	char sql[80];

	snprintf(sql, sizeof(sql), "SELECT pg_terminate_backend(%d)::int", (int)backend);
	assert_int_equal(pg_number(world->admin, sql), 1);
	snprintf(sql, sizeof(sql),
		 "SELECT (count(*) = 0)::int FROM pg_stat_activity WHERE pid = %d", (int)backend);
	await_number(world, sql);
}

static void a_duplicate_leaves_no_invalid_index(void **state)
{
	struct world world;

	world_make(&world, state, "INSERT INTO t VALUES (1), (1)",
		   "CREATE UNIQUE INDEX CONCURRENTLY t_a ON t (a);\n");
	assert_int_equal(boot(&world), BOBOLINK_SQL_ERROR);
	assert_int_equal(pg_number(world.admin, COUNT), 0);
	world_build(&world, "DELETE FROM t;\nCREATE UNIQUE INDEX CONCURRENTLY t_a ON t (a);\n");
	assert_int_equal(boot(&world), BOBOLINK_OK);
	assert_int_equal(pg_number(world.admin, VALID), 1);
	world_end(&world);
}

static void a_backend_terminated_in_the_middle_is_finished_by_the_next_start(void **state)
{
	struct world world;
	PGconn *old;
	pid_t pid;
	int status;

	world_make(&world, state, "INSERT INTO t VALUES (1), (2)",
		   "CREATE INDEX CONCURRENTLY IF NOT EXISTS t_a ON t (a);\n");
	old = pg_open(world.url);
	pg_run(old, "BEGIN");
	pg_run(old, "INSERT INTO t VALUES (3)");
	pid = boot_elsewhere(&world);
	terminate(&world, await_number(&world, WAITING));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) != BOBOLINK_OK);
	assert_int_equal(pg_number(world.admin, COUNT), 1);
	assert_int_equal(pg_number(world.admin, VALID), 0);
	pg_run(old, "COMMIT");
	PQfinish(old);
	assert_int_equal(boot(&world), BOBOLINK_OK);
	assert_int_equal(pg_number(world.admin, COUNT), 1);
	assert_int_equal(pg_number(world.admin, VALID), 1);
	world_end(&world);
}

/* The server goes on without the program until it notices; the next start waits for it. */
static void a_program_killed_in_the_middle_is_finished_by_the_next_start(void **state)
{
	struct world world;
	PGconn *old;
	pid_t pid;
	int status;

	world_make(&world, state, "INSERT INTO t VALUES (1), (2)",
		   "CREATE INDEX CONCURRENTLY t_a ON t (a);\nINSERT INTO t VALUES (4);\n");
	old = pg_open(world.url);
	pg_run(old, "BEGIN");
	pg_run(old, "INSERT INTO t VALUES (3)");
	pid = boot_elsewhere(&world);
	await_number(&world, WAITING);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	pg_run(old, "COMMIT");
	PQfinish(old);
	assert_int_equal(boot(&world), BOBOLINK_OK);
	assert_int_equal(pg_number(world.admin, COUNT), 1);
	assert_int_equal(pg_number(world.admin, VALID), 1);
	assert_int_equal(pg_number(world.admin, "SELECT count(*) FROM t WHERE a = 4"), 1);
	world_end(&world);
}

/* What the probe of the first migration's only statement answers. */
static const char *answer(const struct world *world)
{
	const struct bobolink_chunk *chunk = &world->set->chunks[0];

	return pg_text(world->admin, chunk->text + chunk->statements[0].probe);
}

static void done_is_an_index_of_that_name_on_that_table(void **state)
{
	struct world world;

	world_make(&world, state, "CREATE TABLE other (a int)",
		   "CREATE INDEX CONCURRENTLY \"T'a\" ON public.t (a);\n");
	assert_string_equal(answer(&world), "absent");
	pg_run(world.admin, "CREATE INDEX \"T'a\" ON other (a)");
	assert_string_equal(answer(&world), "absent");
	pg_run(world.admin, "DROP INDEX \"T'a\"");
	pg_run(world.admin, "CREATE INDEX \"T'a\" ON t (a)");
	assert_string_equal(answer(&world), "done");
	pg_run(world.admin,
	       "UPDATE pg_index SET indisvalid = false WHERE indrelid = 't'::regclass");
	assert_string_equal(answer(&world), "DROP INDEX CONCURRENTLY public.\"T'a\"");
	pg_run(world.admin, answer(&world));
	assert_string_equal(answer(&world), "absent");
	world_end(&world);
}

/* Functions and operators of the same names stand in front of the system's. */
static void planted_objects_are_not_called(void **state)
{
	struct world world;

	world_make(&world, state, "CREATE SCHEMA evil",
		   "CREATE INDEX CONCURRENTLY t_a ON t (a);\n");
	pg_run(world.admin, "CREATE FUNCTION evil.no(oid, oid) RETURNS bool LANGUAGE sql AS "
			    "'SELECT false'");
	pg_run(world.admin, "CREATE FUNCTION evil.to_regclass(text) RETURNS regclass LANGUAGE sql "
			    "AS 'SELECT NULL::regclass'");
	pg_run(world.admin, "CREATE FUNCTION evil.concat(text, text, text, text) RETURNS text "
			    "LANGUAGE sql AS 'SELECT ''DROP TABLE t'''");
	pg_run(world.admin, "CREATE FUNCTION evil.quote_ident(name) RETURNS text LANGUAGE sql AS "
			    "'SELECT ''x'''");
	pg_run(world.admin,
	       "CREATE OPERATOR evil.= (LEFTARG = oid, RIGHTARG = oid, FUNCTION = evil.no)");
	pg_run(world.admin, "CREATE TABLE evil.pg_index (indexrelid oid, indrelid oid)");
	pg_run(world.admin, "SET search_path = evil, public, pg_catalog");
	assert_string_equal(answer(&world), "absent");
	pg_run(world.admin, "CREATE INDEX t_a ON t (a)");
	assert_string_equal(answer(&world), "done");
	world_end(&world);
}

static void a_pending_detachment_is_finished(void **state)
{
	struct world world;
	char *first;

	if (server_for_tests_major() < 14)
		skip(); /* the statement is new there */
	world_make(&world, state, "CREATE TABLE m (a int) PARTITION BY LIST (a)",
		   "ALTER TABLE m DETACH PARTITION p CONCURRENTLY;\n");
	assert_string_equal(answer(&world), "absent");
	pg_run(world.admin, "CREATE TABLE p PARTITION OF m FOR VALUES IN (1)");
	assert_string_equal(answer(&world), "absent");
	pg_run(world.admin, "UPDATE pg_inherits SET inhdetachpending = true");
	first = arena_format(&world.folder->arena, "%s", answer(&world));
	assert_string_equal(first, "ALTER TABLE m DETACH PARTITION p FINALIZE");
	pg_run(world.admin, first);
	assert_string_equal(answer(&world), "done");
	world_end(&world);
}

static void leftovers_of_reindex_are_dropped_one_by_one(void **state)
{
	struct world world;

	world_make(&world, state, "CREATE INDEX t_a ON t (a)",
		   "REINDEX INDEX CONCURRENTLY public.t_a;\n");
	assert_string_equal(answer(&world), "absent");
	pg_run(world.admin, "CREATE INDEX t_a_ccnew ON t (a)");
	pg_run(world.admin, "CREATE INDEX t_a_ccold1 ON t (a)");
	assert_string_equal(answer(&world), "absent");
	pg_run(world.admin, "UPDATE pg_index SET indisvalid = false WHERE indexrelid IN "
			    "('t_a_ccnew'::regclass, 't_a_ccold1'::regclass)");
	assert_string_equal(answer(&world), "DROP INDEX CONCURRENTLY public.t_a_ccnew");
	pg_run(world.admin, answer(&world));
	assert_string_equal(answer(&world), "DROP INDEX CONCURRENTLY public.t_a_ccold1");
	pg_run(world.admin, answer(&world));
	assert_string_equal(answer(&world), "absent");
	world_end(&world);
}

static void shared_objects_are_looked_up_by_their_name(void **state)
{
	struct world world;

	world_make(&world, state, "SELECT 1", "CREATE DATABASE Probed;\n");
	assert_string_equal(answer(&world), "absent");
	pg_run(world.admin, "CREATE DATABASE probed");
	assert_string_equal(answer(&world), "done");
	pg_run(world.admin, "DROP DATABASE probed");
	world_end(&world);
	folder_delete(world.folder, "0001_index.sql");
	world_make(&world, state, "SELECT 1", "DROP SUBSCRIPTION s;\n");
	assert_string_equal(answer(&world), "done");
	pg_run(world.admin, "CREATE SUBSCRIPTION s CONNECTION 'host=/nowhere' PUBLICATION p "
			    "WITH (connect = false)");
	assert_string_equal(answer(&world), "absent");
	pg_run(world.admin, "ALTER SUBSCRIPTION s SET (slot_name = NONE)");
	pg_run(world.admin, "DROP SUBSCRIPTION s");
	world_end(&world);
}

#define PROBE_TEST(name) cmocka_unit_test_setup_teardown(name, folder_make, folder_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PROBE_TEST(a_duplicate_leaves_no_invalid_index),
		PROBE_TEST(a_backend_terminated_in_the_middle_is_finished_by_the_next_start),
		PROBE_TEST(a_program_killed_in_the_middle_is_finished_by_the_next_start),
		PROBE_TEST(done_is_an_index_of_that_name_on_that_table),
		PROBE_TEST(planted_objects_are_not_called),
		PROBE_TEST(a_pending_detachment_is_finished),
		PROBE_TEST(leftovers_of_reindex_are_dropped_one_by_one),
		PROBE_TEST(shared_objects_are_looked_up_by_their_name),
	};

	return cmocka_run_group_tests_name("probe", tests, NULL, NULL);
}
