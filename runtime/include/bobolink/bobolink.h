/*
 * The application's interface to its migrations.
 *
 * Most programs need one call at start, bobolink_migrate_sqlite3() of <bobolink/sqlite3.h>, and
 * bobolink_cli() of <bobolink/cli.h> for the --migrate-… flags. What is declared here serves
 * programs that want to look first, stop at a version, or report in their own way.
 *
 * The runtime works on a connection that the application opened and keeps. It never closes it,
 * never prints, never exits, has no global state. A session belongs to one thread at a time.
 * Functions return an enum bobolink_result (0 is success) and describe a failure in a struct
 * bobolink_error that the caller owns.
 */
#ifndef BOBOLINK_BOBOLINK_H
#define BOBOLINK_BOBOLINK_H

#include <stddef.h>
#include <stdint.h>

#include <bobolink/migrations.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BOBOLINK_VERSION "0.1.0"

/* What a call came to. bobolink_exit_code() folds these into the exit codes of the flags. */
enum bobolink_result {
	BOBOLINK_OK = 0,	      /* done, or nothing to do */
	BOBOLINK_SQL_ERROR = 1,	      /* the database refused a statement */
	BOBOLINK_USAGE = 2,	      /* a call, option or target that makes no sense */
	BOBOLINK_UNREACHABLE = 3,     /* the database cannot be opened, or none is configured */
	BOBOLINK_PENDING = 4,	      /* migrations wait to be applied */
	BOBOLINK_HELD = 5,	      /* a failed or rolled-back migration waits for a decision */
	BOBOLINK_CHANGED = 6,	      /* an applied migration has another checksum */
	BOBOLINK_MISSING = 7,	      /* an applied migration is not in this program */
	BOBOLINK_OUT_OF_ORDER = 8,    /* a pending migration is older than the newest applied one */
	BOBOLINK_OTHER_NAME = 9,      /* the database knows this set under another name */
	BOBOLINK_LOCKED = 10,	      /* another connection held the lock until the deadline */
	BOBOLINK_NEWER = 11,	      /* the database is newer than this program */
	BOBOLINK_IN_TRANSACTION = 12, /* the handle is inside a transaction of the application */
	BOBOLINK_READ_ONLY = 13,      /* the database cannot be written */
	BOBOLINK_HALFWAY = 14,	   /* stopped outside a transaction; what was done is not known */
	BOBOLINK_UNKNOWN = 15,	   /* the outcome of a COMMIT is not known */
	BOBOLINK_INTERRUPTED = 16, /* the progress callback asked to stop */
	BOBOLINK_NO_MEMORY = 17,   /* an allocation failed */
	BOBOLINK_IO_ERROR = 18,	   /* reading or writing the database failed; try again */
	BOBOLINK_FULL = 19,	   /* no space left for the database; make room and try again */
	BOBOLINK_CORRUPT = 20,	/* the database, or bobolink's tables in it, cannot be understood */
	BOBOLINK_BUSY = 21,	/* backends only: the lock is taken, ask again later */
	BOBOLINK_NO_TABLE = 22, /* backends only: the table asked for does not exist */
	BOBOLINK_FOREIGN_KEY = 23,    /* a migration without foreign-key checks left violations */
	BOBOLINK_NOT_A_DATABASE = 24, /* the file is something else, or it is encrypted */
	BOBOLINK_STALE = 25,	      /* backends only: the row is not as it was read */
	BOBOLINK_AGAIN = 26, /* backends only: rolled back for the sake of others, run it again */
	BOBOLINK_DATA_LOSS = 27,     /* rows would be lost: BOBOLINK_FORCE accepts that */
	BOBOLINK_IRREVERSIBLE = 28,  /* a migration of the plan cannot be undone */
	BOBOLINK_PLAN_CHANGED = 29,  /* the history is not the one that the plan was made from */
	BOBOLINK_BACKUP_FAILED = 30, /* a backup could not be made, read or restored */
	BOBOLINK_DRIFT = 31,	     /* the schema is not what the migrations make */
	BOBOLINK_TOO_OLD = 32,	     /* the database library or server does not know a statement */
	BOBOLINK_REQUIRED = 33	     /* a migration of another set must be applied before */
};

