/*
 * Repairs in tests: see the header.
 */
#include "repairs.h"

#include <stdio.h>
#include <string.h>

uint32_t repairs_missing(struct fixture *fixture)
{
	struct bobolink_drift *drift;
	uint32_t count;

	if (bobolink_drift(fixture->session, &drift, &fixture->error))
		fail_msg("%s", fixture->error.message);
	count = drift->missing + drift->changed;
	bobolink_drift_free(drift);
	return count;
}

struct bobolink_repair *repairs_plan(struct fixture *fixture)
{
	struct bobolink_repair *plan;

	if (bobolink_plan_repair(fixture->session, &plan, &fixture->error))
		fail_msg("%s", fixture->error.message);
	return plan;
}

const char *repairs_text(const struct bobolink_repair *plan)
{
	static const char *const words[] = { "", "create", "reapply", "leave" };
	static char text[8192];
	size_t length = 0;

	text[0] = '\0';
	for (uint32_t i = 0; i < plan->count; i++) {
		const struct bobolink_repair_item *item = &plan->items[i];
		char name[200];

		assert_true(!*item->sql == (item->action != BOBOLINK_REPAIR_CREATE));
		assert_true(!*item->reason == (item->action == BOBOLINK_REPAIR_CREATE));
		if (item->object)
			bobolink_object_text(item->object, name, sizeof(name));
		else
			snprintf(name, sizeof(name), "%d", (int)item->version);
		length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%s %s",
					   i ? "; " : "", words[item->action], name);
	}
	return text;
}

void repairs_after(struct fixture *fixture, const char *damage, const char *expected, int result)
{
	struct bobolink_repair *plan;
	struct bobolink_error error;
	uint32_t done = 0;
	int rc;

	fixture_run(fixture, damage);
	plan = repairs_plan(fixture);
	if (strcmp(repairs_text(plan), expected) != 0)
		fail_msg("%s: %s", damage, repairs_text(plan));
	rc = bobolink_repair(fixture->session, plan, &done, &fixture->error);
	if (rc != result)
		fail_msg("%s: %d %s", damage, rc, fixture->error.message);
	if (rc == BOBOLINK_OK)
		assert_int_equal(done, plan->creates + plan->reapplied);
	error = fixture->error;
	assert_int_equal(repairs_missing(fixture) > 0, rc != BOBOLINK_OK);
	fixture->error = error;
	bobolink_repair_free(plan);
}
