/*
 * The PostgreSQL backend: wrapping an application's connection, and the table of functions that the core
 * calls.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bobolink/postgres.h>

#include "connection.h"

#define DEFAULT_SCHEMA "public"

static int check_handle(PGconn *pg, struct bobolink_error *error)
{
	if (PQstatus(pg) != CONNECTION_OK)
		return bl_postgres_fail(error, BOBOLINK_UNREACHABLE,
					"the connection is not open: connect before migrating");
	if (PQpipelineStatus(pg) != PQ_PIPELINE_OFF || PQtransactionStatus(pg) == PQTRANS_ACTIVE)
		return bl_postgres_fail(error, BOBOLINK_USAGE,
					"the connection is busy: take all results of its last "
					"statement, and leave pipeline mode, before migrating");
	if (PQtransactionStatus(pg) != PQTRANS_IDLE)
		return bl_postgres_fail(error, BOBOLINK_IN_TRANSACTION,
					"the connection is inside a transaction: commit it before "
					"migrating");
	return BOBOLINK_OK;
}

char *bl_postgres_copy(const struct bobolink_connection *connection, const char *text,
		       size_t length)
{
	const struct bobolink_allocator *allocator = &connection->context->allocator;
	char *made = allocator->allocate(allocator->context, length + 1);

	if (made) {
		memcpy(made, text, length);
		made[length] = '\0';
	}
	return made;
}

/* FNV-1a. */
uint64_t bl_postgres_key(const char *prefix, const char *text)
{
	uint64_t key = 14695981039346656037u;

	for (; *prefix; prefix++)
		key = (key ^ (unsigned char)*prefix) * 1099511628211u;
	for (; *text; text++)
		key = (key ^ (unsigned char)*text) * 1099511628211u;
	return key;
}

/* Who is at work, in the 63 bytes that PostgreSQL keeps of an application_name. */
static void make_name(struct bobolink_connection *connection)
{
	char host[256] = "";

	if (gethostname(host, sizeof(host) - 1))
		host[0] = '\0';
	snprintf(connection->name, sizeof(connection->name), "%.24s on %.17s (pid %d)",
		 connection->context->program ? connection->context->program : "bobolink",
		 host[0] ? host : "?", (int)getpid());
}

/* PQescapeIdentifier does not say whether it lacked memory or the name is none. */
static bool is_valid(const struct bobolink_connection *connection, const char *name)
{
	const struct bobolink_allocator *allocator = &connection->context->allocator;
	size_t length = strlen(name);
	char *copy = allocator->allocate(allocator->context, 2 * length + 1);
	int invalid = 0;

	if (copy)
		PQescapeStringConn(connection->pg, copy, name, length, &invalid);
	allocator->release(allocator->context, copy);
	return !invalid;
}

/* The schema as SQL names it, in memory of the context's. */
static int quote_schema(struct bobolink_connection *connection, struct bobolink_error *error)
{
	const char *schema = connection->context->schema;
	char *quoted;

	if (!schema || !*schema)
		schema = DEFAULT_SCHEMA;
	/* One lock for each set of bobolink's tables. */
	connection->key = bl_postgres_key("bobolink:", schema);
	quoted = PQescapeIdentifier(connection->pg, schema, strlen(schema));
	if (!quoted && !is_valid(connection, schema))
		return bl_postgres_fail(
			error, BOBOLINK_USAGE,
			"the option schema is not a name in the connection's encoding");
	if (!quoted)
		return bl_postgres_fail(error, BOBOLINK_NO_MEMORY, "out of memory");
	connection->schema = bl_postgres_copy(connection, quoted, strlen(quoted));
	PQfreemem(quoted);
	if (!connection->schema)
		return bl_postgres_fail(error, BOBOLINK_NO_MEMORY, "out of memory");
	return BOBOLINK_OK;
}

static int open_handle(void *handle, const struct bobolink_context *context,
		       struct bobolink_connection **connection, struct bobolink_error *error)
{
	const struct bobolink_allocator *allocator = &context->allocator;
	struct bobolink_connection *made;
	int rc = check_handle(handle, error);

	*connection = NULL;
	if (rc)
		return rc;
	made = allocator->allocate(allocator->context, sizeof(*made));
	if (!made)
		return bl_postgres_fail(error, BOBOLINK_NO_MEMORY, "out of memory");
	memset(made, 0, sizeof(*made));
	made->pg = handle;
	made->context = context;
	made->utf8 = PQparameterStatus(handle, "client_encoding") &&
		     strcmp(PQparameterStatus(handle, "client_encoding"), "UTF8") == 0;
	rc = quote_schema(made, error);
	if (rc) {
		allocator->release(allocator->context, made);
		return rc;
	}
	make_name(made);
	*connection = made;
	return BOBOLINK_OK;
}

