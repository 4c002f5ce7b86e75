/*
 * bobolink on the application's own PostgreSQL connection (libpq 14 or newer, server 12 or newer).
 *
 * What a migration needs is set for its transaction only; settings that a migration itself changes
 * for the session are put back after its commit. The connection is idle, blocking and outside pipeline mode
 * when a call begins and when it returns. Notices go where the application sends them. When the
 * connection is lost the application reconnects: the runtime only asks, through a connection of its own
 * with the same parameters, whether a COMMIT that was not answered was carried out.
 *
 * A session's text encoding is UTF-8 while migrations run. While a migration runs, application_name says
 * who is at work, "shop 2.3.0 on web-3 (pid 4711)", so that programs that wait can tell.
 *
 * Behind a pooler everything works but migrations that cannot run in a transaction: the pooler may give the
 * next statement to another server process, and does not say whether it does. Those need a connection to
 * the server itself, and say so.
 *
 * URLs of the flags: postgres://user@host/db or postgresql://…, as in the manual, section 34.1.1.2. A
 * password belongs into ~/.pgpass, PGPASSFILE or the URL of an environment variable; it is never printed.
 */
#ifndef BOBOLINK_POSTGRES_H
#define BOBOLINK_POSTGRES_H

#include <libpq-fe.h>

#include <bobolink/bobolink.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The PostgreSQL backend; generated code names this function. */
const struct bobolink_backend *bobolink_backend_postgres(void);
/* Its backups, likewise. */
const struct bobolink_archive *bobolink_archive_postgres(void);

/* bobolink_open() and bobolink_migrate() with the handle's type checked by the compiler. */
int bobolink_open_postgres(const struct bobolink_set *set, PGconn *connection,
			   const struct bobolink_options *options,
			   struct bobolink_session **session, struct bobolink_error *error);
int bobolink_migrate_postgres(const struct bobolink_set *set, PGconn *connection,
			      const struct bobolink_options *options, struct bobolink_error *error);

#ifdef __cplusplus
}
#endif

#endif
