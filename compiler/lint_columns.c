/*
 * Columns: definitions that mean something else than they say, or that fail as soon as a table
 * has rows.
 *
 * The shadow database is empty, and SQLite lets ALTER TABLE ADD COLUMN through on an empty table
 * that it refuses on one with rows (https://sqlite.org/lang_altertable.html): only the text
 * tells.
 */
#include "lint_context.h"

#include <string.h>

#include "support/text.h"

/* Index of the phrase among the column's constraints, outside parentheses, or column->end. */
static uint32_t find_constraint(const struct words *words, const struct lint_column *column,
				const char *phrase)
{
	uint32_t index = column->constraints;

	while (index < column->end && !words_are(words, index, phrase))
		index = words_token(words, index).kind == TOKEN_LEFT ? words_close(words, index)
								     : index + 1;
	return index < column->end ? index : column->end;
}

static bool has(const struct words *words, const struct lint_column *column, const char *phrase)
{
	return find_constraint(words, column, phrase) < column->end;
}

static bool has_default(const struct words *words, const struct lint_column *column)
{
	uint32_t index = find_constraint(words, column, "DEFAULT");

	return index < column->end && !words_is(words, index + 1, "NULL");
}

static bool is_generated(const struct words *words, const struct lint_column *column)
{
	return has(words, column, "AS");
}

/* The type's words as one text in capitals, the way SQLite derives its affinity. */
static const char *type_text(const struct lint *lint, const struct words *words,
			     const struct lint_column *column)
{
	struct token first = words_token(words, column->type);
	struct token last = words_token(words, column->constraints - 1);
	const char *name = words_name(words, column->type, lint->arena);
	char *text;

	if (column->type >= column->constraints)
		return "";
	if (name && first.offset == last.offset)
		text = arena_copy(lint->arena, name, strlen(name));
	else
		text = arena_copy(lint->arena, words_text(words, column->type),
				  last.offset + last.length - first.offset);
	for (char *p = text; *p; p++)
		*p = *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') : *p;
	return text;
}

/* STRING is NUMERIC and FLOATING POINT is INTEGER (https://sqlite.org/datatype3.html, 3.1). */
static void check_affinity(struct lint *lint, const struct lint_statement *statement,
			   const struct lint_column *column)
{
	const char *type = type_text(lint, &statement->words, column);

	if (strncmp(type, "STRING", 6) == 0 && !strstr(type, "INT"))
		lint_report(lint, RULE_TYPE_AFFINITY, statement, column->type, "write TEXT",
			    "a column of type %s stores '007' as the number 7", type);
	else if (strcmp(type, "FLOATING POINT") == 0)
		lint_report(lint, RULE_TYPE_AFFINITY, statement, column->type, "write REAL",
			    "a column of type %s prefers integers: its name contains INT", type);
}

/* Only the very word INTEGER makes a primary key the rowid. */
static void check_primary_key(struct lint *lint, const struct lint_statement *statement,
			      const struct lint_column *column)
{
	const struct words *words = &statement->words;
	const char *type = type_text(lint, words, column);

	if (!has(words, column, "PRIMARY KEY") || !strstr(type, "INT") ||
	    strcmp(type, "INTEGER") == 0 || strstr(type, "AUTO_INCREMENT") ||
	    words_mention(words, column->end, words->count, "ROWID"))
		return;
	lint_report(lint, RULE_INT_PRIMARY_KEY, statement, column->type,
		    "write INTEGER PRIMARY KEY", "%s PRIMARY KEY does not number rows by itself",
		    type);
}

static bool emptied_before(const struct lint *lint, uint32_t index, const char *table)
{
	for (uint32_t i = 0; i < index; i++) {
		const struct lint_statement *other = &lint->statements[i];

		if (other->action == ACTION_DELETE &&
		    words_names(&other->words, other->name_word, table) &&
		    words_find(&other->words, other->body, "WHERE") == other->words.count)
			return true;
	}
	return false;
}

static void check_not_null(struct lint *lint, const struct lint_statement *statement,
			   const struct lint_column *column)
{
	const struct words *words = &statement->words;

	if (has(words, column, "NOT NULL") && !has_default(words, column) &&
	    !is_generated(words, column))
		lint_report(lint, RULE_NOT_NULL_WITHOUT_DEFAULT, statement, statement->other_word,
			    "add DEFAULT, or rebuild the table and fill the column while copying",
			    "SQLite refuses the NOT NULL column \"%s\" without a default as soon "
			    "as \"%s\" has rows",
			    statement->other, statement->name);
}

static uint32_t skip_signs(const struct words *words, uint32_t index)
{
	while (words_is(words, index, "-") || words_is(words, index, "+"))
		index++;
	return index;
}

