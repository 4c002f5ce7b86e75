/*
 * The table of rules is complete, and docs/rules.md is what it prints.
 *
 * UPDATE_GOLDEN=1 rewrites docs/rules.md.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lint.h"
#include "lint_rules.h"
#include "support/file.h"

/* Words with a hyphen in the stages' sources that name no rule. */
static const char *const other_words[] = {
	"should-run",	"not-before",	     "not-after",
	"lock-timeout", "statement-timeout", "0000-00-00-000000"
};

static const char *read_text(const char *path, struct arena *arena)
{
	char *text = NULL;
	size_t length = 0;
	enum file_result result = file_read(path, arena, &text, &length);

	assert_int_equal(result, FILE_OK);
	return arena_copy(arena, text, length);
}

static bool is_word(const char *text, size_t length)
{
	bool hyphen = false;

	for (size_t i = 0; i < length; i++) {
		bool inside = i > 0 && i + 1 < length;

		hyphen = hyphen || text[i] == '-';
		if (!(text[i] >= 'a' && text[i] <= 'z') && !(text[i] >= '0' && text[i] <= '9') &&
		    !(text[i] == '-' && inside))
			return false;
	}
	return hyphen;
}

static bool is_other_word(const char *word)
{
	for (size_t i = 0; i < sizeof(other_words) / sizeof(other_words[0]); i++) {
		if (strcmp(other_words[i], word) == 0)
			return true;
	}
	return false;
}

/* A word in quotes is a rule when it has a hyphen, or follows a severity. */
static bool names_rule(const char *source, const char *open, size_t length)
{
	const char *before = open;

	if (is_word(open + 1, length))
		return true;
	while (before > source && strchr(" \t\n,", before[-1]))
		before--;
	while (before > source && strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ_", before[-1]))
		before--;
	return strncmp(before, "SEVERITY_", 9) == 0 && open[1] != '%';
}

static uint32_t check_source(const char *path, struct arena *arena)
{
	const char *source = read_text(path, arena);
	uint32_t count = 0;

	for (const char *open = strchr(source, '"'); open;) {
		size_t length = strcspn(open + 1, "\"\n");
		const char *word = arena_copy(arena, open + 1, length);

		if (names_rule(source, open, length) && !is_other_word(word)) {
			count++;
			if (!lint_rule_find(word))
				fail_msg("%s: no rule \"%s\" in the table", path, word);
		}
		open = strchr(open + 1 + length + (open[1 + length] == '"'), '"');
	}
	return count;
}

static void table_knows_every_rule_of_the_stages(void **state)
{
	struct arena arena = ARENA_INIT;
	uint32_t count = 0;
	glob_t files;

	(void)state;
	assert_int_equal(glob(BOBOLINK_SOURCE_DIR "/compiler/*.c", 0, NULL, &files), 0);
	assert_int_equal(glob(BOBOLINK_SOURCE_DIR "/compiler/*.re", GLOB_APPEND, NULL, &files), 0);
	for (size_t i = 0; i < files.gl_pathc; i++)
		count += check_source(files.gl_pathv[i], &arena);
	print_message("%u places name a rule\n", count);
	assert_true(count > 50);
	globfree(&files);
	arena_release(&arena);
}

static void every_rule_has_a_kebab_case_name_and_an_explanation(void **state)
{
	(void)state;
	for (int i = 0; i < RULE_COUNT; i++) {
		const struct lint_rule *rule = lint_rule((enum lint_rule_id)i);

		assert_int_equal(strspn(rule->name, "abcdefghijklmnopqrstuvwxyz0123456789-"),
				 strlen(rule->name));
		assert_ptr_equal(lint_rule_find(rule->name), rule);
		assert_true(strlen(rule->summary) > 5 && strlen(rule->summary) < 80);
		assert_true(strlen(rule->why) > 10);
		assert_true(strlen(rule->good) > 3);
		assert_null(strchr(rule->summary, '\n'));
	}
}

static void misspelt_rules_are_suggested(void **state)
{
	(void)state;
	assert_string_equal(lint_rule_nearest("dataloss"), "data-loss");
	assert_string_equal(lint_rule_nearest("down-mising"), "down-missing");
	assert_null(lint_rule_nearest("zzzzzzzzzzzz"));
}

static void documentation_is_what_the_table_prints(void **state)
{
	const char *path = BOBOLINK_SOURCE_DIR "/docs/rules.md";
	struct arena arena = ARENA_INIT;
	char *text = NULL;
	size_t length;
	FILE *stream = open_memstream(&text, &length);

	(void)state;
	lint_markdown(stream);
	assert_int_equal(fclose(stream), 0);
	if (getenv("UPDATE_GOLDEN"))
		assert_int_equal(file_write(path, text, length), 0);
	assert_string_equal(read_text(path, &arena), text);
	free(text);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_knows_every_rule_of_the_stages),
		cmocka_unit_test(every_rule_has_a_kebab_case_name_and_an_explanation),
		cmocka_unit_test(misspelt_rules_are_suggested),
		cmocka_unit_test(documentation_is_what_the_table_prints),
	};

	return cmocka_run_group_tests_name("rules", tests, NULL, NULL);
}
