/* Lock: what is sealed does not change unnoticed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "folder.h"
#include "lock.h"
#include "scan.h"
#include "support/file.h"

#define HEX_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HEX_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

/* Reads set and lock file and compares them. */
static int check(struct folder *folder, struct set *set, struct lock_file *lock)
{
	assert_int_equal(folder_read(folder, set), 0);
	if (lock_read(folder->path, &folder->arena, lock, &folder->diag))
		return -1;
	return lock_check(lock, &folder->options, &folder->arena, set, &folder->diag);
}

static const char *render(struct folder *folder)
{
	struct lock_file lock;
	struct set set;

	assert_int_equal(check(folder, &set, &lock), 0);
	return lock_render(&lock, &set, &folder->arena);
}

static void seal(struct folder *folder)
{
	folder_add(folder, "migrations.lock", render(folder));
}

static void amend(struct folder *folder, int64_t version)
{
	struct lock_file lock;
	struct set set;

	assert_int_equal(folder_read(folder, &set), 0);
	assert_int_equal(lock_read(folder->path, &folder->arena, &lock, &folder->diag), 0);
	assert_int_equal(lock_amend(&lock, &set, version, &folder->arena, &folder->diag), 0);
	assert_int_equal(lock_check(&lock, &folder->options, &folder->arena, &set, &folder->diag),
			 0);
	folder_add(folder, "migrations.lock", lock_render(&lock, &set, &folder->arena));
}

static void what_is_sealed_is_marked_and_sealing_again_changes_nothing(void **state)
{
	struct folder *folder = *state;
	struct lock_file lock;
	struct set set;
	const char *text;

	folder_add(folder, "1_a b's.sql", "SELECT 1;");
	folder_add(folder, "2_c/up.sql", "SELECT 1;");
	seal(folder);
	folder_add(folder, "3_d.up.sql", "SELECT 1;");
	assert_int_equal(check(folder, &set, &lock), 0);
	assert_int_equal(lock.count, 2);
	assert_true(set.migrations[0].locked && set.migrations[1].locked);
	assert_false(set.migrations[2].locked);
	assert_null(set.migrations[0].superseded);
	seal(folder);
	text = render(folder);
	assert_string_equal(text, render(folder));
	folder->options.locked = true;
	assert_int_equal(check(folder, &set, &lock), 0);
	assert_true(set.migrations[2].locked);
}

/* "1 2 2": the versions of the files that are marked. */
static const char *marked(struct folder *folder, const struct lock_file *lock)
{
	struct sources sources;
	const char *list = "";

	assert_int_equal(scan(folder->path, &folder->arena, &sources, &folder->diag), 0);
	lock_mark(lock, &sources);
	for (uint32_t i = 0; i < sources.count; i++)
		if (sources.items[i].locked)
			list = arena_format(&folder->arena, "%s%s%d", list, *list ? " " : "",
					    (int)sources.items[i].version);
	return list;
}

static void the_files_of_what_is_locked_and_unchanged_are_marked(void **state)
{
	struct folder *folder = *state;
	struct lock_file lock;
	struct set set;

	folder_add(folder, "2_b.up.sql", "SELECT 1;");
	folder_add(folder, "2_b.down.sql", "SELECT 2;");
	folder_add(folder, "4_d/up.sql", "SELECT 1;");
	folder_add(folder, "5_e.sql", "SELECT 1;");
	seal(folder);
	folder_add(folder, "6_f.sql", "SELECT 1;");
	assert_int_equal(check(folder, &set, &lock), 0);
	assert_string_equal(marked(folder, &lock), "2 2 4 5");
	folder_add(folder, "1_a.sql", "SELECT 1;");
	folder_add(folder, "3_c.sql", "SELECT 1;");
	assert_string_equal(marked(folder, &lock), "2 2 4 5");
	folder_add(folder, "2_b.down.sql", "SELECT 3;");
	folder_add(folder, "4_d/down.sql", "SELECT 3;");
	assert_string_equal(marked(folder, &lock), "5");
	folder_delete(folder, "5_e.sql");
	folder_add(folder, "5_f.sql", "SELECT 1;");
	assert_string_equal(marked(folder, &lock), "");
	folder_delete(folder, "4_d/down.sql");
	folder_add(folder, "4_e.sql", "SELECT 1;");
	assert_string_equal(marked(folder, &lock), "");
}

