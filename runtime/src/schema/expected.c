/*
 * Expected schemas: the deltas of the applied migrations and repeatables, folded.
 *
 * All lines of all deltas are sorted by object and then by version, repeatables last. What stands last about an object tells
 * what it is; what stands before tells whether that is sure.
 */
#include "expected.h"

#include <stdlib.h>
#include <string.h>

#include "../error.h"
#include "../operate/script.h"
#include "delta.h"
#include "outdated.h"

struct fold {
	const struct bobolink_set *set;
	const struct bobolink_allocator *allocator;
	const struct bl_said *said;
	struct bl_pool pool;
	struct bl_change *changes;
	uint32_t count;
	uint32_t capacity;
	struct bl_groups known; /* of one object each, in order */
	struct bl_groups unsure;
	uint32_t *origins; /* of `known` */
	bool halfway;
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

static uint32_t count_repeatables(const struct bobolink_set *set)
{
	return set->scripts ? set->scripts->repeatable_count : 0;
}

uint32_t bl_expected_parts(const struct bobolink_set *set)
{
	return set->migration_count + count_repeatables(set);
}

static const char *delta_of(const struct bobolink_set *set, uint32_t index)
{
	const struct bobolink_scripts *scripts = set->scripts;
	uint32_t script;

	if (index < set->migration_count)
		return bl_set_text(set, index, set->migrations[index].delta);
	script = index - set->migration_count + scripts->fix_count;
	if (!scripts->items[script].delta)
		return "";
	return scripts->chunks[script / BOBOLINK_CHUNK_SIZE].text + scripts->items[script].delta;
}

bool bl_expected_has_deltas(const struct bobolink_set *set)
{
	bool any = set->validate != NULL;

	for (uint32_t i = 0; i < set->migration_count && !any; i++)
		any = *delta_of(set, i) != '\0';
	return any;
}

/* Behind the last migration of which the database has something; 0: it has nothing. */
static uint32_t end_of(const struct fold *fold)
{
	uint32_t end = fold->set->migration_count;

	while (end && fold->said[end - 1].part == BL_PART_NONE)
		end--;
	return end;
}

static bool is_complete(const struct fold *fold)
{
	for (uint32_t i = 0; i < fold->set->migration_count; i++) {
		if (fold->said[i].part != BL_PART_APPLIED)
			return false;
	}
	return true;
}

static bool is_empty(const struct fold *fold)
{
	for (uint32_t i = 0; i < bl_expected_parts(fold->set); i++) {
		bool repeatable = i >= fold->set->migration_count;

		if (fold->said[i].part == BL_PART_APPLIED ||
		    (!repeatable && fold->said[i].part == BL_PART_HALFWAY))
			return false;
	}
	return true;
}

static int add_lines(struct fold *fold, const char *text, uint32_t index,
		     struct bobolink_error *error)
{
	struct bl_delta_reader reader = { &fold->pool, text, 0 };

