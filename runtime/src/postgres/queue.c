/*
 * Queue: what was sent in pipeline mode and not yet answered (manual, section "Pipeline Mode").
 *
 * A migration costs two round trips: one for BEGIN and the lock, one for everything else with COMMIT. After an
 * error the server skips what follows up to the next sync, so nothing is done that builds on what failed; a
 * write that misses its row is made an error for that reason, a division by zero. Each answer is matched with what was
 * sent, in order, which is how an error finds its statement.
 */
#include "connection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define VALUES 32

static void release(const struct bobolink_connection *connection, void *memory)
{
	const struct bobolink_allocator *allocator = &connection->context->allocator;

	allocator->release(allocator->context, memory);
}

void bl_postgres_forget(struct bobolink_connection *connection)
{
	for (uint32_t i = 0; i < connection->sent_count; i++)
		release(connection, connection->sent[i].text);
	connection->sent_count = 0;
}

void bl_postgres_expect(struct bobolink_connection *connection, int kind)
{
	connection->sent[connection->sent_count++] = (struct bl_postgres_sent){ .kind = kind };
}

int bl_postgres_send(struct bobolink_connection *connection, int kind, const char *sql,
		     const char *const *values, int count, struct bobolink_error *error)
{
	int rc = BOBOLINK_OK;

	if (connection->sent_count == BL_POSTGRES_QUEUE)
		rc = bl_postgres_sync(connection, NULL, NULL, error);
	if (rc)
		return rc;
	if (!PQsendQueryParams(connection->pg, sql, count, NULL, values, NULL, NULL, 0))
		return bl_postgres_lost(connection, error);
	bl_postgres_expect(connection, kind);
	return BOBOLINK_OK;
}

int bl_postgres_rows(const PGresult *result, bobolink_row_fn *row, void *context,
		     struct bobolink_error *error)
{
	struct bobolink_value values[VALUES];
	int columns = PQnfields(result);
	int rc = BOBOLINK_OK;

	if (columns > VALUES)
		return bl_postgres_fail(error, BOBOLINK_USAGE,
					"the query has %d columns: ask for fewer", columns);
	for (int i = 0; row && i < PQntuples(result) && rc == BOBOLINK_OK; i++) {
		for (int n = 0; n < columns; n++) {
			bool null = PQgetisnull(result, i, n);

			values[n].text = null ? NULL : PQgetvalue(result, i, n);
			values[n].length = null ? 0 : (size_t)PQgetlength(result, i, n);
		}
		rc = row(context, values, (uint32_t)columns);
	}
	if (rc == BOBOLINK_NO_MEMORY)
		bl_postgres_fail(error, rc, "out of memory");
	return rc;
}

/* Whether a ROLLBACK goes back to a savepoint only; its tag does not say so. */
static bool is_partial(const char *text)
{
	while (*text) {
		size_t space = strspn(text, " \t\r\n\f\v");
		size_t word = strcspn(text + space, " \t\r\n\f\v");

		if (word == 2 && strncasecmp(text + space, "to", 2) == 0)
			return true;
		text += space + word;
	}
	return false;
}

static bool ends_transaction(const char *command, const char *text)
{
	if (strcmp(command, "ROLLBACK") == 0)
		return !is_partial(text);
	return strcmp(command, "COMMIT") == 0 || strcmp(command, "PREPARE TRANSACTION") == 0;
}

/* SELECT counts its rows too; only these have changed any. */
static bool changes_rows(const char *command)
{
	static const char *const words[] = { "INSERT", "UPDATE", "DELETE", "MERGE", "COPY" };
	bool changes = false;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		changes |= strncmp(command, words[i], strlen(words[i])) == 0;
	return changes;
}

static int keep_answer(struct bl_postgres_answer *answer, PGresult *result,
		       struct bobolink_error *error)
{
	if (!answer)
		return BOBOLINK_OK;
	if (changes_rows(PQcmdStatus(result)))
		answer->changed = strtoll(PQcmdTuples(result), NULL, 10);
	return answer->row ? bl_postgres_rows(result, answer->row, answer->context, error)
			   : BOBOLINK_OK;
}

