/*
 * Rows: each as one text of all its values; those of a table sorted, because tables have no order.
 */
#include "shadow_rows.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "shadow_mismatch.h"
#include "support/buffer.h"

struct table {
	const struct bobolink_object *object;
	const char **rows;
	size_t count;
	size_t capacity;
	struct arena *arena;
};

struct shadow_rows {
	struct table *tables;
	uint32_t count;
};

/* Lengths keep values apart, whatever they hold. */
static int add_row(void *context, const struct bobolink_value *values, uint32_t count)
{
	struct table *table = context;
	struct buffer text = BUFFER_INIT;

	for (uint32_t i = 0; i < count; i++) {
		if (!values[i].text) {
			buffer_add_text(&text, "-");
			continue;
		}
		buffer_format(&text, "%" PRIu64 ":", (uint64_t)values[i].length);
		buffer_add(&text, values[i].text, values[i].length);
	}
	table->rows = arena_grow(table->arena, table->rows, table->count, &table->capacity,
				 sizeof(*table->rows));
	table->rows[table->count++] =
		arena_copy(table->arena, text.text ? text.text : "", text.length);
	buffer_release(&text);
	return BOBOLINK_OK;
}

static int compare_rows(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void add_quoted(struct buffer *sql, const char *name)
{
	buffer_add_text(sql, "\"");
	for (; *name; name++)
		buffer_format(sql, *name == '"' ? "\"%c" : "%c", *name);
	buffer_add_text(sql, "\"");
}

static int read_table(struct shadow_run *run, struct table *table)
{
	struct buffer sql = BUFFER_INIT;
	struct bobolink_error error;
	int rc;

	buffer_add_text(&sql, "SELECT * FROM ");
	if (*table->object->schema) {
		add_quoted(&sql, table->object->schema);
		buffer_add_text(&sql, ".");
	}
	add_quoted(&sql, table->object->name);
	rc = run->backend->query(run->connection, sql.text, NULL, 0, add_row, table, NULL, &error);
	buffer_release(&sql);
	if (rc) {
		shadow_fail(run, &error);
		return -1;
	}
	if (table->count)
		qsort(table->rows, table->count, sizeof(*table->rows), compare_rows);
	return 0;
}

struct shadow_rows *shadow_rows_read(struct shadow_run *run,
				     const struct bobolink_inventory *inventory)
{
	uint32_t total = bobolink_inventory_count(inventory);
	struct shadow_rows *all = arena_alloc(run->arena, 1, sizeof(*all));

	all->tables = arena_alloc(run->arena, total, sizeof(*all->tables));
	for (uint32_t i = 0; i < total; i++) {
		const struct bobolink_object *object = bobolink_inventory_object(inventory, i);
		struct table *table = &all->tables[all->count];

		if (object->kind != BOBOLINK_OBJECT_TABLE)
			continue;
		*table = (struct table){ .object = object, .arena = run->arena };
		all->count++;
		if (read_table(run, table))
			return NULL;
	}
	return all;
}

static bool is_same(const struct table *one, const struct table *other)
{
	if (one->count != other->count)
		return false;
	for (size_t i = 0; i < one->count; i++)
		if (strcmp(one->rows[i], other->rows[i]) != 0)
			return false;
	return true;
}

const char *shadow_rows_difference(struct shadow_run *run, const struct shadow_rows *wanted,
				   const struct shadow_rows *found)
{
	for (uint32_t i = 0; i < wanted->count; i++)
		if (!is_same(&wanted->tables[i], &found->tables[i]))
			return shadow_object_text(wanted->tables[i].object, run->arena);
	return NULL;
}
