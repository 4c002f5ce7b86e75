/* Statement: questions about the words of one statement, asked by several stages. */
#ifndef STATEMENT_H
#define STATEMENT_H

#include "model.h"
#include "support/arena.h"

/* Token number `n` (from 0, comments skipped) of a statement, or a TOKEN_END token past its end. */
struct token statement_word(const struct tokens *tokens, const struct statement *statement,
			    uint32_t n);
/*
 * True when the statement's words begin with these (separated by one space; case does not matter).
 */
bool statement_starts(const struct source *source, const struct tokens *tokens,
		      const struct statement *statement, const char *words);
/* True for an unquoted word with this spelling; case does not matter. */
bool statement_is(const struct source *source, struct token token, const char *word);
/* True for a comment of either kind. */
bool statement_is_comment(struct token token);

/* True for an identifier or string that says this, quoted or not; case does not matter. */
bool statement_names(const struct source *source, struct token token, const char *name);

/*
 * PRAGMA [schema.]name [= value | (value)]: what it sets; TOKEN_END stands where there is no value.
 */
struct pragma {
	struct token name;
	struct token value;
};

/* Returns false when the statement is no pragma. */
bool statement_pragma(const struct source *source, const struct tokens *tokens,
		      const struct statement *statement, struct pragma *pragma);

/*
 * The name in an identifier or string token without its quotes, doubled quotes made single; other
 * tokens as they are written. Lives in the arena.
 */
char *statement_name(const struct source *source, struct token token, struct arena *arena);

#endif
