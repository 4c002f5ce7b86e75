/*
 * Reading the inventory of a PostgreSQL database.
 *
 * One query lists everything; rows of one table, or of one name, become a group. A group that the
 * previous inventory has, too, is shared with it.
 *
 * How the catalogue renders names and constants depends on settings: these are pinned while the
 * query runs, and afterwards what they were: within the transaction where there is one, else in a
 * read-only one of our own.
 */
#include "postgres_read.h"

#include <string.h>

#include "../error.h"
#include "postgres_query.h"
#include "postgres_text.h"

/*
 * The pinned settings: as on the shadow server, whatever the role or the database has. Compiling the query would take
 * longer than running it.
 */
#define PINS 9
#define PATH 0
static const char *const pins[PINS] = {
	"pg_catalog", "off", "off", "ISO, MDY", "postgres", "UTC", "1", "hex", "C",
};

static const char pins_look[] = "SELECT pg_catalog.current_setting('search_path'), "
				"pg_catalog.current_setting('jit'), "
				"pg_catalog.current_setting('quote_all_identifiers'), "
				"pg_catalog.current_setting('DateStyle'), "
				"pg_catalog.current_setting('IntervalStyle'), "
				"pg_catalog.current_setting('TimeZone'), "
				"pg_catalog.current_setting('extra_float_digits'), "
				"pg_catalog.current_setting('bytea_output'), "
				"pg_catalog.current_setting('lc_monetary')";

static const char pins_set[] = "SELECT pg_catalog.set_config('search_path', $1, true), "
			       "pg_catalog.set_config('jit', $2, true), "
			       "pg_catalog.set_config('quote_all_identifiers', $3, true), "
			       "pg_catalog.set_config('DateStyle', $4, true), "
			       "pg_catalog.set_config('IntervalStyle', $5, true), "
			       "pg_catalog.set_config('TimeZone', $6, true), "
			       "pg_catalog.set_config('extra_float_digits', $7, true), "
			       "pg_catalog.set_config('bytea_output', $8, true), "
			       "pg_catalog.set_config('lc_monetary', $9, true)";

/* Views are rendered with a lock on their tables: who holds those for long keeps no start waiting for ever. */
#define BEGIN "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY"
#define PATIENCE                                                     \
	"SELECT pg_catalog.set_config('lock_timeout', '1s', true), " \
	"pg_catalog.set_config('client_encoding', 'UTF8', true)"

struct pinned {
	const char *before[PINS]; /* what the caller had; in the pool */
	bool changed;
	bool own; /* the transaction is ours */
};

struct reading {
	const struct bobolink_allocator *allocator;
	const struct bobolink_inventory *previous;
	uint32_t next;			 /* group of the previous inventory that is expected next */
	struct bl_group_builder builder; /* the group in hand */
	struct bl_groups groups;
	struct bl_pool pool;
	const char *now[PINS]; /* the settings as last seen; in the pool */
};

static int no_memory(struct bobolink_error *error)
{
	return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
}

static int take_settings(void *context, const struct bobolink_value *values, uint32_t count)
{
	struct reading *reading = context;

	for (uint32_t i = 0; i < count && i < PINS; i++) {
		if (values[i].text)
			reading->now[i] =
				bl_pool_copy(&reading->pool, values[i].text, values[i].length);
	}
	return BOBOLINK_OK;
}

static void forget_settings(struct reading *reading)
{
	for (uint32_t i = 0; i < PINS; i++)
		reading->now[i] = "";
}

static int look_settings(const struct bobolink_backend *backend,
			 struct bobolink_connection *connection, struct reading *reading,
			 struct bobolink_error *error)
{
	int rc;

	forget_settings(reading);
	rc = backend->query(connection, pins_look, NULL, 0, take_settings, reading, NULL, error);
	return rc == BOBOLINK_OK && reading->pool.failed ? no_memory(error) : rc;
}

static int set_settings(const struct bobolink_backend *backend,
			struct bobolink_connection *connection, const char *const *settings,
			struct bobolink_error *error)
{
	struct bobolink_value values[PINS];

	for (uint32_t i = 0; i < PINS; i++)
		values[i] = (struct bobolink_value){ settings[i], strlen(settings[i]) };
	return backend->query(connection, pins_set, values, PINS, NULL, NULL, NULL, error);
}

static int ask(const struct bobolink_backend *backend, struct bobolink_connection *connection,
	       const char *sql, struct bobolink_error *error)
{
	return backend->query(connection, sql, NULL, 0, NULL, NULL, NULL, error);
}

static int begin_own(const struct bobolink_backend *backend, struct bobolink_connection *connection,
		     struct bobolink_error *error)
{
	int rc = ask(backend, connection, BEGIN, error);

	if (rc == BOBOLINK_OK)
		rc = ask(backend, connection, PATIENCE, error);
	return rc ? rc : set_settings(backend, connection, pins, error);
}

static bool is_pinned(const struct reading *reading)
{
	for (uint32_t i = 0; i < PINS; i++) {
		if (strcmp(reading->now[i], pins[i]) != 0)
			return false;
	}
	return true;
}

/* A local setting is gone at once where there is no transaction: that tells whether there is one. */
static int pin(const struct bobolink_backend *backend, struct bobolink_connection *connection,
	       struct reading *reading, struct pinned *pinned, struct bobolink_error *error)
{
	int rc = look_settings(backend, connection, reading, error);

	if (rc || is_pinned(reading))
		return rc;
	memcpy(pinned->before, reading->now, sizeof(pinned->before));
	pinned->changed = true;
	rc = set_settings(backend, connection, pins, error);
	if (rc == BOBOLINK_OK)
		rc = look_settings(backend, connection, reading, error);
	if (rc || is_pinned(reading))
		return rc;
	pinned->own = true;
	return begin_own(backend, connection, error);
}

/* Puts the settings back. After an error that of the reading is the one to tell. */
static int release(const struct bobolink_backend *backend, struct bobolink_connection *connection,
		   const struct pinned *pinned, int rc, struct bobolink_error *error)
{
	struct bobolink_error ignored;
	struct bobolink_error *told = rc == BOBOLINK_OK ? error : &ignored;
	int released;

	if (!pinned->changed)
		return rc;
	released = pinned->own ? ask(backend, connection, "ROLLBACK", told)
			       : set_settings(backend, connection, pinned->before, told);
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
		return take_settings(reading, &values[BL_POSTGRES_DEFINITION], 1);
	return read_object(reading, values);
}

static int read_rows(const struct bobolink_backend *backend, struct bobolink_connection *connection,
		     struct reading *reading, struct bobolink_error *error)
{
	struct bl_text query;
	int rc;

	bl_text_init(&query, reading->allocator);
	bl_postgres_catalogue(&query);
	forget_settings(reading);
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
	if (rc == BOBOLINK_OK && strcmp(reading->now[PATH], pins[PATH]) != 0)
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
	struct pinned pinned = { .changed = false };
	int rc;

	bl_pool_init(&reading.pool, allocator);
	bl_group_builder_init(&reading.builder, allocator);
	rc = pin(backend, connection, &reading, &pinned, error);
	if (rc == BOBOLINK_OK)
		rc = read_rows(backend, connection, &reading, error);
	rc = release(backend, connection, &pinned, rc, error);
	if (rc == BOBOLINK_OK) {
		*inventory = bl_inventory_make(allocator, NULL, &reading.groups);
		rc = *inventory ? BOBOLINK_OK : no_memory(error);
	}
	bl_group_builder_release(&reading.builder);
	bl_groups_release(&reading.groups, allocator);
	bl_pool_release(&reading.pool);
	return rc;
}
