/* PostgreSQL's shadow from inside: what its files share. */
#ifndef SHADOW_POSTGRES_H
#define SHADOW_POSTGRES_H

#include <libpq-fe.h>

#include "shadow_run.h"

struct server;

/* run->own; run->handle is a PGconn on the scratch database. */
struct shadow_postgres {
	struct server *server; /* private; NULL: the one that BOBOLINK_SHADOW_URL names */
	const char *url;       /* where databases are made */
	const char *role;      /* who runs the migrations; NULL: the role of the URL */
	PGconn *admin;	       /* to the database of the URL */
	const char *name;      /* of the scratch database */
	const char *copy_name; /* of its copy, in which a proof takes place */
};

/*
 * A database as the migrations see it: UTC, notices dropped. `role` NULL: that of the URL. NULL after a failure, with the
 * reason in the arena.
 */
PGconn *shadow_postgres_connect(struct shadow_run *run, const char *database, const char *role,
				const char **reason);
/* Runs one statement of ours. 0, or -1 with the server's words in the arena. */
int shadow_postgres_run(struct shadow_run *run, PGconn *db, const char *sql, const char **reason);
/* A name as SQL wants it, in double quotes; the letters stay as they are. */
const char *shadow_postgres_quote(struct shadow_run *run, const char *name);

/* Makes the role, the database, and what SHADOW_FUNCTIONS and SHADOW_EXTENSIONS declare. -1 after a report. */
int shadow_postgres_furnish(struct shadow_run *run);

/* From now on SIGINT, SIGTERM and SIGHUP end the run early; the database is removed first. */
void shadow_postgres_catch(struct shadow_run *run);
/* A signal cancels what this connection is doing; until it is closed. */
void shadow_postgres_watch(PGconn *db);
void shadow_postgres_unwatch(void);
/* Signals have their old meaning; one that came meanwhile is raised again. */
void shadow_postgres_release(void);

/* Members of struct shadow_engine. */
int shadow_postgres_read(struct shadow_run *run, struct bobolink_connection *connection,
			 const struct bobolink_inventory *previous,
			 struct bobolink_inventory **inventory, struct bobolink_error *error);
void shadow_postgres_copy(struct shadow_run *run, const char *entry, shadow_copy_fn *use,
			  void *context);
void shadow_postgres_prove(struct shadow_proof *proof);
const char *shadow_postgres_message_name(const char *message, struct arena *arena);
void shadow_postgres_help(struct shadow_run *run, const struct section *section,
			  const struct statement *statement, const char *message, uint32_t count);
bool shadow_postgres_reaches_out(const char *message);
const char *shadow_postgres_undo(struct shadow_run *run, const struct bobolink_object *object);

#endif
