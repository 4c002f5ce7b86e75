/* Bodies: what SQLite does not look at when it is created, looked at when the whole set has run. */
#ifndef SHADOW_SQLITE_BODIES_H
#define SHADOW_SQLITE_BODIES_H

#include "shadow_sqlite.h"

/* Views are read, triggers compiled, foreign keys resolved. Each fault is reported at the migration that made it. */
void shadow_sqlite_bodies(struct shadow_run *run);

/* The triggers among them. */
void shadow_sqlite_triggers(struct shadow_run *run);

/* Prepares a statement. NULL when it can run, else SQLite's message in the arena. */
const char *shadow_sqlite_prepare(struct shadow_run *run, const char *sql);
/* A name in double quotes. */
const char *shadow_sqlite_quote(struct shadow_run *run, const char *name);

/*
 * Reports an object whose body is broken, `message` saying why: at the statement that made it or, when what it needs
 * was removed later, at the statement that did that.
 */
void shadow_report_broken(struct shadow_run *run, const char *rule,
			  const struct bobolink_object *object, const char *trouble,
			  const char *message);
/* The same for a body that runs only because SQLite takes a name for a string. */
void shadow_sqlite_report_string(struct shadow_run *run, const struct bobolink_object *object,
				 const char *message);

#endif
