/* Shadow: what a run on a scratch database finds, keeps and leaves alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "folder.h"
#include "inventories.h"
#include "shadow.h"
#include "support/buffer.h"

/* Runs the set that stands in the folder. Returns what shadow returned. */
static int run(struct folder *folder, struct set *set)
{
	memset(set, 0, sizeof(*set));
	set->name = "shop";
	assert_int_equal(folder_read(folder, set), 0);
	return shadow(&folder->options, &folder->arena, set, &folder->diag);
}

static void expect(struct folder *folder, const char *report)
{
	struct set set;

	assert_int_equal(run(folder, &set), *report ? -1 : 0);
	assert_string_equal(folder_report(folder), report);
}

static void each_migration_gets_its_delta(void **state)
{
	struct folder *folder = *state;
	struct set set;

	folder_add(folder, "1_a.sql", "CREATE TABLE a (x INT);\n");
	folder_add(folder, "2_b.sql",
		   "ALTER TABLE a ADD COLUMN y TEXT;\nALTER TABLE a DROP COLUMN x;\n");
	folder_add(folder, "3_c.sql", "INSERT INTO a VALUES ('z');\n");
	assert_int_equal(run(folder, &set), 0);
	assert_string_equal(set.migrations[0].delta, "+ table\t\t\ta\t\n+ column\t\ta\tx\tINT\n");
	assert_string_equal(set.migrations[1].delta, "- column\t\ta\tx\n+ column\t\ta\ty\tTEXT\n");
	assert_string_equal(set.migrations[2].delta, "");
	assert_int_equal(set.migrations[1].change_count, 2);
	assert_string_equal(set.migrations[1].changes[0].before->name, "x");
	assert_null(set.migrations[1].changes[0].after);
	assert_null(set.migrations[1].changes[1].before);
	assert_string_equal(set.migrations[1].changes[1].after->definition, "TEXT");
	assert_false(set.unproven);
}

static const char chain_1[] = "-- migrate:up\nCREATE TABLE a (x INT, y TEXT);\n"
			      "CREATE VIEW v AS SELECT x FROM a;\n"
			      "-- migrate:down\nDROP VIEW v;\nDROP TABLE a;\n";
static const char chain_2[] = "-- migrate:up\nDROP VIEW v;\nALTER TABLE a RENAME TO b;\n"
			      "CREATE INDEX i ON b (x);\n"
			      "-- migrate:down\nDROP INDEX i;\nALTER TABLE b RENAME TO a;\n"
			      "CREATE VIEW v AS SELECT x FROM a;\n";

static void deltas_add_up_to_the_schema(void **state)
{
	struct folder *folder = *state;
	struct bobolink_inventory *sum = NULL;
	struct bobolink_inventory *schema = NULL;
	struct bobolink_error error;
	struct buffer text = BUFFER_INIT;
	struct set set;
	char *differences;

	folder_add(folder, "1_a.sql", chain_1);
	folder_add(folder, "2_b.sql", chain_2);
	folder->options.embed = EMBED_HEAD;
	assert_int_equal(run(folder, &set), 0);
	for (uint32_t i = 0; i < set.count; i++)
		buffer_add_text(&text, set.migrations[i].delta);
	assert_int_equal(bobolink_delta_apply(NULL, text.text, NULL, &sum, &error), BOBOLINK_OK);
	assert_int_equal(bobolink_delta_apply(NULL, set.schema, NULL, &schema, &error),
			 BOBOLINK_OK);
	differences = inventory_changes(sum, schema);
	assert_string_equal(differences, "");
	assert_int_equal(bobolink_inventory_count(sum), 4);
	free(differences);
	bobolink_inventory_free(sum);
	bobolink_inventory_free(schema);
	buffer_release(&text);
}

static void the_schema_is_embedded_as_asked(void **state)
{
	struct folder *folder = *state;
	struct set set;

	folder_add(folder, "1_a.sql", "CREATE TABLE a (x INT);\n");
	folder->options.embed = EMBED_HEAD;
	assert_int_equal(run(folder, &set), 0);
	assert_string_equal(set.schema, "+ table\t\t\ta\t\tCREATE TABLE a (x INT)\n"
					"+ column\t\ta\tx\tINT\n");
	folder->options.embed = EMBED_DELTAS;
	assert_int_equal(run(folder, &set), 0);
	assert_string_equal(set.schema, "+ table\t\t\ta\t\t=1:1\n");
	folder->options.embed = EMBED_NONE;
	assert_int_equal(run(folder, &set), 0);
	assert_null(set.schema);
}

