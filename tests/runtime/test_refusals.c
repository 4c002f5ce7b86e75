/*
 * What cannot be migrated: each case has its own result, a message that says what to do, and leaves
 * the database as it was.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"

/* The message has every one of the words, and the error its code. */
static void assert_told(const struct fixture *fixture, int code, const char *words)
{
	assert_int_equal(fixture->error.code, code);
	if (!strstr(fixture->error.message, words))
		fail_msg("\"%s\" does not say \"%s\"", fixture->error.message, words);
}

static void a_newer_database_is_refused(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_replace_set(fixture, hand_set_counting("shop", 2));
	assert_int_equal(fixture_boot(fixture), BOBOLINK_NEWER);
	assert_told(fixture, BOBOLINK_NEWER, "migration 3 (next)");
	assert_told(fixture, BOBOLINK_NEWER, "start a newer program");
	assert_int_equal(bobolink_exit_code(BOBOLINK_NEWER), 7);
}

static void a_changed_migration_is_refused(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *changed = hand_set_counting("shop", 2);

	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	hand_set_add(changed, 3, "next", 0, "CREATE TABLE other (x)", NULL);
	hand_set_add(changed, 4, "more", 0, "CREATE TABLE more (x)", NULL);
	fixture_replace_set(fixture, changed);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_CHANGED);
	assert_told(fixture, BOBOLINK_CHANGED, "migration 3 (next)");
	assert_string_equal(fixture->error.file, "migrations/0003_next.sql");
	assert_int_equal(bobolink_exit_code(BOBOLINK_CHANGED), 5);
	assert_int_equal(database_number(fixture->db, "SELECT count(*) FROM bobolink_history"), 3);
}

static void a_change_of_comments_is_a_note(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *changed = hand_set_counting("shop", 3);

	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	hand_set_cosmetic(changed);
	fixture_replace_set(fixture, changed);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_true(database_is_whole(fixture->path, 3));
}

static void a_missing_migration_is_refused(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = hand_set_new("shop");

	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	hand_set_add(set, 9, "later", 0, "CREATE TABLE later (x)", NULL);
	fixture_replace_set(fixture, set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_MISSING);
	assert_told(fixture, BOBOLINK_MISSING, "restore its file");
}

static void a_late_migration_is_refused_unless_the_set_allows_it(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = hand_set_new("shop");

	hand_set_add(set, 5, "five", 0, "CREATE TABLE five (x)", NULL);
	fixture_replace_set(fixture, set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	set = hand_set_new("shop");
	hand_set_add(set, 4, "four", 0, "CREATE TABLE four (x)", NULL);
	hand_set_add(set, 5, "five", 0, "CREATE TABLE five (x)", NULL);
	fixture_replace_set(fixture, set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OUT_OF_ORDER);
	assert_told(fixture, BOBOLINK_OUT_OF_ORDER, "older than 5");
	hand_set_flags(set, BOBOLINK_SET_OUT_OF_ORDER);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_int_equal(database_number(fixture->db, "SELECT version FROM bobolink_head"), 5);
	assert_int_equal(database_number(fixture->db, "SELECT digest IS NULL FROM bobolink_head"),
			 0);
}

static void the_same_set_under_another_name_is_refused(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_replace_set(fixture, hand_set_counting("store", 4));
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OTHER_NAME);
	assert_told(fixture, BOBOLINK_OTHER_NAME, "compile the set with NAME shop");
}

static void a_handle_inside_a_transaction_is_refused(void **state)
{
	struct fixture *fixture = *state;

	database_run(fixture->db, "BEGIN");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_IN_TRANSACTION);
	assert_told(fixture, BOBOLINK_IN_TRANSACTION, "commit it before");
	assert_int_equal(sqlite3_get_autocommit(fixture->db), 0);
	database_run(fixture->db, "COMMIT");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
}

static void a_handle_for_reading_is_refused(void **state)
{
	struct fixture *fixture = *state;
	sqlite3 *reader = NULL;

	database_run(fixture->db, "CREATE TABLE z (x)");
	sqlite3_open_v2(fixture->path, &reader, SQLITE_OPEN_READONLY, NULL);
	assert_int_equal(fixture_boot_on(fixture, reader), BOBOLINK_READ_ONLY);
	assert_told(fixture, BOBOLINK_READ_ONLY, "open the database for writing");
	sqlite3_close(reader);
	assert_int_equal(database_number(fixture->db, "SELECT count(*) FROM sqlite_master"), 1);
}

