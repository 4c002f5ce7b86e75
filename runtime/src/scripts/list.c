/*
 * List: what became of every script, for people.
 */
#include "scripts.h"

#include <inttypes.h>
#include <string.h>

#include <bobolink/scripts.h>

#include "../error.h"

struct script_box {
	struct bobolink_script_list list; /* first: the caller's pointer */
	struct bobolink_allocator allocator;
	struct bl_pool pool;
	struct bobolink_script_item *items;
};

static const char *copy(struct script_box *box, const char *text)
{
	return *text ? bl_pool_copy(&box->pool, text, strlen(text)) : "";
}

/* What the row says, if there is one. */
static void add_row(struct script_box *box, const struct bl_script_row *row,
		    struct bobolink_script_item *item)
{
	item->rows_changed = row->rows_changed;
	item->duration_ms = row->duration_ms;
	item->message = copy(box, row->message);
	item->error = copy(box, row->error_message);
	item->executed_at = copy(box, row->executed_at);
	item->applied_by = copy(box, row->applied_by);
}

/* What no run looks at any more, though it was never done: only somebody who says so does. */
static const char *describe_end(struct script_box *box, const struct bl_scripts *scripts,
				uint32_t index)
{
	const struct bobolink_script *script = &scripts->set->settings[index];
	int state = scripts->states[index].state;
	char label[BL_SCRIPT_NAME_SIZE];
	char time[BL_CLOCK_TEXT_SIZE];

	if (!scripts->states[index].archived || state == BOBOLINK_STATE_APPLIED ||
	    state == BOBOLINK_STATE_SKIPPED || state == BOBOLINK_STATE_UNDONE)
		return "";
	bl_script_label(scripts->set, index, label, sizeof(label));
	if (script->attempts && scripts->rows[index].attempts >= script->attempts &&
	    state == BOBOLINK_STATE_FAILED)
		return bl_pool_format(&box->pool, "--migrate-retry=%s: no attempt is left", label);
	bl_clock_text(script->not_after, time);
	return bl_pool_format(&box->pool, "--migrate-retry=%s: its time ended %s", label, time);
}

static const char *describe_wait(struct script_box *box, const struct bl_scripts *scripts,
				 uint32_t index)
{
	const struct bobolink_script *script = &scripts->set->settings[index];
	char label[BL_SCRIPT_NAME_SIZE];
	char time[BL_CLOCK_TEXT_SIZE];

	switch (scripts->states[index].wait) {
	case BL_SCRIPT_MIGRATION:
		return bl_pool_format(&box->pool, "migration %" PRId64, script->required);
	case BL_SCRIPT_OTHER:
		bl_script_label(scripts->set, scripts->states[index].other, label, sizeof(label));
		return copy(box, label);
	case BL_SCRIPT_CHAIN:
		return "the last migration";
	case BL_SCRIPT_DAY:
		bl_clock_text(script->not_before, time);
		return copy(box, time);
	case BL_SCRIPT_HOUR:
		return bl_pool_format(&box->pool, "the window %02u:%02u-%02u:%02u",
				      (unsigned)script->window_from / 60,
				      (unsigned)script->window_from % 60,
				      (unsigned)script->window_to / 60,
				      (unsigned)script->window_to % 60);
	default:
		return describe_end(box, scripts, index);
	}
}

/* Whether the next run looks at it, apart from what every run looks at. */
static bool is_pending(const struct bl_scripts *scripts, uint32_t index)
{
	const struct bl_script_state *state = &scripts->states[index];

	return !state->archived && state->state != BOBOLINK_STATE_APPLIED &&
	       state->state != BOBOLINK_STATE_SKIPPED && state->wait != BL_SCRIPT_DAY &&
	       state->wait != BL_SCRIPT_HOUR;
}

