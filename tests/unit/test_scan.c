/* Scan: which names are migrations, and what becomes of the bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "folder.h"
#include "naming.h"
#include "scan.h"
#include "support/file.h"

static int scan_folder(struct folder *folder, const char *directory, struct sources *sources)
{
	folder->diag = (struct diagnostics){ .arena = &folder->arena };
	return scan(directory, &folder->arena, sources, &folder->diag);
}

/* "version role entry name|" for each source. */
static const char *list(struct folder *folder)
{
	static const char *const roles[] = { "both", "up", "down" };
	struct sources sources;
	const char *all = "";

	assert_int_equal(scan_folder(folder, folder->path, &sources), 0);
	assert_string_equal(folder_report(folder), "");
	for (uint32_t i = 0; i < sources.count; i++) {
		const struct source *source = &sources.items[i];

		all = arena_format(&folder->arena, "%s%" PRId64 " %s %s %s|", all, source->version,
				   roles[source->role], source->entry, source->name);
	}
	return all;
}

static void three_layouts_and_two_numberings_mix(void **state)
{
	struct folder *folder = *state;

	folder_add(folder, "20260102030405_dated.sql", "SELECT 1;");
	folder_add(folder, "2024-05-01-101010_folder/up.sql", "SELECT 1;");
	folder_add(folder, "2024-05-01-101010_folder/down.sql", "SELECT 1;");
	folder_add(folder, "2026-06-26-100902-0000_longer/up.sql", "SELECT 1;");
	folder_add(folder, "10_pair.down.sql", "SELECT 1;");
	folder_add(folder, "10_pair.up.sql", "SELECT 1;");
	folder_add(folder, "0009_sections.sql", "SELECT 1;");
	assert_string_equal(list(folder),
			    "9 both 0009_sections.sql sections|"
			    "10 up 10_pair pair|"
			    "10 down 10_pair pair|"
			    "20240501101010 up 2024-05-01-101010_folder folder|"
			    "20240501101010 down 2024-05-01-101010_folder folder|"
			    "20260102030405 both 20260102030405_dated.sql dated|"
			    "202606261009020000 up 2026-06-26-100902-0000_longer longer|");
}

/* Dates that leave digits out sort where they belong. */
static void dates_sort_by_time(void **state)
{
	static const struct {
		const char *folder;
		int64_t version;
		const char *name;
	} dates[] = {
		{ "2020-12-7-190800_errors", 20201207190800, "errors" },
		{ "2020-2-17-190800_more", 20200217190800, "more" },
		{ "2023-05-23-1715-update-things", 20230523171500, "update-things" },
		{ "2023-05-23-171509_update", 20230523171509, "update" },
		{ "2023-05-23-171509-0001_update", 202305231715090001, "update" },
		{ "2023-05-23_day", 20230523, "day" },
	};
	struct arena arena = ARENA_INIT;
	struct naming naming;

	(void)state;
	for (size_t i = 0; i < sizeof(dates) / sizeof(*dates); i++) {
		assert_int_equal(naming_parse(dates[i].folder, true, &arena, &naming), NAMING_OK);
		assert_int_equal(naming.version, dates[i].version);
		assert_string_equal(naming.name, dates[i].name);
	}
	assert_int_equal(naming_parse("0001-name", true, &arena, &naming), NAMING_NO_VERSION);
	assert_int_equal(naming_parse("2023-005-23-1715_x", true, &arena, &naming),
			 NAMING_NO_VERSION);
	arena_release(&arena);
}

static void a_name_may_hold_spaces_quotes_and_any_letters(void **state)
{
	struct folder *folder = *state;

	folder_add(folder, "0000_it's \"new\".sql", "");
	folder_add(folder, "0001_caf\xC3\xA9 $HOME `x`.up.sql", "");
	folder_add(folder, "0002__double__.sql", "");
	folder_add(folder, "0003_v1.2.sql", "");
	folder_add(folder, "9223372036854775807_last.sql", "");
	assert_string_equal(list(folder),
			    "0 both 0000_it's \"new\".sql it's \"new\"|"
			    "1 up 0001_caf\xC3\xA9 $HOME `x` caf\xC3\xA9 $HOME `x`|"
			    "2 both 0002__double__.sql _double__|"
			    "3 both 0003_v1.2.sql v1.2|"
			    "9223372036854775807 both 9223372036854775807_last.sql last|");
}

static void what_belongs_beside_migrations_is_passed_over(void **state)
{
	struct folder *folder = *state;

	folder_add(folder, "README.md", "");
	folder_add(folder, "README", "");
	folder_add(folder, "migrations.lock", "not read here");
	folder_add(folder, "migrations.snapshot", "");
	folder_add(folder, ".gitkeep", "");
	folder_add(folder, "._0001_a.sql", "");
	folder_add(folder, ".0001_a.sql.swp", "");
	folder_add(folder, "0001_a/.keep", "");
	folder_add(folder, "0001_a/README.md", "");
	folder_add(folder, "0001_a/up.sql", "");
	assert_string_equal(list(folder), "1 up 0001_a a|");
}

