/*
 * Losses: each test gives a section that can destroy something, or seems to, and says what is embedded about
 * it. The first migration makes what stands there before. Every query is asked where it would be asked, in the
 * state before its section.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sqlite3.h>
#include <string.h>

#include "compile.h"
#include "folder.h"

#define ROWS_OF(table) "rows of " table "\tSELECT count(*) FROM \"main\".\"" table "\"\n"
#define TABLE(table)   "table " table "\tSELECT count(*) FROM \"main\".\"" table "\"\n"
#define COLUMN(table, column) \
	"column " table "." column "\tSELECT count(\"" column "\") FROM \"main\".\"" table "\"\n"

static const char before[] =
	"-- migrate:up\n"
	"CREATE TABLE a (id INTEGER PRIMARY KEY, name TEXT, note TEXT);\n"
	"CREATE TABLE b (id INTEGER PRIMARY KEY, a_id INTEGER REFERENCES a (id));\n"
	"CREATE INDEX a_name ON a (name);\n"
	"CREATE VIEW v AS SELECT id FROM a;\n"
	"CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END;\n"
	"-- migrate:down\n"
	"DROP TABLE b;\nDROP VIEW v;\nDROP TABLE a;\n";

static struct set compiled(struct folder *folder, const char *second, enum shadow_mode shadow)
{
	struct set set = { .name = "shop" };

	folder->options.shadow = shadow;
	folder_add(folder, "1_a.sql", before);
	folder_add(folder, "2_b.sql", second);
	folder->diag = (struct diagnostics){ .arena = &folder->arena };
	if (compile(&folder->options, &folder->arena, &set, &folder->diag))
		fail_msg("%s", folder_report(folder));
	return set;
}

static void assert_losses(const struct section *section, const char *expected)
{
	assert_string_equal(section->losses ? section->losses : "", expected);
}

static int64_t ask(sqlite3 *db, const char *query)
{
	sqlite3_stmt *statement = NULL;
	int64_t value;

	if (sqlite3_prepare_v2(db, query, -1, &statement, NULL) != SQLITE_OK ||
	    sqlite3_step(statement) != SQLITE_ROW)
		fail_msg("%s: %s", query, sqlite3_errmsg(db));
	value = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return value;
}

/* Asks all queries of a section; returns the sum of what they say. */
static int64_t ask_all(sqlite3 *db, const struct section *section)
{
	const char *line = section->losses ? section->losses : "";
	int64_t sum = 0;

	for (const char *end; (end = strchr(line, '\n')); line = end + 1) {
		char query[4096];
		size_t length = 0;

		for (const char *at = strchr(line, '\t') + 1; at < end; at++) {
			assert_true(length + 1 < sizeof(query));
			query[length++] = *at != '\\'	 ? *at
					  : *++at == 't' ? '\t'
					  : *at == 'n'	 ? '\n'
							 : *at;
		}
		query[length] = 0;
		sum += ask(db, query);
	}
	return sum;
}

static void run(sqlite3 *db, const struct section *section)
{
	for (uint32_t i = 0; i < section->count; i++) {
		const struct statement *statement = &section->statements[i];
		sqlite3_stmt *prepared = NULL;

		assert_int_equal(sqlite3_prepare_v2(db, section->source->text + statement->offset,
						    (int)statement->length, &prepared, NULL),
				 SQLITE_OK);
		while (sqlite3_step(prepared) == SQLITE_ROW)
			continue;
		assert_int_equal(sqlite3_finalize(prepared), SQLITE_OK);
	}
}

/* Up to the end, asking before each step; then what the last down, and all downs, put at stake. */
static int64_t run_all(const struct set *set)
{
	int64_t sum = 0;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	for (uint32_t i = 0; i < set->count; i++) {
		ask_all(db, &set->migrations[i].up);
		run(db, &set->migrations[i].up);
	}
	for (uint32_t i = set->count; i-- > 0;) {
		sum += ask_all(db, &set->migrations[i].down);
		run(db, &set->migrations[i].down);
		if (!set->migrations[i].down.present)
			break;
	}
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	return sum;
}

static void check(const char *second, const char *up, const char *down, enum shadow_mode shadow)
{
	void *state = NULL;
	struct folder *folder;
	struct set set;

	assert_int_equal(folder_make(&state), 0);
	folder = state;
	set = compiled(folder, second, shadow);
	assert_losses(&set.migrations[1].up, up);
	assert_losses(&set.migrations[1].down, down);
	run_all(&set);
	assert_int_equal(folder_remove(&state), 0);
}

