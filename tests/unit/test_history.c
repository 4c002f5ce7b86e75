/*
 * The state table and the SQL of bobolink's own tables.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include <bobolink/sqlite3.h>

#include "history.h"

struct expected {
	int status;
	int event;
	int after;
	int sql;
};

/* Everything that is allowed; every other pair is refused. */
#define NEW_LIFE(status)                                                                       \
	{ status, BL_HISTORY_APPLY, BL_STATUS_APPLIED, BL_SQL_HISTORY_INSERT },                \
		{ status, BL_HISTORY_START, BL_STATUS_RUNNING, BL_SQL_HISTORY_INSERT },        \
		{ status, BL_HISTORY_FAIL, BL_STATUS_FAILED, BL_SQL_HISTORY_INSERT },          \
		{ status, BL_HISTORY_MARK_APPLIED, BL_STATUS_APPLIED, BL_SQL_HISTORY_INSERT }, \
		{ status, BL_HISTORY_SKIP, BL_STATUS_SKIPPED, BL_SQL_HISTORY_INSERT },         \
	{                                                                                      \
		status, BL_HISTORY_BASELINE, BL_STATUS_BASELINE, BL_SQL_HISTORY_INSERT         \
	}
#define BY_HAND(status)                                                            \
	{ status, BL_HISTORY_MARK_PENDING, BL_STATUS_UNDONE, BL_SQL_HISTORY_END }, \
	{                                                                          \
		status, BL_HISTORY_FORGET, BL_STATUS_UNDONE, BL_SQL_HISTORY_END    \
	}

static const struct expected allowed[] = {
	NEW_LIFE(BL_STATUS_NONE),
	NEW_LIFE(BL_STATUS_ROLLED_BACK),
	NEW_LIFE(BL_STATUS_UNDONE),
	{ BL_STATUS_APPLIED, BL_HISTORY_UNDO, BL_STATUS_ROLLED_BACK, BL_SQL_HISTORY_END },
	{ BL_STATUS_APPLIED, BL_HISTORY_TAKE_BACK, BL_STATUS_UNDONE, BL_SQL_HISTORY_END },
	{ BL_STATUS_APPLIED, BL_HISTORY_UNDO_START, BL_STATUS_ROLLING_BACK, BL_SQL_HISTORY_TURN },
	{ BL_STATUS_APPLIED, BL_HISTORY_RESTAMP, BL_STATUS_APPLIED, BL_SQL_HISTORY_RESTAMP },
	BY_HAND(BL_STATUS_APPLIED),
	{ BL_STATUS_BASELINE, BL_HISTORY_RESTAMP, BL_STATUS_BASELINE, BL_SQL_HISTORY_RESTAMP },
	BY_HAND(BL_STATUS_BASELINE),
	{ BL_STATUS_SKIPPED, BL_HISTORY_APPLY, BL_STATUS_APPLIED, BL_SQL_HISTORY_UPDATE },
	{ BL_STATUS_SKIPPED, BL_HISTORY_START, BL_STATUS_RUNNING, BL_SQL_HISTORY_UPDATE },
	{ BL_STATUS_SKIPPED, BL_HISTORY_FAIL, BL_STATUS_FAILED, BL_SQL_HISTORY_UPDATE },
	{ BL_STATUS_SKIPPED, BL_HISTORY_MARK_APPLIED, BL_STATUS_APPLIED, BL_SQL_HISTORY_UPDATE },
	BY_HAND(BL_STATUS_SKIPPED),
	{ BL_STATUS_FAILED, BL_HISTORY_APPLY, BL_STATUS_APPLIED, BL_SQL_HISTORY_UPDATE },
	{ BL_STATUS_FAILED, BL_HISTORY_START, BL_STATUS_RUNNING, BL_SQL_HISTORY_UPDATE },
	{ BL_STATUS_FAILED, BL_HISTORY_FAIL, BL_STATUS_FAILED, BL_SQL_HISTORY_UPDATE },
	{ BL_STATUS_FAILED, BL_HISTORY_MARK_APPLIED, BL_STATUS_APPLIED, BL_SQL_HISTORY_UPDATE },
	{ BL_STATUS_FAILED, BL_HISTORY_SKIP, BL_STATUS_SKIPPED, BL_SQL_HISTORY_UPDATE },
	BY_HAND(BL_STATUS_FAILED),
	{ BL_STATUS_RUNNING, BL_HISTORY_PROGRESS, BL_STATUS_RUNNING, BL_SQL_HISTORY_PROGRESS },
	{ BL_STATUS_RUNNING, BL_HISTORY_FINISH, BL_STATUS_APPLIED, BL_SQL_HISTORY_UPDATE },
	{ BL_STATUS_RUNNING, BL_HISTORY_FAIL, BL_STATUS_FAILED, BL_SQL_HISTORY_UPDATE },
	{ BL_STATUS_RUNNING, BL_HISTORY_STOP, BL_STATUS_RUNNING, BL_SQL_HISTORY_UPDATE },
	{ BL_STATUS_RUNNING, BL_HISTORY_MARK_APPLIED, BL_STATUS_APPLIED, BL_SQL_HISTORY_UPDATE },
	BY_HAND(BL_STATUS_RUNNING),
	{ BL_STATUS_ROLLING_BACK, BL_HISTORY_UNDO, BL_STATUS_ROLLED_BACK, BL_SQL_HISTORY_END },
	{ BL_STATUS_ROLLING_BACK, BL_HISTORY_TAKE_BACK, BL_STATUS_UNDONE, BL_SQL_HISTORY_END },
	{ BL_STATUS_ROLLING_BACK, BL_HISTORY_UNDO_PROGRESS, BL_STATUS_ROLLING_BACK,
	  BL_SQL_HISTORY_PROGRESS },
	{ BL_STATUS_ROLLING_BACK, BL_HISTORY_UNDO_STOP, BL_STATUS_ROLLING_BACK,
	  BL_SQL_HISTORY_TURN },
	{ BL_STATUS_ROLLING_BACK, BL_HISTORY_MARK_APPLIED, BL_STATUS_APPLIED,
	  BL_SQL_HISTORY_UPDATE },
	BY_HAND(BL_STATUS_ROLLING_BACK),
};

