/* Directive, scripts: the sections and settings of fixes and repeatables, and what is refused in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "stages.h"

#define GUARD	"-- fix:should-run\nSELECT 1;\n"
#define EXECUTE "-- fix:execute\nSELECT 2;\n"

static void a_fix_has_a_title_and_sections(void **state)
{
	(void)state;
	stages_assert_part(SOURCE_FIX,
			   "-- Orders without lines.\n--\n--   Since 1.4.  \n\n" GUARD
			   "SELECT 3;\n" EXECUTE
			   "-- fix:undo\nSELECT 4;\n-- fix:given\nSELECT 5;\nSELECT 6;\n",
			   "script requires=-1 attempts=0: Orders without lines.\n\n  Since 1.4.\n"
			   "should-run: [SELECT 1] [SELECT 3]\n"
			   "given transaction-on: [SELECT 5] [SELECT 6]\n"
			   "up transaction-on: [SELECT 2]\n"
			   "down transaction-on: [SELECT 4]\n");
	/* In any order, and with a title in a block. */
	stages_assert_part(SOURCE_FIX, "/* One\n * two\n */\n" EXECUTE GUARD,
			   "script requires=-1 attempts=0: One\ntwo\n"
			   "should-run: [SELECT 1]\n"
			   "up transaction-on: [SELECT 2]\n");
	stages_assert_part(SOURCE_FIX, "--\n/**/ /* */\n" GUARD EXECUTE,
			   "script requires=-1 attempts=0: \n"
			   "should-run: [SELECT 1]\n"
			   "up transaction-on: [SELECT 2]\n");
}

/* On whichever of the two lines; leading zeros, an F and blanks say nothing. */
static void the_settings_of_a_fix_are_gathered(void **state)
{
	(void)state;
	stages_assert_part(
		SOURCE_FIX,
		"-- fix:should-run requires:0005 window:22:00-04:30 attempts:5\nSELECT 1;\n"
		"-- fix:execute after:\"F0003  4\" not-before:2026-12-01T00:00:00Z "
		"not-after:2028-02-29T23:59:59Z when:after repeat:always lock-timeout:2s "
		"allow:data-loss shadow:off reason:\"x\"\nSELECT 2;\n",
		"script requires=5 attempts=5 after=3 4 not-before=1796083200 "
		"not-after=1835481599 window=1320-270 when-after always: \n"
		"should-run: [SELECT 1]\n"
		"up transaction-on lock=2000 data-loss shadow-off=x: [SELECT 2]\n");
	stages_assert_part(SOURCE_FIX,
			   "-- fix:should-run not-before:2000-01-01T00:00Z "
			   "not-after:9999-12-31T23:59Z window:00:00-24:00 when:before\nSELECT 1;\n"
			   "-- fix:execute call:mend\n"
			   "-- fix:undo call:unmend statement-timeout:1min\n",
			   "script requires=-1 attempts=0 not-before=946684800 "
			   "not-after=253402300740 window=0-1440: \n"
			   "should-run: [SELECT 1]\n"
			   "up transaction-on call=mend:\n"
			   "down transaction-on statement=60000 call=unmend:\n");
}

static void a_repeatable_is_all_up(void **state)
{
	(void)state;
	stages_assert_part(SOURCE_REPEATABLE, "-- Views.\nSELECT 1;",
			   "script requires=-1 attempts=0: \n"
			   "up transaction-on: [SELECT 1]\n");
	stages_assert_part(SOURCE_REPEATABLE,
			   "-- migrate:up after:\"R__b.sql c\" lock-timeout:1s\nSELECT 1;",
			   "script requires=-1 attempts=0 after=b c: \n"
			   "up transaction-on lock=1000: [SELECT 1]\n");
}

static void functions_and_environments_of_migrations(void **state)
{
	(void)state;
	stages_assert_part(SOURCE_BOTH,
			   "-- migrate:up call:_fill2 transaction:off only:\" a  b.c-d_1 \"\n"
			   "-- migrate:down call:x\n",
			   "up transaction-off call=_fill2 only=a b.c-d_1 no-transaction:\n"
			   "down call=x:\n");
	stages_assert_part(SOURCE_BOTH, "-- migrate:up except:production\nSELECT 1;\n",
			   "up except=production: [SELECT 1]\n");
}