/* The statements alone must come to the same. */
static void expect(const char *second, const char *up, const char *down)
{
	check(second, up, down, SHADOW_ON);
	check(second, up, down, SHADOW_OFF);
}

#define UP	"-- migrate:up allow:data-loss\n"
#define DOWN	"-- migrate:down allow:data-loss\n"
#define NO_DOWN "-- migrate:up allow:data-loss irreversible:\"x\"\n"

static void the_first_down_loses_every_table(void **state)
{
	struct set set = compiled(*state, UP "SELECT 1;\n" DOWN "SELECT 1;\n", SHADOW_ON);

	assert_losses(&set.migrations[0].up, "");
	assert_losses(&set.migrations[0].down, TABLE("b") TABLE("a"));
}

static void dropped_tables_are_lost(void **state)
{
	(void)state;
	expect(NO_DOWN "DROP TABLE b;\n", TABLE("b"), "");
	expect(NO_DOWN "DROP TABLE IF EXISTS \"b\";\n", TABLE("b"), "");
	expect(UP "CREATE TABLE c (x);\n" DOWN "DROP TABLE c;\n", "", TABLE("c"));
	expect(NO_DOWN "ALTER TABLE b RENAME TO c;\nDROP TABLE c;\n", TABLE("b"), "");
	expect(NO_DOWN "DELETE FROM b;\nDROP TABLE b;\n", TABLE("b"), "");
}

static void dropped_columns_are_lost(void **state)
{
	(void)state;
	expect(NO_DOWN "ALTER TABLE a DROP COLUMN note;\n", COLUMN("a", "note"), "");
	expect(UP "ALTER TABLE a ADD COLUMN more TEXT;\n" DOWN "ALTER TABLE a DROP COLUMN more;\n",
	       "", COLUMN("a", "more"));
	expect(NO_DOWN "ALTER TABLE a RENAME COLUMN note TO x;\nALTER TABLE a DROP COLUMN x;\n",
	       COLUMN("a", "note"), "");
	expect(NO_DOWN "ALTER TABLE a RENAME TO c;\nALTER TABLE c DROP COLUMN note;\n",
	       COLUMN("a", "note"), "");
}

static void deleted_and_overwritten_rows_are_lost(void **state)
{
	(void)state;
	expect(NO_DOWN "DELETE FROM b;\n", ROWS_OF("b"), "");
	expect(NO_DOWN "UPDATE a SET name = 'x';\n", COLUMN("a", "name"), "");
	expect(NO_DOWN "UPDATE a SET name = 'x', note = NULL;\n",
	       COLUMN("a", "name") COLUMN("a", "note"), "");
	expect(NO_DOWN "UPDATE a SET name = lower(name);\n", "", "");
	expect(NO_DOWN "UPDATE a SET note = name, name = NULL;\n", COLUMN("a", "note"), "");
	expect(NO_DOWN "UPDATE a SET name = 'x' WHERE id = 1;\n", "", "");
}

static void a_condition_is_asked_as_it_stands(void **state)
{
	(void)state;
	expect(NO_DOWN "DELETE FROM a WHERE name IN ('x',\n\t'\\');\n",
	       "rows of a\tSELECT count(*) FROM \"main\".\"a\" WHERE name IN "
	       "('x',\\n\\t'\\\\')\n",
	       "");
	expect(UP "INSERT INTO a (id) VALUES (1);\n" DOWN "DELETE FROM a WHERE id = 1;\n", "",
	       "rows of a\tSELECT count(*) FROM \"main\".\"a\" WHERE id = 1\n");
	expect(NO_DOWN "DELETE FROM a WHERE id IN (SELECT a_id FROM b);\n",
	       "rows of a\tSELECT count(*) FROM \"main\".\"a\" WHERE id IN (SELECT a_id FROM b)\n",
	       "");
}

static void rows_that_several_statements_delete_count_once(void **state)
{
	(void)state;
	expect(NO_DOWN "DELETE FROM a WHERE id = 1;\nDELETE FROM a WHERE id = 2;\nDELETE FROM b "
		       "WHERE id = 3;\nDELETE FROM a WHERE name = 'x' OR id = 1;\n",
	       "rows of a\tSELECT count(*) FROM \"main\".\"a\" WHERE (id = 1) OR (id = 2) OR "
	       "(name = 'x' OR id = 1)\n"
	       "rows of b\tSELECT count(*) FROM \"main\".\"b\" WHERE id = 3\n",
	       "");
	expect(NO_DOWN "DELETE FROM a WHERE id = 1;\nDELETE FROM a;\n", ROWS_OF("a"), "");
}