	while (*reader.rest) {
		struct bl_change *grown =
			bl_memory_grow(fold->allocator, fold->changes, fold->count, &fold->capacity,
				       sizeof(*grown));
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

/* Of a schema that holds what all of them made, nothing is known about what one touches that did not run. */
static int add_repeatables(struct fold *fold, bool all, struct bobolink_error *error)
{
	int rc = BOBOLINK_OK;

	for (uint32_t i = fold->set->migration_count;
	     i < bl_expected_parts(fold->set) && rc == BOBOLINK_OK; i++) {
		if (all || fold->said[i].part != BL_PART_NONE)
			rc = add_lines(fold, delta_of(fold->set, i), i, error);
	}
	return rc;
}

static int add_all(struct fold *fold, struct bobolink_error *error)
{
	bool deltas = bl_expected_has_deltas(fold->set);
	/* What repeatables stand on may be changed by those that are still to come. */
	uint32_t end = fold->set->scripts ? fold->set->migration_count : end_of(fold);
	int rc = BOBOLINK_OK;

	if (is_empty(fold) && !(deltas && fold->set->schema))
		return BOBOLINK_OK;
	if (!fold->set->schema)
		return not_known(fold->set, error);
	if (!deltas) {
		rc = is_complete(fold) ? add_lines(fold, fold->set->schema, BL_SET_NONE, error)
				       : not_known(fold->set, error);
		return rc ? rc : add_repeatables(fold, true, error);
	}
	for (uint32_t i = 0; i < end && rc == BOBOLINK_OK; i++)
		rc = add_lines(fold, delta_of(fold->set, i), i, error);
	return rc ? rc : add_repeatables(fold, false, error);
}

/* The lines of a whole schema, BL_SET_NONE, come first. */
static int change_order(const void *one, const void *other)
{
	const struct bl_change *a = one;
	const struct bl_change *b = other;
	int order = bl_object_order(&a->line.object, &b->line.object);

	return order ? order : (a->index + 1 > b->index + 1) - (a->index + 1 < b->index + 1);
}

static int part_of(const struct fold *fold, const struct bl_change *change)
{
	int part;

	if (change->index == BL_SET_NONE)
		return BL_PART_APPLIED;
	part = fold->said[change->index].part;
	return change->index >= fold->set->migration_count && part != BL_PART_APPLIED
		       ? BL_PART_HALFWAY
		       : part;
}

static int leave_out(struct fold *fold, const struct bl_change *change)
{
	return bl_groups_add(&fold->unsure, fold->allocator,
			     bl_group_copy(fold->allocator, &change->line.object), 0);
}

/*
 * The changes of one object. An applied one behind one that is not applied was taken from another object than the one that it
 * found here.
 */
static int decide(struct fold *fold, const struct bl_change *changes, uint32_t count)
{
	const struct bl_change *last = NULL;
	bool hole = false;
	bool unsure = false;

	for (uint32_t i = 0; i < count; i++) {
		int part = part_of(fold, &changes[i]);

		hole = hole || part == BL_PART_NONE;
		unsure = unsure || part == BL_PART_HALFWAY || (part == BL_PART_APPLIED && hole);
		fold->halfway |= unsure && changes[i].index < fold->set->migration_count;
		if (part == BL_PART_APPLIED)
			last = &changes[i];
	}
	if (unsure)
		return leave_out(fold, &changes[0]);
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
		const struct bl_change *first = &fold->changes[i];
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
	expected->halfway = fold->halfway;
	fold->origins = NULL;
	if (!expected->inventory || !expected->unsure)
		return no_memory(error);
	return bl_outdated_find(fold->set, fold->said, fold->changes, fold->count, fold->allocator,
				expected, error);
}

int bl_expected_make(const struct bobolink_set *set, const struct bl_said *said,
		     const struct bobolink_allocator *allocator, struct bl_expected *expected,
		     struct bobolink_error *error)
{
	struct fold fold = { .set = set, .allocator = allocator, .said = said };
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
	bl_memory_release(allocator, expected->trust);
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

static int trust_of(const struct bl_expected *expected, const struct bobolink_object *object)
{
	uint32_t place = expected->trust ? place_of(expected->inventory, object)
					 : expected->inventory->object_count;

	return place < expected->inventory->object_count ? expected->trust[place] : BL_TRUST_ALL;
}

bool bl_expected_is_unsure(const struct bl_expected *expected, const struct bobolink_object *object)
{
	return place_of(expected->unsure, object) < expected->unsure->object_count ||
	       trust_of(expected, object) == BL_TRUST_NONE;
}

bool bl_expected_may_differ(const struct bl_expected *expected,
			    const struct bobolink_object *object)
{
	return trust_of(expected, object) != BL_TRUST_ALL;
}

struct bl_origin bl_expected_source(const struct bobolink_set *set, uint32_t origin,
				    struct bl_pool *pool)
{
	char name[BL_SCRIPT_NAME_SIZE];

	if (origin == BL_SET_NONE)
		return (struct bl_origin){ -1, "" };
	if (origin < set->migration_count)
		return (struct bl_origin){ set->migrations[origin].version,
					   bl_set_name(set, origin) };
	bl_script_name(set->scripts, origin - set->migration_count + set->scripts->fix_count, name,
		       sizeof(name));
	return (struct bl_origin){ -1, bl_pool_copy(pool, name, strlen(name)) };
}

int bl_expected_at(const struct bobolink_set *set, int64_t version, int repeatables,
		   const struct bobolink_allocator *allocator, struct bl_expected *expected,
		   struct bobolink_error *error)
{
	uint32_t index = bl_set_find(set, version);
	struct bl_said *said;
	int rc;

	memset(expected, 0, sizeof(*expected));
	if (index == BL_SET_NONE)
		return not_known(set, error);
	said = bl_memory_alloc(allocator, bl_expected_parts(set), sizeof(*said));
	if (!said)
		return no_memory(error);
	for (uint32_t i = 0; i <= index; i++)
		said[i].part = BL_PART_APPLIED;
	for (uint32_t i = set->migration_count; i < bl_expected_parts(set); i++)
		said[i].part = (uint8_t)repeatables;
	rc = bl_expected_make(set, said, allocator, expected, error);
	bl_memory_release(allocator, said);
	return rc;
}

int bobolink_schema_expected(const struct bobolink_set *set, int64_t version,
			     const struct bobolink_allocator *allocator,
			     struct bobolink_inventory **inventory, struct bobolink_error *error)
{
	struct bobolink_allocator own = allocator ? *allocator : bl_memory_default();
	struct bl_expected expected;
	int rc;

	bl_error_clear(error);
	rc = bl_expected_at(set, version, BL_PART_NONE, &own, &expected, error);
	*inventory = rc ? NULL : expected.inventory;
	if (rc == BOBOLINK_OK)
		expected.inventory = NULL;
	bl_expected_release(&expected, &own);
	return rc;
}
