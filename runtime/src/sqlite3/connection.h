/*
 * The SQLite backend from inside. Nothing is set on the application's handle that cannot be read
 * back: no busy handler, no progress handler, no authorizer, no hook. The file is never opened or
 * closed behind SQLite's back, which would drop its locks.
 */
#ifndef BL_SQLITE3_CONNECTION_H
#define BL_SQLITE3_CONNECTION_H

#include <bobolink/backend.h>
#include <sqlite3.h>

/* More than the runtime's own statements, which are repeated for every migration. */
#define BL_SQLITE3_CACHE 20

struct bobolink_connection {
	sqlite3 *db;
	struct bobolink_allocator allocator;
	const struct bobolink_context *context;
	sqlite3_stmt *cache[BL_SQLITE3_CACHE];
	uint32_t next;	       /* the next place of the cache to be reused */
	bool begun;	       /* begin opened the transaction */
	bool foreign_keys_off; /* they were on, and begin turned them off */
	int64_t violations;    /* of foreign keys when it did */
	int64_t synchronous;   /* what it was before a run raised it; -1: not raised */
	bool hold_wanted;      /* between hold(true) and hold(false) */
	bool held;	       /* locking_mode was normal and is exclusive now */
};

/* The schema cookie, as the query of the head asks for it. */
#define BL_SQLITE3_COOKIE "(SELECT schema_version FROM pragma_schema_version)"

/* backend.c: the path of a URL; NULL for another kind of URL. */
const char *bl_sqlite3_path(const char *url);
/* Opens a path, never as a URI. */
int bl_sqlite3_open_path(const char *path, int flags, sqlite3 **db);

/* error.c: describes the last failure of the handle; returns the enum bobolink_result. */
int bl_sqlite3_error(sqlite3 *db, int native, struct bobolink_error *error);
/* A failure that SQLite knows nothing of. */
int bl_sqlite3_fail(struct bobolink_error *error, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* statement.c */
int bl_sqlite3_query(struct bobolink_connection *connection, const char *sql,
		     const struct bobolink_value *values, uint32_t count, bobolink_row_fn *row,
		     void *context, int64_t *changed, struct bobolink_error *error);
int bl_sqlite3_look(struct bobolink_connection *connection, const char *sql, bobolink_row_fn *row,
		    void *context, struct bobolink_error *error);
int bl_sqlite3_write(struct bobolink_connection *connection, const char *sql,
		     const struct bobolink_value *values, uint32_t count,
		     struct bobolink_error *error);
int bl_sqlite3_execute(struct bobolink_connection *connection, const char *text, size_t length,
		       uint32_t number, struct bobolink_error *error);
int bl_sqlite3_perform(struct bobolink_connection *connection, const char *text, size_t length,
		       uint32_t number, bobolink_row_fn *row, void *context, int64_t *changed,
		       struct bobolink_error *error);
/* Runs a statement that is worth no place in the cache; `row` may be NULL. */
int bl_sqlite3_run(struct bobolink_connection *connection, const char *sql, bobolink_row_fn *row,
		   void *context, struct bobolink_error *error);
/* The first value of the first row as a number; `none` when there is no row. */
int bl_sqlite3_integer(struct bobolink_connection *connection, const char *sql, int64_t none,
		       int64_t *number, struct bobolink_error *error);
void bl_sqlite3_forget(struct bobolink_connection *connection);

/* position.c: the byte in `text` that a message about a name is about; -1 when it is not there. */
int32_t bl_sqlite3_position(const char *message, const char *text, size_t length);

/* transaction.c */
int bl_sqlite3_begin(struct bobolink_connection *connection, const struct bobolink_section *section,
		     struct bobolink_error *error);
int bl_sqlite3_commit(struct bobolink_connection *connection, struct bobolink_error *error);
int bl_sqlite3_lend(struct bobolink_connection *connection, struct bobolink_error *error);
int bl_sqlite3_reclaim(struct bobolink_connection *connection, struct bobolink_error *error);
int bl_sqlite3_rehearse(struct bobolink_connection *connection, struct bobolink_error *error);
void bl_sqlite3_rollback(struct bobolink_connection *connection);
int bl_sqlite3_hold(struct bobolink_connection *connection, bool hold,
		    struct bobolink_error *error);
void bl_sqlite3_settle(struct bobolink_connection *connection);
/* Gives up the lock on the file, if it is held, until the next begin. */
void bl_sqlite3_let_go(struct bobolink_connection *connection);

#endif
