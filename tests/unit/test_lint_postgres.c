/*
 * Lint for PostgreSQL against a server: which changes of a table write it anew. The server's own verdict
 * is whether the table has another file afterwards; lint must say the same, and is not told.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "compile.h"
#include "folder.h"
#include "server.h"

#define SQL_SIZE 512

static PGconn *admin;
static int differences;

static bool lint_says(const char *table, const char *change, const char *rule)
{
	void *state = NULL;
	struct folder *folder;
	struct set set = { .name = "shop" };
	bool found = false;

	assert_int_equal(folder_make(&state), 0);
	folder = state;
	folder->options.database = DATABASE_POSTGRES;
	folder->options.shadow = SHADOW_OFF;
	folder_add(folder, "1_a.sql", table);
	folder_add(folder, "2_b.sql", change);
	folder->diag = (struct diagnostics){ .arena = &folder->arena };
	compile(&folder->options, &folder->arena, &set, &folder->diag);
	for (size_t i = 0; i < folder->diag.count; i++)
		found |= strcmp(folder->diag.items[i].rule, rule) == 0;
	assert_int_equal(folder_remove(&state), 0);
	return found;
}

static bool server_says(const char *table, const char *change)
{
	int64_t file;
	bool written;

	pg_run(admin, table);
	file = pg_number(admin, "SELECT pg_relation_filenode('t')");
	pg_run(admin, change);
	written = pg_number(admin, "SELECT pg_relation_filenode('t')") != file;
	pg_run(admin, "DROP TABLE t");
	return written;
}

static void check(const char *table, const char *change, const char *rule)
{
	bool written = server_says(table, change);

	if (lint_says(table, change, rule) == written)
		return;
	print_error("%s %s: the server %s the table anew\n", table, change,
		    written ? "writes" : "does not write");
	differences++;
}

static int taken(void)
{
	int count = differences;

	differences = 0;
	return count;
}

static void a_type_that_writes_the_table_anew_is_reported(void **state)
{
	static const char *const changes[][2] = {
		{ "varchar(20)", "varchar(40)" },
		{ "varchar(20)", "varchar" },
		{ "varchar(20)", "text" },
		{ "character varying(20)", "text" },
		{ "varchar(40)", "varchar(20)" },
		{ "text", "varchar" },
		{ "text", "varchar(10)" },
		{ "char(4)", "char(8)" },
		{ "char(4)", "varchar(8)" },
		{ "char(4)", "text" },
		{ "numeric(8,2)", "numeric(10,2)" },
		{ "numeric(8,2)", "numeric" },
		{ "decimal(8,2)", "numeric(12,2)" },
		{ "numeric(8,2)", "numeric(10,3)" },
		{ "numeric(10,2)", "numeric(8,2)" },
		{ "numeric", "numeric(10,2)" },
		{ "integer", "bigint" },
		{ "int", "int4" },
		{ "smallint", "integer" },
		{ "bigint", "integer" },
		{ "integer", "numeric" },
		{ "real", "double precision" },
		{ "integer", "text" },
		{ "date", "timestamp" },
		{ "timestamp(3)", "timestamp(6)" },
		{ "timestamp(3)", "timestamp" },
		{ "timestamp", "timestamp(3)" },
		{ "timestamptz(3)", "timestamptz" },
		{ "time(3)", "time" },
		{ "interval(3)", "interval" },
		{ "cidr", "inet" },
		{ "inet", "cidr" },
		{ "varbit(8)", "varbit(16)" },
		{ "varbit(8)", "varbit" },
		{ "bit(8)", "bit(16)" },
		{ "json", "jsonb" },
		{ "json", "text" },
		{ "text", "json" },
		{ "bytea", "text" },
		{ "text", "bytea" },
		{ "text", "uuid" },
		{ "xml", "text" },
		{ "oid", "integer" },
		{ "integer[]", "bigint[]" },
		{ "varchar(20)[]", "text[]" },
		{ "text[]", "varchar[]" },
		{ "varchar(20)[]", "varchar(40)[]" },
		{ "varchar(20)[]", "varchar[]" },
		{ "numeric(8,2)[]", "numeric(10,2)[]" },
		{ "numeric(8,2)[]", "numeric[]" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		char table[SQL_SIZE];
		char change[SQL_SIZE];

		snprintf(table, sizeof(table), "CREATE TABLE t (c %s);", changes[i][0]);
		snprintf(change, sizeof(change), "ALTER TABLE t ALTER COLUMN c TYPE %s USING %s;",
			 changes[i][1],
			 strcmp(changes[i][1], "bytea") == 0   ? "decode(c, 'hex')"
			 : strcmp(changes[i][0], "bytea") == 0 ? "encode(c, 'hex')"
							       : "c");
		if (strstr(change, "USING c;") &&
		    (strcmp(changes[i][1], "uuid") == 0 || strcmp(changes[i][1], "json") == 0 ||
		     strcmp(changes[i][1], "cidr") == 0 || strcmp(changes[i][0], "xml") == 0))
			snprintf(change, sizeof(change),
				 "ALTER TABLE t ALTER COLUMN c TYPE %s USING c::%s;", changes[i][1],
				 changes[i][1]);
		check(table, change, "type-change-rewrites");
	}
	assert_int_equal(taken(), 0);
}

/* The same values in another order of bytes, or none: what the session's time zone is decides. */
static void a_time_zone_of_the_session_does_not_matter_to_lint(void **state)
{
	(void)state;
	pg_run(admin, "SET timezone = 'Europe/Berlin'");
	check("CREATE TABLE t (c timestamp);", "ALTER TABLE t ALTER COLUMN c TYPE timestamptz;",
	      "type-change-rewrites");
	check("CREATE TABLE t (c timestamptz);", "ALTER TABLE t ALTER COLUMN c TYPE timestamp;",
	      "type-change-rewrites");
	pg_run(admin, "RESET timezone");
	assert_int_equal(taken(), 0);
}

