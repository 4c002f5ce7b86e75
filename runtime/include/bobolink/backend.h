/*
 * What the runtime needs from one database engine. For writers of backends.
 *
 * A backend moves statements and rows; it knows no migration, no history and no status. Every
 * function reports through enum bobolink_result and fills `error` (never NULL here) with code,
 * native code, offset and message; the runtime adds file, line and version. Members say whether a
 * backend *must* or *may* provide them.
 *
 * Placeholders in `query` are $1, $2, … on every backend. Values travel as text.
 */
#ifndef BOBOLINK_BACKEND_H
#define BOBOLINK_BACKEND_H

#include <stdbool.h>

#include <bobolink/bobolink.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BOBOLINK_BACKEND_VERSION 1

/* A value as text; `text` is NULL for SQL's NULL. Result values live until the row function returns. */
struct bobolink_value {
	const char *text;
	size_t length;
};

/* One result row. A value other than 0 (an enum bobolink_result) ends the query with that result. */
typedef int bobolink_row_fn(void *context, const struct bobolink_value *values, uint32_t count);

/* A backend's own view of one connection, between open and close. */
struct bobolink_connection;

/* Which engine's SQL a set is written in. */
enum bobolink_dialect {
	BOBOLINK_DIALECT_SQLITE = 1,
	BOBOLINK_DIALECT_POSTGRES = 2
};

struct bobolink_backend {
	uint32_t interface_version; /* must be BOBOLINK_BACKEND_VERSION */
	int32_t dialect;	    /* enum bobolink_dialect */
	const char *name;	    /* "sqlite": also the scheme of its URLs */

	/*
	 * Pieces of SQL that differ between engines; all must be given.
	 *
	 * schema                 where bobolink's tables stand: "main"
	 * now                    expression: the current UTC time in the type of time_type
	 * time_text              expression with one %s, a time column: as "2026-01-02T03:04:05.678Z"
	 * time_type              column type of a time
	 * id_type                column type and constraint of an ascending primary key
	 * index_qualifier        before the index's name in CREATE INDEX: "main."
	 * index_table_qualifier  before the table's name there: ""
	 */
	const char *schema;
	const char *now;
	const char *time_text;
	const char *time_type;
	const char *id_type;
	const char *index_qualifier;
	const char *index_table_qualifier;

	/*
	 * Must. Opens `url` ("sqlite:shop.db") for the flags; `*handle` is what an application would own.
	 * create  whether a database that does not exist may be made. Without it such a database is
	 *         shown as an empty one, nothing is written, and error->message says so beside BOBOLINK_OK.
	 * No message contains the URL: it may hold a password.
	 */
	int (*connect)(const char *url, bool create, void **handle, struct bobolink_error *error);
	/* Must. Closes what connect opened. */
	void (*disconnect)(void *handle);

	/* Must. Wraps an application's handle; BOBOLINK_IN_TRANSACTION when it is inside one. Runs no SQL. */
	int (*open)(void *handle, const struct bobolink_allocator *allocator,
		    struct bobolink_connection **connection, struct bobolink_error *error);
	/* Must. Ends an open transaction by rollback, puts back every setting it changed, frees. */
	void (*close)(struct bobolink_connection *connection);

	/*
	 * Must. Runs one of the runtime's own statements. BOBOLINK_NO_TABLE when a table does not exist,
	 * BOBOLINK_BUSY when a lock stood in the way, BOBOLINK_READ_ONLY, BOBOLINK_IO_ERROR, ….
	 * row      may be NULL; changed: out, rows inserted, updated or deleted; may be NULL.
	 * BOBOLINK_BUSY comes before the first row or not at all, so the query can be asked again.
	 */
	int (*query)(struct bobolink_connection *connection, const char *sql,
		     const struct bobolink_value *values, uint32_t count, bobolink_row_fn *row,
		     void *context, int64_t *changed, struct bobolink_error *error);

	/*
	 * Must. Runs one statement of a migration to its end, discarding rows. It must be exactly one
	 * statement: text after it is BOBOLINK_SQL_ERROR. When it ends the transaction that begin opened
	 * (SQLite: INSERT OR ROLLBACK) that is an error too.
	 */
	int (*execute)(struct bobolink_connection *connection, const char *text, size_t length,
		       struct bobolink_error *error);

	/*
	 * Must. Opens a transaction that holds the migration lock. One attempt, no waiting: BOBOLINK_BUSY
	 * when another connection holds it. `flags`: BOBOLINK_SECTION_FOREIGN_KEYS_OFF is honoured.
	 */
	int (*begin)(struct bobolink_connection *connection, uint32_t flags,
		     struct bobolink_error *error);
	/*
	 * Must. BOBOLINK_OK: committed. BOBOLINK_BUSY: the transaction is still open, ask again.
	 * BOBOLINK_UNKNOWN: it may or may not have been committed. Anything else: rolled back.
	 */
	int (*commit)(struct bobolink_connection *connection, struct bobolink_error *error);
	/* Must. Ends the transaction without effect; nothing happens when there is none. */
	void (*rollback)(struct bobolink_connection *connection);

	/*
	 * Must. Keeps the migration lock between transactions (hold true, called inside a transaction)
	 * until called with false outside one, so that nobody else goes on with a migration that runs
	 * without a transaction. Where that cannot be had, BOBOLINK_OK: the compare-and-set of every
	 * piece then keeps two runs apart.
	 */
	int (*hold)(struct bobolink_connection *connection, bool hold,
		    struct bobolink_error *error);
	/* Must. A run is over: puts back every setting that begin and hold changed. Not in a transaction. */
	void (*settle)(struct bobolink_connection *connection);
};

#ifdef __cplusplus
}
#endif

#endif
