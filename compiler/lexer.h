/* Lexer: from text to tokens, one re2c condition per dialect. */
#ifndef LEXER_H
#define LEXER_H

#include "model.h"
#include "support/diagnostic.h"

/*
 * Fills `tokens` with every token of the source, comments included, TOKEN_END last. An unterminated
 * string, quoted identifier or comment is reported at its opening. Returns 0, or -1 after an error.
 */
int lexer_run(const struct source *source, enum database database, struct arena *arena,
	      struct tokens *tokens, struct diagnostics *diag);

#endif
