/* SQLite's shadow from inside: what its files share. */
#ifndef SHADOW_SQLITE_H
#define SHADOW_SQLITE_H

#include <sqlite3.h>
#include <time.h>

#include "shadow_run.h"
#include "shadow_sqlite_watch.h"

/* run->own; run->handle is the database in memory. */
struct shadow_sqlite {
	struct shadow_sqlite_watch watch; /* what happened to its schema since it was read last */
	sqlite3 *copy; /* where a proof takes place; NULL: in the database itself */
	struct shadow_sqlite_watch copy_watch;
	struct timespec deadline; /* when what runs is interrupted, where there is a limit */
};

/* The name that a message is about, without its schema; NULL when it has none. */
const char *shadow_sqlite_message_name(const char *message, struct arena *arena);

/* struct shadow_engine, help. */
void shadow_sqlite_help(struct shadow_run *run, const struct section *section,
			const struct statement *statement, const char *message, uint32_t count);

/* struct shadow_engine, reaches_out. */
bool shadow_sqlite_reaches_out(const char *message);

/* struct shadow_engine, prove. */
void shadow_sqlite_copy(struct shadow_run *run, const char *entry, shadow_copy_fn *use,
			void *context);
void shadow_sqlite_prove(struct shadow_proof *proof);

#endif