static void sql_of_the_schema_is_the_statement_or_its_place(void **state)
{
	struct folder *folder = *state;
	struct set set;

	folder_add(folder, "1_a.sql", "CREATE TABLE a (x INT);\nCREATE TABLE b (y INT);\n");
	folder_add(folder, "2_b.sql",
		   "ALTER TABLE a ADD COLUMN z INT;\nCREATE INDEX b_y ON b (y);\n");
	folder->options.embed = EMBED_DELTAS;
	assert_int_equal(run(folder, &set), 0);
	assert_string_equal(set.schema, "+ table\t\t\ta\t\tCREATE TABLE a (x INT, z INT)\n"
					"+ table\t\t\tb\t\t=1:2\n"
					"+ index\t\tb\tb_y\t(y)\t=2:2\n");
}

static void a_down_that_restores_is_silent(void **state)
{
	struct folder *folder = *state;

	folder_add(folder, "1_a.sql", chain_1);
	folder_add(folder, "2_b.sql", chain_2);
	expect(folder, "");
}

static void every_down_that_does_not_is_named(void **state)
{
	struct folder *folder = *state;

	folder_add(folder, "1_a.sql", "-- migrate:up\nCREATE TABLE a (x);\n-- migrate:down\n");
	folder_add(folder, "2_b.sql",
		   "-- migrate:up\nCREATE TABLE b (x);\n-- migrate:down\nDROP TABLE c;\n");
	folder_add(folder, "3_c.sql",
		   "-- migrate:up\nCREATE TABLE c (x);\n-- migrate:down\nDROP TABLE c;\n");
	folder_add(folder, "4_d.sql",
		   "-- migrate:up\nCREATE TABLE d (x);\n-- migrate:down\n"
		   "DROP TABLE d;\nDROP TABLE a;\n");
	expect(folder, "1_a.sql:3:1 down-mismatch\n"
		       "2_b.sql:4:12 down-error\n"
		       "4_d.sql:3:1 down-mismatch\n");
}

static void the_chain_stops_at_an_up_that_does_not_run(void **state)
{
	struct folder *folder = *state;
	struct set set;

	folder_add(folder, "1_a.sql", "CREATE TABLE a (x);\n");
	folder_add(folder, "2_b.sql", "CREATE TABLE b (x);\nDROP TABLE c;\n");
	folder_add(folder, "3_c.sql", "DROP TABLE b;\n");
	assert_int_equal(run(folder, &set), -1);
	assert_string_equal(folder_report(folder), "2_b.sql:2:12 sql-error\n");
	assert_null(set.schema);
}

/* Rows that a proof deleted, and columns that it moved, are as the ups left them. */
static void a_proof_leaves_the_database_as_it_was(void **state)
{
	struct folder *folder = *state;

	folder_add(folder, "1_a.sql",
		   "CREATE TABLE a (x UNIQUE, y);\nINSERT INTO a VALUES (1, 2);\n");
	folder_add(folder, "2_b.sql",
		   "-- migrate:up\nALTER TABLE a ADD COLUMN z;\n-- migrate:down\nDROP TABLE a;\n"
		   "CREATE TABLE a (x UNIQUE, y);\n");
	folder_add(folder, "3_c.sql", "INSERT INTO a VALUES (1, 3, 4);\n");
	expect(folder, "3_c.sql:1:1 sql-error\n");
}

static void a_proof_keeps_the_order_of_columns(void **state)
{
	struct folder *folder = *state;

	folder_add(folder, "1_a.sql", "CREATE TABLE a (x TEXT, y INT);\n");
	folder_add(folder, "2_b.sql",
		   "-- migrate:up\nALTER TABLE a ADD COLUMN z;\n-- migrate:down\nDROP TABLE a;\n"
		   "CREATE TABLE a (y INT, x TEXT);\n");
	folder_add(folder, "3_c.sql",
		   "CREATE TABLE b (x TEXT CHECK (x = 'x'), y INT, z);\n"
		   "INSERT INTO a VALUES ('x', 1, 2);\n"
		   "INSERT INTO b SELECT * FROM a;\n");
	expect(folder, "");
}