/* What the section made or changed is not there when the query is asked. */
static void a_condition_that_cannot_be_asked_before_counts_every_row(void **state)
{
	(void)state;
	expect(NO_DOWN "CREATE TABLE c AS SELECT 1 AS x;\nDELETE FROM a WHERE id IN (SELECT x FROM "
		       "c);\n",
	       ROWS_OF("a"), "");
	expect(NO_DOWN "ALTER TABLE a ADD COLUMN x;\nDELETE FROM a WHERE x IS NULL;\n",
	       ROWS_OF("a"), "");
	expect(NO_DOWN "DELETE FROM a WHERE id = 1 RETURNING id;\n", ROWS_OF("a"), "");
	expect(NO_DOWN "DELETE FROM a WHERE random() > 0;\n", ROWS_OF("a"), "");
	expect(NO_DOWN "WITH c AS (SELECT 1) DELETE FROM a WHERE id IN c;\n", ROWS_OF("a"), "");
	expect(NO_DOWN "DELETE FROM a AS x WHERE x.id = 1;\n", ROWS_OF("a"), "");
}

static void what_the_section_makes_itself_is_no_loss(void **state)
{
	(void)state;
	expect(NO_DOWN "CREATE TABLE c (x);\nINSERT INTO c VALUES (1);\nDELETE FROM c;\nDROP TABLE "
		       "c;\n",
	       "", "");
	expect(NO_DOWN "ALTER TABLE a ADD COLUMN x;\nUPDATE a SET x = 1;\nALTER TABLE a DROP "
		       "COLUMN x;\n",
	       "", "");
	expect(NO_DOWN "DROP TABLE IF EXISTS c;\nCREATE TABLE c (x);\n", "", "");
}

static void indexes_views_and_triggers_hold_nothing(void **state)
{
	(void)state;
	expect(NO_DOWN "DROP INDEX a_name;\nDROP VIEW v;\nDROP TRIGGER t;\n", "", "");
}

static void what_is_renamed_is_still_there(void **state)
{
	(void)state;
	expect(UP "ALTER TABLE b RENAME TO c;\n" DOWN "ALTER TABLE c RENAME TO b;\n", "", "");
	expect(UP "ALTER TABLE a RENAME COLUMN note TO x;\n" DOWN
		  "ALTER TABLE a RENAME COLUMN x TO note;\n",
	       "", "");
}

static void a_rebuild_loses_the_columns_it_leaves_out(void **state)
{
	(void)state;
	expect(NO_DOWN "CREATE TABLE b2 (id INTEGER PRIMARY KEY, a_id INTEGER);\n"
		       "INSERT INTO b2 (id, a_id) SELECT id, a_id FROM b;\n"
		       "DROP TABLE b;\nALTER TABLE b2 RENAME TO b;\n",
	       "", "");
	expect(NO_DOWN "CREATE TABLE b2 (id INTEGER PRIMARY KEY);\n"
		       "INSERT INTO b2 (id) SELECT id FROM b;\n"
		       "DROP TABLE b;\nALTER TABLE b2 RENAME TO b;\n",
	       COLUMN("b", "a_id"), "");
	expect(NO_DOWN "CREATE TABLE b2 (id INTEGER PRIMARY KEY, a_id INTEGER);\n"
		       "INSERT INTO b2 SELECT * FROM b WHERE id > 7;\n"
		       "DROP TABLE b;\nALTER TABLE b2 RENAME TO b;\n",
	       ROWS_OF("b"), "");
}

/* The column that the up left out cannot be lost a second time. */
static void a_rebuild_back_loses_nothing_of_what_is_gone(void **state)
{
	(void)state;
	expect(UP "CREATE TABLE b2 (id INTEGER PRIMARY KEY);\n"
		  "INSERT INTO b2 (id) SELECT id FROM b;\n"
		  "DROP TABLE b;\nALTER TABLE b2 RENAME TO b;\n" DOWN
		  "CREATE TABLE b2 (id INTEGER PRIMARY KEY, a_id INTEGER REFERENCES a (id));\n"
		  "INSERT INTO b2 (id) SELECT id FROM b;\n"
		  "DROP TABLE b;\nALTER TABLE b2 RENAME TO b;\n",
	       COLUMN("b", "a_id"), "");
}

