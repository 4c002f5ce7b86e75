/* Statement: its words, its names, and what a pragma sets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "stages.h"
#include "statement.h"

static const struct statement *split_one(struct stages *stages, const char *text)
{
	stages_init(stages, text, strlen(text), SOURCE_BOTH);
	assert_int_equal(stages_split(stages), 0);
	assert_int_equal(stages->statements.count, 1);
	return &stages->statements.items[0];
}

static void words_are_counted_without_comments(void **state)
{
	struct stages stages;
	const struct statement *one = split_one(&stages, "DROP /* a */ TABLE -- b\n t;");

	(void)state;
	assert_int_equal(statement_word(&stages.part.tokens, one, 0).offset, 0);
	assert_int_equal(statement_word(&stages.part.tokens, one, 1).offset, 13);
	assert_int_equal(statement_word(&stages.part.tokens, one, 2).offset, 25);
	assert_int_equal(statement_word(&stages.part.tokens, one, 3).kind, TOKEN_END);
	stages_release(&stages);
}

static void the_beginning_is_compared_by_words(void **state)
{
	struct stages stages;
	const struct statement *one = split_one(&stages, "drop Table \"if\" exists");

	(void)state;
	assert_true(statement_starts(&stages.source, &stages.part.tokens, one, "DROP TABLE"));
	assert_true(statement_starts(&stages.source, &stages.part.tokens, one, "DROP"));
	assert_false(statement_starts(&stages.source, &stages.part.tokens, one, "DROP TABL"));
	assert_false(statement_starts(&stages.source, &stages.part.tokens, one, "DROP TABLE IF"));
	stages_release(&stages);
}

static void names_lose_their_quotes(void **state)
{
	static const char *const cases[][2] = { { "a", "a" },	       { "\"a\"\"b\"", "a\"b" },
						{ "`a``b`", "a`b" },   { "[a b]", "a b" },
						{ "'it''s'", "it's" }, { "\"\"", "" },
						{ "\"\"\"\"", "\"" } };
	struct stages stages;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct statement *one = split_one(&stages, cases[i][0]);

		assert_string_equal(statement_name(&stages.source,
						   statement_word(&stages.part.tokens, one, 0),
						   &stages.arena),
				    cases[i][1]);
		stages_release(&stages);
	}
}

/* What a pragma says, as "name=value"; the value is empty when it only asks. */
static void assert_pragma(const char *text, const char *name, const char *value)
{
	struct stages stages;
	const struct statement *one = split_one(&stages, text);
	struct pragma pragma;

	assert_true(statement_pragma(&stages.source, &stages.part.tokens, one, &pragma));
	assert_true(statement_names(&stages.source, pragma.name, name));
	if (*value)
		assert_true(statement_names(&stages.source, pragma.value, value));
	else
		assert_int_equal(pragma.value.kind, TOKEN_END);
	stages_release(&stages);
}

static void pragmas_have_three_forms(void **state)
{
	(void)state;
	assert_pragma("PRAGMA foreign_keys", "foreign_keys", "");
	assert_pragma("pragma Foreign_Keys = OFF", "foreign_keys", "off");
	assert_pragma("PRAGMA main.foreign_keys(off)", "foreign_keys", "off");
	assert_pragma("PRAGMA \"main\".\"foreign_keys\" /* x */ = 'off'", "foreign_keys", "off");
	assert_pragma("PRAGMA main.foreign_keys", "foreign_keys", "");
}

static void other_statements_are_no_pragmas(void **state)
{
	struct stages stages;
	const struct statement *one = split_one(&stages, "SELECT 1");
	struct pragma pragma;

	(void)state;
	assert_false(statement_pragma(&stages.source, &stages.part.tokens, one, &pragma));
	stages_release(&stages);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_counted_without_comments),
		cmocka_unit_test(the_beginning_is_compared_by_words),
		cmocka_unit_test(names_lose_their_quotes),
		cmocka_unit_test(pragmas_have_three_forms),
		cmocka_unit_test(other_statements_are_no_pragmas),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
