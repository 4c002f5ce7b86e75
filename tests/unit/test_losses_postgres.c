/*
 * Losses on PostgreSQL: as on SQLite, and what only its deltas tell: schemas, cascades, blocks of code. Every
 * query that is embedded is asked where it would be asked, in the state before its section.
 */
#define _XOPEN_SOURCE 700 /* setenv */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "compile.h"
#include "folder.h"
#include "server.h"

/* A table is named twice: where it is counted, and where it is locked before. */
#define TWICE(table)   table "\t" table "\n"
#define FROM(table)    "FROM " TWICE("\"public\".\"" table "\"")
#define ROWS_OF(table) "rows of " table "\tSELECT count(*) " FROM(table)
#define TABLE(table)   "table " table "\tSELECT count(*) " FROM(table)
#define COLUMN(table, column) \
	"column " table "." column "\tSELECT count(\"" column "\") " FROM(table)
#define ORDERS "SELECT count(*) FROM " TWICE("\"sales\".\"orders\"")

static const char before[] =
	"-- migrate:up\n"
	"CREATE TABLE a (id int PRIMARY KEY, name text, price int);\n"
	"CREATE TABLE b (id int, a_id int REFERENCES a);\n"
	"CREATE TABLE c (id int UNIQUE, mood int, price numeric(10,3));\n"
	"CREATE SCHEMA sales;\n"
	"CREATE TABLE sales.orders (id int);\n"
	"CREATE TABLE sales.a (id int, price numeric(10,1));\n"
	"CREATE TABLE parts (id int, day date) PARTITION BY RANGE (day);\n"
	"CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2020-01-01') TO "
	"('2021-01-01');\n"
	"CREATE MATERIALIZED VIEW m AS SELECT id FROM c;\n";

/* Unescapes the query of a line and asks it. */
static void ask(PGconn *connection, const char *line, const char *end)
{
	const char *at = memchr(line, '\t', (size_t)(end - line));
	char query[4096];
	size_t length = 0;

	assert_non_null(at);
	for (at++; at < end; at++) {
		assert_true(length + 1 < sizeof(query));
		if (*at == '\t')
			break;
		query[length++] = *at != '\\' ? *at : *++at == 't' ? '\t' : *at == 'n' ? '\n' : *at;
	}
	query[length] = 0;
	if (length && pg_number(connection, query) < 0)
		fail_msg("no number: %s", query);
}

static void ask_all(PGconn *connection, const struct section *section)
{
	const char *line = section->losses ? section->losses : "";

	for (const char *end; (end = strchr(line, '\n')); line = end + 1)
		ask(connection, line, end);
}

static void run(PGconn *connection, const struct section *section)
{
	ask_all(connection, section);
	for (uint32_t i = 0; i < section->count; i++) {
		const struct statement *statement = &section->statements[i];
		char sql[4096];

		assert_true(statement->length < sizeof(sql));
		memcpy(sql, section->source->text + statement->offset, statement->length);
		sql[statement->length] = 0;
		pg_run(connection, sql);
	}
}

static void run_all(const struct set *set)
{
	char url[SERVER_URL_SIZE];
	PGconn *connection;

	database_new(url);
	connection = pg_open(url);
	pg_run(connection, "SET client_min_messages = error");
	for (uint32_t i = 0; i < set->count; i++)
		run(connection, &set->migrations[i].up);
	run(connection, &set->migrations[set->count - 1].down);
	PQfinish(connection);
	database_drop(url);
}

static void assert_losses(const struct section *section, const char *expected)
{
	assert_string_equal(section->losses ? section->losses : "", expected);
}

static void check(const char *second, const char *up, const char *down, enum shadow_mode shadow)
{
	void *state = NULL;
	struct folder *folder;
	struct set set = { .name = "shop" };

	assert_int_equal(setenv("BOBOLINK_SHADOW_URL", server_for_tests(), 1), 0);
	assert_int_equal(folder_make(&state), 0);
	folder = state;
	folder->options.database = DATABASE_POSTGRES;
	folder->options.shadow = shadow;
	folder_add(folder, "1_a.sql", before);
	folder_add(folder, "2_b.sql", second);
	folder->diag = (struct diagnostics){ .arena = &folder->arena };
	if (compile(&folder->options, &folder->arena, &set, &folder->diag))
		fail_msg("%s%s", second, folder_report(folder));
	assert_losses(&set.migrations[1].up, up);
	assert_losses(&set.migrations[1].down, down);
	run_all(&set);
	assert_int_equal(folder_remove(&state), 0);
}

