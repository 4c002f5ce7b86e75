/*
 * Orphans: rows of a migration that refer to a row which no migration makes.
 *
 * SQLite's library does not enforce foreign keys by default, so the shadow accepts such a row; a program that turns them
 * on cannot migrate. The row may stand in the live database, made by the program itself: so this is a note.
 */
#include "shadow_sqlite_orphans.h"

#include <string.h>

#include "shadow_place.h"

/* The last migration whose up writes rows and names the table, and that name; NULL when none does. */
static const struct token *find_writer(const struct set *set, const char *table,
				       const struct migration **writer)
{
	for (uint32_t i = shadow_item_count(set); i-- > 0;) {
		const struct section *section = &shadow_item(set, i)->up;

		for (uint32_t n = section->count; n-- > 0;) {
			const struct statement *statement = &section->statements[n];
			const struct token *token =
				shadow_is_ddl(section, statement)
					? NULL
					: shadow_find_name(section, statement, table);

			if (!token)
				continue;
			*writer = shadow_item(set, i);
			return token;
		}
	}
	return NULL;
}

static void report(struct shadow_run *run, const char *table, const char *parent)
{
	const struct migration *writer = NULL;
	const struct token *token = find_writer(run->set, table, &writer);

	if (!token)
		return;
	diagnostic_at(run->diag, SEVERITY_NOTE, "orphan-row", writer->up.source, token->offset,
		      token->length,
		      "a row of \"%s\" refers to a row of \"%s\" that no migration makes", table,
		      parent);
	diagnostic_help(run->diag,
			"insert the row of \"%s\" first; a program with foreign keys on cannot "
			"run this",
			parent);
}

void shadow_sqlite_orphans(struct shadow_run *run, const char *table)
{
	sqlite3_stmt *statement = NULL;
	int rc = sqlite3_prepare_v2(
		run->handle, "SELECT DISTINCT parent FROM pragma_foreign_key_check(?1, 'main')", -1,
		&statement, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_bind_text(statement, 1, table, -1, SQLITE_STATIC);
	if (rc == SQLITE_OK)
		while ((rc = sqlite3_step(statement)) == SQLITE_ROW)
			report(run, table, (const char *)sqlite3_column_text(statement, 0));
	sqlite3_finalize(statement);
	if (rc == SQLITE_NOMEM)
		arena_exhausted();
}
