/*
 * What a plan that goes down decides, and what a retry does, in tables and without a database.
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

/*
 * A row; its id is its place in the table, plus 1. checksum: '=' the set's, '!' another. down: 'd' its SQL is
 * stored, '-' it has none.
 */
struct row {
	int64_t version;
	int status;
	int64_t batch;
	char checksum;
	char down;
};

struct plan_case {
	const char *truth;
	const char
		*versions;  /* of the set; behind each d: has a down, i: irreversible, n: neither */
	struct row rows[6]; /* in the order of their ids; ends with version 0 */
	struct bl_plan_request request;
	int verdict;
	const char *steps; /* versions */
	const char *words; /* the explanation has them */
};

#define A BL_STATUS_APPLIED
#define F BL_STATUS_FAILED
#define R BL_STATUS_RUNNING
#define S BL_STATUS_SKIPPED
#define B BL_STATUS_BASELINE
#define K BL_STATUS_ROLLED_BACK
#define U BL_STATUS_UNDONE
#define G BL_STATUS_ROLLING_BACK

static const int64_t two_and_three[] = { 2, 3 };
static const int64_t one_and_two[] = { 1, 2 };

#define LAST(n)                                          \
	{                                                \
		.mode = BL_PLAN_ROLLBACK, .batches = (n) \
	}
#define TO(v)                                     \
	{                                         \
		.mode = BL_PLAN_TO, .target = (v) \
	}
#define BACK(list)                                                                \
	{                                                                         \
		.mode = BL_PLAN_TAKE_BACK, .versions = (list), .version_count = 2 \
	}
#define RETRY(v)                                                               \
	{                                                                      \
		.mode = BL_PLAN_RETRY, .target = BOBOLINK_HEAD, .version = (v) \
	}
#define ALL   BOBOLINK_ALL_BATCHES
#define OK    BOBOLINK_OK
#define STUCK BOBOLINK_IRREVERSIBLE