static void a_locked_build_refuses_what_is_not_sealed(void **state)
{
	struct folder *folder = *state;
	struct lock_file lock;
	struct set set;

	folder->options.locked = true;
	folder_add(folder, "1_a.sql", "SELECT 1;");
	assert_int_equal(check(folder, &set, &lock), -1);
	assert_string_equal(folder_report(folder), "migrations.lock:0:0 lock-pending\n");
}

static void moving_a_pair_into_a_folder_is_no_edit(void **state)
{
	struct folder *folder = *state;
	struct lock_file lock;
	struct set set;

	folder_add(folder, "1_a.up.sql", "SELECT 1;");
	folder_add(folder, "1_a.down.sql", "SELECT 2;");
	seal(folder);
	folder_delete(folder, "1_a.up.sql");
	folder_delete(folder, "1_a.down.sql");
	folder_add(folder, "1_a/up.sql", "SELECT 1;");
	folder_add(folder, "1_a/down.sql", "SELECT 2;");
	assert_int_equal(check(folder, &set, &lock), 0);
	assert_true(set.migrations[0].locked);
}

static void an_amended_migration_keeps_what_it_replaced(void **state)
{
	struct folder *folder = *state;
	struct lock_file lock;
	struct set set;
	char first[65];
	char second[65];

	folder_add(folder, "1_a.sql", "SELECT 1;");
	seal(folder);
	assert_int_equal(check(folder, &set, &lock), 0);
	memcpy(first, set.migrations[0].checksum, sizeof(first));
	folder_add(folder, "1_a.sql", "SELECT 2;");
	amend(folder, 1);
	assert_int_equal(check(folder, &set, &lock), 0);
	memcpy(second, set.migrations[0].checksum, sizeof(second));
	assert_string_equal(set.migrations[0].superseded, first);

	folder_add(folder, "1_a.sql", "SELECT 3;");
	amend(folder, 1);
	assert_int_equal(check(folder, &set, &lock), 0);
	assert_string_equal(set.migrations[0].superseded,
			    arena_format(&folder->arena, "%s %s", second, first));

	folder_add(folder, "1_a.sql", "SELECT 1;"); /* back to the first */
	amend(folder, 1);
	assert_int_equal(check(folder, &set, &lock), 0);
	assert_null(strstr(set.migrations[0].superseded, first));
	assert_int_equal(strlen(set.migrations[0].superseded), 64 + 1 + 64);
}

static void out_of_order_is_accepted_where_asked(void **state)
{
	struct folder *folder = *state;
	struct lock_file lock;
	struct set set;

	folder_add(folder, "1_a.sql", "SELECT 1;");
	folder_add(folder, "3_c.sql", "SELECT 1;");
	seal(folder);
	folder_add(folder, "2_b.sql", "SELECT 1;");
	assert_int_equal(check(folder, &set, &lock), -1);
	assert_string_equal(folder_report(folder), "2_b.sql:1:1 out-of-order\n");
	folder->options.out_of_order = true;
	assert_int_equal(check(folder, &set, &lock), 0);
	folder->options.locked = true;
	assert_int_equal(check(folder, &set, &lock), -1);
	assert_string_equal(folder_report(folder), "2_b.sql:1:1 lock-pending\n");
	folder->options.locked = false;
	seal(folder);
	folder->options.out_of_order = false;
	assert_int_equal(check(folder, &set, &lock), 0);
}

static void every_change_is_reported_at_once(void **state)
{
	struct folder *folder = *state;
	struct lock_file lock;
	struct set set;

	folder_add(folder, "1_a.sql", "SELECT 1;");
	folder_add(folder, "2_b.sql", "SELECT 2;");
	folder_add(folder, "3_c.sql", "SELECT 3;");
	folder_add(folder, "4_d.sql", "SELECT 4;");
	seal(folder);
	folder_add(folder, "1_a.sql", "SELECT 0;");
	folder_delete(folder, "2_b.sql");
	folder_delete(folder, "3_c.sql");
	folder_add(folder, "3_x.sql", "SELECT 3;");
	folder_delete(folder, "4_d.sql");
	folder_add(folder, "5_d.sql", "SELECT 4;");
	assert_int_equal(check(folder, &set, &lock), -1);
	assert_string_equal(folder_report(folder), "1_a.sql:1:1 locked-edited\n"
						   "migrations.lock:3:1 locked-removed\n"
						   "3_x.sql:1:1 locked-renamed\n"
						   "migrations.lock:5:1 locked-renamed\n");
}

