/*
 * Plan: merges the set with the history, gives every migration a state, and decides what to run.
 *
 * Receives the set, the rows and a request; produces items, steps and a verdict. Nothing is read or
 * written here, so every decision can be tested without a database.
 */
#include "plan.h"

#include <string.h>
#include <strings.h>

/* Reasons to stop, the more important one first. */
static const int32_t precedence[] = {
	BOBOLINK_USAGE,	  BOBOLINK_NEWER,   BOBOLINK_OTHER_NAME,   BOBOLINK_MISSING,
	BOBOLINK_CHANGED, BOBOLINK_HALFWAY, BOBOLINK_IRREVERSIBLE, BOBOLINK_OUT_OF_ORDER,
	BOBOLINK_HELD,	  BOBOLINK_TOO_OLD, BOBOLINK_PENDING,	   BOBOLINK_OK,
};

static size_t rank(int code)
{
	size_t i = 0;

	while (precedence[i] != code && precedence[i] != BOBOLINK_OK)
		i++;
	return i;
}

int bl_plan_worse(int a, int b)
{
	return rank(a) <= rank(b) ? a : b;
}

bool bl_plan_is_note(const struct bl_plan_item *item)
{
	return item->state == BOBOLINK_STATE_COSMETIC || item->state == BOBOLINK_STATE_AMENDED;
}

bool bl_plan_is_done(const struct bl_plan_item *item)
{
	return item->state == BOBOLINK_STATE_APPLIED || item->state == BOBOLINK_STATE_BASELINE ||
	       item->state == BOBOLINK_STATE_SKIPPED || item->state == BOBOLINK_STATE_CHANGED ||
	       bl_plan_is_note(item);
}

const char *bl_plan_item_name(const struct bl_plan *plan, const struct bl_plan_item *item)
{
	if (item->index != BL_SET_NONE)
		return bl_set_name(plan->set, item->index);
	return item->row->name;
}

bool bl_plan_is_in_database(const struct bl_history_row *row)
{
	return row->status == BL_STATUS_APPLIED || row->status == BL_STATUS_BASELINE ||
	       row->status == BL_STATUS_RUNNING || row->status == BL_STATUS_ROLLING_BACK;
}

static bool same_checksum(const struct bobolink_set *set, const struct bl_plan_item *item)
{
	return strcmp(bl_set_checksum(set, item->index), item->row->checksum) == 0;
}

static bool same_sql(const struct bobolink_set *set, const struct bl_plan_item *item)
{
	const char *checksum = bl_set_sql_checksum(set, item->index);

	return *checksum && strcmp(checksum, item->row->sql_checksum) == 0;
}

static bool has_same_sql(const struct bobolink_set *set, const struct bl_plan_item *item)
{
	return same_checksum(set, item) || same_sql(set, item);
}

bool bl_plan_is_stored(const struct bl_plan *plan, const struct bl_plan_item *item)
{
	return item->index == BL_SET_NONE || !same_checksum(plan->set, item);
}

static int applied_state(const struct bobolink_set *set, const struct bl_plan_item *item)
{
	if (same_checksum(set, item))
		return item->row->status == BL_STATUS_BASELINE ? BOBOLINK_STATE_BASELINE
							       : BOBOLINK_STATE_APPLIED;
	if (same_sql(set, item))
		return BOBOLINK_STATE_COSMETIC;
	if (bl_set_superseded(set, item->index, item->row->checksum))
		return BOBOLINK_STATE_AMENDED;
	return BOBOLINK_STATE_CHANGED;
}

/* A failed or rolled-back migration that was changed since is a new one. */
static int refused_state(const struct bobolink_set *set, const struct bl_plan_item *item,
			 int unchanged)
{
	return same_checksum(set, item) ? unchanged : BOBOLINK_STATE_PENDING;
}

static int known_state(const struct bobolink_set *set, const struct bl_plan_item *item)
{
	switch (item->row->status) {
	case BL_STATUS_APPLIED:
	case BL_STATUS_BASELINE:
		return applied_state(set, item);
	case BL_STATUS_FAILED:
		return refused_state(set, item, BOBOLINK_STATE_FAILED);
	case BL_STATUS_ROLLED_BACK:
		return refused_state(set, item, BOBOLINK_STATE_ROLLED_BACK);
	case BL_STATUS_ROLLING_BACK:
		return BOBOLINK_STATE_ROLLING_BACK;
	case BL_STATUS_RUNNING:
		return BOBOLINK_STATE_RUNNING;
	default:
		/* Undone, or skipped where this environment was another one. */
		return BOBOLINK_STATE_PENDING;
	}
}

