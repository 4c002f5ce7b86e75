/* Watch: what statements do to the schema of the scratch database, as SQLite itself tells. */
#ifndef SHADOW_SQLITE_WATCH_H
#define SHADOW_SQLITE_WATCH_H

#include <sqlite3.h>

#include <bobolink/schema.h>

#include "support/arena.h"

/* Since it was emptied last. */
struct shadow_sqlite_watch {
	struct arena names; /* of what was dropped */
	struct bobolink_object *dropped;
	size_t count;
	size_t capacity;
	bool altered; /* more than CREATE and DROP */
};

/* Watches a database from now on and refuses what a build must not do. The watch must outlive the database. */
void shadow_sqlite_watch_start(struct shadow_sqlite_watch *watch, sqlite3 *db);
/* Forgets what happened. */
void shadow_sqlite_watch_empty(struct shadow_sqlite_watch *watch);

#endif
