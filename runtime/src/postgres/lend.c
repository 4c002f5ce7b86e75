/*
 * Lend: the application's connection in the hands of a function of the application, and back.
 *
 * It leaves pipeline mode for that, since PQexec fails there, and a function may think for longer than a transaction
 * may otherwise be idle. Whether the transaction is still the one that begin opened is told by its number.
 */
#include "connection.h"

#include <string.h>

int bl_postgres_lend(struct bobolink_connection *connection, struct bobolink_error *error)
{
	int rc = BOBOLINK_OK;

	/* What it may set for the session is put back later. */
	connection->ran = true;
	if (!connection->begun)
		return bl_postgres_is_open(connection) ? BOBOLINK_OK
						       : bl_postgres_lost(connection, error);
	connection->unsettled = true;
	rc = bl_postgres_send(connection, BL_POSTGRES_OWN,
			      "SELECT pg_catalog.set_config("
			      "'idle_in_transaction_session_timeout', '0', true)",
			      NULL, 0, error);
	if (rc == BOBOLINK_OK)
		rc = bl_postgres_sync(connection, NULL, NULL, error);
	if (rc == BOBOLINK_OK)
		bl_postgres_stop(connection);
	return rc;
}

/* Takes one result that the function has left; false when there are no more. */
static bool drain_one(struct bobolink_connection *connection)
{
	struct bobolink_error ignored;
	PGresult *result;
	ExecStatusType status;
	char *row;

	if (bl_postgres_wait(connection, connection->context->timeout_ms, &ignored))
		return false;
	result = PQgetResult(connection->pg);
	status = PQresultStatus(result);
	if (status == PGRES_COPY_IN)
		PQputCopyEnd(connection->pg, "the function has returned");
	while (status == PGRES_COPY_OUT && PQgetCopyData(connection->pg, &row, 0) > 0)
		PQfreemem(row);
	PQclear(result);
	/* In a pipeline that is the end of one statement, and others may follow. */
	return result;
}

/* Ends whatever the function has begun and not ended; false when there was nothing. */
static bool drain(struct bobolink_connection *connection)
{
	PGconn *pg = connection->pg;
	bool more;

	if (PQpipelineStatus(pg) == PQ_PIPELINE_OFF && PQtransactionStatus(pg) != PQTRANS_ACTIVE)
		return false;
	if (PQpipelineStatus(pg) != PQ_PIPELINE_OFF && !PQpipelineSync(pg))
		return true;
	do {
		more = !PQexitPipelineMode(pg);
		more = drain_one(connection) || more;
	} while (more && bl_postgres_is_open(connection));
	return true;
}

static int busy(struct bobolink_error *error)
{
	return bl_postgres_fail(error, BOBOLINK_SQL_ERROR,
				"the function left the connection busy: take all results of its "
				"last statement, and leave pipeline mode");
}

static int ended(struct bobolink_error *error)
{
	return bl_postgres_fail(
		error, BOBOLINK_SQL_ERROR,
		"the function ended the transaction of its migration: take COMMIT and "
		"ROLLBACK out of it");
}

static int keep_same(void *context, const struct bobolink_value *values, uint32_t count)
{
	const struct bobolink_connection *connection = context;

	return count && values[0].text && strcmp(values[0].text, connection->transaction) == 0
		       ? BOBOLINK_OK
		       : BOBOLINK_STALE;
}

static int check_same(struct bobolink_connection *connection, struct bobolink_error *error)
{
	int rc = bl_postgres_start(connection, false, error);

	if (rc == BOBOLINK_OK)
		rc = bl_postgres_send(connection, BL_POSTGRES_ROWS,
				      "SELECT pg_catalog.txid_current(), pg_catalog.set_config("
				      "'idle_in_transaction_session_timeout', "
				      "'" BL_POSTGRES_IDLE_TIMEOUT "', true), "
				      "pg_catalog.set_config('client_encoding', 'UTF8', true)",
				      NULL, 0, error);
	if (rc == BOBOLINK_OK)
		rc = bl_postgres_sync(connection, keep_same, connection, error);
	return rc == BOBOLINK_STALE ? ended(error) : rc;
}

int bl_postgres_reclaim(struct bobolink_connection *connection, struct bobolink_error *error)
{
	bool drained = bl_postgres_is_open(connection) && drain(connection);
	PGTransactionStatusType status = PQtransactionStatus(connection->pg);

	if (!bl_postgres_is_open(connection))
		return bl_postgres_lost(connection, error);
	if (connection->begun && status == PQTRANS_INERROR)
		return bl_postgres_fail(error, BOBOLINK_SQL_ERROR,
					"a statement of the function failed, and the function did "
					"not say so: check each result");
	if (connection->begun && status == PQTRANS_IDLE)
		return ended(error);
	if (!connection->begun && status != PQTRANS_IDLE) {
		PQclear(bl_postgres_ask(connection, "ROLLBACK", NULL, 0,
					connection->context->timeout_ms, error));
		return bl_postgres_fail(error, BOBOLINK_SQL_ERROR,
					"the function left a transaction open: let it commit what "
					"it begins");
	}
	if (drained)
		return busy(error);
	return connection->begun ? check_same(connection, error) : BOBOLINK_OK;
}
