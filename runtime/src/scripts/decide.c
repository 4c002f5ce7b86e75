/*
 * Decide: a fix that is run, or undone, because somebody says so.
 */
#include "scripts.h"

#include <inttypes.h>
#include <string.h>

#include <bobolink/scripts.h>

#include "../error.h"
#include "../explain.h"
#include "../log.h"
#include "../wait.h"

static int find(const struct bl_scripts *scripts, int64_t number, uint32_t *index,
		struct bobolink_error *error)
{
	for (*index = 0; *index < scripts->set->fix_count; ++*index) {
		if (scripts->set->items[*index].version == number)
			return BOBOLINK_OK;
	}
	return bl_error_set(error, BOBOLINK_USAGE,
			    "this program has no fix F%" PRId64 ": take one that --migrate-status "
			    "lists",
			    number);
}

/* A migration that waits for a decision is no obstacle: the fix may be what it waits for. */
static int check_plan(const struct bl_plan *plan, struct bobolink_error *error)
{
	if (plan->verdict == BOBOLINK_NEWER || plan->verdict == BOBOLINK_OTHER_NAME)
		return bl_explain_verdict(plan, error);
	return BOBOLINK_OK;
}

static int check_required(const struct bl_scripts *scripts, uint32_t index,
			  struct bobolink_error *error)
{
	char label[BL_SCRIPT_NAME_SIZE];

	if (scripts->states[index].wait != BL_SCRIPT_MIGRATION)
		return BOBOLINK_OK;
	bl_script_label(scripts->set, index, label, sizeof(label));
	return bl_error_set(error, BOBOLINK_PENDING,
			    "fix %s requires migration %" PRId64 ", which is not applied: apply "
			    "that first, with --migrate",
			    label, scripts->set->settings[index].required);
}

static int retry(struct bl_scripts *scripts, uint32_t index, struct bobolink_error *error)
{
	bool refused;
	int rc = check_required(scripts, index, error);

	return rc ? rc : bl_fix_run(scripts, index, &refused, error);
}

/* One that was done as this program has it, and can be undone. */
static int check_undo(const struct bl_scripts *scripts, uint32_t index,
		      struct bobolink_error *error)
{
	const struct bl_script_row *row = &scripts->rows[index];
	char label[BL_SCRIPT_NAME_SIZE];

	bl_script_label(scripts->set, index, label, sizeof(label));
	if (row->status != BL_STATUS_APPLIED)
		return bl_error_set(error, BOBOLINK_USAGE,
				    "fix %s is not applied: there is nothing to undo", label);
	if (!bl_script_is_same(scripts->set, index, row))
		return bl_error_set(error, BOBOLINK_USAGE,
				    "fix %s was applied with another text of its file: undo it "
				    "with the program that has that text",
				    label);
	if (!(scripts->set->items[index].down.flags & BOBOLINK_SECTION_PRESENT))
		return bl_error_set(error, BOBOLINK_IRREVERSIBLE,
				    "fix %s has no undo section: undo by hand what it did", label);
	return BOBOLINK_OK;
}

static int undo_once(struct bl_attempt *attempt, struct bobolink_error *error)
{
	struct bl_scripts *scripts = attempt->scripts;
	const struct bobolink_section *down = &scripts->set->items[attempt->index].down;
	char detail[64];
	int rc = bl_attempt_begin(attempt, error);

	if (rc)
		return rc;
	rc = bl_attempt_protect(attempt, down, error);
	if (rc == BOBOLINK_OK)
		rc = bl_attempt_run(attempt, down, error);
	if (attempt->rows_changed < 0)
		bl_format(detail, sizeof(detail), "undone by hand");
	else
		bl_format(detail, sizeof(detail), "undone by hand, rows: %" PRId64,
			  attempt->rows_changed);
	if (rc == BOBOLINK_OK)
		rc = bl_scripts_end(scripts, attempt->index, &scripts->rows[attempt->index],
				    "undone by hand", error);
	if (rc == BOBOLINK_OK)
		rc = bl_attempt_finish(attempt, BOBOLINK_EVENT_ROLLED_BACK, detail, error);
	rc = bl_attempt_end(attempt, rc, error);
	if (rc == BOBOLINK_OK)
		bl_scripts_tell(scripts, attempt->index, BOBOLINK_EVENT_ROLLED_BACK, BOBOLINK_INFO,
				bl_attempt_duration_ms(attempt), detail);
	return rc;
}

