/* The lexer: PostgreSQL's tokens, and what is said about text that is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "stages.h"
#include "support/buffer.h"

static const char *const kind_names[] = { "end", "w", "q", "s", "blob", "n",	"p",	";",
					  "(",	 ")", ",", ".", "o",	"line", "block" };

/* A text and its tokens, as "kind<text>" one after another, or the start of the report. */
struct row {
	const char *text;
	const char *expected;
};

static void describe(const struct stages *stages, struct buffer *all)
{
	buffer_add_text(all, "");
	for (uint32_t i = 0; i + 1 < stages->part.tokens.count; i++) {
		struct token token = stages->part.tokens.items[i];

		buffer_add_text(all, i ? " " : "");
		buffer_add_text(all, kind_names[token.kind]);
		buffer_add_text(all, "<");
		buffer_add(all, stages->source.text + token.offset, token.length);
		buffer_add_text(all, ">");
	}
}

static void assert_tokens(const struct row *row)
{
	struct buffer all = BUFFER_INIT;
	struct stages stages;

	stages_init(&stages, row->text, strlen(row->text), SOURCE_BOTH);
	stages.database = DATABASE_POSTGRES;
	if (stages_lex(&stages))
		fail_msg("%s: %s", row->text, stages_report(&stages));
	describe(&stages, &all);
	assert_string_equal(all.text, row->expected);
	buffer_release(&all);
	stages_release(&stages);
}

/* Asserts a single error; the row says "line:column+length rule". */
static void assert_refused(const struct row *row)
{
	struct stages stages;
	const struct diagnostic *first;
	char found[128];
	uint32_t line;
	uint32_t column;

	stages_init(&stages, row->text, strlen(row->text), SOURCE_BOTH);
	stages.database = DATABASE_POSTGRES;
	if (stages_lex(&stages) == 0)
		fail_msg("accepted: %s", row->text);
	if (stages.diag.count != 1)
		fail_msg("%s: %s", row->text, stages_report(&stages));
	first = &stages.diag.items[0];
	diagnostic_position(&stages.source, first->offset, &line, &column);
	(void)snprintf(found, sizeof(found), "%u:%u+%u %s", line, column, first->length,
		       first->rule);
	if (strcmp(found, row->expected) != 0)
		fail_msg("%s: found %s, expected %s", row->text, found, row->expected);
	assert_non_null(first->help);
	stages_release(&stages);
}

#define ASSERT_EACH(assert_row, rows)                                   \
	for (size_t row = 0; row < sizeof(rows) / sizeof(*rows); row++) \
	assert_row(&rows[row])

static void words_may_hold_dollars_and_any_letter(void **state)
{
	static const struct row rows[] = {
		{ "select _a1", "w<select> w<_a1>" },
		{ "a$b$c", "w<a$b$c>" },
		{ "a$$b$$", "w<a$$b$$>" },
		{ "grün \xC3\xA9$\xC3\xA9$", "w<grün> w<\xC3\xA9$\xC3\xA9$>" },
		{ "\xF0\x9F\x90\xA6x", "w<\xF0\x9F\x90\xA6x>" },
		{ "e u n b x u&", "w<e> w<u> w<n> w<b> w<x> w<u> o<&>" },
		{ "date'2020-01-01'", "w<date> s<'2020-01-01'>" },
	};

	(void)state;
	ASSERT_EACH(assert_tokens, rows);
}

static void quotes_are_doubled_inside_quotes(void **state)
{
	static const struct row rows[] = {
		{ "'it''s' '' ''''", "s<'it''s'> s<''> s<''''>" },
		{ "\"quoted \"\"identifiers\"\"\" \"a;--b\"",
		  "q<\"quoted \"\"identifiers\"\"\"> q<\"a;--b\">" },
		{ "U&\"d\\0061t\" u&'\\0441' UESCAPE '!'",
		  "q<U&\"d\\0061t\"> s<u&'\\0441'> w<UESCAPE> s<'!'>" },
		{ "B'01' x'1F' N'a' n'it''s'", "s<B'01'> s<x'1F'> s<N'a'> s<n'it''s'>" },
		{ "a.\"b\".c", "w<a> .<.> q<\"b\"> .<.> w<c>" },
	};

	(void)state;
	ASSERT_EACH(assert_tokens, rows);
}

