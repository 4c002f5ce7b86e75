/*
 * Obstacles: a view keeps PostgreSQL from dropping what it reads, and SQLite from dropping a column of it. A down is proved
 * right behind its up, where repeatables have not run yet; in production they have.
 *
 * Only what runs in one transaction is tried, and it is rolled back. The first down that cannot ends it.
 */
#include "shadow_obstacle.h"

#include <string.h>

#include "shadow_explain.h"
#include "shadow_section.h"

static bool can_run(const struct section *down)
{
	return down->present && !down->settings.shadow_off && !down->settings.call &&
	       !down->no_transaction && !down->foreign_keys_off;
}

/* Where the walk ends: a down that is refused, with `error`, or the number of migrations. */
static uint32_t walk(struct shadow_run *run, struct bobolink_error *error)
{
	const struct set *set = run->set;

	for (uint32_t i = set->count; i-- > 0;) {
		const struct migration *migration = &set->migrations[i];

		/* A seed for some environments has not run here. */
		if (migration->up.settings.only)
			continue;
		if (!can_run(&migration->down))
			break;
		if (shadow_section_run(run, NULL, &migration->down, error))
			return i;
	}
	return set->count;
}

static uint32_t try_downs(struct shadow_run *run, struct bobolink_error *error)
{
	uint32_t refused;

	if (run->engine->begin(run, error)) {
		shadow_fail(run, error);
		return run->set->count;
	}
	refused = walk(run, error);
	run->engine->rollback(run);
	if (refused < run->set->count && error->code == BOBOLINK_NO_MEMORY)
		arena_exhausted();
	return refused;
}

uint32_t shadow_obstacle_before(struct shadow_run *run)
{
	struct bobolink_error error;

	if (run->set->repeatable_count == 0 || run->lacks_objects)
		return run->set->count;
	return try_downs(run, &error);
}

static void report(struct shadow_run *run, const struct migration *migration,
		   const struct bobolink_error *error)
{
	const struct section *down = &migration->down;
	uint32_t number = error->statement ? error->statement - 1 : 0;

	if (number >= down->count)
		return;
	shadow_explain(run, migration->locked ? SEVERITY_NOTE : SEVERITY_WARNING,
		       "repeatable-in-the-way", down, &down->statements[number], error->offset,
		       "with what the repeatables make, this does not run: ", error->message,
		       run->set->count);
	run->diag->items[run->diag->count - 1].help = NULL;
	diagnostic_help(run->diag, "begin the down with DROP … IF EXISTS of what is in the way: "
				   "the next run makes it again");
}

void shadow_obstacles(struct shadow_run *run, uint32_t before)
{
	struct bobolink_error error;
	uint32_t refused;

	if (run->set->repeatable_count == 0 || run->lacks_objects)
		return;
	refused = try_downs(run, &error);
	if (refused < run->set->count && (before == run->set->count || before < refused))
		report(run, &run->set->migrations[refused], &error);
}
