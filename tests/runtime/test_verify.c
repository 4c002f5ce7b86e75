/*
 * Verify: what was recorded against what the program carries, down to the first statement that differs.
 */
#include <stdio.h>
#include <string.h>

#include "fixture.h"

static struct bobolink_findings *verified(struct fixture *fixture)
{
	struct bobolink_findings *findings;

	fixture_open(fixture);
	if (bobolink_verify(fixture->session, &findings, &fixture->error))
		fail_msg("%s", fixture->error.message);
	return findings;
}

/* Boots with one set, and looks with another one. */
static struct bobolink_findings *compared(struct fixture *fixture, struct hand_set *before,
					  struct hand_set *after)
{
	fixture_replace_set(fixture, before);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_replace_set(fixture, after);
	return verified(fixture);
}

static struct hand_set *set_of(const char *first, const char *second, const char *third)
{
	struct hand_set *set = hand_set_new("shop");

	hand_set_add(set, 1, "one", 0, first, second, third, NULL);
	return set;
}

static void nothing_is_found_where_all_is_well(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_findings *findings = verified(fixture);

	/* Pending is none. */
	assert_int_equal(findings->count, 0);
	assert_int_equal(findings->verdict, BOBOLINK_OK);
	bobolink_findings_free(findings);
	assert_int_equal(engine_tables(fixture->db, "%"), 0);
	assert_int_equal(bobolink_boot(fixture->session, NULL), BOBOLINK_OK);
	assert_int_equal(bobolink_verify(fixture->session, &findings, NULL), BOBOLINK_OK);
	assert_int_equal(findings->count, 0);
	bobolink_findings_free(findings);
}

static void the_first_statement_that_differs_is_shown(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_findings *findings =
		compared(fixture,
			 set_of("CREATE TABLE a (x INTEGER)", "CREATE TABLE b (x INTEGER)", NULL),
			 set_of("CREATE  TABLE a /* note */ (x -- one\n INTEGER)",
				"CREATE TABLE b (y INTEGER)", "CREATE TABLE c (x INTEGER)"));

	assert_int_equal(findings->count, 1);
	assert_int_equal(findings->verdict, BOBOLINK_CHANGED);
	assert_int_equal(findings->items[0].code, BOBOLINK_CHANGED);
	assert_int_equal(findings->items[0].version, 1);
	assert_string_equal(findings->items[0].name, "one");
	assert_int_equal(findings->items[0].statement, 2);
	assert_int_equal(findings->items[0].line, 2);
	assert_string_equal(findings->items[0].recorded, "CREATE TABLE b (x INTEGER)");
	assert_string_equal(findings->items[0].carried, "CREATE TABLE b (y INTEGER)");
	assert_int_equal(bobolink_exit_code(findings->verdict), 5);
	bobolink_findings_free(findings);
}

struct change {
	const char *before;
	const char *after;
	bool differs;
};

/* What is between words matters where it parts them, or stands in a text. */
static void blanks_are_compared_as_the_database_sees_them(void **state)
{
	static const struct change changes[] = {
		{ "INSERT INTO a VALUES ('x y')", "INSERT INTO a VALUES ('x  y')", true },
		{ "INSERT INTO a VALUES ('--x')", "INSERT INTO a VALUES ('--y')", true },
		{ "INSERT INTO a SELECT 'a b'", "INSERT INTO a SELECT'a b'", false },
		{ "INSERT INTO a SELECT x AS y FROM a", "INSERT INTO a SELECT xAS y FROM a", true },
		{ "INSERT INTO a(x)VALUES('a')", "INSERT INTO a ( x ) VALUES ( 'a' )", false },
		{ "INSERT INTO a SELECT x FROM a WHERE x < x",
		  "INSERT INTO a SELECT x FROM a WHERE x <= x", true },
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		struct bobolink_findings *findings =
			compared(fixture,
				 set_of("CREATE TABLE a (x TEXT)", changes[i].before, NULL),
				 set_of("CREATE TABLE a (x TEXT)", changes[i].after, NULL));

		assert_int_equal(findings->count, 1);
		if ((findings->items[0].statement == 2) != changes[i].differs)
			fail_msg("%s: statement %u", changes[i].after,
				 (unsigned)findings->items[0].statement);
		bobolink_findings_free(findings);
		fixture_run(fixture, "DROP TABLE a; DROP TABLE bobolink_head; DROP TABLE "
				     "bobolink_history; DROP TABLE bobolink_log");
	}
}

