/*
 * Applying on SQLite: what is run, what is recorded, and what is left as it was.
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
#include "hand_set.h"

#define OUTSIDE BOBOLINK_SECTION_NO_TRANSACTION

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

static int apply_to(sqlite3 *db, struct hand_set *set, int64_t target, uint32_t *applied,
		    struct bobolink_error *error)
{
	const struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	struct bobolink_session *session;
	int rc = bobolink_open_sqlite3(hand_set(set, bobolink_backend_sqlite3), db, &options,
				       &session, error);

	assert_int_equal(rc, BOBOLINK_OK);
	rc = bobolink_apply(session, target, applied, error);
	bobolink_close(session);
	return rc;
}

static int count_statement(unsigned type, void *context, void *statement, void *text)
{
	(void)type;
	(void)statement;
	(void)text;
	++*(int *)context;
	return 0;
}

struct counter {
	size_t allocations;
	size_t live;
};

static void *counting_allocate(void *context, size_t size)
{
	struct counter *counter = context;

	counter->allocations++;
	counter->live++;
	return malloc(size);
}

static void *counting_reallocate(void *context, void *memory, size_t size)
{
	struct counter *counter = context;

	counter->allocations++;
	counter->live += memory == NULL;
	return realloc(memory, size);
}

static void counting_release(void *context, void *memory)
{
	struct counter *counter = context;

	counter->live -= memory != NULL;
	free(memory);
}

/* Statements and allocations of a boot on a database that is up to date with `count` migrations. */
static void measure_noop(uint32_t count, int *statements, size_t *allocations)
{
	struct hand_set *set = hand_set_counting("shop", count);
	struct counter counter = { 0, 0 };
	const struct bobolink_allocator allocator = { counting_allocate, counting_reallocate,
						      counting_release, &counter };
	struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	struct bobolink_error error;
	sqlite3 *db = database_open(":memory:");
	int changes;

	assert_int_equal(boot_all(db, set, &error), BOBOLINK_OK);
	*statements = 0;
	options.allocator = &allocator;
	changes = sqlite3_total_changes(db);
	sqlite3_trace_v2(db, SQLITE_TRACE_STMT, count_statement, statements);
	assert_int_equal(bobolink_migrate_sqlite3(hand_set(set, bobolink_backend_sqlite3), db,
						  &options, &error),
			 BOBOLINK_OK);
	assert_int_equal(sqlite3_total_changes(db), changes);
	assert_int_equal(counter.live, 0);
	*allocations = counter.allocations;
	sqlite3_close(db);
	hand_set_free(set);
}

