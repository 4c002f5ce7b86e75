/* Order: from files to the sorted set, ups paired with downs, checksums made. */
#ifndef ORDER_H
#define ORDER_H

#include "model.h"
#include "support/diagnostic.h"

/*
 * Reports duplicate versions (both places), a down without an up, names that differ only in case, and, as a
 * warning, a gap in a sequence of numbers. Computes checksums and the digest. Returns 0, or -1 after an error.
 */
int order(const struct parts *parts, const char *name, enum database database, struct arena *arena,
	  struct set *set, struct diagnostics *diag);

#endif
