/*
 * bobolink_drift: drift as applications see it.
 */
#include <string.h>

#include <bobolink/schema.h>

#include "../error.h"
#include "drift.h"

/* What the caller holds is the first member. */
struct result {
	struct bobolink_drift drift;
	struct bl_drift inner;
	struct bobolink_allocator allocator;
	struct bobolink_drift_item *items;
};

static struct bobolink_drift_item item_of(const struct bl_drift *drift,
					  const struct bl_difference *difference)
{
	const struct bobolink_set *set = drift->session->set;
	bool known = difference->origin != BL_SET_NONE;

	return (struct bobolink_drift_item){
		.kind = difference->kind,
		.version = known ? set->migrations[difference->origin].version : -1,
		.migration = known ? bl_set_name(set, difference->origin) : "",
		.expected = difference->expected,
		.actual = difference->actual,
		.sql = "",
		.reason = "",
	};
}

/* The newest migration that counts as applied. */
static int64_t newest(const struct bl_plan *plan)
{
	int64_t version = -1;

	for (uint32_t i = 0; i < plan->count; i++) {
		const struct bl_history_row *row = plan->items[i].row;

		if (row && (row->status == BL_STATUS_APPLIED || row->status == BL_STATUS_BASELINE))
			version = plan->items[i].version;
	}
	return version;
}

static int fill(struct result *result, struct bobolink_error *error)
{
	const struct bl_drift *inner = &result->inner;

	result->items = bl_memory_alloc(&result->allocator, inner->count, sizeof(*result->items));
	if (!result->items)
		return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
	for (uint32_t i = 0; i < inner->count; i++)
		result->items[i] = item_of(inner, &inner->items[i]);
	result->drift = (struct bobolink_drift){
		.items = result->items,
		.count = inner->count,
		.missing = inner->missing,
		.changed = inner->changed,
		.extra = inner->extra,
		.ignored = inner->ignored,
		.version = newest(&inner->view.plan),
	};
	/* The result may outlive the session, whose memory this is. */
	bl_view_release(&result->inner.view);
	memset(&result->inner.view, 0, sizeof(result->inner.view));
	return BOBOLINK_OK;
}

int bobolink_drift(struct bobolink_session *session, struct bobolink_drift **drift,
		   struct bobolink_error *error)
{
	struct bobolink_error local;
	struct result *result = bl_memory_alloc(&session->allocator, 1, sizeof(*result));
	int rc;

	error = error ? error : &local;
	bl_error_clear(error);
	*drift = NULL;
	if (!result)
		return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
	result->allocator = session->allocator;
	rc = bl_drift_read(session, NULL, &result->inner, error);
	if (rc == BOBOLINK_OK)
		rc = fill(result, error);
	*drift = &result->drift;
	if (rc) {
		bobolink_drift_free(*drift);
		*drift = NULL;
	}
	return rc;
}

void bobolink_drift_free(struct bobolink_drift *drift)
{
	struct result *result = (struct result *)drift;
	struct bobolink_allocator allocator;

	if (!result)
		return;
	allocator = result->allocator;
	bl_drift_release(&result->inner);
	bl_memory_release(&allocator, result->items);
	bl_memory_release(&allocator, result);
}
