/*
 * What encloses a section: BEGIN … COMMIT and SQLite's foreign-key pragma, taken out of its
 * statements.
 */
#ifndef DIRECTIVE_ENCLOSURE_H
#define DIRECTIVE_ENCLOSURE_H

#include "model.h"
#include "support/arena.h"
#include "support/diagnostic.h"

/*
 * Takes the enclosing statements out of the section, sets `wrapped`, `foreign_keys_off` and
 * `no_transaction`, and reports transaction control and foreign-key pragmas that enclose nothing.
 * Returns 0, or -1 after an error.
 */
int directive_enclosure(struct section *section, enum database database, struct arena *arena,
			struct diagnostics *diag);

#endif