static int undo(struct bl_scripts *scripts, uint32_t index, struct bobolink_error *error)
{
	char text[BOBOLINK_PATH_SIZE + BOBOLINK_MESSAGE_SIZE];
	struct bl_attempt attempt;
	struct bl_wait wait;
	int rc = check_undo(scripts, index, error);

	if (rc)
		return rc;
	bl_attempt_init(&attempt, scripts, index);
	attempt.section = &scripts->set->items[index].down;
	attempt.undoes = true;
	rc = bl_scripts_back_up(scripts, attempt.section, error);
	bl_wait_init(&wait, scripts->session, 0);
	while (rc == BOBOLINK_OK) {
		rc = undo_once(&attempt, error);
		if (rc != BOBOLINK_AGAIN)
			break;
		rc = bl_wait_after(scripts->session, &wait, error);
	}
	if (rc && attempt.refused) {
		bobolink_error_text(error, text, sizeof(text));
		bl_attempt_log(&attempt, BOBOLINK_EVENT_FAILED, text);
		bl_scripts_tell(scripts, index, BOBOLINK_EVENT_FAILED, BOBOLINK_ERROR,
				bl_attempt_duration_ms(&attempt), text);
	}
	bl_attempt_release(&attempt);
	return rc;
}

typedef int decision_fn(struct bl_scripts *scripts, uint32_t index, struct bobolink_error *error);

/* Once, on what the history says now; BOBOLINK_STALE when that was no longer so. */
static int decide_once(struct bl_scripts *scripts, int64_t number, decision_fn *decision,
		       struct bobolink_error *error)
{
	const struct bl_plan_request request = { .mode = BL_PLAN_BOOT, .target = BOBOLINK_HEAD };
	struct bl_view view;
	uint32_t index;
	int rc = find(scripts, number, &index, error);

	if (rc)
		return rc;
	rc = bl_view_read(scripts->session, &request, NULL, &view, error);
	if (rc == BOBOLINK_OK)
		rc = check_plan(&view.plan, error);
	if (rc == BOBOLINK_OK)
		rc = bl_scripts_read(scripts, &view.head, error);
	if (rc == BOBOLINK_OK) {
		bl_scripts_judge(scripts, &view, true);
		rc = decision(scripts, index, error);
	}
	bl_view_release(&view);
	return rc;
}

static int decide(struct bobolink_session *session, int64_t number, decision_fn *decision,
		  struct bobolink_error *error)
{
	struct bobolink_error local;
	struct bl_scripts *scripts;
	int64_t before;
	int rc;

	error = error ? error : &local;
	bl_error_clear(error);
	if (!session->set->scripts)
		return bl_error_set(error, BOBOLINK_USAGE, "this program has no fixes");
	scripts = bl_scripts_new(session);
	if (!scripts)
		return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
	bl_scripts_free(session->scripts);
	session->scripts = scripts;
	scripts->lists = true;
	scripts->head.revision = -1;
	session->backed_up = false;
	bl_log_start(session);
	do {
		before = scripts->head.revision;
		rc = decide_once(scripts, number, decision, error);
	} while (rc == BOBOLINK_STALE && scripts->head.revision != before);
	if (rc == BOBOLINK_STALE)
		rc = bl_error_set(error, BOBOLINK_PLAN_CHANGED,
				  "another program has migrated this database meanwhile: nothing "
				  "was changed; look and decide again");
	rc = bl_wait_ended(rc, error);
	bl_log_finish(session, scripts->head.tables);
	session->backend->settle(session->connection);
	session->scripts = NULL;
	bl_scripts_free(scripts);
	return rc;
}

int bobolink_retry_fix(struct bobolink_session *session, int64_t number,
		       struct bobolink_error *error)
{
	return decide(session, number, retry, error);
}

int bobolink_undo_fix(struct bobolink_session *session, int64_t number,
		      struct bobolink_error *error)
{
	return decide(session, number, undo, error);
}
