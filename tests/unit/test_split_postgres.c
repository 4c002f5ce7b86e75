/* Split: where PostgreSQL's statements end, which refuse a transaction, what encloses a section. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "refusals.h"
#include "stages.h"
#include "statement_postgres.h"
#include "support/buffer.h"

struct row {
	const char *text;
	const char *expected;
};

static void init(struct stages *stages, const char *text)
{
	stages_init(stages, text, strlen(text), SOURCE_BOTH);
	stages->database = DATABASE_POSTGRES;
}

/* Asserts the statements of a text, written as [one][two]. */
static void assert_split(const struct row *row)
{
	struct buffer all = BUFFER_INIT;
	struct stages stages;

	init(&stages, row->text);
	if (stages_split(&stages))
		fail_msg("%s: %s", row->text, stages_report(&stages));
	buffer_add_text(&all, "");
	for (uint32_t i = 0; i < stages.statements.count; i++) {
		buffer_add_text(&all, "[");
		buffer_add(&all, stages.source.text + stages.statements.items[i].offset,
			   stages.statements.items[i].length);
		buffer_add_text(&all, "]");
	}
	assert_string_equal(all.text, row->expected);
	buffer_release(&all);
	stages_release(&stages);
}

/* Asserts a single error of split; the row says "line:column rule". */
static void assert_refused(const struct row *row)
{
	struct stages stages;
	char found[128];
	uint32_t line;
	uint32_t column;

	init(&stages, row->text);
	if (stages_split(&stages) == 0)
		fail_msg("accepted: %s", row->text);
	if (stages.diag.count != 1)
		fail_msg("%s: %s", row->text, stages_report(&stages));
	diagnostic_position(&stages.source, stages.diag.items[0].offset, &line, &column);
	(void)snprintf(found, sizeof(found), "%u:%u %s", line, column, stages.diag.items[0].rule);
	assert_string_equal(found, row->expected);
	assert_non_null(stages.diag.items[0].help);
	stages_release(&stages);
}

#define ASSERT_EACH(assert_row, rows)                                   \
	for (size_t row = 0; row < sizeof(rows) / sizeof(*rows); row++) \
	assert_row(&rows[row])

static void semicolons_end_statements(void **state)
{
	static const struct row rows[] = {
		{ "SELECT 1; SELECT 2;", "[SELECT 1][SELECT 2]" },
		{ "SELECT 1;\nSELECT 2 -- end", "[SELECT 1][SELECT 2]" },
		{ ";;\n; -- nothing\n;/* here /* ; */ */;", "" },
		{ "-- a\n/* b */ SELECT /* c */ 1 /* d */ -- e\n; -- f", "[SELECT /* c */ 1]" },
		{ "SELECT ';', \";\", $$;$$, E'\\';' /* ; */ -- ;\n, 2;",
		  "[SELECT ';', \";\", $$;$$, E'\\';' /* ; */ -- ;\n, 2]" },
		{ "SELECT 'a' -- c;\n'b'; SELECT 2", "[SELECT 'a' -- c;\n'b'][SELECT 2]" },
		{ "BEGIN; SELECT CASE WHEN a THEN 2 END; END;",
		  "[BEGIN][SELECT CASE WHEN a THEN 2 END][END]" },
		{ "DO $$ BEGIN PERFORM 1; END $$; SELECT 1",
		  "[DO $$ BEGIN PERFORM 1; END $$][SELECT 1]" },
	};

	(void)state;
	ASSERT_EACH(assert_split, rows);
}

static void the_actions_of_a_rule_stay_together(void **state)
{
	static const struct row rows[] = {
		{ "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT (2);); SELECT 3",
		  "[CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT (2);)][SELECT 3]" },
		{ "create or /* x */ replace rule r as on insert to t do (select 1; select 2);",
		  "[create or /* x */ replace rule r as on insert to t do (select 1; select 2)]" },
		{ "CREATE RULE r AS ON INSERT TO t DO NOTHING; SELECT 1",
		  "[CREATE RULE r AS ON INSERT TO t DO NOTHING][SELECT 1]" },
	};

	(void)state;
	ASSERT_EACH(assert_split, rows);
}

