/*
 * Features of PostgreSQL: each sample needs the server that the table says. The server at hand says so itself: it runs
 * what is old enough, and refuses the rest.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "samples.h"
#include "server.h"

#define COUNT(samples) (sizeof(samples) / sizeof((samples)[0]))
#define V(major)       ((major)*10000)
#define OUTSIDE	       1 /* refused in a transaction */
#define BUILT	       2 /* only where the server was built with a library */
#define CALL(major, name, arguments)                                     \
	{                                                                \
		V(major), name "()", "SELECT " name "(" arguments ")", 0 \
	}
#define TYPE(name)                                                        \
	{                                                                 \
		V(14), "the type " name, "CREATE TABLE m (r " name ")", 0 \
	}

static const char start[] =
	"CREATE TABLE t (x int PRIMARY KEY, y int, s text, j json, d date, g int GENERATED ALWAYS "
	"AS (x + 1) STORED);"
	"CREATE TABLE u (x int, y int);"
	"CREATE VIEW w AS SELECT x FROM t;"
	"CREATE TABLE p (x int NOT NULL) PARTITION BY RANGE (x);"
	"CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (1) TO (2);"
	"CREATE TYPE kind AS (a int);"
	"CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
	"CREATE TABLE gcd (x int);"
	"CREATE FUNCTION lcm(x text) RETURNS text LANGUAGE sql AS 'SELECT x';"
	"CREATE TABLE words (expression text, compression text, enforced boolean, value text[]);";

