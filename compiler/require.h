/* Require: whether the migrations of other sets that this one requires are there, and can be applied before. */
#ifndef REQUIRE_H
#define REQUIRE_H

#include "model.h"
#include "support/diagnostic.h"

/*
 * `others`: the sets that are known beside `set`, read and ordered. Reports an unknown set or version and two migrations that
 * wait for each other, at the directive; that a set is not known is a note. Returns 0, or -1 after an error.
 */
int require(const struct set *set, const struct set *others, uint32_t count, struct arena *arena,
	    struct diagnostics *diag);

#endif
