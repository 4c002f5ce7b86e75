/*
 * Statements: the runtime's own, which are prepared once and kept, and those of migrations, which
 * are run once. A statement that failed is reset at once: an open one would keep its lock.
 */
#include "connection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A prepared statement of the cache, prepared now if it is not there. */
static int cached(struct bobolink_connection *connection, const char *sql, sqlite3_stmt **statement,
		  struct bobolink_error *error)
{
	sqlite3_stmt **place = &connection->cache[connection->next];
	int rc;

	for (uint32_t i = 0; i < BL_SQLITE3_CACHE; i++) {
		*statement = connection->cache[i];
		if (*statement && strcmp(sqlite3_sql(*statement), sql) == 0)
			return BOBOLINK_OK;
	}
	rc = sqlite3_prepare_v3(connection->db, sql, -1, SQLITE_PREPARE_PERSISTENT, statement,
				NULL);
	if (rc != SQLITE_OK)
		return bl_sqlite3_error(connection->db, rc, error);
	sqlite3_finalize(*place);
	*place = *statement;
	connection->next = (connection->next + 1) % BL_SQLITE3_CACHE;
	return BOBOLINK_OK;
}

void bl_sqlite3_forget(struct bobolink_connection *connection)
{
	for (uint32_t i = 0; i < BL_SQLITE3_CACHE; i++) {
		sqlite3_finalize(connection->cache[i]);
		connection->cache[i] = NULL;
	}
}

/* Values are borrowed until the statement is reset. */
static int bind(struct bobolink_connection *connection, sqlite3_stmt *statement,
		const struct bobolink_value *values, uint32_t count, struct bobolink_error *error)
{
	for (uint32_t i = 0; i < count; i++) {
		char name[16];
		int place;
		int rc;

		snprintf(name, sizeof(name), "$%u", (unsigned)i + 1);
		place = sqlite3_bind_parameter_index(statement, name);
		if (place == 0)
			continue;
		if (values[i].text)
			rc = sqlite3_bind_text64(statement, place, values[i].text, values[i].length,
						 SQLITE_STATIC, SQLITE_UTF8);
		else
			rc = sqlite3_bind_null(statement, place);
		if (rc != SQLITE_OK)
			return bl_sqlite3_error(connection->db, rc, error);
	}
	return BOBOLINK_OK;
}

/* Hands one row over. A text that is missing for a value that is not NULL could not be made. */
static int hand_over(sqlite3_stmt *statement, bobolink_row_fn *row, void *context,
		     struct bobolink_error *error)
{
	struct bobolink_value values[32];
	uint32_t count = (uint32_t)sqlite3_column_count(statement);

	if (count > sizeof(values) / sizeof(values[0]))
		return bl_sqlite3_fail(error, BOBOLINK_USAGE,
				       "the query has %u columns: ask for fewer", (unsigned)count);
	for (uint32_t i = 0; i < count; i++) {
		int type = sqlite3_column_type(statement, (int)i);

		values[i].text = (const char *)sqlite3_column_text(statement, (int)i);
		values[i].length = (size_t)sqlite3_column_bytes(statement, (int)i);
		if (!values[i].text && type != SQLITE_NULL)
			return bl_sqlite3_fail(error, BOBOLINK_NO_MEMORY, "out of memory");
	}
	return row(context, values, count);
}

/* Steps to the end. A row function's refusal has no SQLite error behind it. */
static int step(struct bobolink_connection *connection, sqlite3_stmt *statement,
		bobolink_row_fn *row, void *context, struct bobolink_error *error)
{
	int rc = sqlite3_step(statement);

	while (rc == SQLITE_ROW) {
		int refused = row ? hand_over(statement, row, context, error) : 0;

		if (refused)
			return refused;
		rc = sqlite3_step(statement);
	}
	if (rc != SQLITE_DONE)
		return bl_sqlite3_error(connection->db, rc, error);
	return BOBOLINK_OK;
}

static bool is_missing_table(const struct bobolink_error *error)
{
	return error->native == SQLITE_ERROR &&
	       strncmp(error->message, "no such table: ", strlen("no such table: ")) == 0;
}

static int query(struct bobolink_connection *connection, const char *sql,
		 const struct bobolink_value *values, uint32_t count, bobolink_row_fn *row,
		 void *context, struct bobolink_error *error)
{
	sqlite3_stmt *statement = NULL;
	int rc = cached(connection, sql, &statement, error);

	if (rc == BOBOLINK_OK) {
		rc = bind(connection, statement, values, count, error);
		if (rc == BOBOLINK_OK)
			rc = step(connection, statement, row, context, error);
		sqlite3_reset(statement);
		sqlite3_clear_bindings(statement);
	}
	return rc;
}

