/* Statement, PostgreSQL: how to find out whether one outside a transaction was done. */
#ifndef STATEMENT_POSTGRES_PROBE_H
#define STATEMENT_POSTGRES_PROBE_H

#include "model.h"
#include "support/arena.h"

/*
 * A query of one value about a statement that the server refuses inside a transaction: 'done',
 * 'absent', or SQL that clears away what was left when it was interrupted (bobolink/migrations.h).
 * NULL when nothing tells, or when there is nothing to tell.
 */
const char *statement_postgres_probe(const struct source *source, const struct tokens *tokens,
				     const struct statement *statement, struct arena *arena);

#endif
