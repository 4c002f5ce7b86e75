/*
 * Backup and restore of SQLite files: journal modes, sizes of pages, other programs that read and write, live
 * files that are damaged or missing.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fixture.h"

static char folder[300];

static int setup(void **state)
{
	struct fixture *fixture;

	if (fixture_setup(state))
		return -1;
	fixture = *state;
	snprintf(folder, sizeof(folder), "%s/kept", fixture->directory);
	fixture->options.backup_directory = folder;
	fixture->options.lock_timeout_ms = 1;
	return 0;
}

static int teardown(void **state)
{
	scratch_remove(folder);
	return fixture_teardown(state);
}

#define BACKUP_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static void back_up(struct fixture *fixture, const char *name)
{
	fixture_open(fixture);
	if (bobolink_backup(fixture->session, name, NULL, &fixture->error))
		fail_msg("%s", fixture->error.message);
	bobolink_close(fixture->session);
	fixture->session = NULL;
}

static int restore(struct fixture *fixture, const char *name)
{
	char url[ENGINE_URL_SIZE + 16];

	snprintf(url, sizeof(url), "sqlite:%s", fixture->url);
	return bobolink_restore(hand_set(fixture->set, engine()->backend), url, name,
				&fixture->options, 0, &fixture->error);
}

/* The path of a backup, in a buffer that the next call reuses. `name` may be the beginning of one. */
static const char *path_of(struct fixture *fixture, const char *name)
{
	static char path[600];
	struct bobolink_backups *backups = NULL;

	path[0] = '\0';
	assert_int_equal(bobolink_backups(hand_set(fixture->set, engine()->backend),
					  &fixture->options, &backups, &fixture->error),
			 BOBOLINK_OK);
	for (uint32_t i = 0; i < backups->count; i++) {
		if (strncmp(backups->items[i].name, name, strlen(name)) == 0)
			snprintf(path, sizeof(path), "%s", backups->items[i].path);
	}
	bobolink_backups_free(backups);
	return path;
}

static void reopen(struct fixture *fixture)
{
	engine()->close(fixture->db);
	fixture->db = engine()->open(fixture->url);
}

/* A file with pages of this size in this journal mode, migrated. */
static void make(struct fixture *fixture, const char *size, const char *mode)
{
	char sql[100];

	engine()->close(fixture->db);
	(void)unlink(fixture->url);
	fixture->db = engine()->open(fixture->url);
	snprintf(sql, sizeof(sql), "PRAGMA page_size=%s; PRAGMA journal_mode=%s", size, mode);
	fixture_run(fixture, sql);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
}

/* A database that was `from` when the backup was made and is `to` now. */
static void check_restore(struct fixture *fixture, const char *from_size, const char *from_mode,
			  const char *to_size, const char *to_mode)
{
	char name[64];

	make(fixture, from_size, from_mode);
	snprintf(name, sizeof(name), "%s-%s-%s-%s", from_size, from_mode, to_size, to_mode);
	back_up(fixture, name);
	make(fixture, to_size, to_mode);
	fixture_run(fixture, "INSERT INTO ran VALUES (4711)");
	reopen(fixture);
	engine()->close(fixture->db);
	if (restore(fixture, name))
		fail_msg("%s: %s", name, fixture->error.message);
	fixture->db = engine()->open(fixture->url);
	if (!fixture_is_whole(fixture, 3))
		fail_msg("%s: not whole", name);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM ran"), 3);
	assert_string_equal(fixture_text(fixture, "PRAGMA journal_mode"), to_mode);
}

static void modes_and_sizes_may_differ(void **state)
{
	static const char *const sizes[] = { "512", "4096", "65536" };
	static const char *const modes[] = { "delete", "wal" };
	struct fixture *fixture = *state;

	for (int i = 0; i < 36; i++)
		check_restore(fixture, sizes[i % 3], modes[i / 3 % 2], sizes[i / 6 % 3],
			      modes[i / 18]);
}

