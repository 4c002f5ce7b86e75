/*
 * Findings of the replay: reported like any other, so that they can be allowed, and are notes in what is locked. What
 * another rule has said of the same statement as loudly is not said again.
 */
#include <string.h>

#include "lint_context.h"

/* Rules that foresee from the text what the replay sees. */
static const char *const foreseen[] = { "not-null-without-default", "column-needs-empty-table",
					"unique-on-existing", "data-loss", "rebuild-cascade" };

static bool is_foreseen(const struct lint *lint, const struct row_finding *finding)
{
	const struct statement *statement = finding->statement;
	bool loud = finding->sure && !lint->migration->locked;

	for (size_t i = lint->diag->count; statement && i-- > 0;) {
		const struct diagnostic *item = &lint->diag->items[i];

		if (loud && item->severity == SEVERITY_NOTE)
			continue;
		if (item->source != lint->section->source || item->offset < statement->offset ||
		    item->offset >= statement->offset + statement->length)
			continue;
		for (size_t k = 0; k < sizeof(foreseen) / sizeof(foreseen[0]); k++)
			if (strcmp(item->rule, foreseen[k]) == 0)
				return true;
	}
	return false;
}

static const struct lint_statement *statement_of(const struct lint *lint,
						 const struct row_finding *finding)
{
	for (uint32_t i = 0; i < lint->count; i++)
		if (lint->statements[i].words.statement == finding->statement)
			return &lint->statements[i];
	return NULL;
}

void lint_replay(struct lint *lint)
{
	for (size_t i = 0; i < lint->section->row_finding_count; i++) {
		const struct row_finding *finding = &lint->section->row_findings[i];

		if (!is_foreseen(lint, finding))
			lint_report_rows(lint, finding, statement_of(lint, finding));
	}
}