static const struct expected *find(int status, int event)
{
	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++) {
		if (allowed[i].status == status && allowed[i].event == event)
			return &allowed[i];
	}
	return NULL;
}

static void every_pair_of_status_and_event_is_decided(void **state)
{
	int pairs = 0;

	(void)state;
	for (int status = 0; status < BL_STATUS_COUNT; status++) {
		for (int event = 0; event < BL_HISTORY_EVENT_COUNT; event++) {
			const struct expected *expected = find(status, event);
			struct bl_transition transition = bl_history_transition(status, event);

			pairs++;
			assert_int_equal(transition.sql, expected ? expected->sql : BL_SQL_NONE);
			if (expected)
				assert_int_equal(transition.status, expected->after);
		}
	}
	print_message("%d pairs of status and event\n", pairs);
	assert_int_equal(pairs, 10 * 17);
}

static void what_counts_as_done_cannot_be_applied_again(void **state)
{
	static const int done[] = { BL_STATUS_APPLIED, BL_STATUS_BASELINE };

	(void)state;
	for (size_t i = 0; i < sizeof(done) / sizeof(done[0]); i++) {
		for (int event = 0; event <= BL_HISTORY_STOP; event++)
			assert_int_equal(bl_history_transition(done[i], event).sql, BL_SQL_NONE);
		assert_int_equal(bl_history_transition(done[i], BL_HISTORY_BASELINE).sql,
				 BL_SQL_NONE);
	}
}

static void a_status_survives_its_name(void **state)
{
	(void)state;
	for (int i = BL_STATUS_NONE + 1; i < BL_STATUS_COUNT; i++)
		assert_int_equal(bl_status_from_name(bl_status_name(i)), i);
	assert_int_equal(bl_status_from_name("nonsense"), BL_STATUS_NONE);
	assert_int_equal(bl_status_from_name("none"), BL_STATUS_NONE);
	assert_int_equal(bl_status_from_name(""), BL_STATUS_NONE);
}

static void only_rolled_back_and_undone_rows_are_dead(void **state)
{
	(void)state;
	assert_true(bl_status_live(BL_STATUS_APPLIED));
	assert_true(bl_status_live(BL_STATUS_FAILED));
	assert_true(bl_status_live(BL_STATUS_RUNNING));
	assert_true(bl_status_live(BL_STATUS_SKIPPED));
	assert_true(bl_status_live(BL_STATUS_BASELINE));
	assert_true(bl_status_live(BL_STATUS_ROLLING_BACK));
	assert_false(bl_status_live(BL_STATUS_ROLLED_BACK));
	assert_false(bl_status_live(BL_STATUS_UNDONE));
	assert_false(bl_status_live(BL_STATUS_NONE));
}

