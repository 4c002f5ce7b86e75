/*
 * Record: every write to bobolink's own tables. Each is a compare-and-set that must hit one row.
 */
#include "record.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "error.h"
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
	static const int32_t sql[] = { BL_SQL_CREATE_HISTORY, BL_SQL_CREATE_LIVE, BL_SQL_CREATE_LOG,
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

	bl_values_text(&values, session->set->name);
	bl_values_text(&values, session->set->digest);
	if (session->options.environment)
		bl_values_text(&values, session->options.environment);
	else
		bl_values_null(&values);
	return write_row(session, BL_SQL_HEAD_COMPLETE, &values, error);
}

/* The form in which SQL is stored: `-- <bytes> <line>:<column> <flags>`, the bytes, a newline. */
static void add_section(const struct bobolink_set *set, uint32_t index,
			const struct bobolink_section *section, struct bl_text *text)
{
	for (uint32_t i = 0; i < section->count; i++) {
		const struct bobolink_statement *statement =
			bl_set_statement(set, index, section, i);
		char line[80];
		int length = snprintf(line, sizeof(line),
				      "-- %" PRIu32 " %" PRIu32 ":%" PRIu32 " %" PRIu32 "\n",
				      statement->length, statement->line, statement->column,
				      statement->flags);

		bl_text_add(text, line, (size_t)length);
		bl_text_add(text, bl_set_text(set, index, statement->text), statement->length);
		bl_text_add(text, "\n", 1);
	}
}

static void add_section_value(const struct bobolink_section *section, const struct bl_text *text,
			      struct bl_values *values)
{
	if (section->flags & BOBOLINK_SECTION_PRESENT)
		bl_values_bytes(values, text->text ? text->text : "", text->length);
	else
		bl_values_null(values);
}

/* How many attempts came to their end with this event. */
static int64_t attempts_ended(int event)
{
	return event == BL_HISTORY_START ? 0 : 1;
}

static void add_row_values(struct bobolink_session *session, const struct bl_record *record,
			   const struct bl_transition *transition, const struct bl_text *up,
			   const struct bl_text *down, struct bl_values *values)
{
	const struct bobolink_set *set = session->set;
	const struct bobolink_migration *migration = &set->migrations[record->index];

	bl_values_integer(values, migration->version);
	bl_values_text(values, bl_set_name(set, record->index));
	bl_values_integer(values, record->batch);
	bl_values_text(values, bl_status_name(transition->status));
	bl_values_text(values, bl_set_checksum(set, record->index));
	bl_values_text(values, bl_set_sql_checksum(set, record->index));
	bl_values_optional(values, record->duration_ms);
	bl_values_integer(values, attempts_ended(record->event));
	bl_values_integer(values, record->statements_done);
	if (record->error_message)
		bl_values_text(values, record->error_message);
	else
		bl_values_null(values);
	bl_values_text(values, bl_session_program(session));
	bl_values_bytes(values, up->text ? up->text : "", up->length);
	add_section_value(&migration->down, down, values);
	if (transition->sql == BL_SQL_HISTORY_UPDATE)
		bl_values_text(values, bl_status_name(record->status));
}

static int write_item(struct bobolink_session *session, const struct bl_record *record,
		      const struct bl_transition *transition, struct bl_values *values,
		      struct bobolink_error *error)
{
	const struct bobolink_migration *migration = &session->set->migrations[record->index];
	struct bl_text up;
	struct bl_text down;
	int rc;

	bl_text_init(&up, &session->allocator);
	bl_text_init(&down, &session->allocator);
	add_section(session->set, record->index, &migration->up, &up);
	add_section(session->set, record->index, &migration->down, &down);
	if (up.failed || down.failed) {
		rc = bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
		goto out;
	}
	add_row_values(session, record, transition, &up, &down, values);
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
	char item[24];

	if (transition.sql == BL_SQL_NONE)
		return BOBOLINK_STALE;
	snprintf(item, sizeof(item), "%" PRId64, session->set->migrations[record->index].version);
	bl_values_text(&values, session->set->name);
	bl_values_text(&values, item);
	if (transition.sql != BL_SQL_HISTORY_PROGRESS)
		return write_item(session, record, &transition, &values, error);
	bl_values_integer(&values, record->statements_done);
	return write_row(session, transition.sql, &values, error);
}

int bl_record_batch(struct bobolink_session *session, uint32_t index, int64_t batch,
		    struct bobolink_error *error)
{
	struct bl_values values = { .count = 0 };

	bl_values_text(&values, session->set->name);
	bl_values_integer(&values, session->set->migrations[index].version);
	bl_values_integer(&values, batch);
	bl_values_text(&values, bl_session_program(session));
	return write_row(session, BL_SQL_LOG_BATCH, &values, error);
}

static int log_refusal(struct bobolink_session *session, uint32_t index, const char *message,
		       struct bobolink_error *error)
{
	struct bl_values values = { .count = 0 };

	bl_values_text(&values, session->set->name);
	bl_values_integer(&values, session->set->migrations[index].version);
	bl_values_text(&values, "failed");
	bl_values_text(&values, message);
	bl_values_text(&values, bl_session_program(session));
	return write_row(session, BL_SQL_LOG_INSERT, &values, error);
}

static int keep_status(void *context, const struct bobolink_value *values, uint32_t count)
{
	int *status = context;

	if (count == 1 && values[0].text)
		*status = bl_status_from_name(values[0].text);
	return BOBOLINK_OK;
}

static int live_status(struct bobolink_session *session, uint32_t index, int *status,
		       struct bobolink_error *error)
{
	struct bl_values values = { .count = 0 };

	*status = BL_STATUS_NONE;
	bl_values_text(&values, session->set->name);
	bl_values_integer(&values, session->set->migrations[index].version);
	return bl_session_query(session, BL_SQL_HISTORY_LIVE, &values, keep_status, status, NULL,
				error);
}

/* Under the lock: reads again what the migration is now, and writes only what that allows. */
static int write_refusal(struct bobolink_session *session, const struct bl_record *refusal,
			 struct bobolink_error *error)
{
	struct bl_record record = *refusal;
	struct bl_head head;
	struct bl_head next;
	int status;
	int rc;

	rc = bl_session_head(session, &head, error);
	if (rc)
		return rc;
	next = head;
	rc = bl_record_head(session, &head, &next, error);
	if (rc == BOBOLINK_OK)
		rc = live_status(session, record.index, &status, error);
	if (rc)
		return rc;
	record.status = status;
	if (record.event == BL_HISTORY_STOP)
		record.batch = head.batch;
	rc = bl_record_item(session, &record, error);
	if (rc == BOBOLINK_OK)
		rc = log_refusal(session, record.index, record.error_message, error);
	return rc;
}

void bl_record_refusal(struct bobolink_session *session, uint32_t index, int event,
		       int64_t statements_done, const struct bobolink_error *refused)
{
	const struct bl_record record = {
		.index = index,
		.event = event,
		.duration_ms = -1,
		.statements_done = statements_done,
		.error_message = refused->message,
	};
	struct bobolink_error ignored;

	if (bl_wait_begin(session, NULL, &ignored))
		return;
	if (write_refusal(session, &record, &ignored))
		session->backend->rollback(session->connection);
	else
		bl_wait_commit(session, &ignored);
}
