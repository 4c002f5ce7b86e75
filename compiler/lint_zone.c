/*
 * Time zones, PostgreSQL: moments in a definition that are other ones where the session has another TimeZone.
 *
 * The server computes a literal of the type timestamptz when the definition is made, with the TimeZone of whoever makes it.
 * Only a date, or a date and a time, as ISO writes them is taken for a literal without a zone; a name behind it may be one.
 */
#include "lint_context.h"

#include <string.h>

/* TIMESTAMPTZ or TIMESTAMP WITH TIME ZONE, with or without a precision: the index after it; 0 for another type. */
static uint32_t type_end(const struct words *words, uint32_t index)
{
	uint32_t behind = index + 1;

	if (words_token(words, behind).kind == TOKEN_LEFT)
		behind = words_close(words, behind);
	if (words_is(words, index, "TIMESTAMPTZ"))
		return behind;
	if (words_is(words, index, "TIMESTAMP") && words_are(words, behind, "WITH TIME ZONE"))
		return behind + 3;
	return 0;
}

/* TIMESTAMPTZ 'x', which has its type in front. */
static bool has_type_before(const struct words *words, uint32_t string)
{
	/* TIMESTAMP ( 3 ) WITH TIME ZONE */
	const uint32_t longest = 7;

	for (uint32_t i = string > longest ? string - longest : 0; i < string; i++) {
		if (type_end(words, i) == string)
			return true;
	}
	return false;
}

static bool is_moment(const struct words *words, uint32_t string)
{
	if (words_is(words, string + 1, "::"))
		return type_end(words, string + 2) != 0;
	if (string >= 2 && words_are(words, string - 2, "CAST (") &&
	    words_is(words, string + 1, "AS"))
		return type_end(words, string + 2) != 0;
	return has_type_before(words, string);
}

/* Digits and separators: # is any digit. Returns how far the text agrees. */
static size_t agrees(const char *text, size_t length, const char *form)
{
	size_t i = 0;

	while (i < length && form[i] &&
	       (form[i] == '#' ? text[i] >= '0' && text[i] <= '9' : text[i] == form[i]))
		i++;
	return i;
}

/* The literal at a word has a date and perhaps a time, and nothing else; `*timeless`: a date alone. */
static bool is_zoneless(const struct words *words, uint32_t word, bool *timeless)
{
	const struct token token = words_token(words, word);
	const char *text = words_text(words, word) + 1;
	size_t length = token.length - 2;
	size_t time;

	if (token.kind != TOKEN_STRING || token.length < 12 || text[-1] != '\'' ||
	    agrees(text, length, "####-##-##") != 10)
		return false;
	*timeless = length == 10;
	if (*timeless)
		return true;
	if (text[10] != ' ' && text[10] != 'T')
		return false;
	text += 11;
	length -= 11;
	time = agrees(text, length, "##:##:##.######");
	return time == length && (time == 5 || time == 8 || time > 9);
}

/* After the default expression at `index`, which a comma or its parenthesis ends. */
static uint32_t default_end(const struct words *words, uint32_t index)
{
	while (index < words->count) {
		uint32_t kind = words_token(words, index).kind;

		if (kind == TOKEN_COMMA || kind == TOKEN_RIGHT)
			break;
		index = kind == TOKEN_LEFT ? words_close(words, index) : index + 1;
	}
	return index;
}

/* The end of the expression that begins at a word of a table's definition and stays in it; 0 for none. */
static uint32_t kept_end(const struct words *words, uint32_t index)
{
	if (words_is(words, index, "DEFAULT"))
		return default_end(words, index + 1);
	if (words_are(words, index, "CHECK ("))
		return words_close(words, index + 1);
	if (words_are(words, index, "GENERATED ALWAYS AS ("))
		return words_close(words, index + 3);
	return 0;
}

static void check(struct lint *lint, const struct lint_statement *statement, uint32_t from,
		  uint32_t to)
{
	const struct words *words = &statement->words;

	for (; from < to; from++) {
		const struct token token = words_token(words, from);
		bool timeless;

		if (!is_zoneless(words, from, &timeless) || !is_moment(words, from))
			continue;
		lint_report(lint, RULE_SESSION_TIME_ZONE, statement, from,
			    arena_format(lint->arena, "write the offset: '%.*s%s+00'",
					 (int)token.length - 2, words_text(words, from) + 1,
					 timeless ? " 00:00:00" : ""),
			    "which moment this is depends on the TimeZone of the session that runs "
			    "the migration");
	}
}

/* The section itself has said which zone it means. */
static bool is_zone_set(const struct lint *lint, uint32_t index)
{
	while (index-- > 0) {
		const struct words *words = &lint->statements[index].words;
		uint32_t name =
			words_is(words, 1, "LOCAL") || words_is(words, 1, "SESSION") ? 2 : 1;

		if (words_is(words, 0, "SET") &&
		    (words_names(words, name, "timezone") || words_are(words, name, "TIME ZONE")))
			return true;
	}
	return false;
}

void lint_zone(struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];
	const struct words *words = &statement->words;
	bool creates = statement->action == ACTION_CREATE;

	if (statement->temporary || is_zone_set(lint, index))
		return;
	if (creates &&
	    (statement->kind == BOBOLINK_OBJECT_VIEW || statement->kind == BOBOLINK_OBJECT_INDEX)) {
		check(lint, statement, statement->body, words->count);
		return;
	}
	if (!(creates && statement->kind == BOBOLINK_OBJECT_TABLE &&
	      !lint_statement_copies(statement)) &&
	    !words_are(words, 0, "ALTER TABLE") && !words_are(words, 0, "CREATE DOMAIN") &&
	    !words_are(words, 0, "ALTER DOMAIN"))
		return;
	for (uint32_t i = 2; i < words->count; i++) {
		uint32_t end = kept_end(words, i);

		if (!end)
			continue;
		check(lint, statement, i, end);
		i = end - 1;
	}
}