static void add_script(struct script_box *box, const struct bl_scripts *scripts, uint32_t index)
{
	const struct bobolink_script *script = &scripts->set->settings[index];
	const struct bl_script_state *state = &scripts->states[index];
	const struct bl_script_row *row = &scripts->rows[index];
	const struct bobolink_migration *texts = &scripts->set->items[index];
	struct bobolink_script_item *item = &box->items[box->list.count++];
	bool fix = bl_script_is_fix(scripts->set, index);
	bool same = row->status != BL_STATUS_NONE && bl_script_is_same(scripts->set, index, row);
	char label[BL_SCRIPT_NAME_SIZE];
	char time[BL_CLOCK_TEXT_SIZE] = "";

	bl_script_label(scripts->set, index, label, sizeof(label));
	if (fix && !state->archived && state->due > bl_clock_now())
		bl_clock_text(state->due, time);
	add_row(box, row, item);
	if (fix && !same && row->status != BL_STATUS_NONE)
		item->message = "its text has changed";
	item->number = fix ? texts->version : -1;
	item->required = script->required;
	item->state = state->state;
	item->flags = script->flags;
	item->attempts = same && row->attempts > 0 ? (uint32_t)row->attempts : 0;
	item->attempts_allowed = script->attempts;
	item->name = copy(box, bl_set_name(&scripts->items, index));
	item->label = copy(box, label);
	item->file = copy(box, bl_set_text(&scripts->items, index, texts->up.file));
	item->title = copy(box, bl_set_text(&scripts->items, index, script->title));
	item->next_at = copy(box, time);
	item->waits = describe_wait(box, scripts, index);
	box->list.pending += is_pending(scripts, index);
	box->list.failed += state->state == BOBOLINK_STATE_FAILED;
}

/* One of another program. What was undone is as if it had never been. */
static void add_unknown(struct script_box *box, const struct bl_script_unknown *unknown)
{
	struct bobolink_script_item *item = &box->items[box->list.count];

	if (!bl_status_live(unknown->row.status))
		return;
	box->list.count++;
	add_row(box, &unknown->row, item);
	item->required = -1;
	item->state = BOBOLINK_STATE_MISSING;
	item->attempts = unknown->row.attempts > 0 ? (uint32_t)unknown->row.attempts : 0;
	item->name = copy(box, unknown->row.name);
	item->number = -1;
	if (unknown->fix)
		bl_history_integer(&(struct bobolink_value){ unknown->item, strlen(unknown->item) },
				   &item->number);
	item->label = unknown->fix ? bl_pool_format(&box->pool, "F%s", unknown->item)
				   : copy(box, unknown->item);
	item->file = item->title = item->next_at = item->waits = "";
}

static int fill(struct script_box *box, const struct bl_scripts *scripts,
		struct bobolink_error *error)
{
	box->items = bl_memory_alloc(&box->allocator,
				     (size_t)scripts->count + scripts->unknown_count + 1,
				     sizeof(*box->items));
	if (!box->items)
		return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
	box->list.items = box->items;
	for (uint32_t i = 0; i < scripts->count; i++)
		add_script(box, scripts, i);
	for (uint32_t i = 0; i < scripts->unknown_count; i++)
		add_unknown(box, &scripts->unknown[i]);
	if (box->pool.failed)
		return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
	return BOBOLINK_OK;
}

static int read_all(struct bobolink_session *session, struct script_box *box,
		    struct bobolink_error *error)
{
	const struct bl_plan_request request = { .mode = BL_PLAN_BOOT, .target = BOBOLINK_HEAD };
	struct bl_scripts *scripts = bl_scripts_new(session);
	struct bl_view view;
	int rc;

	if (!scripts)
		return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
	scripts->lists = true;
	rc = bl_view_read(session, &request, NULL, &view, error);
	if (rc == BOBOLINK_OK)
		rc = bl_scripts_read(scripts, &view.head, error);
	if (rc == BOBOLINK_OK) {
		bl_scripts_judge(scripts, &view, view.plan.completes && view.plan.step_count == 0);
		rc = fill(box, scripts, error);
	}
	bl_view_release(&view);
	bl_scripts_free(scripts);
	return rc;
}

int bobolink_script_list(struct bobolink_session *session, struct bobolink_script_list **list,
			 struct bobolink_error *error)
{
	struct bobolink_error local;
	struct script_box *box;
	int rc = BOBOLINK_OK;

	error = error ? error : &local;
	bl_error_clear(error);
	*list = NULL;
	box = bl_memory_alloc(&session->allocator, 1, sizeof(*box));
	if (!box)
		return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
	box->allocator = session->allocator;
	bl_pool_init(&box->pool, &box->allocator);
	if (session->set->scripts)
		rc = read_all(session, box, error);
	*list = &box->list;
	if (rc) {
		bobolink_script_list_free(*list);
		*list = NULL;
	}
	return rc;
}

void bobolink_script_list_free(struct bobolink_script_list *list)
{
	struct script_box *box = (struct script_box *)list;
	struct bobolink_allocator allocator;

	if (!list)
		return;
	allocator = box->allocator;
	bl_pool_release(&box->pool);
	bl_memory_release(&allocator, box->items);
	bl_memory_release(&allocator, box);
}
