/*
 * Migrations written in C: what a function that a section names with `call:` is given.
 *
 *     int backfill_names(struct bobolink_step *step)
 *     {
 *         sqlite3 *db = bobolink_step_connection(step);
 *
 *         if (sqlite3_exec(db, "UPDATE …", NULL, NULL, NULL) != SQLITE_OK)
 *             return bobolink_step_fail(step, "%s", sqlite3_errmsg(db));
 *         return BOBOLINK_OK;
 *     }
 *
 * It runs inside the transaction of its migration: everything it does on the connection is committed together with the
 * history, or not at all. It must not commit, roll back, or begin a transaction itself; savepoints are its own.
 * Under `transaction:off` no transaction is open when it is called, and bobolink_step_batches() makes them. What it does beside
 * its batches is done again by the start that follows a crash.
 *
 * It returns BOBOLINK_OK, or what bobolink_step_fail() returns. BOBOLINK_AGAIN has its transaction, or its batch, rolled back and run
 * again, until the lock timeout is over: for what only other connections are to blame for (PostgreSQL: 40001, 40P01, 55P03).
 * BOBOLINK_LOCKED, _FULL, _IO_ERROR, _NO_MEMORY, _READ_ONLY, _UNREACHABLE and _INTERRUPTED end the run, and the next start tries
 * again. Any other value is a failure of the migration.
 *
 * Included by <bobolink/bobolink.h>.
 */
#ifndef BOBOLINK_STEP_H
#define BOBOLINK_STEP_H

#include <bobolink/bobolink.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The application's connection: sqlite3 * or PGconn *. */
void *bobolink_step_connection(const struct bobolink_step *step);
/* The migration's version, or the fix's number. */
int64_t bobolink_step_version(const struct bobolink_step *step);
/* Its name. Lives as long as the step. */
const char *bobolink_step_name(const struct bobolink_step *step);
/* 1 when it is undone. */
int bobolink_step_is_down(const struct bobolink_step *step);

/* Writes a line to the log callback and, with the step, to bobolink_log. `level` is an enum bobolink_level. */
void bobolink_step_log(struct bobolink_step *step, int level, const char *format, ...)
#if defined(__GNUC__)
	__attribute__((format(printf, 3, 4)))
#endif
	;

/* Describes a failure. Returns BOBOLINK_SQL_ERROR, for the function to return. */
int bobolink_step_fail(struct bobolink_step *step, const char *format, ...)
#if defined(__GNUC__)
	__attribute__((format(printf, 2, 3)))
#endif
	;

/*
 * Tells how far the step is, `done` of `total` (0: not known) of whatever it counts, to the progress callback.
 * Returns BOBOLINK_INTERRUPTED when the run shall stop: the function returns that as soon as it can.
 */
int bobolink_step_progress(struct bobolink_step *step, uint64_t done, uint64_t total);

/* Adds to the rows changed, and sets the message, that a fix records. */
void bobolink_step_changed(struct bobolink_step *step, int64_t rows);
void bobolink_step_message(struct bobolink_step *step, const char *message);

/*
 * One batch: works on at most `limit` rows behind `position`, and moves `position` on.
 * position  0 at the beginning; then what an earlier batch, of this start or of one that was cut short, left: the last id, a count.
 * rows      out: rows done; 0 ends the batches. Neither may be negative.
 * Returns 0, or as the function itself.
 */
typedef int bobolink_batch_fn(struct bobolink_step *step, int64_t *position, uint32_t limit,
			      int64_t *rows, void *context);

/*
 * Calls `batch` until it has done no rows. Under `transaction:off` each call runs in a transaction of its own, which records
 * `position` as well: whatever kills the program, no row is done twice and none is left out, and the next start goes on
 * behind the last batch. In a transaction all of them are part of it. Progress is reported, and a wish to
 * stop seen, between two of them. One migration has one loop of batches: a second call is BOBOLINK_USAGE.
 * What it ends with is the result of the step, whatever the function returns.
 * limit  1 or more.
 */
int bobolink_step_batches(struct bobolink_step *step, uint32_t limit, bobolink_batch_fn *batch,
			  void *context);

#ifdef __cplusplus
}
#endif

#endif
