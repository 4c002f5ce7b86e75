/*
 * What a plan decides, in tables and without a database.
 *
 * A case is a set, a history and a request in a few words, and what must come of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "explain.h"
#include "hand_set.h"
#include "plan.h"

/* A row of the history; checksum: '=' the set's, '~' only sql_checksum is the set's, '!' another. */
struct row {
	int64_t version;
	int status;
	char checksum;
	int64_t statements_done;
};

struct plan_case {
	const char *truth;    /* what the case shows */
	const char *versions; /* of the set, and the environment; see set_of */
	struct row rows[5];   /* ends with version 0 */
	int mode;
	int64_t target; /* 0: BOBOLINK_HEAD */
	uint32_t flags; /* of the set */
	int verdict;
	const char *states; /* of all items, one letter each */
	const char *steps;  /* versions; - behind one that is only recorded */
	bool completes;
};

#define A     BL_STATUS_APPLIED
#define F     BL_STATUS_FAILED
#define R     BL_STATUS_RUNNING
#define S     BL_STATUS_SKIPPED
#define B     BL_STATUS_BASELINE
#define K     BL_STATUS_ROLLED_BACK
#define U     BL_STATUS_UNDONE
#define BOOT  BL_PLAN_BOOT
#define APPLY BL_PLAN_APPLY
#define LOOSE BOBOLINK_SET_OUT_OF_ORDER

/* Letters: p pending a applied f failed r running b baseline k rolled back c changed s cosmetic
 * m amended x missing o out of order - skipped */
