/*
 * Apply: executes what the plan decided, in one transaction for each migration or in one for all.
 *
 * When somebody else has changed the history meanwhile, everything is read and planned again.
 */
#include "apply.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "explain.h"
#include "log.h"
#include "losses.h"
#include "record.h"
#include "step.h"
#include "undo.h"
#include "wait.h"

int bl_apply_one_transaction(const struct bl_run *run, struct bobolink_error *error)
{
	uint32_t number = bl_run_first_piece(run);
	struct bl_step step;

	if (number == run->view.plan.step_count)
		return BOBOLINK_OK;
	bl_step_init(run, number, &step);
	bl_error_set(error, BOBOLINK_USAGE,
		     "migration %" PRId64 " (%s) cannot run in a transaction, so not all can run "
		     "in one: apply with BOBOLINK_TRANSACTION_EACH",
		     step.item->version, bl_step_name(run, &step));
	bl_error_place(error, step.item->version, bl_step_text(&step, step.section->file), 0, 0);
	return BOBOLINK_USAGE;
}

static int try_all(struct bl_run *run, const struct bobolink_section *all, struct bl_step *step,
		   struct bobolink_error *error)
{
	int rc = bl_wait_begin(run->session, all, error);

	if (rc)
		return rc;
	rc = bl_run_all(run, step, error);
	rc = bl_step_end(run, step, true, rc, error);
	/* What COMMIT refuses cannot be blamed on one of them. */
	if (rc && run->refused && error->file[0])
		bl_run_record_refusal(run, step, error);
	else
		run->refused = false;
	return rc;
}

static int apply_all(struct bl_run *run, struct bobolink_error *error)
{
	struct bobolink_session *session = run->session;
	struct bobolink_section all;
	struct bl_step step;
	struct bl_wait wait;
	int rc = bl_apply_one_transaction(run, error);

	all = bl_run_needs(run);
	if (rc == BOBOLINK_OK)
		rc = bl_run_reserve(run, error);
	for (uint32_t i = run->view.plan.step_count; i-- > 0 && rc == BOBOLINK_OK;) {
		bl_step_init(run, i, &step);
		rc = bl_losses_tell(run, &step, error);
	}
	if (rc)
		return rc;
	bl_wait_init(&wait, session, 0);
	do
		rc = try_all(run, &all, &step, error);
	while (rc == BOBOLINK_AGAIN && (rc = bl_wait_after(session, &wait, error)) == BOBOLINK_OK);
	if (rc == BOBOLINK_STALE || rc == BOBOLINK_UNKNOWN)
		return rc;
	if (rc) {
		bl_error_append(error, rc, "; all run in one transaction, so nothing was applied");
		bl_run_tell_failed(run, &step, rc, error);
		return rc;
	}
	for (uint32_t i = 0; i < run->view.plan.step_count; i++) {
		bl_step_init(run, i, &step);
		step.begun_ms = run->begun_ms;
		bl_run_tell_done(run, &step);
	}
	return rc;
}

static void tell_notes(const struct bl_run *run)
{
	const struct bl_plan *plan = &run->view.plan;
	char text[BOBOLINK_MESSAGE_SIZE];

	if (bl_explain_older(plan, text, sizeof(text)))
		bl_session_event(run->session, BOBOLINK_EVENT_NOTE, BOBOLINK_INFO, -1, "", -1, "%s",
				 text);
	for (uint32_t i = 0; i < plan->count; i++) {
		const struct bl_plan_item *item = &plan->items[i];

		if (!bl_plan_is_note(item))
			continue;
		bl_explain_item(plan, item, text, sizeof(text));
		bl_session_event(run->session, BOBOLINK_EVENT_NOTE, BOBOLINK_INFO, item->version,
				 bl_plan_item_name(plan, item), -1, "%s", text);
	}
}

/* Once for each run, however often others make it plan again. */
static void tell_pending(struct bl_run *run)
{
	if (run->told)
		return;
	run->told = true;
	bl_session_event(run->session, BOBOLINK_EVENT_BOOT, BOBOLINK_INFO, -1, "", -1,
			 "pending migrations: %u", (unsigned)run->view.plan.step_count);
	tell_notes(run);
}

/* A script that is due at every start need not be written down again. */
static bool is_settled(const struct bobolink_session *session, const struct bl_head *head)
{
	return bl_head_current(head) ||
	       (bl_head_matches(head) && strcmp(session->next_due, BL_DUE_NOW) == 0);
}

/*
 * Nothing is left to do but the head does not say so: another environment, a change of comments, or scripts.
 * One attempt; where it cannot be written, the next start only takes a little longer.
 */
