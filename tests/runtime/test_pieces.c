/*
 * Migrations outside a transaction: the lock between the pieces, and how one that stopped goes on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "fixture.h"

#define OUTSIDE	   BOBOLINK_SECTION_NO_TRANSACTION
#define ALONE	   BOBOLINK_STATEMENT_NO_TRANSACTION
#define REPEATABLE (BOBOLINK_STATEMENT_NO_TRANSACTION | BOBOLINK_STATEMENT_REPEATABLE)

static void the_file_is_free_after_a_run_outside_transactions(void **state)
{
	struct fixture *fixture = *state;
	sqlite3 *other = database_open(fixture->path);

	hand_set_add(fixture->set, 4, "shrink", OUTSIDE, "CREATE TABLE x (y)", "VACUUM",
		     "INSERT INTO x VALUES (1)", NULL);
	hand_set_statement_flags(fixture->set, 1, REPEATABLE);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	database_run(other, "INSERT INTO x VALUES (2)");
	assert_int_equal(database_number(fixture->db, "SELECT count(*) FROM x"), 2);
	sqlite3_close(other);
}

static void a_change_to_wal_leaves_the_file_to_others(void **state)
{
	struct fixture *fixture = *state;
	sqlite3 *other;

	hand_set_add(fixture->set, 4, "wal", OUTSIDE, "CREATE TABLE x (y)",
		     "PRAGMA journal_mode=WAL", "INSERT INTO x VALUES (1)", NULL);
	hand_set_statement_flags(fixture->set, 1, REPEATABLE);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_string_equal(database_text(fixture->db, "PRAGMA journal_mode"), "wal");
	other = database_open(fixture->path);
	database_run(other, "INSERT INTO x VALUES (2)");
	assert_int_equal(database_number(fixture->db, "SELECT count(*) FROM x"), 2);
	sqlite3_close(other);
}

/* As a run leaves it that was killed behind statement `done` of the last migration. */
static void pretend_killed(struct fixture *fixture, int64_t version, const char *done_sql, int done)
{
	char sql[400];

	database_run(fixture->db, done_sql);
	snprintf(sql, sizeof(sql),
		 "UPDATE bobolink_history SET status = 'running', statements_done = %d, "
		 "duration_ms = NULL, attempts = 0 WHERE version = %lld;"
		 "UPDATE bobolink_head SET digest = NULL, revision = revision + 1",
		 done, (long long)version);
	database_run(fixture->db, sql);
}

static void a_killed_run_outside_transactions_is_resumed(void **state)
{
	struct fixture *fixture = *state;

	hand_set_add(fixture->set, 4, "pieces", OUTSIDE, "CREATE TABLE x (y)",
		     "INSERT INTO x VALUES (1)", "VACUUM", "INSERT INTO x VALUES (2)", NULL);
	hand_set_statement_flags(fixture->set, 2, REPEATABLE);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_int_equal(database_number(fixture->db, "SELECT count(*) FROM x"), 2);
	for (int done = 2; done <= 4; done++) {
		pretend_killed(fixture, 4, "DELETE FROM x WHERE y = 2", done);
		assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
		assert_int_equal(database_number(fixture->db, "SELECT count(*) FROM x"),
				 done < 4 ? 2 : 1);
		assert_string_equal(database_text(fixture->db,
						  "SELECT status || statements_done FROM "
						  "bobolink_history WHERE version = 4"),
				    "applied4");
	}
}

static void a_bare_statement_in_doubt_is_not_repeated(void **state)
{
	struct fixture *fixture = *state;

	hand_set_add(fixture->set, 4, "pieces", OUTSIDE, "CREATE TABLE x (y)", "VACUUM", NULL);
	hand_set_statement_flags(fixture->set, 1, ALONE);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	pretend_killed(fixture, 4, "", 1);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_HALFWAY);
	assert_int_equal(bobolink_exit_code(BOBOLINK_HALFWAY), 9);
	assert_int_equal(fixture->error.version, 4);
}

static void a_refusal_half_way_is_told_and_gone_on_with(void **state)
{
	struct fixture *fixture = *state;

	hand_set_add(fixture->set, 4, "pieces", OUTSIDE, "CREATE TABLE x (y)",
		     "INSERT INTO later VALUES (1)", "INSERT INTO x VALUES (2)", NULL);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_HALFWAY);
	assert_non_null(strstr(fixture->error.message, "no such table: later"));
	assert_non_null(strstr(fixture->error.message, "statements done, which stay: 1 of 3"));
	assert_int_equal(fixture->error.line, 2);
	assert_int_equal(fixture->error.column, 13);
	assert_string_equal(database_text(fixture->db,
					  "SELECT status || statements_done || error_message "
					  "FROM bobolink_history WHERE version = 4"),
			    "running1no such table: later");
	database_run(fixture->db, "CREATE TABLE later (x)");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_int_equal(database_number(fixture->db, "SELECT count(*) FROM later"), 1);
	assert_int_equal(database_number(fixture->db, "SELECT attempts FROM bobolink_history "
						      "WHERE version = 4"),
			 2);
}

static void a_first_statement_that_is_refused_left_nothing(void **state)
{
	struct fixture *fixture = *state;

	hand_set_add(fixture->set, 4, "pieces", OUTSIDE, "INSERT INTO nowhere VALUES (1)",
		     "CREATE TABLE x (y)", NULL);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	assert_string_equal(database_text(fixture->db, "SELECT status FROM bobolink_history "
						       "WHERE version = 4"),
			    "failed");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_HELD);
}

struct other {
	const char *path;
	int tried;
	int busy;
};

/* Tries to get in between two pieces. */
static int get_between(void *context, const struct bobolink_progress *progress)
{
	struct other *other = context;
	sqlite3 *db;

	if (progress->version != 4 || progress->statement != 2)
		return 0;
	db = database_open(other->path);
	other->tried++;
	other->busy += sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_BUSY;
	sqlite3_close(db);
	return 0;
}

static void nobody_gets_between_two_pieces(void **state)
{
	struct fixture *fixture = *state;
	struct other other = { .path = fixture->path };

	hand_set_add(fixture->set, 4, "shrink", OUTSIDE, "CREATE TABLE x (y)", "VACUUM",
		     "INSERT INTO x VALUES (1)", NULL);
	hand_set_statement_flags(fixture->set, 1, REPEATABLE);
	fixture->options.progress = get_between;
	fixture->options.progress_context = &other;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_int_equal(other.tried, 1);
	assert_int_equal(other.busy, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(the_file_is_free_after_a_run_outside_transactions),
		FIXTURE_TEST(a_change_to_wal_leaves_the_file_to_others),
		FIXTURE_TEST(a_killed_run_outside_transactions_is_resumed),
		FIXTURE_TEST(a_bare_statement_in_doubt_is_not_repeated),
		FIXTURE_TEST(a_refusal_half_way_is_told_and_gone_on_with),
		FIXTURE_TEST(a_first_statement_that_is_refused_left_nothing),
		FIXTURE_TEST(nobody_gets_between_two_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
