/*
 * Data: statements that destroy rows or columns which existed before the migration.
 *
 * What a migration makes itself it may drop again, and a table whose rows were copied elsewhere
 * in the same section may go, as in a rebuild; then every column must be among what was copied.
 */
#include "lint_context.h"

#include <string.h>

#include "support/text.h"

static bool names_table(const struct lint_statement *statement, const char *table)
{
	return words_names(&statement->words, statement->name_word, table);
}

/* True when the query of a copy names the table or column; common table expressions belong to it. */
static bool reads(const struct lint_statement *statement, const char *name)
{
	const struct words *words = &statement->words;

	return words_mention(words, words_is(words, 0, "WITH") ? 1 : statement->body, words->count,
			     name);
}

/* True when the statement copies rows from the table into another one. */
static bool copies_from(const struct lint_statement *statement, const char *table)
{
	return lint_statement_copies(statement) && !names_table(statement, table) &&
	       reads(statement, table);
}

/* SELECT *, or SELECT t.*: every column is copied. */
static bool copies_all(const struct lint_statement *statement)
{
	const struct words *words = &statement->words;

	for (uint32_t i = statement->body + 1; i < words->count; i++) {
		if (words_is(words, i, "*") &&
		    (words_is(words, i - 1, "SELECT") || words_is(words, i - 1, "DISTINCT") ||
		     words_token(words, i - 1).kind == TOKEN_COMMA ||
		     words_token(words, i - 1).kind == TOKEN_DOT))
			return true;
	}
	return false;
}

/* True when a statement before `index` copies the column out of the table; NULL: any column. */
static bool is_copied(const struct lint *lint, uint32_t index, const char *table,
		      const char *column)
{
	for (uint32_t i = 0; i < index; i++) {
		const struct lint_statement *statement = &lint->statements[i];

		if (copies_from(statement, table) &&
		    (!column || copies_all(statement) || reads(statement, column)))
			return true;
	}
	return false;
}

static bool is_generated(const struct bobolink_object *column)
{
	return strstr(column->definition, "GENERATED ALWAYS AS") != NULL;
}

/* The name that a column of the table has at `index`: renames in the section change it. */
static const char *current_name(const struct lint *lint, uint32_t index, const char *origin,
				const char *column)
{
	for (uint32_t i = 0; i < index; i++) {
		const struct lint_statement *statement = &lint->statements[i];
		uint32_t old = statement->other_word - 2;
		const char *table;

		if (statement->action != ACTION_RENAME_COLUMN ||
		    !words_names(&statement->words, old, column))
			continue;
		table = lint_origin(lint, i, statement->name);
		if (table && strcmp(table, origin) == 0)
			column = statement->other;
	}
	return column;
}

/* True in a down when the up took the column away: the down cannot find it. */
static bool is_gone_before_down(const struct lint *lint, const struct bobolink_object *column)
{
	if (lint->section != &lint->migration->down)
		return false;
	for (uint32_t i = 0; i < lint->migration->change_count; i++) {
		const struct change *change = &lint->migration->changes[i];

		if (change->before && catalog_is_same(change->before, column))
			return change->after == NULL;
	}
	return false;
}

/* The columns of the table that no copy before `index` takes along: "a", "b"; NULL for none. */
static const char *left_out(const struct lint *lint, uint32_t index, const char *table,
			    const char *origin)
{
	const struct catalog_entry *entry = catalog_children(&lint->catalog, origin);
	const char *list = NULL;

	for (; entry; entry = entry->next) {
		const struct bobolink_object *column = entry->object;

		if (column->kind != BOBOLINK_OBJECT_COLUMN || is_generated(column) ||
		    is_gone_before_down(lint, column) ||
		    is_copied(lint, index, table, current_name(lint, index, origin, column->name)))
			continue;
		list = list ? arena_format(lint->arena, "\"%s\", %s", column->name, list)
			    : arena_format(lint->arena, "\"%s\"", column->name);
	}
	return list;
}

/* The rows of a full-text index are copies of others. */
static bool is_search_index(const struct bobolink_object *table)
{
	static const char prefix[] = "USING fts";

	return table->kind == BOBOLINK_OBJECT_VIRTUAL_TABLE &&
	       strlen(table->definition) >= sizeof(prefix) &&
	       text_is(table->definition, sizeof(prefix) - 1, prefix);
}

static bool has_where(const struct lint_statement *statement)
{
	const struct words *words = &statement->words;

	return words_find(words, statement->body, "WHERE") < words->count;
}

/* True when the only copy takes some of the rows; two copies may share them out. */
static bool is_filtered(const struct lint *lint, uint32_t index, const char *table)
{
	uint32_t copies = 0;
	uint32_t filtered = 0;

	for (uint32_t i = 0; i < index; i++) {
		if (!copies_from(&lint->statements[i], table))
			continue;
		copies++;
		filtered += has_where(&lint->statements[i]);
	}
	return copies == 1 && filtered == 1;
}

