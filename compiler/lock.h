/*
 * Lock file: what was released must not change.
 *
 *     bobolink-lock 1 sha256:<digest of the chain>
 *     0001_create_users.sql sha256:<checksum>
 *     0002_add_email.sql sha256:<checksum> was sha256:<checksum>[,sha256:<checksum>]…
 *
 * A line for each migration, ascending by version; `was` lists what --amend replaced, latest first. The digest in the
 * header makes two branches that both lock a migration meet in version control.
 */
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
	const char *directory;	     /* that it stands in */
	const struct source *source; /* NULL when not present */
	struct lock_entry *entries;  /* ascending by version */
	uint32_t count;
	char digest[65];
};

/* Reads DIRECTORY/migrations.lock; a missing file is an empty lock. Returns 0, or -1 after an error. */
int lock_read(const char *directory, struct arena *arena, struct lock_file *lock,
	      struct diagnostics *diag);
/* Parses the text of a lock file. `source` must live as long as `lock`. */
int lock_parse(const struct source *source, struct arena *arena, struct lock_file *lock,
	       struct diagnostics *diag);

/*
 * Marks the files of migrations that are locked and unchanged, so that the stages before lock_check know what cannot be
 * mended any more. Reports nothing.
 */
void lock_mark(const struct lock_file *lock, struct sources *sources);
/*
 * Compares the set with the lock file and marks what is locked and what it supersedes. Reports what was edited,
 * removed, renamed or added out of order since it was locked. Never writes. Returns 0, or -1 after an error.
 */
int lock_check(const struct lock_file *lock, const struct compile_options *options,
	       struct arena *arena, struct set *set, struct diagnostics *diag);
/* Notes which migrations are not locked yet. */
void lock_review(const struct lock_file *lock, const struct set *set, struct diagnostics *diag);

/*
 * Accepts the changed checksum of a locked version; the old one is kept as superseded. Returns 0, or -1 after reporting
 * that the version is not locked or did not change.
 */
int lock_amend(struct lock_file *lock, const struct set *set, int64_t version, struct arena *arena,
	       struct diagnostics *diag);
/* The text of the lock file that seals the whole set. The set has passed lock_check against `lock`. */
const char *lock_render(const struct lock_file *lock, const struct set *set, struct arena *arena);

#endif
