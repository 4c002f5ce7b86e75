/*
 * bobolink on the application's own SQLite connection.
 */
#ifndef BOBOLINK_SQLITE3_H
#define BOBOLINK_SQLITE3_H

#include <sqlite3.h>

#include <bobolink/bobolink.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The SQLite backend; generated code names this function. */
const struct bobolink_backend *bobolink_backend_sqlite3(void);

/* bobolink_open() and bobolink_migrate() with the handle's type checked by the compiler. */
int bobolink_open_sqlite3(const struct bobolink_set *set, sqlite3 *db,
			  const struct bobolink_options *options, struct bobolink_session **session,
			  struct bobolink_error *error);
int bobolink_migrate_sqlite3(const struct bobolink_set *set, sqlite3 *db,
			     const struct bobolink_options *options, struct bobolink_error *error);

#ifdef __cplusplus
}
#endif

#endif
