/*
 * Statements of migrations on PostgreSQL: very long ones, very many, those that answer much; and where the errors
 * are of those that are refused.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bobolink/postgres.h>

#include "fixture.h"

/* The error, its migration, file, line and column, which counts characters. */
static void told_at(const struct fixture *fixture, const char *words, int64_t version,
		    const char *file, uint32_t line, uint32_t column)
{
	fixture_told(fixture, BOBOLINK_SQL_ERROR, words);
	assert_int_equal(fixture->error.version, version);
	assert_string_equal(fixture->error.file, file);
	assert_int_equal(fixture->error.line, line);
	assert_int_equal(fixture->error.column, column);
}

/* Nothing stays of the fourth migration but the record that it was refused. */
static void assert_undone(struct fixture *fixture)
{
	assert_false(engine()->in_transaction(fixture->db));
	assert_int_equal(engine_tables(fixture->db, "made"), 0);
	assert_string_equal(fixture_text(fixture, "SELECT status FROM bobolink_history WHERE "
						  "version = 4"),
			    "failed");
}

static void copy_from_and_to_the_client_is_refused(void **state)
{
	static const char *const copies[] = {
		"COPY ran FROM STDIN",
		"copy ran (i) from stdin with (format csv)",
		"COPY ran TO STDOUT",
		"COPY (SELECT 'to program' AS \"from file\") TO /* here */ StdOut",
	};
	struct fixture *fixture = *state;

	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	for (size_t i = 0; i < sizeof(copies) / sizeof(copies[0]); i++) {
		fixture_replace_set(fixture, hand_set_counting("shop", 3));
		hand_set_add(fixture->set, 4, "copy", 0, "CREATE TABLE made (x INTEGER)", copies[i],
			     NULL);
		assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
		told_at(fixture, "COPY from or to the client is not for migrations", 4,
			"migrations/0004_copy.sql", 2, 1);
		assert_undone(fixture);
	}
}

static void nor_outside_transactions(void **state)
{
	struct fixture *fixture = *state;

	hand_set_add(fixture->set, 4, "copy", BOBOLINK_SECTION_NO_TRANSACTION,
		     "COPY ran FROM STDIN", NULL);
	hand_set_statement_flags(fixture->set, 0, BOBOLINK_STATEMENT_NO_TRANSACTION);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	fixture_told(fixture, BOBOLINK_SQL_ERROR, "COPY from or to the client");
	assert_undone(fixture);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM ran"), 3);
}

/* "INSERT INTO long SELECT 'xxx…'" with `size` bytes in the text; or only the SELECT. */
static char *long_statement(const char *before, size_t size)
{
	size_t length = strlen(before);
	char *text = malloc(length + size + 3);

	assert_non_null(text);
	memset(text, 'x', length + size + 2);
	memcpy(text, before, length);
	text[length] = text[length + size + 1] = '\'';
	text[length + size + 2] = '\0';
	return text;
}

static void a_statement_of_twenty_megabytes_runs(void **state)
{
	const size_t size = 20 * 1024 * 1024;
	struct fixture *fixture = *state;
	char *text = long_statement("INSERT INTO long SELECT ", size);

	hand_set_add(fixture->set, 4, "long", 0, "CREATE TABLE long (x TEXT)", NULL);
	hand_set_more(fixture->set, text);
	hand_set_more(fixture->set, "INSERT INTO ran VALUES (4)");
	if (fixture_boot(fixture))
		fail_msg("%s", fixture->error.message);
	assert_int_equal(fixture_number(fixture, "SELECT length(x) FROM long"), size);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM ran"), 4);
	free(text);
}