static int read_success(const struct bl_postgres_sent *sent, PGresult *result, bobolink_row_fn *row,
			void *context, struct bobolink_error *error)
{
	const char *command = PQcmdStatus(result);

	switch (sent->kind) {
	case BL_POSTGRES_ROWS:
		return bl_postgres_rows(result, row, context, error);
	case BL_POSTGRES_EXECUTE:
		if (!ends_transaction(command, sent->text))
			return keep_answer(sent->answer, result, error);
		bl_postgres_fail(
			error, BOBOLINK_SQL_ERROR,
			"the statement ended the transaction of its migration: take COMMIT "
			"or ROLLBACK out of the migration");
		error->statement = sent->number;
		return BOBOLINK_SQL_ERROR;
	case BL_POSTGRES_COMMIT:
		if (strcmp(command, "COMMIT") == 0)
			return BOBOLINK_OK;
		return bl_postgres_fail(error, BOBOLINK_SQL_ERROR,
					"the server rolled the transaction back at COMMIT");
	default:
		return BOBOLINK_OK;
	}
}

/* The cancel request may strike the statement after the one that it was meant for. */
static bool is_stopped(const struct bobolink_connection *connection,
		       const struct bobolink_error *error)
{
	return connection->cancelled && strcmp(error->sqlstate, "57014") == 0;
}

static int read_failure(struct bobolink_connection *connection, const struct bl_postgres_sent *sent,
			const PGresult *result, struct bobolink_error *error)
{
	struct bobolink_error ignored;
	int rc = bl_postgres_result(result, sent->kind == BL_POSTGRES_TIDY ? &ignored : error);

	if (sent->kind == BL_POSTGRES_TIDY)
		return BOBOLINK_OK;
	if (is_stopped(connection, error)) {
		bl_postgres_fail(error, BOBOLINK_INTERRUPTED,
				 "stopped; what was not committed is undone, and the next start "
				 "goes on");
		error->statement = sent->number;
		return BOBOLINK_INTERRUPTED;
	}
	if (sent->kind == BL_POSTGRES_CHECK && strcmp(error->sqlstate, "22012") == 0)
		return error->code = BOBOLINK_STALE;
	if (sent->kind != BL_POSTGRES_EXECUTE && strcmp(error->sqlstate, "26000") == 0) {
		connection->unprepared = true;
		return error->code = BOBOLINK_AGAIN;
	}
	if (sent->kind == BL_POSTGRES_EXECUTE) {
		bl_postgres_place(result, sent->text, sent->length, error);
		error->statement = sent->number;
	} else if (strcmp(error->sqlstate, "42P01") == 0) {
		rc = error->code = BOBOLINK_NO_TABLE;
	}
	return rc;
}

/* One answer. `rc` is the result so far: after a failure the rest is only read. */
static int read_answer(struct bobolink_connection *connection, const struct bl_postgres_sent *sent,
		       int rc, bobolink_row_fn *row, void *context, struct bobolink_error *error)
{
	PGresult *result = PQgetResult(connection->pg);
	ExecStatusType status = PQresultStatus(result);

	if (!result)
		return rc ? rc : bl_postgres_lost(connection, error);
	if (rc == BOBOLINK_OK) {
		if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ||
		    status == PGRES_EMPTY_QUERY)
			rc = read_success(sent, result, row, context, error);
		else if (status != PGRES_PIPELINE_ABORTED || sent->kind != BL_POSTGRES_TIDY)
			rc = read_failure(connection, sent, result, error);
	}
	PQclear(result);
	return rc;
}

