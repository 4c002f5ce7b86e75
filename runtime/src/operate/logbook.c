/*
 * Logbook: reads the table bobolink_log, whose rows are about migrations and scripts.
 */
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "../error.h"
#include "script.h"
#include "../session.h"

#define DAY_SECONDS 86400

struct log_box {
	struct bobolink_log log; /* first: the caller's pointer */
	const struct bobolink_set *set;
	struct bobolink_allocator allocator;
	struct bl_pool pool;
	struct bobolink_log_item *items;
	uint32_t capacity;
};

static const char *text_of(struct log_box *box, const struct bobolink_value *value)
{
	return value->text ? bl_pool_copy(&box->pool, value->text, value->length) : "";
}

/* "F0007" and its name; of a fix that this program does not have, "F7". */
static void name_fix(struct log_box *box, const struct bobolink_value *number,
		     struct bobolink_log_item *item)
{
	const struct bobolink_scripts *scripts = box->set->scripts;
	char label[BL_SCRIPT_NAME_SIZE];
	int64_t wanted = -1;
	uint32_t i = 0;

	bl_history_integer(number, &wanted);
	while (scripts && i < scripts->fix_count && scripts->items[i].version != wanted)
		i++;
	if (!scripts || i == scripts->fix_count) {
		item->item = bl_pool_format(&box->pool, "F%s", item->item);
		return;
	}
	bl_script_label(scripts, i, label, sizeof(label));
	item->item = bl_pool_copy(&box->pool, label, strlen(label));
	item->name = scripts->chunks[i / BOBOLINK_CHUNK_SIZE].text + scripts->items[i].name;
}

static void name_migration(struct log_box *box, const struct bobolink_value *version,
			   struct bobolink_log_item *item)
{
	uint32_t index;

	if (!bl_history_integer(version, &item->version))
		item->version = -1;
	index = bl_set_find(box->set, item->version);
	if (index != BL_SET_NONE)
		item->name = bl_set_name(box->set, index);
}

static int add_item(void *context, const struct bobolink_value *values, uint32_t count)
{
	struct log_box *box = context;
	struct bobolink_log_item *items;
	struct bobolink_log_item item = { .version = -1, .name = "" };

	if (count != 7 || !bl_history_integer(&values[0], &item.id))
		return BOBOLINK_CORRUPT;
	item.at = text_of(box, &values[1]);
	item.item = text_of(box, &values[2]);
	item.event = text_of(box, &values[3]);
	item.detail = text_of(box, &values[4]);
	item.applied_by = text_of(box, &values[5]);
	item.kind = text_of(box, &values[6]);
	if (strcmp(item.kind, "fix") == 0)
		name_fix(box, &values[2], &item);
	else if (strcmp(item.kind, "migration") == 0)
		name_migration(box, &values[2], &item);
	items = bl_memory_grow(&box->allocator, box->items, box->log.count, &box->capacity,
			       sizeof(*items));
	if (!items)
		return BOBOLINK_NO_MEMORY;
	box->items = items;
	box->log.items = items;
	items[box->log.count++] = item;
	return box->pool.failed ? BOBOLINK_NO_MEMORY : BOBOLINK_OK;
}

static bool is_nameless(const struct bobolink_log_item *item)
{
	return item->version >= 0 && !*item->name;
}

static const char *name_in(const struct bl_history *history, int64_t version)
{
	for (uint32_t i = 0; i < history->count; i++) {
		if (history->rows[i].version == version)
			return history->rows[i].name;
	}
	return "";
}

/* Of migrations that this program does not carry, from the history. */
static int find_names(struct bobolink_session *session, struct log_box *box,
		      struct bobolink_error *error)
{
	struct bl_history history;
	uint32_t i = 0;
	int rc;

	while (i < box->log.count && !is_nameless(&box->items[i]))
		i++;
	if (i == box->log.count)
		return BOBOLINK_OK;
	bl_history_init(&history, &session->allocator);
	rc = bl_session_history(session, &history, error);
	for (; i < box->log.count && rc == BOBOLINK_OK; i++) {
		const char *name = name_in(&history, box->items[i].version);

		if (is_nameless(&box->items[i]))
			box->items[i].name = bl_pool_copy(&box->pool, name, strlen(name));
	}
	bl_history_release(&history);
	if (rc == BOBOLINK_OK && box->pool.failed)
		rc = bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
	return rc;
}

/* So many days ago, by this machine's clock. */
static void format_since(uint32_t days, char *text, size_t size)
{
	time_t now = time(NULL);
	time_t since =
		(int64_t)days > (int64_t)now / DAY_SECONDS ? 0 : now - (time_t)days * DAY_SECONDS;
	struct tm parts;

	text[0] = '\0';
	if (gmtime_r(&since, &parts))
		strftime(text, size, "%Y-%m-%dT%H:%M:%S.000Z", &parts);
}

int bobolink_log(struct bobolink_session *session, uint32_t days, struct bobolink_log **log,
		 struct bobolink_error *error)
{
	struct bl_values values = { .count = 0 };
	struct bobolink_error local;
	struct log_box *box;
	char since[40];
	int rc;

	error = error ? error : &local;
	bl_error_clear(error);
	*log = NULL;
	box = bl_memory_alloc(&session->allocator, 1, sizeof(*box));
	if (!box)
		return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
	box->set = session->set;
	box->allocator = session->allocator;
	bl_pool_init(&box->pool, &box->allocator);
	format_since(days, since, sizeof(since));
	bl_values_text(&values, session->set->name);
	bl_values_text(&values, since);
	rc = bl_session_read(session, BL_SQL_LOG_READ, &values, add_item, box, error);
	if (rc == BOBOLINK_OK)
		rc = find_names(session, box, error);
	if (rc == BOBOLINK_NO_TABLE) {
		bl_error_clear(error);
		rc = BOBOLINK_OK;
	}
	*log = &box->log;
	if (rc) {
		bobolink_log_free(*log);
		*log = NULL;
	}
	return rc;
}

void bobolink_log_free(struct bobolink_log *log)
{
	struct log_box *box = (struct log_box *)log;
	struct bobolink_allocator allocator;

	if (!log)
		return;
	allocator = box->allocator;
	bl_pool_release(&box->pool);
	bl_memory_release(&allocator, box->items);
	bl_memory_release(&allocator, box);
}