/* More than are on their way at once; and the error is that of the right one. */
static void two_thousand_statements_run_in_one_migration(void **state)
{
	struct fixture *fixture = *state;
	char sql[100];

	hand_set_add(fixture->set, 4, "many", 0, "CREATE TABLE made (x INTEGER UNIQUE)", NULL);
	for (int i = 1; i < 2000; i++) {
		snprintf(sql, sizeof(sql), "INSERT INTO made VALUES (%d)", i);
		hand_set_more(fixture->set, sql);
	}
	if (fixture_boot(fixture))
		fail_msg("%s", fixture->error.message);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM made"), 1999);
	hand_set_add(fixture->set, 5, "more", 0, "SELECT 1", NULL);
	for (int i = 2; i < 2000; i++) {
		snprintf(sql, sizeof(sql), "INSERT INTO made VALUES (%d)", i == 1500 ? 1 : -i);
		hand_set_more(fixture->set, sql);
	}
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	fixture_told(fixture, BOBOLINK_SQL_ERROR, "duplicate key");
	assert_int_equal(fixture->error.version, 5);
	assert_int_equal(fixture->error.line, 1500);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM made"), 1999);
}

/* Neither waits for the other to read: 50 megabytes on their way in each direction. */
static void answers_that_nobody_reads_do_not_stop_the_run(void **state)
{
	struct fixture *fixture = *state;
	char *text = long_statement("SELECT ", 200000);

	hand_set_add(fixture->set, 4, "talk", 0, "SELECT 1", NULL);
	for (int i = 0; i < 250; i++)
		hand_set_more(fixture->set, text);
	hand_set_more(fixture->set, "INSERT INTO ran VALUES (4)");
	if (fixture_boot(fixture))
		fail_msg("%s", fixture->error.message);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM ran"), 4);
	free(text);
}

static void a_position_counts_characters(void **state)
{
	struct fixture *fixture = *state;

	hand_set_add(fixture->set, 4, "columns", 0, "CREATE TABLE made (x TEXT)",
		     "INSERT INTO made VALUES ('\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\xa6', nothing)",
		     NULL);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	/* 26 characters up to the quote, three inside, quote, comma and blank before the name. */
	told_at(fixture, "column \"nothing\" does not exist", 4, "migrations/0004_columns.sql", 2,
		33);
	assert_string_equal(fixture->error.sqlstate, "42703");
	assert_undone(fixture);
}

static void also_when_the_session_speaks_another_encoding(void **state)
{
	struct fixture *fixture = *state;

	fixture_run(fixture, "SET client_encoding = LATIN1");
	hand_set_add(fixture->set, 4, "columns", 0,
		     "SELECT '\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\xa6', nothing", NULL);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	told_at(fixture, "column \"nothing\" does not exist", 4, "migrations/0004_columns.sql", 1,
		15);
}

static void an_error_inside_a_function_names_it(void **state)
{
	struct fixture *fixture = *state;

	hand_set_add(fixture->set, 4, "function", 0,
		     "CREATE FUNCTION breaks() RETURNS void LANGUAGE plpgsql AS 'BEGIN\n"
		     "INSERT INTO ran VALUES (9);\nPERFORM 1 / 0;\nEND'",
		     "CREATE TABLE made (x INTEGER)", "SELECT breaks()", NULL);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	told_at(fixture, "division by zero", 4, "migrations/0004_function.sql", 3, 1);
	assert_non_null(strstr(fixture->error.message, "PL/pgSQL function breaks() line 3"));
	assert_null(strchr(fixture->error.message, '\n'));
	assert_undone(fixture);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM ran WHERE i = 9"), 0);
}

/* Its own division by zero is no sign that somebody else was faster. */
static void a_division_by_zero_is_the_migrations_own(void **state)
{
	struct fixture *fixture = *state;

	hand_set_add(fixture->set, 4, "zero", 0, "SELECT 1 / 0", NULL);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	told_at(fixture, "division by zero", 4, "migrations/0004_zero.sql", 1, 1);
	assert_string_equal(fixture->error.sqlstate, "22012");
}

static const char deferred[] = "CREATE TABLE made (id INTEGER PRIMARY KEY, "
			       "parent INTEGER REFERENCES made DEFERRABLE INITIALLY DEFERRED)";

