/* Scripts: their names in the folder, the order that they are put in, and the digest that they change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "folder.h"
#include "support/text.h"

#define GUARD	"-- fix:should-run\nSELECT 1;\n"
#define EXECUTE "-- fix:execute\nSELECT 2;\n"

static struct set read_set(struct folder *folder, const char *report)
{
	struct set set;
	int rc = folder_read(folder, &set);

	assert_string_equal(folder_report(folder), report);
	assert_int_equal(rc, *report && !strstr(report, "late-fix") ? -1 : 0);
	return set;
}

static void scripts_are_put_in_order(void **state)
{
	struct folder *folder = *state;
	struct set set;

	folder_add(folder, "0001_a.sql", "SELECT 1;");
	folder_add(folder, "fixes/10_c.sql", GUARD "-- fix:execute after:\"9 F010 2\"\nSELECT 2;");
	folder_add(folder, "fixes/0009_b.sql", GUARD EXECUTE);
	folder_add(folder, "fixes/2_a.sql", GUARD EXECUTE);
	folder_add(folder, "fixes/README.md", "no fix");
	folder_add(folder, "R__a.sql", "-- migrate:up after:\"d c\"\nSELECT 1;");
	folder_add(folder, "R__b.sql", "SELECT 1;");
	folder_add(folder, "R__c.sql", "-- migrate:up after:d\nSELECT 1;");
	folder_add(folder, "R__d.sql", "SELECT 1;");
	read_set(folder, "fixes/10_c.sql:3:16 after-cycle\n");
	folder_add(folder, "fixes/10_c.sql", GUARD "-- fix:execute after:\"9 2 09\"\nSELECT 2;");
	set = read_set(folder, "");
	assert_int_equal(set.count, 1);
	assert_int_equal(set.fix_count, 3);
	assert_int_equal(set.repeatable_count, 4);
	assert_string_equal(set.scripts[0].base.entry, "2_a.sql");
	assert_string_equal(set.scripts[1].base.entry, "0009_b.sql");
	assert_int_equal(set.scripts[2].base.version, 10);
	assert_int_equal(set.scripts[2].after_count, 2);
	assert_int_equal(set.scripts[2].after[0], 0);
	assert_int_equal(set.scripts[2].after[1], 1);
	/* b and d wait for nothing, c comes as soon as d is done, a when both are. */
	assert_string_equal(set.scripts[3].base.name, "b");
	assert_string_equal(set.scripts[4].base.name, "d");
	assert_string_equal(set.scripts[5].base.name, "c");
	assert_string_equal(set.scripts[6].base.name, "a");
	assert_int_equal(set.scripts[5].after[0], 4);
	assert_int_equal(set.scripts[6].after[0], 4);
	assert_int_equal(set.scripts[6].after[1], 5);
	assert_string_equal(set.scripts[6].base.entry, "R__a.sql");
	assert_int_equal(set.scripts[6].base.version, 0);
}

static void assert_hash(const char *text, size_t length, const char *digest)
{
	char hex[65];

	text_sha256(&(struct text_piece){ text, length }, 1, hex);
	assert_string_equal(hex, digest);
}

static void the_digest_has_the_scripts_behind_the_chain(void **state)
{
	struct folder *folder = *state;
	struct set set;
	char lines[512];
	size_t length;

	folder_add(folder, "0001_a.sql", "SELECT 1;");
	set = read_set(folder, "");
	assert_string_equal(set.digest, set.chain);
	folder_add(folder, "fixes/007_c.sql",
		   GUARD EXECUTE "-- fix:undo call:back\n-- fix:given\nSELECT 9;");
	folder_add(folder, "R__d.sql", "SELECT 1;");
	set = read_set(folder, "");
	length = (size_t)snprintf(lines, sizeof(lines), "1 a %s\n", set.migrations[0].checksum);
	assert_hash(lines, length, set.chain);
	length = (size_t)snprintf(lines, sizeof(lines), "1 a %s\nfix 7 c %s\nrepeatable d %s\n",
				  set.migrations[0].checksum, set.scripts[0].base.checksum,
				  set.scripts[1].base.checksum);
	assert_hash(lines, length, set.digest);
	/* execute, then undo, which names a function, then should-run; given runs nowhere. */
	assert_hash("SELECT\0002\0;\0\1\3back\0\2SELECT\0001\0;", 30,
		    set.scripts[0].base.sql_checksum);
}

