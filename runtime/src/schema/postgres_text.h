/* Texts that PostgreSQL renders from its catalogue, made independent of the server's version. */
#ifndef BL_SCHEMA_POSTGRES_TEXT_H
#define BL_SCHEMA_POSTGRES_TEXT_H

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

#endif
