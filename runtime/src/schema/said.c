/*
 * Said: rows of the history, turned into what they say of the schema.
 *
 * A repeatable made what its delta has where this very text ran last and nothing was rolled back since. Else nobody knows what is
 * there: of another text, or none, or what somebody made before there were repeatables.
 */
#include "said.h"

#include <string.h>

#include "../error.h"
#include "../wait.h"

static const char rows[] =
	"SELECT item, status, checksum, id FROM {s}.bobolink_history WHERE set_name {=} $1 AND "
	"kind {=} 'repeatable' ORDER BY id";
#define COLUMN_COUNT 4

struct reading {
	const struct bobolink_set *set;
	struct bl_said *said; /* of the repeatables */
};

int bl_said_part(const struct bl_history_row *row)
{
	if (!row)
		return BL_PART_NONE;
	if (row->status == BL_STATUS_APPLIED || row->status == BL_STATUS_BASELINE)
		return BL_PART_APPLIED;
	if (row->status == BL_STATUS_RUNNING || row->status == BL_STATUS_ROLLING_BACK)
		return BL_PART_HALFWAY;
	return BL_PART_NONE;
}

static const char *text_of(const struct bobolink_scripts *scripts, uint32_t index, uint32_t offset)
{
	return offset ? scripts->chunks[index / BOBOLINK_CHUNK_SIZE].text + offset : "";
}

/* At most one row of a repeatable is alive. */
static int add_row(void *context, const struct bobolink_value *values, uint32_t count)
{
	const struct reading *reading = context;
	const struct bobolink_scripts *scripts = reading->set->scripts;
	int64_t id;

	if (count != COLUMN_COUNT || !values[0].text || !values[1].text || !values[2].text ||
	    !values[3].text || !bl_history_integer(&values[3], &id))
		return BOBOLINK_CORRUPT;
	if (bl_status_from_name(values[1].text) != BL_STATUS_APPLIED)
		return BOBOLINK_OK;
	for (uint32_t i = 0; i < scripts->repeatable_count; i++) {
		uint32_t index = scripts->fix_count + i;
		const struct bobolink_migration *item = &scripts->items[index];

		if (strcmp(values[0].text, text_of(scripts, index, item->name)) == 0 &&
		    strcmp(values[2].text, text_of(scripts, index, item->checksum)) == 0)
			reading->said[i] = (struct bl_said){ id, BL_PART_APPLIED };
	}
	return BOBOLINK_OK;
}

/* Waits while another connection is in the way. */
static int read_rows(struct bobolink_session *session, struct reading *reading, const char *sql,
		     struct bobolink_error *error)
{
	struct bl_values values = { .count = 0 };
	struct bl_wait wait;
	int rc;

	bl_values_text(&values, reading->set->name);
	bl_wait_init(&wait, session, 0);
	do
		rc = bl_session_ask(session, sql, &values, add_row, reading, NULL, error);
	while (rc == BOBOLINK_BUSY && (rc = bl_wait_again(session, &wait, error)) == BOBOLINK_OK);
	return rc;
}

static int read_repeatables(struct bobolink_session *session, struct reading *reading,
			    struct bobolink_error *error)
{
	struct bl_text sql;
	int rc;

	bl_text_init(&sql, &session->allocator);
	bl_history_expand(session->backend, session->connection, rows, &sql);
	rc = read_rows(session, reading, sql.failed ? NULL : sql.text, error);
	bl_text_release(&sql);
	return rc;
}

static void take_migrations(const struct bl_plan *plan, struct bl_said *said)
{
	for (uint32_t i = 0; i < plan->count; i++) {
		const struct bl_plan_item *item = &plan->items[i];

		if (item->index == BL_SET_NONE)
			continue;
		said[item->index].part = (uint8_t)bl_said_part(item->row);
		said[item->index].id = item->row ? item->row->id : 0;
	}
}

int bl_said_read(struct bobolink_session *session, const struct bl_plan *plan, bool tables,
		 struct bl_said **said, struct bobolink_error *error)
{
	struct reading reading = { .set = plan->set };
	uint32_t count = bl_expected_parts(plan->set);

	*said = bl_memory_alloc(&session->allocator, count, sizeof(**said));
	if (!*said)
		return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
	take_migrations(plan, *said);
	for (uint32_t i = plan->set->migration_count; i < count; i++)
		(*said)[i].part = BL_PART_HALFWAY;
	reading.said = *said + plan->set->migration_count;
	if (count == plan->set->migration_count || !tables)
		return BOBOLINK_OK;
	return read_repeatables(session, &reading, error);
}
