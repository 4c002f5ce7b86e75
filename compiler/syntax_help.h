/* What to do about a statement that the parser refuses. */
#ifndef SYNTAX_HELP_H
#define SYNTAX_HELP_H

#include "model.h"
#include "support/arena.h"

/* The remedy for a statement that the parser refuses at `token`. */
const char *syntax_help(const struct section *section, const struct statement *statement,
			struct token token, struct arena *arena);

#endif