/* clang-format off */
static const struct plan_case cases[] = {
	{"an empty database gets everything",
	 "1 2 3", {{0}}, BOOT, 0, 0, BOBOLINK_OK, "ppp", "1 2 3", true},
	{"an empty set has nothing to do", "", {{0}}, BOOT, 0, 0, BOBOLINK_OK, "", "", true},
	{"what is applied is not applied again",
	 "1 2", {{1, A, '=', 0}, {2, A, '=', 0}}, BOOT, 0, 0, BOBOLINK_OK, "aa", "", true},
	{"only what is new is applied",
	 "1 2 3", {{1, A, '=', 0}, {2, A, '=', 0}}, BOOT, 0, 0, BOBOLINK_OK, "aap", "3",
	 true},
	{"a target stops the run",
	 "1 2 3", {{1, A, '=', 0}}, APPLY, 2, 0, BOBOLINK_OK, "app", "2", false},
	{"a target that is applied leaves nothing to do",
	 "1 2 3", {{1, A, '=', 0}}, APPLY, 1, 0, BOBOLINK_OK, "app", "", false},
	{"a target must be in the set",
	 "1 3", {{0}}, APPLY, 2, 0, BOBOLINK_USAGE, "pp", "1", false},
	{"a target below what is applied is refused",
	 "1 2 3", {{1, A, '=', 0}, {2, A, '=', 0}}, APPLY, 1, 0, BOBOLINK_USAGE, "aap", "",
	 false},
	{"a baseline counts as applied",
	 "1 2", {{1, B, '=', 0}}, BOOT, 0, 0, BOBOLINK_OK, "bp", "2", true},
	{"other comments are cosmetic",
	 "1 2", {{1, A, '~', 0}}, BOOT, 0, 0, BOBOLINK_OK, "sp", "2", true},
	{"other SQL is a change",
	 "1 2", {{1, A, '!', 0}}, BOOT, 0, 0, BOBOLINK_CHANGED, "cp", "2", true},
	{"a changed baseline is a change",
	 "1", {{1, B, '!', 0}}, BOOT, 0, 0, BOBOLINK_CHANGED, "c", "", true},
	{"a superseded checksum is an amendment",
	 "1 2", {{2, A, '^', 0}, {0}}, BOOT, 0, LOOSE, BOBOLINK_OK, "om", "1", true},
	{"a newer database is refused",
	 "1 2", {{1, A, '=', 0}, {2, A, '=', 0}, {3, A, '!', 0}}, BOOT, 0, 0, BOBOLINK_NEWER,
	 "aax", "", true},
	{"a newer database is refused for an empty set",
	 "", {{3, A, '!', 0}}, BOOT, 0, 0, BOBOLINK_NEWER, "x", "", true},
	{"half a newer migration is newer too",
	 "1", {{1, A, '=', 0}, {2, R, '!', 1}}, BOOT, 0, 0, BOBOLINK_NEWER, "ax", "", true},
	{"a newer migration that failed left nothing",
	 "1", {{1, A, '=', 0}, {2, F, '!', 0}}, BOOT, 0, 0, BOBOLINK_OK, "af", "", true},
	{"a newer migration that was rolled back left nothing",
	 "1", {{1, A, '=', 0}, {2, K, '!', 0}}, BOOT, 0, 0, BOBOLINK_OK, "ak", "", true},
	{"an unknown migration in the middle is missing",
	 "1 3", {{1, A, '=', 0}, {2, A, '!', 0}, {3, A, '=', 0}}, BOOT, 0, 0,
	 BOBOLINK_MISSING, "axa", "", true},
	{"newer is told before missing",
	 "1 3", {{2, A, '!', 0}, {4, A, '!', 0}}, BOOT, 0, 0, BOBOLINK_NEWER, "oxox", "1 3",
	 true},
	{"pending below applied is out of order",
	 "1 2", {{2, A, '=', 0}}, BOOT, 0, 0, BOBOLINK_OUT_OF_ORDER, "oa", "1", true},
	{"a set may allow that",
	 "1 2", {{2, A, '=', 0}}, BOOT, 0, LOOSE, BOBOLINK_OK, "oa", "1", true},
	{"a failed migration waits for a change",
	 "1 2", {{1, A, '=', 0}, {2, F, '=', 0}}, BOOT, 0, 0, BOBOLINK_HELD, "af", "",
	 false},
	{"asking does not retry it",
	 "1 2", {{1, A, '=', 0}, {2, F, '=', 0}}, APPLY, 0, 0, BOBOLINK_HELD, "af", "",
	 false},
	{"a run that ends below it does not mind",
	 "1 2", {{2, F, '=', 0}}, APPLY, 1, 0, BOBOLINK_OK, "pf", "1", false},
	{"a failed migration that changed is new",
	 "1 2", {{1, A, '=', 0}, {2, F, '!', 0}}, BOOT, 0, 0, BOBOLINK_OK, "ap", "2", true},
	{"a change of comments is a change too",
	 "1", {{1, F, '~', 0}}, BOOT, 0, 0, BOBOLINK_OK, "p", "1", true},
	{"an amended failure is a change",
	 "1 2", {{1, A, '=', 0}, {2, F, '^', 0}}, BOOT, 0, 0, BOBOLINK_OK, "ap", "2", true},
	{"a rolled-back migration is held at boot",
	 "1 2", {{1, A, '=', 0}, {2, K, '=', 0}}, BOOT, 0, 0, BOBOLINK_HELD, "ak", "",
	 false},
	{"asking applies it again",
	 "1 2", {{1, A, '=', 0}, {2, K, '=', 0}}, APPLY, 0, 0, BOBOLINK_OK, "ak", "2", true},
	{"a rolled-back migration that changed is new",
	 "1 2", {{1, A, '=', 0}, {2, K, '!', 0}}, BOOT, 0, 0, BOBOLINK_OK, "ap", "2", true},
	{"rolled back below applied is out of order",
	 "1 2", {{1, K, '=', 0}, {2, A, '=', 0}}, APPLY, 0, 0, BOBOLINK_OUT_OF_ORDER, "ka",
	 "1", true},
	{"an undone row is as if it had never been",
	 "1", {{1, U, '=', 0}}, BOOT, 0, 0, BOBOLINK_OK, "p", "1", true},
	{"a running migration is gone on with",
	 "1n 2", {{1, R, '=', 1}}, BOOT, 0, 0, BOBOLINK_OK, "rp", "1 2", true},
	{"with other comments too",
	 "1n 2", {{1, R, '~', 1}}, BOOT, 0, 0, BOBOLINK_OK, "rp", "1 2", true},
	{"a running migration that changed is half-way",
	 "1n 2", {{1, R, '!', 1}}, BOOT, 0, 0, BOBOLINK_HALFWAY, "rp", "1 2", true},
	{"an amendment does not help there",
	 "1 2n", {{1, A, '=', 0}, {2, R, '^', 1}}, BOOT, 0, 0, BOBOLINK_HALFWAY, "ar", "2",
	 true},
	{"a bare statement that may have run is half-way",
	 "1b 2", {{1, R, '=', 0}}, BOOT, 0, 0, BOBOLINK_HALFWAY, "rp", "1 2", true},
	{"one that may run twice is not",
	 "1v 2", {{1, R, '=', 0}}, BOOT, 0, 0, BOBOLINK_OK, "rp", "1 2", true},
	{"with all statements done only the end is missing",
	 "1n", {{1, R, '=', 2}}, BOOT, 0, 0, BOBOLINK_OK, "r", "1", true},
	{"more done than there are is half-way",
	 "1n", {{1, R, '=', 3}}, BOOT, 0, 0, BOBOLINK_HALFWAY, "r", "1", true},
	{"pending below a running one is out of order",
	 "1 2n", {{2, R, '=', 1}}, BOOT, 0, 0, BOBOLINK_OUT_OF_ORDER, "or", "1 2", true},
	{"changed is told before out of order",
	 "1 2", {{2, A, '!', 0}}, BOOT, 0, 0, BOBOLINK_CHANGED, "oc", "1", true},
	{"missing is told before changed",
	 "1 3", {{1, A, '!', 0}, {2, A, '!', 0}}, BOOT, 0, 0, BOBOLINK_MISSING, "cxp", "3",
	 true},
	{"what failed does not count as newest",
	 "1 2 3", {{1, A, '=', 0}, {3, F, '!', 0}}, BOOT, 0, 0, BOBOLINK_OK, "app", "2 3",
	 true},
	{"a seed runs in its environment",
	 "1 2d @test", {{1, A, '=', 0}}, BOOT, 0, 0, BOBOLINK_OK, "ap", "2", true},
	{"elsewhere its step is recorded",
	 "1 2d @production", {{1, A, '=', 0}}, BOOT, 0, 0, BOBOLINK_OK, "ap", "2-", true},
	{"half a name is another environment",
	 "1d @develop", {{0}}, BOOT, 0, 0, BOBOLINK_OK, "p", "1-", true},
	{"and so is a longer one",
	 "1d @development test", {{0}}, BOOT, 0, 0, BOBOLINK_OK, "p", "1-", true},
	{"without an environment `only` is for others",
	 "1d 2e", {{0}}, BOOT, 0, 0, BOBOLINK_OK, "pp", "1- 2", true},
	{"`except` leaves its environment out",
	 "1 2e @production", {{1, A, '=', 0}}, BOOT, 0, 0, BOBOLINK_OK, "ap", "2-", true},
	{"a skipped seed is looked at once",
	 "1 2d @production", {{1, A, '=', 0}, {2, S, '=', 0}}, BOOT, 0, 0, BOBOLINK_OK, "a-", "", true},
	{"whatever its file is now",
	 "1 2d @production", {{1, A, '=', 0}, {2, S, '!', 0}}, BOOT, 0, 0, BOBOLINK_OK, "a-", "", true},
	{"in its environment it is pending, and not too late",
	 "1d 2 3 @test", {{1, S, '=', 0}, {2, A, '=', 0}}, BOOT, 0, 0, BOBOLINK_OK, "pap", "1 3",
	 true},
	{"so it is when it is for everybody by now",
	 "1 2", {{1, S, '!', 0}, {2, A, '=', 0}}, BOOT, 0, 0, BOBOLINK_OK, "pa", "1", true},
	{"skipped rows make nothing late",
	 "1 2d @production", {{2, S, '=', 0}}, BOOT, 0, 0, BOBOLINK_OK, "p-", "1", true},
	{"nor are they above a target",
	 "1 2d @production", {{1, A, '=', 0}, {2, S, '=', 0}}, APPLY, 1, 0, BOBOLINK_OK, "a-", "", true},
	{"a new seed below what is applied is late",
	 "1d 2 @test", {{2, A, '=', 0}}, BOOT, 0, 0, BOBOLINK_OUT_OF_ORDER, "oa", "1", true},
	{"elsewhere nothing of it can be",
	 "1d 2 @production", {{2, A, '=', 0}}, BOOT, 0, 0, BOBOLINK_OK, "pa", "1-", true},
	{"above the target it is not recorded",
	 "1 2d @production", {{0}}, APPLY, 1, 0, BOBOLINK_OK, "pp", "1", false},
	{"one that is applied stays applied",
	 "1 2d @production", {{1, A, '=', 0}, {2, A, '=', 0}}, BOOT, 0, 0, BOBOLINK_OK, "aa", "", true},
	{"and its changes count",
	 "1d @production", {{1, A, '!', 0}}, BOOT, 0, 0, BOBOLINK_CHANGED, "c", "", true},
	{"a seed that failed is held",
	 "1d @test", {{1, F, '=', 0}}, BOOT, 0, 0, BOBOLINK_HELD, "f", "", false},
	{"but not elsewhere",
	 "1d 2 @production", {{1, F, '=', 0}}, BOOT, 0, 0, BOBOLINK_OK, "pp", "1- 2", true},
	{"one that failed late is retried late",
	 "1d 2 @test", {{1, F, '=', 0}, {2, A, '=', 0}}, BL_PLAN_RETRY, 0, 0, BOBOLINK_OK, "fa", "1",
	 true},
	{"and corrected late",
	 "1d 2 @test", {{1, F, '!', 0}, {2, A, '=', 0}}, BOOT, 0, 0, BOBOLINK_OK, "pa", "1", true},
	{"one that was rolled back elsewhere is skipped",
	 "1d @production", {{1, K, '=', 0}}, BOOT, 0, 0, BOBOLINK_OK, "p", "1-", true},
	{"one that stopped half-way is gone on with anywhere",
	 "1m @production", {{1, R, '=', 1}}, BOOT, 0, 0, BOBOLINK_OK, "r", "1", true},
	{"skipped rows of other programs are no newer database",
	 "1", {{1, A, '=', 0}, {2, S, '!', 0}}, BOOT, 0, 0, BOBOLINK_OK, "a-", "", true},
};
/* clang-format on */