/* Takes the mark that ends what was sent, and the NULL after each answer before it. */
static int take_end(struct bobolink_connection *connection, bool sync, struct bobolink_error *error)
{
	struct bobolink_error local;
	PGresult *result;
	int rc = bl_postgres_wait(connection, connection->context->timeout_ms, error);

	if (rc)
		return rc;
	result = PQgetResult(connection->pg);
	if (sync ? PQresultStatus(result) != PGRES_PIPELINE_SYNC : result != NULL)
		rc = bl_postgres_lost(connection, &local);
	PQclear(result);
	return rc;
}

static bool is_executing(const struct bobolink_connection *connection)
{
	for (uint32_t i = 0; i < connection->sent_count; i++) {
		if (connection->sent[i].kind == BL_POSTGRES_EXECUTE)
			return true;
	}
	return false;
}

int bl_postgres_sync(struct bobolink_connection *connection, bobolink_row_fn *row, void *context,
		     struct bobolink_error *error)
{
	int rc = BOBOLINK_OK;
	int lost = BOBOLINK_OK;

	/* Answers come when the server's buffer is full or at the end: which one it works on is not known. */
	connection->executing = connection->looking || is_executing(connection);
	if (!PQpipelineSync(connection->pg))
		lost = bl_postgres_lost(connection, error);
	for (uint32_t i = 0; i < connection->sent_count && !lost; i++) {
		struct bobolink_error waiting;

		lost = bl_postgres_wait(connection, connection->context->timeout_ms, &waiting);
		if (lost) {
			if (rc == BOBOLINK_OK)
				*error = waiting;
			break;
		}
		rc = read_answer(connection, &connection->sent[i], rc, row, context, error);
		lost = bl_postgres_is_open(connection) ? take_end(connection, false, &waiting)
						       : BOBOLINK_UNREACHABLE;
	}
	if (!lost)
		lost = take_end(connection, true, error);
	connection->executing = false;
	bl_postgres_forget(connection);
	if (rc || lost)
		bl_postgres_prepare_anew(connection);
	return rc ? rc : lost;
}

/* A statement of the runtime among those of a migration, which may have changed what names mean. */
static int send_pinned(struct bobolink_connection *connection, int kind, const char *sql,
		       const char *const *texts, int count, struct bobolink_error *error)
{
	int rc = bl_postgres_pin(connection, error);

	if (rc == BOBOLINK_OK)
		rc = bl_postgres_send(connection, kind, sql, texts, count, error);
	return rc ? rc : bl_postgres_unpin(connection, error);
}

/*
 * A query in the transaction at hand. An error would end the transaction, and that a table does not exist is
 * an answer like any other: so it is asked below a savepoint. Before a migration has set anything names mean what
 * they mean to its statements.
 */
static int query_within(struct bobolink_connection *connection, const char *sql,
			const char *const *texts, int count, bobolink_row_fn *row, void *context,
			struct bobolink_error *error)
{
	struct bobolink_error ignored;
	int rc =
		bl_postgres_send(connection, BL_POSTGRES_OWN, "SAVEPOINT bobolink", NULL, 0, error);

	if (rc == BOBOLINK_OK)
		rc = (connection->unsettled ? send_pinned : bl_postgres_send)(connection,
									      BL_POSTGRES_ROWS, sql,
									      texts, count, error);
	if (rc == BOBOLINK_OK)
		rc = bl_postgres_send(connection, BL_POSTGRES_OWN, "RELEASE SAVEPOINT bobolink",
				      NULL, 0, error);
	if (rc == BOBOLINK_OK)
		rc = bl_postgres_sync(connection, row, context, error);
	if (rc == BOBOLINK_NO_TABLE &&
	    (bl_postgres_send(connection, BL_POSTGRES_OWN, "ROLLBACK TO SAVEPOINT bobolink", NULL,
			      0, &ignored) ||
	     bl_postgres_sync(connection, NULL, NULL, &ignored)))
		*error = ignored;
	return rc == BOBOLINK_NO_TABLE ? error->code : rc;
}

/* `settings` are those of the query alone. */
static int look(struct bobolink_connection *connection, const char *settings, const char *sql,
		const char *const *values, int count, bobolink_row_fn *row, void *context,
		struct bobolink_error *error)
{
	int rc = bl_postgres_start(connection, false, error);

