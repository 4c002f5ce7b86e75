/* Inventories: what is read, what is equal, what is shared, and deltas as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <bobolink/sqlite3.h>

#include "database.h"
#include "inventories.h"

static void expect_text(const char *sql, const char *expected)
{
	struct inventories all;
	char *text;

	inventories_open(&all, sql);
	text = inventory_text(all.inventory);
	assert_string_equal(text, expected);
	free(text);
	inventories_close(&all);
}

static void expect_changes(const char *sql, const char *more, const char *expected)
{
	struct inventories all;
	struct inventories other;
	char *text;

	inventories_open(&all, sql);
	inventories_open(&other, more);
	text = inventory_changes(all.inventory, other.inventory);
	assert_string_equal(text, expected);
	free(text);
	inventories_close(&all);
	inventories_close(&other);
}

static void expect_same(const char *sql, const char *other)
{
	expect_changes(sql, other, "");
}

static void columns_and_keys_are_objects_of_their_own(void **state)
{
	(void)state;
	expect_text("CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, name varchar(20) "
		    "NOT NULL "
		    "DEFAULT 'x' COLLATE NOCASE UNIQUE, age INT CHECK (age > 0))",
		    "+ table\t\t\tusers\t\n"
		    "+ column\t\tusers\tage\tINT\n"
		    "+ column\t\tusers\tid\tINTEGER\n"
		    "+ column\t\tusers\tname\tVARCHAR(20) NOT NULL DEFAULT 'x' COLLATE NOCASE\n"
		    "+ primary-key\t\tusers\tprimary-key(id)\t(id) AUTOINCREMENT\n"
		    "+ unique\t\tusers\tunique(name)\t(name)\n"
		    "+ check\t\tusers\tcheck(age)\t(age > 0)\n");
}

static void foreign_keys_have_their_clauses(void **state)
{
	(void)state;
	expect_text(
		"CREATE TABLE lines (a INT REFERENCES orders ON DELETE CASCADE ON UPDATE NO "
		"ACTION, "
		"b INT, c INT, CONSTRAINT bc FOREIGN KEY (b, c) REFERENCES \"pair\" (x, \"y z\") "
		"ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED)",
		"+ table\t\t\tlines\t\n"
		"+ column\t\tlines\ta\tINT\n"
		"+ column\t\tlines\tb\tINT\n"
		"+ column\t\tlines\tc\tINT\n"
		"+ foreign-key\t\tlines\tbc\t(b, c) REFERENCES pair(x, \"y z\") ON UPDATE SET NULL "
		"DEFERRABLE INITIALLY DEFERRED\n"
		"+ foreign-key\t\tlines\tforeign-key(a)\t(a) REFERENCES orders ON DELETE "
		"CASCADE\n");
}

static void indexes_views_and_triggers_are_read(void **state)
{
	(void)state;
	expect_text(
		"CREATE TABLE t (a, b);"
		"CREATE UNIQUE INDEX i ON t (a ASC, lower(b) DESC) WHERE a IS NOT NULL;"
		"CREATE VIEW v AS SELECT a FROM t;"
		"CREATE TRIGGER r AFTER INSERT ON T BEGIN UPDATE t SET b = CASE WHEN 1 THEN 2 END; "
		"END;",
		"+ table\t\t\tt\t\n"
		"+ column\t\tt\ta\t\n"
		"+ column\t\tt\tb\t\n"
		"+ index\t\tt\ti\tUNIQUE (a, lower(b) DESC) WHERE a IS NOT NULL\n"
		"+ trigger\t\tt\tr\tAFTER INSERT ON T BEGIN UPDATE t SET b = CASE WHEN 1 THEN 2 "
		"END; END\n"
		"+ view\t\t\tv\tAS SELECT a FROM t\n");
}

static void generated_columns_and_options_are_read(void **state)
{
	(void)state;
	if (sqlite3_libversion_number() < 3037000)
		skip();
	expect_text(
		"CREATE TABLE t (a INT, b INT AS (a + 1), c INT GENERATED ALWAYS AS (a*2) STORED, "
		"PRIMARY KEY (a DESC) ON CONFLICT REPLACE) WITHOUT ROWID, STRICT",
		"+ table\t\t\tt\tSTRICT WITHOUT ROWID\n"
		"+ column\t\tt\ta\tINT\n"
		"+ column\t\tt\tb\tINT GENERATED ALWAYS AS (a + 1)\n"
		"+ column\t\tt\tc\tINT GENERATED ALWAYS AS (a * 2) STORED\n"
		"+ primary-key\t\tt\tprimary-key(a DESC)\t(a DESC) ON CONFLICT REPLACE\n");
}

static void checks_of_one_column_are_told_apart(void **state)
{
	(void)state;
	expect_same("CREATE TABLE t (a INT, CHECK (a > 1), CHECK (a < 9))",
		    "CREATE TABLE t (a INT CHECK (a < 9) CHECK (a > 1))");
	expect_changes("CREATE TABLE t (a INT, CHECK (a > 1), CHECK (a < 9))",
		       "CREATE TABLE t (a INT, CHECK (a > 1))",
		       "~ check\t\tt\tcheck(a)\t(a > 1)\n- check\t\tt\tcheck(a)#2\n");
}

static void layout_says_nothing(void **state)
{
	(void)state;
	expect_same("CREATE TABLE t (a integer not null, b TEXT default 1 check(b<>'it''s'))",
		    "CREATE TABLE [t] (\n\t\"a\" INTEGER /* the a */ NOT NULL, -- x\n `b` Text "
		    "DEFAULT 1 "
		    "CHECK (\"b\" <> 'it''s')\n)");
	expect_same("CREATE TABLE t(a); CREATE VIEW v AS SELECT a FROM t WHERE a IN (1,2)",
		    "CREATE TABLE t(a); CREATE VIEW v as select \"a\" from [t] where a in(1 , 2)");
	expect_same("CREATE TABLE t(a PRIMARY KEY)", "CREATE TABLE t(a, PRIMARY KEY (a ASC))");
	expect_same("CREATE TABLE t(a REFERENCES p)",
		    "CREATE TABLE t(a, FOREIGN KEY (a) REFERENCES p ON DELETE NO ACTION)");
	expect_same("CREATE TABLE t(a); CREATE INDEX i ON t(a)",
		    "CREATE TABLE t(a); CREATE INDEX i ON \"t\"(\"a\" ASC)");
}

