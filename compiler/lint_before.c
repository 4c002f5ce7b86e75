/*
 * What stood there before a section, under the names that its statements use.
 *
 * Where the deltas of all migrations so far are known, the catalog says what is there, and in which schema; else
 * the statements of the chain do, and a name stays as it was written.
 */
#include "lint_before.h"

#include <string.h>

#include "support/buffer.h"
#include "support/text.h"

static bool same(const char *one, const char *other)
{
	return text_is(one, strlen(one), other);
}

const char *before_quote(const struct lint *lint, const char *name)
{
	struct buffer text = BUFFER_INIT;
	const char *quoted;

	buffer_add(&text, "\"", 1);
	for (; *name; name++) {
		buffer_add(&text, name, 1);
		if (*name == '"')
			buffer_add(&text, name, 1);
	}
	buffer_add(&text, "\"", 1);
	quoted = arena_copy(lint->arena, text.text, text.length);
	buffer_release(&text);
	return quoted;
}

static void name_object(const struct lint *lint, struct before_table *table, const char *schema)
{
	const char *name = before_quote(lint, table->name);
	bool plain = !schema || !*schema || same(schema, "public") || same(schema, "main");

	table->label =
		plain ? table->name : arena_format(lint->arena, "%s.%s", schema, table->name);
	if (lint->set->database == DATABASE_SQLITE)
		schema = "main";
	table->from = schema && *schema
			      ? arena_format(lint->arena, "%s.%s", before_quote(lint, schema), name)
			      : name;
}

void before_of(const struct lint *lint, const struct bobolink_object *object,
	       struct before_table *table)
{
	*table = (struct before_table){ .object = object,
					.name = object->name,
					.now = object->name };
	name_object(lint, table, object->schema);
}

/* A name as the database keeps it: PostgreSQL folds what has no quotes. */
static const char *kept(const struct lint *lint, const struct words *words, uint32_t word)
{
	const char *name = words_name(words, word, lint->arena);
	char *folded;

	if (!name || lint->set->database == DATABASE_SQLITE ||
	    words_token(words, word).kind != TOKEN_WORD)
		return name;
	folded = arena_copy(lint->arena, name, strlen(name));
	for (char *c = folded; *c; c++)
		*c = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
	return folded;
}

/* The statement of the section whose rename ended the name `origin`. */
static const struct lint_statement *renamed_from(const struct lint *lint, uint32_t index,
						 const char *origin)
{
	while (index-- > 0) {
		if (lint->statements[index].action == ACTION_RENAME_TABLE &&
		    lint->statements[index].name == origin)
			return &lint->statements[index];
	}
	return NULL;
}

static const char *schema_of(const struct lint *lint, const struct words *words, uint32_t word)
{
	if (word < 2 || words_token(words, word - 1).kind != TOKEN_DOT)
		return NULL;
	return kept(lint, words, word - 2);
}

static bool is_temporary(const char *schema)
{
	return schema && (same(schema, "temp") || same(schema, "pg_temp"));
}

/* The chain stands at the current statement of an up, and before a down. */
static const char *in_chain(const struct lint *lint, const char *now, const char *origin)
{
	return lint->section == &lint->migration->down ? origin : now;
}

static bool find_written(const struct lint *lint, uint32_t index, uint32_t word, const char *origin,
			 struct before_table *table)
{
	const struct lint_statement *statement = &lint->statements[index];
	const struct lint_statement *rename = renamed_from(lint, index, origin);
	const struct chain_relation *relation =
		chain_find(&lint->chain, in_chain(lint, table->now, origin));

	if (rename) {
		statement = rename;
		word = rename->name_word;
	}
	if ((!relation && lint->statements[index].conditional) ||
	    (relation && relation->kind != BOBOLINK_OBJECT_TABLE &&
	     relation->kind != BOBOLINK_OBJECT_VIRTUAL_TABLE))
		return false;
	table->name = kept(lint, &statement->words, word);
	if (!table->name)
		return false;
	name_object(lint, table, schema_of(lint, &statement->words, word));
	return true;
}

static bool find(const struct lint *lint, uint32_t index, uint32_t word, int32_t kind,
		 struct before_table *table)
{
	const struct words *words = &lint->statements[index].words;
	const char *now = words_name(words, word, lint->arena);
	const char *schema = schema_of(lint, words, word);
	const char *origin = now ? lint_origin(lint, index, now) : NULL;
	const struct bobolink_object *object;

