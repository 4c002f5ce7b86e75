/* SQLite's rules of splitting: where a statement ends and what it may do inside a transaction. */
#ifndef SPLIT_SQLITE_H
#define SPLIT_SQLITE_H

#include "model.h"
#include "support/buffer.h"
#include "support/diagnostic.h"

/*
 * Finds the token before which the statement that begins at `first` ends: its semicolon or the end
 * of the text. A trigger without END is reported, and `end` is where it was most probably meant to
 * end. Returns 0, or -1 after an error.
 */
int split_sqlite_end(const struct source *source, const struct tokens *tokens, uint32_t first,
		     uint32_t *end, struct diagnostics *diag);

/* Asks SQLite itself whether the statement is exactly one. Returns 0, or -1 after an error. */
int split_sqlite_confirm(const struct source *source, const struct tokens *tokens,
			 const struct statement *statement, struct buffer *scratch,
			 struct diagnostics *diag);

/* Marks what SQLite refuses or ignores inside a transaction, and what may run twice. */
void split_sqlite_classify(const struct source *source, const struct tokens *tokens,
			   struct statement *statement);

#endif
