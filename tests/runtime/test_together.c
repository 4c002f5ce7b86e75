/*
 * Several sets in one program: the order that requirements ask for, in one database or two, and what is refused before
 * anything is written.
 */
#include <stdio.h>
#include <string.h>

#include "pair.h"

static void sets_take_turns_in_one_database(void **state)
{
	struct pair *pair = pair_begin(state);

	pair_in_one_database(pair);
	pair_add_turns(pair);
	assert_int_equal(pair_migrate(pair), BOBOLINK_OK);
	pair_says(pair->db, pair_in_order, "a/1,a/2,b/1,b/2,a/3");
	/* Both parts of a are one run. */
	pair_says(pair->db, pair_batches, "1,1,1,1,1");
	assert_int_equal(pair_migrate(pair), BOBOLINK_OK);
	pair_says(pair->db, "SELECT count(*) FROM bobolink_head WHERE digest IS NOT NULL", "2");
	pair_end(pair);
}

static void sets_take_turns_over_one_connection(void **state)
{
	struct pair *pair = pair_begin(state);

	pair->db = pair->fixture->db;
	pair_add_turns(pair);
	assert_int_equal(pair_migrate(pair), BOBOLINK_OK);
	pair_says(pair->db, pair_in_order, "a/1,a/2,b/1,b/2,a/3");
	pair_end(pair);
}

static void sets_take_turns_over_two_databases(void **state)
{
	struct pair *pair = pair_begin(state);

	pair_in_two_databases(pair);
	pair_add_turns(pair);
	assert_int_equal(pair_migrate(pair), BOBOLINK_OK);
	pair_says(pair->fixture->db, pair_in_order, "a/1,a/2,a/3");
	pair_says(pair->fixture->db, pair_batches, "1,1,1");
	pair_says(pair->db, pair_in_order, "b/1,b/2");
	pair_end(pair);
}

static void the_parts_of_a_run_share_a_backup(void **state)
{
	struct pair *pair;
	char directory[300];

	/* Another engine needs its dump program. */
	if (strcmp(engine()->name, "sqlite") != 0)
		skip();
	pair = pair_begin(state);
	pair_in_one_database(pair);
	snprintf(directory, sizeof(directory), "%s/backups", pair->fixture->directory);
	pair->options.backup = BOBOLINK_BACKUP_ALWAYS;
	pair->options.backup_directory = directory;
	pair_add_turns(pair);
	assert_int_equal(pair_migrate(pair), BOBOLINK_OK);
	pair_says(pair->db, "SELECT set_name FROM bobolink_log WHERE event = 'backup' ORDER BY id",
		  "a,b");
	scratch_remove(directory);
	pair_end(pair);
}

static void a_set_alone_stops_at_what_it_requires(void **state)
{
	struct pair *pair = pair_begin(state);
	const struct bobolink_set *a;
	const struct bobolink_set *b;

	pair_in_one_database(pair);
	pair_add_turns(pair);
	a = hand_set(pair->a, engine()->backend);
	b = hand_set(pair->b, engine()->backend);
	assert_int_equal(bobolink_migrate(a, pair->fixture->db, &pair->options, &pair->error),
			 BOBOLINK_REQUIRED);
	pair_told(pair, BOBOLINK_REQUIRED,
		  "migration 3 (made) of a requires b/2, which is not applied");
	assert_int_equal(pair->error.version, 3);
	assert_int_equal(bobolink_exit_code(BOBOLINK_REQUIRED), 4);
	pair_says(pair->db, pair_in_order, "a/1,a/2");
	assert_int_equal(engine_tables(pair->db, "a!_3"), 0);
	/* It did not fail, and is not held back. */
	pair_says(pair->db, "SELECT count(*) FROM bobolink_history", "2");
	assert_int_equal(bobolink_migrate(b, pair->db, &pair->options, &pair->error), BOBOLINK_OK);
	assert_int_equal(bobolink_migrate(a, pair->fixture->db, &pair->options, &pair->error),
			 BOBOLINK_OK);
	pair_says(pair->db, pair_in_order, "a/1,a/2,b/1,b/2,a/3");
	pair_says(pair->db, pair_batches, "1,1,1,1,1");
	pair_end(pair);
}

