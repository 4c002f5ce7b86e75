/*
 * Directive: from the `-- migrate:` and `-- fix:` comments of a file to its sections.
 *
 * A directive is a line comment of its own:
 *
 *     directive = "--" blanks section { blanks setting }
 *     section   = "migrate:up" | "migrate:down" | "migrate:sample"           in a migration
 *               | "migrate:up"                                               in a repeatable
 *               | "fix:should-run" | "fix:execute" | "fix:undo" | "fix:given"     in a fix
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
 *     call:function                 a function of the program does it, and the section has no SQL
 *     only:"development test"       on the up: a data seed for these environments
 *     except:production             on the up: a data seed for all other environments
 *     after:"orders_view totals"    of a repeatable: those that run before it
 *
 * What a fix waits for, on its should-run or its execute:
 *
 *     requires:0005                 a migration
 *     after:"3 4"                   other fixes
 *     when:before|after             the migrations; before is the default
 *     not-before:2026-12-01T00:00Z  and not-after: UTC, seconds if wanted
 *     window:02:00-04:00            UTC
 *     attempts:5                    that may fail
 *     repeat:always                 it is looked at in every run
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
