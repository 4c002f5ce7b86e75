/* Values: what may stand in a column, as SQL expressions, the likeliest first. */
#ifndef SHADOW_SEED_VALUES_H
#define SHADOW_SEED_VALUES_H

#include "shadow_seed.h"

#define SEED_VALUES_MAX 24

struct seed_values {
	const char *items[SEED_VALUES_MAX];
	size_t count;
};

/* At least two different ones for every type that is known; none for one that is not. */
void seed_values_of_type(struct seeds *seeds, const char *type, struct seed_values *values);
/* Does the type take any text? */
bool seed_is_text(struct seeds *seeds, const char *type);
/* Adds what a condition compares the column with, in front, and texts that conditions like. */
void seed_values_of_check(struct seeds *seeds, const char *type, const char *check,
			  struct seed_values *values);
/* Puts the bounds of the table's partitions in front: a value must lie in one of them. */
void seed_values_of_partitions(struct seeds *seeds, const struct seed_table *table,
			       const char *type, struct seed_values *values);
/* The conditions of a domain and of those it is made of, with VALUE for the column; "" for other types. */
const char *seed_domain_check(struct seeds *seeds, const char *type, const char *column);

#endif
