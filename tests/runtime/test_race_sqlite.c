/*
 * Many programs start at once on an SQLite file in WAL mode.
 */
#include <stdio.h>

#include "database.h"
#include "race.h"

#define PROCESSES  64
#define MIGRATIONS 20

#define OUTSIDE	   BOBOLINK_SECTION_NO_TRANSACTION
#define REPEATABLE (BOBOLINK_STATEMENT_NO_TRANSACTION | BOBOLINK_STATEMENT_REPEATABLE)

static int change_to_wal(void *path)
{
	sqlite3 *db = database_open(path);

	database_run(db, "PRAGMA journal_mode=WAL; CREATE TABLE z (x); DROP TABLE z");
	sqlite3_close(db);
	return 0;
}

static void check(struct hand_set *set, uint32_t count)
{
	char directory[256];
	char path[300];

	scratch_make(directory);
	(void)snprintf(path, sizeof(path), "%s/shop.db", directory);
	assert_int_equal(race_elsewhere(change_to_wal, path), 0);
	assert_int_equal(race_boot(path, set, PROCESSES), 0);
	race_check(path, count);
	scratch_remove(directory);
	hand_set_free(set);
}

static void programs_that_start_at_once_share_the_work(void **state)
{
	(void)state;
	check(hand_set_counting("shop", MIGRATIONS), MIGRATIONS);
	print_message("sweep: %d processes, %d migrations, WAL\n", PROCESSES, MIGRATIONS);
}

static void migrations_outside_transactions_are_run_once_too(void **state)
{
	struct hand_set *set = hand_set_counting("shop", 1);

	(void)state;
	hand_set_add(set, 2, "pieces", OUTSIDE, "CREATE TABLE t_2 (x)", "VACUUM",
		     "INSERT INTO ran VALUES (2)", NULL);
	hand_set_statement_flags(set, 1, REPEATABLE);
	check(set, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(programs_that_start_at_once_share_the_work),
		cmocka_unit_test(migrations_outside_transactions_are_run_once_too),
	};

	return cmocka_run_group_tests_name("WAL", tests, NULL, NULL);
}
