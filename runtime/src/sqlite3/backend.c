/*
 * The SQLite backend: opening for the flags, wrapping an application's handle, and the table of
 * functions that the core calls.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include <bobolink/sqlite3.h>

#include "connection.h"

#define SCHEME "sqlite:"

/*
 * The path of a URL, taken as it stands: no percent-decoding, no parameters. "sqlite:shop.db" is
 * relative, "sqlite:/srv/shop.db" and "sqlite:///srv/shop.db" are absolute.
 */
const char *bl_sqlite3_path(const char *url)
{
	const char *path = url + strlen(SCHEME);

	if (strncmp(url, SCHEME, strlen(SCHEME)) != 0)
		return NULL;
	if (strncmp(path, "///", 3) == 0)
		path += 2;
	else if (strncmp(path, "//", 2) == 0)
		return NULL;
	return *path ? path : NULL;
}

static int connect_error(sqlite3 *db, const char *path, struct bobolink_error *error)
{
	int system = db ? sqlite3_system_errno(db) : ENOMEM;
	int native = db ? sqlite3_extended_errcode(db) : SQLITE_NOMEM;

	if ((native & 0xFF) == SQLITE_NOMEM)
		bl_sqlite3_fail(error, BOBOLINK_NO_MEMORY, "out of memory");
	else if (system == ENOENT)
		bl_sqlite3_fail(error, BOBOLINK_UNREACHABLE,
				"%s cannot be opened: its directory does not exist; make it first",
				path);
	else
		bl_sqlite3_fail(error, BOBOLINK_UNREACHABLE, "%s cannot be opened: %s", path,
				system ? strerror(system) : sqlite3_errmsg(db));
	error->native = native;
	return error->code;
}

/* Whether the place for a file at `path` exists, though the file does not. */
static bool has_directory(const char *path)
{
	const char *slash = strrchr(path, '/');
	char directory[BOBOLINK_PATH_SIZE];
	struct stat about;
	size_t length = slash ? (size_t)(slash - path) + 1 : 0;

	if (!slash)
		return true;
	if (length >= sizeof(directory))
		return false;
	memcpy(directory, path, length);
	directory[length] = '\0';
	return stat(directory, &about) == 0 && S_ISDIR(about.st_mode);
}

/* Opens an empty database in memory in the place of a file that does not exist. */
static int connect_empty(const char *path, sqlite3 **db, struct bobolink_error *error)
{
	sqlite3_close(*db);
	*db = NULL;
	if (sqlite3_open(":memory:", db) != SQLITE_OK)
		return connect_error(*db, path, error);
	return bl_sqlite3_fail(error, BOBOLINK_OK, "%s does not exist yet", path);
}

/* SQLite may have been built to take "file:…" for a URI with parameters; "./file:…" is a path. */
int bl_sqlite3_open_path(const char *path, int flags, sqlite3 **db)
{
	char *name = sqlite3_mprintf(strncmp(path, "file:", 5) == 0 ? "./%s" : "%s", path);
	int rc = name ? sqlite3_open_v2(name, db, flags, NULL) : SQLITE_NOMEM;

	sqlite3_free(name);
	return rc;
}

static int connect(const char *url, bool create, void **handle, struct bobolink_error *error)
{
	const char *path = bl_sqlite3_path(url);
	int flags = SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0);
	sqlite3 *db = NULL;
	int rc = BOBOLINK_OK;

	*handle = NULL;
	if (!path)
		return bl_sqlite3_fail(error, BOBOLINK_USAGE,
				       "this is no SQLite database: write sqlite:shop.db, "
				       "sqlite:///srv/shop.db or sqlite::memory:");
	bl_sqlite3_fail(error, BOBOLINK_OK, "%s", "");
	if (bl_sqlite3_open_path(path, flags, &db) != SQLITE_OK) {
		if (!create && db && sqlite3_system_errno(db) == ENOENT && has_directory(path))
			rc = connect_empty(path, &db, error);
		else
			rc = connect_error(db, path, error);
	}
	if (rc)
		sqlite3_close(db);
	else
		*handle = db;
	return rc;
}

