/* Directive: sections, settings, allowances. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "stages.h"

static void assert_part(const char *text, const char *expected)
{
	stages_assert_part(SOURCE_BOTH, text, expected);
}

static void assert_refused(const char *text, const char *expected)
{
	stages_assert_refused(SOURCE_BOTH, text, expected);
}

static void a_file_without_sections_is_one(void **state)
{
	(void)state;
	stages_assert_part(SOURCE_BOTH, "SELECT 1;", "up: [SELECT 1]\n");
	stages_assert_part(SOURCE_UP, "SELECT 1;", "up: [SELECT 1]\n");
	stages_assert_part(SOURCE_DOWN, "SELECT 1;", "down: [SELECT 1]\n");
	assert_part("", "up:\n");
}

static void directives_divide_a_file(void **state)
{
	(void)state;
	assert_part("-- migrate:up\nSELECT 1;\nSELECT 2;\n-- migrate:down\nSELECT 3",
		    "up: [SELECT 1] [SELECT 2]\ndown: [SELECT 3]\n");
	assert_part("-- x\n--migrate:up\n--\t migrate:down  \nSELECT 3", "up:\ndown: [SELECT 3]\n");
	assert_part("-- migrate:down\nSELECT 3;\n-- migrate:up\nSELECT 1",
		    "up: [SELECT 1]\ndown: [SELECT 3]\n");
	assert_part("-- migrate:up\r\nSELECT 1;\r\n-- migrate:down\r\nSELECT 2;\r\n",
		    "up: [SELECT 1]\ndown: [SELECT 2]\n");
}

static void in_a_pair_the_line_carries_settings(void **state)
{
	(void)state;
	stages_assert_part(SOURCE_UP, "-- migrate:up lock-timeout:1s\nSELECT 1;",
			   "up lock=1000: [SELECT 1]\n");
	stages_assert_part(SOURCE_DOWN, "-- migrate:down allow:data-loss\nSELECT 1;",
			   "down data-loss: [SELECT 1]\n");
	stages_assert_refused(
		SOURCE_UP, "SELECT 1;\n-- migrate:down\n",
		"1:1+6 a statement before the first section [statement-before-section] | "
		"move the directive of line 2 above it\n"
		"2:1+15 a down section in an up file [wrong-section] | move it to the file "
		"that ends in down.sql\n");
	stages_assert_refused(
		SOURCE_DOWN, "-- migrate:up\n",
		"1:1+13 an up section in a down file [wrong-section] | move it to the file "
		"that ends in up.sql\n");
}

static void settings_are_bare_or_quoted(void **state)
{
	(void)state;
	assert_part("-- migrate:up transaction:off lock-timeout:5s statement-timeout:\"10min\"",
		    "up transaction-off lock=5000 statement=600000 no-transaction:\n");
	assert_part("-- migrate:up transaction:on allow:data-loss",
		    "up transaction-on data-loss:\n");
	assert_part("-- migrate:up transaction:auto", "up:\n");
	assert_part("-- migrate:up transaction:true", "up transaction-on:\n");
	assert_part("-- migrate:up transaction:false", "up transaction-off no-transaction:\n");
	assert_part("-- migrate:up lock-timeout:250ms statement-timeout:2h",
		    "up lock=250 statement=7200000:\n");
	assert_part("-- migrate:up irreversible:\"the \\\"old\\\" rows \\\\ are gone\"",
		    "up irreversible=the \"old\" rows \\ are gone:\n");
	assert_part("-- migrate:up shadow:off reason:\"needs spatialite\"",
		    "up shadow-off=needs spatialite:\n");
	assert_part("-- migrate:up reason:slow shadow:off", "up shadow-off=slow:\n");
}

static void an_unknown_setting_suggests_the_nearest(void **state)
{
	(void)state;
	assert_refused(
		"-- migrate:up transacton:off\nSELECT 1;",
		"1:15+10 there is no setting \"transacton\" [unknown-setting] | did you mean "
		"transaction?\n");
	assert_refused("-- migrate:up colour:red",
		       "1:15+6 there is no setting \"colour\" [unknown-setting] | settings are "
		       "transaction, lock-timeout, statement-timeout, allow, irreversible, shadow, "
		       "reason, requires, call, only and except\n");
}

static void a_bad_value_is_reported_where_it_stands(void **state)
{
	(void)state;
	assert_refused("-- migrate:up transaction:maybe",
		       "1:15+17 \"maybe\" means nothing to transaction [bad-setting] | write "
		       "transaction:auto, transaction:on or transaction:off\n");
	assert_refused("-- migrate:up transaction:",
		       "1:15+12 transaction has no value [bad-setting] | write transaction:auto, "
		       "transaction:on or transaction:off\n");
	assert_refused("-- migrate:up lock-timeout:5",
		       "1:15+14 \"5\" means nothing to lock-timeout [bad-setting] | write "
		       "lock-timeout:5s; units are ms, s, min and h\n");
	stages_assert_rule("-- migrate:up lock-timeout:0s", 1, 15, "bad-setting");
	stages_assert_rule("-- migrate:up lock-timeout:-1s", 1, 15, "bad-setting");
	stages_assert_rule("-- migrate:up lock-timeout:4294967296ms", 1, 15, "bad-setting");
	stages_assert_rule("-- migrate:up lock-timeout:1194h", 1, 15, "bad-setting");
	stages_assert_rule("-- migrate:up lock-timeout:99999999999999999999s", 1, 15,
			   "bad-setting");
	stages_assert_rule("-- migrate:up allow:everything", 1, 15, "bad-setting");
	stages_assert_rule("-- migrate:up irreversible:\"\"", 1, 15, "bad-setting");
	stages_assert_rule("-- migrate:up irreversible:\"why", 1, 28, "bad-setting");
	stages_assert_rule("-- migrate:up irreversible:\"why\"x", 1, 28, "bad-setting");
	stages_assert_rule("-- migrate:up create the table", 1, 15, "bad-setting");
	stages_assert_rule("-- migrate:up transaction: off", 1, 15, "bad-setting");
	stages_assert_rule("-- migrate:up :off", 1, 15, "bad-setting");
	stages_assert_rule("-- migrate:up shadow:off", 1, 15, "bad-setting");
	stages_assert_rule("-- migrate:up reason:\"x\"", 1, 15, "bad-setting");
	stages_assert_rule("-- migrate:up shadow:on reason:\"x\"", 1, 15, "bad-setting");
}

static void a_setting_stands_once(void **state)
{
	(void)state;
	assert_refused(
		"-- migrate:up transaction:on transaction:off",
		"1:30+15 transaction is set twice [duplicate-setting] | delete one of them\n");
}

static void sections_stand_once(void **state)
{
	(void)state;
	assert_refused(
		"-- migrate:up\n-- migrate:up\n",
		"2:1+13 a second up section [duplicate-section] | the first one is on line 1: "
		"put the statements together\n");
	assert_refused(
		"-- migrate:up\n-- migrate:down\nSELECT 1;\n-- migrate:down\n",
		"4:1+15 a second down section [duplicate-section] | the first one is on line 2: "
		"put the statements together\n");
}

static void a_statement_before_the_first_section_is_refused(void **state)
{
	(void)state;
	assert_refused(
		"CREATE TABLE a (b);\n-- migrate:up\n",
		"1:1+6 a statement before the first section [statement-before-section] | move "
		"the directive of line 2 above it\n");
}

static void a_down_needs_an_up(void **state)
{
	(void)state;
	assert_refused(
		"-- migrate:down\nSELECT 1;",
		"1:1+15 a down section without an up [missing-up] | add a section -- migrate:up "
		"above it\n");
}

static void a_directive_inside_a_statement_is_refused(void **state)
{
	(void)state;
	assert_refused(
		"-- migrate:up\nCREATE TABLE a (b)\n-- migrate:down\nDROP TABLE a;",
		"3:1+15 a directive in the middle of a statement [misplaced-directive] | end the "
		"statement before it with a semicolon\n");
}

static void a_directive_begins_its_line(void **state)
{
	(void)state;
	assert_refused("-- migrate:up\nSELECT 1; -- migrate:down\nSELECT 2;",
		       "2:11+15 a directive begins its line [misplaced-directive] | move it to the "
		       "start of a line of its own\n");
	stages_assert_rule("  -- migrate:up\n", 1, 3, "misplaced-directive");
}

static void a_directive_in_a_string_or_block_comment_is_text(void **state)
{
	(void)state;
	assert_part("-- migrate:up\nSELECT '\n-- migrate:down\n';\n/*\n-- migrate:down\n*/",
		    "up: [SELECT '\n-- migrate:down\n']\n");
}