#define BOBOLINK_PATH_SIZE    512
#define BOBOLINK_MESSAGE_SIZE 1024

/* A failure, described in storage of the caller. Every function that takes one may be given NULL. */
struct bobolink_error {
	int32_t code;	 /* enum bobolink_result */
	int32_t native;	 /* the database library's own code; 0 when it did not come from there */
	int64_t version; /* the migration it happened in; -1 for none */
	int32_t offset; /* backends only: byte in the statement where it is wrong; -1 when not known */
	uint32_t line; /* position in `file`; 0 when not known */
	uint32_t column;
	uint32_t statement; /* its number in the migration, from 1; 0 when it was none */
	uint32_t reserved;
	char sqlstate[8];	       /* PostgreSQL's five characters, else empty */
	char file[BOBOLINK_PATH_SIZE]; /* "migrations/0007_orders.sql", else empty */
	char message
		[BOBOLINK_MESSAGE_SIZE]; /* what is wrong and what to do next; cut at a character */
};

/*
 * Writes an error as one line, "migrations/0007_orders.sql:12:5: no such table: order", terminated
 * and cut at `size`; nothing for NULL. Returns `buffer`, so that it can stand in a call of printf.
 */
const char *bobolink_error_text(const struct bobolink_error *error, char *buffer, size_t size);

/* Levels of a log event. */
enum bobolink_level {
	BOBOLINK_DEBUG = 0,
	BOBOLINK_INFO = 1,
	BOBOLINK_WARNING = 2,
	BOBOLINK_ERROR = 3
};

/* What happened; the texts of bobolink_log.event. */
enum bobolink_event_kind {
	BOBOLINK_EVENT_BOOT = 1,    /* a boot found nothing to do, or something pending */
	BOBOLINK_EVENT_WAIT = 2,    /* another connection holds the lock */
	BOBOLINK_EVENT_BEGIN = 3,   /* a migration starts */
	BOBOLINK_EVENT_SLOW = 4,    /* a statement took longer than a second */
	BOBOLINK_EVENT_APPLIED = 5, /* a migration was committed; the connection is idle */
	BOBOLINK_EVENT_FAILED = 6,  /* a migration was refused */
	BOBOLINK_EVENT_NOTE = 7,    /* something worth knowing, such as an amended migration */
	BOBOLINK_EVENT_PLAN = 8,    /* what a run is about to do */
	BOBOLINK_EVENT_RETRY =
		9, /* a transient cause stood in the way; it is, or can be, tried again */
	BOBOLINK_EVENT_ROLLED_BACK = 10, /* a migration was undone */
	BOBOLINK_EVENT_REPAIRED = 11,	 /* a decision by hand, or a cosmetic change accepted */
	BOBOLINK_EVENT_FORCED = 12,   /* somebody went on although data would be lost, or differs */
	BOBOLINK_EVENT_BACKUP = 13,   /* a backup was made, removed or restored */
	BOBOLINK_EVENT_BASELINE = 14, /* migrations were taken as applied */
	BOBOLINK_EVENT_DRIFT = 15,    /* the schema differs from what the history says */
	BOBOLINK_EVENT_SKIPPED =
		16,		 /* a fix had nothing to do; a seed is for another environment */
	BOBOLINK_EVENT_CODE = 17 /* what a function of the application said */
};

/* One log event. Strings live until the callback returns. */
struct bobolink_event {
	int32_t kind;	     /* enum bobolink_event_kind */
	int32_t level;	     /* enum bobolink_level */
	int64_t version;     /* of the migration, -1 for none and for scripts */
	int64_t duration_ms; /* -1 where it does not apply */
	const char *set_name;
	const char *name;   /* of the migration, or "F0007_clean_orphans", "R__orders"; or "" */
	const char *detail; /* one line for people */
};

