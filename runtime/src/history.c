/*
 * History: the words, the state table and the SQL of bobolink's own tables.
 *
 * Placeholders in the SQL: {s} the schema, {fingerprint} the database's, {now} the current time, {time} and {id} column types, {next} a new id,
 * {text:COLUMN} a time as text, {index}{index.} and {on}{on.} what CREATE INDEX wants before its names,
 * {=}, {<>}, {>=} and {+} operators that nobody can put another one in the place of. Types are keywords, so that
 * no type of another schema can stand in for them either.
 */
#include "history.h"

#include <stdlib.h>
#include <string.h>

/* No statement may hit a row of an earlier life; the words are those of the partial index. */
#define LIVE "status {<>} 'rolled_back' AND status {<>} 'undone'"
#define ITEM "set_name {=} $1 AND kind {=} 'migration' AND item {=} $2 AND " LIVE

static const char *const sql_texts[BL_SQL_COUNT] = {
	[BL_SQL_NONE] = "",
	[BL_SQL_CREATE_HISTORY] =
		"CREATE TABLE IF NOT EXISTS {s}.bobolink_history (id {id}, set_name TEXT NOT NULL, "
		"kind TEXT NOT NULL, item TEXT NOT NULL, version BIGINT NOT NULL, name TEXT NOT "
		"NULL, "
		"batch BIGINT NOT NULL, status TEXT NOT NULL, checksum TEXT NOT NULL, "
		"sql_checksum TEXT NOT NULL, executed_at {time}, rolled_back_at {time}, "
		"duration_ms BIGINT, attempts BIGINT NOT NULL, statements_done BIGINT NOT NULL, "
		"error_message TEXT, applied_by TEXT NOT NULL, rows_changed BIGINT, "
		"message TEXT, up_sql TEXT NOT NULL, "
		"down_sql TEXT)",
	[BL_SQL_CREATE_LIVE] =
		"CREATE UNIQUE INDEX IF NOT EXISTS {index}{index.}bobolink_history_live "
		"ON {on}{on.}bobolink_history (set_name, kind, item) WHERE " LIVE,
	/* Few rows of many, once a set is complete. */
	[BL_SQL_CREATE_WAITING] =
		"CREATE INDEX IF NOT EXISTS {index}{index.}bobolink_history_waiting "
		"ON {on}{on.}bobolink_history (set_name, kind) WHERE " BL_WAITING,
	[BL_SQL_CREATE_LOG] =
		"CREATE TABLE IF NOT EXISTS {s}.bobolink_log (id {id}, at {time} NOT NULL, "
		"set_name TEXT NOT NULL, kind TEXT NOT NULL, item TEXT NOT NULL, "
		"event TEXT NOT NULL, detail TEXT NOT NULL, applied_by TEXT NOT NULL)",
	[BL_SQL_CREATE_HEAD] =
		"CREATE TABLE IF NOT EXISTS {s}.bobolink_head (set_name TEXT PRIMARY KEY, digest "
		"TEXT, "
		"version BIGINT, batch BIGINT NOT NULL, batch_until BIGINT, environment TEXT, "
		"fingerprint TEXT, next_due {time}, revision BIGINT NOT NULL)",
	[BL_SQL_HEAD_READ] =
		"SELECT digest, environment, version, batch, batch_until, revision, fingerprint, "
		"{fingerprint}, CASE WHEN {now} {>=} next_due THEN 1 ELSE 0 END FROM "
		"{s}.bobolink_head WHERE set_name {=} $1",
	[BL_SQL_HEAD_INSERT] =
		"INSERT INTO {s}.bobolink_head (set_name, revision, version, batch, batch_until) "
		"VALUES ($1, CAST($2 AS BIGINT) {+} 1, $3, $4, $5) "
		"ON CONFLICT (set_name) DO NOTHING",
	[BL_SQL_HEAD_UPDATE] =
		"UPDATE {s}.bobolink_head SET revision = revision {+} 1, digest = NULL, "
		"fingerprint = NULL, version = $3, batch = $4, batch_until = $5 WHERE set_name {=} "
		"$1 AND revision {=} "
		"CAST($2 AS BIGINT)",
	[BL_SQL_HEAD_COMPLETE] =
		"UPDATE {s}.bobolink_head SET digest = $2, environment = $3, next_due = "
		"$4 WHERE set_name {=} $1",
	/* Not another revision: nothing of the history has changed. */
	[BL_SQL_HEAD_STAMP] = "UPDATE {s}.bobolink_head SET fingerprint = $3 WHERE set_name {=} $1 "
			      "AND revision {=} CAST($2 AS BIGINT)",
	[BL_SQL_HISTORY_READ] =
		"SELECT version, name, batch, status, checksum, sql_checksum, {text:executed_at}, "
		"duration_ms, attempts, statements_done, error_message, applied_by, id, "
		"{text:rolled_back_at}, CASE WHEN down_sql IS NULL THEN 0 ELSE 1 END FROM "
		"{s}.bobolink_history WHERE set_name {=} $1 AND kind {=} 'migration' "
		"ORDER BY version, id",
	[BL_SQL_HISTORY_OTHERS] =
		"SELECT set_name, version, checksum FROM {s}.bobolink_history WHERE set_name {<>} "
		"$1 AND kind {=} 'migration' AND (status {=} 'applied' OR status {=} 'baseline') "
		"ORDER BY set_name, version",
	[BL_SQL_HISTORY_LIVE] =
		"SELECT status, statements_done FROM {s}.bobolink_history WHERE " ITEM,
	[BL_SQL_HISTORY_HOLDER] =
		"SELECT applied_by FROM {s}.bobolink_history WHERE set_name {=} $1 "
		"ORDER BY id DESC LIMIT 1",
	[BL_SQL_HISTORY_INSERT] =
		"INSERT INTO {s}.bobolink_history (set_name, kind, item, version, name, batch, "
		"status, "
		"checksum, sql_checksum, executed_at, duration_ms, attempts, statements_done, "
		"error_message, applied_by, up_sql, down_sql) VALUES ($1, 'migration', $2, $3, $4, "
		"$5, "
		"$6, $7, $8, {now}, $9, $10, $11, $12, $13, $14, $15)",
	[BL_SQL_HISTORY_UPDATE] =
		"UPDATE {s}.bobolink_history SET id = {next}, version = $3, name = $4, batch = $5, "
		"status = $6, "
		"checksum = $7, sql_checksum = $8, executed_at = {now}, duration_ms = $9, "
		"attempts = attempts {+} CAST($10 AS BIGINT), statements_done = $11, error_message "
		"= $12, "
		"applied_by = $13, up_sql = $14, down_sql = $15 WHERE " ITEM " AND status {=} $16",
	[BL_SQL_HISTORY_PROGRESS] =
		"UPDATE {s}.bobolink_history SET statements_done = $3, error_message = NULL "
		"WHERE " ITEM " AND status {=} $4 AND statements_done {=} CAST($5 AS BIGINT)",
	[BL_SQL_HISTORY_TURN] =
		"UPDATE {s}.bobolink_history SET status = $3, statements_done = $4, error_message "
		"= $5 WHERE " ITEM " AND status {=} $6",
	[BL_SQL_HISTORY_END] =
		"UPDATE {s}.bobolink_history SET status = $3, statements_done = $4, error_message "
		"= $5, rolled_back_at = {now} WHERE " ITEM " AND status {=} $6",
	[BL_SQL_HISTORY_RESTAMP] =
		"UPDATE {s}.bobolink_history SET name = $3, checksum = $4, sql_checksum = $5, "
		"up_sql = $6, down_sql = $7 WHERE " ITEM " AND status {=} $8",
	[BL_SQL_HISTORY_STORED] = "SELECT up_sql, down_sql FROM {s}.bobolink_history WHERE " ITEM,
	/* What a migration that is undone took away may have been theirs. */
	[BL_SQL_REPEATABLES_END] =
		"UPDATE {s}.bobolink_history SET status = 'undone', rolled_back_at = {now} "
		"WHERE set_name {=} $1 AND kind {=} 'repeatable' AND " LIVE,
	/* Not 'undone', which somebody decides by hand, and which stays. */
	[BL_SQL_FIX_END] =
		"UPDATE {s}.bobolink_history SET status = 'rolled_back', rolled_back_at = {now} "
		"WHERE set_name {=} $1 AND kind {=} 'fix' AND item {=} $2 AND " LIVE,
	[BL_SQL_LOG_INSERT] = "INSERT INTO {s}.bobolink_log (at, set_name, kind, item, event, "
			      "detail, applied_by) "
			      "VALUES ({now}, $1, $2, $3, $4, $5, $6)",
	[BL_SQL_LOG_READ] = "SELECT id, {text:at}, item, event, detail, applied_by, kind FROM "
			    "{s}.bobolink_log WHERE set_name {=} $1 AND {text:at} {>=} $2 ORDER "
			    "BY id",
};

