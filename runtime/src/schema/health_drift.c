/*
 * Health: whether the schema is what the history says, as far as that can be told without waiting for anybody.
 */
#include <string.h>

#include "../error.h"
#include "drift.h"
#include "health.h"
#include "repair.h"

/* So many objects are named of each kind of difference. */
#define NAMED 5
/* How long another transaction may keep a lock before the comparison is given up. */
#define PATIENCE "200ms"

/* Whether it goes without saying: the table or view that it belongs to was named. */
static bool is_part_of(const struct bobolink_object *object, const struct bobolink_object *whole)
{
	return whole && *object->parent && strcmp(object->schema, whole->schema) == 0 &&
	       strcmp(object->parent, whole->name) == 0;
}

/* "table orders, index products.by_sku and others": objects stand behind the table that they belong to. */
static void name_objects(const struct bl_drift *drift, int kind, char *text, size_t size)
{
	const struct bobolink_object *whole = NULL;
	uint32_t named = 0;

	*text = '\0';
	for (uint32_t i = 0; i < drift->count; i++) {
		const struct bl_difference *item = &drift->items[i];
		const struct bobolink_object *object =
			item->expected ? item->expected : item->actual;
		char name[160];

		if (item->kind != kind || is_part_of(object, whole))
			continue;
		if (named == NAMED) {
			bl_format(text + strlen(text), size - strlen(text), " and others");
			return;
		}
		if (!*object->parent)
			whole = object;
		bobolink_object_text(object, name, sizeof(name));
		bl_format(text + strlen(text), size - strlen(text), "%s%s", named++ ? ", " : "",
			  name);
	}
}

struct kind {
	int32_t kind;
	int32_t code;
	uint32_t count;
	const char *word;
	const char *next;
};

static void tell(struct bl_health *health, const struct bl_drift *drift, bool repairable)
{
	const struct kind kinds[] = {
		{ BOBOLINK_DRIFT_MISSING, BOBOLINK_DRIFT, drift->missing, "missing in the schema",
		  repairable ? "--migrate-repair" : "--migrate-drift" },
		{ BOBOLINK_DRIFT_CHANGED, BOBOLINK_DRIFT, drift->changed, "changed in the schema",
		  "--migrate-drift" },
		{ BOBOLINK_DRIFT_EXTRA, BOBOLINK_OK, drift->extra,
		  "in the schema, and of no migration", "--migrate-drift" },
	};
	char names[BOBOLINK_MESSAGE_SIZE - 64];

	health->health.drift = 1;
	health->health.drift_missing = drift->missing;
	health->health.drift_changed = drift->changed;
	health->health.drift_extra = drift->extra;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!kinds[i].count)
			continue;
		name_objects(drift, kinds[i].kind, names, sizeof(names));
		bl_health_add(health, kinds[i].code, -1, kinds[i].next, "%u %s: %s",
			      (unsigned)kinds[i].count, kinds[i].word, names);
	}
}

/* What is missing may be repaired, or not: then a person has to read what is said of it. */
static int tell_missing(struct bl_health *health, struct bobolink_session *session,
			struct bl_drift *drift, struct bobolink_error *error)
{
	struct bl_repair *repair = NULL;
	int rc = bl_repair_from(session, BL_REPAIR_ALL, drift, &repair, error);

	if (rc)
		return rc;
	tell(health, &repair->drift, repair->plan.creates + repair->plan.reapplied > 0);
	bobolink_repair_free(&repair->plan);
	return BOBOLINK_OK;
}

static int compare(struct bl_health *health, struct bobolink_session *session,
		   struct bobolink_error *error)
{
	struct bl_drift drift;
	int rc = bl_drift_read(session, &drift, error);

	if (rc == BOBOLINK_OK && drift.missing)
		rc = tell_missing(health, session, &drift, error);
	else if (rc == BOBOLINK_OK)
		tell(health, &drift, false);
	bl_drift_release(&drift);
	return rc;
}

