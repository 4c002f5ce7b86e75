/*
 * Row: what the history says about scripts. A script may have several rows, one for each text that its file has had; they
 * come in the order of their ids, so that the last one stands unless it is dead and a live one came before it.
 */
#include "scripts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../error.h"
#include "../wait.h"

#define COLUMNS                                                                            \
	"SELECT kind, item, status, checksum, {text:executed_at}, duration_ms, attempts, " \
	"error_message, applied_by, id, rows_changed, message, name FROM "                 \
	"{s}.bobolink_history WHERE set_name {=} $1 AND "
#define COLUMN_COUNT 13
#define ORDER	     " ORDER BY id"
/* The words of the index of live rows, of which a script has one. */
#define LIVE "status {<>} 'rolled_back' AND status {<>} 'undone'"

static const char all[] = COLUMNS "(kind {=} 'fix' OR kind {=} 'repeatable')" ORDER;
/* Each of the two has an index of its own, which every planner finds while they stand apart. */
static const char waiting[] = COLUMNS "kind {=} 'fix' AND " BL_WAITING;
static const char always[] = " UNION ALL " COLUMNS "kind {=} 'fix' AND " LIVE " AND (";
static const char one[] = COLUMNS "kind {=} $2 AND item {=} $3" ORDER;

static const char *text_of(struct bl_pool *pool, const struct bobolink_value *value)
{
	return value->text ? bl_pool_copy(pool, value->text, value->length) : "";
}

/* A number, -1 for NULL; false when it is none. */
static bool number_of(const struct bobolink_value *value, int64_t *number)
{
	*number = -1;
	return !value->text || bl_history_integer(value, number);
}

static bool row_from_values(struct bl_pool *pool, const struct bobolink_value *values,
			    struct bl_script_row *row)
{
	if (!values[0].text || !values[1].text || !values[2].text || !values[3].text)
		return false;
	if (!number_of(&values[5], &row->duration_ms) || !number_of(&values[6], &row->attempts) ||
	    !number_of(&values[9], &row->id) || !number_of(&values[10], &row->rows_changed))
		return false;
	row->status = bl_status_from_name(values[2].text);
	row->checksum = text_of(pool, &values[3]);
	row->executed_at = text_of(pool, &values[4]);
	row->error_message = text_of(pool, &values[7]);
	row->applied_by = text_of(pool, &values[8]);
	row->message = text_of(pool, &values[11]);
	row->name = text_of(pool, &values[12]);
	return row->status != BL_STATUS_NONE;
}

/* The later row stands, unless only the earlier one is alive. */
static void keep_latest(struct bl_script_row *kept, const struct bl_script_row *row)
{
	if (bl_status_live(row->status) || !bl_status_live(kept->status))
		*kept = *row;
}

/* The place of a fix with this number, or of a repeatable with this name; `count` for none. */
static uint32_t find(const struct bl_scripts *scripts, bool fix, const char *item)
{
	uint32_t low = 0;
	uint32_t high = scripts->set->fix_count;
	int64_t number;

	if (!fix) {
		for (uint32_t i = high; i < scripts->count; i++) {
			if (strcmp(bl_set_name(&scripts->items, i), item) == 0)
				return i;
		}
		return scripts->count;
	}
	if (!bl_history_integer(&(struct bobolink_value){ item, strlen(item) }, &number))
		return scripts->count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (scripts->set->items[middle].version == number)
			return middle;
		if (scripts->set->items[middle].version < number)
			low = middle + 1;
		else
			high = middle;
	}
	return scripts->count;
}

static int add_unknown(struct bl_scripts *scripts, bool fix, const char *item,
		       const struct bl_script_row *row)
{
	struct bl_script_unknown *unknown;

	for (uint32_t i = 0; i < scripts->unknown_count; i++) {
		unknown = &scripts->unknown[i];
		if (unknown->fix == fix && strcmp(unknown->item, item) == 0) {
			keep_latest(&unknown->row, row);
			return BOBOLINK_OK;
		}
	}
	unknown = bl_memory_grow(&scripts->session->allocator, scripts->unknown,
				 scripts->unknown_count, &scripts->unknown_capacity,
				 sizeof(*unknown));
	if (!unknown)
		return BOBOLINK_NO_MEMORY;
	scripts->unknown = unknown;
	unknown[scripts->unknown_count++] = (struct bl_script_unknown){
		.fix = fix,
		.item = bl_pool_copy(&scripts->pool, item, strlen(item)),
		.row = *row,
	};
	return BOBOLINK_OK;
}

static int add_row(void *context, const struct bobolink_value *values, uint32_t count)
{
	struct bl_scripts *scripts = context;
	struct bl_script_row row = { 0 };
	uint32_t index;
	bool fix;
	int rc = BOBOLINK_OK;

	if (count != COLUMN_COUNT || !row_from_values(&scripts->pool, values, &row))
		return BOBOLINK_CORRUPT;
	fix = strcmp(values[0].text, "fix") == 0;
	index = find(scripts, fix, values[1].text);
	if (index < scripts->count)
		keep_latest(&scripts->rows[index], &row);
	else if (scripts->lists)
		rc = add_unknown(scripts, fix, values[1].text, &row);
	return rc == BOBOLINK_OK && scripts->pool.failed ? BOBOLINK_NO_MEMORY : rc;
}

