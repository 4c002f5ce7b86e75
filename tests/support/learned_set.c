/*
 * Sets that were run: see the header.
 */
#include "learned_set.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <bobolink/schema.h>

#include "database.h"
#include "engine.h"
#include "hand_scripts.h"

#define TEXT_SIZE 65536

/* A delta, or a schema. */
struct lines {
	char text[TEXT_SIZE];
	size_t length;
	int with_sql;
};

static void die(const char *what, const char *why)
{
	fprintf(stderr, "%s: %s\n", what, why);
	abort();
}

static void *allocate(void *context, size_t size)
{
	(void)context;
	return malloc(size);
}

static void *reallocate(void *context, void *memory, size_t size)
{
	(void)context;
	return realloc(memory, size);
}

static void release(void *context, void *memory)
{
	(void)context;
	free(memory);
}

static struct bobolink_inventory *read_inventory(void *handle)
{
	static const struct bobolink_context context = {
		.allocator = { allocate, reallocate, release, NULL }, .timeout_ms = 60000
	};
	const struct bobolink_backend *backend = engine()->backend();
	struct bobolink_connection *connection = NULL;
	struct bobolink_inventory *inventory = NULL;
	struct bobolink_error error;

	if (backend->open(handle, &context, &connection, &error) ||
	    bobolink_inventory_read(backend, connection, &context.allocator, NULL, &inventory,
				    &error))
		die("the inventory", error.message);
	backend->close(connection);
	return inventory;
}

static int add(void *context, const char *text, size_t length)
{
	struct lines *lines = context;

	if (length >= TEXT_SIZE - lines->length)
		die("a delta", "is too long");
	memcpy(lines->text + lines->length, text, length);
	lines->length += length;
	lines->text[lines->length] = '\0';
	return 0;
}

static int add_line(void *context, const struct bobolink_object *before,
		    const struct bobolink_object *after)
{
	struct lines *lines = context;

	/* A schema has the objects with SQL alone. */
	if (lines->with_sql && !after->sql[0])
		return 0;
	return bobolink_delta_line(!before  ? '+'
				   : !after ? '-'
					    : '~',
				   after ? after : before, lines->with_sql, add, lines);
}

static void add_migration(struct hand_set *set, int64_t version,
			  const struct learned_migration *migration)
{
	hand_set_add(set, version, migration->name, 0, migration->up[0], NULL);
	for (int i = 1; migration->up[0] && migration->up[i]; i++)
		hand_set_more(set, migration->up[i]);
	if (migration->down[0])
		hand_set_down(set, 0, migration->down[0], migration->down[1], migration->down[2],
			      migration->down[3], NULL);
}

/* Runs an up and tells what it changed; returns the inventory after it. */
static struct bobolink_inventory *learn(void *handle, const struct learned_migration *migration,
					struct bobolink_inventory *before, struct lines *delta)
{
	struct bobolink_inventory *after;

	*delta = (struct lines){ .length = 0 };
	for (int i = 0; migration->up[i]; i++)
		engine()->run(handle, migration->up[i]);
	after = read_inventory(handle);
	bobolink_inventory_compare(before, after, add_line, delta);
	bobolink_inventory_free(before);
	return after;
}

struct hand_set *learned_set(const char *directory, const char *name,
			     const struct learned_migration *migrations, uint32_t count)
{
	return learned_set_with(directory, name, migrations, count, NULL, 0);
}

struct hand_set *learned_set_with(const char *directory, const char *name,
				  const struct learned_migration *migrations, uint32_t count,
				  const struct learned_migration *repeatables,
				  uint32_t repeatable_count)
{
	static struct lines schema;
	static struct lines delta;
	struct hand_set *set = hand_set_new(name);
	struct bobolink_inventory *inventory = NULL;
	char url[ENGINE_URL_SIZE];
	char folder[300];
	void *handle;

	snprintf(folder, sizeof(folder), "%s/learned-%s", directory, name);
	if (mkdir(folder, 0700))
		die(folder, "cannot be made");
	engine()->make(folder, url);
	handle = engine()->open(url);
	for (uint32_t i = 0; i < count; i++) {
		add_migration(set, i + 1, &migrations[i]);
		inventory = learn(handle, &migrations[i], inventory, &delta);
		hand_set_delta(set, delta.text);
	}
	for (uint32_t i = 0; i < repeatable_count; i++) {
		const char *const *up = repeatables[i].up;

		hand_repeatable(set, repeatables[i].name, up[0], up[1], up[2], up[3], NULL);
		inventory = learn(handle, &repeatables[i], inventory, &delta);
		hand_script_delta(set, delta.text);
	}
	schema = (struct lines){ .with_sql = 1 };
	bobolink_inventory_compare(NULL, inventory, add_line, &schema);
	hand_set_schema(set, schema.text);
	bobolink_inventory_free(inventory);
	engine()->close(handle);
	scratch_remove(folder);
	return set;
}