/* With the fragments of the SQLite backend every statement must be SQLite's SQL. */
static void every_statement_is_complete_sql(void **state)
{
	struct bobolink_allocator allocator = bl_memory_default();
	sqlite3 *db = NULL;

	(void)state;
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	for (int sql = BL_SQL_NONE + 1; sql < BL_SQL_COUNT; sql++) {
		sqlite3_stmt *statement = NULL;
		struct bl_text text;

		bl_text_init(&text, &allocator);
		bl_history_sql(bobolink_backend_sqlite3(), NULL, sql, &text);
		assert_false(text.failed);
		assert_null(strchr(text.text, '{'));
		if (sqlite3_prepare_v2(db, text.text, -1, &statement, NULL) != SQLITE_OK)
			fail_msg("%s: %s", text.text, sqlite3_errmsg(db));
		if (strncmp(text.text, "CREATE", 6) == 0)
			assert_int_equal(sqlite3_step(statement), SQLITE_DONE);
		sqlite3_finalize(statement);
		bl_text_release(&text);
	}
	sqlite3_close(db);
}

static int add(struct bl_history *history, const char *version, const char *status,
	       const char *checksum)
{
	const char *texts[15] = { version, "name", "1",	 status, checksum, "s",	 "t", NULL,
				  "1",	   "0",	   NULL, "me",	 "7",	   NULL, "1" };
	struct bobolink_value values[15];

	for (int i = 0; i < 15; i++) {
		values[i].text = texts[i];
		values[i].length = texts[i] ? strlen(texts[i]) : 0;
	}
	return bl_history_add_row(history, values, 15);
}

static void the_live_row_of_a_migration_stands(void **state)
{
	struct bobolink_allocator allocator = bl_memory_default();
	struct bl_history history;

	(void)state;
	bl_history_init(&history, &allocator);
	assert_int_equal(add(&history, "1", "rolled_back", "a"), BOBOLINK_OK);
	assert_int_equal(add(&history, "1", "applied", "b"), BOBOLINK_OK);
	assert_int_equal(add(&history, "2", "applied", "c"), BOBOLINK_OK);
	assert_int_equal(add(&history, "2", "rolled_back", "d"), BOBOLINK_OK);
	assert_int_equal(add(&history, "3", "rolled_back", "e"), BOBOLINK_OK);
	assert_int_equal(add(&history, "3", "rolled_back", "f"), BOBOLINK_OK);
	assert_int_equal(history.count, 3);
	assert_string_equal(history.rows[0].checksum, "b");
	assert_string_equal(history.rows[1].checksum, "c");
	assert_string_equal(history.rows[2].checksum, "f");
	assert_int_equal(history.rows[0].duration_ms, -1);
	bl_history_release(&history);
}

static void rows_that_make_no_sense_are_corrupt(void **state)
{
	struct bobolink_allocator allocator = bl_memory_default();
	struct bl_history history;

	(void)state;
	bl_history_init(&history, &allocator);
	assert_int_equal(add(&history, "1", "someday", "a"), BOBOLINK_CORRUPT);
	assert_int_equal(add(&history, "1", NULL, "a"), BOBOLINK_CORRUPT);
	assert_int_equal(add(&history, "one", "applied", "a"), BOBOLINK_CORRUPT);
	assert_int_equal(add(&history, "-1", "applied", "a"), BOBOLINK_CORRUPT);
	assert_int_equal(add(&history, NULL, "applied", "a"), BOBOLINK_CORRUPT);
	assert_int_equal(add(&history, "99999999999999999999", "applied", "a"), BOBOLINK_CORRUPT);
	assert_int_equal(history.count, 0);
	bl_history_release(&history);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_pair_of_status_and_event_is_decided),
		cmocka_unit_test(what_counts_as_done_cannot_be_applied_again),
		cmocka_unit_test(a_status_survives_its_name),
		cmocka_unit_test(only_rolled_back_and_undone_rows_are_dead),
		cmocka_unit_test(every_statement_is_complete_sql),
		cmocka_unit_test(the_live_row_of_a_migration_stands),
		cmocka_unit_test(rows_that_make_no_sense_are_corrupt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
