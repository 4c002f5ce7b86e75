/*
 * Environments: the main pass has none, so that migrations with `only:` do not run in it. Here they do.
 *
 * Whatever is in the schema must be so in every environment, or the checks against it would have no answer: a seed
 * changes rows alone.
 */
#include "shadow_environment.h"

#include <string.h>

#include "shadow_delta.h"
#include "shadow_mismatch.h"
#include "shadow_module.h"
#include "shadow_pass.h"

/* Names between blanks, each once, in the order in which the set says them first. */
struct names {
	const char **items;
	uint32_t count;
	size_t capacity;
};

static void add_names(struct names *names, const char *list, struct arena *arena)
{
	for (; list && *list; list += *list == ' ') {
		size_t length = strcspn(list, " ");
		const char *name = arena_copy(arena, list, length);
		uint32_t i = 0;

		list += length;
		while (i < names->count && strcmp(names->items[i], name) != 0)
			i++;
		if (i < names->count || !*name)
			continue;
		names->items = arena_grow(arena, names->items, names->count, &names->capacity,
					  sizeof(*names->items));
		names->items[names->count++] = name;
	}
}

static struct names collect(const struct set *set, struct arena *arena)
{
	struct names names = { NULL, 0, 0 };

	for (uint32_t i = 0; i < set->count; i++) {
		add_names(&names, set->migrations[i].up.settings.only, arena);
		add_names(&names, set->migrations[i].up.settings.except, arena);
	}
	return names;
}

/* Is this the first environment in which a migration with `only:` runs? */
static bool is_new(const struct shadow_run *run, const struct migration *migration)
{
	const char *only = migration->up.settings.only;
	size_t length = only ? strcspn(only, " ") : 0;

	return only && strlen(run->pass->environment) == length &&
	       memcmp(only, run->pass->environment, length) == 0;
}

void shadow_check_seed(struct shadow_run *run, const struct migration *migration,
		       const struct change *changes, uint32_t count)
{
	const struct section *up = &migration->up;
	const struct bobolink_object *object;

	if (count == 0 || (!up->settings.only && !up->settings.except))
		return;
	object = changes[0].after ? changes[0].after : changes[0].before;
	diagnostic_at(run->diag, shadow_severity(migration), "seed-changes-schema", up->source,
		      up->offset, 0,
		      "what is not for every environment may change rows alone: %s %s",
		      shadow_object_text(object, run->arena),
		      !changes[0].before  ? "is made"
		      : !changes[0].after ? "is removed"
					  : "is changed");
	diagnostic_help(run->diag,
			"change the schema in a migration of its own, for every environment");
}

/* The inventory before a seed is the one behind the migration before it, whether that ran or not: only there it is read. */
static void after_migration(struct shadow_run *run, uint32_t index)
{
	struct set *set = run->set;
	struct migration probe = set->migrations[index];
	bool is_seed = is_new(run, &probe) && !probe.up.settings.shadow_off;
	bool precedes = index + 1 < set->count && is_new(run, &set->migrations[index + 1]);
	struct bobolink_inventory *before = run->inventory;
	struct bobolink_inventory *after;

	if (is_new(run, &probe) && shadow_runs(run, &probe.up))
		shadow_call_runs(run, &probe.up, "up");
	if (!is_seed && !precedes)
		return;
	after = shadow_read(run, run->connection, before);
	if (!after)
		return;
	if (is_seed) {
		shadow_delta(run, before, after, &probe);
		shadow_check_seed(run, &probe, probe.changes, probe.change_count);
	}
	run->inventory = after;
	if (before != run->start)
		bobolink_inventory_free(before);
}

static void run_pass(struct shadow_run *run, const char *environment)
{
	const struct shadow_pass pass = { .environment = environment,
					  .is_new = is_new,
					  .applied = after_migration,
					  .skipped = after_migration };
	struct bobolink_error error;

	if (run->backend->open(run->handle, &run->context, &run->connection, &error)) {
		shadow_fail(run, &error);
		return;
	}
	run->start = shadow_read(run, run->connection, NULL);
	run->inventory = run->start;
	if (run->start)
		shadow_pass(run, &pass);
	if (run->inventory != run->start)
		bobolink_inventory_free(run->inventory);
	bobolink_inventory_free(run->start);
	run->backend->close(run->connection);
}

int shadow_environments(const struct compile_options *options, struct arena *arena, struct set *set,
			struct diagnostics *diag)
{
	const struct names names = collect(set, arena);
	uint32_t errors = diag->errors;

	for (uint32_t i = 0; i < names.count && diag->errors == errors; i++) {
		struct shadow_run run = shadow_run_of(options, arena, set, diag);
		struct shadow_reason reason = { "", NULL };

		if (run.engine->open(&run, &reason) != SHADOW_OPENED)
			return -1;
		run_pass(&run, names.items[i]);
		run.engine->close(&run);
	}
	return diag->errors > errors ? -1 : 0;
}
