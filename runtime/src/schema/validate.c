/*
 * Validation: is the schema what the history says? Asked by the core before and after a run and at a boot whose
 * fingerprint is not the one that the head remembers.
 *
 * What is missing or has changed is BOBOLINK_DRIFT. When nothing is, left out or not, the head remembers the fingerprint that was read
 * before the comparison: what changes later changes it again.
 */
#include <inttypes.h>
#include <string.h>

#include "../error.h"
#include "../log.h"
#include "drift.h"
#include "repair.h"

/* A definition in a message: long ones are cut. */
#define SHOWN 160

/* "column orders.note: expected TEXT NOT NULL, found TEXT (migration 3, create_orders)", "view paid … (R__paid)" */
static void describe(const struct bl_drift *drift, const struct bl_difference *difference,
		     char *text, size_t size)
{
	const struct bobolink_object *expected = difference->expected;
	struct bl_origin origin;
	struct bl_pool pool;
	size_t length;

	bobolink_object_text(expected, text, size);
	length = strlen(text);
	if (!difference->actual)
		bl_format(text + length, size - length, " is missing%s%.*s",
			  expected->definition[0] ? "; expected: " : "", SHOWN,
			  expected->definition);
	else
		bl_format(text + length, size - length, " has changed; expected: %.*s; found: %.*s",
			  SHOWN, expected->definition, SHOWN, difference->actual->definition);
	length = strlen(text);
	bl_pool_init(&pool, &drift->allocator);
	origin = bl_expected_source(drift->session->set, difference->origin, &pool);
	if (origin.version >= 0)
		bl_format(text + length, size - length, " (migration %" PRId64 ", %s, made it)",
			  origin.version, origin.name);
	else if (*origin.name)
		bl_format(text + length, size - length, " (%s made it)", origin.name);
	bl_pool_release(&pool);
}

/* What to do where nothing is missing. */
static const char *how_to_mend(const struct bl_drift *drift)
{
	const struct bobolink_set *set = drift->session->set;

	for (uint32_t i = 0; i < drift->count; i++) {
		uint32_t origin = drift->items[i].origin;

		if (drift->items[i].kind == BOBOLINK_DRIFT_CHANGED && origin != BL_SET_NONE &&
		    origin >= set->migration_count)
			return "give the repeatable that made it another text, a comment is "
			       "enough, "
			       "mend others by a migration, or leave it out with BOBOLINK_IGNORE";
	}
	return "mend it by a migration, or leave it out with BOBOLINK_IGNORE";
}

/* Every difference is an event, the first one the error. */
static int tell(const struct bl_drift *drift, int when, struct bobolink_error *error)
{
	struct bobolink_session *session = drift->session;
	uint32_t count = drift->missing + drift->changed;
	char text[BOBOLINK_MESSAGE_SIZE / 2];
	char first[sizeof(text)] = "";

	for (uint32_t i = 0; i < drift->count; i++) {
		if (drift->items[i].kind == BOBOLINK_DRIFT_EXTRA)
			continue;
		describe(drift, &drift->items[i], text, sizeof(text));
		bl_session_tell(session, BOBOLINK_EVENT_DRIFT, BOBOLINK_WARNING, -1, "", -1, text);
		if (!first[0])
			memcpy(first, text, sizeof(first));
	}
	bl_error_set(error, BOBOLINK_DRIFT, "%sthe schema is not what its migrations make: %s",
		     when == BOBOLINK_VALIDATION_AFTER ? "the run is done, but " : "", first);
	if (count > 1)
		bl_error_append(error, BOBOLINK_DRIFT, "; and %u more", (unsigned)count - 1);
	bl_error_append(error, BOBOLINK_DRIFT, "; run: --migrate-drift to see all, then %s",
			drift->missing ? "--migrate-repair to make what is missing"
				       : how_to_mend(drift));
	/* Else the migration that mends it would wait for itself. */
	if (when == BOBOLINK_VALIDATION_BEFORE && drift->changed)
		bl_error_append(error, BOBOLINK_DRIFT,
				"; where a pending migration mends it, apply that with "
				"BOBOLINK_VALIDATE=off");
	return BOBOLINK_DRIFT;
}