static void a_column_that_writes_the_table_anew_is_reported(void **state)
{
	static const char *const columns[] = {
		"c integer",
		"c integer DEFAULT 7",
		"c integer NOT NULL DEFAULT 7",
		"c text DEFAULT 'x'",
		"c text DEFAULT 'x' || 'y'",
		"c timestamptz DEFAULT now()",
		"c timestamptz DEFAULT CURRENT_TIMESTAMP",
		"c timestamp DEFAULT LOCALTIMESTAMP",
		"c date DEFAULT CURRENT_DATE",
		"c timestamptz DEFAULT clock_timestamp()",
		"c timestamptz DEFAULT pg_catalog.clock_timestamp()",
		"c timestamptz DEFAULT statement_timestamp()",
		"c uuid DEFAULT gen_random_uuid()",
		"c double precision DEFAULT random()",
		"c text DEFAULT CURRENT_USER",
		"c serial",
		"c bigserial",
		"c bigint GENERATED ALWAYS AS IDENTITY",
		"c bigint GENERATED BY DEFAULT AS IDENTITY",
		"c integer GENERATED ALWAYS AS (7) STORED",
		"c jsonb DEFAULT '{}'::jsonb",
		"c integer[] DEFAULT ARRAY[1, 2]",
		"c interval DEFAULT INTERVAL '1 day'",
		"c bigint DEFAULT nextval('numbers')",
	};

	(void)state;
	pg_run(admin, "CREATE SEQUENCE numbers");
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		char change[SQL_SIZE];

		snprintf(change, sizeof(change), "ALTER TABLE t ADD COLUMN %s;", columns[i]);
		check("CREATE TABLE t (id integer PRIMARY KEY);", change, "add-column-rewrites");
	}
	pg_run(admin, "DROP SEQUENCE numbers");
	assert_int_equal(taken(), 0);
}

static int open_admin(void **state)
{
	(void)state;
	if (server_is_there())
		admin = pg_open(server_for_tests());
	return 0;
}

static int close_admin(void **state)
{
	(void)state;
	PQfinish(admin);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_type_that_writes_the_table_anew_is_reported),
		cmocka_unit_test(a_time_zone_of_the_session_does_not_matter_to_lint),
		cmocka_unit_test(a_column_that_writes_the_table_anew_is_reported),
	};

	return cmocka_run_group_tests(tests, open_admin, close_admin);
}
