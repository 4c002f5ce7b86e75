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
#include "cli/sets.h"
#include "cli/value.h"
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
		int action = bl_cli_flag_group((enum bl_cli_flag)i) != BL_CLI_GROUP_HOW;

		snprintf(line, sizeof(line), "%s%s%s%s", action ? "" : "--migrate-status ",
			 i == BL_CLI_JOBS ? "--migrate-fleet=list " : "",
			 bl_cli_flag_name((enum bl_cli_flag)i),
			 bl_cli_flag_takes((enum bl_cli_flag)i) == BL_CLI_TAKES_NO ? "" : "=1");
		assert_int_equal(parse(line, &flags, message), BL_CLI_PARSED);
		assert_int_equal(flags.action, action ? i : BL_CLI_STATUS);
		assert_true(bl_cli_flag_given(&flags, (enum bl_cli_flag)i));
	}
}

static void test_a_value_stands_behind_the_sign_or_in_the_next_argument(void **state)
{
	struct bl_cli_flags flags;
	char message[256];

	(void)state;
	assert_int_equal(parse("--migrate-to=7 x", &flags, message), BL_CLI_PARSED);
	assert_string_equal(flags.value, "7");
	assert_int_equal(parse("--migrate-to 7 x", &flags, message), BL_CLI_PARSED);
	assert_string_equal(flags.value, "7");
	assert_int_equal(parse("--migrate --migrate-database sqlite:a=b", &flags, message),
			 BL_CLI_PARSED);
	assert_string_equal(flags.database, "sqlite:a=b");
	assert_int_equal(parse("--migrate-to -- 7", &flags, message), BL_CLI_WRONG_USAGE);
}

static void test_a_value_that_may_be_left_out_is_never_the_next_argument(void **state)
{
	struct bl_cli_flags flags;
	char message[256];

	(void)state;
	assert_int_equal(parse("--migrate-rollback 2", &flags, message), BL_CLI_PARSED);
	assert_null(flags.value);
	assert_int_equal(parse("--migrate-rollback=2", &flags, message), BL_CLI_PARSED);
	assert_string_equal(flags.value, "2");
	assert_int_equal(parse("--migrate-rollback=", &flags, message), BL_CLI_WRONG_USAGE);
	assert_non_null(strstr(message, "--migrate-rollback alone"));
}

static void test_a_flag_with_a_value_is_given_once(void **state)
{
	static const char *const lines[] = {
		"--migrate-rollback=2 --migrate-rollback",
		"--migrate-rollback --migrate-rollback=2",
		"--migrate-to=1 --migrate-to=1",
		"--migrate --migrate-database=a --migrate-database=b",
	};
	struct bl_cli_flags flags;
	char message[256];

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		assert_int_equal(parse(lines[i], &flags, message), BL_CLI_WRONG_USAGE);
		assert_non_null(strstr(message, "is given twice"));
	}
	assert_int_equal(parse("--migrate-yes --migrate --migrate --migrate-yes", &flags, message),
			 BL_CLI_PARSED);
}

static void test_a_line_of_the_usage_fits_a_terminal(void **state)
{
	(void)state;
	for (int i = 0; i < BL_CLI_FLAG_COUNT; i++) {
		enum bl_cli_flag flag = (enum bl_cli_flag)i;
		size_t length = strlen(bl_cli_flag_name(flag)) + strlen(bl_cli_flag_value(flag));

		if (bl_cli_flag_takes(flag) != BL_CLI_TAKES_NO)
			length += bl_cli_flag_takes(flag) == BL_CLI_TAKES_OPTIONAL ? 3 : 1;
		/* Two blanks, the name and at least a blank in 30 columns, what it does. */
		assert_true(length < 30);
		assert_true(strlen(bl_cli_flag_help(flag)) <= 80 - 2 - 30);
	}
}

static void assert_wait(const char *word, int64_t expected)
{
	struct bobolink_error error;
	uint32_t ms = 0;
	int rc = bl_cli_value_wait(word, &ms, &error);

	assert_int_equal(rc, expected < 0 ? BOBOLINK_USAGE : BOBOLINK_OK);
	if (expected >= 0)
		assert_int_equal(ms, expected);
	else
		assert_non_null(strstr(error.message, "60s"));
}

static void test_a_time_has_a_unit(void **state)
{
	static const char *const refused[] = { "60",
					       "s",
					       "",
					       "6 s",
					       "-1s",
					       "1.5s",
					       "1sec",
					       "1S",
					       "4294967296ms",
					       "1194h",
					       "99999999999999999999999999s" };

	(void)state;
	assert_wait(NULL, 60000);
	assert_wait("0s", 0);
	assert_wait("500ms", 500);
	assert_wait("90s", 90000);
	assert_wait("5min", 300000);
	assert_wait("1h", 3600000);
	assert_wait("4294967295ms", 4294967295);
	assert_wait("1193h", INT64_C(1193) * 3600000);
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		assert_wait(refused[i], -1);
}

