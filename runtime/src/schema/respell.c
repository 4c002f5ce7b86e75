/*
 * Respell: SQLite compares names without regard to the case of ASCII letters, so that an index made anew on
 * "PEOPLE(NAME)" is the one on people(name), and a table Orders is the table orders.
 *
 * Inventories keep names as they are written. So what a database has is written again in the letters that its migrations
 * use, before the two are compared. Strings stay what they are, and so does what only the module of a virtual table
 * understands. A value in double quotes, which SQLite takes where no column is so called, looks like a name and is taken for one.
 */
#include "respell.h"

#include <stdlib.h>
#include <string.h>

static unsigned char lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static int name_order(const char *one, const char *other)
{
	while (*one && lower(*one) == lower(*other)) {
		one++;
		other++;
	}
	return lower(*one) - lower(*other);
}

/* Of what is the same but for its letters. */
static int loose_order(const struct bobolink_object *one, const struct bobolink_object *other)
{
	int order = name_order(one->parent, other->parent);

	if (order == 0)
		order = (one->kind > other->kind) - (one->kind < other->kind);
	return order ? order : name_order(one->name, other->name);
}

static int known_order(const void *one, const void *other)
{
	const struct bobolink_object *a = *(const struct bobolink_object *const *)one;
	const struct bobolink_object *b = *(const struct bobolink_object *const *)other;
	int order = loose_order(a, b);

	return order ? order : bl_object_order(a, b);
}

int bl_spelling_add(struct bl_spelling *spelling, const struct bobolink_inventory *inventory)
{
	uint32_t count = inventory ? inventory->object_count : 0;

	for (uint32_t i = 0; i < count; i++) {
		const struct bobolink_object **grown =
			bl_memory_grow(spelling->allocator, (void *)spelling->known,
				       spelling->count, &spelling->capacity, sizeof(*grown));

		if (!grown)
			return BOBOLINK_NO_MEMORY;
		spelling->known = grown;
		grown[spelling->count++] = inventory->objects[i];
	}
	return BOBOLINK_OK;
}

void bl_spelling_release(struct bl_spelling *spelling)
{
	bl_memory_release(spelling->allocator, (void *)spelling->known);
}

/* The first known one that does not come before `object`, whatever its letters. */
static uint32_t place_of(const struct bl_spelling *spelling, const struct bobolink_object *object)
{
	uint32_t low = 0;
	uint32_t high = spelling->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (loose_order(spelling->known[middle], object) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The known object that this one is. Constraints of one table may have names that differ only in letters. */
static const struct bobolink_object *find(const struct bl_spelling *spelling,
					  const struct bobolink_object *object)
{
	const struct bobolink_object *found = NULL;

	for (uint32_t i = place_of(spelling, object);
	     i < spelling->count && loose_order(spelling->known[i], object) == 0; i++) {
		if (!found || strcmp(spelling->known[i]->name, object->name) == 0)
			found = spelling->known[i];
	}
	return found;
}

/* Behind a string, whose quotes are doubled inside. */
static const char *skip_string(const char *at)
{
	for (at++; *at; at++) {
		if (*at == '\'' && *++at != '\'')
			break;
	}
	return at;
}

static const char *skip_word(const char *at)
{
	return *at == '\'' ? skip_string(at) : at + strcspn(at, " ,()");
}

/* What follows DEFAULT without parentheses is a string, even without quotes. */
static bool is_default(const char *definition, const char *at)
{
	static const char word[] = "DEFAULT ";
	const size_t length = sizeof(word) - 1;

	return (size_t)(at - definition) >= length && memcmp(at - length, word, length) == 0 &&
	       ((size_t)(at - definition) == length || at[-(ptrdiff_t)length - 1] == ' ');
}

/* Canonical definitions: the same but for letters outside of strings. */
static bool same_definition(const char *one, const char *other)
{
	const char *at = one;

	while (*at) {
		bool exact = *at == '\'' || is_default(one, at);
		size_t length = exact ? (size_t)(skip_word(at) - at) : 0;

		if (length ? strncmp(at, other, length) != 0 : lower(*at) != lower(*other))
			return false;
		at += length ? length : 1;
		other += length ? length : 1;
	}
	return *other == '\0';
}

/* The object in known letters: `named` borrows the texts. Returns whether any differ. */
static bool respell(const struct bobolink_object *object, const struct bobolink_object *known,
		    struct bobolink_object *named)
{
	bool other_name;
	bool other_definition;

	*named = *object;
	if (!known)
		return false;
	other_name = bl_object_order(object, known) != 0;
	other_definition = object->kind != BOBOLINK_OBJECT_VIRTUAL_TABLE &&
			   strcmp(object->definition, known->definition) != 0 &&
			   same_definition(known->definition, object->definition);
	named->parent = known->parent;
	named->name = known->name;
	if (other_definition)
		named->definition = known->definition;
	return other_name || other_definition;
}

static bool differs(const struct bl_spelling *spelling, const struct bobolink_inventory *inventory)
{
	struct bobolink_object named;

	for (uint32_t i = 0; i < inventory->object_count; i++) {
		const struct bobolink_object *object = inventory->objects[i];

		if (respell(object, find(spelling, object), &named))
			return true;
	}
	return false;
}

static int copy_all(const struct bl_spelling *spelling, const struct bobolink_inventory *from,
		    struct bl_groups *groups)
{
	int rc = BOBOLINK_OK;

	for (uint32_t i = 0; i < from->object_count && rc == BOBOLINK_OK; i++) {
		const struct bobolink_object *object = from->objects[i];
		struct bobolink_object named;

		respell(object, find(spelling, object), &named);
		rc = bl_groups_add(groups, spelling->allocator,
				   bl_group_copy(spelling->allocator, &named), 0);
	}
	return rc;
}

int bl_respell(struct bl_spelling *spelling, struct bobolink_inventory **inventory, bool *changed)
{
	struct bl_groups groups = { NULL, NULL, 0, 0 };
	struct bobolink_inventory *made = NULL;
	int rc;

	if (spelling->count)
		qsort((void *)spelling->known, spelling->count, sizeof(*spelling->known),
		      known_order);
	*changed = differs(spelling, *inventory);
	if (!*changed)
		return BOBOLINK_OK;
	rc = copy_all(spelling, *inventory, &groups);
	if (rc == BOBOLINK_OK)
		made = bl_inventory_make(spelling->allocator, NULL, &groups);
	bl_groups_release(&groups, spelling->allocator);
	if (!made)
		return BOBOLINK_NO_MEMORY;
	bobolink_inventory_free(*inventory);
	*inventory = made;
	return BOBOLINK_OK;
}
