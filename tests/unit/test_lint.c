/*
 * Lint: each test writes a few migrations, compiles them and compares every finding: file, place,
 * level, rule.
 *
 * The note down-missing is left out of the comparison except where it is what a test is about.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compile.h"
#include "lint.h"
#include "lint_rules.h"
#include "lock.h"
#include "support/buffer.h"
#include "support/file.h"

#define FILES_MAX 8

struct context {
	struct arena arena;
	char directory[64];
	struct compile_options options;
	const char *files[FILES_MAX];
	uint32_t count;
	bool with_down_missing;
};

static int setup(void **state)
{
	struct context *context = calloc(1, sizeof(*context));

	assert_non_null(context);
	snprintf(context->directory, sizeof(context->directory), "/tmp/bobolink-lint-XXXXXX");
	assert_non_null(mkdtemp(context->directory));
	context->options.directory = context->directory;
	context->options.name = "shop";
	*state = context;
	return 0;
}

static int teardown(void **state)
{
	struct context *context = *state;

	unlink(arena_format(&context->arena, "%s/migrations.lock", context->directory));
	for (uint32_t i = 0; i < context->count; i++)
		unlink(context->files[i]);
	assert_int_equal(rmdir(context->directory), 0);
	arena_release(&context->arena);
	free(context);
	return 0;
}

/* Adds a migration: the first is 0001_m.sql, the next 0002_m.sql. */
static void add(struct context *context, const char *sql)
{
	const char *path = arena_format(&context->arena, "%s/%04u_m.sql", context->directory,
					context->count + 1);

	assert_int_equal(file_write(path, sql, strlen(sql)), 0);
	context->files[context->count++] = path;
}

static void lock_all(struct context *context)
{
	struct diagnostics diag = { .arena = &context->arena };
	struct lock_file lock;
	struct set set = { .name = "shop" };
	const char *text;

	assert_int_equal(compile_read(&context->options, &context->arena, &lock, &set, &diag), 0);
	text = lock_render(&lock, &set, &context->arena);
	assert_non_null(text);
	assert_int_equal(file_write(arena_format(&context->arena, "%s/migrations.lock",
						 context->directory),
				    text, strlen(text)),
			 0);
}

static bool is_compared(const struct context *context, const struct diagnostic *item)
{
	if (strcmp(item->rule, "down-missing") == 0)
		return context->with_down_missing;
	return strncmp(item->rule, "lock", 4) != 0;
}

/* "0002_m.sql:3:7 error data-loss\n" for each finding, in order of place. */
static const char *findings(struct context *context)
{
	static const char *const levels[] = { "note", "warning", "error" };
	struct diagnostics diag = { .arena = &context->arena };
	struct set set = { .name = "shop" };
	const char *list = "";

#ifndef BOBOLINK_WITH_SQLITE
	if (context->options.database == DATABASE_SQLITE)
		skip(); /* the findings are those of a set that ran */
#endif
	compile(&context->options, &context->arena, &set, &diag);
	for (size_t i = 0; i < diag.count; i++) {
		const struct diagnostic *item = &diag.items[i];
		const char *file = item->path ? strrchr(item->path, '/') : NULL;

		if (is_compared(context, item))
			list = arena_format(&context->arena, "%s%s:%u:%u %s %s\n", list,
					    file ? file + 1 : "", item->line, item->column,
					    levels[item->severity], item->rule);
	}
	return list;
}

static const char users[] = "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, name TEXT);\n";

static void drop_table_is_data_loss(void **state)
{
	add(*state, users);
	add(*state, "DROP TABLE users;\n");
	assert_string_equal(findings(*state), "0002_m.sql:1:12 error data-loss\n");
}

static void scratch_tables_may_go(void **state)
{
	add(*state,
	    "CREATE TABLE t (a);\nINSERT INTO t VALUES (1);\nDELETE FROM t;\nDROP TABLE t;\n");
	assert_string_equal(findings(*state), "");
}