static void a_number_and_a_name_stand_once(void **state)
{
	struct folder *folder = *state;

	folder_add(folder, "fixes/7_a.sql", GUARD EXECUTE);
	folder_add(folder, "fixes/0007_b.sql", GUARD EXECUTE);
	folder_add(folder, "R__Views.sql", "SELECT 1;");
	folder_add(folder, "R__views.sql", "SELECT 1;");
	read_set(folder, "fixes/7_a.sql:1:1 duplicate-version\n"
			 "fixes/0007_b.sql:1:1 duplicate-version\n"
			 "R__views.sql:1:1 case-clash\n"
			 "R__Views.sql:1:1 case-clash\n");
}

static const char *message(const struct folder *folder, size_t i)
{
	return folder->diag.items[i].message;
}

static const char *help(const struct folder *folder, size_t i)
{
	return folder->diag.items[i].help;
}

static void circles_are_told_whole(void **state)
{
	struct folder *folder = *state;

	folder_add(folder, "fixes/1_a.sql", GUARD "-- fix:execute after:3\nSELECT 2;");
	folder_add(folder, "fixes/0003_c.sql", GUARD "-- fix:execute after:5\nSELECT 2;");
	folder_add(folder, "fixes/4_d.sql", GUARD "-- fix:execute after:3\nSELECT 2;");
	folder_add(folder, "fixes/5_e.sql", GUARD "-- fix:execute after:4\nSELECT 2;");
	folder_add(folder, "fixes/8_f.sql", GUARD "-- fix:execute after:9\nSELECT 2;");
	folder_add(folder, "fixes/9_g.sql", GUARD "-- fix:execute after:8\nSELECT 2;");
	folder_add(folder, "R__a.sql", "-- migrate:up after:a\nSELECT 1;");
	read_set(folder, "fixes/0003_c.sql:3:16 after-cycle\n"
			 "fixes/8_f.sql:3:16 after-cycle\n"
			 "R__a.sql:1:15 after-cycle\n");
	assert_string_equal(message(folder, 0),
			    "F0003 waits for F5, that for F4, and that for F0003: none of them "
			    "could ever run");
	assert_non_null(strstr(help(folder, 0), "5_e.sql, "));
	assert_non_null(strstr(help(folder, 0), "4_d.sql"));
	assert_string_equal(message(folder, 1), "F8 waits for F9, and that for F8: none of them "
						"could ever run");
	assert_string_equal(message(folder, 2), "R__a waits for itself: it could never run");
}

static void what_scripts_wait_for_exists(void **state)
{
	struct folder *folder = *state;

	folder_add(folder, "0005_a.sql", "SELECT 1;");
	folder_add(folder, "0030_b.sql", "SELECT 1;");
	folder_add(folder, "fixes/1_a.sql", GUARD "-- fix:execute after:3\nSELECT 2;");
	folder_add(folder, "fixes/2_b.sql", GUARD "-- fix:execute requires:7\nSELECT 2;");
	folder_add(folder, "fixes/4_c.sql", GUARD "-- fix:execute after:\"4 30\"\nSELECT 2;");
	folder_add(folder, "R__a.sql", "-- migrate:up after:\"order_view x\"\nSELECT 1;");
	folder_add(folder, "R__orders_view.sql", "SELECT 1;");
	read_set(folder, "fixes/1_a.sql:3:16 unknown-script\n"
			 "fixes/4_c.sql:3:16 unknown-script\n"
			 "fixes/4_c.sql:3:16 after-cycle\n"
			 "R__a.sql:1:15 unknown-script\n"
			 "R__a.sql:1:15 unknown-script\n"
			 "fixes/2_b.sql:3:16 unknown-version\n");
	assert_string_equal(message(folder, 0), "there is no fix 3");
	assert_string_equal(help(folder, 0), "did you mean F2, which is 2_b.sql?");
	assert_string_equal(help(folder, 1),
			    "the migration 0030_b.sql is waited for with requires:0030");
	assert_string_equal(message(folder, 3), "there is no repeatable \"order_view\"");
	assert_string_equal(help(folder, 3), "did you mean orders_view?");
	assert_string_equal(message(folder, 5), "no migration has the version 7");
	assert_string_equal(help(folder, 5), "did you mean 0005, which is 0005_a.sql?");
}

