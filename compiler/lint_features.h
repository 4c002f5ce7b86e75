/* Features: statements that older libraries and servers do not know. */
#ifndef LINT_FEATURES_H
#define LINT_FEATURES_H

#include "lint_context.h"

/*
 * One feature: since which version it is there, what people call it, and how it shows.
 *
 * A pattern is words and operators, compared without regard to case, and
 *     ^   the statement's beginning (first of all, or nowhere)
 *     @   any name
 *     #   any number
 *     ~   anything, the whole of parentheses at a time, within them, and up to a semicolon
 * A word and a parenthesis alone are a call of a function. Where a pattern cannot tell, `holds` does: it
 * leaves the word at which the feature shows in *word.
 */
struct feature {
	uint32_t version;
	const char *name;
	const char *pattern;
	bool (*holds)(const struct lint_statement *statement, uint32_t *word);
};

extern const struct feature lint_features_sqlite[];
extern const struct feature lint_features_postgres[];

/* The tables end with a version of 0. */

/* The first word from `from` on that begins what the pattern says, or words->count. */
uint32_t lint_feature_find(const struct words *words, uint32_t from, const char *pattern);

#endif
