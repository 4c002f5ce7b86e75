/*
 * Reading the inventory of an SQLite database.
 *
 * One pass over sqlite_master. A row whose text is that of the previous inventory keeps its group,
 * so only what changed is read again. All facts come from the text: it is the only place that has
 * checks, generated columns, collations and names of constraints, and it is all there is of the
 * rest, too.
 */
#include "sqlite_read.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../error.h"
#include "sql_objects.h"
#include "sqlite_shadow.h"

#define SCHEMA_SELECT "SELECT type, name, tbl_name, sql, rowid FROM main.sqlite_master"
/* Entries that were added later have a greater rowid than all that were there and still are. */
#define SCHEMA_SELECT_NEW SCHEMA_SELECT " WHERE rowid > $1"

struct reading {
	const struct bobolink_allocator *allocator;
	const struct bobolink_inventory *previous;
	uint32_t next; /* group of the previous inventory that is expected next */
	struct bl_groups groups;
};

static char lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static bool same_name(const char *one, const char *other)
{
	while (*one && lower(*one) == lower(*other)) {
		one++;
		other++;
	}
	return *one == '\0' && *other == '\0';
}

static bool is_own_table(const char *name)
{
	return same_name(name, "bobolink_history") || same_name(name, "bobolink_log") ||
	       same_name(name, "bobolink_head");
}

/* SQLite's own tables and automatic indexes, bobolink's tables and all that is on them. */
static bool is_left_out(const char *name, const char *table)
{
	static const char prefix[] = "sqlite_";
	size_t i = 0;

	while (prefix[i] && lower(name[i]) == prefix[i])
		i++;
	return prefix[i] == '\0' || is_own_table(table);
}

static int32_t kind_of(const char *type)
{
	if (strcmp(type, "table") == 0)
		return BOBOLINK_OBJECT_TABLE;
	if (strcmp(type, "index") == 0)
		return BOBOLINK_OBJECT_INDEX;
	if (strcmp(type, "trigger") == 0)
		return BOBOLINK_OBJECT_TRIGGER;
	return BOBOLINK_OBJECT_VIEW;
}

static bool is_kind(const struct bobolink_object *object, int32_t kind)
{
	return object->kind == kind ||
	       (kind == BOBOLINK_OBJECT_TABLE && object->kind == BOBOLINK_OBJECT_VIRTUAL_TABLE);
}

static bool is_row(const struct bl_group *group, const struct bl_sql_row *row)
{
	const struct bobolink_object *object = &group->objects[0];

	return is_kind(object, row->kind) && strcmp(object->name, row->name) == 0 &&
	       strcmp(object->sql, row->sql) == 0;
}

/* Looks through the previous inventory from the expected place on, once around. */
static struct bl_group *find_group(struct reading *reading, const struct bl_sql_row *row)
{
	uint32_t count = reading->previous ? reading->previous->group_count : 0;

	for (uint32_t i = 0; i < count; i++) {
		uint32_t place = (reading->next + i) % count;
		struct bl_group *group = reading->previous->groups[place];

		if (is_row(group, row)) {
			reading->next = (place + 1) % count;
			return group;
		}
		/* The same object in its old place: it was altered. */
		if (i == 0 && is_kind(&group->objects[0], row->kind) &&
		    strcmp(group->objects[0].name, row->name) == 0) {
			reading->next = (place + 1) % count;
			return NULL;
		}
	}
	return NULL;
}

/* The table's own name: a trigger may write it in other letters. */
static const char *own_name(const struct reading *reading, const char *table)
{
	for (uint32_t i = reading->groups.count; i-- > 0;) {
		const struct bobolink_object *object = &reading->groups.items[i]->objects[0];

		if (!object->parent[0] && same_name(object->name, table))
			return object->name;
	}
	return table;
}

static struct bl_group *make_group(struct reading *reading, const struct bl_sql_row *row)
{
	struct bl_group_builder builder;
	struct bl_sql_row named = *row;
	struct bl_group *group = NULL;

	if (row->kind == BOBOLINK_OBJECT_TRIGGER)
		named.table = own_name(reading, row->table);
	bl_group_builder_init(&builder, reading->allocator);
	if (bl_sql_objects(&named, &builder) == BOBOLINK_OK)
		group = bl_group_pack(&builder);
	bl_group_builder_release(&builder);
	return group;
}

