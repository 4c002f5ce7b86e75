/*
 * Rollbacks that stop in the middle, and those of a program that does not carry what it undoes.
 */
#include <stdio.h>
#include <string.h>

#include "fixture.h"

#define PIECE (BOBOLINK_STATEMENT_NO_TRANSACTION | BOBOLINK_STATEMENT_REPEATABLE)

static bool is_postgres(void)
{
	return strcmp(engine()->name, "postgres") == 0;
}

static void boot_with(struct fixture *fixture, struct hand_set *set)
{
	fixture_replace_set(fixture, set);
	fixture_open(fixture);
	if (bobolink_boot(fixture->session, &fixture->error))
		fail_msg("%s", fixture->error.message);
}

static int roll_back(struct fixture *fixture)
{
	return bobolink_rollback(fixture->session, 1, 0, NULL, &fixture->error);
}

static void assert_rows(struct fixture *fixture, const char *expected)
{
	fixture_says(fixture,
		     "SELECT CAST(version AS TEXT) || ':' || status FROM bobolink_history ORDER BY "
		     "id",
		     expected);
}

/* --- in a transaction ------------------------------------------------------------------------ */

static void a_down_that_is_refused_changes_nothing(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = hand_set_reversible("shop", 1);

	hand_set_add(set, 2, "bad", 0, "CREATE TABLE t_2 (x INTEGER)", NULL);
	hand_set_down(set, 0, "DROP TABLE t_2", "DROP TABLE nowhere", NULL);
	hand_set_add(set, 3, "good", 0, "CREATE TABLE t_3 (x INTEGER)", NULL);
	hand_set_down(set, 0, "DROP TABLE t_3", NULL);
	boot_with(fixture, set);
	assert_int_equal(roll_back(fixture), BOBOLINK_SQL_ERROR);
	assert_int_equal(fixture->error.version, 2);
	assert_int_equal(fixture->error.line, 2);
	/* Where the name stands. */
	assert_int_equal(fixture->error.column, 12);
	assert_int_equal(fixture->error.statement, 2);
	assert_string_equal(fixture->error.file, "migrations/0002_bad.sql");
	assert_false(engine()->in_transaction(fixture->db));
	assert_rows(fixture, "1:applied,2:applied,3:rolled_back");
	assert_int_equal(engine_tables(fixture->db, "t!_2"), 1);
	assert_int_equal(engine_tables(fixture->db, "t!_3"), 0);
	assert_int_equal(fixture_number(fixture, "SELECT version FROM bobolink_head"), 2);
	assert_int_equal(fixture_number(fixture,
					"SELECT count(*) FROM bobolink_log WHERE event = 'failed' "
					"AND item = '2' AND detail LIKE "
					"'migrations/0002_bad.sql:2:12: %(statement 2)'"),
			 1);
	fixture_says(
		fixture,
		"SELECT item || event FROM bobolink_log WHERE event <> 'plan' ORDER BY id DESC "
		"LIMIT 4",
		"2failed,2begin,3rolled_back,3begin");
}

/* --- outside a transaction ------------------------------------------------------------------- */

/* The second statement of its down runs alone. */
static struct hand_set *set_in_pieces(void)
{
	struct hand_set *set = hand_set_reversible("shop", 1);

	hand_set_add(set, 2, "pieces", 0, "CREATE TABLE t_2 (x INTEGER)",
		     "CREATE INDEX i_2 ON t_2 (x)", "INSERT INTO ran VALUES (2)", NULL);
	hand_set_down(set, BOBOLINK_SECTION_NO_TRANSACTION, "DELETE FROM ran WHERE i = 2",
		      is_postgres() ? "DROP INDEX CONCURRENTLY i_2" : "VACUUM", "DROP TABLE t_2",
		      NULL);
	if (is_postgres())
		hand_set_down_statement(
			set, 1, BOBOLINK_STATEMENT_NO_TRANSACTION,
			"SELECT CASE WHEN pg_catalog.to_regclass('public.i_2') IS NULL "
			"THEN 'done' ELSE 'absent' END");
	else
		hand_set_down_statement(set, 1, PIECE, NULL);
	return set;
}

struct stop {
	int at;
	int calls;
};

static int stop_at(void *context, const struct bobolink_progress *progress)
{
	struct stop *stop = context;

	(void)progress;
	return ++stop->calls == stop->at;
}

static void reopen(struct fixture *fixture)
{
	bobolink_close(fixture->session);
	fixture_open(fixture);
}

