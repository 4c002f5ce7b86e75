/*
 * Chain: what the statements of the chain have made so far, without a database.
 *
 * Receives the statements of all ups in order. What functions and DO blocks make is not seen, so that
 * "not found" never means "not there". A name without its schema may be that of any table of this name: what
 * search_path was is not seen either.
 */
#include "lint_chain.h"

#include <string.h>

#include "lint_alter.h"
#include "support/text.h"

static bool same(const char *one, const char *other)
{
	return text_is(one, strlen(one), other);
}

static uint32_t bucket_of(const char *name)
{
	uint32_t value = 2166136261u;

	for (; *name; name++) {
		char c = *name >= 'A' && *name <= 'Z' ? (char)(*name - 'A' + 'a') : *name;

		value = (value ^ (unsigned char)c) * 16777619u;
	}
	return value % CHAIN_BUCKETS;
}

/* The schema written in front of a name; NULL for none, or the usual one. */
static const char *schema_of(const struct words *words, uint32_t word, struct arena *arena)
{
	const char *schema = word >= 2 && words_token(words, word - 1).kind == TOKEN_DOT
				     ? words_name(words, word - 2, arena)
				     : NULL;

	return schema && !same(schema, "public") && !same(schema, "main") ? schema : NULL;
}

static bool is_in(const struct chain_relation *relation, const char *schema)
{
	return relation->schema && schema ? same(relation->schema, schema)
					  : relation->schema == schema;
}

/* Where the pointer to the relation stands, or would stand. */
static struct chain_relation **find_exactly(const struct chain *chain, const char *schema,
					    const char *name)
{
	struct chain_relation **at = (struct chain_relation **)&chain->buckets[bucket_of(name)];

	while (*at && !(same((*at)->name, name) && is_in(*at, schema)))
		at = &(*at)->next;
	return at;
}

/* The same, or one of the name where one of the two has no schema. */
static struct chain_relation **find(const struct chain *chain, const char *schema, const char *name)
{
	struct chain_relation **exact = find_exactly(chain, schema, name);
	struct chain_relation **at = (struct chain_relation **)&chain->buckets[bucket_of(name)];

	if (*exact)
		return exact;
	while (*at && !(same((*at)->name, name) && (!schema || !(*at)->schema)))
		at = &(*at)->next;
	return at;
}

struct chain_relation *chain_find(const struct chain *chain, const char *name)
{
	return *find(chain, NULL, name);
}

/* The relation that the statement names. */
static struct chain_relation *named(const struct chain *chain,
				    const struct lint_statement *statement)
{
	return *find(chain, schema_of(&statement->words, statement->name_word, chain->arena),
		     statement->name);
}

static struct chain_column *column_of(const struct chain_relation *relation, const char *name)
{
	struct chain_column *column = relation ? relation->columns : NULL;

	while (column && !same(column->name, name))
		column = column->next;
	return column;
}

struct chain_column *chain_column(const struct chain *chain, const char *table, const char *column)
{
	return column_of(chain_find(chain, table), column);
}

struct chain_column *chain_column_of(const struct chain *chain,
				     const struct lint_statement *statement, const char *column)
{
	return column_of(named(chain, statement), column);
}

static void drop_column(struct chain_relation *relation, const char *name)
{
	struct chain_column **at = &relation->columns;

	while (*at && !same((*at)->name, name))
		at = &(*at)->next;
	if (*at)
		*at = (*at)->next;
}

static void insert(struct chain *chain, struct chain_relation *relation)
{
	struct chain_relation **at = find_exactly(chain, relation->schema, relation->name);

	relation->next = *at ? (*at)->next : NULL;
	*at = relation;
}

static struct chain_relation *take(struct chain *chain, const char *schema, const char *name)
{
	struct chain_relation **at = find(chain, schema, name);
	struct chain_relation *relation = *at;

	if (relation)
		*at = relation->next;
	return relation;
}

static bool mentions(const struct words *words, uint32_t from, uint32_t to, const char *phrase)
{
	for (; from < to; from++) {
		if (words_are(words, from, phrase))
			return true;
	}
	return false;
}

static void add_column(struct chain *chain, struct chain_relation *relation,
		       const struct words *words, uint32_t name)
{
	struct chain_column *column = arena_alloc(chain->arena, 1, sizeof(*column));
	struct lint_column span;

	lint_column_read(words, name, &span);
	column->name = words_name(words, name, chain->arena);
	if (!column->name)
		return;
	lint_type_read(words, span.type, span.constraints, &column->type);
	column->not_null = mentions(words, span.constraints, span.end, "NOT NULL") ||
			   mentions(words, span.constraints, span.end, "PRIMARY KEY");
	drop_column(relation, column->name);
	column->next = relation->columns;
	relation->columns = column;
}

static void create(struct chain *chain, const struct lint_statement *statement)
{
	const struct words *words = &statement->words;
	const struct statement *span = words->statement;
	struct chain_relation *relation;
	struct lint_column column;
	uint32_t index = statement->body;

	if (!*statement->name || (statement->conditional && named(chain, statement)))
		return;
	relation = arena_alloc(chain->arena, 1, sizeof(*relation));
	relation->name = statement->name;
	relation->schema = schema_of(words, statement->name_word, chain->arena);
	relation->kind = statement->kind;
	relation->sql =
		arena_copy(chain->arena, words->section->source->text + span->offset, span->length);
	if (statement->kind == BOBOLINK_OBJECT_TABLE) {
		relation->partitioned =
			mentions(words, statement->body, words->count, "PARTITION BY");
		while (lint_column_next(words, &index, &column))
			add_column(chain, relation, words, column.name);
	}
	insert(chain, relation);
}