	if (rc)
		return rc;
	connection->begun = true;
	rc = bl_postgres_send(connection, BL_POSTGRES_OWN,
			      "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY", NULL, 0, error);
	if (rc == BOBOLINK_OK)
		rc = bl_postgres_send(connection, BL_POSTGRES_OWN, settings, NULL, 0, error);
	if (rc == BOBOLINK_OK)
		rc = bl_postgres_send(connection, BL_POSTGRES_ROWS, sql, values, count, error);
	if (rc == BOBOLINK_OK)
		rc = bl_postgres_send(connection, BL_POSTGRES_OWN, "COMMIT", NULL, 0, error);
	if (rc == BOBOLINK_OK)
		rc = bl_postgres_sync(connection, row, context, error);
	bl_postgres_rollback(connection);
	return rc;
}

int bl_postgres_look(struct bobolink_connection *connection, const char *sql,
		     const char *const *values, int count, bobolink_row_fn *row, void *context,
		     struct bobolink_error *error)
{
	return look(connection,
		    "SELECT pg_catalog.set_config('search_path', 'pg_catalog', true), "
		    "pg_catalog.set_config('client_encoding', 'UTF8', true)",
		    sql, values, count, row, context, error);
}

/* Outside a transaction there is nothing to run again. */
static int not_in_the_way(int rc)
{
	return rc == BOBOLINK_AGAIN ? BOBOLINK_BUSY : rc;
}

/* Such a query may be anybody's: it neither waits for a lock nor goes on for ever, whatever it asks. */
int bl_postgres_look_only(struct bobolink_connection *connection, const char *sql,
			  bobolink_row_fn *row, void *context, struct bobolink_error *error)
{
	int rc;

	connection->looking = true;
	rc = look(connection,
		  "SELECT pg_catalog.set_config('client_encoding', 'UTF8', true), "
		  "pg_catalog.set_config('lock_timeout', '" BL_POSTGRES_LOCK_TIMEOUT "', true)",
		  sql, NULL, 0, row, context, error);
	connection->looking = false;
	return not_in_the_way(rc);
}

/* A session in another encoding: the query gets a transaction of its own, where the caller neither has nor begins one. */
static bool lacks_utf8(const struct bobolink_connection *connection, const char *sql)
{
	return !connection->utf8 && PQtransactionStatus(connection->pg) == PQTRANS_IDLE &&
	       strncmp(sql, "BEGIN", 5) != 0;
}

static int query(struct bobolink_connection *connection, const char *sql,
		 const struct bobolink_value *values, uint32_t count, bobolink_row_fn *row,
		 void *context, int64_t *changed, struct bobolink_error *error)
{
	const char *texts[VALUES];
	PGresult *result;
	int rc;

	for (uint32_t i = 0; i < count; i++)
		texts[i] = values[i].text;
	if (changed)
		*changed = 0;
	if (connection->begun)
		return query_within(connection, sql, texts, (int)count, row, context, error);
	if (lacks_utf8(connection, sql))
		return not_in_the_way(
			bl_postgres_look(connection, sql, texts, (int)count, row, context, error));
	result = bl_postgres_ask(connection, sql, texts, (int)count,
				 connection->context->timeout_ms, error);
	if (!result)
		return error->code;
	if (PQresultStatus(result) == PGRES_TUPLES_OK || PQresultStatus(result) == PGRES_COMMAND_OK)
		rc = bl_postgres_rows(result, row, context, error);
	else
		rc = read_failure(connection, &(struct bl_postgres_sent){ .kind = BL_POSTGRES_OWN },
				  result, error);
	if (changed && rc == BOBOLINK_OK)
		*changed = strtoll(PQcmdTuples(result), NULL, 10);
	PQclear(result);
	return not_in_the_way(rc);
}