static void a_misspelt_directive_is_refused(void **state)
{
	static const char *const cases[] = {
		"-- migrate: up",
		"-- Migrate:Up",
		"-- MIGRATE:UP",
		"-- migrate:Down",
		"-- migrate :up",
		"-- migrate:upp",
		"-- migrate:dwon",
		"-- migarte:up",
		"-- migrat:down",
		"-- migration:up",
		"-- migrate up",
		"-- migrate-down",
		"-- @migrate:up",
		"--- migrate:up",
		"-- +migrate Up",
		"-- +goose Down",
		"-- +goose StatementBegin",
		"-- bobolink:alow x y",
		"-- bobolink: allow x y",
		"-- migrate:create",
		"-- migrate: up transaction:off",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		stages_assert_rule(cases[i], 1, 1, "unknown-directive");
	assert_refused("-- migrate:dwon\n",
		       "1:1+15 \"migrate:dwon\" is not a directive [unknown-directive] | write -- "
		       "migrate:down\n");
	assert_refused(
		"-- +goose StatementBegin\n",
		"1:1+24 \"+goose StatementBegin\" is not a directive [unknown-directive] | write "
		"-- migrate:up or -- migrate:down; triggers need no mark\n");
	assert_refused("-- bobolink:alow x y",
		       "1:1+20 \"bobolink:alow\" is not a directive [unknown-directive] | write -- "
		       "bobolink:allow RULE reason\n");
}

static void prose_about_migrating_is_a_comment(void **state)
{
	static const char *const cases[] = {
		"-- migrate data from the old table",
		"-- Migrate: up to 1000 rows at a time",
		"-- migrate: copy the rows",
		"-- migrate up the users first",
		"-- MigrateData",
		"-- DataMigration",
		"-- Add migration script here",
		"-- Add up migration script here",
		"-- Down migration is not needed.",
		"-- Migration: Deduplicate rows",
		"-- run `migrate:up` afterwards",
		"-- see migrate:down below",
		"-- -- migrate:down",
		"-- Migrate:",
		"-- update:down",
		"-- bobolink: see the manual",
		"--   cargo run -- migrate \\",
		"-- + 5 % up",
		"-- rollback: up",
		"--",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_part(cases[i], "up:\n");
}

static void what_is_irreversible_has_no_down(void **state)
{
	(void)state;
	assert_part("-- migrate:up\nSELECT 1;\n-- migrate:down irreversible:\"gone\"\n",
		    "up irreversible=gone: [SELECT 1]\n");
	assert_refused(
		"-- migrate:up irreversible:\"gone\"\n-- migrate:down\n",
		"2:1+15 the up section says that there is no way back [irreversible] | delete "
		"this section, or irreversible above\n");
	assert_refused("-- migrate:up\n-- migrate:down irreversible:\"gone\"\nSELECT 1;",
		       "2:1+35 this section has statements and says that there is no way back "
		       "[irreversible] | delete the statements, or irreversible\n");
	stages_assert_refused(
		SOURCE_DOWN, "-- migrate:down irreversible:x",
		"1:1+30 a down file that says that there is no way back [irreversible] | "
		"delete the file, and write irreversible in the up file\n");
}

static void an_allowance_covers_the_statement_beside_or_after_it(void **state)
{
	(void)state;
	assert_part("-- bobolink:allow data-loss nobody  used it \n\nDROP TABLE a;",
		    "up allow(data-loss|nobody  used it|3): [DROP TABLE a]\n");
	assert_part("SELECT 1;\nDROP TABLE a; -- bobolink:allow x y\nSELECT 2;",
		    "up allow(x|y|2): [SELECT 1] [DROP TABLE a] [SELECT 2]\n");
	assert_part("SELECT\n-- bobolink:allow x y\n1;", "up allow(x|y|1): [SELECT\n-- "
							 "bobolink:allow x y\n1]\n");
	assert_part("-- bobolink:allow x y\nBEGIN;\nSELECT 1;\nCOMMIT;",
		    "up wrapped allow(x|y|3): [SELECT 1]\n");
	assert_part("SELECT 1;\n-- bobolink:allow x y\n", "up allow(x|y|2): [SELECT 1]\n");
}

static void an_allowance_belongs_to_its_section(void **state)
{
	(void)state;
	assert_part("-- bobolink:allow a b\n-- migrate:up\nSELECT 1;\n-- migrate:down\n"
		    "-- bobolink:allow c d\nSELECT 2;",
		    "up allow(a|b|3): [SELECT 1]\ndown allow(c|d|6): [SELECT 2]\n");
}

static void an_allowance_needs_a_rule_and_a_reason(void **state)
{
	(void)state;
	assert_refused(
		"-- bobolink:allow data-loss  \nSELECT 1;",
		"1:1+29 an allowance needs a reason [allow-reason] | write -- bobolink:allow "
		"data-loss why it is right here\n");
	assert_refused("-- bobolink:allow",
		       "1:1+17 an allowance needs a rule and a reason [allow-reason] | write -- "
		       "bobolink:allow RULE why it is right here\n");
}

static void a_parameter_is_refused(void **state)
{
	(void)state;
	assert_refused("INSERT INTO a VALUES (?1,\n:b);",
		       "1:23+2 a parameter, which nobody gives a value [unbound-parameter] | write "
		       "the value "
		       "itself; text stands in single quotes\n"
		       "2:1+2 a parameter, which nobody gives a value [unbound-parameter] | write "
		       "the value "
		       "itself; text stands in single quotes\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_without_sections_is_one),
		cmocka_unit_test(directives_divide_a_file),
		cmocka_unit_test(in_a_pair_the_line_carries_settings),
		cmocka_unit_test(settings_are_bare_or_quoted),
		cmocka_unit_test(an_unknown_setting_suggests_the_nearest),
		cmocka_unit_test(a_bad_value_is_reported_where_it_stands),
		cmocka_unit_test(a_setting_stands_once),
		cmocka_unit_test(sections_stand_once),
		cmocka_unit_test(a_statement_before_the_first_section_is_refused),
		cmocka_unit_test(a_down_needs_an_up),
		cmocka_unit_test(a_directive_inside_a_statement_is_refused),
		cmocka_unit_test(a_directive_begins_its_line),
		cmocka_unit_test(a_directive_in_a_string_or_block_comment_is_text),
		cmocka_unit_test(a_misspelt_directive_is_refused),
		cmocka_unit_test(prose_about_migrating_is_a_comment),
		cmocka_unit_test(what_is_irreversible_has_no_down),
		cmocka_unit_test(an_allowance_covers_the_statement_beside_or_after_it),
		cmocka_unit_test(an_allowance_belongs_to_its_section),
		cmocka_unit_test(an_allowance_needs_a_rule_and_a_reason),
		cmocka_unit_test(a_parameter_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