static void disconnect(void *handle)
{
	sqlite3_close_v2(handle);
}

static int open_handle(void *handle, const struct bobolink_context *context,
		       struct bobolink_connection **connection, struct bobolink_error *error)
{
	const struct bobolink_allocator *allocator = &context->allocator;
	struct bobolink_connection *made;

	*connection = NULL;
	if (sqlite3_get_autocommit(handle) == 0)
		return bl_sqlite3_fail(error, BOBOLINK_IN_TRANSACTION,
				       "the connection is inside a transaction: commit it before "
				       "migrating");
	made = allocator->allocate(allocator->context, sizeof(*made));
	if (!made)
		return bl_sqlite3_fail(error, BOBOLINK_NO_MEMORY, "out of memory");
	memset(made, 0, sizeof(*made));
	made->db = handle;
	made->allocator = *allocator;
	made->context = context;
	made->synchronous = -1;
	*connection = made;
	return BOBOLINK_OK;
}

static void close_handle(struct bobolink_connection *connection)
{
	struct bobolink_allocator allocator = connection->allocator;

	bl_sqlite3_rollback(connection);
	bl_sqlite3_settle(connection);
	bl_sqlite3_forget(connection);
	allocator.release(allocator.context, connection);
}

static const char *schema(const struct bobolink_connection *connection)
{
	(void)connection;
	return "main";
}

/*
 * The schema cookie (sqlite.org/pragma.html#pragma_schema_version), which every change of the schema counts up, and so do
 * VACUUM and a restored backup. It sees everything but a file that was copied over this one with the same count.
 * Where an authorizer forbids the pragma, or the library was built without virtual tables, it is not known.
 */
static const char *fingerprint(const struct bobolink_connection *connection)
{
	(void)connection;
	return BL_SQLITE3_COOKIE;
}

static uint32_t version(const struct bobolink_connection *connection)
{
	(void)connection;
	return (uint32_t)sqlite3_libversion_number();
}

static bool read_only(const struct bobolink_connection *connection)
{
	return sqlite3_db_readonly(connection->db, "main") == 1;
}

static const struct bobolink_backend backend = {
	.interface_version = BOBOLINK_BACKEND_VERSION,
	.dialect = BOBOLINK_DIALECT_SQLITE,
	.name = "sqlite",
	.equal = "=",
	.unequal = "<>",
	.plus = "+",
	.at_least = ">=",
	.now = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')",
	.time_text = "%s",
	.time_type = "TEXT",
	.id_type = "INTEGER PRIMARY KEY",
	/* Asked for each row: that there are two is found out by their number, not by an id that both get. */
	.next_id = "(SELECT max(o.id) + 1 FROM main.bobolink_history AS o "
		   "WHERE o.id >= bobolink_history.id)",
	.index_has_schema = true,
	.connect = connect,
	.disconnect = disconnect,
	.open = open_handle,
	.schema = schema,
	.fingerprint = fingerprint,
	.version = version,
	.read_only = read_only,
	.close = close_handle,
	.query = bl_sqlite3_query,
	.look = bl_sqlite3_look,
	.write = bl_sqlite3_write,
	.execute = bl_sqlite3_execute,
	.perform = bl_sqlite3_perform,
	.begin = bl_sqlite3_begin,
	.commit = bl_sqlite3_commit,
	.rollback = bl_sqlite3_rollback,
	.lend = bl_sqlite3_lend,
	.reclaim = bl_sqlite3_reclaim,
	.rehearse = bl_sqlite3_rehearse,
	.hold = bl_sqlite3_hold,
	.settle = bl_sqlite3_settle,
};

const struct bobolink_backend *bobolink_backend_sqlite3(void)
{
	return &backend;
}

int bobolink_open_sqlite3(const struct bobolink_set *set, sqlite3 *db,
			  const struct bobolink_options *options, struct bobolink_session **session,
			  struct bobolink_error *error)
{
	return bobolink_open(set, db, options, session, error);
}

int bobolink_migrate_sqlite3(const struct bobolink_set *set, sqlite3 *db,
			     const struct bobolink_options *options, struct bobolink_error *error)
{
	return bobolink_migrate(set, db, options, error);
}
