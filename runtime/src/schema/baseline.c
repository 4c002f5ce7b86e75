/*
 * Baseline: takes migrations as applied on a database that was made by other means, after comparing its schema with
 * the one that they make.
 */
#include <inttypes.h>
#include <string.h>

#include <bobolink/schema.h>

#include "../error.h"
#include "../operate/decide.h"
#include "../session.h"
#include "expected.h"
#include "postgres_text.h"
#include "respell.h"

struct differences {
	const struct bl_expected *expected;
	bobolink_difference_fn *tell;
	void *context;
	uint32_t count;
};

static int count_difference(void *context, const struct bobolink_object *before,
			    const struct bobolink_object *after)
{
	struct differences *differences = context;

	if ((before && after && bl_postgres_same_elsewhere(before, after)) ||
	    bl_expected_is_unsure(differences->expected, before ? before : after))
		return 0;
	differences->count++;
	return differences->tell ? differences->tell(differences->context, before, after) : 0;
}

/* What SQLite takes for the same, in the letters of the migrations and repeatables. */
static int respell(const struct bobolink_session *session, const struct bl_expected *expected,
		   struct bobolink_inventory **actual, struct bobolink_error *error)
{
	struct bl_spelling spelling = { .allocator = &session->allocator };
	bool changed;
	int rc = BOBOLINK_OK;

	if (session->backend->dialect != BOBOLINK_DIALECT_SQLITE)
		return rc;
	rc = bl_spelling_add(&spelling, expected->inventory);
	if (rc == BOBOLINK_OK)
		rc = bl_spelling_add(&spelling, expected->unsure);
	if (rc == BOBOLINK_OK)
		rc = bl_respell(&spelling, actual, &changed);
	bl_spelling_release(&spelling);
	return rc ? bl_error_set(error, rc, "out of memory") : rc;
}

int bobolink_schema_compare(struct bobolink_session *session, int64_t version,
			    bobolink_difference_fn *difference, void *context, uint32_t *count,
			    struct bobolink_error *error)
{
	struct bl_expected expected;
	struct differences differences = { &expected, difference, context, 0 };
	struct bobolink_inventory *actual = NULL;
	struct bobolink_error local;
	int rc;

	error = error ? error : &local;
	bl_error_clear(error);
	rc = bl_expected_at(session->set, version, BL_PART_HALFWAY, &session->allocator, &expected,
			    error);
	if (rc == BOBOLINK_OK)
		rc = bobolink_inventory_read(session->backend, session->connection,
					     &session->allocator, NULL, &actual, error);
	if (rc == BOBOLINK_OK)
		rc = respell(session, &expected, &actual, error);
	if (rc == BOBOLINK_OK)
		rc = bobolink_inventory_compare(expected.inventory, actual, count_difference,
						&differences);
	bl_expected_release(&expected, &session->allocator);
	bobolink_inventory_free(actual);
	*count = differences.count;
	return rc;
}

int bobolink_baseline(struct bobolink_session *session, int64_t version, uint32_t flags,
		      bobolink_difference_fn *difference, void *context, uint32_t *marked,
		      struct bobolink_error *error)
{
	struct bobolink_error local;
	uint32_t count = 0;
	int rc;

	error = error ? error : &local;
	if (marked)
		*marked = 0;
	bl_error_clear(error);
	/* Who has a history is told so, and not what differs. */
	rc = bl_baseline_check(session, version, error);
	if (rc)
		return rc;
	rc = bobolink_schema_compare(session, version, difference, context, &count, error);
	if (rc == BOBOLINK_USAGE && !(flags & BOBOLINK_FORCE))
		return bl_error_append(error, rc,
				       ", or accept that it is not compared with --migrate-force");
	if (rc && !(flags & BOBOLINK_FORCE))
		return rc;
	if (count && !(flags & BOBOLINK_FORCE))
		return bl_error_set(error, BOBOLINK_DRIFT,
				    "the database is not what migration %" PRId64
				    " leaves behind (differences: %u): nothing was recorded; mend "
				    "it, give the version that it is at, or accept the differences "
				    "with --migrate-force",
				    version, (unsigned)count);
	/* That it was forced matters only where there was something to accept. */
	if (rc == BOBOLINK_OK && count == 0)
		flags &= ~BOBOLINK_FORCE;
	return bobolink_baseline_record(session, version, flags, marked, error);
}
