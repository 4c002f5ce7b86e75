/* The scratch database of a shadow run: in memory, watched, closed off from the file system. */
#ifndef SHADOW_SQLITE_DATABASE_H
#define SHADOW_SQLITE_DATABASE_H

#include <sqlite3.h>

#include "model.h"
#include "shadow_sqlite_watch.h"
#include "support/diagnostic.h"

/*
 * Opens an empty database with the declared functions and extensions. `diag` may be NULL when these are known to be
 * sound. Returns NULL after an error.
 */
sqlite3 *shadow_sqlite_database_open(const struct compile_options *options,
				     struct shadow_sqlite_watch *watch, struct arena *arena,
				     struct diagnostics *diag);
/* A second database with the same content. */
sqlite3 *shadow_sqlite_database_copy(sqlite3 *db, const struct compile_options *options,
				     struct shadow_sqlite_watch *watch, struct arena *arena);

#endif