/* In a process without root's rights; the result of its boot. */
static int boot_as_nobody(struct fixture *fixture)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		struct bobolink_error error;
		int rc = 99;

		if (geteuid() != 0 || setuid(65534) == 0)
			rc = database_boot(fixture->path,
					   hand_set(fixture->set, bobolink_backend_sqlite3),
					   &error);
		if (rc == BOBOLINK_READ_ONLY && !strstr(error.message, "directory"))
			rc = 98;
		_exit(rc);
	}
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

static void a_file_or_directory_without_rights_is_read_only(void **state)
{
	struct fixture *fixture = *state;

	database_run(fixture->db, "CREATE TABLE z (x)");
	sqlite3_close(fixture->db);
	chmod(fixture->directory, 0777);
	chmod(fixture->path, 0444);
	assert_int_equal(boot_as_nobody(fixture), BOBOLINK_READ_ONLY);
	chmod(fixture->path, 0666);
	chmod(fixture->directory, 0555);
	assert_int_equal(boot_as_nobody(fixture), BOBOLINK_READ_ONLY);
	chmod(fixture->directory, 0755);
	fixture->db = database_open(fixture->path);
	assert_int_equal(database_number(fixture->db, "SELECT count(*) FROM sqlite_master"), 1);
}

static void write_file(const char *path, const char *text, size_t offset)
{
	FILE *file = fopen(path, offset ? "r+" : "w");

	assert_non_null(file);
	fseek(file, (long)offset, SEEK_SET);
	fwrite(text, 1, strlen(text), file);
	fclose(file);
}

static void a_file_of_another_kind_is_named_so(void **state)
{
	struct fixture *fixture = *state;
	char text[2000];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	sqlite3_close(fixture->db);
	write_file(fixture->path, text, 0);
	fixture->db = database_open(fixture->path);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_NOT_A_DATABASE);
	assert_told(fixture, BOBOLINK_NOT_A_DATABASE, "another kind of file");
	assert_int_equal(bobolink_exit_code(BOBOLINK_NOT_A_DATABASE), 3);
}

static void a_damaged_file_is_named_so(void **state)
{
	struct fixture *fixture = *state;
	char text[3000];

	database_run(fixture->db, "CREATE TABLE z (x)");
	sqlite3_close(fixture->db);
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	write_file(fixture->path, text, 100);
	fixture->db = database_open(fixture->path);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_CORRUPT);
	assert_told(fixture, BOBOLINK_CORRUPT, "integrity_check");
}

static void a_locked_database_is_waited_for_and_the_holder_named(void **state)
{
	struct fixture *fixture = *state;
	sqlite3 *other = database_open(fixture->path);

	fixture->options.program = "shop 2.3.0";
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	hand_set_add(fixture->set, 4, "next", 0, "CREATE TABLE t_4 (x)",
		     "INSERT INTO ran VALUES (4)", NULL);
	database_run(other, "BEGIN IMMEDIATE");
	fixture->options.lock_timeout_ms = 150;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_LOCKED);
	assert_told(fixture, BOBOLINK_LOCKED, "150 ms");
	assert_told(fixture, BOBOLINK_LOCKED, "shop 2.3.0");
	assert_int_equal(bobolink_exit_code(BOBOLINK_LOCKED), 6);
	database_run(other, "COMMIT");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_true(database_is_whole(fixture->path, 4));
	sqlite3_close(other);
}

static void a_reader_delays_the_commit_but_not_for_ever(void **state)
{
	struct fixture *fixture = *state;
	sqlite3 *other = database_open(fixture->path);

	database_run(fixture->db, "CREATE TABLE z (x)");
	database_run(other, "BEGIN; SELECT * FROM z");
	fixture->options.lock_timeout_ms = 100;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_LOCKED);
	assert_int_equal(sqlite3_get_autocommit(fixture->db), 1);
	database_run(other, "COMMIT");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_true(database_is_whole(fixture->path, 3));
	sqlite3_close(other);
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
	sqlite3 *other = database_open(fixture->path);
	int waits = 0;

	database_run(other, "BEGIN IMMEDIATE");
	fixture->options.progress = give_up;
	fixture->options.progress_context = &waits;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_INTERRUPTED);
	assert_int_equal(waits, 3);
	assert_int_equal(bobolink_exit_code(BOBOLINK_INTERRUPTED), 130);
	sqlite3_close(other);
}

