/* Syntax: the parser's verdict on PostgreSQL's statements. Skipped in a build without the parser. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "stages.h"
#include "support/buffer.h"
#include "syntax.h"

static int run(struct stages *stages, const char *text, bool locked)
{
	struct migration migration = { .locked = locked };
	struct set set = { .database = DATABASE_POSTGRES, .migrations = &migration, .count = 1 };

	stages_init(stages, text, strlen(text), SOURCE_BOTH);
	stages->database = DATABASE_POSTGRES;
	if (stages_directive(stages))
		fail_msg("%s: %s", text, stages_report(stages));
	migration.up = stages->part.up;
	migration.down = stages->part.down;
	syntax(&set, &stages->arena, &stages->diag);
	return set.grammar ? -1 : 0;
}

static void skip_without_parser(void)
{
	struct stages stages;
	int rc = run(&stages, "SELEC 1;", false);

	stages_release(&stages);
	if (rc == 0) {
		print_message("skipped: built without libpg_query\n");
		skip();
	}
}

/* Each text is refused at one place, "line:column+length", or accepted (NULL). */
static void errors_have_a_place_and_a_help(void **state)
{
	static const struct {
		const char *text;
		const char *expected;
	} rows[] = {
		{ "SELECT 1; SELECT 'a'\n'b';", NULL },
		{ "SELECT 'a' -- é;\n'b';", NULL },
		{ "SELECT E'a' -- c\n'b\\'';", NULL },
		{ "SELECT 'a' -- é\n'b' FROM FROM;", "2:10+4" },
		{ "SELECT /* é */ 'é' FROM FROM;", "1:25+4" },
		{ "SELECT 1;\nDROP TABEL a;", "2:6+5" },
		{ "SELECT 1 +\n2 +;", "2:4+0" },
		{ "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END;", NULL },
		{ "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2);", NULL },
		{ "CREATE TABLE \"user\" (id int);", NULL },
		{ "CREATE TABLE user (id int);", "1:14+4" },
	};

	(void)state;
	skip_without_parser();
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char found[64] = "";
		struct stages stages;
		uint32_t line;
		uint32_t column;
		int rc;

		rc = run(&stages, rows[i].text, false);
		assert_int_equal(rc, rows[i].expected ? -1 : 0);
		if (rows[i].expected) {
			diagnostic_position(&stages.source, stages.diag.items[0].offset, &line,
					    &column);
			(void)snprintf(found, sizeof(found), "%u:%u+%u", line, column,
				       stages.diag.items[0].length);
			assert_non_null(stages.diag.items[0].help);
		}
		assert_string_equal(found, rows[i].expected ? rows[i].expected : "");
		stages_release(&stages);
	}
}

static void every_statement_of_a_section_is_looked_at(void **state)
{
	struct stages stages;

	(void)state;
	skip_without_parser();
	assert_int_equal(run(&stages, "SELEC 1;\nSELECT 2;\nSELEC 3;", false), -1);
	assert_int_equal(stages.diag.count, 2);
	stages_release(&stages);
}

/* It may not be edited any more; an up that does not run stays an error all the same. */
static void the_down_of_a_locked_migration_gets_a_note(void **state)
{
	static const char down[] = "-- migrate:up\nSELECT 1;\n-- migrate:down\nSELEC 1;";
	static const char up[] = "-- migrate:up\nSELEC 1;\n-- migrate:down\nSELECT 1;";
	struct stages stages;

	(void)state;
	skip_without_parser();
	assert_int_equal(run(&stages, down, true), 0);
	assert_int_equal(stages.diag.items[0].severity, SEVERITY_NOTE);
	stages_release(&stages);
	assert_int_equal(run(&stages, down, false), -1);
	stages_release(&stages);
	assert_int_equal(run(&stages, up, true), -1);
	stages_release(&stages);
}

static void repeat(struct buffer *text, const char *piece, int times)
{
	for (int i = 0; i < times; i++)
		buffer_add_text(text, piece);
}

/* A chain needs no stack; a nest is refused before it needs one. */
static void no_depth_ends_the_tool(void **state)
{
	struct buffer text = BUFFER_INIT;
	struct stages stages;

	(void)state;
	skip_without_parser();
	buffer_add_text(&text, "SELECT 1");
	repeat(&text, "+1", 500000);
	assert_int_equal(run(&stages, text.text, false), 0);
	stages_release(&stages);
	text.length = 0;
	buffer_add_text(&text, "SELECT ");
	repeat(&text, "(", 200000);
	buffer_add_text(&text, "1");
	repeat(&text, ")", 200000);
	assert_int_equal(run(&stages, text.text, false), -1);
	stages_release(&stages);
	buffer_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors_have_a_place_and_a_help),
		cmocka_unit_test(every_statement_of_a_section_is_looked_at),
		cmocka_unit_test(the_down_of_a_locked_migration_gets_a_note),
		cmocka_unit_test(no_depth_ends_the_tool),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
