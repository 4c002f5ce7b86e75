/* Texts that PostgreSQL renders from its catalogue, made independent of the server's version. */
#ifndef BL_SCHEMA_POSTGRES_TEXT_H
#define BL_SCHEMA_POSTGRES_TEXT_H

#include <bobolink/schema.h>

#include "../memory.h"

/*
 * Adds the canonical form of a rendered definition: names in quotes only where every version needs
 * them, and functions that newer servers write in the words of the SQL standard as plain calls.
 */
void bl_postgres_canonical(struct bl_text *out, const char *text);

/*
 * True when two definitions are the same, or end in texts of different server versions, which
 * cannot be compared, and are the same up to there. What EXTRACT gives has another type since version 14: then casts to
 * either type are no difference, nor is the type of a view's column.
 */
bool bl_postgres_same(const char *one, const char *other);

/*
 * True when what differs belongs to the place and not to the schema: storage parameters of a table or an index
 * (fillfactor, autovacuum_enabled), which change no result, as those of views do; and a moment that was written without a
 * time zone, and is another one where the session has another.
 */
bool bl_postgres_same_elsewhere(const struct bobolink_object *one,
				const struct bobolink_object *other);

#endif
