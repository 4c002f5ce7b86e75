/*
 * Transactions: begin, commit, rollback, and the settings that a migration needs around them.
 *
 * While a run lasts, synchronous is EXTRA: with less, a commit that was reported can be lost when
 * the power fails. Foreign keys can only be turned off outside a transaction. Whatever is changed
 * was read before and is put back, also when the statement that changed it was interrupted: the
 * application's progress handler, or sqlite3_interrupt(), may strike after it took effect.
 */
#include "connection.h"

#include <string.h>

#define SYNCHRONOUS_EXTRA 3

static int count_violation(void *context, const struct bobolink_value *values, uint32_t count)
{
	int64_t *violations = context;

	(void)values;
	(void)count;
	++*violations;
	return BOBOLINK_OK;
}

static int count_violations(struct bobolink_connection *connection, int64_t *violations,
			    struct bobolink_error *error)
{
	*violations = 0;
	return bl_sqlite3_run(connection, "PRAGMA main.foreign_key_check", count_violation,
			      violations, error);
}

static int raise_synchronous(struct bobolink_connection *connection, struct bobolink_error *error)
{
	int64_t value;
	int rc;

	if (connection->synchronous >= 0)
		return BOBOLINK_OK;
	rc = bl_sqlite3_integer(connection, "PRAGMA main.synchronous", -1, &value, error);
	if (rc || value < 0 || value == SYNCHRONOUS_EXTRA)
		return rc;
	connection->synchronous = value;
	return bl_sqlite3_run(connection, "PRAGMA main.synchronous=EXTRA", NULL, NULL, error);
}

/* Without an error to fill: putting back a setting that could be set does not fail. */
static void put_back(struct bobolink_connection *connection, const char *sql)
{
	struct bobolink_error ignored;

	bl_sqlite3_run(connection, sql, NULL, NULL, &ignored);
}

static void lower_synchronous(struct bobolink_connection *connection)
{
	static const char *const sql[] = { "PRAGMA main.synchronous=OFF",
					   "PRAGMA main.synchronous=NORMAL",
					   "PRAGMA main.synchronous=FULL" };

	if (connection->synchronous >= 0 && connection->synchronous < SYNCHRONOUS_EXTRA)
		put_back(connection, sql[connection->synchronous]);
	connection->synchronous = -1;
}

static int turn_foreign_keys_off(struct bobolink_connection *connection,
				 struct bobolink_error *error)
{
	int64_t on;
	int rc = bl_sqlite3_integer(connection, "PRAGMA foreign_keys", 0, &on, error);

	if (rc || !on)
		return rc;
	connection->foreign_keys_off = true;
	return bl_sqlite3_run(connection, "PRAGMA foreign_keys=OFF", NULL, NULL, error);
}

static void turn_foreign_keys_on(struct bobolink_connection *connection)
{
	if (connection->foreign_keys_off)
		put_back(connection, "PRAGMA foreign_keys=ON");
	connection->foreign_keys_off = false;
}

static int in_transaction(struct bobolink_error *error)
{
	return bl_sqlite3_fail(
		error, BOBOLINK_IN_TRANSACTION,
		"the connection is inside a transaction: commit it before migrating");
}

/* The lock of the file, kept between transactions. WAL knows none that leaves readers alone. */
static int take_hold(struct bobolink_connection *connection, struct bobolink_error *error);

static int after_begin(struct bobolink_connection *connection, struct bobolink_error *error)
{
	int rc = BOBOLINK_OK;

	if (connection->foreign_keys_off)
		rc = count_violations(connection, &connection->violations, error);
	/* A schema that cannot be checked has a fault of its own, which SQLite reports in time. */
	if (rc == BOBOLINK_SQL_ERROR) {
		connection->violations = INT64_MAX;
		rc = BOBOLINK_OK;
	}
	if (rc == BOBOLINK_OK && connection->hold_wanted)
		rc = take_hold(connection, error);
	return rc;
}

int bl_sqlite3_begin(struct bobolink_connection *connection, const struct bobolink_section *section,
		     struct bobolink_error *error)
{
	int rc;

