/*
 * Reapply: which of the newest migrations the history has and the database has not.
 *
 * The lines of all deltas, sorted by object and then by migration, tell what an object was between any two
 * migrations. A run that begins with migration k is as if it had never been when each object that it touches is
 * what it was before k. Objects touched are counted against every k that they speak against, as the ends of intervals.
 */
#include <stdlib.h>
#include <string.h>

#include "../error.h"
#include "../set.h"
#include "delta.h"
#include "ignore.h"
#include "postgres_text.h"
#include "repair.h"

struct touch {
	struct bl_delta_line line;
	uint32_t index; /* of the migration */
};

struct search {
	const struct bl_drift *drift;
	const struct bobolink_set *set;
	struct bl_pool pool;
	struct touch *touches;
	uint32_t count;
	uint32_t capacity;
	const struct bl_plan_item **items; /* of each migration of the set; NULL for none */
	uint32_t end;			   /* behind the newest applied migration */
	int32_t *
		against; /* objects that begin, less those that end, to speak against a run from here */
	bool *lost; /* a table or column that this migration speaks of is not what it should be */
};

static int no_memory(struct bobolink_error *error)
{
	return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
}

static void take_items(struct search *search)
{
	const struct bl_plan *plan = &search->drift->view.plan;

	for (uint32_t i = 0; i < plan->count; i++) {
		if (plan->items[i].index != BL_SET_NONE)
			search->items[plan->items[i].index] = &plan->items[i];
	}
}

static bool is_applied(const struct bl_plan_item *item)
{
	return item && item->row &&
	       (item->row->status == BL_STATUS_APPLIED || item->row->status == BL_STATUS_BASELINE);
}

static uint32_t end_of(const struct search *search)
{
	uint32_t end = search->set->migration_count;

	while (end && !is_applied(search->items[end - 1]))
		end--;
	return end;
}

/* Whether it may be applied again: this very text was, and what it can destroy is nothing. */
static bool may_repeat(const struct search *search, uint32_t index)
{
	const struct bl_plan_item *item = search->items[index];

	return item && item->row && item->row->status == BL_STATUS_APPLIED &&
	       item->state == BOBOLINK_STATE_APPLIED && !search->set->migrations[index].up.losses;
}

static int add_touches(struct search *search, uint32_t index, struct bobolink_error *error)
{
	struct bl_delta_reader reader = {
		&search->pool,
		bl_set_text(search->set, index, search->set->migrations[index].delta),
		0,
	};

	while (*reader.rest) {
		struct touch *grown =
			bl_memory_grow(&search->drift->allocator, search->touches, search->count,
				       &search->capacity, sizeof(*grown));
		int rc;

		if (!grown)
			return no_memory(error);
		search->touches = grown;
		grown[search->count].index = index;
		rc = bl_delta_next(&reader, &grown[search->count].line, error);
		if (rc)
			return rc;
		search->count++;
	}
	return BOBOLINK_OK;
}

static int touch_order(const void *one, const void *other)
{
	const struct touch *a = one;
	const struct touch *b = other;
	int order = bl_object_order(&a->line.object, &b->line.object);

	return order ? order : (a->index > b->index) - (a->index < b->index);
}

/* Whether an object is what this line left; NULL: what it was before all of them. */
static bool is_as_left(const struct bobolink_object *actual, const struct touch *touch)
{
	if (!touch || touch->line.mark == '-')
		return !actual;
	return actual && bl_postgres_same(actual->definition, touch->line.object.definition);
}

/*
 * What somebody drops by the way, an index, a view, is made again like anything else: statements of its migration
 * that write data should not run a second time for it. Without its tables and columns a migration is gone.
 */
static bool holds_data(const struct bobolink_object *object)
{
	return object->kind == BOBOLINK_OBJECT_TABLE || object->kind == BOBOLINK_OBJECT_COLUMN ||
	       object->kind == BOBOLINK_OBJECT_VIRTUAL_TABLE ||
	       object->kind == BOBOLINK_OBJECT_SCHEMA;
}

