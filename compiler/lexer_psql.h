/* What psql understands and the server does not: commands with a backslash, data behind COPY. */
#ifndef LEXER_PSQL_H
#define LEXER_PSQL_H

#include "model.h"
#include "support/diagnostic.h"

/* Is the backslash at `token`, before a letter or sign, one of psql's commands? */
bool lexer_psql_begins(const char *text, const char *token);
/* Reports the command at `token`, with what to write instead. */
void lexer_psql_report(const struct source *source, const char *token, struct diagnostics *diag);

enum lexer_copy {
	COPY_NONE,
	COPY_OUT, /* TO stdout: refused */
	COPY_IN,  /* FROM stdin: refused, and data follow */
};

/*
 * What the statement copies through the client, which is reported. It is made of the tokens from
 * `first` on to the last, its semicolon or the end.
 */
enum lexer_copy lexer_psql_copy(const struct source *source, const struct tokens *tokens,
				uint32_t first, struct diagnostics *diag);
/* The end of the data that follow the line of `cursor`: after the line \. ; NULL: there is none. */
const char *lexer_psql_data_end(const char *cursor);

#endif
