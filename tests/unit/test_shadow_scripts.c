/* Shadow: what a run finds out about fixes, repeatables and seeds, and that it leaves nothing behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "folder.h"
#include "shadow.h"

#define ORDERS "-- migrate:up\nCREATE TABLE orders (id INTEGER PRIMARY KEY, note TEXT);\n"
#define ASK                              \
	"-- fix:should-run requires:1\n" \
	"SELECT count(*) > 0 FROM orders WHERE note IS NULL;\n"
#define GIVEN "-- fix:given\nINSERT INTO orders VALUES (1, NULL), (2, NULL);\n"

/* Runs the set that stands in the folder. Returns what shadow returned. */
static int run(struct folder *folder, struct set *set)
{
	memset(set, 0, sizeof(*set));
	set->name = "shop";
	assert_int_equal(folder_read(folder, set), 0);
	return shadow(&folder->options, &folder->arena, set, &folder->diag);
}

static void each_repeatable_gets_its_delta(void **state)
{
	struct folder *folder = *state;
	struct set set;

	folder_add(folder, "1_orders.sql", ORDERS);
	folder_add(folder, "R__a.sql",
		   "DROP VIEW IF EXISTS v;\nCREATE VIEW v AS SELECT id FROM orders;\n");
	folder_add(folder, "R__b.sql",
		   "DROP INDEX IF EXISTS i;\nCREATE INDEX i ON orders (note);\n");
	assert_int_equal(run(folder, &set), 0);
	assert_string_equal(folder_report(folder), "");
	assert_int_equal(set.scripts[0].base.change_count, 1);
	assert_string_equal(set.scripts[0].base.changes[0].after->name, "v");
	assert_int_equal(set.scripts[1].base.change_count, 1);
	assert_string_equal(set.scripts[1].base.changes[0].after->name, "i");
	assert_non_null(strstr(set.scripts[1].base.delta, "+ index\t\torders\ti\t"));
	/* The expected schema is that of all. */
	assert_non_null(strstr(set.schema, "CREATE VIEW v AS SELECT id FROM orders"));
	assert_non_null(strstr(set.schema, "CREATE INDEX i ON orders (note)"));
}

static void a_fix_that_was_tried_is_proven(void **state)
{
	struct folder *folder = *state;
	struct set set;

	folder_add(folder, "1_orders.sql", ORDERS);
	folder_add(folder, "fixes/1_tried.sql",
		   ASK "-- fix:execute\nUPDATE orders SET note = '' WHERE note IS NULL;\n" GIVEN);
	folder_add(folder, "fixes/2_not_given.sql",
		   ASK "-- fix:execute\nUPDATE orders SET note = '' WHERE note IS NULL;\n");
	folder_add(folder, "fixes/3_off.sql",
		   ASK "-- fix:execute shadow:off reason:\"slow\"\n"
		       "UPDATE orders SET note = '' WHERE note IS NULL;\n" GIVEN);
	assert_int_equal(run(folder, &set), 0);
	assert_string_equal(folder_report(folder), "fixes/2_not_given.sql:3:1 fix-unproven\n"
						   "fixes/3_off.sql:3:1 fix-unproven\n");
	assert_false(set.scripts[0].unproven);
	assert_true(set.scripts[1].unproven);
	assert_true(set.scripts[2].unproven);
	assert_false(set.unproven);
}

static void without_a_run_no_fix_is_proven(void **state)
{
	struct folder *folder = *state;
	struct set set;

	folder->options.shadow = SHADOW_OFF;
	folder_add(folder, "1_orders.sql", ORDERS);
	folder_add(folder, "fixes/1_tried.sql",
		   ASK "-- fix:execute\nUPDATE orders SET note = '' WHERE note IS NULL;\n" GIVEN);
	assert_int_equal(run(folder, &set), 0);
	assert_true(set.scripts[0].unproven);
	folder->options.shadow = SHADOW_AUTO;
}

static void an_undo_may_bring_rows_back_in_any_order(void **state)
{
	struct folder *folder = *state;
	struct set set;

	folder_add(folder, "1_orders.sql",
		   "-- migrate:up\nCREATE TABLE orders (id INTEGER, note TEXT);\n");
	folder_add(folder, "fixes/1_undone.sql",
		   ASK "-- fix:execute\nDELETE FROM orders WHERE note IS NULL;\n"
		       "-- fix:undo\nINSERT INTO orders VALUES (2, NULL), (1, NULL);\n" GIVEN);
	assert_int_equal(run(folder, &set), 0);
	assert_false(set.scripts[0].unproven);
}