static int read_row(void *context, const struct bobolink_value *values, uint32_t count)
{
	struct reading *reading = context;
	struct bl_sql_row row;
	struct bl_group *group;

	if (count < 5 || !values[4].text || !values[0].text || !values[1].text || !values[2].text ||
	    !values[3].text)
		return BOBOLINK_OK;
	if (is_left_out(values[1].text, values[2].text))
		return BOBOLINK_OK;
	row = (struct bl_sql_row){ kind_of(values[0].text), values[1].text, values[2].text,
				   values[3].text };
	group = find_group(reading, &row);
	if (group)
		group->references++;
	else
		group = make_group(reading, &row);
	return bl_groups_add(&reading->groups, reading->allocator, group,
			     strtoll(values[4].text, NULL, 10));
}

/* Runs the query and makes the inventory of what was there already and what it gives. */
static int read_rows(const struct bobolink_backend *backend, struct bobolink_connection *connection,
		     const char *sql, const struct bobolink_value *value, struct reading *reading,
		     const struct bobolink_inventory *previous,
		     struct bobolink_inventory **inventory, struct bobolink_error *error)
{
	int rc;

	rc = backend->query(connection, sql, value, value ? 1 : 0, read_row, reading, NULL, error);
	if (rc == BOBOLINK_OK)
		rc = bl_sqlite_drop_shadows(backend, connection, reading->allocator,
					    &reading->groups, error);
	if (rc == BOBOLINK_OK) {
		*inventory = bl_inventory_make(reading->allocator, previous, &reading->groups);
		rc = *inventory ? BOBOLINK_OK : BOBOLINK_NO_MEMORY;
	}
	if (rc == BOBOLINK_NO_MEMORY)
		bl_error_set(error, rc, "out of memory");
	return rc;
}

int bl_sqlite_read(const struct bobolink_backend *backend, struct bobolink_connection *connection,
		   const struct bobolink_allocator *allocator,
		   const struct bobolink_inventory *previous, struct bobolink_inventory **inventory,
		   struct bobolink_error *error)
{
	struct reading reading = { .allocator = allocator, .previous = previous };
	int rc = read_rows(backend, connection, SCHEMA_SELECT, NULL, &reading, previous, inventory,
			   error);

	bl_groups_release(&reading.groups, allocator);
	return rc;
}

/* Marks the groups of what was dropped, and of all that stood on it. */
static void mark_dropped(const struct bobolink_inventory *previous,
			 const struct bobolink_object *dropped, uint32_t mark)
{
	bool whole = !dropped->parent[0];
	struct bobolink_object first = *dropped;
	uint32_t i;

	if (whole)
		first.kind = BOBOLINK_OBJECT_TABLE;
	first.schema = "";
	for (i = bl_inventory_place(previous, &first); i < previous->object_count; i++) {
		const struct bobolink_object *object = previous->objects[i];
		const char *root = object->parent[0] ? object->parent : object->name;

		if (strcmp(root, whole ? dropped->name : dropped->parent) != 0)
			return;
		if (object->sql[0] && (whole || (object->kind == dropped->kind &&
						 strcmp(object->name, dropped->name) == 0)))
			bl_group_of(object)->mark = mark;
	}
}

int bl_sqlite_follow(const struct bobolink_backend *backend, struct bobolink_connection *connection,
		     const struct bobolink_allocator *allocator,
		     const struct bobolink_inventory *previous,
		     const struct bobolink_object *dropped, uint32_t dropped_count,
		     struct bobolink_inventory **inventory, struct bobolink_error *error)
{
	struct reading reading = { .allocator = allocator };
	struct bobolink_value value;
	char place[24];
	int rc;

	for (uint32_t i = 0; i < dropped_count; i++)
		mark_dropped(previous, &dropped[i], 1);
	rc = bl_groups_share(&reading.groups, allocator, previous);
	for (uint32_t i = 0; i < dropped_count; i++)
		mark_dropped(previous, &dropped[i], 0);
	snprintf(place, sizeof(place), "%" PRId64,
		 reading.groups.count ? reading.groups.places[reading.groups.count - 1] : 0);
	value = (struct bobolink_value){ place, strlen(place) };
	if (rc == BOBOLINK_OK)
		rc = read_rows(backend, connection, SCHEMA_SELECT_NEW, &value, &reading, previous,
			       inventory, error);
	else
		bl_error_set(error, rc, "out of memory");
	bl_groups_release(&reading.groups, allocator);
	return rc;
}
