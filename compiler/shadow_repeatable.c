/*
 * Repeatables: each runs in a transaction of its own, as it will.
 */
#include "shadow_repeatable.h"

#include "shadow_delta.h"
#include "shadow_mismatch.h"
#include "shadow_section.h"

static struct script *repeatable(struct shadow_run *run, uint32_t number)
{
	return &run->set->scripts[run->set->fix_count + number];
}

static void take_inventory(struct shadow_run *run, struct bobolink_inventory *after)
{
	if (run->inventory != run->start)
		bobolink_inventory_free(run->inventory);
	run->inventory = after;
}

static int run_first(struct shadow_run *run, uint32_t number)
{
	struct migration *owner = &repeatable(run, number)->base;
	struct bobolink_inventory *after;
	struct bobolink_error error;

	if (!shadow_runs(run, &owner->up))
		return 0;
	if (shadow_section_commit(run, owner, &owner->up, &error)) {
		shadow_section_report(run, "sql-error", &owner->up, "", &error,
				      run->set->count + number);
		return -1;
	}
	for (uint32_t i = 0; i < owner->up.count; i++)
		run->has_rows |= !shadow_is_ddl(&owner->up, &owner->up.statements[i]);
	after = shadow_read(run, run->connection, run->inventory);
	if (!after)
		return -1;
	shadow_delta(run, run->inventory, after, owner);
	take_inventory(run, after);
	return 0;
}

static int report(struct shadow_run *run, const struct section *up, const char *difference)
{
	diagnostic_at(run->diag, SEVERITY_ERROR, "repeatable-differs", up->source, up->offset, 0,
		      "the second run leaves another schema than the first: %s", difference);
	diagnostic_help(run->diag, "it runs whenever its text has changed: let it make the same "
				   "whatever stands there; one that it takes along is made again "
				   "where that names it with after:");
	return -1;
}

/* Whether one comes after another, or after one that does. */
static bool comes_after(const struct shadow_run *run, uint32_t place, uint32_t earlier)
{
	const struct script *script = &run->set->scripts[place];

	for (uint32_t i = 0; i < script->after_count; i++) {
		if (script->after[i] == earlier || comes_after(run, script->after[i], earlier))
			return true;
	}
	return false;
}

static int run_once_more(struct shadow_run *run, uint32_t number)
{
	const struct migration *owner = &repeatable(run, number)->base;
	struct bobolink_error error;

	if (owner->up.settings.shadow_off)
		return 0;
	if (shadow_section_commit(run, owner, &owner->up, &error)) {
		shadow_section_report(run, "repeatable-differs", &owner->up,
				      "it does not run a second time: ", &error,
				      run->set->count + number + 1);
		return -1;
	}
	return 0;
}

/* Those that come after it run again with it, in production too. */
static int run_those_behind(struct shadow_run *run, uint32_t number)
{
	uint32_t fixes = run->set->fix_count;
	int rc = 0;

	for (uint32_t i = number + 1; i < run->set->repeatable_count && rc == 0; i++) {
		if (comes_after(run, fixes + i, fixes + number))
			rc = run_once_more(run, i);
	}
	return rc;
}

/*
 * Reads the schema, `*last` being what was read before, which is released unless the run keeps it; and says how it
 * differs from what the run keeps: NULL where it does not.
 */
static int look(struct shadow_run *run, struct bobolink_inventory **last, const char **difference)
{
	struct bobolink_inventory *before = *last;

	*last = shadow_read(run, run->connection, before);
	if (before != run->inventory)
		bobolink_inventory_free(before);
	if (!*last)
		return -1;
	*difference = shadow_difference(run, run->inventory, *last);
	return 0;
}

static int run_again(struct shadow_run *run, uint32_t number)
{
	const struct section *up = &repeatable(run, number)->base.up;
	struct bobolink_inventory *after = run->inventory;
	const char *difference = NULL;
	int rc;

	if (up->settings.shadow_off)
		return 0;
	if (run_once_more(run, number) || look(run, &after, &difference))
		return -1;
	rc = difference ? run_those_behind(run, number) : 0;
	if (rc == 0 && difference)
		rc = look(run, &after, &difference);
	if (after)
		take_inventory(run, after);
	return rc == 0 && difference ? report(run, up, difference) : rc;
}

int shadow_repeatables(struct shadow_run *run)
{
	uint32_t count = run->set->repeatable_count;
	int rc = 0;

	for (uint32_t i = 0; i < count && rc == 0; i++)
		rc = run_first(run, i);
	for (uint32_t i = 0; i < count && rc == 0; i++)
		rc = run_again(run, i);
	return rc;
}
