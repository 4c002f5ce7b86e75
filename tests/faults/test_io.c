/*
 * Every I/O call failing in turn, and every write finding the disk full: the run ends with a clean
 * error or goes on, and the next start finishes. Rollback journal and WAL.
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
#include "vfs_shim.h"

#define MIGRATIONS 6
#define SAMPLE	   120

struct sweep {
	char directory[256];
	char path[300];
	struct hand_set *made;
	const struct bobolink_set *set;
	const char *preparation;
	long errors; /* runs that ended with one */
};

static void remove_database(const struct sweep *sweep)
{
	static const char *const suffixes[] = { "", "-journal", "-wal", "-shm" };
	char file[320];

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		snprintf(file, sizeof(file), "%s%s", sweep->path, suffixes[i]);
		remove(file);
	}
}

/* One run on a fresh database with the shim armed; -1 when not even opening worked. */
static int run_armed(const struct sweep *sweep, enum shim_action action, long at,
		     struct bobolink_error *error)
{
	const struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	sqlite3 *db = NULL;
	int rc = -1;

	remove_database(sweep);
	db = database_open(sweep->path);
	database_run(db, sweep->preparation);
	sqlite3_close(db);
	db = NULL;
	shim_arm(action, at);
	if (sqlite3_open_v2(sweep->path, &db, SQLITE_OPEN_READWRITE, "shim") == SQLITE_OK)
		rc = bobolink_migrate_sqlite3(sweep->set, db, &options, error);
	if (db)
		assert_int_equal(sqlite3_get_autocommit(db), 1);
	sqlite3_close(db);
	return rc;
}

static void check_point(struct sweep *sweep, enum shim_action action, long at)
{
	struct bobolink_error error;
	int rc = run_armed(sweep, action, at, &error);

	shim_arm(SHIM_COUNT, 0);
	if (rc > 0) {
		sweep->errors++;
		assert_int_equal(error.code, rc);
		assert_true(error.message[0] != '\0');
		if (action == SHIM_FULL)
			assert_int_equal(rc, BOBOLINK_FULL);
		else
			assert_true(rc == BOBOLINK_IO_ERROR || rc == BOBOLINK_UNREACHABLE);
	}
	rc = database_boot(sweep->path, sweep->set, &error);
	if (rc)
		fail_msg("call %ld: the next start: %s", at, error.message);
	if (!database_is_whole(sweep->path, MIGRATIONS))
		fail_msg("call %ld: the database is not whole", at);
}

static void sweep_calls(const char *name, const char *preparation, enum shim_action action)
{
	struct sweep sweep = { .preparation = preparation };
	struct bobolink_error error;
	long points = 0;
	long calls;
	long stride;

	scratch_make(sweep.directory);
	snprintf(sweep.path, sizeof(sweep.path), "%s/shop.db", sweep.directory);
	sweep.made = hand_set_counting("shop", MIGRATIONS);
	sweep.set = hand_set(sweep.made, bobolink_backend_sqlite3);
	assert_int_equal(run_armed(&sweep, action, 0x7fffffff, &error), BOBOLINK_OK);
	calls = shim_calls();
	stride = test_all() || calls < SAMPLE ? 1 : calls / SAMPLE + 1;
	for (long at = 1; at <= calls; at += stride, points++)
		check_point(&sweep, action, at);
	print_message("sweep: %s: %ld of %ld calls, %ld runs ended with an error\n", name, points,
		      calls, sweep.errors);
	assert_true(points > 20);
	assert_true(sweep.errors > points / 4);
	hand_set_free(sweep.made);
	scratch_remove(sweep.directory);
}

static const char rollback[] = "PRAGMA journal_mode=DELETE; CREATE TABLE z (x)";
static const char wal[] = "PRAGMA journal_mode=WAL; CREATE TABLE z (x)";

static void any_io_error_is_survived_with_a_rollback_journal(void **state)
{
	(void)state;
	sweep_calls("I/O errors, rollback journal", rollback, SHIM_FAIL);
}

static void any_io_error_is_survived_in_wal_mode(void **state)
{
	(void)state;
	sweep_calls("I/O errors, WAL", wal, SHIM_FAIL);
}

static void a_full_disk_is_survived_with_a_rollback_journal(void **state)
{
	(void)state;
	sweep_calls("disk full, rollback journal", rollback, SHIM_FULL);
}

static void a_full_disk_is_survived_in_wal_mode(void **state)
{
	(void)state;
	sweep_calls("disk full, WAL", wal, SHIM_FULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_io_error_is_survived_with_a_rollback_journal),
		cmocka_unit_test(any_io_error_is_survived_in_wal_mode),
		cmocka_unit_test(a_full_disk_is_survived_with_a_rollback_journal),
		cmocka_unit_test(a_full_disk_is_survived_in_wal_mode),
	};

	shim_register();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