/* A setting on the execute line of a fix that is right apart from it; `column` counts from 16, behind "-- fix:execute ". */
static void assert_value(const char *setting, const char *message, const char *form)
{
	char text[256];
	char expected[512];

	(void)snprintf(text, sizeof(text), GUARD "-- fix:execute %s\nSELECT 2;\n", setting);
	(void)snprintf(expected, sizeof(expected), "3:16+%zu %s [bad-setting] | write %s\n",
		       strlen(setting), message, form);
	stages_assert_refused(SOURCE_FIX, text, expected);
}

static void times_are_those_of_the_calendar(void **state)
{
	static const char form[] = "not-before:2026-12-01T00:00:00Z, a day and a time in UTC";

	(void)state;
	assert_value("not-before:2026-02-29T00:00:00Z", "2026-02 has no day 29", form);
	assert_value("not-before:2100-02-29T00:00:00Z", "2100-02 has no day 29", form);
	assert_value("not-before:2026-04-31T00:00Z", "2026-04 has no day 31", form);
	assert_value("not-before:2026-04-00T00:00Z", "2026-04 has no day 00", form);
	assert_value("not-before:2026-13-01T00:00Z", "there is no month 13", form);
	assert_value("not-before:1999-12-31T00:00Z", "the year is one from 2000 to 9999", form);
	assert_value("not-before:2026-12-01T24:00:00Z",
		     "there is no such time of the day as 24:00:00", form);
	assert_value("not-before:2026-12-01T23:60Z", "there is no such time of the day as 23:60:00",
		     form);
	assert_value("not-before:2026-12-01T23:59:60Z",
		     "there is no such time of the day as 23:59:60", form);
	assert_value("not-before:2026-12-01T23:59:59", "a time is one of UTC, and ends with Z",
		     form);
	assert_value("not-before:2026-12-01T23:59:59+01:00",
		     "a time is one of UTC, and ends with Z", form);
	assert_value("not-before:2026-12-01", "\"2026-12-01\" means nothing to not-before", form);
	assert_value("not-before:2026-12-01T1:00Z",
		     "\"2026-12-01T1:00Z\" means nothing to not-before", form);
	assert_value("not-before:tomorrow", "\"tomorrow\" means nothing to not-before", form);
	assert_value("not-before:", "not-before has no value", form);
	assert_value("not-after:2027-06-31T00:00:00Z", "2027-06 has no day 31",
		     "not-after:2026-12-31T23:59:59Z, a day and a time in UTC");
}

static void other_values_of_fixes_are_checked(void **state)
{
	static const char window[] = "window:02:00-04:00, in UTC; it may cross midnight";
	static const char after[] = "after:0003, the number of a fix, or several as after:\"3 4\"";

	(void)state;
	assert_value("window:02:00-02:00", "a window that ends when it begins is never open",
		     window);
	assert_value("window:2:00-4:00", "\"2:00-4:00\" means nothing to window", window);
	assert_value("window:02:00", "\"02:00\" means nothing to window", window);
	assert_value("window:02:60-04:00", "\"02:60-04:00\" means nothing to window", window);
	assert_value("window:24:00-04:00", "\"24:00-04:00\" means nothing to window", window);
	assert_value("window:02:00-24:01", "\"02:00-24:01\" means nothing to window", window);
	assert_value("window:02:00-04:00Z", "\"02:00-04:00Z\" means nothing to window", window);
	assert_value("attempts:0", "a fix without attempts would never run",
		     "attempts:5, how many of them may fail");
	assert_value("attempts:-1", "\"-1\" means nothing to attempts",
		     "attempts:5, how many of them may fail");
	assert_value("attempts:5x", "\"5x\" means nothing to attempts",
		     "attempts:5, how many of them may fail");
	assert_value("attempts:99999999999999999999",
		     "\"99999999999999999999\" means nothing to attempts",
		     "attempts:5, how many of them may fail");
	assert_value("repeat:never", "\"never\" means nothing to repeat", "repeat:always");
	assert_value("when:later", "\"later\" means nothing to when",
		     "when:before or when:after: the migrations");
	assert_value("after:orders", "\"orders\" means nothing to after", after);
	assert_value("after:3,4", "\"3,4\" means nothing to after", after);
	assert_value("after:\" \"", "\" \" means nothing to after", after);
	assert_value("requires:primary/5", "\"primary/5\" means nothing to requires",
		     "requires:0005, the version of a migration");
	assert_value("requires:9223372036854775808",
		     "\"9223372036854775808\" means nothing to requires",
		     "requires:0005, the version of a migration");
}

