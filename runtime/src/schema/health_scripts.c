/*
 * Health: failed fixes, each by its name, and repeatables that wait for the next run.
 *
 * A fix that failed stops nothing and is tried again, so it is a note; a repeatable that has not run is as pending as a migration.
 */
#include "health.h"

static bool waits(const struct bobolink_script_item *item)
{
	return item->state == BOBOLINK_STATE_PENDING || item->state == BOBOLINK_STATE_CHANGED;
}

/* "fix F0007 (clean_orphans) failed, attempt 2 of 5: no such table: orders" */
static void add_failed(struct bl_health *health, const struct bobolink_script_item *fix)
{
	uint32_t allowed = fix->attempts_allowed;
	const char *retry;

	health->health.fixes_failed++;
	if (allowed && fix->attempts >= allowed) {
		retry = bl_pool_format(&health->pool, "--migrate-retry=%s", fix->label);
		bl_health_add(
			health, BOBOLINK_OK, -1, retry,
			"fix %s (%.200s) has failed %u time%s, and is not tried again by itself: "
			"%s",
			fix->label, fix->name, (unsigned)fix->attempts,
			fix->attempts == 1 ? "" : "s", fix->error);
	} else {
		bl_health_add(health, BOBOLINK_OK, -1, "--migrate-fixes",
			      "fix %s (%.200s) failed, attempt %u%s%.0u: %s", fix->label, fix->name,
			      (unsigned)fix->attempts, allowed ? " of " : "", (unsigned)allowed,
			      fix->error);
	}
}

static void add_fix(struct bl_health *health, const struct bobolink_script_item *fix)
{
	health->health.fixes_pending += waits(fix);
	if (fix->state == BOBOLINK_STATE_FAILED)
		add_failed(health, fix);
}

static void add_repeatable(struct bl_health *health, const struct bobolink_script_item *repeatable)
{
	if (repeatable->state == BOBOLINK_STATE_FAILED)
		bl_health_add(health, BOBOLINK_PENDING, -1, "--migrate",
			      "repeatable %.200s was refused, and stops every run: %s",
			      repeatable->name, repeatable->error);
	else if (waits(repeatable) || repeatable->state == BOBOLINK_STATE_UNDONE)
		bl_health_add(health, BOBOLINK_PENDING, -1, "--migrate",
			      "repeatable %.200s waits to be run", repeatable->name);
	else
		return;
	health->health.repeatables_pending++;
}

int bl_health_scripts(struct bl_health *health, struct bobolink_session *session,
		      struct bobolink_error *error)
{
	struct bobolink_script_list *list = NULL;
	int rc;

	if (!session->set->scripts)
		return BOBOLINK_OK;
	rc = bobolink_script_list(session, &list, error);
	for (uint32_t i = 0; rc == BOBOLINK_OK && i < list->count; i++) {
		if (list->items[i].number >= 0)
			add_fix(health, &list->items[i]);
		else
			add_repeatable(health, &list->items[i]);
	}
	bobolink_script_list_free(list);
	return rc;
}
