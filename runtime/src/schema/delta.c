/*
 * Deltas as text: one line for each change, written and applied.
 */
#include "delta.h"

#include <string.h>

#include "../error.h"
#include "inventory.h"

#define FIELDS_MAX 6

static int write_escaped(const char *text, bobolink_write_fn *write, void *context)
{
	int rc = 0;

	while (*text && rc == 0) {
		size_t plain = strcspn(text, "\t\n\\");

		if (plain)
			rc = write(context, text, plain);
		text += plain;
		if (rc || !*text)
			break;
		rc = write(context, *text == '\t' ? "\\t" : *text == '\n' ? "\\n" : "\\\\", 2);
		text++;
	}
	return rc;
}

static int write_field(const char *text, bobolink_write_fn *write, void *context)
{
	int rc = write(context, "\t", 1);

	return rc ? rc : write_escaped(text, write, context);
}

int bobolink_delta_line(char mark, const struct bobolink_object *object, int with_sql,
			bobolink_write_fn *write, void *context)
{
	const char head[2] = { mark, ' ' };
	const char *kind = bobolink_object_kind_name(object->kind);
	int rc = write(context, head, sizeof(head));

	if (rc == 0)
		rc = write(context, kind, strlen(kind));
	if (rc == 0)
		rc = write_field(object->schema, write, context);
	if (rc == 0)
		rc = write_field(object->parent, write, context);
	if (rc == 0)
		rc = write_field(object->name, write, context);
	if (rc == 0 && mark != '-')
		rc = write_field(object->definition, write, context);
	if (rc == 0 && mark != '-' && with_sql && object->sql[0])
		rc = write_field(object->sql, write, context);
	return rc ? rc : write(context, "\n", 1);
}

struct delta {
	const struct bobolink_allocator *allocator;
	struct bl_pool pool;
	struct bl_delta_reader reader;
	struct bl_groups groups; /* of one object each, in order */
};

int bl_delta_malformed(const struct bl_delta_reader *reader, struct bobolink_error *error,
		       const char *what)
{
	return bl_error_set(error, BOBOLINK_CORRUPT,
			    "line %u of a schema delta %s: compile the migrations again",
			    (unsigned)reader->number, what);
}

/* A field without its escapes; NULL when one is unknown. */
static const char *read_field(struct bl_pool *pool, const char *text, size_t length)
{
	char *out = (char *)bl_pool_copy(pool, text, length);
	size_t done = 0;

	if (length == 0 || pool->failed)
		return "";
	for (size_t i = 0; i < length; i++) {
		char c = text[i];

		if (c == '\\') {
			c = i + 1 < length ? text[++i] : '\0';
			if (c != 't' && c != 'n' && c != '\\')
				return NULL;
			c = (char)(c == 't' ? '\t' : c == 'n' ? '\n' : c);
		}
		out[done++] = c;
	}
	out[done] = '\0';
	return out;
}

static int read_fields(struct bl_pool *pool, const char *text, size_t length,
		       const char *fields[FIELDS_MAX], uint32_t *count)
{
	const char *end = text + length;

	*count = 0;
	for (;;) {
		const char *tab = memchr(text, '\t', (size_t)(end - text));
		size_t size = tab ? (size_t)(tab - text) : (size_t)(end - text);

		if (*count == FIELDS_MAX)
			return -1;
		fields[*count] = read_field(pool, text, size);
		if (!fields[(*count)++])
			return -1;
		if (!tab)
			return 0;
		text = tab + 1;
	}
}

static int read_line(struct bl_delta_reader *reader, const char *text, size_t length,
		     struct bl_delta_line *line, struct bobolink_error *error)
{
	const char *fields[FIELDS_MAX];
	uint32_t count = 0;

	if (length < 2 || !strchr("+-~", text[0]) || text[1] != ' ')
		return bl_delta_malformed(reader, error, "begins with no mark");
	if (read_fields(reader->pool, text + 2, length - 2, fields, &count))
		return bl_delta_malformed(reader, error, "has a field that cannot be read");
	if (reader->pool->failed)
		return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
	line->mark = text[0];
	if (line->mark == '-' ? count != 4 : count < 5)
		return bl_delta_malformed(reader, error, "has too few or too many fields");
	line->object = (struct bobolink_object){
		.kind = bobolink_object_kind_from_name(fields[0], strlen(fields[0])),
		.schema = fields[1],
		.parent = fields[2],
		.name = fields[3],
		.definition = count > 4 ? fields[4] : "",
		.sql = count > 5 ? fields[5] : "",
	};
	if (!line->object.kind)
		return bl_delta_malformed(reader, error, "has an unknown kind of object");
	return BOBOLINK_OK;
}