static void a_name_in_c_is_one(void **state)
{
	static const char form[] = "call:function, the name of a function of the program";

	(void)state;
	assert_value("call:2nd", "\"2nd\" is no name that a function can have in C", form);
	assert_value("call:fill-names", "\"fill-names\" is no name that a function can have in C",
		     form);
	assert_value("call:fill()", "\"fill()\" is no name that a function can have in C", form);
	assert_value("call:while",
		     "\"while\" is a word of the language, and no name for a function", form);
	assert_value("call:class",
		     "\"class\" is a word of the language, and no name for a function", form);
	assert_value("call:__x", "\"__x\" is a word of the language, and no name for a function",
		     form);
	assert_value("call:main",
		     "\"main\" is where the program begins, and no function for a step of it",
		     form);
	assert_value("call:bobolink_boot",
		     "\"bobolink_boot\" is a name that the library may have itself", form);
	assert_value("call:bl_x", "\"bl_x\" is a name that the library may have itself", form);
}

static void assert_rule(enum source_role role, const char *text, const char *expected)
{
	stages_assert_refused(role, text, expected);
}

static void settings_stand_where_they_belong(void **state)
{
	(void)state;
	assert_rule(SOURCE_BOTH, "-- migrate:up attempts:5\n",
		    "1:15+10 attempts does not belong on -- migrate:up [misplaced-setting] | it "
		    "belongs on -- fix:should-run or -- fix:execute\n");
	assert_rule(SOURCE_BOTH, "-- migrate:up after:3\n",
		    "1:15+7 after does not belong on -- migrate:up [misplaced-setting] | it "
		    "belongs on -- migrate:up of a repeatable, -- fix:should-run or -- "
		    "fix:execute\n");
	assert_rule(SOURCE_BOTH, "-- migrate:up\n-- migrate:down only:test\n",
		    "2:17+9 only does not belong on -- migrate:down [misplaced-setting] | it "
		    "belongs on -- migrate:up\n");
	assert_rule(SOURCE_REPEATABLE, "-- migrate:up transaction:off\n",
		    "1:15+15 transaction does not belong on -- migrate:up of a repeatable "
		    "[misplaced-setting] | it belongs on -- migrate:up of a migration or -- "
		    "migrate:down\n");
	assert_rule(SOURCE_REPEATABLE, "-- migrate:up call:x\n",
		    "1:15+6 call does not belong on -- migrate:up of a repeatable "
		    "[misplaced-setting] | it belongs on -- migrate:up of a migration, -- "
		    "migrate:down, -- "
		    "fix:execute or -- fix:undo\n");
	assert_rule(SOURCE_FIX, "-- fix:should-run lock-timeout:1s\nSELECT 1;\n" EXECUTE,
		    "1:19+15 lock-timeout does not belong on -- fix:should-run "
		    "[misplaced-setting] | it belongs on -- migrate:up, -- migrate:down, -- "
		    "fix:execute or -- fix:undo\n");
	assert_rule(SOURCE_FIX, GUARD EXECUTE "-- fix:undo requires:5\n",
		    "5:13+10 requires does not belong on -- fix:undo [misplaced-setting] | it "
		    "belongs on -- migrate:up, -- fix:should-run or -- fix:execute\n");
	assert_rule(SOURCE_FIX, GUARD EXECUTE "-- fix:undo shadow:off reason:x\n",
		    "5:13+10 shadow does not belong on -- fix:undo [misplaced-setting] | it "
		    "belongs on -- migrate:up, -- migrate:down or -- fix:execute\n"
		    "5:24+8 reason does not belong on -- fix:undo [misplaced-setting] | it "
		    "belongs on -- migrate:up, -- migrate:down or -- fix:execute\n");
	assert_rule(SOURCE_FIX, GUARD EXECUTE "-- fix:given lock-timeout:1s\n",
		    "5:14+15 a given section has no settings [bad-setting] | delete what stands "
		    "behind fix:given\n");
	assert_rule(SOURCE_FIX, "-- fix:should-run atempts:5\nSELECT 1;\n" EXECUTE,
		    "1:19+7 there is no setting \"atempts\" [unknown-setting] | did you mean "
		    "attempts?\n");
	assert_rule(SOURCE_FIX, "-- fix:should-run transactions:on\nSELECT 1;\n" EXECUTE,
		    "1:19+12 there is no setting \"transactions\" [unknown-setting] | did you "
		    "mean transaction?\n");
	assert_rule(
		SOURCE_FIX, GUARD "-- fix:execute zzzzzz:5\nSELECT 2;\n",
		"3:16+6 there is no setting \"zzzzzz\" [unknown-setting] | settings are "
		"lock-timeout, statement-timeout, allow, shadow, reason, call, after, requires, "
		"when, not-before, not-after, window, attempts and repeat\n");
}