static void a_reference_means_the_primary_key(void **state)
{
	(void)state;
	expect_same("CREATE TABLE \"a p\" (id INTEGER PRIMARY KEY);"
		    "CREATE TABLE t (x REFERENCES \"a p\" ON DELETE CASCADE)",
		    "CREATE TABLE \"a p\" (id INTEGER PRIMARY KEY);"
		    "CREATE TABLE t (x REFERENCES \"a p\" (id) ON DELETE CASCADE)");
	expect_changes("CREATE TABLE p (id INTEGER PRIMARY KEY, k UNIQUE); CREATE TABLE t (x "
		       "REFERENCES p)",
		       "CREATE TABLE p (id INTEGER PRIMARY KEY, k UNIQUE);"
		       "CREATE TABLE t (x REFERENCES p (k))",
		       "~ foreign-key\t\tt\tforeign-key(x)\t(x) REFERENCES p(k)\n");
	expect_changes("CREATE TABLE t (x REFERENCES p)", "CREATE TABLE t (x REFERENCES p (id))",
		       "~ foreign-key\t\tt\tforeign-key(x)\t(x) REFERENCES p(id)\n");
}

static void the_position_of_a_column_says_nothing(void **state)
{
	(void)state;
	expect_same("CREATE TABLE t (a INT, b TEXT)", "CREATE TABLE t (b TEXT, a INT)");
	expect_same("CREATE TABLE t (a INT, b TEXT)",
		    "CREATE TABLE t (b TEXT); ALTER TABLE t ADD COLUMN a INT");
}

