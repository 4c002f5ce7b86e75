/*
 * Stored: writes the SQL that is kept in the history.
 */
#include "stored.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

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
	if (section->call) {
		const char *name = set->calls[section->call - 1].name;

		add_entry(text, name, (uint32_t)strlen(name), 0, 0, BL_STORED_CALL);
	}
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