static void settings_agree(void **state)
{
	(void)state;
	assert_rule(SOURCE_FIX,
		    "-- fix:should-run attempts:5\nSELECT 1;\n-- fix:execute attempts:6\n",
		    "3:16+10 attempts is set twice [duplicate-setting] | delete one of them; the "
		    "other is on line 1\n");
	assert_rule(SOURCE_FIX,
		    "-- fix:should-run not-after:2026-12-01T00:00Z\nSELECT 1;\n"
		    "-- fix:execute not-before:2026-12-01T00:00Z\n",
		    "3:16+28 not-after is not later than not-before: this could never run "
		    "[bad-setting] | write two times, the earlier one in not-before\n");
	assert_rule(SOURCE_BOTH, "-- migrate:up only:test except:production\n",
		    "1:25+17 only and except exclude each other [bad-setting] | delete one of "
		    "them\n");
	assert_rule(SOURCE_BOTH, "-- migrate:up only:a,b\n",
		    "1:15+8 the name of an environment has letters, digits, _, - and ., and blanks "
		    "stand between several [bad-setting] | write only:development, or several as "
		    "only:\"development test\"\n");
	assert_rule(SOURCE_BOTH, "-- migrate:up call:fill\nALTER TABLE a ADD b;\n",
		    "2:1+5 this section names a function, fill, and holds SQL as well "
		    "[call-with-statements] | let the function do all of it, or give the SQL a "
		    "migration of its own\n");
	assert_rule(SOURCE_FIX, GUARD "-- fix:execute call:mend\nSELECT 2;\n",
		    "4:1+6 this section names a function, mend, and holds SQL as well "
		    "[call-with-statements] | let the function do all of it, or give the SQL a "
		    "fix of its own\n");
	assert_rule(SOURCE_BOTH, "-- migrate:up\n-- migrate:down irreversible:x call:y\n",
		    "2:1+37 this section has statements and says that there is no way back "
		    "[irreversible] | delete the statements, or irreversible\n");
}

static void a_fix_has_both_sections_once(void **state)
{
	(void)state;
	assert_rule(SOURCE_FIX, "",
		    "1:1+0 a fix without a section -- fix:should-run [missing-section] | add one "
		    "with a query that says whether there is anything to do; SELECT 1 = 1 always "
		    "says so\n"
		    "1:1+0 a fix without a section -- fix:execute [missing-section] | add one with "
		    "the statements that mend it\n");
	assert_rule(SOURCE_FIX, GUARD,
		    "1:1+0 a fix without a section -- fix:execute [missing-section] | add one with "
		    "the statements that mend it\n");
	assert_rule(SOURCE_FIX, "-- fix:should-run\n" EXECUTE,
		    "1:1+17 this section has no query: whether the fix should run is not known "
		    "[missing-query] | write a SELECT of one truth value\n");
	assert_rule(SOURCE_FIX, GUARD EXECUTE EXECUTE,
		    "5:1+14 a second execute section [duplicate-section] | the first one is on "
		    "line 3: put the statements together\n");
	assert_rule(SOURCE_FIX, "SELECT 1;\n" GUARD EXECUTE,
		    "1:1+6 a statement before the first section [statement-before-section] | move "
		    "it into the section that it belongs to\n");
	assert_rule(SOURCE_REPEATABLE, "-- migrate:up\nSELECT 1;\n-- migrate:down\n",
		    "3:1+15 a down section in a repeatable [wrong-section] | delete it: a "
		    "repeatable runs again when its text changes, and is never undone\n");
}

static void scripts_run_in_a_transaction(void **state)
{
	(void)state;
	assert_rule(SOURCE_FIX, GUARD "-- fix:execute\nVACUUM;\n",
		    "4:1+6 VACUUM does not work in a transaction [transaction-setting] | a fix "
		    "runs in a transaction: give it a migration of its own\n");
	assert_rule(SOURCE_FIX, GUARD EXECUTE "-- fix:given\nSELECT 1;\nCOMMIT;\n",
		    "7:1+6 COMMIT inside a fix [transaction-control] | delete it: a fix runs in "
		    "one transaction of its own; BEGIN and COMMIT may only enclose all of it\n");
	assert_rule(SOURCE_REPEATABLE, "ROLLBACK;\n",
		    "1:1+8 transaction control inside a repeatable [transaction-control] | delete "
		    "it: a repeatable is applied whole or not at all\n");
	assert_rule(SOURCE_REPEATABLE, "VACUUM;\n",
		    "1:1+6 VACUUM does not work in a transaction [transaction-setting] | a "
		    "repeatable runs in a transaction: give it a migration of its own\n");
}

