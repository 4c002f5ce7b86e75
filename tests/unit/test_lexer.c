/* The lexer: SQLite's tokens, and what is said about text that is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "stages.h"
#include "support/buffer.h"

static const char *const kind_names[] = { "end",    "word",	 "quoted",   "string", "blob",
					  "number", "parameter", ";",	     "(",      ")",
					  ",",	    ".",	 "operator", "line",   "block" };

/* Asserts that the text lexes, as "kind<text>" one after another. */
static void assert_tokens(const char *text, const char *expected)
{
	struct stages stages;
	struct buffer all = BUFFER_INIT;

	stages_init(&stages, text, strlen(text), SOURCE_BOTH);
	assert_int_equal(stages_lex(&stages), 0);
	assert_string_equal(stages_report(&stages), "");
	buffer_add_text(&all, "");
	for (uint32_t i = 0; i < stages.part.tokens.count; i++) {
		struct token token = stages.part.tokens.items[i];

		buffer_add_text(&all, i ? " " : "");
		buffer_add_text(&all, kind_names[token.kind]);
		if (token.kind == TOKEN_END)
			break;
		buffer_add_text(&all, "<");
		buffer_add(&all, stages.source.text + token.offset, token.length);
		buffer_add_text(&all, ">");
	}
	assert_string_equal(all.text, expected);
	buffer_release(&all);
	stages_release(&stages);
}

/* Asserts that the text is refused with exactly this report. */
static void assert_refused(const char *text, const char *expected)
{
	struct stages stages;

	stages_init(&stages, text, strlen(text), SOURCE_BOTH);
	assert_int_equal(stages_lex(&stages), -1);
	assert_string_equal(stages_report(&stages), expected);
	stages_release(&stages);
}

static void empty_text_is_the_end(void **state)
{
	(void)state;
	assert_tokens("", "end");
	assert_tokens(" \t\n\f\r\n", "end");
}

static void words_hold_dollars_and_every_byte_from_0x80(void **state)
{
	(void)state;
	assert_tokens("select _a1 a$b$c grün \xF0\x9F\x90\xA6x",
		      "word<select> word<_a1> word<a$b$c> word<grün> word<\xF0\x9F\x90\xA6x> end");
}

static void quotes_are_doubled_inside_quotes(void **state)
{
	(void)state;
	assert_tokens("'it''s' '' ''''", "string<'it''s'> string<''> string<''''> end");
	assert_tokens("\"a\"\"b\" `a``b` [a b]",
		      "quoted<\"a\"\"b\"> quoted<`a``b`> quoted<[a b]> end");
	assert_tokens("'a\nb;--c' \"/*\"", "string<'a\nb;--c'> quoted<\"/*\"> end");
}

static void a_bracket_closes_at_the_first_one(void **state)
{
	(void)state;
	assert_tokens("[a[b]c", "quoted<[a[b]> word<c> end");
}

static void a_backslash_escapes_nothing(void **state)
{
	(void)state;
	assert_tokens("'a\\' b", "string<'a\\'> word<b> end");
}

static void blobs_have_an_even_number_of_digits(void **state)
{
	(void)state;
	assert_tokens("x'' X'0aFF' xy'a'", "blob<x''> blob<X'0aFF'> word<xy> string<'a'> end");
	assert_refused("SELECT x'0';",
		       "1:8+4 a blob has an even number of hexadecimal digits [malformed-blob] | "
		       "write two digits for each byte, and nothing else: x'0aff'\n");
	assert_refused("x'0g'",
		       "1:1+5 a blob has an even number of hexadecimal digits [malformed-blob] | "
		       "write two digits for each byte, and nothing else: x'0aff'\n");
}

static void numbers_have_fractions_exponents_and_separators(void **state)
{
	(void)state;
	assert_tokens("0 12 1.5 1. .5 1e9 1E+9 1.5e-3 .5e1 1_000",
		      "number<0> number<12> number<1.5> number<1.> number<.5> number<1e9> "
		      "number<1E+9> number<1.5e-3> number<.5e1> number<1_000> end");
	assert_tokens("0x1F 0XAB 1..2 1-2",
		      "number<0x1F> number<0XAB> number<1.> number<.2> number<1> operator<-> "
		      "number<2> end");
}

static void a_number_does_not_run_into_a_name(void **state)
{
	(void)state;
	assert_refused("a 12abc",
		       "1:3+5 a number and a name run into each other [malformed-number] | put a "
		       "space or an operator between them, or quote the name\n");
	assert_refused("1e+ 0x 0xfg 1__0",
		       "1:1+2 a number and a name run into each other [malformed-number] | put a "
		       "space or an operator between them, or quote the name\n"
		       "1:5+2 a number and a name run into each other [malformed-number] | put a "
		       "space or an operator between them, or quote the name\n"
		       "1:8+4 a number and a name run into each other [malformed-number] | put a "
		       "space or an operator between them, or quote the name\n"
		       "1:13+4 a number and a name run into each other [malformed-number] | put a "
		       "space or an operator between them, or quote the name\n");
}

