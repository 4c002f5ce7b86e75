/*
 * Down: reads what an earlier program left in the history, to step back over its migrations.
 *
 * It comes from a database: anything that bl_stored_write would not have written is refused.
 */
#include "down.h"

#include <inttypes.h>
#include <string.h>

#include "../error.h"
#include "../losses.h"

/* Entries are small enough for the offsets of a set. */
#define LARGEST INT32_MAX

/* The bits of the flags that this program knows. */
#define KINDS                                                                     \
	(BL_STORED_SECTION | BL_STORED_LOSSES | BL_STORED_PROBE | BL_STORED_END | \
	 BL_STORED_IRREVERSIBLE | BL_STORED_CALL)
#define FIRST (BL_STORED_SECTION | BL_STORED_IRREVERSIBLE)
#define SECTION_FLAGS                                                 \
	(BOBOLINK_SECTION_PRESENT | BOBOLINK_SECTION_NO_TRANSACTION | \
	 BOBOLINK_SECTION_FOREIGN_KEYS_OFF | BOBOLINK_SECTION_DATA_LOSS)
#define STATEMENT_FLAGS (BOBOLINK_STATEMENT_NO_TRANSACTION | BOBOLINK_STATEMENT_REPEATABLE)

/* Where a reader stands. Bytes are terminated in place: their newline becomes NUL. */
struct reader {
	char *text;
	size_t at;
	size_t length;
};

struct entry {
	uint32_t offset; /* of its bytes */
	uint32_t length;
	uint32_t a;
	uint32_t b;
	uint32_t flags;
};

/* A decimal number and the character behind it. */
static bool take_number(struct reader *reader, char end, uint32_t *number)
{
	uint64_t value = 0;
	size_t first = reader->at;

	while (reader->at < reader->length && reader->text[reader->at] >= '0' &&
	       reader->text[reader->at] <= '9' && reader->at - first < 10)
		value = value * 10 + (uint64_t)(reader->text[reader->at++] - '0');
	if (reader->at == first || reader->at == reader->length ||
	    reader->text[reader->at] != end || value > UINT32_MAX)
		return false;
	reader->at++;
	*number = (uint32_t)value;
	return true;
}

static bool take_entry(struct reader *reader, struct entry *entry)
{
	if (reader->length - reader->at < 3 || memcmp(reader->text + reader->at, "-- ", 3) != 0)
		return false;
	reader->at += 3;
	if (!take_number(reader, ' ', &entry->length) || !take_number(reader, ':', &entry->a) ||
	    !take_number(reader, ' ', &entry->b) || !take_number(reader, '\n', &entry->flags))
		return false;
	if (entry->length >= reader->length - reader->at ||
	    reader->text[reader->at + entry->length] != '\n' ||
	    memchr(reader->text + reader->at, '\0', entry->length))
		return false;
	entry->offset = (uint32_t)reader->at;
	reader->text[reader->at + entry->length] = '\0';
	reader->at += entry->length + 1;
	return true;
}

static bool place_section(struct bobolink_section *down, const struct entry *entry)
{
	down->flags = entry->flags & ~KINDS;
	down->file = entry->offset;
	down->lock_timeout_ms = entry->a;
	down->statement_timeout_ms = entry->b;
	return (down->flags & BOBOLINK_SECTION_PRESENT) && !(down->flags & ~SECTION_FLAGS);
}

static bool place_statement(struct bl_stored *stored, const struct entry *entry)
{
	stored->statements[stored->migration.down.count++] = (struct bobolink_statement){
		.text = entry->offset,
		.length = entry->length,
		.line = entry->a,
		.column = entry->b,
		.flags = entry->flags,
	};
	return !(entry->flags & ~STATEMENT_FLAGS);
}

/* Past a name, plain or in quotes; NULL where its quotes do not end. */
static const char *skip_name(const char *at)
{
	if (*at != '"')
		return at + strspn(at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_$"
				       "0123456789");
	do
		at = strchr(at + 1, '"');
	while (at && *++at == '"');
	return at;
}

