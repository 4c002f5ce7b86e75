/*
 * Seeds: which tables there are, folded from the deltas; how many rows they have; filling them.
 *
 * Each row goes in as a statement of its own, or both as one: outside of transactions, so that one that is refused leaves
 * nothing behind.
 */
#include "shadow_seed.h"

#include <stdlib.h>
#include <string.h>

#include "shadow_seed_rows.h"
#include "shadow_seed_text.h"
#include "support/buffer.h"

#define COUNTED_AT_ONCE 100 /* tables in one query */

/* --- which tables there are ------------------------------------------------------------------ */

static bool is_same(const struct bobolink_object *one, const struct bobolink_object *other)
{
	return one->kind == other->kind && strcmp(one->schema, other->schema) == 0 &&
	       strcmp(one->name, other->name) == 0;
}

struct seed_table *seed_find(const struct seeds *seeds, const char *schema, const char *name)
{
	for (size_t i = seeds->count; i-- > 0;) {
		struct seed_table *table = &seeds->tables[i];

		if (!table->gone && strcmp(table->name, name) == 0 &&
		    (!*schema || strcmp(table->schema, schema) == 0))
			return table;
	}
	return NULL;
}

static void add_table(struct seeds *seeds, const struct bobolink_object *object, uint32_t index)
{
	struct seed_table table = {
		.schema = object->schema, .name = object->name, .self = object, .made = index
	};

	table.sql_name = seed_quote_table(seeds, object->schema, object->name);
	seeds->tables = arena_grow(seeds->run->arena, seeds->tables, seeds->count, &seeds->capacity,
				   sizeof(table));
	seeds->tables[seeds->count++] = table;
}

static void follow_table(struct seeds *seeds, const struct change *change, uint32_t index)
{
	const struct bobolink_object *before = change->before;
	struct seed_table *table = before ? seed_find(seeds, before->schema, before->name) : NULL;

	if (!change->after) {
		if (table)
			table->gone = true;
	} else if (table) {
		table->self = change->after;
	} else {
		add_table(seeds, change->after, index);
	}
}

static void follow_type(struct seeds *seeds, const struct change *change)
{
	size_t i = 0;

	while (change->before && i < seeds->type_count && !is_same(seeds->types[i], change->before))
		i++;
	if (change->before && i < seeds->type_count)
		seeds->types[i] = change->after ? change->after : seeds->types[--seeds->type_count];
	if (change->before)
		return;
	seeds->types = arena_grow(seeds->run->arena, seeds->types, seeds->type_count,
				  &seeds->type_capacity, sizeof(struct bobolink_object *));
	seeds->types[seeds->type_count++] = change->after;
}

static void follow_part(struct seeds *seeds, const struct change *change)
{
	const struct bobolink_object *object = change->after ? change->after : change->before;
	struct seed_table *table = seed_find(seeds, object->schema, object->parent);
	size_t i = 0;

	if (!table)
		return;
	table->pending = true;
	while (i < table->count && !is_same(table->parts[i], object))
		i++;
	if (i == table->count && change->after) {
		table->parts = arena_grow(seeds->run->arena, table->parts, table->count,
					  &table->capacity, sizeof(struct bobolink_object *));
		table->parts[table->count++] = change->after;
	} else if (i < table->count) {
		table->parts[i] = change->after ? change->after : table->parts[--table->count];
	}
}

void seed_follow(struct seeds *seeds, uint32_t index)
{
	const struct migration *migration = &seeds->run->set->migrations[index];

	/* A table sorts before what is its own. */
	for (uint32_t i = 0; i < migration->change_count; i++) {
		const struct change *change = &migration->changes[i];
		const struct bobolink_object *object =
			change->after ? change->after : change->before;

		if (object->kind == BOBOLINK_OBJECT_TABLE)
			follow_table(seeds, change, index);
		else if (object->kind == BOBOLINK_OBJECT_ENUM ||
			 object->kind == BOBOLINK_OBJECT_DOMAIN)
			follow_type(seeds, change);
		else if (*object->parent)
			follow_part(seeds, change);
	}
}

/* --- counting -------------------------------------------------------------------------------- */

static int take_count(void *context, const struct bobolink_value *values, uint32_t count)
{
	struct seeds *seeds = context;

	if (count == 2 && values[0].text && values[1].text)
		seeds->tables[strtoul(values[0].text, NULL, 10)].rows =
			(uint32_t)strtoul(values[1].text, NULL, 10);
	return BOBOLINK_OK;
}

