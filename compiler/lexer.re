/*
 * Lexer: from the text of a source to its tokens.
 *
 * One re2c condition for each dialect. The SQLite condition follows SQLite's tokenizer byte for
 * byte, but refuses what SQLite lets pass and nobody means: a comment that is never closed would
 * silently swallow the rest of the file. The PostgreSQL condition follows the chapter "Lexical
 * Structure" of its manual, for the newest version where they differ; what is psql's own (its
 * commands, and data behind COPY) is refused. The text ends with a NUL that no rule can step over,
 * so no rule asks for the end of the input in the middle of a token. Lines are not counted here:
 * positions are looked up when someone asks.
 */
#include "lexer.h"

#include <string.h>

#include "lexer_psql.h"
#include "support/arena.h"

/* Text that is no token: name, does the rest of the file become unreadable, rule, message, help. */
#define LEXER_FAULTS(X)                                                                          \
	X(STRING, true, "unterminated-string", "the string that begins here is never closed",      \
	  "close it with ', and write a quote inside it twice: 'it''s'")                           \
	X(IDENTIFIER, true, "unterminated-identifier",                                           \
	  "the quoted identifier that begins here is never closed",                                \
	  "close it with the matching quote: \"name\", `name` or [name]")                          \
	X(BLOB, true, "unterminated-blob", "the blob that begins here is never closed",            \
	  "close it with ': x'0aff'")                                                              \
	X(COMMENT, true, "unterminated-comment", "the comment that begins here is never closed",   \
	  "close it with */; SQLite would ignore the rest of the file without a word")             \
	X(COMMENT_END, false, "comment-end", "this */ closes no comment",                          \
	  "delete it; comments do not nest, the first */ closes all that was opened before it")    \
	X(BAD_BLOB, false, "malformed-blob", "a blob has an even number of hexadecimal digits",    \
	  "write two digits for each byte, and nothing else: x'0aff'")                             \
	X(BAD_NUMBER, false, "malformed-number", "a number and a name run into each other",        \
	  "put a space or an operator between them, or quote the name")                            \
	X(BAD_PARAMETER, false, "malformed-parameter", \
	  "the parameter's parenthesis is not closed",                                            \
	  "put a space before the parenthesis, or quote the text as a string")                      \
	X(DELIMITED, true, "unterminated-identifier",                                            \
	  "the quoted identifier that begins here is never closed",                                \
	  "close it with \", and write a quote inside it twice")                                   \
	X(NESTED, true, "unterminated-comment", "the comment that begins here is never closed",    \
	  "close it with */; comments nest, so each /* inside it needs a */ of its own")           \
	X(NESTED_END, false, "comment-end", "this */ closes no comment",                           \
	  "delete it, or put a space between the operators")                                       \
	X(DOLLAR, true, "unterminated-string",                                                     \
	  "the dollar-quoted string that begins here is never closed",                             \
	  "close it with the same tag; capitals and small letters differ in it")                   \
	X(ESCAPED, true, "unterminated-string", "the string that begins here is never closed",     \
	  "close it with '; in E'…' a backslash is written twice")                                 \
	X(BAD_DOLLAR, false, "malformed-parameter",                                                \
	  "a parameter and a name run into each other", "put a space or an operator between them") \
	X(PSQL, false, "psql-command", "", "")

#define LEXER_NUMBER(name, stops, rule, message, help) LEXER_##name,
enum {
	LEXER_UNEXPECTED = TOKEN_BLOCK_COMMENT + 1,
	LEXER_FAULTS(LEXER_NUMBER)
};
#undef LEXER_NUMBER

/*!conditions:re2c:postgres*/

struct lexer {
	const struct source *source;
	bool postgres;
	enum YYCONDTYPE condition; /* on PostgreSQL */
	const char *token; /* where the current token begins */
	const char *cursor;
	const char *limit;	/* the NUL after the text */
	const char *escape_end; /* where the last E'' ended, until the next string; NULL: none */
};

static int take(struct lexer *lexer, const char *token, const char *cursor, int kind)
{
	lexer->token = token;
	lexer->cursor = cursor;
	return kind;
}

/* To SQLite a byte order mark is white space where a token may begin, else part of a word. */
static bool is_mark(const char *token, const char *cursor)
{
	return cursor - token >= 3 && memcmp(token, "\xEF\xBB\xBF", 3) == 0;
}

/*
 * The next token's kind on SQLite, or that of a fault; its text is from lexer->token to
 * lexer->cursor.
 */
