/* Lint: findings about SQL that runs and is still a bad idea. */
#ifndef LINT_H
#define LINT_H

#include <stdio.h>

#include "model.h"
#include "support/diagnostic.h"

/*
 * Reports what the text alone shows and the database's own message would not explain: SQL of
 * other databases, reserved names. Runs before the shadow. Returns 0, or -1 after an error-level
 * finding.
 */
int lint_text(const struct compile_options *options, struct arena *arena, struct set *set,
	      struct diagnostics *diag);
/*
 * Notes what each section can lose and each statement locks, for emit, and reports findings; on a locked migration they are notes. Returns 0, or -1 after an error-level
 * finding.
 */
int lint(const struct compile_options *options, struct arena *arena, struct set *set,
	 struct diagnostics *diag);

/* Prints what a rule means, an example and its remedy. Returns -1 when there is no such rule. */
int lint_explain(const char *rule, FILE *stream);
/* Prints the table of rules. */
void lint_list(FILE *stream);
/* Prints docs/rules.md. */
void lint_markdown(FILE *stream);

#endif
