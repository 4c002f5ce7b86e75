/* Snapshot: what is written is read again, and nothing that was changed or lost passes for current. */
#define _XOPEN_SOURCE 700 /* mkdir */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <sys/stat.h>

#include "folder.h"
#include "scan.h"
#include "snapshot.h"

#define HEADER "bobolink-snapshot 1 postgres 15\n"

/* A name with blanks, a migration without changes, objects that stood there before. */
static void fill(struct folder *folder, struct set *set)
{
	folder->options.database = DATABASE_POSTGRES;
	folder_add(folder, "1_a b's.sql", "CREATE TABLE a (x int);\n");
	folder_add(folder, "20_rows.sql", "INSERT INTO a VALUES (1);\n");
	folder_add(folder, "300_view/up.sql", "CREATE VIEW v AS SELECT x FROM a;\n");
	assert_int_equal(folder_read(folder, set), 0);
	set->server = 15;
	set->start = "+ function\tpublic\t\tf()\tinteger\tCREATE FUNCTION f()\n";
	set->migrations[0].block = "+ table\tpublic\t\ta\t\tCREATE TABLE a (x integer)\n"
				   "+ column\tpublic\ta\tx\tinteger\tx integer\n";
	set->migrations[1].block = "";
	set->migrations[2].block = "+ view\tpublic\t\tv\t\tCREATE VIEW v AS SELECT x FROM a\n"
				   "~ table\tpublic\t\ta\t\tCREATE TABLE a (x int)\n"
				   "- function\tpublic\t\tf()\n";
}

static int parse(const char *text, size_t length, struct arena *arena, struct snapshot *snapshot,
		 struct diagnostics *diag)
{
	struct source *source = arena_alloc(arena, 1, sizeof(*source));

	*diag = (struct diagnostics){ .arena = arena };
	scan_text("m/migrations.snapshot", text, length, arena, source);
	return snapshot_parse(source, arena, snapshot, diag);
}

/* Whether a text is well-formed and says that it is of this set. */
static bool is_current(const char *text, size_t length, const struct set *set)
{
	struct arena arena = ARENA_INIT;
	struct diagnostics diag;
	struct snapshot snapshot;
	bool current = false;

	if (parse(text, length, &arena, &snapshot, &diag) == 0) {
		assert_int_equal(diag.errors, 0);
		snapshot_check(&snapshot, set, &arena);
		current = !snapshot.stale;
	} else {
		assert_int_equal(diag.errors, 1);
	}
	arena_release(&arena);
	return current;
}

static void what_is_written_is_read_again(void **state)
{
	struct folder *folder = *state;
	struct snapshot snapshot;
	struct diagnostics diag;
	struct set set;
	const char *text;

	fill(folder, &set);
	text = snapshot_render(&set, &folder->arena);
	assert_memory_equal(text, HEADER, strlen(HEADER));
	assert_int_equal(parse(text, strlen(text), &folder->arena, &snapshot, &diag), 0);
	assert_string_equal(snapshot.start, set.start);
	assert_int_equal(snapshot.count, 3);
	for (uint32_t i = 0; i < 3; i++) {
		assert_int_equal(snapshot.blocks[i].version, set.migrations[i].version);
		assert_string_equal(snapshot.blocks[i].name, set.migrations[i].name);
		assert_string_equal(snapshot.blocks[i].lines, set.migrations[i].block);
	}
	assert_string_equal(snapshot.blocks[2].digest, set.digest);
	assert_memory_equal(text + snapshot.blocks[1].offset, "migration 20 rows ", 18);
	snapshot_check(&snapshot, &set, &folder->arena);
	assert_null(snapshot.stale);
}

/* The diff of a commit shows what the migration did, and nothing else. */
static void a_new_migration_appends_a_block(void **state)
{
	struct folder *folder = *state;
	const char *blocks[3];
	const char *before;
	const char *after;
	struct set set;

	fill(folder, &set);
	for (uint32_t i = 0; i < 3; i++)
		blocks[i] = set.migrations[i].block;
	before = snapshot_render(&set, &folder->arena);
	folder_add(folder, "4000_none.sql", "SELECT 1;\n");
	assert_int_equal(folder_read(folder, &set), 0);
	set.server = 15;
	set.start = "+ function\tpublic\t\tf()\tinteger\tCREATE FUNCTION f()\n";
	for (uint32_t i = 0; i < 3; i++)
		set.migrations[i].block = blocks[i];
	after = snapshot_render(&set, &folder->arena);
	assert_memory_equal(after, before, strlen(before));
	assert_memory_equal(after + strlen(before), "\nmigration 4000 none sha256:", 28);
	assert_false(is_current(before, strlen(before), &set));
	assert_true(is_current(after, strlen(after), &set));
}

static void a_file_that_was_cut_off_anywhere_is_noticed(void **state)
{
	struct folder *folder = *state;
	struct set set;
	const char *text;

	fill(folder, &set);
	text = snapshot_render(&set, &folder->arena);
	assert_true(is_current(text, strlen(text), &set));
	for (size_t length = 0; length < strlen(text); length++) {
		if (is_current(text, length, &set))
			fail_msg("the first %zu bytes pass", length);
	}
}

