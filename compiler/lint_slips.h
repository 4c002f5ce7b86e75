/* Slips: phrases of other databases, found in the text of a statement. */
#ifndef LINT_SLIPS_H
#define LINT_SLIPS_H

#include "lint_context.h"

/* Where a phrase counts. */
enum slip_place {
	ANYWHERE,
	AT_START,
	IN_TABLE, /* behind a column's name or a table's closing parenthesis, in no expression */
};

/*
 * A phrase is words and operators separated by a space: `%` is any token, `@` a name that may be
 * qualified, `'` a string. The caret stands under the first element, or under the last for
 * AT_START.
 */
struct slip {
	enum slip_place place;
	const char *phrase;
	const char *what;
	const char *help;
};

struct slip_table {
	const char *database; /* that does not know them */
	const struct slip *items;
	size_t count;
};

/* Reports the phrases of the table that stand in the statement. */
void lint_slips(struct lint *lint, const struct lint_statement *statement,
		const struct slip_table *table);
/* Reports one found otherwise, unless it is the name of a function that was declared. */
void lint_slip(struct lint *lint, const struct lint_statement *statement, uint32_t word,
	       const struct slip_table *table, const char *what, const char *help);

#endif
