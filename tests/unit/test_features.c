/*
 * Features of SQLite: each sample needs the library that the table says. The library at hand says so itself: it prepares
 * what is old enough, and refuses the rest.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sqlite3.h>
#include <string.h>

#include "samples.h"

#define COUNT(samples) (sizeof(samples) / sizeof((samples)[0]))
#define V(minor)       (3000000 + (minor)*1000)
/* Only some builds of the library have it. */
#define MATH 1
/* What stands there is a call of any arguments: NULL is one for all. */
#define CALL(minor, name, arguments)                                     \
	{                                                                \
		V(minor), name "()", "SELECT " name "(" arguments ")", 0 \
	}
#define MATHS(name, arguments)                                           \
	{                                                                \
		V(35), name "()", "SELECT " name "(" arguments ")", MATH \
	}
#define WINDOW(frame) "SELECT sum(x) OVER (ORDER BY x " frame ") FROM t"

static const char start[] = "CREATE TABLE t (x, y);\nCREATE UNIQUE INDEX tx ON t (x);\n"
			    "CREATE UNIQUE INDEX ty ON t (y);\nCREATE TABLE u (x, y);\n"
			    "CREATE TABLE log (id);\nCREATE TABLE text_of (strict, format);\n";

static const struct sample samples[] = {
	{ V(27), "VACUUM INTO", "VACUUM INTO '/nowhere/x'", 0 },
	{ V(27), "VACUUM INTO", "VACUUM main INTO '/nowhere/x'", 0 },
	{ V(28), "EXCLUDE in a window",
	  WINDOW("ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW EXCLUDE NO OTHERS"), 0 },
	{ V(28), "EXCLUDE in a window", WINDOW("ROWS UNBOUNDED PRECEDING EXCLUDE CURRENT ROW"), 0 },
	{ V(28), "EXCLUDE in a window", WINDOW("ROWS UNBOUNDED PRECEDING EXCLUDE GROUP"), 0 },
	{ V(28), "EXCLUDE in a window", WINDOW("ROWS UNBOUNDED PRECEDING EXCLUDE TIES"), 0 },
	{ V(28), "GROUPS in a window", WINDOW("GROUPS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"),
	  0 },
	{ V(30), "NULLS FIRST", "SELECT x FROM t ORDER BY x NULLS FIRST", 0 },
	{ V(30), "NULLS LAST", "SELECT x FROM t ORDER BY x DESC NULLS LAST", 0 },
	{ V(30), "FILTER of an aggregate", "SELECT count(*) FILTER (WHERE x > 1) FROM t", 0 },
	{ V(31), "a generated column", "CREATE TABLE g (a, b GENERATED ALWAYS AS (a + 1))", 0 },
	{ V(31), "a generated column", "CREATE TABLE g (a, b INT AS (a + 1) STORED)", 0 },
	{ V(31), "a generated column", "ALTER TABLE t ADD COLUMN z AS (x + 1)", 0 },
	CALL(32, "iif", "1, 2, 3"),
	{ V(33), "UPDATE … FROM", "UPDATE t SET x = u.x FROM u WHERE u.y = t.y", 0 },
	{ V(33), "UPDATE … FROM",
	  "CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; UPDATE t SET x = u.x FROM u; END",
	  0 },
	{ V(35), "DROP COLUMN", "ALTER TABLE u DROP COLUMN y", 0 },
	{ V(35), "DROP COLUMN", "ALTER TABLE u DROP y", 0 },
	{ V(35), "RETURNING", "INSERT INTO t VALUES (1, 2) RETURNING x", 0 },
	{ V(35), "RETURNING", "REPLACE INTO t VALUES (1, 2) RETURNING x", 0 },
	{ V(35), "RETURNING", "UPDATE t SET x = 1 RETURNING x", 0 },
	{ V(35), "RETURNING", "DELETE FROM t RETURNING x", 0 },
	{ V(35), "AS MATERIALIZED", "WITH c AS MATERIALIZED (SELECT 1) SELECT * FROM c", 0 },
	{ V(35), "AS NOT MATERIALIZED", "WITH c AS NOT MATERIALIZED (SELECT 1) SELECT * FROM c",
	  0 },
	{ V(35), "several ON CONFLICT",
	  "INSERT INTO t VALUES (1, 2) ON CONFLICT (x) DO NOTHING ON CONFLICT (y) DO NOTHING", 0 },
	CALL(35, "sign", "1"),
	MATHS("acos", "1"),
	MATHS("asin", "1"),
	MATHS("atan", "1"),
	MATHS("atan2", "1, 1"),
	MATHS("ceil", "1"),
	MATHS("ceiling", "1"),
	MATHS("cos", "1"),
	MATHS("degrees", "1"),
	MATHS("exp", "1"),
	MATHS("floor", "1"),
	MATHS("ln", "1"),
	MATHS("log", "1"),
	MATHS("log10", "1"),
	MATHS("log2", "1"),
	MATHS("mod", "1, 1"),
	MATHS("pi", ""),
	MATHS("pow", "1, 1"),
	MATHS("power", "1, 1"),
	MATHS("radians", "1"),
	MATHS("sin", "1"),
	MATHS("sqrt", "1"),
	MATHS("tan", "1"),
	MATHS("trunc", "1"),
	{ V(37), "STRICT", "CREATE TABLE s (a INT) STRICT", 0 },
	{ V(37), "STRICT", "CREATE TABLE s (a INT PRIMARY KEY) WITHOUT ROWID, STRICT", 0 },
	{ V(38), "the operator ->", "SELECT x -> '$.a' FROM t", 0 },
	{ V(38), "the operator ->>", "SELECT x->>'$.a' FROM t", 0 },
	CALL(38, "unixepoch", ""),
	CALL(38, "format", "'x'"),
	{ V(39), "RIGHT JOIN", "SELECT * FROM t RIGHT JOIN u ON t.x = u.x", 0 },
	{ V(39), "RIGHT JOIN", "SELECT * FROM t RIGHT OUTER JOIN u ON t.x = u.x", 0 },
	{ V(39), "FULL JOIN", "SELECT * FROM t FULL JOIN u ON t.x = u.x", 0 },
	{ V(39), "FULL JOIN", "SELECT * FROM t FULL OUTER JOIN u ON t.x = u.x", 0 },
	{ V(39), "IS DISTINCT FROM", "SELECT x IS DISTINCT FROM y FROM t", 0 },
	{ V(39), "IS NOT DISTINCT FROM", "SELECT x IS NOT DISTINCT FROM y FROM t", 0 },
	CALL(41, "unhex", "'00'"),
	CALL(43, "octet_length", "'x'"),
	CALL(43, "timediff", "0, 1"),
	CALL(44, "concat", "'x', 'y'"),
	CALL(44, "concat_ws", "',', 'x'"),
	{ V(44), "string_agg()", "SELECT string_agg(x, ',') FROM t", 0 },
	{ V(44), "ORDER BY in an aggregate", "SELECT group_concat(x, ',' ORDER BY y) FROM t", 0 },
	CALL(45, "jsonb", "'[]'"),
	CALL(45, "jsonb_array", "1"),
	CALL(45, "jsonb_extract", "'[]', '$'"),
	CALL(45, "jsonb_group_array", "1"),
	CALL(45, "jsonb_group_object", "1, 2"),
	CALL(45, "jsonb_insert", "'[]', '$', 1"),
	CALL(45, "jsonb_object", "'a', 1"),
	CALL(45, "jsonb_patch", "'{}', '{}'"),
	CALL(45, "jsonb_remove", "'[]', '$'"),
	CALL(45, "jsonb_replace", "'[]', '$', 1"),
	CALL(45, "jsonb_set", "'[]', '$', 1"),
	CALL(46, "json_pretty", "'[]'"),
	CALL(48, "if", "1, 2, 3"),
	CALL(50, "unistr", "'x'"),
};

