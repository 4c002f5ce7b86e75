/*
 * Plan, down: what is to be undone, and whether it can be.
 *
 * The steps are live rows in the reverse of the order in which they were applied. A down is taken from this
 * program where it carries the migration as it was applied, else from the history, so that an older
 * program can step a newer database back.
 */
#include "plan.h"

#include <string.h>

/* The smallest batch of the last so many. */
static int64_t first_batch(const struct bl_plan *plan, uint32_t batches)
{
	int64_t cut = INT64_MAX;

	if (batches == BOBOLINK_ALL_BATCHES)
		return 1;
	for (uint32_t n = 0; n < batches; n++) {
		int64_t next = 0;

		for (uint32_t i = 0; i < plan->count; i++) {
			const struct bl_history_row *row = plan->items[i].row;

			if (row && bl_plan_is_in_database(row) && row->batch < cut &&
			    row->batch > next)
				next = row->batch;
		}
		if (next == 0)
			break;
		cut = next;
	}
	return cut;
}

static bool is_listed(const struct bl_plan_request *request, int64_t version)
{
	for (uint32_t i = 0; i < request->version_count; i++) {
		if (request->versions[i] == version)
			return true;
	}
	return false;
}

/* `batch`: the first one to undo. What a run takes back by itself is what this program has applied. */
static bool is_wanted(const struct bl_plan *plan, const struct bl_plan_item *item,
		      const struct bl_plan_request *request, int64_t batch)
{
	const struct bl_history_row *row = item->row;

	if (!row || !bl_plan_is_in_database(row))
		return false;
	if (request->mode == BL_PLAN_TO)
		return item->version > request->target;
	if (request->mode == BL_PLAN_TAKE_BACK)
		return is_listed(request, item->version) && !bl_plan_is_stored(plan, item);
	return row->batch > 0 && row->batch >= batch;
}

static bool has_down(const struct bl_plan *plan, const struct bl_plan_item *item)
{
	if (bl_plan_is_stored(plan, item))
		return item->row->has_down;
	return plan->set->migrations[item->index].down.flags & BOBOLINK_SECTION_PRESENT;
}

static int code_of(const struct bl_plan *plan, const struct bl_plan_item *item)
{
	if (item->row->status == BL_STATUS_RUNNING)
		return BOBOLINK_HALFWAY;
	if (item->row->status == BL_STATUS_BASELINE || !has_down(plan, item))
		return BOBOLINK_IRREVERSIBLE;
	return BOBOLINK_OK;
}

/*
 * The newest row that a run which takes its own back must leave alone: another program has run that one meanwhile,
 * on top of what is older.
 */
static int64_t newest_of_others(const struct bl_plan *plan, const struct bl_plan_request *request)
{
	int64_t newest = 0;

	if (request->mode != BL_PLAN_TAKE_BACK)
		return 0;
	for (uint32_t i = 0; i < plan->count; i++) {
		const struct bl_history_row *row = plan->items[i].row;

		if (row && row->id > newest && bl_plan_is_in_database(row) &&
		    !is_wanted(plan, &plan->items[i], request, 0))
			newest = row->id;
	}
	return newest;
}

/* Puts item `i` among the steps, which stand with the newest row first. Mostly it is the newest. */
static void insert(struct bl_plan *plan, uint32_t i)
{
	uint32_t at = plan->step_count++;

	while (at > 0 && plan->items[plan->steps[at - 1]].row->id < plan->items[i].row->id) {
		plan->steps[at] = plan->steps[at - 1];
		at--;
	}
	plan->steps[at] = i;
}

/* A target is a migration that somebody knows, or none. */
static bool is_known(const struct bl_plan *plan, int64_t target)
{
	for (uint32_t i = 0; i < plan->count; i++) {
		if (plan->items[i].version == target)
			return true;
	}
	return target == BOBOLINK_NONE;
}

void bl_plan_decide_down(struct bl_plan *plan, const struct bl_plan_request *request)
{
	int64_t batch = first_batch(plan, request->mode == BL_PLAN_ROLLBACK ? request->batches : 0);
	int64_t others = newest_of_others(plan, request);

	plan->target = request->target;
	for (uint32_t i = plan->count; i-- > 0;) {
		struct bl_plan_item *item = &plan->items[i];

		if (!is_wanted(plan, item, request, batch) || item->row->id < others)
			continue;
		item->code = code_of(plan, item);
		bl_plan_judge(plan, item->code, i);
		insert(plan, i);
	}
	if (request->mode == BL_PLAN_TO && !is_known(plan, request->target))
		bl_plan_judge(plan, BOBOLINK_USAGE, plan->count);
}