static void windows_line_ends_do_no_harm(void **state)
{
	struct folder *folder = *state;
	struct lock_file lock;
	struct set set;
	char crlf[1024];
	size_t length = 0;

	folder_add(folder, "1_a.sql", "SELECT 1;");
	for (const char *c = render(folder); *c; c++) {
		if (*c == '\n')
			crlf[length++] = '\r';
		crlf[length++] = *c;
	}
	folder_add_bytes(folder, "migrations.lock", crlf, length);
	assert_int_equal(check(folder, &set, &lock), 0);
	assert_true(set.migrations[0].locked);
}

static int parse(struct folder *folder, const char *text, size_t length, struct lock_file *lock)
{
	struct source *source = arena_alloc(&folder->arena, 1, sizeof(*source));

	folder->diag = (struct diagnostics){ .arena = &folder->arena };
	scan_text("m/migrations.lock", text, length, &folder->arena, source);
	return lock_parse(source, &folder->arena, lock, &folder->diag);
}

/* Where `was` lists begin and end: the digest does not cover what they hold. */
static bool is_superseded(const char *text, size_t at)
{
	const char *was = strstr(text, " was ");

	return was && at >= (size_t)(was - text) && text[at] != '\n' &&
	       !memchr(was, '\n', at - (size_t)(was - text));
}

static void no_byte_of_a_lock_file_changes_unnoticed(void **state)
{
	static const char replacements[] = { '0', 'f', 'z', ' ', '\n', '\0', ',', '<', '\xFF' };
	struct folder *folder = *state;
	struct lock_file lock;
	unsigned points = 0;
	const char *text;
	size_t length;
	char *copy;

	folder_add(folder, "1_a.sql", "SELECT 1;");
	folder_add(folder, "2_b/up.sql", "SELECT 1;");
	seal(folder);
	folder_add(folder, "1_a.sql", "SELECT 2;");
	amend(folder, 1);
	text = render(folder);
	length = strlen(text);
	assert_int_equal(parse(folder, text, length, &lock), 0);
	for (size_t i = 0; i < length; i++) {
		for (size_t j = 0; j < sizeof(replacements); j++) {
			if (text[i] == replacements[j] || is_superseded(text, i))
				continue;
			copy = arena_copy(&folder->arena, text, length);
			copy[i] = replacements[j];
			assert_int_equal(parse(folder, copy, length, &lock), -1);
			assert_int_equal(folder->diag.errors, 1);
			points++;
		}
	}
	for (size_t i = 0; i + 1 < length; i++) {
		assert_int_equal(parse(folder, text, i, &lock), -1);
		points++;
	}
	printf("sweep: %u changes of a lock file\n", points);
	assert_true(points > 2000);
}

static void an_entry_may_look_like_a_checksum(void **state)
{
	struct folder *folder = *state;
	struct lock_file lock;
	struct set set;

	folder_add(folder, "1_a sha256:" HEX_A ".sql", "SELECT 1;");
	folder_add(folder, "2_b was sha256:" HEX_B ".sql", "SELECT 1;");
	seal(folder);
	assert_int_equal(check(folder, &set, &lock), 0);
	assert_string_equal(lock.entries[0].entry, "1_a sha256:" HEX_A ".sql");
	assert_string_equal(lock.entries[1].entry, "2_b was sha256:" HEX_B ".sql");
	assert_null(lock.entries[1].superseded);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			what_is_sealed_is_marked_and_sealing_again_changes_nothing, folder_make,
			folder_remove),
		cmocka_unit_test_setup_teardown(
			the_files_of_what_is_locked_and_unchanged_are_marked, folder_make,
			folder_remove),
		cmocka_unit_test_setup_teardown(a_locked_build_refuses_what_is_not_sealed,
						folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(moving_a_pair_into_a_folder_is_no_edit, folder_make,
						folder_remove),
		cmocka_unit_test_setup_teardown(an_amended_migration_keeps_what_it_replaced,
						folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(out_of_order_is_accepted_where_asked, folder_make,
						folder_remove),
		cmocka_unit_test_setup_teardown(every_change_is_reported_at_once, folder_make,
						folder_remove),
		cmocka_unit_test_setup_teardown(windows_line_ends_do_no_harm, folder_make,
						folder_remove),
		cmocka_unit_test_setup_teardown(no_byte_of_a_lock_file_changes_unnoticed,
						folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(an_entry_may_look_like_a_checksum, folder_make,
						folder_remove),
	};

	return cmocka_run_group_tests_name("lock", tests, NULL, NULL);
}
