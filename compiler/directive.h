/*
 * Directive: from the `-- migrate:` comments of a file to its up and down sections.
 *
 * A directive is a line comment of its own:
 *
 *     directive = "--" blanks ("migrate:up" | "migrate:down") { blanks setting }
 *     setting   = key ":" value
 *     value     = bare word | '"' text '"'        \" and \\ stand for " and \ in the text
 *
 *     transaction:auto|on|off       auto is the default; true and false say the same as on and off
 *     lock-timeout:5s               ms, s, min, h
 *     statement-timeout:10min
 *     allow:data-loss               a reviewed destructive change
 *     irreversible:"why"            on the up, or on a down without statements
 *     shadow:off reason:"why"       the section is not run at build time
 *     requires:"primary/5 audit/2"  on the up: migrations of other sets that are applied before it
 *
 * `-- bobolink:allow RULE reason` silences a rule for the statement on the same line, else for the
 * next one.
 */
#ifndef DIRECTIVE_H
#define DIRECTIVE_H

#include "model.h"
#include "support/diagnostic.h"

/*
 * Divides the statements of a file into sections, reads their settings and allowances, takes BEGIN
 * … COMMIT and the foreign-key pragma that enclose a whole section out of it, and decides which
 * sections run outside a transaction. `part->tokens` is already filled. Returns 0, or -1 after an
 * error.
 */
int directive(const struct source *source, const struct statements *statements,
	      enum database database, struct arena *arena, struct part *part,
	      struct diagnostics *diag);

#endif
