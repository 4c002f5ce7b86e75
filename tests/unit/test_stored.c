/*
 * Stored SQL: what is written is read again, and anything else is refused; what a section can destroy.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hand_set.h"
#include "losses.h"
#include "operate/down.h"

#define ALONE BOBOLINK_STATEMENT_NO_TRANSACTION

/* A migration whose down has everything that can be stored. */
static struct hand_set *full_set(void)
{
	struct hand_set *set = hand_set_new("shop");

	hand_set_add(set, 7, "odd", 0, "SELECT 1", NULL);
	hand_set_down(set, BOBOLINK_SECTION_NO_TRANSACTION | BOBOLINK_SECTION_FOREIGN_KEYS_OFF,
		      "DROP TABLE \"a\n-- 5 1:1 0\n\"", "\x01\xff\xc3\xa9\t\r\n", "", "VACUUM",
		      NULL);
	hand_set_down_statement(set, 0, 0, "SELECT 'done'\n");
	hand_set_down_statement(set, 3, ALONE | BOBOLINK_STATEMENT_REPEATABLE, "SELECT 'absent'");
	hand_set_down_timeouts(set, 5000, UINT32_MAX);
	hand_set_down_losses(set, "table a\\n\tSELECT count(*) FROM a\ncolumn b\t\n");
	return set;
}

static void write_down(struct hand_set *made, struct bl_text *text)
{
	static struct bobolink_allocator allocator;
	const struct bobolink_set *set = hand_set(made, NULL);

	allocator = bl_memory_default();
	bl_text_init(text, &allocator);
	bl_stored_write(set, 0, &set->migrations[0].down, text);
	assert_false(text->failed);
}

/* The bytes in a block that ends behind them, so that a sanitizer sees one too many. */
static int read_copy(const char *bytes, size_t length, struct bl_stored *stored)
{
	const struct bobolink_allocator allocator = bl_memory_default();
	char *copy = malloc(length ? length : 1);
	int rc;

	assert_non_null(copy);
	memcpy(copy, bytes, length);
	rc = bl_stored_read(copy, length, 7, &allocator, stored);
	free(copy);
	return rc;
}

static void release(struct bl_stored *stored)
{
	const struct bobolink_allocator allocator = bl_memory_default();

	bl_stored_release(stored, &allocator);
}

static void same_text(const struct bobolink_set *a, uint32_t in_a, const struct bobolink_set *b,
		      uint32_t in_b)
{
	assert_string_equal(bl_set_text(a, 0, in_a), bl_set_text(b, 0, in_b));
}

static void what_was_written_is_read_again(void **state)
{
	struct hand_set *made = full_set();
	const struct bobolink_set *set = hand_set(made, NULL);
	const struct bobolink_section *down = &set->migrations[0].down;
	const struct bobolink_section *read;
	struct bl_stored stored;
	struct bl_text text;

	(void)state;
	write_down(made, &text);
	assert_int_equal(read_copy(text.text, text.length, &stored), BOBOLINK_OK);
	read = &stored.set.migrations[0].down;
	assert_int_equal(stored.set.migrations[0].version, 7);
	assert_int_equal(read->flags, down->flags);
	assert_int_equal(read->count, 4);
	assert_int_equal(read->lock_timeout_ms, 5000);
	assert_int_equal(read->statement_timeout_ms, UINT32_MAX);
	same_text(set, down->file, &stored.set, read->file);
	same_text(set, down->losses, &stored.set, read->losses);
	for (uint32_t i = 0; i < 4; i++) {
		const struct bobolink_statement *a = bl_set_statement(set, 0, down, i);
		const struct bobolink_statement *b = bl_set_statement(&stored.set, 0, read, i);

		assert_int_equal(a->length, b->length);
		assert_int_equal(a->line, b->line);
		assert_int_equal(a->column, b->column);
		assert_int_equal(a->flags, b->flags);
		same_text(set, a->text, &stored.set, b->text);
		same_text(set, a->probe, &stored.set, b->probe);
	}
	release(&stored);
	bl_text_release(&text);
	hand_set_free(made);
}

