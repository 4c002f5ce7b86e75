/*
 * Many programs start at once on an SQLite file in WAL mode; and one comes between two statements of another.
 */
#include <stdio.h>
#include <string.h>

#include "backfill.h"
#include "fixture.h"
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

/* Nobody holds the lock between two batches: the programs take turns, and none does what another has done. */
static void batches_are_done_once_too(void **state)
{
	struct hand_set *set = backfill_set(2000, 100);
	char directory[256];
	char path[300];
	const char *damage;

	(void)state;
	scratch_make(directory);
	(void)snprintf(path, sizeof(path), "%s/shop.db", directory);
	assert_int_equal(race_elsewhere(change_to_wal, path), 0);
	assert_int_equal(race_boot(path, set, PROCESSES / 8), 0);
	damage = backfill_damage(path, 2000, 1);
	if (damage)
		fail_msg("%s", damage);
	scratch_remove(directory);
	hand_set_free(set);
}

/* When the stored SQL is about to be read, another program has undone its migration. */
static int undo_meanwhile(unsigned kind, void *context, void *statement, void *text)
{
	struct fixture *fixture = context;
	sqlite3 *other;

	(void)kind;
	(void)statement;
	if (strncmp(text, "SELECT up_sql", 13) != 0)
		return 0;
	other = database_open(fixture->url);
	database_run(other, "UPDATE bobolink_history SET status = 'rolled_back' WHERE version = 2");
	sqlite3_close(other);
	return 0;
}

static void what_was_undone_just_now_is_no_damage(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_plan *plan;

	fixture_replace_set(fixture, hand_set_reversible("shop", 2));
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_replace_set(fixture, hand_set_reversible("shop", 1));
	fixture_open(fixture);
	assert_int_equal(sqlite3_trace_v2(fixture->db, SQLITE_TRACE_STMT, undo_meanwhile, fixture),
			 SQLITE_OK);
	assert_int_equal(bobolink_plan_rollback(fixture->session, 1, &plan, &fixture->error),
			 BOBOLINK_PLAN_CHANGED);
	fixture_told(fixture, BOBOLINK_PLAN_CHANGED, "migration 2 just now");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(programs_that_start_at_once_share_the_work),
		cmocka_unit_test(migrations_outside_transactions_are_run_once_too),
		cmocka_unit_test(batches_are_done_once_too),
		FIXTURE_TEST(what_was_undone_just_now_is_no_damage),
	};

	return cmocka_run_group_tests_name("WAL", tests, NULL, NULL);
}
