/*
 * Write: the rows of scripts. Each is written under the lock, in the transaction that has changed the head, so that the row is
 * as it was read.
 */
#include "scripts.h"

#include <string.h>

#include "../error.h"
#include "../record.h"
#include "../stored.h"

#define LIVE "status {<>} 'rolled_back' AND status {<>} 'undone'"
#define ITEM "set_name {=} $1 AND kind {=} $2 AND item {=} $3 AND " LIVE

#define REPLACED "replaced by another text of the file"

static const char insert[] =
	"INSERT INTO {s}.bobolink_history (set_name, kind, item, version, batch, statements_done, "
	"executed_at, name, status, checksum, sql_checksum, duration_ms, attempts, error_message, "
	"applied_by, rows_changed, message, up_sql, down_sql) VALUES ($1, $2, $3, $4, 0, 0, {now}, "
	"$5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
static const char update[] =
	"UPDATE {s}.bobolink_history SET id = {next}, executed_at = {now}, version = $4, name = "
	"$5, status = $6, checksum = $7, sql_checksum = $8, duration_ms = $9, attempts = $10, "
	"error_message = $11, applied_by = $12, rows_changed = $13, message = $14, up_sql = $15, "
	"down_sql = $16 WHERE " ITEM;
static const char end[] = "UPDATE {s}.bobolink_history SET status = 'undone', rolled_back_at = "
			  "{now}, message = $4 WHERE " ITEM;

static int put(struct bobolink_session *session, const char *form, const struct bl_values *values,
	       struct bobolink_error *error)
{
	struct bl_text sql;
	int rc;

	bl_text_init(&sql, &session->allocator);
	bl_history_expand(session->backend, session->connection, form, &sql);
	rc = bl_session_put(session, sql.failed ? NULL : sql.text, values, error);
	bl_text_release(&sql);
	return bl_record_missing(session, rc, error);
}

static void add_optional(struct bl_values *values, const char *text)
{
	if (text)
		bl_values_text(values, text);
	else
		bl_values_null(values);
}

static void add_key(const struct bl_scripts *scripts, uint32_t index,
		    char item[BL_SCRIPT_NAME_SIZE], struct bl_values *values)
{
	bl_script_item(scripts->set, index, item, BL_SCRIPT_NAME_SIZE);
	bl_values_text(values, scripts->session->set->name);
	bl_values_text(values, bl_script_kind(scripts->set, index));
	bl_values_text(values, item);
}

/* A script is stored as migrations are: `up` is what it executes, `down` its undo. */
static int write_whole(struct bl_scripts *scripts, const char *form,
		       const struct bl_script_change *change, struct bobolink_error *error)
{
	struct bobolink_session *session = scripts->session;
	const struct bobolink_set *items = &scripts->items;
	const struct bobolink_migration *script = &items->migrations[change->index];
	struct bl_values values = { .count = 0 };
	char item[BL_SCRIPT_NAME_SIZE];
	struct bl_text up;
	struct bl_text down;
	int rc;

	bl_text_init(&up, &session->allocator);
	bl_text_init(&down, &session->allocator);
	bl_stored_write(items, change->index, &script->up, &up);
	bl_stored_write(items, change->index, &script->down, &down);
	add_key(scripts, change->index, item, &values);
	bl_values_integer(&values, script->version);
	bl_values_text(&values, bl_set_name(items, change->index));
	bl_values_text(&values, bl_status_name(change->status));
	bl_values_text(&values, bl_set_checksum(items, change->index));
	bl_values_text(&values, bl_set_sql_checksum(items, change->index));
	bl_values_optional(&values, change->duration_ms);
	bl_values_integer(&values, change->attempts);
	add_optional(&values, change->error_message);
	bl_values_text(&values, bl_session_program(session));
	bl_values_optional(&values, change->rows_changed);
	add_optional(&values, change->message);
	bl_values_bytes(&values, up.text ? up.text : "", up.length);
	add_optional(&values, down.text);
	rc = up.failed || down.failed ? bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory")
				      : put(session, form, &values, error);
	bl_text_release(&up);
	bl_text_release(&down);
	return rc;
}

int bl_scripts_end(struct bl_scripts *scripts, uint32_t index, const struct bl_script_row *seen,
		   const char *message, struct bobolink_error *error)
{
	struct bl_values values = { .count = 0 };
	char item[BL_SCRIPT_NAME_SIZE];

	if (!bl_status_live(seen->status))
		return BOBOLINK_STALE;
	add_key(scripts, index, item, &values);
	bl_values_text(&values, message);
	return put(scripts->session, end, &values, error);
}

int bl_scripts_write(struct bl_scripts *scripts, const struct bl_script_row *seen,
		     const struct bl_script_change *change, struct bobolink_error *error)
{
	bool live = bl_status_live(seen->status);
	int rc = BOBOLINK_OK;

	if (live && !bl_script_is_open(seen) &&
	    !bl_script_is_same(scripts->set, change->index, seen)) {
		rc = bl_scripts_end(scripts, change->index, seen, REPLACED, error);
		live = false;
	}
	return rc ? rc : write_whole(scripts, live ? update : insert, change, error);
}