/* What may be open: its row says so, or it is looked at in every run, as long as it is alive. */
static void add_open(const struct bl_scripts *scripts, struct bl_text *sql)
{
	const char *before = always;
	char item[64];

	bl_text_add(sql, waiting, sizeof(waiting) - 1);
	for (uint32_t i = 0; i < scripts->set->fix_count; i++) {
		if (!(scripts->set->settings[i].flags & BOBOLINK_SCRIPT_ALWAYS))
			continue;
		snprintf(item, sizeof(item), "item {=} '%" PRId64 "'",
			 scripts->set->items[i].version);
		bl_text_add(sql, before, strlen(before));
		bl_text_add(sql, item, strlen(item));
		before = " OR ";
	}
	if (before != always)
		bl_text_add(sql, ")", 1);
}

static int expand(const struct bobolink_session *session, const struct bl_text *form,
		  struct bl_text *sql, struct bobolink_error *error)
{
	bl_text_init(sql, &session->allocator);
	if (!form->failed)
		bl_history_expand(session->backend, session->connection, form->text, sql);
	if (form->failed || sql->failed)
		return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
	return BOBOLINK_OK;
}

/* Waits while another connection is in the way. */
static int read_rows(struct bl_scripts *scripts, const char *sql, struct bobolink_error *error)
{
	struct bobolink_session *session = scripts->session;
	struct bl_values values = { .count = 0 };
	struct bl_wait wait;
	int rc;

	bl_values_text(&values, session->set->name);
	bl_wait_init(&wait, session, 0);
	do
		rc = bl_session_ask(session, sql, &values, add_row, scripts, NULL, error);
	while (rc == BOBOLINK_BUSY && (rc = bl_wait_again(session, &wait, error)) == BOBOLINK_OK);
	return rc;
}

static void forget(struct bl_scripts *scripts)
{
	bl_pool_release(&scripts->pool);
	bl_pool_init(&scripts->pool, &scripts->session->allocator);
	scripts->unknown_count = 0;
	for (uint32_t i = 0; i < scripts->count; i++)
		scripts->rows[i] = (struct bl_script_row){
			.duration_ms = -1,
			.rows_changed = -1,
			.name = "",
			.checksum = "",
			.executed_at = "",
			.error_message = "",
			.message = "",
			.applied_by = "",
		};
}

int bl_scripts_read(struct bl_scripts *scripts, const struct bl_head *head,
		    struct bobolink_error *error)
{
	struct bobolink_session *session = scripts->session;
	struct bl_text form;
	struct bl_text sql = { 0 };
	int rc;

	forget(scripts);
	scripts->head = *head;
	scripts->open_only = !scripts->lists && bl_head_matches(head);
	if (!head->tables)
		return BOBOLINK_OK;
	bl_text_init(&form, &session->allocator);
	if (scripts->open_only)
		add_open(scripts, &form);
	else
		bl_text_add(&form, all, sizeof(all) - 1);
	rc = expand(session, &form, &sql, error);
	if (rc == BOBOLINK_OK)
		rc = read_rows(scripts, sql.text, error);
	bl_text_release(&form);
	bl_text_release(&sql);
	return rc;
}

/* The rows of one script. */
struct latest {
	struct bl_scripts *scripts;
	struct bl_script_row *row;
};

static int keep_row(void *context, const struct bobolink_value *values, uint32_t count)
{
	struct latest *latest = context;
	struct bl_script_row row = { 0 };

	if (count != COLUMN_COUNT || !row_from_values(&latest->scripts->pool, values, &row))
		return BOBOLINK_CORRUPT;
	keep_latest(latest->row, &row);
	return latest->scripts->pool.failed ? BOBOLINK_NO_MEMORY : BOBOLINK_OK;
}

int bl_scripts_reread(struct bl_scripts *scripts, uint32_t index, struct bl_script_row *row,
		      struct bobolink_error *error)
{
	struct bobolink_session *session = scripts->session;
	struct latest latest = { scripts, row };
	struct bl_values values = { .count = 0 };
	struct bl_text sql;
	char item[BL_SCRIPT_NAME_SIZE];
	int rc;

	*row = (struct bl_script_row){ .status = BL_STATUS_NONE, .checksum = "" };
	bl_text_init(&sql, &session->allocator);
	bl_history_expand(session->backend, session->connection, one, &sql);
	bl_script_item(scripts->set, index, item, sizeof(item));
	bl_values_text(&values, session->set->name);
	bl_values_text(&values, bl_script_kind(scripts->set, index));
	bl_values_text(&values, item);
	rc = bl_session_ask(session, sql.failed ? NULL : sql.text, &values, keep_row, &latest, NULL,
			    error);
	bl_text_release(&sql);
	return rc;
}