static void parameters_have_five_forms(void **state)
{
	(void)state;
	assert_tokens("? ?12 :a @a1 $a $a::b(c) #x ?a",
		      "parameter<?> parameter<?12> parameter<:a> parameter<@a1> parameter<$a> "
		      "parameter<$a::b(c)> parameter<#x> parameter<?> word<a> end");
	assert_tokens(":a (b)", "parameter<:a> (<(> word<b> )<)> end");
	assert_refused("$a(b c)", "1:1+4 the parameter's parenthesis is not closed "
				  "[malformed-parameter] | put a space before the parenthesis, or "
				  "quote the text as a string\n");
}

static void operators_match_longest(void **state)
{
	(void)state;
	assert_tokens(
		"->> -> - || << <= <> < >> >= > != == =",
		"operator<->>> operator<->> operator<-> operator<||> operator<<<> operator<<=> "
		"operator<<>> operator<<> operator<>>> operator<>=> operator<>> operator<!=> "
		"operator<==> operator<=> end");
	assert_tokens(
		"->>->-||<<<=<><>>=",
		"operator<->>> operator<->> operator<-> operator<||> operator<<<> operator<<=> "
		"operator<<>> operator<<>> operator<>=> end");
	assert_tokens("+/ *%&~|||",
		      "operator<+> operator</> operator<*> operator<%> operator<&> operator<~> "
		      "operator<||> operator<|> end");
	assert_tokens("(a,b.c);", "(<(> word<a> ,<,> word<b> .<.> word<c> )<)> ;<;> end");
}

static void comments_are_tokens_and_do_not_nest(void **state)
{
	(void)state;
	assert_tokens("--a\n-- b;'", "line<--a> line<-- b;'> end");
	assert_tokens("a/**/b/***/c/* ' -- \n;*/",
		      "word<a> block</**/> word<b> block</***/> word<c> block</* ' -- \n;*/> end");
	assert_tokens("/*/ a */", "block</*/ a */> end");
	assert_refused(
		"/* a /* b */ c */",
		"1:16+2 this */ closes no comment [comment-end] | delete it; comments do not "
		"nest, the first */ closes all that was opened before it\n");
}

static void an_unterminated_token_is_reported_at_its_opening(void **state)
{
	(void)state;
	assert_refused("SELECT 1;\n  SELECT 'it''s\n;",
		       "2:10+1 the string that begins here is never closed [unterminated-string] | "
		       "close it with ', and write a quote inside it twice: 'it''s'\n");
	assert_refused("a \"b", "1:3+1 the quoted identifier that begins here is never closed "
				"[unterminated-identifier] | close it with the matching quote: "
				"\"name\", `name` or [name]\n");
	assert_refused("a `b", "1:3+1 the quoted identifier that begins here is never closed "
			       "[unterminated-identifier] | close it with the matching quote: "
			       "\"name\", `name` or [name]\n");
	assert_refused("a [b", "1:3+1 the quoted identifier that begins here is never closed "
			       "[unterminated-identifier] | close it with the matching quote: "
			       "\"name\", `name` or [name]\n");
	assert_refused("\n\tx'0a", "2:2+2 the blob that begins here is never closed "
				   "[unterminated-blob] | close it with ': x'0aff'\n");
	assert_refused(
		"a /* b * /",
		"1:3+2 the comment that begins here is never closed [unterminated-comment] | "
		"close it with */; SQLite would ignore the rest of the file without a word\n");
	assert_refused("/*", "1:1+2 the comment that begins here is never closed "
			     "[unterminated-comment] | close it with */; SQLite would ignore the "
			     "rest of the file without a word\n");
}

static void an_unexpected_character_is_named(void **state)
{
	(void)state;
	assert_refused(
		"\\d",
		"1:1+1 unexpected character '\\' [unexpected-character] | a backslash escapes "
		"nothing in SQL; a quote inside a string is written twice\n");
	assert_refused("a \x01 b",
		       "1:3+1 unexpected character U+0001 [unexpected-character] | delete "
		       "it, or put it inside quotes\n");
	assert_refused("\x7F",
		       "1:1+1 unexpected character U+007F [unexpected-character] | delete it, "
		       "or put it inside quotes\n");
	assert_refused("grün {",
		       "1:6+1 unexpected character '{' [unexpected-character] | placeholders "
		       "are not filled in: write the SQL that shall run\n");
	assert_refused("a::b", "1:2+1 unexpected character ':' [unexpected-character] | write "
			       "CAST(value AS type) for a cast\n");
	assert_refused("!a",
		       "1:1+1 unexpected character '!' [unexpected-character] | write NOT, or != "
		       "to compare\n");
	assert_refused("\va",
		       "1:1+1 unexpected character U+000B [unexpected-character] | delete it, or "
		       "put it inside quotes\n");
}