/* But for the server's version, which is there to be read. */
static void a_byte_that_was_changed_anywhere_is_noticed(void **state)
{
	struct folder *folder = *state;
	struct set set;
	char *text;

	fill(folder, &set);
	text = arena_format(&folder->arena, "%s", snapshot_render(&set, &folder->arena));
	for (size_t i = 0; i < strlen(text); i++) {
		if (i + 3 >= strlen(HEADER) && i + 1 < strlen(HEADER))
			continue;
		text[i] ^= 1;
		if (is_current(text, strlen(text), &set))
			fail_msg("byte %zu can be changed", i);
		text[i] ^= 1;
	}
}

static void expect_refused(struct folder *folder, const char *bytes, size_t length,
			   const char *rule, uint32_t offset)
{
	struct snapshot snapshot;
	struct diagnostics diag;

	assert_int_equal(parse(bytes, length, &folder->arena, &snapshot, &diag), -1);
	assert_int_equal(diag.count, 1);
	assert_string_equal(diag.items[0].rule, rule);
	assert_int_equal(diag.items[0].offset, offset);
}

#define EXPECT_REFUSED(folder, bytes, rule, offset) \
	expect_refused(folder, bytes, sizeof(bytes) - 1, rule, offset)

static void what_is_no_text_is_refused(void **state)
{
	struct folder *folder = *state;

	EXPECT_REFUSED(folder, HEADER "\0\n", "snapshot-format", 32);
	EXPECT_REFUSED(folder, HEADER "\n\xff\n", "snapshot-format", 33);
	EXPECT_REFUSED(folder, "bobolink-snapshot 1 postgres \n", "snapshot-format", 0);
	EXPECT_REFUSED(folder, "bobolink-snapshot 1 postgres 1x\n", "snapshot-format", 0);
	EXPECT_REFUSED(folder, HEADER "||||||| base\n", "snapshot-conflict", 32);
	EXPECT_REFUSED(folder, HEADER "+ table\tpublic\t\ta\t\n", "snapshot-format", 32);
}

#define HEX "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" /* of no bytes */

static void a_line_that_is_almost_a_header_is_refused(void **state)
{
	static const char *const lines[] = {
		"migration 1 a sha256:" HEX "0 lines sha256:" HEX,
		"migration 1 a sha256:" HEX,
		"migration 1 sha256:" HEX " lines sha256:" HEX,
		"migration a sha256:" HEX " lines sha256:" HEX,
		"migration  a sha256:" HEX " lines sha256:" HEX,
		"migration -1 a sha256:" HEX " lines sha256:" HEX,
		"migration 9223372036854775808 a sha256:" HEX " lines sha256:" HEX,
		"migration 1 a lines sha256:" HEX,
		" start lines sha256:" HEX,
		"start lines sha256:" HEX "\nstart lines sha256:" HEX "\n",
	};
	struct folder *folder = *state;

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		const char *text = arena_format(&folder->arena, HEADER "%s\n", lines[i]);
		struct snapshot snapshot;
		struct diagnostics diag;

		if (parse(text, strlen(text), &folder->arena, &snapshot, &diag) == 0)
			fail_msg("accepted: %s", lines[i]);
	}
}

static void the_largest_version_is_read(void **state)
{
	static const char text[] =
		HEADER "migration 9223372036854775807 a sha256:" HEX " lines sha256:" HEX "\n";
	struct folder *folder = *state;
	struct snapshot snapshot;
	struct diagnostics diag;

	assert_int_equal(parse(text, sizeof(text) - 1, &folder->arena, &snapshot, &diag), 0);
	assert_true(snapshot.blocks[0].version == INT64_MAX);
}

static void a_file_is_read_only_where_it_counts(void **state)
{
	struct folder *folder = *state;
	struct set set;

	fill(folder, &set);
	assert_int_equal(snapshot_read(&folder->options, &folder->arena, &set, &folder->diag), 0);
	assert_null(set.snapshot);
	folder_add(folder, "migrations.snapshot", snapshot_render(&set, &folder->arena));
	folder->options.shadow = SHADOW_OFF;
	assert_int_equal(snapshot_read(&folder->options, &folder->arena, &set, &folder->diag), 0);
	assert_null(set.snapshot);
	folder->options.shadow = SHADOW_AUTO;
	folder->options.database = DATABASE_SQLITE;
	assert_int_equal(snapshot_read(&folder->options, &folder->arena, &set, &folder->diag), 0);
	assert_null(set.snapshot);
	folder->options.database = DATABASE_POSTGRES;
	assert_int_equal(snapshot_read(&folder->options, &folder->arena, &set, &folder->diag), 0);
	assert_non_null(set.snapshot);
	assert_null(set.snapshot->stale);
}

static void what_is_no_file_is_refused(void **state)
{
	struct folder *folder = *state;
	struct set set;

	fill(folder, &set);
	assert_int_equal(mkdir(folder_file(folder, "migrations.snapshot"), 0700), 0);
	assert_int_equal(snapshot_read(&folder->options, &folder->arena, &set, &folder->diag), -1);
	assert_string_equal(folder_report(folder), "migrations.snapshot:0:0 unreadable\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_make, folder_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_written_is_read_again),
		TEST(a_new_migration_appends_a_block),
		TEST(a_file_that_was_cut_off_anywhere_is_noticed),
		TEST(a_byte_that_was_changed_anywhere_is_noticed),
		TEST(what_is_no_text_is_refused),
		TEST(a_line_that_is_almost_a_header_is_refused),
		TEST(the_largest_version_is_read),
		TEST(a_file_is_read_only_where_it_counts),
		TEST(what_is_no_file_is_refused),
	};

	return cmocka_run_group_tests_name("snapshot", tests, NULL, NULL);
}
