/* What stood there before a section, under the names that its statements use. */
#ifndef LINT_BEFORE_H
#define LINT_BEFORE_H

#include "lint_alter.h"
#include "lint_context.h"

/* A table before the section. */
struct before_table {
	const struct bobolink_object *object; /* NULL where the deltas are not known */
	const char *name;
	const char *now;   /* its name at the statement that was asked about: renames change it */
	const char *label; /* "orders"; "sales.orders" */
	const char *from;  /* how a query names it */
};

/*
 * The table that the word of statement number `index` names. False when the section made it, or it is not
 * there: with IF EXISTS, what nothing made.
 */
bool before_find(const struct lint *lint, uint32_t index, uint32_t word,
		 struct before_table *table);
/* Likewise for views that hold rows: PostgreSQL's materialized ones; only where deltas are known. */
bool before_find_view(const struct lint *lint, uint32_t index, uint32_t word,
		      struct before_table *table);
/* The table that is this object. */
void before_of(const struct lint *lint, const struct bobolink_object *object,
	       struct before_table *table);
/* A column, key, index of the table, or NULL; only where deltas are known. */
const struct bobolink_object *before_child(const struct lint *lint,
					   const struct before_table *table, int32_t kind,
					   const char *name);

/*
 * The name that the column, which a word of the statement names, had before the section, or NULL: the section
 * added it, it is computed, or it is not there.
 */
const char *before_column(const struct lint *lint, uint32_t index, const struct before_table *table,
			  uint32_t word);
/* The name that a column of the table has at statement number `index`: renames change it. */
const char *before_column_now(const struct lint *lint, uint32_t index,
			      const struct before_table *table, const char *column);
/* True when the values of the column are computed from others. */
bool before_is_computed(const struct bobolink_object *column);
/* "a""b" */
const char *before_quote(const struct lint *lint, const char *name);

#endif