/* Asserts the canonical text of a file with these bytes. */
static void assert_text(struct folder *folder, const char *bytes, const char *expected,
			uint32_t lines)
{
	struct sources sources;

	folder_add(folder, "1_a.sql", bytes);
	assert_int_equal(scan_folder(folder, folder->path, &sources), 0);
	assert_string_equal(sources.items[0].text, expected);
	assert_int_equal(sources.items[0].length, strlen(expected));
	assert_int_equal(sources.items[0].line_count, lines);
	for (uint32_t i = 1; i < lines; i++)
		assert_int_equal(sources.items[0].text[sources.items[0].lines[i] - 1], '\n');
}

static void bytes_become_canonical(void **state)
{
	struct folder *folder = *state;

	assert_text(folder, "", "", 1);
	assert_text(folder, "a\nb", "a\nb", 2);
	assert_text(folder, "a\r\nb\r\n", "a\nb\n", 3);
	assert_text(folder,
		    "\xEF\xBB\xBF"
		    "a\r\n\r\n",
		    "a\n\n", 3);
	assert_text(folder,
		    "\xEF\xBB\xBF\xEF\xBB\xBF"
		    "a",
		    "\xEF\xBB\xBF"
		    "a",
		    1);
	assert_text(folder, "a\rb\r\r\nc\r", "a\rb\r\nc\r", 2);
	assert_text(folder, "\r\n", "\n", 2);
	assert_text(folder, "\r", "\r", 1);
}

static void paths_are_as_given_and_files_are_relative(void **state)
{
	struct folder *folder = *state;
	const char *base = strrchr(folder->path, '/') + 1;
	struct sources sources;
	char before[256];

	folder_add(folder, "0001_a/up.sql", "");
	assert_int_equal(scan_folder(folder, arena_format(&folder->arena, "%s///", folder->path),
				     &sources),
			 0);
	assert_string_equal(sources.items[0].path, folder_file(folder, "0001_a/up.sql"));
	assert_string_equal(sources.items[0].file,
			    arena_format(&folder->arena, "%s/0001_a/up.sql", base));

	assert_non_null(getcwd(before, sizeof(before)));
	assert_int_equal(chdir(folder->path), 0);
	assert_int_equal(scan_folder(folder, ".", &sources), 0);
	assert_string_equal(sources.items[0].path, "./0001_a/up.sql");
	assert_string_equal(sources.items[0].file,
			    arena_format(&folder->arena, "%s/0001_a/up.sql", base));
	assert_int_equal(scan_folder(folder, "0001_a/..", &sources), 0);
	assert_string_equal(sources.items[0].file,
			    arena_format(&folder->arena, "%s/0001_a/up.sql", base));
	assert_int_equal(chdir(before), 0);
}

static void symbolic_links_are_followed(void **state)
{
	struct folder *folder = *state;

	folder_add(folder, ".store/x.sql", "SELECT 1;");
	folder_add(folder, ".store/up.sql", "SELECT 1;");
	assert_int_equal(symlink(".store/x.sql", folder_file(folder, "0001_a.sql")), 0);
	assert_int_equal(symlink(".store", folder_file(folder, "0002_b")), 0);
	folder_delete(folder, ".store/x.sql");
	folder_add(folder, ".x.sql", "SELECT 1;");
	folder_delete(folder, "0001_a.sql");
	assert_int_equal(symlink(".x.sql", folder_file(folder, "0001_a.sql")), 0);
	assert_string_equal(list(folder), "1 both 0001_a.sql a|2 up 0002_b b|");
}

static void faults_in_bytes_have_exact_positions(void **state)
{
	struct folder *folder = *state;
	struct sources sources;

	folder_add_bytes(folder, "1_a.sql", "a\r\n\xC3\xA9\0b", 7);
	folder_add_bytes(folder, "2_b.sql",
			 "\xEF\xBB\xBF"
			 "ab\n\tc\xFF\xFF",
			 9);
	folder_add_bytes(folder, "3_c.sql", "\xFE\xFF\0S", 4);
	folder_add_bytes(folder, "4_d.sql", "S\0E\0", 4);
	folder_add_bytes(folder, "5_e.sql", "ab\xE2\x82", 4);
	assert_int_equal(scan_folder(folder, folder->path, &sources), -1);
	assert_string_equal(folder_report(folder), "1_a.sql:2:2 nul-byte\n"
						   "2_b.sql:2:3 not-utf8\n"
						   "3_c.sql:1:1 not-utf8\n"
						   "4_d.sql:1:2 nul-byte\n"
						   "5_e.sql:1:3 not-utf8\n");
}

