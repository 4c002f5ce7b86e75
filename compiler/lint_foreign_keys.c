/*
 * Foreign keys: those whose columns have no index when the last migration has run.
 *
 * An index that a later migration adds mends an earlier foreign key, so the catalog at the end of
 * the chain is asked, and what is missing there is reported at the migration that made the key.
 */
#include "lint_context.h"

#include <string.h>

/* True when the first columns of the key or index are those of the foreign key, in any order. */
static bool covers(const struct lint *lint, const struct bobolink_object *key,
		   const struct bobolink_object *foreign_key)
{
	const char *column;
	const char *other;
	uint32_t count = 0;
	bool found = true;

	while (catalog_key_column(foreign_key, count, lint->arena))
		count++;
	for (uint32_t i = 0; found && i < count; i++) {
		column = catalog_key_column(foreign_key, i, lint->arena);
		found = false;
		for (uint32_t j = 0; !found && j < count; j++) {
			other = catalog_key_column(key, j, lint->arena);
			found = other && strcmp(other, column) == 0;
		}
	}
	return found;
}

static bool is_indexed(const struct lint *lint, const struct bobolink_object *foreign_key)
{
	const struct catalog_entry *entry = catalog_children(&lint->final, foreign_key->parent);

	for (; entry; entry = entry->next) {
		int32_t kind = entry->object->kind;

		if ((kind == BOBOLINK_OBJECT_INDEX || kind == BOBOLINK_OBJECT_UNIQUE ||
		     kind == BOBOLINK_OBJECT_PRIMARY_KEY) &&
		    covers(lint, entry->object, foreign_key))
			return true;
	}
	return false;
}

/* True when the foreign key is still there at the end. */
static bool is_final(const struct lint *lint, const struct bobolink_object *foreign_key)
{
	const struct catalog_entry *entry = catalog_children(&lint->final, foreign_key->parent);

	while (entry && entry->object != foreign_key)
		entry = entry->next;
	return entry != NULL;
}

/* First word of the column or constraint in which the word at `index` stands. */
static uint32_t item_start(const struct words *words, uint32_t index)
{
	uint32_t depth = 0;

	while (index > 0) {
		uint32_t kind = words_token(words, index - 1).kind;

		if (kind == TOKEN_RIGHT)
			depth++;
		else if (depth == 0 && (kind == TOKEN_LEFT || kind == TOKEN_COMMA))
			return index;
		else if (kind == TOKEN_LEFT)
			depth--;
		index--;
	}
	return index;
}

/* The word REFERENCES of the foreign key in the statement, or words->count. */
static uint32_t find_reference(const struct lint_statement *statement, const char *parent,
			       const char *column)
{
	const struct words *words = &statement->words;

	for (uint32_t i = statement->name_word + 1; i < words->count; i++) {
		if (words_is(words, i, "REFERENCES") && words_names(words, i + 1, parent) &&
		    words_mention(words, item_start(words, i), i, column))
			return i;
	}
	return words->count;
}

static void report_key(struct lint *lint, const struct lint_statement *statement, uint32_t word,
		       const struct bobolink_object *foreign_key)
{
	const char *table = foreign_key->parent;
	const char *column = catalog_key_column(foreign_key, 0, lint->arena);

	lint_report(lint, RULE_UNINDEXED_FOREIGN_KEY, statement, word,
		    arena_format(lint->arena, "write CREATE INDEX name ON %s (%s)", table, column),
		    "no index begins with \"%s\": deleting a row of \"%s\" reads all of \"%s\"",
		    column, catalog_parent_table(foreign_key, lint->arena), table);
}

/* Reports at the statement of the section that wrote the key; silent when a rename hides it. */
static void find_key(struct lint *lint, const struct bobolink_object *foreign_key)
{
	const char *parent = catalog_parent_table(foreign_key, lint->arena);
	const char *column = catalog_key_column(foreign_key, 0, lint->arena);

	for (uint32_t i = 0; i < lint->count; i++) {
		const struct lint_statement *statement = &lint->statements[i];
		uint32_t word = find_reference(statement, parent, column);

		if (word == statement->words.count ||
		    !words_names(&statement->words, statement->name_word, foreign_key->parent))
			continue;
		report_key(lint, statement, word + 1, foreign_key);
		return;
	}
}

void lint_foreign_keys(struct lint *lint)
{
	for (uint32_t i = 0; i < lint->migration->change_count; i++) {
		const struct bobolink_object *object = lint->migration->changes[i].after;

		if (object && object->kind == BOBOLINK_OBJECT_FOREIGN_KEY &&
		    is_final(lint, object) && !is_indexed(lint, object))
			find_key(lint, object);
	}
}
