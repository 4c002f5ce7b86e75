/* Inventories of PostgreSQL databases: what is read, what is equal, what is a change of what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <bobolink/postgres.h>

#include "inventories.h"
#include "pg_inventories.h"
#include "server.h"

#define FOLDER BOBOLINK_SOURCE_DIR "/tests/runtime/schema/"

static char *read_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	char *text = NULL;
	size_t size = 0;

	assert_non_null(file);
	assert_true(getdelim(&text, &size, '\0', file) > 0);
	assert_int_equal(fclose(file), 0);
	return text;
}

/* Writes "#" for each hash, with the version in front of it, as the expectations have it. */
static void hide_hashes(char *text)
{
	static const char mark[] = " AS ";
	char *out = text;

	while (*text) {
		size_t digits;

		if (strncmp(text, mark, strlen(mark)) != 0) {
			*out++ = *text++;
			continue;
		}
		memmove(out, text, strlen(mark));
		out += strlen(mark);
		text += strlen(mark);
		digits = strspn(text, "0123456789");
		digits = digits && text[digits] == ':' ? digits + 1 : 0;
		if (strspn(text + digits, "0123456789abcdef") < 32)
			continue;
		*out++ = '#';
		text += digits + 32;
	}
	*out = '\0';
}

static void expect_changes(const struct bobolink_inventory *before,
			   const struct bobolink_inventory *after, const char *expected)
{
	char *text = inventory_changes(before, after);

	hide_hashes(text);
	assert_string_equal(text, expected);
	free(text);
}

static void expect_same(const char *sql, const char *other)
{
	struct bobolink_inventory *one = pg_inventory_of(sql);
	struct bobolink_inventory *two = pg_inventory_of(other);

	assert_true(bobolink_inventory_count(one) > 0);
	expect_changes(one, two, "");
	bobolink_inventory_free(one);
	bobolink_inventory_free(two);
}

static void open_every_kind(struct pg_database *database)
{
	char *sql = read_file(FOLDER "every_kind.sql");

	pg_database_open(database, sql);
	free(sql);
}

static void every_kind_of_object_is_listed(void **state)
{
	char *expected = read_file(FOLDER "every_kind.txt");
	struct pg_database connection;
	struct bobolink_inventory *inventory;
	char *text;

	(void)state;
	open_every_kind(&connection);
	inventory = pg_inventory(&connection, NULL);
	text = inventory_text(inventory);
	hide_hashes(text);
	assert_string_equal(text, expected);
	bobolink_inventory_free(inventory);
	pg_database_close(&connection);
	free(expected);
	free(text);
}

static void an_empty_database_has_no_objects(void **state)
{
	struct bobolink_inventory *inventory = pg_inventory_of(
		"DROP SCHEMA public; CREATE SCHEMA public;"
		"CREATE TEMP TABLE t (a int); CREATE TEMP VIEW v AS SELECT a FROM t");

	(void)state;
	assert_int_equal(bobolink_inventory_count(inventory), 0);
	bobolink_inventory_free(inventory);
}

static void columns_have_no_position(void **state)
{
	(void)state;
	expect_same("CREATE TABLE t (a int, b text NOT NULL, c serial)",
		    "CREATE TABLE t (c serial); ALTER TABLE t ADD x int, ADD b text;"
		    "ALTER TABLE t DROP x; ALTER TABLE t ADD a int;"
		    "ALTER TABLE t ALTER b SET NOT NULL");
}

static void names_are_told_in_full(void **state)
{
	(void)state;
	expect_same("CREATE SCHEMA s; CREATE TYPE s.e AS ENUM ('a'); CREATE TABLE s.p (id int "
		    "PRIMARY KEY);"
		    "CREATE TABLE s.t (e s.e DEFAULT 'a'::s.e, p int REFERENCES s.p);"
		    "CREATE VIEW s.v AS SELECT e FROM s.t WHERE e = 'a'::s.e",
		    "CREATE SCHEMA s; SET search_path = s; CREATE TYPE e AS ENUM ('a');"
		    "CREATE TABLE p (id int PRIMARY KEY);"
		    "CREATE TABLE t (e e DEFAULT 'a', p int REFERENCES p);"
		    "CREATE VIEW v AS SELECT e FROM t WHERE e = 'a'");
}

