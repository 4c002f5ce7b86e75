/*
 * Lock, its check: walks the set and the lock file side by side, both ascending by version.
 *
 * What stands in both must be the same; what only the lock file knows is missing; what only the set
 * knows is new, and may come only after everything that is locked.
 */
#include "lock.h"

#include <inttypes.h>
#include <string.h>

#include "naming.h"
#include "support/buffer.h"
#include "support/file.h"

struct check {
	const struct lock_file *lock;
	const struct compile_options *options;
	struct arena *arena;
	struct set *set;
	struct diagnostics *diag;
	int rc;
};

static void report(struct check *check, const struct migration *migration, const char *rule,
		   const char *message)
{
	diagnostic_at(check->diag, SEVERITY_ERROR, rule, migration->up.source, 0, 0, "%s", message);
	check->rc = -1;
}

static const char *file_of(const struct migration *migration)
{
	return migration->up.source->path;
}

/* A migration and the line with its version. */
static void check_locked(struct check *check, const struct lock_entry *entry,
			 struct migration *migration)
{
	if (strcmp(entry->entry, migration->entry) != 0) {
		report(check, migration, "locked-renamed",
		       arena_format(check->arena, "this migration was locked as %s", entry->entry));
		diagnostic_help(check->diag, "rename it back to %s", entry->entry);
	} else if (strcmp(entry->checksum, migration->checksum) != 0) {
		report(check, migration, "locked-edited",
		       "this migration was edited after it was locked");
		diagnostic_help(check->diag,
				"restore the file, or run: bobolink lock --amend %" PRId64 " %s",
				migration->version, check->options->directory);
	} else {
		migration->locked = true;
		migration->superseded = entry->superseded;
	}
}

/* The migration with these very bytes under another version, or NULL. */
static const struct migration *find_renumbered(const struct check *check,
					       const struct lock_entry *entry)
{
	for (uint32_t i = 0; i < check->set->count; i++) {
		const struct migration *migration = &check->set->migrations[i];

		if (strcmp(migration->checksum, entry->checksum) == 0)
			return migration;
	}
	return NULL;
}

static void report_removed(struct check *check, const struct lock_entry *entry)
{
	const struct source *source = check->lock->source;
	const struct migration *renumbered = find_renumbered(check, entry);

	diagnostic_at(check->diag, SEVERITY_ERROR, renumbered ? "locked-renamed" : "locked-removed",
		      source, source->lines[entry->line - 1], (uint32_t)strlen(entry->entry),
		      "%s is locked and %s%s", entry->entry,
		      renumbered ? "was renamed to " : "missing",
		      renumbered ? renumbered->entry : "");
	if (renumbered)
		diagnostic_help(check->diag, "rename %s back to %s", file_of(renumbered),
				entry->entry);
	else
		diagnostic_help(check->diag, "restore it: git checkout -- '%s/%s%s'",
				file_directory(check->options->directory, check->arena),
				entry->entry, strstr(entry->entry, ".sql") ? "" : "*");
	check->rc = -1;
}

/* A migration that no line knows. */
static void check_new(struct check *check, const struct migration *migration)
{
	const struct lock_file *lock = check->lock;
	const struct lock_entry *last = lock->count ? &lock->entries[lock->count - 1] : NULL;

	if (last && migration->version < last->version && !check->options->out_of_order) {
		const char *prefix =
			arena_copy(check->arena, last->entry, naming_prefix(last->entry));
		const char *next = naming_next(prefix, 1, check->arena);

		report(check, migration, "out-of-order",
		       arena_format(check->arena,
				    "this new migration comes before %s, which is locked",
				    last->entry));
		diagnostic_help(
			check->diag,
			"rename it to %s%s, or allow it with --out-of-order (CMake: OUT_OF_ORDER)",
			next ? next : "", migration->entry + naming_prefix(migration->entry));
	} else if (check->options->locked && lock->present) {
		report(check, migration, "lock-pending", "this migration is not in the lock file");
		diagnostic_help(check->diag, "run: bobolink lock %s", check->options->directory);
	}
}

