/*
 * Inventories against SQLite's own pragmas: what is read from the text of a schema is what SQLite
 * made of that text. Tables written for this, and those of every SQLite corpus.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "database.h"
#include "inventories.h"
#include "schema/sql_token.h"

static uint32_t facts; /* how many were compared */

/* A text under construction, from the arena of the runtime. */
static struct bobolink_allocator allocator;

static struct bl_text text_new(void)
{
	struct bl_text text;

	allocator = inventories_allocator();
	bl_text_init(&text, &allocator);
	return text;
}

static void add(struct bl_text *text, const char *words)
{
	bl_text_add(text, words, strlen(words));
}

static sqlite3_stmt *ask(sqlite3 *db, const char *sql, const char *name)
{
	sqlite3_stmt *statement = NULL;

	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
	sqlite3_bind_text(statement, 1, name, -1, SQLITE_TRANSIENT);
	return statement;
}

static const char *column(sqlite3_stmt *statement, int number)
{
	const char *text = (const char *)sqlite3_column_text(statement, number);

	return text ? text : "";
}

/* An object of the table whose definition is `wanted`, or goes on behind it with a blank. */
static bool has_definition(const struct inventories *all, int32_t kind, const char *table,
			   const char *wanted)
{
	const struct bobolink_object *object;
	size_t length = strlen(wanted);

	facts++;
	for (uint32_t i = 0; (object = bobolink_inventory_object(all->inventory, i)) != NULL; i++) {
		if (object->kind == kind && strcmp(object->parent, table) == 0 &&
		    strncmp(object->definition, wanted, length) == 0 &&
		    (object->definition[length] == '\0' || object->definition[length] == ' '))
			return true;
	}
	return false;
}

static uint32_t count_kind(const struct inventories *all, int32_t kind, const char *table)
{
	const struct bobolink_object *object;
	uint32_t count = 0;

	for (uint32_t i = 0; (object = bobolink_inventory_object(all->inventory, i)) != NULL; i++)
		count += object->kind == kind && strcmp(object->parent, table) == 0;
	return count;
}

static void compare_columns(const struct inventories *all, const char *table)
{
	sqlite3_stmt *rows = ask(all->db,
				 "SELECT name, upper(type), \"notnull\" AND pk = 0, "
				 "dflt_value IS NOT NULL, hidden FROM pragma_table_xinfo(?1)",
				 table);
	uint32_t count = 0;

	for (; sqlite3_step(rows) == SQLITE_ROW; count++) {
		const struct bobolink_object *object =
			bobolink_inventory_find(all->inventory, BOBOLINK_OBJECT_COLUMN, "", table,
						column(rows, 0));
		const char *type = column(rows, 1);

		facts++;
		assert_non_null(object);
		if (strncmp(object->definition, type, strcspn(type, "( ")) != 0)
			fail_msg("%s.%s: %s", table, object->name, object->definition);
		if (sqlite3_column_int(rows, 2))
			assert_non_null(strstr(object->definition, "NOT NULL"));
		assert_int_equal(strstr(object->definition, "DEFAULT ") != NULL,
				 sqlite3_column_int(rows, 3));
		assert_int_equal(strstr(object->definition, "GENERATED ") != NULL,
				 sqlite3_column_int(rows, 4) >= 2);
	}
	sqlite3_finalize(rows);
	assert_int_equal(count, count_kind(all, BOBOLINK_OBJECT_COLUMN, table));
}

/* "(a, b" and on: the columns of the primary key without their order. */
static void compare_primary_key(const struct inventories *all, const char *table)
{
	sqlite3_stmt *rows =
		ask(all->db, "SELECT name FROM pragma_table_xinfo(?1) WHERE pk > 0 ORDER BY pk",
		    table);
	const struct bobolink_object *object;
	const char *at = NULL;

	for (uint32_t i = 0; (object = bobolink_inventory_object(all->inventory, i)) != NULL; i++) {
		if (object->kind == BOBOLINK_OBJECT_PRIMARY_KEY && !strcmp(object->parent, table))
			at = object->definition + 1;
	}
	while (sqlite3_step(rows) == SQLITE_ROW) {
		struct bl_text name = text_new();

		bl_sql_add_name(&name, column(rows, 0));
		facts++;
		assert_non_null(at);
		assert_int_equal(strncmp(at, name.text, name.length), 0);
		at = strpbrk(at + name.length, ",)") + 2;
		bl_text_release(&name);
	}
	sqlite3_finalize(rows);
}

static void add_action(struct bl_text *text, const char *words, const char *action)
{
	if (strcmp(action, "NO ACTION") == 0)
		return;
	add(text, words);
	add(text, action);
}

