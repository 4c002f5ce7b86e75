/*
 * Backup and restore by SQLite's backup API (sqlite.org/backup.html).
 *
 * A copy is a file that stands alone, with a rollback journal, whatever the database has. A restore copies into the
 * live file, in one transaction of it: who has it open sees the former rows or the restored ones, and a file is never
 * put in its place. Handles opened here are our own, so a busy timeout may be set on them.
 */
#define _XOPEN_SOURCE 700 /* realpath */

#include <bobolink/sqlite3.h>

#include "../connection.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Other connections get their turn after so many pages, which their writes make begin anew. */
#define PAGES 1024
/* After so many beginnings the copy is made in one go, under one read lock. */
#define BEGINNINGS 3
#define PAUSE_NS   2000000L

static uint64_t clock_ms(void)
{
	struct timespec now = { 0, 0 };

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static bool is_busy(int native)
{
	return (native & 0xFF) == SQLITE_BUSY || (native & 0xFF) == SQLITE_LOCKED;
}

static bool is_damage(int native)
{
	return (native & 0xFF) == SQLITE_CORRUPT || (native & 0xFF) == SQLITE_NOTADB;
}

/* Describes what stood in the way of a copy that has to do with the file at `path`. */
static int failed(sqlite3 *db, int native, const char *path, struct bobolink_error *error)
{
	struct bobolink_error told;
	int code;

	bl_sqlite3_error(db, native, &told);
	code = told.code;
	if (is_busy(native))
		bl_sqlite3_fail(error, BOBOLINK_LOCKED,
				"%s is in use by another program: end that, or try again later",
				path);
	else if (code == BOBOLINK_INTERRUPTED || code == BOBOLINK_NO_MEMORY)
		bl_sqlite3_fail(error, code, "%s", told.message);
	else
		bl_sqlite3_fail(error, BOBOLINK_BACKUP_FAILED, "%s: %s", path, told.message);
	error->native = told.native;
	return error->code;
}

/* Whether to try again after a lock stood in the way since `begun`. */
static bool may_wait(const struct bobolink_context *context, uint64_t begun)
{
	const struct timespec pause = { .tv_nsec = PAUSE_NS };

	if (context->timeout_ms && clock_ms() - begun >= context->timeout_ms)
		return false;
	nanosleep(&pause, NULL);
	return true;
}

/* Copies all pages, or, with `lock_only`, takes the lock of where they go. Returns SQLite's code. */
static int run(sqlite3_backup *copy, bool lock_only, const struct bobolink_context *context)
{
	uint64_t begun = clock_ms();
	int beginnings = 0;
	int left = INT_MAX;
	int rc;

	for (;;) {
		if (context->interrupted && *context->interrupted)
			return SQLITE_INTERRUPT;
		rc = sqlite3_backup_step(copy, lock_only		 ? 0
					       : beginnings < BEGINNINGS ? PAGES
									 : -1);
		if (rc == SQLITE_DONE || (rc == SQLITE_OK && lock_only))
			return SQLITE_OK;
		if (rc == SQLITE_OK) {
			beginnings += sqlite3_backup_remaining(copy) >= left;
			left = sqlite3_backup_remaining(copy);
			begun = clock_ms();
		} else if (!is_busy(rc) || !may_wait(context, begun)) {
			return rc;
		}
	}
}

/* Ends a copy; what went wrong is then on the handle that it went to. */
static int finish(sqlite3_backup *copy, int rc)
{
	int last = sqlite3_backup_finish(copy);

	return rc ? rc : last;
}

static int copy_all(sqlite3 *from, sqlite3 *to, const struct bobolink_context *context)
{
	sqlite3_backup *copy = sqlite3_backup_init(to, "main", from, "main");

	return copy ? finish(copy, run(copy, false, context)) : sqlite3_extended_errcode(to);
}

/* The first value of a pragma, as text cut at 63 bytes. */
static int ask(sqlite3 *db, const char *sql, char text[64])
{
	sqlite3_stmt *statement = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);

	text[0] = '\0';
	if (rc == SQLITE_OK)
		rc = sqlite3_step(statement);
	if (rc == SQLITE_ROW)
		sqlite3_snprintf(64, text, "%s", (const char *)sqlite3_column_text(statement, 0));
	sqlite3_finalize(statement);
	return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/*
 * Whether every page is where it belongs. SQLite cannot tell of a schema that uses functions or modules of the
 * application: those are not known here.
 */
static int check(sqlite3 *db, const char *path, struct bobolink_error *error)
{
	char answer[64];
	int rc = ask(db, "PRAGMA main.integrity_check(1)", answer);

	if (rc == SQLITE_OK && strcmp(answer, "ok") != 0)
		return bl_sqlite3_fail(error, BOBOLINK_BACKUP_FAILED,
				       "%s is damaged: look with PRAGMA integrity_check", path);
	return rc == SQLITE_OK || (rc & 0xFF) == SQLITE_ERROR ? BOBOLINK_OK
							      : failed(db, rc, path, error);
}

/* Copies `from` to the new file at `path`. `*native`: SQLite's code, for who asks about damage. */
static int save(sqlite3 *from, const char *path, const struct bobolink_context *context,
		bool checked, int *native, struct bobolink_error *error)
{
	char ignored[64];
	sqlite3 *to = NULL;
	int rc = bl_sqlite3_open_path(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &to);

	/* Of no use to anybody before it is complete, it needs no journal, and is synced once it is. */
	if (rc == SQLITE_OK)
		rc = ask(to, "PRAGMA journal_mode=OFF", ignored);
	if (rc == SQLITE_OK)
		rc = ask(to, "PRAGMA synchronous=OFF", ignored);
	if (rc == SQLITE_OK)
		rc = copy_all(from, to, context);
	/* A copy of a database in WAL mode would be in it, too. */
	if (rc == SQLITE_OK)
		rc = ask(to, "PRAGMA journal_mode=DELETE", ignored);
	*native = rc;
	rc = rc ? failed(to, rc, path, error) : checked ? check(to, path, error) : BOBOLINK_OK;
	sqlite3_close(to);
	return rc;
}

static int back_up(struct bobolink_connection *connection, const char *path,
		   struct bobolink_error *error)
{
	int native;

	if (sqlite3_get_autocommit(connection->db) == 0)
		return bl_sqlite3_fail(error, BOBOLINK_IN_TRANSACTION,
				       "the connection is inside a transaction: commit it before "
				       "a backup");
	return save(connection->db, path, connection->context, true, &native, error);
}

struct restore {
	const char *path; /* of the live database */
	const struct bobolink_former *former;
	const struct bobolink_context *context;
	sqlite3 *from;
	sqlite3 *live;
	uint64_t begun;
	bool damaged; /* it cannot be read: its bytes are saved as they are */
	bool empty;   /* it did not exist: there is nothing to save */
	bool wal;     /* it is in WAL mode */
	bool was_wal; /* it was, and had to leave it */
};

/* SQLite's own waiting pauses longer and longer, and a busy writer's gaps are short. */
static int on_busy(void *context, int count)
{
	const struct restore *restore = context;

	(void)count;
	return may_wait(restore->context, restore->begun);
}

static int open_backup(struct restore *restore, const char *path, struct bobolink_error *error)
{
	char pages[64];
	int rc = bl_sqlite3_open_path(path, SQLITE_OPEN_READONLY, &restore->from);

	if (rc == SQLITE_OK)
		rc = ask(restore->from, "PRAGMA main.page_count", pages);
	if (rc)
		rc = failed(restore->from, rc, path, error);
	else if (strcmp(pages, "0") == 0)
		rc = bl_sqlite3_fail(error, BOBOLINK_BACKUP_FAILED, "%s is empty", path);
	else
		rc = check(restore->from, path, error);
	if (rc == BOBOLINK_BACKUP_FAILED) {
		size_t length = strlen(error->message);

		sqlite3_snprintf((int)(sizeof(error->message) - length), error->message + length,
				 "; the database was not touched: choose another backup");
	}
	return rc;
}

static int open_live(struct restore *restore, struct bobolink_error *error)
{
	char pages[64];
	char ignored[64];
	int rc = bl_sqlite3_open_path(restore->path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
				      &restore->live);

	restore->begun = clock_ms();
	if (rc == SQLITE_OK)
		rc = sqlite3_busy_handler(restore->live, on_busy, restore);
	if (rc == SQLITE_OK)
		rc = ask(restore->live, "PRAGMA main.synchronous=EXTRA", ignored);
	if (rc == SQLITE_OK)
		rc = ask(restore->live, "PRAGMA main.page_count", pages);
	if (is_damage(rc)) {
		restore->damaged = true;
		return BOBOLINK_OK;
	}
	restore->empty = rc == SQLITE_OK && strcmp(pages, "0") == 0;
	return rc ? failed(restore->live, rc, restore->path, error) : BOBOLINK_OK;
}

/* In WAL mode the size of a page cannot change, and only who is alone can leave that mode. */
static int leave_wal(struct restore *restore)
{
	char size[64];
	char other[64];
	int rc = ask(restore->from, "PRAGMA main.page_size", size);

	if (rc == SQLITE_OK)
		rc = ask(restore->live, "PRAGMA main.page_size", other);
	if (rc || strcmp(size, other) == 0)
		return rc;
	while (rc == SQLITE_OK && !restore->was_wal) {
		rc = ask(restore->live, "PRAGMA main.journal_mode=DELETE", other);
		restore->was_wal = rc == SQLITE_OK;
		if (is_busy(rc) && may_wait(restore->context, restore->begun))
			rc = SQLITE_OK;
	}
	restore->wal = false;
	return rc;
}

/*
 * Nobody may write between the moment that is saved and the restore. In WAL mode the copy's own lock is taken first, and
 * readers go on; with a rollback journal this one, which outlasts the transaction.
 */
static int hold(struct restore *restore, struct bobolink_error *error)
{
	char answer[64];
	int rc = ask(restore->live, "PRAGMA main.journal_mode", answer);

	restore->wal = strcmp(answer, "wal") == 0;
	if (rc == SQLITE_OK && restore->wal)
		rc = leave_wal(restore);
	if (rc == SQLITE_OK && !restore->wal) {
		rc = ask(restore->live, "BEGIN EXCLUSIVE", answer);
		if (rc == SQLITE_OK)
			rc = ask(restore->live, "PRAGMA main.locking_mode=EXCLUSIVE", answer);
		if (rc == SQLITE_OK)
			rc = ask(restore->live, "COMMIT", answer);
	}
	return rc ? failed(restore->live, rc, restore->path, error) : BOBOLINK_OK;
}

/* Bytes of the live database's file, or of the one beside it, as they are; none is no failure. */
static int save_bytes(const struct restore *restore, const char *suffix,
		      struct bobolink_error *error)
{
	char *from = sqlite3_mprintf("%s%s", restore->path, suffix);
	char *to = sqlite3_mprintf("%s%s", restore->former->path, suffix);
	int in = from && to ? open(from, O_RDONLY | O_CLOEXEC) : -1;
	bool missing = from && to && in < 0 && errno == ENOENT;
	int out = in < 0 ? -1 : open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ssize_t got = out < 0 ? -1 : 1;
	char bytes[16384];

	while (got > 0) {
		got = read(in, bytes, sizeof(bytes));
		if (got > 0 && write(out, bytes, (size_t)got) != got)
			got = -1;
	}
	if ((in >= 0 && close(in)) || (out >= 0 && close(out)))
		got = -1;
	sqlite3_free(from);
	sqlite3_free(to);
	if (missing)
		return BOBOLINK_OK;
	if (got < 0)
		return bl_sqlite3_fail(error, BOBOLINK_BACKUP_FAILED,
				       "%s%s is damaged and cannot be saved as it is: look at the "
				       "room on the disk; it was not touched",
				       restore->path, suffix);
	return restore->former->keep(restore->former->context, suffix, error);
}

/* SQLite cannot read it: it is closed, saved byte by byte, and opened to be written over. */
static int save_damaged(struct restore *restore, struct bobolink_error *error)
{
	static const char *const suffixes[] = { "-wal", "-journal", "" };
	int rc = BOBOLINK_OK;

	sqlite3_close(restore->live);
	restore->live = NULL;
	for (size_t i = 0; rc == BOBOLINK_OK && i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		rc = save_bytes(restore, suffixes[i], error);
	if (rc == BOBOLINK_OK)
		rc = open_live(restore, error);
	if (rc == BOBOLINK_OK)
		sqlite3_db_config(restore->live, SQLITE_DBCONFIG_RESET_DATABASE, 1, NULL);
	return rc;
}

/* BOBOLINK_AGAIN: it is damaged, which is known from now on. */
static int save_sound(struct restore *restore, struct bobolink_error *error)
{
	sqlite3 *other = NULL;
	int native = SQLITE_OK;
	int rc;

	if (restore->wal)
		native = bl_sqlite3_open_path(restore->path, SQLITE_OPEN_READWRITE, &other);
	rc = native ? failed(other, native, restore->path, error)
		    : save(other ? other : restore->live, restore->former->path, restore->context,
			   false, &native, error);
	sqlite3_close(other);
	if (rc && is_damage(native)) {
		restore->damaged = true;
		return BOBOLINK_AGAIN;
	}
	return rc ? rc : restore->former->keep(restore->former->context, "", error);
}

/* One attempt: takes the lock, saves what is there, copies. */
static int overwrite(struct restore *restore, struct bobolink_error *error)
{
	sqlite3_backup *copy = NULL;
	int native = SQLITE_OK;
	int rc = restore->damaged ? save_damaged(restore, error) : hold(restore, error);

	if (rc == BOBOLINK_OK && restore->wal) {
		copy = sqlite3_backup_init(restore->live, "main", restore->from, "main");
		native = copy ? run(copy, true, restore->context)
			      : sqlite3_extended_errcode(restore->live);
	}
	if (rc == BOBOLINK_OK && native == SQLITE_OK && !restore->damaged && !restore->empty)
		rc = save_sound(restore, error);
	if (rc == BOBOLINK_OK && native == SQLITE_OK)
		native = copy ? run(copy, false, restore->context)
			      : copy_all(restore->from, restore->live, restore->context);
	if (copy)
		native = finish(copy, native);
	if (rc == BOBOLINK_OK && native)
		rc = failed(restore->live, native, restore->path, error);
	if (restore->damaged && restore->live)
		sqlite3_db_config(restore->live, SQLITE_DBCONFIG_RESET_DATABASE, 0, NULL);
	return rc;
}

static int restore_into(struct restore *restore, const char *path, struct bobolink_error *error)
{
	char ignored[64];
	int rc = open_backup(restore, path, error);

	if (rc == BOBOLINK_OK)
		rc = open_live(restore, error);
	if (rc == BOBOLINK_OK)
		rc = overwrite(restore, error);
	if (rc == BOBOLINK_AGAIN)
		rc = overwrite(restore, error);
	if (rc == BOBOLINK_OK)
		rc = check(restore->live, restore->path, error);
	/* The lock goes with the next access. Whoever opens the file next can return to WAL, too. */
	if (restore->was_wal && ask(restore->live, "PRAGMA main.locking_mode=NORMAL", ignored) == 0)
		(void)ask(restore->live, "PRAGMA main.journal_mode=WAL", ignored);
	return rc;
}

static int restore(const char *url, const char *path, const struct bobolink_former *former,
		   uint32_t flags, const struct bobolink_context *context,
		   struct bobolink_error *error)
{
	struct restore restore = { .former = former, .context = context };
	int rc;

	(void)flags; /* nobody's session has to end */
	restore.path = bl_sqlite3_path(url);
	if (!restore.path || strcmp(restore.path, ":memory:") == 0)
		return bl_sqlite3_fail(error, BOBOLINK_USAGE,
				       "a backup is restored into a file: write sqlite:shop.db or "
				       "sqlite:///srv/shop.db");
	rc = restore_into(&restore, path, error);
	sqlite3_close(restore.from);
	sqlite3_close(restore.live);
	return rc;
}

/* The real path; of a file that does not exist yet, in that of its directory. */
static void origin(struct bobolink_connection *connection, const char *url, char *text, size_t size)
{
	const char *path = url ? bl_sqlite3_path(url) : sqlite3_db_filename(connection->db, "main");
	char real[PATH_MAX] = "";
	const char *slash;
	int length = 0;

	if (!path || !*path || strcmp(path, ":memory:") == 0)
		return;
	slash = strrchr(path, '/');
	if (realpath(path, real)) {
		length = snprintf(text, size, "%s", real);
	} else if (errno == ENOENT && (size_t)(slash ? slash - path : 0) < sizeof(real)) {
		char directory[PATH_MAX];

		snprintf(directory, sizeof(directory), "%.*s", slash ? (int)(slash - path) + 1 : 1,
			 slash ? path : ".");
		if (realpath(directory, real))
			length = snprintf(text, size, "%s/%s", strcmp(real, "/") ? real : "",
					  slash ? slash + 1 : path);
	}
	/* Two that are cut short may be the same. */
	if (length < 0 || (size_t)length >= size)
		text[0] = '\0';
}

const struct bobolink_archive *bobolink_archive_sqlite3(void)
{
	static const struct bobolink_archive archive = {
		.extension = "sqlite",
		.before_run = bobolink_backup_before_run,
		.backup = back_up,
		.restore = restore,
		.origin = origin,
	};

	return &archive;
}