static void down_may_drop_what_its_up_made(void **state)
{
	add(*state, users);
	add(*state,
	    "-- migrate:up\nCREATE TABLE t (a);\nALTER TABLE users ADD COLUMN age INTEGER;\n"
	    "-- migrate:down\nALTER TABLE users DROP COLUMN age;\nDROP TABLE t;\n");
	assert_string_equal(findings(*state), "");
}

static void drop_column_is_data_loss(void **state)
{
	add(*state, users);
	add(*state, "ALTER TABLE users\n  DROP COLUMN \"email\";\n");
	assert_string_equal(findings(*state), "0002_m.sql:2:15 error data-loss\n");
}

static void moved_column_is_no_data_loss(void **state)
{
	add(*state, users);
	add(*state, "ALTER TABLE users ADD COLUMN mail TEXT;\nUPDATE users SET mail = email;\n"
		    "ALTER TABLE users DROP COLUMN email;\n");
	assert_string_equal(findings(*state), "");
}

static void delete_without_where_is_data_loss(void **state)
{
	add(*state, users);
	add(*state, "DELETE FROM users WHERE id = 1;\nDELETE FROM users;\n");
	assert_string_equal(findings(*state), "0002_m.sql:2:13 error data-loss\n");
}

static void update_without_where_is_noted(void **state)
{
	add(*state, users);
	add(*state, "UPDATE users SET name = 'x';\nUPDATE users SET name = upper(name);\n"
		    "UPDATE users SET name = 'y' WHERE id = 1;\n");
	assert_string_equal(findings(*state), "0002_m.sql:1:8 note update-without-where\n");
}

static void rebuild_that_copies_everything_is_no_data_loss(void **state)
{
	add(*state, users);
	add(*state, "CREATE TABLE n (id INTEGER PRIMARY KEY, email TEXT, name TEXT);\n"
		    "INSERT INTO n (id, email, name) SELECT id, email, name FROM users;\n"
		    "DROP TABLE users;\nALTER TABLE n RENAME TO users;\n");
	add(*state, "ALTER TABLE users RENAME TO old;\n"
		    "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, name TEXT);\n"
		    "INSERT INTO users SELECT * FROM old;\nDROP TABLE old;\n");
	add(*state, "ALTER TABLE users RENAME COLUMN email TO mail;\n"
		    "CREATE TABLE n (id INTEGER PRIMARY KEY, mail TEXT, name TEXT);\n"
		    "INSERT INTO n SELECT id, mail, name FROM users;\n"
		    "DROP TABLE users;\nALTER TABLE n RENAME TO users;\n");
	add(*state, "CREATE TABLE n (id INTEGER PRIMARY KEY, mail TEXT, name TEXT);\n"
		    "WITH u (i, m, n) AS (SELECT id, mail, name FROM users)\n"
		    "INSERT INTO n SELECT i, m, n FROM u;\n"
		    "DROP TABLE users;\nALTER TABLE n RENAME TO users;\n");
	assert_string_equal(findings(*state), "");
}

static void rebuild_that_leaves_a_column_out_is_data_loss(void **state)
{
	add(*state, users);
	add(*state, "CREATE TABLE n (id INTEGER PRIMARY KEY, name TEXT);\n"
		    "INSERT INTO n (id, name) SELECT id, name FROM users;\n"
		    "DROP TABLE users;\nALTER TABLE n RENAME TO users;\n");
	assert_string_equal(findings(*state), "0002_m.sql:3:12 error data-loss\n");
}

static void rebuild_that_leaves_rows_out_is_data_loss(void **state)
{
	add(*state, users);
	add(*state, "CREATE TABLE n (id INTEGER PRIMARY KEY, email TEXT, name TEXT);\n"
		    "INSERT INTO n SELECT * FROM users WHERE email IS NOT NULL;\n"
		    "DROP TABLE users;\nALTER TABLE n RENAME TO users;\n");
	add(*state, "CREATE TABLE a (id INTEGER PRIMARY KEY, email TEXT, name TEXT);\n"
		    "CREATE TABLE b (id INTEGER PRIMARY KEY, email TEXT, name TEXT);\n"
		    "INSERT INTO a SELECT * FROM users WHERE id < 9;\n"
		    "INSERT INTO b SELECT * FROM users WHERE id >= 9;\nDROP TABLE users;\n");
	assert_string_equal(findings(*state), "0002_m.sql:3:12 error data-loss\n");
}

