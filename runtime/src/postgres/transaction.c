/*
 * Transactions: the migration lock, and everything that one migration needs around its statements.
 *
 * The lock is pg_try_advisory_xact_lock, taken inside the very transaction that runs the migration and asked for again
 * from outside: it works behind a pooler, dies with its owner, and never stands in the way of CREATE INDEX CONCURRENTLY,
 * which waits for every transaction that waits for a lock. A migration outside transactions holds the session's lock of
 * the same number meanwhile (manual, section "Advisory Locks").
 */
#include "connection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEY_SIZE 24

/* Rows that somebody does not see look like migrations that never ran. */
#define HIDDEN(table)                                                                  \
	"COALESCE(pg_catalog.row_security_active(CAST(pg_catalog.to_regclass(CAST($5 " \
	"AS pg_catalog.text) OPERATOR(pg_catalog.||) '.bobolink_" table                \
	"') AS pg_catalog.oid)), false)"

#define ANSWERS                                                                              \
	"SELECT s.standby, s.read_only, CASE WHEN NOT s.standby AND s.read_only "            \
	"OPERATOR(pg_catalog.=) 'off' AND pg_catalog.pg_try_advisory_xact_lock(CAST($1 AS "  \
	"BIGINT)) THEN pg_catalog.txid_current() END, pg_catalog.pg_backend_pid(), " HIDDEN( \
		"head") " OR " HIDDEN("history") ", "
#define SETTINGS                                                                                  \
	"pg_catalog.set_config('lock_timeout', $2, true), "                                       \
	"pg_catalog.set_config('statement_timeout', COALESCE($3, "                                \
	"pg_catalog.current_setting('statement_timeout')), true), "                               \
	"pg_catalog.set_config('application_name', $4, true), "                                   \
	"pg_catalog.set_config('idle_in_transaction_session_timeout', '" BL_POSTGRES_IDLE_TIMEOUT \
	"', true)"
/* A server that looks for its client frees the lock of one that died at once (since 14; not on Windows). */
#define LOOKS                                                                   \
	", CASE WHEN pg_catalog.current_setting('dynamic_shared_memory_type') " \
	"OPERATOR(pg_catalog.<>) 'windows' THEN "                               \
	"pg_catalog.set_config('client_connection_check_interval', '100', true) END"
#define STATE                                                       \
	" FROM (SELECT pg_catalog.pg_is_in_recovery() AS standby, " \
	"pg_catalog.current_setting('transaction_read_only') AS read_only) AS s"

static int in_transaction(struct bobolink_error *error)
{
	return bl_postgres_fail(
		error, BOBOLINK_IN_TRANSACTION,
		"the connection is inside a transaction: commit it before migrating");
}

/* What the server says when the lock is asked for. */
struct answer {
	struct bobolink_connection *connection;
	bool standby;
	bool read_only;
	bool locked;
	bool hidden; /* row-level security */
};

static int keep_answer(void *context, const struct bobolink_value *values, uint32_t count)
{
	struct answer *answer = context;
	struct bobolink_connection *connection = answer->connection;
	int rc;

	if (bl_postgres_settings_row(connection, values, count, &rc))
		return rc;
	if (count < 5 || !values[0].text || !values[1].text || !values[3].text || !values[4].text)
		return BOBOLINK_CORRUPT;
	answer->standby = values[0].text[0] == 't';
	answer->read_only = strcmp(values[1].text, "on") == 0;
	answer->locked = values[2].text != NULL;
	answer->hidden = values[4].text[0] == 't';
	snprintf(connection->transaction, sizeof(connection->transaction), "%s",
		 answer->locked ? values[2].text : "");
	snprintf(connection->process, sizeof(connection->process), "%s", values[3].text);
	connection->direct = strtol(values[3].text, NULL, 10) == PQbackendPID(connection->pg);
	return BOBOLINK_OK;
}

/* The lock's number as the advisory functions take it. */
static void write_key(const struct bobolink_connection *connection, char key[KEY_SIZE])
{
	snprintf(key, KEY_SIZE, "%lld", (long long)(int64_t)connection->key);
}

/* Begins: asks for the lock and, in the same statement, sets what the transaction needs. */
static int send_lock(struct bobolink_connection *connection, const struct bobolink_section *section,
		     struct bobolink_error *error)
{
	static const char *const forms[] = { ANSWERS SETTINGS STATE, ANSWERS SETTINGS LOOKS STATE };
	char key[KEY_SIZE];
	char lock_timeout[16];
	char statement_timeout[16];
	const char *values[5] = { key, lock_timeout, NULL, connection->name, connection->schema };