/*
 * The head remembers the fingerprint. One attempt; where it cannot be written, the next start only compares once
 * more.
 */
static void stamp(const struct bl_drift *drift)
{
	struct bobolink_session *session = drift->session;
	const struct bobolink_backend *backend = session->backend;
	const struct bl_head *head = &drift->view.head;
	struct bl_values values = { .count = 0 };
	struct bobolink_error ignored;
	int rc;

	if (!head->exists || head->fingerprint_matches || !head->fingerprint[0])
		return;
	bl_values_text(&values, session->set->name);
	bl_values_integer(&values, head->revision);
	bl_values_text(&values, head->fingerprint);
	rc = backend->begin(session->connection, NULL, &ignored);
	if (rc == BOBOLINK_OK)
		rc = bl_session_query(session, BL_SQL_HEAD_STAMP, &values, NULL, NULL, NULL,
				      &ignored);
	if (rc == BOBOLINK_OK)
		rc = backend->commit(session->connection, &ignored);
	if (rc)
		backend->rollback(session->connection);
	backend->settle(session->connection);
}

/* Nothing can be said: somebody is migrating, the history has what this program does not, or no deltas are embedded. */
static bool cannot_tell(int rc)
{
	return rc == BOBOLINK_PLAN_CHANGED || rc == BOBOLINK_USAGE || rc == BOBOLINK_NEWER ||
	       rc == BOBOLINK_MISSING || rc == BOBOLINK_OTHER_NAME || rc == BOBOLINK_CHANGED;
}

/*
 * The comparison itself failed. A run that is done stays done, and the default level stands in nobody's way: who must know
 * asks for the full one.
 */
static int excuse(struct bobolink_session *session, int when, int rc, struct bobolink_error *error)
{
	if (rc == BOBOLINK_INTERRUPTED || rc == BOBOLINK_NO_MEMORY || rc == BOBOLINK_UNREACHABLE)
		return rc;
	if (!cannot_tell(rc) && when != BOBOLINK_VALIDATION_AFTER &&
	    session->options.validate == BOBOLINK_VALIDATE_FULL)
		return rc;
	bl_session_tell(session, BOBOLINK_EVENT_DRIFT,
			cannot_tell(rc) ? BOBOLINK_DEBUG : BOBOLINK_WARNING, -1, "", -1,
			error->message);
	bl_error_clear(error);
	return BOBOLINK_OK;
}

/* What differs, once more after what is missing was made: by this start, or by another one that was faster. */
static int read_drift(struct bobolink_session *session, int when, struct bl_drift *drift,
		      struct bobolink_error *error)
{
	int rc = bl_drift_read(session, drift, error);

	if (rc || !drift->missing || !session->options.auto_repair ||
	    when == BOBOLINK_VALIDATION_LOOK)
		return rc;
	rc = bl_repair_lacking(session, NULL, error);
	if (rc == BOBOLINK_INTERRUPTED || rc == BOBOLINK_NO_MEMORY || rc == BOBOLINK_UNREACHABLE)
		return rc;
	/* Then what is missing is the answer. */
	if (rc)
		bl_session_tell(session, BOBOLINK_EVENT_DRIFT, BOBOLINK_WARNING, -1, "", -1,
				error->message);
	bl_error_clear(error);
	bl_drift_release(drift);
	return bl_drift_read(session, drift, error);
}

int bobolink_schema_validate(struct bobolink_session *session, int when,
			     struct bobolink_error *error)
{
	struct bl_drift drift;
	int rc = read_drift(session, when, &drift, error);

	if (rc)
		rc = excuse(session, when, rc, error);
	else if (drift.missing + drift.changed)
		rc = tell(&drift, when, error);
	/* What this program leaves out another one, or the same without the pattern, is to be told. */
	else if (when != BOBOLINK_VALIDATION_LOOK && !drift.excused)
		stamp(&drift);
	bl_drift_release(&drift);
	return rc;
}