/* CHECK (column IS NOT NULL), in parentheses of any number. */
static void read_check(struct chain *chain, struct chain_relation *relation,
		       const struct lint_statement *statement, const struct alter_command *command)
{
	const struct words *words = &statement->words;
	uint32_t index = command->body;
	struct chain_column *column;
	const char *name;

	if (!words_is(words, index++, "CHECK"))
		return;
	while (words_token(words, index).kind == TOKEN_LEFT)
		index++;
	name = words_name(words, index, chain->arena);
	column = name ? column_of(relation, name) : NULL;
	if (!column || !words_are(words, index + 1, "IS NOT NULL") ||
	    words_token(words, index + 4).kind != TOKEN_RIGHT)
		return;
	column->check = command->name ? command->name : "";
	column->is_checked = !lint_alter_has(statement, command, "NOT VALID");
}

static void change_constraint(struct chain_relation *relation, const char *name, bool validated)
{
	struct chain_column *column;

	for (column = relation->columns; column; column = column->next) {
		if (!column->check || !same(column->check, name))
			continue;
		column->is_checked = validated;
		if (!validated)
			column->check = NULL;
	}
}

/* The type of ALTER COLUMN … TYPE ends before USING or COLLATE. */
static uint32_t type_end(const struct words *words, const struct alter_command *command)
{
	uint32_t end = words_find(words, command->body, "USING");
	uint32_t collate = words_find(words, command->body, "COLLATE");

	end = collate < end ? collate : end;
	return end < command->end ? end : command->end;
}

static void apply_command(struct chain *chain, struct chain_relation *relation,
			  const struct lint_statement *statement,
			  const struct alter_command *command)
{
	const struct words *words = &statement->words;
	struct chain_column *column = command->name ? column_of(relation, command->name) : NULL;

	if (command->kind == ALTER_ADD_COLUMN)
		add_column(chain, relation, words, command->name_word);
	else if (command->kind == ALTER_DROP_COLUMN && command->name)
		drop_column(relation, command->name);
	else if (command->kind == ALTER_TYPE && column)
		lint_type_read(words, command->body, type_end(words, command), &column->type);
	else if (command->kind == ALTER_ADD_CONSTRAINT)
		read_check(chain, relation, statement, command);
	else if (command->kind == ALTER_VALIDATE && command->name)
		change_constraint(relation, command->name, true);
	else if (command->kind == ALTER_DROP_CONSTRAINT && command->name)
		change_constraint(relation, command->name, false);
	else if (column && command->kind == ALTER_SET_NOT_NULL)
		column->not_null = true;
	else if (column && command->kind == ALTER_DROP_NOT_NULL)
		column->not_null = false;
}

static void alter(struct chain *chain, const struct lint_statement *statement)
{
	struct chain_relation *relation = named(chain, statement);
	struct alter_command command;
	uint32_t index = statement->body;

	while (relation && lint_alter_next(statement, &index, chain->arena, &command))
		apply_command(chain, relation, statement, &command);
}

static void rename_column(struct chain *chain, const struct lint_statement *statement)
{
	const char *old = words_name(&statement->words, statement->other_word - 2, chain->arena);
	struct chain_column *column = old ? chain_column_of(chain, statement, old) : NULL;

	if (column)
		column->name = statement->other;
}

/* DROP TABLE a, b: `*word` begins at the first name. */
static const char *next_name(const struct words *words, uint32_t *word, struct arena *arena,
			     const char **schema)
{
	const char *name;

	if (words_token(words, *word + 1).kind == TOKEN_DOT)
		*word += 2;
	name = words_name(words, *word, arena);
	*schema = schema_of(words, *word, arena);
	*word += words_token(words, *word + 1).kind == TOKEN_COMMA ? 2 : words->count;
	return name;
}

static void drop(struct chain *chain, const struct lint_statement *statement)
{
	uint32_t word = statement->name_word;

	while (word < statement->words.count) {
		const char *schema;
		const char *name = next_name(&statement->words, &word, chain->arena, &schema);

		if (name)
			take(chain, schema, name);
	}
}

void chain_apply(struct chain *chain, const struct lint_statement *statement)
{
	struct chain_relation *relation;

	switch (statement->action) {
	case ACTION_CREATE:
		if (statement->kind != BOBOLINK_OBJECT_TRIGGER)
			create(chain, statement);
		break;
	case ACTION_DROP:
		if (statement->kind != BOBOLINK_OBJECT_TRIGGER)
			drop(chain, statement);
		break;
	case ACTION_RENAME_TABLE:
		relation = take(chain,
				schema_of(&statement->words, statement->name_word, chain->arena),
				statement->name);
		if (!relation)
			break;
		relation->name = statement->other;
		insert(chain, relation);
		break;
	case ACTION_RENAME_COLUMN:
		rename_column(chain, statement);
		break;
	case ACTION_ALTER_TABLE:
		alter(chain, statement);
		break;
	case ACTION_ADD_COLUMN:
		relation = named(chain, statement);
		if (relation)
			add_column(chain, relation, &statement->words, statement->other_word);
		break;
	case ACTION_DROP_COLUMN:
		relation = named(chain, statement);
		if (relation)
			drop_column(relation, statement->other);
		break;
	default:
		break;
	}
}