	if (!origin || is_temporary(schema))
		return false;
	*table = (struct before_table){ .now = now };
	if (!lint->deltas_known)
		return kind == BOBOLINK_OBJECT_TABLE &&
		       find_written(lint, index, word, origin, table);
	if (lint->set->database == DATABASE_SQLITE)
		schema = NULL;
	object = catalog_find_in(lint->before, kind, schema, origin);
	if (!object)
		return false;
	before_of(lint, object, table);
	table->now = now;
	return true;
}

bool before_find(const struct lint *lint, uint32_t index, uint32_t word, struct before_table *table)
{
	return find(lint, index, word, BOBOLINK_OBJECT_TABLE, table);
}

bool before_find_view(const struct lint *lint, uint32_t index, uint32_t word,
		      struct before_table *table)
{
	return find(lint, index, word, BOBOLINK_OBJECT_MATERIALIZED_VIEW, table);
}

const struct bobolink_object *before_child(const struct lint *lint,
					   const struct before_table *table, int32_t kind,
					   const char *name)
{
	const struct catalog_entry *entry = catalog_children(lint->before, table->name);

	for (; entry; entry = entry->next) {
		if (entry->object->kind == kind && same(entry->object->name, name) &&
		    same(entry->object->schema, table->object->schema))
			return entry->object;
	}
	return NULL;
}

/* An identity is GENERATED, too, but not computed. */
bool before_is_computed(const struct bobolink_object *column)
{
	return strstr(column->definition, "GENERATED ALWAYS AS (") != NULL;
}

/* True when the statement adds the column to a table of any name. */
static bool adds(const struct lint *lint, const struct lint_statement *statement,
		 const char *column)
{
	const struct words *words = &statement->words;
	uint32_t word = statement->body;
	struct alter_command command;

	if (statement->action == ACTION_ADD_COLUMN)
		return words_names(words, statement->other_word, column);
	while (statement->action == ACTION_ALTER_TABLE &&
	       lint_alter_next(statement, &word, lint->arena, &command)) {
		if (command.kind == ALTER_ADD_COLUMN && command.name &&
		    words_names(words, command.name_word, column))
			return true;
	}
	return false;
}

static bool concerns(const struct lint *lint, uint32_t index, const struct before_table *table)
{
	const struct lint_statement *statement = &lint->statements[index];
	const char *origin;

	if (statement->action != ACTION_ADD_COLUMN && statement->action != ACTION_ALTER_TABLE &&
	    statement->action != ACTION_RENAME_COLUMN)
		return false;
	origin = lint_origin(lint, index, statement->name);
	return origin && same(origin, table->name);
}

static bool is_in_chain(const struct lint *lint, const struct before_table *table, const char *now,
			const char *origin)
{
	return chain_column(&lint->chain, in_chain(lint, table->now, table->name),
			    in_chain(lint, now, origin)) != NULL;
}

const char *before_column(const struct lint *lint, uint32_t index, const struct before_table *table,
			  uint32_t word)
{
	const struct words *words = &lint->statements[index].words;
	const char *now = kept(lint, words, word);
	const char *column = now;
	const struct bobolink_object *object;

	if (!now)
		return NULL;
	for (uint32_t i = index; i-- > 0;) {
		const struct lint_statement *statement = &lint->statements[i];

		if (!concerns(lint, i, table))
			continue;
		if (adds(lint, statement, column))
			return NULL;
		if (statement->action == ACTION_RENAME_COLUMN &&
		    words_names(&statement->words, statement->other_word, column))
			column = kept(lint, &statement->words, statement->other_word - 2);
		if (!column)
			return NULL;
	}
	if (!lint->deltas_known)
		return words_is(words, word - 1, "EXISTS") && !is_in_chain(lint, table, now, column)
			       ? NULL
			       : column;
	object = before_child(lint, table, BOBOLINK_OBJECT_COLUMN, column);
	return object && !before_is_computed(object) ? object->name : NULL;
}

const char *before_column_now(const struct lint *lint, uint32_t index,
			      const struct before_table *table, const char *column)
{
	for (uint32_t i = 0; i < index; i++) {
		const struct lint_statement *statement = &lint->statements[i];

		if (statement->action == ACTION_RENAME_COLUMN && concerns(lint, i, table) &&
		    words_names(&statement->words, statement->other_word - 2, column))
			column = statement->other;
	}
	return column;
}