static void an_up_must_run_again_after_its_down(void **state)
{
	struct folder *folder = *state;

	folder_add(folder, "1_a.sql", "CREATE TABLE a (x UNIQUE);\n");
	folder_add(folder, "2_b.sql",
		   "-- migrate:up\nINSERT INTO a VALUES (1);\n-- migrate:down\n"
		   "UPDATE a SET x = 1;\n");
	folder_add(folder, "3_c.sql",
		   "-- migrate:up\nINSERT INTO a VALUES (2);\n-- migrate:down\n"
		   "DELETE FROM a WHERE x = 2;\n");
	expect(folder, "2_b.sql:2:1 up-again\n");
}

static void an_up_must_make_the_same_again(void **state)
{
	struct folder *folder = *state;

	/* After the down the name means a temporary table, which the up then alters instead. */
	folder_add(folder, "1_a.sql",
		   "-- migrate:up\nCREATE TABLE a (x);\nALTER TABLE a ADD COLUMN y;\n"
		   "-- migrate:down\nDROP TABLE a;\nCREATE TEMP TABLE a (x);\n");
	expect(folder, "1_a.sql:1:1 up-again\n");
}

static void statements_that_refuse_transactions_are_proved_in_a_copy(void **state)
{
	struct folder *folder = *state;

	folder_add(folder, "1_a.sql",
		   "-- migrate:up\nCREATE TABLE a (x);\nVACUUM;\n-- migrate:down\n"
		   "DROP TABLE a;\nVACUUM;\n");
	folder_add(folder, "2_b.sql",
		   "-- migrate:up\nVACUUM;\nCREATE TABLE b (x);\n-- migrate:down\n"
		   "VACUUM;\n");
	folder_add(folder, "3_c.sql", "INSERT INTO a SELECT x FROM b;\n");
	expect(folder, "2_b.sql:4:1 down-mismatch\n");
}

static void sections_can_be_left_out(void **state)
{
	struct folder *folder = *state;
	struct set set;

	folder->options.embed = EMBED_HEAD;
	folder_add(folder, "1_a.sql",
		   "-- migrate:up\nCREATE TABLE a (x);\n"
		   "-- migrate:down shadow:off reason:\"calls the server\"\nDROP TABLE b;\n");
	assert_int_equal(run(folder, &set), 0);
	assert_string_equal(folder_report(folder), "1_a.sql:3:1 unproven\n");
	assert_true(set.unproven);
	assert_non_null(set.schema);
	folder_add(folder, "2_b.sql",
		   "-- migrate:up shadow:off reason:\"needs its module\"\n"
		   "CREATE VIRTUAL TABLE b USING no_such_module;\n");
	assert_int_equal(run(folder, &set), 0);
	assert_string_equal(folder_report(folder), "1_a.sql:3:1 unproven\n2_b.sql:1:1 unproven\n");
	assert_null(set.migrations[1].delta);
	assert_non_null(set.migrations[0].delta);
	assert_null(set.schema);
}

static void without_a_shadow_nothing_is_known(void **state)
{
	struct folder *folder = *state;
	struct set set;

	folder->options.shadow = SHADOW_OFF;
	folder_add(folder, "1_a.sql", "DROP TABLE nothing;\n");
	assert_int_equal(run(folder, &set), 0);
	assert_true(set.unproven);
	assert_null(set.schema);
	assert_null(set.migrations[0].delta);
	assert_int_equal(folder->diag.count, 1);
	assert_int_equal(folder->diag.items[0].severity, SEVERITY_NOTE);
	assert_string_equal(folder->diag.items[0].rule, "unproven");
}

static void functions_of_the_application_are_stubs(void **state)
{
	struct folder *folder = *state;
	const char *functions[] = { "title/1", "any/-1" };

	folder->options.shadow_functions = functions;
	folder->options.shadow_function_count = 2;
	folder_add(folder, "1_a.sql",
		   "CREATE TABLE a (x, y AS (title(x)));\n"
		   "CREATE INDEX i ON a (any(x, 1, 2));\n"
		   "INSERT INTO a VALUES (any());\n");
	expect(folder, "");
	folder_add(folder, "2_b.sql", "SELECT title(1, 2);\n");
	expect(folder, "2_b.sql:1:8 sql-error\n");
}