static const char letters[] = "?pafrbkcsmxo-";

/*
 * "1 2n 3b": every migration has two statements; n outside a transaction, b bare, v repeatable; d only for development and
 * test, e except production, m n and d; behind @ the environment. The last one superseded the checksum "old".
 */
static struct hand_set *set_of(const struct plan_case *now)
{
	struct hand_set *set = hand_set_new("shop");
	const char *word = now->versions;

	hand_set_flags(set, now->flags);
	for (; *word && *word != '@'; word += strcspn(word, " "), word += *word == ' ') {
		char kind = word[1];

		hand_set_add(set, word[0] - '0', "some",
			     kind == 'n' || kind == 'm' ? BOBOLINK_SECTION_NO_TRANSACTION : 0, word,
			     "SELECT 2", NULL);
		if (kind == 'b')
			hand_set_statement_flags(set, 0, BOBOLINK_STATEMENT_NO_TRANSACTION);
		if (kind == 'v')
			hand_set_statement_flags(set, 0,
						 BOBOLINK_STATEMENT_NO_TRANSACTION |
							 BOBOLINK_STATEMENT_REPEATABLE);
		if (kind == 'd' || kind == 'm')
			hand_set_only(set, "development test");
		if (kind == 'e')
			hand_set_except(set, "production");
	}
	if (*now->versions)
		hand_set_superseded(set, "older old");
	return set;
}

