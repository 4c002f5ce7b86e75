/*
 * Seeds: tables as the deltas tell them, filled with up to two synthetic rows each.
 *
 * A value is the same in both rows, unless a unique key asks for another: so that whatever depends on values being
 * different shows. Nothing is solved: a few candidates are tried, and a table that takes none stays empty.
 */
#ifndef SHADOW_SEED_H
#define SHADOW_SEED_H

#include "shadow_run.h"

#define SEED_ROWS 2

/* A table, with the objects that belong to it. */
struct seed_table {
	const char *schema;
	const char *name;
	const char *sql_name; /* as SQL wants it */
	const struct bobolink_object *self;
	const struct bobolink_object **parts; /* columns, constraints, indexes */
	size_t count;
	size_t capacity;
	uint32_t made;	 /* by which migration, as an index */
	uint32_t rows;	 /* when they were counted last, up to SEED_COUNT_MAX */
	uint32_t before; /* the caller's: an earlier count */
	uint32_t after;	 /* the caller's: a later one */
	bool gone;	 /* dropped */
	bool pending;	 /* may lack rows */
	bool seeded;	 /* has rows of ours */
	bool lost;	 /* the caller's */
	bool is_empty;	 /* it could not be filled */
	bool reported;	 /* that it cannot be filled */
};

/* More rows than these are these. */
#define SEED_COUNT_MAX 100000u

struct seeds {
	struct shadow_run *run;
	struct seed_table *tables; /* in the order in which they were made */
	size_t count;
	size_t capacity;
	const struct bobolink_object **types; /* enums and domains */
	size_t type_count;
	size_t type_capacity;
};

/* Why a table stayed empty: the database's words about the last try. */
typedef void seed_unfilled_fn(void *context, const struct seed_table *table, const char *reason);

/* Takes the delta of migration number `index` into account; its tables are pending. */
void seed_follow(struct seeds *seeds, uint32_t index);
/* Fills the pending tables, those that others refer to first; calls `unfilled` once a table. */
void seed_fill(struct seeds *seeds, seed_unfilled_fn *unfilled, void *context);
/* Counts the rows of the tables that are there, or of those marked lost. Returns -1 when it cannot. */
int seed_count(struct seeds *seeds, bool lost_only);
/* A partition gets its rows through its parent. */
bool seed_is_partition(const struct seed_table *table);
/* The table with this name, or NULL; the schema "" stands for any. */
struct seed_table *seed_find(const struct seeds *seeds, const char *schema, const char *name);

/* Names and texts as SQL wants them. */
const char *seed_quote(struct seeds *seeds, const char *name);
const char *seed_quote_table(struct seeds *seeds, const char *schema, const char *name);
const char *seed_quote_text(struct seeds *seeds, const char *text);

#endif
