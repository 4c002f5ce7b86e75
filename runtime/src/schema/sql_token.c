/*
 * Tokens: read one after another with SQLite's rules, written back in canonical form.
 */
#include "sql_token.h"

#include <string.h>

#include <bobolink/bobolink.h>

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool begins_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       ((unsigned char)c & 0x80);
}

static bool is_word(char c)
{
	return begins_word(c) || is_digit(c) || c == '$';
}

static char upper(char c)
{
	return (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
}

/* A piece of text that is being read; `end` points at its NUL or past its last byte. */
struct reader {
	const char *at;
	const char *end;
};

static char ahead(const struct reader *reader, size_t distance)
{
	return (size_t)(reader->end - reader->at) > distance ? reader->at[distance] : '\0';
}

static void skip_comment(struct reader *reader)
{
	bool block = reader->at[0] == '/';

	reader->at += 2;
	while (reader->at < reader->end) {
		if (!block && *reader->at == '\n')
			return;
		if (block && *reader->at == '*' && ahead(reader, 1) == '/') {
			reader->at += 2;
			return;
		}
		reader->at++;
	}
}

static void skip_blank(struct reader *reader)
{
	while (reader->at < reader->end) {
		char c = *reader->at;

		if (is_space(c))
			reader->at++;
		else if ((c == '-' && ahead(reader, 1) == '-') ||
			 (c == '/' && ahead(reader, 1) == '*'))
			skip_comment(reader);
		else
			return;
	}
}

/* Moves behind the closing quote; a doubled one stands for itself, but not a bracket. */
static void skip_quoted(struct reader *reader, char close)
{
	reader->at++;
	while (reader->at < reader->end) {
		if (*reader->at++ != close)
			continue;
		if (close == ']' || ahead(reader, 0) != close)
			return;
		reader->at++;
	}
}

static void skip_word(struct reader *reader)
{
	while (reader->at < reader->end && is_word(*reader->at))
		reader->at++;
}

static void skip_number(struct reader *reader)
{
	while (reader->at < reader->end) {
		char last = upper(reader->at[-1]);
		char c = *reader->at;

		if (!is_word(c) && c != '.' && !((c == '+' || c == '-') && last == 'E'))
			return;
		reader->at++;
	}
}

static void skip_operator(struct reader *reader)
{
	static const char *const longer[] = { "->>", "||", "->", "<<", ">>",
					      "<=",  ">=", "<>", "==", "!=" };

	for (size_t i = 0; i < sizeof(longer) / sizeof(longer[0]); i++) {
		size_t length = strlen(longer[i]);

		if ((size_t)(reader->end - reader->at) >= length &&
		    memcmp(reader->at, longer[i], length) == 0) {
			reader->at += length;
			return;
		}
	}
	reader->at++;
}

static enum bl_sql_kind skip_token(struct reader *reader)
{
	char c = *reader->at;

	if (c == '"' || c == '`' || c == '[') {
		skip_quoted(reader, c == '[' ? ']' : c);
		return BL_SQL_NAME;
	}
	if (c == '\'') {
		skip_quoted(reader, c);
		return BL_SQL_STRING;
	}
	if ((c == 'x' || c == 'X') && ahead(reader, 1) == '\'') {
		reader->at++;
		skip_quoted(reader, '\'');
		return BL_SQL_OTHER;
	}
	if (begins_word(c)) {
		skip_word(reader);
		return BL_SQL_WORD;
	}
	if (is_digit(c) || (c == '.' && is_digit(ahead(reader, 1)))) {
		reader->at++;
		skip_number(reader);
	} else if ((c == '?' || c == ':' || c == '@' || c == '$' || c == '#') &&
		   is_word(ahead(reader, 1))) {
		reader->at++;
		skip_word(reader);
	} else {
		skip_operator(reader);
	}
	return BL_SQL_OTHER;
}

int bl_sql_read(const struct bobolink_allocator *allocator, const char *sql, size_t length,
		struct bl_sql_tokens *tokens)
{
	struct reader reader = { sql, sql + length };
	struct bl_sql_token token;

	do {
		struct bl_sql_token *grown = bl_memory_grow(allocator, tokens->items, tokens->count,
							    &tokens->capacity, sizeof(*grown));

		if (!grown)
			return BOBOLINK_NO_MEMORY;
		tokens->items = grown;
		skip_blank(&reader);
		token.text = reader.at;
		token.kind = reader.at < reader.end ? skip_token(&reader) : BL_SQL_END;
		token.length = (uint32_t)(reader.at - token.text);
		grown[tokens->count++] = token;
	} while (token.kind != BL_SQL_END);
	tokens->count--;
	return BOBOLINK_OK;
}

bool bl_sql_is(const struct bl_sql_token *token, const char *word)
{
	if (token->kind != BL_SQL_WORD || strlen(word) != token->length)
		return false;
	for (uint32_t i = 0; i < token->length; i++) {
		if (upper(token->text[i]) != word[i])
			return false;
	}
	return true;
}

bool bl_sql_is_mark(const struct bl_sql_token *token, char mark)
{
	return token->kind == BL_SQL_OTHER && token->length == 1 && token->text[0] == mark;
}

/* What a quoted token stands for, into `out`, which has room for its length. Returns the length. */
static size_t unquote(const struct bl_sql_token *token, char *out)
{
	char close = token->text[0] == '[' ? ']' : token->text[0];
	size_t length = 0;

	for (uint32_t i = 1; i + 1 < token->length; i++) {
		out[length++] = token->text[i];
		if (token->text[i] == close)
			i++;
	}
	return length;
}

const char *bl_sql_name(struct bl_pool *pool, const struct bl_sql_token *token)
{
	const char *copy = bl_pool_copy(pool, token->text, token->length);

	if ((token->kind == BL_SQL_NAME || token->kind == BL_SQL_STRING) && *copy) {
		char *name = (char *)copy;

		name[unquote(token, name)] = '\0';
	}
	return copy;
}

static bool is_plain(const char *name, size_t length)
{
	if (length == 0 || !begins_word(name[0]))
		return false;
	for (size_t i = 1; i < length; i++) {
		if (!is_word(name[i]))
			return false;
	}
	return true;
}

static void add_quoted(struct bl_text *out, const char *name, size_t length)
{
	bl_text_add(out, "\"", 1);
	for (size_t i = 0; i < length; i++) {
		if (name[i] == '"')
			bl_text_add(out, "\"", 1);
		bl_text_add(out, &name[i], 1);
	}
	bl_text_add(out, "\"", 1);
}

static void add_upper(struct bl_text *out, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		char c = upper(text[i]);

		bl_text_add(out, &c, 1);
	}
}