static void a_partition_may_be_made_or_attached(void **state)
{
	(void)state;
	expect_same(
		"CREATE TABLE p (a int PRIMARY KEY, b text, CONSTRAINT k CHECK (a > 0)) PARTITION "
		"BY LIST (a);"
		"CREATE INDEX i ON p (b); CREATE TABLE c PARTITION OF p FOR VALUES IN (1, 2)",
		"CREATE TABLE c (b text, a int, CONSTRAINT k CHECK (a > 0), PRIMARY KEY "
		"(a));"
		"CREATE TABLE p (a int PRIMARY KEY, b text, CONSTRAINT k CHECK (a > 0)) PARTITION "
		"BY LIST (a);"
		"CREATE INDEX i ON p (b); ALTER TABLE p ATTACH PARTITION c FOR VALUES IN (1, 2)");
}

/* The server keeps a constraint for each partition behind it. */
static void a_reference_to_a_partitioned_table_is_one(void **state)
{
	struct bobolink_inventory *inventory =
		pg_inventory_of("CREATE TABLE p (a int PRIMARY KEY) PARTITION BY LIST (a);"
				"CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);"
				"CREATE TABLE t (a int REFERENCES p)");

	(void)state;
	expect_changes(
		NULL, inventory,
		"+ table\tpublic\t\tp\tPARTITION BY LIST (a)\n"
		"+ column\tpublic\tp\ta\tinteger NOT NULL\n"
		"+ primary-key\tpublic\tp\tp_pkey\tPRIMARY KEY (a)\n"
		"+ table\tpublic\t\tp1\tPARTITION OF public.p FOR VALUES IN (1)\n"
		"+ column\tpublic\tp1\ta\tinteger NOT NULL\n"
		"+ table\tpublic\t\tt\t\n"
		"+ column\tpublic\tt\ta\tinteger\n"
		"+ foreign-key\tpublic\tt\tt_a_fkey\tFOREIGN KEY (a) REFERENCES public.p(a)\n");
	bobolink_inventory_free(inventory);
}

static void types_and_clauses_may_be_written_otherwise(void **state)
{
	(void)state;
	expect_same("CREATE TABLE t (a int4 NOT NULL, b varchar(9), c timestamptz, d decimal(4),"
		    " e int CHECK (e IN (1, 2)), UNIQUE (a, b))",
		    "CREATE TABLE t (a integer, b character varying(9), c timestamp with time zone,"
		    " d numeric(4, 0), e int CHECK (e = ANY (ARRAY[1, 2])));"
		    "ALTER TABLE t ALTER a SET NOT NULL; ALTER TABLE t ADD UNIQUE (a, b)");
	expect_same("CREATE TABLE t (id serial)",
		    "CREATE SEQUENCE t_id_seq AS integer; CREATE TABLE t (id integer NOT NULL "
		    "DEFAULT nextval('t_id_seq')); ALTER SEQUENCE t_id_seq OWNED BY t.id");
}

