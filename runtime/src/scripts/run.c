/*
 * Run: what a run of migrations calls. At each point the fixes that are ready have their turn, the lowest number first, until
 * none is left that this run has not tried; behind the last migration the repeatables come before them.
 */
#include "scripts.h"

#include <stdio.h>
#include <string.h>

#include <bobolink/scripts.h>

#include "../error.h"

struct bl_scripts *bl_scripts_new(struct bobolink_session *session)
{
	const struct bobolink_scripts *set = session->set->scripts;
	struct bl_scripts *scripts = bl_memory_alloc(&session->allocator, 1, sizeof(*scripts));

	if (!scripts)
		return NULL;
	scripts->session = session;
	scripts->set = set;
	scripts->count = set->fix_count + set->repeatable_count;
	scripts->items = *session->set;
	scripts->items.migrations = set->items;
	scripts->items.chunks = set->chunks;
	scripts->items.migration_count = scripts->count;
	bl_pool_init(&scripts->pool, &session->allocator);
	scripts->rows = bl_memory_alloc(&session->allocator, (size_t)scripts->count + 1,
					sizeof(*scripts->rows));
	scripts->states = bl_memory_alloc(&session->allocator, (size_t)scripts->count + 1,
					  sizeof(*scripts->states));
	scripts->tried = bl_memory_alloc(&session->allocator, (size_t)scripts->count + 1,
					 sizeof(*scripts->tried));
	if (!scripts->rows || !scripts->states || !scripts->tried) {
		bl_scripts_free(scripts);
		return NULL;
	}
	return scripts;
}

void bl_scripts_free(struct bl_scripts *scripts)
{
	struct bobolink_allocator allocator;

	if (!scripts)
		return;
	allocator = scripts->session->allocator;
	bl_pool_release(&scripts->pool);
	bl_memory_release(&allocator, scripts->unknown);
	bl_memory_release(&allocator, scripts->tried);
	bl_memory_release(&allocator, scripts->states);
	bl_memory_release(&allocator, scripts->rows);
	bl_memory_release(&allocator, scripts);
}

void bl_scripts_judge(struct bl_scripts *scripts, const struct bl_view *view, bool end)
{
	const struct bl_script_moment moment = {
		.now = bl_clock_now(),
		.plan = &view->plan,
		.chain_done = view->plan.completes && view->plan.step_count == 0,
		.end = end,
		.open_only = scripts->open_only,
	};

	bl_script_states(scripts->set, scripts->rows, &moment, scripts->states);
}

static void try_none(struct bl_scripts *scripts)
{
	for (uint32_t i = 0; i < scripts->set->fix_count; i++)
		scripts->tried[i] = true;
}

/* The scripts of the run, made at its first point. */
static int prepare(struct bobolink_session *session, struct bobolink_error *error)
{
	if (session->scripts)
		return BOBOLINK_OK;
	session->scripts = bl_scripts_new(session);
	if (!session->scripts)
		return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
	if (session->options.fixes == BOBOLINK_FIXES_OFF)
		try_none(session->scripts);
	return BOBOLINK_OK;
}

/* A start does not fail because of fixes that cannot be written down. */
static int wait_for_writing(struct bl_scripts *scripts, struct bobolink_error *error)
{
	char detail[BOBOLINK_MESSAGE_SIZE];

	try_none(scripts);
	if (!scripts->told) {
		bl_format(detail, sizeof(detail),
			  "fixes wait until the database can be written: %s", error->message);
		bl_session_tell(scripts->session, BOBOLINK_EVENT_BOOT, BOBOLINK_WARNING, -1, "", -1,
				detail);
	}
	scripts->told = true;
	bl_error_clear(error);
	return BOBOLINK_OK;
}

/* The first fix that is ready and was not tried; `count` for none. */
static uint32_t find_ready(const struct bl_scripts *scripts)
{
	for (uint32_t i = 0; i < scripts->set->fix_count; i++) {
		if (!scripts->tried[i] && !scripts->states[i].archived &&
		    scripts->states[i].wait == BL_SCRIPT_NOTHING)
			return i;
	}
	return scripts->count;
}

/* One fix. `*again`: the history has to be read before the next one. */
static int run_fix(struct bl_scripts *scripts, uint32_t index, bool *again,
		   struct bobolink_error *error)
{
	struct bobolink_session *session = scripts->session;
	bool refused;
	int rc = bl_fix_run(scripts, index, &refused, error);

	scripts->tried[index] = rc != BOBOLINK_STALE;
	if (rc && !refused && bl_error_is_read_only(error))
		return wait_for_writing(scripts, error);
	if (!refused || session->options.fixes == BOBOLINK_FIXES_STOP)
		return rc;
	bl_error_clear(error);
	*again = session->scripts_wrote;
	return BOBOLINK_OK;
}

static int run_fixes(struct bl_scripts *scripts, const struct bl_view *view, bool end,
		     struct bobolink_error *error)
{
	bool again = false;
	int rc = BOBOLINK_OK;

	while (rc == BOBOLINK_OK && !again) {
		uint32_t index;

		bl_scripts_judge(scripts, view, end);
		index = find_ready(scripts);
		if (index == scripts->count)
			break;
		if (scripts->session->interrupted)
			rc = bl_error_set(error, BOBOLINK_INTERRUPTED,
					  "stopped between two fixes; the next start goes on");
		else
			rc = run_fix(scripts, index, &again, error);
	}
	return rc;
}

static int run_repeatables(struct bl_scripts *scripts, struct bobolink_error *error)
{
	int rc = BOBOLINK_OK;

	for (uint32_t i = scripts->set->fix_count; i < scripts->count && rc == BOBOLINK_OK; i++) {
		if (bl_repeatable_is_pending(scripts, i))
			rc = bl_repeatable_run(scripts, i, error);
	}
	return rc;
}