/* The table of each loss is a name, perhaps behind its schema, and nothing else: it goes into a statement. */
static bool has_sound_losses(const char *text)
{
	struct bl_losses_line line;

	while (bl_losses_next(&text, &line)) {
		const char *end = skip_name(line.table);

		if (end && end > line.table && *end == '.')
			end = skip_name(end + 1);
		if (end != line.table + line.table_length || (end > line.table && end[-1] == '.'))
			return false;
	}
	return true;
}

/* The place of an entry in the migration; false when it does not belong where it stands. */
static bool place_entry(struct bl_stored *stored, const struct entry *entry)
{
	struct bobolink_section *down = &stored->migration.down;
	struct bobolink_statement *last = down->count ? &stored->statements[down->count - 1] : NULL;

	switch (entry->flags & KINDS) {
	case BL_STORED_SECTION:
		return place_section(down, entry);
	case BL_STORED_IRREVERSIBLE:
		stored->migration.irreversible = entry->offset;
		down->flags = 0;
		return entry->flags == BL_STORED_IRREVERSIBLE && entry->length > 0;
	case 0:
		return !stored->function && place_statement(stored, entry);
	case BL_STORED_END:
		return entry->length == 0 && entry->a == down->count;
	default:
		break;
	}
	if (entry->flags == BL_STORED_LOSSES && !last && !down->losses) {
		down->losses = entry->offset;
		return has_sound_losses(stored->text + entry->offset);
	}
	if (entry->flags == BL_STORED_CALL && !last && !stored->function) {
		stored->function = entry->offset;
		return entry->length > 0;
	}
	if (entry->flags == BL_STORED_PROBE && last && !last->probe) {
		last->probe = entry->offset;
		return true;
	}
	return false;
}

/* Offset 0 is the empty text of every chunk, so what was stored begins at 1. */
static bool read_entries(struct bl_stored *stored, size_t length)
{
	struct reader reader = { stored->text, 1, length + 1 };
	struct entry entry = { .flags = 0 };
	bool first = true;

	while (reader.at < reader.length && !(entry.flags & BL_STORED_END)) {
		if (!take_entry(&reader, &entry) || first != ((entry.flags & FIRST) != 0) ||
		    (stored->migration.irreversible && !(entry.flags & BL_STORED_END)) ||
		    !place_entry(stored, &entry))
			return false;
		first = false;
	}
	return (entry.flags & BL_STORED_END) && reader.at == reader.length;
}

static uint32_t count_lines(const char *text, size_t length)
{
	uint32_t count = 0;

	for (size_t i = 0; i < length; i++)
		count += text[i] == '\n';
	return count;
}

int bl_stored_read(const char *text, size_t length, int64_t version,
		   const struct bobolink_allocator *allocator, struct bl_stored *stored)
{
	memset(stored, 0, sizeof(*stored));
	if (length >= LARGEST)
		return BOBOLINK_CORRUPT;
	stored->text = bl_memory_alloc(allocator, length + 2, 1);
	/* Every entry takes two lines. */
	stored->statements = bl_memory_alloc(allocator, count_lines(text, length) / 2 + 1,
					     sizeof(*stored->statements));
	if (!stored->text || !stored->statements)
		return BOBOLINK_NO_MEMORY;
	memcpy(stored->text + 1, text, length);
	stored->migration.version = version;
	stored->migration.down.flags = BOBOLINK_SECTION_PRESENT;
	if (!read_entries(stored, length))
		return BOBOLINK_CORRUPT;
	stored->chunk.text = stored->text;
	stored->chunk.statements = stored->statements;
	stored->set.migrations = &stored->migration;
	stored->set.chunks = &stored->chunk;
	stored->set.migration_count = stored->set.chunk_count = 1;
	return BOBOLINK_OK;
}

void bl_stored_release(struct bl_stored *stored, const struct bobolink_allocator *allocator)
{
	bl_memory_release(allocator, stored->text);
	bl_memory_release(allocator, stored->statements);
	memset(stored, 0, sizeof(*stored));
}

struct reading {
	struct bobolink_session *session;
	struct bl_stored *stored;
	int64_t version;
	uint32_t column; /* of the row: up_sql, down_sql */
	bool found;
};

static int keep_section(void *context, const struct bobolink_value *values, uint32_t count)
{
	struct reading *reading = context;

	if (reading->found || count != 2)
		return BOBOLINK_CORRUPT;
	/* One without a down was not asked for: this is a later life. */
	if (!values[reading->column].text)
		return BOBOLINK_OK;
	reading->found = true;
	return bl_stored_read(values[reading->column].text, values[reading->column].length,
			      reading->version, &reading->session->allocator, reading->stored);
}

