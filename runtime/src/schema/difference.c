/*
 * bobolink_drift: drift as applications see it.
 */
#include <string.h>

#include <bobolink/schema.h>

#include "../error.h"
#include "drift.h"
#include "mend.h"
#include "script.h"

/* What the caller holds is the first member. */
struct result {
	struct bobolink_drift drift;
	struct bl_drift inner;
	struct bl_mend mend; /* has the SQL and the reasons */
	struct bobolink_allocator allocator;
	struct bobolink_drift_item *items;
	int32_t dialect;
};

/* Why nothing is done about what is there; "" for what is not. */
static const char *reason_of(int kind)
{
	static const char *const reasons[] = {
		[BOBOLINK_DRIFT_MISSING] = "",
		[BOBOLINK_DRIFT_CHANGED] = "what is there is never changed",
		[BOBOLINK_DRIFT_EXTRA] = "nothing is dropped",
	};

	return reasons[kind];
}

static int add_item(struct result *result, const struct bl_difference *difference)
{
	const struct bobolink_set *set = result->inner.session->set;
	struct bl_origin origin = bl_expected_source(set, difference->origin, &result->mend.pool);
	struct bobolink_drift_item *item = &result->items[result->drift.count++];

	*item = (struct bobolink_drift_item){
		.kind = difference->kind,
		.version = origin.version,
		.migration = origin.name,
		.expected = difference->expected,
		.actual = difference->actual,
		.sql = "",
		.reason = reason_of(difference->kind),
	};
	if (difference->actual)
		return BOBOLINK_OK;
	return bl_mend_sql(&result->mend, difference->expected, &item->sql, &item->reason);
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

static int add_items(struct result *result)
{
	const struct bl_drift *inner = &result->inner;

	result->items = bl_memory_alloc(&result->allocator, inner->count, sizeof(*result->items));
	if (!result->items)
		return BOBOLINK_NO_MEMORY;
	for (uint32_t i = 0; i < inner->count; i++) {
		if (add_item(result, &inner->items[i]))
			return BOBOLINK_NO_MEMORY;
	}
	return result->mend.pool.failed ? BOBOLINK_NO_MEMORY : BOBOLINK_OK;
}

static int fill(struct result *result, struct bobolink_error *error)
{
	struct bl_drift *inner = &result->inner;
	int64_t version = newest(&inner->view.plan);
	int rc = bl_mend_init(&result->mend, inner->session->set, result->dialect,
			      &result->allocator, version, inner->expected.inventory, inner->actual,
			      error);

	if (rc)
		return rc;
	if (add_items(result))
		return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
	result->drift.items = result->items;
	result->drift.missing = inner->missing;
	result->drift.changed = inner->changed;
	result->drift.extra = inner->extra;
	result->drift.ignored = inner->ignored;
	result->drift.version = version;
	/* The result may outlive the session, whose memory this is. */
	bl_view_release(&inner->view);
	memset(&inner->view, 0, sizeof(inner->view));
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
	result->dialect = session->backend->dialect;
	rc = bl_drift_read(session, &result->inner, error);
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
	bl_mend_release(&result->mend);
	bl_drift_release(&result->inner);
	bl_memory_release(&allocator, result->items);
	bl_memory_release(&allocator, result);
}

int bobolink_drift_script(const struct bobolink_drift *drift, bobolink_write_fn *write,
			  void *context)
{
	const struct result *result = (const struct result *)drift;

	return bl_script_write(drift, result->dialect, &result->allocator, write, context);
}
