/*
 * bobolink on the application's own SQLite connection.
 *
 * Nothing is set on the connection that is not put back when a call returns: `synchronous` is EXTRA
 * while migrations are applied, `foreign_keys` off and `locking_mode` exclusive for those that need
 * it. The journal mode is never changed. Busy handler, authorizer and hooks are left alone; a busy
 * timeout of the application only makes each attempt to take the lock slower. Timeouts of single
 * statements are not supported: sqlite3_interrupt() from another thread stops one.
 *
 * URLs of the flags: sqlite:shop.db (relative), sqlite:/srv/shop.db or sqlite:///srv/shop.db, and
 * sqlite::memory:. The path is taken as it stands, without percent-decoding and parameters. The
 * file is made when it is absent, its directory is not.
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
/* Its backups, likewise. */
const struct bobolink_archive *bobolink_archive_sqlite3(void);

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