static void check_drop_table(struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];
	const char *origin = lint_origin(lint, index, statement->name);
	const struct bobolink_object *table;
	const char *columns;

	table = origin ? catalog_find(&lint->catalog, BOBOLINK_OBJECT_TABLE, origin) : NULL;
	if (!table || is_search_index(table))
		return;
	if (!is_copied(lint, index, statement->name, NULL)) {
		lint_report(lint, RULE_DATA_LOSS, statement, statement->name_word, LINT_ALLOW_HELP,
			    "this destroys the rows of \"%s\"", statement->name);
		return;
	}
	columns = left_out(lint, index, statement->name, origin);
	if (columns)
		lint_report(lint, RULE_DATA_LOSS, statement, statement->name_word, LINT_ALLOW_HELP,
			    "the copy of \"%s\" leaves out %s", statement->name, columns);
	else if (is_filtered(lint, index, statement->name))
		lint_report(lint, RULE_DATA_LOSS, statement, statement->name_word, LINT_ALLOW_HELP,
			    "the copy of \"%s\" leaves out rows: it has a WHERE", statement->name);
}

/* The column's values were written elsewhere: UPDATE t SET new = old before DROP COLUMN old. */
static bool is_moved(const struct lint *lint, uint32_t index, const char *table, const char *column)
{
	for (uint32_t i = 0; i < index; i++) {
		const struct lint_statement *statement = &lint->statements[i];
		const struct words *words = &statement->words;
		uint32_t from = words_find(words, statement->body, "SET");

		if (statement->action == ACTION_UPDATE && words_mention(words, 0, from, table) &&
		    words_mention(words, from + 2, words->count, column))
			return true;
	}
	return is_copied(lint, index, table, column);
}

static void check_drop_column(struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];
	const char *origin = lint_origin(lint, index, statement->name);
	const struct bobolink_object *column;

	column = origin ? catalog_column(&lint->catalog, origin, statement->other) : NULL;
	if (!column || is_generated(column) ||
	    is_moved(lint, index, statement->name, statement->other))
		return;
	lint_report(lint, RULE_DATA_LOSS, statement, statement->other_word, LINT_ALLOW_HELP,
		    "this destroys the values of \"%s\" in \"%s\"", statement->other,
		    statement->name);
}

static void check_delete(struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];
	const struct bobolink_object *table;
	const char *origin;

	if (has_where(statement))
		return;
	origin = lint_origin(lint, index, statement->name);
	table = origin ? catalog_find(&lint->catalog, BOBOLINK_OBJECT_TABLE, origin) : NULL;
	if (!table || is_search_index(table) || is_copied(lint, index, statement->name, NULL))
		return;
	lint_report(lint, RULE_DATA_LOSS, statement, statement->name_word, LINT_ALLOW_HELP,
		    "DELETE without WHERE destroys every row of \"%s\"", statement->name);
}

/* True when the value assigned to the column at `name` depends on its old value. */
static bool derives_from_itself(const struct words *words, uint32_t name, const char *column)
{
	uint32_t end = words_find(words, name, "FROM");

	return words_mention(words, name + 1, end, column);
}

bool lint_is_copied(const struct lint *lint, uint32_t index, const char *table)
{
	return is_copied(lint, index, table, NULL);
}

bool lint_is_moved(const struct lint *lint, uint32_t index, const char *table, const char *column)
{
	return is_moved(lint, index, table, column);
}

bool lint_overwrites(const struct lint *lint, uint32_t index, const char **column)
{
	const struct lint_statement *statement = &lint->statements[index];
	const struct words *words = &statement->words;
	uint32_t set = words_find(words, statement->body, "SET");

	*column = words_name(words, set + 1, lint->arena);
	return *column && !has_where(statement) && words_find(words, set, "FROM") == words->count &&
	       !derives_from_itself(words, set + 1, *column);
}

void lint_report_overwritten(struct lint *lint, const struct lint_statement *statement,
			     const char *column)
{
	lint_report(lint, RULE_UPDATE_WITHOUT_WHERE, statement, statement->name_word,
		    "add a WHERE clause that says which rows",
		    "UPDATE without WHERE overwrites \"%s\" in every row of \"%s\"", column,
		    statement->name);
}

static void check_update(struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];
	const char *column;
	const char *origin;

	if (!lint_overwrites(lint, index, &column))
		return;
	origin = lint_origin(lint, index, statement->name);
	if (origin && catalog_column(&lint->catalog, origin, column))
		lint_report_overwritten(lint, statement, column);
}

void lint_data(struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];

	if (statement->action == ACTION_DROP && statement->kind == BOBOLINK_OBJECT_TABLE)
		check_drop_table(lint, index);
	else if (statement->action == ACTION_DROP_COLUMN)
		check_drop_column(lint, index);
	else if (statement->action == ACTION_DELETE)
		check_delete(lint, index);
	else if (statement->action == ACTION_UPDATE)
		check_update(lint, index);
}