static uint32_t rows_of(const struct plan_case *now, const struct bobolink_set *set,
			struct bl_history_row *rows)
{
	uint32_t count = 0;

	for (; count < 5 && now->rows[count].version; count++) {
		const struct row *row = &now->rows[count];
		uint32_t index = bl_set_find(set, row->version);
		bool known = index != BL_SET_NONE;

		memset(&rows[count], 0, sizeof(rows[count]));
		rows[count].version = row->version;
		rows[count].status = row->status;
		rows[count].statements_done = row->statements_done;
		rows[count].name = "some";
		rows[count].checksum = row->checksum == '^' ? "old" : "other";
		rows[count].sql_checksum = "other";
		rows[count].error_message = "no such table: t";
		if (known && row->checksum == '=')
			rows[count].checksum = bl_set_checksum(set, index);
		if (known && (row->checksum == '=' || row->checksum == '~'))
			rows[count].sql_checksum = bl_set_sql_checksum(set, index);
	}
	return count;
}

static void compare(const struct plan_case *now, const struct bl_plan *plan)
{
	char states[16] = "";
	char steps[32] = "";

	for (uint32_t i = 0; i < plan->count; i++)
		states[i] = letters[plan->items[i].state];
	for (uint32_t i = 0; i < plan->step_count; i++) {
		size_t length = strlen(steps);

		snprintf(steps + length, sizeof(steps) - length, "%s%d%s", i ? " " : "",
			 (int)plan->items[plan->steps[i]].version,
			 plan->items[plan->steps[i]].elsewhere ? "-" : "");
	}
	if (strcmp(states, now->states) != 0)
		fail_msg("%s: states %s, not %s", now->truth, states, now->states);
	if (strcmp(steps, now->steps) != 0)
		fail_msg("%s: steps \"%s\", not \"%s\"", now->truth, steps, now->steps);
	if (plan->verdict != now->verdict)
		fail_msg("%s: verdict %s, not %s", now->truth, bobolink_result_name(plan->verdict),
			 bobolink_result_name(now->verdict));
	if (plan->completes != now->completes)
		fail_msg("%s: completes is %d", now->truth, plan->completes);
}

