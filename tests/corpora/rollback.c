/*
 * Walks the migrations of a corpus up and down.
 *
 *     prove DATABASE FAULTS    applies them in batches; each batch without a file that FAULTS lists is undone
 *                              and applied again, and the inventories must be those of before
 *     down DATABASE            undoes batch after batch; prints each migration that cannot be undone, and
 *                              marks it as pending by hand
 *     up DATABASE              applies all; prints each migration that is refused, and marks it as applied
 *     compare DATABASE DATABASE  prints how the schemas differ: a line for each object
 */
#include "corpus.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bobolink/schema.h>

/* Migrations of one batch. */
#define BATCH 5

struct walk {
	const struct bobolink_set *set;
	const struct corpus_engine *engine;
	const char *url;
	void *handle;
	struct bobolink_session *session;
	char *faults; /* names of files, a line for each */
	unsigned proven;
};

static void die(const char *what, const char *why)
{
	fprintf(stderr, "%s: %s\n", what, why);
	exit(2);
}

static void die_of(const char *what, const struct bobolink_error *error)
{
	char text[2048];

	die(what, bobolink_error_text(error, text, sizeof(text)));
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

static struct bobolink_inventory *read_inventory(const struct corpus_engine *engine,
						 const char *url)
{
	static const struct bobolink_context context = {
		.allocator = { allocate, reallocate, release, NULL }, .timeout_ms = 60000
	};
	const struct bobolink_backend *backend = engine->backend();
	struct bobolink_connection *connection = NULL;
	struct bobolink_inventory *inventory = NULL;
	struct bobolink_error error;
	void *handle = engine->open(url);

	if (backend->open(handle, &context, &connection, &error) ||
	    bobolink_inventory_read(backend, connection, &context.allocator, NULL, &inventory,
				    &error))
		die_of(url, &error);
	backend->close(connection);
	engine->close(handle);
	return inventory;
}

/* Differences that were told, and the table that was told as a whole. */
struct differences {
	unsigned count;
	const char *schema;
	const char *table;
};

/* What goes or comes with a whole table is not told again. */
static int print_difference(void *context, const struct bobolink_object *before,
			    const struct bobolink_object *after)
{
	const struct bobolink_object *object = before ? before : after;
	struct differences *told = context;

	if (told->table && strcmp(object->parent, told->table) == 0 &&
	    strcmp(object->schema, told->schema) == 0)
		return 0;
	told->count++;
	told->schema = object->schema;
	told->table = *object->parent ? NULL : object->name;
	printf("%s %s %s%s%s%s%s\n",
	       !after	 ? "lost"
	       : !before ? "left"
			 : "other",
	       bobolink_object_kind_name(object->kind), object->schema, *object->schema ? "." : "",
	       object->parent, *object->parent ? "." : "", object->name);
	return 0;
}

static bool differ(const struct bobolink_inventory *before, const struct bobolink_inventory *after)
{
	struct differences told = { 0, NULL, NULL };

	bobolink_inventory_compare(before, after, print_difference, &told);
	return told.count > 0;
}

/* File of a section without the folder in front; "" where there is none. */
static const char *file_of(const struct bobolink_set *set, uint32_t index,
			   const struct bobolink_section *section)
{
	const char *file = set->chunks[index / BOBOLINK_CHUNK_SIZE].text + section->file;

	return strncmp(file, "migrations/", 11) == 0 ? file + 11 : file;
}

/* The line of `faults` is "FILE RULE". */
static bool is_listed(const struct walk *walk, const char *file)
{
	size_t length = strlen(file);

	for (const char *at = walk->faults; length && (at = strstr(at, file)); at += length) {
		if ((at == walk->faults || at[-1] == '\n') && at[length] == ' ')
			return true;
	}
	return false;
}

static bool is_clean(const struct walk *walk, uint32_t index)
{
	const struct bobolink_migration *migration = &walk->set->migrations[index];

	return (migration->down.flags & BOBOLINK_SECTION_PRESENT) &&
	       !is_listed(walk, file_of(walk->set, index, &migration->up)) &&
	       !is_listed(walk, file_of(walk->set, index, &migration->down));
}

static void expect_same(const char *what, const char *file, const struct bobolink_inventory *wanted,
			const struct bobolink_inventory *found)
{
	if (differ(wanted, found))
		die(file, what);
}

static void open_session(struct walk *walk)
{
	struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	struct bobolink_error error;

	/* Which downs leave another schema than they should is on the lists, and compared here. */
	options.validate = BOBOLINK_VALIDATE_OFF;
	walk->handle = walk->engine->open(walk->url);
	if (bobolink_open(walk->set, walk->handle, &options, &walk->session, &error))
		die_of(walk->url, &error);
}

static void close_session(struct walk *walk)
{
	bobolink_close(walk->session);
	walk->engine->close(walk->handle);
}

/* Applies up to migration `last`; a failure ends the program. */
static void apply_to(struct walk *walk, uint32_t last, uint32_t wanted)
{
	struct bobolink_error error;
	uint32_t applied = 0;

	if (bobolink_apply(walk->session, walk->set->migrations[last].version, &applied, &error))
		die_of("it does not apply", &error);
	if (applied != wanted)
		die(file_of(walk->set, last, &walk->set->migrations[last].up),
		    "another number of migrations was applied");
}

static void prove_batch(struct walk *walk, uint32_t last, uint32_t count,
			const struct bobolink_inventory *before,
			const struct bobolink_inventory *after)
{
	const char *file = file_of(walk->set, last, &walk->set->migrations[last].down);
	struct bobolink_inventory *found;
	struct bobolink_error error;
	uint32_t undone = 0;

	if (bobolink_rollback(walk->session, 1, BOBOLINK_FORCE, &undone, &error))
		die_of("a batch cannot be undone", &error);
	if (undone != count)
		die(file, "another number of migrations was undone");
	found = read_inventory(walk->engine, walk->url);
	expect_same("undoing the batch that it ends does not restore the schema", file, before,
		    found);
	bobolink_inventory_free(found);
	/* Temporary tables of the first time are in the way of some. */
	close_session(walk);
	open_session(walk);
	apply_to(walk, last, count);
	found = read_inventory(walk->engine, walk->url);
	expect_same("the batch that it ends makes another schema the second time", file, after,
		    found);
	bobolink_inventory_free(found);
	walk->proven += count;
}

static int prove(struct walk *walk)
{
	struct bobolink_inventory *before = read_inventory(walk->engine, walk->url);
	uint32_t first = 0;

	while (first < walk->set->migration_count) {
		struct bobolink_inventory *after;
		bool clean = is_clean(walk, first);
		uint32_t count = 1;

		while (clean && count < BATCH && first + count < walk->set->migration_count &&
		       is_clean(walk, first + count))
			count++;
		apply_to(walk, first + count - 1, count);
		after = read_inventory(walk->engine, walk->url);
		if (clean)
			prove_batch(walk, first + count - 1, count, before, after);
		bobolink_inventory_free(before);
		before = after;
		first += count;
	}
	bobolink_inventory_free(before);
	fprintf(stderr, "sweep: %u migrations, %u undone and applied again\n",
		(unsigned)walk->set->migration_count, walk->proven);
	return walk->proven ? 0 : 1;
}

/* What a person does about a migration that the database refuses: takes it as done. */
static void decide(struct walk *walk, const char *what, int mark, const struct bobolink_error *why)
{
	struct bobolink_error error;
	char text[2048];

	if (why->version < 0 ||
	    (why->code != BOBOLINK_SQL_ERROR && why->code != BOBOLINK_FOREIGN_KEY &&
	     why->code != BOBOLINK_IRREVERSIBLE))
		die_of(what, why);
	bobolink_error_text(why, text, sizeof(text));
	printf("%s %" PRId64 ": %.*s\n", what, why->version, (int)strcspn(text, "\n"), text);
	if (bobolink_mark(walk->session, why->version, mark, &error))
		die_of("it cannot be marked", &error);
}

/* Undoes what is above one that cannot be undone. */
static int go_down_to(struct walk *walk, int64_t version, struct bobolink_error *error)
{
	struct bobolink_plan *plan;
	int rc = bobolink_plan_to(walk->session, version, &plan, error);

	if (rc == BOBOLINK_OK)
		rc = bobolink_run(walk->session, plan, BOBOLINK_FORCE, NULL, error);
	bobolink_plan_free(plan);
	return rc;
}

static int down(struct walk *walk)
{
	struct bobolink_error error;
	uint32_t undone = 0;
	int rc;

	do {
		rc = bobolink_rollback(walk->session, 1, BOBOLINK_FORCE, &undone, &error);
		if (rc == BOBOLINK_IRREVERSIBLE) {
			struct bobolink_error above;

			if (go_down_to(walk, error.version, &above))
				decide(walk, "down-refused", BOBOLINK_MARK_PENDING, &above);
			else
				decide(walk, "down-missing", BOBOLINK_MARK_PENDING, &error);
		} else if (rc) {
			decide(walk, "down-refused", BOBOLINK_MARK_PENDING, &error);
		}
	} while (rc || undone);
	return 0;
}

static int up(struct walk *walk)
{
	struct bobolink_error error;

	while (bobolink_apply(walk->session, BOBOLINK_HEAD, NULL, &error))
		decide(walk, "up-refused", BOBOLINK_MARK_APPLIED, &error);
	if (bobolink_check(walk->session, &error))
		die_of("it is not complete", &error);
	return 0;
}

static int compare(const struct corpus_engine *engine, const char *one, const char *other)
{
	struct bobolink_inventory *before = read_inventory(engine, one);
	struct bobolink_inventory *after = read_inventory(engine, other);
	bool different = differ(before, after);

	bobolink_inventory_free(before);
	bobolink_inventory_free(after);
	return different;
}

static char *read_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	size_t size = 0;
	char *text = NULL;

	if (!file)
		die(path, "cannot be read");
	if (getdelim(&text, &size, '\0', file) < 0 && !feof(file))
		die(path, "cannot be read");
	fclose(file);
	return text ? text : calloc(1, 1);
}

static int run(struct walk *walk, const char *what, const char *faults)
{
	int rc = 2;

	open_session(walk);
	if (faults && strcmp(what, "prove") == 0) {
		walk->faults = read_file(faults);
		rc = prove(walk);
		free(walk->faults);
	} else if (strcmp(what, "down") == 0) {
		rc = down(walk);
	} else if (strcmp(what, "up") == 0) {
		rc = up(walk);
	}
	close_session(walk);
	return rc;
}

int corpus_main(int argc, char **argv, const struct bobolink_set *set,
		const struct corpus_engine *engine)
{
	struct walk walk = { .set = set, .engine = engine };

	if (argc == 4 && strcmp(argv[1], "compare") == 0)
		return compare(engine, argv[2], argv[3]);
	if (argc < 3)
		die("usage", "prove DATABASE FAULTS | down DATABASE | up DATABASE | "
			     "compare DATABASE DATABASE");
	walk.url = argv[2];
	return run(&walk, argv[1], argc > 3 ? argv[3] : NULL);
}
