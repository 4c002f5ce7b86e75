/* Order: from files to the sorted set, ups paired with downs, checksums made. */
#ifndef ORDER_H
#define ORDER_H

#include "model.h"
#include "support/diagnostic.h"

/*
 * Reports duplicate versions (both places), a down without an up and names that differ only in case; of the scripts what
 * order_scripts.h says. Computes checksums and digests. Returns 0, or -1 after an error.
 */
int order(const struct parts *parts, const char *name, enum database database, struct arena *arena,
	  struct set *set, struct diagnostics *diag);

/* Reports gaps in a sequence of numbers and sections without statements; knows what is locked. */
void order_review(const struct set *set, struct arena *arena, struct diagnostics *diag);

#endif