static void an_empty_down_is_one_and_an_absent_one_is_none(void **state)
{
	struct hand_set *made = hand_set_new("shop");
	struct bl_stored stored;
	struct bl_text text;

	(void)state;
	hand_set_add(made, 7, "odd", 0, "SELECT 1", NULL);
	write_down(made, &text);
	assert_int_equal(text.length, 0);
	hand_set_down(made, 0, NULL);
	write_down(made, &text);
	assert_int_equal(read_copy(text.text, text.length, &stored), BOBOLINK_OK);
	assert_int_equal(stored.set.migrations[0].down.count, 0);
	release(&stored);
	bl_text_release(&text);
	hand_set_free(made);
}

static void why_there_is_no_down_is_kept(void **state)
{
	struct hand_set *made = hand_set_new("shop");
	struct bl_stored stored;
	struct bl_text text;

	(void)state;
	hand_set_add(made, 7, "odd", 0, "SELECT 1", NULL);
	hand_set_irreversible(made, "merged;\n-- 1 2:3 4\n");
	write_down(made, &text);
	assert_int_equal(read_copy(text.text, text.length, &stored), BOBOLINK_OK);
	assert_string_equal(bl_set_text(&stored.set, 0, stored.migration.irreversible),
			    "merged;\n-- 1 2:3 4\n");
	assert_int_equal(stored.migration.down.flags, 0);
	assert_int_equal(stored.migration.down.count, 0);
	release(&stored);
	bl_text_release(&text);
	hand_set_free(made);
}

static void refused(const char *bytes, size_t length)
{
	struct bl_stored stored;

	if (read_copy(bytes, length, &stored) != BOBOLINK_CORRUPT)
		fail_msg("accepted: %.*s", (int)length, bytes);
	release(&stored);
}

static int nothing(struct bobolink_step *step)
{
	(void)step;
	return BOBOLINK_OK;
}

static void a_function_is_kept_by_its_name(void **state)
{
	struct hand_set *made = hand_set_new("shop");
	struct bl_stored stored;
	struct bl_text text;

	(void)state;
	hand_set_add(made, 7, "odd", 0, "SELECT 1", NULL);
	hand_set_down_call(made, BOBOLINK_SECTION_NO_TRANSACTION, "take_back", nothing);
	write_down(made, &text);
	assert_int_equal(read_copy(text.text, text.length, &stored), BOBOLINK_OK);
	assert_string_equal(bl_set_text(&stored.set, 0, stored.function), "take_back");
	assert_int_equal(stored.migration.down.count, 0);
	assert_true(stored.migration.down.flags & BOBOLINK_SECTION_NO_TRANSACTION);
	/* That it is called is for whoever has the function. */
	assert_int_equal(stored.migration.down.call, 0);
	release(&stored);
	bl_text_release(&text);
	hand_set_free(made);
}

static void a_function_stands_alone(void **state)
{
	/* A section of no file with the flags of one that is present, then what is wrong, then the end. */
	static const char *const texts[] = {
		"-- 0 0:0 65537\n\n-- 0 0:0 2097152\n\n-- 0 0:0 524288\n\n",
		"-- 0 0:0 65537\n\n-- 1 0:0 2097152\nf\n-- 1 0:0 2097152\ng\n-- 0 0:0 524288\n\n",
		"-- 0 0:0 65537\n\n-- 1 0:0 2097152\nf\n-- 8 1:1 0\nSELECT 1\n-- 0 1:0 524288\n\n",
		"-- 0 0:0 65537\n\n-- 8 1:1 0\nSELECT 1\n-- 1 0:0 2097152\nf\n-- 0 1:0 524288\n\n",
		"-- 0 0:0 65537\n\n-- 1 0:0 2097153\nf\n-- 0 0:0 524288\n\n",
	};
	static const char sound[] = "-- 0 0:0 65537\n\n-- 1 0:0 2097152\nf\n-- 0 0:0 524288\n\n";
	struct bl_stored stored;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		refused(texts[i], strlen(texts[i]));
	assert_int_equal(read_copy(sound, strlen(sound), &stored), BOBOLINK_OK);
	release(&stored);
}

static void a_text_cut_short_is_refused(void **state)
{
	struct hand_set *made = full_set();
	struct bl_text text;

	(void)state;
	write_down(made, &text);
	for (size_t length = 0; length < text.length; length++)
		refused(text.text, length);
	print_message("cut at %zu bytes\n", text.length);
	assert_true(text.length > 200);
	bl_text_release(&text);
	hand_set_free(made);
}