static void assert_batches(const char *word, int64_t expected)
{
	struct bobolink_error error;
	uint32_t batches = 0;
	int rc = bl_cli_value_batches(word, &batches, &error);

	assert_int_equal(rc, expected < 0 ? BOBOLINK_USAGE : BOBOLINK_OK);
	if (expected >= 0)
		assert_int_equal(batches, expected);
}

static void test_a_number_of_batches_begins_at_one(void **state)
{
	(void)state;
	assert_batches(NULL, 1);
	assert_batches("1", 1);
	assert_batches("007", 7);
	assert_batches("all", BOBOLINK_ALL_BATCHES);
	assert_batches("4294967294", 4294967294);
	assert_batches("4294967295", -1);
	assert_batches("0", -1);
	assert_batches("-1", -1);
	assert_batches("ALL", -1);
	assert_batches("2x", -1);
}

static void assert_jobs(const char *word, int64_t expected)
{
	struct bobolink_error error;
	uint32_t jobs = 0;
	int rc = bl_cli_value_jobs(word, &jobs, &error);

	assert_int_equal(rc, expected < 0 ? BOBOLINK_USAGE : BOBOLINK_OK);
	if (expected >= 0)
		assert_int_equal(jobs, expected);
}

static void test_a_number_of_jobs_is_at_most_a_thousand(void **state)
{
	uint32_t jobs = 0;

	(void)state;
	assert_int_equal(bl_cli_value_jobs(NULL, &jobs, NULL), BOBOLINK_OK);
	assert_in_range(jobs, 1, 1000);
	assert_jobs("1", 1);
	assert_jobs("1000", 1000);
	assert_jobs("1001", -1);
	assert_jobs("0", -1);
	assert_jobs("-1", -1);
	assert_jobs("all", -1);
}

static void test_a_fleet_alone_migrates_and_goes_with_what_looks(void **state)
{
	struct bl_cli_flags flags;
	char message[256];

	(void)state;
	assert_int_equal(parse("--migrate-fleet=list", &flags, message), BL_CLI_PARSED);
	assert_int_equal(flags.action, BL_CLI_MIGRATE);
	assert_string_equal(flags.fleet, "list");
	for (int i = 0; i < BL_CLI_FLAG_COUNT; i++) {
		enum bl_cli_flag flag = (enum bl_cli_flag)i;
		bool fits = i == BL_CLI_MIGRATE || i == BL_CLI_STATUS || i == BL_CLI_CHECK ||
			    i == BL_CLI_VERIFY;
		char line[128];

		if (bl_cli_flag_group(flag) == BL_CLI_GROUP_HOW)
			continue;
		snprintf(line, sizeof(line), "--migrate-fleet=list %s%s", bl_cli_flag_name(flag),
			 bl_cli_flag_takes(flag) == BL_CLI_TAKES_NEEDED ? "=1" : "");
		assert_int_equal(parse(line, &flags, message),
				 fits ? BL_CLI_PARSED : BL_CLI_WRONG_USAGE);
	}
}

static void test_a_number_of_days_begins_at_one(void **state)
{
	struct bobolink_error error;
	uint32_t days;

	(void)state;
	assert_int_equal(bl_cli_value_days(NULL, &days, &error), BOBOLINK_OK);
	assert_int_equal(days, 7);
	assert_int_equal(bl_cli_value_days("30", &days, &error), BOBOLINK_OK);
	assert_int_equal(days, 30);
	assert_int_equal(bl_cli_value_days("0", &days, &error), BOBOLINK_USAGE);
	assert_int_equal(bl_cli_value_days("100000", &days, &error), BOBOLINK_USAGE);
	assert_int_equal(bl_cli_value_days("week", &days, &error), BOBOLINK_USAGE);
}