static void a_boot_with_nothing_to_do_is_one_query_whatever_n_is(void **state)
{
	int statements[2];
	size_t allocations[2];

	(void)state;
	measure_noop(3, &statements[0], &allocations[0]);
	measure_noop(300, &statements[1], &allocations[1]);
	assert_int_equal(statements[0], 1);
	assert_int_equal(statements[1], 1);
	assert_true(allocations[0] > 0);
	assert_int_equal(allocations[0], allocations[1]);
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

static void a_target_stops_the_run_and_the_next_goes_on(void **state)
{
	struct hand_set *set = hand_set_counting("shop", 4);
	struct bobolink_error error;
	sqlite3 *db = database_open(":memory:");
	uint32_t applied;

	(void)state;
	assert_int_equal(apply_to(db, set, 2, &applied, &error), BOBOLINK_OK);
	assert_int_equal(applied, 2);
	assert_int_equal(database_number(db, "SELECT count(*) FROM ran"), 2);
	assert_int_equal(database_number(db, "SELECT digest IS NULL FROM bobolink_head"), 1);
	assert_int_equal(apply_to(db, set, BOBOLINK_HEAD, &applied, &error), BOBOLINK_OK);
	assert_int_equal(applied, 2);
	assert_int_equal(database_number(db, "SELECT count(*) FROM ran"), 4);
	assert_int_equal(database_number(db, "SELECT digest IS NULL FROM bobolink_head"), 0);
	assert_string_equal(database_text(db, "SELECT group_concat(batch) FROM bobolink_history"),
			    "1,1,2,2");
	assert_int_equal(database_number(db, "SELECT count(*) FROM bobolink_log"), 2);
	assert_int_equal(database_number(db, "SELECT batch_until IS NULL FROM bobolink_head"), 1);
	sqlite3_close(db);
	hand_set_free(set);
}

static void a_refused_migration_leaves_the_earlier_ones_and_is_held(void **state)
{
	struct hand_set *set = hand_set_counting("shop", 2);
	struct hand_set *mended = hand_set_counting("shop", 2);
	struct bobolink_error error;
	sqlite3 *db = database_open(":memory:");
	char text[2000];

	(void)state;
	hand_set_add(set, 3, "bad", 0, "CREATE TABLE c (x)",
		     "INSERT INTO ran SELECT 'grün', n\n  FROM nowhere", NULL);
	assert_int_equal(boot(db, set, &error), BOBOLINK_SQL_ERROR);
	assert_string_equal(bobolink_error_text(&error, text, sizeof(text)),
			    "migrations/0003_bad.sql:3:8: no such table: nowhere");
	assert_int_equal(error.version, 3);
	assert_int_equal(database_number(db, "SELECT count(*) FROM ran"), 2);
	assert_int_equal(database_number(db, "SELECT count(*) FROM sqlite_master WHERE name = 'c'"),
			 0);
	assert_string_equal(database_text(db, "SELECT status || attempts || error_message FROM "
					      "bobolink_history WHERE version = 3"),
			    "failed1no such table: nowhere");
	assert_string_equal(database_text(db, "SELECT detail FROM bobolink_log "
					      "WHERE event = 'failed' AND item = '3'"),
			    "no such table: nowhere");
	assert_int_equal(boot(db, set, &error), BOBOLINK_HELD);
	assert_non_null(strstr(error.message, "no such table: nowhere"));
	assert_string_equal(error.file, "migrations/0003_bad.sql");
	hand_set_add(mended, 3, "bad", 0, "CREATE TABLE c (x)", NULL);
	assert_int_equal(boot(db, mended, &error), BOBOLINK_OK);
	assert_string_equal(database_text(db, "SELECT status || attempts || ifnull(error_message, "
					      "'') FROM bobolink_history WHERE version = 3"),
			    "applied2");
	sqlite3_close(db);
	hand_set_free(set);
	hand_set_free(mended);
}

static void one_transaction_for_all_is_all_or_nothing(void **state)
{
	struct hand_set *set = hand_set_counting("shop", 2);
	struct bobolink_error error;
	sqlite3 *db = database_open(":memory:");

	(void)state;
	hand_set_add(set, 3, "bad", 0, "INSERT INTO nowhere VALUES (1)", NULL);
	assert_int_equal(boot_all(db, set, &error), BOBOLINK_SQL_ERROR);
	assert_non_null(strstr(error.message, "nothing was applied"));
	assert_string_equal(error.file, "migrations/0003_bad.sql");
	assert_int_equal(error.line, 1);
	assert_int_equal(error.column, 13);
	assert_int_equal(database_number(db,
					 "SELECT count(*) FROM sqlite_master WHERE name = 'ran'"),
			 0);
	assert_string_equal(database_text(db, "SELECT group_concat(version || status) "
					      "FROM bobolink_history"),
			    "3failed");
	hand_set_free(set);
	set = hand_set_counting("shop", 3);
	assert_int_equal(boot_all(db, set, &error), BOBOLINK_OK);
	assert_int_equal(database_number(db, "SELECT count(*) FROM ran"), 3);
	assert_int_equal(database_number(db, "SELECT count(DISTINCT batch) FROM bobolink_history"),
			 1);
	assert_int_equal(boot(db, set, &error), BOBOLINK_OK);
	sqlite3_close(db);
	hand_set_free(set);
}

static void one_transaction_for_all_refuses_what_cannot_run_in_one(void **state)
{
	struct hand_set *set = hand_set_counting("shop", 2);
	struct bobolink_error error;
	sqlite3 *db = database_open(":memory:");

	(void)state;
	hand_set_add(set, 3, "shrink", OUTSIDE, "VACUUM", NULL);
	assert_int_equal(boot_all(db, set, &error), BOBOLINK_USAGE);
	assert_non_null(strstr(error.message, "3 (shrink)"));
	assert_int_equal(error.version, 3);
	assert_int_equal(database_number(db, "SELECT count(*) FROM sqlite_master"), 0);
	sqlite3_close(db);
	hand_set_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_boot_with_nothing_to_do_is_one_query_whatever_n_is),
		cmocka_unit_test(a_boot_with_nothing_to_do_needs_no_lock_and_no_rights),
		cmocka_unit_test(a_target_stops_the_run_and_the_next_goes_on),
		cmocka_unit_test(a_refused_migration_leaves_the_earlier_ones_and_is_held),
		cmocka_unit_test(one_transaction_for_all_is_all_or_nothing),
		cmocka_unit_test(one_transaction_for_all_refuses_what_cannot_run_in_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