static void strings_and_quoted_keywords_differ(void **state)
{
	(void)state;
	expect_changes("CREATE TABLE t (a CHECK (a <> 'x y'))",
		       "CREATE TABLE t (a CHECK (a <> 'x  y'))",
		       "~ check\t\tt\tcheck(a)\t(a <> 'x  y')\n");
	expect_changes("CREATE TABLE t (a DEFAULT NULL)", "CREATE TABLE t (a DEFAULT \"NULL\")",
		       "~ column\t\tt\ta\tDEFAULT \"NULL\"\n");
}

static void renaming_there_and_back_changes_nothing(void **state)
{
	struct inventories all;
	struct inventories fresh;
	char *text;
	const char *sql = "CREATE TABLE p (id INTEGER PRIMARY KEY, x TEXT CHECK (length(x) > 1));"
			  "CREATE TABLE c (p INT REFERENCES p (id), y AS (p + 1));"
			  "CREATE INDEX i ON p (x) WHERE x > 'a';"
			  "CREATE VIEW v AS SELECT p.x, c.p FROM p JOIN c ON c.p = p.id;"
			  "CREATE TRIGGER t AFTER UPDATE OF x ON p BEGIN DELETE FROM c WHERE p = "
			  "old.id; END;";

	(void)state;
	inventories_open(&fresh, sql);
	inventories_open(&all, sql);
	inventories_run(&all, "ALTER TABLE p RENAME TO q; ALTER TABLE q RENAME COLUMN x TO xx;"
			      "ALTER TABLE c ADD COLUMN z INT;");
	text = inventory_changes(fresh.inventory, all.inventory);
	assert_string_not_equal(text, "");
	free(text);
	inventories_run(&all, "ALTER TABLE q RENAME COLUMN xx TO x; ALTER TABLE q RENAME TO p;"
			      "ALTER TABLE c DROP COLUMN z;");
	text = inventory_changes(fresh.inventory, all.inventory);
	assert_string_equal(text, "");
	free(text);
	inventories_close(&all);
	inventories_close(&fresh);
}

static void differences_come_in_order(void **state)
{
	(void)state;
	expect_changes("CREATE TABLE a (x, y); CREATE TABLE b (x); CREATE INDEX i ON a (x);",
		       "CREATE TABLE a (x INT, z); CREATE TABLE c (x); CREATE INDEX i ON a (z);",
		       "~ column\t\ta\tx\tINT\n"
		       "- column\t\ta\ty\n"
		       "+ column\t\ta\tz\t\n"
		       "~ index\t\ta\ti\t(z)\n"
		       "- table\t\t\tb\n"
		       "- column\t\tb\tx\n"
		       "+ table\t\t\tc\t\n"
		       "+ column\t\tc\tx\t\n");
}

static int stop_at_first(void *context, const struct bobolink_object *before,
			 const struct bobolink_object *after)
{
	(void)before;
	(void)after;
	++*(int *)context;
	return 7;
}

static void a_comparison_can_be_stopped(void **state)
{
	struct inventories all;
	int calls = 0;

	(void)state;
	inventories_open(&all, "CREATE TABLE a (x); CREATE TABLE b (x);");
	assert_int_equal(bobolink_inventory_compare(all.inventory, NULL, stop_at_first, &calls), 7);
	assert_int_equal(calls, 1);
	inventories_close(&all);
}

static void tables_of_sqlite_and_bobolink_are_left_out(void **state)
{
	(void)state;
	expect_text(
		"CREATE TABLE bobolink_history (a UNIQUE); CREATE INDEX h ON bobolink_history (a);"
		"CREATE TABLE bobolink_log (a); CREATE TABLE Bobolink_Head (a);"
		"CREATE TABLE t (a INTEGER PRIMARY KEY AUTOINCREMENT); ANALYZE;",
		"+ table\t\t\tt\t\n"
		"+ column\t\tt\ta\tINTEGER\n"
		"+ primary-key\t\tt\tprimary-key(a)\t(a) AUTOINCREMENT\n");
}