/* How far a run has come, reported before each statement and while waiting for the lock. */
struct bobolink_progress {
	int64_t version;	 /* of the migration in hand, -1 while waiting and for scripts */
	const char *name;	 /* as in events */
	const char *waiting_for; /* who holds the lock, as far as known; NULL when not waiting */
	uint32_t step;		 /* 1 … steps */
	uint32_t steps;		 /* migrations in this run */
	/* 1 … statements. Of a function of the application: how much is done, of how much (0: not known). */
	uint32_t statement;
	uint32_t statements; /* in this migration */
	uint64_t elapsed_ms; /* since the run began */
};

/*
 * Called for every event; must not use the session. During BOBOLINK_EVENT_APPLIED no transaction is
 * open: the callback may use the application's connection, read and write outside bobolink's
 * tables, and must leave no transaction open. With BOBOLINK_TRANSACTION_ALL these events come
 * together, after the one COMMIT.
 */
typedef void bobolink_log_fn(void *context, const struct bobolink_event *event);
/* Called often; a value other than 0 stops the run between statements (BOBOLINK_INTERRUPTED). */
typedef int bobolink_progress_fn(void *context, const struct bobolink_progress *progress);

/*
 * Where the runtime gets its memory. All three functions or none; they get `context` and behave as
 * malloc, realloc and free (release accepts NULL). The database library's own memory is not theirs.
 */
struct bobolink_allocator {
	void *(*allocate)(void *context, size_t size);
	void *(*reallocate)(void *context, void *memory, size_t size);
	void (*release)(void *context, void *memory);
	void *context;
};

/*
 * One transaction for each migration (the default), or one for the whole run: then all are applied
 * or none. A run for all is refused with BOBOLINK_USAGE before its first step when one migration
 * cannot run in a transaction. When one needs foreign keys off, they are off for the whole run, and
 * the run is refused when that left violations.
 */
#define BOBOLINK_TRANSACTION_EACH 0u
#define BOBOLINK_TRANSACTION_ALL  1u

/* Boot as usual (the default), or only look: refuse a newer database, log what is pending. */
#define BOBOLINK_AUTO_MIGRATE_ON  0u
#define BOBOLINK_AUTO_MIGRATE_OFF 1u

/* What bobolink_boot does when a migration is refused, or held from an earlier refusal. */
#define BOBOLINK_ON_FAILURE_STOP 0u /* return what went wrong (the default) */
#define BOBOLINK_ON_FAILURE_CONTINUE \
	1u /* log it as an error and return 0: the schema is as it is */
#define BOBOLINK_ON_FAILURE_ROLLBACK \
	2u /* undo the migrations of this run by their downs, and stop; not below one left half-way */

/* When a run makes a backup before its first step. */
#define BOBOLINK_BACKUP_NEVER	    0u
#define BOBOLINK_BACKUP_DESTRUCTIVE 1u /* when a step can lose data */
#define BOBOLINK_BACKUP_ALWAYS	    2u

/*
 * Whether the schema is what the history says. HEAD, the default, compares a fingerprint in the one query of a boot; where
 * it differs, and after a run, the whole schema is compared once. FULL compares it before and after every run and
 * at every boot. What is missing or changed is BOBOLINK_DRIFT; objects beyond what the migrations make are not looked at.
 */
#define BOBOLINK_VALIDATE_HEAD 0u
#define BOBOLINK_VALIDATE_OFF  1u
#define BOBOLINK_VALIDATE_FULL 2u

/* Which migrations may destroy rows. */
#define BOBOLINK_PROTECT_DECLARED \
	0u /* those that say allow:data-loss, which the compiler asks for (the default) */
#define BOBOLINK_PROTECT_ALWAYS 1u /* none: BOBOLINK_DATA_LOSS where the database holds such rows */
#define BOBOLINK_PROTECT_FORCED 2u /* all, and what is lost is logged */

/* What a fix that fails does to the run. */
#define BOBOLINK_FIXES_GO_ON 0u /* it is recorded, and tried again by a later run (the default) */
#define BOBOLINK_FIXES_STOP  1u /* the run ends with its error */
#define BOBOLINK_FIXES_OFF   2u /* no fix is looked at */