static void test_a_mark_stands_behind_the_last_colon(void **state)
{
	static const char *const refused[] = { "7",	 "7:",	       ":applied",
					       "7:done", "7:applied ", "7:APPLIED" };
	struct bobolink_error error;
	size_t length;
	int mark;

	(void)state;
	assert_int_equal(bl_cli_value_mark("7:applied", &length, &mark, &error), BOBOLINK_OK);
	assert_int_equal(mark, BOBOLINK_MARK_APPLIED);
	assert_int_equal(length, 1);
	assert_int_equal(bl_cli_value_mark("a:b:pending", &length, &mark, &error), BOBOLINK_OK);
	assert_int_equal(mark, BOBOLINK_MARK_PENDING);
	assert_int_equal(length, 3);
	assert_int_equal(bl_cli_value_mark("7:forget", &length, &mark, &error), BOBOLINK_OK);
	assert_int_equal(mark, BOBOLINK_MARK_FORGET);
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		assert_int_equal(bl_cli_value_mark(refused[i], &length, &mark, &error),
				 BOBOLINK_USAGE);
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
		assert_int_equal(bl_utf8_length(cases[i].bytes, strlen(cases[i].bytes)),
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
	assert_int_equal(bl_text_columns(""), 0);
	assert_int_equal(bl_text_columns("été"), 3);
	assert_int_equal(bl_text_columns("価格"), 4);
	assert_int_equal(bl_text_columns("e\xCC\x81"), 1);
	assert_int_equal(bl_text_columns("\n"), 4);
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

static void assert_fit(const char *text, unsigned width, size_t size, const char *expected)
{
	char buffer[64];

	assert_true(size <= sizeof(buffer));
	assert_int_equal(bl_cli_text_fit(text, width, buffer, size), bl_text_columns(expected));
	assert_string_equal(buffer, expected);
}

static void test_a_text_is_cut_at_its_end_for_a_line(void **state)
{
	(void)state;
	assert_fit("short", 8, 64, "short");
	assert_fit("12345678", 8, 64, "12345678");
	assert_fit("123456789", 8, 64, "1234567…");
	assert_fit("価格価格", 6, 64, "価格…");
	/* Four bytes are left for text beside the ellipsis of three and the end. */
	assert_fit("123456789", 20, 8, "1234…");
	/* What is shown by name needs more room than it has bytes. */
	assert_fit("\n\n\n", 20, 13, "\\x0a\\x0a\\x0a");
	assert_fit("\n\n\n", 20, 12, "\\x0a\\x0a…");
	assert_fit("\n\n\n", 20, 11, "\\x0a…");
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
	struct bl_json json;
	struct written written;

	(void)state;
	written_init(&written);
	bl_json_init(&json, bl_cli_output_put, &written.output);
	bl_json_object(&json, NULL);
	bl_json_array(&json, "none");
	bl_json_array_end(&json);
	bl_json_array(&json, "two");
	bl_json_object(&json, NULL);
	bl_json_object_end(&json);
	bl_json_object(&json, NULL);
	bl_json_version(&json, "version", INT64_MAX);
	bl_json_bool(&json, "yes", true);
	bl_json_object_end(&json);
	bl_json_array_end(&json);
	bl_json_number(&json, "number", INT64_MIN);
	bl_json_optional(&json, "empty", "");
	bl_json_object_end(&json);
	assert_written(&written, "{\"none\":[],\"two\":[{},\n"
				 "{\"version\":\"9223372036854775807\",\"yes\":true}],"
				 "\"number\":-9223372036854775808,\"empty\":null}");
}

static void test_json_strings_hold_any_bytes(void **state)
{
	static const char bytes[] = "q\"b\\n\nt\t\x7f\xc3\xa9\xed\xa0\x80\xff\0.";
	struct bl_json json;
	struct written written;

	(void)state;
	written_init(&written);
	bl_json_init(&json, bl_cli_output_put, &written.output);
	bl_json_bytes(&json, NULL, bytes, sizeof(bytes) - 1);
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

static void test_of_several_exit_codes_the_worst_is_told(void **state)
{
	/* The worse one first. */
	static const int pairs[][2] = { { 143, 10 }, { 10, 9 }, { 9, 1 }, { 1, 8 },
					{ 8, 5 },    { 5, 7 },	{ 7, 6 }, { 6, 3 },
					{ 3, 2 },    { 2, 4 },	{ 4, 0 }, { 0, 0 } };

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		assert_int_equal(bl_cli_sets_worse(pairs[i][0], pairs[i][1]), pairs[i][0]);
		assert_int_equal(bl_cli_sets_worse(pairs[i][1], pairs[i][0]), pairs[i][0]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arguments_of_the_program_are_no_flags),
		cmocka_unit_test(test_every_flag_is_found_by_its_name),
		cmocka_unit_test(test_a_value_stands_behind_the_sign_or_in_the_next_argument),
		cmocka_unit_test(test_a_value_that_may_be_left_out_is_never_the_next_argument),
		cmocka_unit_test(test_a_flag_with_a_value_is_given_once),
		cmocka_unit_test(test_a_line_of_the_usage_fits_a_terminal),
		cmocka_unit_test(test_of_several_exit_codes_the_worst_is_told),
		cmocka_unit_test(test_a_time_has_a_unit),
		cmocka_unit_test(test_a_number_of_batches_begins_at_one),
		cmocka_unit_test(test_a_number_of_jobs_is_at_most_a_thousand),
		cmocka_unit_test(test_a_fleet_alone_migrates_and_goes_with_what_looks),
		cmocka_unit_test(test_a_number_of_days_begins_at_one),
		cmocka_unit_test(test_a_mark_stands_behind_the_last_colon),
		cmocka_unit_test(test_the_nearest_flag_is_suggested),
		cmocka_unit_test(test_only_utf8_is_taken_for_utf8),
		cmocka_unit_test(test_text_is_shown_by_name_where_a_terminal_would_obey),
		cmocka_unit_test(test_columns_count_what_a_terminal_shows),
		cmocka_unit_test(test_a_text_is_cut_in_the_middle_and_fills_its_width),
		cmocka_unit_test(test_a_text_is_cut_at_its_end_for_a_line),
		cmocka_unit_test(test_durations_are_told_in_two_figures),
		cmocka_unit_test(test_json_has_commas_between_and_nowhere_else),
		cmocka_unit_test(test_json_strings_hold_any_bytes),
		cmocka_unit_test(test_a_write_that_fails_is_remembered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
