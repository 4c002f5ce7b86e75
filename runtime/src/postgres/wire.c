/*
 * Wire: waiting for the server. libpq's own waiting knows no deadline, and a host that fell silent
 * would be waited for until the kernel gives up.
 */
#include "connection.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>

/* How long to sleep before looking whether somebody wants to stop. */
#define LOOK_MS 100

uint64_t bl_postgres_clock_ms(void)
{
	struct timespec now = { 0, 0 };

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/*
 * Somebody wants to stop: the statement of a migration that runs in a transaction is cancelled, also
 * when COMMIT is already on its way behind it: the server then skips that, or has done it and says so. One that runs alone is left
 * to its end: cancelled, it would leave a half-made index.
 */
static void cancel(struct bobolink_connection *connection)
{
	PGcancel *request;
	char ignored[256];

	if (connection->cancelled || !connection->executing || !connection->context->interrupted ||
	    !*connection->context->interrupted)
		return;
	connection->cancelled = true;
	request = PQgetCancel(connection->pg);
	if (request)
		PQcancel(request, ignored, sizeof(ignored));
	PQfreeCancel(request);
}

bool bl_postgres_is_open(const struct bobolink_connection *connection)
{
	return PQstatus(connection->pg) == CONNECTION_OK && !connection->silent;
}

static int silent(struct bobolink_connection *connection, uint64_t timeout_ms,
		  struct bobolink_error *error)
{
	connection->silent = true;
	return bl_postgres_fail(
		error, BOBOLINK_UNREACHABLE,
		"the database did not answer for %llu ms: look at the server and the "
		"network; this connection is of no more use",
		(unsigned long long)timeout_ms);
}

/* Sleeps until the socket is ready, or a moment. */
static int sleep_on(struct bobolink_connection *connection, int unsent,
		    struct bobolink_error *error)
{
	struct pollfd socket = { .fd = PQsocket(connection->pg), .events = POLLIN };

	if (unsent)
		socket.events |= POLLOUT;
	if (socket.fd < 0)
		return bl_postgres_lost(connection, error);
	if (poll(&socket, 1, LOOK_MS) > 0 && (socket.revents & ~POLLOUT) &&
	    !PQconsumeInput(connection->pg))
		return bl_postgres_lost(connection, error);
	return BOBOLINK_OK;
}

int bl_postgres_wait(struct bobolink_connection *connection, uint64_t timeout_ms,
		     struct bobolink_error *error)
{
	uint64_t begun = bl_postgres_clock_ms();
	int rc;

	for (;;) {
		int unsent = PQflush(connection->pg);

		if (unsent < 0)
			return bl_postgres_lost(connection, error);
		if (!PQisBusy(connection->pg))
			return BOBOLINK_OK;
		rc = sleep_on(connection, unsent, error);
		if (rc)
			return rc;
		cancel(connection);
		if (!timeout_ms || bl_postgres_clock_ms() - begun < timeout_ms)
			continue;
		/* A statement may take hours; a server that is gone is waited for by nobody. */
		if (!bl_postgres_at_work(connection))
			return silent(connection, timeout_ms, error);
		begun = bl_postgres_clock_ms();
	}
}

int bl_postgres_start(struct bobolink_connection *connection, bool alone,
		      struct bobolink_error *error)
{
	if (!bl_postgres_is_open(connection))
		return bl_postgres_lost(connection, error);
	connection->cancelled = false;
	connection->was_nonblocking = PQisnonblocking(connection->pg);
	if (PQsetnonblocking(connection->pg, 1))
		return bl_postgres_lost(connection, error);
	if (!alone && !PQenterPipelineMode(connection->pg)) {
		bl_postgres_stop(connection);
		return bl_postgres_fail(error, BOBOLINK_USAGE,
					"the connection is busy: take all results of its last "
					"statement before migrating");
	}
	return BOBOLINK_OK;
}

void bl_postgres_stop(struct bobolink_connection *connection)
{
	/* Either fails only on a connection that is lost, which the next use finds out. */
	(void)PQexitPipelineMode(connection->pg);
	(void)PQsetnonblocking(connection->pg, connection->was_nonblocking);
}

/* Takes every result of the statement; the last one counts. */
static PGresult *take_last(struct bobolink_connection *connection, uint64_t timeout_ms,
			   struct bobolink_error *error)
{
	PGresult *last = NULL;
	PGresult *next;

	for (;;) {
		if (bl_postgres_wait(connection, timeout_ms, error)) {
			PQclear(last);
			return NULL;
		}
		next = PQgetResult(connection->pg);
		if (!next)
			break;
		PQclear(last);
		last = next;
		/* COPY would go on for ever: end it. */
		if (PQresultStatus(last) == PGRES_COPY_IN)
			PQputCopyEnd(connection->pg, "COPY is not for migrations");
	}
	if (!last)
		bl_postgres_lost(connection, error);
	return last;
}

PGresult *bl_postgres_ask(struct bobolink_connection *connection, const char *sql,
			  const char *const *values, int count, uint64_t timeout_ms,
			  struct bobolink_error *error)
{
	PGresult *result = NULL;

	if (bl_postgres_start(connection, true, error))
		return NULL;
	if (PQsendQueryParams(connection->pg, sql, count, NULL, values, NULL, NULL, 0))
		result = take_last(connection, timeout_ms, error);
	else
		bl_postgres_lost(connection, error);
	bl_postgres_stop(connection);
	return result;
}
