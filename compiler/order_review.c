/*
 * Order, its review: what is odd about a set and may still be meant.
 *
 * A locked migration cannot be renamed or filled any more: nothing is asked of it that cannot be done.
 */
#include "order.h"

#include <inttypes.h>
#include <string.h>

#include "naming.h"

/* From here on versions are dates, not numbers counted up one by one. */
#define REVIEW_LARGEST_NUMBER 99999

/* True when the versions are meant to be counted without a gap. */
static bool is_counted(const struct set *set)
{
	uint32_t gaps = 0;
	bool tens = true;

	for (uint32_t i = 0; i < set->count; i++) {
		int64_t version = set->migrations[i].version;

		if (version > REVIEW_LARGEST_NUMBER)
			return false;
		tens = tens && version % 10 == 0;
		gaps += i > 0 && version - set->migrations[i - 1].version > 1;
	}
	return !tens && (gaps <= (set->count - 1) / 2 || set->count == 2);
}

static void report_gap(const struct migration *before, const struct migration *after,
		       struct arena *arena, struct diagnostics *diag)
{
	const char *entry = after->entry;
	const char *prefix = arena_copy(arena, before->entry, naming_prefix(before->entry));
	const char *next = naming_next(prefix, 1, arena);

	diagnostic_at(diag, SEVERITY_WARNING, "version-gap", after->up.source, 0, 0,
		      "no migration has the version %" PRId64, before->version + 1);
	diagnostic_help(diag, "rename %s to %s%s, unless another branch brings the missing one",
			entry, next, entry + naming_prefix(entry));
}

static void review_section(const struct section *section, const char *which, bool locked,
			   struct diagnostics *diag)
{
	if (!section->present || section->count || section->settings.irreversible ||
	    section->settings.call)
		return;
	diagnostic_at(diag, locked ? SEVERITY_NOTE : SEVERITY_WARNING, "empty-migration",
		      section->source, section->offset, 0, "this %s has no statements", which);
	diagnostic_help(diag, "write the SQL, or delete the %s",
			strcmp(which, "up") == 0	   ? "migration"
			: strcmp(which, "repeatable") == 0 ? "file"
							   : "section");
}

static void review_script(const struct script *script, bool fix, struct diagnostics *diag)
{
	review_section(&script->base.up, fix ? "execute" : "repeatable", false, diag);
	review_section(&script->base.down, "undo", false, diag);
	review_section(&script->given, "given", false, diag);
}

void order_review(const struct set *set, struct arena *arena, struct diagnostics *diag)
{
	bool counted = is_counted(set);

	for (uint32_t i = 0; i < set->count; i++) {
		const struct migration *migration = &set->migrations[i];

		if (counted && i > 0 && !migration->locked &&
		    migration->version - migration[-1].version > 1)
			report_gap(&migration[-1], migration, arena, diag);
		review_section(&migration->up, "up", migration->locked, diag);
		review_section(&migration->down, "down", migration->locked, diag);
	}
	for (uint32_t i = 0; i < set->fix_count + set->repeatable_count; i++)
		review_script(&set->scripts[i], i < set->fix_count, diag);
}
