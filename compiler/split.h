/* Split: from tokens to statements; bodies of triggers and functions stay whole. */
#ifndef SPLIT_H
#define SPLIT_H

#include "model.h"
#include "support/diagnostic.h"

/*
 * Fills `statements`. For SQLite each one is confirmed by SQLite's own tokenizer
 * (sqlite3_complete); a disagreement is reported, never guessed. Returns 0, or -1 after an error.
 */
int split(const struct source *source, const struct tokens *tokens, enum database database,
	  struct arena *arena, struct statements *statements, struct diagnostics *diag);

#endif
