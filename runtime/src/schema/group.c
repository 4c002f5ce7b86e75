/*
 * Groups: built in a pool, packed into one allocation.
 */
#include "group.h"

#include <stdlib.h>
#include <string.h>

static const char *root_of(const struct bobolink_object *object)
{
	return object->parent[0] ? object->parent : object->name;
}

int bl_object_place_order(const struct bobolink_object *one, const struct bobolink_object *other)
{
	int order = strcmp(one->schema, other->schema);

	return order ? order : strcmp(root_of(one), root_of(other));
}

int bl_object_order(const struct bobolink_object *one, const struct bobolink_object *other)
{
	int order = bl_object_place_order(one, other);

	if (order == 0)
		order = (one->kind > other->kind) - (one->kind < other->kind);
	return order ? order : strcmp(one->name, other->name);
}

/* Objects of one name are told apart by definition, so that the order of a text does not matter. */
static int build_order(const void *one, const void *other)
{
	const struct bobolink_object *a = one;
	const struct bobolink_object *b = other;
	int order = bl_object_order(a, b);

	return order ? order : strcmp(a->definition, b->definition);
}

void bl_group_builder_init(struct bl_group_builder *builder,
			   const struct bobolink_allocator *allocator)
{
	memset(builder, 0, sizeof(*builder));
	bl_pool_init(&builder->pool, allocator);
}

void bl_group_builder_release(struct bl_group_builder *builder)
{
	bl_memory_release(builder->pool.allocator, builder->objects);
	bl_pool_release(&builder->pool);
}

void bl_group_add_object(struct bl_group_builder *builder, const struct bobolink_object *object)
{
	struct bobolink_object *grown =
		bl_memory_grow(builder->pool.allocator, builder->objects, builder->count,
			       &builder->capacity, sizeof(*grown));

	if (!grown) {
		builder->failed = true;
		return;
	}
	builder->objects = grown;
	grown[builder->count++] = *object;
}

void bl_group_add(struct bl_group_builder *builder, int32_t kind, const char *parent,
		  const char *name, const char *definition, const char *sql)
{
	const struct bobolink_object object = { .kind = kind,
						.schema = "",
						.parent = parent,
						.name = name,
						.definition = definition,
						.sql = sql };

	bl_group_add_object(builder, &object);
}

static void tell_apart(struct bl_group_builder *builder)
{
	uint32_t first = 0;

	for (uint32_t i = 1; i < builder->count; i++) {
		struct bobolink_object *object = &builder->objects[i];

		if (bl_object_order(&builder->objects[first], object) != 0)
			first = i;
		else
			object->name = bl_pool_format(&builder->pool, "%s#%u", object->name,
						      (unsigned)(i - first + 1));
	}
	if (builder->count)
		qsort(builder->objects, builder->count, sizeof(*builder->objects), build_order);
}

static size_t strings_of(const struct bobolink_object *object)
{
	return strlen(object->schema) + strlen(object->parent) + strlen(object->name) +
	       strlen(object->definition) + strlen(object->sql) + 5;
}

static const char *put(char **at, const char *text)
{
	size_t size = strlen(text) + 1;
	char *place = *at;

	memcpy(place, text, size);
	*at += size;
	return place;
}

static struct bl_group *pack(const struct bobolink_allocator *allocator,
			     const struct bobolink_object *objects, uint32_t count)
{
	size_t head = sizeof(struct bl_group) + count * sizeof(struct bobolink_object);
	size_t size = head;
	struct bl_group *group;
	char *at;

	for (uint32_t i = 0; i < count; i++)
		size += strings_of(&objects[i]);
	group = bl_memory_alloc(allocator, 1, size);
	if (!group)
		return NULL;
	group->allocator = *allocator;
	group->references = 1;
	group->count = count;
	at = (char *)group + head;
	for (uint32_t i = 0; i < count; i++)
		group->objects[i] =
			(struct bobolink_object){ .kind = objects[i].kind,
						  .schema = put(&at, objects[i].schema),
						  .parent = put(&at, objects[i].parent),
						  .name = put(&at, objects[i].name),
						  .definition = put(&at, objects[i].definition),
						  .sql = put(&at, objects[i].sql) };
	return group;
}

struct bl_group *bl_group_pack(struct bl_group_builder *builder)
{
	if (builder->count)
		qsort(builder->objects, builder->count, sizeof(*builder->objects), build_order);
	tell_apart(builder);
	if (builder->failed || builder->pool.failed)
		return NULL;
	return pack(builder->pool.allocator, builder->objects, builder->count);
}

struct bl_group *bl_group_copy(const struct bobolink_allocator *allocator,
			       const struct bobolink_object *object)
{
	return pack(allocator, object, 1);
}

int bl_group_order(const struct bl_group *one, const struct bl_group *other)
{
	return bl_object_place_order(&one->objects[0], &other->objects[0]);
}

static bool same_object(const struct bobolink_object *one, const struct bobolink_object *other)
{
	return bl_object_order(one, other) == 0 && strcmp(one->parent, other->parent) == 0 &&
	       strcmp(one->definition, other->definition) == 0 && strcmp(one->sql, other->sql) == 0;
}

bool bl_group_same(const struct bl_group *one, const struct bl_group *other)
{
	bool same = one->count == other->count;

	for (uint32_t i = 0; same && i < one->count; i++)
		same = same_object(&one->objects[i], &other->objects[i]);
	return same;
}

struct bl_group *bl_group_of(const struct bobolink_object *first)
{
	return (struct bl_group *)((char *)(uintptr_t)first - offsetof(struct bl_group, objects));
}

void bl_group_release(struct bl_group *group)
{
	struct bobolink_allocator allocator;

	if (!group || --group->references)
		return;
	allocator = group->allocator;
	bl_memory_release(&allocator, group);
}
