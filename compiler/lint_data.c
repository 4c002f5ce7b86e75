/*
 * Data: statements that destroy rows or columns which existed before the migration.
 *
 * What a migration makes itself it may drop again, and a table whose rows were copied elsewhere
 * in the same section may go, as in a rebuild; then every column must be among what was copied.
 */
#include "lint_condition.h"
#include "lint_loss.h"

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

/* SELECT *, SELECT t.*, TABLE t, or rows as JSON: every column is copied. */
static bool copies_all(const struct lint_statement *statement)
{
	const struct words *words = &statement->words;

	for (uint32_t i = statement->body; i < words->count; i++) {
		if (words_is(words, i, "TABLE") || words_is(words, i, "TO_JSON") ||
		    words_is(words, i, "TO_JSONB") || words_is(words, i, "ROW_TO_JSON"))
			return true;
		if (words_is(words, i, "*") && i > statement->body &&
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

/* True when the table was there before the migration, and this is known. */
static bool predates(const struct lint *lint, const struct before_table *table)
{
	return lint->known && catalog_find(&lint->catalog, BOBOLINK_OBJECT_TABLE, table->name);
}

/* Notes the column when no copy before `index` takes it along; true when it predates the migration. */
static bool is_left_out(struct lint *lint, uint32_t index, const struct before_table *table,
			const char *column)
{
	const char *now = before_column_now(lint, index, table, column);

	if (is_copied(lint, index, table->now, now))
		return false;
	loss_column(lint, table, column);
	return (lint->known || lint->deltas_known) &&
	       catalog_column(&lint->catalog, table->name, column);
}

/* The columns of the table that no copy before `index` takes along: "a", "b"; NULL for none. */
static const char *left_out(struct lint *lint, uint32_t index, const struct before_table *table)
{
	const struct catalog_entry *entry = catalog_children(lint->before, table->name);
	const char *list = NULL;

	for (; entry; entry = entry->next) {
		const struct bobolink_object *column = entry->object;

		if (column->kind != BOBOLINK_OBJECT_COLUMN || before_is_computed(column) ||
		    strcmp(column->schema, table->object->schema) != 0 ||
		    !is_left_out(lint, index, table, column->name))
			continue;
		list = list ? arena_format(lint->arena, "\"%s\", %s", column->name, list)
			    : arena_format(lint->arena, "\"%s\"", column->name);
	}
	return list;
}

/* The same where only the statements of the chain tell what the columns are. */
static void note_left_out(struct lint *lint, uint32_t index, const struct before_table *table)
{
	const struct chain_relation *relation =
		chain_find(&lint->chain,
			   lint->section == &lint->migration->down ? table->name : table->now);
	const struct chain_column *column = relation ? relation->columns : NULL;

	for (; column; column = column->next) {
		if (!is_copied(lint, index, table->now, column->name))
			loss_column(lint, table, column->name);
	}
}

/* The rows of a full-text index are copies of others. */
bool lint_is_search_index(const struct bobolink_object *table)
{
	static const char prefix[] = "USING fts";

	return table->kind == BOBOLINK_OBJECT_VIRTUAL_TABLE &&
	       strlen(table->definition) >= sizeof(prefix) &&
	       text_is(table->definition, sizeof(prefix) - 1, prefix);
}

static bool is_search_index(const struct before_table *table)
{
	return table->object && lint_is_search_index(table->object);
}

static bool has_where(const struct lint_statement *statement)
{
	return lint_has_condition(&statement->words, statement->body);
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

const char *lint_drop_table(struct lint *lint, uint32_t index, const struct before_table *table)
{
	const char *columns = NULL;
	bool filtered;

	if (!is_copied(lint, index, table->now, NULL)) {
		loss_table(lint, table);
		return arena_format(lint->arena, "this destroys the rows of \"%s\"", table->now);
	}
	if (table->object)
		columns = left_out(lint, index, table);
	else
		note_left_out(lint, index, table);
	filtered = is_filtered(lint, index, table->now);
	if (filtered)
		loss_rows(lint, table);
	if (columns)
		return arena_format(lint->arena, "the copy of \"%s\" leaves out %s", table->now,
				    columns);
	return filtered ? arena_format(lint->arena,
				       "the copy of \"%s\" leaves out rows: it has a WHERE",
				       table->now)
			: NULL;
}

static void check_drop_table(struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];
	struct before_table table;
	const char *message;

	if (!before_find(lint, index, statement->name_word, &table) || is_search_index(&table))
		return;
	message = lint_drop_table(lint, index, &table);
	if (message && predates(lint, &table))
		lint_report(lint, RULE_DATA_LOSS, statement, statement->name_word, LINT_ALLOW_HELP,
			    "%s", message);
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
	struct before_table table;
	const char *column;

	if (!before_find(lint, index, statement->name_word, &table))
		return;
	column = before_column(lint, index, &table, statement->other_word);
	if (!column || is_moved(lint, index, statement->name, statement->other))
		return;
	loss_column(lint, &table, column);
	if (lint->known && catalog_column(&lint->catalog, table.name, column))
		lint_report(lint, RULE_DATA_LOSS, statement, statement->other_word, LINT_ALLOW_HELP,
			    "this destroys the values of \"%s\" in \"%s\"", statement->other,
			    statement->name);
}

static void check_delete(struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];
	struct before_table table;

	if (!before_find(lint, index, statement->name_word, &table) || is_search_index(&table) ||
	    is_copied(lint, index, statement->name, NULL))
		return;
	loss_deleted(lint, index, &table);
	if (!has_where(statement) && predates(lint, &table))
		lint_report(lint, RULE_DATA_LOSS, statement, statement->name_word, LINT_ALLOW_HELP,
			    "DELETE without WHERE destroys every row of \"%s\"", statement->name);
}

bool lint_is_copied(const struct lint *lint, uint32_t index, const char *table)
{
	return is_copied(lint, index, table, NULL);
}

bool lint_is_moved(const struct lint *lint, uint32_t index, const char *table, const char *column)
{
	return is_moved(lint, index, table, column);
}

/* The word behind the value that is assigned at `word`. */
static uint32_t assignment_end(const struct words *words, uint32_t word)
{
	while (word < words->count && words_token(words, word).kind != TOKEN_COMMA)
		word = words_token(words, word).kind == TOKEN_LEFT ? words_close(words, word)
								   : word + 1;
	return word;
}

static bool is_overwritten(const struct lint_statement *statement, uint32_t set, uint32_t word,
			   const char *column)
{
	const struct words *words = &statement->words;

	return !words_mention(words, set, word, column) &&
	       !words_mention(words, word + 1, words->count, column);
}

uint32_t lint_overwritten(const struct lint *lint, uint32_t index, uint32_t word)
{
	const struct lint_statement *statement = &lint->statements[index];
	const struct words *words = &statement->words;
	uint32_t set = words_find(words, statement->body, "SET");

	if (has_where(statement) || words_find(words, set, "FROM") < words->count)
		return 0;
	for (word = word ? assignment_end(words, word) + 1 : set + 1; word < words->count;
	     word = assignment_end(words, word) + 1) {
		const char *column = words_name(words, word, lint->arena);

		if (column && is_overwritten(statement, set + 1, word, column))
			return word;
	}
	return 0;
}

void lint_note_overwritten(struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];
	struct before_table table;
	uint32_t word = 0;

	if (!before_find(lint, index, statement->name_word, &table))
		return;
	while ((word = lint_overwritten(lint, index, word))) {
		const char *column = before_column(lint, index, &table, word);

		if (column && !is_moved(lint, index, statement->name,
					words_name(&statement->words, word, lint->arena)))
			loss_column(lint, &table, column);
	}
}

uint32_t lint_nulled(const struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];
	const struct words *words = &statement->words;
	uint32_t word = 0;

	/* The usual way to undo a backfill: who rolls back is asked, with the number of values. */
	if (lint->section == &lint->migration->down)
		return 0;
	while ((word = lint_overwritten(lint, index, word))) {
		if (words_are(words, word + 1, "= NULL") &&
		    assignment_end(words, word) == word + 3 &&
		    !is_moved(lint, index, statement->name, words_name(words, word, lint->arena)))
			return word;
	}
	return 0;
}

