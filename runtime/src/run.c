/*
 * Run: carries out the steps of a plan one after the other, up or down, each in its own transaction.
 *
 * Every transaction takes the migration lock and begins by changing the head, a compare-and-set on
 * the revision that the plan was made from: when it misses, somebody else has changed the history.
 * The row of a migration is written in its own transaction, so a migration can be neither half-applied
 * nor applied twice, whatever dies.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "explain.h"
#include "log.h"
#include "losses.h"
#include "record.h"
#include "step.h"
#include "wait.h"

int bl_run_migration(struct bl_run *run, const struct bl_step *step, struct bobolink_error *error)
{
	struct bl_record done;
	int rc;

	if (!step->item->elsewhere)
		bl_step_event(run, step, BOBOLINK_EVENT_BEGIN, BOBOLINK_INFO,
			      run->view.plan.down ? "down, in a transaction" : "in a transaction");
	rc = bl_log_write(run->session, error);
	if (rc == BOBOLINK_OK && step->section->call)
		rc = bl_step_call(run, step, error);
	for (uint32_t i = 0; i < step->section->count && rc == BOBOLINK_OK; i++)
		rc = bl_step_statement(run, step, i, error);
	done = bl_step_change(run, step, run->view.plan.down ? run->undo : BL_HISTORY_APPLY);
	if (rc == BOBOLINK_OK)
		rc = bl_record_item(run->session, &done, error);
	if (rc == BOBOLINK_OK)
		rc = bl_step_record_end(run, step, error);
	bl_step_next(run, step);
	return rc;
}

/* What can be tried again, and will be by the next start. */
static bool is_transient(int rc)
{
	return rc == BOBOLINK_LOCKED || rc == BOBOLINK_BUSY || rc == BOBOLINK_AGAIN ||
	       rc == BOBOLINK_FULL || rc == BOBOLINK_IO_ERROR || rc == BOBOLINK_UNREACHABLE;
}

void bl_run_tell_failed(struct bl_run *run, const struct bl_step *step, int rc,
			struct bobolink_error *error)
{
	char text[BOBOLINK_PATH_SIZE + BOBOLINK_MESSAGE_SIZE];

	if (!error->file[0] && run->refused)
		bl_error_place(error, step->item->version, bl_step_text(step, step->section->file),
			       0, 0);
	if (is_transient(rc)) {
		bl_session_event(
			run->session, BOBOLINK_EVENT_RETRY, BOBOLINK_WARNING, step->item->version,
			bl_step_name(run, step), -1,
			"%s; it is no fault of the migration, and the next start tries again",
			error->message);
		return;
	}
	if (rc != BOBOLINK_INTERRUPTED && rc != BOBOLINK_REQUIRED && error->file[0])
		bl_session_tell(run->session, BOBOLINK_EVENT_FAILED, BOBOLINK_ERROR,
				step->item->version, bl_step_name(run, step),
				bl_step_duration_ms(step),
				bobolink_error_text(error, text, sizeof(text)));
}

int bl_run_reserve(struct bl_run *run, struct bobolink_error *error)
{
	const struct bobolink_allocator *allocator = &run->session->allocator;
	int64_t *versions =
		bl_memory_alloc(allocator, (size_t)run->applied + run->view.plan.step_count,
				sizeof(*versions));

	if (!versions)
		return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
	if (run->applied)
		memcpy(versions, run->versions, run->applied * sizeof(*versions));
	bl_memory_release(allocator, run->versions);
	run->versions = versions;
	return BOBOLINK_OK;
}

void bl_run_tell_done(struct bl_run *run, const struct bl_step *step)
{
	struct bl_plan *plan = &run->view.plan;
	char detail[BOBOLINK_MESSAGE_SIZE];

	if (!step->item->elsewhere)
		run->versions[run->applied++] = step->item->version;
	plan->items[plan->steps[step->number]].state = plan->down ? BOBOLINK_STATE_ROLLED_BACK
						       : step->item->elsewhere
							       ? BOBOLINK_STATE_SKIPPED
							       : BOBOLINK_STATE_APPLIED;
	bl_step_what(step, detail, sizeof(detail));
	if (step->item->elsewhere)
		bl_explain_elsewhere(plan->set, step->index, detail, sizeof(detail));
	bl_session_tell(run->session, bl_step_done_event(run, step), BOBOLINK_INFO,
			step->item->version, bl_step_name(run, step), bl_step_duration_ms(step),
			detail);
}

void bl_run_record_refusal(struct bl_run *run, const struct bl_step *step,
			   const struct bobolink_error *error)
{
	struct bl_record refused =
		bl_step_change(run, step, run->view.plan.down ? BL_HISTORY_UNDO : BL_HISTORY_FAIL);

	refused.statements_done = refused.batch = 0;
	bl_record_refusal(run->session, &refused, error);
}

static int try_in_transaction(struct bl_run *run, struct bl_step *step,
			      struct bobolink_error *error)
{
	int rc = bl_wait_begin(run->session, step->section, error);