static void a_deferred_constraint_refuses_the_commit(void **state)
{
	struct fixture *fixture = *state;

	hand_set_add(fixture->set, 4, "deferred", 0, deferred, "INSERT INTO made VALUES (1, 2)",
		     NULL);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	fixture_told(fixture, BOBOLINK_SQL_ERROR, "violates foreign key constraint");
	assert_non_null(strstr(fixture->error.message, "(parent)=(2) is not present"));
	assert_string_equal(fixture->error.sqlstate, "23503");
	assert_int_equal(fixture->error.version, 4);
	assert_undone(fixture);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_HELD);
	/* Mended before the commit it is no violation. */
	fixture_replace_set(fixture, hand_set_counting("shop", 3));
	hand_set_add(fixture->set, 4, "deferred", 0, deferred, "INSERT INTO made VALUES (1, 2)",
		     "INSERT INTO made VALUES (2, 1)", NULL);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
}

static void in_one_transaction_for_all_the_right_file_is_named(void **state)
{
	struct fixture *fixture = *state;

	hand_set_add(fixture->set, 4, "fine", 0, "CREATE TABLE t_4 (x INTEGER)",
		     "INSERT INTO t_4 VALUES (1)", NULL);
	hand_set_add(fixture->set, 5, "wrong", 0, "CREATE TABLE made (x INTEGER)",
		     "INSERT INTO t_4 VALUES (2)", "INSERT INTO t_4 (nothing) VALUES (3)", NULL);
	hand_set_add(fixture->set, 6, "behind", 0, "CREATE TABLE t_6 (x INTEGER)", NULL);
	fixture->options.transaction = BOBOLINK_TRANSACTION_ALL;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	told_at(fixture, "column \"nothing\" of relation \"t_4\" does not exist", 5,
		"migrations/0005_wrong.sql", 3, 18);
	assert_non_null(strstr(fixture->error.message, "nothing was applied"));
	assert_int_equal(engine_tables(fixture->db, "t!_%"), 0);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM bobolink_history WHERE "
						 "status = 'applied'"),
			 0);
}

/* A savepoint is no end of the transaction, though "ROLLBACK" is what the server answers to both. */
static void going_back_to_a_savepoint_is_no_end(void **state)
{
	struct fixture *fixture = *state;

	hand_set_add(fixture->set, 4, "savepoint", 0, "CREATE TABLE t_4 (x INTEGER)", "SAVEPOINT a",
		     "DROP TABLE t_4", "ROLLBACK TO SAVEPOINT a", "DROP TABLE t_4",
		     "rollback\nwork\nto a", "INSERT INTO ran VALUES (4)", NULL);
	if (fixture_boot(fixture))
		fail_msg("%s", fixture->error.message);
	assert_true(fixture_is_whole(fixture, 4));
	hand_set_add(fixture->set, 5, "rollback", 0, "INSERT INTO ran VALUES (5)", "ROLLBACK",
		     NULL);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	fixture_told(fixture, BOBOLINK_SQL_ERROR, "ended the transaction");
	assert_int_equal(fixture->error.statement, 2);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM ran"), 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(copy_from_and_to_the_client_is_refused),
		FIXTURE_TEST(nor_outside_transactions),
		FIXTURE_TEST(a_statement_of_twenty_megabytes_runs),
		FIXTURE_TEST(two_thousand_statements_run_in_one_migration),
		FIXTURE_TEST(answers_that_nobody_reads_do_not_stop_the_run),
		FIXTURE_TEST(a_position_counts_characters),
		FIXTURE_TEST(also_when_the_session_speaks_another_encoding),
		FIXTURE_TEST(an_error_inside_a_function_names_it),
		FIXTURE_TEST(a_division_by_zero_is_the_migrations_own),
		FIXTURE_TEST(a_deferred_constraint_refuses_the_commit),
		FIXTURE_TEST(in_one_transaction_for_all_the_right_file_is_named),
		FIXTURE_TEST(going_back_to_a_savepoint_is_no_end),
	};

	return engine_run_group_tests_on("postgres", tests);
}