static void a_backslash_escapes_in_e_strings_only(void **state)
{
	static const struct row rows[] = {
		{ "'a\\' b", "s<'a\\'> w<b>" },
		{ "E'a\\'' b", "s<E'a\\''> w<b>" },
		{ "e'\\\\' b", "s<e'\\\\'> w<b>" },
		{ "E'a''\\n\\';' ;", "s<E'a''\\n\\';'> ;<;>" },
		{ "ae'a\\' b", "w<ae> s<'a\\'> w<b>" },
	};

	(void)state;
	ASSERT_EACH(assert_tokens, rows);
}

/* One literal is several tokens, each read as the first one is. */
static void a_string_goes_on_after_a_line_end(void **state)
{
	static const struct row rows[] = {
		{ "'a'\n'b'", "s<'a'> s<'b'>" },
		{ "'a' -- c;'\n'b'", "s<'a'> line<-- c;'> s<'b'>" },
		{ "E'a'\n'b\\';' ;", "s<E'a'> s<'b\\';'> ;<;>" },
		{ "E'a' -- c\n -- d\n'b\\'' ;", "s<E'a'> line<-- c> line<-- d> s<'b\\''> ;<;>" },
		{ "E'a'\n'b\\''\n'c\\'' ;", "s<E'a'> s<'b\\''> s<'c\\''> ;<;>" },
		{ "E'a'\r'b\\'' ;", "s<E'a'> s<'b\\''> ;<;>" },
		/* no line end, another token or another comment between: a literal of its own */
		{ "E'a' 'b\\' ;", "s<E'a'> s<'b\\'> ;<;>" },
		{ "E'a',\n'b\\' ;", "s<E'a'> ,<,> s<'b\\'> ;<;>" },
		{ "E'a' /* \n */ 'b\\' ;", "s<E'a'> block</* \n */> s<'b\\'> ;<;>" },
		{ "E'a' -\n'b\\' ;", "s<E'a'> o<-> s<'b\\'> ;<;>" },
		{ "'a'\n'b\\' ;", "s<'a'> s<'b\\'> ;<;>" },
		{ "E'a'\nU&'b\\' ;", "s<E'a'> s<U&'b\\'> ;<;>" },
	};

	(void)state;
	ASSERT_EACH(assert_tokens, rows);
}

static void dollar_quotes_end_at_their_own_tag(void **state)
{
	static const struct row rows[] = {
		{ "$$it's; -- /* \" $1$$ ;", "s<$$it's; -- /* \" $1$$> ;<;>" },
		{ "$a$ $b$ ; $b$ $$ $a$;", "s<$a$ $b$ ; $b$ $$ $a$> ;<;>" },
		{ "$a$ $A$ $a$", "s<$a$ $A$ $a$>" },
		{ "$\xC3\xA9$;$\xC3\xA9$", "s<$\xC3\xA9$;$\xC3\xA9$>" },
		{ "$_1$x$_1$", "s<$_1$x$_1$>" },
		{ "$$$$ $x$$x$", "s<$$$$> s<$x$$x$>" },
		{ "$a$ x$$a$", "s<$a$ x$$a$>" },
		{ "$a$x$a$$b$y$b$", "s<$a$x$a$> s<$b$y$b$>" },
		{ "+$$a$$", "o<+> s<$$a$$>" },
		{ "1$$a$$", "n<1> s<$$a$$>" },
		{ "$a$x$ab$y$a$", "s<$a$x$ab$y$a$>" },
	};

	(void)state;
	ASSERT_EACH(assert_tokens, rows);
}

static void comments_nest(void **state)
{
	static const struct row rows[] = {
		{ "/* a /* b */ ; */ 1", "block</* a /* b */ ; */> n<1>" },
		{ "/**/ /*/**/*/ /***/", "block</**/> block</*/**/*/> block</***/>" },
		{ "/*/ */ 1", "block</*/ */> n<1>" },
		{ "-- /*\n1", "line<-- /*> n<1>" },
		{ "/* -- */ 1", "block</* -- */> n<1>" },
		{ "-- a\r1", "line<-- a> n<1>" },
		{ "/* ' \" $$ */ 1", "block</* ' \" $$ */> n<1>" },
	};

	(void)state;
	ASSERT_EACH(assert_tokens, rows);
}

