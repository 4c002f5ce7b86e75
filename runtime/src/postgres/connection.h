/*
 * The PostgreSQL backend from inside.
 *
 * wire.c waits for the server, queue.c keeps what was sent and not yet answered, prepared.c parses what
 * is repeated only once, error.c reads the server's complaints, settings.c keeps the session as it was, transaction.c takes the lock and commits, lend.c hands the connection to a function of the application, outcome.c
 * asks what became of a COMMIT, connect.c opens URLs; in archive/ process.c runs pg_dump and pg_restore for backup.c and restore.c.
 */
#ifndef BL_POSTGRES_CONNECTION_H
#define BL_POSTGRES_CONNECTION_H

#include <bobolink/backend.h>
#include <libpq-fe.h>

/* Statements that may be on their way at once; then their answers are read. */
#define BL_POSTGRES_QUEUE 256
/* Statements of the runtime that are worth preparing: lock, head, history, log. */
#define BL_POSTGRES_PREPARED 6

/* What an answer means. */
enum bl_postgres_kind {
	BL_POSTGRES_OWN,     /* of the runtime: it must succeed */
	BL_POSTGRES_ROWS,    /* the same; somebody wants its rows */
	BL_POSTGRES_CHECK,   /* the same; a division by zero says BOBOLINK_STALE */
	BL_POSTGRES_EXECUTE, /* of a migration */
	BL_POSTGRES_COMMIT,
	BL_POSTGRES_TIDY /* after the commit: a failure changes nothing */
};

/* What somebody wants to know of a statement. */
struct bl_postgres_answer {
	bobolink_row_fn *row; /* NULL: not its rows */
	void *context;
	int64_t changed;
};

struct bl_postgres_sent {
	int32_t kind;	 /* enum bl_postgres_kind */
	uint32_t number; /* of a migration's statement */
	char *text;	 /* of a migration's statement, for the position of its error */
	size_t length;
	struct bl_postgres_answer *answer; /* of a migration's statement; NULL: nobody asks */
};

/* What the names of the functions begin with that tell how much was written to a table. */
#define BL_POSTGRES_COUNTER "pg_stat_get_tuples_"

/* Settings that are put back when a migration changed them for the session. */
#define BL_POSTGRES_SETTINGS 29
/* An ALTER that queues behind a reader stops all readers after it: better give way and try again. */
#define BL_POSTGRES_LOCK_TIMEOUT_MS 1000u
#define BL_POSTGRES_LOCK_TIMEOUT    "1000" /* the same, as a setting */
/* A program that was stopped in a transaction keeps its lock no longer than this. */
#define BL_POSTGRES_IDLE_TIMEOUT "60000"
/* The first of them, which the runtime pins when a migration may have changed them. */
#define BL_POSTGRES_PINS 5

struct bobolink_connection {
	PGconn *pg;
	const struct bobolink_context *context;
	char *schema;  /* quoted */
	char name[64]; /* "shop 2.3.0 on web-3 (pid 4711)" */
	struct bl_postgres_sent sent[BL_POSTGRES_QUEUE];
	uint32_t sent_count;
	bool begun;	 /* begin opened the transaction */
	bool unsettled;	 /* a statement may have changed a setting for the session */
	bool ran;	 /* a statement of a migration was sent since the last settle */
	bool committing; /* COMMIT is on its way */
	bool holding;	 /* hold was asked for: the session may have the lock, several times over */
	bool held;	 /* it has: the transaction that took it was committed */
	bool executing;	 /* a migration's statement is among those not yet answered */
	bool looking;	 /* what is asked is no statement of the runtime's own */
	bool cancelled;	 /* a cancel request was sent */
	bool silent;	 /* the server has not answered in time: nothing more is said to it */
	bool utf8;	 /* the session's texts are UTF-8, not only those of transactions */
	bool uncounted;	 /* the role may not read the counters of the fingerprint */
	bool was_nonblocking;
	uint32_t lock_timeout_ms;      /* of the transaction in hand */
	uint32_t statement_timeout_ms; /* of the section in hand; 0: the session's */
	bool direct;		       /* no pooler is between: known since the first begin */
	char *prepared[BL_POSTGRES_PREPARED]; /* their texts */
	uint32_t prepared_count;
	bool unprepared;     /* somebody threw away what was prepared: nothing is, in this run */
	uint32_t generation; /* part of their names */
	bool settings_read;
	/* Of the session when the run began; then the pins as the transaction found them, NULL: the same. */
	char *settings[BL_POSTGRES_SETTINGS + BL_POSTGRES_PINS];
	char transaction[24]; /* number of the transaction at hand; "" for none */
	char process[16];     /* of the server, at the other end; "" when not known */
	uint64_t key;	      /* of the advisory lock */
};