static void run_case(const struct plan_case *now)
{
	struct bobolink_allocator allocator = bl_memory_default();
	struct hand_set *made = set_of(now);
	const struct bobolink_set *set = hand_set(made, NULL);
	const char *environment = strchr(now->versions, '@');
	struct bl_plan_request request = { .mode = now->mode,
					   .target = now->target ? now->target : BOBOLINK_HEAD,
					   .version = BOBOLINK_HEAD,
					   .environment = environment ? environment + 1 : NULL };
	struct bl_history_row rows[5];
	struct bl_history history;
	struct bobolink_error error;
	struct bl_plan plan;

	memset(&history, 0, sizeof(history));
	history.rows = rows;
	history.count = rows_of(now, set, rows);
	assert_int_equal(bl_plan_make(set, &history, &request, &allocator, &plan), BOBOLINK_OK);
	compare(now, &plan);
	assert_int_equal(bl_explain_verdict(&plan, &error), now->verdict);
	/* Every refusal says what to do. */
	if (now->verdict)
		assert_true(strpbrk(error.message, ":,") != NULL);
	bl_plan_release(&plan);
	hand_set_free(made);
}

static void every_case_is_decided_as_the_table_says(void **state)
{
	size_t count = sizeof(cases) / sizeof(cases[0]);

	(void)state;
	for (size_t i = 0; i < count; i++)
		run_case(&cases[i]);
	print_message("%zu cases\n", count);
	assert_true(count > 40);
}

static int verdict_with_others(const struct bobolink_set *set, struct bl_history_other *others,
			       uint32_t count, char name[64])
{
	struct bobolink_allocator allocator = bl_memory_default();
	const struct bl_plan_request request = { .mode = BL_PLAN_BOOT, .target = BOBOLINK_HEAD };
	struct bl_history history;
	struct bl_plan plan;
	int verdict;

	memset(&history, 0, sizeof(history));
	history.others = others;
	history.other_count = count;
	assert_int_equal(bl_plan_make(set, &history, &request, &allocator, &plan), BOBOLINK_OK);
	verdict = plan.verdict;
	snprintf(name, 64, "%s", plan.other_name ? plan.other_name : "");
	bl_plan_release(&plan);
	return verdict;
}

static void the_same_migrations_under_another_name_are_refused(void **state)
{
	struct hand_set *made = hand_set_counting("shop", 3);
	const struct bobolink_set *set = hand_set(made, NULL);
	struct bl_history_other others[] = {
		{ "accounts", 1, "something else" },
		{ "store", 1, hand_set_checksum(made, 0) },
		{ "store", 2, hand_set_checksum(made, 1) },
	};
	char name[64];

	(void)state;
	assert_int_equal(verdict_with_others(set, others, 3, name), BOBOLINK_OTHER_NAME);
	assert_string_equal(name, "store");
	assert_int_equal(verdict_with_others(set, others, 1, name), BOBOLINK_OK);
	/* Two sets may begin with the same file as long as one goes on differently. */
	others[2].checksum = "something else";
	assert_int_equal(verdict_with_others(set, others, 3, name), BOBOLINK_OK);
	hand_set_free(made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case_is_decided_as_the_table_says),
		cmocka_unit_test(the_same_migrations_under_another_name_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