/* Everything that an accepted text leads to lies within it. */
static void assert_sound(const struct bl_stored *stored, size_t length)
{
	const struct bobolink_section *down = &stored->migration.down;

	assert_true(down->file < length + 1 && down->losses < length + 1);
	for (uint32_t i = 0; i < down->count; i++) {
		const struct bobolink_statement *statement = &stored->statements[i];

		assert_true(statement->text < length + 1 && statement->probe < length + 1);
		assert_int_equal(strlen(stored->text + statement->text), statement->length);
	}
}

/* A byte that was changed is noticed where it frames something, and nowhere leads out of the text. */
static void any_byte_may_be_another(void **state)
{
	static const char others[] = "0123456789 -:\n\0x\xff";
	struct hand_set *made = full_set();
	struct bl_stored stored;
	struct bl_text text;
	unsigned kept = 0;
	unsigned all = 0;

	(void)state;
	write_down(made, &text);
	for (size_t at = 0; at < text.length; at++) {
		const char was = text.text[at];

		for (size_t i = 0; i < sizeof(others) - 1; i++, all++) {
			text.text[at] = others[i];
			if (read_copy(text.text, text.length, &stored) == BOBOLINK_OK) {
				assert_sound(&stored, text.length);
				kept++;
			}
			release(&stored);
		}
		text.text[at] = was;
	}
	print_message("%u changes, %u of them inside a statement\n", all, kept);
	assert_true(kept < all);
	bl_text_release(&text);
	hand_set_free(made);
}

#define SECTION	     "-- 1 0:0 65537\nf\n"
#define IRREVERSIBLE "-- 1 0:0 1048576\nr\n"
#define END(n)	     "-- 0 " #n ":0 524288\n\n"

static void what_is_no_stored_section_is_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"SELECT 1",
		"-- 1 0:0 65537",
		IRREVERSIBLE,					      /* no end */
		IRREVERSIBLE "-- 1 1:1 0\nx\n" END(1),		      /* and a statement */
		IRREVERSIBLE SECTION END(0),			      /* and a section */
		SECTION IRREVERSIBLE END(0),			      /* behind one */
		"-- 0 0:0 1048576\n\n" END(0),			      /* no reason */
		"-- 1 0:0 1048577\nr\n" END(0),			      /* an unknown flag */
		SECTION,					      /* no end */
		END(0),						      /* no section */
		"-- 1 1:1 0\nx\n" END(1),			      /* no section */
		SECTION SECTION END(0),				      /* two */
		SECTION END(1),					      /* a statement is missing */
		SECTION "-- 1 1:1 0\nx\n" END(0),		      /* one too many */
		SECTION END(0) END(0),				      /* something behind the end */
		SECTION "-- 1 1:1 0\nx\n-- 1 0:0 131072\nl\n" END(1), /* losses too late */
		SECTION "-- 1 0:0 131072\nl\n-- 1 0:0 131072\nl\n" END(0), /* twice */
		SECTION "-- 1 0:0 262144\np\n" END(0),			   /* a probe of nothing */
		SECTION "-- 1 1:1 4\nx\n" END(1),			   /* an unknown flag */
		SECTION "-- 1 1:1 393216\nx\n" END(1),			   /* two kinds in one */
		"-- 1 0:0 65536\nf\n" END(0),	       /* a section that is not there */
		"-- 1 0:0 65569\nf\n" END(0),	       /* an unknown flag */
		"-- 4294967296 0:0 65537\nf\n" END(0), /* lengths that overflow */
		"-- 4294967295 0:0 65537\nf\n" END(0),
		"-- 99999999999999999999 0:0 65537\nf\n" END(0),
		"-- 1 4294967296:0 65537\nf\n" END(0),
		"-- -1 0:0 65537\nf\n" END(0),
		"--1 0:0 65537\nf\n" END(0),
		"-- 1 0:0 65537\nfg" END(0),
		"-- 2 0:0 65537\nf\n" END(0),
	};
	struct bl_stored stored;

	(void)state;
	assert_int_equal(read_copy(SECTION END(0), strlen(SECTION END(0)), &stored), BOBOLINK_OK);
	release(&stored);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		refused(texts[i], strlen(texts[i]));
	refused("-- 1 0:0 65537\n\0\n" END(0), strlen(SECTION END(0)));
}

