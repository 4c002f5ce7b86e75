/*
 * Reading the inventory of a PostgreSQL database.
 *
 * One query lists everything; rows of one table, or of one name, become a group. A group that the
 * previous inventory has, too, is shared with it.
 *
 * How the catalogue renders names depends on search_path, so that is pg_catalog while the query runs, in the transaction at
 * hand or in one of its own. Set for the session it would stay behind a pooler, for whoever is next.
 */
#include "postgres_read.h"

#include <string.h>

#include "../error.h"
#include "postgres_query.h"
#include "postgres_text.h"

#define PATH	    "pg_catalog"
#define PATH_SELECT "SELECT pg_catalog.current_setting('search_path')"
#define PATH_SET    "SELECT pg_catalog.set_config('search_path', $1, true)"
/* Views are rendered with a lock on their tables: who holds those for long keeps no start waiting for ever. */
#define OWN_SETTINGS                                                      \
	"SELECT pg_catalog.set_config('search_path', '" PATH "', true), " \
	"pg_catalog.set_config('lock_timeout', '1s', true)"

struct path {
	const char *before; /* what the caller had, in the pool; NULL while nothing was changed */
	bool own;	    /* the transaction is ours */
};

struct reading {
	const struct bobolink_allocator *allocator;
	const struct bobolink_inventory *previous;
	uint32_t next;			 /* group of the previous inventory that is expected next */
	struct bl_group_builder builder; /* the group in hand */
	struct bl_groups groups;
	struct bl_pool pool;
	const char *path; /* search_path as last seen; in the pool */
};

static int no_memory(struct bobolink_error *error)
{
	return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
}

static int take_path(void *context, const struct bobolink_value *values, uint32_t count)
{
	struct reading *reading = context;

	if (count && values[0].text)
		reading->path = bl_pool_copy(&reading->pool, values[0].text, values[0].length);
	return BOBOLINK_OK;
}

static int look_path(const struct bobolink_backend *backend, struct bobolink_connection *connection,
		     struct reading *reading, struct bobolink_error *error)
{
	int rc;

	reading->path = "";
	rc = backend->query(connection, PATH_SELECT, NULL, 0, take_path, reading, NULL, error);
	return rc == BOBOLINK_OK && reading->pool.failed ? no_memory(error) : rc;
}

static int ask(const struct bobolink_backend *backend, struct bobolink_connection *connection,
	       const char *sql, struct bobolink_error *error)
{
	return backend->query(connection, sql, NULL, 0, NULL, NULL, NULL, error);
}

static int set_path(const struct bobolink_backend *backend, struct bobolink_connection *connection,
		    const char *value, struct bobolink_error *error)
{
	const struct bobolink_value values[] = { { value, strlen(value) } };

	return backend->query(connection, PATH_SET, values, 1, NULL, NULL, NULL, error);
}

static bool is_pinned(const struct reading *reading)
{
	return strcmp(reading->path, PATH) == 0;
}

/* A local setting is gone at once where there is no transaction: that tells whether there is one. */
static int pin_path(const struct bobolink_backend *backend, struct bobolink_connection *connection,
		    struct reading *reading, struct path *path, struct bobolink_error *error)
{
	int rc = look_path(backend, connection, reading, error);

	if (rc || is_pinned(reading))
		return rc;
	path->before = reading->path;
	rc = set_path(backend, connection, PATH, error);
	if (rc == BOBOLINK_OK)
		rc = look_path(backend, connection, reading, error);
	if (rc || is_pinned(reading))
		return rc;
	path->own = true;
	rc = ask(backend, connection, "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY", error);
	return rc ? rc : ask(backend, connection, OWN_SETTINGS, error);
}

/* Puts the path back. After an error that of the reading is the one to tell. */
static int release_path(const struct bobolink_backend *backend,
			struct bobolink_connection *connection, const struct path *path, int rc,
			struct bobolink_error *error)
{
	struct bobolink_error ignored;
	struct bobolink_error *told = rc == BOBOLINK_OK ? error : &ignored;
	int released;

	if (!path->before)
		return rc;
	released = path->own ? ask(backend, connection, "ROLLBACK", told)
			     : set_path(backend, connection, path->before, told);
	return rc ? rc : released;
}

/* The group if the previous inventory has it, with a reference; else NULL. Both are in one order. */
static struct bl_group *find_group(struct reading *reading, const struct bl_group *group)
{
	const struct bobolink_inventory *previous = reading->previous;

	for (; previous && reading->next < previous->group_count; reading->next++) {
		struct bl_group *other = previous->groups[reading->next];
		int order = bl_group_order(other, group);

		if (order > 0)
			return NULL;
		if (order < 0 || !bl_group_same(other, group))
			continue;
		reading->next++;
		other->references++;
		return other;
	}
	return NULL;
}

/* Ends the group in hand. */
static int end_group(struct reading *reading)
{
	struct bl_group *group;
	struct bl_group *shared;

	if (reading->builder.count == 0 && !reading->builder.failed)
		return BOBOLINK_OK;
	group = bl_group_pack(&reading->builder);
	bl_group_builder_release(&reading->builder);
	bl_group_builder_init(&reading->builder, reading->allocator);
	shared = group ? find_group(reading, group) : NULL;
	if (shared) {
		bl_group_release(group);
		group = shared;
	}
	return bl_groups_add(&reading->groups, reading->allocator, group, reading->groups.count);
}

