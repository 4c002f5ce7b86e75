/*
 * Expected schemas: the deltas of the applied migrations, folded.
 *
 * All lines of all deltas are sorted by object and then by version. What stands last about an object tells what it is;
 * what stands before tells whether that is sure.
 */
#include "expected.h"

#include <stdlib.h>
#include <string.h>

#include "../error.h"
#include "delta.h"

/* A line of the delta of migration `index`. */
struct change {
	struct bl_delta_line line;
	uint32_t index;
};

struct fold {
	const struct bobolink_set *set;
	const struct bobolink_allocator *allocator;
	const uint8_t *parts;
	struct bl_pool pool;
	struct change *changes;
	uint32_t count;
	uint32_t capacity;
	struct bl_groups known; /* of one object each, in order */
	struct bl_groups unsure;
	uint32_t *origins; /* of `known` */
};

static int no_memory(struct bobolink_error *error)
{
	return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
}

static int not_known(const struct bobolink_set *set, struct bobolink_error *error)
{
	return bl_error_set(error, BOBOLINK_USAGE,
			    "what the schema of %s should be is not known at this version: compile "
			    "the set with EMBED DELTAS and a shadow database",
			    set->name);
}

static const char *delta_of(const struct bobolink_set *set, uint32_t index)
{
	return bl_set_text(set, index, set->migrations[index].delta);
}

bool bl_expected_has_deltas(const struct bobolink_set *set)
{
	bool any = set->validate != NULL;

	for (uint32_t i = 0; i < set->migration_count && !any; i++)
		any = *delta_of(set, i) != '\0';
	return any;
}

/* Behind the last migration of which the database has something; 0: it has nothing. */
static uint32_t end_of(const struct bobolink_set *set, const uint8_t *parts)
{
	uint32_t end = set->migration_count;

	while (end && parts[end - 1] == BL_PART_NONE)
		end--;
	return end;
}

static bool is_complete(const struct bobolink_set *set, const uint8_t *parts)
{
	for (uint32_t i = 0; i < set->migration_count; i++) {
		if (parts[i] != BL_PART_APPLIED)
			return false;
	}
	return true;
}

static int add_lines(struct fold *fold, const char *text, uint32_t index,
		     struct bobolink_error *error)
{
	struct bl_delta_reader reader = { &fold->pool, text, 0 };

	while (*reader.rest) {
		struct change *grown = bl_memory_grow(fold->allocator, fold->changes, fold->count,
						      &fold->capacity, sizeof(*grown));
		int rc;

		if (!grown)
			return no_memory(error);
		fold->changes = grown;
		grown[fold->count].index = index;
		rc = bl_delta_next(&reader, &grown[fold->count].line, error);
		if (rc)
			return rc;
		fold->count++;
	}
	return BOBOLINK_OK;
}

static int add_all(struct fold *fold, struct bobolink_error *error)
{
	uint32_t end = end_of(fold->set, fold->parts);
	int rc = BOBOLINK_OK;

	if (end == 0)
		return BOBOLINK_OK;
	if (!fold->set->schema)
		return not_known(fold->set, error);
	if (!bl_expected_has_deltas(fold->set))
		return is_complete(fold->set, fold->parts)
			       ? add_lines(fold, fold->set->schema, BL_SET_NONE, error)
			       : not_known(fold->set, error);
	for (uint32_t i = 0; i < end && rc == BOBOLINK_OK; i++)
		rc = add_lines(fold, delta_of(fold->set, i), i, error);
	return rc;
}

static int change_order(const void *one, const void *other)
{
	const struct change *a = one;
	const struct change *b = other;
	int order = bl_object_order(&a->line.object, &b->line.object);

	return order ? order : (a->index > b->index) - (a->index < b->index);
}

static int part_of(const struct fold *fold, const struct change *change)
{
	return change->index == BL_SET_NONE ? BL_PART_APPLIED : fold->parts[change->index];
}

/*
 * The changes of one object. An applied one behind one that is not applied was taken from another object than the one that it
 * found here.
 */
static int decide(struct fold *fold, const struct change *changes, uint32_t count)
{
	const struct change *last = NULL;
	bool hole = false;
	bool unsure = false;

	for (uint32_t i = 0; i < count; i++) {
		int part = part_of(fold, &changes[i]);

		hole = hole || part == BL_PART_NONE;
		unsure = unsure || part == BL_PART_HALFWAY || (part == BL_PART_APPLIED && hole);
		if (part == BL_PART_APPLIED)
			last = &changes[i];
	}
	if (unsure)
		return bl_groups_add(&fold->unsure, fold->allocator,
				     bl_group_copy(fold->allocator, &changes[0].line.object), 0);
	if (!last || last->line.mark == '-')
		return BOBOLINK_OK;
	fold->origins[fold->known.count] = last->index;
	return bl_groups_add(&fold->known, fold->allocator,
			     bl_group_copy(fold->allocator, &last->line.object), 0);
}

