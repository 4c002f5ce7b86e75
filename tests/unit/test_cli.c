/* The pieces of the --migrate flags that need no database: flags, text as shown, JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/flags.h"
#include "cli/output.h"
#include "log/json.h"
#include "log/text.h"

/* An output that ends in memory. */
struct written {
	struct bl_cli_output output;
	char *text;
	size_t length;
};

static void written_init(struct written *written)
{
	memset(written, 0, sizeof(*written));
	written->output.stream = open_memstream(&written->text, &written->length);
	assert_non_null(written->output.stream);
}

static void assert_written(struct written *written, const char *expected)
{
	assert_int_equal(bl_cli_output_flush(&written->output), 0);
	fclose(written->output.stream);
	assert_string_equal(written->text, expected);
	free(written->text);
}

static enum bl_cli_parsed parse(const char *line, struct bl_cli_flags *flags, char message[256])
{
	static char copy[256];
	char *argv[16] = { (char[]){ "shop" } };
	int argc = 1;

	message[0] = '\0';
	snprintf(copy, sizeof(copy), "%s", line);
	for (char *word = strtok(copy, " "); word && argc < 15; word = strtok(NULL, " "))
		argv[argc++] = word;
	return bl_cli_flags_parse(argc, argv, flags, message, 256);
}

static void test_arguments_of_the_program_are_no_flags(void **state)
{
	static const char *const lines[] = { "",
					     "one two",
					     "--migrated",
					     "-migrate",
					     "--migratesx",
					     "-- --migrate",
					     "a -- --migrate-nonsense",
					     "--no--migrate" };
	struct bl_cli_flags flags;
	char message[256];

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_int_equal(parse(lines[i], &flags, message), BL_CLI_NO_FLAG);
}

static void test_every_flag_is_found_by_its_name(void **state)
{
	(void)state;
	for (int i = 0; i < BL_CLI_FLAG_COUNT; i++) {
		struct bl_cli_flags flags;
		char message[256];
		char line[128];
		int action = i < BL_CLI_DATABASE;

		snprintf(line, sizeof(line), "%s%s%s", action ? "" : "--migrate-status ",
			 bl_cli_flag_name((enum bl_cli_flag)i),
			 *bl_cli_flag_value((enum bl_cli_flag)i) ? "=1" : "");
		assert_int_equal(parse(line, &flags, message), BL_CLI_PARSED);
		assert_int_equal(flags.action, action ? i : BL_CLI_STATUS);
		assert_true(flags.given >> i & 1u);
	}
}

static void test_a_value_stands_behind_the_sign_or_in_the_next_argument(void **state)
{
	struct bl_cli_flags flags;
	char message[256];

	(void)state;
	assert_int_equal(parse("--migrate-to=7 x", &flags, message), BL_CLI_PARSED);
	assert_string_equal(flags.target, "7");
	assert_int_equal(parse("--migrate-to 7 x", &flags, message), BL_CLI_PARSED);
	assert_string_equal(flags.target, "7");
	assert_int_equal(parse("--migrate --migrate-database sqlite:a=b", &flags, message),
			 BL_CLI_PARSED);
	assert_string_equal(flags.database, "sqlite:a=b");
	assert_int_equal(parse("--migrate-to -- 7", &flags, message), BL_CLI_WRONG_USAGE);
}