/*
 * Options of a session. Initialise with BOBOLINK_OPTIONS_INIT: a member that is zero has its
 * default, and `size` tells the library which members the caller knew. Pointers are borrowed until
 * the session is closed.
 */
struct bobolink_options {
	uint32_t size;		  /* sizeof(struct bobolink_options) of the caller */
	uint32_t transaction;	  /* BOBOLINK_TRANSACTION_… */
	uint32_t auto_migrate;	  /* BOBOLINK_AUTO_MIGRATE_…, for bobolink_boot */
	uint32_t lock_timeout_ms; /* how long to wait for other programs; 0: 60 seconds */
	const char *program;	  /* "shop 2.3.0", recorded as applied_by; NULL: the set's name */
	const char *environment;  /* "production"; NULL: none. Kept in the head beside the digest */
	const struct bobolink_allocator *allocator; /* NULL: malloc */
	bobolink_log_fn *log;
	void *log_context;
	bobolink_progress_fn *progress;
	void *progress_context;
	const char *schema;  /* PostgreSQL: where bobolink's tables stand; NULL: public */
	uint32_t on_failure; /* BOBOLINK_ON_FAILURE_…, for bobolink_boot */
	uint32_t backup;     /* BOBOLINK_BACKUP_… */
	/* Where backups are kept; NULL: "backups". One for each database: their names tell the set alone. */
	const char *backup_directory;
	uint32_t backup_keep; /* so many are kept, older ones removed; 0: all */
	uint32_t validate;    /* BOBOLINK_VALIDATE_… */
	uint32_t protect;     /* BOBOLINK_PROTECT_… */
	uint32_t auto_repair; /* 1: a start makes missing tables, columns and indexes again */
	/*
	 * Objects that validation, drift and repair leave out: patterns with * and ?, separated by commas or blanks;
	 * see bobolink/schema.h. NULL: none.
	 */
	const char *ignore;
	/*
	 * The sets of the program, ended by NULL, where it has several: one with the same files as another is
	 * not taken for that one under a new name, and what others have in the same database is no drift. NULL: this one.
	 */
	const struct bobolink_set *const *sets;
	uint32_t fixes; /* BOBOLINK_FIXES_… */
	uint32_t reserved;
};

#define BOBOLINK_OPTIONS_INIT                                                                    \
	{                                                                                        \
		sizeof(struct bobolink_options), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, \
			0, 0, 0, 0, 0, 0                                                         \
	}

struct bobolink_session;

/*
 * Reads the environment into initialised options; the only function that does.
 * AUTO_MIGRATE=false|0|no|off sets auto_migrate, BOBOLINK_ENV environment,
 * BOBOLINK_ON_FAILURE=stop|continue|rollback on_failure, BOBOLINK_BACKUP=never|destructive|always backup,
 * BOBOLINK_BACKUP_DIR backup_directory, BOBOLINK_BACKUP_KEEP=N backup_keep, BOBOLINK_VALIDATE=head|off|full validate,
 * BOBOLINK_PROTECT=declared|always protect, BOBOLINK_FIXES=go-on|stop|off fixes, BOBOLINK_AUTO_REPAIR=true|false auto_repair, BOBOLINK_IGNORE ignore
 * (texts are borrowed from the process environment). Returns BOBOLINK_USAGE for a value it does not know.
 */
int bobolink_options_from_env(struct bobolink_options *options, struct bobolink_error *error);

/*
 * Opens a session on `connection`, a handle of the kind that the set's backend expects (prefer
 * bobolink_open_sqlite3(), which checks the type). Reads nothing and writes nothing.
 *
 * options  NULL: what bobolink_options_from_env() makes of defaults.
 * session  out; NULL after a failure. Release with bobolink_close().
 * Returns BOBOLINK_IN_TRANSACTION when the handle is inside a transaction.
 */
int bobolink_open(const struct bobolink_set *set, void *connection,
		  const struct bobolink_options *options, struct bobolink_session **session,
		  struct bobolink_error *error);