/* The same without the schema cookie, which an application need not let be read: it is NULL then. */
static int query_without(struct bobolink_connection *connection, const char *sql,
			 const char *cookie, const struct bobolink_value *values, uint32_t count,
			 bobolink_row_fn *row, void *context, struct bobolink_error *error)
{
	char *text = sqlite3_mprintf("%.*sNULL%s", (int)(cookie - sql), sql,
				     cookie + strlen(BL_SQLITE3_COOKIE));
	int rc;

	if (!text)
		return bl_sqlite3_fail(error, BOBOLINK_NO_MEMORY, "out of memory");
	*error = (struct bobolink_error){ .version = -1 };
	rc = query(connection, text, values, count, row, context, error);
	sqlite3_free(text);
	return rc;
}

int bl_sqlite3_query(struct bobolink_connection *connection, const char *sql,
		     const struct bobolink_value *values, uint32_t count, bobolink_row_fn *row,
		     void *context, int64_t *changed, struct bobolink_error *error)
{
	int rc = query(connection, sql, values, count, row, context, error);
	const char *cookie = rc == BOBOLINK_SQL_ERROR ? strstr(sql, BL_SQLITE3_COOKIE) : NULL;

	if (cookie)
		rc = query_without(connection, sql, cookie, values, count, row, context, error);
	if (changed)
		*changed = rc == BOBOLINK_OK ? sqlite3_changes(connection->db) : 0;
	if (rc == BOBOLINK_SQL_ERROR && is_missing_table(error))
		rc = error->code = BOBOLINK_NO_TABLE;
	return rc;
}

int bl_sqlite3_write(struct bobolink_connection *connection, const char *sql,
		     const struct bobolink_value *values, uint32_t count,
		     struct bobolink_error *error)
{
	int64_t changed = 0;
	int rc = bl_sqlite3_query(connection, sql, values, count, NULL, NULL, &changed, error);

	return rc == BOBOLINK_OK && changed != 1 ? BOBOLINK_STALE : rc;
}

/*
 * ATTACH and BEGIN count as read-only, but answer nothing (sqlite.org/c3ref/stmt_readonly.html); a PRAGMA may answer and
 * still change a setting.
 */
static bool only_looks(sqlite3_stmt *statement)
{
	static const char *const words[] = { "SELECT", "VALUES", "WITH" };
	const char *sql = sqlite3_sql(statement);
	bool asks = false;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		asks |= sqlite3_strnicmp(sql, words[i], (int)strlen(words[i])) == 0;
	return asks && sqlite3_stmt_readonly(statement) && sqlite3_column_count(statement) > 0;
}

int bl_sqlite3_look(struct bobolink_connection *connection, const char *sql, bobolink_row_fn *row,
		    void *context, struct bobolink_error *error)
{
	sqlite3_stmt *statement = NULL;
	int rc = sqlite3_prepare_v2(connection->db, sql, -1, &statement, NULL);

	if (rc != SQLITE_OK)
		return bl_sqlite3_error(connection->db, rc, error);
	if (statement && only_looks(statement))
		rc = step(connection, statement, row, context, error);
	else
		rc = bl_sqlite3_fail(error, BOBOLINK_SQL_ERROR, "this is no query");
	sqlite3_finalize(statement);
	return rc;
}

int bl_sqlite3_run(struct bobolink_connection *connection, const char *sql, bobolink_row_fn *row,
		   void *context, struct bobolink_error *error)
{
	sqlite3_stmt *statement = NULL;
	int rc = sqlite3_prepare_v2(connection->db, sql, -1, &statement, NULL);

	if (rc != SQLITE_OK)
		return bl_sqlite3_error(connection->db, rc, error);
	rc = step(connection, statement, row, context, error);
	sqlite3_finalize(statement);
	return rc;
}

static int keep_integer(void *context, const struct bobolink_value *values, uint32_t count)
{
	int64_t *number = context;

	if (count && values[0].text)
		*number = strtoll(values[0].text, NULL, 10);
	return BOBOLINK_OK;
}

int bl_sqlite3_integer(struct bobolink_connection *connection, const char *sql, int64_t none,
		       int64_t *number, struct bobolink_error *error)
{
	*number = none;
	return bl_sqlite3_run(connection, sql, keep_integer, number, error);
}

/* Adds where in the text the statement is wrong. */
static int statement_error(struct bobolink_connection *connection, int native, const char *text,
			   size_t length, struct bobolink_error *error)
{
	int32_t offset = -1;
	int rc;

#if SQLITE_VERSION_NUMBER >= 3038000
	if (sqlite3_libversion_number() >= 3038000)
		offset = sqlite3_error_offset(connection->db);
#endif
	rc = bl_sqlite3_error(connection->db, native, error);
	if (offset < 0 || (size_t)offset > length)
		offset = bl_sqlite3_position(error->message, text, length);
	error->offset = offset;
	return rc;
}