static void close_handle(struct bobolink_connection *connection)
{
	const struct bobolink_allocator *allocator = &connection->context->allocator;

	bl_postgres_rollback(connection);
	bl_postgres_settle(connection);
	bl_postgres_settings_free(connection);
	allocator->release(allocator->context, connection->schema);
	allocator->release(allocator->context, connection);
}

static const char *schema(const struct bobolink_connection *connection)
{
	return connection->schema;
}

static uint32_t version(const struct bobolink_connection *connection)
{
	return (uint32_t)PQserverVersion(connection->pg);
}

#define WRITTEN(what, catalogue) "pg_catalog." BL_POSTGRES_COUNTER what "(" catalogue ")"

/*
 * Since 15 the counters of the cumulative statistics: how many rows of the catalogues that describe objects were written,
 * which is a look into shared memory, whatever the number of tables. Before, one would have to read a file for
 * it: there the rows of tables and indexes are added up instead, which is a pass over pg_class. So they are where the role
 * may not call these functions.
 *
 * Not seen: what an idle session did in the last seconds, which has not told its counters yet; everything, where
 * track_counts is off; before 15, changes in columns, constraints, functions and triggers that leave pg_class alone.
 * Temporary tables, TRUNCATE and a restart after a crash look like changes.
 */
static const char *fingerprint(const struct bobolink_connection *connection)
{
	static const char
		counters[] = "pg_catalog.concat_ws('/', " WRITTEN("inserted", "2608" /* pg_depend */) ", " WRITTEN("deleted", "2608") ", " WRITTEN("updated", "1249" /* pg_attribute */) ", " WRITTEN(
			"updated",
			"1259" /* pg_class */) ", " WRITTEN("updated",
							    "1255" /* pg_proc */) ", " WRITTEN("upd"
											       "ate"
											       "d",
											       "260"
											       "6" /* pg_constraint */) ", " WRITTEN("updated",
																     "2620" /* pg_trigger */) ", " WRITTEN("inserted",
																					   "3501" /* pg_enum */) ")";
	static const char relations[] =
		"(SELECT pg_catalog.concat_ws('/', pg_catalog.count(*), "
		"pg_catalog.sum(pg_catalog.hashtext(CAST(ROW(oid, xmin, relnatts) AS text)))) "
		"FROM pg_catalog.pg_class WHERE relpersistence OPERATOR(pg_catalog.<>) 't')";

	return PQserverVersion(connection->pg) >= 150000 && !connection->uncounted ? counters
										   : relations;
}

static const struct bobolink_backend backend = {
	.interface_version = BOBOLINK_BACKEND_VERSION,
	.dialect = BOBOLINK_DIALECT_POSTGRES,
	.name = "postgres",
	.equal = "OPERATOR(pg_catalog.=)",
	.unequal = "OPERATOR(pg_catalog.<>)",
	.plus = "OPERATOR(pg_catalog.+)",
	.at_least = "OPERATOR(pg_catalog.>=)",
	.now = "pg_catalog.clock_timestamp()",
	.time_text = "pg_catalog.to_char(pg_catalog.timezone('UTC', %s), "
		     "'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')",
	.time_type = "TIMESTAMPTZ",
	.id_type = "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
	.next_id = "DEFAULT",
	.index_has_schema = false,
	.connect = bl_postgres_connect,
	.disconnect = bl_postgres_disconnect,
	.open = open_handle,
	.schema = schema,
	.fingerprint = fingerprint,
	.version = version,
	.close = close_handle,
	.query = bl_postgres_query,
	.look = bl_postgres_look_only,
	.write = bl_postgres_write,
	.execute = bl_postgres_execute,
	.perform = bl_postgres_perform,
	.begin = bl_postgres_begin,
	.commit = bl_postgres_commit,
	.rollback = bl_postgres_rollback,
	.lend = bl_postgres_lend,
	.reclaim = bl_postgres_reclaim,
	.rehearse = bl_postgres_rehearse,
	.hold = bl_postgres_hold,
	.settle = bl_postgres_settle,
	.holder = bl_postgres_holder,
	.statement_locks = true,
};

const struct bobolink_backend *bobolink_backend_postgres(void)
{
	return &backend;
}

int bobolink_open_postgres(const struct bobolink_set *set, PGconn *connection,
			   const struct bobolink_options *options,
			   struct bobolink_session **session, struct bobolink_error *error)
{
	return bobolink_open(set, connection, options, session, error);
}

int bobolink_migrate_postgres(const struct bobolink_set *set, PGconn *connection,
			      const struct bobolink_options *options, struct bobolink_error *error)
{
	return bobolink_migrate(set, connection, options, error);
}