int bl_postgres_query(struct bobolink_connection *connection, const char *sql,
		      const struct bobolink_value *values, uint32_t count, bobolink_row_fn *row,
		      void *context, int64_t *changed, struct bobolink_error *error)
{
	bool begun = connection->begun;
	int rc = query(connection, sql, values, count, row, context, changed, error);

	/* The message names the function in every language. In a transaction it is too late to do without. */
	if (rc == BOBOLINK_SQL_ERROR && !begun && strstr(error->message, BL_POSTGRES_COUNTER))
		connection->uncounted = true;
	return rc;
}

int bl_postgres_write(struct bobolink_connection *connection, const char *sql,
		      const struct bobolink_value *values, uint32_t count,
		      struct bobolink_error *error)
{
	/* Not one row, or not in the transaction that begin opened: a division by zero. */
	static const char form[] =
		"WITH w AS (%s RETURNING 1) SELECT 1 OPERATOR(pg_catalog./) CASE WHEN "
		"pg_catalog.count(*) OPERATOR(pg_catalog.=) 1 AND pg_catalog.txid_current() "
		"OPERATOR(pg_catalog.=) CAST($%u AS BIGINT) THEN 1 ELSE 0 END FROM w";
	const struct bobolink_allocator *allocator = &connection->context->allocator;
	const char *texts[VALUES];
	size_t size = strlen(sql) + sizeof(form) + 16;
	char *text = allocator->allocate(allocator->context, size);
	int rc;

	if (!text)
		return bl_postgres_fail(error, BOBOLINK_NO_MEMORY, "out of memory");
	snprintf(text, size, form, sql, (unsigned)count + 1);
	for (uint32_t i = 0; i < count; i++)
		texts[i] = values[i].text;
	texts[count] = connection->transaction;
	rc = (connection->unsettled ? send_pinned
				    : bl_postgres_send_often)(connection, BL_POSTGRES_CHECK, text,
							      texts, (int)count + 1, error);
	release(connection, text);
	return rc;
}

/* Past a quoted text or name, or one character. */
static const char *skip_quoted(const char *text)
{
	const char *end = *text == '\'' || *text == '"' ? strchr(text + 1, *text) : NULL;

	return end ? end + 1 : text + 1;
}

/* COPY from or to the client would wait for data that nobody sends. */
static bool copies_to_client(const char *text)
{
	if (strncasecmp(text, "copy", 4) != 0)
		return false;
	for (; *text; text = skip_quoted(text)) {
		if (strncasecmp(text, "stdin", 5) == 0 || strncasecmp(text, "stdout", 6) == 0)
			return true;
	}
	return false;
}

static bool mentions(const char *text, size_t length, const char *word)
{
	size_t size = strlen(word);

	for (; length >= size; text++, length--) {
		if (strncasecmp(text, word, size) == 0)
			return true;
	}
	return false;
}

/*
 * Whether a statement may change a setting for the session: any but the usual ones, and those that say
 * how. What it hides in a function is put back at the end of the run.
 */
static bool may_set(const char *text, size_t length)
{
	static const char *const words[] = { "alter", "comment", "create", "delete",   "drop",
					     "grant", "insert",	 "revoke", "truncate", "update" };

	if (mentions(text, length, "set_config"))
		return true;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strncasecmp(text, words[i], strlen(words[i])) == 0)
			return false;
	}
	return true;
}

/* Files are UTF-8, whatever encoding they set: another one would tear what follows, and what is recorded. */
static int keep_utf8(struct bobolink_connection *connection, const char *text, size_t length,
		     struct bobolink_error *error)
{
	if (!mentions(text, length, "client_encoding") && !mentions(text, length, "names"))
		return BOBOLINK_OK;
	return bl_postgres_send(connection, BL_POSTGRES_OWN,
				"SELECT pg_catalog.set_config('client_encoding', 'UTF8', false)",
				NULL, 0, error);
}