static void a_copy_of_a_wal_database_stands_alone(void **state)
{
	struct fixture *fixture = *state;
	unsigned char header[20];
	char beside[700];
	int file;

	make(fixture, "4096", "wal");
	back_up(fixture, "alone");
	file = open(path_of(fixture, "alone"), O_RDONLY);
	assert_int_equal(read(file, header, sizeof(header)), sizeof(header));
	close(file);
	/* Its read and write versions, sqlite.org/fileformat.html: 1 is a rollback journal. */
	assert_int_equal(header[18], 1);
	assert_int_equal(header[19], 1);
	snprintf(beside, sizeof(beside), "%s-wal", path_of(fixture, "alone"));
	assert_int_equal(access(beside, F_OK), -1);
	assert_true(database_is_whole(path_of(fixture, "alone"), 3));
}

static void a_database_in_memory_can_be_backed_up(void **state)
{
	struct fixture *fixture = *state;

	engine()->close(fixture->db);
	fixture->db = engine()->open(":memory:");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	back_up(fixture, "memory");
	assert_true(database_is_whole(path_of(fixture, "memory"), 3));
	assert_int_equal(bobolink_restore(hand_set(fixture->set, engine()->backend),
					  "sqlite::memory:", "memory", &fixture->options, 0,
					  &fixture->error),
			 BOBOLINK_USAGE);
}

static void a_reader_that_stays_open_sees_what_was_restored(void **state)
{
	static const char *const modes[] = { "delete", "wal" };
	struct fixture *fixture = *state;

	for (int i = 0; i < 2; i++) {
		make(fixture, "4096", modes[i]);
		back_up(fixture, modes[i]);
		fixture_run(fixture, "INSERT INTO ran VALUES (4711)");
		assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM ran"), 4);
		assert_int_equal(restore(fixture, modes[i]), BOBOLINK_OK);
		assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM ran"), 3);
		fixture_run(fixture, "INSERT INTO ran VALUES (1)");
		assert_string_equal(fixture_text(fixture, "PRAGMA integrity_check"), "ok");
	}
}

static void what_was_there_is_a_backup(void **state)
{
	struct fixture *fixture = *state;

	make(fixture, "4096", "wal");
	back_up(fixture, "a");
	fixture_run(fixture, "INSERT INTO ran VALUES (4711)");
	assert_int_equal(restore(fixture, "a"), BOBOLINK_OK);
	assert_non_null(strstr(path_of(fixture, "before-restore-"), ".v3.sqlite"));
	engine()->close(fixture->db);
	fixture->db = engine()->open(path_of(fixture, "before-restore-"));
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM ran WHERE i = 4711"), 1);
}

static void a_file_that_others_hold_is_named(void **state)
{
	static const char *const modes[] = { "delete", "wal" };
	struct fixture *fixture = *state;

	for (int i = 0; i < 2; i++) {
		make(fixture, "4096", modes[i]);
		back_up(fixture, modes[i]);
		fixture_run(fixture, "BEGIN IMMEDIATE; INSERT INTO ran VALUES (4711)");
		assert_int_equal(restore(fixture, modes[i]), BOBOLINK_LOCKED);
		fixture_told(fixture, BOBOLINK_LOCKED, fixture->url);
		fixture_run(fixture, "COMMIT");
		assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM ran"), 4);
	}
}

static void another_size_of_pages_waits_for_readers_in_wal_mode(void **state)
{
	struct fixture *fixture = *state;

	make(fixture, "65536", "delete");
	back_up(fixture, "large");
	make(fixture, "4096", "wal");
	assert_int_equal(restore(fixture, "large"), BOBOLINK_LOCKED);
	fixture_told(fixture, BOBOLINK_LOCKED, fixture->url);
	assert_string_equal(fixture_text(fixture, "PRAGMA journal_mode"), "wal");
}

static void pause_a_little(void)
{
	const struct timespec pause = { .tv_nsec = 1000000 };

	nanosleep(&pause, NULL);
}

struct writer {
	pid_t pid;
	int told; /* a byte for each commit */
};

/* In a child: pairs of rows, each pair in one transaction, until it is killed. */
static struct writer start_writer(const struct fixture *fixture)
{
	struct writer writer;
	int channel[2];
	sqlite3 *db;

