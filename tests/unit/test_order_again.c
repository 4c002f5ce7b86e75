/* Again: what beside its own text makes a repeatable run again shows in its checksum, and nothing else does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "folder.h"

/* The checksum of a repeatable as the folder stands. */
static void read_checksum(struct folder *folder, const char *name, char checksum[65])
{
	struct set set;

	assert_int_equal(folder_read(folder, &set), 0);
	for (uint32_t i = set.fix_count; i < set.fix_count + set.repeatable_count; i++) {
		if (strcmp(set.scripts[i].base.name, name) == 0) {
			memcpy(checksum, set.scripts[i].base.checksum, 65);
			return;
		}
	}
	fail_msg("no repeatable %s", name);
}

static bool is_changed_by(struct folder *folder, const char *name, const char *file,
			  const char *text)
{
	char before[65];
	char after[65];

	read_checksum(folder, name, before);
	folder_add(folder, file, text);
	read_checksum(folder, name, after);
	return strcmp(before, after) != 0;
}

static void one_runs_again_with_what_it_is_made_of(void **state)
{
	struct folder *folder = *state;
	const char *view = "CREATE VIEW IF NOT EXISTS a AS SELECT 1 AS x;";

	folder_add(folder, "0001_t.sql", "CREATE TABLE t (x INTEGER);");
	folder_add(folder, "R__a.sql", view);
	folder_add(folder, "R__b.sql", "-- migrate:up after:a\nSELECT 2;");
	folder_add(folder, "R__c.sql", "-- migrate:up after:b\nSELECT 3;");
	folder_add(folder, "R__d.sql", "SELECT 4;");
	assert_true(is_changed_by(folder, "b", "R__a.sql", "SELECT 5;"));
	assert_true(is_changed_by(folder, "c", "R__a.sql", "SELECT 6;"));
	assert_false(is_changed_by(folder, "d", "R__a.sql", "SELECT 7;"));
	assert_false(is_changed_by(folder, "a", "R__c.sql", "-- migrate:up after:b\nSELECT 8;"));
	/* Others change the places of both, not what they are. */
	folder_add(folder, "R__c.sql", "-- migrate:up after:\"d a\"\nSELECT 3;");
	assert_false(is_changed_by(folder, "c", "R__Z.sql", "SELECT 9;"));
	folder_add(folder, "R__Z.sql", "-- migrate:up after:d\nSELECT 9;");
	assert_false(is_changed_by(folder, "c", "R__a.sql", "SELECT 7;"));
	folder_add(folder, "R__a.sql", "-- migrate:up after:Z\nSELECT 7;");
	folder_add(folder, "R__d.sql", "SELECT 4;");
	assert_true(is_changed_by(folder, "a", "R__d.sql", "SELECT 10;"));
}

static const struct {
	const char *migration;
	enum database database;
	bool changes;
} taken[] = {
	{ "DROP VIEW IF EXISTS totals;", DATABASE_SQLITE, true },
	{ "DROP VIEW main.\"totals\";", DATABASE_SQLITE, true },
	{ "DROP VIEW other, public.totals;", DATABASE_POSTGRES, true },
	{ "DROP VIEW totals_of_others;", DATABASE_SQLITE, false },
	/* A table that is made anew: its triggers are gone. */
	{ "DROP TABLE orders;", DATABASE_SQLITE, true },
	{ "CREATE TABLE b (y INTEGER);", DATABASE_SQLITE, false },
	{ "UPDATE orders SET x = 1 WHERE x = 2;", DATABASE_SQLITE, false },
	{ "DROP INDEX by_x;", DATABASE_SQLITE, false },
	/* `orders` is where another one stood, `int` a type. */
	{ "DROP TRIGGER others ON orders;", DATABASE_POSTGRES, false },
	{ "DROP FUNCTION others(orders);", DATABASE_POSTGRES, false },
	{ "DROP TABLE others CASCADE;", DATABASE_POSTGRES, true },
	{ "ALTER TABLE others DROP COLUMN x CASCADE;", DATABASE_POSTGRES, true },
	{ "ALTER TABLE others DROP COLUMN x;", DATABASE_POSTGRES, false },
	{ "ALTER TABLE b ADD FOREIGN KEY (x) REFERENCES c (x) ON DELETE CASCADE;",
	  DATABASE_POSTGRES, false },
};

static void one_runs_again_when_a_migration_took_it_away(void **state)
{
	struct folder *folder = *state;

	folder_add(folder, "0001_t.sql", "CREATE TABLE orders (x INTEGER);");
	folder_add(folder, "R__totals.sql", "CREATE VIEW totals AS SELECT sum(x) FROM orders;");
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
		folder->options.database = taken[i].database;
		if (is_changed_by(folder, "totals", "0002_u.sql", taken[i].migration) !=
		    taken[i].changes)
			fail_msg("%s", taken[i].migration);
		folder_delete(folder, "0002_u.sql");
	}
}

static void a_way_back_takes_nothing(void **state)
{
	struct folder *folder = *state;

	folder_add(folder, "0001_t.sql", "CREATE TABLE orders (x INTEGER);");
	folder_add(folder, "R__totals.sql", "CREATE VIEW totals AS SELECT sum(x) FROM orders;");
	assert_false(is_changed_by(folder, "totals", "0002_u.sql",
				   "-- migrate:up\nSELECT 1;\n-- migrate:down\nDROP VIEW totals;"));
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_make, folder_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(one_runs_again_with_what_it_is_made_of),
		IN_FOLDER(one_runs_again_when_a_migration_took_it_away),
		IN_FOLDER(a_way_back_takes_nothing),
	};

	return cmocka_run_group_tests_name("again", tests, NULL, NULL);
}
