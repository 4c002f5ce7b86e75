/*
 * Drift as tests write it down, on a set of five migrations: tables, a view, an index that is made anew, and data.
 */
#ifndef DRIFTING_H
#define DRIFTING_H

#include "fixture.h"
#include "learned_set.h"

#define DRIFTING_COUNT 5
extern const struct learned_migration drifting_shop[DRIFTING_COUNT];

/* The fixture's set is that of the shop, and its session is open. */
void drifting_learn(struct fixture *fixture);
void drifting_apply(struct fixture *fixture, int64_t version);
/* Both. */
void drifting_set_up(struct fixture *fixture, int64_t version);

/* "missing index orders.orders_by_user 5\n", one line for each difference, in a buffer that the next call reuses. */
const char *drifting_text(struct fixture *fixture);
void drifting_says(struct fixture *fixture, const char *expected);
void drifting_without(struct fixture *fixture);

#endif
