/*
 * SIGKILL at points of a migration in batches on SQLite: the next start goes on behind the last batch, no row is done
 * twice and none is left out, up and down. Points are writes, syncs, truncations and deletions of files.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backfill.h"
#include "database.h"
#include "engine.h"
#include "vfs_shim.h"

#define POINTS	    30
#define ROWS	    1000000u
#define LIMIT	    10000u
#define SAMPLE	    8
#define SAMPLE_ROWS 3000u

struct sweep {
	char directory[256];
	char model[300]; /* as it is before */
	char path[300];
	const struct bobolink_set *set;
	bool down;
};

/* Nobody has either file open. */
static void copy_model(const struct sweep *sweep)
{
	static const char *const suffixes[] = { "-journal", "-wal", "-shm" };
	FILE *from = fopen(sweep->model, "rb");
	FILE *to = fopen(sweep->path, "wb");
	char bytes[8192];
	size_t length;
	char file[320];

	assert_non_null(from);
	assert_non_null(to);
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		(void)snprintf(file, sizeof(file), "%s%s", sweep->path, suffixes[i]);
		remove(file);
	}
	while ((length = fread(bytes, 1, sizeof(bytes), from)) > 0)
		assert_int_equal(fwrite(bytes, 1, length, to), length);
	assert_false(ferror(from));
	assert_int_equal(fclose(from), 0);
	assert_int_equal(fclose(to), 0);
}

/* In the child: one run, killed at call `at`. Leaves the count of calls behind. */
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
		rc = (sweep->down ? backfill_down : backfill_up)(sweep->set, db, &options, &error);
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
	pid_t pid;

	copy_model(sweep);
	assert_int_equal(pipe(report), 0);
	pid = fork();
	if (pid == 0)
		child(sweep, at, report[1]);
	assert_true(pid > 0);
	close(report[1]);
	if (read(report[0], &calls, sizeof(calls)) != (ssize_t)sizeof(calls))
		calls = 0;
	close(report[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (calls == 0)
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	return calls;
}

static void sweep_kills(const char *name, const char *journal, bool down)
{
	uint32_t rows = test_all() ? ROWS : SAMPLE_ROWS;
	struct hand_set *made = backfill_set(rows, test_all() ? LIMIT : SAMPLE_ROWS / 20);
	struct sweep sweep = { .set = hand_set(made, engine()->backend), .down = down };
	long wanted = test_all() ? POINTS : SAMPLE;
	long points = 0;
	long calls;
	sqlite3 *db;

	scratch_make(sweep.directory);
	(void)snprintf(sweep.model, sizeof(sweep.model), "%s/model.db", sweep.directory);
	(void)snprintf(sweep.path, sizeof(sweep.path), "%s/shop.db", sweep.directory);
	db = database_open(sweep.model);
	database_run(db, journal);
	sqlite3_close(db);
	backfill_prepare(sweep.model, sweep.set, down);
	calls = run_killed(&sweep, 0x7fffffff);
	assert_true(calls > POINTS);
	for (; points < wanted; points++) {
		long at = 1 + points * (calls - 1) / (wanted - 1);

		assert_int_equal(run_killed(&sweep, at), 0);
		backfill_check(sweep.path, sweep.set, down, at);
	}
	print_message("sweep: %u rows in batches, %s: killed at %ld of %ld calls\n", (unsigned)rows,
		      name, points, calls);
	assert_true(points > 0);
	hand_set_free(made);
	scratch_remove(sweep.directory);
}

static void a_kill_leaves_out_and_doubles_no_row(void **state)
{
	(void)state;
	sweep_kills("rollback journal", "PRAGMA journal_mode=DELETE", false);
}

static void nor_in_wal_mode(void **state)
{
	(void)state;
	sweep_kills("WAL", "PRAGMA journal_mode=WAL", false);
}

static void nor_on_the_way_down(void **state)
{
	(void)state;
	sweep_kills("down", "PRAGMA journal_mode=DELETE", true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_kill_leaves_out_and_doubles_no_row),
		cmocka_unit_test(nor_in_wal_mode),
		cmocka_unit_test(nor_on_the_way_down),
	};

	return engine_run_group_tests_on("sqlite", tests);
}