static void all_errors_of_a_file_are_reported(void **state)
{
	(void)state;
	assert_refused(
		"a \\ b\n12c\nx'1' 'd",
		"1:3+1 unexpected character '\\' [unexpected-character] | a backslash escapes "
		"nothing in SQL; a quote inside a string is written twice\n"
		"2:1+3 a number and a name run into each other [malformed-number] | put a space "
		"or an operator between them, or quote the name\n"
		"3:1+4 a blob has an even number of hexadecimal digits [malformed-blob] | write "
		"two digits for each byte, and nothing else: x'0aff'\n"
		"3:6+1 the string that begins here is never closed [unterminated-string] | close "
		"it with ', and write a quote inside it twice: 'it''s'\n");
}

static void a_byte_order_mark_is_white_space_before_a_token(void **state)
{
	(void)state;
	assert_tokens("a \xEF\xBB\xBF"
		      "b c\xEF\xBB\xBF",
		      "word<a> word<b> word<c\xEF\xBB\xBF> end");
	assert_tokens(" \xEF\xBB\xBF", "end");
	assert_tokens("\xEF\xBC\xA1", "word<\xEF\xBC\xA1> end");
}

static void a_vertical_tab_is_white_space_after_other_white_space(void **state)
{
	(void)state;
	assert_tokens("a \v b", "word<a> word<b> end");
}

/* Every byte that is not white space belongs to exactly one token, in order. */
static void assert_covered(const struct stages *stages)
{
	const struct tokens *tokens = &stages->part.tokens;
	uint32_t offset = 0;

	for (uint32_t i = 0; i < tokens->count; i++) {
		assert_true(tokens->items[i].offset >= offset);
		for (; offset < tokens->items[i].offset; offset++)
			assert_non_null(strchr(" \t\n\v\f\r", stages->source.text[offset]));
		assert_true(tokens->items[i].length > 0 || tokens->items[i].kind == TOKEN_END);
		offset += tokens->items[i].length;
	}
	assert_int_equal(offset, stages->source.length);
	assert_int_equal(tokens->items[tokens->count - 1].kind, TOKEN_END);
}

static const char *const pieces[] = { "a",  "'b'", "\"c\"",  "[d]",   "`e`", "x'0a'", "1.5e3", "?1",
				      ":f", ";",   "(",	     ")",     ",",   ".",     "->>",   "|",
				      "<",  "=",   "-- g\n", "/*h*/", " ",   "\n",    "é" };

static void tokens_cover_every_byte_in_order(void **state)
{
	uint32_t seed = 1;
	uint32_t lexed = 0;

	(void)state;
	for (int round = 0; round < 5000; round++) {
		struct buffer text = BUFFER_INIT;
		struct stages stages;

		buffer_add_text(&text, "");
		for (int i = 0; i < 12; i++) {
			seed = seed * 1664525u + 1013904223u;
			buffer_add_text(&text,
					pieces[(seed >> 16) % (sizeof(pieces) / sizeof(*pieces))]);
		}
		stages_init(&stages, text.text, text.length, SOURCE_BOTH);
		if (stages_lex(&stages) == 0) {
			assert_covered(&stages);
			lexed++;
		}
		stages_release(&stages);
		buffer_release(&text);
	}
	print_message("sweep: %u texts covered by their tokens\n", lexed);
	assert_true(lexed > 1000);
}

/*
 * Bytes that meet in SQLite's tokenizer. Without `_`: since 3.46 it may stand between digits, and
 * this library may be older or newer than the one that will run the migration.
 */
static const char *const bytes[] = {
	"'", "\"", "`", "[", "]", "x", "X", "0", "1",  "9",  "a",  "f",	 "g", "$",    "@",
	":", "#",  "?", "(", ")", ".", "e", "E", "+",  "-",  "*",  "/",	 "%", "<",    ">",
	"=", "!",  "|", "&", "~", ";", ",", " ", "\n", "\v", "\t", "\\", "{", "\x80", "\xEF\xBB\xBF"
};

static void make_text(uint64_t *seed, char *text)
{
	int count = 1 + (int)(*seed >> 40) % 9;

	*text = '\0';
	for (int i = 0; i < count; i++) {
		const char *piece;

		*seed = *seed * 6364136223846793005u + 1442695040888963407u;
		piece = bytes[(*seed >> 33) % (sizeof(bytes) / sizeof(*bytes))];
		memcpy(text, piece, strlen(piece) + 1);
		text += strlen(piece);
	}
}