/* Where the archived ones are not read, what is left must have a row that is: of one that repeats any that is alive. */
static bool has_row(const struct bl_scripts *scripts, uint32_t index)
{
	const struct bl_script_row *row = &scripts->rows[index];
	bool always = scripts->set->settings[index].flags & BOBOLINK_SCRIPT_ALWAYS;

	return scripts->states[index].archived || bl_script_is_open(row) ||
	       (always && bl_status_live(row->status));
}

static int write_pending(struct bl_scripts *scripts, uint32_t first, struct bobolink_error *error)
{
	struct bobolink_session *session = scripts->session;
	struct bl_attempt attempt;
	int rc;

	bl_attempt_init(&attempt, scripts, first);
	rc = bl_attempt_begin(&attempt, error);
	if (rc == BOBOLINK_OK) {
		for (uint32_t i = first; i < scripts->set->fix_count && rc == BOBOLINK_OK; i++) {
			const struct bl_script_change change = {
				.index = i,
				.status = BL_STATUS_PENDING,
				.duration_ms = -1,
				.rows_changed = -1,
			};

			if (!has_row(scripts, i))
				rc = bl_scripts_write(scripts, &scripts->rows[i], &change, error);
		}
		rc = bl_attempt_end(&attempt, rc, error);
	}
	bl_attempt_release(&attempt);
	if (rc && bl_error_is_read_only(error))
		return wait_for_writing(scripts, error);
	if (rc == BOBOLINK_OK)
		session->scripts_wrote = true;
	return rc;
}

static int record_pending(struct bl_scripts *scripts, struct bobolink_error *error)
{
	for (uint32_t i = 0; i < scripts->set->fix_count; i++) {
		if (!has_row(scripts, i))
			return write_pending(scripts, i, error);
	}
	return BOBOLINK_OK;
}

/* Nothing will happen to it before its time comes, or the next run. */
static bool is_settled(const struct bl_scripts *scripts, uint32_t index)
{
	const struct bl_script_state *state = &scripts->states[index];

	if (!has_row(scripts, index))
		return false;
	return state->archived || scripts->tried[index] || state->wait == BL_SCRIPT_DAY ||
	       state->wait == BL_SCRIPT_HOUR;
}

static bool is_waiting(const struct bl_scripts *scripts)
{
	bool waits = false;

	for (uint32_t i = 0; i < scripts->set->fix_count; i++)
		waits |= !is_settled(scripts, i);
	for (uint32_t i = scripts->set->fix_count; i < scripts->count; i++)
		waits |= bl_repeatable_is_pending(scripts, i);
	return waits;
}

/* When the next start has to look at scripts again. */
static void keep_due(struct bl_scripts *scripts)
{
	struct bobolink_session *session = scripts->session;
	int64_t due = bl_script_next_due(scripts->set, scripts->states);
	char text[BL_CLOCK_TEXT_SIZE];

	bl_clock_text(due, text);
	snprintf(session->next_due, sizeof(session->next_due), "%s",
		 due <= bl_clock_now() ? BL_DUE_NOW : text);
}

static int at_last(struct bl_scripts *scripts, const struct bl_view *view,
		   struct bobolink_error *error)
{
	int rc;

	bl_scripts_judge(scripts, view, true);
	rc = run_repeatables(scripts, error);
	if (rc == BOBOLINK_OK)
		rc = run_fixes(scripts, view, true, error);
	if (rc == BOBOLINK_OK && !scripts->session->scripts_wrote)
		rc = record_pending(scripts, error);
	scripts->session->scripts_wait = false;
	return rc;
}

/* A repeatable that would run. */
static int look(struct bobolink_session *session, struct bobolink_error *error)
{
	struct bl_scripts *scripts = bl_scripts_new(session);
	uint32_t pending = 0;
	int rc;

	if (!scripts)
		return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
	rc = bl_scripts_read(scripts, &session->view->head, error);
	bl_scripts_judge(scripts, session->view, true);
	for (uint32_t i = scripts->set->fix_count; i < scripts->count; i++)
		pending += bl_repeatable_is_pending(scripts, i);
	if (rc == BOBOLINK_OK && pending)
		rc = bl_error_set(error, BOBOLINK_PENDING, "pending repeatables: %u",
				  (unsigned)pending);
	bl_scripts_free(scripts);
	return rc;
}

static int at_point(struct bobolink_session *session, int point, struct bobolink_error *error)
{
	const struct bl_view *view = session->view;
	struct bl_scripts *scripts = session->scripts;
	int rc = BOBOLINK_OK;

	if (point == BOBOLINK_SCRIPTS_BEFORE)
		rc = bl_scripts_read(scripts, &view->head, error);
	/* What the run itself has written since is in the view. */
	scripts->head = view->head;
	if (rc == BOBOLINK_OK)
		rc = point == BOBOLINK_SCRIPTS_LAST ? at_last(scripts, view, error)
						    : run_fixes(scripts, view, false, error);
	if (rc)
		return rc;
	if (point == BOBOLINK_SCRIPTS_BEFORE)
		session->scripts_wait = is_waiting(scripts);
	keep_due(scripts);
	return rc;
}

int bobolink_scripts_run(struct bobolink_session *session, int point, struct bobolink_error *error)
{
	int rc;

	if (point == BOBOLINK_SCRIPTS_END) {
		bl_scripts_free(session->scripts);
		session->scripts = NULL;
		session->scripts_wait = false;
		return BOBOLINK_OK;
	}
	if (point == BOBOLINK_SCRIPTS_LOOK)
		return look(session, error);
	rc = prepare(session, error);
	return rc ? rc : at_point(session, point, error);
}