static const struct sample samples[] = {
	CALL(13, "gen_random_uuid", ""),
	{ V(13), "gen_random_uuid()",
	  "ALTER TABLE u ADD z uuid DEFAULT pg_catalog.gen_random_uuid()", 0 },
	CALL(13, "gcd", "4, 2"),
	CALL(13, "lcm", "4, 2"),
	CALL(13, "min_scale", "1.0"),
	CALL(13, "trim_scale", "1.0"),
	CALL(13, "jsonb_set_lax", "'{}', '{a}', 'null'"),
	CALL(13, "normalize", "U&'a'"),
	{ V(13), "IS NORMALIZED", "SELECT 'a' IS NORMALIZED", 0 },
	{ V(13), "DROP DATABASE … FORCE", "DROP DATABASE IF EXISTS nowhere WITH (FORCE)", OUTSIDE },
	{ V(13), "WITH TIES", "SELECT x FROM t ORDER BY x FETCH FIRST 2 ROWS WITH TIES", 0 },
	{ V(13), "WITH TIES", "SELECT x FROM t ORDER BY x FETCH FIRST ROW WITH TIES", 0 },
	{ V(13), "DROP EXPRESSION", "ALTER TABLE t ALTER g DROP EXPRESSION", 0 },
	{ V(13), "ALTER VIEW … RENAME COLUMN", "ALTER VIEW w RENAME COLUMN x TO y", 0 },
	{ V(13), "ALTER TYPE … SET", "ALTER TYPE pg_catalog.xid8 SET (STORAGE = plain)", OUTSIDE },
	{ V(13), "PARALLEL of VACUUM", "VACUUM (PARALLEL 1) t", OUTSIDE },
	{ V(14), "CREATE OR REPLACE TRIGGER",
	  "CREATE OR REPLACE TRIGGER r AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION noted()",
	  0 },
	{ V(14), "SET COMPRESSION", "ALTER TABLE t ALTER s SET COMPRESSION pglz", 0 },
	{ V(14), "COMPRESSION of a column", "CREATE TABLE c (s text COMPRESSION pglz)", 0 },
	{ V(14), "COMPRESSION of a column", "CREATE TABLE c (s text COMPRESSION lz4)", BUILT },
	TYPE("int4multirange"),
	TYPE("int8multirange"),
	TYPE("nummultirange"),
	TYPE("tsmultirange"),
	TYPE("tstzmultirange"),
	TYPE("datemultirange"),
	CALL(14, "range_agg", "int4range(1, 2)"),
	CALL(14, "date_bin", "'1 day', now(), now()"),
	CALL(14, "bit_count", "'\\x01'::bytea"),
	CALL(14, "string_to_table", "'a,b', ','"),
	CALL(14, "trim_array", "ARRAY[1, 2], 1"),
	CALL(14, "unistr", "'a'"),
	{ V(14), "BEGIN ATOMIC",
	  "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; END", 0 },
	{ V(14), "RETURN as the body of a function",
	  "CREATE FUNCTION f() RETURNS int LANGUAGE sql RETURN 1", 0 },
	{ V(14), "SEARCH of a query",
	  "WITH RECURSIVE n (a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM n WHERE a < 3) SEARCH "
	  "DEPTH "
	  "FIRST BY a SET o SELECT a FROM n",
	  0 },
	{ V(14), "SEARCH of a query",
	  "WITH RECURSIVE n (a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM n WHERE a < 3) SEARCH "
	  "BREADTH "
	  "FIRST BY a SET o SELECT a FROM n",
	  0 },
	{ V(14), "CYCLE of a query",
	  "WITH RECURSIVE n (a) AS (SELECT 1 UNION ALL SELECT a FROM n) CYCLE a SET c USING path "
	  "SELECT "
	  "a FROM n",
	  0 },
	{ V(14), "DETACH PARTITION … CONCURRENTLY",
	  "ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY", OUTSIDE },
	{ V(14), "DETACH PARTITION … FINALIZE", "ALTER TABLE p DETACH PARTITION p1 FINALIZE",
	  BUILT },
	{ V(14), "CREATE STATISTICS on an expression", "CREATE STATISTICS st ON (x + y) FROM t",
	  0 },
	{ V(14), "GROUP BY DISTINCT", "SELECT 1 FROM t GROUP BY DISTINCT ROLLUP (x), ROLLUP (x)",
	  0 },
	{ V(15), "MERGE", "MERGE INTO t USING u ON t.x = u.x WHEN MATCHED THEN DELETE", 0 },
	{ V(15), "MERGE", "MERGE INTO t USING u ON t.x = u.x WHEN NOT MATCHED THEN DO NOTHING", 0 },
	{ V(15), "NULLS NOT DISTINCT", "CREATE UNIQUE INDEX i ON u (x) NULLS NOT DISTINCT", 0 },
	{ V(15), "NULLS DISTINCT", "CREATE TABLE c (x int UNIQUE NULLS DISTINCT)", 0 },
	{ V(15), "security_invoker", "CREATE VIEW v WITH (security_invoker) AS SELECT 1", 0 },
	{ V(15), "SET ACCESS METHOD", "ALTER TABLE t SET ACCESS METHOD heap", 0 },
	{ V(15), "SET NULL of some columns",
	  "CREATE TABLE c (x int, y int, FOREIGN KEY (x) REFERENCES t ON DELETE SET NULL (x))", 0 },
	{ V(15), "SET DEFAULT of some columns",
	  "CREATE TABLE c (x int, y int, FOREIGN KEY (x) REFERENCES t ON DELETE SET DEFAULT (x))",
	  0 },
	{ V(15), "a negative scale", "CREATE TABLE c (x numeric(3, -2))", 0 },
	{ V(15), "a negative scale", "CREATE TABLE c (x decimal(3,-2))", 0 },
	{ V(15), "an unlogged sequence", "CREATE UNLOGGED SEQUENCE q", 0 },
	{ V(15), "tables of a schema in a publication",
	  "CREATE PUBLICATION o FOR TABLES IN SCHEMA public", 0 },
	CALL(15, "regexp_count", "'a', 'a'"),
	CALL(15, "regexp_instr", "'a', 'a'"),
	CALL(15, "regexp_like", "'a', 'a'"),
	CALL(15, "regexp_substr", "'a', 'a'"),
	CALL(16, "json_array", "1, 2"),
	CALL(16, "json_arrayagg", "1"),
	CALL(16, "json_objectagg", "'a' VALUE 1"),
	{ V(16), "JSON_OBJECT of keys and values", "SELECT json_object('a' VALUE 1)", 0 },
	{ V(16), "JSON_OBJECT of keys and values", "SELECT json_object('a' : 1)", 0 },
	{ V(16), "IS JSON", "SELECT s IS JSON FROM t", 0 },
	{ V(16), "IS NOT JSON", "SELECT s IS NOT JSON FROM t", 0 },
	{ V(16), "any_value()", "SELECT any_value(x) FROM t", 0 },
	CALL(16, "random_normal", ""),
	CALL(16, "array_sample", "ARRAY[1], 1"),
	CALL(16, "array_shuffle", "ARRAY[1]"),
	CALL(16, "pg_input_is_valid", "'1', 'integer'"),
	CALL(16, "date_add", "now(), '1 day'"),
	CALL(16, "date_subtract", "now(), '1 day'"),
	{ V(16), "STORAGE of a column", "CREATE TABLE c (x int, s text STORAGE external)", 0 },
	{ V(16), "STORAGE of a column", "CREATE TABLE c (x int STORAGE plain)", 0 },
	{ V(16), "STORAGE of a column", "CREATE TABLE c (s text STORAGE EXTENDED)", 0 },
	{ V(16), "STORAGE of a column", "CREATE TABLE c (s text STORAGE MAIN, x int)", 0 },
	{ V(16), "a subquery without a name", "SELECT * FROM (SELECT 1) WHERE true", 0 },
	{ V(16), "a subquery without a name", "INSERT INTO u SELECT x, y FROM (SELECT x, y FROM t)",
	  0 },
	{ V(17), "RETURNING of MERGE",
	  "MERGE INTO t USING u ON t.x = u.x WHEN MATCHED THEN DELETE RETURNING t.x", 0 },
	{ V(17), "NOT MATCHED BY SOURCE",
	  "MERGE INTO t USING u ON t.x = u.x WHEN NOT MATCHED BY SOURCE THEN DELETE", 0 },
	{ V(17), "json_table()", "SELECT a FROM json_table('[1]', '$[*]' COLUMNS (a int PATH '$'))",
	  0 },
	CALL(17, "json_exists", "jsonb '[]', '$'"),
	CALL(17, "json_query", "jsonb '[]', '$'"),
	CALL(17, "json_value", "jsonb '1', '$'"),
	CALL(17, "json_scalar", "1"),
	CALL(17, "json_serialize", "'[]'"),
	CALL(17, "to_bin", "1"),
	CALL(17, "to_oct", "1"),
	CALL(17, "uuid_extract_timestamp", "'00000000-0000-0000-0000-000000000000'"),
	CALL(17, "uuid_extract_version", "'00000000-0000-0000-0000-000000000000'"),
	{ V(17), "xmltext()", "SELECT xmltext('x')", BUILT },
	{ V(17), "SET EXPRESSION", "ALTER TABLE t ALTER g SET EXPRESSION AS (x + 2)", 0 },
	{ V(17), "AT LOCAL", "SELECT now() AT LOCAL", 0 },
	{ V(17), "the privilege MAINTAIN", "GRANT MAINTAIN ON t TO PUBLIC", 0 },
	{ V(18), "a virtual generated column",
	  "CREATE TABLE c (x int, y int GENERATED ALWAYS AS (x + 1) VIRTUAL)", 0 },
	{ V(18), "a virtual generated column",
	  "ALTER TABLE u ADD z int GENERATED ALWAYS AS (x + 1)", 0 },
	{ V(18), "NOT ENFORCED", "ALTER TABLE u ADD CONSTRAINT k CHECK (x > 0) NOT ENFORCED", 0 },
	{ V(18), "WITHOUT OVERLAPS",
	  "CREATE TABLE c (r int4range, PRIMARY KEY (r WITHOUT OVERLAPS))", BUILT },
	{ V(18), "PERIOD of a foreign key",
	  "ALTER TABLE u ADD FOREIGN KEY (x, PERIOD y) REFERENCES t (x, PERIOD y)", BUILT },
	CALL(18, "uuidv4", ""),
	CALL(18, "uuidv7", ""),
	{ V(18), "casefold()", "SELECT casefold('a' COLLATE \"C\")", BUILT },
	CALL(18, "crc32", "'a'::bytea"),
	CALL(18, "crc32c", "'a'::bytea"),
	CALL(18, "array_reverse", "ARRAY[1]"),
	CALL(18, "array_sort", "ARRAY[1]"),
	{ V(18), "NOT NULL as a constraint", "ALTER TABLE u ADD CONSTRAINT k NOT NULL x NOT VALID",
	  0 },
	{ V(18), "NOT NULL as a constraint", "ALTER TABLE u ADD NOT NULL x", 0 },
	{ V(18), "OLD and NEW in RETURNING", "INSERT INTO u VALUES (1, 2) RETURNING old.x", 0 },
	{ V(18), "OLD and NEW in RETURNING", "INSERT INTO u VALUES (1, 2) RETURNING x, new.x", 0 },
	{ V(18), "OLD and NEW in RETURNING", "UPDATE u SET x = 1 RETURNING old.x", 0 },
	{ V(18), "OLD and NEW in RETURNING", "UPDATE u SET x = 1 RETURNING new.x", 0 },
};

