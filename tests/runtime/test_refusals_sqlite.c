/*
 * What cannot be migrated on SQLite: rights, damaged files, locks, tables that were tampered with.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"

static void a_handle_for_reading_is_refused(void **state)
{
	struct fixture *fixture = *state;
	sqlite3 *reader = NULL;

	database_run(fixture->db, "CREATE TABLE z (x)");
	sqlite3_open_v2(fixture->url, &reader, SQLITE_OPEN_READONLY, NULL);
	assert_int_equal(fixture_boot_on(fixture, reader), BOBOLINK_READ_ONLY);
	fixture_told(fixture, BOBOLINK_READ_ONLY, "open the database for writing");
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
			rc = database_boot(fixture->url,
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
	chmod(fixture->url, 0444);
	assert_int_equal(boot_as_nobody(fixture), BOBOLINK_READ_ONLY);
	chmod(fixture->url, 0666);
	chmod(fixture->directory, 0555);
	assert_int_equal(boot_as_nobody(fixture), BOBOLINK_READ_ONLY);
	chmod(fixture->directory, 0755);
	fixture->db = database_open(fixture->url);
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
	write_file(fixture->url, text, 0);
	fixture->db = database_open(fixture->url);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_NOT_A_DATABASE);
	fixture_told(fixture, BOBOLINK_NOT_A_DATABASE, "another kind of file");
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
	write_file(fixture->url, text, 100);
	fixture->db = database_open(fixture->url);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_CORRUPT);
	fixture_told(fixture, BOBOLINK_CORRUPT, "integrity_check");
}

static void who_migrated_last_is_named_as_the_holder(void **state)
{
	struct fixture *fixture = *state;
	sqlite3 *other = database_open(fixture->url);

	fixture->options.program = "shop 2.3.0";
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	hand_set_add(fixture->set, 4, "next", 0, "CREATE TABLE t_4 (x)",
		     "INSERT INTO ran VALUES (4)", NULL);
	database_run(other, "BEGIN IMMEDIATE");
	fixture->options.lock_timeout_ms = 150;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_LOCKED);
	fixture_told(fixture, BOBOLINK_LOCKED, "150 ms");
	fixture_told(fixture, BOBOLINK_LOCKED, "shop 2.3.0");
	assert_int_equal(bobolink_exit_code(BOBOLINK_LOCKED), 6);
	database_run(other, "COMMIT");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_true(fixture_is_whole(fixture, 4));
	sqlite3_close(other);
}

static void a_reader_delays_the_commit_but_not_for_ever(void **state)
{
	struct fixture *fixture = *state;
	sqlite3 *other = database_open(fixture->url);

	database_run(fixture->db, "CREATE TABLE z (x)");
	database_run(other, "BEGIN; SELECT * FROM z");
	fixture->options.lock_timeout_ms = 100;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_LOCKED);
	assert_int_equal(sqlite3_get_autocommit(fixture->db), 1);
	database_run(other, "COMMIT");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_true(fixture_is_whole(fixture, 3));
	sqlite3_close(other);
}

/* The tables were tampered with: the boot ends, says so, and leaves no transaction. */
static void assert_corrupt(struct fixture *fixture, const char *words)
{
	assert_int_equal(fixture_boot(fixture), BOBOLINK_CORRUPT);
	fixture_told(fixture, BOBOLINK_CORRUPT, words);
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
	assert_true(fixture_is_whole(fixture, 3));
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_true(fixture_is_whole(fixture, 4));
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
	assert_true(fixture_is_whole(fixture, 4));
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

static void a_long_name_of_the_holder_is_cut_at_a_character(void **state)
{
	static const char *const names[] = {
		"UPDATE bobolink_history SET applied_by = replace(hex(zeroblob(100)), '0', 'é')",
		"UPDATE bobolink_history SET applied_by = 'x' || applied_by",
	};
	struct fixture *fixture = *state;
	sqlite3 *other = database_open(fixture->url);

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
	char url[ENGINE_URL_SIZE + 30];
	sqlite3 *reader = NULL;
	sqlite3 *writer = NULL;
	sqlite3_stmt *query = NULL;

	boot_and_add(fixture);
	snprintf(url, sizeof(url), "file:%s?cache=shared", fixture->url);
	sqlite3_open_v2(url, &reader, SQLITE_OPEN_READWRITE | SQLITE_OPEN_URI, NULL);
	sqlite3_open_v2(url, &writer, SQLITE_OPEN_READWRITE | SQLITE_OPEN_URI, NULL);
	sqlite3_prepare_v2(reader, "SELECT * FROM bobolink_head", -1, &query, NULL);
	assert_int_equal(sqlite3_step(query), SQLITE_ROW);
	fixture->options.lock_timeout_ms = 50;
	assert_int_equal(fixture_boot_on(fixture, writer), BOBOLINK_LOCKED);
	fixture_told(fixture, BOBOLINK_LOCKED, "another connection is in the way");
	assert_int_equal(sqlite3_get_autocommit(writer), 1);
	sqlite3_finalize(query);
	assert_int_equal(fixture_boot_on(fixture, writer), BOBOLINK_OK);
	sqlite3_close(writer);
	sqlite3_close(reader);
	assert_true(fixture_is_whole(fixture, 4));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(a_handle_for_reading_is_refused),
		FIXTURE_TEST(a_file_or_directory_without_rights_is_read_only),
		FIXTURE_TEST(a_file_of_another_kind_is_named_so),
		FIXTURE_TEST(a_damaged_file_is_named_so),
		FIXTURE_TEST(who_migrated_last_is_named_as_the_holder),
		FIXTURE_TEST(a_reader_delays_the_commit_but_not_for_ever),
		FIXTURE_TEST(a_trigger_that_swallows_a_write_ends_the_run),
		FIXTURE_TEST(a_head_that_makes_no_sense_is_corrupt),
		FIXTURE_TEST(a_long_name_of_the_holder_is_cut_at_a_character),
		FIXTURE_TEST(a_reader_with_a_shared_cache_is_in_the_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