static void an_undo_must_bring_every_value_back(void **state)
{
	struct folder *folder = *state;
	struct set set;

	folder_add(folder, "1_orders.sql", ORDERS);
	folder_add(folder, "fixes/1_undone.sql",
		   ASK "-- fix:execute\nUPDATE orders SET note = 'x' WHERE note IS NULL;\n"
		       "-- fix:undo\nUPDATE orders SET note = '' WHERE note = 'x';\n" GIVEN);
	assert_int_equal(run(folder, &set), -1);
	assert_string_equal(folder_report(folder), "fixes/1_undone.sql:5:1 fix-undo-differs\n");
	assert_true(set.scripts[0].unproven);
}

static void nothing_that_a_fix_does_stays(void **state)
{
	struct folder *folder = *state;
	struct set set;

	folder_add(folder, "1_orders.sql", ORDERS);
	folder_add(folder, "2_proof.sql",
		   "-- migrate:up\nCREATE TABLE proof (n INT CHECK (n = 0));\n"
		   "INSERT INTO proof SELECT count(*) FROM orders;\n");
	folder_add(folder, "fixes/1_tables.sql",
		   ASK
		   "-- fix:execute\nDROP TABLE legacy;\nDELETE FROM orders WHERE note IS NULL;\n"
		   "INSERT INTO orders VALUES (3, 'stays?');\n" GIVEN
		   "CREATE TABLE legacy (x INT);\n");
	assert_int_equal(run(folder, &set), 0);
	assert_false(set.scripts[0].unproven);
	assert_string_equal(set.migrations[1].delta,
			    "+ table\t\t\tproof\t\n+ column\t\tproof\tn\tINT\n"
			    "+ check\t\tproof\tcheck(n)\t(n = 0)\n");
	assert_null(strstr(set.schema, "legacy"));
}

static void a_seed_that_is_left_out_changes_nothing(void **state)
{
	struct folder *folder = *state;
	struct set set;

	folder_add(folder, "1_orders.sql", ORDERS);
	folder_add(
		folder, "2_samples.sql",
		"-- migrate:up only:\"development test\"\nINSERT INTO orders VALUES (1, 'a');\n");
	folder_add(folder, "3_lines.sql", "-- migrate:up\nCREATE TABLE lines (id INT);\n");
	assert_int_equal(run(folder, &set), 0);
	assert_string_equal(set.migrations[1].delta, "");
	assert_int_equal(set.migrations[1].change_count, 0);
	assert_string_equal(set.migrations[2].delta,
			    "+ table\t\t\tlines\t\n+ column\t\tlines\tid\tINT\n");
	assert_false(set.unproven);
}

/* Each is reported once, whatever the number of its environments. */
static void every_seed_runs_in_its_first_environment(void **state)
{
	struct folder *folder = *state;
	struct set set;

	folder_add(folder, "1_orders.sql", ORDERS);
	folder_add(folder, "2_a.sql",
		   "-- migrate:up only:\"development test\"\nCREATE TABLE a (x INT);\n");
	folder_add(folder, "3_b.sql", "-- migrate:up only:test\nCREATE TABLE b (x INT);\n");
	folder_add(folder, "4_c.sql", "-- migrate:up except:test\nCREATE TABLE c (x INT);\n");
	assert_int_equal(run(folder, &set), -1);
	assert_string_equal(folder_report(folder), "4_c.sql:1:1 seed-changes-schema\n");
	folder_delete(folder, "4_c.sql");
	assert_int_equal(run(folder, &set), -1);
	assert_string_equal(folder_report(folder), "2_a.sql:1:1 seed-changes-schema\n");
	folder_add(
		folder, "2_a.sql",
		"-- migrate:up only:\"development test\"\nINSERT INTO orders VALUES (1, 'a');\n");
	assert_int_equal(run(folder, &set), -1);
	assert_string_equal(folder_report(folder), "3_b.sql:1:1 seed-changes-schema\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_repeatable_gets_its_delta, folder_make,
						folder_remove),
		cmocka_unit_test_setup_teardown(a_fix_that_was_tried_is_proven, folder_make,
						folder_remove),
		cmocka_unit_test_setup_teardown(without_a_run_no_fix_is_proven, folder_make,
						folder_remove),
		cmocka_unit_test_setup_teardown(an_undo_may_bring_rows_back_in_any_order,
						folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(an_undo_must_bring_every_value_back, folder_make,
						folder_remove),
		cmocka_unit_test_setup_teardown(nothing_that_a_fix_does_stays, folder_make,
						folder_remove),
		cmocka_unit_test_setup_teardown(a_seed_that_is_left_out_changes_nothing,
						folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(every_seed_runs_in_its_first_environment,
						folder_make, folder_remove),
	};

	return cmocka_run_group_tests_name("shadow-scripts", tests, NULL, NULL);
}