static void bad_declarations_are_refused(void **state)
{
	static const char *const bad[] = { "title",   "title/",	   "/1",
					   "title/x", "title/128", "title/-2" };
	struct folder *folder = *state;
	struct set set;

	folder_add(folder, "1_a.sql", "CREATE TABLE a (x);\n");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const char *function = bad[i];

		folder->options.shadow_functions = &function;
		folder->options.shadow_function_count = 1;
		assert_int_equal(run(folder, &set), -1);
		assert_string_equal(folder->diag.items[0].rule, "shadow-function");
	}
}

static void an_extension_that_is_not_there_is_refused(void **state)
{
	struct folder *folder = *state;
	const char *extension = "/no/such/module";
	struct set set;

	folder->options.shadow_extensions = &extension;
	folder->options.shadow_extension_count = 1;
	folder_add(folder, "1_a.sql", "CREATE TABLE a (x);\n");
	assert_int_equal(run(folder, &set), -1);
	assert_string_equal(folder->diag.items[0].rule, "shadow-extension");
	assert_string_equal(folder->diag.items[0].path, extension);
}

static void no_file_is_written(void **state)
{
	static const char *const sql[] = { "ATTACH '%s' AS x;\n", "VACUUM INTO '%s';\n",
					   "ATTACH '%s' || '' AS x;\n" };
	struct folder *folder = *state;
	const char *file = folder_file(folder, ".written");

	for (size_t i = 0; i < sizeof(sql) / sizeof(sql[0]); i++) {
		struct buffer text = BUFFER_INIT;
		const char *at = strstr(sql[i], "%s");

		buffer_add(&text, sql[i], (size_t)(at - sql[i]));
		buffer_add_text(&text, file);
		buffer_add_text(&text, at + 2);
		folder_add(folder, "1_a.sql", text.text);
		expect(folder, "1_a.sql:1:1 sql-error\n");
		assert_int_equal(access(file, F_OK), -1);
		buffer_release(&text);
	}
}

static void the_schema_table_cannot_be_written(void **state)
{
	struct folder *folder = *state;

	folder_add(folder, "1_a.sql", "PRAGMA writable_schema = ON;\nDELETE FROM sqlite_master;\n");
	expect(folder, "1_a.sql:1:1 sql-error\n");
}

static void on_locked_migrations_findings_are_notes(void **state)
{
	struct folder *folder = *state;
	struct set set;

	folder_add(folder, "1_a.sql",
		   "-- migrate:up\nCREATE TABLE a (x REFERENCES b);\nCREATE VIEW v AS SELECT \"y\" "
		   "FROM a;\n"
		   "CREATE VIEW w AS SELECT y FROM a;\nCREATE TRIGGER t AFTER INSERT ON a BEGIN "
		   "DELETE FROM c; END;\n-- migrate:down\nDROP TABLE a;\n");
	memset(&set, 0, sizeof(set));
	assert_int_equal(folder_read(folder, &set), 0);
	set.migrations[0].locked = true;
	assert_int_equal(shadow(&folder->options, &folder->arena, &set, &folder->diag), 0);
	assert_string_equal(folder_report(folder), "1_a.sql:6:1 down-mismatch\n"
						   "1_a.sql:2:30 missing-parent\n"
						   "1_a.sql:3:25 double-quoted-string\n"
						   "1_a.sql:4:25 broken-view\n"
						   "1_a.sql:5:54 broken-trigger\n");
	for (size_t i = 0; i < folder->diag.count; i++)
		assert_int_equal(folder->diag.items[i].severity, SEVERITY_NOTE);
}

static void who_removes_what_others_need_is_blamed(void **state)
{
	struct folder *folder = *state;

	folder_add(folder, "1_a.sql",
		   "CREATE TABLE a (x PRIMARY KEY);\nCREATE TABLE b (x);\n"
		   "CREATE TABLE c (x REFERENCES a);\nCREATE VIEW v AS SELECT x FROM b;\n"
		   "CREATE TRIGGER t AFTER INSERT ON c BEGIN DELETE FROM b; END;\n");
	folder_add(folder, "2_b.sql", "SELECT 1;\nDROP TABLE a;\n");
	folder_add(folder, "3_c.sql", "DROP TABLE b;\n");
	expect(folder, "2_b.sql:2:12 missing-parent\n"
		       "3_c.sql:1:12 broken-view\n"
		       "3_c.sql:1:12 broken-trigger\n");
}