/* Begins the rollback of the set and stops it at its n-th question. */
static int stopped_rollback(struct fixture *fixture, int at)
{
	struct stop stop = { .at = at };
	int rc;

	fixture->options.progress = stop_at;
	fixture->options.progress_context = &stop;
	reopen(fixture);
	rc = roll_back(fixture);
	fixture->options.progress = NULL;
	reopen(fixture);
	assert_false(engine()->in_transaction(fixture->db));
	return rc;
}

static void a_down_without_a_transaction_goes_on_where_it_stopped(void **state)
{
	struct fixture *fixture = *state;

	for (int at = 1; at <= 3; at++) {
		boot_with(fixture, set_in_pieces());
		assert_int_equal(stopped_rollback(fixture, at), BOBOLINK_INTERRUPTED);
		assert_int_equal(fixture_number(fixture, "SELECT statements_done FROM "
							 "bobolink_history WHERE status = "
							 "'rolling_back'"),
				 at - 1);
		assert_int_equal(bobolink_boot(fixture->session, &fixture->error),
				 BOBOLINK_HALFWAY);
		fixture_told(fixture, BOBOLINK_HALFWAY, "--migrate-rollback");
		assert_int_equal(bobolink_exit_code(BOBOLINK_HALFWAY), 9);
		assert_int_equal(bobolink_apply(fixture->session, BOBOLINK_HEAD, NULL, NULL),
				 BOBOLINK_HALFWAY);
		assert_int_equal(roll_back(fixture), BOBOLINK_OK);
		assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM bobolink_history "
							 "WHERE status = 'rolled_back'"),
				 2 * at);
		assert_int_equal(engine_tables(fixture->db, "t!_%"), 0);
		/* Another life for the next round. */
		assert_int_equal(bobolink_apply(fixture->session, BOBOLINK_HEAD, NULL, NULL),
				 BOBOLINK_OK);
	}
	fixture_says(fixture, "SELECT i FROM ran ORDER BY i", "1,2");
}

static void what_was_done_is_asked_of_the_database(void **state)
{
	struct fixture *fixture = *state;

	if (!is_postgres())
		skip();
	boot_with(fixture, set_in_pieces());
	assert_int_equal(stopped_rollback(fixture, 2), BOBOLINK_INTERRUPTED);
	/* The statement was done, and the program killed before it could count that. */
	fixture_run(fixture, "DROP INDEX i_2");
	assert_int_equal(roll_back(fixture), BOBOLINK_OK);
	assert_int_equal(engine_tables(fixture->db, "t!_%"), 0);
}

static void a_down_in_pieces_that_is_refused_goes_on_when_mended(void **state)
{
	struct fixture *fixture = *state;

	boot_with(fixture, set_in_pieces());
	fixture_run(fixture, "ALTER TABLE t_2 RENAME TO u_2");
	assert_int_equal(roll_back(fixture), BOBOLINK_HALFWAY);
	fixture_told(fixture, BOBOLINK_HALFWAY, "statements done, which stay: 2 of 3");
	fixture_told(fixture, BOBOLINK_HALFWAY, "--migrate-rollback goes on");
	assert_int_equal(fixture->error.line, 3);
	assert_rows(fixture, "1:applied,2:rolling_back");
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM bobolink_history WHERE "
						 "error_message LIKE "
						 "'migrations/0002_pieces.sql:3:%'"),
			 1);
	fixture_run(fixture, "ALTER TABLE u_2 RENAME TO t_2");
	assert_int_equal(roll_back(fixture), BOBOLINK_OK);
	assert_rows(fixture, "1:rolled_back,2:rolled_back");
}

static int64_t statements_done(struct fixture *fixture)
{
	return fixture_number(fixture, "SELECT statements_done FROM bobolink_history WHERE version "
				       "= 2 AND status = 'rolling_back'");
}

