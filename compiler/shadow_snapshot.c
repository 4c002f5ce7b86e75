/*
 * Snapshot and shadow: blocks are taken where inventories are, and folded into inventories where no server is.
 *
 * Folding fills deltas and schema through the very functions of a run, so that the code that is generated is the same.
 */
#include "shadow_snapshot.h"

#include <string.h>

#include "shadow_delta.h"
#include "shadow_proof.h"
#include "shadow_schema.h"
#include "support/buffer.h"

struct block {
	const struct bobolink_inventory *before;
	const struct bobolink_inventory *after;
	uint32_t next; /* the first object of `after` that was not looked at */
	struct buffer text;
};

static int write_text(void *context, const char *text, size_t length)
{
	buffer_add(context, text, length);
	return 0;
}

static void add_line(struct block *block, char mark, const struct bobolink_object *object)
{
	bobolink_delta_line(mark, object, 1, write_text, &block->text);
}

static bool has_other_sql(const struct block *block, const struct bobolink_object *object)
{
	const struct bobolink_object *old =
		block->before ? bobolink_inventory_find(block->before, object->kind, object->schema,
							object->parent, object->name)
			      : NULL;

	return old && old != object && strcmp(old->sql, object->sql) != 0;
}

/* Objects up to `end` (NULL: all that are left) that the comparison takes for the same. */
static void add_same(struct block *block, const struct bobolink_object *end)
{
	const struct bobolink_object *object;

	while ((object = bobolink_inventory_object(block->after, block->next))) {
		block->next++;
		if (object == end)
			break;
		if (has_other_sql(block, object))
			add_line(block, '~', object);
	}
}

static int add_difference(void *context, const struct bobolink_object *before,
			  const struct bobolink_object *after)
{
	struct block *block = context;

	if (after)
		add_same(block, after);
	add_line(block, !before ? '+' : after ? '~' : '-', after ? after : before);
	return 0;
}

const char *shadow_snapshot_block(struct shadow_run *run, const struct bobolink_inventory *before,
				  const struct bobolink_inventory *after)
{
	struct block block = { .before = before, .after = after, .text = BUFFER_INIT };
	const char *copy;

	bobolink_inventory_compare(before, after, add_difference, &block);
	add_same(&block, NULL);
	copy = arena_copy(run->arena, block.text.text ? block.text.text : "", block.text.length);
	buffer_release(&block.text);
	return copy;
}

/* --- in the place of a run ------------------------------------------------------------------- */

static void report_stale(struct shadow_run *run, enum severity severity)
{
	const struct snapshot *snapshot = run->set->snapshot;

	diagnostic_at(run->diag, severity, "stale-snapshot", snapshot->stale_source,
		      snapshot->stale_offset, 0, "%s is stale: %s", snapshot->source->path,
		      snapshot->stale);
	diagnostic_help(run->diag, "run: bobolink snapshot %s", run->options->directory);
}

/* Replaces run->inventory; the old one stays. Returns 0, or -1 after an error at `offset` of the file. */
static int apply(struct shadow_run *run, const char *lines, uint32_t offset)
{
	struct bobolink_inventory *after = NULL;
	struct bobolink_error error;
	int rc = bobolink_delta_apply(run->inventory, lines, &run->context.allocator, &after,
				      &error);

	if (rc == BOBOLINK_NO_MEMORY)
		arena_exhausted();
	if (rc == BOBOLINK_OK) {
		run->inventory = after;
		return 0;
	}
	diagnostic_at(run->diag, SEVERITY_ERROR, "snapshot-format", run->set->snapshot->source,
		      offset, 0, "the lines of this block do not follow from those above it");
	diagnostic_help(run->diag, "write the file anew: bobolink snapshot %s",
			run->options->directory);
	return -1;
}

static int take_migration(struct shadow_run *run, const struct snapshot_block *block,
			  struct migration *migration)
{
	struct bobolink_inventory *before = run->inventory;

	if (!shadow_runs(run, &migration->up))
		return 0;
	if (apply(run, block->lines, block->offset))
		return -1;
	shadow_delta(run, before, run->inventory, migration);
	if (before != run->start)
		bobolink_inventory_free(before);
	shadow_proof_due(run, migration);
	return 0;
}

/* They are in no snapshot: what repeatables make is not known. */
static void note_scripts(struct shadow_run *run)
{
	if (run->set->fix_count + run->set->repeatable_count == 0)
		return;
	diagnostic_path(run->diag, SEVERITY_NOTE, "unproven", run->options->directory,
			"fixes and repeatables were not run, because there is no server: the "
			"snapshot holds migrations alone");
	run->set->unproven = true;
	run->lacks_objects |= run->set->repeatable_count > 0;
}

static int take_migrations(struct shadow_run *run)
{
	const struct snapshot *snapshot = run->set->snapshot;

	note_scripts(run);
	for (uint32_t i = 0; i < run->set->count; i++) {
		if (take_migration(run, &snapshot->blocks[i], &run->set->migrations[i]))
			return -1;
	}
	if (!run->lacks_objects)
		run->set->schema = shadow_schema(run);
	return 0;
}

int shadow_snapshot_take(struct shadow_run *run)
{
	int rc;

	if (run->set->snapshot->stale) {
		report_stale(run, SEVERITY_ERROR);
		return -1;
	}
	rc = apply(run, run->set->snapshot->start, 0);
	run->start = run->inventory;
	if (rc == 0)
		rc = take_migrations(run);
	if (run->inventory != run->start)
		bobolink_inventory_free(run->inventory);
	bobolink_inventory_free(run->start);
	return rc;
}

void shadow_snapshot_review(struct shadow_run *run)
{
	if (run->set->snapshot && run->set->snapshot->stale)
		report_stale(run, run->options->locked ? SEVERITY_ERROR : SEVERITY_WARNING);
}
