/*
 * Record: every write to bobolink's own tables. Each is a compare-and-set that must hit one row.
 */
#include "record.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "log.h"
#include "stored.h"
#include "wait.h"

/* A table that is gone by now was dropped by somebody. */
static int write_row(struct bobolink_session *session, int sql, const struct bl_values *values,
		     struct bobolink_error *error)
{
	return bl_record_missing(session, bl_session_write(session, sql, values, error), error);
}

int bl_record_missing(const struct bobolink_session *session, int rc, struct bobolink_error *error)
{
	if (rc != BOBOLINK_NO_TABLE)
		return rc;
	return bl_error_set(error, BOBOLINK_CORRUPT,
			    "one of the tables %s.bobolink_history, bobolink_head and "
			    "bobolink_log is missing: restore it from a backup",
			    session->backend->schema(session->connection));
}

static int make_tables(struct bobolink_session *session, struct bobolink_error *error)
{
	static const int32_t sql[] = { BL_SQL_CREATE_HISTORY, BL_SQL_CREATE_LIVE,
				       BL_SQL_CREATE_WAITING, BL_SQL_CREATE_LOG,
				       BL_SQL_CREATE_HEAD };
	int rc = BOBOLINK_OK;

	for (size_t i = 0; i < sizeof(sql) / sizeof(sql[0]) && rc == BOBOLINK_OK; i++)
		rc = bl_session_query(session, sql[i], NULL, NULL, NULL, NULL, error);
	return rc;
}

int bl_record_head(struct bobolink_session *session, const struct bl_head *seen,
		   const struct bl_head *next, struct bobolink_error *error)
{
	struct bl_values values = { .count = 0 };
	int rc = BOBOLINK_OK;

	bl_values_text(&values, session->set->name);
	bl_values_integer(&values, seen->revision);
	bl_values_optional(&values, next->version);
	bl_values_integer(&values, next->batch);
	bl_values_optional(&values, next->batch_until);
	if (!seen->tables)
		rc = make_tables(session, error);
	if (rc)
		return rc;
	return write_row(session, seen->exists ? BL_SQL_HEAD_UPDATE : BL_SQL_HEAD_INSERT, &values,
			 error);
}

int bl_record_complete(struct bobolink_session *session, struct bobolink_error *error)
{
	struct bl_values values = { .count = 0 };

	/* Only who has looked at the scripts knows that nothing is left of them. */
	if (session->set->scripts && !session->scripts)
		return BOBOLINK_OK;
	bl_values_text(&values, session->set->name);
	bl_values_text(&values, session->set->digest);
	if (session->options.environment)
		bl_values_text(&values, session->options.environment);
	else
		bl_values_null(&values);
	if (*session->next_due)
		bl_values_text(&values, session->next_due);
	else
		bl_values_null(&values);
	return write_row(session, BL_SQL_HEAD_COMPLETE, &values, error);
}

int bl_record_end_fixes(struct bobolink_session *session, int64_t version,
			struct bobolink_error *error)
{
	const struct bobolink_scripts *scripts = session->set->scripts;
	int rc = BOBOLINK_OK;

	for (uint32_t i = 0; scripts && i < scripts->fix_count && rc == BOBOLINK_OK; i++) {
		struct bl_values values = { .count = 0 };

		if (scripts->settings[i].required != version)
			continue;
		bl_values_text(&values, session->set->name);
		bl_values_integer(&values, scripts->items[i].version);
		rc = bl_session_query(session, BL_SQL_FIX_END, &values, NULL, NULL, NULL, error);
	}
	return rc;
}

static void add_stored(const struct bl_text *text, struct bl_values *values)
{
	if (text->length)
		bl_values_bytes(values, text->text, text->length);
	else
		bl_values_null(values);
}

/* How many attempts came to their end with this event. */
static int64_t attempts_ended(int event)
{
	return event == BL_HISTORY_START || event == BL_HISTORY_BASELINE ||
			       event == BL_HISTORY_MARK_APPLIED || event == BL_HISTORY_SKIP
		       ? 0
		       : 1;
}

static void add_message(const struct bl_record *record, struct bl_values *values)
{
	if (record->error_message)
		bl_values_text(values, record->error_message);
	else
		bl_values_null(values);
}

static void add_checksums(const struct bobolink_session *session, const struct bl_record *record,
			  struct bl_values *values)
{
	bl_values_text(values, bl_set_checksum(session->set, record->index));
	bl_values_text(values, bl_set_sql_checksum(session->set, record->index));
}

static void add_row_values(struct bobolink_session *session, const struct bl_record *record,
			   const struct bl_transition *transition, struct bl_values *values)
{
	bl_values_integer(values, record->version);
	bl_values_text(values, bl_set_name(session->set, record->index));
	bl_values_integer(values, record->batch);
	bl_values_text(values, bl_status_name(transition->status));
	add_checksums(session, record, values);
	bl_values_optional(values, record->duration_ms);
	bl_values_integer(values, attempts_ended(record->event));
	bl_values_integer(values, record->statements_done);
	add_message(record, values);
	bl_values_text(values, bl_session_program(session));
}

/* Everything that the row of a migration of the set says, with its SQL. */
static int write_whole(struct bobolink_session *session, const struct bl_record *record,
		       const struct bl_transition *transition, struct bl_values *values,
		       struct bobolink_error *error)
{
	const struct bobolink_migration *migration = &session->set->migrations[record->index];
	struct bl_text up;
	struct bl_text down;
	int rc;