static void shadow_tables_are_left_out(void **state)
{
	(void)state;
	if (!sqlite3_compileoption_used("ENABLE_FTS5") ||
	    !sqlite3_compileoption_used("ENABLE_RTREE"))
		skip();
	expect_text("CREATE VIRTUAL TABLE f USING fts5 (a,  b); CREATE TABLE f_note (a);"
		    "CREATE VIRTUAL TABLE r USING rtree(id, x1, x2);",
		    "+ virtual-table\t\t\tf\tUSING fts5(a, b)\n"
		    "+ table\t\t\tf_note\t\n"
		    "+ column\t\tf_note\ta\t\n"
		    "+ virtual-table\t\t\tr\tUSING rtree(id, x1, x2)\n");
}

static void objects_are_found_by_name(void **state)
{
	struct inventories all;
	const struct bobolink_object *found;

	(void)state;
	inventories_open(&all, "CREATE TABLE t (a INT); CREATE INDEX i ON t (a);");
	found = bobolink_inventory_find(all.inventory, BOBOLINK_OBJECT_INDEX, "", "t", "i");
	assert_non_null(found);
	assert_string_equal(found->sql, "CREATE INDEX i ON t (a)");
	assert_string_equal(found->definition, "(a)");
	assert_null(bobolink_inventory_find(all.inventory, BOBOLINK_OBJECT_INDEX, "", "t", "j"));
	assert_null(bobolink_inventory_find(all.inventory, BOBOLINK_OBJECT_COLUMN, "", "", "a"));
	assert_int_equal(bobolink_inventory_count(all.inventory), 3);
	assert_null(bobolink_inventory_object(all.inventory, 3));
	inventories_close(&all);
}

static void what_did_not_change_is_shared(void **state)
{
	struct bobolink_allocator allocator = inventories_allocator();
	struct bobolink_inventory *later = NULL;
	struct bobolink_error error;
	struct inventories all;
	const struct bobolink_object *kept;
	const struct bobolink_object *changed;

	(void)state;
	inventories_open(&all, "CREATE TABLE a (x); CREATE TABLE b (x); CREATE TABLE c (x);");
	database_run(all.db, "DROP TABLE a; ALTER TABLE b ADD COLUMN y;");
	assert_int_equal(bobolink_inventory_read(bobolink_backend_sqlite3(), all.connection,
						 &allocator, all.inventory, &later, &error),
			 BOBOLINK_OK);
	kept = bobolink_inventory_find(all.inventory, BOBOLINK_OBJECT_COLUMN, "", "c", "x");
	assert_ptr_equal(kept,
			 bobolink_inventory_find(later, BOBOLINK_OBJECT_COLUMN, "", "c", "x"));
	changed = bobolink_inventory_find(all.inventory, BOBOLINK_OBJECT_COLUMN, "", "b", "x");
	assert_ptr_not_equal(changed,
			     bobolink_inventory_find(later, BOBOLINK_OBJECT_COLUMN, "", "b", "x"));
	inventories_close(&all);
	assert_string_equal(kept->name, "x");
	bobolink_inventory_free(later);
}

/* A table or view of the sequence below, dropped when it is there and made when it is not. */
static void toggle(char *sql, size_t size, struct bobolink_object *dropped, uint32_t *count,
		   unsigned number, unsigned *there)
{
	static const char *const make[] = {
		"CREATE TABLE t%u (a INT UNIQUE, b TEXT)", "CREATE VIEW v%u AS SELECT 1 AS a",
		"CREATE INDEX i%u ON base (a)",
		"CREATE TRIGGER r%u AFTER DELETE ON base BEGIN SELECT 1; END"
	};
	static const char *const drop[] = { "DROP TABLE t%u", "DROP VIEW v%u", "DROP INDEX i%u",
					    "DROP TRIGGER r%u" };
	static const int32_t kinds[] = { BOBOLINK_OBJECT_TABLE, BOBOLINK_OBJECT_VIEW,
					 BOBOLINK_OBJECT_INDEX, BOBOLINK_OBJECT_TRIGGER };
	static const char *const letters[] = { "t", "v", "i", "r" };
	static char names[16][24];
	unsigned kind = number % 4;

	if (*there & 1u << number) {
		snprintf(names[number], sizeof(names[number]), "%s%u", letters[kind], number);
		dropped[(*count)++] = (struct bobolink_object){ .kind = kinds[kind],
								.schema = "",
								.parent = kind < 2 ? "" : "base",
								.name = names[number] };
	}
	snprintf(sql, size, *there & 1u << number ? drop[kind] : make[kind], number);
	*there ^= 1u << number;
}