/* backend.c: the number of an advisory lock, made of two texts. */
uint64_t bl_postgres_key(const char *prefix, const char *text);
/* A terminated copy in memory of the context's; NULL when there is none. */
char *bl_postgres_copy(const struct bobolink_connection *connection, const char *text,
		       size_t length);

/* wire.c: milliseconds of a clock that only moves forward. */
uint64_t bl_postgres_clock_ms(void);
/* Waits until an answer is there, or the server was silent for too long and is not at work. */
int bl_postgres_wait(struct bobolink_connection *connection, uint64_t timeout_ms,
		     struct bobolink_error *error);
bool bl_postgres_is_open(const struct bobolink_connection *connection);
/* Nonblocking and in pipeline mode, or `alone` for one statement; and back. */
int bl_postgres_start(struct bobolink_connection *connection, bool alone,
		      struct bobolink_error *error);
void bl_postgres_stop(struct bobolink_connection *connection);
/* Sends one statement by itself and takes its last result; NULL after a failure. */
PGresult *bl_postgres_ask(struct bobolink_connection *connection, const char *sql,
			  const char *const *values, int count, uint64_t timeout_ms,
			  struct bobolink_error *error);

/* queue.c: sends a statement without waiting for its answer. */
int bl_postgres_send(struct bobolink_connection *connection, int kind, const char *sql,
		     const char *const *values, int count, struct bobolink_error *error);
/* The next answer will be one of this kind. */
void bl_postgres_expect(struct bobolink_connection *connection, int kind);
/* Reads all answers. The first failure is the result; `row` gets the rows of BL_POSTGRES_ROWS. */
int bl_postgres_sync(struct bobolink_connection *connection, bobolink_row_fn *row, void *context,
		     struct bobolink_error *error);
void bl_postgres_forget(struct bobolink_connection *connection);
int bl_postgres_query(struct bobolink_connection *connection, const char *sql,
		      const struct bobolink_value *values, uint32_t count, bobolink_row_fn *row,
		      void *context, int64_t *changed, struct bobolink_error *error);
/* A query in a transaction of its own that changes nothing, in one round trip. */
int bl_postgres_look(struct bobolink_connection *connection, const char *sql,
		     const char *const *values, int count, bobolink_row_fn *row, void *context,
		     struct bobolink_error *error);
/* The same for one that is not ours, with the session's search_path. */
int bl_postgres_look_only(struct bobolink_connection *connection, const char *sql,
			  bobolink_row_fn *row, void *context, struct bobolink_error *error);
int bl_postgres_write(struct bobolink_connection *connection, const char *sql,
		      const struct bobolink_value *values, uint32_t count,
		      struct bobolink_error *error);
int bl_postgres_execute(struct bobolink_connection *connection, const char *text, size_t length,
			uint32_t number, struct bobolink_error *error);
int bl_postgres_perform(struct bobolink_connection *connection, const char *text, size_t length,
			uint32_t number, bobolink_row_fn *row, void *context, int64_t *changed,
			struct bobolink_error *error);
/* Hands the rows of a result over. */
int bl_postgres_rows(const PGresult *result, bobolink_row_fn *row, void *context,
		     struct bobolink_error *error);

/* prepared.c: bl_postgres_send for what every migration repeats. */
int bl_postgres_send_often(struct bobolink_connection *connection, int kind, const char *sql,
			   const char *const *values, int count, struct bobolink_error *error);
/* What was prepared is not to be relied on any more. */
void bl_postgres_prepare_anew(struct bobolink_connection *connection);
/* A run is over: none of it stays. Not in a transaction. */
void bl_postgres_deallocate(struct bobolink_connection *connection);