	if (rc)
		return rc;
	bl_step_first(run, step);
	rc = bl_step_permit(run, step, error);
	if (rc == BOBOLINK_OK)
		rc = bl_step_record_head(run, step, true, error);
	if (rc == BOBOLINK_OK)
		rc = bl_losses_guard(run, step, error);
	if (rc == BOBOLINK_OK)
		rc = bl_run_migration(run, step, error);
	rc = bl_step_end(run, step, true, rc, error);
	if (rc && run->refused)
		bl_run_record_refusal(run, step, error);
	return rc;
}

static int run_in_transaction(struct bl_run *run, struct bl_step *step,
			      struct bobolink_error *error)
{
	struct bl_wait wait;
	int rc;

	bl_wait_init(&wait, run->session, 0);
	do
		rc = try_in_transaction(run, step, error);
	while (rc == BOBOLINK_AGAIN &&
	       (rc = bl_wait_after(run->session, &wait, error)) == BOBOLINK_OK);
	return rc;
}

int bl_run_steps(struct bl_run *run, struct bobolink_error *error)
{
	struct bl_step step;
	int rc = bl_run_reserve(run, error);

	if (rc)
		return rc;
	for (uint32_t i = 0; i < run->view.plan.step_count && rc == BOBOLINK_OK; i++) {
		run->refused = false;
		bl_step_init(run, i, &step);
		rc = bl_losses_tell(run, &step, error);
		if (rc == BOBOLINK_OK)
			rc = bl_step_needs_pieces(&step) ? bl_step_pieces(run, &step, error)
							 : run_in_transaction(run, &step, error);
		if (rc)
			break;
		bl_run_tell_done(run, &step);
		rc = bl_run_scripts(run, BOBOLINK_SCRIPTS_STEP, error);
		if (rc)
			return rc;
	}
	if (rc && rc != BOBOLINK_STALE)
		bl_run_tell_failed(run, &step, rc, error);
	return rc;
}

int bl_run_scripts(struct bl_run *run, int point, struct bobolink_error *error)
{
	int rc = run->view.plan.down ? BOBOLINK_OK
				     : bl_session_scripts(run->session, &run->view, point, error);

	run->refused = rc == BOBOLINK_SQL_ERROR || rc == BOBOLINK_FOREIGN_KEY;
	return rc;
}

uint32_t bl_run_first_piece(const struct bl_run *run)
{
	uint32_t number = 0;
	struct bl_step step;

	for (; number < run->view.plan.step_count; number++) {
		bl_step_init(run, number, &step);
		if (bl_step_needs_pieces(&step))
			break;
	}
	return number;
}

struct bobolink_section bl_run_needs(const struct bl_run *run)
{
	struct bobolink_section all = { 0 };
	struct bl_step step;

	for (uint32_t i = 0; i < run->view.plan.step_count; i++) {
		bl_step_init(run, i, &step);
		all.flags |= step.section->flags & BOBOLINK_SECTION_FOREIGN_KEYS_OFF;
		if (step.section->lock_timeout_ms > all.lock_timeout_ms)
			all.lock_timeout_ms = step.section->lock_timeout_ms;
		if (step.section->statement_timeout_ms > all.statement_timeout_ms)
			all.statement_timeout_ms = step.section->statement_timeout_ms;
	}
	return all;
}

int bl_run_all(struct bl_run *run, struct bl_step *step, struct bobolink_error *error)
{
	uint32_t count = run->view.plan.step_count;
	int rc = BOBOLINK_OK;

	bl_step_init(run, 0, step);
	bl_step_first(run, step);
	for (uint32_t i = 0; i < count && rc == BOBOLINK_OK; i++) {
		bl_step_init(run, i, step);
		rc = bl_step_permit(run, step, error);
	}
	if (rc == BOBOLINK_OK)
		rc = bl_step_record_head(run, step, true, error);
	for (uint32_t i = 0; i < count && rc == BOBOLINK_OK; i++) {
		bl_step_init(run, i, step);
		rc = bl_losses_guard(run, step, error);
		if (rc == BOBOLINK_OK)
			rc = bl_run_migration(run, step, error);
	}
	return rc;
}

static bool can_lose_data(const struct bl_run *run)
{
	struct bl_step step;

	for (uint32_t i = 0; i < run->view.plan.step_count; i++) {
		bl_step_init(run, i, &step);
		if ((step.section->flags & BOBOLINK_SECTION_DATA_LOSS) || step.section->losses)
			return true;
	}
	return false;
}

int bl_run_back_up(struct bl_run *run, struct bobolink_error *error)
{
	uint32_t wish = run->session->options.backup;

	if (run->session->backed_up || wish == BOBOLINK_BACKUP_NEVER ||
	    (wish == BOBOLINK_BACKUP_DESTRUCTIVE && !can_lose_data(run)))
		return BOBOLINK_OK;
	run->session->backed_up = true;
	return bl_session_back_up(run->session, error);
}
