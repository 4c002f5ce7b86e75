/* The title of a fix: what its file says about itself. */
#ifndef DIRECTIVE_TITLE_H
#define DIRECTIVE_TITLE_H

#include "model.h"
#include "support/arena.h"

/*
 * The comments before `end`, a line each: without the dashes and one blank of a line comment, without the marks of
 * a block. NULL when they say nothing.
 */
const char *directive_title(const struct source *source, const struct tokens *tokens, uint32_t end,
			    struct arena *arena);

#endif
