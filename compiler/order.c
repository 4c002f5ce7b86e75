/*
 * Order: from files to the sorted set.
 *
 * Receives the parts of all files, ascending by version, and produces the migrations: every version
 * once, an up with its down. Also makes the checksums by which a database recognises a migration, and
 * the digest by which it recognises the set.
 */
#include "order.h"

#include <inttypes.h>
#include <string.h>

#include "checksum.h"
#include "naming.h"
#include "order_again.h"
#include "order_scripts.h"
#include "support/text.h"

/* The files that share one version. */
struct group {
	const struct part *items;
	uint32_t count;
};

static struct group group_at(const struct parts *parts, uint32_t first)
{
	struct group group = { &parts->items[first], 1 };

	while (first + group.count < parts->count &&
	       group.items[group.count].source->version == group.items[0].source->version)
		group.count++;
	return group;
}

static bool same_case(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static bool same_letters(const char *a, const char *b)
{
	return text_is(a, strlen(a), b);
}

static bool ends_with_word(const char *name, const char *word)
{
	size_t length = strlen(name);
	size_t n = strlen(word);

	return length >= n && text_is(name + length - n, n, word) &&
	       (length == n || strchr("_-", name[length - n - 1]));
}

/* The name of the file, or of the folder it stands in, in the directory. */
static const char *name_of(const struct source *source, struct arena *arena)
{
	const char *slash = strchr(source->file, '/');
	const char *name = slash ? slash + 1 : source->file;

	return arena_copy(arena, name, strcspn(name, "/"));
}

static bool has_role_word(const struct source *source)
{
	return source->role == SOURCE_BOTH &&
	       (ends_with_word(source->name, "up") || ends_with_word(source->name, "down"));
}

/* What to do about two files with one version. */
static void help_duplicate(const struct source *first, const struct source *second,
			   const char *next, struct arena *arena, struct diagnostics *diag)
{
	const char *one = name_of(first, arena);
	const char *other = name_of(second, arena);

	if (has_role_word(first) || has_role_word(second))
		diagnostic_help(diag, "if these are one migration, name them %s and %s",
				naming_suggest(one, false, "", arena),
				naming_suggest(other, false, "", arena));
	else if (first->role == SOURCE_BOTH && second->role == SOURCE_DOWN)
		diagnostic_help(diag, "if this is the down of %s, rename that one to %.*s.up.sql",
				one, (int)strlen(one) - 4, one);
	else
		diagnostic_help(diag, "rename this one to %s%s", next,
				other + naming_prefix(other));
}

static void report_duplicate(const struct source *first, const struct source *second,
			     const char *next, struct arena *arena, struct diagnostics *diag)
{
	bool clash = !same_case(first->entry, second->entry) &&
		     same_letters(first->entry, second->entry);

	diagnostic_at(diag, SEVERITY_ERROR, clash ? "case-clash" : "duplicate-version", second, 0,
		      0, "version %" PRId64 " is used already, by %s%s", second->version,
		      first->path, clash ? ", which differs in case only" : "");
	help_duplicate(first, second, next, arena, diag);
	diagnostic_at(diag, SEVERITY_NOTE, clash ? "case-clash" : "duplicate-version", first, 0, 0,
		      "version %" PRId64 " is used here first", first->version);
}

/* An up and a down must have the same name. */
static int check_pair(const struct source *up, const struct source *down, struct arena *arena,
		      struct diagnostics *diag)
{
	const char *name = arena_format(arena, "%s.down.sql", up->entry);

	if (strcmp(up->entry, down->entry) == 0)
		return 0;
	diagnostic_at(diag, SEVERITY_ERROR,
		      same_letters(up->entry, down->entry) ? "case-clash" : "name-mismatch", down,
		      0, 0, "the up of version %" PRId64 " is %s, with another name", down->version,
		      up->path);
	diagnostic_help(diag, "rename this file to %s", name);
	return -1;
}

/* Each file is read alone: only here is it seen that one contradicts the other. */
static int check_way_back(const struct part *up, const struct part *down, struct diagnostics *diag)
{
	if (!up->up.settings.irreversible)
		return 0;
	diagnostic_at(diag, SEVERITY_ERROR, "irreversible", down->source, 0, 0,
		      "the up of version %" PRId64 " says that there is no way back",
		      up->source->version);
	diagnostic_help(diag, "delete this file, or irreversible in %s", up->source->path);
	return -1;
}

static bool has_directive(const struct section *section)
{
	const char *line = section->source->text + section->offset;
	const char *word = strstr(line, "migrate:up");

	return word && (size_t)(word - line) < strcspn(line, "\n");
}

/* 0004_drop_users_down.sql without sections would run as an up. */
static int check_lone(const struct part *part, struct arena *arena, struct diagnostics *diag)
{
	const struct source *source = part->source;

	if (!ends_with_word(source->name, "down") || has_directive(&part->up))
		return 0;
	diagnostic_at(diag, SEVERITY_ERROR, "file-name", source, 0, 0,
		      "this file is named like a down and would run as an up");
	diagnostic_help(diag, "rename it to %s, or begin it with -- migrate:up",
			naming_suggest(name_of(source, arena), false, "", arena));
	return -1;
}

static int check_group(const struct group *group, const char *next, struct arena *arena,
		       struct diagnostics *diag)
{
	const struct source *first = group->items[0].source;
	const struct source *second = group->count > 1 ? group->items[1].source : NULL;
	bool pair = second && first->role == SOURCE_UP && second->role == SOURCE_DOWN;
	int rc = 0;

	if (first->role == SOURCE_DOWN) {
		diagnostic_at(diag, SEVERITY_ERROR, "down-without-up", first, 0, 0,
			      "version %" PRId64 " has a down and no up", first->version);
		diagnostic_help(diag, "add the up of %s, or delete this file", first->entry);
		rc = -1;
	}
	for (uint32_t i = pair ? 2 : 1; i < group->count; i++) {
		report_duplicate(first, group->items[i].source, next, arena, diag);
		rc = -1;
	}
	if (rc)
		return rc;
	if (pair)
		return check_pair(first, second, arena, diag) |
		       check_way_back(&group->items[0], &group->items[1], diag);
	return first->role == SOURCE_BOTH ? check_lone(&group->items[0], arena, diag) : 0;
}

static void fill(const struct group *group, struct migration *migration)
{
	const struct part *up = &group->items[0];
	const struct part *down = group->count > 1 ? &group->items[1] : NULL;

	migration->version = up->source->version;
	migration->name = up->source->name;
	migration->entry = up->source->entry;
	migration->up = up->up;
	migration->down = down ? down->down : up->down;
	migration->sample = up->sample;
	checksum_bytes(up->source, down ? down->source : NULL, migration->checksum);
	checksum_sql(up, down, migration);
}

/* A version after the last one, in its style. */
static const char *free_version(const struct parts *parts, struct arena *arena)
{
	const char *last;
	const char *next;

	if (!parts->count)
		return "";
	last = parts->items[parts->count - 1].source->entry;
	last = arena_copy(arena, last, naming_prefix(last));
	next = naming_next(last, 1, arena);
	return next ? next : last;
}

/* Of the chain alone, and of the chain with the scripts behind it. */
static void digest(struct set *set)
{
	struct buffer chain = BUFFER_INIT;

	for (uint32_t i = 0; i < set->count; i++)
		checksum_link(&chain, set->migrations[i].version, set->migrations[i].name,
			      set->migrations[i].checksum);
	checksum_chain(&chain, set->chain);
	for (uint32_t i = 0; i < set->fix_count + set->repeatable_count; i++)
		checksum_script(&chain, &set->scripts[i].base, i < set->fix_count);
	checksum_chain(&chain, set->digest);
	buffer_release(&chain);
}

int order(const struct parts *parts, const char *name, enum database database, struct arena *arena,
	  struct set *set, struct diagnostics *diag)
{
	const char *next = free_version(parts, arena);
	int rc = 0;

	set->name = name;
	set->database = database;
	set->migrations = arena_alloc(arena, parts->count, sizeof(*set->migrations));
	set->count = 0;
	for (uint32_t i = 0; i < parts->count;) {
		struct group group = group_at(parts, i);

		if (check_group(&group, next, arena, diag))
			rc = -1;
		else
			fill(&group, &set->migrations[set->count++]);
		i += group.count;
	}
	rc |= order_scripts(parts, arena, set, diag);
	order_again(set, arena);
	digest(set);
	return rc;
}
