/*
 * Many programs start at once on one file: every migration is applied once, and all of them succeed.
 *
 * Processes are forked before this process calls SQLite: a connection must not cross a fork.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "database.h"
#include "hand_set.h"

#define PROCESSES  64
#define MIGRATIONS 20

#define OUTSIDE	   BOBOLINK_SECTION_NO_TRANSACTION
#define REPEATABLE (BOBOLINK_STATEMENT_NO_TRANSACTION | BOBOLINK_STATEMENT_REPEATABLE)

/* Runs `sql` in a process of its own. */
static void run_elsewhere(const char *path, const char *sql)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		sqlite3 *db = database_open(path);

		database_run(db, sql);
		sqlite3_close(db);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	assert_int_equal(status, 0);
}

/* One program: waits for the start, boots, and exits with the result. */
static void racer(const char *path, const struct bobolink_set *set, int start)
{
	struct bobolink_error error;
	char byte;
	int rc;

	while (read(start, &byte, 1) > 0)
		;
	rc = database_boot(path, set, &error);
	if (rc)
		fprintf(stderr, "racer: %s: %s\n", bobolink_result_name(rc), error.message);
	_exit(rc);
}

/* Starts all at the same moment; returns how many of them failed. */
static int race(const char *path, struct hand_set *made)
{
	const struct bobolink_set *set = hand_set(made, bobolink_backend_sqlite3);
	pid_t pids[PROCESSES];
	int start[2];
	int failed = 0;

	assert_int_equal(pipe(start), 0);
	for (int i = 0; i < PROCESSES; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			close(start[1]);
			racer(path, set, start[0]);
		}
		assert_true(pids[i] > 0);
	}
	close(start[0]);
	close(start[1]);
	for (int i = 0; i < PROCESSES; i++) {
		int status = 0;

		waitpid(pids[i], &status, 0);
		failed += status != 0;
	}
	return failed;
}

static void check_race(const char *preparation, struct hand_set *set, uint32_t count)
{
	char directory[256];
	char path[300];
	int status = 0;
	pid_t pid;

	scratch_make(directory);
	snprintf(path, sizeof(path), "%s/shop.db", directory);
	run_elsewhere(path, preparation);
	assert_int_equal(race(path, set), 0);
	pid = fork();
	if (pid == 0) {
		sqlite3 *db = database_open(path);
		int whole =
			database_is_whole(path, count) &&
			database_number(db, "SELECT count(DISTINCT batch) FROM "
					    "bobolink_history") == 1 &&
			database_number(db, "SELECT count(*) FROM bobolink_log") == 1 &&
			database_number(db, "SELECT digest IS NOT NULL FROM bobolink_head") == 1;

		sqlite3_close(db);
		_exit(!whole);
	}
	waitpid(pid, &status, 0);
	assert_int_equal(status, 0);
	scratch_remove(directory);
	hand_set_free(set);
}

static void programs_that_start_at_once_share_the_work(void **state)
{
	(void)state;
	check_race("SELECT 1", hand_set_counting("shop", MIGRATIONS), MIGRATIONS);
	print_message("sweep: %d processes, %d migrations, rollback journal\n", PROCESSES,
		      MIGRATIONS);
}

static void in_wal_mode_too(void **state)
{
	(void)state;
	check_race("PRAGMA journal_mode=WAL; CREATE TABLE z (x); DROP TABLE z",
		   hand_set_counting("shop", MIGRATIONS), MIGRATIONS);
	print_message("sweep: %d processes, %d migrations, WAL\n", PROCESSES, MIGRATIONS);
}

/* The second migration runs outside a transaction, in pieces that others could get between. */
static struct hand_set *with_pieces(void)
{
	struct hand_set *set = hand_set_counting("shop", 1);

	hand_set_add(set, 2, "pieces", OUTSIDE, "CREATE TABLE t_2 (x)", "VACUUM",
		     "INSERT INTO ran VALUES (2)", NULL);
	hand_set_statement_flags(set, 1, REPEATABLE);
	hand_set_add(set, 3, "last", 0, "CREATE TABLE t_3 (x)", "INSERT INTO ran VALUES (3)", NULL);
	return set;
}

static void migrations_outside_transactions_are_run_once_too(void **state)
{
	(void)state;
	check_race("SELECT 1", with_pieces(), 3);
	check_race("PRAGMA journal_mode=WAL; CREATE TABLE z (x); DROP TABLE z", with_pieces(), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(programs_that_start_at_once_share_the_work),
		cmocka_unit_test(in_wal_mode_too),
		cmocka_unit_test(migrations_outside_transactions_are_run_once_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
