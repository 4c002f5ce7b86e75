/*
 * Objects of repeatables that are older than what they stand on.
 *
 * A repeatable whose text is the same does not run again when a migration behind it changes a table. Its delta, taken
 * with that migration applied, may tell of another object than the one that it made then: PostgreSQL's views of SELECT *.
 */
#ifndef BL_SCHEMA_OUTDATED_H
#define BL_SCHEMA_OUTDATED_H

#include "delta.h"
#include "expected.h"

/* A line of the delta of migration or repeatable `index`; BL_SET_NONE: of a whole schema. */
struct bl_change {
	struct bl_delta_line line;
	uint32_t index;
};

/* Fills expected->trust, where one of its objects is older; the changes are all that were folded. */
int bl_outdated_find(const struct bobolink_set *set, const struct bl_said *said,
		     const struct bl_change *changes, uint32_t count,
		     const struct bobolink_allocator *allocator, struct bl_expected *expected,
		     struct bobolink_error *error);

#endif
