/* Inventories of SQLite databases as text. */
#include "inventories.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bobolink/sqlite3.h>

#include "database.h"

int64_t allocations_left = -1;

static int is_empty(void)
{
	if (allocations_left == 0)
		return 1;
	if (allocations_left > 0)
		allocations_left--;
	return 0;
}

static void *allocate(void *context, size_t size)
{
	(void)context;
	return is_empty() ? NULL : malloc(size);
}

static void *reallocate(void *context, void *memory, size_t size)
{
	(void)context;
	return is_empty() ? NULL : realloc(memory, size);
}

static void release(void *context, void *memory)
{
	(void)context;
	free(memory);
}

struct bobolink_allocator inventories_allocator(void)
{
	return (struct bobolink_allocator){ allocate, reallocate, release, NULL };
}

static void die(const char *message)
{
	fprintf(stderr, "%s\n", message);
	abort();
}

static void read_again(struct inventories *all)
{
	struct bobolink_allocator allocator = inventories_allocator();
	struct bobolink_inventory *before = all->inventory;
	struct bobolink_error error;

	if (bobolink_inventory_read(bobolink_backend_sqlite3(), all->connection, &allocator, before,
				    &all->inventory, &error))
		die(error.message);
	bobolink_inventory_free(before);
}

void inventories_open(struct inventories *all, const char *sql)
{
	struct bobolink_context context = { .allocator = inventories_allocator() };
	struct bobolink_error error;

	memset(all, 0, sizeof(*all));
	all->db = database_open(":memory:");
	database_run(all->db, sql);
	if (bobolink_backend_sqlite3()->open(all->db, &context, &all->connection, &error))
		die(error.message);
	read_again(all);
}

void inventories_run(struct inventories *all, const char *sql)
{
	database_run(all->db, sql);
	read_again(all);
}

void inventories_close(struct inventories *all)
{
	bobolink_inventory_free(all->inventory);
	bobolink_backend_sqlite3()->close(all->connection);
	sqlite3_close(all->db);
}

static int write_stream(void *context, const char *text, size_t length)
{
	return fwrite(text, 1, length, context) == length ? 0 : BOBOLINK_FULL;
}

static int write_change(void *context, const struct bobolink_object *before,
			const struct bobolink_object *after)
{
	char mark = !before ? '+' : after ? '~' : '-';

	return bobolink_delta_line(mark, after ? after : before, 0, write_stream, context);
}

char *inventory_changes(const struct bobolink_inventory *before,
			const struct bobolink_inventory *after)
{
	char *text = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&text, &length);

	if (!stream || bobolink_inventory_compare(before, after, write_change, stream) ||
	    fclose(stream))
		die("out of memory");
	return text;
}

char *inventory_text(const struct bobolink_inventory *inventory)
{
	return inventory_changes(NULL, inventory);
}