/* clang-format off */
static const struct plan_case cases[] = {
	{"the last batch is undone, newest first", "1d 2d 3d",
	 {{1, A, 1, '=', 'd'}, {2, A, 2, '=', 'd'}, {3, A, 2, '=', 'd'}}, LAST(1), OK, "3 2", ""},
	{"the last two batches", "1d 2d 3d",
	 {{1, A, 1, '=', 'd'}, {2, A, 2, '=', 'd'}, {3, A, 3, '=', 'd'}}, LAST(2), OK, "3 2", ""},
	{"batches without live rows do not count", "1d 2d 3d",
	 {{1, A, 1, '=', 'd'}, {2, A, 4, '=', 'd'}, {3, K, 5, '=', 'd'}}, LAST(1), OK, "2", ""},
	{"more batches than there are are all", "1d 2d",
	 {{1, A, 1, '=', 'd'}, {2, A, 2, '=', 'd'}}, LAST(9), OK, "2 1", ""},
	{"all batches", "1d 2d",
	 {{1, A, 1, '=', 'd'}, {2, A, 2, '=', 'd'}}, LAST(ALL), OK, "2 1", ""},
	{"no batch is nothing", "1d", {{1, A, 1, '=', 'd'}}, LAST(0), OK, "", ""},
	{"an empty history has nothing to undo", "1d", {{0}}, LAST(ALL), OK, "", ""},
	{"the order is that of applying, not of versions", "1d 2d 3d",
	 {{2, A, 1, '=', 'd'}, {3, A, 1, '=', 'd'}, {1, A, 1, '=', 'd'}}, LAST(1), OK, "1 3 2", ""},
	{"a version is reached from above, over all batches", "1d 2d 3d",
	 {{1, A, 1, '=', 'd'}, {2, A, 2, '=', 'd'}, {3, A, 3, '=', 'd'}}, TO(1), OK, "3 2", ""},
	{"before the first", "1d 2d",
	 {{1, A, 1, '=', 'd'}, {2, A, 2, '=', 'd'}}, TO(BOBOLINK_NONE), OK, "2 1", ""},
	{"before the first of nothing", "1d", {{0}}, TO(BOBOLINK_NONE), OK, "", ""},
	{"a version that nobody knows is none", "1d 3d",
	 {{1, A, 1, '=', 'd'}, {3, A, 1, '=', 'd'}}, TO(2), BOBOLINK_USAGE, "3", "not a migration"},
	{"nor is one below none", "1d", {{1, A, 1, '=', 'd'}}, TO(-2), BOBOLINK_USAGE, "1", ""},
	{"one that the database alone knows is a version", "1d",
	 {{1, A, 1, '=', 'd'}, {2, A, 1, '!', 'd'}, {3, A, 1, '!', 'd'}}, TO(2), OK, "3", ""},
	{"a version above what is applied is reached upwards", "1d 2d 3d",
	 {{1, A, 1, '=', 'd'}}, TO(2), OK, "2", ""},
	{"a baseline belongs to no batch", "1d 2d",
	 {{1, B, 0, '=', 'd'}, {2, A, 1, '=', 'd'}}, LAST(ALL), OK, "2", ""},
	{"and is not undone on the way to a version", "1d 2d",
	 {{1, B, 0, '=', 'd'}, {2, A, 1, '=', 'd'}}, TO(BOBOLINK_NONE), STUCK, "2 1", "baseline"},
	{"what was skipped is not undone", "1d 2d",
	 {{1, A, 1, '=', 'd'}, {2, S, 1, '=', 'd'}}, LAST(1), OK, "1", ""},
	{"what failed is not there", "1d 2d",
	 {{1, A, 1, '=', 'd'}, {2, F, 0, '=', 'd'}}, LAST(1), OK, "1", ""},
	{"half a migration is not undone", "1d 2d",
	 {{1, A, 1, '=', 'd'}, {2, R, 1, '=', 'd'}}, LAST(1), BOBOLINK_HALFWAY, "2 1", "stopped"},
	{"half a rollback is gone on with", "1d 2d",
	 {{1, A, 1, '=', 'd'}, {2, G, 1, '=', 'd'}}, LAST(1), OK, "2 1", ""},
	{"nothing is applied over half a rollback", "1d 2d",
	 {{1, G, 1, '=', 'd'}}, RETRY(BOBOLINK_HEAD), BOBOLINK_HALFWAY, "2", "--migrate-rollback"},
	{"without a down", "1d 2n 3d",
	 {{1, A, 1, '=', 'd'}, {2, A, 2, '=', '-'}, {3, A, 2, '=', 'd'}}, LAST(1), STUCK, "3 2",
	 "migration 2 (some) has no down"},
	{"below which nobody goes", "1n 2d",
	 {{1, A, 1, '=', '-'}, {2, A, 1, '=', 'd'}}, TO(1), OK, "2", ""},
	{"a reason is told", "1d 2i",
	 {{1, A, 1, '=', 'd'}, {2, A, 2, '=', '-'}}, LAST(1), STUCK, "2", "because of this"},
	{"the newest reason is told", "1i 2n",
	 {{1, A, 1, '=', '-'}, {2, A, 1, '=', '-'}}, LAST(1), STUCK, "2 1", "migration 2"},
	{"a newer database is undone with what it stored", "1d",
	 {{1, A, 1, '=', 'd'}, {2, A, 2, '!', 'd'}}, LAST(1), OK, "2", ""},
	{"or is not, where nothing was stored", "1d",
	 {{1, A, 1, '=', 'd'}, {2, A, 2, '!', '-'}}, LAST(1), STUCK, "2", "no down"},
	{"a changed migration needs the stored down", "1d 2d",
	 {{1, A, 1, '=', 'd'}, {2, A, 2, '!', '-'}}, LAST(1), STUCK, "2", "no down"},
	{"and is undone with it, whatever this program has", "1d 2n",
	 {{1, A, 1, '=', 'd'}, {2, A, 2, '!', 'd'}}, LAST(1), OK, "2", ""},
	{"a missing one too", "2d",
	 {{1, A, 1, '!', 'd'}, {2, A, 2, '=', 'd'}}, LAST(2), OK, "2 1", ""},
	{"only what is listed is taken back", "1d 2d 3d",
	 {{1, A, 1, '=', 'd'}, {2, A, 1, '=', 'd'}, {3, A, 1, '=', 'd'}}, BACK(two_and_three), OK,
	 "3 2", ""},
	{"what is not there any more is not", "1d 2d",
	 {{1, A, 1, '=', 'd'}, {2, U, 1, '=', 'd'}}, BACK(one_and_two), OK, "1", ""},
	{"nor what another program has built on", "1d 2d 3d",
	 {{1, A, 1, '=', 'd'}, {3, A, 1, '=', 'd'}, {2, A, 1, '=', 'd'}}, BACK(one_and_two), OK, "2", ""},
	{"nor what another program has applied in its place", "1d 2d",
	 {{1, A, 1, '=', 'd'}, {2, A, 1, '!', 'd'}}, BACK(one_and_two), OK, "", ""},
	{"which may have no down", "1n 2d 3d",
	 {{1, A, 1, '=', '-'}, {3, A, 1, '=', 'd'}, {2, A, 1, '=', 'd'}}, BACK(one_and_two), OK, "2", ""},
	{"what was refused does not stand on them", "1d 2d 3d",
	 {{1, A, 1, '=', 'd'}, {2, A, 1, '=', 'd'}, {3, F, 0, '=', 'd'}}, BACK(one_and_two), OK, "2 1", ""},

	{"one that was refused is run again", "1d 2d",
	 {{1, A, 1, '=', 'd'}, {2, F, 0, '=', 'd'}}, RETRY(2), OK, "2", ""},
	{"with what comes after it", "1d 2d 3d",
	 {{1, A, 1, '=', 'd'}, {2, F, 0, '=', 'd'}}, RETRY(2), OK, "2 3", ""},
	{"all that were refused", "1d 2d 3d",
	 {{1, F, 0, '=', 'd'}, {2, F, 0, '=', 'd'}}, RETRY(BOBOLINK_HEAD), OK, "1 2 3", ""},
	{"another one that was refused still is", "1d 2d",
	 {{1, F, 0, '=', 'd'}, {2, F, 0, '=', 'd'}}, RETRY(1), BOBOLINK_HELD, "1", "migration 2"},
	{"one that was not refused is not run again", "1d 2d",
	 {{1, A, 1, '=', 'd'}, {2, A, 1, '=', 'd'}}, RETRY(2), BOBOLINK_USAGE, "", "version 2"},
	{"nor is one that never ran", "1d 2d",
	 {{1, A, 1, '=', 'd'}}, RETRY(2), BOBOLINK_USAGE, "2", "version 2"},
	{"nothing to run again is no mistake", "1d",
	 {{1, A, 1, '=', 'd'}}, RETRY(BOBOLINK_HEAD), OK, "", ""},
	{"a half-way one is gone on with, whatever became of it", "1b 2d",
	 {{1, R, 1, '=', 'd'}}, RETRY(1), OK, "1 2", ""},
	{"unless it changed", "1b", {{1, R, 1, '!', 'd'}}, RETRY(1), BOBOLINK_HALFWAY, "1", "was changed since"},
};
/* clang-format on */

