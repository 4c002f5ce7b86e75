/*
 * Rows: what the database answers about the history, made into structs.
 *
 * A migration may have had earlier lives; the rows come in the order of (version, id), so the last
 * one stands unless it is dead and a live one came before it.
 */
#include "history.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void bl_history_init(struct bl_history *history, const struct bobolink_allocator *allocator)
{
	memset(history, 0, sizeof(*history));
	bl_pool_init(&history->pool, allocator);
}

void bl_history_release(struct bl_history *history)
{
	if (!history->pool.allocator)
		return;
	bl_memory_release(history->pool.allocator, history->rows);
	bl_memory_release(history->pool.allocator, history->others);
	bl_pool_release(&history->pool);
	bl_history_init(history, history->pool.allocator);
}

bool bl_history_integer(const struct bobolink_value *value, int64_t *number)
{
	char *end;

	if (!value->text || value->length == 0)
		return false;
	errno = 0;
	*number = strtoll(value->text, &end, 10);
	return errno == 0 && end == value->text + value->length;
}

static const char *text_of(struct bl_pool *pool, const struct bobolink_value *value)
{
	return value->text ? bl_pool_copy(pool, value->text, value->length) : "";
}

/* False when a value cannot have been written by this runtime. */
static bool row_from_values(struct bl_pool *pool, const struct bobolink_value *values,
			    struct bl_history_row *row)
{
	row->duration_ms = -1;
	if (!values[3].text || !bl_history_integer(&values[0], &row->version) || row->version < 0)
		return false;
	if (!bl_history_integer(&values[2], &row->batch) ||
	    !bl_history_integer(&values[8], &row->attempts) ||
	    !bl_history_integer(&values[9], &row->statements_done) || row->statements_done < 0 ||
	    !bl_history_integer(&values[12], &row->id))
		return false;
	if (values[7].text && !bl_history_integer(&values[7], &row->duration_ms))
		return false;
	row->status = bl_status_from_name(values[3].text);
	row->name = text_of(pool, &values[1]);
	row->checksum = text_of(pool, &values[4]);
	row->sql_checksum = text_of(pool, &values[5]);
	row->executed_at = text_of(pool, &values[6]);
	row->error_message = text_of(pool, &values[10]);
	row->applied_by = text_of(pool, &values[11]);
	row->rolled_back_at = text_of(pool, &values[13]);
	row->has_down = values[14].text && strcmp(values[14].text, "1") == 0;
	return row->status != BL_STATUS_NONE;
}

int bl_history_add_row(void *context, const struct bobolink_value *values, uint32_t count)
{
	struct bl_history *history = context;
	struct bl_history_row *rows;
	struct bl_history_row *last;
	struct bl_history_row row;

	memset(&row, 0, sizeof(row));
	if (count != 15 || !row_from_values(&history->pool, values, &row))
		return BOBOLINK_CORRUPT;
	if (history->pool.failed)
		return BOBOLINK_NO_MEMORY;
	last = history->count ? &history->rows[history->count - 1] : NULL;
	if (last && last->version == row.version) {
		if (bl_status_live(row.status) || !bl_status_live(last->status))
			*last = row;
		return BOBOLINK_OK;
	}
	rows = bl_memory_grow(history->pool.allocator, history->rows, history->count,
			      &history->capacity, sizeof(row));
	if (!rows)
		return BOBOLINK_NO_MEMORY;
	history->rows = rows;
	history->rows[history->count++] = row;
	return BOBOLINK_OK;
}

int bl_history_add_other(void *context, const struct bobolink_value *values, uint32_t count)
{
	struct bl_history *history = context;
	struct bl_history_other *others;
	struct bl_history_other other;

	if (count != 3 || !bl_history_integer(&values[1], &other.version))
		return BOBOLINK_CORRUPT;
	other.set_name = text_of(&history->pool, &values[0]);
	other.checksum = text_of(&history->pool, &values[2]);
	others = bl_memory_grow(history->pool.allocator, history->others, history->other_count,
				&history->other_capacity, sizeof(other));
	if (others)
		history->others = others;
	if (!others || history->pool.failed)
		return BOBOLINK_NO_MEMORY;
	history->others[history->other_count++] = other;
	return BOBOLINK_OK;
}

bool bl_head_current(const struct bl_head *head)
{
	return bl_head_matches(head) && !head->due;
}

bool bl_head_matches(const struct bl_head *head)
{
	return head->exists && head->digest_matches && head->environment_matches;
}

bool bl_head_same(const struct bl_head *a, const struct bl_head *b)
{
	return a->exists == b->exists && a->revision == b->revision;
}