static void operators_end_before_comments_and_signs(void **state)
{
	static const struct row rows[] = {
		{ "a<=b", "w<a> o<<=> w<b>" },
		{ "a->>'b' #>> '{}' @> b ?| c", "w<a> o<->>> s<'b'> o<#>>> s<'{}'> o<@>> w<b> "
						"o<?|> w<c>" },
		{ "a=-1", "w<a> o<=> o<-> n<1>" },
		{ "a*-1", "w<a> o<*> o<-> n<1>" },
		{ "a@-1", "w<a> o<@-> n<1>" },
		{ "a<@-+1", "w<a> o<<@-+> n<1>" },
		{ "a+--b\n1", "w<a> o<+> line<--b> n<1>" },
		{ "a@--b\n1", "w<a> o<@> line<--b> n<1>" },
		{ "a+/*b*/1", "w<a> o<+> block</*b*/> n<1>" },
		{ "a*/*b*/1", "w<a> o<*> block</*b*/> n<1>" },
		{ "a!~*b ~~* c", "w<a> o<!~*> w<b> o<~~*> w<c>" },
		{ "a::int b:=1 f(c=>2)",
		  "w<a> o<::> w<int> w<b> o<:=> n<1> w<f> (<(> w<c> o<=>> n<2> "
		  ")<)>" },
		{ "a[1:2]", "w<a> o<[> n<1> o<:> n<2> o<]>" },
		{ "`a`", "o<`> w<a> o<`>" },
		{ "a--", "w<a> line<-->" },
	};

	(void)state;
	ASSERT_EACH(assert_tokens, rows);
}

static void numbers_have_bases_separators_and_exponents(void **state)
{
	static const struct row rows[] = {
		{ "0 12 1.5 1. .5 1e9 1E+9 1.5e-3 .5e1 1_000",
		  "n<0> n<12> n<1.5> n<1.> n<.5> n<1e9> n<1E+9> n<1.5e-3> n<.5e1> n<1_000>" },
		{ "0x1F 0b01 0o17 0x_1f", "n<0x1F> n<0b01> n<0o17> n<0x_1f>" },
		{ "1..10", "n<1> o<..> n<10>" },
		{ "1-2 1.2.3", "n<1> o<-> n<2> n<1.2> n<.3>" },
		{ "t.1", "w<t> n<.1>" },
	};

	(void)state;
	ASSERT_EACH(assert_tokens, rows);
}

static void parameters_are_dollars_and_digits(void **state)
{
	static const struct row rows[] = {
		{ "$1 $12", "p<$1> p<$12>" },
		{ "$1$$a$$", "p<$1> s<$$a$$>" },
		{ "$1::int", "p<$1> o<::> w<int>" },
	};

	(void)state;
	ASSERT_EACH(assert_tokens, rows);
}

static void what_is_never_closed_is_reported_where_it_opens(void **state)
{
	static const struct row rows[] = {
		{ "a\n 'b", "2:2+1 unterminated-string" },
		{ "'b''", "1:1+1 unterminated-string" },
		{ "E'a\\'", "1:1+1 unterminated-string" },
		{ "E'a'\n'b\\'", "2:1+1 unterminated-string" },
		{ "U&'a", "1:1+1 unterminated-string" },
		{ "x'a;", "1:1+1 unterminated-string" },
		{ "1 \"a", "1:3+1 unterminated-identifier" },
		{ "U&\"a", "1:1+1 unterminated-identifier" },
		{ "1 $é$ a $e$ $É$", "1:3+4 unterminated-string" },
		{ "1 $$ a $", "1:3+2 unterminated-string" },
		{ "1 /* a", "1:3+2 unterminated-comment" },
		{ "1 /* a /* b */ c", "1:3+2 unterminated-comment" },
	};

	(void)state;
	ASSERT_EACH(assert_refused, rows);
}

static void what_begins_no_token_is_reported(void **state)
{
	static const struct row rows[] = {
		{ "1 */ 2", "1:3+2 comment-end" },
		{ "SELECT 12abc", "1:8+5 malformed-number" },
		{ "SELECT 1_", "1:8+2 malformed-number" },
		{ "SELECT 0x", "1:8+2 malformed-number" },
		{ "SELECT 1e", "1:8+2 malformed-number" },
		{ "SELECT $1a", "1:8+3 malformed-parameter" },
		{ "SELECT $", "1:8+1 unexpected-character" },
		{ "SELECT {", "1:8+1 unexpected-character" },
		{ "SELECT a\\nb", "1:9+1 unexpected-character" },
	};

	(void)state;
	ASSERT_EACH(assert_refused, rows);
}

