/*
 * Schema: one line for each object that carries SQL, or for every object where no deltas are embedded.
 *
 * The set holds the statement that made most objects already, letter for letter. Beside the deltas only
 * the place of that statement is embedded, so that the whole stays small.
 */
#include "shadow_schema.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "support/buffer.h"

/* An up statement of the set. */
struct origin {
	const char *text;
	size_t length;
	int64_t version;
	uint32_t number; /* from 1 */
};

struct origins {
	struct origin *items; /* sorted by text */
	size_t count;
};

static int compare(const void *a, const void *b)
{
	const struct origin *one = a;
	const struct origin *other = b;

	if (one->length != other->length)
		return one->length < other->length ? -1 : 1;
	return memcmp(one->text, other->text, one->length);
}

/* Equal texts in the order of the set, so that the first of them is always the one referred to. */
static int compare_places(const void *a, const void *b)
{
	const struct origin *one = a;
	const struct origin *other = b;
	int order = compare(a, b);

	if (order == 0)
		order = (one->version > other->version) - (one->version < other->version);
	return order ? order : (one->number > other->number) - (one->number < other->number);
}

static struct origins collect(const struct shadow_run *run)
{
	struct origins all = { NULL, 0 };
	size_t capacity = 0;

	for (uint32_t i = 0; i < run->set->count; i++) {
		const struct migration *migration = &run->set->migrations[i];

		for (uint32_t j = 0; j < migration->up.count; j++) {
			const struct statement *statement = &migration->up.statements[j];

			all.items = arena_grow(run->arena, all.items, all.count, &capacity,
					       sizeof(*all.items));
			all.items[all.count++] = (struct origin){
				migration->up.source->text + statement->offset,
				statement->length,
				migration->version,
				j + 1,
			};
		}
	}
	if (all.count)
		qsort(all.items, all.count, sizeof(*all.items), compare_places);
	return all;
}

/* The place of the statement with this text, "=VERSION:NUMBER", or the text itself. */
static const char *refer(const struct shadow_run *run, const struct origins *origins,
			 const char *sql)
{
	const struct origin wanted = { sql, strlen(sql), 0, 0 };
	const struct origin *found = NULL;

	if (origins->count)
		found = bsearch(&wanted, origins->items, origins->count, sizeof(wanted), compare);
	if (!found)
		return sql;
	while (found > origins->items && compare(found - 1, &wanted) == 0)
		found--;
	return arena_format(run->arena, "=%" PRId64 ":%" PRIu32, found->version, found->number);
}

static int write_text(void *context, const char *text, size_t length)
{
	buffer_add(context, text, length);
	return 0;
}

struct schema {
	const struct shadow_run *run;
	struct origins origins;
	bool all;
	struct buffer text;
};

/* What stood there before the first migration is not the set's. */
static int add_object(void *context, const struct bobolink_object *before,
		      const struct bobolink_object *after)
{
	struct schema *schema = context;
	struct bobolink_object line;

	(void)before;
	if (!after || (!schema->all && !after->sql[0]))
		return 0;
	line = *after;
	line.sql = refer(schema->run, &schema->origins, after->sql);
	return bobolink_delta_line('+', &line, 1, write_text, &schema->text);
}

const char *shadow_schema(const struct shadow_run *run)
{
	struct schema schema = { .run = run,
				 .all = run->options->embed == EMBED_HEAD,
				 .text = BUFFER_INIT };
	const char *copy;

	if (run->options->embed == EMBED_NONE)
		return NULL;
	if (!schema.all)
		schema.origins = collect(run);
	bobolink_inventory_compare(run->start, run->inventory, add_object, &schema);
	copy = arena_copy(run->arena, schema.text.text ? schema.text.text : "", schema.text.length);
	buffer_release(&schema.text);
	return copy;
}
