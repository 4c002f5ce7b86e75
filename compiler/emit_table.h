/* Emit, the tables: migrations, or scripts, with their texts and statements in chunks. */
#ifndef EMIT_TABLE_H
#define EMIT_TABLE_H

#include <stdint.h>

#include <bobolink/migrations.h>

#include "support/buffer.h"

/* A table of an image, and where it is printed. */
struct emit_table {
	const char *set;    /* the set's name */
	const char *prefix; /* of the names of its objects: "", "script_" */
	const char *name;   /* of the table itself */
	const struct bobolink_migration *items;
	const struct bobolink_script *settings; /* of scripts; NULL for migrations */
	const struct bobolink_chunk *chunks;
	uint32_t count;
	uint32_t fix_count; /* those of the scripts that are fixes; they stand first */
	struct buffer *out;
};

struct emit_flag {
	uint32_t flag;
	const char *name;
};

/* Prints texts, statements, items, settings and chunks; nothing for a table without items. */
void emit_table(const struct emit_table *table);

/* `.flags = A | B`, with `before` in front of it and `after` behind; nothing when no flag is set. */
void emit_flags(struct buffer *out, const char *before, uint32_t flags,
		const struct emit_flag *names, const char *after);

#endif