static void a_set_alone_does_not_look_into_another_database(void **state)
{
	struct pair *pair = pair_begin(state);

	pair_in_two_databases(pair);
	pair_add(pair->a, "a", 1, "b/1");
	pair_add(pair->b, "b", 1, NULL);
	assert_int_equal(bobolink_migrate(hand_set(pair->b, engine()->backend), pair->db,
					  &pair->options, &pair->error),
			 BOBOLINK_OK);
	assert_int_equal(bobolink_migrate(hand_set(pair->a, engine()->backend), pair->fixture->db,
					  &pair->options, &pair->error),
			 BOBOLINK_REQUIRED);
	assert_int_equal(engine_tables(pair->fixture->db, "a!_1"), 0);
	assert_int_equal(pair_migrate(pair), BOBOLINK_OK);
	pair_end(pair);
}

static void what_was_rolled_back_is_not_applied(void **state)
{
	struct pair *pair = pair_begin(state);

	pair_in_one_database(pair);
	pair_add(pair->a, "a", 1, "b/1");
	pair_add(pair->b, "b", 1, NULL);
	assert_int_equal(bobolink_migrate(hand_set(pair->b, engine()->backend), pair->db,
					  &pair->options, &pair->error),
			 BOBOLINK_OK);
	engine()->run(pair->db, "UPDATE bobolink_history SET status = 'rolled_back'");
	assert_int_equal(bobolink_migrate(hand_set(pair->a, engine()->backend), pair->fixture->db,
					  &pair->options, &pair->error),
			 BOBOLINK_REQUIRED);
	engine()->run(pair->db, "UPDATE bobolink_history SET status = 'baseline'");
	assert_int_equal(bobolink_migrate(hand_set(pair->a, engine()->backend), pair->fixture->db,
					  &pair->options, &pair->error),
			 BOBOLINK_OK);
	pair_end(pair);
}

static void what_runs_outside_a_transaction_waits_too(void **state)
{
	struct pair *pair = pair_begin(state);

	pair_in_two_databases(pair);
	hand_set_add(pair->a, 1, "pieces", BOBOLINK_SECTION_NO_TRANSACTION,
		     "CREATE TABLE a_1 (i INTEGER)", NULL);
	hand_set_requires(pair->a, "b/1");
	pair_add(pair->b, "b", 1, NULL);
	assert_int_equal(bobolink_migrate(hand_set(pair->a, engine()->backend), pair->fixture->db,
					  &pair->options, &pair->error),
			 BOBOLINK_REQUIRED);
	pair_check_nothing_written(pair);
	assert_int_equal(pair_migrate(pair), BOBOLINK_OK);
	pair_says(pair->fixture->db, pair_in_order, "a/1");
	pair_end(pair);
}

static void one_transaction_for_all_is_not_cut(void **state)
{
	struct pair *pair = pair_begin(state);

	pair_in_two_databases(pair);
	pair_add_turns(pair);
	pair->options.transaction = BOBOLINK_TRANSACTION_ALL;
	assert_int_equal(pair_migrate(pair), BOBOLINK_REQUIRED);
	pair_told(pair, BOBOLINK_REQUIRED,
		  "a: migration 3 (made) of a requires b/2, which cannot be");
	pair_check_nothing_written(pair);
	assert_int_equal(bobolink_migrate(hand_set(pair->a, engine()->backend), pair->fixture->db,
					  &pair->options, &pair->error),
			 BOBOLINK_REQUIRED);
	pair_check_nothing_written(pair);
	pair_end(pair);
}

static void one_that_refuses_keeps_all_from_being_written(void **state)
{
	struct pair *pair = pair_begin(state);
	struct hand_set *bad = hand_set_new("b");

	pair_in_two_databases(pair);
	pair_add(pair->a, "a", 1, NULL);
	hand_set_add(bad, 1, "bad", 0, "INSERT INTO nowhere VALUES (1)", NULL);
	hand_set_free(pair->b);
	pair->b = bad;
	assert_int_equal(bobolink_migrate(hand_set(pair->b, engine()->backend), pair->db,
					  &pair->options, &pair->error),
			 BOBOLINK_SQL_ERROR);
	assert_int_equal(pair_migrate(pair), BOBOLINK_HELD);
	pair_told(pair, BOBOLINK_HELD, "b: migration 1 (bad) was refused before");
	assert_int_equal(engine_tables(pair->fixture->db, "%a!_1"), 0);
	/* A start that is told to goes on does what it can. */
	pair->options.on_failure = BOBOLINK_ON_FAILURE_CONTINUE;
	assert_int_equal(pair_migrate(pair), BOBOLINK_OK);
	assert_int_equal(engine_tables(pair->fixture->db, "a!_1"), 1);
	pair_end(pair);
}

