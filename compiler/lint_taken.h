/* Table locks that a statement of PostgreSQL is expected to take. */
#ifndef LINT_TAKEN_H
#define LINT_TAKEN_H

#include "lint_before.h"

/* https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES, weakest first. */
enum lock_mode {
	LOCK_NONE, /* or ACCESS SHARE, which stands in the way of the last one alone */
	LOCK_ROW_SHARE,
	LOCK_ROW_EXCLUSIVE,
	LOCK_SHARE_UPDATE_EXCLUSIVE,
	LOCK_SHARE,
	LOCK_SHARE_ROW_EXCLUSIVE,
	LOCK_EXCLUSIVE,
	LOCK_ACCESS_EXCLUSIVE,
};

struct taken {
	const char *table;
	enum lock_mode mode;
};

/* The locks of one statement while they are collected. */
struct taking {
	struct lint *lint;
	uint32_t index; /* of the statement in its section */
	const struct lint_statement *statement;
	struct taken *items; /* one for each table */
	size_t count;
	size_t capacity;
};

/* Each takes a lock, or a stronger one than before; LOCK_NONE is none. */
void taken_table(struct taking *taking, const struct before_table *table, enum lock_mode mode);
void taken_object(struct taking *taking, const struct bobolink_object *table, enum lock_mode mode);
/* The table or materialized view at a word, behind ONLY and its schema; what the section made is left out. */
void taken_word(struct taking *taking, uint32_t word, enum lock_mode mode);
/* Tables behind REFERENCES from `word` up to `end`: triggers are put on them. */
void taken_references(struct taking *taking, uint32_t word, uint32_t end, enum lock_mode mode);
/* Partitions and children of the table; only where deltas are known. */
void taken_children(struct taking *taking, const struct before_table *table, enum lock_mode mode);
/* Tables that the foreign keys of the table reference; NULL: any key, any column. */
void taken_parents(struct taking *taking, const struct before_table *table, const char *key,
		   const char *column, enum lock_mode mode);

/* ALTER TABLE. */
void taken_alter(struct taking *taking);

#endif