void bl_sql_add_name(struct bl_text *out, const char *name)
{
	size_t length = strlen(name);

	if (is_plain(name, length) && bl_sql_keyword(name, length) != BL_SQL_RESERVED)
		bl_text_add(out, name, length);
	else
		add_quoted(out, name, length);
}

/* A name in quotes; where they say nothing it is as without them. */
static void add_name_token(struct bl_text *out, const struct bl_sql_token *token)
{
	struct bl_pool pool;
	const char *name;

	bl_pool_init(&pool, out->allocator);
	name = bl_sql_name(&pool, token);
	out->failed |= pool.failed;
	if (bl_sql_keyword(name, strlen(name)) == BL_SQL_SOFT)
		add_upper(out, name, strlen(name));
	else
		bl_sql_add_name(out, name);
	bl_pool_release(&pool);
}

static bool is_keyword(const struct bl_sql_token *token)
{
	return token->kind == BL_SQL_WORD && bl_sql_keyword(token->text, token->length);
}

/* One canonical form for what stands between two tokens. */
static bool wants_space(const struct bl_sql_token *before, const struct bl_sql_token *token)
{
	if (bl_sql_is_mark(before, '(') || bl_sql_is_mark(before, '.'))
		return false;
	if (bl_sql_is_mark(token, '('))
		return is_keyword(before) ||
		       (before->kind != BL_SQL_WORD && before->kind != BL_SQL_NAME);
	return !bl_sql_is_mark(token, ')') && !bl_sql_is_mark(token, ',') &&
	       !bl_sql_is_mark(token, '.') && !bl_sql_is_mark(token, ';');
}

void bl_sql_add(struct bl_text *out, const struct bl_sql_token *from, const struct bl_sql_token *to)
{
	for (const struct bl_sql_token *token = from; token < to; token++) {
		bool collation = token > from && bl_sql_is(token - 1, "COLLATE");

		if (token > from && wants_space(token - 1, token))
			bl_text_add(out, " ", 1);
		if (token->kind == BL_SQL_NAME)
			add_name_token(out, token);
		else if (is_keyword(token) || (collation && token->kind == BL_SQL_WORD))
			add_upper(out, token->text, token->length);
		else
			bl_text_add(out, token->text, token->length);
	}
}
