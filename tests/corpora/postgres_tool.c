/*
 * What the tests of PostgreSQL schemas need beside psql and pg_dump. A SCHEMA is a connection string
 * (it contains a "=") or a file that `write` made.
 *
 *     postgres_tool write SCHEMA          prints the inventory, a line for each object, SQL included
 *     postgres_tool compare SCHEMA SCHEMA prints how two differ; exit status 1 when they do
 *     postgres_tool time SCHEMA           prints how many objects there are, and how long reading takes
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <bobolink/postgres.h>
#include <bobolink/schema.h>

static void die(const char *what, const char *why)
{
	fprintf(stderr, "%s: %s\n", what, why);
	exit(2);
}

static int write_out(void *context, const char *text, size_t length)
{
	(void)context;
	return fwrite(text, 1, length, stdout) == length ? 0 : BOBOLINK_FULL;
}

static int print_object(void *context, const struct bobolink_object *before,
			const struct bobolink_object *after)
{
	(void)context;
	(void)before;
	return bobolink_delta_line('+', after, 1, write_out, NULL);
}

/* A change is two lines: what it was, what it is. */
static int print_difference(void *context, const struct bobolink_object *before,
			    const struct bobolink_object *after)
{
	*(int *)context = 1;
	if (before && bobolink_delta_line('<', before, 0, write_out, NULL))
		return BOBOLINK_FULL;
	return after ? bobolink_delta_line('>', after, 0, write_out, NULL) : 0;
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

static struct bobolink_connection *open_database(const char *url, PGconn **pg)
{
	static const struct bobolink_context context = {
		.allocator = { allocate, reallocate, release, NULL }, .timeout_ms = 60000
	};
	struct bobolink_connection *connection;
	struct bobolink_error error;

	*pg = PQconnectdb(url);
	if (PQstatus(*pg) != CONNECTION_OK)
		die(url, PQerrorMessage(*pg));
	if (bobolink_backend_postgres()->open(*pg, &context, &connection, &error))
		die(url, error.message);
	return connection;
}

static void close_database(struct bobolink_connection *connection, PGconn *pg)
{
	bobolink_backend_postgres()->close(connection);
	PQfinish(pg);
}

static struct bobolink_inventory *read_database(struct bobolink_connection *connection,
						const struct bobolink_inventory *previous)
{
	struct bobolink_inventory *inventory;
	struct bobolink_error error;

	if (bobolink_inventory_read(bobolink_backend_postgres(), connection, NULL, previous,
				    &inventory, &error))
		die("the schema cannot be read", error.message);
	return inventory;
}

static struct bobolink_inventory *from_database(const char *url)
{
	PGconn *pg;
	struct bobolink_connection *connection = open_database(url, &pg);
	struct bobolink_inventory *inventory = read_database(connection, NULL);

	close_database(connection, pg);
	return inventory;
}

static struct bobolink_inventory *from_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	struct bobolink_inventory *inventory;
	struct bobolink_error error;
	char *text = NULL;
	size_t size = 0;

	if (!file || getdelim(&text, &size, '\0', file) < 0)
		die(path, "cannot be read");
	fclose(file);
	if (bobolink_delta_apply(NULL, text, NULL, &inventory, &error))
		die(path, error.message);
	free(text);
	return inventory;
}

static struct bobolink_inventory *open_schema(const char *schema)
{
	return strchr(schema, '=') ? from_database(schema) : from_file(schema);
}

static int compare(const char *one, const char *other)
{
	struct bobolink_inventory *before = open_schema(one);
	struct bobolink_inventory *after = open_schema(other);
	int different = 0;

	if (bobolink_inventory_count(before) == 0)
		die(one, "has no object");
	if (bobolink_inventory_compare(before, after, print_difference, &different))
		die(one, "the differences cannot be written");
	bobolink_inventory_free(before);
	bobolink_inventory_free(after);
	return different;
}

static int write_schema(const char *schema)
{
	struct bobolink_inventory *inventory = open_schema(schema);
	int rc = bobolink_inventory_compare(NULL, inventory, print_object, NULL);

	bobolink_inventory_free(inventory);
	return rc || fflush(stdout) ? 2 : 0;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static int time_reading(const char *url)
{
	PGconn *pg;
	struct bobolink_connection *connection = open_database(url, &pg);
	struct bobolink_inventory *inventory = NULL;
	double best = 1e9;

	for (int i = 0; i < 5; i++) {
		struct bobolink_inventory *previous = inventory;
		double start = now();

		inventory = read_database(connection, previous);
		best = now() - start < best ? now() - start : best;
		bobolink_inventory_free(previous);
	}
	printf("%u objects, %.1f ms\n", (unsigned)bobolink_inventory_count(inventory), best);
	bobolink_inventory_free(inventory);
	close_database(connection, pg);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "write") == 0)
		return write_schema(argv[2]);
	if (argc == 3 && strcmp(argv[1], "time") == 0)
		return time_reading(argv[2]);
	if (argc == 4 && strcmp(argv[1], "compare") == 0)
		return compare(argv[2], argv[3]);
	die("usage", "write SCHEMA | compare SCHEMA SCHEMA | time SCHEMA");
}
