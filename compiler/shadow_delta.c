/*
 * Delta: collected by the comparison, copied out of the inventories, which do not live as long.
 */
#include "shadow_delta.h"

#include <string.h>

#include "support/buffer.h"

struct collection {
	struct arena *arena;
	struct change *items;
	size_t count;
	size_t capacity;
	struct buffer text;
};

static int write_text(void *context, const char *text, size_t length)
{
	buffer_add(context, text, length);
	return 0;
}

static const char *copy_text(struct arena *arena, const char *text)
{
	return arena_copy(arena, text, strlen(text));
}

static const struct bobolink_object *copy_object(struct arena *arena,
						 const struct bobolink_object *object)
{
	struct bobolink_object *copy;

	if (!object)
		return NULL;
	copy = arena_alloc(arena, 1, sizeof(*copy));
	copy->kind = object->kind;
	copy->schema = copy_text(arena, object->schema);
	copy->parent = copy_text(arena, object->parent);
	copy->name = copy_text(arena, object->name);
	copy->definition = copy_text(arena, object->definition);
	copy->sql = copy_text(arena, object->sql);
	return copy;
}

static int collect(void *context, const struct bobolink_object *before,
		   const struct bobolink_object *after)
{
	struct collection *collection = context;
	char mark = !before ? '+' : after ? '~' : '-';
	struct change *grown = arena_grow(collection->arena, collection->items, collection->count,
					  &collection->capacity, sizeof(*grown));

	collection->items = grown;
	grown[collection->count++] = (struct change){ copy_object(collection->arena, before),
						      copy_object(collection->arena, after) };
	return bobolink_delta_line(mark, after ? after : before, 0, write_text, &collection->text);
}

void shadow_delta(struct shadow_run *run, const struct bobolink_inventory *before,
		  const struct bobolink_inventory *after, struct migration *migration)
{
	struct collection collection = { .arena = run->arena, .text = BUFFER_INIT };

	bobolink_inventory_compare(before, after, collect, &collection);
	migration->changes = collection.items;
	migration->change_count = (uint32_t)collection.count;
	migration->delta = arena_copy(run->arena, collection.text.text ? collection.text.text : "",
				      collection.text.length);
	buffer_release(&collection.text);
}