static void check_all(struct check *check)
{
	const struct lock_file *lock = check->lock;
	struct set *set = check->set;
	uint32_t i = 0;
	uint32_t j = 0;

	while (i < set->count || j < lock->count) {
		struct migration *migration = i < set->count ? &set->migrations[i] : NULL;
		const struct lock_entry *entry = j < lock->count ? &lock->entries[j] : NULL;

		if (migration && entry && migration->version == entry->version) {
			check_locked(check, entry, migration);
			i++;
			j++;
		} else if (!entry || (migration && migration->version < entry->version)) {
			check_new(check, migration);
			i++;
		} else {
			report_removed(check, entry);
			j++;
		}
	}
}

int lock_check(const struct lock_file *lock, const struct compile_options *options,
	       struct arena *arena, struct set *set, struct diagnostics *diag)
{
	struct check check = { lock, options, arena, set, diag, 0 };

	if (options->locked && !lock->present) {
		diagnostic_path(diag, SEVERITY_ERROR, "lock-pending", lock->path,
				"there is no lock file");
		diagnostic_help(diag, "run: bobolink lock %s", options->directory);
		return -1;
	}
	check_all(&check);
	return check.rc;
}

void lock_review(const struct lock_file *lock, const struct set *set, struct diagnostics *diag)
{
	const struct migration *first = NULL;
	uint32_t count = 0;

	for (uint32_t i = 0; i < set->count; i++) {
		if (set->migrations[i].locked)
			continue;
		first = first ? first : &set->migrations[i];
		count++;
	}
	if (!lock->present || !count)
		return;
	diagnostic_path(diag, SEVERITY_NOTE, "lock-pending", lock->path,
			"%" PRIu32 " migration%s not locked yet, from %s on", count,
			count == 1 ? " is" : "s are", first->entry);
	diagnostic_help(diag, "when they are released, run: bobolink lock %s", lock->directory);
}

static struct lock_entry *find_entry(const struct lock_file *lock, int64_t version)
{
	for (uint32_t i = 0; i < lock->count; i++) {
		if (lock->entries[i].version == version)
			return &lock->entries[i];
	}
	return NULL;
}

/* `old` before the checksums of `list`, leaving out `current`: a file may be changed back. */
static const char *supersede(const char *old, const char *list, const char *current,
			     struct arena *arena)
{
	struct buffer out = BUFFER_INIT;
	const char *text;

	buffer_add(&out, old, 64);
	while (list && *list) {
		if (memcmp(list, current, 64) != 0 && memcmp(list, old, 64) != 0)
			buffer_format(&out, " %.64s", list);
		list += 64;
		list += *list == ' ';
	}
	text = arena_copy(arena, out.text, out.length);
	buffer_release(&out);
	return text;
}

static int report_amend(const struct lock_file *lock, struct diagnostics *diag, int64_t version,
			const char *message, const char *help)
{
	diagnostic_path(diag, SEVERITY_ERROR, "amend", lock->path, "version %" PRId64 " %s",
			version, message);
	diagnostic_help(diag, "%s", help);
	return -1;
}

int lock_amend(struct lock_file *lock, const struct set *set, int64_t version, struct arena *arena,
	       struct diagnostics *diag)
{
	struct lock_entry *entry = find_entry(lock, version);
	const struct migration *migration = NULL;

	for (uint32_t i = 0; i < set->count; i++) {
		if (set->migrations[i].version == version)
			migration = &set->migrations[i];
	}
	if (!entry)
		return report_amend(
			lock, diag, version, "is not locked",
			"--amend takes the version of a locked migration that was edited");
	if (!migration)
		return report_amend(lock, diag, version, "is locked and missing",
				    "restore its file; --amend accepts an edit, not a removal");
	if (strcmp(entry->checksum, migration->checksum) == 0)
		return report_amend(lock, diag, version, "was not edited since it was locked",
				    "leave --amend out");
	entry->superseded =
		supersede(entry->checksum, entry->superseded, migration->checksum, arena);
	memcpy(entry->checksum, migration->checksum, sizeof(entry->checksum));
	return 0;
}