/* What stands behind the statement may be comments, but no second statement. */
static int check_tail(struct bobolink_connection *connection, const char *text, size_t length,
		      const char *tail, struct bobolink_error *error)
{
	size_t rest = length - (size_t)(tail - text);
	sqlite3_stmt *statement = NULL;
	int rc;

	if (rest == 0)
		return BOBOLINK_OK;
	rc = sqlite3_prepare_v2(connection->db, tail, (int)rest, &statement, NULL);
	sqlite3_finalize(statement);
	if (rc == SQLITE_OK && !statement)
		return BOBOLINK_OK;
	bl_sqlite3_fail(error, BOBOLINK_SQL_ERROR, "more text follows the statement's end");
	error->offset = (int32_t)(tail - text);
	return BOBOLINK_SQL_ERROR;
}

/* The transaction must be as it was before the statement: open, or none. */
static int check_transaction(struct bobolink_connection *connection, bool was_open,
			     struct bobolink_error *error)
{
	if (was_open == (sqlite3_get_autocommit(connection->db) == 0))
		return BOBOLINK_OK;
	if (!was_open) {
		sqlite3_exec(connection->db, "ROLLBACK", NULL, NULL, NULL);
		return bl_sqlite3_fail(
			error, BOBOLINK_SQL_ERROR,
			"the statement opened a transaction: take BEGIN or SAVEPOINT "
			"out of the migration");
	}
	return bl_sqlite3_fail(
		error, BOBOLINK_SQL_ERROR,
		"the statement ended the transaction of its migration: take COMMIT or "
		"ROLLBACK out of it");
}

static bool is_pragma(const char *text, size_t length)
{
	return length >= 6 && sqlite3_strnicmp(text, "PRAGMA", 6) == 0;
}

/* What somebody wants to know of a statement; nothing of it need be wanted. */
struct answer {
	bobolink_row_fn *row;
	void *context;
	int64_t changed;
};

/* SQLite's count is that of the last statement that changed rows, whichever that was. */
static int64_t changes(struct bobolink_connection *connection, int before)
{
	return sqlite3_total_changes(connection->db) == before ? 0
							       : sqlite3_changes(connection->db);
}

static int run(struct bobolink_connection *connection, sqlite3_stmt *statement, const char *text,
	       size_t length, struct answer *answer, struct bobolink_error *error)
{
	int before = sqlite3_total_changes(connection->db);
	int rc;

	while ((rc = sqlite3_step(statement)) == SQLITE_ROW) {
		int refused =
			answer->row ? hand_over(statement, answer->row, answer->context, error) : 0;

		if (refused)
			return refused;
	}
	if (rc != SQLITE_DONE)
		return statement_error(connection, rc, text, length, error);
	answer->changed = changes(connection, before);
	return BOBOLINK_OK;
}

static int execute(struct bobolink_connection *connection, const char *text, size_t length,
		   struct answer *answer, struct bobolink_error *error)
{
	bool open = sqlite3_get_autocommit(connection->db) == 0;
	sqlite3_stmt *statement = NULL;
	const char *tail = text;
	int rc;

	if (length > INT32_MAX)
		return bl_sqlite3_fail(error, BOBOLINK_SQL_ERROR, "the statement is too long");
	/* A change to WAL under an exclusive lock would keep that lock until the handle is closed. */
	if (!open && is_pragma(text, length))
		bl_sqlite3_let_go(connection);
	rc = sqlite3_prepare_v2(connection->db, text, (int)length, &statement, &tail);
	if (rc != SQLITE_OK)
		return statement_error(connection, rc, text, length, error);
	rc = check_tail(connection, text, length, tail, error);
	if (rc == BOBOLINK_OK && statement)
		rc = run(connection, statement, text, length, answer, error);
	sqlite3_finalize(statement);
	if (rc == BOBOLINK_OK)
		rc = check_transaction(connection, open, error);
	return rc;
}

int bl_sqlite3_execute(struct bobolink_connection *connection, const char *text, size_t length,
		       uint32_t number, struct bobolink_error *error)
{
	struct answer nobody = { .row = NULL };
	int rc = execute(connection, text, length, &nobody, error);

	if (rc)
		error->statement = number;
	return rc;
}

int bl_sqlite3_perform(struct bobolink_connection *connection, const char *text, size_t length,
		       uint32_t number, bobolink_row_fn *row, void *context, int64_t *changed,
		       struct bobolink_error *error)
{
	struct answer answer = { .row = row, .context = context };
	int rc = execute(connection, text, length, &answer, error);

	*changed = answer.changed;
	if (rc)
		error->statement = number;
	return rc;
}