/* One foreign key as it should be written, from the rows that share an id. */
static void compare_foreign_key(const struct inventories *all, const char *table, int id)
{
	sqlite3_stmt *rows = ask(all->db,
				 "SELECT \"from\", \"to\", \"table\", on_delete, on_update FROM "
				 "pragma_foreign_key_list(?1) WHERE id = ?2 ORDER BY seq",
				 table);
	struct bl_text from = text_new();
	struct bl_text to = text_new();
	struct bl_text after = text_new();

	sqlite3_bind_int(rows, 2, id);
	while (sqlite3_step(rows) == SQLITE_ROW) {
		add(&from, from.length ? ", " : "(");
		bl_sql_add_name(&from, column(rows, 0));
		if (sqlite3_column_type(rows, 1) != SQLITE_NULL) {
			add(&to, to.length ? ", " : "(");
			bl_sql_add_name(&to, column(rows, 1));
		}
		if (after.length == 0) {
			add(&after, ") REFERENCES ");
			bl_sql_add_name(&after, column(rows, 2));
		}
	}
	add(&from, after.text);
	if (to.length) {
		add(&from, to.text);
		add(&from, ")");
	}
	sqlite3_reset(rows);
	sqlite3_step(rows);
	add_action(&from, " ON DELETE ", column(rows, 3));
	add_action(&from, " ON UPDATE ", column(rows, 4));
	if (!has_definition(all, BOBOLINK_OBJECT_FOREIGN_KEY, table, from.text))
		fail_msg("%s: %s", table, from.text);
	sqlite3_finalize(rows);
	bl_text_release(&from);
	bl_text_release(&to);
	bl_text_release(&after);
}

static void compare_foreign_keys(const struct inventories *all, const char *table)
{
	sqlite3_stmt *rows =
		ask(all->db, "SELECT DISTINCT id FROM pragma_foreign_key_list(?1)", table);
	uint32_t count = 0;

	for (; sqlite3_step(rows) == SQLITE_ROW; count++)
		compare_foreign_key(all, table, sqlite3_column_int(rows, 0));
	sqlite3_finalize(rows);
	assert_int_equal(count, count_kind(all, BOBOLINK_OBJECT_FOREIGN_KEY, table));
}

/* "(a, b DESC" as an index has it, up to its first expression. */
static void add_index_columns(const struct inventories *all, const char *name, bool own,
			      struct bl_text *out)
{
	sqlite3_stmt *rows = ask(all->db,
				 "SELECT name, \"desc\", cid FROM pragma_index_xinfo(?1) WHERE key "
				 "ORDER BY seqno",
				 name);

	add(out, "(");
	while (sqlite3_step(rows) == SQLITE_ROW && sqlite3_column_int(rows, 2) >= 0) {
		if (out->text[out->length - 1] != '(')
			add(out, ", ");
		bl_sql_add_name(out, column(rows, 0));
		if (own && sqlite3_column_int(rows, 1))
			add(out, " DESC");
	}
	sqlite3_finalize(rows);
}

static bool begins_so(const struct inventories *all, int32_t kind, const char *table,
		      const char *wanted)
{
	const struct bobolink_object *object;

	facts++;
	for (uint32_t i = 0; (object = bobolink_inventory_object(all->inventory, i)) != NULL; i++) {
		if (object->kind == kind && strcmp(object->parent, table) == 0 &&
		    strncmp(object->definition, wanted, strlen(wanted)) == 0)
			return true;
	}
	return false;
}

static void compare_indexes(const struct inventories *all, const char *table)
{
	sqlite3_stmt *rows =
		ask(all->db, "SELECT name, \"unique\", origin, partial FROM pragma_index_list(?1)",
		    table);

	while (sqlite3_step(rows) == SQLITE_ROW) {
		bool own = strcmp(column(rows, 2), "c") == 0;
		struct bl_text wanted = text_new();

		if (strcmp(column(rows, 2), "pk") == 0)
			continue;
		if (own && sqlite3_column_int(rows, 1))
			add(&wanted, "UNIQUE ");
		add_index_columns(all, column(rows, 0), own, &wanted);
		if (!begins_so(all, own ? BOBOLINK_OBJECT_INDEX : BOBOLINK_OBJECT_UNIQUE, table,
			       wanted.text))
			fail_msg("%s: %s", table, wanted.text);
		bl_text_release(&wanted);
	}
	sqlite3_finalize(rows);
}

static void compare_all(const struct inventories *all)
{
	const struct bobolink_object *object;

	for (uint32_t i = 0; (object = bobolink_inventory_object(all->inventory, i)) != NULL; i++) {
		if (object->kind != BOBOLINK_OBJECT_TABLE)
			continue;
		compare_columns(all, object->name);
		compare_primary_key(all, object->name);
		compare_foreign_keys(all, object->name);
		compare_indexes(all, object->name);
	}
}