static void full_text_indexes_may_go(void **state)
{
	add(*state, users);
	add(*state, "CREATE VIRTUAL TABLE search USING fts5(email);\n"
		    "CREATE VIRTUAL TABLE gifts USING rtree(id, a, b);\n");
	add(*state, "DELETE FROM search;\nDROP TABLE search;\nDROP TABLE gifts;\n");
	assert_string_equal(findings(*state), "0003_m.sql:3:12 error data-loss\n");
}

static void rebuild_without_a_copy_is_data_loss(void **state)
{
	add(*state, users);
	add(*state, "CREATE TABLE n (id INTEGER PRIMARY KEY);\n"
		    "DROP TABLE users;\nALTER TABLE n RENAME TO users;\n");
	assert_string_equal(findings(*state), "0002_m.sql:2:12 error data-loss\n");
}

static void allowances_silence_data_loss(void **state)
{
	add(*state, users);
	add(*state, "ALTER TABLE users DROP COLUMN name; -- bobolink:allow data-loss not used\n"
		    "-- bobolink:allow data-loss nobody reads it\nDROP TABLE users;\n");
	add(*state, users);
	add(*state, "-- migrate:up allow:data-loss\nDROP TABLE users;\n");
	assert_string_equal(findings(*state), "");
}

static void allowance_covers_one_statement_only(void **state)
{
	add(*state, users);
	add(*state, "-- bobolink:allow data-loss not used\n"
		    "ALTER TABLE users DROP COLUMN name;\nALTER TABLE users DROP COLUMN email;\n");
	assert_string_equal(findings(*state), "0002_m.sql:3:31 error data-loss\n");
}

static void allowance_for_nothing_is_reported(void **state)
{
	add(*state, "-- bobolink:allow data-loss old\nCREATE TABLE a (x);\n"
		    "-- bobolink:allow dataloss typo\nCREATE TABLE b (x);\n"
		    "-- bobolink:allow sql-error no\nCREATE TABLE c (x);\n");
	assert_string_equal(findings(*state), "0001_m.sql:1:1 warning unused-allow\n"
					      "0001_m.sql:3:1 error unknown-rule\n"
					      "0001_m.sql:5:1 warning unused-allow\n");
}

static void locked_findings_are_notes(void **state)
{
	add(*state, users);
	add(*state, "DROP TABLE users;\n");
	lock_all(*state);
	((struct context *)*state)->with_down_missing = true;
	assert_string_equal(findings(*state), "0002_m.sql:1:12 note data-loss\n");
}

static void missing_down_is_noted(void **state)
{
	((struct context *)*state)->with_down_missing = true;
	add(*state, users);
	add(*state, "-- migrate:up irreversible:\"data\"\nCREATE TABLE a (x);\n");
	add(*state, "-- migrate:up\nCREATE TABLE b (x);\n-- migrate:down\nDROP TABLE b;\n");
	assert_string_equal(findings(*state), "0001_m.sql:1:1 note down-missing\n");
}

static void not_null_needs_a_default(void **state)
{
	add(*state, users);
	add(*state, "ALTER TABLE users ADD COLUMN a TEXT NOT NULL;\n"
		    "ALTER TABLE users ADD b TEXT DEFAULT NULL NOT NULL;\n"
		    "ALTER TABLE users ADD COLUMN c TEXT NOT NULL DEFAULT '';\n"
		    "ALTER TABLE users ADD COLUMN d TEXT CHECK (d IS NOT NULL OR a = 1);\n"
		    "CREATE TABLE n (x);\nALTER TABLE n ADD COLUMN e TEXT NOT NULL;\n");
	assert_string_equal(findings(*state), "0002_m.sql:1:30 error not-null-without-default\n"
					      "0002_m.sql:2:23 error not-null-without-default\n");
}