static void an_atomic_body_stays_whole(void **state)
{
	static const struct row rows[] = {
		{ "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END; SELECT 3",
		  "[CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END][SELECT "
		  "3]" },
		{ "create or replace procedure p() begin /* x */ atomic delete from t; end",
		  "[create or replace procedure p() begin /* x */ atomic delete from t; end]" },
		{ "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN a THEN CASE b "
		  "WHEN 1 "
		  "THEN 2 END END; SELECT 2; END; SELECT 3",
		  "[CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN a THEN CASE b "
		  "WHEN 1 "
		  "THEN 2 END END; SELECT 2; END][SELECT 3]" },
		{ "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT (CASE a WHEN 1 THEN 2 END); "
		  "END; "
		  "SELECT 3",
		  "[CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT (CASE a WHEN 1 THEN 2 "
		  "END); END]"
		  "[SELECT 3]" },
		{ "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT t.end, 1 AS end, \"end\"; "
		  "END; "
		  "SELECT 3",
		  "[CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT t.end, 1 AS end, \"end\"; "
		  "END]"
		  "[SELECT 3]" },
		{ "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC END; SELECT 1",
		  "[CREATE FUNCTION f() RETURNS int BEGIN ATOMIC END][SELECT 1]" },
		{ "CREATE FUNCTION f() RETURNS int RETURN CASE WHEN a THEN 1 END; SELECT 1",
		  "[CREATE FUNCTION f() RETURNS int RETURN CASE WHEN a THEN 1 END][SELECT 1]" },
		{ "CREATE FUNCTION begin() RETURNS int LANGUAGE sql AS 'SELECT 1'; SELECT 1",
		  "[CREATE FUNCTION begin() RETURNS int LANGUAGE sql AS 'SELECT 1'][SELECT 1]" },
		{ "CREATE FUNCTION f() RETURNS int AS $$BEGIN RETURN 1; END$$ LANGUAGE plpgsql; "
		  "SELECT 1",
		  "[CREATE FUNCTION f() RETURNS int AS $$BEGIN RETURN 1; END$$ LANGUAGE plpgsql]"
		  "[SELECT 1]" },
	};

	(void)state;
	ASSERT_EACH(assert_split, rows);
}

static void what_is_not_closed_is_reported_where_it_opens(void **state)
{
	static const struct row rows[] = {
		{ "CREATE TABLE t (a int;\nSELECT 2;", "1:16 unbalanced-parenthesis" },
		{ "CREATE TABLE t (a int, b varchar(10);\nSELECT 2;",
		  "1:16 unbalanced-parenthesis" },
		{ "SELECT f(a, g(b;", "1:14 unbalanced-parenthesis" },
		{ "SELECT 1);", "1:9 unbalanced-parenthesis" },
		{ "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2;",
		  "1:36 unbalanced-parenthesis" },
		{ "CREATE FUNCTION f() RETURNS int\nBEGIN ATOMIC\nSELECT 1;\nSELECT 2;",
		  "2:1 unterminated-body" },
		{ "CREATE FUNCTION f() RETURNS int\nBEGIN ATOMIC\nSELECT CASE WHEN a THEN 1;\nEND;",
		  "2:1 unterminated-body" },
	};

	(void)state;
	ASSERT_EACH(assert_refused, rows);
}

static void statements_that_refuse_a_transaction_are_known_by_their_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
		struct stages stages;
		const char *name;

		init(&stages, refusals[i].sql);
		assert_int_equal(stages_split(&stages), 0);
		assert_int_equal(stages.statements.count, 1);
		name = statement_postgres_refuses(&stages.source, &stages.part.tokens,
						  stages.statements.items);
		if ((name != NULL) != (refusals[i].name != NULL))
			fail_msg("%s: %s", refusals[i].sql, name ? name : "accepted");
		if (name)
			assert_string_equal(name, refusals[i].name);
		assert_int_equal(stages.statements.items[0].no_transaction, name != NULL);
		stages_release(&stages);
	}
}