/* The first token that is neither comment nor semicolon; NULL when a fault comes first. */
static const struct token *first_token(const struct stages *stages)
{
	const struct token *token = stages->part.tokens.items;
	const struct token *end = token + stages->part.tokens.count;

	while (token < end &&
	       (token->kind == TOKEN_SEMICOLON || token->kind == TOKEN_LINE_COMMENT ||
		token->kind == TOKEN_BLOCK_COMMENT))
		token++;
	if (token == end || (stages->diag.count && stages->diag.items[0].offset < token->offset))
		return NULL;
	return token;
}

/* Refused although SQLite reads on: comments that are never closed, and a name behind 0x1. */
static bool is_stricter(const struct stages *stages)
{
	const char *rule = stages->diag.count ? stages->diag.items[0].rule : "";

	return strstr(rule, "comment") || strcmp(rule, "malformed-number") == 0;
}

/* None of these texts is SQL, so SQLite names the first token that it reads in its message. */
static bool assert_reads_alike(sqlite3 *db, const char *text)
{
	static const char near[] = "near \"";
	struct stages stages;
	const struct token *token;
	const char *message;
	sqlite3_stmt *statement = NULL;
	bool compared = true;

	sqlite3_prepare_v2(db, text, -1, &statement, NULL);
	sqlite3_finalize(statement);
	message = sqlite3_errmsg(db);
	stages_init(&stages, text, strlen(text), SOURCE_BOTH);
	stages_lex(&stages);
	token = first_token(&stages);
	if (stages.source.length != strlen(text) || is_stricter(&stages)) {
		compared = false;
	} else if (strncmp(message, "unrecognized token", 18) == 0) {
		if (token)
			fail_msg("<%s>: %s", text, message);
	} else if (strncmp(message, near, strlen(near)) == 0) {
		message += strlen(near);
		if (!token || strncmp(message, text + token->offset, token->length) != 0 ||
		    strcmp(message + token->length, "\": syntax error") != 0)
			fail_msg("<%s>: %s", text, message);
	} else {
		compared = false;
	}
	stages_release(&stages);
	return compared;
}

static void sqlite_reads_the_same_tokens(void **state)
{
	uint32_t rounds = getenv("BOBOLINK_TEST_ALL") ? 2000000 : 100000;
	uint32_t compared = 0;
	uint64_t seed = 1;
	char text[64];
	sqlite3 *db;

	(void)state;
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	for (uint32_t i = 0; i < rounds; i++) {
		make_text(&seed, text);
		compared += assert_reads_alike(db, text);
	}
	sqlite3_close(db);
	print_message("sweep: %u texts read as SQLite does\n", compared);
	assert_true(compared > rounds / 2);
}

static void a_long_text_grows_the_tokens(void **state)
{
	enum {
		COUNT = 300000
	};
	struct stages stages;
	struct buffer text = BUFFER_INIT;

	(void)state;
	for (int i = 0; i < COUNT; i++)
		buffer_add_text(&text, ",");
	stages_init(&stages, text.text, text.length, SOURCE_BOTH);
	assert_int_equal(stages_lex(&stages), 0);
	assert_int_equal(stages.part.tokens.count, COUNT + 1);
	assert_covered(&stages);
	stages_release(&stages);
	buffer_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_text_is_the_end),
		cmocka_unit_test(words_hold_dollars_and_every_byte_from_0x80),
		cmocka_unit_test(quotes_are_doubled_inside_quotes),
		cmocka_unit_test(a_bracket_closes_at_the_first_one),
		cmocka_unit_test(a_backslash_escapes_nothing),
		cmocka_unit_test(blobs_have_an_even_number_of_digits),
		cmocka_unit_test(numbers_have_fractions_exponents_and_separators),
		cmocka_unit_test(a_number_does_not_run_into_a_name),
		cmocka_unit_test(parameters_have_five_forms),
		cmocka_unit_test(operators_match_longest),
		cmocka_unit_test(comments_are_tokens_and_do_not_nest),
		cmocka_unit_test(an_unterminated_token_is_reported_at_its_opening),
		cmocka_unit_test(an_unexpected_character_is_named),
		cmocka_unit_test(all_errors_of_a_file_are_reported),
		cmocka_unit_test(a_byte_order_mark_is_white_space_before_a_token),
		cmocka_unit_test(a_vertical_tab_is_white_space_after_other_white_space),
		cmocka_unit_test(tokens_cover_every_byte_in_order),
		cmocka_unit_test(sqlite_reads_the_same_tokens),
		cmocka_unit_test(a_long_text_grows_the_tokens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
