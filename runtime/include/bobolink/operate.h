/*
 * What an operator does with a database in production: look, plan, roll back, decide by hand, back up, restore.
 *
 * Included by <bobolink/bobolink.h>, whose sessions, options and errors it uses.
 */
#ifndef BOBOLINK_OPERATE_H
#define BOBOLINK_OPERATE_H

#include <bobolink/bobolink.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The same, and migrations that were refused before are run again although they did not change: the one
 * of `version`, or all for BOBOLINK_HEAD. One that stopped half-way goes on with the statement whose
 * outcome is in doubt.
 */
int bobolink_retry(struct bobolink_session *session, int64_t version, uint32_t *applied,
		   struct bobolink_error *error);

/*
 * Runs what is pending, up to version `target`, in one transaction and rolls it back. Stops before a
 * migration that cannot run in a transaction: that one is not rehearsed, and no later one.
 * rehearsed  out: migrations that ran; may be NULL.
 * left       out: pending ones that did not; may be NULL.
 */
int bobolink_rehearse(struct bobolink_session *session, int64_t target, uint32_t *rehearsed,
		      uint32_t *left, struct bobolink_error *error);

/*
 * Waits, for `timeout_ms` at most (0: one look), until the database has everything that this program has;
 * never writes. BOBOLINK_PENDING when it still has not; a database that is not there yet is waited for, a
 * newer or failed one is told at once. One that looks half-way is waited for: another program may be at it.
 */
int bobolink_wait(struct bobolink_session *session, uint32_t timeout_ms,
		  struct bobolink_error *error);

/* Silent: BOBOLINK_OK when nothing is to do, else PENDING, HELD, NEWER, CHANGED, … Writes nothing. */
int bobolink_check(struct bobolink_session *session, struct bobolink_error *error);

/* State of one migration in the database. */
enum bobolink_state {
	BOBOLINK_STATE_PENDING = 1,
	BOBOLINK_STATE_APPLIED = 2,
	BOBOLINK_STATE_FAILED = 3,   /* refused; the database is as before it */
	BOBOLINK_STATE_RUNNING = 4,  /* stopped half-way outside a transaction, or still running */
	BOBOLINK_STATE_BASELINE = 5, /* taken as applied */
	BOBOLINK_STATE_ROLLED_BACK = 6,
	BOBOLINK_STATE_CHANGED = 7,  /* applied with other SQL than this program carries */
	BOBOLINK_STATE_COSMETIC = 8, /* applied; only comments or white space differ */
	BOBOLINK_STATE_AMENDED = 9,  /* applied with a checksum that `lock --amend` superseded */
	BOBOLINK_STATE_MISSING = 10, /* in the database, not in this program */
	BOBOLINK_STATE_OUT_OF_ORDER = 11, /* pending below the newest applied version */
	BOBOLINK_STATE_SKIPPED = 12,
	BOBOLINK_STATE_ROLLING_BACK = 13, /* its rollback stopped half-way outside a transaction */
	BOBOLINK_STATE_UNDONE = 14	  /* of a fix: somebody has undone it */
};

/* One line of a status. Strings belong to the status; absent ones are "". */
struct bobolink_status_item {
	int64_t version;
	int64_t batch;	     /* 0 when not applied */
	int64_t duration_ms; /* -1 when not applied */
	int32_t state;	     /* enum bobolink_state */
	uint32_t attempts;
	const char *name;
	const char *executed_at; /* UTC, "2026-01-02T03:04:05.678Z" */
	const char *applied_by;
	const char *error; /* of the last failed attempt */
	const char *rolled_back_at;
};

struct bobolink_status {
	const char *set_name;
	const struct bobolink_status_item *items; /* ascending by version */
	uint32_t count;
	uint32_t applied; /* items that count as applied, baseline included */
	uint32_t pending; /* items that wait to be applied, rolled-back ones too */
	int32_t verdict;  /* enum bobolink_result: what bobolink_check would answer */
};

/* Reads the state of every migration; writes nothing. Release with bobolink_status_free(). */
int bobolink_status(struct bobolink_session *session, struct bobolink_status **status,
		    struct bobolink_error *error);
void bobolink_status_free(struct bobolink_status *status);

/* One statement of a plan. */
struct bobolink_plan_statement {
	const char *text; /* NUL-terminated, `length` bytes */
	uint32_t length;
	uint32_t line;
	uint32_t column;
	uint32_t flags; /* BOBOLINK_STATEMENT_… */
	const char
		*locks; /* PostgreSQL: "ACCESS EXCLUSIVE on orders", a line for each; "" for none */
};

/* One migration that a run would apply or undo. */
struct bobolink_plan_step {
	int64_t version;
	int64_t batch; /* that applied it; 0 when it is applied */
	const char *name;
	const char *file;
	uint32_t flags;	     /* BOBOLINK_SECTION_… */
	uint32_t statements; /* how many */
	uint32_t first;	     /* the first statement to run: more than 0 when a run is resumed */
	uint32_t index;	     /* of the migration in the set; UINT32_MAX when it is not there */
	/* The statements come from the database, where the program that applied it left them. */
	uint32_t stored;
	uint32_t reserved;
	/* Of a data seed for other environments, which is recorded and not run: "only for development"; else "". */
	const char *skipped;
	const char *
		call; /* the function of the program that it calls, which has no statements then; "" for none */
};