static int ask(struct seeds *seeds, struct buffer *sql)
{
	struct bobolink_error error;
	int rc = BOBOLINK_OK;

	if (sql->length)
		rc = seeds->run->backend->query(seeds->run->connection, sql->text, NULL, 0,
						take_count, seeds, NULL, &error);
	sql->length = 0;
	return rc ? -1 : 0;
}

static int count(struct seeds *seeds, bool (*is_wanted)(const struct seed_table *table))
{
	struct buffer sql = BUFFER_INIT;
	uint32_t terms = 0;
	int rc = 0;

	for (size_t i = 0; i < seeds->count && rc == 0; i++) {
		const struct seed_table *table = &seeds->tables[i];

		if (table->gone || !is_wanted(table))
			continue;
		buffer_format(&sql,
			      "%sSELECT %u, count(*) FROM (SELECT 1 FROM %s LIMIT %u) AS counted",
			      sql.length ? " UNION ALL " : "", (unsigned)i, table->sql_name,
			      SEED_COUNT_MAX);
		if (++terms % COUNTED_AT_ONCE == 0)
			rc = ask(seeds, &sql);
	}
	if (rc == 0)
		rc = ask(seeds, &sql);
	buffer_release(&sql);
	return rc;
}

static bool is_any(const struct seed_table *table)
{
	(void)table;
	return true;
}

static bool is_lost(const struct seed_table *table)
{
	return table->lost;
}

static bool is_pending(const struct seed_table *table)
{
	return table->pending;
}

int seed_count(struct seeds *seeds, bool lost_only)
{
	return count(seeds, lost_only ? is_lost : is_any);
}

/* --- filling --------------------------------------------------------------------------------- */

bool seed_is_partition(const struct seed_table *table)
{
	return strncmp(table->self->definition, "PARTITION OF", 12) == 0;
}

/* Does the table wait for another one that is to be filled, too? */
static bool waits(struct seeds *seeds, const struct seed_table *table, bool must_only)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct bobolink_object *part = table->parts[i];
		struct seed_reference reference;
		const struct seed_table *parent;

		if (part->kind != BOBOLINK_OBJECT_FOREIGN_KEY)
			continue;
		reference = seed_reference(part->definition, seeds->run->arena);
		parent = seed_find(seeds, reference.schema, reference.table);
		if (parent && parent != table && parent->pending &&
		    (!must_only || seed_needs_parent(seeds, table, &reference)))
			return true;
	}
	return false;
}

/* The next table to be filled: one that waits for none, else one that can do with NULL, else any. */
static struct seed_table *next_table(struct seeds *seeds)
{
	struct seed_table *any = NULL;
	struct seed_table *second = NULL;

	for (size_t i = 0; i < seeds->count; i++) {
		struct seed_table *table = &seeds->tables[i];

		if (!table->pending || table->gone)
			continue;
		if (!waits(seeds, table, false))
			return table;
		any = any ? any : table;
		if (!second && !waits(seeds, table, true))
			second = table;
	}
	return second ? second : any;
}

/* A trigger of another table may have filled it meanwhile. */
static bool is_filled(struct seeds *seeds, struct seed_table *table)
{
	struct buffer sql = BUFFER_INIT;

	buffer_format(&sql, "SELECT %u, count(*) FROM %s", (unsigned)(table - seeds->tables),
		      table->sql_name);
	if (ask(seeds, &sql) == 0 && table->rows) {
		table->seeded = true;
		table->is_empty = false;
	}
	buffer_release(&sql);
	return table->rows != 0;
}

void seed_fill(struct seeds *seeds, seed_unfilled_fn *unfilled, void *context)
{
	struct seed_table *table;

	for (size_t i = 0; i < seeds->count; i++)
		seeds->tables[i].pending &= !seed_is_partition(&seeds->tables[i]);
	if (count(seeds, is_pending))
		return;
	for (size_t i = 0; i < seeds->count; i++)
		seeds->tables[i].pending &= seeds->tables[i].rows < SEED_ROWS;
	while ((table = next_table(seeds))) {
		const char *reason = seed_rows_add(seeds, table);

		table->pending = false;
		if (!reason || table->reported || is_filled(seeds, table))
			continue;
		table->reported = true;
		unfilled(context, table, reason);
	}
}