static void copy_must_fill_not_null_columns(void **state)
{
	add(*state, users);
	add(*state, "CREATE TABLE n (id INTEGER PRIMARY KEY, email TEXT, name TEXT, age INTEGER "
		    "NOT NULL, x TEXT NOT NULL DEFAULT '');\n"
		    "INSERT INTO n (id, email, name) SELECT id, email, name FROM users;\n"
		    "DROP TABLE users;\nALTER TABLE n RENAME TO users;\n");
	assert_string_equal(findings(*state), "0002_m.sql:2:13 error not-null-without-default\n");
}

static void columns_that_need_an_empty_table_are_errors(void **state)
{
	add(*state, users);
	add(*state, "ALTER TABLE users ADD COLUMN a TEXT DEFAULT CURRENT_TIMESTAMP;\n"
		    "ALTER TABLE users ADD COLUMN b INTEGER DEFAULT (1 + 1);\n"
		    "ALTER TABLE users ADD COLUMN c INTEGER AS (id + 1) STORED;\n"
		    "ALTER TABLE users ADD COLUMN d INTEGER DEFAULT 1 REFERENCES users (id);\n"
		    "ALTER TABLE users ADD COLUMN e INTEGER DEFAULT (-1);\n"
		    "ALTER TABLE users ADD COLUMN f INTEGER AS (id + 1) VIRTUAL;\n"
		    "ALTER TABLE users ADD COLUMN g TEXT DEFAULT (CAST(- 1 AS TEXT));\n"
		    "ALTER TABLE users ADD COLUMN h INTEGER DEFAULT ((-(+1)));\n"
		    "ALTER TABLE users ADD COLUMN i INTEGER DEFAULT ((1) + (2));\n"
		    "ALTER TABLE users ADD COLUMN j TEXT DEFAULT (CAST(current_time AS TEXT));\n");
	assert_string_equal(findings(*state), "0002_m.sql:1:45 error column-needs-empty-table\n"
					      "0002_m.sql:2:48 error column-needs-empty-table\n"
					      "0002_m.sql:3:52 error column-needs-empty-table\n"
					      "0002_m.sql:4:48 error column-needs-empty-table\n"
					      "0002_m.sql:9:48 error column-needs-empty-table\n"
					      "0002_m.sql:10:45 error column-needs-empty-table\n"
					      "0002_m.sql:4:61 note unindexed-foreign-key\n");
}

static void rebuild_of_a_referenced_table_is_a_warning(void **state)
{
	const char *rebuild = "CREATE TABLE n (id INTEGER PRIMARY KEY, email TEXT, name TEXT);\n"
			      "INSERT INTO n SELECT * FROM users;\n"
			      "DROP TABLE users;\nALTER TABLE n RENAME TO users;\n";
	struct context *context = *state;

	add(context, users);
	add(context,
	    "CREATE TABLE posts (user_id INTEGER REFERENCES users (id) ON DELETE CASCADE);\n"
	    "CREATE INDEX posts_user ON posts (user_id);\n");
	add(context, rebuild);
	add(context, arena_format(&context->arena, "PRAGMA foreign_keys=OFF;\n%s", rebuild));
	assert_string_equal(findings(context), "0003_m.sql:3:12 warning rebuild-cascade\n");
}

static void rebuild_that_loses_an_index_is_a_warning(void **state)
{
	add(*state, users);
	add(*state, "CREATE INDEX i ON users (email);\nCREATE INDEX j ON users (name);\n"
		    "CREATE INDEX k ON users (name, email);\n");
	add(*state, "DROP INDEX k;\n"
		    "CREATE TABLE n (id INTEGER PRIMARY KEY, email TEXT, name TEXT);\n"
		    "INSERT INTO n SELECT * FROM users;\nDROP TABLE users;\n"
		    "ALTER TABLE n RENAME TO users;\nCREATE INDEX j ON users (name);\n");
	assert_string_equal(findings(*state), "0003_m.sql:4:12 warning rebuild-loses\n");
}