/* A statement on the schema of every kind, and all that it changes. */
static const struct {
	const char *sql;
	const char *expected;
} changes[] = {
	{ "CREATE SCHEMA s", "+ schema\t\t\ts\t\n" },
	{ "ALTER TYPE a_mood RENAME VALUE 'meh' TO 'so'",
	  "~ enum\tpublic\t\ta_mood\t('sad', 'so', 'it''s ok', 'happy')\n" },
	{ "ALTER DOMAIN b_count DROP NOT NULL", "~ domain\tpublic\t\tb_count\tinteger DEFAULT 1 "
						"CONSTRAINT positive CHECK ((VALUE > 0))\n" },
	{ "ALTER TYPE c_pair ADD ATTRIBUTE c int CASCADE",
	  "~ composite\tpublic\t\tc_pair\t(b text COLLATE pg_catalog.\"C\", \"A a\" "
	  "public.b_count, c "
	  "integer)\n"
	  "+ column\tpublic\ti_typed\tc\tinteger\n" },
	{ "ALTER SEQUENCE e_counter CYCLE CACHE 9",
	  "~ sequence\tpublic\t\te_counter\tAS smallint INCREMENT BY 5 START WITH 10 CACHE 9 "
	  "CYCLE\n" },
	{ "ALTER SEQUENCE e_counter RESTART WITH 500; SELECT nextval('e_counter')", "" },
	{ "ALTER TABLE f_all ALTER small SET INCREMENT BY 2",
	  "~ column\tpublic\tf_all\tsmall\tsmallint GENERATED ALWAYS AS IDENTITY (INCREMENT BY 2) "
	  "NOT "
	  "NULL\n" },
	{ "ALTER SEQUENCE f_all_id_seq OWNED BY NONE",
	  "~ column\tpublic\tf_all\tid\tinteger DEFAULT nextval('public.f_all_id_seq'::regclass) "
	  "NOT "
	  "NULL\n"
	  "+ sequence\tpublic\t\tf_all_id_seq\tAS integer\n" },
	{ "ALTER TABLE f_all VALIDATE CONSTRAINT later",
	  "~ check\tpublic\tf_all\tlater\tCHECK ((big <> 7))\n" },
	{ "ALTER TABLE f_all ALTER name DROP NOT NULL",
	  "~ column\tpublic\tf_all\tname\tpublic.citext\n" },
	{ "ALTER TABLE f_all ENABLE TRIGGER \"Late\"",
	  "~ trigger\tpublic\tf_all\tLate\tCONSTRAINT AFTER INSERT ON public.f_all DEFERRABLE "
	  "INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.l_touch()\n" },
	{ "DROP INDEX f_index", "- index\tpublic\tf_all\tf_index\n" },
	{ "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'f_index'::regclass",
	  "~ index\tpublic\tf_all\tf_index\tUNIQUE USING btree (lower(\"Mixed\"), price DESC NULLS "
	  "LAST) "
	  "WHERE (price IS NOT NULL) INVALID\n" },
	{ "ALTER TABLE \"Odd Name\".\"Rooms\" NO FORCE ROW LEVEL SECURITY",
	  "~ row-security\tOdd Name\tRooms\trow-security\tENABLE\n" },
	{ "ALTER POLICY mine ON \"Odd Name\".\"Rooms\" USING (who = 2)",
	  "~ policy\tOdd Name\tRooms\tmine\tAS PERMISSIVE FOR UPDATE TO PUBLIC USING ((who = 2)) "
	  "WITH "
	  "CHECK ((\"No\" > 0))\n" },
	{ "ALTER TABLE g_scratch SET LOGGED",
	  "~ table\tpublic\t\tg_scratch\tWITH (fillfactor='70')\n" },
	{ "ALTER TABLE h_log DETACH PARTITION h_log_2020",
	  "~ table\tpublic\t\th_log_2020\t\n"
	  "+ primary-key\tpublic\th_log_2020\th_log_2020_pkey\tPRIMARY KEY (at, id)\n"
	  "+ index\tpublic\th_log_2020\th_log_2020_id_idx\tUSING btree (id)\n" },
	{ "ALTER TABLE i_base ADD c text",
	  "+ column\tpublic\ti_base\tc\ttext\n+ column\tpublic\ti_derived\tc\ttext\n" },
	{ "CREATE OR REPLACE VIEW j_view WITH (security_barrier) AS SELECT id, name FROM f_all "
	  "WHERE "
	  "price > 19",
	  "~ view\tpublic\t\tj_view\t(id integer, name public.citext) WITH "
	  "(security_barrier='true') AS "
	  "#\n" },
	{ "CREATE OR REPLACE FUNCTION l_touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN "
	  "OLD; "
	  "END'",
	  "~ function\tpublic\t\tl_touch()\t() RETURNS trigger LANGUAGE plpgsql AS #\n" },
	{ "ALTER PROCEDURE m_work SECURITY DEFINER",
	  "~ procedure\tpublic\t\tm_work(integer)\t(x integer) LANGUAGE plpgsql SECURITY DEFINER "
	  "AS #\n" },
	{ "CREATE FUNCTION l_add(a text) RETURNS text LANGUAGE sql AS 'SELECT a'",
	  "+ function\tpublic\t\tl_add(text)\t(a text) RETURNS text LANGUAGE sql AS #\n" },
	{ "DROP AGGREGATE n_total(integer)", "- aggregate\tpublic\t\tn_total(integer)\n" },
	{ "CREATE OR REPLACE RULE keep AS ON DELETE TO g_scratch DO ALSO NOTIFY x",
	  "~ rule\tpublic\tg_scratch\tkeep\tON DELETE DO ALSO AS #\n" },
	{ "CREATE TABLE bobolink_history2 (a int)",
	  "+ table\tpublic\t\tbobolink_history2\t\n+ "
	  "column\tpublic\tbobolink_history2\ta\tinteger\n" },
	{ "ALTER TABLE bobolink_log ADD more text; CREATE INDEX ON bobolink_head (set_name)", "" },
	{ "COMMENT ON TABLE f_all IS 'x'; GRANT SELECT ON f_all TO PUBLIC", "" },
};