/* A row of a migration that this program does not have. */
static int unknown_state(const struct bl_history_row *row)
{
	switch (row->status) {
	case BL_STATUS_FAILED:
		return BOBOLINK_STATE_FAILED;
	case BL_STATUS_ROLLED_BACK:
		return BOBOLINK_STATE_ROLLED_BACK;
	case BL_STATUS_SKIPPED:
		return BOBOLINK_STATE_SKIPPED;
	case BL_STATUS_ROLLING_BACK:
		return BOBOLINK_STATE_ROLLING_BACK;
	default:
		return BOBOLINK_STATE_MISSING;
	}
}

/* Whether a list of environments, "development test", has this one. Who writes "Production" means no other one. */
static bool has_environment(const char *list, const char *environment)
{
	size_t length = strlen(environment);

	while (*list) {
		size_t word = strcspn(list, " ");

		if (word == length && strncasecmp(list, environment, word) == 0)
			return true;
		list += word;
		list += strspn(list, " ");
	}
	return false;
}

/* A data seed that is not run in this environment. What is there of one already stays what it is. */
static bool is_elsewhere(const struct bobolink_set *set, const struct bl_plan_item *item,
			 const char *environment)
{
	const struct bobolink_migration *migration;
	bool named;

	if (item->index == BL_SET_NONE || (item->row && bl_plan_is_in_database(item->row)))
		return false;
	migration = &set->migrations[item->index];
	named = has_environment(bl_set_text(set, item->index,
					    migration->only ? migration->only : migration->except),
				environment ? environment : "");
	return migration->only ? !named : named;
}

/* It is older than what is applied, and did not wait for its environment meanwhile. */
static bool is_late(const struct bl_plan *plan, const struct bl_plan_item *item)
{
	const struct bobolink_migration *migration = &plan->set->migrations[item->index];

	return item->version < plan->highest && !item->elsewhere &&
	       !(item->row &&
		 (migration->only || migration->except || item->row->status == BL_STATUS_SKIPPED));
}

static int state_of(const struct bl_plan *plan, const struct bl_plan_item *item)
{
	int state = BOBOLINK_STATE_PENDING;

	if (item->index == BL_SET_NONE)
		return unknown_state(item->row);
	if (item->elsewhere)
		return item->row && item->row->status == BL_STATUS_SKIPPED ? BOBOLINK_STATE_SKIPPED
									   : state;
	if (item->row)
		state = known_state(plan->set, item);
	if (state == BOBOLINK_STATE_PENDING && is_late(plan, item))
		return BOBOLINK_STATE_OUT_OF_ORDER;
	return state;
}

/*
 * Every version of the set and of the history once, ascending. What is undone is as if it had never been, and so no
 * longer mentioned when it is of no program, or forgotten by hand.
 */
static int merge(struct bl_plan *plan, const struct bl_history *history)
{
	const struct bobolink_set *set = plan->set;
	uint32_t i = 0;
	uint32_t j = 0;

	plan->items =
		bl_memory_alloc(plan->allocator, (size_t)set->migration_count + history->count,
				sizeof(*plan->items));
	if (!plan->items)
		return BOBOLINK_NO_MEMORY;
	while (i < set->migration_count || j < history->count) {
		struct bl_plan_item *item = &plan->items[plan->count];
		int64_t ours = i < set->migration_count ? set->migrations[i].version : INT64_MAX;
		int64_t theirs = j < history->count ? history->rows[j].version : INT64_MAX;
		bool take_ours = i < set->migration_count && ours <= theirs;
		bool take_theirs = j < history->count && theirs <= ours;

		item->version = ours < theirs ? ours : theirs;
		item->index = take_ours ? i++ : BL_SET_NONE;
		item->row = take_theirs ? &history->rows[j++] : NULL;
		if (take_ours || item->row->status != BL_STATUS_UNDONE)
			plan->count++;
	}
	return BOBOLINK_OK;
}

/* Whether the rest of a migration that stopped outside a transaction can be run now. */
static bool resumable(const struct bobolink_set *set, const struct bl_plan_item *item)
{
	const struct bobolink_section *up = &set->migrations[item->index].up;
	const struct bobolink_statement *next;

	if (!has_same_sql(set, item))
		return false;
	/* Its batches go on where they stopped. */
	if (up->call)
		return true;
	if (item->row->statements_done >= up->count)
		return item->row->statements_done == up->count;
	next = bl_set_statement(set, item->index, up, (uint32_t)item->row->statements_done);
	return !(next->flags & BOBOLINK_STATEMENT_NO_TRANSACTION) ||
	       (next->flags & BOBOLINK_STATEMENT_REPEATABLE) || next->probe;
}

