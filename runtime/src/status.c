/*
 * Status: what a caller may look at. Each result owns its memory, so it outlives the session.
 */
#include <string.h>

#include "error.h"
#include "explain.h"
#include "session.h"

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
	       item->state == BOBOLINK_STATE_ROLLED_BACK || item->state == BOBOLINK_STATE_RUNNING;
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
	to->executed_at = to->applied_by = to->error = "";
	if (!row)
		return;
	to->attempts = row->attempts > 0 ? (uint32_t)row->attempts : 0;
	to->error = row->error_message;
	to->batch = is_applied(from) ? row->batch : 0;
	to->duration_ms = is_applied(from) ? row->duration_ms : -1;
	to->executed_at = row->executed_at;
	to->applied_by = row->applied_by;
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

int bobolink_status(struct bobolink_session *session, struct bobolink_status **status,
		    struct bobolink_error *error)
{
	const struct bl_plan_request request = { BL_PLAN_BOOT, BOBOLINK_HEAD };
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

struct plan_box {
	struct bobolink_plan plan; /* first: the caller's pointer */
	struct bobolink_allocator allocator;
	struct bobolink_plan_step *steps;
};

static int fill_steps(const struct bl_plan *plan, struct plan_box *box)
{
	box->steps = bl_memory_alloc(&box->allocator, plan->step_count, sizeof(*box->steps));
	if (!box->steps)
		return BOBOLINK_NO_MEMORY;
	for (uint32_t i = 0; i < plan->step_count; i++) {
		const struct bl_plan_item *item = &plan->items[plan->steps[i]];
		const struct bobolink_section *up = &plan->set->migrations[item->index].up;
		struct bobolink_plan_step *step = &box->steps[i];

		step->version = item->version;
		step->name = bl_plan_item_name(plan, item);
		step->file = bl_set_text(plan->set, item->index, up->file);
		step->flags = up->flags;
		step->statements = up->count;
		step->index = item->index;
		if (item->state == BOBOLINK_STATE_RUNNING)
			step->first = (uint32_t)item->row->statements_done;
	}
	box->plan.set = plan->set;
	box->plan.steps = box->steps;
	box->plan.count = plan->step_count;
	return BOBOLINK_OK;
}

int bobolink_plan(struct bobolink_session *session, int64_t target, struct bobolink_plan **plan,
		  struct bobolink_error *error)
{
	const struct bl_plan_request request = { BL_PLAN_APPLY, target };
	struct plan_box *box;
	struct bobolink_error local;
	struct bl_view view;
	int rc;

	error = error ? error : &local;
	bl_error_clear(error);
	*plan = NULL;
	box = bl_memory_alloc(&session->allocator, 1, sizeof(*box));
	if (!box)
		return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
	box->allocator = session->allocator;
	rc = bl_view_read(session, &request, NULL, &view, error);
	if (rc == BOBOLINK_OK)
		rc = bl_explain_verdict(&view.plan, error);
	if (rc == BOBOLINK_OK && fill_steps(&view.plan, box))
		rc = bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
	bl_view_release(&view);
	*plan = &box->plan;
	if (rc) {
		bobolink_plan_free(*plan);
		*plan = NULL;
	}
	return rc;
}

void bobolink_plan_free(struct bobolink_plan *plan)
{
	struct plan_box *box = (struct plan_box *)plan;
	struct bobolink_allocator allocator;

	if (!plan)
		return;
	allocator = box->allocator;
	bl_memory_release(&allocator, box->steps);
	bl_memory_release(&allocator, box);
}

int bobolink_plan_statement(const struct bobolink_plan *plan, const struct bobolink_plan_step *step,
			    uint32_t number, struct bobolink_plan_statement *statement)
{
	const struct bobolink_section *up = &plan->set->migrations[step->index].up;
	const struct bobolink_statement *from;

	if (number >= up->count)
		return 0;
	from = bl_set_statement(plan->set, step->index, up, number);
	statement->text = bl_set_text(plan->set, step->index, from->text);
	statement->length = from->length;
	statement->line = from->line;
	statement->column = from->column;
	statement->flags = from->flags;
	return 1;
}
