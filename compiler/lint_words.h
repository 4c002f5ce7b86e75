/* Words: one statement without its comments, for rules that look at tokens. */
#ifndef LINT_WORDS_H
#define LINT_WORDS_H

#include "model.h"
#include "support/arena.h"

/* The significant tokens of a statement. Any index past the end names an empty token. */
struct words {
	const struct section *section;
	const struct statement *statement;
	const struct token *items;
	uint32_t count;
};

void words_read(const struct section *section, const struct statement *statement,
		struct arena *arena, struct words *words);

struct token words_token(const struct words *words, uint32_t index);
/* The text of a token in the source; not NUL-terminated. */
const char *words_text(const struct words *words, uint32_t index);
/*
 * True when the token is this keyword (upper case) or operator; never for a quoted identifier or
 * a string.
 */
bool words_is(const struct words *words, uint32_t index, const char *word);
/* True when keywords separated by one space stand there. */
bool words_are(const struct words *words, uint32_t index, const char *phrase);
/*
 * Index of the keyword at the statement's own parenthesis depth, from `index` on, or
 * words->count.
 */
uint32_t words_find(const struct words *words, uint32_t index, const char *word);
/* Index after the parenthesis that closes the one at `index`, or words->count. */
uint32_t words_close(const struct words *words, uint32_t index);

/*
 * True for a token that can name something: a word, a quoted identifier, or a string taken for
 * one.
 */
bool words_is_name(const struct words *words, uint32_t index);
/* The name without its quotes, or NULL when the token is no name. */
const char *words_name(const struct words *words, uint32_t index, struct arena *arena);
/* True when the token is this name, quoted or not; the case of ASCII letters does not matter. */
bool words_names(const struct words *words, uint32_t index, const char *name);
/* True when some token from `from` up to `to` is this name. */
bool words_mention(const struct words *words, uint32_t from, uint32_t to, const char *name);

#endif