/* Somebody asked to run it again, whatever became of it. */
static bool is_retried(const struct bl_plan_item *item, const struct bl_plan_request *request)
{
	return request->mode == BL_PLAN_RETRY &&
	       (request->version == BOBOLINK_HEAD || request->version == item->version);
}

/* What was refused and left nothing behind may be tried again: somebody asked, or the data was mended. */
static bool is_tried_again(const struct bl_plan_item *item, const struct bl_plan_request *request)
{
	return request->mended || is_retried(item, request);
}

static int code_of(const struct bl_plan *plan, const struct bl_plan_item *item,
		   const struct bl_plan_request *request)
{
	bool wanted = item->version <= request->target;

	if (item->state == BOBOLINK_STATE_ROLLING_BACK)
		return BOBOLINK_HALFWAY;
	if (item->index == BL_SET_NONE) {
		if (item->state != BOBOLINK_STATE_MISSING)
			return BOBOLINK_OK;
		return item->version > bl_set_last(plan->set) ? BOBOLINK_NEWER : BOBOLINK_MISSING;
	}
	switch (item->state) {
	case BOBOLINK_STATE_CHANGED:
		return BOBOLINK_CHANGED;
	case BOBOLINK_STATE_RUNNING:
		if (is_retried(item, request) && has_same_sql(plan->set, item) &&
		    item->row->statements_done <= plan->set->migrations[item->index].up.count)
			return BOBOLINK_OK;
		return resumable(plan->set, item) ? BOBOLINK_OK : BOBOLINK_HALFWAY;
	case BOBOLINK_STATE_FAILED:
		if (wanted && !is_tried_again(item, request))
			return BOBOLINK_HELD;
		break;
	case BOBOLINK_STATE_ROLLED_BACK:
		if (request->mode == BL_PLAN_BOOT && wanted)
			return BOBOLINK_HELD;
		break;
	case BOBOLINK_STATE_OUT_OF_ORDER:
		break;
	default:
		return BOBOLINK_OK;
	}
	if (!wanted || !is_late(plan, item) || (plan->set->flags & BOBOLINK_SET_OUT_OF_ORDER))
		return BOBOLINK_OK;
	return BOBOLINK_OUT_OF_ORDER;
}

static bool is_step(const struct bl_plan_item *item, const struct bl_plan_request *request)
{
	if (item->index == BL_SET_NONE || item->version > request->target)
		return false;
	return item->state == BOBOLINK_STATE_PENDING ||
	       item->state == BOBOLINK_STATE_OUT_OF_ORDER ||
	       item->state == BOBOLINK_STATE_RUNNING ||
	       (item->state == BOBOLINK_STATE_ROLLED_BACK && request->mode != BL_PLAN_BOOT) ||
	       (item->state == BOBOLINK_STATE_FAILED && is_tried_again(item, request));
}

/* Of several migrations the first one is named; of a newer database its version, the last. */
void bl_plan_judge(struct bl_plan *plan, int code, uint32_t i)
{
	if (rank(code) < rank(plan->verdict) ||
	    (code == BOBOLINK_NEWER && plan->verdict == BOBOLINK_NEWER)) {
		plan->verdict = code;
		plan->culprit = i;
	}
}

/* Gives every item its code, and collects steps and verdict. */
static void decide_up(struct bl_plan *plan, const struct bl_plan_request *request)
{
	plan->completes = true;
	for (uint32_t i = 0; i < plan->count; i++) {
		struct bl_plan_item *item = &plan->items[i];

		item->code = code_of(plan, item, request);
		if (is_step(item, request))
			plan->steps[plan->step_count++] = i;
		else if (item->index != BL_SET_NONE && !bl_plan_is_done(item))
			plan->completes = false;
		bl_plan_judge(plan, item->code, i);
	}
}

/* A target must be in the set, and nothing above it may be applied. */
static void check_target(struct bl_plan *plan, const struct bl_plan_request *request)
{
	plan->target = bl_set_last(plan->set);
	if (request->target == BOBOLINK_HEAD)
		return;
	plan->target = request->target;
	if (plan->verdict != BOBOLINK_NEWER &&
	    (bl_set_find(plan->set, request->target) == BL_SET_NONE ||
	     plan->highest > request->target)) {
		plan->verdict = BOBOLINK_USAGE;
		plan->culprit = plan->count;
	}
}