/* The tables were tampered with: the boot ends, says so, and leaves no transaction. */
static void assert_corrupt(struct fixture *fixture, const char *words)
{
	alarm(60);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_CORRUPT);
	alarm(0);
	assert_told(fixture, BOBOLINK_CORRUPT, words);
	assert_int_equal(sqlite3_get_autocommit(fixture->db), 1);
}

/* Applied up to 3, and one more to come. */
static void boot_and_add(struct fixture *fixture)
{
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	hand_set_add(fixture->set, 4, "next", 0, "CREATE TABLE t_4 (x)",
		     "INSERT INTO ran VALUES (4)", NULL);
}

static void a_trigger_that_swallows_a_write_ends_the_run(void **state)
{
	static const char *const triggers[] = {
		"CREATE TRIGGER swallow BEFORE UPDATE ON bobolink_head "
		"BEGIN SELECT raise(IGNORE); END",
		"CREATE TRIGGER swallow BEFORE INSERT ON bobolink_history "
		"BEGIN SELECT raise(IGNORE); END",
	};
	struct fixture *fixture = *state;

	boot_and_add(fixture);
	for (size_t i = 0; i < 2; i++) {
		database_run(fixture->db, triggers[i]);
		assert_corrupt(fixture, "look for triggers");
		database_run(fixture->db, "DROP TRIGGER swallow");
	}
	assert_true(database_is_whole(fixture->path, 3));
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_true(database_is_whole(fixture->path, 4));
}

static void a_row_whose_item_is_not_its_version_ends_the_run(void **state)
{
	struct fixture *fixture = *state;

	boot_and_add(fixture);
	database_run(fixture->db,
		     "UPDATE bobolink_head SET digest = NULL;"
		     "UPDATE bobolink_history SET item = '03', status = 'failed', checksum = 'x' "
		     "WHERE version = 3; DROP TABLE t_3; DELETE FROM ran WHERE i = 3");
	assert_corrupt(fixture, "items that differ");
}

static void a_head_that_makes_no_sense_is_corrupt(void **state)
{
	static const char *const damages[] = {
		"UPDATE bobolink_head SET batch = 9223372036854775807",
		"UPDATE bobolink_head SET revision = 9223372036854775807",
		"UPDATE bobolink_head SET revision = -1",
		"UPDATE bobolink_head SET batch = x'00ff'",
		"INSERT INTO bobolink_head SELECT * FROM bobolink_head",
	};
	struct fixture *fixture = *state;

	boot_and_add(fixture);
	database_run(fixture->db, "ALTER TABLE bobolink_head RENAME TO kept");
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		database_run(fixture->db, "CREATE TABLE bobolink_head AS SELECT * FROM kept");
		database_run(fixture->db, damages[i]);
		assert_corrupt(fixture, "bobolink_head");
		database_run(fixture->db, "DROP TABLE bobolink_head");
	}
	database_run(fixture->db, "ALTER TABLE kept RENAME TO bobolink_head");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_true(database_is_whole(fixture->path, 4));
}

