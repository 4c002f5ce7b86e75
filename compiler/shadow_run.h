/*
 * The shadow run from inside: what its files share, and what an engine brings.
 *
 * Shared is the run itself: the set goes through the runtime, deltas and proofs are taken by
 * comparing inventories, and messages find their place. An engine knows its scratch database and its
 * database's words: shadow_sqlite*.c, shadow_postgres*.c. Only these include a database library.
 */
#ifndef SHADOW_RUN_H
#define SHADOW_RUN_H

#include <bobolink/backend.h>

#include "model.h"
#include "support/diagnostic.h"

struct shadow_engine;
struct shadow_pass;
struct shadow_proof;

struct shadow_run {
	const struct compile_options *options;
	struct arena *arena;
	struct set *set;
	struct diagnostics *diag;
	const struct shadow_engine *engine;
	const struct bobolink_backend *backend;
	void *own;    /* what the engine keeps */
	void *handle; /* the scratch database, as the backend takes it */
	struct bobolink_context context;
	const struct bobolink_set *image; /* of the pass that runs */
	const struct shadow_pass *pass;
	struct bobolink_session *session;	/* while it runs; a signal interrupts it */
	struct bobolink_connection *connection; /* to the same database, beside the session's */
	struct bobolink_inventory *start;	/* what was there before the first migration */
	struct bobolink_inventory *inventory;	/* after the last migration that was applied */
	bool has_rows;	    /* a statement ran that may have put rows into tables */
	bool lacks_objects; /* an up did not run: the inventory is not what the set makes */
};

/* What became of a scratch database that was asked for. */
enum shadow_opened {
	SHADOW_OPENED,
	SHADOW_REFUSED, /* an error was reported */
	SHADOW_NOWHERE, /* there is no server to have it on */
};

/* Why there is none, and what would help. */
struct shadow_reason {
	const char *message;
	const char *help;
};

/* What is done on a copy of the scratch database. */
typedef void shadow_copy_fn(void *context, void *handle, struct bobolink_connection *connection);

struct shadow_engine {
	const struct bobolink_backend *(*backend)(void);
	/* Makes run->own and run->handle. The reason is for SHADOW_NOWHERE. */
	enum shadow_opened (*open)(struct shadow_run *run, struct shadow_reason *reason);
	/* After open that returned SHADOW_OPENED: removes the scratch database. */
	void (*close)(struct shadow_run *run);
	/* Reads an inventory; `previous` is an earlier one of this database, or NULL. */
	int (*read)(struct shadow_run *run, struct bobolink_connection *connection,
		    const struct bobolink_inventory *previous,
		    struct bobolink_inventory **inventory, struct bobolink_error *error);
	/* Looks at a statement in the state in which it will run; NULL: nothing to see. */
	void (*look)(struct shadow_run *run, const struct migration *migration,
		     const struct section *section, const struct statement *statement);
	/* A transaction on run->connection that rollback ends. Not inside another one. */
	int (*begin)(struct shadow_run *run, struct bobolink_error *error);
	void (*rollback)(struct shadow_run *run);
	/* What the database says against a statement before it runs; NULL: nothing. Not in a transaction. */
	const char *(*prepare)(struct shadow_run *run, const char *sql);
	/* Looks at the schema after the last migration; NULL: the server has done so. */
	void (*check)(struct shadow_run *run);
	/* Calls `use` with a copy of the scratch database, for what becomes of `entry`. Not in a transaction. */
	void (*copy)(struct shadow_run *run, const char *entry, shadow_copy_fn *use, void *context);
	/* Runs shadow_proof_run() where it leaves no trace. */
	void (*prove)(struct shadow_proof *proof);
	/* The name that a message is about, without its schema; NULL when it has none. */
	const char *(*message_name)(const char *message, struct arena *arena);
	/* Adds the help for a message to the diagnostic reported last, where there is something to say. */
	void (*help)(struct shadow_run *run, const struct section *section,
		     const struct statement *statement, const char *message, uint32_t count);
	/* Is it refused because it would touch more than the database? */
	bool (*reaches_out)(const char *message);
	/* The statement that undoes the making of an object; NULL for none. */
	const char *(*undo)(struct shadow_run *run, const struct bobolink_object *object);
	/* Interrupts what runs for so many seconds from now on; 0: nothing. NULL: statement_timeout does it. */
	void (*limit)(struct shadow_run *run, unsigned seconds);
	const char *syntax_end; /* the message about a statement that ends too early */
};

extern const struct shadow_engine shadow_sqlite;
extern const struct shadow_engine shadow_postgres;

/* A place in a migration: a token, or length 0 for a lone caret. */
struct shadow_place {
	const struct source *source;
	uint32_t offset;
	uint32_t length;
};

/* A run that has not been opened. Its engine is NULL where the tool was built without the database. */
struct shadow_run shadow_run_of(const struct compile_options *options, struct arena *arena,
				struct set *set, struct diagnostics *diag);

/* error, or note when the migration is sealed and may not be edited. */
enum severity shadow_severity(const struct migration *migration);

/* Does this up run? Notes one that says that it shall not: from there on objects are missing. */
bool shadow_runs(struct shadow_run *run, const struct section *up);

/* Ends the tool when memory ran out; reports any other failure that no statement is to blame for. */
void shadow_fail(struct shadow_run *run, const struct bobolink_error *error);

/* Reads the inventory behind `connection`. NULL after a failure, which is reported. */
struct bobolink_inventory *shadow_read(struct shadow_run *run,
				       struct bobolink_connection *connection,
				       const struct bobolink_inventory *previous);

/* True when the statement can only change the schema, so that no table gets rows. */
bool shadow_is_ddl(const struct section *section, const struct statement *statement);

#endif