static void a_parent_may_come_later(void **state)
{
	struct folder *folder = *state;

	folder_add(folder, "1_a.sql",
		   "CREATE TABLE c (x REFERENCES \"The \"\"parent\"\"\" (k));\n");
	folder_add(folder, "2_b.sql", "CREATE TABLE \"the \"\"parent\"\"\" (k UNIQUE);\n");
	expect(folder, "");
}

static void triggers_of_every_kind_are_compiled(void **state)
{
	struct folder *folder = *state;

	folder_add(
		folder, "1_a.sql",
		"CREATE TABLE a (x, y, z AS (x));\nCREATE VIEW v AS SELECT x, y FROM a;\n"
		"CREATE TRIGGER t1 BEFORE UPDATE OF y ON a BEGIN SELECT new.q1; END;\n"
		"CREATE TRIGGER t2 AFTER DELETE ON a BEGIN SELECT old.q2; END;\n"
		"CREATE TRIGGER t3 INSTEAD OF INSERT ON v BEGIN SELECT new.q3; END;\n"
		"CREATE TRIGGER t4 INSTEAD OF UPDATE ON v BEGIN SELECT new.q4; END;\n"
		"CREATE TRIGGER t5 INSTEAD OF DELETE ON v BEGIN SELECT old.x, old.y; END;\n"
		"CREATE TRIGGER t6 AFTER INSERT ON a BEGIN DELETE FROM a WHERE x = new.x; END;\n");
	expect(folder, "1_a.sql:3:60 broken-trigger\n"
		       "1_a.sql:4:54 broken-trigger\n"
		       "1_a.sql:5:59 broken-trigger\n"
		       "1_a.sql:6:59 broken-trigger\n");
}

static void strings_in_single_quotes_are_fine(void **state)
{
	struct folder *folder = *state;

	folder_add(folder, "1_a.sql",
		   "CREATE TABLE \"a\" (\"x\" TEXT DEFAULT 'd', CHECK (\"x\" <> 'e'));\n"
		   "INSERT INTO \"a\" (\"x\") VALUES ('f'), ('it''s \"quoted\"');\n"
		   "CREATE INDEX \"i\" ON \"a\" (\"x\");\nALTER TABLE \"a\" RENAME COLUMN \"x\" TO "
		   "\"y\";\n");
	expect(folder, "");
}

static void an_empty_set_is_fine(void **state)
{
	struct folder *folder = *state;
	struct set set = { .name = "shop" };

	assert_int_equal(shadow(&folder->options, &folder->arena, &set, &folder->diag), 0);
	assert_string_equal(set.schema, "");
}

#define FOLDER_TEST(name) cmocka_unit_test_setup_teardown(name, folder_make, folder_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FOLDER_TEST(each_migration_gets_its_delta),
		FOLDER_TEST(deltas_add_up_to_the_schema),
		FOLDER_TEST(sql_of_the_schema_is_the_statement_or_its_place),
		FOLDER_TEST(the_schema_is_embedded_as_asked),
		FOLDER_TEST(a_down_that_restores_is_silent),
		FOLDER_TEST(every_down_that_does_not_is_named),
		FOLDER_TEST(the_chain_stops_at_an_up_that_does_not_run),
		FOLDER_TEST(a_proof_leaves_the_database_as_it_was),
		FOLDER_TEST(a_proof_keeps_the_order_of_columns),
		FOLDER_TEST(an_up_must_run_again_after_its_down),
		FOLDER_TEST(an_up_must_make_the_same_again),
		FOLDER_TEST(statements_that_refuse_transactions_are_proved_in_a_copy),
		FOLDER_TEST(sections_can_be_left_out),
		FOLDER_TEST(without_a_shadow_nothing_is_known),
		FOLDER_TEST(functions_of_the_application_are_stubs),
		FOLDER_TEST(bad_declarations_are_refused),
		FOLDER_TEST(an_extension_that_is_not_there_is_refused),
		FOLDER_TEST(no_file_is_written),
		FOLDER_TEST(the_schema_table_cannot_be_written),
		FOLDER_TEST(on_locked_migrations_findings_are_notes),
		FOLDER_TEST(who_removes_what_others_need_is_blamed),
		FOLDER_TEST(a_parent_may_come_later),
		FOLDER_TEST(triggers_of_every_kind_are_compiled),
		FOLDER_TEST(strings_in_single_quotes_are_fine),
		FOLDER_TEST(an_empty_set_is_fine),
	};

	return cmocka_run_group_tests_name("shadow", tests, NULL, NULL);
}
