/*
 * Removed: tables and columns that are gone after the section, though no statement names them.
 *
 * Blocks of code, CASCADE and partitions take things along that words do not tell; the delta of the migration does,
 * read forwards for its up and backwards for its down. A renamed object shows there as one removed and one
 * added, and what a statement names, the rules about statements have judged.
 */
#include "lint_loss.h"

#include <string.h>

#include "support/text.h"

static bool same(const char *one, const char *other)
{
	return text_is(one, strlen(one), other);
}

/* What the change removes, or adds, in the direction of the section; NULL for neither. */
static const struct bobolink_object *gone(const struct lint *lint, const struct change *change)
{
	bool up = lint->section == &lint->migration->up;
	const struct bobolink_object *before = up ? change->before : change->after;
	const struct bobolink_object *after = up ? change->after : change->before;

	return after ? NULL : before;
}

static const struct bobolink_object *come(const struct lint *lint, const struct change *change)
{
	bool up = lint->section == &lint->migration->up;
	const struct bobolink_object *before = up ? change->before : change->after;
	const struct bobolink_object *after = up ? change->after : change->before;

	return before ? NULL : after;
}

static bool is_table(const struct bobolink_object *object)
{
	return object->kind == BOBOLINK_OBJECT_TABLE ||
	       object->kind == BOBOLINK_OBJECT_VIRTUAL_TABLE;
}

/* The rows of a foreign table are elsewhere, those of a search index are copies. */
static bool holds_rows(const struct bobolink_object *table)
{
	return !lint_is_search_index(table) && strncmp(table->definition, "FOREIGN", 7) != 0;
}

/* ALTER SCHEMA … RENAME TO: the same table, elsewhere. */
static bool is_moved(const struct lint *lint, const struct bobolink_object *table)
{
	for (uint32_t i = 0; i < lint->migration->change_count; i++) {
		const struct bobolink_object *other = come(lint, &lint->migration->changes[i]);

		if (other && is_table(other) && same(other->name, table->name))
			return true;
	}
	return false;
}

/* True when a statement drops or renames the table, so that it was judged there. */
static bool is_named(const struct lint *lint, const struct bobolink_object *table)
{
	for (uint32_t i = 0; i < lint->count; i++) {
		const struct lint_statement *statement = &lint->statements[i];
		const struct words *words = &statement->words;
		const char *origin;

		if (statement->action == ACTION_DROP && statement->kind == BOBOLINK_OBJECT_TABLE &&
		    words_mention(words, statement->name_word, words->count, table->name))
			return true;
		if (statement->action != ACTION_RENAME_TABLE && statement->action != ACTION_DROP)
			continue;
		origin = lint_origin(lint, i, statement->name);
		if (origin && same(origin, table->name))
			return true;
	}
	return lint_is_copied(lint, lint->count, table->name) || is_moved(lint, table);
}

/* The statement that may have done it: a block of code, or one that takes others along. */
static const struct lint_statement *suspect(const struct lint *lint)
{
	for (uint32_t i = 0; i < lint->count; i++) {
		const struct words *words = &lint->statements[i].words;

		if (words_is(words, 0, "DO") || words_is(words, words->count - 1, "CASCADE"))
			return &lint->statements[i];
	}
	return &lint->statements[0];
}

/* What has come may be the same under another name, as far as anybody can tell. */
static bool may_be_renamed(const struct lint *lint, const struct bobolink_object *object)
{
	for (uint32_t i = 0; i < lint->migration->change_count; i++) {
		const struct bobolink_object *other = come(lint, &lint->migration->changes[i]);

		if (other && other->kind == object->kind)
			return true;
	}
	return false;
}