static void following_gives_what_reading_gives(void **state)
{
	struct bobolink_allocator allocator = inventories_allocator();
	const struct bobolink_backend *backend = bobolink_backend_sqlite3();
	struct bobolink_inventory *next = NULL;
	struct bobolink_object dropped[16];
	struct bobolink_error error;
	struct inventories all;
	unsigned there = 0;
	unsigned seed = 1;
	char sql[128];

	(void)state;
	inventories_open(&all, "CREATE TABLE base (a); CREATE TABLE last (a UNIQUE);");
	for (unsigned round = 0; round < 400; round++) {
		struct bobolink_inventory *read = NULL;
		uint32_t count = 0;
		char *followed;
		char *expected;

		for (unsigned i = 0; i < 1 + round % 5; i++) {
			seed = seed * 1103515245u + 12345u;
			toggle(sql, sizeof(sql), dropped, &count, (seed >> 16) % 16, &there);
			database_run(all.db, sql);
		}
		assert_int_equal(bobolink_inventory_follow(backend, all.connection, &allocator,
							   all.inventory, dropped, count, &next,
							   &error),
				 BOBOLINK_OK);
		assert_int_equal(bobolink_inventory_read(backend, all.connection, &allocator, NULL,
							 &read, &error),
				 BOBOLINK_OK);
		followed = inventory_text(next);
		expected = inventory_text(read);
		assert_string_equal(followed, expected);
		free(followed);
		free(expected);
		bobolink_inventory_free(read);
		bobolink_inventory_free(all.inventory);
		all.inventory = next;
	}
	inventories_close(&all);
}

static void apply_delta(const struct bobolink_inventory *before, const char *text,
			struct bobolink_inventory **after)
{
	struct bobolink_error error;

	if (bobolink_delta_apply(before, text, NULL, after, &error))
		fail_msg("%s", error.message);
}

static void deltas_add_up_to_the_inventory(void **state)
{
	struct bobolink_inventory *middle = NULL;
	struct bobolink_inventory *after = NULL;
	struct inventories one;
	struct inventories two;
	char *first;
	char *second;
	char *rest;

	(void)state;
	inventories_open(&one,
			 "CREATE TABLE t (a DEFAULT 'tab\t line\n back\\'); CREATE TABLE u (b);");
	inventories_open(&two, "CREATE TABLE t (a INT, c); CREATE VIEW w AS SELECT 1;");
	first = inventory_text(one.inventory);
	second = inventory_changes(one.inventory, two.inventory);
	assert_non_null(strstr(first, "DEFAULT 'tab\\t line\\n back\\\\'"));
	apply_delta(NULL, first, &middle);
	rest = inventory_changes(middle, one.inventory);
	assert_string_equal(rest, "");
	free(rest);
	apply_delta(middle, second, &after);
	rest = inventory_changes(after, two.inventory);
	assert_string_equal(rest, "");
	free(rest);
	free(first);
	free(second);
	bobolink_inventory_free(after);
	bobolink_inventory_free(middle);
	inventories_close(&one);
	inventories_close(&two);
}