/* What looks like one of them, and has always been there. */
static const struct sample others[] = {
	{ 0, NULL, "CREATE TABLE c (compression text, storage text, merge int, crc32 int)", 0 },
	{ 0, NULL, "CREATE TABLE c (LIKE t INCLUDING STORAGE)", 0 },
	{ 0, NULL, "ALTER TABLE t ALTER s SET STORAGE EXTERNAL", 0 },
	{ 0, NULL, "INSERT INTO gcd (x) SELECT x FROM (SELECT x FROM t) AS q", 0 },
	{ 0, NULL, "CREATE INDEX i ON gcd (x)", 0 },
	{ 0, NULL, "SELECT * FROM (VALUES (1)) AS gcd (a)", 0 },
	{ 0, NULL, "GRANT EXECUTE ON FUNCTION noted(), lcm(text) TO PUBLIC", 0 },
	{ 0, NULL, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO PUBLIC", 0 },
	{ 0, NULL, "UPDATE words SET expression = 'a'", 0 },
	{ 0, NULL, "UPDATE words SET compression = 'lz4' WHERE NOT enforced", 0 },
	{ 0, NULL, "ALTER TABLE words DROP expression", 0 },
	{ 0, NULL, "CREATE TABLE c (enforced boolean CHECK (true AND NOT enforced))", 0 },
	{ 0, NULL, "CREATE TABLE c (security_invoker boolean)", 0 },
	{ 0, NULL, "SELECT json_object(w.value, w.value), json_object(value, value) FROM words w",
	  0 },
	{ 0, NULL, "SELECT extract(day FROM (SELECT now()))", 0 },
	{ 0, NULL, "CREATE FUNCTION any_value(a int) RETURNS int LANGUAGE sql AS 'SELECT a'", 0 },
	{ 0, NULL, "SELECT json_object('{a,b}'), x IS DISTINCT FROM (SELECT 1) FROM t", 0 },
	{ 0, NULL, "CREATE TABLE c (x int GENERATED ALWAYS AS IDENTITY, y numeric(3, 2))", 0 },
	{ 0, NULL, "CREATE TABLE c (a int, b int GENERATED ALWAYS AS (a + 1) STORED)", 0 },
	{ 0, NULL, "CREATE TABLE c (x int CONSTRAINT k NOT NULL DEFAULT 1)", 0 },
	{ 0, NULL, "SELECT 'MERGE INTO', \"x\" FROM t -- json_array(1)", 0 },
	{ 0, NULL, "DELETE FROM u USING (SELECT x FROM t) AS q WHERE q.x = u.x", 0 },
};

static void the_text_tells_what_it_needs(void **state)
{
	(void)state;
	samples_are_found(DATABASE_POSTGRES, samples, COUNT(samples));
	samples_are_found(DATABASE_POSTGRES, others, COUNT(others));
	samples_cover(lint_features_postgres, samples, COUNT(samples));
}

static void what_the_chain_brings_itself_needs_no_server(void **state)
{
	static const struct sample own[] = {
		{ 0, NULL, "CREATE EXTENSION pgcrypto;\nSELECT gen_random_uuid()", 0 },
		{ 0, NULL, "CREATE EXTENSION IF NOT EXISTS \"pgcrypto\";\nSELECT gen_random_uuid()",
		  0 },
		{ 0, NULL,
		  "CREATE OR REPLACE FUNCTION public.array_sort(a int[]) RETURNS int LANGUAGE sql "
		  "AS "
		  "'SELECT 1';\nSELECT array_sort(ARRAY[1])",
		  0 },
	};

	(void)state;
	samples_are_found(DATABASE_POSTGRES, own, COUNT(own));
}

static void what_an_extension_brings_needs_no_server(void **state)
{
	static const char uuid[] = "ALTER TABLE u ADD z uuid DEFAULT gen_random_uuid()";
	static const struct sample beside[] = {
		{ 0, NULL, uuid, 0 },
		{ V(13), "gen_random_uuid()", "SELECT pg_catalog.gen_random_uuid()", 0 },
		{ V(13), "gcd()", "SELECT gcd(4, 2)", 0 },
	};
	static const struct sample without = { V(13), "gen_random_uuid()", uuid, 0 };

	(void)state;
	samples_are_found_beside("pgcrypto", beside, COUNT(beside));
	samples_are_found_beside("citext", &without, 1);
}

static bool is_accepted(PGconn *connection, const struct sample *sample)
{
	PGresult *result;
	bool accepted;

	if (sample->flags != OUTSIDE)
		pg_run(connection, "BEGIN");
	result = PQexec(connection, sample->sql);
	accepted = PQresultStatus(result) == PGRES_COMMAND_OK ||
		   PQresultStatus(result) == PGRES_TUPLES_OK;
	PQclear(result);
	if (sample->flags != OUTSIDE)
		pg_run(connection, "ROLLBACK");
	return accepted;
}

static void the_server_says_the_same(void **state)
{
	const uint32_t version = (uint32_t)server_for_tests_major() * 10000;
	char url[SERVER_URL_SIZE];
	PGconn *connection;
	uint32_t wrong = 0;

	(void)state;
	database_new(url);
	connection = pg_open(url);
	pg_run(connection, "SET client_min_messages = error");
	pg_run(connection, start);
	for (size_t i = 0; i < COUNT(samples) + COUNT(others); i++) {
		const struct sample *sample =
			i < COUNT(samples) ? &samples[i] : &others[i - COUNT(samples)];

		if (sample->flags == BUILT && version >= sample->version)
			continue;
		if (is_accepted(connection, sample) == (version >= sample->version))
			continue;
		print_message("%s: %s", sample->sql, PQerrorMessage(connection));
		wrong++;
	}
	PQfinish(connection);
	database_drop(url);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_text_tells_what_it_needs),
		cmocka_unit_test(what_the_chain_brings_itself_needs_no_server),
		cmocka_unit_test(what_an_extension_brings_needs_no_server),
		cmocka_unit_test(the_server_says_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
