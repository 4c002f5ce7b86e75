/*
 * SIGKILL at points of a run with fixes and repeatables: the next start finishes, nothing is lost and nothing
 * is done twice. Points are writes, syncs, truncations and deletions of files.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "database.h"
#include "hand_scripts.h"
#include "vfs_shim.h"

#define MIGRATIONS 10
#define POINTS	   100
#define SAMPLE	   15

struct sweep {
	char directory[256];
	char path[300];
	struct hand_set *made;
	const struct bobolink_set *set;
	const char *preparation;
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

/* In the child: one run, killed at call `at`. Exits with 0, and leaves the count of calls behind. */
static void child(const struct sweep *sweep, long at, int report)
{
	const struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	struct bobolink_error error;
	sqlite3 *db = NULL;
	long calls;
	int rc = 1;

	shim_register();
	shim_arm(SHIM_KILL, at);
	if (sqlite3_open_v2(sweep->path, &db, SQLITE_OPEN_READWRITE, "shim") == SQLITE_OK)
		rc = bobolink_migrate_sqlite3(sweep->set, db, &options, &error);
	calls = shim_calls();
	if (rc == 0 && write(report, &calls, sizeof(calls)) != (ssize_t)sizeof(calls))
		rc = 1;
	_exit(rc);
}

/* Runs a child to its end; the calls it counted, or 0 when it was killed. */
static long run_killed(const struct sweep *sweep, long at)
{
	long calls = 0;
	int status = 0;
	int report[2];
	sqlite3 *db;
	pid_t pid;

	remove_database(sweep);
	db = database_open(sweep->path);
	database_run(db, sweep->preparation);
	sqlite3_close(db);
	assert_int_equal(pipe(report), 0);
	pid = fork();
	if (pid == 0)
		child(sweep, at, report[1]);
	close(report[1]);
	if (read(report[0], &calls, sizeof(calls)) != (ssize_t)sizeof(calls))
		calls = 0;
	close(report[0]);
	waitpid(pid, &status, 0);
	if (calls == 0)
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	return calls;
}

static void check_point(const struct sweep *sweep, long at)
{
	struct bobolink_error error;
	sqlite3 *db;
	int rc;

	assert_int_equal(run_killed(sweep, at), 0);
	rc = database_boot(sweep->path, sweep->set, &error);
	if (rc)
		fail_msg("killed at %ld: the next start: %s", at, error.message);
	db = database_open(sweep->path);
	if (strcmp(database_text(db, mending_sums), "ok") != 0)
		fail_msg("killed at %ld: something is missing, or was done twice", at);
	sqlite3_close(db);
}

static void sweep_kills(const char *name, const char *preparation, struct hand_set *made)
{
	struct sweep sweep = { .preparation = preparation, .made = made };
	long wanted = test_all() ? POINTS : SAMPLE;
	long points = 0;
	long calls;

	scratch_make(sweep.directory);
	snprintf(sweep.path, sizeof(sweep.path), "%s/shop.db", sweep.directory);
	sweep.set = hand_set(made, bobolink_backend_sqlite3);
	calls = run_killed(&sweep, 0x7fffffff);
	assert_true(calls >= POINTS);
	/* Spread over the whole run, not always on the same kind of call. */
	for (; points < wanted; points++)
		check_point(&sweep, 1 + points * (calls - 1) / (wanted - 1));
	print_message("sweep: %s: killed at %ld of %ld calls\n", name, points, calls);
	assert_true(points > 0);
	hand_set_free(made);
	scratch_remove(sweep.directory);
}

static const char rollback[] = "PRAGMA journal_mode=DELETE; CREATE TABLE z (x)";
static const char wal[] = "PRAGMA journal_mode=WAL; CREATE TABLE z (x)";

static void a_kill_loses_and_doubles_nothing(void **state)
{
	(void)state;
	sweep_kills("rollback journal", rollback, hand_set_mending("shop", MIGRATIONS));
	sweep_kills("WAL", wal, hand_set_mending("shop", MIGRATIONS));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_kill_loses_and_doubles_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