	sqlite3_busy_timeout(fixture->db, 10000);
	assert_int_equal(pipe(channel), 0);
	writer.pid = fork();
	writer.told = channel[0];
	if (writer.pid) {
		close(channel[1]);
		return writer;
	}
	db = database_open(fixture->url);
	sqlite3_busy_timeout(db, 10000);
	do {
		pause_a_little();
		database_run(db, "BEGIN IMMEDIATE; INSERT INTO ran SELECT max(i) + 1 FROM ran; "
				 "INSERT INTO t_1 SELECT max(i) FROM ran; COMMIT");
	} while (write(channel[1], "x", 1) == 1);
	_exit(1);
}

/* The commits that were answered; one more may have been made. */
static int64_t stop_writer(struct writer writer)
{
	int64_t commits = 0;
	char bytes[4096];
	ssize_t got;

	kill(writer.pid, SIGKILL);
	waitpid(writer.pid, NULL, 0);
	while ((got = read(writer.told, bytes, sizeof(bytes))) > 0)
		commits += got;
	close(writer.told);
	return commits;
}

/* Makes the file so large that a copy takes many steps. */
static void grow(struct fixture *fixture)
{
	fixture_run(fixture,
		    "CREATE TABLE large (x); INSERT INTO large WITH RECURSIVE n (i) AS (SELECT "
		    "1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000) SELECT "
		    "hex(randomblob(1000)) FROM n");
}

static const char pairs[] = "SELECT (SELECT count(*) FROM ran) - (SELECT count(*) FROM t_1)";

static void a_backup_under_a_writer_is_of_one_moment(void **state)
{
	static const char *const modes[] = { "delete", "wal" };
	struct fixture *fixture = *state;

	fixture->options.lock_timeout_ms = 60000;
	for (int i = 0; i < 2; i++) {
		sqlite3 *copy;
		struct writer writer;

		make(fixture, "4096", modes[i]);
		grow(fixture);
		writer = start_writer(fixture);
		while (fixture_number(fixture, "SELECT count(*) FROM ran") < 10)
			pause_a_little();
		back_up(fixture, modes[i]);
		stop_writer(writer);
		copy = database_open(path_of(fixture, modes[i]));
		assert_int_equal(database_number(copy, pairs), 3);
		assert_true(database_number(copy, "SELECT count(*) FROM ran") >= 10);
		sqlite3_close(copy);
	}
}

static void a_restore_under_a_writer_loses_no_row(void **state)
{
	static const char *const modes[] = { "delete", "wal" };
	struct fixture *fixture = *state;

	fixture->options.lock_timeout_ms = 60000;
	for (int i = 0; i < 2; i++) {
		int64_t before;
		int64_t commits;
		sqlite3 *saved;
		struct writer writer;

		make(fixture, "4096", modes[i]);
		back_up(fixture, modes[i]);
		fixture_run(fixture,
			    "INSERT INTO ran VALUES (100000); INSERT INTO t_1 VALUES (100000)");
		writer = start_writer(fixture);
		while (fixture_number(fixture, "SELECT count(*) FROM ran") < 10)
			pause_a_little();
		if (restore(fixture, modes[i]))
			fail_msg("%s: %s", modes[i], fixture->error.message);
		commits = stop_writer(writer);
		/* What the writer wrote before is saved, what it wrote after is there: none in between. */
		saved = database_open(path_of(fixture, "before-restore-"));
		before = database_number(saved, "SELECT max(i) FROM ran");
		assert_int_equal(database_number(saved, "SELECT count(*) FROM ran"),
				 4 + before - 100000);
		assert_int_equal(database_number(saved, pairs), 3);
		sqlite3_close(saved);
		reopen(fixture);
		assert_int_equal(fixture_number(fixture, "SELECT max(i) FROM ran"),
				 fixture_number(fixture, "SELECT count(*) FROM ran"));
		assert_int_equal(fixture_number(fixture, pairs), 3);
		commits -=
			before - 100000 + fixture_number(fixture, "SELECT count(*) FROM ran") - 3;
		assert_true(commits == 0 || commits == -1);
		assert_int_equal(unlink(path_of(fixture, "before-restore-")), 0);
	}
}