static bool is_canonical(int32_t kind)
{
	return kind != BOBOLINK_OBJECT_SCHEMA && kind != BOBOLINK_OBJECT_EXTENSION;
}

static const char *canonical(struct reading *reading, const char *text)
{
	struct bl_pool *pool = &reading->builder.pool;
	struct bl_text out;
	const char *made;

	bl_text_init(&out, reading->allocator);
	bl_postgres_canonical(&out, text);
	made = out.text ? bl_pool_copy(pool, out.text, out.length) : "";
	if (out.failed)
		reading->builder.failed = true;
	bl_text_release(&out);
	return made;
}

static bool is_function(int32_t kind)
{
	return kind == BOBOLINK_OBJECT_FUNCTION || kind == BOBOLINK_OBJECT_PROCEDURE ||
	       kind == BOBOLINK_OBJECT_AGGREGATE;
}

static const char *keep(struct reading *reading, const struct bobolink_value *value)
{
	return bl_pool_copy(&reading->builder.pool, value->text, value->length);
}

/* Whether an object belongs to the group in hand. */
static bool is_next(const struct reading *reading, const struct bobolink_object *object)
{
	return reading->builder.count == 0 ||
	       bl_object_place_order(&reading->builder.objects[0], object) == 0;
}

static int read_object(struct reading *reading, const struct bobolink_value *values)
{
	struct bobolink_object object = {
		.kind = bobolink_object_kind_from_name(values[BL_POSTGRES_KIND].text,
						       values[BL_POSTGRES_KIND].length),
		.schema = values[BL_POSTGRES_SCHEMA].text,
		.parent = values[BL_POSTGRES_PARENT].text,
		.name = values[BL_POSTGRES_NAME].text,
	};
	int rc = is_next(reading, &object) ? BOBOLINK_OK : end_group(reading);

	if (rc)
		return rc;
	object.schema = keep(reading, &values[BL_POSTGRES_SCHEMA]);
	object.parent = keep(reading, &values[BL_POSTGRES_PARENT]);
	object.name = is_function(object.kind) ? canonical(reading, object.name)
					       : keep(reading, &values[BL_POSTGRES_NAME]);
	object.definition = is_canonical(object.kind)
				    ? canonical(reading, values[BL_POSTGRES_DEFINITION].text)
				    : keep(reading, &values[BL_POSTGRES_DEFINITION]);
	object.sql = keep(reading, &values[BL_POSTGRES_SQL]);
	bl_group_add_object(&reading->builder, &object);
	return BOBOLINK_OK;
}

static int read_row(void *context, const struct bobolink_value *values, uint32_t count)
{
	struct reading *reading = context;

	if (count != BL_POSTGRES_FIELDS)
		return BOBOLINK_CORRUPT;
	for (uint32_t i = 0; i < count; i++) {
		if (!values[i].text)
			return BOBOLINK_CORRUPT;
	}
	if (strcmp(values[BL_POSTGRES_KIND].text, "search-path") == 0)
		return take_path(reading, &values[BL_POSTGRES_DEFINITION], 1);
	return read_object(reading, values);
}

static int read_rows(const struct bobolink_backend *backend, struct bobolink_connection *connection,
		     struct reading *reading, struct bobolink_error *error)
{
	struct bl_text query;
	int rc;

	bl_text_init(&query, reading->allocator);
	bl_postgres_catalogue(&query);
	reading->path = "";
	rc = query.failed ? no_memory(error)
			  : backend->query(connection, query.text, NULL, 0, read_row, reading, NULL,
					   error);
	bl_text_release(&query);
	if (rc == BOBOLINK_OK)
		rc = end_group(reading);
	if (rc == BOBOLINK_NO_MEMORY || reading->pool.failed)
		return no_memory(error);
	/* The functions that render a definition answer NULL for what was just dropped. */
	if (rc == BOBOLINK_CORRUPT)
		return bl_error_set(error, rc,
				    "an object of the schema was dropped while it was read: read "
				    "it again");
	if (rc == BOBOLINK_OK && !is_pinned(reading))
		rc = bl_error_set(
			error, BOBOLINK_USAGE,
			"settings do not stay on this connection: use one without a pooler for "
			"statements to read the schema");
	return rc;
}

int bl_postgres_read(const struct bobolink_backend *backend, struct bobolink_connection *connection,
		     const struct bobolink_allocator *allocator,
		     const struct bobolink_inventory *previous,
		     struct bobolink_inventory **inventory, struct bobolink_error *error)
{
	struct reading reading = { .allocator = allocator, .previous = previous };
	struct path path = { NULL, false };
	int rc;

	bl_pool_init(&reading.pool, allocator);
	bl_group_builder_init(&reading.builder, allocator);
	rc = pin_path(backend, connection, &reading, &path, error);
	if (rc == BOBOLINK_OK)
		rc = read_rows(backend, connection, &reading, error);
	rc = release_path(backend, connection, &path, rc, error);
	if (rc == BOBOLINK_OK) {
		*inventory = bl_inventory_make(allocator, NULL, &reading.groups);
		rc = *inventory ? BOBOLINK_OK : no_memory(error);
	}
	bl_group_builder_release(&reading.builder);
	bl_groups_release(&reading.groups, allocator);
	bl_pool_release(&reading.pool);
	return rc;
}
