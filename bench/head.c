/*
 * The head query: what the default level of validation costs is one expression in it.
 */
#include "head.h"

#include <stdio.h>
#include <stdlib.h>

static void *allocate(void *context, size_t size)
{
	(void)context;
	return malloc(size);
}

static void *reallocate(void *context, void *memory, size_t size)
{
	(void)context;
	return realloc(memory, size);
}

static void release(void *context, void *memory)
{
	(void)context;
	free(memory);
}

static int ask(const struct bobolink_backend *backend, struct bobolink_connection *connection,
	       int with_fingerprint, struct bobolink_error *error)
{
	static const struct bobolink_value set = { "bench", 5 };
	char sql[2000];

	snprintf(sql, sizeof(sql),
		 "SELECT digest, environment, version, batch, batch_until, revision, "
		 "fingerprint%s%s "
		 "FROM %s.bobolink_head WHERE set_name %s $1",
		 with_fingerprint ? ", " : "",
		 with_fingerprint ? backend->fingerprint(connection) : "",
		 backend->schema(connection), backend->equal);
	return backend->query(connection, sql, &set, 1, NULL, NULL, NULL, error);
}

int head_ask(const struct bobolink_backend *backend, void *handle, int with_fingerprint)
{
	const struct bobolink_context context = {
		.allocator = { allocate, reallocate, release, NULL },
		.program = "bench",
	};
	struct bobolink_connection *connection = NULL;
	struct bobolink_error error;
	int rc = backend->open(handle, &context, &connection, &error);

	if (rc == BOBOLINK_OK)
		rc = ask(backend, connection, with_fingerprint, &error);
	if (rc)
		fprintf(stderr, "program: %s\n", error.message);
	if (connection)
		backend->close(connection);
	return rc;
}