/* What a step of a plan can destroy. */
struct bobolink_loss {
	int64_t version;
	int64_t rows; /* that hold data; -1 when that cannot be counted before the steps ahead ran */
	const char *what; /* "table orders", "column orders.note" */
};

struct bobolink_plan {
	const struct bobolink_set *set;
	const struct bobolink_plan_step *steps; /* in the order in which they run */
	uint32_t count;
	uint32_t down; /* 1: the steps are undone, the newest first */
	const struct bobolink_loss *losses;
	uint32_t loss_count;
	uint32_t at_stake; /* losses with rows, or whose rows cannot be counted */
};

/*
 * What bobolink_apply would do: the same decision, stopped before the first write. Not even the
 * history table is made. Release with bobolink_plan_free().
 */
int bobolink_plan(struct bobolink_session *session, int64_t target, struct bobolink_plan **plan,
		  struct bobolink_error *error);
void bobolink_plan_free(struct bobolink_plan *plan);
/* Statement `number` (from 0) of a step; false past the last one. */
int bobolink_plan_statement(const struct bobolink_plan *plan, const struct bobolink_plan_step *step,
			    uint32_t number, struct bobolink_plan_statement *statement);

/* Before every migration. */
#define BOBOLINK_NONE (-1)
/* All batches. */
#define BOBOLINK_ALL_BATCHES UINT32_MAX

/*
 * Go on although rows are lost, the schema differs, or a statement of a rollback outside a transaction may
 * have been done before it was interrupted. It is logged.
 */
#define BOBOLINK_FORCE 0x1u

/*
 * What undoing the last `batches` batches would do: their migrations in the reverse of the order in which
 * they were applied. Baselines belong to no batch. The statements are those of this program where it
 * carries the migration as it was applied, else those that the program which applied it left in the database.
 * Returns BOBOLINK_IRREVERSIBLE when one of them has no down, with its reason.
 */
int bobolink_plan_rollback(struct bobolink_session *session, uint32_t batches,
			   struct bobolink_plan **plan, struct bobolink_error *error);

/*
 * The way to `version` (BOBOLINK_NONE: before the first): up as bobolink_plan, or down when a newer
 * one is applied, whether this program carries it or not.
 */
int bobolink_plan_to(struct bobolink_session *session, int64_t version, struct bobolink_plan **plan,
		     struct bobolink_error *error);

/*
 * Does what a plan of the same session says, or nothing: BOBOLINK_PLAN_CHANGED when the history is not the
 * one it was made from. Each down runs in a transaction with its history row, unless a statement of it refuses
 * transactions. BOBOLINK_DATA_LOSS, before the first step or at a later one, when rows would be lost by
 * a down and `flags` has no BOBOLINK_FORCE.
 * done  out: migrations applied or undone by this call; may be NULL.
 */
int bobolink_run(struct bobolink_session *session, const struct bobolink_plan *plan, uint32_t flags,
		 uint32_t *done, struct bobolink_error *error);

/* bobolink_plan_rollback and bobolink_run. */
int bobolink_rollback(struct bobolink_session *session, uint32_t batches, uint32_t flags,
		      uint32_t *undone, struct bobolink_error *error);

/* Decisions by hand. */
enum bobolink_mark {
	BOBOLINK_MARK_APPLIED = 1, /* the database has all that the migration does */
	BOBOLINK_MARK_PENDING = 2, /* it has nothing of it: the next start runs it */
	BOBOLINK_MARK_FORGET = 3   /* applied, but of no program any more: never mind */
};

/*
 * Says what became of a migration; runs none of its statements. For one that stopped half-way, failed and was mended by hand, or
 * is in the database alone. BOBOLINK_USAGE when it is so already, or makes no sense. Logged.
 */
int bobolink_mark(struct bobolink_session *session, int64_t version, int mark,
		  struct bobolink_error *error);

/*
 * Accepts that an applied migration has other comments or white space: its checksum and stored SQL become those
 * of this program. BOBOLINK_CHANGED when the SQL differs. Logged.
 */
int bobolink_restamp(struct bobolink_session *session, int64_t version,
		     struct bobolink_error *error);

/*
 * Records every migration up to `version` as a baseline, without running it or looking at the schema; see
 * bobolink_baseline() of <bobolink/schema.h>, which compares first. BOBOLINK_USAGE when the database has a history of this set.
 * marked  out: how many; may be NULL.
 */
int bobolink_baseline_record(struct bobolink_session *session, int64_t version, uint32_t flags,
			     uint32_t *marked, struct bobolink_error *error);