static void a_fix_that_waits_for_a_late_one_is_late(void **state)
{
	struct folder *folder = *state;

	folder_add(folder, "0005_a.sql", "-- migrate:up only:test\nSELECT 1;");
	folder_add(folder, "fixes/1_a.sql", GUARD "-- fix:execute after:2 requires:5\nSELECT 2;");
	folder_add(folder, "fixes/2_b.sql", GUARD "-- fix:execute when:after\nSELECT 2;");
	folder_add(folder, "fixes/3_c.sql", GUARD "-- fix:execute when:after after:2\nSELECT 2;");
	read_set(folder, "fixes/1_a.sql:3:16 late-fix\n");
	assert_int_equal(folder->diag.items[0].severity, SEVERITY_NOTE);
}

static void names_in_the_folder_are_checked(void **state)
{
	struct folder *folder = *state;

	folder_add(folder, "fixes/0001_a.up.sql", "SELECT 1;");
	folder_add(folder, "fixes/2024-05-01_b.sql", "SELECT 1;");
	folder_add(folder, "fixes/c.sql", "SELECT 1;");
	folder_add(folder, "fixes/3_d.SQL", "SELECT 1;");
	folder_add(folder, "fixes/e.txt", "SELECT 1;");
	folder_add(folder, "fixes/F0004_l.sql", "SELECT 1;");
	folder_add(folder, "R_f.sql", "SELECT 1;");
	folder_add(folder, "R__.sql", "SELECT 1;");
	folder_add(folder, "R__g h.sql", "SELECT 1;");
	folder_add(folder, "R__i.up.sql", "SELECT 1;");
	folder_add(folder, "r__j.sql", "SELECT 1;");
	folder_add(folder, "Fixes/k.sql", "SELECT 1;");
	read_set(folder, "Fixes:0:0 file-name\n"
			 "R__.sql:0:0 file-name\n"
			 "R__g h.sql:0:0 file-name\n"
			 "R__i.up.sql:0:0 file-name\n"
			 "R_f.sql:0:0 file-name\n"
			 "fixes/0001_a.up.sql:0:0 file-name\n"
			 "fixes/2024-05-01_b.sql:0:0 file-name\n"
			 "fixes/3_d.SQL:0:0 file-name\n"
			 "fixes/F0004_l.sql:0:0 file-name\n"
			 "fixes/c.sql:0:0 file-name\n"
			 "fixes/e.txt:0:0 foreign-file\n"
			 "r__j.sql:0:0 file-name\n");
	assert_string_equal(help(folder, 0), "rename it to fixes/");
	assert_string_equal(help(folder, 1), "rename it to R__name.sql");
	assert_string_equal(help(folder, 2), "rename it to R__g_h.sql");
	assert_string_equal(help(folder, 3), "rename it to R__i_up.sql");
	assert_string_equal(help(folder, 4), "rename it to R__f.sql");
	assert_string_equal(help(folder, 5), "rename it to 0001_a.sql");
	assert_string_equal(help(folder, 6), "rename it to 20240501_b.sql");
	assert_string_equal(help(folder, 7), "rename it to 3_d.sql");
	assert_string_equal(help(folder, 8), "rename it to 0004_l.sql");
	assert_string_equal(help(folder, 11), "rename it to R__j.sql");
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_make, folder_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(scripts_are_put_in_order),
		IN_FOLDER(the_digest_has_the_scripts_behind_the_chain),
		IN_FOLDER(a_number_and_a_name_stand_once),
		IN_FOLDER(circles_are_told_whole),
		IN_FOLDER(what_scripts_wait_for_exists),
		IN_FOLDER(a_fix_that_waits_for_a_late_one_is_late),
		IN_FOLDER(names_in_the_folder_are_checked),
	};

	return cmocka_run_group_tests_name("scripts", tests, NULL, NULL);
}
