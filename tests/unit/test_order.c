/* Order: pairs, checksums, the digest, and what is odd about a sequence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "folder.h"
#include "order.h"
#include "support/text.h"

#define UP   "-- migrate:up\n"
#define DOWN "\n-- migrate:down\n"

static const char *hash(struct folder *folder, const char *bytes, size_t length)
{
	char *hex = arena_alloc(&folder->arena, 65, 1);

	text_sha256(&(struct text_piece){ bytes, length }, 1, hex);
	return hex;
}

static struct set read_set(struct folder *folder)
{
	struct set set;

	assert_int_equal(folder_read(folder, &set), 0);
	assert_string_equal(folder_report(folder), "");
	return set;
}

static void the_set_is_sorted_by_number(void **state)
{
	struct folder *folder = *state;
	struct set set;

	folder_add(folder, "10_c.sql", "SELECT 1;");
	folder_add(folder, "9_b.sql", "SELECT 1;");
	folder_add(folder, "0001_a/up.sql", "SELECT 1;");
	folder_add(folder, "0001_a/down.sql", "SELECT 2;");
	folder_add(folder, "2024-01-01-000000_d.sql", "SELECT 1;");
	set = read_set(folder);
	assert_int_equal(set.count, 4);
	assert_string_equal(set.migrations[0].entry, "0001_a");
	assert_string_equal(set.migrations[1].entry, "9_b.sql");
	assert_string_equal(set.migrations[2].entry, "10_c.sql");
	assert_int_equal(set.migrations[3].version, INT64_C(20240101000000));
	assert_string_equal(set.name, "shop");
}

static void a_pair_is_one_migration(void **state)
{
	struct folder *folder = *state;
	struct set set;

	folder_add(folder, "1_a.up.sql", "SELECT 1;");
	folder_add(folder, "1_a.down.sql", "SELECT 2; SELECT 3;");
	folder_add(folder, "2_b.up.sql", "SELECT 1;");
	set = read_set(folder);
	assert_int_equal(set.count, 2);
	assert_true(set.migrations[0].up.present && set.migrations[0].down.present);
	assert_int_equal(set.migrations[0].up.count, 1);
	assert_int_equal(set.migrations[0].down.count, 2);
	assert_string_equal(strrchr(set.migrations[0].down.source->path, '/'), "/1_a.down.sql");
	assert_true(set.migrations[1].up.present && !set.migrations[1].down.present);
}

static void the_checksum_is_that_of_the_canonical_bytes(void **state)
{
	struct folder *folder = *state;
	struct set set;

	folder_add(folder, "1_a.sql", "\xEF\xBB\xBFSELECT 1;\r\n");
	folder_add(folder, "2_b.up.sql", "SELECT 1;\n");
	folder_add(folder, "2_b.down.sql", "SELECT 2;\r\n");
	folder_add(folder, "3_c.up.sql", "SELECT 1;\n");
	set = read_set(folder);
	assert_string_equal(set.migrations[0].checksum, hash(folder, "SELECT 1;\n", 10));
	assert_string_equal(set.migrations[1].checksum,
			    hash(folder, "SELECT 1;\n\0SELECT 2;\n", 21));
	assert_string_equal(set.migrations[2].checksum, hash(folder, "SELECT 1;\n", 10));
}

static void the_digest_chains_version_name_and_checksum(void **state)
{
	struct folder *folder = *state;
	const char *chain;
	struct set set;

	folder_add(folder, "0007_a b.sql", "SELECT 1;");
	folder_add(folder, "8_c.sql", "SELECT 2;");
	set = read_set(folder);
	chain = arena_format(&folder->arena, "7 a b %s\n8 c %s\n", hash(folder, "SELECT 1;", 9),
			     hash(folder, "SELECT 2;", 9));
	assert_string_equal(set.digest, hash(folder, chain, strlen(chain)));
}

/* The checksum over tokens of a file with these bytes. */
static const char *sql_checksum(struct folder *folder, const char *text)
{
	struct set set;

	folder_add(folder, "1_a.sql", text);
	set = read_set(folder);
	return arena_copy(&folder->arena, set.migrations[0].sql_checksum, 64);
}

static void cosmetic_changes_keep_the_sql_checksum(void **state)
{
	struct folder *folder = *state;
	const char *plain = sql_checksum(folder, UP "SELECT 'a  b', x;" DOWN "SELECT 2;");

	assert_string_equal(plain,
			    sql_checksum(folder, UP "SELECT\t'a  b'\n,x  ;\n" DOWN "SELECT/**/2;"));
	assert_string_equal(plain, sql_checksum(folder, "-- why\n" UP
							"-- what\nSELECT 'a  b', x; -- so\n" DOWN
							"SELECT 2;"));
	assert_string_equal(plain,
			    sql_checksum(folder, "\xEF\xBB\xBF" UP "SELECT 'a  b', x;\r\n" DOWN
						 "SELECT 2;\r\n"));
	assert_string_equal(plain, sql_checksum(folder, "-- migrate:down\nSELECT 2;\n" UP
							"SELECT 'a  b', x;"));
	assert_string_equal(sql_checksum(folder, "SELECT 1;"),
			    sql_checksum(folder, UP "SELECT 1;"));
	/* Rows for the replay are not executed: wherever they stand, they are none of it. */
	assert_string_equal(plain, sql_checksum(folder, UP
						"SELECT 'a  b', x;\n-- migrate:sample\nSELECT 3;\n"
						"-- migrate:down\nSELECT 2;"));
	assert_string_equal(plain,
			    sql_checksum(folder, UP "SELECT 'a  b', x;" DOWN
						    "SELECT 2;\n-- migrate:sample\nSELECT 4;"));
}

