/*
 * Statement: questions about the words of one statement.
 *
 * Receives the tokens that the lexer made and the span that split found; compares without copying.
 */
#include "statement.h"

#include <string.h>

bool statement_is_comment(struct token token)
{
	return token.kind == TOKEN_LINE_COMMENT || token.kind == TOKEN_BLOCK_COMMENT;
}

struct token statement_word(const struct tokens *tokens, const struct statement *statement,
			    uint32_t n)
{
	const struct token *token = &tokens->items[statement->first_token];
	const struct token *end = token + statement->token_count;

	for (; token < end; token++)
		if (!statement_is_comment(*token) && n-- == 0)
			return *token;
	return (struct token){ TOKEN_END, statement->offset + statement->length, 0 };
}

static char upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static bool is_same(const char *text, const char *word, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (upper(text[i]) != upper(word[i]))
			return false;
	return true;
}

static bool is_spelled(const struct source *source, struct token token, const char *word,
		       size_t length)
{
	return token.kind == TOKEN_WORD && token.length == length &&
	       is_same(source->text + token.offset, word, length);
}

bool statement_is(const struct source *source, struct token token, const char *word)
{
	return is_spelled(source, token, word, strlen(word));
}

bool statement_starts(const struct source *source, const struct tokens *tokens,
		      const struct statement *statement, const char *words)
{
	for (uint32_t n = 0; *words; n++) {
		size_t length = strcspn(words, " ");

		if (!is_spelled(source, statement_word(tokens, statement, n), words, length))
			return false;
		words += length;
		words += *words == ' ';
	}
	return true;
}

bool statement_names(const struct source *source, struct token token, const char *name)
{
	size_t length = strlen(name);

	if (token.kind != TOKEN_QUOTED && token.kind != TOKEN_STRING)
		return is_spelled(source, token, name, length);
	return token.length == length + 2 && is_same(source->text + token.offset + 1, name, length);
}

static bool is_punctuation(const struct source *source, struct token token, char c)
{
	return token.length == 1 && source->text[token.offset] == c;
}

bool statement_pragma(const struct source *source, const struct tokens *tokens,
		      const struct statement *statement, struct pragma *pragma)
{
	struct token after;
	uint32_t n = 1;

	if (!statement_starts(source, tokens, statement, "PRAGMA"))
		return false;
	if (statement_word(tokens, statement, 2).kind == TOKEN_DOT)
		n = 3;
	pragma->name = statement_word(tokens, statement, n);
	after = statement_word(tokens, statement, n + 1);
	pragma->value = statement_word(tokens, statement, n + 2);
	if (!is_punctuation(source, after, '=') && !is_punctuation(source, after, '('))
		pragma->value.kind = TOKEN_END;
	return true;
}

char *statement_name(const struct source *source, struct token token, struct arena *arena)
{
	const char *text = source->text + token.offset;
	char *name;
	char close;
	size_t length = 0;

	if (token.kind != TOKEN_QUOTED && token.kind != TOKEN_STRING)
		return arena_copy(arena, text, token.length);
	close = text[0] == '[' ? ']' : text[0];
	name = arena_alloc(arena, token.length, 1);
	for (uint32_t i = 1; i + 1 < token.length; i++) {
		name[length++] = text[i];
		if (text[i] == close)
			i++;
	}
	return name;
}