/* One row of the table bobolink_log. Strings belong to the log. */
struct bobolink_log_item {
	int64_t id;
	int64_t version; /* of the migration, -1 for none and for scripts */
	const char *at;	 /* UTC, "2026-01-02T03:04:05.678Z" */
	/* Of the migration, where this program or the history knows it, or of the fix, where this program does; else "". */
	const char *name;
	const char *event;
	const char *detail;
	const char *applied_by;
	const char *kind; /* "migration", "fix", "repeatable": what `item` is */
	const char *item; /* "7", "F0007", the name of a repeatable; "" for none */
};

struct bobolink_log {
	const struct bobolink_log_item *items; /* the oldest first */
	uint32_t count;
	uint32_t reserved;
};

/* Reads what was logged in the last `days` days. Release with bobolink_log_free(). */
int bobolink_log(struct bobolink_session *session, uint32_t days, struct bobolink_log **log,
		 struct bobolink_error *error);
void bobolink_log_free(struct bobolink_log *log);

/* A file in options.backup_directory. Strings belong to the list. */
struct bobolink_backup_item {
	const char *name;
	const char *path;
	const char *made_at; /* UTC, "2026-01-02T03:04:05Z" */
	int64_t size;	     /* bytes */
	int64_t version;     /* of the database's head; -1 for none */
	/* That it is a copy of: SQLite's path, PostgreSQL's HOST:PORT/NAME; "" when it is not known. */
	const char *database;
};

struct bobolink_backups {
	const struct bobolink_backup_item *items; /* of this set, the newest first */
	uint32_t count;
	uint32_t reserved;
};

/*
 * Makes a backup in options.backup_directory, which is created where it is missing; a checked, complete file
 * appears under its name or nothing does. `name`: letters, digits, - and _; NULL: the time. SQLite:
 * its backup API (sqlite.org/backup.html), other connections go on. PostgreSQL: pg_dump, which must be on the PATH.
 * backup  out, may be NULL: this one. Release with bobolink_backups_free().
 */
int bobolink_backup(struct bobolink_session *session, const char *name,
		    struct bobolink_backups **backup, struct bobolink_error *error);

/* Lists the backups of a set, of whatever database. A directory that does not exist holds none. */
int bobolink_backups(const struct bobolink_set *set, const struct bobolink_options *options,
		     struct bobolink_backups **backups, struct bobolink_error *error);
void bobolink_backups_free(struct bobolink_backups *backups);

/*
 * Makes the database at `url` what it was when backup `name` was made. No connection of the caller may be open.
 * SQLite: saves the live database as backup "before-restore-<time>", then copies into the live file,
 * so that programs that have it open see it. PostgreSQL: restores into a new database, checks it, and swaps
 * the names; the former one is kept as NAME_before_restore_<time>. It is refused while others are connected, unless
 * BOBOLINK_FORCE ends their sessions; where the right to do it is missing, the message holds the commands.
 * A backup that is known to be of another database is refused without BOBOLINK_FORCE, BOBOLINK_USAGE.
 */
int bobolink_restore(const struct bobolink_set *set, const char *url, const char *name,
		     const struct bobolink_options *options, uint32_t flags,
		     struct bobolink_error *error);

/* One thing that verify found. */
struct bobolink_finding {
	int64_t version;
	int32_t code; /* enum bobolink_result: CHANGED, MISSING, HELD, OUT_OF_ORDER, HALFWAY, NEWER; OK for a note */
	uint32_t reserved;
	const char *name;
	const char *message; /* what is wrong and what to do next */
	/* With CHANGED, where the database has it: the first statement that differs. */
	uint32_t statement;   /* its number, from 1; 0: not known */
	uint32_t line;	      /* in this program's file; 0: not there any more */
	const char *recorded; /* as it was applied; "" when there is none */
	const char *carried;  /* as this program has it; "" when there is none */
};

struct bobolink_findings {
	const struct bobolink_finding *items;
	uint32_t count;
	int32_t verdict; /* the worst, enum bobolink_result */
};

/*
 * Compares what was recorded with what the program carries: changed, missing, failed and out-of-order
 * migrations. Pending ones are no finding. Returns BOBOLINK_OK when it could look; see `verdict`.
 * Release with bobolink_findings_free().
 */
int bobolink_verify(struct bobolink_session *session, struct bobolink_findings **findings,
		    struct bobolink_error *error);
void bobolink_findings_free(struct bobolink_findings *findings);

/* The exit code of the flags for a result; see README, "Exit codes". */
int bobolink_exit_code(int result);
/* "pending", "held", …: a stable word for a result, never NULL. */
const char *bobolink_result_name(int result);
/* "applied", "pending", …: a stable word for a state, never NULL. */
const char *bobolink_state_name(int state);
/* "applied", "rolled_back", …: a stable word for a kind of event, never NULL. */
const char *bobolink_event_name(int kind);
/* "debug", "info", "warning", "error": a stable word for an enum bobolink_level, never NULL. */
const char *bobolink_level_name(int level);

#ifdef __cplusplus
}
#endif

#endif