static void sql_travels_with_a_delta_that_has_it(void **state)
{
	struct bobolink_inventory *after = NULL;
	const struct bobolink_object *object;

	(void)state;
	apply_delta(NULL, "+ table\t\t\tt\t\tCREATE TABLE t (a,\\n b)\n", &after);
	object = bobolink_inventory_find(after, BOBOLINK_OBJECT_TABLE, "", "", "t");
	assert_non_null(object);
	assert_string_equal(object->sql, "CREATE TABLE t (a,\n b)");
	bobolink_inventory_free(after);
}

static void malformed_deltas_are_refused(void **state)
{
	static const char *const bad[] = {
		"* table\t\t\tt\t\n",	  "+table\t\t\tt\t\n",
		"+ tabel\t\t\tt\t\n",	  "+ table\t\t\tt\n",
		"- table\t\t\tt\t\n",	  "+ table\t\t\tt\t\\x\n",
		"+ table\t\t\tt\t\\\n",	  "+ table\t\t\tt\t\tsql\tmore\n",
		"- table\t\t\tmissing\n", "~ table\t\t\tmissing\t\n",
		"+ table\t\t\tfirst\t\n", "\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct bobolink_inventory *after = NULL;
		struct bobolink_error error;
		char text[128];

		snprintf(text, sizeof(text), "+ table\t\t\tfirst\t\n%s", bad[i]);
		assert_int_equal(bobolink_delta_apply(NULL, text, NULL, &after, &error),
				 BOBOLINK_CORRUPT);
		assert_null(after);
		assert_non_null(strstr(error.message, "line 2 of a schema delta"));
	}
}

static void every_failed_allocation_is_reported(void **state)
{
	struct bobolink_allocator allocator = inventories_allocator();
	struct inventories all;
	int64_t points = 0;
	int rc = BOBOLINK_NO_MEMORY;

	(void)state;
	inventories_open(&all, "CREATE TABLE t (a INT CHECK (\"a\" > 1) REFERENCES t, b);");
	database_run(all.db, "CREATE INDEX i ON t (a); CREATE TABLE u (c DEFAULT [x]);");
	for (; rc == BOBOLINK_NO_MEMORY; points++) {
		struct bobolink_inventory *read = NULL;
		struct bobolink_error error;

		allocations_left = points;
		rc = bobolink_inventory_read(bobolink_backend_sqlite3(), all.connection, &allocator,
					     all.inventory, &read, &error);
		allocations_left = -1;
		assert_int_equal(rc == BOBOLINK_OK, read != NULL);
		bobolink_inventory_free(read);
	}
	assert_int_equal(rc, BOBOLINK_OK);
	printf("sweep: %d failed allocations while an inventory is read\n", (int)points - 1);
	assert_true(points > 15);
	inventories_close(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_and_keys_are_objects_of_their_own),
		cmocka_unit_test(foreign_keys_have_their_clauses),
		cmocka_unit_test(indexes_views_and_triggers_are_read),
		cmocka_unit_test(generated_columns_and_options_are_read),
		cmocka_unit_test(checks_of_one_column_are_told_apart),
		cmocka_unit_test(layout_says_nothing),
		cmocka_unit_test(a_reference_means_the_primary_key),
		cmocka_unit_test(the_position_of_a_column_says_nothing),
		cmocka_unit_test(strings_and_quoted_keywords_differ),
		cmocka_unit_test(renaming_there_and_back_changes_nothing),
		cmocka_unit_test(differences_come_in_order),
		cmocka_unit_test(a_comparison_can_be_stopped),
		cmocka_unit_test(tables_of_sqlite_and_bobolink_are_left_out),
		cmocka_unit_test(shadow_tables_are_left_out),
		cmocka_unit_test(objects_are_found_by_name),
		cmocka_unit_test(what_did_not_change_is_shared),
		cmocka_unit_test(following_gives_what_reading_gives),
		cmocka_unit_test(deltas_add_up_to_the_inventory),
		cmocka_unit_test(sql_travels_with_a_delta_that_has_it),
		cmocka_unit_test(malformed_deltas_are_refused),
		cmocka_unit_test(every_failed_allocation_is_reported),
	};

	return cmocka_run_group_tests_name("inventory", tests, NULL, NULL);
}
