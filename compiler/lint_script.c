/*
 * Scripts: what the text of a fix or a repeatable alone shows.
 *
 * They stand outside the chain: what exists when one runs is not known, and may well be what no migration made. So a statement
 * that destroys rows is judged by its words, unless the section itself made the table, or saved it first.
 */
#include "lint_condition.h"
#include "lint_context.h"

#include <string.h>

#include "lint_alter.h"
#include "support/text.h"

#define SCRIPT_HELP                                                                             \
	"when that is meant, write `-- bobolink:allow data-loss REASON` on the line above, or " \
	"allow:data-loss on the line of the section"

/* True when the table stood there before the section and nothing saved its rows. */
static bool is_lost(const struct lint *lint, uint32_t index, uint32_t word, const char **table)
{
	*table = words_name(&lint->statements[index].words, word, lint->arena);
	return *table && lint_origin(lint, index, *table) && !lint_is_copied(lint, index, *table);
}

static void check_table(struct lint *lint, uint32_t index, uint32_t word, const char *what)
{
	const char *table;

	if (is_lost(lint, index, word, &table))
		lint_report(lint, RULE_DATA_LOSS, &lint->statements[index], word, SCRIPT_HELP,
			    "%s destroys the rows of \"%s\"", what, table);
}

/* Each name of a list: DROP TABLE a, s.b CASCADE; TRUNCATE ONLY a, b. */
static void check_list(struct lint *lint, uint32_t index, const char *what)
{
	const struct words *words = &lint->statements[index].words;
	uint32_t word = lint->statements[index].name_word;

	for (;;) {
		check_table(lint, index, word++, what);
		word += words_is(words, word, "*");
		if (words_token(words, word++).kind != TOKEN_COMMA)
			return;
		word += words_is(words, word, "ONLY");
		if (words_token(words, word + 1).kind == TOKEN_DOT)
			word += 2;
	}
}

static void check_column(struct lint *lint, uint32_t index, uint32_t word, const char *column)
{
	const struct lint_statement *statement = &lint->statements[index];

	if (column && lint_origin(lint, index, statement->name) &&
	    !lint_is_moved(lint, index, statement->name, column))
		lint_report(lint, RULE_DATA_LOSS, statement, word, SCRIPT_HELP,
			    "this destroys the values of \"%s\" in \"%s\"", column,
			    statement->name);
}

static void check_alter(struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];
	uint32_t word = statement->body;
	struct alter_command command;

	while (lint_alter_next(statement, &word, lint->arena, &command)) {
		if (command.kind == ALTER_DROP_COLUMN)
			check_column(lint, index, command.name_word, command.name);
	}
}

static void check_delete(struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];

	if (!lint_has_condition(&statement->words, statement->body))
		check_table(lint, index, statement->name_word, "DELETE without WHERE");
}

static void check_update(struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];
	uint32_t nulled = lint_nulled(lint, index);
	const char *column = lint_first_overwritten(lint, index);

	if (!lint_origin(lint, index, statement->name))
		return;
	if (nulled)
		lint_report(lint, RULE_DATA_LOSS, statement, nulled, SCRIPT_HELP,
			    "UPDATE without WHERE destroys the values of \"%s\" in \"%s\"",
			    words_name(&statement->words, nulled, lint->arena), statement->name);
	else if (column)
		lint_report_overwritten(lint, statement, column);
}

void lint_script(struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];

	if (lint->set->database == DATABASE_POSTGRES)
		lint_session(lint, index);
	if (statement->action == ACTION_DROP && statement->kind == BOBOLINK_OBJECT_TABLE)
		check_list(lint, index, "DROP TABLE");
	else if (statement->action == ACTION_TRUNCATE)
		check_list(lint, index, "TRUNCATE");
	else if (statement->action == ACTION_DELETE)
		check_delete(lint, index);
	else if (statement->action == ACTION_UPDATE)
		check_update(lint, index);
	else if (statement->action == ACTION_ALTER_TABLE)
		check_alter(lint, index);
	else if (statement->action == ACTION_DROP_COLUMN)
		check_column(lint, index, statement->other_word, statement->other);
}

/* The word behind WITH and its queries, or the first. */
static uint32_t main_word(const struct words *words)
{
	static const char *const verbs[] = { "SELECT",	"VALUES", "TABLE",  "INSERT",
					     "REPLACE", "UPDATE", "DELETE", "MERGE" };
	uint32_t index = 0;

	if (!words_is(words, 0, "WITH"))
		return 0;
	while (index < words->count) {
		for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++) {
			if (words_is(words, index, verbs[i]))
				return index;
		}
		index = words_token(words, index).kind == TOKEN_LEFT ? words_close(words, index)
								     : index + 1;
	}
	return index;
}

/* AS (DELETE …): the word of what writes inside WITH; 0 for none. */
static uint32_t writing_part(const struct words *words)
{
	static const char *const verbs[] = { "INSERT", "UPDATE", "DELETE", "MERGE" };

	for (uint32_t i = 1; words_is(words, 0, "WITH") && i + 1 < words->count; i++) {
		if (words_token(words, i).kind != TOKEN_LEFT ||
		    !(words_is(words, i - 1, "AS") || words_is(words, i - 1, "MATERIALIZED")))
			continue;
		for (size_t k = 0; k < sizeof(verbs) / sizeof(*verbs); k++) {
			if (words_is(words, i + 1, verbs[k]))
				return i + 1;
		}
	}
	return 0;
}

/* The word that makes a statement more than a query; words->count for a query. */
static uint32_t beyond_query(const struct words *words)
{
	uint32_t first = main_word(words);
	uint32_t word = writing_part(words);

	while (words_token(words, first).kind == TOKEN_LEFT)
		first++;
	if (!words_is(words, first, "SELECT") && !words_is(words, first, "VALUES"))
		return first < words->count ? first : 0;
	if (word)
		return word;
	word = words_find(words, first, "INTO");
	return word < words->count ? word : words_find(words, first, "FOR");
}

void lint_guard(struct lint *lint, uint32_t index)
{
	static const char *const verbs[] = { "SELECT", "VALUES", "WITH",  "DELETE",
					     "INSERT", "UPDATE", "TABLE", "MERGE" };
	const struct words *words = &lint->statements[index].words;
	uint32_t word = beyond_query(words);
	struct token token = words_token(words, word);
	const char *nearest;

	if (word == words->count)
		return;
	nearest = text_nearest(arena_copy(lint->arena, words_text(words, word), token.length),
			       verbs, sizeof(verbs) / sizeof(*verbs));
	diagnostic_at(lint->diag, SEVERITY_ERROR, "guard-not-query", lint->section->source,
		      token.offset, token.length,
		      "should-run only asks, and this is no mere query");
	if (nearest == verbs[0] || nearest == verbs[1] || nearest == verbs[2])
		diagnostic_help(lint->diag, "did you mean %s?", nearest);
	else
		diagnostic_help(lint->diag, "write a SELECT of one truth value; what changes "
					    "something belongs in execute");
}
