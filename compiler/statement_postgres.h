/* Statement, PostgreSQL: what the leading words of one tell about it. */
#ifndef STATEMENT_POSTGRES_H
#define STATEMENT_POSTGRES_H

#include "model.h"

/*
 * The name of the statement, as the manual writes it, when the server refuses it inside a
 * transaction; else NULL.
 */
const char *statement_postgres_refuses(const struct source *source, const struct tokens *tokens,
				       const struct statement *statement);
/* True when a statement outside a transaction does no harm the second time. */
bool statement_postgres_repeats(const struct source *source, const struct tokens *tokens,
				const struct statement *statement);
/*
 * True when the statement may end transactions by itself: a procedure, and a DO block that says so. It cannot share one with the
 * count of what is done.
 */
bool statement_postgres_commits(const struct source *source, const struct tokens *tokens,
				const struct statement *statement);
/* True when $1 stands for an argument: the body of a function, or PREPARE. */
bool statement_postgres_binds(const struct source *source, const struct tokens *tokens,
			      const struct statement *statement);

#endif