/* The second statement of its down runs alone, nobody can ask for it, and twice is wrong. */
static void what_cannot_be_asked_is_not_done_twice(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = hand_set_reversible("shop", 1);

	hand_set_add(set, 2, "pieces", 0, "CREATE TABLE t_2 (x INTEGER)",
		     "INSERT INTO ran VALUES (2)", NULL);
	hand_set_down(set, BOBOLINK_SECTION_NO_TRANSACTION, "DROP TABLE t_2",
		      "UPDATE ran SET i = i - 1 WHERE i < 2", "DELETE FROM ran WHERE i = 2", NULL);
	hand_set_down_statement(set, 1, BOBOLINK_STATEMENT_NO_TRANSACTION, NULL);
	boot_with(fixture, set);
	assert_int_equal(stopped_rollback(fixture, 2), BOBOLINK_INTERRUPTED);
	assert_int_equal(roll_back(fixture), BOBOLINK_HALFWAY);
	fixture_told(fixture, BOBOLINK_HALFWAY, "whether this statement was done is not known");
	fixture_told(fixture, BOBOLINK_HALFWAY, "--migrate-mark=2:applied");
	assert_int_equal(fixture->error.statement, 2);
	assert_int_equal(fixture->error.line, 2);
	assert_int_equal(statements_done(fixture), 1);
	fixture_says(fixture, "SELECT i FROM ran ORDER BY i", "1,2");
	assert_int_equal(bobolink_rollback(fixture->session, 1, BOBOLINK_FORCE, NULL, NULL),
			 BOBOLINK_OK);
	assert_rows(fixture, "1:rolled_back,2:rolled_back");
}

/* What was refused was not done: it is run again, and what is behind it is not taken for refused. */
static void what_was_refused_alone_is_run_again(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = hand_set_reversible("shop", 1);

	hand_set_add(set, 2, "pieces", 0, "CREATE TABLE t_2 (x INTEGER)", NULL);
	hand_set_down(set, BOBOLINK_SECTION_NO_TRANSACTION, "DROP TABLE t_2", "DROP TABLE mended",
		      "UPDATE ran SET i = i - 1", NULL);
	hand_set_down_statement(set, 1, BOBOLINK_STATEMENT_NO_TRANSACTION, NULL);
	hand_set_down_statement(set, 2, BOBOLINK_STATEMENT_NO_TRANSACTION, NULL);
	boot_with(fixture, set);
	assert_int_equal(roll_back(fixture), BOBOLINK_HALFWAY);
	fixture_told(fixture, BOBOLINK_HALFWAY, "--migrate-rollback goes on");
	fixture_run(fixture, "CREATE TABLE mended (x INTEGER)");
	assert_int_equal(stopped_rollback(fixture, 2), BOBOLINK_INTERRUPTED);
	assert_int_equal(statements_done(fixture), 2);
	assert_int_equal(roll_back(fixture), BOBOLINK_HALFWAY);
	fixture_told(fixture, BOBOLINK_HALFWAY, "whether this statement was done is not known");
	fixture_says(fixture, "SELECT i FROM ran", "1");
}

static struct hand_set *set_with_children(void)
{
	struct hand_set *set = hand_set_new("shop");

	hand_set_add(set, 1, "tables", 0, "CREATE TABLE p (id INTEGER PRIMARY KEY)",
		     "CREATE TABLE c (p INTEGER REFERENCES p ON DELETE CASCADE)",
		     "INSERT INTO p VALUES (1)", "INSERT INTO c VALUES (1)", NULL);
	return set;
}

/*
 * SQLite: with foreign keys on, dropping the parent would delete the child's rows. The program that undoes it has
 * from the history alone that they must be off.
 */
static void a_rebuild_without_foreign_keys_keeps_the_children(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_plan *plan;

	if (is_postgres())
		skip();
	fixture_run(fixture, "PRAGMA foreign_keys = ON");
	fixture_replace_set(fixture, set_with_children());
	hand_set_add(fixture->set, 2, "column", 0, "ALTER TABLE p ADD COLUMN note TEXT", NULL);
	hand_set_down(fixture->set, BOBOLINK_SECTION_FOREIGN_KEYS_OFF,
		      "CREATE TABLE new (id INTEGER PRIMARY KEY)",
		      "INSERT INTO new SELECT id FROM p", "DROP TABLE p",
		      "ALTER TABLE new RENAME TO p", NULL);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_replace_set(fixture, set_with_children());
	fixture_open(fixture);
	assert_int_equal(bobolink_plan_to(fixture->session, 1, &plan, NULL), BOBOLINK_OK);
	assert_true(plan->steps[0].flags & BOBOLINK_SECTION_FOREIGN_KEYS_OFF);
	assert_int_equal(bobolink_run(fixture->session, plan, 0, NULL, NULL), BOBOLINK_OK);
	bobolink_plan_free(plan);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM c"), 1);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM pragma_table_info('p')"), 1);
	assert_int_equal(fixture_number(fixture, "PRAGMA foreign_keys"), 1);
}

/* --- with the downs that the newer program left ---------------------------------------------- */