static int execute_alone(struct bobolink_connection *connection, const char *text, size_t length,
			 uint32_t number, struct bobolink_error *error)
{
	PGresult *result =
		bl_postgres_ask(connection, text, NULL, 0, connection->context->timeout_ms, error);
	ExecStatusType status = PQresultStatus(result);
	int rc = BOBOLINK_OK;

	if (!result)
		return error->code;
	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK &&
	    status != PGRES_EMPTY_QUERY) {
		rc = bl_postgres_result(result, error);
		bl_postgres_place(result, text, length, error);
	} else if (PQtransactionStatus(connection->pg) != PQTRANS_IDLE) {
		PQclear(bl_postgres_ask(connection, "ROLLBACK", NULL, 0,
					connection->context->timeout_ms, error));
		rc = bl_postgres_fail(error, BOBOLINK_SQL_ERROR,
				      "the statement opened a transaction: take BEGIN out of the "
				      "migration");
	} else if (strcmp(PQcmdStatus(result), "DISCARD ALL") == 0) {
		/* The session's lock and timeouts went with it; the next transaction takes them again. */
		connection->held = false;
		bl_postgres_prepare_anew(connection);
	}
	PQclear(result);
	if (rc)
		error->statement = number;
	return rc;
}

/* Takes note of a statement of the transaction at hand; `text` is kept when that succeeded. */
static int send_statement(struct bobolink_connection *connection, char *text, size_t length,
			  uint32_t number, struct bl_postgres_answer *answer,
			  struct bobolink_error *error)
{
	struct bl_postgres_sent *sent;
	int rc = bl_postgres_send(connection, BL_POSTGRES_EXECUTE, text, NULL, 0, error);

	connection->ran = true;
	if (rc == BOBOLINK_OK) {
		sent = &connection->sent[connection->sent_count - 1];
		sent->number = number;
		sent->text = text;
		sent->length = length;
		sent->answer = answer;
	}
	return rc;
}

static int execute(struct bobolink_connection *connection, const char *text, size_t length,
		   uint32_t number, struct bl_postgres_answer *answer, struct bobolink_error *error)
{
	char *terminated = bl_postgres_copy(connection, text, length);
	bool sets;
	bool deallocates;
	int rc;

	if (!terminated)
		return bl_postgres_fail(error, BOBOLINK_NO_MEMORY, "out of memory");
	sets = may_set(terminated, length);
	deallocates = strncasecmp(terminated, "deallocate", 10) == 0;
	if (copies_to_client(terminated)) {
		rc = bl_postgres_fail(
			error, BOBOLINK_SQL_ERROR,
			"COPY from or to the client is not for migrations: use INSERT");
		error->statement = number;
	} else if (!connection->begun) {
		rc = execute_alone(connection, terminated, length, number, error);
	} else {
		rc = send_statement(connection, terminated, length, number, answer, error);
		if (sets)
			connection->unsettled = true;
		if (deallocates)
			bl_postgres_prepare_anew(connection);
		if (rc == BOBOLINK_OK)
			return sets ? keep_utf8(connection, text, length, error) : BOBOLINK_OK;
	}
	release(connection, terminated);
	return rc;
}

int bl_postgres_execute(struct bobolink_connection *connection, const char *text, size_t length,
			uint32_t number, struct bobolink_error *error)
{
	return execute(connection, text, length, number, NULL, error);
}

int bl_postgres_perform(struct bobolink_connection *connection, const char *text, size_t length,
			uint32_t number, bobolink_row_fn *row, void *context, int64_t *changed,
			struct bobolink_error *error)
{
	struct bl_postgres_answer answer = { .row = row, .context = context };
	int rc = execute(connection, text, length, number, &answer, error);

	/* Also after a failure: nothing that points to `answer` may stay among what was sent. */
	if (connection->sent_count && bl_postgres_is_open(connection)) {
		struct bobolink_error ignored;
		int ended = bl_postgres_sync(connection, NULL, NULL, rc ? &ignored : error);

		rc = rc ? rc : ended;
	}
	*changed = answer.changed;
	return rc;
}
