/* Chain: what the statements of the chain have made so far, without a database. */
#ifndef LINT_CHAIN_H
#define LINT_CHAIN_H

#include "lint_statement.h"
#include "lint_type.h"

struct chain_column {
	const char *name;
	struct column_type type;
	bool not_null;
	const char *check; /* the constraint CHECK (column IS NOT NULL), or NULL */
	bool is_checked;   /* it was validated */
	struct chain_column *next;
};

/* A table, view or index: they share their names. */
struct chain_relation {
	const char *name;
	const char *schema; /* that was written in front of it; NULL: none, public or main */
	int32_t kind;	    /* enum bobolink_object_kind */
	const char *sql;    /* the statement that made it */
	bool partitioned;   /* PARTITION BY */
	struct chain_column *columns;
	struct chain_relation *next; /* in the bucket */
};

#define CHAIN_BUCKETS 1024

struct chain {
	struct arena *arena;
	struct chain_relation *buckets[CHAIN_BUCKETS];
};

/* Takes one statement of an up into account. */
void chain_apply(struct chain *chain, const struct lint_statement *statement);

/* The relation with this name, or NULL: nothing made it, or in a way that words do not tell. */
struct chain_relation *chain_find(const struct chain *chain, const char *name);
struct chain_column *chain_column(const struct chain *chain, const char *table, const char *column);
/* The same of the table that the statement names, with its schema. */
struct chain_column *chain_column_of(const struct chain *chain,
				     const struct lint_statement *statement, const char *column);

#endif
