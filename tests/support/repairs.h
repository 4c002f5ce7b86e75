/* Repairs of a fixture's database, and what their plans say. */
#ifndef REPAIRS_H
#define REPAIRS_H

#include <bobolink/schema.h>

#include "fixture.h"

/* SQL, and what the plan then says. */
struct repairs_damage {
	const char *sql;
	const char *sqlite;
	const char *postgres; /* NULL: the same */
};

/* How many objects are missing or changed. */
uint32_t repairs_missing(struct fixture *fixture);

struct bobolink_repair *repairs_plan(struct fixture *fixture);

/* "create table orders; reapply 5; leave column orders.note", in a buffer that the next call reuses. */
const char *repairs_text(const struct bobolink_repair *plan);

/* What `damage` does to the schema is repaired with this result, by a plan that says what is expected. */
void repairs_after(struct fixture *fixture, const char *damage, const char *expected, int result);

#endif