static void a_statement_that_is_refused_names_its_set_and_stops_the_rest(void **state)
{
	struct pair *pair = pair_begin(state);

	pair_in_two_databases(pair);
	hand_set_add(pair->a, 1, "bad", 0, "INSERT INTO nowhere VALUES (1)", NULL);
	pair_add(pair->b, "b", 1, NULL);
	assert_int_equal(pair_migrate(pair), BOBOLINK_SQL_ERROR);
	pair_told(pair, BOBOLINK_SQL_ERROR, "a: ");
	assert_int_equal(pair->error.version, 1);
	assert_int_equal(engine_tables(pair->db, "b!_1"), 0);
	pair_end(pair);
}

static void a_set_that_nobody_knows_is_told_before_the_first_write(void **state)
{
	struct pair *pair = pair_begin(state);
	struct hand_set *audit = hand_set_new("audit");

	pair_in_two_databases(pair);
	pair_add(pair->a, "a", 1, NULL);
	pair_add(pair->b, "b", 1, "audit/4");
	assert_int_equal(pair_migrate(pair), BOBOLINK_REQUIRED);
	pair_told(
		pair, BOBOLINK_REQUIRED,
		"b: migration 1 (made) of b requires audit/4, and this program does not carry that "
		"set");
	pair_check_nothing_written(pair);
	/* What is told to go on leaves that one out. */
	pair->options.on_failure = BOBOLINK_ON_FAILURE_CONTINUE;
	assert_int_equal(pair_migrate(pair), BOBOLINK_OK);
	assert_int_equal(engine_tables(pair->fixture->db, "a!_1"), 1);
	assert_int_equal(engine_tables(pair->db, "b!_1"), 0);
	/* Another program has put it into the same database. */
	pair->options.on_failure = BOBOLINK_ON_FAILURE_STOP;
	pair_add(audit, "audit", 4, NULL);
	assert_int_equal(bobolink_migrate(hand_set(audit, engine()->backend), pair->db,
					  &pair->options, &pair->error),
			 BOBOLINK_OK);
	assert_int_equal(pair_migrate(pair), BOBOLINK_OK);
	assert_int_equal(engine_tables(pair->db, "b!_1"), 1);
	hand_set_free(audit);
	pair_end(pair);
}

static void a_version_that_the_other_set_lacks_is_told_before_the_first_write(void **state)
{
	struct pair *pair = pair_begin(state);

	pair_in_two_databases(pair);
	pair_add(pair->a, "a", 1, NULL);
	pair_add(pair->b, "b", 1, "a/2");
	assert_int_equal(pair_migrate(pair), BOBOLINK_REQUIRED);
	pair_told(pair, BOBOLINK_REQUIRED, "requires a/2, which this program does not carry");
	pair_check_nothing_written(pair);
	pair_end(pair);
}

static void two_that_wait_for_each_other_are_told_before_the_first_write(void **state)
{
	struct pair *pair = pair_begin(state);

	pair_in_two_databases(pair);
	pair_add(pair->a, "a", 1, NULL);
	pair_add(pair->a, "a", 2, "b/1");
	pair_add(pair->b, "b", 1, "a/3");
	pair_add(pair->a, "a", 3, NULL);
	assert_int_equal(pair_migrate(pair), BOBOLINK_REQUIRED);
	pair_told(pair, BOBOLINK_REQUIRED,
		  "a: migration 2 (made) of a requires b/1, which cannot be");
	pair_check_nothing_written(pair);
	pair_end(pair);
}

/* --- what a set would be refused for at its own turn ------------------------------------------ */

/* The first set has a pending migration, and must not have been migrated. */
static void refused(struct pair *pair, int code, const char *words)
{
	assert_int_equal(pair_migrate(pair), code);
	pair_told(pair, code, words);
	assert_int_equal(engine_tables(pair->fixture->db, "a!_2"), 0);
	pair_says(pair->fixture->db, pair_in_order, "a/1");
}

/* Both sets have one migration, which is applied; then a/2 is pending. */
static struct pair *pair_begun(void **state)
{
	struct pair *pair = pair_begin(state);

	pair_in_two_databases(pair);
	pair_add(pair->a, "a", 1, NULL);
	pair_add(pair->b, "b", 1, NULL);
	assert_int_equal(pair_migrate(pair), BOBOLINK_OK);
	pair_add(pair->a, "a", 2, NULL);
	return pair;
}

static void a_database_that_is_too_old_is_told_before_the_first_write(void **state)
{
	struct pair *pair = pair_begun(state);

	pair_add(pair->b, "b", 2, NULL);
	hand_set_needs(pair->b, 999000000, "TELEPORT COLUMN (line 12)");
	refused(pair, BOBOLINK_TOO_OLD, "b: migration 2 (made) has TELEPORT COLUMN");
	pair_end(pair);
}

