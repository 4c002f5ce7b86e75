/*
 * What cannot be migrated: each case has its own result, a message that says what to do, and leaves
 * the database as it was.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fixture.h"

static void a_newer_database_is_refused(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_replace_set(fixture, hand_set_counting("shop", 2));
	assert_int_equal(fixture_boot(fixture), BOBOLINK_NEWER);
	fixture_told(fixture, BOBOLINK_NEWER, "migration 3 (next)");
	fixture_told(fixture, BOBOLINK_NEWER, "start a newer program");
	assert_int_equal(bobolink_exit_code(BOBOLINK_NEWER), 7);
}

static void a_changed_migration_is_refused(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *changed = hand_set_counting("shop", 2);

	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	hand_set_add(changed, 3, "next", 0, "CREATE TABLE other (x INTEGER)", NULL);
	hand_set_add(changed, 4, "more", 0, "CREATE TABLE more (x INTEGER)", NULL);
	fixture_replace_set(fixture, changed);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_CHANGED);
	fixture_told(fixture, BOBOLINK_CHANGED, "migration 3 (next)");
	assert_string_equal(fixture->error.file, "migrations/0003_next.sql");
	assert_int_equal(bobolink_exit_code(BOBOLINK_CHANGED), 5);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM bobolink_history"), 3);
}

static void a_change_of_comments_is_a_note(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *changed = hand_set_counting("shop", 3);

	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	hand_set_cosmetic(changed);
	fixture_replace_set(fixture, changed);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_true(fixture_is_whole(fixture, 3));
}

static void a_missing_migration_is_refused(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = hand_set_new("shop");

	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	hand_set_add(set, 9, "later", 0, "CREATE TABLE later (x INTEGER)", NULL);
	fixture_replace_set(fixture, set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_MISSING);
	fixture_told(fixture, BOBOLINK_MISSING, "restore its file");
}

static void a_late_migration_is_refused_unless_the_set_allows_it(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = hand_set_new("shop");

	hand_set_add(set, 5, "five", 0, "CREATE TABLE five (x INTEGER)", NULL);
	fixture_replace_set(fixture, set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	set = hand_set_new("shop");
	hand_set_add(set, 4, "four", 0, "CREATE TABLE four (x INTEGER)", NULL);
	hand_set_add(set, 5, "five", 0, "CREATE TABLE five (x INTEGER)", NULL);
	fixture_replace_set(fixture, set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OUT_OF_ORDER);
	fixture_told(fixture, BOBOLINK_OUT_OF_ORDER, "older than 5");
	hand_set_flags(set, BOBOLINK_SET_OUT_OF_ORDER);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_int_equal(fixture_number(fixture, "SELECT version FROM bobolink_head"), 5);
	assert_int_equal(fixture_number(fixture, "SELECT count(digest) FROM bobolink_head"), 1);
}

static void the_same_set_under_another_name_is_refused(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_replace_set(fixture, hand_set_counting("store", 4));
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OTHER_NAME);
	fixture_told(fixture, BOBOLINK_OTHER_NAME, "compile the set with NAME shop");
}

static void a_handle_inside_a_transaction_is_refused(void **state)
{
	struct fixture *fixture = *state;

	fixture_run(fixture, "BEGIN");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_IN_TRANSACTION);
	fixture_told(fixture, BOBOLINK_IN_TRANSACTION, "commit it before");
	assert_true(engine()->in_transaction(fixture->db));
	fixture_run(fixture, "COMMIT");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
}

static int give_up(void *context, const struct bobolink_progress *progress)
{
	int *waits = context;

	if (!progress->waiting_for)
		return 0;
	assert_int_equal(progress->version, -1);
	return ++*waits == 3;
}

static void waiting_can_be_stopped(void **state)
{
	struct fixture *fixture = *state;
	void *other = engine()->open(fixture->url);
	int waits = 0;

	assert_true(engine()->lock(other));
	fixture->options.progress = give_up;
	fixture->options.progress_context = &waits;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_INTERRUPTED);
	assert_int_equal(waits, 3);
	assert_int_equal(bobolink_exit_code(BOBOLINK_INTERRUPTED), 130);
	engine()->close(other);
}

/* The tables were tampered with: the boot ends, says so, and leaves no transaction. */
static void assert_corrupt(struct fixture *fixture, const char *words)
{
	alarm(60);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_CORRUPT);
	alarm(0);
	fixture_told(fixture, BOBOLINK_CORRUPT, words);
	assert_false(engine()->in_transaction(fixture->db));
}

/* Applied up to 3, and one more to come. */
static void boot_and_add(struct fixture *fixture)
{
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	hand_set_add(fixture->set, 4, "next", 0, "CREATE TABLE t_4 (x INTEGER)",
		     "INSERT INTO ran VALUES (4)", NULL);
}

static void a_row_whose_item_is_not_its_version_ends_the_run(void **state)
{
	struct fixture *fixture = *state;

	boot_and_add(fixture);
	fixture_run(fixture,
		    "UPDATE bobolink_head SET digest = NULL;"
		    "UPDATE bobolink_history SET item = '03', status = 'failed', checksum = 'x' "
		    "WHERE version = 3; DROP TABLE t_3; DELETE FROM ran WHERE i = 3");
	assert_corrupt(fixture, "items that differ");
}