static int scan_sqlite(struct lexer *lexer)
{
	const char *cursor = lexer->cursor;
	const char *marker;
	const char *token;

next:
	token = cursor;
	/*!re2c
	re2c:yyfill:enable = 0;
	re2c:define:YYCTYPE = "unsigned char";
	re2c:define:YYCURSOR = cursor;
	re2c:define:YYMARKER = marker;
	re2c:define:YYGETCONDITION = "lexer->condition";
	re2c:define:YYGETCONDITION:naked = 1;
	re2c:api = custom;
	re2c:api:style = free-form;
	re2c:define:YYPEEK = "(unsigned char)*cursor";
	re2c:define:YYSKIP = "++cursor;";
	re2c:define:YYBACKUP = "marker = cursor;";
	re2c:define:YYRESTORE = "cursor = marker;";

	end        = "\x00";
	digit      = [0-9];
	hex        = [0-9A-Fa-f];

	// SQLite. A vertical tab is white space after other white space only.
	space      = [\t\n\f\r ] [\t\n\v\f\r ]*;
	mark       = "\xEF\xBB\xBF";
	line       = "--" [^\n\x00]*;
	block      = "/*" ([^*\x00] | "*"+ [^*\x2F\x00])* "*"+ "/";
	id_start   = [A-Za-z_\x80-\xEE\xF0-\xFF];
	id_part    = [A-Za-z0-9_$\x80-\xFF];
	digits     = digit ("_"? digit)*;
	exponent   = [eE] [+-]? digits;
	number     = (digits ("." digits?)? | "." digits) exponent?;
	hex_number = "0" [xX] hex ("_"? hex)*;
	string     = ['] ([^'\x00] | "''")*;
	double     = ["] ([^"\x00] | ["]["])*;
	backquoted = [`] ([^`\x00] | "``")*;
	bracketed  = "[" [^\]\x00]*;
	parameter  = [$@:#] "::"* id_part (id_part | "::")*;
	suffix     = "(" [^\t\n\v\f\r )\x00]*;
	operator   = "->>" | "->" | "||" | "<<" | ">>" | "<=" | ">=" | "<>" | "!=" | "=="
	           | [-+*/%=<>|&~];

	<sqlite> space | mark        { goto next; }
	<sqlite> id_start id_part*   { return take(lexer, token, cursor, TOKEN_WORD); }
	<sqlite> "\xEF" id_part*     {
		if (!is_mark(token, cursor))
			return take(lexer, token, cursor, TOKEN_WORD);
		cursor = token + 3;
		goto next;
	}
	<sqlite> double ["] | backquoted [`] | bracketed "]" {
		return take(lexer, token, cursor, TOKEN_QUOTED);
	}
	<sqlite> string [']          { return take(lexer, token, cursor, TOKEN_STRING); }
	<sqlite> [xX]['] (hex hex)*['] { return take(lexer, token, cursor, TOKEN_BLOB); }
	<sqlite> number | hex_number { return take(lexer, token, cursor, TOKEN_NUMBER); }
	<sqlite> "?" digit*          { return take(lexer, token, cursor, TOKEN_PARAMETER); }
	<sqlite> parameter (suffix ")")? { return take(lexer, token, cursor, TOKEN_PARAMETER); }
	<sqlite> ";"                 { return take(lexer, token, cursor, TOKEN_SEMICOLON); }
	<sqlite> "("                 { return take(lexer, token, cursor, TOKEN_LEFT); }
	<sqlite> ")"                 { return take(lexer, token, cursor, TOKEN_RIGHT); }
	<sqlite> ","                 { return take(lexer, token, cursor, TOKEN_COMMA); }
	<sqlite> "."                 { return take(lexer, token, cursor, TOKEN_DOT); }
	<sqlite> operator            { return take(lexer, token, cursor, TOKEN_OPERATOR); }
	<sqlite> line                { return take(lexer, token, cursor, TOKEN_LINE_COMMENT); }
	<sqlite> block               { return take(lexer, token, cursor, TOKEN_BLOCK_COMMENT); }

	// What is not SQL. The longest match wins, so these are reached only when nothing above is
	// longer. A doubled quote never closes, even when nothing else is left that could.
	<sqlite> string              { return take(lexer, token, token + 1, LEXER_STRING); }
	<sqlite> double | backquoted | bracketed {
		return take(lexer, token, token + 1, LEXER_IDENTIFIER);
	}
	<sqlite> [xX][']             { return take(lexer, token, cursor, LEXER_BLOB); }
	<sqlite> "/*"                { return take(lexer, token, cursor, LEXER_COMMENT); }
	<sqlite> "*" "/"             { return take(lexer, token, cursor, LEXER_COMMENT_END); }
	<sqlite> [xX]['] [^'\x00]* ['] { return take(lexer, token, cursor, LEXER_BAD_BLOB); }
	<sqlite> number id_part+     { return take(lexer, token, cursor, LEXER_BAD_NUMBER); }
	<sqlite> parameter suffix    { return take(lexer, token, cursor, LEXER_BAD_PARAMETER); }
	<sqlite> end                 {
		if (token < lexer->limit)
			return take(lexer, token, cursor, LEXER_UNEXPECTED);
		return take(lexer, token, token, TOKEN_END);
	}
	<sqlite> *                   { return take(lexer, token, cursor, LEXER_UNEXPECTED); }
	*/
}

/*
 * Strings are one literal when nothing but white space with a line's end, and line comments, stand
 * between them; a backslash escapes in all of them when it does in the first. They stay tokens of
 * their own, so that a comment between them is a comment.
 */
static bool continues_escape(struct lexer *lexer, const char *token)
{
	const char *c = lexer->escape_end;
	bool line_end = false;

	lexer->escape_end = NULL;
	while (c && c < token) {
		if (c[0] == '-' && c[1] == '-') {
			c += strcspn(c, "\n\r");
			continue;
		}
		if (!strchr(" \t\n\v\f\r", *c))
			return false;
		line_end |= *c == '\n' || *c == '\r';
		c++;
	}
	return line_end;
}

/* Comments nest. */
static int take_comment(struct lexer *lexer, const char *token)
{
	const char *cursor = token;
	uint32_t depth = 0;

	while ((cursor = strpbrk(cursor, "*/"))) {
		bool opens = cursor[0] == '/' && cursor[1] == '*';
		bool closes = cursor[0] == '*' && cursor[1] == '/';

		cursor += opens || closes ? 2 : 1;
		depth += opens;
		if (closes && --depth == 0)
			return take(lexer, token, cursor, TOKEN_BLOCK_COMMENT);
	}
	return take(lexer, token, token + 2, LEXER_NESTED);
}

/* The string that the tag from `token` to `cursor` opens: up to the same tag. */
static int take_dollar(struct lexer *lexer, const char *token, const char *cursor)
{
	size_t length = (size_t)(cursor - token);
	const char *end = cursor;

	for (; (end = strchr(end, '$')); end++)
		if (strncmp(end, token, length) == 0)
			return take(lexer, token, end + length, TOKEN_STRING);
	return take(lexer, token, cursor, LEXER_DOLLAR);
}

/*
 * The end of the operator that begins at `token` and is at most up to `cursor`: a comment inside
 * ends it, and + or - is its last character only where it holds one of ~ ! @ # % ^ & | ` ?
 */
static const char *operator_end(const char *token, const char *cursor)
{
	bool open = false;

	for (const char *c = token; c < cursor; c++) {
		if (c > token && ((c[0] == '-' && c[1] == '-') || (c[0] == '/' && c[1] == '*'))) {
			cursor = c;
			break;
		}
		open |= strchr("~!@#%^&|`?", *c) != NULL;
	}
	while (!open && cursor - token > 1 && (cursor[-1] == '+' || cursor[-1] == '-'))
		cursor--;
	return cursor;
}

/* The same for PostgreSQL. */
static int scan_postgres(struct lexer *lexer)
{
	const char *cursor = lexer->cursor;
	const char *marker;
	const char *token;

next:
	token = cursor;
	/*!re2c:postgres
	// PostgreSQL. A carriage return ends a line comment too.
	pg_space   = [\t\n\v\f\r ]+;
	pg_line    = "--" [^\n\r\x00]*;
	pg_start   = [A-Za-z_\x80-\xFF];
	pg_part    = [A-Za-z0-9_$\x80-\xFF];
	pg_tag     = "$" (pg_start [A-Za-z0-9_\x80-\xFF]*)? "$";
	pg_prefix  = [bBnNxX] | [uU] "&";
	pg_escape  = ['] ([^'\\\x00] | "''" | "\\" [^\x00])*;
	pg_double  = ([uU] "&")? double;
	pg_number  = (digits ("." digits?)? | "." digits) exponent?
	           | "0" [xX] ("_"? hex)+ | "0" [oO] ("_"? [0-7])+ | "0" [bB] ("_"? [01])+;
	pg_op      = [-~!@#^&|`?+*/%<>=]+;

	<postgres> pg_space          { goto next; }
	<postgres> pg_start pg_part* { return take(lexer, token, cursor, TOKEN_WORD); }
	<postgres> pg_double ["]     { return take(lexer, token, cursor, TOKEN_QUOTED); }
	<postgres> string [']        {
		if (lexer->escape_end && continues_escape(lexer, token))
			goto escape;
		return take(lexer, token, cursor, TOKEN_STRING);
	}
	<postgres> pg_prefix string ['] { return take(lexer, token, cursor, TOKEN_STRING); }
	<postgres> [eE] pg_escape ['] {
		lexer->escape_end = cursor;
		return take(lexer, token, cursor, TOKEN_STRING);
	}
	<postgres> pg_tag            { return take_dollar(lexer, token, cursor); }
	<postgres> pg_number         { return take(lexer, token, cursor, TOKEN_NUMBER); }
	<postgres> digits ".."       { return take(lexer, token, cursor - 2, TOKEN_NUMBER); }
	<postgres> "$" digit+        { return take(lexer, token, cursor, TOKEN_PARAMETER); }
	<postgres> ";"               { return take(lexer, token, cursor, TOKEN_SEMICOLON); }
	<postgres> "("               { return take(lexer, token, cursor, TOKEN_LEFT); }
	<postgres> ")"               { return take(lexer, token, cursor, TOKEN_RIGHT); }
	<postgres> ","               { return take(lexer, token, cursor, TOKEN_COMMA); }
	<postgres> "."               { return take(lexer, token, cursor, TOKEN_DOT); }
	<postgres> "::" | ":=" | ":" | ".." | "[" | "]" {
		return take(lexer, token, cursor, TOKEN_OPERATOR);
	}
	<postgres> pg_line           { return take(lexer, token, cursor, TOKEN_LINE_COMMENT); }
	<postgres> pg_op             {
		if (token[0] == '/' && token[1] == '*')
			return take_comment(lexer, token);
		cursor = operator_end(token, cursor);
		if (cursor - token == 2 && token[0] == '*' && token[1] == '/')
			return take(lexer, token, cursor, LEXER_NESTED_END);
		return take(lexer, token, cursor, TOKEN_OPERATOR);
	}

	<postgres> string            {
		if (lexer->escape_end && continues_escape(lexer, token))
			goto escape;
		return take(lexer, token, token + 1, LEXER_STRING);
	}
	<postgres> pg_prefix string  { return take(lexer, token, token + 1, LEXER_STRING); }
	<postgres> [eE] pg_escape    { return take(lexer, token, token + 1, LEXER_ESCAPED); }
	<postgres> pg_double         { return take(lexer, token, token + 1, LEXER_DELIMITED); }
	<postgres> pg_number pg_start pg_part* {
		return take(lexer, token, cursor, LEXER_BAD_NUMBER);
	}
	<postgres> "$" digit+ pg_start pg_part* {
		return take(lexer, token, cursor, LEXER_BAD_DOLLAR);
	}
	<postgres> "\\" [a-zA-Z!?.] [^\n\r\x00]* {
		if (lexer_psql_begins(lexer->source->text, token))
			return take(lexer, token, cursor, LEXER_PSQL);
		return take(lexer, token, token + 1, LEXER_UNEXPECTED);
	}
	<postgres> end               {
		if (token < lexer->limit)
			return take(lexer, token, cursor, LEXER_UNEXPECTED);
		return take(lexer, token, token, TOKEN_END);
	}
	<postgres> *                 { return take(lexer, token, cursor, LEXER_UNEXPECTED); }

	// A string that continues an E''.
	<escape> pg_escape [']       {
		lexer->condition = yycpostgres;
		lexer->escape_end = cursor;
		return take(lexer, token, cursor, TOKEN_STRING);
	}
	<escape> *                   {
		lexer->condition = yycpostgres;
		return take(lexer, token, token + 1, LEXER_ESCAPED);
	}
	*/

escape:
	lexer->condition = yycescape;
	cursor = token;
	goto next;
}

static const char *unexpected_help(char c)
{
	switch (c) {
	case '\\':
		return "a backslash escapes nothing in SQL; a quote inside a string is written "
		       "twice";
	case '{':
	case '}':
		return "placeholders are not filled in: write the SQL that shall run";
	case ':':
		return "write CAST(value AS type) for a cast";
	case '!':
		return "write NOT, or != to compare";
	case '^':
		return "the operators on bits are & | ~ << >>";
	default:
		return "delete it, or put it inside quotes";
	}
}

/* Only ASCII gets here: every byte from 0x80 on may begin a word. */
static void report_unexpected(const struct lexer *lexer, struct diagnostics *diag)
{
	uint32_t offset = (uint32_t)(lexer->token - lexer->source->text);
	char c = *lexer->token;

	if (c > ' ' && c < 0x7f)
		diagnostic_at(diag, SEVERITY_ERROR, "unexpected-character", lexer->source, offset,
			      1, "unexpected character '%c'", c);
	else
		diagnostic_at(diag, SEVERITY_ERROR, "unexpected-character", lexer->source, offset,
			      1, "unexpected character U+%04X", (unsigned)c);
	diagnostic_help(diag, "%s", unexpected_help(c));
}

struct fault {
	int kind;
	bool stops;
	const char *rule;
	const char *message;
	const char *help;
};

#define LEXER_FAULT(name, stops, rule, message, help) { LEXER_##name, stops, rule, message, help },
static const struct fault faults[] = { LEXER_FAULTS(LEXER_FAULT) };
#undef LEXER_FAULT

/* Returns false when nothing after it can be told apart. */
static bool report(const struct lexer *lexer, int kind, struct diagnostics *diag)
{
	const struct fault *fault;

	if (kind == LEXER_UNEXPECTED) {
		report_unexpected(lexer, diag);
		return true;
	}
	if (kind == LEXER_PSQL) {
		lexer_psql_report(lexer->source, lexer->token, diag);
		return true;
	}
	fault = &faults[kind - LEXER_UNEXPECTED - 1];
	diagnostic_at(diag, SEVERITY_ERROR, fault->rule, lexer->source,
		      (uint32_t)(lexer->token - lexer->source->text),
		      (uint32_t)(lexer->cursor - lexer->token), "%s", fault->message);
	diagnostic_help(diag, "%s", fault->help);
	return !fault->stops;
}

/* Usual SQL has a token every five to eight bytes: with this guess most files never grow. */
#define LEXER_BYTES_PER_TOKEN 5

/*
 * A statement of PostgreSQL is over that began at token number `first`. psql would go on with the
 * data of a COPY, so these are stepped over. Returns false when they have no end.
 */
static bool end_statement(struct lexer *lexer, const struct tokens *tokens, uint32_t first, int *rc,
			  struct diagnostics *diag)
{
	enum lexer_copy copy = lexer_psql_copy(lexer->source, tokens, first, diag);

	if (copy == COPY_NONE)
		return true;
	*rc = -1;
	if (copy == COPY_IN)
		lexer->cursor = lexer_psql_data_end(lexer->cursor);
	return lexer->cursor != NULL;
}

/* Takes every token up to the end or to a fault that makes the rest unreadable. Returns 0 or -1. */
static int scan_all(struct lexer *lexer, struct arena *arena, struct tokens *tokens,
		    struct diagnostics *diag)
{
	size_t capacity = lexer->source->length / LEXER_BYTES_PER_TOKEN + 16;
	const bool postgres = lexer->postgres;
	int kind = TOKEN_SEMICOLON;
	uint32_t first = 0;
	int rc = 0;

	tokens->count = 0;
	tokens->items = arena_alloc(arena, capacity, sizeof(*tokens->items));
	while (kind != TOKEN_END) {
		kind = postgres ? scan_postgres(lexer) : scan_sqlite(lexer);
		if (kind >= LEXER_UNEXPECTED) {
			rc = -1;
			if (!report(lexer, kind, diag))
				break;
			continue;
		}
		if (tokens->count == capacity)
			tokens->items = arena_grow(arena, tokens->items, tokens->count, &capacity,
						   sizeof(*tokens->items));
		tokens->items[tokens->count++] = (struct token){
			(uint32_t)kind,
			(uint32_t)(lexer->token - lexer->source->text),
			(uint32_t)(lexer->cursor - lexer->token),
		};
		if (postgres && (kind == TOKEN_SEMICOLON || kind == TOKEN_END)) {
			if (!end_statement(lexer, tokens, first, &rc, diag))
				break;
			first = tokens->count;
		}
	}
	return rc;
}

int lexer_run(const struct source *source, enum database database, struct arena *arena,
	      struct tokens *tokens, struct diagnostics *diag)
{
	struct lexer lexer = { .source = source,
			       .postgres = database == DATABASE_POSTGRES,
			       .condition = yycpostgres,
			       .cursor = source->text,
			       .limit = source->text + source->length };

	return scan_all(&lexer, arena, tokens, diag);
}
