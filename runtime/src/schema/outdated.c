/*
 * Outdated: by names. What a migration or repeatable changed that came behind is known by its name; the text of an object
 * tells which names it speaks of.
 */
#include "outdated.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../error.h"
#include "mend.h"
#include "sql_token.h"

/* A table, view, type or function that was changed. */
struct name {
	const char *text;
	int64_t when; /* the id of the row; INT64_MAX: not yet, or nobody knows */
	bool makes;   /* a migration adds it, or a part of it */
};

struct search {
	const struct bobolink_set *set;
	const struct bl_said *said;
	const struct bobolink_allocator *allocator;
	struct bl_expected *expected;
	bool renders; /* the database tells definitions in words of its own */
	struct bl_pool pool;
	struct name *names;
	uint32_t sorted; /* of them */
	uint32_t count;
	uint32_t capacity;
	int64_t latest;			 /* of all `when` */
	struct bobolink_inventory *head; /* objects with their texts */
};

static int no_memory(struct bobolink_error *error)
{
	return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
}

/* Of the table or view that it is a part of, or its own; a function's without its arguments. */
static const char *name_of(struct search *search, const struct bobolink_object *object)
{
	const char *name = *object->parent ? object->parent : object->name;

	return bl_pool_copy(&search->pool, name, strcspn(name, "("));
}

static int add_name(struct search *search, const struct bobolink_object *object, int64_t when,
		    bool makes)
{
	struct name *grown = bl_memory_grow(search->allocator, search->names, search->count,
					    &search->capacity, sizeof(*grown));

	if (!grown)
		return BOBOLINK_NO_MEMORY;
	search->names = grown;
	search->latest = when > search->latest ? when : search->latest;
	grown[search->count++] = (struct name){ name_of(search, object), when, makes };
	return BOBOLINK_OK;
}

/* Constraints, indexes and triggers of a table change nothing for those who read it. */
static bool is_seen(const struct bobolink_object *object)
{
	return !*object->parent || object->kind == BOBOLINK_OBJECT_COLUMN;
}

static int add_change(struct search *search, const struct bl_change *change)
{
	const struct bl_said *said = &search->said[change->index];
	bool migration = change->index < search->set->migration_count;

	if (!is_seen(&change->line.object))
		return BOBOLINK_OK;
	return add_name(search, &change->line.object,
			said->part == BL_PART_APPLIED ? said->id : INT64_MAX,
			migration && change->line.mark == '+');
}

static int name_order(const void *one, const void *other)
{
	const struct name *a = one;
	const struct name *b = other;

	return strcasecmp(a->text, b->text);
}

static int sort_names(struct search *search)
{
	if (search->pool.failed)
		return BOBOLINK_NO_MEMORY;
	if (search->count)
		qsort(search->names, search->count, sizeof(*search->names), name_order);
	search->sorted = search->count;
	return BOBOLINK_OK;
}