static int refresh_head(struct bl_run *run, struct bobolink_error *error)
{
	struct bobolink_session *session = run->session;
	struct bl_head next = run->view.head;
	int rc;

	if (!run->view.plan.completes || (!run->view.history.count && !session->set->scripts) ||
	    is_settled(session, &next))
		return BOBOLINK_OK;
	next.batch_until = -1;
	if (next.version < run->view.plan.highest)
		next.version = run->view.plan.highest;
	rc = session->backend->begin(session->connection, NULL, error);
	if (rc == BOBOLINK_OK)
		rc = bl_record_head(session, &run->view.head, &next, error);
	if (rc == BOBOLINK_OK)
		rc = bl_record_complete(session, error);
	if (rc == BOBOLINK_OK)
		rc = session->backend->commit(session->connection, error);
	if (rc)
		session->backend->rollback(session->connection);
	if (rc && (rc == BOBOLINK_STALE || rc == BOBOLINK_BUSY || rc == BOBOLINK_AGAIN ||
		   bl_error_is_read_only(error))) {
		bl_error_clear(error);
		rc = BOBOLINK_OK;
	}
	return rc;
}

/* Where only the time of a script has come, the migrations need not be looked at. */
static int read_plan(struct bl_run *run, const struct bl_plan_request *request,
		     const struct bl_head *head, struct bobolink_error *error)
{
	struct bobolink_session *session = run->session;
	struct bl_head read;
	int rc = BOBOLINK_OK;

	if (!head) {
		rc = bl_session_head(session, &read, error);
		head = &read;
	}
	if (rc)
		return rc;
	if (request->mode == BL_PLAN_BOOT && session->set->scripts && bl_head_matches(head))
		bl_view_of_head(session, head, &run->view);
	else
		rc = bl_view_read(session, request, head, &run->view, error);
	return rc;
}

/* Nothing of the chain is left to do, or not up to the target. */
static int end_chain(struct bl_run *run, struct bobolink_error *error)
{
	int rc = BOBOLINK_OK;

	if (run->view.plan.completes)
		rc = bl_run_scripts(run, BOBOLINK_SCRIPTS_LAST, error);
	if (rc == BOBOLINK_OK)
		rc = refresh_head(run, error);
	/* What has changed is validated at the end of the run. */
	if (rc || run->applied)
		return rc;
	return bl_session_validate(run->session, &run->read, BOBOLINK_VALIDATION_BOOT, error);
}

static int run_steps(struct bl_run *run, struct bobolink_error *error)
{
	int rc;

	if (run->session->options.transaction != BOBOLINK_TRANSACTION_ALL)
		return bl_run_steps(run, error);
	rc = apply_all(run, error);
	return rc ? rc : bl_run_scripts(run, BOBOLINK_SCRIPTS_STEP, error);
}

/* A migration that was refused may wait for the very fix that is there now: it does not hold fixes. */
static int run_fixes_of_held(struct bl_run *run, struct bobolink_error *held)
{
	struct bobolink_error error;
	int rc;

	bl_error_clear(&error);
	rc = bl_run_scripts(run, BOBOLINK_SCRIPTS_BEFORE, &error);
	if (rc == BOBOLINK_OK)
		return BOBOLINK_HELD;
	*held = error;
	return rc;
}

/* One plan, carried out as far as it stays true. */
static int run_plan(struct bl_run *run, const struct bl_plan_request *request,
		    const struct bl_head *head, struct bobolink_error *error)
{
	int rc = read_plan(run, request, head, error);

	if (rc == BOBOLINK_OK)
		rc = bl_explain_verdict(&run->view.plan, error);
	run->read = run->view.head;
	if (rc == BOBOLINK_HELD)
		return run_fixes_of_held(run, error);
	if (rc == BOBOLINK_OK)
		rc = bl_run_scripts(run, BOBOLINK_SCRIPTS_BEFORE, error);
	if (rc)
		return rc;
	if (run->view.plan.step_count == 0)
		return end_chain(run, error);
	tell_pending(run);
	if (!run->validated)
		rc = bl_session_validate(run->session, &run->read, BOBOLINK_VALIDATION_BEFORE,
					 error);
	run->validated = true;
	if (rc == BOBOLINK_OK)
		rc = bl_run_back_up(run, error);
	if (rc == BOBOLINK_OK)
		rc = run_steps(run, error);
	/* The steps were not the end of it: look again. */
	if (rc == BOBOLINK_OK && run->view.plan.completes && run->session->scripts_wait)
		rc = BOBOLINK_STALE;
	return rc;
}

/*
 * A plan is made again because somebody else was faster, and whoever was has changed the revision.
 * When it is the same twice, a write misses for another reason, and would for ever.
 */