/*
 * Stops what the session is doing, from a signal handler or another thread: between two statements,
 * and on PostgreSQL also inside one that runs in a transaction. The call in hand returns
 * BOBOLINK_INTERRUPTED, what it had not committed is undone, and so do all later calls of the session.
 */
void bobolink_interrupt(struct bobolink_session *session);

/* Closes the session, never the connection. NULL is allowed. */
void bobolink_close(struct bobolink_session *session);

/*
 * What a program does at start. When the database's head has this set's digest it is one query and
 * BOBOLINK_OK. Otherwise everything pending is applied; a failed or rolled-back migration that did
 * not change stops it with BOBOLINK_HELD. With auto_migrate off it writes nothing: it logs what is
 * pending and returns BOBOLINK_OK, but still refuses a newer database.
 */
int bobolink_boot(struct bobolink_session *session, struct bobolink_error *error);

/* bobolink_open, bobolink_boot, bobolink_close. */
int bobolink_migrate(const struct bobolink_set *set, void *connection,
		     const struct bobolink_options *options, struct bobolink_error *error);

/*
 * Several sets in one program.
 *
 * Each set has a history of its own, told apart by its name, so that one database may hold several, over one connection or
 * more. A migration that says `requires:primary/5` runs when migration 5 of the set `primary` is applied. Where the
 * other set is not known to the session, it is looked for in the session's own database; where it is not applied there the
 * migration does not run, those before it do, and the result is BOBOLINK_REQUIRED.
 */
struct bobolink_database {
	const struct bobolink_set *set;
	void *connection;
	const struct bobolink_options *options; /* as for bobolink_open() */
};

/*
 * What a program with several sets does at start: bobolink_boot() for each, in an order that the requirements allow. All
 * databases are asked before anything is written. When one of them refuses, or a requirement cannot be met, nothing is
 * done anywhere; what a statement makes fail later stops the rest, and what was committed before stays. Never more than one
 * migration lock is held. A set that has to wait for another in the middle goes on after it, in the same batch.
 * The error's message begins with the name of the set. BOBOLINK_USAGE when a set is given twice.
 */
int bobolink_migrate_all(const struct bobolink_database *databases, uint32_t count,
			 struct bobolink_error *error);

/*
 * Tells sessions of each other, for what is done with one of them: requirements are looked up in the history
 * of the set they name, wherever that is; what another set's applied migration requires is not undone
 * (BOBOLINK_REQUIRED); their sets are known to each other as by options.sets; and bobolink_interrupt() of one
 * interrupts all. `sessions` is borrowed until they are closed.
 */
void bobolink_join(struct bobolink_session *const *sessions, uint32_t count);

/* Whether the requirements of a migration are met; generated code names this function. */
int bobolink_permit(struct bobolink_session *session, int64_t version, int down,
		    struct bobolink_error *error);

/* What became of one set. */
struct bobolink_outcome {
	uint32_t applied; /* migrations, by this call */
	int32_t result;	  /* enum bobolink_result; BOBOLINK_PENDING when its turn did not come */
};

/*
 * bobolink_migrate_all() on open sessions, which it joins.
 * bobolink_apply_all() is bobolink_apply() for each.
 * outcomes  out: one for each session; may be NULL.
 */
int bobolink_boot_all(struct bobolink_session *const *sessions, uint32_t count,
		      struct bobolink_error *error);
int bobolink_apply_all(struct bobolink_session *const *sessions, uint32_t count,
		       struct bobolink_outcome *outcomes, struct bobolink_error *error);

/* The target that means everything. */
#define BOBOLINK_HEAD INT64_MAX

/*
 * Applies what is pending up to and including version `target` (BOBOLINK_HEAD for everything),
 * rolled-back migrations too. A target that is not in the set is BOBOLINK_USAGE; one below an
 * applied version too: going down is not done here.
 * applied  out: migrations applied by this call; may be NULL.
 */
int bobolink_apply(struct bobolink_session *session, int64_t target, uint32_t *applied,
		   struct bobolink_error *error);

#ifdef __cplusplus
}
#endif

#include <bobolink/operate.h>
#include <bobolink/scripts.h>
#include <bobolink/step.h>

#endif
