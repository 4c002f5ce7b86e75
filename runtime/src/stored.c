/*
 * Stored: writes and reads the SQL that is kept in the history.
 */
#include "stored.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Entries are small enough for the offsets of a set. */
#define LARGEST INT32_MAX

/* The bits of the flags that this program knows. */
#define KINDS                                                                     \
	(BL_STORED_SECTION | BL_STORED_LOSSES | BL_STORED_PROBE | BL_STORED_END | \
	 BL_STORED_IRREVERSIBLE)
#define FIRST (BL_STORED_SECTION | BL_STORED_IRREVERSIBLE)
#define SECTION_FLAGS                                                 \
	(BOBOLINK_SECTION_PRESENT | BOBOLINK_SECTION_NO_TRANSACTION | \
	 BOBOLINK_SECTION_FOREIGN_KEYS_OFF | BOBOLINK_SECTION_DATA_LOSS)
#define STATEMENT_FLAGS (BOBOLINK_STATEMENT_NO_TRANSACTION | BOBOLINK_STATEMENT_REPEATABLE)

static void add_entry(struct bl_text *text, const char *bytes, uint32_t length, uint32_t a,
		      uint32_t b, uint32_t flags)
{
	char line[80];
	int written =
		snprintf(line, sizeof(line), "-- %" PRIu32 " %" PRIu32 ":%" PRIu32 " %" PRIu32 "\n",
			 length, a, b, flags);

	bl_text_add(text, line, (size_t)written);
	bl_text_add(text, bytes, length);
	bl_text_add(text, "\n", 1);
}

static void add_text(const struct bobolink_set *set, uint32_t index, uint32_t offset, uint32_t a,
		     uint32_t b, uint32_t flags, struct bl_text *text)
{
	const char *bytes = bl_set_text(set, index, offset);

	add_entry(text, bytes, (uint32_t)strlen(bytes), a, b, flags);
}

void bl_stored_write(const struct bobolink_set *set, uint32_t index,
		     const struct bobolink_section *section, struct bl_text *text)
{
	uint32_t why = set->migrations[index].irreversible;

	if (!(section->flags & BOBOLINK_SECTION_PRESENT) && !why)
		return;
	if (!(section->flags & BOBOLINK_SECTION_PRESENT)) {
		add_text(set, index, why, 0, 0, BL_STORED_IRREVERSIBLE, text);
		add_entry(text, "", 0, 0, 0, BL_STORED_END);
		return;
	}
	add_text(set, index, section->file, section->lock_timeout_ms, section->statement_timeout_ms,
		 section->flags | BL_STORED_SECTION, text);
	if (section->losses)
		add_text(set, index, section->losses, 0, 0, BL_STORED_LOSSES, text);
	for (uint32_t i = 0; i < section->count; i++) {
		const struct bobolink_statement *statement =
			bl_set_statement(set, index, section, i);

		add_entry(text, bl_set_text(set, index, statement->text), statement->length,
			  statement->line, statement->column, statement->flags);
		if (statement->probe)
			add_text(set, index, statement->probe, 0, 0, BL_STORED_PROBE, text);
	}
	add_entry(text, "", 0, section->count, 0, BL_STORED_END);
}

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
		return place_statement(stored, entry);
	case BL_STORED_END:
		return entry->length == 0 && entry->a == down->count;
	default:
		break;
	}
	if (entry->flags == BL_STORED_LOSSES && !last && !down->losses) {
		down->losses = entry->offset;
		return true;
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
