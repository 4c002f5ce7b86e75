/*
 * SQLite's shadow: a database in memory, whose schema is watched, so that the next inventory need not read all of it.
 */
#include "shadow_sqlite.h"

#include <bobolink/sqlite3.h>

#include "shadow_sqlite_bodies.h"
#include "shadow_sqlite_database.h"
#include "shadow_sqlite_strings.h"

#define PROGRESS_STEPS 10000 /* of SQLite's machine, between looks at the clock */

static enum shadow_opened open_database(struct shadow_run *run, struct shadow_reason *reason)
{
	struct shadow_sqlite *own = arena_alloc(run->arena, 1, sizeof(*own));

	(void)reason;
	run->own = own;
	run->handle = shadow_sqlite_database_open(run->options, &own->watch, run->arena, run->diag);
	return run->handle ? SHADOW_OPENED : SHADOW_REFUSED;
}

static void close_database(struct shadow_run *run)
{
	struct shadow_sqlite *own = run->own;

	sqlite3_close(run->handle);
	shadow_sqlite_watch_empty(&own->watch);
}

static int read_inventory(struct shadow_run *run, struct bobolink_connection *connection,
			  const struct bobolink_inventory *previous,
			  struct bobolink_inventory **inventory, struct bobolink_error *error)
{
	struct shadow_sqlite *own = run->own;
	struct shadow_sqlite_watch *watch = own->copy ? &own->copy_watch : &own->watch;
	int rc;

	if (!previous || watch->altered)
		rc = bobolink_inventory_read(run->backend, connection, &run->context.allocator,
					     previous, inventory, error);
	else
		rc = bobolink_inventory_follow(run->backend, connection, &run->context.allocator,
					       previous, watch->dropped, (uint32_t)watch->count,
					       inventory, error);
	/* The handle is ours, in memory and idle: nothing but memory can run out. */
	if (rc)
		arena_exhausted();
	shadow_sqlite_watch_empty(watch);
	return rc;
}

static void look(struct shadow_run *run, const struct migration *migration,
		 const struct section *section, const struct statement *statement)
{
	struct shadow_sqlite *own = run->own;

	shadow_sqlite_strings_check(run, own->copy ? own->copy : run->handle, migration, section,
				    statement);
}

static int begin(struct shadow_run *run, struct bobolink_error *error)
{
	struct shadow_sqlite *own = run->own;

	(void)error;
	own->watch.altered = true;
	return sqlite3_exec(run->handle, "BEGIN", NULL, NULL, NULL) == SQLITE_OK
		       ? BOBOLINK_OK
		       : BOBOLINK_SQL_ERROR;
}

/* The watch sees what is done, and not that it is undone. */
static void rollback(struct shadow_run *run)
{
	struct shadow_sqlite *own = run->own;

	sqlite3_exec(run->handle, "ROLLBACK", NULL, NULL, NULL);
	own->watch.altered = true;
}

static const char *undo(struct shadow_run *run, const struct bobolink_object *object)
{
	const char *name = shadow_sqlite_quote(run, object->name);

	switch (object->kind) {
	case BOBOLINK_OBJECT_TABLE:
	case BOBOLINK_OBJECT_VIRTUAL_TABLE:
		return arena_format(run->arena, "DROP TABLE %s", name);
	case BOBOLINK_OBJECT_VIEW:
		return arena_format(run->arena, "DROP VIEW %s", name);
	case BOBOLINK_OBJECT_INDEX:
		return arena_format(run->arena, "DROP INDEX %s", name);
	case BOBOLINK_OBJECT_TRIGGER:
		return arena_format(run->arena, "DROP TRIGGER %s", name);
	case BOBOLINK_OBJECT_COLUMN:
		return arena_format(run->arena, "ALTER TABLE %s DROP COLUMN %s",
				    shadow_sqlite_quote(run, object->parent), name);
	default:
		return NULL;
	}
}

static int is_late(void *context)
{
	const struct shadow_sqlite *own = context;
	struct timespec now;

	return clock_gettime(CLOCK_MONOTONIC, &now) == 0 &&
	       (now.tv_sec > own->deadline.tv_sec ||
		(now.tv_sec == own->deadline.tv_sec && now.tv_nsec > own->deadline.tv_nsec));
}

static void limit(struct shadow_run *run, unsigned seconds)
{
	struct shadow_sqlite *own = run->own;

	if (!seconds || clock_gettime(CLOCK_MONOTONIC, &own->deadline) != 0) {
		sqlite3_progress_handler(run->handle, 0, NULL, NULL);
		return;
	}
	own->deadline.tv_sec += seconds;
	sqlite3_progress_handler(run->handle, PROGRESS_STEPS, is_late, own);
}

const struct shadow_engine shadow_sqlite = {
	.backend = bobolink_backend_sqlite3,
	.open = open_database,
	.close = close_database,
	.read = read_inventory,
	.look = look,
	.begin = begin,
	.rollback = rollback,
	.prepare = shadow_sqlite_prepare,
	.check = shadow_sqlite_bodies,
	.copy = shadow_sqlite_copy,
	.prove = shadow_sqlite_prove,
	.message_name = shadow_sqlite_message_name,
	.help = shadow_sqlite_help,
	.reaches_out = shadow_sqlite_reaches_out,
	.undo = undo,
	.limit = limit,
	.syntax_end = "incomplete input",
};