static int decide_all(struct fold *fold)
{
	uint32_t i = 0;
	int rc = BOBOLINK_OK;

	if (fold->count)
		qsort(fold->changes, fold->count, sizeof(*fold->changes), change_order);
	fold->origins = bl_memory_alloc(fold->allocator, fold->count, sizeof(*fold->origins));
	if (!fold->origins)
		return BOBOLINK_NO_MEMORY;
	while (i < fold->count && rc == BOBOLINK_OK) {
		const struct change *first = &fold->changes[i];
		uint32_t end = i + 1;

		while (end < fold->count &&
		       bl_object_order(&first->line.object, &fold->changes[end].line.object) == 0)
			end++;
		rc = decide(fold, first, end - i);
		i = end;
	}
	return rc;
}

static int make(struct fold *fold, struct bl_expected *expected, struct bobolink_error *error)
{
	int rc = add_all(fold, error);

	if (rc)
		return rc;
	if (decide_all(fold))
		return no_memory(error);
	expected->inventory = bl_inventory_make(fold->allocator, NULL, &fold->known);
	expected->unsure = bl_inventory_make(fold->allocator, NULL, &fold->unsure);
	expected->origins = fold->origins;
	fold->origins = NULL;
	return expected->inventory && expected->unsure ? BOBOLINK_OK : no_memory(error);
}

int bl_expected_make(const struct bobolink_set *set, const uint8_t *parts,
		     const struct bobolink_allocator *allocator, struct bl_expected *expected,
		     struct bobolink_error *error)
{
	struct fold fold = { .set = set, .allocator = allocator, .parts = parts };
	int rc;

	memset(expected, 0, sizeof(*expected));
	bl_pool_init(&fold.pool, allocator);
	rc = make(&fold, expected, error);
	bl_groups_release(&fold.known, allocator);
	bl_groups_release(&fold.unsure, allocator);
	bl_memory_release(allocator, fold.origins);
	bl_memory_release(allocator, fold.changes);
	bl_pool_release(&fold.pool);
	return rc;
}

void bl_expected_release(struct bl_expected *expected, const struct bobolink_allocator *allocator)
{
	bobolink_inventory_free(expected->inventory);
	bobolink_inventory_free(expected->unsure);
	bl_memory_release(allocator, expected->origins);
	memset(expected, 0, sizeof(*expected));
}

/* The place of an object of the same kind, parent and name; the count when there is none. */
static uint32_t place_of(const struct bobolink_inventory *inventory,
			 const struct bobolink_object *object)
{
	uint32_t place = bl_inventory_place(inventory, object);
	const struct bobolink_object *found = bobolink_inventory_object(inventory, place);

	return found && bl_object_order(found, object) == 0 ? place : inventory->object_count;
}

uint32_t bl_expected_origin(const struct bl_expected *expected,
			    const struct bobolink_object *object)
{
	uint32_t place = place_of(expected->inventory, object);

	return place < expected->inventory->object_count ? expected->origins[place] : BL_SET_NONE;
}

bool bl_expected_has(const struct bl_expected *expected, const struct bobolink_object *object)
{
	return place_of(expected->inventory, object) < expected->inventory->object_count;
}

bool bl_expected_is_unsure(const struct bl_expected *expected, const struct bobolink_object *object)
{
	return place_of(expected->unsure, object) < expected->unsure->object_count;
}

int bobolink_schema_expected(const struct bobolink_set *set, int64_t version,
			     const struct bobolink_allocator *allocator,
			     struct bobolink_inventory **inventory, struct bobolink_error *error)
{
	struct bobolink_allocator own = allocator ? *allocator : bl_memory_default();
	uint32_t index = bl_set_find(set, version);
	struct bl_expected expected;
	uint8_t *parts;
	int rc;

	*inventory = NULL;
	bl_error_clear(error);
	if (index == BL_SET_NONE)
		return not_known(set, error);
	parts = bl_memory_alloc(&own, set->migration_count, sizeof(*parts));
	if (!parts)
		return no_memory(error);
	memset(parts, BL_PART_APPLIED, (size_t)index + 1);
	rc = bl_expected_make(set, parts, &own, &expected, error);
	if (rc == BOBOLINK_OK) {
		*inventory = expected.inventory;
		expected.inventory = NULL;
	}
	bl_expected_release(&expected, &own);
	bl_memory_release(&own, parts);
	return rc;
}
