/*
 * What the migrations that count as applied make, and behind them the repeatables, object by object, and which of them
 * did.
 *
 * Deltas were taken with every migration before them applied. Where one is not, or stopped half-way, what it
 * touches is left out when nobody can tell what it is now: an object that is neither expected nor unexpected. So is what a
 * repeatable touches that did not run, or not with this text.
 */
#ifndef BL_SCHEMA_EXPECTED_H
#define BL_SCHEMA_EXPECTED_H

#include "../plan.h"
#include "inventory.h"

enum bl_part {
	BL_PART_NONE,	 /* not applied; of a repeatable: it is not looked at */
	BL_PART_APPLIED, /* baselines included */
	BL_PART_HALFWAY /* it stopped outside a transaction, up or down; of a repeatable: not with this text */
};

/* What the history says about a migration or a repeatable. */
struct bl_said {
	int64_t id;   /* of its row: ascending in the order in which they were done */
	uint8_t part; /* enum bl_part */
};

/* How far an expected object can be compared. */
enum bl_trust {
	BL_TRUST_ALL,
	BL_TRUST_NAME, /* it must be there; what it stands on was changed after it was made */
	BL_TRUST_NONE
};

struct bl_expected {
	struct bobolink_inventory *inventory;
	/*
	 * Of each object: the set's migration that made or changed it last, by its place in the set; behind the last one the
	 * repeatables; or BL_SET_NONE.
	 */
	uint32_t *origins;
	uint8_t *trust;			   /* of each object: enum bl_trust; NULL: all of them */
	struct bobolink_inventory *unsure; /* what is left out on both sides */
	bool halfway;			   /* some of it because of migrations */
};

/* Whether a set carries the delta of each of its migrations. */
bool bl_expected_has_deltas(const struct bobolink_set *set);

/* How many texts a set has an enum bl_part of: its migrations, then its repeatables. */
uint32_t bl_expected_parts(const struct bobolink_set *set);

/*
 * `said`: of each migration of the set, then of each repeatable. BOBOLINK_USAGE where what they make is not known. Release
 * in either case.
 */
int bl_expected_make(const struct bobolink_set *set, const struct bl_said *said,
		     const struct bobolink_allocator *allocator, struct bl_expected *expected,
		     struct bobolink_error *error);
/* What the migrations up to a version make; `repeatables`: the enum bl_part of all of them. Likewise. */
int bl_expected_at(const struct bobolink_set *set, int64_t version, int repeatables,
		   const struct bobolink_allocator *allocator, struct bl_expected *expected,
		   struct bobolink_error *error);
void bl_expected_release(struct bl_expected *expected, const struct bobolink_allocator *allocator);

/* What made or changed an object of the inventory last, as in `origins`; BL_SET_NONE where that is not known. */
uint32_t bl_expected_origin(const struct bl_expected *expected,
			    const struct bobolink_object *object);

/* Whether an object of this kind, parent and name is expected, whatever its definition. */
bool bl_expected_has(const struct bl_expected *expected, const struct bobolink_object *object);

/* Whether an object, of this inventory or another, is one of those that are left out. */
bool bl_expected_is_unsure(const struct bl_expected *expected,
			   const struct bobolink_object *object);

/* Whether an expected object may have another definition, and nobody is to blame. */
bool bl_expected_may_differ(const struct bl_expected *expected,
			    const struct bobolink_object *object);

/* What an origin is to a caller: a migration's version and name, or -1 and "R__name"; -1 and "". In the pool. */
struct bl_origin {
	int64_t version;
	const char *name;
};
struct bl_origin bl_expected_source(const struct bobolink_set *set, uint32_t origin,
				    struct bl_pool *pool);

#endif
