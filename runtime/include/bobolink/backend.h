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

#include <signal.h>
#include <stdbool.h>

#include <bobolink/bobolink.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BOBOLINK_BACKEND_VERSION 3

/*
 * A value as text, terminated as well as counted; `text` is NULL for SQL's NULL. Result values live
 * until the row function returns.
 */
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

/* What a backend is told about the session. Everything lives until the connection is closed. */
struct bobolink_context {
	struct bobolink_allocator allocator;
	const char *program; /* who is at work */
	const char *schema;  /* where bobolink's tables stand; NULL: the backend's default */
	uint64_t
		timeout_ms; /* how long the database may be silent when it is not at work; 0: for ever */
	const volatile sig_atomic_t *interrupted; /* not 0: give up soon; NULL: never */
};

/*
 * Where a restore keeps the database that it replaces. The backend writes the empty file `path`, and
 * others of that name with something behind it ("-wal"), calls `keep` for each with what stands behind, for
 * `path` itself ("") last, and only then touches the database.
 */
struct bobolink_former {
	const char *path;
	/* Makes one of these files safe on the disk and visible to people. */
	int (*keep)(void *context, const char *suffix, struct bobolink_error *error);
	void *context;
};

struct bobolink_backend {
	uint32_t interface_version; /* must be BOBOLINK_BACKEND_VERSION */
	int32_t dialect;	    /* enum bobolink_dialect */
	const char *name;	    /* "sqlite": also the scheme of its URLs */

	/*
	 * Pieces of SQL that differ between engines; all must be given.
	 *
	 * equal, unequal, at_least, plus
	 *                        operators that nobody can put another one in the place of: "="
	 * now                    expression: the current UTC time in the type of time_type
	 * time_text              expression with one %s, a time column: as "2026-01-02T03:04:05.678Z"
	 * time_type              column type of a time
	 * id_type                column type and constraint of an ascending primary key
	 * next_id                what an UPDATE of bobolink_history sets such a column to, to make it the newest
	 * index_has_schema       CREATE INDEX names the schema before the index, not before the table
	 */
	const char *equal;
	const char *unequal;
	const char *at_least;
	const char *plus;
	const char *now;
	const char *time_text;
	const char *time_type;
	const char *id_type;
	const char *next_id;
	bool index_has_schema;

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
	int (*open)(void *handle, const struct bobolink_context *context,
		    struct bobolink_connection **connection, struct bobolink_error *error);
	/* Must. The schema of bobolink's tables as SQL names it: main, "shop admin". */
	const char *(*schema)(const struct bobolink_connection *connection);
	/*
	 * Must. An expression that changes, in most cases, when somebody changes the schema, and costs next to nothing:
	 * it stands in the query that reads the head. Its text, in the documentation of the backend, says what it does
	 * not see. Where that query fails and this is another one afterwards, by its address, it is asked once more.
	 */
	const char *(*fingerprint)(const struct bobolink_connection *connection);
	/* Must. The version of the library or server: 3040001, 150018. Runs no SQL. */
	uint32_t (*version)(const struct bobolink_connection *connection);
	/* May. Whether this connection can write nothing, where that is known without asking. Runs no SQL. */
	bool (*read_only)(const struct bobolink_connection *connection);
	/* Must. Ends an open transaction by rollback, puts back every setting it changed, frees. */
	void (*close)(struct bobolink_connection *connection);

	/*
	 * Must. Runs one of the runtime's own statements. BOBOLINK_NO_TABLE when a table does not exist,
	 * which leaves an open transaction as it was, BOBOLINK_BUSY when a lock stood in the way,
	 * BOBOLINK_READ_ONLY, BOBOLINK_IO_ERROR, ….
	 * row      may be NULL; changed: out, rows inserted, updated or deleted; may be NULL.
	 * BOBOLINK_BUSY comes before the first row or not at all, so the query can be asked again.
	 */
	int (*query)(struct bobolink_connection *connection, const char *sql,
		     const struct bobolink_value *values, uint32_t count, bobolink_row_fn *row,
		     void *context, int64_t *changed, struct bobolink_error *error);

	/*
	 * Must. Runs a query that came out of the database, and is therefore not to be trusted, outside a
	 * transaction and so that it can change nothing: BOBOLINK_SQL_ERROR when it would.
	 */
	int (*look)(struct bobolink_connection *connection, const char *sql, bobolink_row_fn *row,
		    void *context, struct bobolink_error *error);

	/*
	 * Must. Runs one of the runtime's own statements in the transaction at hand; it changes exactly
	 * one row, or nothing is done and the result is BOBOLINK_STALE.
	 */
	int (*write)(struct bobolink_connection *connection, const char *sql,
		     const struct bobolink_value *values, uint32_t count,
		     struct bobolink_error *error);

