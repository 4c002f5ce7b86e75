/*
 * Losses, PostgreSQL: statements that destroy rows or columns which existed before the migration.
 *
 * What existed is known from the statements of the chain alone. What IF EXISTS asks for and no statement
 * made is taken for not there: scripts begin so that make everything anew.
 */
#include "lint_context.h"

#include "lint_alter.h"

static bool may_exist(const struct lint *lint, uint32_t index, const char *table)
{
	if (!lint_is_existing(lint, index, table))
		return false;
	return !lint->statements[index].conditional || chain_find(&lint->chain, table) != NULL;
}

static void check_rows(struct lint *lint, uint32_t index, uint32_t word, const char *format)
{
	const struct lint_statement *statement = &lint->statements[index];
	const char *table = words_name(&statement->words, word, lint->arena);

	if (table && may_exist(lint, index, table) && !lint_is_copied(lint, index, table))
		lint_report(lint, RULE_DATA_LOSS, statement, word, LINT_ALLOW_HELP,
			    "%s destroys the rows of \"%s\"", format, table);
}

/* Each name of a list: DROP TABLE a, s.b CASCADE. */
static void check_list(struct lint *lint, uint32_t index, const char *what)
{
	const struct words *words = &lint->statements[index].words;
	uint32_t word = lint->statements[index].name_word;

	for (;;) {
		check_rows(lint, index, word, what);
		if (words_token(words, word + 1).kind != TOKEN_COMMA)
			return;
		word += 2;
		if (words_token(words, word + 1).kind == TOKEN_DOT)
			word += 2;
	}
}

static void check_columns(struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];
	uint32_t word = statement->body;
	struct alter_command command;

	while (lint_alter_next(statement, &word, lint->arena, &command)) {
		if (command.kind != ALTER_DROP_COLUMN || !command.name ||
		    !lint_is_existing_column(lint, index, statement->name, command.name) ||
		    lint_is_moved(lint, index, statement->name, command.name))
			continue;
		lint_report(lint, RULE_DATA_LOSS, statement, command.name_word, LINT_ALLOW_HELP,
			    "this destroys the values of \"%s\" in \"%s\"", command.name,
			    statement->name);
	}
}

static bool makes_schema(const struct lint_statement *statements, uint32_t count,
			 const char *schema)
{
	for (uint32_t i = 0; i < count; i++) {
		const struct words *words = &statements[i].words;

		if (words_are(words, 0, "CREATE SCHEMA") &&
		    words_mention(words, 2, words->count, schema))
			return true;
	}
	return false;
}

/* Without CASCADE a schema must be empty. */
static void check_schema(struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];
	const struct words *words = &statement->words;
	uint32_t word = words_are(words, 2, "IF EXISTS") ? 4 : 2;
	const char *schema = words_name(words, word, lint->arena);

	if (!words_are(words, 0, "DROP SCHEMA") || !schema ||
	    !words_is(words, words->count - 1, "CASCADE") ||
	    makes_schema(lint->statements, index, schema) ||
	    makes_schema(lint->up, lint->up_count, schema))
		return;
	lint_report(lint, RULE_DATA_LOSS, statement, word, LINT_ALLOW_HELP,
		    "this destroys all tables of \"%s\"", schema);
}

static void check_update(struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];
	const char *column;

	if (lint_overwrites(lint, index, &column) &&
	    lint_is_existing_column(lint, index, statement->name, column))
		lint_report_overwritten(lint, statement, column);
}

void lint_losses(struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];
	const struct words *words = &statement->words;

	if (statement->action == ACTION_DROP && statement->kind == BOBOLINK_OBJECT_TABLE &&
	    !words_is(words, 1, "FOREIGN"))
		check_list(lint, index, "DROP TABLE");
	else if (statement->action == ACTION_TRUNCATE)
		check_list(lint, index, "TRUNCATE");
	else if (statement->action == ACTION_DELETE &&
		 words_find(words, statement->body, "WHERE") == words->count)
		check_rows(lint, index, statement->name_word, "DELETE without WHERE");
	else if (statement->action == ACTION_ALTER_TABLE)
		check_columns(lint, index);
	else if (statement->action == ACTION_UPDATE)
		check_update(lint, index);
	else if (statement->action == ACTION_OTHER)
		check_schema(lint, index);
}
