/*
 * Snapshot: what the shadow run found, kept where there is no PostgreSQL server.
 *
 *     bobolink-snapshot 1 postgres 15
 *
 *     migration 1 create_users sha256:<digest of the chain up to it> lines sha256:<of the lines below>
 *     + table	public		users	…
 *     + column	public	users	id	…
 *
 * A block for each migration, ascending by version: its delta, with SQL (bobolink/schema.h). What stood in the database
 * before the first migration, when anything did, is a block of its own, `start lines sha256:…`. A new migration appends a
 * block and leaves the others as they are, to the byte.
 */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include "model.h"
#include "support/diagnostic.h"

/*
 * Reads DIRECTORY/migrations.snapshot and compares it with the set; set->snapshot becomes NULL where there is no such file. A
 * stale one is no error yet: whether it is needed shows later. Returns 0, or -1 after an error.
 */
int snapshot_read(const struct compile_options *options, struct arena *arena, struct set *set,
		  struct diagnostics *diag);
/* Parses the text of a snapshot. `source` must live as long as `snapshot`. Returns 0, or -1 after an error. */
int snapshot_parse(const struct source *source, struct arena *arena, struct snapshot *snapshot,
		   struct diagnostics *diag);
/* Finds the first migration for which the snapshot is not that of the set: fills the members `stale…`. */
void snapshot_check(struct snapshot *snapshot, const struct set *set, struct arena *arena);

/* The path of the snapshot of a directory. */
const char *snapshot_path(const char *directory, struct arena *arena);
/* The text of the snapshot of a set that has run with options->snapshot. */
const char *snapshot_render(const struct set *set, struct arena *arena);

#endif
