/*
 * What the corpus tests need beside the compiler and the shell.
 *
 *     tool feed DATABASE FILE…       runs files as SQLite runs them, without any runtime
 *     tool compare DATABASE DATABASE prints how the schemas differ; exit status 1 when they do
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bobolink/schema.h>
#include <bobolink/sqlite3.h>

static void die(const char *what, const char *why)
{
	fprintf(stderr, "%s: %s\n", what, why);
	exit(2);
}

static void return_null(sqlite3_context *context, int count, sqlite3_value **values)
{
	(void)count;
	(void)values;
	sqlite3_result_null(context);
}

/* A database with the functions of the applications whose migrations call some. */
static sqlite3 *open_database(const char *path)
{
	static const char *const functions[] = { "normalize", "vec_length" };
	sqlite3 *db = NULL;

	if (sqlite3_open(path, &db) != SQLITE_OK)
		die(path, sqlite3_errmsg(db));
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		sqlite3_create_function(db, functions[i], -1, SQLITE_UTF8, NULL, return_null, NULL,
					NULL);
	return db;
}

static char *read_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	size_t size = 1u << 20;
	char *text = calloc(1, size);
	size_t length;

	if (!file || !text)
		die(path, "cannot be read");
	length = fread(text, 1, size - 1, file);
	if (ferror(file) || length == size - 1)
		die(path, "cannot be read");
	fclose(file);
	return text;
}

static int feed(int count, char **arguments)
{
	sqlite3 *db = open_database(arguments[0]);

	for (int i = 1; i < count; i++) {
		char *text = read_file(arguments[i]);
		char *message = NULL;

		if (sqlite3_exec(db, text, NULL, NULL, &message) != SQLITE_OK)
			die(arguments[i], message);
		free(text);
	}
	sqlite3_close(db);
	return 0;
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

static struct bobolink_inventory *read_inventory(const char *path)
{
	static const struct bobolink_context context = { .allocator = { allocate, reallocate,
									release, NULL } };
	const struct bobolink_backend *backend = bobolink_backend_sqlite3();
	struct bobolink_connection *connection = NULL;
	struct bobolink_inventory *inventory = NULL;
	struct bobolink_error error;
	sqlite3 *db = open_database(path);

	if (backend->open(db, &context, &connection, &error) ||
	    bobolink_inventory_read(backend, connection, &context.allocator, NULL, &inventory,
				    &error))
		die(path, error.message);
	backend->close(connection);
	sqlite3_close(db);
	return inventory;
}

static int write_line(void *context, const char *text, size_t length)
{
	return fwrite(text, 1, length, context) == length ? 0 : BOBOLINK_FULL;
}

static int print_difference(void *context, const struct bobolink_object *before,
			    const struct bobolink_object *after)
{
	++*(int *)context;
	if (before)
		bobolink_delta_line('-', before, 0, write_line, stdout);
	if (after)
		bobolink_delta_line('+', after, 0, write_line, stdout);
	return 0;
}

static int compare(const char *one, const char *other)
{
	struct bobolink_inventory *before = read_inventory(one);
	struct bobolink_inventory *after = read_inventory(other);
	int differences = 0;

	bobolink_inventory_compare(before, after, print_difference, &differences);
	printf("sweep: %u objects compared\n", (unsigned)bobolink_inventory_count(before));
	if (bobolink_inventory_count(before) == 0)
		die(one, "has no schema");
	bobolink_inventory_free(before);
	bobolink_inventory_free(after);
	return differences ? 1 : 0;
}

int main(int argc, char **argv)
{
	if (argc > 3 && strcmp(argv[1], "feed") == 0)
		return feed(argc - 2, argv + 2);
	if (argc == 4 && strcmp(argv[1], "compare") == 0)
		return compare(argv[2], argv[3]);
	fprintf(stderr, "usage: tool feed DATABASE FILE... | tool compare DATABASE DATABASE\n");
	return 2;
}