static void assert_near(const char *line, const char *help)
{
	char text[256];
	char expected[512];
	size_t length = strlen(line);

	(void)snprintf(text, sizeof(text), GUARD EXECUTE "%s\n", line);
	(void)snprintf(expected, sizeof(expected),
		       "5:1+%zu \"%s\" is not a directive [unknown-directive] | write %s\n", length,
		       line + 3, help);
	assert_rule(SOURCE_FIX, text, expected);
}

static void near_misses_are_suggested(void **state)
{
	static const char all[] = "-- fix:should-run, -- fix:execute, -- fix:undo or -- fix:given";

	(void)state;
	assert_near("-- fix:shouldrun", "-- fix:should-run");
	assert_near("-- fix:should_run", "-- fix:should-run");
	assert_near("-- fix:excute", "-- fix:execute");
	assert_near("-- Fix:Undo", "-- fix:undo");
	assert_near("-- fix: execute", "-- fix:execute");
	assert_near("-- fixes:execute", "-- fix:execute");
	assert_near("-- fixx:given", "-- fix:given");
	assert_near("-- fix: should_run", "-- fix:should-run");
	assert_near("-- fix:up", all);
	assert_near("-- fix execute", all);
	assert_near("-- @fix-should-run", all);
}

static void prose_stays_prose(void **state)
{
	(void)state;
	stages_assert_part(SOURCE_FIX,
			   GUARD EXECUTE "-- fix: given orders of 2025\n-- -- fix:undo\n"
					 "-- migrate: up to 1000 rows\n-- the fix: undo it\n",
			   "script requires=-1 attempts=0: \n"
			   "should-run: [SELECT 1]\n"
			   "up transaction-on: [SELECT 2]\n");
	stages_assert_part(SOURCE_BOTH,
			   "-- migrate:up\n-- fix: orders without lines\n-- fix:123\nSELECT 1;\n"
			   "-- fix: execute this by hand\n",
			   "up: [SELECT 1]\n");
}

static void directives_stand_in_their_files(void **state)
{
	static const char help[] = "move the file to fixes/, beside the migrations; a migration "
				   "has -- migrate:up";
	char expected[256];

	(void)state;
	(void)snprintf(expected, sizeof(expected),
		       "1:1+14 \"fix:execute\" stands in the files of the folder fixes/, and this "
		       "is none [misplaced-directive] | %s\n",
		       help);
	assert_rule(SOURCE_BOTH, "-- fix:execute\nSELECT 1;\n", expected);
	assert_rule(SOURCE_REPEATABLE, "-- fix:execute\nSELECT 1;\n", expected);
	(void)snprintf(expected, sizeof(expected),
		       "1:1+18 \"fixes: should_run\" stands in the files of the folder fixes/, and "
		       "this is none [misplaced-directive] | %s\n",
		       help);
	assert_rule(SOURCE_BOTH, "--fixes: should_run\nSELECT 1;\n",
		    "1:1+19 \"fixes: should_run\" stands in the files of the folder fixes/, and "
		    "this is none [misplaced-directive] | move the file to fixes/, beside the "
		    "migrations; a migration has -- migrate:up\n");
	assert_rule(SOURCE_FIX, GUARD EXECUTE "-- migrate:down\n",
		    "5:1+15 \"migrate:down\" stands in migrations, and this is a fix "
		    "[misplaced-directive] | write -- fix:execute for what it does, and -- "
		    "fix:undo for the way back\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fix_has_a_title_and_sections),
		cmocka_unit_test(the_settings_of_a_fix_are_gathered),
		cmocka_unit_test(a_repeatable_is_all_up),
		cmocka_unit_test(functions_and_environments_of_migrations),
		cmocka_unit_test(times_are_those_of_the_calendar),
		cmocka_unit_test(other_values_of_fixes_are_checked),
		cmocka_unit_test(a_name_in_c_is_one),
		cmocka_unit_test(settings_stand_where_they_belong),
		cmocka_unit_test(settings_agree),
		cmocka_unit_test(a_fix_has_both_sections_once),
		cmocka_unit_test(scripts_run_in_a_transaction),
		cmocka_unit_test(near_misses_are_suggested),
		cmocka_unit_test(prose_stays_prose),
		cmocka_unit_test(directives_stand_in_their_files),
	};

	return cmocka_run_group_tests_name("directive-script", tests, NULL, NULL);
}
