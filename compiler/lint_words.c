/*
 * Words: one statement without its comments, for rules that look at tokens.
 *
 * Keywords are compared without regard to case, names as SQLite compares them: without quotes and
 * without regard to the case of ASCII letters.
 */
#include "lint_words.h"

#include <string.h>

#include "statement.h"
#include "support/text.h"

void words_read(const struct section *section, const struct statement *statement,
		struct arena *arena, struct words *words)
{
	const struct token *first = &section->tokens->items[statement->first_token];
	struct token *items = arena_alloc(arena, statement->token_count + 1, sizeof(*items));
	uint32_t count = 0;

	for (uint32_t i = 0; i < statement->token_count; i++) {
		if (!statement_is_comment(first[i]))
			items[count++] = first[i];
	}
	*words = (struct words){ section, statement, items, count };
}

struct token words_token(const struct words *words, uint32_t index)
{
	uint32_t end = words->statement->offset + words->statement->length;

	return index < words->count ? words->items[index] : (struct token){ TOKEN_END, end, 0 };
}

const char *words_text(const struct words *words, uint32_t index)
{
	return words->section->source->text + words_token(words, index).offset;
}

static bool is_literal(uint32_t kind)
{
	return kind == TOKEN_QUOTED || kind == TOKEN_STRING || kind == TOKEN_BLOB;
}

bool words_is(const struct words *words, uint32_t index, const char *word)
{
	struct token token = words_token(words, index);

	return token.length && !is_literal(token.kind) &&
	       text_is(words_text(words, index), token.length, word);
}

bool words_are(const struct words *words, uint32_t index, const char *phrase)
{
	while (*phrase) {
		size_t length = strcspn(phrase, " ");
		struct token token = words_token(words, index);
		char word[32] = "";

		if (length >= sizeof(word) || token.length != length)
			return false;
		memcpy(word, phrase, length);
		if (!words_is(words, index++, word))
			return false;
		phrase += length + (phrase[length] == ' ');
	}
	return true;
}

uint32_t words_find(const struct words *words, uint32_t index, const char *word)
{
	while (index < words->count && !words_is(words, index, word))
		index = words->items[index].kind == TOKEN_LEFT ? words_close(words, index)
							       : index + 1;
	return index;
}

uint32_t words_close(const struct words *words, uint32_t index)
{
	uint32_t depth = 0;

	for (; index < words->count; index++) {
		uint32_t kind = words->items[index].kind;

		if (kind == TOKEN_LEFT)
			depth++;
		else if (kind == TOKEN_RIGHT && --depth == 0)
			return index + 1;
	}
	return words->count;
}

bool words_is_name(const struct words *words, uint32_t index)
{
	uint32_t kind = words_token(words, index).kind;

	return kind == TOKEN_WORD || kind == TOKEN_QUOTED || kind == TOKEN_STRING;
}

const char *words_name(const struct words *words, uint32_t index, struct arena *arena)
{
	if (!words_is_name(words, index))
		return NULL;
	return statement_name(words->section->source, words_token(words, index), arena);
}

/* What stands between quotes is this name; a quote in it is doubled. */
static bool is_quoted(const char *text, size_t length, const char *name)
{
	const char quote = text[0];
	size_t at = 1;

	for (; *name && at + 1 < length; name++, at++) {
		if (!text_is(&text[at], 1, (const char[]){ *name, '\0' }))
			return false;
		at += text[at] == quote && text[at + 1] == quote;
	}
	return !*name && at + 1 == length;
}

bool words_names(const struct words *words, uint32_t index, const char *name)
{
	struct token token = words_token(words, index);
	const char *text = words_text(words, index);

	if (token.kind == TOKEN_WORD)
		return text_is(text, token.length, name);
	if (!words_is_name(words, index) || token.length < 2)
		return false;
	return is_quoted(text, token.length, name);
}

bool words_mention(const struct words *words, uint32_t from, uint32_t to, const char *name)
{
	for (uint32_t i = from; i < to && i < words->count; i++) {
		if (words_names(words, i, name))
			return true;
	}
	return false;
}