/* It goes into a statement of the runtime, and comes from a database. */
static void a_table_to_lock_is_a_name(void **state)
{
	static const struct {
		const char *table;
		int rc;
	} tables[] = {
		{ "orders", BOBOLINK_OK },
		{ "Public.orders_$1", BOBOLINK_OK },
		{ "\"public\".\"odd \"\" ; name\"", BOBOLINK_OK },
		{ "\"a\\tb\"", BOBOLINK_OK },
		{ "", BOBOLINK_OK },
		{ "a b", BOBOLINK_CORRUPT },
		{ "a;b", BOBOLINK_CORRUPT },
		{ "a,b", BOBOLINK_CORRUPT },
		{ "a.", BOBOLINK_CORRUPT },
		{ ".a", BOBOLINK_CORRUPT },
		{ "a.b.c", BOBOLINK_CORRUPT },
		{ "\"a", BOBOLINK_CORRUPT },
		{ "\"a\"b", BOBOLINK_CORRUPT },
		{ "\"a\\\" x", BOBOLINK_CORRUPT },
		{ "\"a\" IN SHARE MODE; DROP TABLE x; --", BOBOLINK_CORRUPT },
		{ "a\tb", BOBOLINK_CORRUPT },
		{ "\"a\nrows\tSELECT 1\t\"", BOBOLINK_CORRUPT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		char losses[128];
		char text[256];
		struct bl_stored stored;
		int length = snprintf(losses, sizeof(losses), "rows\tSELECT 1\t%s\nrows\t",
				      tables[i].table);

		length = snprintf(text, sizeof(text), SECTION "-- %d 0:0 131072\n%s\n" END(0),
				  length, losses);
		if (read_copy(text, (size_t)length, &stored) != tables[i].rc)
			fail_msg("%s", tables[i].table);
		release(&stored);
	}
}

/* --- losses ---------------------------------------------------------------------------------- */

static void assert_field(const char *field, size_t length, const char *expected)
{
	const struct bobolink_allocator allocator = bl_memory_default();
	struct bl_text text;

	bl_text_init(&text, &allocator);
	bl_losses_field(field, length, &text);
	assert_false(text.failed);
	assert_string_equal(text.text ? text.text : "", expected);
	bl_text_release(&text);
}

static void losses_are_read_line_by_line(void **state)
{
	const char *text = "table a\\tb\tSELECT\\n1\ncolumn c\\\\d\t\nalone\n\tq\n"
			   "locked\tq\t\"a\\tb\"\nlast\tx";
	static const char *const expected[][3] = {
		{ "table a\tb", "SELECT\n1", "" },
		{ "column c\\d", "", "" },
		{ "alone", "", "" },
		{ "", "q", "" },
		{ "locked", "q", "\"a\tb\"" },
		{ "last", "x", "" },
	};
	struct bl_losses_line line;

	(void)state;
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		assert_true(bl_losses_next(&text, &line));
		assert_field(line.what, line.what_length, expected[i][0]);
		assert_field(line.query, line.query_length, expected[i][1]);
		assert_field(line.table, line.table_length, expected[i][2]);
	}
	assert_false(bl_losses_next(&text, &line));
	text = "";
	assert_false(bl_losses_next(&text, &line));
	/* An escape that has lost its letter stands for itself. */
	assert_field("a\\", 2, "a\\");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_written_is_read_again),
		cmocka_unit_test(a_table_to_lock_is_a_name),
		cmocka_unit_test(an_empty_down_is_one_and_an_absent_one_is_none),
		cmocka_unit_test(a_text_cut_short_is_refused),
		cmocka_unit_test(any_byte_may_be_another),
		cmocka_unit_test(why_there_is_no_down_is_kept),
		cmocka_unit_test(a_function_is_kept_by_its_name),
		cmocka_unit_test(a_function_stands_alone),
		cmocka_unit_test(what_is_no_stored_section_is_refused),
		cmocka_unit_test(losses_are_read_line_by_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