static void names_are_quoted(void **state)
{
	(void)state;
	check(UP "CREATE TABLE \"o\"\"r\" (\"a b\" TEXT, c);\n" DOWN "DROP TABLE \"o\"\"r\";\n", "",
	      "table o\"r\tSELECT count(*) FROM \"main\".\"o\"\"r\"\n", SHADOW_ON);
	check(NO_DOWN "ALTER TABLE A DROP COLUMN Note;\n", COLUMN("a", "note"), "", SHADOW_ON);
}

static void a_search_index_holds_copies(void **state)
{
	(void)state;
	check(UP "CREATE VIRTUAL TABLE s USING fts5 (x);\n" DOWN "DROP TABLE s;\n", "", "",
	      SHADOW_ON);
}

/* Nothing was run, so what is no SQL comes this far. */
static void words_that_name_nothing_are_passed_over(void **state)
{
	static const char *const texts[] = {
		"ALTER TABLE 5 RENAME TO t;\nDROP TABLE t;\n",
		"ALTER TABLE a RENAME COLUMN 5 TO x;\nALTER TABLE a DROP COLUMN x;\n",
		"DROP TABLE;\nDELETE FROM;\nUPDATE a SET;\nDELETE;\nUPDATE;\nDROP;\nALTER TABLE;\n",
		"UPDATE a SET , , = ;\nDELETE FROM main.;\nDROP TABLE main.;\n",
		"ALTER TABLE a DROP;\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		void *made = NULL;
		struct folder *folder;

		assert_int_equal(folder_make(&made), 0);
		folder = made;
		compiled(folder,
			 arena_format(&folder->arena, "%s%s%s%s", UP, texts[i], DOWN, texts[i]),
			 SHADOW_OFF);
		assert_int_equal(folder_remove(&made), 0);
	}
}

static void a_query_counts_what_is_at_stake(void **state)
{
	struct set set = compiled(*state,
				  UP "INSERT INTO a (id, name) VALUES (1, 'x'), (2, 'y');\n"
				     "ALTER TABLE a ADD COLUMN more;\n"
				     "UPDATE a SET more = 7 WHERE id = 2;\n" DOWN
				     "DELETE FROM a WHERE id IN (1, 2);\n"
				     "ALTER TABLE a DROP COLUMN more;\n",
				  SHADOW_ON);

	assert_losses(&set.migrations[1].down,
		      "rows of a\tSELECT count(*) FROM \"main\".\"a\" WHERE id IN (1, 2)\n" COLUMN(
			      "a", "more"));
	assert_int_equal(run_all(&set), 2 + 1); /* the first down drops empty tables */
}

/* Three sample products, none of them sold, and three warehouses. */
static void the_queries_of_the_demo_run(void **state)
{
	struct folder *folder = *state;
	struct set set = { .name = "shop" };

	folder->options.directory = BOBOLINK_SOURCE_DIR "/migrations";
	folder->diag = (struct diagnostics){ .arena = &folder->arena };
	assert_int_equal(compile(&folder->options, &folder->arena, &set, &folder->diag), 0);
	assert_int_equal(run_all(&set), 3 + 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_first_down_loses_every_table, folder_make,
						folder_remove),
		cmocka_unit_test(dropped_tables_are_lost),
		cmocka_unit_test(dropped_columns_are_lost),
		cmocka_unit_test(deleted_and_overwritten_rows_are_lost),
		cmocka_unit_test(a_condition_is_asked_as_it_stands),
		cmocka_unit_test(rows_that_several_statements_delete_count_once),
		cmocka_unit_test(a_condition_that_cannot_be_asked_before_counts_every_row),
		cmocka_unit_test(what_the_section_makes_itself_is_no_loss),
		cmocka_unit_test(indexes_views_and_triggers_hold_nothing),
		cmocka_unit_test(what_is_renamed_is_still_there),
		cmocka_unit_test(a_rebuild_loses_the_columns_it_leaves_out),
		cmocka_unit_test(a_rebuild_back_loses_nothing_of_what_is_gone),
		cmocka_unit_test(names_are_quoted),
		cmocka_unit_test(a_search_index_holds_copies),
		cmocka_unit_test(words_that_name_nothing_are_passed_over),
		cmocka_unit_test_setup_teardown(a_query_counts_what_is_at_stake, folder_make,
						folder_remove),
		cmocka_unit_test_setup_teardown(the_queries_of_the_demo_run, folder_make,
						folder_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
