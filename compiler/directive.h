/* Directive: from the `-- migrate:` comments of a file to its up and down sections. */
#ifndef DIRECTIVE_H
#define DIRECTIVE_H

#include "model.h"
#include "support/diagnostic.h"

/*
 * Divides the statements of a file into sections, reads their settings and allowances, takes BEGIN … COMMIT and
 * the foreign-key pragma that enclose a whole section out of it, and decides which sections run outside a
 * transaction. `part->tokens` is already filled. Returns 0, or -1 after an error.
 */
int directive(const struct source *source, const struct statements *statements,
	      enum database database, struct arena *arena, struct part *part,
	      struct diagnostics *diag);

#endif
