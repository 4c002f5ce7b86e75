/*
 * Rehearse: runs what is pending in one transaction, asks what COMMIT would refuse, and rolls back. Nothing stays,
 * not even bobolink's tables.
 */
#include <inttypes.h>
#include <string.h>

#include "../error.h"
#include "../explain.h"
#include "../step.h"
#include "../wait.h"

static int try_rehearsal(struct bl_run *run, struct bobolink_error *error)
{
	const struct bobolink_section all = bl_run_needs(run);
	struct bobolink_session *session = run->session;
	struct bl_step step;
	int rc = bl_wait_begin(session, &all, error);

	if (rc)
		return rc;
	rc = bl_run_all(run, &step, error);
	if (rc == BOBOLINK_OK)
		rc = session->backend->rehearse(session->connection, error);
	session->backend->rollback(session->connection);
	bl_step_blame(run, &step, rc, error);
	return rc;
}

static int rehearse_plan(struct bl_run *run, const struct bl_plan_request *request,
			 uint32_t *pending, struct bobolink_error *error)
{
	struct bl_plan *plan = &run->view.plan;
	struct bl_wait wait;
	int rc = bl_view_read(run->session, request, NULL, &run->view, error);

	if (rc == BOBOLINK_OK)
		rc = bl_explain_verdict(plan, error);
	if (rc)
		return rc;
	*pending = plan->step_count;
	plan->step_count = bl_run_first_piece(run);
	if (plan->step_count == 0)
		return BOBOLINK_OK;
	bl_wait_init(&wait, run->session, 0);
	do
		rc = try_rehearsal(run, error);
	while (rc == BOBOLINK_AGAIN &&
	       (rc = bl_wait_after(run->session, &wait, error)) == BOBOLINK_OK);
	return rc;
}

int bobolink_rehearse(struct bobolink_session *session, int64_t target, uint32_t *rehearsed,
		      uint32_t *left, struct bobolink_error *error)
{
	const struct bl_plan_request request = { .mode = BL_PLAN_APPLY, .target = target };
	struct bl_run run = {
		.session = session,
		.begun_ms = bl_clock_ms(),
		.unguarded = session->options.protect != BOBOLINK_PROTECT_ALWAYS,
	};
	struct bobolink_error local;
	uint32_t pending = 0;
	uint32_t ran;
	int rc;

	error = error ? error : &local;
	bl_error_clear(error);
	rc = bl_wait_ended(rehearse_plan(&run, &request, &pending, error), error);
	if (rc == BOBOLINK_STALE)
		rc = bl_error_set(error, BOBOLINK_PLAN_CHANGED,
				  "another program has migrated this database meanwhile: rehearse "
				  "again");
	ran = rc ? 0 : run.view.plan.step_count;
	bl_view_release(&run.view);
	session->backend->settle(session->connection);
	if (rehearsed)
		*rehearsed = ran;
	if (left)
		*left = pending - ran;
	return rc;
}
