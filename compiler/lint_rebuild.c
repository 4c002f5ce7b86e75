/*
 * Rebuild: a table that is made anew, filled from the old one and put in its place.
 *
 * It is SQLite's way to change a column (https://sqlite.org/lang_altertable.html, 7). Two things
 * go wrong in practice: dropping the old table acts on the tables that reference it, and its
 * indexes and triggers go with it.
 */
#include "lint_context.h"

#include <string.h>

/* The table that carries the name after the section: created under it, or renamed to it. */
static bool is_made_again(const struct lint *lint, uint32_t index, const char *origin)
{
	for (uint32_t i = 0; i < lint->count; i++) {
		const struct lint_statement *statement = &lint->statements[i];
		const struct words *words = &statement->words;

		if (statement->action == ACTION_RENAME_TABLE && i > index &&
		    words_names(words, statement->other_word, origin))
			return true;
		if (statement->action == ACTION_CREATE &&
		    statement->kind == BOBOLINK_OBJECT_TABLE &&
		    words_names(words, statement->name_word, origin))
			return true;
	}
	return false;
}

bool lint_is_rebuild(const struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];
	const char *origin;

	if (statement->action != ACTION_DROP || statement->kind != BOBOLINK_OBJECT_TABLE)
		return false;
	origin = lint_origin(lint, index, statement->name);
	return origin && catalog_find(&lint->catalog, BOBOLINK_OBJECT_TABLE, origin) &&
	       is_made_again(lint, index, origin);
}

/* A foreign key of another table that deletes or changes rows when its parent's rows go. */
static const struct bobolink_object *acting_reference(const struct lint *lint, const char *table,
						      const char **action)
{
	static const char *const actions[] = { "CASCADE", "SET NULL", "SET DEFAULT" };
	const struct catalog_entry *entry = catalog_references(&lint->catalog, table);

	for (; entry; entry = entry->next) {
		for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
			const char *clause = arena_format(lint->arena, "ON DELETE %s", actions[i]);

			if (strcmp(entry->object->parent, table) == 0 ||
			    !strstr(entry->object->definition, clause))
				continue;
			*action = clause;
			return entry->object;
		}
	}
	return NULL;
}

/* True when the file itself says PRAGMA foreign_keys: its author knows. */
static bool mentions_pragma(const struct section *section)
{
	const struct tokens *tokens = section->tokens;
	const char *text = section->source->text;

	for (uint32_t i = 0; i < tokens->count; i++) {
		if (tokens->items[i].kind == TOKEN_WORD && tokens->items[i].length == 12 &&
		    strncmp(text + tokens->items[i].offset, "foreign_keys", 12) == 0)
			return true;
	}
	return false;
}

static void check_cascade(struct lint *lint, const struct lint_statement *statement,
			  const char *origin)
{
	const char *action = NULL;
	const struct bobolink_object *reference = acting_reference(lint, origin, &action);

	if (!reference || mentions_pragma(lint->section))
		return;
	lint_report(lint, RULE_REBUILD_CASCADE, statement, statement->name_word,
		    "write PRAGMA foreign_keys=OFF; as the first statement of the section",
		    "\"%s\" references \"%s\" %s: bobolink turns foreign keys off for this "
		    "rebuild, other tools would lose rows",
		    reference->parent, origin, action);
}

static bool is_dropped_by_name(const struct lint *lint, const struct bobolink_object *object)
{
	for (uint32_t i = 0; i < lint->count; i++) {
		const struct lint_statement *statement = &lint->statements[i];

		if (statement->action == ACTION_DROP && statement->kind == object->kind &&
		    words_names(&statement->words, statement->name_word, object->name))
			return true;
	}
	return false;
}

static bool is_unique(const struct bobolink_object *key)
{
	return key->kind != BOBOLINK_OBJECT_INDEX || strstr(key->definition, "UNIQUE");
}

/*
 * True when the key begins with the columns of the index, and makes them unique when the index
 * did.
 */
static bool replaces(const struct lint *lint, const struct bobolink_object *key,
		     const struct bobolink_object *index)
{
	const char *wanted;
	uint32_t n;

	for (n = 0; (wanted = catalog_key_column(index, n, lint->arena)); n++) {
		const char *column = catalog_key_column(key, n, lint->arena);

		if (!column || strcmp(column, wanted) != 0)
			return false;
	}
	return !is_unique(index) || (is_unique(key) && !catalog_key_column(key, n, lint->arena));
}

/* The new table has the trigger or an index as good as the old one, under another name. */
static bool is_replaced(const struct lint *lint, const struct bobolink_object *object)
{
	for (uint32_t i = 0; i < lint->migration->change_count; i++) {
		const struct bobolink_object *after = lint->migration->changes[i].after;

		if (!after || strcmp(after->parent, object->parent) != 0)
			continue;
		if (after->kind == object->kind &&
		    strcmp(after->definition, object->definition) == 0)
			return true;
		if (object->kind == BOBOLINK_OBJECT_INDEX &&
		    (after->kind == BOBOLINK_OBJECT_INDEX ||
		     after->kind == BOBOLINK_OBJECT_UNIQUE ||
		     after->kind == BOBOLINK_OBJECT_PRIMARY_KEY) &&
		    replaces(lint, after, object))
			return true;
	}
	return false;
}

/* An index goes with a column that it names. */
static bool is_on_removed_column(const struct lint *lint, const struct bobolink_object *index)
{
	for (uint32_t i = 0; i < lint->migration->change_count; i++) {
		const struct bobolink_object *column = lint->migration->changes[i].before;
		const char *name;

		if (!column || lint->migration->changes[i].after ||
		    column->kind != BOBOLINK_OBJECT_COLUMN ||
		    strcmp(column->parent, index->parent) != 0)
			continue;
		for (uint32_t n = 0; (name = catalog_key_column(index, n, lint->arena)); n++) {
			if (strcmp(name, column->name) == 0)
				return true;
		}
	}
	return false;
}

static bool is_lost(const struct lint *lint, const struct change *change, const char *table)
{
	const struct bobolink_object *before = change->before;

	if (!before || change->after || strcmp(before->parent, table) != 0 ||
	    is_dropped_by_name(lint, before) || is_replaced(lint, before))
		return false;
	return before->kind == BOBOLINK_OBJECT_TRIGGER ||
	       (before->kind == BOBOLINK_OBJECT_INDEX && !is_on_removed_column(lint, before));
}

static void check_lost(struct lint *lint, const struct lint_statement *statement, const char *table)
{
	const char *list = NULL;

	for (uint32_t i = 0; i < lint->migration->change_count; i++) {
		const struct change *change = &lint->migration->changes[i];

		if (is_lost(lint, change, table))
			list = arena_format(lint->arena, "%s%s%s \"%s\"", list ? list : "",
					    list ? ", " : "",
					    bobolink_object_kind_name(change->before->kind),
					    change->before->name);
	}
	if (list)
		lint_report(lint, RULE_REBUILD_LOSES, statement, statement->name_word,
			    "create it again after the rebuild, or drop it by name before",
			    "the rebuild of \"%s\" loses %s", table, list);
}

void lint_rebuild(struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];
	const struct bobolink_object *table;
	const char *origin;

	if (!lint_is_rebuild(lint, index))
		return;
	origin = lint_origin(lint, index, statement->name);
	table = catalog_find(&lint->catalog, BOBOLINK_OBJECT_TABLE, origin);
	check_cascade(lint, statement, table->name);
	if (lint->section == &lint->migration->up)
		check_lost(lint, statement, table->name);
}