	if (connection->begun)
		bl_sqlite3_rollback(connection);
	if (sqlite3_get_autocommit(connection->db) == 0)
		return in_transaction(error);
	rc = raise_synchronous(connection, error);
	if (rc == BOBOLINK_OK && section && (section->flags & BOBOLINK_SECTION_FOREIGN_KEYS_OFF))
		rc = turn_foreign_keys_off(connection, error);
	if (rc == BOBOLINK_OK)
		rc = bl_sqlite3_query(connection, "BEGIN IMMEDIATE", NULL, 0, NULL, NULL, NULL,
				      error);
	connection->begun = sqlite3_get_autocommit(connection->db) == 0;
	if (rc == BOBOLINK_OK)
		rc = after_begin(connection, error);
	if (rc)
		bl_sqlite3_rollback(connection);
	return rc;
}

struct violation {
	int64_t count;
	char child[128];
	char parent[128];
};

static int keep_violation(void *context, const struct bobolink_value *values, uint32_t count)
{
	struct violation *violation = context;

	if (violation->count++ == 0 && count >= 3 && values[0].text && values[2].text) {
		sqlite3_snprintf(sizeof(violation->child), violation->child, "%s", values[0].text);
		sqlite3_snprintf(sizeof(violation->parent), violation->parent, "%s",
				 values[2].text);
	}
	return BOBOLINK_OK;
}

/* What was not checked while the statements ran is checked before they are committed. */
static int check_foreign_keys(struct bobolink_connection *connection, struct bobolink_error *error)
{
	struct violation violation = { .count = 0 };
	int rc;

	if (!connection->foreign_keys_off)
		return BOBOLINK_OK;
	rc = bl_sqlite3_run(connection, "PRAGMA main.foreign_key_check", keep_violation, &violation,
			    error);
	if (rc || violation.count <= connection->violations)
		return rc;
	return bl_sqlite3_fail(error, BOBOLINK_FOREIGN_KEY,
			       "%lld rows refer to rows that do not exist, %lld before; the first "
			       "in \"%s\", of \"%s\": copy or delete them in the migration",
			       (long long)violation.count, (long long)connection->violations,
			       violation.child, violation.parent);
}

int bl_sqlite3_rehearse(struct bobolink_connection *connection, struct bobolink_error *error)
{
	int unresolved = 0;
	int highest = 0;
	int rc = check_foreign_keys(connection, error);

	if (rc)
		return rc;
	sqlite3_db_status(connection->db, SQLITE_DBSTATUS_DEFERRED_FKS, &unresolved, &highest, 0);
	if (unresolved == 0)
		return BOBOLINK_OK;
	return bl_sqlite3_fail(error, BOBOLINK_FOREIGN_KEY,
			       "rows refer to rows that do not exist, and COMMIT would refuse "
			       "that: copy or delete them in the migration");
}

int bl_sqlite3_commit(struct bobolink_connection *connection, struct bobolink_error *error)
{
	int rc = check_foreign_keys(connection, error);

	if (rc == BOBOLINK_OK)
		rc = bl_sqlite3_query(connection, "COMMIT", NULL, 0, NULL, NULL, NULL, error);
	if (rc == BOBOLINK_BUSY && sqlite3_get_autocommit(connection->db) == 0)
		return rc;
	/* COMMIT itself is over: what was interrupted is the statement's end. */
	if (rc == BOBOLINK_INTERRUPTED && sqlite3_get_autocommit(connection->db))
		rc = bl_sqlite3_fail(error, BOBOLINK_UNKNOWN,
				     "interrupted at the end of COMMIT: whether it was done, the "
				     "next start finds out");
	if (rc)
		bl_sqlite3_rollback(connection);
	connection->begun = false;
	turn_foreign_keys_on(connection);
	return rc;
}

void bl_sqlite3_rollback(struct bobolink_connection *connection)
{
	/*
	 * Not from the cache: SQLite counts the steps of a statement over all its runs, and the
	 * application's progress handler could strike in the middle of it. Where memory fails it is tried once more,
	 * and what even that leaves open is ended before the next transaction, or by close.
	 */
	for (int i = 0; i < 2 && connection->begun; i++) {
		if (sqlite3_get_autocommit(connection->db) == 0)
			put_back(connection, "ROLLBACK");
		connection->begun = sqlite3_get_autocommit(connection->db) == 0;
	}
	turn_foreign_keys_on(connection);
}

