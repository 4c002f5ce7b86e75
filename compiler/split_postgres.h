/* PostgreSQL's rule of splitting: where a statement ends. */
#ifndef SPLIT_POSTGRES_H
#define SPLIT_POSTGRES_H

#include "model.h"
#include "support/diagnostic.h"

/*
 * Finds the token before which the statement that begins at `first` ends: its semicolon or the end
 * of the text. A parenthesis or body that is never closed, and one that was never opened, are
 * reported; `end` is then where the statement was most probably meant to end. Returns 0, or -1
 * after an error.
 */
int split_postgres_end(const struct source *source, const struct tokens *tokens, uint32_t first,
		       uint32_t *end, struct diagnostics *diag);

#endif