	connection->lock_timeout_ms = section && section->lock_timeout_ms
					      ? section->lock_timeout_ms
					      : BL_POSTGRES_LOCK_TIMEOUT_MS;
	connection->statement_timeout_ms = section ? section->statement_timeout_ms : 0;
	write_key(connection, key);
	snprintf(lock_timeout, sizeof(lock_timeout), "%u", (unsigned)connection->lock_timeout_ms);
	if (connection->statement_timeout_ms) {
		snprintf(statement_timeout, sizeof(statement_timeout), "%u",
			 (unsigned)connection->statement_timeout_ms);
		values[2] = statement_timeout;
	}
	return bl_postgres_send_often(connection, BL_POSTGRES_ROWS,
				      forms[PQserverVersion(connection->pg) >= 140000], values, 5,
				      error);
}

/* What libpq and the lexer of the compiler take for granted; the session rarely differs. */
static int send_encoding(struct bobolink_connection *connection, struct bobolink_error *error)
{
	const char *encoding = PQparameterStatus(connection->pg, "client_encoding");
	const char *strings = PQparameterStatus(connection->pg, "standard_conforming_strings");

	if (encoding && strcmp(encoding, "UTF8") == 0 && strings && strcmp(strings, "on") == 0)
		return BOBOLINK_OK;
	return bl_postgres_send(connection, BL_POSTGRES_OWN,
				"SELECT pg_catalog.set_config('client_encoding', 'UTF8', true), "
				"pg_catalog.set_config('standard_conforming_strings', 'on', true)",
				NULL, 0, error);
}

static int refusal(const struct answer *answer, struct bobolink_error *error)
{
	if (answer->standby)
		return bl_postgres_fail(
			error, BOBOLINK_READ_ONLY,
			"the server is a standby, which cannot be written: connect to "
			"its primary");
	if (answer->read_only)
		return bl_postgres_fail(
			error, BOBOLINK_READ_ONLY,
			"transactions are read-only here: look at "
			"default_transaction_read_only of the server, database and role");
	if (answer->locked)
		return bl_postgres_fail(
			error, BOBOLINK_SQL_ERROR,
			"row-level security may hide rows of bobolink_head and bobolink_history "
			"from this role: turn it off for these tables, or migrate as their owner");
	return bl_postgres_fail(error, BOBOLINK_BUSY, "another program is migrating");
}

static int try_begin(struct bobolink_connection *connection, const struct bobolink_section *section,
		     struct bobolink_error *error)
{
	struct answer answer = { .connection = connection };
	int rc = bl_postgres_start(connection, false, error);

	if (rc)
		return rc;
	connection->transaction[0] = '\0';
	connection->begun = true;
	rc = bl_postgres_send(connection, BL_POSTGRES_OWN, "BEGIN ISOLATION LEVEL READ COMMITTED",
			      NULL, 0, error);
	if (rc == BOBOLINK_OK)
		rc = send_encoding(connection, error);
	if (rc == BOBOLINK_OK)
		rc = bl_postgres_settings_read(connection, error);
	if (rc == BOBOLINK_OK)
		rc = send_lock(connection, section, error);
	if (rc == BOBOLINK_OK)
		rc = bl_postgres_sync(connection, keep_answer, &answer, error);
	if (rc == BOBOLINK_OK && (!answer.locked || answer.hidden))
		rc = refusal(&answer, error);
	if (rc)
		bl_postgres_rollback(connection);
	return rc;
}

int bl_postgres_begin(struct bobolink_connection *connection,
		      const struct bobolink_section *section, struct bobolink_error *error)
{
	bool prepared = connection->direct && !connection->unprepared;
	int rc;

	if (!bl_postgres_is_open(connection))
		return bl_postgres_lost(connection, error);
	if (PQtransactionStatus(connection->pg) != PQTRANS_IDLE)
		return in_transaction(error);
	rc = try_begin(connection, section, error);
	/* Between two transactions the application, or DISCARD ALL, threw away what was prepared. */
	if (rc == BOBOLINK_AGAIN && prepared && connection->unprepared)
		rc = try_begin(connection, section, error);
	return rc;
}

static void end(struct bobolink_connection *connection)
{
	bl_postgres_forget(connection);
	bl_postgres_stop(connection);
	connection->begun = false;
	connection->committing = false;
}