/* A savepoint stands for the transaction: with COMMIT or ROLLBACK it goes, and in another one it is not. */
int bl_sqlite3_lend(struct bobolink_connection *connection, struct bobolink_error *error)
{
	if (!connection->begun)
		return BOBOLINK_OK;
	return bl_sqlite3_run(connection, "SAVEPOINT bobolink", NULL, NULL, error);
}

/*
 * Ends the statements that write and that the function has begun and not ended: neither COMMIT nor a savepoint can be while
 * there is one. Whether there was.
 */
static bool end_left(struct bobolink_connection *connection)
{
	sqlite3_stmt *statement = NULL;
	bool left = false;

	while ((statement = sqlite3_next_stmt(connection->db, statement)) != NULL) {
		if (!sqlite3_stmt_busy(statement) || sqlite3_stmt_readonly(statement))
			continue;
		sqlite3_reset(statement);
		left = true;
	}
	return left;
}

int bl_sqlite3_reclaim(struct bobolink_connection *connection, struct bobolink_error *error)
{
	bool left = end_left(connection);
	int rc;

	if (!connection->begun && sqlite3_get_autocommit(connection->db) == 0) {
		put_back(connection, "ROLLBACK");
		return bl_sqlite3_fail(
			error, BOBOLINK_SQL_ERROR,
			"the function left a transaction open: let it commit what it begins");
	}
	if (left)
		return bl_sqlite3_fail(error, BOBOLINK_SQL_ERROR,
				       "the function left a statement that writes unfinished: step "
				       "each to its end, and finalize it");
	if (!connection->begun)
		return BOBOLINK_OK;
	rc = bl_sqlite3_run(connection, "RELEASE bobolink", NULL, NULL, error);
	if (rc == BOBOLINK_SQL_ERROR && strstr(error->message, "no such savepoint"))
		rc = bl_sqlite3_fail(
			error, BOBOLINK_SQL_ERROR,
			"the function ended the transaction of its migration: take COMMIT and "
			"ROLLBACK out of it");
	return rc;
}

static int keep_mode(void *context, const struct bobolink_value *values, uint32_t count)
{
	char *mode = context;

	if (count && values[0].text)
		sqlite3_snprintf(16, mode, "%s", values[0].text);
	return BOBOLINK_OK;
}

static int take_hold(struct bobolink_connection *connection, struct bobolink_error *error)
{
	char journal[16] = "";
	char locking[16] = "";
	int rc;

	if (connection->held)
		return BOBOLINK_OK;
	rc = bl_sqlite3_run(connection, "PRAGMA main.journal_mode", keep_mode, journal, error);
	if (rc == BOBOLINK_OK)
		rc = bl_sqlite3_run(connection, "PRAGMA main.locking_mode", keep_mode, locking,
				    error);
	if (rc || strcmp(journal, "wal") == 0 || strcmp(locking, "normal") != 0)
		return rc;
	connection->held = true;
	return bl_sqlite3_run(connection, "PRAGMA main.locking_mode=EXCLUSIVE", NULL, NULL, error);
}

void bl_sqlite3_let_go(struct bobolink_connection *connection)
{
	if (!connection->held)
		return;
	put_back(connection, "PRAGMA main.locking_mode=NORMAL");
	/* The lock of the file goes with the next access. */
	put_back(connection, "SELECT 1 FROM main.sqlite_master LIMIT 1");
	connection->held = false;
}

int bl_sqlite3_hold(struct bobolink_connection *connection, bool hold, struct bobolink_error *error)
{
	connection->hold_wanted = hold;
	if (hold)
		return take_hold(connection, error);
	bl_sqlite3_let_go(connection);
	return BOBOLINK_OK;
}

void bl_sqlite3_settle(struct bobolink_connection *connection)
{
	connection->hold_wanted = false;
	bl_sqlite3_let_go(connection);
	lower_synchronous(connection);
}
