/*
 * Many programs start at once on one database: every migration is applied once, and all succeed.
 */
#include "database.h"
#include "race.h"

#define PROCESSES  64
#define MIGRATIONS 20

#define OUTSIDE	   BOBOLINK_SECTION_NO_TRANSACTION
#define REPEATABLE (BOBOLINK_STATEMENT_NO_TRANSACTION | BOBOLINK_STATEMENT_REPEATABLE)

static void check(struct hand_set *set, uint32_t count)
{
	char directory[256];
	char url[ENGINE_URL_SIZE];

	scratch_make(directory);
	engine()->make(directory, url);
	assert_int_equal(race_boot(url, set, PROCESSES), 0);
	race_check(url, count);
	scratch_remove(directory);
	hand_set_free(set);
}

static void programs_that_start_at_once_share_the_work(void **state)
{
	(void)state;
	check(hand_set_counting("shop", MIGRATIONS), MIGRATIONS);
	print_message("sweep: %s: %d processes, %d migrations\n", engine()->name, PROCESSES,
		      MIGRATIONS);
}

/* The second migration runs outside a transaction, in pieces that others could get between. */
static void migrations_outside_transactions_are_run_once_too(void **state)
{
	struct hand_set *set = hand_set_counting("shop", 1);

	(void)state;
	hand_set_add(set, 2, "pieces", OUTSIDE, "CREATE TABLE t_2 (x INTEGER)", "VACUUM",
		     "INSERT INTO ran VALUES (2)", NULL);
	hand_set_statement_flags(set, 1, REPEATABLE);
	hand_set_add(set, 3, "last", 0, "CREATE TABLE t_3 (x INTEGER)",
		     "INSERT INTO ran VALUES (3)", NULL);
	check(set, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(programs_that_start_at_once_share_the_work),
		cmocka_unit_test(migrations_outside_transactions_are_run_once_too),
	};

	return engine_run_group_tests(tests);
}