void bl_postgres_rollback(struct bobolink_connection *connection)
{
	struct bobolink_error ignored;

	if (!connection->begun)
		return;
	if (connection->sent_count && bl_postgres_is_open(connection))
		bl_postgres_sync(connection, NULL, NULL, &ignored);
	end(connection);
	if (bl_postgres_is_open(connection) && PQtransactionStatus(connection->pg) != PQTRANS_IDLE)
		PQclear(bl_postgres_ask(connection, "ROLLBACK", NULL, 0,
					connection->context->timeout_ms, &ignored));
	connection->transaction[0] = '\0';
}

int bl_postgres_rehearse(struct bobolink_connection *connection, struct bobolink_error *error)
{
	int rc = bl_postgres_send(connection, BL_POSTGRES_OWN, "SET CONSTRAINTS ALL IMMEDIATE",
				  NULL, 0, error);

	return rc ? rc : bl_postgres_sync(connection, NULL, NULL, error);
}

int bl_postgres_commit(struct bobolink_connection *connection, struct bobolink_error *error)
{
	int rc = bl_postgres_send(connection, BL_POSTGRES_COMMIT, "COMMIT", NULL, 0, error);

	connection->committing = true;
	/* While the session's lock is held a migration's settings last from piece to piece. */
	if (rc == BOBOLINK_OK && connection->unsettled && !connection->holding) {
		rc = bl_postgres_settings_restore(connection, error);
		connection->unsettled = false;
	}
	if (rc == BOBOLINK_OK)
		rc = bl_postgres_sync(connection, NULL, NULL, error);
	if (rc == BOBOLINK_OK)
		connection->held = connection->holding;
	if (rc == BOBOLINK_UNREACHABLE)
		rc = bl_postgres_outcome(connection, error);
	bl_postgres_rollback(connection);
	return rc;
}

static int send_hold(struct bobolink_connection *connection, struct bobolink_error *error)
{
	char statement_timeout[16];
	const char *values[2] = { NULL, connection->name };

	if (connection->statement_timeout_ms) {
		snprintf(statement_timeout, sizeof(statement_timeout), "%u",
			 (unsigned)connection->statement_timeout_ms);
		values[0] = statement_timeout;
	}
	/* CREATE INDEX CONCURRENTLY waits for every older transaction; giving up leaves a dead index. */
	return bl_postgres_send(connection, BL_POSTGRES_OWN,
				"SELECT pg_catalog.set_config('lock_timeout', '0', false), "
				"pg_catalog.set_config('statement_timeout', COALESCE($1, "
				"pg_catalog.current_setting('statement_timeout')), false), "
				"pg_catalog.set_config('application_name', $2, false)",
				values, 2, error);
}

static int take_hold(struct bobolink_connection *connection, struct bobolink_error *error)
{
	char key[KEY_SIZE];
	const char *values[1] = { key };
	int rc;

	if (!connection->direct)
		return bl_postgres_fail(error, BOBOLINK_USAGE,
					"a pooler is between this program and the server, and this "
					"migration cannot "
					"run in a transaction: give it a URL of the server itself");
	write_key(connection, key);
	connection->holding = true;
	/* A second time the session's timeouts would take the place of those that this transaction has. */
	if (connection->held)
		return BOBOLINK_OK;
	rc = bl_postgres_send(connection, BL_POSTGRES_OWN,
			      "SELECT pg_catalog.pg_try_advisory_lock(CAST($1 AS BIGINT))", values,
			      1, error);
	return rc ? rc : send_hold(connection, error);
}

/* The number of the lock as pg_locks shows it: two halves. */
static void halves(const struct bobolink_connection *connection, char high[16], char low[16])
{
	snprintf(high, 16, "%u", (unsigned)(connection->key >> 32));
	snprintf(low, 16, "%u", (unsigned)(connection->key & 0xFFFFFFFFu));
}

static int count_row(void *context, const struct bobolink_value *values, uint32_t count)
{
	(void)values;
	(void)count;
	++*(uint32_t *)context;
	return BOBOLINK_OK;
}

/*
 * Gives up the session's lock as often as it was taken: a transaction that took it and was rolled back
 * has not given it back. What is not held is not given up, which would be a warning.
 */
static int unlock(struct bobolink_connection *connection, struct bobolink_error *error)
{
	char key[KEY_SIZE];
	char high[16];
	char low[16];
	const char *values[3] = { key, high, low };
	uint32_t unlocked;
	int rc;

	write_key(connection, key);
	halves(connection, high, low);
	do {
		unlocked = 0;
		rc = bl_postgres_send(
			connection, BL_POSTGRES_ROWS,
			"SELECT pg_catalog.pg_advisory_unlock(CAST($1 AS pg_catalog.int8)) WHERE "
			"EXISTS (SELECT FROM pg_catalog.pg_locks WHERE locktype "
			"OPERATOR(pg_catalog.=) 'advisory' AND pid OPERATOR(pg_catalog.=) "
			"pg_catalog.pg_backend_pid() AND classid OPERATOR(pg_catalog.=) "
			"CAST($2 AS pg_catalog.oid) AND objid OPERATOR(pg_catalog.=) "
			"CAST($3 AS pg_catalog.oid) AND objsubid OPERATOR(pg_catalog.=) "
			"CAST(1 AS pg_catalog.int2))",
			values, 3, error);
		if (rc == BOBOLINK_OK)
			rc = bl_postgres_sync(connection, count_row, &unlocked, error);
	} while (rc == BOBOLINK_OK && unlocked);
	return rc;
}