static void an_older_program_steps_back(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_plan_statement statement;
	struct bobolink_plan *plan;

	boot_with(fixture, hand_set_reversible("shop", 3));
	fixture_run(fixture, "INSERT INTO t_3 VALUES (7)");
	fixture_replace_set(fixture, hand_set_reversible("shop", 2));
	fixture_open(fixture);
	assert_int_equal(bobolink_boot(fixture->session, &fixture->error), BOBOLINK_NEWER);
	fixture_told(fixture, BOBOLINK_NEWER, "migration 3 (next)");
	fixture_told(fixture, BOBOLINK_NEWER, "ends at 2");
	fixture_told(fixture, BOBOLINK_NEWER, "--migrate-to=2");
	assert_int_equal(bobolink_plan_to(fixture->session, 2, &plan, &fixture->error),
			 BOBOLINK_OK);
	assert_int_equal(plan->count, 1);
	assert_int_equal(plan->steps[0].stored, 1);
	assert_int_equal(plan->steps[0].index, UINT32_MAX);
	assert_string_equal(plan->steps[0].name, "next");
	assert_string_equal(plan->steps[0].file, "migrations/0003_next.sql");
	assert_int_equal(plan->steps[0].statements, 2);
	assert_true(bobolink_plan_statement(plan, &plan->steps[0], 1, &statement));
	assert_string_equal(statement.text, "DROP TABLE t_3");
	assert_int_equal(statement.line, 2);
	assert_false(bobolink_plan_statement(plan, &plan->steps[0], 2, &statement));
	assert_int_equal(plan->at_stake, 1);
	assert_string_equal(plan->losses[0].what, "table t_3");
	assert_int_equal(bobolink_run(fixture->session, plan, 0, NULL, NULL), BOBOLINK_DATA_LOSS);
	assert_int_equal(bobolink_run(fixture->session, plan, BOBOLINK_FORCE, NULL, NULL),
			 BOBOLINK_OK);
	bobolink_plan_free(plan);
	assert_int_equal(bobolink_boot(fixture->session, &fixture->error), BOBOLINK_OK);
	assert_rows(fixture, "1:applied,2:applied,3:rolled_back");
	fixture_says(fixture, "SELECT i FROM ran ORDER BY i", "1,2");
	assert_int_equal(fixture_number(fixture, "SELECT count(digest) FROM bobolink_head"), 1);
	/* And forth again. */
	fixture_replace_set(fixture, hand_set_reversible("shop", 3));
	fixture_open(fixture);
	assert_int_equal(bobolink_boot(fixture->session, &fixture->error), BOBOLINK_HELD);
	assert_int_equal(bobolink_apply(fixture->session, BOBOLINK_HEAD, NULL, NULL), BOBOLINK_OK);
}

/* A refused statement of a stored down is named as one of a carried down is. */
static void errors_in_a_stored_down_have_their_place(void **state)
{
	struct fixture *fixture = *state;

	boot_with(fixture, hand_set_reversible("shop", 3));
	fixture_run(fixture, "DROP TABLE t_3");
	fixture_run(fixture, "UPDATE bobolink_history SET down_sql = "
			     "replace(down_sql, 'count(*) FROM t_3', 'count(*) FROM t_2')");
	fixture_replace_set(fixture, hand_set_reversible("shop", 2));
	fixture_open(fixture);
	assert_int_equal(roll_back(fixture), BOBOLINK_SQL_ERROR);
	assert_string_equal(fixture->error.file, "migrations/0003_next.sql");
	assert_int_equal(fixture->error.line, 2);
	assert_int_equal(fixture->error.statement, 2);
	assert_rows(fixture, "1:applied,2:applied,3:applied");
}

/* This program has another migration 3: what was applied is undone, not what it carries. */
static void a_changed_migration_is_undone_by_the_down_it_was_applied_with(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = hand_set_reversible("shop", 2);
	struct bobolink_plan *plan;

	boot_with(fixture, hand_set_reversible("shop", 3));
	hand_set_add(set, 3, "other", 0, "CREATE TABLE other (x INTEGER)", NULL);
	hand_set_down(set, 0, "DROP TABLE other", NULL);
	fixture_replace_set(fixture, set);
	fixture_open(fixture);
	assert_int_equal(bobolink_plan_to(fixture->session, 2, &plan, &fixture->error),
			 BOBOLINK_OK);
	assert_int_equal(plan->steps[0].stored, 1);
	assert_int_equal(bobolink_run(fixture->session, plan, 0, NULL, &fixture->error),
			 BOBOLINK_OK);
	bobolink_plan_free(plan);
	assert_int_equal(engine_tables(fixture->db, "t!_3"), 0);
	/* What was rolled back and changed is new. */
	assert_int_equal(bobolink_boot(fixture->session, &fixture->error), BOBOLINK_OK);
	assert_int_equal(engine_tables(fixture->db, "other"), 1);
}

