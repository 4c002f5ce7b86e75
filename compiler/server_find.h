/* Where the programs of a PostgreSQL server are. */
#ifndef SERVER_FIND_H
#define SERVER_FIND_H

#include "support/arena.h"

/*
 * The absolute path of a directory with initdb and postgres: `bindir` if it is not NULL, else the
 * first that is found. NULL when there is none; then `*message` says where was looked.
 */
const char *server_find(const char *bindir, struct arena *arena, const char **message);

#endif
