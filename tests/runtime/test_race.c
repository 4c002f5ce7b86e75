/*
 * Many programs at once on one database: every migration is applied once, or undone once.
 */
#include <stdio.h>
#include <string.h>

#include "backfill.h"
#include "database.h"
#include "hand_scripts.h"
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

/* Neither is a row worked on twice, nor one left out. */
static void batches_are_done_once_too(void **state)
{
	struct hand_set *set = backfill_set(2000, 100);
	char directory[256];
	char url[ENGINE_URL_SIZE];
	const char *damage;

	(void)state;
	scratch_make(directory);
	engine()->make(directory, url);
	assert_int_equal(race_boot(url, set, PROCESSES / 4), 0);
	damage = backfill_damage(url, 2000, 1);
	if (damage)
		fail_msg("%s", damage);
	scratch_remove(directory);
	hand_set_free(set);
}

/* --- scripts --------------------------------------------------------------------------------- */

static int is_mended(void *context)
{
	void *db = engine()->open(context);
	bool mended = strcmp(engine()->text(db, mending_sums), "ok") == 0 &&
		      engine_number(db, "SELECT count(*) FROM bobolink_log WHERE kind <> "
					"'migration' AND event = 'applied'") == 2 * MIGRATIONS;

	engine()->close(db);
	return !mended;
}

static void programs_that_start_at_once_run_each_script_once(void **state)
{
	struct hand_set *set = hand_set_mending("shop", MIGRATIONS);
	char directory[256];
	char url[ENGINE_URL_SIZE];

	(void)state;
	scratch_make(directory);
	engine()->make(directory, url);
	assert_int_equal(race_boot(url, set, PROCESSES / 4), 0);
	assert_int_equal(race_elsewhere(is_mended, url), 0);
	/* Again, where only the fix that fails is due. */
	assert_int_equal(race_boot(url, set, PROCESSES / 4), 0);
	assert_int_equal(race_elsewhere(is_mended, url), 0);
	scratch_remove(directory);
	hand_set_free(set);
}

/* --- down ------------------------------------------------------------------------------------ */

struct way_down {
	char url[ENGINE_URL_SIZE];
	const struct bobolink_set *set;
};

/* Undoes everything, unless somebody else is at it. */
static int undo_all(void *context)
{
	const struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	const struct way_down *way = context;
	struct bobolink_session *session;
	struct bobolink_error error;
	void *db = engine()->open(way->url);
	int rc = bobolink_open(way->set, db, &options, &session, &error);

	if (rc == BOBOLINK_OK)
		rc = bobolink_rollback(session, BOBOLINK_ALL_BATCHES, 0, NULL, &error);
	bobolink_close(session);
	engine()->close(db);
	if (rc && rc != BOBOLINK_PLAN_CHANGED)
		fprintf(stderr, "racer: %s: %s\n", bobolink_result_name(rc), error.message);
	return rc == BOBOLINK_PLAN_CHANGED ? BOBOLINK_OK : rc;
}

static int is_undone_once(void *context)
{
	const struct way_down *way = context;
	void *db = engine()->open(way->url);
	bool once = engine_number(db, "SELECT count(*) FROM bobolink_history") == MIGRATIONS &&
		    engine_number(db, "SELECT count(*) FROM bobolink_history WHERE status = "
				      "'rolled_back'") == MIGRATIONS &&
		    engine_number(db, "SELECT count(*) FROM bobolink_log WHERE event = "
				      "'rolled_back'") == MIGRATIONS &&
		    engine_number(db, "SELECT count(*) FROM bobolink_log WHERE event = 'failed'") ==
			    0 &&
		    engine_tables(db, "t!_%") == 0;

	engine()->close(db);
	return !once;
}

static void programs_that_roll_back_at_once_undo_each_migration_once(void **state)
{
	struct hand_set *set = hand_set_reversible("shop", MIGRATIONS);
	struct way_down way = { .set = hand_set(set, engine()->backend) };
	char directory[256];

	(void)state;
	scratch_make(directory);
	engine()->make(directory, way.url);
	assert_int_equal(race_boot(way.url, set, 1), 0);
	assert_int_equal(race_all(undo_all, &way, PROCESSES / 4), 0);
	/* Whoever was left alone with the rest may have given up: one more finishes. */
	assert_int_equal(race_all(undo_all, &way, 1), 0);
	assert_int_equal(race_elsewhere(is_undone_once, &way), 0);
	scratch_remove(directory);
	hand_set_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(programs_that_start_at_once_share_the_work),
		cmocka_unit_test(migrations_outside_transactions_are_run_once_too),
		cmocka_unit_test(batches_are_done_once_too),
		cmocka_unit_test(programs_that_start_at_once_run_each_script_once),
		cmocka_unit_test(programs_that_roll_back_at_once_undo_each_migration_once),
	};

	return engine_run_group_tests(tests);
}