static void rebuild_may_replace_an_index(void **state)
{
	add(*state, "CREATE TABLE t (a, b);\nCREATE INDEX i ON t (a);\n"
		    "CREATE UNIQUE INDEX j ON t (b);\n");
	add(*state, "CREATE TABLE n (a, b UNIQUE);\nINSERT INTO n SELECT * FROM t;\n"
		    "DROP TABLE t;\nALTER TABLE n RENAME TO t;\nCREATE INDEX k ON t (a, b);\n");
	assert_string_equal(findings(*state), "");
}

static void if_not_exists_that_does_nothing_is_a_warning(void **state)
{
	add(*state, "CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY);\n"
		    "CREATE INDEX IF NOT EXISTS i ON users (id);\n");
	add(*state, "CREATE TABLE IF NOT EXISTS Users (id INTEGER PRIMARY KEY, email TEXT);\n"
		    "DROP INDEX i;\nCREATE INDEX IF NOT EXISTS i ON users (id);\n");
	assert_string_equal(findings(*state), "0002_m.sql:1:28 warning if-not-exists\n");
}

static void if_not_exists_that_repeats_hides_nothing(void **state)
{
	add(*state, "CREATE TABLE t (a, b);\nCREATE INDEX i ON t (a);\n"
		    "CREATE INDEX IF NOT EXISTS i ON t  (a);\n"
		    "CREATE VIEW v AS SELECT a -- first\n FROM t;\n");
	add(*state, "CREATE TABLE IF NOT EXISTS t (a, b);\n"
		    "CREATE INDEX IF NOT EXISTS i ON t (a );\n"
		    "CREATE VIEW IF NOT EXISTS v AS SELECT a -- first\nFROM t;\n"
		    "CREATE INDEX IF NOT EXISTS i ON t (b);\n");
	assert_string_equal(findings(*state), "0002_m.sql:5:28 warning if-not-exists\n");
}

static void drop_of_nothing_is_noted(void **state)
{
	add(*state, users);
	add(*state, "DROP INDEX IF EXISTS user_email;\nDROP VIEW IF EXISTS v;\n"
		    "DROP TABLE IF EXISTS q;\nDROP TABLE IF EXISTS n;\nCREATE TABLE n (a);\n"
		    "DROP TABLE IF EXISTS n;\n");
	assert_string_equal(findings(*state), "0002_m.sql:1:22 note drop-missing\n"
					      "0002_m.sql:2:21 note drop-missing\n"
					      "0002_m.sql:3:22 note drop-missing\n");
}

static void select_without_effect_is_noted(void **state)
{
	add(*state, users);
	add(*state, "SELECT count(*) FROM users;\nSELECT 1;\n"
		    "WITH x AS (SELECT 1) SELECT * FROM x;\n");
	assert_string_equal(findings(*state), "0002_m.sql:1:1 note select-without-effect\n"
					      "0002_m.sql:3:1 note select-without-effect\n");
}

static void temporary_table_must_be_dropped(void **state)
{
	add(*state, "CREATE TEMP TABLE a (x);\nCREATE TEMPORARY TABLE b (x);\nDROP TABLE a;\n");
	assert_string_equal(findings(*state), "0001_m.sql:2:24 note temporary-left\n");
}

static void misleading_types_are_reported(void **state)
{
	add(*state, "CREATE TABLE a (x STRING, y FLOATING POINT, z VARCHAR(20), s TEXT);\n"
		    "CREATE TABLE b (id INT PRIMARY KEY);\n"
		    "CREATE TABLE c (id BIGINT PRIMARY KEY) WITHOUT ROWID;\n"
		    "CREATE TABLE d (id INTEGER PRIMARY KEY, x UNSIGNED BIG INT);\n"
		    "CREATE TABLE e (id [integer] PRIMARY KEY, x VARCHAR(2));\n");
	assert_string_equal(findings(*state), "0001_m.sql:1:19 warning type-affinity\n"
					      "0001_m.sql:1:29 warning type-affinity\n"
					      "0001_m.sql:2:20 note int-primary-key\n");
}

