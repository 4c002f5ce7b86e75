/*
 * Health: what the history says of every migration, and of the last run.
 */
#include <inttypes.h>
#include <string.h>

#include "../error.h"
#include "../explain.h"
#include "health.h"

/* So many pending ones are named. */
#define NAMED 3

static void count_item(struct bobolink_health *facts, const struct bl_plan_item *item)
{
	facts->applied += (bl_plan_is_done(item) && item->state != BOBOLINK_STATE_SKIPPED) ||
			  item->state == BOBOLINK_STATE_MISSING;
	facts->pending += item->state == BOBOLINK_STATE_PENDING;
	facts->failed += item->state == BOBOLINK_STATE_FAILED;
	facts->rolled_back += item->state == BOBOLINK_STATE_ROLLED_BACK;
	facts->changed += item->state == BOBOLINK_STATE_CHANGED;
	facts->missing += item->state == BOBOLINK_STATE_MISSING;
	facts->out_of_order += item->state == BOBOLINK_STATE_OUT_OF_ORDER;
	facts->halfway +=
		item->state == BOBOLINK_STATE_RUNNING || item->state == BOBOLINK_STATE_ROLLING_BACK;
}

static bool is_halfway(const struct bl_plan_item *item)
{
	return item->state == BOBOLINK_STATE_RUNNING || item->state == BOBOLINK_STATE_ROLLING_BACK;
}

static const char *next_for(const struct bl_plan_item *item, int code)
{
	switch (code) {
	case BOBOLINK_HELD:
		return item->state == BOBOLINK_STATE_FAILED ? "--migrate-retry" : "--migrate";
	case BOBOLINK_CHANGED:
	case BOBOLINK_MISSING:
	case BOBOLINK_OUT_OF_ORDER:
		return "--migrate-verify";
	case BOBOLINK_HALFWAY:
		/* One that can be gone on with needs no decision. */
		return item->code == BOBOLINK_OK ? "--migrate" : "--migrate-verify";
	default:
		return "";
	}
}

static void add_item(struct bl_health *health, const struct bl_plan *plan,
		     const struct bl_plan_item *item)
{
	char text[BOBOLINK_MESSAGE_SIZE];
	int code = item->code;

	if (is_halfway(item) && health->health.locked == 1) {
		bl_health_add(health, BOBOLINK_OK, item->version, "",
			      "migration %" PRId64 " (%s) is at work outside a transaction",
			      item->version, bl_plan_item_name(plan, item));
		return;
	}
	if (is_halfway(item) && code == BOBOLINK_OK)
		code = BOBOLINK_HALFWAY;
	if (code == BOBOLINK_OK)
		return;
	bl_explain_item(plan, item, text, sizeof(text));
	bl_health_add(health, code, item->version, next_for(item, code), "%s", text);
}

/* "1 (one), 2 (two), 3 (three) and 4 more" */
static void add_pending(struct bl_health *health, const struct bl_plan *plan)
{
	char text[BOBOLINK_MESSAGE_SIZE] = "";
	uint32_t named = 0;

	if (!health->health.pending)
		return;
	for (uint32_t i = 0; i < plan->count && named < NAMED; i++) {
		const struct bl_plan_item *item = &plan->items[i];
		size_t length = strlen(text);

		if (item->state != BOBOLINK_STATE_PENDING)
			continue;
		bl_format(text + length, sizeof(text) - length, "%s%" PRId64 " (%.200s)",
			  named++ ? ", " : "", item->version, bl_plan_item_name(plan, item));
	}
	if (health->health.pending > named) {
		size_t length = strlen(text);

		bl_format(text + length, sizeof(text) - length, " and %u more",
			  (unsigned)(health->health.pending - named));
	}
	bl_health_add(health, BOBOLINK_PENDING, -1, "--migrate", "%s %s to be applied", text,
		      health->health.pending == 1 ? "waits" : "wait");
}

/* When a row last changed. */
static const char *changed_at(const struct bl_history_row *row)
{
	return strcmp(row->rolled_back_at, row->executed_at) > 0 ? row->rolled_back_at
								 : row->executed_at;
}

/* The newest row tells of the last run; of several at one time the one that came last. */
static void fill_last_run(struct bl_health *health, const struct bl_plan *plan)
{
	struct bobolink_health *facts = &health->health;
	const struct bl_plan_item *last = NULL;

	for (uint32_t i = 0; i < plan->count; i++) {
		const struct bl_plan_item *item = &plan->items[i];

		if (item->row &&
		    (!last || strcmp(changed_at(item->row), changed_at(last->row)) > 0 ||
		     (strcmp(changed_at(item->row), changed_at(last->row)) == 0 &&
		      item->row->id > last->row->id)))
			last = item;
	}
	if (!last)
		return;
	facts->last_run_at = bl_pool_format(&health->pool, "%s", changed_at(last->row));
	facts->last_run_by = bl_pool_format(&health->pool, "%s", last->row->applied_by);
	facts->last_run_name = bl_pool_format(&health->pool, "%s", bl_plan_item_name(plan, last));
	facts->last_run_version = last->version;
	facts->last_run = bl_status_name(last->row->status);
}

void bl_health_history(struct bl_health *health, const struct bl_view *view)
{
	const struct bl_plan *plan = &view->plan;
	struct bobolink_error other;

	health->health.version = view->head.exists ? view->head.version : -1;
	health->health.migrations = plan->count;
	for (uint32_t i = 0; i < plan->count; i++) {
		count_item(&health->health, &plan->items[i]);
		add_item(health, plan, &plan->items[i]);
	}
	add_pending(health, plan);
	/* A verdict about the whole belongs to no migration. */
	if (plan->verdict == BOBOLINK_OTHER_NAME)
		bl_health_add(health, bl_explain_verdict(plan, &other), -1, "", "%s",
			      other.message);
	fill_last_run(health, plan);
}