static void expect(const char *second, const char *up, const char *down)
{
	check(second, up, down, SHADOW_ON);
}

#define UP	"-- migrate:up allow:data-loss\n"
#define DOWN	"-- migrate:down allow:data-loss\n"
#define NO_DOWN "-- migrate:up allow:data-loss irreversible:\"x\"\n"

static void dropped_tables_are_lost(void **state)
{
	(void)state;
	expect(NO_DOWN "DROP TABLE b, sales.orders;\n", TABLE("b") "table sales.orders\t" ORDERS,
	       "");
	expect(NO_DOWN "DROP TABLE a CASCADE;\n", TABLE("a"), "");
	expect(NO_DOWN "ALTER TABLE b RENAME TO d;\nDROP TABLE d;\n", TABLE("b"), "");
	expect(UP "CREATE TABLE \"D x\" (id int);\n" DOWN "DROP TABLE \"D x\";\n", "",
	       TABLE("D x"));
	expect(UP "CREATE TABLE d (id int);\n" DOWN "DROP TABLE IF EXISTS D;\n", "", TABLE("d"));
}

static void dropped_columns_are_lost(void **state)
{
	(void)state;
	expect(NO_DOWN "ALTER TABLE a DROP COLUMN name, DROP price;\n",
	       COLUMN("a", "name") COLUMN("a", "price"), "");
	expect(UP "ALTER TABLE a ADD COLUMN x text;\n" DOWN
		  "ALTER TABLE a DROP COLUMN IF EXISTS x;\n",
	       "", COLUMN("a", "x"));
	expect(NO_DOWN "ALTER TABLE a RENAME COLUMN name TO x;\nALTER TABLE a DROP COLUMN x;\n",
	       COLUMN("a", "name"), "");
}

static void a_type_that_keeps_less_is_a_loss(void **state)
{
	(void)state;
	expect(NO_DOWN "ALTER TABLE c ALTER COLUMN price TYPE numeric(10,1);\n",
	       COLUMN("c", "price"), "");
	expect(UP "ALTER TABLE c ALTER COLUMN price TYPE numeric(10,5);\n" DOWN
		  "ALTER TABLE c ALTER COLUMN price TYPE numeric(10,3);\n",
	       "", COLUMN("c", "price"));
}

static void a_table_of_the_same_name_elsewhere_is_another_one(void **state)
{
	(void)state;
	expect(NO_DOWN "ALTER TABLE a ALTER price TYPE bigint;\n", "", "");
	expect(NO_DOWN "ALTER TABLE sales.a ALTER price TYPE int;\n",
	       "column sales.a.price\tSELECT count(\"price\") FROM " TWICE("\"sales\".\"a\""), "");
}

/* Were they two tables, the down would destroy what its up did not make, which is an error without a word about it. */
static void a_name_with_quotes_is_the_same_however_it_is_written(void **state)
{
	(void)state;
	expect("-- migrate:up\nCREATE TABLE \"q\"\"t\" (id int PRIMARY KEY);\n"
	       "CREATE TABLE r (id int REFERENCES \"q\"\"t\");\n"
	       "-- migrate:down\nTRUNCATE \"q\"\"t\" CASCADE;\n"
	       "DROP TABLE r, \"q\"\"t\";\n",
	       "",
	       "table r\tSELECT count(*) " FROM("r") "table q\"t\tSELECT count(*) " FROM("q\"\"t"));
}