/* A down that takes away what was there before its up does not restore, which is told elsewhere. */
static void report(struct lint *lint, const struct bobolink_object *object)
{
	if (lint->loss_reported || lint->set->database != DATABASE_POSTGRES ||
	    lint->section != &lint->migration->up || may_be_renamed(lint, object))
		return;
	if (is_table(object))
		lint_report(lint, RULE_DATA_LOSS, suspect(lint), 0, LINT_ALLOW_HELP,
			    "this destroys the rows of \"%s\"", object->name);
	else
		lint_report(lint, RULE_DATA_LOSS, suspect(lint), 0, LINT_ALLOW_HELP,
			    "this destroys the values of \"%s\" in \"%s\"", object->name,
			    object->parent);
}

static void check_table(struct lint *lint, const struct bobolink_object *object)
{
	struct before_table table;

	const char *ancestor = catalog_ancestor(object, lint->arena);

	if (!holds_rows(object) || is_named(lint, object) ||
	    (ancestor && lint_is_copied(lint, lint->count, ancestor)))
		return;
	before_of(lint, object, &table);
	loss_table(lint, &table);
	report(lint, object);
}

static bool is_table_gone(const struct lint *lint, const struct bobolink_object *column)
{
	for (uint32_t i = 0; i < lint->migration->change_count; i++) {
		const struct bobolink_object *table = gone(lint, &lint->migration->changes[i]);

		if (table && is_table(table) && same(table->name, column->parent) &&
		    same(table->schema, column->schema))
			return true;
	}
	return false;
}

static bool has_come(const struct lint *lint, const struct bobolink_object *column,
		     const char *name)
{
	for (uint32_t i = 0; i < lint->migration->change_count; i++) {
		const struct bobolink_object *other = come(lint, &lint->migration->changes[i]);

		if (other && other->kind == BOBOLINK_OBJECT_COLUMN &&
		    same(other->parent, column->parent) && same(other->name, name))
			return true;
	}
	return false;
}

/* A column of a partition is renamed with that of its parent. */
static bool is_renamed(const struct lint *lint, const struct bobolink_object *column)
{
	const char *name = column->name;

	for (uint32_t i = 0; i < lint->count; i++) {
		const struct lint_statement *statement = &lint->statements[i];

		if (statement->action == ACTION_RENAME_COLUMN &&
		    words_names(&statement->words, statement->other_word - 2, name))
			name = statement->other;
	}
	return name != column->name && has_come(lint, column, name);
}

/* True when a statement drops the column, or the table in a rebuild. */
static bool is_column_named(const struct lint *lint, const struct bobolink_object *column)
{
	for (uint32_t i = 0; i < lint->count; i++) {
		const struct lint_statement *statement = &lint->statements[i];
		const struct words *words = &statement->words;

		if (!words_mention(words, 0, words->count, column->parent))
			continue;
		if ((statement->action == ACTION_DROP &&
		     statement->kind == BOBOLINK_OBJECT_TABLE) ||
		    ((statement->action == ACTION_DROP_COLUMN ||
		      statement->action == ACTION_ALTER_TABLE) &&
		     words_mention(words, statement->body, words->count, column->name)))
			return true;
	}
	return false;
}

static void check_column(struct lint *lint, const struct bobolink_object *column)
{
	const struct bobolink_object *parent = catalog_find_in(lint->before, BOBOLINK_OBJECT_TABLE,
							       column->schema, column->parent);
	struct before_table table;

	if (!parent || before_is_computed(column) || is_table_gone(lint, column) ||
	    is_renamed(lint, column) || is_column_named(lint, column) ||
	    lint_is_moved(lint, lint->count, column->parent, column->name))
		return;
	before_of(lint, parent, &table);
	loss_column(lint, &table, column->name);
	report(lint, column);
}

void lint_removed(struct lint *lint)
{
	if (!lint->deltas_known || lint->section->settings.shadow_off || !lint->count)
		return;
	for (uint32_t i = 0; i < lint->migration->change_count; i++) {
		const struct bobolink_object *object = gone(lint, &lint->migration->changes[i]);

		if (object && is_table(object))
			check_table(lint, object);
		else if (object && object->kind == BOBOLINK_OBJECT_COLUMN)
			check_column(lint, object);
	}
}
