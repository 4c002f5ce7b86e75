/*
 * Undo: plans and runs the downs of a rollback.
 */
#include "undo.h"

#include <inttypes.h>
#include <string.h>

#include "error.h"
#include "explain.h"
#include "log.h"
#include "step.h"
#include "wait.h"

static void tell_plan(struct bl_run *run, const struct bl_undo *undo)
{
	const struct bl_plan *plan = &run->view.plan;
	int64_t newest = plan->items[plan->steps[0]].version;
	int64_t oldest = plan->items[plan->steps[plan->step_count - 1]].version;

	bl_session_event(run->session, BOBOLINK_EVENT_PLAN, BOBOLINK_INFO, -1, "", -1,
			 "migrations to undo: %u, from %" PRId64 " down to %" PRId64,
			 (unsigned)plan->step_count, newest, oldest);
	if (undo->forced)
		bl_session_event(run->session, BOBOLINK_EVENT_FORCED, BOBOLINK_WARNING, -1, "", -1,
				 "by force, to lose: %s", undo->forced);
}

/* What is there of stored statements must be theirs: the history may say something else now. */
static bool has_downs(const struct bl_run *run)
{
	const struct bl_plan *plan = &run->view.plan;
	const struct bl_downs *downs = &run->downs;

	for (uint32_t i = 0; i < plan->step_count; i++) {
		const struct bl_plan_item *item = &plan->items[plan->steps[i]];
		const struct bl_stored *stored = i < downs->count ? &downs->items[i] : NULL;

		if (bl_plan_is_stored(plan, item) != (stored && stored->text) ||
		    (stored && stored->text && stored->migration.version != item->version))
			return false;
	}
	return true;
}

static int run_plan(struct bl_run *run, const struct bl_undo *undo, struct bobolink_error *error)
{
	struct bobolink_session *session = run->session;
	int rc = bl_view_read(session, &undo->request, NULL, &run->view, error);

	if (rc == BOBOLINK_OK)
		rc = bl_explain_verdict(&run->view.plan, error);
	if (rc == BOBOLINK_OK)
		rc = bl_head_expect(undo->expected, &run->view.head, error);
	if (rc == BOBOLINK_OK && !has_downs(run))
		rc = BOBOLINK_STALE;
	if (rc || run->view.plan.step_count == 0)
		return rc;
	tell_plan(run, undo);
	if (undo->request.mode != BL_PLAN_TAKE_BACK)
		rc = bl_run_back_up(run, error);
	return rc ? rc : bl_run_steps(run, error);
}

int bl_undo(struct bobolink_session *session, const struct bl_undo *undo, uint32_t *undone,
	    struct bobolink_error *error)
{
	bool taken_back = undo->request.mode == BL_PLAN_TAKE_BACK;
	struct bl_run run = {
		.session = session,
		.begun_ms = bl_clock_ms(),
		.undo = taken_back ? BL_HISTORY_TAKE_BACK : BL_HISTORY_UNDO,
		.downs = undo->downs ? *undo->downs : (struct bl_downs){ NULL, 0 },
		.unguarded = undo->forced != NULL || taken_back,
	};
	int rc;

	session->backed_up = false;
	bl_log_start(session);
	rc = bl_wait_ended(run_plan(&run, undo, error), error);
	if (rc == BOBOLINK_STALE)
		rc = bl_error_set(error, BOBOLINK_PLAN_CHANGED,
				  "another program has migrated this database meanwhile; "
				  "migrations undone before that: %u; look again",
				  (unsigned)run.applied);
	bl_log_finish(session, run.view.head.tables);
	bl_memory_release(&session->allocator, run.versions);
	session->backend->settle(session->connection);
	if (rc == BOBOLINK_OK && run.applied && !taken_back)
		rc = bl_session_validate(session, &run.view.head, BOBOLINK_VALIDATION_AFTER, error);
	bl_view_release(&run.view);
	if (undone)
		*undone = run.applied;
	return rc;
}