int bl_down_section(struct bobolink_session *session, int64_t version, bool up,
		    struct bl_stored *stored, struct bobolink_error *error)
{
	struct reading reading = { session, stored, version, up ? 0 : 1, false };
	struct bl_values values = { .count = 0 };
	int rc;

	bl_values_text(&values, session->set->name);
	bl_values_integer(&values, version);
	rc = bl_session_read(session, BL_SQL_HISTORY_STORED, &values, keep_section, &reading,
			     error);
	if (rc == BOBOLINK_OK && !reading.found)
		return bl_error_set(error, BOBOLINK_PLAN_CHANGED,
				    "another program has undone or replaced migration %" PRId64
				    " just now: nothing was changed; look at --migrate-status and "
				    "decide again",
				    version);
	if (rc == BOBOLINK_CORRUPT)
		rc = bl_error_set(error, BOBOLINK_CORRUPT,
				  "the SQL that %s.bobolink_history keeps of migration %" PRId64
				  " cannot be read: start the program that carries this migration "
				  "and step back with it, or restore a backup",
				  session->backend->schema(session->connection), version);
	return rc;
}

/* The reason that the program which applied it left behind. */
static int refuse_irreversible(const struct bl_plan *plan, const struct bl_plan_item *item,
			       const struct bl_stored *stored, struct bobolink_error *error)
{
	return bl_error_set(error, BOBOLINK_IRREVERSIBLE,
			    "migration %" PRId64 " (%s) cannot be undone: %s; nothing was changed, "
			    "--migrate-restore brings back a backup",
			    item->version, bl_plan_item_name(plan, item),
			    bl_set_text(&stored->set, 0, stored->migration.irreversible));
}

/* The function that a down calls is one of this program, or it cannot be undone here. */
static int find_function(const struct bobolink_set *set, const struct bl_plan *plan,
			 const struct bl_plan_item *item, struct bl_stored *stored,
			 struct bobolink_error *error)
{
	const char *name = bl_set_text(&stored->set, 0, stored->function);
	uint32_t number = 0;

	while (number < set->call_count && strcmp(set->calls[number].name, name) != 0)
		number++;
	if (number == set->call_count)
		return bl_error_set(error, BOBOLINK_IRREVERSIBLE,
				    "migration %" PRId64 " (%s) cannot be undone: that is what the "
				    "function %s() does, and this program does not have it; "
				    "nothing was changed, start the program that applied it",
				    item->version, bl_plan_item_name(plan, item), name);
	stored->set.calls = set->calls;
	stored->set.call_count = set->call_count;
	stored->migration.down.call = number + 1;
	return BOBOLINK_OK;
}

int bl_downs_read(struct bobolink_session *session, const struct bl_plan *plan,
		  struct bl_downs *downs, struct bobolink_error *error)
{
	int rc = BOBOLINK_OK;

	downs->count = plan->step_count;
	downs->items =
		bl_memory_alloc(&session->allocator, plan->step_count, sizeof(*downs->items));
	if (!downs->items) {
		downs->count = 0;
		return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
	}
	for (uint32_t i = 0; i < plan->step_count && rc == BOBOLINK_OK; i++) {
		const struct bl_plan_item *item = &plan->items[plan->steps[i]];

		if (bl_plan_is_stored(plan, item))
			rc = bl_down_section(session, item->version, false, &downs->items[i],
					     error);
		if (rc == BOBOLINK_OK && downs->items[i].migration.irreversible)
			rc = refuse_irreversible(plan, item, &downs->items[i], error);
		if (rc == BOBOLINK_OK && downs->items[i].function)
			rc = find_function(session->set, plan, item, &downs->items[i], error);
	}
	return rc;
}

void bl_downs_release(struct bl_downs *downs, const struct bobolink_allocator *allocator)
{
	for (uint32_t i = 0; i < downs->count; i++)
		bl_stored_release(&downs->items[i], allocator);
	bl_memory_release(allocator, downs->items);
	memset(downs, 0, sizeof(*downs));
}
