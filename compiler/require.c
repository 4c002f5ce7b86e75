/*
 * Require: what `requires:` says, checked against the other sets of the program.
 *
 * Receives the set and those that it was given beside it. What a migration requires must be there, and must not
 * wait, over however many sets, for that migration or a later one of the same set: a database would never get there.
 */
#include "require.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "support/text.h"

/* One requirement of one migration. */
struct requirement {
	const struct migration *migration;
	const char *name; /* of the set */
	int64_t version;
};

struct sets {
	const struct set **items; /* the one at hand first */
	uint32_t count;
	struct arena *arena;
	struct diagnostics *diag;
};

/* How much of a set has to be applied before something: its first `reach` migrations, because of `why`. */
struct need {
	uint32_t reach;
	struct requirement why;
};

/* The requirement at `*cursor`, which moves behind it; false at the end. */
static bool next(const char **cursor, const struct migration *migration, struct arena *arena,
		 struct requirement *requirement)
{
	size_t length;
	char *end;

	if (!*cursor || !**cursor)
		return false;
	length = strcspn(*cursor, "/");
	requirement->migration = migration;
	requirement->name = arena_copy(arena, *cursor, length);
	requirement->version = strtoimax(*cursor + length + 1, &end, 10);
	*cursor = end + (*end == ' ');
	return true;
}

/* The set of this name; NULL when it was not given. */
static const struct set *find_set(const struct sets *sets, const char *name, uint32_t *index)
{
	for (*index = 0; *index < sets->count; ++*index) {
		if (strcmp(sets->items[*index]->name, name) == 0)
			return sets->items[*index];
	}
	return NULL;
}

/* The number of migrations up to `version`, it included; 0 when the set does not have it. */
static uint32_t place_of(const struct set *set, int64_t version)
{
	for (uint32_t i = 0; i < set->count; i++) {
		if (set->migrations[i].version == version)
			return i + 1;
	}
	return 0;
}

static void report(const struct sets *sets, enum severity severity, const char *rule,
		   const struct requirement *requirement, const char *message)
{
	const struct section *up = &requirement->migration->up;

	diagnostic_at(sets->diag, severity, rule, up->source, up->settings.requirements_offset,
		      up->settings.requirements_length, "%s", message);
}

/* A set that is not known is a note, unless its name is likely a slip. */
static int report_set(const struct sets *sets, const struct requirement *requirement)
{
	const char **names = arena_alloc(sets->arena, sets->count, sizeof(*names));
	const char *nearest;

	for (uint32_t i = 0; i < sets->count; i++)
		names[i] = sets->items[i]->name;
	nearest = text_nearest(requirement->name, names + 1, sets->count - 1);
	if (nearest) {
		report(sets, SEVERITY_ERROR, "unknown-set", requirement,
		       arena_format(sets->arena, "there is no set \"%s\"", requirement->name));
		diagnostic_help(sets->diag, "did you mean %s/%" PRId64 "?", nearest,
				requirement->version);
		return -1;
	}
	report(sets, SEVERITY_NOTE, "unknown-set", requirement,
	       arena_format(sets->arena,
			    "the set \"%s\" is not given here: whether it has version %" PRId64
			    " is seen when the program runs",
			    requirement->name, requirement->version));
	diagnostic_help(sets->diag,
			"give it with --requires %s=DIRECTORY, in CMake with REQUIRES and its "
			"target",
			requirement->name);
	return 0;
}

static uint64_t distance(int64_t a, int64_t b)
{
	return a < b ? (uint64_t)(b - a) : (uint64_t)(a - b);
}

static int report_version(const struct sets *sets, const struct requirement *requirement,
			  const struct set *other)
{
	const struct migration *nearest = other->count ? &other->migrations[0] : NULL;

	report(sets, SEVERITY_ERROR, "unknown-version", requirement,
	       arena_format(sets->arena, "the set %s has no version %" PRId64, other->name,
			    requirement->version));
	for (uint32_t i = 1; i < other->count; i++) {
		if (distance(other->migrations[i].version, requirement->version) <
		    distance(nearest->version, requirement->version))
			nearest = &other->migrations[i];
	}
	if (nearest)
		diagnostic_help(sets->diag, "did you mean %s/%" PRId64 ", which is %s?",
				other->name, nearest->version, nearest->entry);
	else
		diagnostic_help(sets->diag, "write the migration, or delete requires");
	return -1;
}

