/*
 * Snapshot, its check: walks the set and the blocks side by side, to where they part.
 *
 * A block's digest is that of the chain up to it, so what differs later differs because of what differs first; no more
 * is told.
 */
#include "snapshot.h"

#include <inttypes.h>
#include <string.h>

#include "checksum.h"

static void part_at_migration(struct snapshot *snapshot, const struct migration *migration,
			      const char *message)
{
	snapshot->stale = message;
	snapshot->stale_source = migration->up.source;
	snapshot->stale_offset = 0;
}

static void part_at_block(struct snapshot *snapshot, const struct snapshot_block *block,
			  struct arena *arena)
{
	snapshot->stale =
		arena_format(arena,
			     "migration %" PRId64 " %s is in the snapshot and not in the directory",
			     block->version, block->name);
	snapshot->stale_source = snapshot->source;
	snapshot->stale_offset = block->offset;
}

/* One of the two may be NULL. */
static void compare(struct snapshot *snapshot, const struct snapshot_block *block,
		    const struct migration *migration, const char *digest, struct arena *arena)
{
	if (!block || (migration && migration->version < block->version))
		part_at_migration(snapshot, migration, "this migration is not in the snapshot");
	else if (!migration || block->version < migration->version)
		part_at_block(snapshot, block, arena);
	else if (strcmp(block->name, migration->name) != 0)
		part_at_migration(snapshot, migration,
				  arena_format(arena, "this migration is %s in the snapshot",
					       block->name));
	else if (strcmp(block->digest, digest) != 0)
		part_at_migration(snapshot, migration,
				  "this migration changed after the snapshot was written");
}

void snapshot_check(struct snapshot *snapshot, const struct set *set, struct arena *arena)
{
	char(*digests)[65] = checksum_chains(set, arena);

	for (uint32_t i = 0; !snapshot->stale && (i < set->count || i < snapshot->count); i++)
		compare(snapshot, i < snapshot->count ? &snapshot->blocks[i] : NULL,
			i < set->count ? &set->migrations[i] : NULL,
			i < set->count ? digests[i] : "", arena);
}