static void each_change_is_one_of_its_object(void **state)
{
	struct pg_database connection;
	struct bobolink_inventory *before;

	(void)state;
	open_every_kind(&connection);
	before = pg_inventory(&connection, NULL);
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		struct bobolink_inventory *after;

		pg_run(connection.pg, "BEGIN");
		pg_run(connection.pg, changes[i].sql);
		after = pg_inventory(&connection, before);
		print_message("%s\n", changes[i].sql);
		expect_changes(before, after, changes[i].expected);
		bobolink_inventory_free(after);
		pg_run(connection.pg, "ROLLBACK");
	}
	bobolink_inventory_free(before);
	pg_database_close(&connection);
}

static int write_stream(void *context, const char *text, size_t length)
{
	return fwrite(text, 1, length, context) == length ? 0 : BOBOLINK_FULL;
}

static int write_change(void *context, const struct bobolink_object *before,
			const struct bobolink_object *after)
{
	return bobolink_delta_line(!before ? '+'
				   : after ? '~'
					   : '-',
				   after ? after : before, 1, write_stream, context);
}

/* What turns one inventory into the other, SQL included. */
static char *delta_of(const struct bobolink_inventory *before,
		      const struct bobolink_inventory *after)
{
	char *text = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&text, &length);

	assert_non_null(stream);
	assert_int_equal(bobolink_inventory_compare(before, after, write_change, stream), 0);
	assert_int_equal(fclose(stream), 0);
	return text;
}

static void expect_folded(const struct bobolink_inventory *before,
			  const struct bobolink_inventory *after)
{
	struct bobolink_allocator allocator = inventories_allocator();
	struct bobolink_inventory *folded;
	struct bobolink_error error;
	char *text = delta_of(before, after);

	assert_int_equal(bobolink_delta_apply(before, text, &allocator, &folded, &error), 0);
	expect_changes(folded, after, "");
	for (uint32_t i = 0; i < bobolink_inventory_count(after); i++) {
		assert_string_equal(bobolink_inventory_object(folded, i)->sql,
				    bobolink_inventory_object(after, i)->sql);
	}
	bobolink_inventory_free(folded);
	free(text);
}

static void deltas_fold(void **state)
{
	struct pg_database connection;
	struct bobolink_inventory *before;
	struct bobolink_inventory *after;

	(void)state;
	open_every_kind(&connection);
	before = pg_inventory(&connection, NULL);
	expect_folded(NULL, before);
	pg_run(connection.pg, "DROP TABLE f_all CASCADE; CREATE TABLE more (a int)");
	after = pg_inventory(&connection, before);
	expect_folded(before, after);
	expect_folded(after, before);
	bobolink_inventory_free(before);
	bobolink_inventory_free(after);
	pg_database_close(&connection);
}