static uint32_t first_of(const struct search *search, const char *name)
{
	uint32_t low = 0;
	uint32_t high = search->sorted;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (strcasecmp(search->names[middle].text, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* What an object that was made at `when` is, as far as it speaks of this name. */
static int trust_in(const struct search *search, const char *name, int64_t when)
{
	bool later = false;
	bool earlier = false;

	for (uint32_t i = first_of(search, name);
	     i < search->sorted && strcasecmp(search->names[i].text, name) == 0; i++) {
		later = later || search->names[i].when > when;
		earlier = earlier || search->names[i].when <= when || !search->names[i].makes;
	}
	if (later && !earlier)
		return BL_TRUST_NONE;
	return later && search->renders ? BL_TRUST_NAME : BL_TRUST_ALL;
}

static int trust_in_text(struct search *search, const char *sql, int64_t when, int *trust)
{
	struct bl_sql_tokens tokens = { NULL, 0, 0 };
	int rc = bl_sql_read(search->allocator, sql, strlen(sql), &tokens);

	for (uint32_t i = 0; i < tokens.count && rc == BOBOLINK_OK; i++) {
		const struct bl_sql_token *token = &tokens.items[i];
		int named;

		if (token->kind != BL_SQL_WORD && token->kind != BL_SQL_NAME)
			continue;
		named = trust_in(search, bl_sql_name(&search->pool, token), when);
		*trust = named > *trust ? named : *trust;
	}
	bl_memory_release(search->allocator, tokens.items);
	return rc;
}

static int judge(struct search *search, const struct bobolink_object *object, int64_t when,
		 int *trust)
{
	const struct bobolink_object *head = bl_mend_find(search->head, object);
	bool changed = false;

	*trust = trust_in(search, name_of(search, object), when);
	/* Its own text may be another one by now, in every database. */
	for (uint32_t i = first_of(search, object->name);
	     !*object->parent && i < search->sorted &&
	     strcasecmp(search->names[i].text, object->name) == 0;
	     i++)
		changed = changed || search->names[i].when > when;
	if (changed && *trust == BL_TRUST_ALL)
		*trust = BL_TRUST_NAME;
	/* A text that a migration has, too, is not worth looking for. */
	if (head && head->sql[0] == '=' && search->renders && *trust == BL_TRUST_ALL)
		*trust = BL_TRUST_NAME;
	return head && head->sql[0] ? trust_in_text(search, head->sql, when, trust) : BOBOLINK_OK;
}

static bool is_repeated(const struct search *search, uint32_t place)
{
	uint32_t origin = search->expected->origins[place];

	return origin != BL_SET_NONE && origin >= search->set->migration_count;
}

/* Who speaks of an object that may be another one may be another one. */
static int judge_once(struct search *search, bool *again)
{
	const struct bobolink_inventory *inventory = search->expected->inventory;
	int rc = BOBOLINK_OK;

	*again = false;
	for (uint32_t i = 0; i < inventory->object_count && rc == BOBOLINK_OK; i++) {
		const struct bobolink_object *object = inventory->objects[i];
		int64_t when;
		int trust;

		if (!is_repeated(search, i) || search->expected->trust[i] != BL_TRUST_ALL)
			continue;
		when = search->said[search->expected->origins[i]].id;
		if (search->latest <= when)
			continue;
		rc = judge(search, object, when, &trust);
		if (rc || trust == BL_TRUST_ALL)
			continue;
		search->expected->trust[i] = (uint8_t)trust;
		*again = true;
		if (!*object->parent)
			rc = add_name(search, object, INT64_MAX, false);
	}
	return rc ? rc : sort_names(search);
}

static int judge_all(struct search *search)
{
	bool again = true;
	int rc = BOBOLINK_OK;

	while (again && rc == BOBOLINK_OK)
		rc = judge_once(search, &again);
	return rc;
}

static bool is_needed(const struct search *search)
{
	for (uint32_t i = 0; i < search->expected->inventory->object_count; i++) {
		if (is_repeated(search, i) &&
		    search->latest > search->said[search->expected->origins[i]].id)
			return true;
	}
	return false;
}

static int find(struct search *search, const struct bl_change *changes, uint32_t count,
		struct bobolink_error *error)
{
	int rc = BOBOLINK_OK;

	for (uint32_t i = 0; i < count && rc == BOBOLINK_OK; i++) {
		if (changes[i].index != BL_SET_NONE)
			rc = add_change(search, &changes[i]);
	}
	if (rc || sort_names(search))
		return no_memory(error);
	if (!is_needed(search))
		return BOBOLINK_OK;
	search->expected->trust =
		bl_memory_alloc(search->allocator, search->expected->inventory->object_count,
				sizeof(*search->expected->trust));
	if (!search->expected->trust)
		return no_memory(error);
	rc = bobolink_delta_apply(NULL, search->set->schema, search->allocator, &search->head,
				  error);
	return rc ? rc : judge_all(search) ? no_memory(error) : BOBOLINK_OK;
}

int bl_outdated_find(const struct bobolink_set *set, const struct bl_said *said,
		     const struct bl_change *changes, uint32_t count,
		     const struct bobolink_allocator *allocator, struct bl_expected *expected,
		     struct bobolink_error *error)
{
	struct search search = {
		.set = set,
		.said = said,
		.allocator = allocator,
		.expected = expected,
		.renders = set->backend()->dialect == BOBOLINK_DIALECT_POSTGRES,
	};
	int rc;

	if (!set->scripts)
		return BOBOLINK_OK;
	bl_pool_init(&search.pool, allocator);
	rc = find(&search, changes, count, error);
	bobolink_inventory_free(search.head);
	bl_memory_release(allocator, search.names);
	bl_pool_release(&search.pool);
	return rc;
}