/* A column that is gone with its table says nothing of the migration that added it. */
static bool is_lost(const struct search *search, const struct touch *last)
{
	const struct bobolink_object *object = &last->line.object;

	if (!holds_data(object) || is_as_left(bl_mend_find(search->drift->actual, object), last))
		return false;
	return object->kind != BOBOLINK_OBJECT_COLUMN ||
	       bl_mend_parent(search->drift->actual, object);
}

/* All touches of one object. After the last one, runs do not touch it. */
static void judge(struct search *search, const struct touch *touches, uint32_t count)
{
	const struct bobolink_object *object = &touches[0].line.object;
	const struct bobolink_object *actual = bl_mend_find(search->drift->actual, object);
	bool lost = is_lost(search, &touches[count - 1]);

	if (bl_ignore_object(search->drift->session->options.ignore, object))
		return;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t from = i ? touches[i - 1].index + 1 : 0;

		if (!is_as_left(actual, i ? &touches[i - 1] : NULL)) {
			search->against[from]++;
			search->against[touches[i].index + 1]--;
		}
		if (lost)
			search->lost[touches[i].index] = true;
	}
}

static void judge_all(struct search *search)
{
	uint32_t i = 0;

	if (search->count)
		qsort(search->touches, search->count, sizeof(*search->touches), touch_order);
	while (i < search->count) {
		uint32_t end = i + 1;

		while (end < search->count &&
		       bl_object_order(&search->touches[i].line.object,
				       &search->touches[end].line.object) == 0)
			end++;
		judge(search, &search->touches[i], end - i);
		i = end;
	}
}

/* The longest run that nothing speaks against and that begins with a migration that lost a table or column. */
static uint32_t choose(const struct search *search)
{
	uint32_t lowest = search->end;
	int32_t against = 0;

	while (lowest && may_repeat(search, lowest - 1))
		lowest--;
	for (uint32_t i = 0; i < search->end; i++) {
		against += search->against[i];
		if (i >= lowest && against == 0 && search->lost[i])
			return i;
	}
	return BL_SET_NONE;
}

static bool make_room(struct search *search)
{
	const struct bobolink_allocator *allocator = &search->drift->allocator;
	size_t count = search->set->migration_count;

	search->items = bl_memory_alloc(allocator, count, sizeof(*search->items));
	search->against = bl_memory_alloc(allocator, count + 1, sizeof(*search->against));
	search->lost = bl_memory_alloc(allocator, count, sizeof(*search->lost));
	return search->items && search->against && search->lost;
}

static int find(struct search *search, uint32_t *first, struct bobolink_error *error)
{
	int rc = BOBOLINK_OK;

	if (!make_room(search))
		return no_memory(error);
	take_items(search);
	search->end = end_of(search);
	for (uint32_t i = 0; i < search->end && rc == BOBOLINK_OK; i++) {
		if (is_applied(search->items[i]))
			rc = add_touches(search, i, error);
	}
	if (rc)
		return rc;
	judge_all(search);
	*first = choose(search);
	return rc;
}

int bl_reapply_find(const struct bl_drift *drift, uint32_t *first, struct bobolink_error *error)
{
	struct search search = { .drift = drift, .set = drift->session->set };
	int rc = BOBOLINK_OK;

	*first = BL_SET_NONE;
	bl_pool_init(&search.pool, &drift->allocator);
	/* Where one stopped half-way it comes first. */
	if (drift->missing + drift->changed && drift->expected.unsure->object_count == 0 &&
	    bl_expected_has_deltas(search.set))
		rc = find(&search, first, error);
	bl_memory_release(&drift->allocator, (void *)search.items);
	bl_memory_release(&drift->allocator, search.touches);
	bl_memory_release(&drift->allocator, search.against);
	bl_memory_release(&drift->allocator, search.lost);
	bl_pool_release(&search.pool);
	return rc;
}