void lint_report_nulled(struct lint *lint, const struct lint_statement *statement, uint32_t word)
{
	lint_report(lint, RULE_DATA_LOSS, statement, word, LINT_ALLOW_HELP,
		    "UPDATE without WHERE destroys the values of \"%s\" in \"%s\"",
		    words_name(&statement->words, word, lint->arena), statement->name);
}

void lint_report_overwritten(struct lint *lint, const struct lint_statement *statement,
			     const char *column)
{
	lint_report(lint, RULE_UPDATE_WITHOUT_WHERE, statement, statement->name_word,
		    "add a WHERE clause that says which rows",
		    "UPDATE without WHERE overwrites \"%s\" in every row of \"%s\"", column,
		    statement->name);
}

/* The rule looks at the first column alone, and at those that were there before the migration. */
const char *lint_first_overwritten(const struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];
	uint32_t first = words_find(&statement->words, statement->body, "SET") + 1;

	return lint_overwritten(lint, index, 0) == first
		       ? words_name(&statement->words, first, lint->arena)
		       : NULL;
}

static void check_update(struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];
	const char *column = lint_first_overwritten(lint, index);
	const char *origin = lint_origin(lint, index, statement->name);
	uint32_t nulled = lint_nulled(lint, index);

	lint_note_overwritten(lint, index);
	if (!lint->known || !origin)
		return;
	if (nulled && catalog_column(&lint->catalog, origin,
				     words_name(&statement->words, nulled, lint->arena)))
		lint_report_nulled(lint, statement, nulled);
	else if (column && catalog_column(&lint->catalog, origin, column))
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
