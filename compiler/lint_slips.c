/*
 * Slips: phrases that one database does not know.
 *
 * Receives a statement and a table of phrases, each with what to write instead. Only words,
 * operators and strings are compared, so nothing inside quotes or comments is ever found.
 */
#include "lint_slips.h"

#include <string.h>

#include "support/text.h"

static bool matches_element(const struct lint_statement *statement, uint32_t *index,
			    const char *element, size_t length)
{
	const struct words *words = &statement->words;
	struct token token = words_token(words, *index);
	char text[32] = "";

	memcpy(text, element, length < sizeof(text) ? length : sizeof(text) - 1);
	if (text[0] == '@' && words_token(words, *index + 1).kind == TOKEN_DOT)
		*index += 2;
	++*index;
	if (text[0] == '@')
		return words_is_name(words, *index - 1);
	if (text[0] == '%')
		return token.kind != TOKEN_END;
	if (text[0] == '\'')
		return token.kind == TOKEN_STRING;
	return words_is(words, *index - 1, text);
}

/* True when the phrase stands at `*index`, which is left after it. */
static bool matches(const struct lint_statement *statement, uint32_t *index, const char *phrase)
{
	while (*phrase) {
		size_t length = strcspn(phrase, " ");

		if (!matches_element(statement, index, phrase, length))
			return false;
		phrase += length + (phrase[length] == ' ');
	}
	return true;
}

/* A table that the author named so: CREATE TABLE identity (…), REFERENCES identity (…). */
static bool is_table_name(const struct lint_statement *statement, uint32_t word)
{
	return word && (word == statement->name_word || word == statement->other_word ||
			words_is(&statement->words, word - 1, "REFERENCES"));
}

/* The parenthesis that opens the columns of CREATE TABLE, whatever the name looks like. */
static uint32_t columns_of(const struct words *words)
{
	uint32_t i = 2;

	while (i < words->count && words_token(words, i).kind != TOKEN_LEFT &&
	       !words_is(words, i, "AS"))
		i++;
	return words_token(words, i).kind == TOKEN_LEFT ? i : words->count;
}

/* Does a column definition or a table option go on at this word? `depth` counts parentheses. */
static bool is_in_table(const struct lint_statement *statement, uint32_t word, uint32_t depth)
{
	const struct words *words = &statement->words;
	uint32_t before = word ? words_token(words, word - 1).kind : TOKEN_END;

	if (words_are(words, 0, "ALTER TABLE"))
		return word >= statement->body && depth == 0;
	return words_is(words, 0, "CREATE") && words_mention(words, 1, 4, "TABLE") && depth <= 1 &&
	       before != TOKEN_LEFT && before != TOKEN_COMMA && word > columns_of(words);
}

/* A function that the application declared is no slip. */
static bool is_declared(const struct lint *lint, const struct lint_statement *statement,
			uint32_t word)
{
	struct token name = words_token(&statement->words, word);

	for (uint32_t i = 0; i < lint->options->shadow_function_count; i++) {
		const char *declared = lint->options->shadow_functions[i];

		if (strcspn(declared, "/") == name.length &&
		    text_is(words_text(&statement->words, word), name.length,
			    arena_copy(lint->arena, declared, name.length)))
			return true;
	}
	return false;
}

void lint_slip(struct lint *lint, const struct lint_statement *statement, uint32_t word,
	       const struct slip_table *table, const char *what, const char *help)
{
	if (!is_declared(lint, statement, word))
		lint_report(lint, RULE_DIALECT, statement, word, help, "%s has no %s",
			    table->database, what);
}

static void find_at_start(struct lint *lint, const struct lint_statement *statement,
			  const struct slip_table *table)
{
	for (size_t i = 0; i < table->count; i++) {
		uint32_t end = 0;

		if (table->items[i].place != AT_START ||
		    !matches(statement, &end, table->items[i].phrase))
			continue;
		lint_slip(lint, statement, end - 1, table, table->items[i].what,
			  table->items[i].help);
		return;
	}
}

static void find_at(struct lint *lint, const struct lint_statement *statement, uint32_t word,
		    const struct slip_table *table, bool in_table)
{
	for (size_t i = 0; i < table->count; i++) {
		uint32_t end = word;

		if (table->items[i].place == AT_START ||
		    (table->items[i].place == IN_TABLE && !in_table))
			continue;
		if (matches(statement, &end, table->items[i].phrase))
			lint_slip(lint, statement, word, table, table->items[i].what,
				  table->items[i].help);
	}
}

void lint_slips(struct lint *lint, const struct lint_statement *statement,
		const struct slip_table *table)
{
	uint32_t depth = 0;

	find_at_start(lint, statement, table);
	for (uint32_t i = 0; i < statement->words.count; i++) {
		uint32_t kind = words_token(&statement->words, i).kind;

		if (kind == TOKEN_LEFT)
			depth++;
		else if (kind == TOKEN_RIGHT && depth)
			depth--;
		else if (kind == TOKEN_OPERATOR ||
			 (kind == TOKEN_WORD && !is_table_name(statement, i)))
			find_at(lint, statement, i, table, is_in_table(statement, i, depth));
	}
}
