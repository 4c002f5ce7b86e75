/*
 * A boot with nothing to do on SQLite: one statement, and no lock.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "database.h"
#include "hand_scripts.h"

static int boot(sqlite3 *db, struct hand_set *set, struct bobolink_error *error)
{
	const struct bobolink_options options = BOBOLINK_OPTIONS_INIT;

	return bobolink_migrate_sqlite3(hand_set(set, bobolink_backend_sqlite3), db, &options,
					error);
}

static int boot_all(sqlite3 *db, struct hand_set *set, struct bobolink_error *error)
{
	struct bobolink_options options = BOBOLINK_OPTIONS_INIT;

	options.transaction = BOBOLINK_TRANSACTION_ALL;
	return bobolink_migrate_sqlite3(hand_set(set, bobolink_backend_sqlite3), db, &options,
					error);
}

/* SQLite tells what a query does inside itself behind two dashes: the schema cookie is a virtual table to it. */
static int count_statement(unsigned type, void *context, void *statement, void *text)
{
	(void)type;
	(void)statement;
	*(int *)context += strncmp(text, "--", 2) != 0;
	return 0;
}

/* Statements of a second boot, which changes nothing. */
static int count_statements(struct hand_set *set)
{
	struct bobolink_error error;
	sqlite3 *db = database_open(":memory:");
	int statements = 0;
	int changes;

	assert_int_equal(boot_all(db, set, &error), BOBOLINK_OK);
	changes = sqlite3_total_changes(db);
	sqlite3_trace_v2(db, SQLITE_TRACE_STMT, count_statement, &statements);
	assert_int_equal(boot(db, set, &error), BOBOLINK_OK);
	assert_int_equal(sqlite3_total_changes(db), changes);
	sqlite3_close(db);
	hand_set_free(set);
	return statements;
}

static void a_boot_with_nothing_to_do_is_one_query_whatever_n_is(void **state)
{
	(void)state;
	assert_int_equal(count_statements(hand_set_counting("shop", 3)), 1);
	assert_int_equal(count_statements(hand_set_counting("shop", 300)), 1);
}

/* So many fixes that are done in the first start. */
static void add_done(struct hand_set *set, int64_t count)
{
	for (int64_t i = 1; i <= count; i++) {
		hand_fix(set, i, "done", "SELECT 1", "DELETE FROM t_1", NULL);
		hand_script(set)->required = 1;
	}
}

/* They, and one that waits for the year 2100. */
static struct hand_set *waiting(int64_t count)
{
	struct hand_set *set = hand_set_counting("shop", 3);

	add_done(set, count);
	hand_fix(set, count + 1, "later", "SELECT 1", "DELETE FROM t_1", NULL);
	hand_script(set)->not_before = INT64_C(4102444800);
	hand_repeatable(set, "view", "DELETE FROM t_2", NULL);
	return set;
}

static void it_is_with_scripts_too(void **state)
{
	(void)state;
	for (int i = 1; i <= 100; i *= 100)
		assert_int_equal(count_statements(waiting(i)), 1);
}

/* The head, the scripts that are open, and what each of these asks; nothing of the migrations. */
static void where_something_is_due_only_that_is_looked_at(void **state)
{
	struct hand_set *set = hand_set_counting("shop", 300);

	(void)state;
	hand_fix(set, 1, "keep", "SELECT 0", "DELETE FROM t_1", NULL);
	hand_script(set)->flags = BOBOLINK_SCRIPT_ALWAYS;
	hand_repeatable(set, "view", "DELETE FROM t_2", NULL);
	assert_int_equal(count_statements(set), 3);
}

static int count_step(void *context)
{
	++*(int *)context;
	return 0;
}

/* Steps of SQLite's machine in a start at which one fix is due, beside so many that are done. */
static int count_steps(int64_t done)
{
	struct hand_set *set = hand_set_counting("shop", 3);
	sqlite3 *db = database_open(":memory:");
	struct bobolink_error error;
	int steps = 0;

	add_done(set, done);
	hand_fix(set, done + 1, "later", "SELECT 1", "DELETE FROM t_1", NULL);
	hand_script(set)->not_before = INT64_C(4102444800);
	hand_fix(set, done + 2, "keep", "SELECT 0", "DELETE FROM t_1", NULL);
	hand_script(set)->flags = BOBOLINK_SCRIPT_ALWAYS;
	assert_int_equal(boot_all(db, set, &error), BOBOLINK_OK);
	assert_int_equal(database_number(db, "SELECT count(*) FROM bobolink_history WHERE kind = "
					     "'fix'"),
			 done + 2);
	sqlite3_progress_handler(db, 1, count_step, &steps);
	assert_int_equal(boot(db, set, &error), BOBOLINK_OK);
	sqlite3_close(db);
	hand_set_free(set);
	assert_true(steps > 0);
	return steps;
}

static void what_is_archived_costs_such_a_start_nothing(void **state)
{
	(void)state;
	assert_int_equal(count_steps(300), count_steps(3));
}

static void a_boot_with_nothing_to_do_needs_no_lock_and_no_rights(void **state)
{
	struct hand_set *set = hand_set_counting("shop", 3);
	struct bobolink_error error;
	char directory[256];
	char path[300];
	sqlite3 *writer;
	sqlite3 *reader = NULL;

	(void)state;
	scratch_make(directory);
	snprintf(path, sizeof(path), "%s/shop.db", directory);
	writer = database_open(path);
	assert_int_equal(boot(writer, set, &error), BOBOLINK_OK);
	database_run(writer, "BEGIN IMMEDIATE; CREATE TABLE busy (x)");
	assert_int_equal(sqlite3_open_v2(path, &reader, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	assert_int_equal(boot(reader, set, &error), BOBOLINK_OK);
	sqlite3_close(reader);
	sqlite3_close(writer);
	scratch_remove(directory);
	hand_set_free(set);
}

static int deny(void *context, int action, const char *first, const char *second,
		const char *database, const char *trigger)
{
	(void)second;
	(void)database;
	(void)trigger;
	if (action == SQLITE_PRAGMA && strcmp(context, "pragma") == 0)
		return SQLITE_DENY;
	return action == SQLITE_READ && strcmp(context, "read") == 0 &&
			       strcmp(first, "pragma_schema_version") == 0
		       ? SQLITE_DENY
		       : SQLITE_OK;
}

/* An application that lets no statement look at the schema cookie does without it. */
static void a_boot_with_nothing_to_do_needs_no_pragma(void **state)
{
	struct hand_set *set = hand_set_counting("shop", 3);
	sqlite3 *db = database_open(":memory:");
	struct bobolink_error error;

	(void)state;
	assert_int_equal(boot(db, set, &error), BOBOLINK_OK);
	assert_int_equal(sqlite3_set_authorizer(db, deny, "pragma"), SQLITE_OK);
	if (boot(db, set, &error))
		fail_msg("%s", error.message);
	assert_int_equal(sqlite3_set_authorizer(db, deny, "read"), SQLITE_OK);
	if (boot(db, set, &error))
		fail_msg("%s", error.message);
	sqlite3_close(db);
	hand_set_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_boot_with_nothing_to_do_is_one_query_whatever_n_is),
		cmocka_unit_test(it_is_with_scripts_too),
		cmocka_unit_test(where_something_is_due_only_that_is_looked_at),
		cmocka_unit_test(what_is_archived_costs_such_a_start_nothing),
		cmocka_unit_test(a_boot_with_nothing_to_do_needs_no_lock_and_no_rights),
		cmocka_unit_test(a_boot_with_nothing_to_do_needs_no_pragma),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
