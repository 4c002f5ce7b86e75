/* Syntax: PostgreSQL's own parser looks at each statement. */
#ifndef SYNTAX_H
#define SYNTAX_H

#include "model.h"
#include "support/diagnostic.h"

/*
 * Reports each statement of a PostgreSQL set that the parser refuses, at the place it names, and
 * each that it takes for none or for several; set->grammar tells that it did. Does nothing for
 * other sets, and in a tool that was built without the parser.
 */
void syntax(struct set *set, struct arena *arena, struct diagnostics *diag);

#endif
