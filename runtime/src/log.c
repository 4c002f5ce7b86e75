/*
 * Log: keeps events until a transaction takes them along.
 */
#include "log.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "record.h"

/* An event on its way. */
struct bl_log_entry {
	int32_t kind;
	const char *of; /* "migration", or what else bobolink_history.kind has */
	const char *item;
	const char *detail;
};

void bl_log_start(struct bobolink_session *session)
{
	bl_pool_init(&session->log.pool, &session->allocator);
	session->log.open = true;
}

/* Nothing of it is needed any more. */
static void clear(struct bl_log_queue *log)
{
	bl_pool_release(&log->pool);
	bl_memory_release(log->pool.allocator, log->entries);
	log->entries = NULL;
	log->count = log->capacity = log->written = log->mark = 0;
	log->pool.failed = false;
}

void bl_log_add_item(struct bobolink_session *session, int kind, const char *of, const char *item,
		     const char *detail)
{
	struct bl_log_queue *log = &session->log;
	struct bl_log_entry *entries;

	if (!log->open)
		return;
	entries = bl_memory_grow(&session->allocator, log->entries, log->count, &log->capacity,
				 sizeof(*entries));
	if (!entries) {
		log->pool.failed = true;
		return;
	}
	log->entries = entries;
	entries[log->count++] = (struct bl_log_entry){
		.kind = kind,
		.of = of,
		.item = bl_pool_copy(&log->pool, item, strlen(item)),
		.detail = bl_pool_copy(&log->pool, detail, strlen(detail)),
	};
}

void bl_log_add(struct bobolink_session *session, int kind, int64_t version, const char *detail)
{
	char item[24] = "";

	if (version >= 0)
		snprintf(item, sizeof(item), "%" PRId64, version);
	bl_log_add_item(session, kind, "migration", item, detail);
}

static int write_entry(struct bobolink_session *session, const struct bl_log_entry *entry,
		       struct bobolink_error *error)
{
	struct bl_values values = { .count = 0 };

	bl_values_text(&values, session->set->name);
	bl_values_text(&values, entry->of);
	bl_values_text(&values, entry->item);
	bl_values_text(&values, bobolink_event_name(entry->kind));
	bl_values_text(&values, entry->detail);
	bl_values_text(&values, bl_session_program(session));
	return bl_record_missing(session,
				 bl_session_write(session, BL_SQL_LOG_INSERT, &values, error),
				 error);
}

int bl_log_write(struct bobolink_session *session, struct bobolink_error *error)
{
	struct bl_log_queue *log = &session->log;
	int rc = BOBOLINK_OK;

	if (log->pool.failed)
		return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
	while (rc == BOBOLINK_OK && log->written < log->count)
		rc = write_entry(session, &log->entries[log->written++], error);
	return rc;
}

void bl_log_mark(struct bobolink_session *session)
{
	session->log.mark = session->log.count;
}

/* What came while COMMIT was waited for stays. */
static void drop_written(struct bl_log_queue *log)
{
	if (log->written == log->count) {
		clear(log);
		return;
	}
	log->count -= log->written;
	memmove(log->entries, log->entries + log->written, log->count * sizeof(*log->entries));
}

static void drop_done(struct bl_log_queue *log)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < log->count; i++) {
		if (log->entries[i].kind != BOBOLINK_EVENT_APPLIED &&
		    log->entries[i].kind != BOBOLINK_EVENT_SKIPPED &&
		    log->entries[i].kind != BOBOLINK_EVENT_ROLLED_BACK)
			log->entries[kept++] = log->entries[i];
	}
	log->count = kept;
}

void bl_log_settle(struct bobolink_session *session, int rc)
{
	struct bl_log_queue *log = &session->log;

	if (rc == BOBOLINK_OK)
		drop_written(log);
	else if (rc == BOBOLINK_STALE || rc == BOBOLINK_AGAIN)
		log->count = log->mark;
	else if (rc)
		drop_done(log);
	log->written = 0;
}

void bl_log_finish(struct bobolink_session *session, bool tables)
{
	const struct bobolink_backend *backend = session->backend;
	struct bobolink_error ignored = { 0 };

	if (session->log.count && tables &&
	    backend->begin(session->connection, NULL, &ignored) == BOBOLINK_OK) {
		if (bl_log_write(session, &ignored) ||
		    backend->commit(session->connection, &ignored))
			backend->rollback(session->connection);
	}
	clear(&session->log);
	session->log.open = false;
}
