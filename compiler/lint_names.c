/*
 * Names, PostgreSQL: tables and columns that running programs know by another name.
 */
#include "lint_context.h"

/* True when the section puts something else in the place of the table: a view, another table. */
static bool is_replaced(const struct lint *lint, uint32_t index, const char *table)
{
	while (++index < lint->count) {
		const struct lint_statement *statement = &lint->statements[index];
		const struct words *words = &statement->words;

		if (statement->action == ACTION_CREATE &&
		    words_names(words, statement->name_word, table))
			return true;
		if (statement->action == ACTION_RENAME_TABLE &&
		    words_names(words, statement->other_word, table))
			return true;
	}
	return false;
}

void lint_names(struct lint *lint, uint32_t index)
{
	const struct lint_statement *statement = &lint->statements[index];

	if (statement->action == ACTION_RENAME_COLUMN &&
	    lint_is_existing(lint, index, statement->name))
		lint_report(lint, RULE_COLUMN_RENAME, statement, statement->other_word,
			    "add a column, write both for one release, and drop the old one later",
			    "programs that are running still use the name \"%s\"",
			    words_name(&statement->words, statement->other_word - 2, lint->arena));
	else if (statement->action == ACTION_RENAME_TABLE &&
		 lint_is_existing(lint, index, statement->name) &&
		 !is_replaced(lint, index, statement->name))
		lint_report(lint, RULE_TABLE_RENAME, statement, statement->other_word,
			    arena_format(lint->arena,
					 "for one release, keep the old name: CREATE VIEW %s AS "
					 "SELECT * FROM %s",
					 statement->name, statement->other),
			    "programs that are running still use the name \"%s\"", statement->name);
}
