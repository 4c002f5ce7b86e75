/*
 * Inventories: the sorted lists of objects, made of shared groups, and their one comparison.
 */
#include "inventory.h"

#include <stdlib.h>
#include <string.h>

#include "../error.h"
#include "postgres_read.h"
#include "postgres_text.h"
#include "reference.h"
#include "sqlite_read.h"

typedef const struct bobolink_object *object_pointer;

/* Objects that one inventory has and another one has not, in order. */
struct objects {
	object_pointer *items;
	uint32_t count;
};

static int pointer_order(const void *one, const void *other)
{
	return bl_object_order(*(const object_pointer *)one, *(const object_pointer *)other);
}

static bool grow(struct bl_groups *groups, const struct bobolink_allocator *allocator)
{
	uint32_t capacity = groups->capacity;
	struct bl_group **items =
		bl_memory_grow(allocator, groups->items, groups->count, &capacity, sizeof(*items));
	int64_t *places;

	if (!items)
		return false;
	groups->items = items;
	capacity = groups->capacity;
	places = bl_memory_grow(allocator, groups->places, groups->count, &capacity,
				sizeof(*places));
	if (!places)
		return false;
	groups->places = places;
	groups->capacity = capacity;
	return true;
}

int bl_groups_add(struct bl_groups *groups, const struct bobolink_allocator *allocator,
		  struct bl_group *group, int64_t place)
{
	if (!group || !grow(groups, allocator)) {
		bl_group_release(group);
		return BOBOLINK_NO_MEMORY;
	}
	groups->places[groups->count] = place;
	groups->items[groups->count++] = group;
	return BOBOLINK_OK;
}

int bl_groups_share(struct bl_groups *groups, const struct bobolink_allocator *allocator,
		    const struct bobolink_inventory *from)
{
	uint32_t count = from->group_count;

	groups->items = bl_memory_alloc(allocator, count, sizeof(*groups->items));
	groups->places = bl_memory_alloc(allocator, count, sizeof(*groups->places));
	if (!groups->items || !groups->places)
		return BOBOLINK_NO_MEMORY;
	groups->capacity = count;
	for (uint32_t i = 0; i < count; i++) {
		if (from->groups[i]->mark)
			continue;
		from->groups[i]->references++;
		groups->places[groups->count] = from->places[i];
		groups->items[groups->count++] = from->groups[i];
	}
	return BOBOLINK_OK;
}

void bl_groups_release(struct bl_groups *groups, const struct bobolink_allocator *allocator)
{
	for (uint32_t i = 0; i < groups->count; i++)
		bl_group_release(groups->items[i]);
	bl_memory_release(allocator, groups->items);
	bl_memory_release(allocator, groups->places);
	*groups = (struct bl_groups){ NULL, NULL, 0, 0 };
}

/* Adds the objects of a group, or only counts them while there is no room for them. */
static void add_objects(struct objects *objects, const struct bl_group *group)
{
	for (uint32_t i = 0; objects->items && i < group->count; i++)
		objects->items[objects->count + i] = &group->objects[i];
	objects->count += group->count;
}

/*
 * Which groups are only in the earlier list and which only in the later one. Both ascend by place; a
 * group that moved counts as gone and added.
 */
static void divide(const struct bobolink_inventory *before, const struct bobolink_inventory *after,
		   struct objects *gone, struct objects *added)
{
	uint32_t count = before ? before->group_count : 0;
	uint32_t i = 0;
	uint32_t j = 0;

	while (i < count || j < after->group_count) {
		bool more_before = i < count;
		bool more_after = j < after->group_count;

		/* Most are shared and stand side by side. */
		if (more_before && more_after && before->groups[i] == after->groups[j]) {
			i++;
			j++;
		} else if (more_before && (!more_after || before->places[i] <= after->places[j])) {
			add_objects(gone, before->groups[i++]);
		} else {
			add_objects(added, after->groups[j++]);
		}
	}
}

