/*
 * State: the decisions about scripts, without a database.
 */
#include "state.h"

#include <stdlib.h>
#include <string.h>

static const char *text_at(const struct bobolink_scripts *scripts, uint32_t index, uint32_t offset)
{
	return offset ? scripts->chunks[index / BOBOLINK_CHUNK_SIZE].text + offset : "";
}

bool bl_script_is_same(const struct bobolink_scripts *scripts, uint32_t index,
		       const struct bl_script_row *row)
{
	return strcmp(row->checksum, text_at(scripts, index, scripts->items[index].checksum)) == 0;
}

bool bl_script_is_open(const struct bl_script_row *row)
{
	return row->status == BL_STATUS_PENDING || row->status == BL_STATUS_FAILED;
}

/* What was done with another text is to be done again: an edited fix is a new one, an edited repeatable replaces what is there. */
static int state_of(bool same, bool fix, int status)
{
	int edited = fix ? BOBOLINK_STATE_PENDING : BOBOLINK_STATE_CHANGED;

	switch (status) {
	case BL_STATUS_APPLIED:
		return same ? BOBOLINK_STATE_APPLIED : edited;
	case BL_STATUS_SKIPPED:
		return same ? BOBOLINK_STATE_SKIPPED : edited;
	case BL_STATUS_FAILED:
		return same ? BOBOLINK_STATE_FAILED : edited;
	case BL_STATUS_UNDONE:
		return fix && same ? BOBOLINK_STATE_UNDONE : BOBOLINK_STATE_PENDING;
	default:
		return BOBOLINK_STATE_PENDING;
	}
}

static bool is_archived(const struct bobolink_script *script, const struct bl_script_row *row,
			const struct bl_script_moment *moment, int state)
{
	bool always = script->flags & BOBOLINK_SCRIPT_ALWAYS;

	if (moment->open_only && row->status == BL_STATUS_NONE)
		return true;
	if (state == BOBOLINK_STATE_UNDONE)
		return true;
	if ((state == BOBOLINK_STATE_APPLIED || state == BOBOLINK_STATE_SKIPPED) && !always)
		return true;
	if (state == BOBOLINK_STATE_FAILED && script->attempts && row->attempts >= script->attempts)
		return true;
	return script->not_after && moment->now > script->not_after;
}

static bool is_applied(const struct bl_plan *plan, int64_t version)
{
	uint32_t low = 0;
	uint32_t high = plan->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (plan->items[middle].version < version)
			low = middle + 1;
		else
			high = middle;
	}
	return low < plan->count && plan->items[low].version == version &&
	       bl_plan_is_done(&plan->items[low]);
}

/* One that is looked at in every run is never archived, but what waits for it need wait only once. */
static bool is_over(const struct bl_script_state *state)
{
	return state->archived || state->state == BOBOLINK_STATE_APPLIED ||
	       state->state == BOBOLINK_STATE_SKIPPED;
}

/* The first script before this one, in the text of its `after`, that is not over; false when all are. */
static bool find_before(const char *after, const struct bl_script_state *states, uint32_t *other)
{
	while (*after) {
		char *end;

		*other = (uint32_t)strtoul(after, &end, 10);
		if (!is_over(&states[*other]))
			return true;
		after = end + (*end == ' ');
	}
	return false;
}

static int wait_of(const struct bobolink_scripts *scripts, uint32_t index,
		   const struct bl_script_moment *moment, struct bl_script_state *states)
{
	const struct bobolink_script *script = &scripts->settings[index];
	struct bl_script_state *state = &states[index];

	if (script->required >= 0 && !moment->chain_done &&
	    !is_applied(moment->plan, script->required))
		return BL_SCRIPT_MIGRATION;
	if (find_before(text_at(scripts, index, script->after), states, &state->other))
		return BL_SCRIPT_OTHER;
	if ((script->flags & BOBOLINK_SCRIPT_AFTER) && !moment->end)
		return BL_SCRIPT_CHAIN;
	if (moment->now < script->not_before)
		return BL_SCRIPT_DAY;
	if (!bl_clock_in_window(moment->now, script->window_from, script->window_to))
		return BL_SCRIPT_HOUR;
	return BL_SCRIPT_NOTHING;
}

/* The first time from `from` on that its settings allow. */
static int64_t time_from(const struct bobolink_script *script, int64_t from)
{
	int64_t time = bl_clock_window(from < script->not_before ? script->not_before : from,
				       script->window_from, script->window_to);

	return script->not_after && time > script->not_after ? BL_CLOCK_NEVER : time;
}

/*
 * One that waits for others is due when the last of them is, or can no longer be. Each is found out once; a circle, which no
 * compiler lets pass, ends at the state that is being found out.
 */
static int64_t find_due(const struct bobolink_scripts *scripts, uint32_t index, int64_t now,
			struct bl_script_state *states)
{
	const struct bobolink_script *script = &scripts->settings[index];
	const char *after = text_at(scripts, index, script->after);
	struct bl_script_state *state = &states[index];
	int64_t from = now;

	if (state->known)
		return state->due;
	state->known = true;
	while (*after && from != BL_CLOCK_NEVER) {
		char *end;
		uint32_t other = (uint32_t)strtoul(after, &end, 10);
		int64_t last = scripts->settings[other].not_after;
		int64_t due = is_over(&states[other]) ? now : find_due(scripts, other, now, states);

		if (due == BL_CLOCK_NEVER && last)
			due = last + 1;
		from = due > from ? due : from;
		after = end + (*end == ' ');
	}
	state->due = from == BL_CLOCK_NEVER ? from : time_from(script, from);
	return state->due;
}

/* What it is by its own row; what it waits for depends on the others. */
static struct bl_script_state judge(const struct bobolink_scripts *scripts, uint32_t index,
				    const struct bl_script_row *row,
				    const struct bl_script_moment *moment)
{
	bool fix = index < scripts->fix_count;
	bool same = row->status != BL_STATUS_NONE && bl_script_is_same(scripts, index, row);
	struct bl_script_state state = { .due = BL_CLOCK_NEVER };

	/* No repeatable is open in a set that was complete. */
	state.state = !fix && moment->open_only ? BOBOLINK_STATE_APPLIED
						: state_of(same, fix, row->status);
	state.archived = is_archived(&scripts->settings[index], row, moment, state.state);
	state.known = state.archived;
	return state;
}

void bl_script_states(const struct bobolink_scripts *scripts, const struct bl_script_row *rows,
		      const struct bl_script_moment *moment, struct bl_script_state *states)
{
	uint32_t count = scripts->fix_count + scripts->repeatable_count;

	for (uint32_t i = 0; i < count; i++)
		states[i] = judge(scripts, i, &rows[i], moment);
	for (uint32_t i = 0; i < scripts->fix_count; i++) {
		if (states[i].archived)
			continue;
		states[i].wait = wait_of(scripts, i, moment, states);
		find_due(scripts, i, moment->now, states);
	}
}

int64_t bl_script_next_due(const struct bobolink_scripts *scripts,
			   const struct bl_script_state *states)
{
	int64_t next = BL_CLOCK_NEVER;

	for (uint32_t i = 0; i < scripts->fix_count; i++) {
		if (states[i].due < next)
			next = states[i].due;
	}
	return next;
}