static void foreign_key_wants_an_index(void **state)
{
	add(*state, users);
	add(*state, "CREATE TABLE a (u INTEGER REFERENCES users (id));\n"
		    "CREATE TABLE b (u INTEGER PRIMARY KEY REFERENCES users (id));\n"
		    "CREATE TABLE c (u INTEGER REFERENCES users (id));\n");
	add(*state, "CREATE INDEX c_u ON c (u);\n");
	assert_string_equal(findings(*state), "0002_m.sql:1:38 note unindexed-foreign-key\n");
}

static void unique_index_on_an_existing_table_is_noted(void **state)
{
	add(*state, "CREATE TABLE a (x);\nCREATE UNIQUE INDEX i ON a (x);\n");
	add(*state, "CREATE UNIQUE INDEX j ON a (x);\n");
	assert_string_equal(findings(*state), "0002_m.sql:1:21 note unique-on-existing\n");
}

static void slips_of_other_dialects_are_errors(void **state)
{
	add(*state, "CREATE TABLE a (id INT AUTO_INCREMENT PRIMARY KEY) ENGINE=InnoDB;\n"
		    "CREATE TABLE b (id SERIAL PRIMARY KEY, at TEXT DEFAULT (now()));\n"
		    "ALTER TABLE b ALTER COLUMN at TYPE INTEGER;\n"
		    "CREATE TABLE serial (now TEXT, enum TEXT DEFAULT 'NOW()');\n"
		    "TRUNCATE TABLE a;\n"
		    "SELECT 1 FROM a WHERE id ILIKE 'x';\n");
	assert_string_equal(findings(*state), "0001_m.sql:1:24 error dialect\n"
					      "0001_m.sql:1:52 error dialect\n"
					      "0001_m.sql:2:20 error dialect\n"
					      "0001_m.sql:2:57 error dialect\n"
					      "0001_m.sql:3:15 error dialect\n"
					      "0001_m.sql:5:1 error dialect\n"
					      "0001_m.sql:6:26 error dialect\n");
}

static void names_that_are_slips_elsewhere_are_no_slip(void **state)
{
	add(*state, "CREATE TABLE identity (id INTEGER PRIMARY KEY, auto_increment INTEGER);\n"
		    "CREATE TABLE cars (\n"
		    "  id INTEGER PRIMARY KEY REFERENCES identity (id),\n"
		    "  engine TEXT CHECK (engine = 'v8'),\n"
		    "  charset TEXT CHECK (charset = 'x'),\n"
		    "  FOREIGN KEY (id) REFERENCES identity (id)\n"
		    ");\n"
		    "CREATE TABLE fast AS SELECT * FROM cars WHERE engine = 'v8';\n"
		    "CREATE TABLE now (a);\n"
		    "INSERT INTO now (a) VALUES (1);\n"
		    "CREATE INDEX now_a ON now (a);\n");
	assert_string_equal(findings(*state), "");
}

static void slips_in_a_definition_are_errors(void **state)
{
	add(*state, "CREATE TABLE a (id INT IDENTITY (1, 1), e ENUM ('a')) CHARSET = utf8;\n"
		    "ALTER TABLE a ADD COLUMN b INT AUTO_INCREMENT;\n"
		    "ALTER TABLE a ENGINE = InnoDB;\n");
	assert_string_equal(findings(*state), "0001_m.sql:1:24 error dialect\n"
					      "0001_m.sql:1:43 error dialect\n"
					      "0001_m.sql:1:55 error dialect\n"
					      "0001_m.sql:2:32 error dialect\n"
					      "0001_m.sql:3:15 error dialect\n");
}

static void declared_functions_are_no_slip(void **state)
{
	static const char *functions[] = { "now/0" };
	struct context *context = *state;

	add(context, "CREATE TABLE b (at TEXT DEFAULT (now()));\n");
	context->options.shadow_functions = functions;
	context->options.shadow_function_count = 1;
	assert_string_equal(findings(context), "");
}

