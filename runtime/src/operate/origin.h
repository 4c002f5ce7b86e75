/*
 * Origin: which database a file in the directory of the backups is a copy of.
 *
 * The directory's file `.origins` has a line for each backup, "<file>\t<database>"; of several about one file the last one
 * counts. A backup without a line, from elsewhere for example, may be of any database.
 */
#ifndef BL_ORIGIN_H
#define BL_ORIGIN_H

#include "../session.h"

#define BL_ORIGIN_SIZE 1024

/* That of the session's connection, or of `url`; "" when it cannot be told. */
void bl_origin_read(const struct bobolink_session *session, const char *url,
		    char text[BL_ORIGIN_SIZE]);
/* Both are known, and not the same. */
bool bl_origin_differs(const char *origin, const char *other);

/* Writes a line about a file that nobody sees yet. -1 with errno. */
int bl_origin_note(struct bl_pool *pool, const char *directory, const char *file,
		   const char *origin);
/* All lines, "" when there are none. BOBOLINK_OK or BOBOLINK_NO_MEMORY; release with bl_text_release. */
int bl_origin_load(const char *directory, struct bl_text *lines);
/* What they say of a file, in the pool; "" for nothing. */
const char *bl_origin_find(const struct bl_text *lines, const char *file, struct bl_pool *pool);

#endif