	/*
	 * Must. Runs one statement of a migration to its end, discarding rows. It must be exactly one
	 * statement: text after it is BOBOLINK_SQL_ERROR. When it ends the transaction that begin opened
	 * (SQLite: INSERT OR ROLLBACK) that is an error too. `number`, from 1, is that of the statement in
	 * its migration: an error tells it.
	 */
	int (*execute)(struct bobolink_connection *connection, const char *text, size_t length,
		       uint32_t number, struct bobolink_error *error);

	/*
	 * Must. As execute, in the transaction that begin opened, and the statement has been run when it returns.
	 * row      gets its rows; may be NULL.
	 * changed  out: rows that it inserted, updated or deleted; 0 of any other statement.
	 */
	int (*perform)(struct bobolink_connection *connection, const char *text, size_t length,
		       uint32_t number, bobolink_row_fn *row, void *context, int64_t *changed,
		       struct bobolink_error *error);

	/*
	 * Must. Opens a transaction that holds the migration lock. One attempt, no waiting: BOBOLINK_BUSY
	 * when another connection holds it. Of `section`, which is NULL when no migration is run in it,
	 * BOBOLINK_SECTION_FOREIGN_KEYS_OFF and the timeouts are honoured.
	 *
	 * Inside the transaction write and execute may only have taken note of a statement when they
	 * return. It is run, in its turn, before the next query or commit returns, and its failure
	 * is then the result of that call. After a failure nothing but rollback is of use.
	 */
	int (*begin)(struct bobolink_connection *connection, const struct bobolink_section *section,
		     struct bobolink_error *error);
	/*
	 * Must. BOBOLINK_OK: committed. BOBOLINK_BUSY: the transaction is still open, ask again.
	 * BOBOLINK_UNKNOWN: it may or may not have been committed. Anything else: rolled back, and
	 * with BOBOLINK_AGAIN (also from query and execute) only because of what other connections did.
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
	/*
	 * May. Writes who holds the lock, "shop 2.3.0 on web-3 (pid 4711)", terminated; false when that
	 * is not known. Not in a transaction.
	 */
	bool (*holder)(struct bobolink_connection *connection, char *text, size_t size);
	/*
	 * Whether statements wait for locks of their own inside the transaction: then a lock timeout
	 * of a section is theirs. Otherwise the lock that begin takes is the only one, and it is begin's.
	 */
	bool statement_locks;

	/*
	 * Must. Lends the application's handle to a function of the application: whatever was only taken note of
	 * has been run, and every setting of the handle is as the application's own SQL needs it.
	 */
	int (*lend)(struct bobolink_connection *connection, struct bobolink_error *error);
	/*
	 * Must. Takes it back: BOBOLINK_SQL_ERROR when the transaction that begin opened has ended or failed meanwhile, or, where
	 * none was open, when one is now; that one is rolled back.
	 */
	int (*reclaim)(struct bobolink_connection *connection, struct bobolink_error *error);

	/*
	 * Must. What commit would refuse, in the transaction at hand, which stays open: deferred constraints,
	 * foreign keys. Whatever was only taken note of has been run.
	 */
	int (*rehearse)(struct bobolink_connection *connection, struct bobolink_error *error);
};

/* Makes a backup called after the time, before the first step of a run, and removes old ones: of the library operate. */
int bobolink_backup_before_run(struct bobolink_session *session, struct bobolink_error *error);

/*
 * How an engine's databases are saved and brought back. Apart from the backend, which needs nothing of it to migrate: a
 * set names both.
 */
struct bobolink_archive {
	/* The extension of the files, "sqlite". */
	const char *extension;
	/* Must. bobolink_backup_before_run: a program whose set names no archive is linked without it. */
	int (*before_run)(struct bobolink_session *session, struct bobolink_error *error);
	/*
	 * Must. Writes a complete and checked copy of the database to `path`, a new file that it may
	 * leave behind half-done when it fails. Not in a transaction. BOBOLINK_BACKUP_FAILED.
	 */
	int (*backup)(struct bobolink_connection *connection, const char *path,
		      struct bobolink_error *error);
	/*
	 * Must. Makes the database at `url` the one in the file `path`. What it was is kept: in `former`
	 * (SQLite, which has a file for it), or under another name that error->message tells beside
	 * BOBOLINK_OK. `flags` may have BOBOLINK_FORCE. Cut short at any point, the database is the
	 * former one or the restored one, or the next call makes it so.
	 */
	int (*restore)(const char *url, const char *path, const struct bobolink_former *former,
		       uint32_t flags, const struct bobolink_context *context,
		       struct bobolink_error *error);
	/*
	 * Must. Writes which database a backup is of: the connection's or, where that is NULL, the one that `url` means, which
	 * need not be there. A line without secrets, the same for both and another one for another database; "" where
	 * that cannot be told.
	 */
	void (*origin)(struct bobolink_connection *connection, const char *url, char *text,
		       size_t size);
};

#ifdef __cplusplus
}
#endif

#endif