static void commands_of_psql_are_refused(void **state)
{
	static const struct row rows[] = {
		{ "\\connect shop\nSELECT 1;", "1:1+8 psql-command" },
		{ "SELECT 1;\n  \\i it's.sql\nSELECT 2;", "2:3+2 psql-command" },
		{ "SELECT 1 \\gset\n", "1:10+5 psql-command" },
		{ "\\restrict abc'\n", "1:1+9 psql-command" },
		{ "\\!", "1:1+2 psql-command" },
		{ "\\.\n", "1:1+2 psql-command" },
	};

	(void)state;
	ASSERT_EACH(assert_refused, rows);
}

static void rows_behind_copy_are_stepped_over(void **state)
{
	static const struct row rows[] = {
		{ "COPY t (a) FROM stdin;\nit's\t1\n\\.\nSELECT 1;",
		  "1:12+10 copy-through-client" },
		{ "copy t /* x */ from\nSTDIN WITH (FORMAT csv);\n\"a\n\\.\n",
		  "1:16+10 copy-through-client" },
		{ "COPY t FROM stdin;\nit's not closed\n", "1:8+10 copy-through-client" },
		{ "COPY t FROM stdin;\n\\.", "1:8+10 copy-through-client" },
		{ "COPY t FROM stdin", "1:8+10 copy-through-client" },
		{ "COPY (SELECT 1) TO stdout; SELECT 2", "1:17+9 copy-through-client" },
	};
	static const struct row allowed[] = {
		{ "COPY t FROM '/x'; a", "w<COPY> w<t> w<FROM> s<'/x'> ;<;> w<a>" },
		{ "SELECT a FROM stdin;", "w<SELECT> w<a> w<FROM> w<stdin> ;<;>" },
	};

	(void)state;
	ASSERT_EACH(assert_refused, rows);
	ASSERT_EACH(assert_tokens, allowed);
}

/* After the data the file is read on: an error behind them is found in the same run. */
static void errors_behind_the_rows_of_copy_are_found(void **state)
{
	static const char text[] = "COPY t FROM stdin;\nit's\n\\.\nSELECT 1a;";
	struct stages stages;

	(void)state;
	stages_init(&stages, text, strlen(text), SOURCE_BOTH);
	stages.database = DATABASE_POSTGRES;
	assert_int_equal(stages_lex(&stages), -1);
	assert_int_equal(stages.diag.count, 2);
	assert_string_equal(stages.diag.items[1].rule, "malformed-number");
	stages_release(&stages);
}

/* The same words with different comments and white space are the same SQL. */
static void every_byte_belongs_to_a_token_or_is_white_space(void **state)
{
	static const char text[] = " a\t'b'\v$$c$$\f/* d */\r\n-- e\n;";
	struct stages stages;
	uint32_t end = 0;

	(void)state;
	stages_init(&stages, text, strlen(text), SOURCE_BOTH);
	stages.database = DATABASE_POSTGRES;
	assert_int_equal(stages_lex(&stages), 0);
	for (uint32_t i = 0; i < stages.part.tokens.count; i++) {
		struct token token = stages.part.tokens.items[i];

		for (; end < token.offset; end++)
			assert_non_null(strchr(" \t\n\v\f\r", stages.source.text[end]));
		end += token.length;
	}
	assert_int_equal(end, stages.source.length);
	stages_release(&stages);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_may_hold_dollars_and_any_letter),
		cmocka_unit_test(quotes_are_doubled_inside_quotes),
		cmocka_unit_test(a_backslash_escapes_in_e_strings_only),
		cmocka_unit_test(a_string_goes_on_after_a_line_end),
		cmocka_unit_test(dollar_quotes_end_at_their_own_tag),
		cmocka_unit_test(comments_nest),
		cmocka_unit_test(operators_end_before_comments_and_signs),
		cmocka_unit_test(numbers_have_bases_separators_and_exponents),
		cmocka_unit_test(parameters_are_dollars_and_digits),
		cmocka_unit_test(what_is_never_closed_is_reported_where_it_opens),
		cmocka_unit_test(what_begins_no_token_is_reported),
		cmocka_unit_test(commands_of_psql_are_refused),
		cmocka_unit_test(rows_behind_copy_are_stepped_over),
		cmocka_unit_test(errors_behind_the_rows_of_copy_are_found),
		cmocka_unit_test(every_byte_belongs_to_a_token_or_is_white_space),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