static void real_changes_change_the_sql_checksum(void **state)
{
	static const char *const texts[] = {
		UP "SELECT 'a  b', x;\n" DOWN "SELECT 2;",
		UP "SELECT 'a b', x;\n" DOWN "SELECT 2;",
		UP "SELECT 'a  b', X;\n" DOWN "SELECT 2;",
		UP "SELECT 'a  b', \"x\";\n" DOWN "SELECT 2;",
		UP "SELECT 'a  b', x; SELECT 2;",
		UP "SELECT 'a  b', x; SELECT 2;\n" DOWN,
		UP "SELECT 'a  b', x; SELECT 2, 3;",
		UP "SELECT a, b;",
		UP "SELECT ab;",
		UP "SELECT a b;",
	};
	struct folder *folder = *state;
	size_t count = sizeof(texts) / sizeof(*texts);
	const char *sums[sizeof(texts) / sizeof(*texts)];

	for (size_t i = 0; i < count; i++) {
		sums[i] = sql_checksum(folder, texts[i]);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(sums[i], sums[j]);
	}
}

static void both_layouts_have_one_sql_checksum(void **state)
{
	struct folder *folder = *state;
	const char *sections = sql_checksum(folder, UP "SELECT 1;\n" DOWN "SELECT 2;");
	struct set set;

	folder_delete(folder, "1_a.sql");
	folder_add(folder, "1_a/up.sql", "SELECT 1;");
	folder_add(folder, "1_a/down.sql", "SELECT 2;");
	set = read_set(folder);
	assert_string_equal(sections, set.migrations[0].sql_checksum);
}

/* Reads migrations with these versions and compares what the review says. */
static void assert_review(struct folder *folder, const char *const *files, const char *expected)
{
	struct set set;

	for (size_t i = 0; files[i]; i++)
		folder_add(folder, files[i], "SELECT 1;");
	set = read_set(folder);
	order_review(&set, &folder->arena, &folder->diag);
	assert_string_equal(folder_report(folder), expected);
	for (size_t i = 0; files[i]; i++)
		folder_delete(folder, files[i]);
}

#define FILES(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void a_gap_is_reported_in_counted_numbers_only(void **state)
{
	struct folder *folder = *state;

	assert_review(folder, FILES("1_a.sql", "2_b.sql", "3_c.sql"), "");
	assert_review(folder, FILES("5_a.sql", "6_b.sql"), "");
	assert_review(folder, FILES("1_a.sql", "2_b.sql", "4_c.sql"), "4_c.sql:1:1 version-gap\n");
	assert_review(folder, FILES("1_a.sql", "3_b.sql"), "3_b.sql:1:1 version-gap\n");
	assert_review(folder, FILES("10_a.sql", "20_b.sql", "40_c.sql"), "");
	assert_review(folder, FILES("1_a.sql", "7_b.sql", "12_c.sql", "31_d.sql"), "");
	assert_review(folder, FILES("20240101000000_a.sql", "20240102000000_b.sql"), "");
	assert_review(folder, FILES("1_a.sql", "2_b.sql", "20240102000000_c.sql"), "");
}

static void a_locked_migration_is_asked_nothing(void **state)
{
	struct folder *folder = *state;
	struct set set;

	folder_add(folder, "1_a.sql", UP "-- nothing\n");
	folder_add(folder, "3_b.sql", UP "SELECT 1;" DOWN);
	set = read_set(folder);
	set.migrations[0].locked = true;
	set.migrations[1].locked = true;
	order_review(&set, &folder->arena, &folder->diag);
	assert_string_equal(folder_report(folder),
			    "1_a.sql:1:1 empty-migration\n3_b.sql:3:1 empty-migration\n");
	assert_int_equal(folder->diag.warnings + folder->diag.errors, 0);
}

static void a_name_may_end_in_a_direction(void **state)
{
	struct folder *folder = *state;
	struct set set;

	folder_add(folder, "1_sign_up.sql", "SELECT 1;");
	folder_add(folder, "2_scale_down.sql", UP "SELECT 1;");
	set = read_set(folder);
	assert_string_equal(set.migrations[0].name, "sign_up");
	assert_string_equal(set.migrations[1].name, "scale_down");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_set_is_sorted_by_number, folder_make,
						folder_remove),
		cmocka_unit_test_setup_teardown(a_pair_is_one_migration, folder_make,
						folder_remove),
		cmocka_unit_test_setup_teardown(the_checksum_is_that_of_the_canonical_bytes,
						folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(the_digest_chains_version_name_and_checksum,
						folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(cosmetic_changes_keep_the_sql_checksum, folder_make,
						folder_remove),
		cmocka_unit_test_setup_teardown(real_changes_change_the_sql_checksum, folder_make,
						folder_remove),
		cmocka_unit_test_setup_teardown(both_layouts_have_one_sql_checksum, folder_make,
						folder_remove),
		cmocka_unit_test_setup_teardown(a_gap_is_reported_in_counted_numbers_only,
						folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(a_locked_migration_is_asked_nothing, folder_make,
						folder_remove),
		cmocka_unit_test_setup_teardown(a_name_may_end_in_a_direction, folder_make,
						folder_remove),
	};

	return cmocka_run_group_tests_name("order", tests, NULL, NULL);
}
