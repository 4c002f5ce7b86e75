/*
 * Sessions and transactions, PostgreSQL: what outlives a migration, and what does not go together in one.
 */
#include "lint_context.h"

#include <string.h>

#include "lint_alter.h"
#include "statement.h"

/* SET [SESSION] name: the word of the name, or 0 for another statement and for SET LOCAL. */
static uint32_t session_setting(const struct words *words)
{
	uint32_t index = 1;

	if (!words_is(words, 0, "SET") || words_is(words, 1, "LOCAL") ||
	    words_is(words, 1, "TRANSACTION") || words_is(words, 1, "CONSTRAINTS"))
		return 0;
	if (words_is(words, 1, "SESSION") && !words_is(words, 2, "AUTHORIZATION"))
		index = 2;
	return words_is(words, index, "CHARACTERISTICS") ? 0 : index;
}

/* SELECT set_config('name', value, false): the word set_config, or 0. */
static uint32_t config_call(const struct words *words)
{
	for (uint32_t i = 1; words_is(words, 0, "SELECT") && i < words->count; i++) {
		if (words_are(words, i, "SET_CONFIG (") &&
		    words_is(words, words_close(words, i + 1) - 2, "FALSE"))
			return i;
	}
	return 0;
}

/* True when a later statement of the section takes the setting back. */
static bool is_reset(const struct lint *lint, uint32_t index, const char *setting)
{
	while (++index < lint->count) {
		const struct words *words = &lint->statements[index].words;

		if (words_is(words, 0, "RESET") &&
		    (words_is(words, 1, "ALL") || words_names(words, 1, setting)))
			return true;
		if (words_is(words, 0, "SET") && words_names(words, 1, setting) &&
		    words_mention(words, 2, words->count, "DEFAULT"))
			return true;
	}
	return false;
}

static void check_session(struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];
	const struct words *words = &statement->words;
	uint32_t word = session_setting(words);
	uint32_t call = config_call(words);
	const char *name = word ? words_name(words, word, lint->arena) : NULL;

	if (lint->section->no_transaction)
		return;
	if (call)
		lint_report(lint, RULE_SESSION_SET, statement, call,
			    "write true for the last argument",
			    "set_config(…, false) is for the whole session");
	else if (name && !is_reset(lint, index, name))
		lint_report(lint, RULE_SESSION_SET, statement, 0,
			    arena_format(lint->arena, "write SET LOCAL %s", name),
			    "SET is for the whole session");
}

/* ALTER TYPE name ADD VALUE [IF NOT EXISTS] 'value': the word of the value, or 0. */
static uint32_t added_value(const struct words *words)
{
	uint32_t index = words_find(words, 2, "ADD");

	if (!words_are(words, 0, "ALTER TYPE") || !words_are(words, index, "ADD VALUE"))
		return 0;
	index += words_are(words, index + 2, "IF NOT EXISTS") ? 5 : 2;
	return words_token(words, index).kind == TOKEN_STRING ? index : 0;
}

static bool makes_type(const struct lint *lint, uint32_t index, const struct words *words)
{
	uint32_t name = words_token(words, 3).kind == TOKEN_DOT ? 4 : 2;
	const char *type = words_name(words, name, lint->arena);

	while (type && index-- > 0) {
		const struct words *other = &lint->statements[index].words;

		if (words_are(other, 0, "CREATE TYPE") && words_mention(other, 2, 5, type))
			return true;
	}
	return false;
}

/* Statements that compute with a value at once, or store it as one. */
static bool computes(const struct lint_statement *statement)
{
	return statement->action == ACTION_INSERT || statement->action == ACTION_UPDATE ||
	       statement->action == ACTION_DELETE || statement->action == ACTION_SELECT ||
	       statement->action == ACTION_ALTER_TABLE ||
	       (statement->action == ACTION_CREATE && statement->kind != BOBOLINK_OBJECT_TRIGGER);
}

static uint32_t find_string(const struct words *words, const char *value)
{
	uint32_t index = 0;

	while (index < words->count && (words_token(words, index).kind != TOKEN_STRING ||
					!words_names(words, index, value)))
		index++;
	return index;
}

static void check_enum(struct lint *lint, uint32_t index)
{
	const struct words *words = &lint->statements[index].words;
	uint32_t word = added_value(words);
	const char *value = word ? words_name(words, word, lint->arena) : NULL;

	if (!value || lint->section->no_transaction || makes_type(lint, index, words))
		return;
	while (++index < lint->count) {
		const struct lint_statement *statement = &lint->statements[index];
		uint32_t use = find_string(&statement->words, value);

		if (!computes(statement) || use == statement->words.count)
			continue;
		lint_report(lint, RULE_ENUM_VALUE_USED, statement, use,
			    "give ALTER TYPE … ADD VALUE a migration of its own",
			    "the new value '%s' cannot be used before it is committed", value);
		return;
	}
}

void lint_session(struct lint *lint, uint32_t index)
{
	check_session(lint, index);
	check_enum(lint, index);
}

/* Statements that leave nothing behind when the section stops after them. */
static bool is_harmless(const struct lint_statement *statement)
{
	return words_is(&statement->words, 0, "SET") || words_is(&statement->words, 0, "RESET") ||
	       words_is(&statement->words, 0, "COMMENT") || statement->action == ACTION_SELECT;
}

static void check_mixed(struct lint *lint)
{
	const struct lint_statement *alone = NULL;
	const struct lint_statement *other = NULL;

	for (uint32_t i = 0; i < lint->count; i++) {
		const struct lint_statement *statement = &lint->statements[i];

		if (statement->words.statement->no_transaction)
			alone = alone ? alone : statement;
		else if (!is_harmless(statement))
			other = other ? other : statement;
	}
	if (alone && other)
		lint_report(lint, RULE_CONCURRENTLY_MIXED, alone, 0,
			    "give it a migration of its own",
			    "because of this statement the others run without a transaction, too");
}

/* The existing table that a statement locks against reading, or NULL. */
static const char *locked_table(const struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];

	if (statement->action != ACTION_ALTER_TABLE && statement->action != ACTION_TRUNCATE &&
	    statement->action != ACTION_RENAME_COLUMN && statement->action != ACTION_RENAME_TABLE)
		return NULL;
	return lint_is_existing(lint, index, statement->name) ? statement->name : NULL;
}

static void check_locks(struct lint *lint)
{
	const char *first = NULL;

	for (uint32_t i = 0; i < lint->count; i++) {
		const char *table = locked_table(lint, i);

		if (!first)
			first = table;
		if (!table || strcmp(table, first) == 0)
			continue;
		lint_report(lint, RULE_MANY_LOCKS, &lint->statements[i],
			    lint->statements[i].name_word, "give each table a migration of its own",
			    "\"%s\" stays locked while \"%s\" is waited for", first, table);
		return;
	}
}

void lint_transaction(struct lint *lint)
{
	check_mixed(lint);
	if (!lint->section->no_transaction && lint->section == &lint->migration->up)
		check_locks(lint);
}