/* error.c: a failure that the server knows nothing of. */
int bl_postgres_fail(struct bobolink_error *error, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Describes a failed result; returns the enum bobolink_result. */
int bl_postgres_result(const PGresult *result, struct bobolink_error *error);
/* The connection is gone; says why, without its password. */
int bl_postgres_lost(struct bobolink_connection *connection, struct bobolink_error *error);
/* Appends words to a message, without this secret; NULL: there is none in them. */
void bl_postgres_say(struct bobolink_error *error, const char *words, const char *secret);
/* Appends libpq's own words to a message, its password blanked. */
void bl_postgres_words(PGconn *pg, struct bobolink_error *error);
/* Turns the server's position, in characters, into error->offset, a byte of the statement. */
void bl_postgres_place(const PGresult *result, const char *text, size_t length,
		       struct bobolink_error *error);

/* settings.c */
/* Sends the question what the session's settings are, when that is not known yet. */
int bl_postgres_settings_read(struct bobolink_connection *connection, struct bobolink_error *error);
/* Keeps a row of what they answer; false when it is none of theirs. */
bool bl_postgres_settings_row(struct bobolink_connection *connection,
			      const struct bobolink_value *values, uint32_t count, int *rc);
/* Sends what puts changed settings back. */
int bl_postgres_settings_restore(struct bobolink_connection *connection,
				 struct bobolink_error *error);
void bl_postgres_settings_free(struct bobolink_connection *connection);
/* Makes role, search_path and the like the runtime's own, for the rest of the transaction. */
int bl_postgres_pin(struct bobolink_connection *connection, struct bobolink_error *error);
/* What comes next, of this migration or another one, finds what the transaction began with. */
int bl_postgres_unpin(struct bobolink_connection *connection, struct bobolink_error *error);

/* lend.c */
int bl_postgres_lend(struct bobolink_connection *connection, struct bobolink_error *error);
int bl_postgres_reclaim(struct bobolink_connection *connection, struct bobolink_error *error);

/* transaction.c */
int bl_postgres_begin(struct bobolink_connection *connection,
		      const struct bobolink_section *section, struct bobolink_error *error);
int bl_postgres_commit(struct bobolink_connection *connection, struct bobolink_error *error);
int bl_postgres_rehearse(struct bobolink_connection *connection, struct bobolink_error *error);
void bl_postgres_rollback(struct bobolink_connection *connection);
int bl_postgres_hold(struct bobolink_connection *connection, bool hold,
		     struct bobolink_error *error);
void bl_postgres_settle(struct bobolink_connection *connection);
bool bl_postgres_holder(struct bobolink_connection *connection, char *text, size_t size);

/* outcome.c: the connection was lost while COMMIT was on its way. */
int bl_postgres_outcome(struct bobolink_connection *connection, struct bobolink_error *error);
/* The server says little, but a second connection is told that it is at work for us. */
bool bl_postgres_at_work(struct bobolink_connection *connection);

/* connect.c */
int bl_postgres_connect(const char *url, bool create, void **handle, struct bobolink_error *error);
void bl_postgres_disconnect(void *handle);
/* Drives a connection that PQconnectStart began to its end; false when it failed or took too long. */
bool bl_postgres_establish(PGconn *pg, uint64_t timeout_ms);

/* The same, and the URL's database is not the one that is connected to; NULL: it is. */
int bl_postgres_connect_to(const char *url, const char *database, void **handle,
			   struct bobolink_error *error);

/* One line of what a program says, without its end. */
typedef void bl_postgres_line_fn(void *context, const char *line);

/*
 * archive/process.c: runs a program that finds its server as `pg` has, until it has ended; arguments[0] is on the PATH. A
 * failure tells its first words. `take` may be NULL.
 */
int bl_postgres_program(const char *const arguments[], PGconn *pg,
			const struct bobolink_context *context, bl_postgres_line_fn *take,
			void *take_context, struct bobolink_error *error);

/* archive/backup.c */
int bl_postgres_backup(struct bobolink_connection *connection, const char *path,
		       struct bobolink_error *error);
void bl_postgres_origin(struct bobolink_connection *connection, const char *url, char *text,
			size_t size);
/* Whether a file is a backup, and how many tables it has. */
int bl_postgres_look_into(const char *path, PGconn *pg, const struct bobolink_context *context,
			  int64_t *tables, struct bobolink_error *error);

#endif