static void some_of_them_may_run_twice(void **state)
{
	static const struct row rows[] = {
		{ "VACUUM t", "yes" },
		{ "REINDEX TABLE CONCURRENTLY t", "yes" },
		{ "ALTER SYSTEM SET work_mem = 1", "yes" },
		{ "DROP INDEX CONCURRENTLY IF EXISTS i", "yes" },
		{ "DROP INDEX CONCURRENTLY i", "no" },
		{ "DROP DATABASE IF EXISTS d", "yes" },
		{ "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a)", "no" },
		{ "CREATE DATABASE d", "no" },
		{ "ALTER TABLE t DETACH PARTITION p CONCURRENTLY", "no" },
		{ "UPDATE t SET a = 1", "no" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct stages stages;

		init(&stages, rows[i].text);
		assert_int_equal(stages_split(&stages), 0);
		if (stages.statements.items[0].repeatable != (rows[i].expected[0] == 'y'))
			fail_msg("%s: expected %s", rows[i].text, rows[i].expected);
		stages_release(&stages);
	}
}

/* Asserts what becomes of an up: "wrapped", "alone" and the number of its statements; or a rule. */
static void assert_section(const struct row *row)
{
	struct buffer found = BUFFER_INIT;
	struct stages stages;

	init(&stages, row->text);
	buffer_add_text(&found, "");
	if (stages_directive(&stages))
		buffer_format(&found, "%s at %u", stages.diag.items[0].rule,
			      stages.diag.items[0].offset);
	else
		buffer_format(&found, "%s%s%u", stages.part.up.wrapped ? "wrapped " : "",
			      stages.part.up.no_transaction ? "alone " : "", stages.part.up.count);
	if (strcmp(found.text, row->expected) != 0)
		fail_msg("%s: found %s, expected %s", row->text, found.text, row->expected);
	buffer_release(&found);
	stages_release(&stages);
}

static void begin_and_commit_may_enclose_a_section(void **state)
{
	static const struct row rows[] = {
		{ "BEGIN; SELECT 1; COMMIT;", "wrapped 1" },
		{ "BEGIN WORK; SELECT 1; SELECT 2; COMMIT WORK", "wrapped 2" },
		{ "BEGIN TRANSACTION; SELECT 1; COMMIT TRANSACTION", "wrapped 1" },
		{ "START TRANSACTION; SELECT 1; END;", "wrapped 1" },
		{ "begin; select 1; end transaction;", "wrapped 1" },
		{ "SELECT 1; SELECT 2;", "2" },
		{ "SELECT 1; BEGIN; SELECT 2; COMMIT;", "transaction-control at 10" },
		{ "BEGIN; SELECT 1;", "transaction-control at 0" },
		{ "SELECT 1; COMMIT;", "transaction-control at 10" },
		{ "BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT 1; COMMIT",
		  "transaction-control at 0" },
		{ "BEGIN; SELECT 1; COMMIT AND CHAIN;", "transaction-control at 0" },
		{ "ROLLBACK;", "transaction-control at 0" },
		{ "ABORT;", "transaction-control at 0" },
		{ "SELECT 1; SAVEPOINT a;", "transaction-control at 10" },
		{ "RELEASE a;", "transaction-control at 0" },
		{ "PREPARE TRANSACTION 'a';", "transaction-control at 0" },
		{ "COMMIT PREPARED 'a';", "transaction-control at 0" },
		{ "SET TRANSACTION READ ONLY;", "transaction-control at 0" },
		{ "PREPARE a AS SELECT $1;", "1" },
	};

	(void)state;
	ASSERT_EACH(assert_section, rows);
}

static void what_refuses_a_transaction_is_planned_outside(void **state)
{
	static const struct row rows[] = {
		{ "CREATE INDEX CONCURRENTLY i ON t (a);", "alone 1" },
		{ "-- migrate:up transaction:off\nSELECT 1;", "alone 1" },
		{ "-- migrate:up transaction:on\nVACUUM;", "transaction-setting at 29" },
		{ "BEGIN; VACUUM; COMMIT;", "transaction-setting at 7" },
	};

	(void)state;
	ASSERT_EACH(assert_section, rows);
}

static void a_parameter_has_a_value_in_functions_only(void **state)
{
	static const struct row rows[] = {
		{ "SELECT $1;", "unbound-parameter at 7" },
		{ "CREATE FUNCTION f(int) RETURNS int RETURN $1;", "1" },
		{ "CREATE OR REPLACE PROCEDURE p(int) BEGIN ATOMIC DELETE FROM t WHERE a = $1; "
		  "END;",
		  "1" },
		{ "CREATE VIEW v AS SELECT $1;", "unbound-parameter at 24" },
	};

	(void)state;
	ASSERT_EACH(assert_section, rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(semicolons_end_statements),
		cmocka_unit_test(the_actions_of_a_rule_stay_together),
		cmocka_unit_test(an_atomic_body_stays_whole),
		cmocka_unit_test(what_is_not_closed_is_reported_where_it_opens),
		cmocka_unit_test(statements_that_refuse_a_transaction_are_known_by_their_words),
		cmocka_unit_test(some_of_them_may_run_twice),
		cmocka_unit_test(begin_and_commit_may_enclose_a_section),
		cmocka_unit_test(what_refuses_a_transaction_is_planned_outside),
		cmocka_unit_test(a_parameter_has_a_value_in_functions_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