static void what_did_not_change_is_shared(void **state)
{
	struct pg_database connection;
	struct bobolink_inventory *before;
	struct bobolink_inventory *after;
	uint32_t shared = 0;

	(void)state;
	open_every_kind(&connection);
	before = pg_inventory(&connection, NULL);
	pg_run(connection.pg, "CREATE TABLE a_new (a int); DROP FOREIGN TABLE i_foreign;"
			      "ALTER TABLE g_scratch ADD b int");
	after = pg_inventory(&connection, before);
	for (uint32_t i = 0; i < bobolink_inventory_count(before); i++) {
		const struct bobolink_object *object = bobolink_inventory_object(before, i);

		shared += bobolink_inventory_find(after, object->kind, object->schema,
						  object->parent, object->name) == object;
	}
	/* All but table and column that are gone, and the table, column and rule beside the new column. */
	assert_int_equal(shared, bobolink_inventory_count(before) - 2 - 3);
	bobolink_inventory_free(before);
	bobolink_inventory_free(after);
	pg_database_close(&connection);
}

static void read_and_free(struct pg_database *database)
{
	bobolink_inventory_free(pg_inventory(database, NULL));
}

static void search_path_is_left_as_it_was(void **state)
{
	struct pg_database connection;

	(void)state;
	pg_database_open(&connection, "CREATE SCHEMA s; CREATE TABLE s.t (a int)");
	pg_run(connection.pg, "SET search_path = 'S', \"x y\"");
	read_and_free(&connection);
	assert_string_equal(pg_text(connection.pg, "SHOW search_path"), "\"S\", \"x y\"");
	pg_run(connection.pg, "BEGIN");
	pg_run(connection.pg, "SET LOCAL search_path = s");
	read_and_free(&connection);
	assert_string_equal(pg_text(connection.pg, "SHOW search_path"), "s");
	pg_run(connection.pg, "COMMIT");
	assert_string_equal(pg_text(connection.pg, "SHOW search_path"), "\"S\", \"x y\"");
	pg_run(connection.pg, "BEGIN");
	pg_run(connection.pg, "SET search_path = s");
	read_and_free(&connection);
	pg_run(connection.pg, "COMMIT");
	assert_string_equal(pg_text(connection.pg, "SHOW search_path"), "s");
	pg_run(connection.pg, "SET search_path = ''");
	read_and_free(&connection);
	assert_string_equal(pg_text(connection.pg, "SHOW search_path"), "\"\"");
	pg_database_close(&connection);
}

/* Tables, functions and operators of the same names, in front of the catalogue. */
static void a_planted_catalogue_is_not_read(void **state)
{
	struct pg_database connection;
	struct bobolink_inventory *inventory;

	(void)state;
	pg_database_open(
		&connection,
		"CREATE SCHEMA evil; CREATE TABLE evil.pg_class (oid oid); CREATE TABLE t (a int);"
		"CREATE FUNCTION evil.current_setting(text) RETURNS text LANGUAGE sql AS "
		"$$SELECT 'pg_catalog'$$;"
		"SET search_path = evil, pg_catalog");
	inventory = pg_inventory(&connection, NULL);
	assert_non_null(
		bobolink_inventory_find(inventory, BOBOLINK_OBJECT_COLUMN, "public", "t", "a"));
	bobolink_inventory_free(inventory);
	pg_database_close(&connection);
}

static bool runs(PGconn *connection, const char *sql)
{
	PGresult *result = PQexec(connection, sql);
	bool done = PQresultStatus(result) == PGRES_COMMAND_OK;

	PQclear(result);
	return done;
}

/* Runs the SQL of all objects but columns, again and again while more of it succeeds. */
static void make_again(PGconn *connection, const struct bobolink_inventory *inventory)
{
	uint32_t count = bobolink_inventory_count(inventory);
	bool *made = calloc(count, sizeof(*made));
	bool more = true;

	assert_non_null(made);
	while (more) {
		more = false;
		for (uint32_t i = 0; i < count; i++) {
			const struct bobolink_object *object =
				bobolink_inventory_object(inventory, i);

			if (made[i] || object->kind == BOBOLINK_OBJECT_COLUMN)
				continue;
			made[i] = runs(connection, object->sql);
			more |= made[i];
		}
	}
	free(made);
}