	bl_text_init(&up, &session->allocator);
	bl_text_init(&down, &session->allocator);
	bl_stored_write(session->set, record->index, &migration->up, &up);
	bl_stored_write(session->set, record->index, &migration->down, &down);
	if (up.failed || down.failed) {
		rc = bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
		goto out;
	}
	if (transition->sql == BL_SQL_HISTORY_RESTAMP) {
		bl_values_text(values, bl_set_name(session->set, record->index));
		add_checksums(session, record, values);
	} else {
		add_row_values(session, record, transition, values);
	}
	bl_values_bytes(values, up.text ? up.text : "", up.length);
	add_stored(&down, values);
	if (transition->sql != BL_SQL_HISTORY_INSERT)
		bl_values_text(values, bl_status_name(record->status));
	rc = write_row(session, transition->sql, values, error);
out:
	bl_text_release(&up);
	bl_text_release(&down);
	return rc;
}

int bl_record_item(struct bobolink_session *session, const struct bl_record *record,
		   struct bobolink_error *error)
{
	const struct bl_transition transition =
		bl_history_transition(record->status, record->event);
	struct bl_values values = { .count = 0 };

	if (transition.sql == BL_SQL_NONE)
		return BOBOLINK_STALE;
	bl_values_text(&values, session->set->name);
	bl_values_integer(&values, record->version);
	if (transition.sql == BL_SQL_HISTORY_PROGRESS) {
		bl_values_integer(&values, record->statements_done);
	} else if (transition.sql == BL_SQL_HISTORY_TURN || transition.sql == BL_SQL_HISTORY_END) {
		bl_values_text(&values, bl_status_name(transition.status));
		bl_values_integer(&values, record->statements_done);
		add_message(record, &values);
	} else {
		return write_whole(session, record, &transition, &values, error);
	}
	bl_values_text(&values, bl_status_name(record->status));
	if (transition.sql == BL_SQL_HISTORY_PROGRESS)
		bl_values_integer(&values, record->statements_before);
	return write_row(session, transition.sql, &values, error);
}

/* What the live row of a migration says; BL_STATUS_NONE without one. */
struct live {
	int32_t status;
	int64_t statements_done;
};

static int keep_live(void *context, const struct bobolink_value *values, uint32_t count)
{
	struct live *live = context;

	if (count != 2 || !values[0].text ||
	    !bl_history_integer(&values[1], &live->statements_done))
		return BOBOLINK_CORRUPT;
	live->status = bl_status_from_name(values[0].text);
	return BOBOLINK_OK;
}

static int read_live(struct bobolink_session *session, int64_t version, struct live *live,
		     struct bobolink_error *error)
{
	struct bl_values values = { .count = 0 };

	*live = (struct live){ .status = BL_STATUS_NONE };
	bl_values_text(&values, session->set->name);
	bl_values_integer(&values, version);
	return bl_session_query(session, BL_SQL_HISTORY_LIVE, &values, keep_live, live, NULL,
				error);
}

/*
 * Between the pieces of a migration others may have gone on with it, and stopped behind later statements: those
 * would run twice if the row told of fewer.
 */
static bool is_as_seen(const struct bl_record *refused, const struct live *live)
{
	if (live->status != BL_STATUS_RUNNING && live->status != BL_STATUS_ROLLING_BACK)
		return true;
	return live->status == refused->status && live->statements_done == refused->statements_done;
}

/* Under the lock: reads again what the migration is now, and writes only what that allows. */
static int write_refusal(struct bobolink_session *session, const struct bl_record *refusal,
			 struct bobolink_error *error)
{
	struct bl_record record = *refusal;
	struct bl_head head;
	struct live live;
	int rc;

	rc = bl_session_head(session, &head, error);
	if (rc)
		return rc;
	rc = bl_record_head(session, &head, &head, error);
	if (rc == BOBOLINK_OK && record.event != BL_HISTORY_UNDO) {
		if (record.event == BL_HISTORY_STOP)
			record.batch = head.batch;
		rc = read_live(session, record.version, &live, error);
		record.status = live.status;
		if (rc == BOBOLINK_OK)
			rc = is_as_seen(refusal, &live) ? bl_record_item(session, &record, error)
							: BOBOLINK_STALE;
	}
	if (rc == BOBOLINK_OK)
		rc = bl_log_write(session, error);
	return rc;
}

void bl_record_refusal(struct bobolink_session *session, const struct bl_record *refused,
		       const struct bobolink_error *reason)
{
	struct bl_record record = *refused;
	struct bobolink_error ignored;
	char text[BOBOLINK_PATH_SIZE + BOBOLINK_MESSAGE_SIZE];
	char message[sizeof(text) + 40];
	int rc;

	bobolink_error_text(reason, text, sizeof(text));
	if (reason->statement)
		bl_format(message, sizeof(message), "%s (statement %u)", text,
			  (unsigned)reason->statement);
	else
		bl_format(message, sizeof(message), "%s", text);
	record.error_message = message;
	record.duration_ms = -1;
	bl_log_add(session, BOBOLINK_EVENT_FAILED, record.version, message);
	bl_log_mark(session);
	if (bl_wait_begin(session, NULL, &ignored))
		return;
	rc = write_refusal(session, &record, &ignored);
	if (rc)
		session->backend->rollback(session->connection);
	else
		rc = bl_wait_commit(session, &ignored);
	bl_log_settle(session, rc);
}
