/* Initialised clusters kept for the next run: initdb takes half a second, a copy a tenth of it. */
#ifndef SERVER_CACHE_H
#define SERVER_CACHE_H

#include "server_process.h"
#include "support/arena.h"

/*
 * The folder in which the cluster made by these programs, called `version`, with these options is
 * kept, or NULL where nothing can be kept safely. What it names need not exist yet.
 */
const char *server_cache_entry(const char *bindir, const char *version, const char *options,
			       struct arena *arena);

/* Copies the cluster to `data` and gives it to the user. Returns 0; -1 when there is none or a damaged one. */
int server_cache_load(const char *entry, const char *data, const struct server_user *user,
		      struct arena *arena);

/* Keeps a copy of a cluster that is not running, whole or not at all. */
void server_cache_store(const char *entry, const char *data, struct arena *arena);

void server_cache_forget(const char *entry);

#endif
