/* Inventories from inside: made of groups, which they share. */
#ifndef BL_SCHEMA_INVENTORY_H
#define BL_SCHEMA_INVENTORY_H

#include "group.h"

struct bobolink_inventory {
	struct bobolink_allocator allocator;
	struct bl_group **groups; /* in the order in which they were read */
	int64_t *places;	  /* where in the database's schema each stands, ascending */
	uint32_t group_count;
	uint32_t object_count;
	const struct bobolink_object **objects; /* of all groups, in order */
};

/* The groups of an inventory in the making. */
struct bl_groups {
	struct bl_group **items; /* a reference each */
	int64_t *places;
	uint32_t count;
	uint32_t capacity;
};

/* Adds a group and takes over its reference, also on failure. Returns 0 or BOBOLINK_NO_MEMORY. */
int bl_groups_add(struct bl_groups *groups, const struct bobolink_allocator *allocator,
		  struct bl_group *group, int64_t place);
/* Shares all groups of an inventory but the marked ones; `groups` is empty before. */
int bl_groups_share(struct bl_groups *groups, const struct bobolink_allocator *allocator,
		    const struct bobolink_inventory *from);
void bl_groups_release(struct bl_groups *groups, const struct bobolink_allocator *allocator);

/*
 * Makes an inventory of the groups and takes them over. Those that `previous` (may be NULL) has,
 * too, are in order there already: only the others are sorted in. NULL when there is no memory;
 * then the groups are still the caller's.
 */
struct bobolink_inventory *bl_inventory_make(const struct bobolink_allocator *allocator,
					     const struct bobolink_inventory *previous,
					     struct bl_groups *groups);

/* The first place in the inventory's order that does not come before `object`. */
uint32_t bl_inventory_place(const struct bobolink_inventory *inventory,
			    const struct bobolink_object *object);

#endif