/* Writes over the live file. */
static void spoil(const struct fixture *fixture, off_t at, size_t length)
{
	char bytes[4096];
	int file = open(fixture->url, O_RDWR);

	memset(bytes, 0x5a, sizeof(bytes));
	assert_int_equal(pwrite(file, bytes, length, at), length);
	assert_int_equal(close(file), 0);
}

static void a_damaged_database_is_saved_byte_by_byte_and_restored(void **state)
{
	/* The header, the root of the schema, a page of a table. */
	static const off_t places[] = { 0, 100, 4096 };
	static const char *const modes[] = { "delete", "wal" };
	struct fixture *fixture = *state;
	char name[32];

	for (int i = 0; i < 6; i++) {
		struct stat live;
		struct stat saved;

		make(fixture, "4096", modes[i / 3]);
		snprintf(name, sizeof(name), "sound-%d", i);
		back_up(fixture, name);
		engine()->close(fixture->db);
		spoil(fixture, places[i % 3], 2000);
		assert_int_equal(stat(fixture->url, &live), 0);
		if (restore(fixture, name))
			fail_msg("%d: %s", i, fixture->error.message);
		assert_int_equal(stat(path_of(fixture, "before-restore-"), &saved), 0);
		assert_int_equal(saved.st_size, live.st_size);
		fixture->db = engine()->open(fixture->url);
		assert_true(fixture_is_whole(fixture, 3));
		assert_int_equal(unlink(path_of(fixture, "before-restore-")), 0);
	}
}

/* A disk without room for what is damaged: nothing of it may be written over. */
static void what_cannot_be_saved_is_not_touched(void **state)
{
	struct fixture *fixture = *state;
	struct rlimit before;
	struct rlimit small;
	struct stat live;
	struct stat after;

	make(fixture, "4096", "delete");
	back_up(fixture, "a");
	engine()->close(fixture->db);
	spoil(fixture, 0, 2000);
	assert_int_equal(stat(fixture->url, &live), 0);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = before;
	small.rlim_cur = 4096;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(restore(fixture, "a"), BOBOLINK_BACKUP_FAILED);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, SIG_DFL);
	fixture_told(fixture, BOBOLINK_BACKUP_FAILED, "it was not touched");
	assert_string_equal(path_of(fixture, "before-restore-"), "");
	assert_int_equal(stat(fixture->url, &after), 0);
	assert_int_equal(after.st_mtim.tv_nsec, live.st_mtim.tv_nsec);
	assert_int_equal(restore(fixture, "a"), BOBOLINK_OK);
	fixture->db = engine()->open(fixture->url);
	assert_true(fixture_is_whole(fixture, 3));
}

static void a_damaged_database_gives_no_backup(void **state)
{
	struct fixture *fixture = *state;

	make(fixture, "4096", "delete");
	engine()->close(fixture->db);
	/* The page of the history's index. */
	spoil(fixture, 2 * 4096, 4096);
	fixture->db = engine()->open(fixture->url);
	fixture_open(fixture);
	assert_int_equal(bobolink_backup(fixture->session, "a", NULL, &fixture->error),
			 BOBOLINK_BACKUP_FAILED);
	fixture_told(fixture, BOBOLINK_BACKUP_FAILED, "integrity_check");
	assert_string_equal(path_of(fixture, "a"), "");
}

static void a_missing_database_is_restored(void **state)
{
	struct fixture *fixture = *state;

	make(fixture, "4096", "delete");
	back_up(fixture, "a");
	engine()->close(fixture->db);
	assert_int_equal(unlink(fixture->url), 0);
	assert_int_equal(restore(fixture, "a"), BOBOLINK_OK);
	fixture->db = engine()->open(fixture->url);
	assert_true(fixture_is_whole(fixture, 3));
	assert_string_equal(path_of(fixture, "before-restore-"), "");
}

