/*
 * Lexer: from the text of a source to its tokens.
 *
 * One re2c condition for each dialect. The SQLite condition follows SQLite's tokenizer byte for
 * byte, but refuses what SQLite lets pass and nobody means: a comment that is never closed would
 * silently swallow the rest of the file. The text ends with a NUL that no rule can step over, so no
 * rule asks for the end of the input in the middle of a token. Lines are not counted here:
 * positions are looked up when someone asks.
 */
#include "lexer.h"

#include <string.h>

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
	  "put a space before the parenthesis, or quote the text as a string")

#define LEXER_NUMBER(name, stops, rule, message, help) LEXER_##name,
enum {
	LEXER_UNEXPECTED = TOKEN_BLOCK_COMMENT + 1,
	LEXER_FAULTS(LEXER_NUMBER)
};
#undef LEXER_NUMBER

/*!conditions:re2c*/

struct lexer {
	const struct source *source;
	enum YYCONDTYPE condition;
	const char *token; /* where the current token begins */
	const char *cursor;
	const char *limit; /* the NUL after the text */
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

/* The next token's kind, or that of a fault; its text is from lexer->token to lexer->cursor. */
static int scan_token(struct lexer *lexer)
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
	fault = &faults[kind - LEXER_UNEXPECTED - 1];
	diagnostic_at(diag, SEVERITY_ERROR, fault->rule, lexer->source,
		      (uint32_t)(lexer->token - lexer->source->text),
		      (uint32_t)(lexer->cursor - lexer->token), "%s", fault->message);
	diagnostic_help(diag, "%s", fault->help);
	return !fault->stops;
}

/* Usual SQL has a token every five to eight bytes: with this guess most files never grow. */
#define LEXER_BYTES_PER_TOKEN 5

/* Takes every token up to the end or to a fault that makes the rest unreadable. Returns 0 or -1. */
static int scan_all(struct lexer *lexer, struct arena *arena, struct tokens *tokens,
		    struct diagnostics *diag)
{
	size_t capacity = lexer->source->length / LEXER_BYTES_PER_TOKEN + 16;
	int kind = TOKEN_SEMICOLON;
	int rc = 0;

	tokens->count = 0;
	tokens->items = arena_alloc(arena, capacity, sizeof(*tokens->items));
	while (kind != TOKEN_END) {
		kind = scan_token(lexer);
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
	}
	return rc;
}

int lexer_run(const struct source *source, enum database database, struct arena *arena,
	      struct tokens *tokens, struct diagnostics *diag)
{
	struct lexer lexer = { .source = source,
			       .cursor = source->text,
			       .limit = source->text + source->length };

	switch (database) {
	case DATABASE_SQLITE:
		lexer.condition = yycsqlite;
		return scan_all(&lexer, arena, tokens, diag);
	case DATABASE_POSTGRES:
		break;
	}
	diagnostic_path(diag, SEVERITY_ERROR, "database", source->path,
			"this database is not supported yet");
	diagnostic_help(diag, "use --database sqlite");
	return -1;
}
