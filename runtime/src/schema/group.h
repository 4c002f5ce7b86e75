/*
 * Groups: the objects that one entry of a database's schema stands for, in one piece of memory.
 *
 * A table and its columns and constraints are a group; so is an index, a trigger, a view. Groups
 * never change and are counted, so that inventories of one database share what they have in common.
 */
#ifndef BL_SCHEMA_GROUP_H
#define BL_SCHEMA_GROUP_H

#include <bobolink/schema.h>

#include "../memory.h"

struct bl_group {
	struct bobolink_allocator allocator;
	uint32_t references;
	uint32_t mark; /* 0 except while bobolink_inventory_follow leaves groups out */
	uint32_t count;
	uint32_t reserved;
	struct bobolink_object objects[]; /* in order; the first one carries the SQL */
};

/* Objects under construction. Their strings live in the pool until they are packed. */
struct bl_group_builder {
	struct bl_pool pool;
	struct bobolink_object *objects;
	uint32_t count;
	uint32_t capacity;
	bool failed; /* out of memory */
};

void bl_group_builder_init(struct bl_group_builder *builder,
			   const struct bobolink_allocator *allocator);
void bl_group_builder_release(struct bl_group_builder *builder);

/* Adds an object; its strings must live as long as the builder. */
void bl_group_add(struct bl_group_builder *builder, int32_t kind, const char *parent,
		  const char *name, const char *definition, const char *sql);

/* The same for an object that has a schema. */
void bl_group_add_object(struct bl_group_builder *builder, const struct bobolink_object *object);

/*
 * Orders what was added, tells objects of one name apart ("name#2"), and packs all into a group
 * with one reference. Returns NULL when memory ran out, here or before.
 */
struct bl_group *bl_group_pack(struct bl_group_builder *builder);
/* A group of one object: a copy. NULL when there is no memory. */
struct bl_group *bl_group_copy(const struct bobolink_allocator *allocator,
			       const struct bobolink_object *object);

/* The group whose first object this is. */
struct bl_group *bl_group_of(const struct bobolink_object *first);

/* The order of groups: that of the place of their first objects. */
int bl_group_order(const struct bl_group *one, const struct bl_group *other);
/* True when both hold the same objects, their SQL included. */
bool bl_group_same(const struct bl_group *one, const struct bl_group *other);

/* Gives one reference back; NULL is allowed. */
void bl_group_release(struct bl_group *group);

/* The order of an inventory: schema, parent or own name of tables and views, kind, name. */
int bl_object_order(const struct bobolink_object *one, const struct bobolink_object *other);
/* The part of it that what stands together has in common: schema, parent or own name. */
int bl_object_place_order(const struct bobolink_object *one, const struct bobolink_object *other);

#endif