/* One literal or name, with signs, parentheses and casts around it but no other operator. */
static bool is_constant(const struct words *words, uint32_t index)
{
	uint32_t end;

	index = skip_signs(words, index);
	end = words_token(words, index).kind == TOKEN_LEFT ? words_close(words, index) : index + 1;
	while (end - index > 1) {
		if (words_token(words, index).kind == TOKEN_LEFT &&
		    words_close(words, index) == end) {
			index++;
			end--;
		} else if (words_are(words, index, "CAST (") &&
			   words_close(words, index + 1) == end) {
			index += 2;
			end = words_find(words, index, "AS");
		} else {
			return false;
		}
		index = skip_signs(words, index);
	}
	return !words_is(words, index, "CURRENT_TIMESTAMP") &&
	       !words_is(words, index, "CURRENT_DATE") && !words_is(words, index, "CURRENT_TIME");
}

static void check_needs_empty(struct lint *lint, const struct lint_statement *statement,
			      const struct lint_column *column)
{
	const struct words *words = &statement->words;
	uint32_t value = find_constraint(words, column, "DEFAULT");

	if (value < column->end && !is_constant(words, value + 1))
		lint_report(lint, RULE_COLUMN_NEEDS_EMPTY_TABLE, statement, value + 1,
			    "add the column without a default and UPDATE it, or rebuild the table",
			    "SQLite refuses a new column with a default that is not constant as "
			    "soon as \"%s\" has rows",
			    statement->name);
	if (is_generated(words, column) && has(words, column, "STORED"))
		lint_report(lint, RULE_COLUMN_NEEDS_EMPTY_TABLE, statement,
			    find_constraint(words, column, "STORED"),
			    "write VIRTUAL, or rebuild the table",
			    "SQLite refuses a new STORED column as soon as \"%s\" has rows",
			    statement->name);
	if (has(words, column, "REFERENCES") && has_default(words, column))
		lint_report(lint, RULE_COLUMN_NEEDS_EMPTY_TABLE, statement, value + 1,
			    "add the column without a default and UPDATE it, or rebuild the table",
			    "SQLite refuses a new REFERENCES column with a default as soon as "
			    "\"%s\" has rows",
			    statement->name);
}

static void check_added(struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];
	struct lint_column column;

	lint_column_read(&statement->words, statement->other_word, &column);
	check_affinity(lint, statement, &column);
	if (!lint_origin(lint, index, statement->name) ||
	    emptied_before(lint, index, statement->name))
		return;
	check_not_null(lint, statement, &column);
	check_needs_empty(lint, statement, &column);
}

static void check_created(struct lint *lint, const struct lint_statement *statement)
{
	struct lint_column column;
	uint32_t index = statement->body;

	while (lint_column_next(&statement->words, &index, &column)) {
		check_affinity(lint, statement, &column);
		check_primary_key(lint, statement, &column);
	}
}

/* The statement of the section, before `index`, that creates the table, or NULL. */
static const struct lint_statement *find_create(const struct lint *lint, uint32_t index,
						const char *table)
{
	while (index-- > 0) {
		const struct lint_statement *other = &lint->statements[index];

		if (other->action == ACTION_CREATE && other->kind == BOBOLINK_OBJECT_TABLE &&
		    words_names(&other->words, other->name_word, table))
			return other;
	}
	return NULL;
}

/* INSERT INTO new (a, b) SELECT … leaves every other column at its default: NOT NULL needs one. */
static void check_copied(struct lint *lint, uint32_t index)
{
	const struct lint_statement *copy = &lint->statements[index];
	const struct lint_statement *create;
	struct lint_column column;
	uint32_t end = words_close(&copy->words, copy->body);
	uint32_t at;

	if (words_token(&copy->words, copy->body).kind != TOKEN_LEFT ||
	    !words_mention(&copy->words, end, copy->words.count, "FROM"))
		return;
	create = find_create(lint, index, copy->name);
	at = create ? create->body : 0;
	while (create && lint_column_next(&create->words, &at, &column)) {
		const char *name = words_name(&create->words, column.name, lint->arena);

		if (words_mention(&copy->words, copy->body, end, name) ||
		    !has(&create->words, &column, "NOT NULL") ||
		    has_default(&create->words, &column) || is_generated(&create->words, &column) ||
		    has(&create->words, &column, "PRIMARY KEY"))
			continue;
		lint_report(lint, RULE_NOT_NULL_WITHOUT_DEFAULT, copy, copy->name_word,
			    "name the column in the INSERT, or give it a DEFAULT",
			    "the copy fails as soon as there are rows: \"%s\" is NOT NULL, has no "
			    "default and is not among the columns",
			    name);
	}
}

void lint_columns(struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];

	if (statement->action == ACTION_ADD_COLUMN)
		check_added(lint, index);
	else if (statement->action == ACTION_CREATE && statement->kind == BOBOLINK_OBJECT_TABLE)
		check_created(lint, statement);
	else if (statement->action == ACTION_INSERT && lint_statement_copies(statement))
		check_copied(lint, index);
}