static void a_stored_down_that_cannot_be_read_is_not_run(void **state)
{
	static const char *const changes[] = {
		"''",
		"'DROP TABLE t_1'",
		"'-- 14 1:1 0' || chr(10) || 'DROP TABLE t_1' || chr(10)",
		"substr(down_sql, 1, length(down_sql) - 1)",
		"down_sql || 'DROP TABLE t_1'",
		"replace(down_sql, '-- 14 ', '-- 4294967295 ')",
		"replace(down_sql, '-- 14 ', '-- 14294967295 ')",
		"replace(down_sql, '-- 14 ', '-- 13 ')",
	};
	struct fixture *fixture = *state;
	char sql[300];

	boot_with(fixture, hand_set_reversible("shop", 3));
	fixture_replace_set(fixture, hand_set_reversible("shop", 2));
	fixture_open(fixture);
	fixture_run(fixture, "CREATE TABLE kept AS SELECT down_sql FROM bobolink_history WHERE "
			     "version = 3");
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		char *chr;

		snprintf(sql, sizeof(sql),
			 "UPDATE bobolink_history SET down_sql = %s WHERE version = 3", changes[i]);
		/* One spelling of a newline's name for each database, of the same length. */
		while (!is_postgres() && (chr = strstr(sql, " chr(")) != NULL)
			memcpy(chr, "char(", 5);
		fixture_run(fixture, sql);
		if (roll_back(fixture) != BOBOLINK_CORRUPT)
			fail_msg("%s: %s", changes[i], fixture->error.message);
		fixture_told(fixture, BOBOLINK_CORRUPT, "restore a backup");
		assert_rows(fixture, "1:applied,2:applied,3:applied");
		assert_int_equal(engine_tables(fixture->db, "t!_%"), 3);
		fixture_run(fixture, "UPDATE bobolink_history SET down_sql = (SELECT down_sql FROM "
				     "kept) WHERE version = 3");
	}
	assert_int_equal(roll_back(fixture), BOBOLINK_OK);
}

/* What counts the rows comes from the database, and is asked before anybody has seen it. */
static void looking_at_a_stored_down_changes_nothing(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_plan *plan;

	boot_with(fixture, hand_set_reversible("shop", 3));
	fixture_replace_set(fixture, hand_set_reversible("shop", 2));
	fixture_run(fixture,
		    is_postgres()
			    ? "CREATE FUNCTION u_3() RETURNS bigint LANGUAGE sql AS 'DELETE FROM "
			      "ran RETURNING 1'; UPDATE bobolink_history SET down_sql = "
			      "replace(down_sql, 'SELECT count(*) FROM t_3', 'SELECT u_3()         "
			      "   ')"
			    : "UPDATE bobolink_history SET down_sql = replace(down_sql, 'SELECT "
			      "count(*) FROM t_3', 'DELETE FROM ran         ')");
	fixture_open(fixture);
	assert_int_equal(bobolink_plan_to(fixture->session, 2, &plan, &fixture->error),
			 BOBOLINK_OK);
	assert_int_equal(plan->losses[0].rows, -1);
	assert_int_equal(plan->at_stake, 1);
	bobolink_plan_free(plan);
	fixture_says(fixture, "SELECT count(*) FROM ran", "3");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(a_down_that_is_refused_changes_nothing),
		FIXTURE_TEST(a_down_without_a_transaction_goes_on_where_it_stopped),
		FIXTURE_TEST(what_was_done_is_asked_of_the_database),
		FIXTURE_TEST(a_down_in_pieces_that_is_refused_goes_on_when_mended),
		FIXTURE_TEST(what_cannot_be_asked_is_not_done_twice),
		FIXTURE_TEST(what_was_refused_alone_is_run_again),
		FIXTURE_TEST(a_rebuild_without_foreign_keys_keeps_the_children),
		FIXTURE_TEST(an_older_program_steps_back),
		FIXTURE_TEST(errors_in_a_stored_down_have_their_place),
		FIXTURE_TEST(a_changed_migration_is_undone_by_the_down_it_was_applied_with),
		FIXTURE_TEST(a_stored_down_that_cannot_be_read_is_not_run),
		FIXTURE_TEST(looking_at_a_stored_down_changes_nothing),
	};

	return engine_run_group_tests(tests);
}