static void what_is_no_database_is_refused(void **state)
{
	struct fixture *fixture = *state;
	char path[700];

	make(fixture, "4096", "delete");
	back_up(fixture, "a");
	snprintf(path, sizeof(path), "%s", path_of(fixture, "a"));
	assert_int_equal(truncate(path, 0), 0);
	assert_int_equal(restore(fixture, "a"), BOBOLINK_BACKUP_FAILED);
	fixture_told(fixture, BOBOLINK_BACKUP_FAILED, "was not touched");
	/* What an encrypted file looks like. */
	{
		int random = open("/dev/urandom", O_RDONLY);
		int file = open(path, O_WRONLY);
		char bytes[8192];

		assert_int_equal(read(random, bytes, sizeof(bytes)), sizeof(bytes));
		assert_int_equal(write(file, bytes, sizeof(bytes)), sizeof(bytes));
		close(random);
		close(file);
	}
	assert_int_equal(restore(fixture, "a"), BOBOLINK_BACKUP_FAILED);
	fixture_told(fixture, BOBOLINK_BACKUP_FAILED, "encrypted");
	assert_true(fixture_is_whole(fixture, 3));
	assert_string_equal(path_of(fixture, "before-restore-"), "");
}

static void same(sqlite3_context *context, int count, sqlite3_value **values)
{
	assert_int_equal(count, 1);
	sqlite3_result_value(context, values[0]);
}

static void functions_of_the_application_are_no_obstacle(void **state)
{
	struct fixture *fixture = *state;

	make(fixture, "4096", "delete");
	assert_int_equal(sqlite3_create_function(fixture->db, "same", 1,
						 SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL, same,
						 NULL, NULL),
			 SQLITE_OK);
	fixture_run(fixture, "CREATE INDEX i ON ran (same(i))");
	back_up(fixture, "a");
	fixture_run(fixture, "INSERT INTO ran VALUES (4711)");
	if (restore(fixture, "a"))
		fail_msg("%s", fixture->error.message);
	assert_string_equal(fixture_text(fixture, "PRAGMA integrity_check"), "ok");
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM ran"), 3);
}

static void a_lock_that_lasts_ends_a_backup_in_time(void **state)
{
	struct fixture *fixture = *state;
	sqlite3 *other;

	make(fixture, "4096", "delete");
	other = database_open(fixture->url);
	database_run(other, "BEGIN EXCLUSIVE");
	fixture_open(fixture);
	assert_int_equal(bobolink_backup(fixture->session, "a", NULL, &fixture->error),
			 BOBOLINK_LOCKED);
	database_run(other, "COMMIT");
	assert_int_equal(bobolink_backup(fixture->session, "a", NULL, &fixture->error),
			 BOBOLINK_OK);
	sqlite3_close(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BACKUP_TEST(modes_and_sizes_may_differ),
		BACKUP_TEST(a_copy_of_a_wal_database_stands_alone),
		BACKUP_TEST(a_database_in_memory_can_be_backed_up),
		BACKUP_TEST(a_reader_that_stays_open_sees_what_was_restored),
		BACKUP_TEST(what_was_there_is_a_backup),
		BACKUP_TEST(a_file_that_others_hold_is_named),
		BACKUP_TEST(another_size_of_pages_waits_for_readers_in_wal_mode),
		BACKUP_TEST(a_backup_under_a_writer_is_of_one_moment),
		BACKUP_TEST(a_restore_under_a_writer_loses_no_row),
		BACKUP_TEST(a_damaged_database_is_saved_byte_by_byte_and_restored),
		BACKUP_TEST(what_cannot_be_saved_is_not_touched),
		BACKUP_TEST(a_damaged_database_gives_no_backup),
		BACKUP_TEST(a_missing_database_is_restored),
		BACKUP_TEST(what_is_no_database_is_refused),
		BACKUP_TEST(functions_of_the_application_are_no_obstacle),
		BACKUP_TEST(a_lock_that_lasts_ends_a_backup_in_time),
	};

	return engine_run_group_tests_on("sqlite", tests);
}