#define INSERT(to)                                    \
	{                                             \
		BL_STATUS_##to, BL_SQL_HISTORY_INSERT \
	}
#define UPDATE(to)                                    \
	{                                             \
		BL_STATUS_##to, BL_SQL_HISTORY_UPDATE \
	}
#define MOVE(to, sql)                                \
	{                                            \
		BL_STATUS_##to, BL_SQL_HISTORY_##sql \
	}
#define BEGIN_A_LIFE                                                                              \
	{                                                                                         \
		[BL_HISTORY_APPLY] = INSERT(APPLIED), [BL_HISTORY_START] = INSERT(RUNNING),       \
		[BL_HISTORY_FAIL] = INSERT(FAILED), [BL_HISTORY_BASELINE] = INSERT(BASELINE),     \
		[BL_HISTORY_MARK_APPLIED] = INSERT(APPLIED), [BL_HISTORY_SKIP] = INSERT(SKIPPED), \
	}
/* What a person may say of any live row. */
#define BY_HAND \
	[BL_HISTORY_MARK_PENDING] = MOVE(UNDONE, END), [BL_HISTORY_FORGET] = MOVE(UNDONE, END)

/* status × event → status, SQL. What is not listed is not allowed (BL_SQL_NONE). */
static const struct bl_transition transitions[BL_STATUS_COUNT][BL_HISTORY_EVENT_COUNT] = {
	[BL_STATUS_NONE] = BEGIN_A_LIFE,
	[BL_STATUS_ROLLED_BACK] = BEGIN_A_LIFE,
	[BL_STATUS_UNDONE] = BEGIN_A_LIFE,
	[BL_STATUS_APPLIED] = {
		[BL_HISTORY_UNDO] = MOVE(ROLLED_BACK, END),
		[BL_HISTORY_TAKE_BACK] = MOVE(UNDONE, END),
		[BL_HISTORY_UNDO_START] = MOVE(ROLLING_BACK, TURN),
		[BL_HISTORY_RESTAMP] = MOVE(APPLIED, RESTAMP),
		BY_HAND,
	},
	[BL_STATUS_BASELINE] = {
		[BL_HISTORY_RESTAMP] = MOVE(BASELINE, RESTAMP),
		BY_HAND,
	},
	[BL_STATUS_SKIPPED] = {
		[BL_HISTORY_APPLY] = UPDATE(APPLIED),
		[BL_HISTORY_START] = UPDATE(RUNNING),
		[BL_HISTORY_FAIL] = UPDATE(FAILED),
		[BL_HISTORY_MARK_APPLIED] = UPDATE(APPLIED),
		BY_HAND,
	},
	[BL_STATUS_FAILED] = {
		[BL_HISTORY_APPLY] = UPDATE(APPLIED),
		[BL_HISTORY_START] = UPDATE(RUNNING),
		[BL_HISTORY_FAIL] = UPDATE(FAILED),
		[BL_HISTORY_MARK_APPLIED] = UPDATE(APPLIED),
		[BL_HISTORY_SKIP] = UPDATE(SKIPPED),
		BY_HAND,
	},
	[BL_STATUS_RUNNING] = {
		[BL_HISTORY_PROGRESS] = MOVE(RUNNING, PROGRESS),
		[BL_HISTORY_FINISH] = UPDATE(APPLIED),
		[BL_HISTORY_FAIL] = UPDATE(FAILED),
		[BL_HISTORY_STOP] = UPDATE(RUNNING),
		[BL_HISTORY_MARK_APPLIED] = UPDATE(APPLIED),
		BY_HAND,
	},
	[BL_STATUS_ROLLING_BACK] = {
		[BL_HISTORY_UNDO] = MOVE(ROLLED_BACK, END),
		[BL_HISTORY_TAKE_BACK] = MOVE(UNDONE, END),
		[BL_HISTORY_UNDO_PROGRESS] = MOVE(ROLLING_BACK, PROGRESS),
		[BL_HISTORY_UNDO_STOP] = MOVE(ROLLING_BACK, TURN),
		[BL_HISTORY_MARK_APPLIED] = UPDATE(APPLIED),
		BY_HAND,
	},
};