static int make_room(const struct bobolink_allocator *allocator, struct objects *objects)
{
	objects->items = bl_memory_alloc(allocator, objects->count, sizeof(*objects->items));
	objects->count = 0;
	return objects->items ? BOBOLINK_OK : BOBOLINK_NO_MEMORY;
}

static void sort(struct objects *objects)
{
	if (objects->count)
		qsort(objects->items, objects->count, sizeof(*objects->items), pointer_order);
}

/* The first place in `items` that does not come before `object`. */
static uint32_t place_of(const object_pointer *items, uint32_t count,
			 const struct bobolink_object *object)
{
	uint32_t low = 0;
	uint32_t high = count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (bl_object_order(items[middle], object) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Copies runs of the earlier list, leaving out what is gone and putting in what is new. */
static void merge(const object_pointer *before, uint32_t count, const struct objects *gone,
		  const struct objects *added, struct bobolink_inventory *out)
{
	uint32_t from = 0;
	uint32_t i = 0;
	uint32_t j = 0;

	while (i < gone->count || j < added->count) {
		bool drop =
			j == added->count ||
			(i < gone->count && bl_object_order(gone->items[i], added->items[j]) <= 0);
		const struct bobolink_object *next = drop ? gone->items[i] : added->items[j];
		uint32_t run = place_of(before + from, count - from, next);

		memcpy(out->objects + out->object_count, before + from,
		       run * sizeof(object_pointer));
		out->object_count += run;
		from += run;
		if (drop) {
			from++;
			i++;
		} else {
			out->objects[out->object_count++] = next;
			j++;
		}
	}
	memcpy(out->objects + out->object_count, before + from,
	       (count - from) * sizeof(object_pointer));
	out->object_count += count - from;
}

static int order_objects(const struct bobolink_inventory *previous, struct bobolink_inventory *out)
{
	static const object_pointer none[1] = { NULL };
	uint32_t count = previous ? previous->object_count : 0;
	struct objects gone = { NULL, 0 };
	struct objects added = { NULL, 0 };
	int rc;

	divide(previous, out, &gone, &added);
	out->objects = bl_memory_alloc(&out->allocator, count - gone.count + added.count,
				       sizeof(*out->objects));
	rc = out->objects ? make_room(&out->allocator, &gone) : BOBOLINK_NO_MEMORY;
	if (rc == BOBOLINK_OK)
		rc = make_room(&out->allocator, &added);
	if (rc == BOBOLINK_OK) {
		divide(previous, out, &gone, &added);
		sort(&gone);
		sort(&added);
		merge(previous ? previous->objects : none, count, &gone, &added, out);
	}
	bl_memory_release(&out->allocator, gone.items);
	bl_memory_release(&out->allocator, added.items);
	return rc;
}

struct bobolink_inventory *bl_inventory_make(const struct bobolink_allocator *allocator,
					     const struct bobolink_inventory *previous,
					     struct bl_groups *groups)
{
	struct bobolink_inventory *made = bl_memory_alloc(allocator, 1, sizeof(*made));

	if (!made)
		return NULL;
	made->allocator = *allocator;
	made->groups = groups->items;
	made->places = groups->places;
	made->group_count = groups->count;
	if (order_objects(previous, made)) {
		bl_memory_release(allocator, made->objects);
		bl_memory_release(allocator, made);
		return NULL;
	}
	*groups = (struct bl_groups){ NULL, NULL, 0, 0 };
	return made;
}

void bobolink_inventory_free(struct bobolink_inventory *inventory)
{
	struct bobolink_allocator allocator;

	if (!inventory)
		return;
	allocator = inventory->allocator;
	for (uint32_t i = 0; i < inventory->group_count; i++)
		bl_group_release(inventory->groups[i]);
	bl_memory_release(&allocator, inventory->groups);
	bl_memory_release(&allocator, inventory->places);
	bl_memory_release(&allocator, inventory->objects);
	bl_memory_release(&allocator, inventory);
}

uint32_t bl_inventory_place(const struct bobolink_inventory *inventory,
			    const struct bobolink_object *object)
{
	return place_of(inventory->objects, inventory->object_count, object);
}

uint32_t bobolink_inventory_count(const struct bobolink_inventory *inventory)
{
	return inventory->object_count;
}

const struct bobolink_object *bobolink_inventory_object(const struct bobolink_inventory *inventory,
							uint32_t index)
{
	return index < inventory->object_count ? inventory->objects[index] : NULL;
}

const struct bobolink_object *bobolink_inventory_find(const struct bobolink_inventory *inventory,
						      int32_t kind, const char *schema,
						      const char *parent, const char *name)
{
	const struct bobolink_object wanted = {
		.kind = kind, .schema = schema, .parent = parent, .name = name
	};
	const struct bobolink_object *found =
		bobolink_inventory_object(inventory, bl_inventory_place(inventory, &wanted));

	return found && bl_object_order(found, &wanted) == 0 ? found : NULL;
}

/* Which of two objects comes first; one that is missing comes last. */
static int next_order(const struct bobolink_object *one, const struct bobolink_object *other)
{
	if (!one || !other)
		return one ? -1 : 1;
	return bl_object_order(one, other);
}

static bool is_same(const struct bobolink_inventory *before, const struct bobolink_object *old,
		    const struct bobolink_inventory *after, const struct bobolink_object *new)
{
	if (bl_postgres_same(old->definition, new->definition))
		return true;
	return old->kind == BOBOLINK_OBJECT_FOREIGN_KEY &&
	       bl_reference_same(before, old, after, new);
}

int bobolink_inventory_compare(const struct bobolink_inventory *before,
			       const struct bobolink_inventory *after,
			       bobolink_difference_fn *difference, void *context)
{
	uint32_t before_count = before ? before->object_count : 0;
	uint32_t after_count = after ? after->object_count : 0;
	uint32_t i = 0;
	uint32_t j = 0;
	int rc = 0;

	while (rc == 0) {
		const struct bobolink_object *old;
		const struct bobolink_object *new;
		int order;

		/* What both share is the same object. */
		while (i < before_count && j < after_count &&
		       before->objects[i] == after->objects[j]) {
			i++;
			j++;
		}
		if (i == before_count && j == after_count)
			break;
		old = i < before_count ? before->objects[i] : NULL;
		new = j < after_count ? after->objects[j] : NULL;
		order = next_order(old, new);
		i += order <= 0;
		j += order >= 0;
		if (order)
			rc = difference(context, order < 0 ? old : NULL, order > 0 ? new : NULL);
		else if (!is_same(before, old, after, new))
			rc = difference(context, old, new);
	}
	return rc;
}

int bobolink_inventory_read(const struct bobolink_backend *backend,
			    struct bobolink_connection *connection,
			    const struct bobolink_allocator *allocator,
			    const struct bobolink_inventory *previous,
			    struct bobolink_inventory **inventory, struct bobolink_error *error)
{
	struct bobolink_allocator own = allocator ? *allocator : bl_memory_default();

	*inventory = NULL;
	bl_error_clear(error);
	if (backend->dialect == BOBOLINK_DIALECT_POSTGRES)
		return bl_postgres_read(backend, connection, &own, previous, inventory, error);
	return bl_sqlite_read(backend, connection, &own, previous, inventory, error);
}

int bobolink_inventory_follow(const struct bobolink_backend *backend,
			      struct bobolink_connection *connection,
			      const struct bobolink_allocator *allocator,
			      const struct bobolink_inventory *previous,
			      const struct bobolink_object *dropped, uint32_t dropped_count,
			      struct bobolink_inventory **inventory, struct bobolink_error *error)
{
	struct bobolink_allocator own = allocator ? *allocator : bl_memory_default();

	if (backend->dialect == BOBOLINK_DIALECT_POSTGRES)
		return bobolink_inventory_read(backend, connection, allocator, previous, inventory,
					       error);
	*inventory = NULL;
	bl_error_clear(error);
	return bl_sqlite_follow(backend, connection, &own, previous, dropped, dropped_count,
				inventory, error);
}