/* Everything that has to be applied before migration `last` (from 1) of set `index`. Returns whether there was more. */
static bool follow(const struct sets *sets, uint32_t index, struct need *needs)
{
	const struct set *set = sets->items[index];
	struct requirement requirement;
	bool more = false;

	for (uint32_t i = 0; i < needs[index].reach; i++) {
		const char *cursor = set->migrations[i].up.settings.requirements;

		while (next(&cursor, &set->migrations[i], sets->arena, &requirement)) {
			uint32_t other;
			const struct set *found = find_set(sets, requirement.name, &other);
			uint32_t reach = found ? place_of(found, requirement.version) : 0;

			if (reach <= needs[other < sets->count ? other : 0].reach)
				continue;
			needs[other] = (struct need){ reach, requirement };
			more = true;
		}
	}
	return more;
}

/* `requirement` must not need, by way of other sets, the migration that has it. */
static int check_cycle(const struct sets *sets, const struct requirement *requirement,
		       uint32_t other, uint32_t place)
{
	const struct set *set = sets->items[0];
	struct need *needs = arena_alloc(sets->arena, sets->count, sizeof(*needs));
	bool more = true;

	needs[other].reach = place;
	while (more) {
		more = false;
		for (uint32_t i = 1; i < sets->count; i++)
			more |= follow(sets, i, needs);
	}
	if (needs[0].reach < place_of(set, requirement->migration->version))
		return 0;
	report(sets, SEVERITY_ERROR, "requires-cycle", requirement,
	       arena_format(sets->arena,
			    "%s/%" PRId64 " waits for %s/%" PRId64 ", and that for %s/%" PRId64
			    ": neither could ever be applied",
			    set->name, requirement->migration->version, requirement->name,
			    requirement->version, set->name, needs[0].why.version));
	diagnostic_help(sets->diag, "delete one of the two; the other is at %s",
			needs[0].why.migration->up.source->path);
	return -1;
}

static int check(const struct sets *sets, const struct requirement *requirement)
{
	const struct set *set = sets->items[0];
	const struct set *other;
	uint32_t index;
	uint32_t place;

	other = find_set(sets, requirement->name, &index);
	if (!other)
		return report_set(sets, requirement);
	if (other == set) {
		report(sets, SEVERITY_ERROR, "requires-cycle", requirement,
		       "a set waits for other sets, not for itself: its migrations run in the "
		       "order of their versions");
		diagnostic_help(sets->diag, "delete requires");
		return -1;
	}
	place = place_of(other, requirement->version);
	if (!place)
		return report_version(sets, requirement, other);
	return check_cycle(sets, requirement, index, place);
}

/* Another set may require this one, and its own build not know where this one is. */
static int check_others(const struct sets *sets, const struct set *other)
{
	const struct set *set = sets->items[0];
	struct requirement requirement;
	int rc = 0;

	for (uint32_t i = 0; i < other->count; i++) {
		const char *cursor = other->migrations[i].up.settings.requirements;

		while (next(&cursor, &other->migrations[i], sets->arena, &requirement)) {
			if (strcmp(requirement.name, set->name) == 0 &&
			    !place_of(set, requirement.version))
				rc |= report_version(sets, &requirement, set);
		}
	}
	return rc;
}

int require(const struct set *set, const struct set *others, uint32_t count, struct arena *arena,
	    struct diagnostics *diag)
{
	struct sets sets = { arena_alloc(arena, count + 1u, sizeof(*sets.items)), count + 1, arena,
			     diag };
	struct requirement requirement;
	int rc = 0;

	sets.items[0] = set;
	for (uint32_t i = 0; i < count; i++)
		sets.items[i + 1] = &others[i];
	for (uint32_t i = 0; i < set->count; i++) {
		const char *cursor = set->migrations[i].up.settings.requirements;

		while (next(&cursor, &set->migrations[i], arena, &requirement))
			rc |= check(&sets, &requirement);
	}
	for (uint32_t i = 0; i < count; i++)
		rc |= check_others(&sets, &others[i]);
	return rc;
}
