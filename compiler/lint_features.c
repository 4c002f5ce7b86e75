/*
 * Features: the oldest library or server that knows all statements of a section.
 *
 * Receives the statements of each section in order and writes down the newest version that one of them needs, and
 * what needs it. It reads tokens, so that it needs no parser and no database, and does not look into the bodies of functions,
 * which are strings. What the application brings itself, or an earlier migration, needs no version.
 */
#include "lint_features.h"

#include <string.h>

#include "support/text.h"

/* The element at the start of a pattern, and what follows it. */
static size_t element(const char *pattern, const char **rest)
{
	size_t length = strcspn(pattern, " ");

	*rest = pattern + length + (pattern[length] == ' ');
	return length;
}

static bool is_element(const struct words *words, uint32_t index, const char *pattern,
		       size_t length)
{
	char word[40] = "";

	if (length == 1 && *pattern == '@')
		return words_is_name(words, index);
	if (length == 1 && *pattern == '#')
		return words_token(words, index).kind == TOKEN_NUMBER;
	if (length >= sizeof(word))
		return false;
	memcpy(word, pattern, length);
	return words_is(words, index, word);
}

static bool matches(const struct words *words, uint32_t index, const char *pattern);

static bool matches_later(const struct words *words, uint32_t index, const char *pattern)
{
	while (index < words->count) {
		uint32_t kind = words_token(words, index).kind;

		if (matches(words, index, pattern))
			return true;
		if (kind == TOKEN_SEMICOLON || kind == TOKEN_RIGHT)
			return false;
		index = kind == TOKEN_LEFT ? words_close(words, index) : index + 1;
	}
	return false;
}

static bool matches(const struct words *words, uint32_t index, const char *pattern)
{
	const char *rest;

	while (*pattern) {
		size_t length = element(pattern, &rest);

		if (length == 1 && *pattern == '~')
			return matches_later(words, index, rest);
		if (!is_element(words, index++, pattern, length))
			return false;
		pattern = rest;
	}
	return true;
}

uint32_t lint_feature_find(const struct words *words, uint32_t from, const char *pattern)
{
	if (*pattern == '^')
		return matches(words, 0, pattern + 2) ? 0 : words->count;
	while (from < words->count && !matches(words, from, pattern))
		from++;
	return from;
}

static bool is_call(const char *pattern)
{
	size_t length = strlen(pattern);

	return length > 2 && strcmp(pattern + length - 2, " (") == 0 &&
	       strchr(pattern, ' ') == pattern + length - 2;
}

/* A table, a constraint, a new function: anything but a call can have the name of a function. */
static bool is_called(const struct words *words, uint32_t index)
{
	static const char *const others[] = {
		"INTO",	      "TABLE",	"VIEW",	     "FUNCTION", "PROCEDURE",
		"AGGREGATE",  "EXISTS", "INDEX",     "ON",	 "USING",
		"REFERENCES", "WITH",	"RECURSIVE", "TYPE",	 "AS",
	};
	uint32_t behind = words_close(words, index + 1);

	if (index == 0)
		return true;
	/* The functions that are granted or dropped, a query of WITH behind another one. */
	if (words_is(words, 0, "GRANT") || words_is(words, 0, "REVOKE") ||
	    words_is(words, 0, "DROP") || words_are(words, behind, "AS (") ||
	    words_are(words, behind, "AS MATERIALIZED") || words_are(words, behind, "AS NOT"))
		return false;
	if (words_token(words, index - 1).kind == TOKEN_DOT)
		return words_is(words, index - 2, "PG_CATALOG");
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (words_is(words, index - 1, others[i]))
			return false;
	}
	return true;
}

/* --- functions that others bring ------------------------------------------------------------- */

struct lint_function {
	const char *name;
	struct lint_function *next;
};

static void add_function(struct lint *lint, const char *name)
{
	struct lint_function *function = arena_alloc(lint->arena, 1, sizeof(*function));

	function->name = name;
	function->next = lint->functions;
	lint->functions = function;
}

static void note_function(struct lint *lint, const struct words *words)
{
	uint32_t word = words_are(words, 1, "OR REPLACE") ? 3 : 1;
	const char *name;

	if (!words_is(words, 0, "CREATE"))
		return;
	if (words_is(words, word, "EXTENSION")) {
		if (words_mention(words, word, words->count, "pgcrypto"))
			add_function(lint, "gen_random_uuid");
		return;
	}
	if (!words_is(words, word, "FUNCTION") && !words_is(words, word, "AGGREGATE"))
		return;
	word += words_token(words, word + 2).kind == TOKEN_DOT ? 3 : 1;
	name = words_name(words, word, lint->arena);
	if (name)
		add_function(lint, name);
}

/* One that is there before the first migration. */
static bool is_of_extension(const struct lint *lint, const char *text, size_t length)
{
	for (uint32_t i = 0; i < lint->options->shadow_extension_count; i++) {
		if (strcmp(lint->options->shadow_extensions[i], "pgcrypto") == 0 &&
		    text_is(text, length, "gen_random_uuid"))
			return true;
	}
	return false;
}

static bool is_own(const struct lint *lint, const struct words *words, uint32_t index)
{
	const char *text = words_text(words, index);
	size_t length = words_token(words, index).length;

	/* In pg_catalog: nobody's own. */
	if (index && words_token(words, index - 1).kind == TOKEN_DOT)
		return false;
	for (const struct lint_function *own = lint->functions; own; own = own->next) {
		if (text_is(text, length, own->name))
			return true;
	}
	for (uint32_t i = 0; i < lint->options->shadow_function_count; i++) {
		const char *declared = lint->options->shadow_functions[i];
		size_t size = strcspn(declared, "/");

		if (size == length &&
		    text_is(text, length, arena_copy(lint->arena, declared, size)))
			return true;
	}
	return is_of_extension(lint, text, length);
}

/* --- the features of a section --------------------------------------------------------------- */

static bool shows(const struct lint *lint, const struct lint_statement *statement,
		  const struct feature *feature, uint32_t *word)
{
	const struct words *words = &statement->words;

	if (feature->holds)
		return feature->holds(statement, word);
	*word = lint_feature_find(words, 0, feature->pattern);
	while (*word < words->count && is_call(feature->pattern) &&
	       (!is_called(words, *word) || is_own(lint, words, *word)))
		*word = lint_feature_find(words, *word + 1, feature->pattern);
	return *word < words->count;
}

static void note(struct lint *lint, struct section *section, const struct feature *feature,
		 struct token token)
{
	uint32_t line;
	uint32_t column;

	diagnostic_position(section->source, token.offset, &line, &column);
	section->minimum_version = feature->version;
	section->feature = arena_format(lint->arena, "%s (line %u)", feature->name, (unsigned)line);
}

static void check_statement(struct lint *lint, struct section *section,
			    const struct lint_statement *statement)
{
	const struct feature *feature = lint->set->database == DATABASE_SQLITE
						? lint_features_sqlite
						: lint_features_postgres;

	for (; feature->version; feature++) {
		uint32_t word = 0;

		if (feature->version > section->minimum_version &&
		    shows(lint, statement, feature, &word))
			note(lint, section, feature, words_token(&statement->words, word));
	}
}

void lint_features(struct lint *lint, struct section *section)
{
	for (uint32_t i = 0; i < lint->count; i++) {
		note_function(lint, &lint->statements[i].words);
		check_statement(lint, section, &lint->statements[i]);
	}
}