static const char *const status_names[BL_STATUS_COUNT] = {
	[BL_STATUS_NONE] = "none",
	[BL_STATUS_APPLIED] = "applied",
	[BL_STATUS_FAILED] = "failed",
	[BL_STATUS_RUNNING] = "running",
	[BL_STATUS_SKIPPED] = "skipped",
	[BL_STATUS_BASELINE] = "baseline",
	[BL_STATUS_ROLLED_BACK] = "rolled_back",
	[BL_STATUS_UNDONE] = "undone",
	[BL_STATUS_ROLLING_BACK] = "rolling_back",
	[BL_STATUS_PENDING] = "pending",
};

struct bl_transition bl_history_transition(int status, int event)
{
	return transitions[status][event];
}

const char *bl_status_name(int status)
{
	return status_names[status];
}

int bl_status_from_name(const char *name)
{
	for (int i = BL_STATUS_NONE + 1; i < BL_STATUS_COUNT; i++) {
		if (strcmp(status_names[i], name) == 0)
			return i;
	}
	return BL_STATUS_NONE;
}

bool bl_status_live(int status)
{
	return status != BL_STATUS_NONE && status != BL_STATUS_ROLLED_BACK &&
	       status != BL_STATUS_UNDONE;
}

/* `format` with its one %s replaced by the column. */
static void add_time_text(const char *format, const char *column, size_t length,
			  struct bl_text *text)
{
	const char *hole = strstr(format, "%s");

