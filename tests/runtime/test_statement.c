/*
 * Single statements: where their errors are, how they are read, stored, interrupted and timed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "database.h"
#include "hand_set.h"

static int boot(sqlite3 *db, struct hand_set *set, struct bobolink_error *error)
{
	const struct bobolink_options options = BOBOLINK_OPTIONS_INIT;

	return bobolink_migrate_sqlite3(hand_set(set, bobolink_backend_sqlite3), db, &options,
					error);
}

static void positions_count_characters_on_the_line_of_the_error(void **state)
{
	struct hand_set *set = hand_set_new("shop");
	struct bobolink_error error;
	sqlite3 *db = database_open(":memory:");

	(void)state;
	hand_set_add(set, 1, "a", 0, "SELECT 'é' FROM\n  (SELECT 'ü' AS u, nosuch AS x)", NULL);
	assert_int_equal(boot(db, set, &error), BOBOLINK_SQL_ERROR);
	assert_int_equal(error.line, 2);
	assert_int_equal(error.column, 21);
	sqlite3_close(db);
	hand_set_free(set);
}

static void two_statements_in_one_text_are_refused(void **state)
{
	struct hand_set *set = hand_set_new("shop");
	struct bobolink_error error;
	sqlite3 *db = database_open(":memory:");

	(void)state;
	hand_set_add(set, 1, "two", 0, "CREATE TABLE a (x); CREATE TABLE b (x)", NULL);
	assert_int_equal(boot(db, set, &error), BOBOLINK_SQL_ERROR);
	assert_int_equal(error.column, 20);
	assert_int_equal(database_number(db, "SELECT count(*) FROM sqlite_master WHERE name = 'a'"),
			 0);
	sqlite3_close(db);
	hand_set_free(set);
}

static void rows_of_a_migration_are_read_to_the_end(void **state)
{
	struct hand_set *set = hand_set_counting("shop", 1);
	struct bobolink_error error;
	sqlite3 *db = database_open(":memory:");

	(void)state;
	hand_set_add(set, 2, "reads", 0, "SELECT 1 UNION SELECT 2 UNION SELECT 3",
		     "PRAGMA foreign_key_check", "PRAGMA user_version = 7",
		     "-- nothing but a comment", NULL);
	assert_int_equal(boot(db, set, &error), BOBOLINK_OK);
	assert_int_equal(database_number(db, "PRAGMA user_version"), 7);
	sqlite3_close(db);
	hand_set_free(set);
}

static void the_stored_sql_is_framed(void **state)
{
	struct hand_set *set = hand_set_new("shop");
	struct bobolink_error error;
	sqlite3 *db = database_open(":memory:");

	(void)state;
	hand_set_add(set, 1, "framed", 0, "CREATE TABLE é (x)", "SELECT\n1", NULL);
	assert_int_equal(boot(db, set, &error), BOBOLINK_OK);
	assert_string_equal(database_text(db, "SELECT up_sql FROM bobolink_history"),
			    "-- 26 0:0 65537\nmigrations/0001_framed.sql\n"
			    "-- 19 1:1 0\nCREATE TABLE é (x)\n-- 8 2:1 0\nSELECT\n1\n"
			    "-- 0 2:0 524288\n\n");
	assert_int_equal(database_number(db, "SELECT down_sql IS NULL FROM bobolink_history"), 1);
	sqlite3_close(db);
	hand_set_free(set);
}

static void interrupt(sqlite3_context *context, int count, sqlite3_value **values)
{
	(void)count;
	(void)values;
	sqlite3_interrupt(sqlite3_context_db_handle(context));
	sqlite3_result_int(context, 1);
}

static void an_interrupted_statement_is_nobodys_fault(void **state)
{
	struct hand_set *set = hand_set_counting("shop", 1);
	struct bobolink_error error;
	sqlite3 *db = database_open(":memory:");

	(void)state;
	hand_set_add(set, 2, "long", 0,
		     "CREATE TABLE x AS WITH RECURSIVE n (i) AS (SELECT stop() UNION ALL "
		     "SELECT i + 1 FROM n WHERE i < 100000) SELECT i FROM n",
		     NULL);
	sqlite3_create_function(db, "stop", 0, SQLITE_UTF8, NULL, interrupt, NULL, NULL);
	assert_int_equal(boot(db, set, &error), BOBOLINK_INTERRUPTED);
	assert_int_equal(database_number(db, "SELECT count(*) FROM bobolink_history"), 1);
	sqlite3_create_function(db, "stop", 0, SQLITE_UTF8, NULL, NULL, NULL, NULL);
	hand_set_free(set);
	set = hand_set_counting("shop", 2);
	assert_int_equal(boot(db, set, &error), BOBOLINK_OK);
	sqlite3_close(db);
	hand_set_free(set);
}

static void doze(sqlite3_context *context, int count, sqlite3_value **values)
{
	const struct timespec time = { 1, 50 * 1000 * 1000 };

	(void)count;
	(void)values;
	nanosleep(&time, NULL);
	sqlite3_result_int(context, 1);
}

static void keep_slow(void *context, const struct bobolink_event *event)
{
	if (event->kind == BOBOLINK_EVENT_SLOW)
		snprintf(context, 100, "%s %s", event->name,
			 event->duration_ms >= 1000 ? event->detail : "?");
}

static void a_slow_statement_is_told(void **state)
{
	struct hand_set *set = hand_set_new("shop");
	struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	struct bobolink_error error;
	sqlite3 *db = database_open(":memory:");
	char told[100] = "";

	(void)state;
	hand_set_add(set, 1, "heavy", 0, "SELECT 1", "SELECT doze()", NULL);
	sqlite3_create_function(db, "doze", 0, SQLITE_UTF8, NULL, doze, NULL, NULL);
	options.log = keep_slow;
	options.log_context = told;
	assert_int_equal(bobolink_migrate_sqlite3(hand_set(set, bobolink_backend_sqlite3), db,
						  &options, &error),
			 BOBOLINK_OK);
	assert_memory_equal(told, "heavy statement 2 at line 2 took ", 33);
	sqlite3_close(db);
	hand_set_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(positions_count_characters_on_the_line_of_the_error),
		cmocka_unit_test(two_statements_in_one_text_are_refused),
		cmocka_unit_test(rows_of_a_migration_are_read_to_the_end),
		cmocka_unit_test(the_stored_sql_is_framed),
		cmocka_unit_test(an_interrupted_statement_is_nobodys_fault),
		cmocka_unit_test(a_slow_statement_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
