/*
 * One program with a set on SQLite and one on PostgreSQL, which wait for each other in turns.
 */
#include <stdio.h>
#include <string.h>

#include <bobolink/postgres.h>
#include <bobolink/sqlite3.h>

#include "database.h"
#include "engine.h"
#include "hand_set.h"
#include "server.h"

struct program {
	char directory[256];
	char path[300];
	char url[SERVER_URL_SIZE];
	sqlite3 *db;
	PGconn *pg;
	struct hand_set *cache;
	struct hand_set *store;
	struct bobolink_options options;
	struct bobolink_error error;
};

static void begin(struct program *program)
{
	const struct bobolink_options options = BOBOLINK_OPTIONS_INIT;

	if (!server_is_there())
		skip();
	memset(program, 0, sizeof(*program));
	scratch_make(program->directory);
	(void)snprintf(program->path, sizeof(program->path), "%s/cache.db", program->directory);
	database_new(program->url);
	program->db = database_open(program->path);
	program->pg = pg_open(program->url);
	program->options = options;
	program->cache = hand_set_new("cache");
	program->store = hand_set_new("store");
	hand_set_add(program->cache, 1, "one", 0, "CREATE TABLE c_1 (i INTEGER)", NULL);
	hand_set_add(program->cache, 2, "two", 0, "CREATE TABLE c_2 (i INTEGER)", NULL);
	hand_set_requires(program->cache, "store/20260101000000");
	hand_set_add(program->store, 20260101000000, "one", 0, "CREATE TABLE s_1 (i JSONB)", NULL);
	hand_set_requires(program->store, "cache/1");
}

static void end(struct program *program)
{
	sqlite3_close(program->db);
	PQfinish(program->pg);
	database_drop(program->url);
	scratch_remove(program->directory);
	hand_set_free(program->cache);
	hand_set_free(program->store);
}

static int migrate_all(struct program *program)
{
	const struct bobolink_database databases[] = {
		{ hand_set(program->cache, bobolink_backend_sqlite3), program->db,
		  &program->options },
		{ hand_set(program->store, bobolink_backend_postgres), program->pg,
		  &program->options },
	};

	return bobolink_migrate_all(databases, 2, &program->error);
}

static void sets_of_two_kinds_of_database_take_turns(void **state)
{
	struct program program;

	(void)state;
	begin(&program);
	assert_int_equal(migrate_all(&program), BOBOLINK_OK);
	assert_int_equal(database_number(program.db, "SELECT count(*) FROM bobolink_history"), 2);
	assert_int_equal(database_number(program.db, "SELECT max(batch) FROM bobolink_history"), 1);
	assert_int_equal(pg_number(program.pg, "SELECT count(*) FROM bobolink_history"), 1);
	assert_int_equal(migrate_all(&program), BOBOLINK_OK);
	end(&program);
}

static void a_server_that_is_gone_keeps_the_file_as_it_is(void **state)
{
	struct program program;

	(void)state;
	begin(&program);
	server_restart();
	assert_int_not_equal(migrate_all(&program), BOBOLINK_OK);
	assert_int_equal(strncmp(program.error.message, "store: ", 7), 0);
	assert_int_equal(database_number(program.db, "SELECT count(*) FROM sqlite_master"), 0);
	end(&program);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_of_two_kinds_of_database_take_turns),
		cmocka_unit_test(a_server_that_is_gone_keeps_the_file_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