static int ask(struct bobolink_session *session, const char *sql, bobolink_row_fn *row,
	       void *context, struct bobolink_error *error)
{
	return session->backend->query(session->connection, sql, NULL, 0, row, context, NULL,
				       error);
}

/* A setting of the session, compared with a value. */
struct setting {
	const char *value;
	bool same;
};

static int take_setting(void *context, const struct bobolink_value *values, uint32_t count)
{
	struct setting *setting = context;

	setting->same = count == 1 && values[0].text && strcmp(values[0].text, setting->value) == 0;
	return BOBOLINK_OK;
}

/* A client of another encoding has a transaction around each query, which pins search_path: another one is none of ours. */
static int has_own_transactions(struct bobolink_session *session, bool *own,
				struct bobolink_error *error)
{
	struct setting path = { "pg_catalog", false };
	int rc = ask(session, "SELECT pg_catalog.current_setting('search_path')", take_setting,
		     &path, error);

	*own = path.same;
	return rc;
}

/* Ends the transaction, where it was not ended by what went wrong in it: its settings tell. */
static void end(struct bobolink_session *session)
{
	struct setting patience = { PATIENCE, false };
	struct bobolink_error ignored;

	if (ask(session, "SELECT pg_catalog.current_setting('lock_timeout')", take_setting,
		&patience, &ignored) ||
	    patience.same)
		ask(session, "ROLLBACK", NULL, NULL, &ignored);
}

/*
 * PostgreSQL renders views with a lock on their tables. In a transaction of our own the wait for it can be made short without a
 * trace on the session, which may be a pooler's. Where queries come in transactions of their own, it is done without.
 */
static int compare_impatiently(struct bl_health *health, struct bobolink_session *session,
			       struct bobolink_error *error)
{
	bool own;
	int rc = has_own_transactions(session, &own, error);

	if (rc || own)
		return rc ? rc : compare(health, session, error);
	rc = ask(session, "START TRANSACTION ISOLATION LEVEL READ COMMITTED READ ONLY", NULL, NULL,
		 error);
	if (rc == BOBOLINK_OK)
		rc = ask(session,
			 "SELECT pg_catalog.set_config('lock_timeout', '" PATIENCE "', true)", NULL,
			 NULL, error);
	if (rc == BOBOLINK_OK)
		rc = compare(health, session, error);
	end(session);
	return rc;
}

/* Why there is nothing to compare with, or nobody wants it; NULL when it is to be done. */
static const char *reason_not_to(const struct bl_health *health, uint32_t flags,
				 const struct bl_head *head)
{
	if (flags & BOBOLINK_HEALTH_QUICK)
		return head->fingerprint_matches
			       ? "not asked for; the fingerprint is that of the last comparison"
			       : "not asked for; the schema may have changed since it was compared";
	if (health->health.locked == 1)
		return "somebody is migrating";
	if (!health->health.applied)
		return "no migration is applied";
	return NULL;
}

int bl_health_drift(struct bl_health *health, struct bobolink_session *session, uint32_t flags,
		    const struct bl_head *head, struct bobolink_error *error)
{
	const char *reason = reason_not_to(health, flags, head);
	int rc;

	if (reason) {
		health->health.drift_reason = reason;
		return BOBOLINK_OK;
	}
	rc = session->backend->dialect == BOBOLINK_DIALECT_POSTGRES
		     ? compare_impatiently(health, session, error)
		     : compare(health, session, error);
	if (rc == BOBOLINK_OK || bl_health_is_fatal(rc) || rc == BOBOLINK_UNREACHABLE)
		return rc;
	health->health.drift_reason = rc == BOBOLINK_BUSY || rc == BOBOLINK_LOCKED
					      ? "another connection is in the way"
					      : bl_pool_format(&health->pool, "%s", error->message);
	return BOBOLINK_OK;
}