	bl_text_add(text, format, (size_t)(hole - format));
	bl_text_add(text, column, length);
	bl_text_add(text, hole + 2, strlen(hole + 2));
}

static void add_fragment(const struct bobolink_backend *backend,
			 const struct bobolink_connection *connection, const char *word,
			 size_t length, struct bl_text *text)
{
	const char *schema = backend->schema(connection);
	const struct {
		const char *word;
		const char *fragment;
	} fragments[] = {
		{ "s", schema },
		{ "=", backend->equal },
		{ "<>", backend->unequal },
		{ ">=", backend->at_least },
		{ "+", backend->plus },
		{ "now", backend->now },
		{ "time", backend->time_type },
		{ "id", backend->id_type },
		{ "next", backend->next_id },
		{ "fingerprint", backend->fingerprint(connection) },
		{ "index", backend->index_has_schema ? schema : "" },
		{ "on", backend->index_has_schema ? "" : schema },
		{ "index.", backend->index_has_schema ? "." : "" },
		{ "on.", backend->index_has_schema ? "" : "." },
	};

	if (strncmp(word, "text:", 5) == 0) {
		add_time_text(backend->time_text, word + 5, length - 5, text);
		return;
	}
	for (size_t i = 0; i < sizeof(fragments) / sizeof(fragments[0]); i++) {
		if (strlen(fragments[i].word) == length &&
		    memcmp(fragments[i].word, word, length) == 0)
			bl_text_add(text, fragments[i].fragment, strlen(fragments[i].fragment));
	}
}

void bl_history_expand(const struct bobolink_backend *backend,
		       const struct bobolink_connection *connection, const char *rest,
		       struct bl_text *text)
{
	for (;;) {
		size_t plain = strcspn(rest, "{");
		size_t word;

		bl_text_add(text, rest, plain);
		rest += plain;
		if (!*rest)
			return;
		word = strcspn(++rest, "}");
		add_fragment(backend, connection, rest, word, text);
		rest += word + 1;
	}
}

void bl_history_sql(const struct bobolink_backend *backend,
		    const struct bobolink_connection *connection, int sql, struct bl_text *text)
{
	bl_history_expand(backend, connection, sql_texts[sql], text);
}
