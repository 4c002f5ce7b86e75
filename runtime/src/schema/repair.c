/*
 * Repair: plan, one transaction, the ordinary apply, and a last comparison.
 */
#include "repair.h"

#include "../apply.h"
#include "../error.h"

/* How often a start plans again while others are at work on the same. */
#define ATTEMPTS 5

int bobolink_plan_repair(struct bobolink_session *session, struct bobolink_repair **repair,
			 struct bobolink_error *error)
{
	struct bobolink_error local;
	struct bl_repair *made = NULL;
	int rc;

	error = error ? error : &local;
	bl_error_clear(error);
	rc = bl_repair_plan(session, BL_REPAIR_ALL, &made, error);
	*repair = made ? &made->plan : NULL;
	return rc;
}

/* Their rows are rolled back, and no start applies them by itself; what was refused waits for more than --migrate. */
static int say_how_to_go_on(int rc, struct bobolink_error *error)
{
	switch (rc) {
	case BOBOLINK_SQL_ERROR:
	case BOBOLINK_FOREIGN_KEY:
		return bl_error_append(error, rc,
				       "; what was to be applied again waits: mend the database, "
				       "then go on with --migrate-retry");
	case BOBOLINK_INTERRUPTED:
	case BOBOLINK_LOCKED:
	case BOBOLINK_UNREACHABLE:
	case BOBOLINK_IO_ERROR:
	case BOBOLINK_FULL:
		return bl_error_append(error, rc,
				       "; what was to be applied again waits: go on with "
				       "--migrate");
	default:
		return rc;
	}
}

/* The schema is not yet as it should be: that is no reason not to apply, and is looked at afterwards. */
static int apply_again(struct bobolink_session *session, const struct bl_repair *repair,
		       uint32_t *applied, struct bobolink_error *error)
{
	const struct bl_repair_row *last;
	struct bl_plan_request request = { .mode = BL_PLAN_APPLY };
	uint32_t validate = session->options.validate;
	int rc;

	if (repair->row_count == 0)
		return BOBOLINK_OK;
	last = &repair->rows[repair->row_count - 1];
	request.target = session->set->migrations[last->index].version;
	session->options.validate = BOBOLINK_VALIDATE_OFF;
	rc = bl_apply(session, &request, NULL, applied, error);
	session->options.validate = validate;
	return rc ? say_how_to_go_on(rc, error) : rc;
}

/* What is left, by name. */
static int check(struct bobolink_session *session, struct bobolink_error *error)
{
	const struct bobolink_object *first = NULL;
	struct bl_drift drift;
	struct bl_pool pool;
	uint32_t left;
	int rc = bl_drift_read(session, &drift, error);

	left = drift.missing + drift.changed;
	for (uint32_t i = 0; i < drift.count && !first; i++)
		first = drift.items[i].expected;
	bl_pool_init(&pool, &drift.allocator);
	if (rc == BOBOLINK_OK && first)
		rc = bl_error_set(error, BOBOLINK_DRIFT,
				  "still missing or not as expected: %u, among them %s; "
				  "the plan of this repair and --migrate-log tell why, "
				  "--migrate-drift shows them",
				  (unsigned)left, bl_repair_name(&pool, first));
	bl_pool_release(&pool);
	bl_drift_release(&drift);
	return rc;
}

int bobolink_repair(struct bobolink_session *session, const struct bobolink_repair *plan,
		    uint32_t *done, struct bobolink_error *error)
{
	const struct bl_repair *repair = (const struct bl_repair *)plan;
	struct bobolink_error local;
	uint32_t applied = 0;
	uint32_t made = 0;
	int rc = BOBOLINK_OK;

	error = error ? error : &local;
	bl_error_clear(error);
	if (plan->creates + plan->reapplied)
		rc = bl_repair_write(session, repair, &made, error);
	if (rc == BOBOLINK_OK)
		rc = apply_again(session, repair, &applied, error);
	if (done)
		*done = made + applied;
	return rc ? rc : check(session, error);
}

static int repair_lacking_once(struct bobolink_session *session, uint32_t *made,
			       struct bobolink_error *error)
{
	struct bl_repair *repair = NULL;
	int rc = bl_repair_plan(session, BL_REPAIR_LACKING, &repair, error);

	if (rc == BOBOLINK_OK && repair->plan.creates)
		rc = bl_repair_write(session, repair, made, error);
	bobolink_repair_free(repair ? &repair->plan : NULL);
	return rc;
}

int bl_repair_lacking(struct bobolink_session *session, uint32_t *made,
		      struct bobolink_error *error)
{
	uint32_t count = 0;
	int rc = BOBOLINK_PLAN_CHANGED;

	for (int i = 0; i < ATTEMPTS && rc == BOBOLINK_PLAN_CHANGED; i++) {
		bl_error_clear(error);
		rc = repair_lacking_once(session, &count, error);
	}
	if (made)
		*made = count;
	return rc;
}