static void emptied_tables_lose_their_rows(void **state)
{
	(void)state;
	expect(NO_DOWN "TRUNCATE b, ONLY c;\n", ROWS_OF("b") ROWS_OF("c"), "");
	expect(NO_DOWN "TRUNCATE a CASCADE;\n", ROWS_OF("a") ROWS_OF("b"), "");
	expect(NO_DOWN "DELETE FROM c;\n", ROWS_OF("c"), "");
	expect(NO_DOWN "DELETE FROM sales.orders WHERE id > 7;\n",
	       "rows of sales.orders\tSELECT count(*) FROM \"sales\".\"orders\" WHERE id > 7\t"
	       "\"sales\".\"orders\"\n",
	       "");
	expect(NO_DOWN "DELETE FROM c USING b WHERE c.id = b.id;\n", ROWS_OF("c"), "");
	expect(NO_DOWN "UPDATE c SET mood = 1;\n", COLUMN("c", "mood"), "");
}

static void only_the_delta_tells_what_else_is_gone(void **state)
{
	(void)state;
	expect(NO_DOWN "DROP SCHEMA sales CASCADE;\n",
	       "table sales.a\tSELECT count(*) FROM " TWICE(
		       "\"sales\".\"a\"") "table sales.orders\t" ORDERS,
	       "");
	expect(NO_DOWN "DO $$ BEGIN EXECUTE 'DROP TABLE ' || 'b'; END $$;\n", TABLE("b"), "");
	expect(NO_DOWN "DO $$ BEGIN EXECUTE 'ALTER TABLE c DROP ' || 'mood'; END $$;\n",
	       COLUMN("c", "mood"), "");
	expect(NO_DOWN "DROP TABLE parts;\n", TABLE("parts") TABLE("parts_1"), "");
	expect(NO_DOWN "ALTER TABLE parts DROP COLUMN id;\n",
	       COLUMN("parts", "id") COLUMN("parts_1", "id"), "");
}

static void what_is_still_there_is_no_loss(void **state)
{
	(void)state;
	expect(NO_DOWN "DROP MATERIALIZED VIEW m;\n", "", "");
	expect(NO_DOWN "ALTER SCHEMA sales RENAME TO shop;\n", "", "");
	expect(NO_DOWN "ALTER TABLE b SET SCHEMA sales;\n", "", "");
	expect(NO_DOWN "ALTER TABLE parts RENAME COLUMN id TO number;\n", "", "");
	expect(NO_DOWN "ALTER TABLE c RENAME TO d;\nALTER TABLE d RENAME mood TO x;\n", "", "");
	expect(NO_DOWN "CREATE TABLE c2 AS SELECT * FROM c;\nDROP MATERIALIZED VIEW m;\nDROP TABLE "
		       "c;\nALTER TABLE c2 RENAME TO c;\n",
	       "", "");
	expect(NO_DOWN "DROP TABLE IF EXISTS nowhere;\n", "", "");
	expect(NO_DOWN "CREATE TABLE d (id int);\nTRUNCATE d;\nDROP TABLE d;\n", "", "");
	expect(NO_DOWN "ALTER TABLE parts DETACH PARTITION parts_1;\n", "", "");
}

/* Without a shadow names are those that were written. */
static void the_statements_alone_tell_less(void **state)
{
	(void)state;
	check(NO_DOWN "DROP TABLE B, sales.orders;\n",
	      "table b\tSELECT count(*) FROM " TWICE("\"b\"") "table sales.orders\t" ORDERS, "",
	      SHADOW_OFF);
	check(NO_DOWN "DROP SCHEMA sales CASCADE;\n", "tables of sales\t\n", "", SHADOW_OFF);
	check(NO_DOWN "ALTER TABLE a DROP COLUMN Name;\n",
	      "column a.name\tSELECT count(\"name\") FROM " TWICE("\"a\""), "", SHADOW_OFF);
	check(UP "ALTER TABLE c RENAME TO d;\n" DOWN "ALTER TABLE d RENAME TO c;\n", "", "",
	      SHADOW_OFF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dropped_tables_are_lost),
		cmocka_unit_test(dropped_columns_are_lost),
		cmocka_unit_test(a_type_that_keeps_less_is_a_loss),
		cmocka_unit_test(a_table_of_the_same_name_elsewhere_is_another_one),
		cmocka_unit_test(a_name_with_quotes_is_the_same_however_it_is_written),
		cmocka_unit_test(emptied_tables_lose_their_rows),
		cmocka_unit_test(only_the_delta_tells_what_else_is_gone),
		cmocka_unit_test(what_is_still_there_is_no_loss),
		cmocka_unit_test(the_statements_alone_tell_less),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