static int check_race(const struct bl_run *run, const struct bl_head *before,
		      struct bobolink_error *error)
{
	if (!bl_head_same(&run->read, before))
		return BOBOLINK_STALE;
	return bl_error_set(error, BOBOLINK_CORRUPT,
			    "a write to %s.bobolink_head or bobolink_history changes no row, or "
			    "more than one: look for triggers on these tables, rows that are there "
			    "twice, and items that differ from their versions",
			    run->session->backend->schema(run->session->connection));
}

/*
 * A migration that stopped half-way may be one that somebody is at work on: that is known under the lock.
 * BOBOLINK_STALE: it was obtained, look again.
 */
static int wait_for_leader(struct bl_run *run, struct bobolink_error *error)
{
	struct bobolink_session *session = run->session;
	struct bobolink_error waiting;
	int rc;

	if (run->leaderless && run->read.revision == run->leaderless_revision)
		return BOBOLINK_HALFWAY;
	rc = bl_wait_begin(session, NULL, &waiting);
	if (rc == BOBOLINK_LOCKED || rc == BOBOLINK_INTERRUPTED)
		*error = waiting;
	if (rc)
		return rc == BOBOLINK_LOCKED || rc == BOBOLINK_INTERRUPTED ? rc : BOBOLINK_HALFWAY;
	session->backend->rollback(session->connection);
	run->leaderless = true;
	run->leaderless_revision = run->read.revision;
	return BOBOLINK_STALE;
}

/* The migrations that this call applied, newest first, because a later one was refused. */
static void take_back(struct bl_run *run, int rc, struct bobolink_error *error)
{
	const struct bl_undo undo = {
		.request = {
			.mode = BL_PLAN_TAKE_BACK,
			.versions = run->versions,
			.version_count = run->applied,
		},
	};
	struct bobolink_error failure;
	uint32_t undone = 0;

	bl_error_clear(&failure);
	if (bl_undo(run->session, &undo, &undone, &failure))
		bl_error_append(
			error, rc,
			"; of the %u migrations of this run before it %u were undone, then: %s",
			(unsigned)run->applied, (unsigned)undone, failure.message);
	else
		bl_error_append(error, rc, "; migrations of this run before it, undone: %u%s",
				(unsigned)undone,
				undone < run->applied ? "; the others another program has "
							"undone or built on meanwhile"
						      : "");
	run->applied -= undone;
}

/* Not from below a migration that stopped half-way: what is there of it stands on those before it. */
static bool wants_back(const struct bl_run *run, const struct bl_plan_request *request, int rc)
{
	return rc && rc != BOBOLINK_HALFWAY && run->refused && run->applied &&
	       request->mode == BL_PLAN_BOOT &&
	       run->session->options.on_failure == BOBOLINK_ON_FAILURE_ROLLBACK;
}

/* Plans and runs until nobody else has changed the history meanwhile. */
static int run_plans(struct bl_run *run, const struct bl_plan_request *request,
		     const struct bl_head *head, struct bobolink_error *error)
{
	struct bl_plan_request now = *request;
	struct bl_head before = { .revision = -1 };
	int rc;

	run->session->scripts_mended = false;
	do {
		bl_view_release(&run->view);
		bl_error_clear(error);
		now.mended = run->session->scripts_mended;
		rc = run_plan(run, &now, head, error);
		head = NULL;
		if (rc == BOBOLINK_STALE)
			rc = check_race(run, &before, error);
		before = run->read;
		if (rc == BOBOLINK_HALFWAY && run->view.plan.verdict == BOBOLINK_HALFWAY)
			rc = wait_for_leader(run, error);
	} while (rc == BOBOLINK_STALE);
	return rc;
}

int bl_apply(struct bobolink_session *session, const struct bl_plan_request *request,
	     const struct bl_head *head, uint32_t *applied, struct bobolink_error *error)
{
	struct bl_run run = {
		.session = session,
		.begun_ms = bl_clock_ms(),
		.unguarded = session->options.protect != BOBOLINK_PROTECT_ALWAYS,
	};
	int rc;

	session->backed_up = false;
	bl_log_start(session);
	rc = bl_wait_ended(run_plans(&run, request, head, error), error);
	/* One that waits for another set has its turn again, and goes on where it was. */
	if (rc != BOBOLINK_REQUIRED || !session->companion_count)
		bl_session_scripts(session, NULL, BOBOLINK_SCRIPTS_END, NULL);
	bl_log_finish(session, run.view.head.tables);
	session->backend->settle(session->connection);
	if (wants_back(&run, request, rc))
		take_back(&run, rc, error);
	if (rc == BOBOLINK_OK && run.applied)
		rc = bl_session_validate(session, &run.view.head, BOBOLINK_VALIDATION_AFTER, error);
	bl_view_release(&run.view);
	bl_memory_release(&session->allocator, run.versions);
	if (applied)
		*applied = run.applied;
	return rc;
}