/* What is run again must have been tried before. */
static void check_retried(struct bl_plan *plan, const struct bl_plan_request *request)
{
	for (uint32_t i = 0; i < plan->step_count; i++) {
		const struct bl_plan_item *item = &plan->items[plan->steps[i]];

		if (item->version == request->version && item->row)
			return;
	}
	plan->target = request->version;
	bl_plan_judge(plan, BOBOLINK_USAGE, plan->count);
}

static bool goes_down(const struct bl_plan *plan, const struct bl_plan_request *request)
{
	return request->mode == BL_PLAN_ROLLBACK || request->mode == BL_PLAN_TAKE_BACK ||
	       (request->mode == BL_PLAN_TO &&
		(request->target < 0 || plan->highest > request->target));
}

/* The rows of one other name, from `first` on, are all migrations of this set. Returns their end. */
static uint32_t compare_other(const struct bobolink_set *set, const struct bl_history *history,
			      uint32_t first, bool *same)
{
	const char *name = history->others[first].set_name;
	uint32_t i = first;

	*same = true;
	for (; i < history->other_count && strcmp(history->others[i].set_name, name) == 0; i++) {
		uint32_t index = bl_set_find(set, history->others[i].version);

		if (index == BL_SET_NONE ||
		    strcmp(bl_set_checksum(set, index), history->others[i].checksum) != 0)
			*same = false;
	}
	return i;
}

/* The name of a set is its identity: the same migrations under another name are a mistake. */
static void check_name(struct bl_plan *plan, const struct bl_history *history)
{
	uint32_t i = 0;
	bool same;

	if (history->count)
		return;
	while (i < history->other_count) {
		const char *name = history->others[i].set_name;

		i = compare_other(plan->set, history, i, &same);
		if (same && rank(BOBOLINK_OTHER_NAME) < rank(plan->verdict)) {
			plan->verdict = BOBOLINK_OTHER_NAME;
			plan->other_name = name;
			plan->culprit = plan->count;
		}
	}
}

int bl_plan_make(const struct bobolink_set *set, const struct bl_history *history,
		 const struct bl_plan_request *request, const struct bobolink_allocator *allocator,
		 struct bl_plan *plan)
{
	memset(plan, 0, sizeof(*plan));
	plan->allocator = allocator;
	plan->set = set;
	plan->highest = -1;
	plan->mode = request->mode;
	for (uint32_t i = 0; i < history->count; i++) {
		if (bl_plan_is_in_database(&history->rows[i]))
			plan->highest = history->rows[i].version;
	}
	if (merge(plan, history))
		return BOBOLINK_NO_MEMORY;
	plan->culprit = plan->count;
	plan->steps = bl_memory_alloc(allocator, plan->count, sizeof(*plan->steps));
	if (!plan->steps)
		return BOBOLINK_NO_MEMORY;
	for (uint32_t i = 0; i < plan->count; i++) {
		struct bl_plan_item *item = &plan->items[i];

		item->elsewhere = is_elsewhere(set, item, request->environment);
		item->state = state_of(plan, item);
	}
	plan->down = goes_down(plan, request);
	if (plan->down) {
		bl_plan_decide_down(plan, request);
	} else {
		decide_up(plan, request);
		check_target(plan, request);
		if (request->mode == BL_PLAN_RETRY && request->version != BOBOLINK_HEAD)
			check_retried(plan, request);
	}
	check_name(plan, history);
	return BOBOLINK_OK;
}

const struct bobolink_section *bl_plan_section(const struct bl_plan *plan,
					       const struct bl_plan_item *item)
{
	static const struct bobolink_section nothing = { .count = 0 };
	const struct bobolink_migration *migration = &plan->set->migrations[item->index];

	if (item->elsewhere)
		return &nothing;
	return plan->down ? &migration->down : &migration->up;
}

/* Of what an earlier program left in the history nobody knows what it needs. */
void bl_plan_require(struct bl_plan *plan, uint32_t database_version)
{
	plan->database_version = database_version;
	for (uint32_t i = 0; i < plan->step_count && plan->verdict == BOBOLINK_OK; i++) {
		struct bl_plan_item *item = &plan->items[plan->steps[i]];

		if (plan->down && bl_plan_is_stored(plan, item))
			continue;
		if (bl_plan_section(plan, item)->minimum_version <= database_version)
			continue;
		item->code = plan->verdict = BOBOLINK_TOO_OLD;
		plan->culprit = plan->steps[i];
	}
}

void bl_plan_release(struct bl_plan *plan)
{
	if (!plan->allocator)
		return;
	bl_memory_release(plan->allocator, plan->items);
	bl_memory_release(plan->allocator, plan->steps);
	memset(plan, 0, sizeof(*plan));
}
