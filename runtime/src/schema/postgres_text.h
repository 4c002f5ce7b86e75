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
 * either type are no difference.
 */
bool bl_postgres_same(const char *one, const char *other);

/*
 * True when a table or what is stored with an index, differs in nothing but its storage parameters (fillfactor,
 * autovacuum_enabled): who tunes a database sets those, and they change no result. Those of views do.
 */
bool bl_postgres_is_tuned(const struct bobolink_object *one, const struct bobolink_object *other);

#endif