static void a_statement_may_be_on_one_side_alone(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_findings *findings =
		compared(fixture,
			 set_of("CREATE TABLE a (x TEXT)", "CREATE TABLE b (x TEXT)", NULL),
			 set_of("CREATE TABLE a (x TEXT)", NULL, NULL));

	assert_int_equal(findings->items[0].statement, 2);
	assert_int_equal(findings->items[0].line, 0);
	assert_string_equal(findings->items[0].recorded, "CREATE TABLE b (x TEXT)");
	assert_string_equal(findings->items[0].carried, "");
	bobolink_findings_free(findings);
	fixture_replace_set(fixture, set_of("CREATE TABLE a (x TEXT)", "CREATE TABLE b (x TEXT)",
					    "CREATE TABLE c (x TEXT)"));
	findings = verified(fixture);
	assert_int_equal(findings->items[0].statement, 3);
	assert_int_equal(findings->items[0].line, 3);
	assert_string_equal(findings->items[0].recorded, "");
	assert_string_equal(findings->items[0].carried, "CREATE TABLE c (x TEXT)");
	bobolink_findings_free(findings);
}

static void what_cannot_be_read_is_still_a_change(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_findings *findings;

	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_run(fixture, "UPDATE bobolink_history SET up_sql = 'nonsense' WHERE version = 3");
	fixture_replace_set(fixture, hand_set_counting("shop", 2));
	hand_set_add(fixture->set, 3, "next", 0, "CREATE TABLE other (x INTEGER)", NULL);
	findings = verified(fixture);
	assert_int_equal(findings->count, 1);
	assert_int_equal(findings->items[0].code, BOBOLINK_CHANGED);
	assert_int_equal(findings->items[0].statement, 0);
	assert_string_equal(findings->items[0].recorded, "");
	assert_string_equal(findings->items[0].carried, "");
	bobolink_findings_free(findings);
}

static void other_comments_are_a_note(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = hand_set_counting("shop", 3);
	struct bobolink_findings *findings;

	hand_set_cosmetic(set);
	findings = compared(fixture, hand_set_counting("shop", 3), set);
	assert_int_equal(findings->count, 1);
	assert_int_equal(findings->verdict, BOBOLINK_OK);
	assert_int_equal(findings->items[0].code, BOBOLINK_OK);
	assert_int_equal(findings->items[0].version, 3);
	assert_non_null(strstr(findings->items[0].message, "--migrate-restamp"));
	bobolink_findings_free(findings);
}

static void finding(const struct bobolink_findings *findings, uint32_t number, int64_t version,
		    int code)
{
	assert_true(number < findings->count);
	assert_int_equal(findings->items[number].version, version);
	assert_int_equal(findings->items[number].code, code);
	assert_true(strlen(findings->items[number].message) > 20);
}

static void everything_else_is_found_and_the_worst_is_the_verdict(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = hand_set_new("shop");
	struct bobolink_findings *findings;

	/* 2, 4 and 6 are applied; 6 as if it had stopped half-way. */
	hand_set_add(set, 2, "two", 0, "CREATE TABLE two (x INTEGER)", NULL);
	hand_set_add(set, 4, "four", 0, "CREATE TABLE four (x INTEGER)", NULL);
	hand_set_add(set, 6, "six", BOBOLINK_SECTION_NO_TRANSACTION, "CREATE TABLE six (x INTEGER)",
		     NULL);
	hand_set_add(set, 8, "bad", 0, "INSERT INTO nowhere VALUES (1)", NULL);
	fixture_replace_set(fixture, set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	fixture_run(fixture, "UPDATE bobolink_history SET status = 'running', statements_done = 0 "
			     "WHERE version = 6");
	set = hand_set_new("shop");
	hand_set_add(set, 1, "one", 0, "CREATE TABLE one (x INTEGER)", NULL);
	hand_set_add(set, 2, "two", 0, "CREATE TABLE two (y INTEGER)", NULL);
	hand_set_add(set, 6, "six", BOBOLINK_SECTION_NO_TRANSACTION, "CREATE TABLE six (x INTEGER)",
		     NULL);
	hand_set_add(set, 8, "bad", 0, "INSERT INTO nowhere VALUES (1)", NULL);
	fixture_replace_set(fixture, set);
	findings = verified(fixture);
	assert_int_equal(findings->count, 5);
	finding(findings, 0, 1, BOBOLINK_OUT_OF_ORDER);
	finding(findings, 1, 2, BOBOLINK_CHANGED);
	finding(findings, 2, 4, BOBOLINK_MISSING);
	finding(findings, 3, 6, BOBOLINK_HALFWAY);
	finding(findings, 4, 8, BOBOLINK_HELD);
	assert_string_equal(findings->items[2].name, "four");
	assert_int_equal(findings->verdict, BOBOLINK_MISSING);
	bobolink_findings_free(findings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(nothing_is_found_where_all_is_well),
		FIXTURE_TEST(the_first_statement_that_differs_is_shown),
		FIXTURE_TEST(blanks_are_compared_as_the_database_sees_them),
		FIXTURE_TEST(a_statement_may_be_on_one_side_alone),
		FIXTURE_TEST(what_cannot_be_read_is_still_a_change),
		FIXTURE_TEST(other_comments_are_a_note),
		FIXTURE_TEST(everything_else_is_found_and_the_worst_is_the_verdict),
	};

	return engine_run_group_tests(tests);
}
