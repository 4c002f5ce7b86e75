/*
 * Fix: looks whether there is something to do, and does it. Looking needs no lock; what it tells is asked again
 * in the transaction that acts on it.
 */
#include "scripts.h"

#include <inttypes.h>
#include <stdio.h>

#include "../error.h"
#include "../wait.h"

/* It has told before, of this text, that nothing is to do: nothing is written. */
static bool is_told(const struct bl_scripts *scripts, uint32_t index)
{
	const struct bl_script_row *row = &scripts->rows[index];

	return (row->status == BL_STATUS_SKIPPED || row->status == BL_STATUS_APPLIED) &&
	       bl_script_is_same(scripts->set, index, row);
}

/* What the program knows without reading it again. */
static void keep_row(struct bl_scripts *scripts, const struct bl_script_change *change)
{
	struct bl_script_row *row = &scripts->rows[change->index];

	row->status = change->status;
	row->attempts = change->attempts;
	row->checksum = bl_set_checksum(&scripts->items, change->index);
}

static void describe(const struct bl_attempt *attempt, const struct bl_script_change *change,
		     char *text, size_t size)
{
	const char *message = change->message ? change->message : "";

	if (change->status == BL_STATUS_SKIPPED)
		bl_format(text, size, "nothing to do");
	else if (attempt->rows_changed < 0)
		bl_format(text, size, "%s", *message ? message : "done");
	else
		bl_format(text, size, "rows: %" PRId64 "%s%s", attempt->rows_changed,
			  *message ? ", " : "", message);
}

/* In the transaction: looks again, acts, and writes what came of it. */
static int act(struct bl_attempt *attempt, struct bl_script_change *change, char *detail,
	       size_t size, struct bobolink_error *error)
{
	struct bl_scripts *scripts = attempt->scripts;
	const struct bobolink_section *execute = &scripts->set->items[attempt->index].up;
	const struct bl_script_row *row = &scripts->rows[attempt->index];
	bool failed = row->status == BL_STATUS_FAILED &&
		      bl_script_is_same(scripts->set, attempt->index, row);
	bool wanted;
	int rc = BOBOLINK_OK;

	/* Before anything else is run in it, so that names mean to the count what they mean to the statements. */
	if (attempt->acts)
		rc = bl_attempt_protect(attempt, execute, error);
	if (rc == BOBOLINK_OK)
		rc = bl_guard_ask(attempt, true, &wanted, error);
	*change = (struct bl_script_change){
		.index = attempt->index,
		.status = BL_STATUS_SKIPPED,
		.attempts = failed ? row->attempts + 1 : 1,
		.rows_changed = 0,
	};
	if (rc)
		return rc;
	if (wanted && !attempt->acts) {
		/* It has come up since the look, on which a backup may depend. */
		attempt->acts = true;
		return BOBOLINK_AGAIN;
	}
	if (wanted) {
		rc = bl_attempt_run(attempt, execute, error);
		change->status = BL_STATUS_APPLIED;
		change->rows_changed = attempt->rows_changed;
		change->message = attempt->message.length ? attempt->message.text : NULL;
	}
	change->duration_ms = bl_attempt_duration_ms(attempt);
	describe(attempt, change, detail, size);
	if (rc == BOBOLINK_OK)
		rc = bl_attempt_write(attempt, change,
				      wanted ? BOBOLINK_EVENT_APPLIED : BOBOLINK_EVENT_SKIPPED,
				      detail, error);
	return rc;
}

static int try_once(struct bl_attempt *attempt, struct bobolink_error *error)
{
	struct bl_scripts *scripts = attempt->scripts;
	char detail[BOBOLINK_MESSAGE_SIZE];
	struct bl_script_change change;
	bool acted;
	int rc;

	rc = bl_attempt_begin(attempt, error);
	if (rc)
		return rc;
	rc = bl_attempt_end(attempt, act(attempt, &change, detail, sizeof(detail), error), error);
	if (rc)
		return rc;
	keep_row(scripts, &change);
	acted = change.status == BL_STATUS_APPLIED;
	if (acted)
		scripts->session->scripts_mended = true;
	bl_scripts_tell(scripts, attempt->index,
			acted ? BOBOLINK_EVENT_APPLIED : BOBOLINK_EVENT_SKIPPED, BOBOLINK_INFO,
			acted ? change.duration_ms : -1, detail);
	return BOBOLINK_OK;
}

static int look_and_act(struct bl_attempt *attempt, struct bobolink_error *error)
{
	struct bl_scripts *scripts = attempt->scripts;
	struct bl_wait wait;
	int rc = bl_guard_ask(attempt, false, &attempt->acts, error);

	if (rc == BOBOLINK_OK && !attempt->acts && is_told(scripts, attempt->index)) {
		bl_scripts_tell(scripts, attempt->index, BOBOLINK_EVENT_SKIPPED, BOBOLINK_DEBUG, -1,
				"nothing to do");
		return BOBOLINK_OK;
	}
	bl_wait_init(&wait, scripts->session, 0);
	while (rc == BOBOLINK_OK) {
		bool acts = attempt->acts;

		if (acts)
			rc = bl_scripts_back_up(scripts, &scripts->set->items[attempt->index].up,
						error);
		rc = rc ? rc : try_once(attempt, error);
		if (rc != BOBOLINK_AGAIN)
			return rc;
		if (acts == attempt->acts)
			rc = bl_wait_after(scripts->session, &wait, error);
		else
			rc = BOBOLINK_OK;
	}
	return rc;
}

int bl_fix_run(struct bl_scripts *scripts, uint32_t index, bool *refused,
	       struct bobolink_error *error)
{
	const bool stops = scripts->session->options.fixes == BOBOLINK_FIXES_STOP;
	char text[BOBOLINK_PATH_SIZE + BOBOLINK_MESSAGE_SIZE];
	struct bl_attempt attempt;
	int rc;

	bl_attempt_init(&attempt, scripts, index);
	rc = look_and_act(&attempt, error);
	*refused = rc && attempt.refused;
	if (*refused) {
		bl_scripts_tell(scripts, index, BOBOLINK_EVENT_FAILED,
				stops ? BOBOLINK_ERROR : BOBOLINK_WARNING,
				bl_attempt_duration_ms(&attempt),
				bobolink_error_text(error, text, sizeof(text)));
		bl_attempt_refused(&attempt, error);
		error->code = rc;
	}
	bl_attempt_release(&attempt);
	return rc;
}
