/* Support: memory, text, files, and diagnostics in every form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scan.h"
#include "support/buffer.h"
#include "support/diagnostic.h"
#include "support/file.h"
#include "support/terminal.h"
#include "support/text.h"

static void arena_memory_is_zeroed_and_aligned(void **state)
{
	struct arena arena = ARENA_INIT;

	(void)state;
	for (size_t size = 1; size < 200000; size = size * 3 + 1) {
		unsigned char *memory = arena_alloc(&arena, 1, size);

		assert_int_equal((uintptr_t)memory % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(memory[i], 0);
		memset(memory, 0xA5, size);
	}
	arena_release(&arena);
	assert_null(arena.blocks);
}

static void a_growing_array_keeps_its_items(void **state)
{
	struct arena arena = ARENA_INIT;
	size_t capacity = 0;
	size_t *items = NULL;

	(void)state;
	for (size_t i = 0; i < 1000; i++) {
		items = arena_grow(&arena, items, i, &capacity, sizeof(*items));
		items[i] = i * i;
	}
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(items[i], i * i);
	arena_release(&arena);
}

static void a_buffer_holds_any_bytes_and_ends_with_a_nul(void **state)
{
	struct buffer buffer = BUFFER_INIT;

	(void)state;
	buffer_add(&buffer, "a\0b", 3);
	for (int i = 0; i < 1000; i++)
		buffer_format(&buffer, "%d,", i);
	assert_int_equal(buffer.length, 3 + 10 * 2 + 90 * 3 + 900 * 4);
	assert_memory_equal(buffer.text, "a\0b0,1,", 7);
	assert_int_equal(buffer.text[buffer.length], 0);
	buffer_release(&buffer);
	assert_null(buffer.text);
}

static void utf8_is_checked_as_rfc_3629_says(void **state)
{
	static const struct {
		const char *text;
		size_t valid; /* bytes before the first fault */
	} cases[] = {
		{ "", 0 },
		{ "plain ascii, longer than eight", 30 },
		{ "\xC2\x80\xDF\xBF", 4 },
		{ "\xE0\xA0\x80\xEF\xBF\xBF", 6 },
		{ "\xF0\x90\x80\x80\xF4\x8F\xBF\xBF", 8 },
		{ "ab\x80", 2 },	     /* a continuation alone */
		{ "ab\xC1\xBF", 2 },	     /* too long */
		{ "ab\xE0\x9F\xBF", 2 },     /* too long */
		{ "ab\xF0\x8F\xBF\xBF", 2 }, /* too long */
		{ "ab\xED\xA0\x80", 2 },     /* a surrogate */
		{ "ab\xF4\x90\x80\x80", 2 }, /* above U+10FFFF */
		{ "ab\xF5\x80\x80\x80", 2 },
		{ "12345678\xE2\x82", 8 }, /* cut short */
		{ "12345678\xC3(", 8 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(text_utf8_valid(cases[i].text, strlen(cases[i].text)),
				 cases[i].valid);
	assert_int_equal(text_utf8_count("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", 10), 4);
}

static void words_are_compared_without_case(void **state)
{
	(void)state;
	assert_true(text_is("CREATE table", 6, "create"));
	assert_false(text_is("CREATE", 5, "create"));
	assert_false(text_is("CREATED", 7, "create"));
	assert_false(text_is("cr\xC3\x89", 4, "cr\xC3\xA9"));
	assert_true(text_is("", 0, ""));
}

static void a_misspelt_word_finds_its_neighbour(void **state)
{
	static const char *const words[] = { "locked", "shadow", "up", "down" };

	(void)state;
	assert_string_equal(text_nearest("lockd", words, 4), "locked");
	assert_string_equal(text_nearest("SHADWO", words, 4), "shadow");
	assert_string_equal(text_nearest("dwon", words, 4), "down");
	assert_null(text_nearest("migrations", words, 4));
	assert_null(text_nearest("", words, 4));
	assert_null(text_nearest("xy", words, 4));
}

/* Vectors of FIPS 180-2, appendix B. */
static void sha256_is_that_of_the_standard(void **state)
{
	static const struct text_piece whole[] = {
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56 }
	};
	static const struct text_piece pieces[] = { { "a", 1 }, { "", 0 }, { "bc", 2 } };
	char hex[65];

	(void)state;
	text_sha256(pieces, 3, hex);
	assert_string_equal(hex,
			    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	text_sha256(whole, 1, hex);
	assert_string_equal(hex,
			    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

/* ---- files ---- */

static int make_directory(void **state)
{
	static char path[64];

	memcpy(path, "/tmp/bobolink-support-XXXXXX", 29);
	*state = mkdtemp(path);
	return *state ? 0 : -1;
}

static int remove_directory(void **state)
{
	char command[128];

	(void)snprintf(command, sizeof(command), "rm -rf '%s'", (const char *)*state);
	return system(command);
}

static void a_file_is_read_back_as_it_was_written(void **state)
{
	struct arena arena = ARENA_INIT;
	const char *path = arena_format(&arena, "%s/a", (const char *)*state);
	struct stat status;
	size_t length;
	char *bytes;
	mode_t mask = umask(027);

	assert_int_equal(file_write(path, "a\0b", 3), 0);
	umask(mask);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0640);
	assert_int_equal(file_read(path, &arena, &bytes, &length), FILE_OK);
	assert_int_equal(length, 3);
	assert_memory_equal(bytes, "a\0b", 4);
	assert_int_equal(file_write(path, "", 0), 0);
	assert_int_equal(file_read(path, &arena, &bytes, &length), FILE_OK);
	assert_int_equal(length, 0);
	arena_release(&arena);
}

static void a_file_that_would_not_change_keeps_its_time(void **state)
{
	struct arena arena = ARENA_INIT;
	const char *path = arena_format(&arena, "%s/a", (const char *)*state);
	struct stat before;
	struct stat after;

	assert_int_equal(file_write_if_changed(path, "same", 4), 0);
	assert_int_equal(stat(path, &before), 0);
	assert_int_equal(file_write_if_changed(path, "same", 4), 0);
	assert_int_equal(stat(path, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	assert_int_equal(file_write_if_changed(path, "else", 4), 0);
	assert_int_equal(stat(path, &after), 0);
	assert_int_not_equal(before.st_ino, after.st_ino);
	arena_release(&arena);
}

static void what_is_no_regular_file_is_not_read(void **state)
{
	struct arena arena = ARENA_INIT;
	const char *path = arena_format(&arena, "%s/a", (const char *)*state);
	size_t length;
	char *bytes;

	assert_int_equal(file_read(path, &arena, &bytes, &length), FILE_MISSING);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(file_read(path, &arena, &bytes, &length), FILE_NOT_REGULAR);
	assert_int_equal(file_read(*state, &arena, &bytes, &length), FILE_NOT_REGULAR);
	assert_int_equal(file_read("/dev/zero", &arena, &bytes, &length), FILE_NOT_REGULAR);
	arena_release(&arena);
}

static void a_file_over_a_gibibyte_is_refused_unread(void **state)
{
	struct arena arena = ARENA_INIT;
	const char *path = arena_format(&arena, "%s/a", (const char *)*state);
	size_t length;
	char *bytes;

	assert_int_equal(file_write(path, "", 0), 0);
	assert_int_equal(truncate(path, (off_t)(1024 * 1024 * 1024) + 1), 0);
	assert_int_equal(file_read(path, &arena, &bytes, &length), FILE_TOO_LARGE);
	arena_release(&arena);
}

static void a_write_that_cannot_be_finished_leaves_nothing(void **state)
{
	struct arena arena = ARENA_INIT;
	const char *folder = arena_format(&arena, "%s/folder", (const char *)*state);
	const char *inside = arena_format(&arena, "%s/file", folder);

	assert_int_equal(mkdir(folder, 0700), 0);
	assert_int_equal(file_create(inside, "x", 1), 0);
	assert_int_equal(file_create(inside, "y", 1), -1);
	assert_int_equal(errno, EEXIST);
	assert_int_equal(file_write(folder, "x", 1), -1); /* rename onto a folder */
	assert_int_equal(unlink(inside), 0);
	assert_int_equal(rmdir(folder), 0);
	assert_int_equal(file_write(inside, "x", 1), -1); /* no folder */
	assert_int_equal(errno, ENOENT);
	assert_int_equal(rmdir(*state), 0); /* nothing is left in it */
	assert_int_equal(mkdir(*state, 0700), 0);
	arena_release(&arena);
}

/* ---- diagnostics ---- */

struct printed {
	struct arena arena;
	struct diagnostics diag;
	struct source source;
	char *text;
	size_t length;
};

static void prepare(struct printed *printed, const char *text)
{
	*printed = (struct printed){ .arena = ARENA_INIT };
	printed->diag.arena = &printed->arena;
	scan_text("m/1_a.sql", text, strlen(text), &printed->arena, &printed->source);
}

static const char *print(struct printed *printed, enum diagnostic_format format)
{
	FILE *stream = open_memstream(&printed->text, &printed->length);

	assert_non_null(stream);
	assert_int_equal(diagnostic_print(&printed->diag, format, false, stream), 0);
	assert_int_equal(fclose(stream), 0);
	return printed->text;
}

static void release(struct printed *printed)
{
	free(printed->text);
	arena_release(&printed->arena);
}

/* Prints one error at a span and compares everything below its first line. */
static void assert_excerpt(const char *text, uint32_t offset, uint32_t length, uint32_t column,
			   const char *expected)
{
	struct printed printed;
	const char *all;

	prepare(&printed, text);
	diagnostic_at(&printed.diag, SEVERITY_ERROR, "r", &printed.source, offset, length, "m");
	assert_int_equal(printed.diag.items[0].column, column);
	all = print(&printed, FORMAT_GCC);
	assert_string_equal(strchr(all, '\n') + 1, expected);
	release(&printed);
}

static void the_caret_stands_under_its_character(void **state)
{
	(void)state;
	assert_excerpt("a b", 2, 1, 3, "    1 | a b\n      |   ^\n");
	assert_excerpt("\ta\tb", 3, 1, 4, "    1 | \ta\tb\n      | \t \t^\n");
	assert_excerpt("x\n\tabc d", 3, 3, 2, "    2 | \tabc d\n      | \t^~~\n");
	assert_excerpt("a", 1, 0, 2, "    1 | a\n      |  ^\n");
	assert_excerpt("a\n", 2, 0, 1, "    2 |\n      | ^\n");
	assert_excerpt("", 0, 0, 1, "    1 |\n      | ^\n");
}

static void wide_and_combining_characters_are_measured(void **state)
{
	(void)state;
	assert_excerpt("\xE6\x97\xA5\xE6\x9C\xAC x", 7, 1, 4,
		       "    1 | \xE6\x97\xA5\xE6\x9C\xAC x\n      |      ^\n");
	assert_excerpt("e\xCC\x81 x", 4, 1, 4, "    1 | e\xCC\x81 x\n      |   ^\n");
	assert_excerpt("\xE6\x97\xA5", 0, 3, 1, "    1 | \xE6\x97\xA5\n      | ^~\n");
}

static void nothing_the_terminal_obeys_is_printed(void **state)
{
	(void)state;
	assert_excerpt("\033[31m x", 6, 1, 7, "    1 | \\x1b[31m x\n      |          ^\n");
	assert_excerpt("\xE2\x80\xAE x", 4, 1, 3, "    1 | \\u{202e} x\n      |          ^\n");
	assert_excerpt("\r x", 2, 1, 3, "    1 | \\x0d x\n      |      ^\n");
	assert_excerpt("\xC2\x9B x", 3, 1, 3, "    1 | \\u{9b} x\n      |        ^\n");
}

static void an_underline_ends_with_its_line(void **state)
{
	(void)state;
	assert_excerpt("a 'b\nc'", 2, 6, 3, "    1 | a 'b\n      |   ^~\n");
}

static void a_long_line_is_cut_around_the_caret(void **state)
{
	struct buffer line = BUFFER_INIT;
	struct buffer expected = BUFFER_INIT;

	(void)state;
	for (int i = 0; i < 400; i++)
		buffer_add_text(&line, i == 200 ? "X" : "\xC3\xA9");
	buffer_add_text(&expected, "    1 | ...");
	for (int i = 140; i < 260; i++)
		buffer_add_text(&expected, i == 200 ? "X" : "\xC3\xA9");
	buffer_format(&expected, "...\n      | %*s^\n", 63, "");
	assert_excerpt(line.text, 400, 1, 201, expected.text);
	buffer_release(&line);
	buffer_release(&expected);
}

static void diagnostics_are_sorted_by_place(void **state)
{
	struct printed printed;

	(void)state;
	prepare(&printed, "a\nb\n");
	diagnostic_at(&printed.diag, SEVERITY_ERROR, "second", &printed.source, 2, 1, "m");
	diagnostic_at(&printed.diag, SEVERITY_WARNING, "first", &printed.source, 0, 1, "m");
	diagnostic_help(&printed.diag, "do %s", "this");
	diagnostic_at(&printed.diag, SEVERITY_NOTE, "third", &printed.source, 2, 1, "m");
	diagnostic_path(&printed.diag, SEVERITY_ERROR, "none", NULL, "about nothing");
	diagnostic_path(&printed.diag, SEVERITY_ERROR, "path", "m", "about a path");
	assert_string_equal(print(&printed, FORMAT_GCC), "bobolink: error: about nothing [none]\n"
							 "m: error: about a path [path]\n"
							 "m/1_a.sql:1:1: warning: m [first]\n"
							 "    1 | a\n"
							 "      | ^\n"
							 "help: do this\n"
							 "m/1_a.sql:2:1: error: m [second]\n"
							 "    2 | b\n"
							 "      | ^\n"
							 "m/1_a.sql:2:1: note: m [third]\n"
							 "    2 | b\n"
							 "      | ^\n");
	assert_int_equal(printed.diag.errors, 3);
	assert_int_equal(printed.diag.warnings, 1);
	release(&printed);
}

static void warnings_become_errors_where_asked(void **state)
{
	struct printed printed;

	(void)state;
	prepare(&printed, "a");
	printed.diag.warnings_as_errors = true;
	diagnostic_at(&printed.diag, SEVERITY_WARNING, "r", &printed.source, 0, 1, "m");
	diagnostic_at(&printed.diag, SEVERITY_NOTE, "r", &printed.source, 0, 1, "m");
	assert_int_equal(printed.diag.errors, 1);
	assert_int_equal(printed.diag.warnings, 0);
	release(&printed);
}

static void json_escapes_what_it_must(void **state)
{
	struct printed printed;

	(void)state;
	prepare(&printed, "a");
	assert_string_equal(print(&printed, FORMAT_JSON), "[]\n");
	free(printed.text);
	diagnostic_path(&printed.diag, SEVERITY_ERROR, "r", "caf\xE9\"\\", "tab\tbell\a \xC3\xA9");
	assert_string_equal(print(&printed, FORMAT_JSON),
			    "[\n  {\"severity\": \"error\", \"rule\": \"r\", "
			    "\"path\": \"caf\\ufffd\\\"\\\\\", "
			    "\"message\": \"tab\\u0009bell\\u0007 \xC3\xA9\"}\n]\n");
	release(&printed);
}

static void workflow_commands_cannot_be_broken_out_of(void **state)
{
	struct printed printed;

	(void)state;
	prepare(&printed, "a");
	diagnostic_path(&printed.diag, SEVERITY_NOTE, "r", "a,b:c%\n", "%s", "100%\r\n::error::x");
	assert_string_equal(print(&printed, FORMAT_GITHUB),
			    "::notice file=a%2Cb%3Ac%25%0A,title=r::100%25%0D%0A::error::x\n");
	release(&printed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arena_memory_is_zeroed_and_aligned),
		cmocka_unit_test(a_growing_array_keeps_its_items),
		cmocka_unit_test(a_buffer_holds_any_bytes_and_ends_with_a_nul),
		cmocka_unit_test(utf8_is_checked_as_rfc_3629_says),
		cmocka_unit_test(words_are_compared_without_case),
		cmocka_unit_test(a_misspelt_word_finds_its_neighbour),
		cmocka_unit_test(sha256_is_that_of_the_standard),
		cmocka_unit_test_setup_teardown(a_file_is_read_back_as_it_was_written,
						make_directory, remove_directory),
		cmocka_unit_test_setup_teardown(a_file_that_would_not_change_keeps_its_time,
						make_directory, remove_directory),
		cmocka_unit_test_setup_teardown(what_is_no_regular_file_is_not_read, make_directory,
						remove_directory),
		cmocka_unit_test_setup_teardown(a_file_over_a_gibibyte_is_refused_unread,
						make_directory, remove_directory),
		cmocka_unit_test_setup_teardown(a_write_that_cannot_be_finished_leaves_nothing,
						make_directory, remove_directory),
		cmocka_unit_test(the_caret_stands_under_its_character),
		cmocka_unit_test(wide_and_combining_characters_are_measured),
		cmocka_unit_test(nothing_the_terminal_obeys_is_printed),
		cmocka_unit_test(an_underline_ends_with_its_line),
		cmocka_unit_test(a_long_line_is_cut_around_the_caret),
		cmocka_unit_test(diagnostics_are_sorted_by_place),
		cmocka_unit_test(warnings_become_errors_where_asked),
		cmocka_unit_test(json_escapes_what_it_must),
		cmocka_unit_test(workflow_commands_cannot_be_broken_out_of),
	};

	return cmocka_run_group_tests_name("support", tests, NULL, NULL);
}