static void test_the_nearest_flag_is_suggested(void **state)
{
	static const struct {
		const char *word;
		const char *meant;
	} cases[] = {
		{ "--migrate-staus", "did you mean --migrate-status?" },
		{ "--migrate-stat", "did you mean --migrate-status?" },
		{ "--migrate-verifiy=1", "did you mean --migrate-verify?" },
		{ "--migrate-databse=sqlite:x", "did you mean --migrate-database?" },
		{ "--migrate-jason", "did you mean --migrate-json?" },
		{ "--migrate-zebra-crossing", "--migrate-help lists what there is" },
		{ "--migrate-a-word-that-is-much-longer-than-any-flag-of-the-table",
		  "--migrate-help lists what there is" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bl_cli_flags flags;
		char message[256];

		assert_int_equal(parse(cases[i].word, &flags, message), BL_CLI_WRONG_USAGE);
		assert_non_null(strstr(message, cases[i].meant));
	}
}

static void test_only_utf8_is_taken_for_utf8(void **state)
{
	static const struct {
		const char *bytes;
		size_t length;
	} cases[] = {
		{ "a", 1 },
		{ "\xC3\xA9", 2 },
		{ "\xE2\x82\xAC", 3 },
		{ "\xF0\x9F\x98\x80", 4 },
		{ "\x80", 0 },
		{ "\xC0\x80", 0 },	   /* overlong */
		{ "\xC1\xBF", 0 },	   /* overlong */
		{ "\xE0\x9F\xBF", 0 },	   /* overlong */
		{ "\xED\xA0\x80", 0 },	   /* surrogate */
		{ "\xF0\x8F\xBF\xBF", 0 }, /* overlong */
		{ "\xF4\x90\x80\x80", 0 }, /* above U+10FFFF */
		{ "\xF5\x80\x80\x80", 0 },
		{ "\xC3", 0 },	   /* cut */
		{ "\xE2\x82", 0 }, /* cut */
		{ "\xE2\x82x", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(bl_cli_utf8_length(cases[i].bytes, strlen(cases[i].bytes)),
				 cases[i].length);
}

static void test_text_is_shown_by_name_where_a_terminal_would_obey(void **state)
{
	struct written written;

	(void)state;
	written_init(&written);
	bl_cli_print_text(&written.output, "a\x1b[2J\t\x7f\xc2\x9b\xe2\x80\xae\xff é");
	assert_written(&written, "a\\x1b[2J\\x09\\x7f\\u{9b}\\u{202e}\\xff é");
	written_init(&written);
	bl_cli_print_lines(&written.output, "a\tb\nc\rd\0e", 9);
	assert_written(&written, "a\tb\nc\\x0dd\\x00e");
}

static void test_columns_count_what_a_terminal_shows(void **state)
{
	(void)state;
	assert_int_equal(bl_cli_text_columns(""), 0);
	assert_int_equal(bl_cli_text_columns("été"), 3);
	assert_int_equal(bl_cli_text_columns("価格"), 4);
	assert_int_equal(bl_cli_text_columns("e\xCC\x81"), 1);
	assert_int_equal(bl_cli_text_columns("\n"), 4);
}

static void assert_fitted(const char *text, unsigned width, const char *expected)
{
	struct written written;

	written_init(&written);
	bl_cli_print_fitted(&written.output, text, width);
	assert_written(&written, expected);
}

static void test_a_text_is_cut_in_the_middle_and_fills_its_width(void **state)
{
	(void)state;
	assert_fitted("short", 8, "short   ");
	assert_fitted("12345678", 8, "12345678");
	assert_fitted("123456789", 8, "1234…789");
	assert_fitted("123456789", 7, "123…789");
	assert_fitted("123456789", 1, "…");
	/* A wide character that would be cut in half is left out, and a blank stands for its rest. */
	assert_fitted("価格価格価格", 6, "価…格 ");
}

static void assert_duration(int64_t ms, const char *expected)
{
	char buffer[40];

	assert_string_equal(bl_cli_duration(ms, buffer, sizeof(buffer)), expected);
}

static void test_durations_are_told_in_two_figures(void **state)
{
	(void)state;
	assert_duration(0, "0 ms");
	assert_duration(999, "999 ms");
	assert_duration(1000, "1.0 s");
	assert_duration(59999, "59.9 s");
	assert_duration(60000, "1 min 0 s");
	assert_duration(3599999, "59 min 59 s");
	assert_duration(7384000, "2 h 3 min");
}

static void test_json_has_commas_between_and_nowhere_else(void **state)
{
	struct bl_cli_json json;
	struct written written;

	(void)state;
	written_init(&written);
	bl_cli_json_init(&json, bl_cli_output_put, &written.output);
	bl_cli_json_object(&json, NULL);
	bl_cli_json_array(&json, "none");
	bl_cli_json_array_end(&json);
	bl_cli_json_array(&json, "two");
	bl_cli_json_object(&json, NULL);
	bl_cli_json_object_end(&json);
	bl_cli_json_object(&json, NULL);
	bl_cli_json_version(&json, "version", INT64_MAX);
	bl_cli_json_bool(&json, "yes", true);
	bl_cli_json_object_end(&json);
	bl_cli_json_array_end(&json);
	bl_cli_json_number(&json, "number", INT64_MIN);
	bl_cli_json_optional(&json, "empty", "");
	bl_cli_json_object_end(&json);
	assert_written(&written, "{\"none\":[],\"two\":[{},\n"
				 "{\"version\":\"9223372036854775807\",\"yes\":true}],"
				 "\"number\":-9223372036854775808,\"empty\":null}");
}

static void test_json_strings_hold_any_bytes(void **state)
{
	static const char bytes[] = "q\"b\\n\nt\t\x7f\xc3\xa9\xed\xa0\x80\xff\0.";
	struct bl_cli_json json;
	struct written written;

	(void)state;
	written_init(&written);
	bl_cli_json_init(&json, bl_cli_output_put, &written.output);
	bl_cli_json_bytes(&json, NULL, bytes, sizeof(bytes) - 1);
	assert_written(&written, "\"q\\\"b\\\\n\\nt\\u0009\\u007f\xc3\xa9"
				 "\\ufffd\\ufffd\\ufffd\\ufffd\\u0000.\"");
}

static void test_a_write_that_fails_is_remembered(void **state)
{
	struct bl_cli_output output = { .stream = fopen("/dev/full", "w") };

	(void)state;
	if (!output.stream)
		skip();
	bl_cli_print(&output, "text");
	assert_int_equal(bl_cli_output_flush(&output), -1);
	bl_cli_print_text(&output, "more");
	assert_true(output.failure != 0);
	fclose(output.stream);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arguments_of_the_program_are_no_flags),
		cmocka_unit_test(test_every_flag_is_found_by_its_name),
		cmocka_unit_test(test_a_value_stands_behind_the_sign_or_in_the_next_argument),
		cmocka_unit_test(test_the_nearest_flag_is_suggested),
		cmocka_unit_test(test_only_utf8_is_taken_for_utf8),
		cmocka_unit_test(test_text_is_shown_by_name_where_a_terminal_would_obey),
		cmocka_unit_test(test_columns_count_what_a_terminal_shows),
		cmocka_unit_test(test_a_text_is_cut_in_the_middle_and_fills_its_width),
		cmocka_unit_test(test_durations_are_told_in_two_figures),
		cmocka_unit_test(test_json_has_commas_between_and_nowhere_else),
		cmocka_unit_test(test_json_strings_hold_any_bytes),
		cmocka_unit_test(test_a_write_that_fails_is_remembered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
