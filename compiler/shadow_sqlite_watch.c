/*
 * Watch: SQLite's authorizer, asked about every statement when it is prepared.
 *
 * A build must not write files, so what would is refused: ATTACH and VACUUM INTO, which SQLite does by ATTACH (a plain
 * VACUUM attaches a file without a name), load_extension, and PRAGMA writable_schema. What is dropped or altered is
 * written down, so that the next inventory need not read the whole schema again.
 */
#include "shadow_sqlite_watch.h"

#include <string.h>

static void add_dropped(struct shadow_sqlite_watch *watch, int32_t kind, const char *parent,
			const char *name)
{
	struct bobolink_object object = { .kind = kind, .schema = "", .definition = "", .sql = "" };

	object.parent = arena_copy(&watch->names, parent, strlen(parent));
	object.name = arena_copy(&watch->names, name, strlen(name));
	watch->dropped = arena_grow(&watch->names, watch->dropped, watch->count, &watch->capacity,
				    sizeof(object));
	watch->dropped[watch->count++] = object;
}

static void note(struct shadow_sqlite_watch *watch, int action, const char *one, const char *two)
{
	switch (action) {
	case SQLITE_DROP_TABLE:
	case SQLITE_DROP_VTABLE:
		add_dropped(watch, BOBOLINK_OBJECT_TABLE, "", one);
		break;
	case SQLITE_DROP_VIEW:
		add_dropped(watch, BOBOLINK_OBJECT_VIEW, "", one);
		break;
	case SQLITE_DROP_INDEX:
		add_dropped(watch, BOBOLINK_OBJECT_INDEX, two, one);
		break;
	case SQLITE_DROP_TRIGGER:
		add_dropped(watch, BOBOLINK_OBJECT_TRIGGER, two, one);
		break;
	case SQLITE_ALTER_TABLE:
	case SQLITE_ATTACH:
		watch->altered = true;
		break;
	default:
		break;
	}
}

static bool is_refused(int action, const char *one, const char *two)
{
	if (action == SQLITE_ATTACH)
		return !one || *one;
	if (action == SQLITE_FUNCTION)
		return two && strcmp(two, "load_extension") == 0;
	if (action == SQLITE_PRAGMA)
		return one && two &&
		       (sqlite3_stricmp(one, "writable_schema") == 0 ||
			sqlite3_stricmp(one, "temp_store_directory") == 0);
	return false;
}

static int authorize(void *context, int action, const char *one, const char *two,
		     const char *database, const char *trigger)
{
	(void)database;
	(void)trigger;
	if (is_refused(action, one, two))
		return SQLITE_DENY;
	note(context, action, one, two);
	return SQLITE_OK;
}

void shadow_sqlite_watch_start(struct shadow_sqlite_watch *watch, sqlite3 *db)
{
	*watch = (struct shadow_sqlite_watch){ .names = ARENA_INIT };
	sqlite3_set_authorizer(db, authorize, watch);
}

void shadow_sqlite_watch_empty(struct shadow_sqlite_watch *watch)
{
	arena_release(&watch->names);
	watch->dropped = NULL;
	watch->count = 0;
	watch->capacity = 0;
	watch->altered = false;
}