static void every_object_can_be_made_again(void **state)
{
	struct pg_database original;
	struct pg_database copy;
	struct bobolink_inventory *before;
	struct bobolink_inventory *after;

	(void)state;
	open_every_kind(&original);
	before = pg_inventory(&original, NULL);
	pg_database_open(&copy, "CREATE FOREIGN DATA WRAPPER w;"
				"CREATE SERVER far FOREIGN DATA WRAPPER w");
	make_again(copy.pg, before);
	after = pg_inventory(&copy, NULL);
	/* What one statement cannot say: that a trigger is disabled, more about a typed table's column. */
	expect_changes(
		before, after,
		"~ trigger\tpublic\tf_all\tLate\tCONSTRAINT AFTER INSERT ON public.f_all "
		"DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.l_touch()\n"
		"~ column\tpublic\ti_typed\tb\ttext COLLATE pg_catalog.\"C\"\n");
	bobolink_inventory_free(before);
	bobolink_inventory_free(after);
	pg_database_close(&original);
	pg_database_close(&copy);
}

static void a_column_can_be_added_again(void **state)
{
	static const char *const columns[] = {
		"Mixed", "big", "id", "json", "made", "name", "twice"
	};
	struct pg_database connection;
	struct bobolink_inventory *before;

	(void)state;
	open_every_kind(&connection);
	before = pg_inventory(&connection, NULL);
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		const struct bobolink_object *column =
			bobolink_inventory_find(before, BOBOLINK_OBJECT_COLUMN, "public", "f_all",
						columns[i]);
		struct bobolink_inventory *after;
		char drop[64];

		assert_non_null(column);
		(void)snprintf(drop, sizeof(drop), "ALTER TABLE f_all DROP \"%s\" CASCADE",
			       columns[i]);
		pg_run(connection.pg, "BEGIN");
		pg_run(connection.pg, drop);
		pg_run(connection.pg, column->sql);
		after = pg_inventory(&connection, NULL);
		assert_string_equal(bobolink_inventory_find(after, column->kind, "public", "f_all",
							    columns[i])
					    ->definition,
				    column->definition);
		bobolink_inventory_free(after);
		pg_run(connection.pg, "ROLLBACK");
	}
	bobolink_inventory_free(before);
	pg_database_close(&connection);
}

/* Reads with each allocation failing in turn. */
static void reading_survives_a_lack_of_memory(void **state)
{
	struct pg_database connection;
	struct bobolink_allocator allocator = inventories_allocator();
	struct bobolink_inventory *inventory = NULL;
	struct bobolink_error error;
	int64_t failures = 0;
	int rc = BOBOLINK_NO_MEMORY;

	(void)state;
	pg_database_open(&connection, "CREATE TABLE t (a int CHECK (a > 0)); CREATE VIEW v AS "
				      "SELECT a FROM t");
	for (; rc; failures++) {
		allocations_left = failures;
		rc = bobolink_inventory_read(bobolink_backend_postgres(), connection.connection,
					     &allocator, NULL, &inventory, &error);
		allocations_left = -1;
		assert_true(rc == BOBOLINK_OK || rc == BOBOLINK_NO_MEMORY);
	}
	assert_true(failures > 10);
	bobolink_inventory_free(inventory);
	pg_database_close(&connection);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_object_is_listed),
		cmocka_unit_test(an_empty_database_has_no_objects),
		cmocka_unit_test(columns_have_no_position),
		cmocka_unit_test(names_are_told_in_full),
		cmocka_unit_test(a_partition_may_be_made_or_attached),
		cmocka_unit_test(a_reference_to_a_partitioned_table_is_one),
		cmocka_unit_test(types_and_clauses_may_be_written_otherwise),
		cmocka_unit_test(each_change_is_one_of_its_object),
		cmocka_unit_test(deltas_fold),
		cmocka_unit_test(what_did_not_change_is_shared),
		cmocka_unit_test(search_path_is_left_as_it_was),
		cmocka_unit_test(a_planted_catalogue_is_not_read),
		cmocka_unit_test(every_object_can_be_made_again),
		cmocka_unit_test(a_column_can_be_added_again),
		cmocka_unit_test(reading_survives_a_lack_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
