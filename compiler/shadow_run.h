/* The shadow run from inside: what its files share. */
#ifndef SHADOW_RUN_H
#define SHADOW_RUN_H

#include <bobolink/sqlite3.h>

#include "model.h"
#include "shadow_watch.h"
#include "support/diagnostic.h"

struct shadow_run {
	const struct compile_options *options;
	struct arena *arena;
	struct set *set;
	struct diagnostics *diag;
	const struct bobolink_backend *backend;
	sqlite3 *db;
	struct shadow_watch watch; /* what happened to its schema since run->inventory was read */
	struct bobolink_context context;
	struct bobolink_connection *connection; /* to the same database, beside the session's */
	struct bobolink_inventory *inventory;	/* after the last migration that was applied */
	bool has_rows;	    /* a statement ran that may have put rows into tables */
	bool lacks_objects; /* an up did not run: the inventory is not what the set makes */
};

/* A place in a migration: a token, or length 0 for a lone caret. */
struct shadow_place {
	const struct source *source;
	uint32_t offset;
	uint32_t length;
};

/* error, or note when the migration is sealed and may not be edited. */
enum severity shadow_severity(const struct migration *migration);

/* Ends the tool when memory ran out; reports any other failure that no statement is to blame for. */
void shadow_fail(struct shadow_run *run, const struct bobolink_error *error);

/*
 * Reads the inventory of the database behind `connection`. `watch` says what happened to it since `previous` (which may be
 * NULL) was read, and is emptied.
 */
struct bobolink_inventory *shadow_read(struct shadow_run *run,
				       struct bobolink_connection *connection,
				       struct shadow_watch *watch,
				       const struct bobolink_inventory *previous);

/* True when the statement can only change the schema, so that no table gets rows. */
bool shadow_is_ddl(const struct section *section, const struct statement *statement);

#endif
