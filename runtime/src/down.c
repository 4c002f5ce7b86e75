/*
 * Down: reads what an earlier program left in the history, to step back over its migrations.
 */
#include "down.h"

#include <inttypes.h>
#include <string.h>

#include "error.h"

struct reading {
	struct bobolink_session *session;
	struct bl_stored *stored;
	int64_t version;
	uint32_t column; /* of the row: up_sql, down_sql */
	bool found;
};

static int keep_section(void *context, const struct bobolink_value *values, uint32_t count)
{
	struct reading *reading = context;

	if (reading->found || count != 2)
		return BOBOLINK_CORRUPT;
	/* One without a down was not asked for: this is a later life. */
	if (!values[reading->column].text)
		return BOBOLINK_OK;
	reading->found = true;
	return bl_stored_read(values[reading->column].text, values[reading->column].length,
			      reading->version, &reading->session->allocator, reading->stored);
}

int bl_down_section(struct bobolink_session *session, int64_t version, bool up,
		    struct bl_stored *stored, struct bobolink_error *error)
{
	struct reading reading = { session, stored, version, up ? 0 : 1, false };
	struct bl_values values = { .count = 0 };
	int rc;

	bl_values_text(&values, session->set->name);
	bl_values_integer(&values, version);
	rc = bl_session_read(session, BL_SQL_HISTORY_STORED, &values, keep_section, &reading,
			     error);
	if (rc == BOBOLINK_OK && !reading.found)
		return bl_error_set(error, BOBOLINK_PLAN_CHANGED,
				    "another program has undone or replaced migration %" PRId64
				    " just now: nothing was changed; look at --migrate-status and "
				    "decide again",
				    version);
	if (rc == BOBOLINK_CORRUPT)
		rc = bl_error_set(error, BOBOLINK_CORRUPT,
				  "the SQL that %s.bobolink_history keeps of migration %" PRId64
				  " cannot be read: start the program that carries this migration "
				  "and step back with it, or restore a backup",
				  session->backend->schema(session->connection), version);
	return rc;
}

/* The reason that the program which applied it left behind. */
static int refuse_irreversible(const struct bl_plan *plan, const struct bl_plan_item *item,
			       const struct bl_stored *stored, struct bobolink_error *error)
{
	return bl_error_set(error, BOBOLINK_IRREVERSIBLE,
			    "migration %" PRId64 " (%s) cannot be undone: %s; nothing was changed, "
			    "--migrate-restore brings back a backup",
			    item->version, bl_plan_item_name(plan, item),
			    bl_set_text(&stored->set, 0, stored->migration.irreversible));
}

int bl_downs_read(struct bobolink_session *session, const struct bl_plan *plan,
		  struct bl_downs *downs, struct bobolink_error *error)
{
	int rc = BOBOLINK_OK;

	downs->count = plan->step_count;
	downs->items =
		bl_memory_alloc(&session->allocator, plan->step_count, sizeof(*downs->items));
	if (!downs->items) {
		downs->count = 0;
		return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
	}
	for (uint32_t i = 0; i < plan->step_count && rc == BOBOLINK_OK; i++) {
		const struct bl_plan_item *item = &plan->items[plan->steps[i]];

		if (bl_plan_is_stored(plan, item))
			rc = bl_down_section(session, item->version, false, &downs->items[i],
					     error);
		if (rc == BOBOLINK_OK && downs->items[i].migration.irreversible)
			rc = refuse_irreversible(plan, item, &downs->items[i], error);
	}
	return rc;
}

void bl_downs_release(struct bl_downs *downs, const struct bobolink_allocator *allocator)
{
	for (uint32_t i = 0; i < downs->count; i++)
		bl_stored_release(&downs->items[i], allocator);
	bl_memory_release(allocator, downs->items);
	memset(downs, 0, sizeof(*downs));
}