int bl_delta_next(struct bl_delta_reader *reader, struct bl_delta_line *line,
		  struct bobolink_error *error)
{
	const char *text = reader->rest;
	size_t length = strcspn(text, "\n");

	reader->number++;
	reader->rest = text + length + (text[length] == '\n');
	return read_line(reader, text, length, line, error);
}

/* The place of an object among the groups, and whether it is there. */
static uint32_t find(const struct bl_groups *groups, const struct bobolink_object *object,
		     bool *found)
{
	uint32_t low = 0;
	uint32_t high = groups->count;

	*found = false;
	while (low < high && !*found) {
		uint32_t middle = low + (high - low) / 2;
		int order = bl_object_order(&groups->items[middle]->objects[0], object);

		*found = order == 0;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return *found ? high : low;
}

/* Appends, then moves into its place. Deltas are in order, so mostly there is nothing to move. */
static int insert(struct delta *delta, uint32_t place, const struct bobolink_object *object)
{
	struct bl_groups *groups = &delta->groups;
	struct bl_group *group = bl_group_copy(delta->allocator, object);
	int rc = bl_groups_add(groups, delta->allocator, group, 0);

	if (rc)
		return rc;
	memmove(groups->items + place + 1, groups->items + place,
		(groups->count - 1 - place) * sizeof(*groups->items));
	groups->items[place] = group;
	return BOBOLINK_OK;
}

static void erase(struct delta *delta, uint32_t place)
{
	struct bl_groups *groups = &delta->groups;

	bl_group_release(groups->items[place]);
	groups->count--;
	memmove(groups->items + place, groups->items + place + 1,
		(groups->count - place) * sizeof(*groups->items));
}

static int apply_line(struct delta *delta, const struct bl_delta_line *line,
		      struct bobolink_error *error)
{
	bool found;
	uint32_t place = find(&delta->groups, &line->object, &found);

	if (found == (line->mark == '+'))
		return bl_delta_malformed(&delta->reader, error,
					  found ? "adds an object that is there"
						: "changes an object that is not there");
	if (found)
		erase(delta, place);
	if (line->mark != '-' && insert(delta, place, &line->object))
		return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
	return BOBOLINK_OK;
}

static int apply_text(struct delta *delta, struct bobolink_error *error)
{
	int rc = BOBOLINK_OK;

	while (*delta->reader.rest && rc == BOBOLINK_OK) {
		struct bl_delta_line line;

		rc = bl_delta_next(&delta->reader, &line, error);
		if (rc == BOBOLINK_OK)
			rc = apply_line(delta, &line, error);
	}
	return rc;
}

static int take_before(struct delta *delta, const struct bobolink_inventory *before)
{
	uint32_t count = before ? before->object_count : 0;
	int rc = BOBOLINK_OK;

	for (uint32_t i = 0; i < count && rc == BOBOLINK_OK; i++)
		rc = bl_groups_add(&delta->groups, delta->allocator,
				   bl_group_copy(delta->allocator, before->objects[i]), 0);
	return rc;
}

int bobolink_delta_apply(const struct bobolink_inventory *before, const char *text,
			 const struct bobolink_allocator *allocator,
			 struct bobolink_inventory **after, struct bobolink_error *error)
{
	struct bobolink_allocator own = allocator ? *allocator : bl_memory_default();
	struct delta delta = { .allocator = &own };
	int rc;

	*after = NULL;
	bl_error_clear(error);
	bl_pool_init(&delta.pool, &own);
	delta.reader = (struct bl_delta_reader){ &delta.pool, text, 0 };
	rc = take_before(&delta, before);
	if (rc == BOBOLINK_OK)
		rc = apply_text(&delta, error);
	if (rc == BOBOLINK_OK) {
		*after = bl_inventory_make(&own, NULL, &delta.groups);
		rc = *after ? BOBOLINK_OK : BOBOLINK_NO_MEMORY;
	}
	bl_groups_release(&delta.groups, &own);
	bl_pool_release(&delta.pool);
	if (rc == BOBOLINK_NO_MEMORY)
		bl_error_set(error, rc, "out of memory");
	return rc;
}