/* "1d 2i". Behind b the one statement is alone and has no probe. */
static struct hand_set *set_of(const char *word)
{
	struct hand_set *set = hand_set_new("shop");

	for (; *word; word += strcspn(word, " "), word += *word == ' ') {
		hand_set_add(set, word[0] - '0', "some",
			     word[1] == 'b' ? BOBOLINK_SECTION_NO_TRANSACTION : 0, word, NULL);
		if (word[1] == 'b')
			hand_set_statement_flags(set, 0, BOBOLINK_STATEMENT_NO_TRANSACTION);
		if (word[1] == 'd')
			hand_set_down(set, 0, "SELECT 1", NULL);
		if (word[1] == 'i')
			hand_set_irreversible(set, "because of this");
	}
	return set;
}

static void fill_row(const struct row *row, int64_t id, const struct bobolink_set *set,
		     struct bl_history_row *out)
{
	uint32_t index = bl_set_find(set, row->version);

	*out = (struct bl_history_row){
		.id = id,
		.version = row->version,
		.batch = row->batch,
		.status = row->status,
		.has_down = row->down == 'd',
		.name = "some",
		.checksum = "other",
		.sql_checksum = "other",
		.executed_at = "",
		.rolled_back_at = "",
		.error_message = "no such table: t",
		.applied_by = "",
	};
	if (index != BL_SET_NONE && row->checksum == '=') {
		out->checksum = bl_set_checksum(set, index);
		out->sql_checksum = bl_set_sql_checksum(set, index);
	}
}

/* The rows as the history has them: ascending by version. */
static uint32_t rows_of(const struct plan_case *now, const struct bobolink_set *set,
			struct bl_history_row *rows)
{
	uint32_t count = 0;

	for (int64_t version = 1; version <= 9; version++) {
		for (uint32_t i = 0; i < 6 && now->rows[i].version; i++) {
			if (now->rows[i].version == version)
				fill_row(&now->rows[i], i + 1, set, &rows[count++]);
		}
	}
	return count;
}

static void compare(const struct plan_case *now, const struct bl_plan *plan)
{
	struct bobolink_error error = { .message = "" };
	char steps[32] = "";

	for (uint32_t i = 0; i < plan->step_count; i++) {
		size_t length = strlen(steps);

		snprintf(steps + length, sizeof(steps) - length, "%s%d", i ? " " : "",
			 (int)plan->items[plan->steps[i]].version);
	}
	if (strcmp(steps, now->steps) != 0)
		fail_msg("%s: steps \"%s\", not \"%s\"", now->truth, steps, now->steps);
	if (plan->verdict != now->verdict)
		fail_msg("%s: verdict %s, not %s", now->truth, bobolink_result_name(plan->verdict),
			 bobolink_result_name(now->verdict));
	assert_int_equal(bl_explain_verdict(plan, &error), now->verdict);
	if (!strstr(error.message, now->words))
		fail_msg("%s: \"%s\" does not say \"%s\"", now->truth, error.message, now->words);
	/* Whoever goes down is not done with the set. */
	assert_false(plan->down && plan->completes);
}

static void every_case_is_decided_as_the_table_says(void **state)
{
	const struct bobolink_allocator allocator = bl_memory_default();
	size_t count = sizeof(cases) / sizeof(cases[0]);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		struct hand_set *made = set_of(cases[i].versions);
		const struct bobolink_set *set = hand_set(made, NULL);
		struct bl_history_row rows[6];
		struct bl_history history;
		struct bl_plan plan;

		memset(&history, 0, sizeof(history));
		history.rows = rows;
		history.count = rows_of(&cases[i], set, rows);
		assert_int_equal(bl_plan_make(set, &history, &cases[i].request, &allocator, &plan),
				 OK);
		compare(&cases[i], &plan);
		bl_plan_release(&plan);
		hand_set_free(made);
	}
	print_message("%zu cases\n", count);
	assert_true(count > 35);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case_is_decided_as_the_table_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