static void names_of_bobolink_are_reserved(void **state)
{
	add(*state, "CREATE TABLE \"Bobolink_log\" (x);\nDELETE FROM bobolink_history;\n"
		    "CREATE TABLE a (x TEXT DEFAULT 'bobolink_x', \"y\" TEXT);\n");
	assert_string_equal(findings(*state), "0001_m.sql:1:14 error reserved-name\n"
					      "0001_m.sql:2:13 error reserved-name\n");
}

static void without_the_shadow_rules_of_existence_are_silent(void **state)
{
	struct context *context = *state;

	context->options.shadow = SHADOW_OFF;
	add(context, users);
	add(context, "-- bobolink:allow data-loss cannot be known\nDROP TABLE users;\n"
		     "CREATE TABLE IF NOT EXISTS users (x INT PRIMARY KEY);\n");
	assert_non_null(strstr(findings(context), "0002_m.sql:3:37 note int-primary-key\n"));
	assert_null(strstr(findings(context), "unused-allow"));
	assert_null(strstr(findings(context), "if-not-exists"));
}

/* Everything lint_explain prints, or NULL. */
static char *explain(const char *rule)
{
	char *text = NULL;
	size_t length;
	FILE *stream = open_memstream(&text, &length);
	int rc = lint_explain(rule, stream);

	fclose(stream);
	if (rc == 0)
		return text;
	free(text);
	return NULL;
}

static void explain_shows_an_example_and_its_remedy(void **state)
{
	char *text = explain("data-loss");

	(void)state;
	assert_non_null(text);
	assert_non_null(strstr(text, "data-loss (error): a destructive change"));
	assert_non_null(strstr(text, "    ALTER TABLE users DROP COLUMN email;\n"));
	assert_non_null(strstr(text, "    -- bobolink:allow data-loss REASON\n"));
	free(text);
	assert_null(explain("dataloss"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(drop_table_is_data_loss),
		TEST(scratch_tables_may_go),
		TEST(down_may_drop_what_its_up_made),
		TEST(drop_column_is_data_loss),
		TEST(moved_column_is_no_data_loss),
		TEST(delete_without_where_is_data_loss),
		TEST(update_without_where_is_noted),
		TEST(rebuild_that_copies_everything_is_no_data_loss),
		TEST(rebuild_that_leaves_a_column_out_is_data_loss),
		TEST(rebuild_that_leaves_rows_out_is_data_loss),
		TEST(full_text_indexes_may_go),
		TEST(rebuild_without_a_copy_is_data_loss),
		TEST(allowances_silence_data_loss),
		TEST(allowance_covers_one_statement_only),
		TEST(allowance_for_nothing_is_reported),
		TEST(locked_findings_are_notes),
		TEST(missing_down_is_noted),
		TEST(not_null_needs_a_default),
		TEST(copy_must_fill_not_null_columns),
		TEST(columns_that_need_an_empty_table_are_errors),
		TEST(rebuild_of_a_referenced_table_is_a_warning),
		TEST(rebuild_that_loses_an_index_is_a_warning),
		TEST(rebuild_may_replace_an_index),
		TEST(if_not_exists_that_does_nothing_is_a_warning),
		TEST(if_not_exists_that_repeats_hides_nothing),
		TEST(drop_of_nothing_is_noted),
		TEST(select_without_effect_is_noted),
		TEST(temporary_table_must_be_dropped),
		TEST(misleading_types_are_reported),
		TEST(foreign_key_wants_an_index),
		TEST(unique_index_on_an_existing_table_is_noted),
		TEST(slips_of_other_dialects_are_errors),
		TEST(names_that_are_slips_elsewhere_are_no_slip),
		TEST(slips_in_a_definition_are_errors),
		TEST(declared_functions_are_no_slip),
		TEST(names_of_bobolink_are_reserved),
		TEST(without_the_shadow_rules_of_existence_are_silent),
		TEST(explain_shows_an_example_and_its_remedy),
	};

	return cmocka_run_group_tests_name("lint", tests, NULL, NULL);
}
