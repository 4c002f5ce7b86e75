/* Double-quoted strings: names that SQLite takes for text because nothing has them. */
#ifndef SHADOW_SQLITE_STRINGS_H
#define SHADOW_SQLITE_STRINGS_H

#include "shadow_sqlite.h"

/* Whether "x" may stand for a string on this handle. */
struct shadow_sqlite_strings {
	int ddl;
	int dml;
};

/* Turns them off; what was set before is in `before`. False where this SQLite cannot. */
bool shadow_sqlite_strings_off(sqlite3 *db, struct shadow_sqlite_strings *before);
void shadow_sqlite_strings_restore(sqlite3 *db, const struct shadow_sqlite_strings *before);

/* Reports a double-quoted string in a statement that is about to run on `db`. */
void shadow_sqlite_strings_check(struct shadow_run *run, sqlite3 *db,
				 const struct migration *migration, const struct section *section,
				 const struct statement *statement);

/* Reports one that a message is about, in any statement. */
void shadow_sqlite_strings_report(struct shadow_run *run, const struct migration *migration,
				  const struct section *section, const struct statement *statement,
				  const struct token *token);
/* The double-quoted token of the statement with this name, or NULL. */
const struct token *shadow_sqlite_strings_find(struct shadow_run *run,
					       const struct section *section,
					       const struct statement *statement, const char *name);

#endif