static void rows_that_would_be_lost_are_told_before_the_first_write(void **state)
{
	struct pair *pair = pair_begun(state);

	engine()->run(pair->db, "INSERT INTO b_1 VALUES (1)");
	pair_add(pair->b, "b", 2, NULL);
	hand_set_add(pair->b, 3, "empty", 0, "DELETE FROM b_1", NULL);
	hand_set_losses(pair->b, "rows of b_1\tSELECT count(*) FROM b_1\n");
	pair->options.protect = BOBOLINK_PROTECT_ALWAYS;
	refused(pair, BOBOLINK_DATA_LOSS, "b: migration 3 would destroy rows of b_1 (1 row)");
	pair_says(pair->db, pair_in_order, "b/1");
	/* Told to go on, it does what it can. */
	pair->options.on_failure = BOBOLINK_ON_FAILURE_CONTINUE;
	assert_int_equal(pair_migrate(pair), BOBOLINK_OK);
	pair_says(pair->fixture->db, pair_in_order, "a/1,a/2");
	pair_says(pair->db, pair_in_order, "b/1,b/2");
	/* And by force all. */
	pair->options.on_failure = BOBOLINK_ON_FAILURE_STOP;
	pair->options.protect = BOBOLINK_PROTECT_FORCED;
	assert_int_equal(pair_migrate(pair), BOBOLINK_OK);
	pair_says(pair->db, pair_in_order, "b/1,b/2,b/3");
	pair_end(pair);
}

/* A table that the run itself makes cannot be counted before, and has no rows that anybody could miss. */
static void what_cannot_be_counted_yet_waits_for_its_turn(void **state)
{
	struct pair *pair = pair_begun(state);

	pair_add(pair->b, "b", 2, NULL);
	hand_set_add(pair->b, 3, "empty", 0, "DELETE FROM b_2", NULL);
	hand_set_losses(pair->b, "rows of b_2\tSELECT count(*) FROM b_2\n");
	pair->options.protect = BOBOLINK_PROTECT_ALWAYS;
	assert_int_equal(pair_migrate(pair), BOBOLINK_OK);
	pair_says(pair->db, pair_in_order, "b/1,b/2,b/3");
	pair_end(pair);
}

static void one_transaction_that_is_none_is_told_before_the_first_write(void **state)
{
	struct pair *pair = pair_begun(state);

	hand_set_add(pair->b, 2, "pieces", BOBOLINK_SECTION_NO_TRANSACTION,
		     "CREATE TABLE b_2 (i INTEGER)", NULL);
	pair->options.transaction = BOBOLINK_TRANSACTION_ALL;
	refused(pair, BOBOLINK_USAGE, "b: migration 2 (pieces) cannot run in a transaction");
	pair_end(pair);
}

static int differs(struct bobolink_session *session, int when, struct bobolink_error *error)
{
	(void)session;
	(void)when;
	snprintf(error->message, sizeof(error->message), "the schema differs");
	return error->code = BOBOLINK_DRIFT;
}

/* Also that of a set which has nothing to do. */
static void a_schema_that_differs_is_told_before_the_first_write(void **state)
{
	struct pair *pair = pair_begun(state);

	hand_set_validate(pair->b, differs);
	pair->options.validate = BOBOLINK_VALIDATE_FULL;
	refused(pair, BOBOLINK_DRIFT, "b: the schema differs");
	pair_add(pair->b, "b", 2, NULL);
	refused(pair, BOBOLINK_DRIFT, "b: the schema differs");
	pair_says(pair->db, pair_in_order, "b/1");
	pair_end(pair);
}

static void the_same_files_in_two_sets_are_no_renamed_set(void **state)
{
	static const char common[] = "CREATE TABLE IF NOT EXISTS common (i INTEGER)";
	struct pair *pair = pair_begin(state);

	pair_in_one_database(pair);
	hand_set_add(pair->a, 1, "common", 0, common, NULL);
	hand_set_add(pair->b, 1, "common", 0, common, NULL);
	assert_int_equal(bobolink_migrate(hand_set(pair->a, engine()->backend), pair->fixture->db,
					  &pair->options, &pair->error),
			 BOBOLINK_OK);
	/* Alone it might as well be that set under another name. */
	assert_int_equal(bobolink_migrate(hand_set(pair->b, engine()->backend), pair->db,
					  &pair->options, &pair->error),
			 BOBOLINK_OTHER_NAME);
	assert_int_equal(pair_migrate(pair), BOBOLINK_OK);
	pair_says(pair->db, pair_in_order, "a/1,b/1");
	pair_end(pair);
}

