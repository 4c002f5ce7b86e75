/* Rows: the INSERT that fills one table. */
#ifndef SHADOW_SEED_ROWS_H
#define SHADOW_SEED_ROWS_H

#include "shadow_seed.h"
#include "shadow_seed_text.h"
#include "shadow_seed_values.h"

struct seed_column {
	const struct bobolink_object *object;
	const char *sql_name;
	struct seed_column_text text;
	bool distinct;				   /* of a unique key */
	bool checked;				   /* a CHECK looks at it */
	const struct bobolink_object *foreign_key; /* that it is part of, or NULL */
	struct seed_values values;
	const char *chosen[SEED_ROWS];
};

/* One CHECK, of the table or of a column's domain. */
struct seed_condition {
	const char *text;
	bool asked; /* together with others about the same columns */
};

struct seed_rows {
	struct seeds *seeds;
	struct seed_table *table;
	struct seed_column *columns;
	size_t count;
	struct seed_condition *conditions;
	size_t condition_count;
	size_t condition_capacity;
	const char *const *texts; /* one for each row, instead of the usual ones; or NULL */
	bool spread;		  /* references lead to different rows: a CHECK may ask for that */
};

/* Is there no way to fill the table without a row in the one that it refers to? */
bool seed_needs_parent(struct seeds *seeds, const struct seed_table *table,
		       const struct seed_reference *reference);
/*
 * Fills the table up to SEED_ROWS; one row is as good when a second is refused. NULL, or why it stayed empty: the
 * database's words.
 */
const char *seed_rows_add(struct seeds *seeds, struct seed_table *table);

/* Chooses the values of columns that conditions look at, where some combination of the candidates passes. */
void seed_checks_choose(struct seed_rows *rows);

#endif
