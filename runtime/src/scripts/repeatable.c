/*
 * Repeatable: runs whenever its text is not the one that ran last. One that is refused stops the run, as a migration
 * does; as it can be repeated, the next start tries it again.
 */
#include "scripts.h"

#include <stdio.h>

#include "../error.h"
#include "../wait.h"

bool bl_repeatable_is_pending(const struct bl_scripts *scripts, uint32_t index)
{
	const struct bl_script_state *state = &scripts->states[index];

	/* Archived is also one whose row was not read, because the head says that nothing is to be done. */
	return state->state != BOBOLINK_STATE_APPLIED && !state->archived;
}

static int try_once(struct bl_attempt *attempt, struct bobolink_error *error)
{
	struct bl_scripts *scripts = attempt->scripts;
	const struct bobolink_section *up = &scripts->set->items[attempt->index].up;
	struct bl_script_row *row = &scripts->rows[attempt->index];
	struct bl_script_change change = {
		.index = attempt->index,
		.status = BL_STATUS_APPLIED,
		.attempts = row->status == BL_STATUS_FAILED &&
					    bl_script_is_same(scripts->set, attempt->index, row)
				    ? row->attempts + 1
				    : 1,
	};
	char detail[40];
	int rc = bl_attempt_begin(attempt, error);

	if (rc)
		return rc;
	rc = bl_attempt_protect(attempt, up, error);
	if (rc == BOBOLINK_OK)
		rc = bl_attempt_run(attempt, up, error);
	change.duration_ms = bl_attempt_duration_ms(attempt);
	change.rows_changed = attempt->rows_changed;
	snprintf(detail, sizeof(detail), "statements: %u", (unsigned)up->count);
	if (rc == BOBOLINK_OK)
		rc = bl_attempt_write(attempt, &change, BOBOLINK_EVENT_APPLIED, detail, error);
	rc = bl_attempt_end(attempt, rc, error);
	if (rc)
		return rc;
	row->status = BL_STATUS_APPLIED;
	row->checksum = bl_set_checksum(&scripts->items, attempt->index);
	bl_scripts_tell(scripts, attempt->index, BOBOLINK_EVENT_APPLIED, BOBOLINK_INFO,
			change.duration_ms, detail);
	return BOBOLINK_OK;
}

int bl_repeatable_run(struct bl_scripts *scripts, uint32_t index, struct bobolink_error *error)
{
	struct bobolink_session *session = scripts->session;
	char text[BOBOLINK_PATH_SIZE + BOBOLINK_MESSAGE_SIZE];
	struct bl_attempt attempt;
	struct bl_wait wait;
	int rc;

	bl_attempt_init(&attempt, scripts, index);
	rc = bl_scripts_back_up(scripts, attempt.section, error);
	bl_wait_init(&wait, session, 0);
	while (rc == BOBOLINK_OK) {
		rc = try_once(&attempt, error);
		if (rc != BOBOLINK_AGAIN)
			break;
		rc = bl_wait_after(session, &wait, error);
	}
	if (rc && attempt.refused) {
		bl_scripts_tell(scripts, index, BOBOLINK_EVENT_FAILED, BOBOLINK_ERROR,
				bl_attempt_duration_ms(&attempt),
				bobolink_error_text(error, text, sizeof(text)));
		bl_attempt_refused(&attempt, error);
		error->code = rc;
	}
	bl_attempt_release(&attempt);
	return rc;
}
