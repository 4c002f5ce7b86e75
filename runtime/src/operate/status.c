/*
 * Status: what a caller may look at. Each result owns its memory, so it outlives the session.
 */
#include <string.h>

#include "../error.h"
#include "../explain.h"
#include "../session.h"

/* A public result and everything that its pointers lead to. */
struct status_box {
	struct bobolink_status status; /* first: the caller's pointer */
	struct bobolink_allocator allocator;
	struct bl_history history;
	struct bobolink_status_item *items;
};

/* Waits to be applied, now or after a decision. */
static bool is_pending(const struct bl_plan_item *item)
{
	if (item->index == BL_SET_NONE)
		return false;
	return item->state == BOBOLINK_STATE_PENDING ||
	       item->state == BOBOLINK_STATE_OUT_OF_ORDER ||
	       item->state == BOBOLINK_STATE_ROLLED_BACK || item->state == BOBOLINK_STATE_RUNNING ||
	       item->state == BOBOLINK_STATE_ROLLING_BACK;
}

static bool is_applied(const struct bl_plan_item *item)
{
	return bl_plan_is_done(item) || item->state == BOBOLINK_STATE_MISSING;
}

static void fill_item(const struct bl_plan *plan, const struct bl_plan_item *from,
		      struct bobolink_status_item *to)
{
	const struct bl_history_row *row = from->row;

	to->version = from->version;
	to->state = from->state;
	to->name = bl_plan_item_name(plan, from);
	to->duration_ms = -1;
	to->executed_at = to->applied_by = to->error = to->rolled_back_at = "";
	if (!row)
		return;
	to->attempts = row->attempts > 0 ? (uint32_t)row->attempts : 0;
	to->error = row->error_message;
	to->batch = is_applied(from) ? row->batch : 0;
	to->duration_ms = is_applied(from) ? row->duration_ms : -1;
	to->executed_at = row->executed_at;
	to->applied_by = row->applied_by;
	to->rolled_back_at = row->rolled_back_at;
}

static int fill_status(struct bobolink_session *session, const struct bl_view *view,
		       struct status_box *box)
{
	const struct bl_plan *plan = &view->plan;

	box->items = bl_memory_alloc(&box->allocator, plan->count, sizeof(*box->items));
	if (!box->items)
		return BOBOLINK_NO_MEMORY;
	for (uint32_t i = 0; i < plan->count; i++) {
		fill_item(plan, &plan->items[i], &box->items[i]);
		box->status.applied += is_applied(&plan->items[i]);
		box->status.pending += is_pending(&plan->items[i]);
	}
	box->status.set_name = session->set->name;
	box->status.items = box->items;
	box->status.count = plan->count;
	box->status.verdict = plan->verdict;
	if (plan->verdict == BOBOLINK_OK && plan->step_count)
		box->status.verdict = BOBOLINK_PENDING;
	return BOBOLINK_OK;
}

/* A repeatable that would run is as much to do as a migration. */
static int look_at_scripts(struct bobolink_session *session, const struct bl_view *view,
			   struct bobolink_status *status, struct bobolink_error *error)
{
	int rc;

	if (status->verdict || bl_head_matches(&view->head))
		return BOBOLINK_OK;
	rc = bl_session_scripts(session, view, BOBOLINK_SCRIPTS_LOOK, error);
	if (rc != BOBOLINK_PENDING)
		return rc;
	status->verdict = rc;
	bl_error_clear(error);
	return BOBOLINK_OK;
}

int bobolink_status(struct bobolink_session *session, struct bobolink_status **status,
		    struct bobolink_error *error)
{
	const struct bl_plan_request request = { .mode = BL_PLAN_BOOT, .target = BOBOLINK_HEAD };
	struct status_box *box;
	struct bobolink_error local;
	struct bl_view view;
	int rc;

	error = error ? error : &local;
	bl_error_clear(error);
	*status = NULL;
	box = bl_memory_alloc(&session->allocator, 1, sizeof(*box));
	if (!box)
		return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
	box->allocator = session->allocator;
	bl_history_init(&box->history, &box->allocator);
	rc = bl_view_read(session, &request, NULL, &view, error);
	if (rc == BOBOLINK_OK) {
		rc = fill_status(session, &view, box);
		if (rc)
			bl_error_set(error, rc, "out of memory");
	}
	if (rc == BOBOLINK_OK)
		rc = look_at_scripts(session, &view, &box->status, error);
	/* The texts stay in the history's pool. */
	box->history = view.history;
	box->history.pool.allocator = &box->allocator;
	bl_plan_release(&view.plan);
	*status = &box->status;
	if (rc) {
		bobolink_status_free(*status);
		*status = NULL;
	}
	return rc;
}

void bobolink_status_free(struct bobolink_status *status)
{
	struct status_box *box = (struct status_box *)status;
	struct bobolink_allocator allocator;

	if (!status)
		return;
	allocator = box->allocator;
	bl_history_release(&box->history);
	bl_memory_release(&allocator, box->items);
	bl_memory_release(&allocator, box);
}
