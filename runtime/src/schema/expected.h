/*
 * What the migrations that count as applied make, object by object, and which of them did.
 *
 * Deltas were taken with every migration before them applied. Where one is not, or stopped half-way, what it
 * touches is left out when nobody can tell what it is now: an object that is neither expected nor unexpected.
 */
#ifndef BL_SCHEMA_EXPECTED_H
#define BL_SCHEMA_EXPECTED_H

#include "../plan.h"
#include "inventory.h"

/* What the history says about a migration. */
enum bl_part {
	BL_PART_NONE,	 /* not applied */
	BL_PART_APPLIED, /* baselines included */
	BL_PART_HALFWAY	 /* it stopped outside a transaction, up or down */
};

struct bl_expected {
	struct bobolink_inventory *inventory;
	uint32_t *
		origins; /* of each object: the set's migration that made or changed it last, or BL_SET_NONE */
	struct bobolink_inventory *unsure; /* what is left out on both sides */
};

/* Whether a set carries the delta of each of its migrations. */
bool bl_expected_has_deltas(const struct bobolink_set *set);

/*
 * `parts`: an enum bl_part for each migration of the set. BOBOLINK_USAGE where what they make is not known. Release in
 * either case.
 */
int bl_expected_make(const struct bobolink_set *set, const uint8_t *parts,
		     const struct bobolink_allocator *allocator, struct bl_expected *expected,
		     struct bobolink_error *error);
void bl_expected_release(struct bl_expected *expected, const struct bobolink_allocator *allocator);

/* The migration that made or changed an object of the inventory last; BL_SET_NONE where that is not known. */
uint32_t bl_expected_origin(const struct bl_expected *expected,
			    const struct bobolink_object *object);

/* Whether an object of this kind, parent and name is expected, whatever its definition. */
bool bl_expected_has(const struct bl_expected *expected, const struct bobolink_object *object);

/* Whether an object, of this inventory or another, is one of those that are left out. */
bool bl_expected_is_unsure(const struct bl_expected *expected,
			   const struct bobolink_object *object);

#endif
