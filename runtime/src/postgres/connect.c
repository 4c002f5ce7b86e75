/*
 * Connect: URLs of the flags. libpq's own words about a URL that it cannot read may repeat parts of the
 * password, so they are not passed on.
 */
#include "connection.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define CONNECT_TIMEOUT_MS 30000u

bool bl_postgres_establish(PGconn *pg, uint64_t timeout_ms)
{
	uint64_t begun = bl_postgres_clock_ms();
	PostgresPollingStatusType status = PGRES_POLLING_WRITING;

	while (PQstatus(pg) != CONNECTION_BAD && status != PGRES_POLLING_OK &&
	       status != PGRES_POLLING_FAILED) {
		struct pollfd socket = { .fd = PQsocket(pg) };
		uint64_t waited = bl_postgres_clock_ms() - begun;

		if (waited >= timeout_ms)
			return false;
		socket.events = status == PGRES_POLLING_READING ? POLLIN : POLLOUT;
		if (poll(&socket, 1, (int)(timeout_ms - waited)) > 0)
			status = PQconnectPoll(pg);
	}
	return status == PGRES_POLLING_OK;
}

static int unreadable(struct bobolink_error *error)
{
	return bl_postgres_fail(
		error, BOBOLINK_USAGE,
		"this is no PostgreSQL URL: write postgres://user@host:5432/database, "
		"with special characters percent-encoded");
}

/*
 * A password with an "@", a "/" or without a host behind it: libpq takes the rest of it for a host, a port or
 * a database, and names that.
 */
static bool is_torn(const char *url, const PQconninfoOption *options)
{
	const char *authority = strstr(url, "://") + 3;
	const char *host = authority + strcspn(authority, "@/");

	host = *host == '@' ? host + 1 : authority;
	if (memchr(host, '@', strcspn(host, "?")))
		return true;
	while (options->keyword && strcmp(options->keyword, "port") != 0)
		options++;
	return options->keyword && options->val &&
	       options->val[strspn(options->val, "0123456789,")];
}

/* Whether libpq can read it. What it says about one that it cannot is dropped. */
static bool is_url(const char *url)
{
	PQconninfoOption *options;
	char *message = NULL;
	bool readable;

	if (strncmp(url, "postgres://", 11) != 0 && strncmp(url, "postgresql://", 13) != 0)
		return false;
	options = PQconninfoParse(url, &message);
	PQfreemem(message);
	readable = options && !is_torn(url, options);
	PQconninfoFree(options);
	return readable;
}

static int unreachable(PGconn *pg, struct bobolink_error *error)
{
	if (PQstatus(pg) == CONNECTION_BAD) {
		bl_postgres_fail(error, BOBOLINK_UNREACHABLE, "the database cannot be reached: ");
		bl_postgres_words(pg, error);
		return error->code;
	}
	return bl_postgres_fail(
		error, BOBOLINK_UNREACHABLE,
		"the database did not answer for %u seconds: look at the host and port "
		"of the URL",
		CONNECT_TIMEOUT_MS / 1000u);
}

int bl_postgres_connect_to(const char *url, const char *database, void **handle,
			   struct bobolink_error *error)
{
	/* libpq takes the first name of a database for a URL, and a second one as it stands. */
	const char *const keywords[] = { "fallback_application_name", "dbname", "client_encoding",
					 database ? "dbname" : NULL, NULL };
	const char *const values[] = { "bobolink", url, "UTF8", database, NULL };
	PGconn *pg;

	*handle = NULL;
	bl_postgres_fail(error, BOBOLINK_OK, "%s", "");
	if (!is_url(url))
		return unreadable(error);
	pg = PQconnectStartParams(keywords, values, 1);
	if (!pg)
		return bl_postgres_fail(error, BOBOLINK_NO_MEMORY, "out of memory");
	if (!bl_postgres_establish(pg, CONNECT_TIMEOUT_MS)) {
		unreachable(pg, error);
		PQfinish(pg);
		return error->code;
	}
	*handle = pg;
	return BOBOLINK_OK;
}

int bl_postgres_connect(const char *url, bool create, void **handle, struct bobolink_error *error)
{
	(void)create; /* a database is made by its administrator */
	return bl_postgres_connect_to(url, NULL, handle, error);
}

void bl_postgres_disconnect(void *handle)
{
	PQfinish(handle);
}