/*
 * Puts settings back. `flush`: what was written to the catalogues is told at once, since the fingerprint of the head counts
 * it; where that is forbidden nothing else was done either.
 */
static int tidy(struct bobolink_connection *connection, bool flush, struct bobolink_error *error)
{
	int rc = bl_postgres_settings_restore(connection, error);

	if (rc == BOBOLINK_OK && flush)
		rc = bl_postgres_send(connection, BL_POSTGRES_OWN,
				      "SELECT pg_catalog.pg_stat_force_next_flush()", NULL, 0,
				      error);
	return rc ? rc : bl_postgres_sync(connection, NULL, NULL, error);
}

/* Gives the session's lock back, and every setting of the session that a run may have changed. */
static int let_go(struct bobolink_connection *connection, struct bobolink_error *error)
{
	int rc = bl_postgres_start(connection, false, error);

	if (rc)
		return rc;
	if (connection->holding)
		rc = unlock(connection, error);
	if (rc == BOBOLINK_OK)
		rc = tidy(connection, PQserverVersion(connection->pg) >= 150000, error);
	if (rc && bl_postgres_is_open(connection))
		rc = tidy(connection, false, error);
	connection->holding = false;
	connection->held = false;
	connection->unsettled = false;
	bl_postgres_forget(connection);
	bl_postgres_stop(connection);
	return rc;
}

int bl_postgres_hold(struct bobolink_connection *connection, bool hold,
		     struct bobolink_error *error)
{
	if (hold)
		return take_hold(connection, error);
	return connection->holding ? let_go(connection, error) : BOBOLINK_OK;
}

void bl_postgres_settle(struct bobolink_connection *connection)
{
	struct bobolink_error ignored;

	if (connection->ran)
		let_go(connection, &ignored);
	connection->ran = false;
	/* What the application sets until the next run is not to be undone by that. */
	bl_postgres_settings_free(connection);
	bl_postgres_deallocate(connection);
}

struct holder {
	char *text;
	size_t size;
	bool found;
};

static int keep_holder(void *context, const struct bobolink_value *values, uint32_t count)
{
	struct holder *holder = context;

	if (count == 1 && values[0].text) {
		snprintf(holder->text, holder->size, "%s", values[0].text);
		holder->found = true;
	}
	return BOBOLINK_OK;
}

bool bl_postgres_holder(struct bobolink_connection *connection, char *text, size_t size)
{
	struct bobolink_error ignored;
	struct holder holder = { text, size, false };
	char high[16];
	char low[16];
	const char *values[2] = { high, low };

	halves(connection, high, low);
	/* A lock of a prepared transaction has no process; the lock on its own number leads to its name. */
	(void)bl_postgres_look(
		connection,
		"SELECT COALESCE('the prepared transaction ' || quote_literal(p.gid), "
		"CASE WHEN a.application_name LIKE '%(pid %' THEN a.application_name ELSE "
		"COALESCE(NULLIF(a.application_name, ''), 'a client') || ' (server process "
		"' || "
		"l.pid || ')' END || COALESCE(to_char(timezone('UTC', a.xact_start), "
		"'\" since \"YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), '')) FROM pg_locks AS l "
		"LEFT JOIN pg_stat_activity AS a ON a.pid = l.pid "
		"LEFT JOIN pg_locks AS x ON l.pid IS NULL AND x.pid IS NULL AND x.locktype = "
		"'transactionid' AND x.virtualtransaction = l.virtualtransaction "
		"LEFT JOIN pg_prepared_xacts AS p ON p.transaction = x.transactionid "
		"WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 "
		"AND l.database = (SELECT oid FROM pg_database WHERE datname = "
		"current_database()) AND l.classid = CAST($1 AS oid) AND l.objid = "
		"CAST($2 AS oid) AND l.pid IS DISTINCT FROM pg_backend_pid() LIMIT 1",
		values, 2, keep_holder, &holder, &ignored);
	return holder.found;
}
