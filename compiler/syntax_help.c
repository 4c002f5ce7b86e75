/*
 * Help of the syntax stage.
 *
 * The parser says where it stopped and nothing else. Most slips are few: a keyword misspelt, a
 * comma before a closing parenthesis, a variable of psql, a reserved word for a name.
 */
#include "syntax_help.h"

#include <string.h>

#include "statement.h"
#include "support/text.h"

static const char *const keywords[] = {
	"ADD",	      "ALTER",	      "ALWAYS",	  "AS",	       "BEGIN",	       "BY",
	"CASCADE",    "CHECK",	      "COLUMN",	  "COMMENT",   "CONCURRENTLY", "CONFLICT",
	"CONSTRAINT", "CREATE",	      "DATABASE", "DEFAULT",   "DELETE",       "DISTINCT",
	"DO",	      "DROP",	      "EACH",	  "ENUM",      "EXCEPT",       "EXECUTE",
	"EXISTS",     "EXTENSION",    "FOREIGN",  "FROM",      "FUNCTION",     "GENERATED",
	"GRANT",      "GROUP",	      "HAVING",	  "IDENTITY",  "INDEX",	       "INNER",
	"INSERT",     "INTO",	      "JOIN",	  "KEY",       "LANGUAGE",     "LEFT",
	"LIMIT",      "MATERIALIZED", "NOTHING",  "NOT",       "NULL",	       "ONLY",
	"ORDER",      "OUTER",	      "OWNER",	  "PARTITION", "POLICY",       "PRIMARY",
	"PROCEDURE",  "REFERENCES",   "RENAME",	  "REPLACE",   "RESTRICT",     "RETURNING",
	"RETURNS",    "REVOKE",	      "RIGHT",	  "SCHEMA",    "SELECT",       "SEQUENCE",
	"SET",	      "STORED",	      "TABLE",	  "TEMPORARY", "TO",	       "TRIGGER",
	"TRUNCATE",   "TYPE",	      "UNION",	  "UNIQUE",    "UPDATE",       "USING",
	"VALUES",     "VIEW",	      "WHERE",	  "WITH",
};

/* Words that look like good names and are reserved by the grammar. */
static const char *const reserved[] = {
	"ALL",	  "ANALYZE", "CHECK", "DEFAULT", "DESC", "END",	 "GROUP",  "LIMIT",
	"OFFSET", "ORDER",   "TABLE", "TO",	 "USER", "WHEN", "WINDOW",
};

static bool is_listed(const struct section *section, struct token token, const char *const *words,
		      size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (statement_is(section->source, token, words[i]))
			return true;
	return false;
}

/* The keyword that a word was probably meant to be, or NULL. */
static const char *meant(const struct section *section, struct token token, struct arena *arena)
{
	size_t count = sizeof(keywords) / sizeof(*keywords);
	char *word;

	if (token.kind != TOKEN_WORD || token.length < 4 ||
	    is_listed(section, token, keywords, count))
		return NULL;
	word = arena_copy(arena, section->source->text + token.offset, token.length);
	for (char *c = word; *c; c++)
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
	return text_nearest(word, keywords, count);
}

/* The last token before an offset that is no comment; TOKEN_END when it is the first. */
static struct token token_before(const struct section *section, const struct statement *statement,
				 uint32_t offset)
{
	struct token before = { TOKEN_END, offset, 0 };

	for (uint32_t i = 0; i < statement->token_count; i++) {
		struct token token = section->tokens->items[statement->first_token + i];

		if (token.offset >= offset)
			break;
		if (!statement_is_comment(token))
			before = token;
	}
	return before;
}

static bool is_sign(const struct section *section, struct token token, char c)
{
	return token.kind == TOKEN_OPERATOR && section->source->text[token.offset] == c;
}

/* A word that begins a statement, first on its line: what stands before it was meant to be over. */
static bool begins_line(const struct section *section, struct token token)
{
	static const char *const words[] = { "ALTER",  "COMMENT", "CREATE", "DELETE",
					     "DO",     "DROP",	  "GRANT",  "INSERT",
					     "REVOKE", "SELECT",  "UPDATE", "WITH" };
	const char *text = section->source->text;

	if (!is_listed(section, token, words, sizeof(words) / sizeof(*words)))
		return false;
	return token.offset > 0 && text[token.offset - 1] == '\n';
}

const char *syntax_help(const struct section *section, const struct statement *statement,
			struct token token, struct arena *arena)
{
	struct token before = token_before(section, statement, token.offset);
	const char *keyword = meant(section, token, arena);

	if (before.kind == TOKEN_COMMA &&
	    (token.kind == TOKEN_RIGHT || token.kind == TOKEN_END || token.kind == TOKEN_COMMA ||
	     statement_is(section->source, token, "FROM")))
		return "delete the comma before it";
	if (begins_line(section, token))
		return "end the statement before it with a semicolon";
	if (is_sign(section, token, ':'))
		return "the variables of psql are not filled in: write the value itself";
	if (is_sign(section, token, '%') || is_sign(section, token, '?'))
		return "placeholders are not filled in: write the value itself";
	if (is_listed(section, token, reserved, sizeof(reserved) / sizeof(*reserved)))
		return arena_format(arena, "%.*s is reserved: as a name it stands in double quotes",
				    (int)token.length, section->source->text + token.offset);
	if (!keyword && before.kind == TOKEN_WORD)
		keyword = meant(section, before, arena);
	if (keyword)
		return arena_format(arena, "did you mean %s?", keyword);
	if (token.kind == TOKEN_END)
		return "the statement ends too early: write what is missing before its semicolon";
	return "compare it with "
	       "https://www.postgresql.org/docs/current/sql-commands.html";
}