/* The database says which column; only the runtime knows whose statement it was. */
static void tables_of_somebody_else_are_named(void **state)
{
	static const char *const damages[] = {
		"CREATE TABLE bobolink_history (mine INTEGER)",
		"CREATE TABLE bobolink_head (mine INTEGER)",
		"CREATE VIEW bobolink_head AS SELECT 1 AS mine",
	};
	static const char *const undo[] = {
		"DROP TABLE bobolink_history",
		"DROP TABLE bobolink_head",
		"DROP VIEW bobolink_head",
	};
	struct fixture *fixture = *state;
	char words[100];

	(void)snprintf(words, sizeof(words), "bobolink's own work on its tables %s.",
		       engine()->schema);
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		fixture_run(fixture, damages[i]);
		assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
		fixture_told(fixture, BOBOLINK_SQL_ERROR, words);
		assert_int_equal(engine_tables(fixture->db, "bobolink!_%"), i < 2);
		fixture_run(fixture, undo[i]);
	}
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
}

static void a_head_that_makes_no_sense_is_corrupt(void **state)
{
	static const char *const damages[] = {
		"UPDATE bobolink_head SET batch = 9223372036854775807",
		"UPDATE bobolink_head SET revision = 9223372036854775807",
		"UPDATE bobolink_head SET revision = -1",
		"INSERT INTO bobolink_head SELECT * FROM bobolink_head",
	};
	struct fixture *fixture = *state;

	boot_and_add(fixture);
	fixture_run(fixture, "ALTER TABLE bobolink_head RENAME TO kept");
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		fixture_run(fixture, "CREATE TABLE bobolink_head AS SELECT * FROM kept");
		fixture_run(fixture, damages[i]);
		assert_corrupt(fixture, "bobolink_head");
		fixture_run(fixture, "DROP TABLE bobolink_head");
	}
	fixture_run(fixture, "ALTER TABLE kept RENAME TO bobolink_head");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_true(fixture_is_whole(fixture, 4));
}

static void a_row_that_is_there_twice_is_corrupt(void **state)
{
	struct fixture *fixture = *state;

	fixture_replace_set(fixture, hand_set_counting("shop", 2));
	hand_set_add(fixture->set, 3, "bad", 0, "INSERT INTO nowhere VALUES (1)", NULL);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	fixture_run(fixture, "DROP INDEX bobolink_history_live");
	fixture_run(fixture,
		    "INSERT INTO bobolink_history (set_name, kind, item, version, name, batch, "
		    "status, checksum, sql_checksum, attempts, statements_done, applied_by, "
		    "up_sql) SELECT set_name, kind, item, version, name, batch, status, "
		    "checksum, sql_checksum, attempts, statements_done, applied_by, up_sql "
		    "FROM bobolink_history WHERE version = 3");
	fixture_replace_set(fixture, hand_set_counting("shop", 3));
	assert_corrupt(fixture, "rows that are there twice");
	assert_int_equal(engine_tables(fixture->db, "t!_3"), 0);
}

/* Every continuation byte follows a first byte, and every first byte has what it announces. */
static bool is_utf8(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	while (*s) {
		int more = *s >= 0xF0 ? 3 : *s >= 0xE0 ? 2 : *s >= 0xC0 ? 1 : 0;

		if (*s >= 0x80 && *s < 0xC0)
			return false;
		for (s++; more; more--, s++) {
			if ((*s & 0xC0) != 0x80)
				return false;
		}
	}
	return true;
}

static void a_long_message_of_the_database_is_cut_at_a_character(void **state)
{
	struct fixture *fixture = *state;
	char sql[3000] = "UPDATE bobolink_history SET error_message = '";

	for (size_t i = 0; i < BOBOLINK_MESSAGE_SIZE; i++)
		memcpy(sql + strlen(sql), "é", sizeof("é"));
	memcpy(sql + strlen(sql), "'", 2);
	hand_set_add(fixture->set, 4, "wrong", 0, "CREATE TABLE ran (x INTEGER)", NULL);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	for (size_t i = 0; i < 2; i++) {
		fixture_run(fixture, i ? "UPDATE bobolink_history SET error_message = "
					 "'x' || error_message"
				       : sql);
		assert_int_equal(fixture_boot(fixture), BOBOLINK_HELD);
		assert_true(strlen(fixture->error.message) > BOBOLINK_MESSAGE_SIZE - 8);
		assert_true(is_utf8(fixture->error.message));
	}
}

static void a_locked_database_is_waited_for(void **state)
{
	struct fixture *fixture = *state;
	void *other = engine()->open(fixture->url);

	boot_and_add(fixture);
	assert_true(engine()->lock(other));
	fixture->options.lock_timeout_ms = 150;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_LOCKED);
	fixture_told(fixture, BOBOLINK_LOCKED, "150 ms");
	assert_false(engine()->in_transaction(fixture->db));
	assert_int_equal(bobolink_exit_code(BOBOLINK_LOCKED), 6);
	engine()->run(other, "COMMIT");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_true(fixture_is_whole(fixture, 4));
	engine()->close(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(a_newer_database_is_refused),
		FIXTURE_TEST(a_changed_migration_is_refused),
		FIXTURE_TEST(a_change_of_comments_is_a_note),
		FIXTURE_TEST(a_missing_migration_is_refused),
		FIXTURE_TEST(a_late_migration_is_refused_unless_the_set_allows_it),
		FIXTURE_TEST(the_same_set_under_another_name_is_refused),
		FIXTURE_TEST(a_handle_inside_a_transaction_is_refused),
		FIXTURE_TEST(waiting_can_be_stopped),
		FIXTURE_TEST(a_row_whose_item_is_not_its_version_ends_the_run),
		FIXTURE_TEST(tables_of_somebody_else_are_named),
		FIXTURE_TEST(a_head_that_makes_no_sense_is_corrupt),
		FIXTURE_TEST(a_row_that_is_there_twice_is_corrupt),
		FIXTURE_TEST(a_long_message_of_the_database_is_cut_at_a_character),
		FIXTURE_TEST(a_locked_database_is_waited_for),
	};

	return engine_run_group_tests(tests);
}