static void odd_tables_are_read_as_sqlite_reads_them(void **state)
{
	struct inventories all;

	(void)state;
	inventories_open(
		&all,
		"CREATE TABLE a (id INTEGER CONSTRAINT k PRIMARY KEY ASC ON CONFLICT FAIL "
		"AUTOINCREMENT, "
		"key TEXT, \"index\" TEXT, [un ion] UNSIGNED BIG INT NULL DEFAULT +1.5e3 COLLATE "
		"rtrim);"
		"CREATE TABLE view (a REFERENCES b MATCH FULL ON DELETE SET NULL ON UPDATE SET "
		"DEFAULT "
		"NOT DEFERRABLE INITIALLY IMMEDIATE CHECK ((a) IN (1, (2)) OR 1), 'b' DEFAULT "
		"'x)y', "
		"UNIQUE (a, b) CONSTRAINT f FOREIGN KEY (b, a) REFERENCES \"sel\"\"ect\" ON DELETE "
		"RESTRICT);"
		"CREATE TABLE c (x DEFAULT (1 + (2)), y DEFAULT -9, z DEFAULT CURRENT_TIMESTAMP "
		"NOT NULL, "
		"w DECIMAL ( 10 , 2 ) DEFAULT x'00' UNIQUE ON CONFLICT IGNORE, PRIMARY KEY (y, x)) "
		"WITHOUT ROWID;"
		"CREATE UNIQUE INDEX ci ON c (y DESC, abs(w)) WHERE z > 1; CREATE INDEX cj ON c "
		"(\"x\", w);"
		"CREATE TABLE d AS SELECT 1 AS one, 'x' AS \"t w o\", x FROM c;"
		"CREATE TABLE e (a, b, -- a comment )\n c /* and ( another */ INT, CHECK (a <> "
		"'--')) ;"
		"ALTER TABLE e ADD COLUMN d INT REFERENCES a (id) ON DELETE CASCADE;"
		"ALTER TABLE a RENAME TO \"a a\"; ALTER TABLE e RENAME COLUMN c TO \"order\";");
	compare_all(&all);
	assert_true(facts > 20);
	inventories_close(&all);
}

static int is_up(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return length > 4 && strcmp(entry->d_name + length - 4, ".sql") == 0 &&
	       !strstr(entry->d_name, ".down.");
}

static void return_null(sqlite3_context *context, int count, sqlite3_value **values)
{
	(void)count;
	(void)values;
	sqlite3_result_null(context);
}

static void run_file(sqlite3 *db, const char *path)
{
	FILE *file = fopen(path, "rb");
	char *text = calloc(1, 1u << 20);

	assert_non_null(file);
	assert_non_null(text);
	assert_true(fread(text, 1, (1u << 20) - 1, file) < (1u << 20) - 1);
	assert_int_equal(ferror(file), 0);
	fclose(file);
	database_run(db, text);
	free(text);
}

static void compare_corpus(const char *folder)
{
	struct dirent **entries = NULL;
	struct inventories all;
	int count = scandir(folder, &entries, is_up, alphasort);

	assert_true(count > 0);
	inventories_open(&all, "");
	sqlite3_create_function(all.db, "normalize", -1, SQLITE_UTF8, NULL, return_null, NULL,
				NULL);
	sqlite3_create_function(all.db, "vec_length", -1, SQLITE_UTF8, NULL, return_null, NULL,
				NULL);
	for (int i = 0; i < count; i++) {
		char path[1200];

		snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
		run_file(all.db, path);
		free(entries[i]);
	}
	free(entries);
	inventories_run(&all, "");
	compare_all(&all);
	inventories_close(&all);
}

static void tables_of_the_corpora_are_read_as_sqlite_reads_them(void **state)
{
	static const char *const names[] = { "atuin", "chroma",	   "diesel",	"gitness",
					     "lnd",   "pocket-id", "screenpipe" };
	const char *corpora = getenv("BOBOLINK_CORPORA");

	(void)state;
	if (!corpora) {
		print_message("BOBOLINK_CORPORA is not set\n");
		skip();
	}
	facts = 0;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char folder[900];

		snprintf(folder, sizeof(folder), "%s/%s/sqlite", corpora, names[i]);
		compare_corpus(folder);
	}
	printf("sweep: %u facts of real schemas compared with SQLite's pragmas\n", (unsigned)facts);
	assert_true(facts > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(odd_tables_are_read_as_sqlite_reads_them),
		cmocka_unit_test(tables_of_the_corpora_are_read_as_sqlite_reads_them),
	};

	return cmocka_run_group_tests_name("inventory facts", tests, NULL, NULL);
}