/* The database says which column or trigger; only the runtime knows whose statement it was. */
static void tables_of_somebody_else_are_named(void **state)
{
	static const char *const damages[] = {
		"CREATE TABLE bobolink_history (mine)",
		"CREATE TABLE bobolink_head (mine)",
		"CREATE VIEW bobolink_head AS SELECT 1 AS mine",
	};
	static const char *const undo[] = {
		"DROP TABLE bobolink_history",
		"DROP TABLE bobolink_head",
		"DROP VIEW bobolink_head",
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		database_run(fixture->db, damages[i]);
		assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
		assert_told(fixture, BOBOLINK_SQL_ERROR, "bobolink's own work on its tables main.");
		assert_int_equal(database_number(fixture->db, "SELECT count(*) FROM sqlite_master"),
				 1);
		database_run(fixture->db, undo[i]);
	}
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
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
	static const char *const texts[] = {
		"UPDATE bobolink_history SET error_message = replace(hex(zeroblob(600)), '0', 'é')",
		"UPDATE bobolink_history SET error_message = 'x' || error_message",
	};
	struct fixture *fixture = *state;

	hand_set_add(fixture->set, 4, "wrong", 0, "CREATE TABLE ran (x)", NULL);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	for (size_t i = 0; i < 2; i++) {
		database_run(fixture->db, texts[i]);
		assert_int_equal(fixture_boot(fixture), BOBOLINK_HELD);
		assert_true(strlen(fixture->error.message) > BOBOLINK_MESSAGE_SIZE - 8);
		assert_true(is_utf8(fixture->error.message));
	}
}

static void a_long_name_of_the_holder_is_cut_at_a_character(void **state)
{
	static const char *const names[] = {
		"UPDATE bobolink_history SET applied_by = replace(hex(zeroblob(100)), '0', 'é')",
		"UPDATE bobolink_history SET applied_by = 'x' || applied_by",
	};
	struct fixture *fixture = *state;
	sqlite3 *other = database_open(fixture->path);

	boot_and_add(fixture);
	fixture->options.lock_timeout_ms = 1;
	for (size_t i = 0; i < 2; i++) {
		database_run(fixture->db, names[i]);
		database_run(other, "BEGIN IMMEDIATE");
		assert_int_equal(fixture_boot(fixture), BOBOLINK_LOCKED);
		assert_true(is_utf8(fixture->error.message));
		database_run(other, "ROLLBACK");
	}
	sqlite3_close(other);
}

static void a_reader_with_a_shared_cache_is_in_the_way(void **state)
{
	struct fixture *fixture = *state;
	char url[400];
	sqlite3 *reader = NULL;
	sqlite3 *writer = NULL;
	sqlite3_stmt *query = NULL;

	boot_and_add(fixture);
	snprintf(url, sizeof(url), "file:%s?cache=shared", fixture->path);
	sqlite3_open_v2(url, &reader, SQLITE_OPEN_READWRITE | SQLITE_OPEN_URI, NULL);
	sqlite3_open_v2(url, &writer, SQLITE_OPEN_READWRITE | SQLITE_OPEN_URI, NULL);
	sqlite3_prepare_v2(reader, "SELECT * FROM bobolink_head", -1, &query, NULL);
	assert_int_equal(sqlite3_step(query), SQLITE_ROW);
	fixture->options.lock_timeout_ms = 50;
	assert_int_equal(fixture_boot_on(fixture, writer), BOBOLINK_LOCKED);
	assert_told(fixture, BOBOLINK_LOCKED, "another connection is in the way");
	assert_int_equal(sqlite3_get_autocommit(writer), 1);
	sqlite3_finalize(query);
	assert_int_equal(fixture_boot_on(fixture, writer), BOBOLINK_OK);
	sqlite3_close(writer);
	sqlite3_close(reader);
	assert_true(database_is_whole(fixture->path, 4));
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
		FIXTURE_TEST(a_handle_for_reading_is_refused),
		FIXTURE_TEST(a_file_or_directory_without_rights_is_read_only),
		FIXTURE_TEST(a_file_of_another_kind_is_named_so),
		FIXTURE_TEST(a_damaged_file_is_named_so),
		FIXTURE_TEST(a_locked_database_is_waited_for_and_the_holder_named),
		FIXTURE_TEST(a_reader_delays_the_commit_but_not_for_ever),
		FIXTURE_TEST(waiting_can_be_stopped),
		FIXTURE_TEST(a_trigger_that_swallows_a_write_ends_the_run),
		FIXTURE_TEST(a_row_whose_item_is_not_its_version_ends_the_run),
		FIXTURE_TEST(a_head_that_makes_no_sense_is_corrupt),
		FIXTURE_TEST(tables_of_somebody_else_are_named),
		FIXTURE_TEST(a_long_message_of_the_database_is_cut_at_a_character),
		FIXTURE_TEST(a_long_name_of_the_holder_is_cut_at_a_character),
		FIXTURE_TEST(a_reader_with_a_shared_cache_is_in_the_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
