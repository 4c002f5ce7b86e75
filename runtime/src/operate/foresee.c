/*
 * Foresee: the refusals that a run comes to only after it has begun, or after another set's run has.
 *
 * The plan knows the history and the version of the database. Whether the schema is as it should be, whether all steps
 * can share a transaction, and whether rows would be lost, is asked when a run begins, and step by step; all of that is
 * asked here once more, for several runs before the first. What changes in between is still noticed there.
 */
#include "foresee.h"

#include "../apply.h"
#include "../losses.h"

/* What is missing and would be made again is no refusal; that it cannot be made is seen by trying. */
static int compare(struct bobolink_session *session, const struct bl_head *head, bool boot,
		   uint32_t steps, struct bobolink_error *error)
{
	bool off = boot && session->options.auto_migrate == BOBOLINK_AUTO_MIGRATE_OFF;

	if (session->options.auto_repair || (off && !bl_head_current(head)))
		return BOBOLINK_OK;
	return bl_session_validate(session, head,
				   off	   ? BOBOLINK_VALIDATION_LOOK
				   : steps ? BOBOLINK_VALIDATION_BEFORE
					   : BOBOLINK_VALIDATION_BOOT,
				   error);
}

int bl_foresee(struct bobolink_session *session, const struct bl_view *view,
	       const struct bl_head *head, bool boot, struct bobolink_error *error)
{
	const struct bl_run run = {
		.session = session,
		.view = *view,
		.unguarded = session->options.protect != BOBOLINK_PROTECT_ALWAYS,
	};
	uint32_t count = view->plan.step_count;
	struct bl_step step;
	int rc = compare(session, head, boot, count, error);

	if (rc == BOBOLINK_OK && session->options.transaction == BOBOLINK_TRANSACTION_ALL)
		rc = bl_apply_one_transaction(&run, error);
	for (uint32_t i = 0; i < count && rc == BOBOLINK_OK; i++) {
		bl_step_init(&run, i, &step);
		rc = bl_losses_foresee(&run, &step, error);
	}
	return rc;
}
