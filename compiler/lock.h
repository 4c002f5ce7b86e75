/* Lock file: what was released must not change. */
#ifndef LOCK_H
#define LOCK_H

#include "model.h"
#include "support/diagnostic.h"

struct lock_entry {
	const char *entry; /* "0001_create_users.sql" */
	int64_t version;
	char checksum[65];
	const char *superseded; /* space-separated; NULL for none */
	uint32_t line;
};

struct lock_file {
	bool present;
	const char *path;
	struct lock_entry *entries; /* ascending by version */
	uint32_t count;
	char digest[65];
};

/* Reads DIRECTORY/migrations.lock; a missing file is an empty lock. Returns 0, or -1 after an error. */
int lock_read(const char *directory, struct arena *arena, struct lock_file *lock,
	      struct diagnostics *diag);
/* Parses the text of a lock file. */
int lock_parse(const struct source *source, struct arena *arena, struct lock_file *lock,
	       struct diagnostics *diag);

/*
 * Compares the set with the lock file and marks what is locked and what it supersedes. Reports what was edited,
 * removed, renamed or added out of order since it was locked. Never writes. Returns 0, or -1 after an error.
 */
int lock_check(const struct lock_file *lock, const struct compile_options *options,
	       struct arena *arena, struct set *set, struct diagnostics *diag);

/*
 * The text of the lock file that seals the whole set, keeping what `lock` supersedes. `amend`: the version whose
 * changed checksum is accepted, or -1. Returns NULL after reporting when the set contradicts the lock.
 */
const char *lock_render(const struct lock_file *lock, const struct set *set, int64_t amend,
			struct arena *arena, struct diagnostics *diag);

#endif