/* What looks like one of them, and has always been there. */
static const struct sample others[] = {
	{ 0, NULL, "CREATE TABLE format (strict, iif)", 0 },
	{ 0, NULL, "CREATE TABLE strict (a REFERENCES log (id) ON UPDATE SET NULL)", 0 },
	{ 0, NULL, "INSERT INTO log (id) SELECT x FROM t", 0 },
	{ 0, NULL, "INSERT INTO main.log (id) VALUES (1)", 0 },
	{ 0, NULL, "CREATE INDEX i ON log (id)", 0 },
	{ 0, NULL, "WITH a (x) AS (SELECT 1), log (x) AS (SELECT 2) SELECT * FROM a, log", 0 },
	{ 0, NULL, "SELECT x AS groups FROM t WHERE groups BETWEEN 1 AND 2", 0 },
	{ 0, NULL, "CREATE TABLE IF NOT EXISTS log (id)", 0 },
	{ 0, NULL, "SELECT \"strict\", 'x -> y NULLS FIRST' FROM text_of -- RIGHT JOIN", 0 },
	{ 0, NULL, "SELECT sum(x) FILTER (WHERE x > 1) OVER (ORDER BY x) FROM t", 0 },
	{ 0, NULL, "CREATE TABLE c (a PRIMARY KEY ON CONFLICT FAIL, b UNIQUE ON CONFLICT IGNORE)",
	  0 },
	{ 0, NULL, "INSERT INTO t VALUES (1, 2) ON CONFLICT (x) DO UPDATE SET y = 1", 0 },
	{ 0, NULL, "CREATE TABLE d AS WITH w AS (SELECT 1) SELECT * FROM w", 0 },
	{ 0, NULL, "UPDATE t SET x = (SELECT max(y) FROM u)", 0 },
	{ 0, NULL, "SELECT group_concat(x) FROM (SELECT x FROM t ORDER BY x)", 0 },
	{ 0, NULL, "CREATE TRIGGER r AFTER UPDATE ON t BEGIN INSERT INTO u SELECT x, y FROM t; END",
	  0 },
};

static void the_text_tells_what_it_needs(void **state)
{
	(void)state;
	samples_are_found(DATABASE_SQLITE, samples, COUNT(samples));
	samples_are_found(DATABASE_SQLITE, others, COUNT(others));
	samples_cover(lint_features_sqlite, samples, COUNT(samples));
}

static bool is_accepted(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *statement = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);

	sqlite3_finalize(statement);
	return rc == SQLITE_OK;
}

/* VACUUM INTO was a syntax error before, functions were unknown: preparing tells all of it. */
static void the_library_says_the_same(void **state)
{
	const uint32_t version = (uint32_t)sqlite3_libversion_number();
	sqlite3 *db;

	(void)state;
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, start, NULL, NULL, NULL), SQLITE_OK);
	for (size_t i = 0; i < COUNT(samples); i++) {
		if (samples[i].flags == MATH &&
		    !sqlite3_compileoption_used("ENABLE_MATH_FUNCTIONS"))
			continue;
		if (is_accepted(db, samples[i].sql) != (version >= samples[i].version))
			fail_msg("%s on %u", samples[i].sql, (unsigned)version);
	}
	for (size_t i = 0; i < COUNT(others); i++) {
		if (!is_accepted(db, others[i].sql))
			fail_msg("%s on %u", others[i].sql, (unsigned)version);
	}
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_text_tells_what_it_needs),
		cmocka_unit_test(the_library_says_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