/* A child that never stops appending; the read must not be taken for the whole file. */
static void a_file_that_changes_while_it_is_read_is_noticed(void **state)
{
	struct folder *folder = *state;
	const char *path = folder_file(folder, "1_a.sql");
	struct sources sources;
	bool noticed = false;
	pid_t child;

	folder_add(folder, "1_a.sql", "SELECT 1;\n");
	child = fork();
	if (child == 0) {
		int fd = open(path, O_WRONLY | O_APPEND);

		for (int i = 0; i < 1000000 && write(fd, "-- more\n", 8) == 8; i++)
			;
		_exit(0);
	}
	for (int i = 0; i < 1000 && !noticed; i++) {
		if (scan_folder(folder, folder->path, &sources)) {
			assert_string_equal(folder_report(folder),
					    "1_a.sql:0:0 changed-while-read\n");
			noticed = true;
		}
	}
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_true(noticed);
}

static void assert_next(struct folder *folder, const char *prefix, int64_t step,
			const char *expected)
{
	assert_string_equal(naming_next(prefix, step, &folder->arena), expected);
}

static void the_next_version_keeps_the_style(void **state)
{
	struct folder *folder = *state;

	assert_next(folder, "0001", 1, "0002");
	assert_next(folder, "9", 1, "10");
	assert_next(folder, "099", 1, "100");
	assert_next(folder, "0090", 10, "0100");
	assert_next(folder, "20991231235959", 1, "21000101000000");
	assert_next(folder, "2996-02-28-235959", 1, "2996-02-29-000000");
	assert_next(folder, "2997-02-28-235959-0007", 1, "2997-03-01-000000-0000");
	assert_next(folder, "29991699000000", 1,
		    "29991699000001"); /* month 16 exists in the wild */
	assert_null(naming_next("9223372036854775807", 1, &folder->arena));
}

/* Between two readings of the clock, in the style of each prefix. */
static void the_next_timestamp_is_the_time(void **state)
{
	struct folder *folder = *state;
	const char *dense = naming_next("20240501101010", 1, &folder->arena);
	const char *dated = naming_next("2024-05-01-101010-0000", 1, &folder->arena);
	const char *irregular = naming_next("2020-12-7-190800", 1, &folder->arena);
	const char *epoch = naming_next("1700000000", 1, &folder->arena);

	assert_int_equal(strlen(dense), 14);
	assert_true(strcmp(dense, "20260101000000") > 0 && strcmp(dense, "2100") < 0);
	assert_int_equal(strlen(dated), 22);
	assert_int_equal(dated[4], '-');
	assert_int_equal(strlen(irregular), strlen("2024-05-01-101010"));
	assert_true(strcmp(irregular, "2020-12-07-190800") > 0);
	assert_string_equal(dated + 17, "-0000");
	assert_int_equal(strlen(epoch), 10);
	assert_true(strtoll(epoch, NULL, 10) > 1767225600); /* 2026 */
}

static void whatever_is_suggested_would_be_accepted(void **state)
{
	static const char *const bad[] = { "users.sql",	  "..up.sql",	    "_up.sql",
					   "0001.sql",	  "0001_.sql",	    "1-a.SQL",
					   "V2__b.sql",	  "0001_a..up.sql", "1_a.up..sql",
					   "1_a_up.sql",  "001 x.sql",	    "1_a.UP.sql",
					   "1_a.sql.sql", "-.sql",	    "a1.sql",
					   ".sql" };
	struct folder *folder = *state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct naming naming;
		const char *good = naming_suggest(bad[i], false, "0007", &folder->arena);

		assert_int_equal(naming_parse(good, false, &folder->arena, &naming), NAMING_OK);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates_sort_by_time),
		cmocka_unit_test_setup_teardown(three_layouts_and_two_numberings_mix, folder_make,
						folder_remove),
		cmocka_unit_test_setup_teardown(a_name_may_hold_spaces_quotes_and_any_letters,
						folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(what_belongs_beside_migrations_is_passed_over,
						folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(bytes_become_canonical, folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(paths_are_as_given_and_files_are_relative,
						folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(symbolic_links_are_followed, folder_make,
						folder_remove),
		cmocka_unit_test_setup_teardown(faults_in_bytes_have_exact_positions, folder_make,
						folder_remove),
		cmocka_unit_test_setup_teardown(a_file_that_changes_while_it_is_read_is_noticed,
						folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(the_next_version_keeps_the_style, folder_make,
						folder_remove),
		cmocka_unit_test_setup_teardown(the_next_timestamp_is_the_time, folder_make,
						folder_remove),
		cmocka_unit_test_setup_teardown(whatever_is_suggested_would_be_accepted,
						folder_make, folder_remove),
	};

	return cmocka_run_group_tests_name("scan", tests, NULL, NULL);
}
