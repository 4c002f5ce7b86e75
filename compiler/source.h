/* Source: from the bytes of a file to canonical text with a line table. */
#ifndef SOURCE_H
#define SOURCE_H

#include "model.h"
#include "support/arena.h"

/*
 * Takes over `bytes`, which end with a NUL, as the text of the source: drops a byte order mark, turns CRLF into LF (a
 * lone CR stays), and fills the line table. Other members are left alone.
 */
void source_take(struct source *source, char *bytes, size_t length, struct arena *arena);

#endif