static void a_program_that_says_which_sets_it_has_may_migrate_them_one_by_one(void **state)
{
	static const char common[] = "CREATE TABLE IF NOT EXISTS common (i INTEGER)";
	struct pair *pair = pair_begin(state);
	const struct bobolink_set *sets[3] = { NULL };

	pair_in_one_database(pair);
	hand_set_add(pair->a, 1, "common", 0, common, NULL);
	hand_set_add(pair->b, 1, "common", 0, common, NULL);
	sets[0] = hand_set(pair->a, engine()->backend);
	sets[1] = hand_set(pair->b, engine()->backend);
	pair->options.sets = sets;
	for (int i = 0; i < 2; i++)
		assert_int_equal(bobolink_migrate(sets[i], pair->db, &pair->options, &pair->error),
				 BOBOLINK_OK);
	pair_says(pair->db, pair_in_order, "a/1,b/1");
	pair_end(pair);
}

static void a_renamed_set_is_still_found_beside_another(void **state)
{
	struct pair *pair = pair_begin(state);
	struct hand_set *former = hand_set_new("former");

	pair_in_one_database(pair);
	pair_add(former, "a", 1, NULL);
	pair_add(pair->a, "a", 1, NULL);
	pair_add(pair->b, "b", 1, NULL);
	assert_int_equal(bobolink_migrate(hand_set(former, engine()->backend), pair->db,
					  &pair->options, &pair->error),
			 BOBOLINK_OK);
	assert_int_equal(pair_migrate(pair), BOBOLINK_OTHER_NAME);
	pair_told(pair, BOBOLINK_OTHER_NAME, "under the name \"former\"");
	assert_int_equal(engine_tables(pair->db, "b!_1"), 0);
	hand_set_free(former);
	pair_end(pair);
}

static void a_set_is_given_once(void **state)
{
	struct pair *pair = pair_begin(state);

	pair_in_two_databases(pair);
	pair_add(pair->a, "a", 1, NULL);
	hand_set_free(pair->b);
	pair->b = hand_set_new("a");
	pair_add(pair->b, "a", 1, NULL);
	assert_int_equal(pair_migrate(pair), BOBOLINK_USAGE);
	pair_told(pair, BOBOLINK_USAGE, "the set a is given twice");
	pair_check_nothing_written(pair);
	pair_end(pair);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(sets_take_turns_in_one_database),
		FIXTURE_TEST(sets_take_turns_over_one_connection),
		FIXTURE_TEST(sets_take_turns_over_two_databases),
		FIXTURE_TEST(the_parts_of_a_run_share_a_backup),
		FIXTURE_TEST(a_set_alone_stops_at_what_it_requires),
		FIXTURE_TEST(a_set_alone_does_not_look_into_another_database),
		FIXTURE_TEST(what_was_rolled_back_is_not_applied),
		FIXTURE_TEST(what_runs_outside_a_transaction_waits_too),
		FIXTURE_TEST(one_transaction_for_all_is_not_cut),
		FIXTURE_TEST(one_that_refuses_keeps_all_from_being_written),
		FIXTURE_TEST(a_statement_that_is_refused_names_its_set_and_stops_the_rest),
		FIXTURE_TEST(a_set_that_nobody_knows_is_told_before_the_first_write),
		FIXTURE_TEST(a_version_that_the_other_set_lacks_is_told_before_the_first_write),
		FIXTURE_TEST(two_that_wait_for_each_other_are_told_before_the_first_write),
		FIXTURE_TEST(a_database_that_is_too_old_is_told_before_the_first_write),
		FIXTURE_TEST(rows_that_would_be_lost_are_told_before_the_first_write),
		FIXTURE_TEST(what_cannot_be_counted_yet_waits_for_its_turn),
		FIXTURE_TEST(one_transaction_that_is_none_is_told_before_the_first_write),
		FIXTURE_TEST(a_schema_that_differs_is_told_before_the_first_write),
		FIXTURE_TEST(the_same_files_in_two_sets_are_no_renamed_set),
		FIXTURE_TEST(a_program_that_says_which_sets_it_has_may_migrate_them_one_by_one),
		FIXTURE_TEST(a_renamed_set_is_still_found_beside_another),
		FIXTURE_TEST(a_set_is_given_once),
	};

	return engine_run_group_tests(tests);
}
