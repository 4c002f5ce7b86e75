/*
 * Double-quoted strings: each statement with a "name" is prepared a second time with them turned off.
 *
 * What then fails at such a token was a string until now, and most often a misspelt column.
 */
#include "shadow_sqlite_strings.h"

#include <string.h>

#include "shadow_explain.h"
#include "shadow_place.h"
#include "statement.h"

#ifdef SQLITE_DBCONFIG_DQS_DDL
bool shadow_sqlite_strings_off(sqlite3 *db, struct shadow_sqlite_strings *before)
{
	if (sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, -1, &before->ddl) != SQLITE_OK ||
	    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, -1, &before->dml) != SQLITE_OK)
		return false;
	sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	return true;
}

void shadow_sqlite_strings_restore(sqlite3 *db, const struct shadow_sqlite_strings *before)
{
	sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, before->ddl, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, before->dml, NULL);
}
#else
bool shadow_sqlite_strings_off(sqlite3 *db, struct shadow_sqlite_strings *before)
{
	(void)db;
	(void)before;
	return false;
}

void shadow_sqlite_strings_restore(sqlite3 *db, const struct shadow_sqlite_strings *before)
{
	(void)db;
	(void)before;
}
#endif

static bool is_double_quoted(const struct source *source, struct token token)
{
	return token.kind == TOKEN_QUOTED && source->text[token.offset] == '"';
}

static bool has_double_quoted(const struct section *section, const struct statement *statement)
{
	const struct token *token = &section->tokens->items[statement->first_token];
	const struct token *end = token + statement->token_count;

	while (token < end && !is_double_quoted(section->source, *token))
		token++;
	return token < end;
}

const struct token *shadow_sqlite_strings_find(struct shadow_run *run,
					       const struct section *section,
					       const struct statement *statement, const char *name)
{
	const struct token *token = &section->tokens->items[statement->first_token];
	const struct token *end = token + statement->token_count;

	for (; token < end; token++) {
		if (is_double_quoted(section->source, *token) &&
		    strcmp(statement_name(section->source, *token, run->arena), name) == 0)
			return token;
	}
	return NULL;
}

void shadow_sqlite_strings_report(struct shadow_run *run, const struct migration *migration,
				  const struct section *section, const struct statement *statement,
				  const struct token *token)
{
	const char *name = statement_name(section->source, *token, run->arena);
	const struct bobolink_object *column = shadow_near_column(run, section, statement, name);

	diagnostic_at(run->diag, shadow_severity(migration), "double-quoted-string",
		      section->source, token->offset, token->length,
		      "no column is named \"%s\", so SQLite takes it for a string", name);
	if (column)
		diagnostic_help(run->diag,
				"the table \"%s\" has a column \"%s\"; a string stands in single "
				"quotes",
				column->parent, column->name);
	else
		diagnostic_help(run->diag, "write '%s' for the string", name);
}

/* Prepares without running. Returns SQLite's code; `offset` is where it stopped, -1 when not known. */
static int prepare(sqlite3 *db, const char *text, uint32_t length, int *offset)
{
	sqlite3_stmt *prepared = NULL;
	int rc = sqlite3_prepare_v2(db, text, (int)length, &prepared, NULL);

	*offset = -1;
#if SQLITE_VERSION_NUMBER >= 3038000
	if (rc != SQLITE_OK)
		*offset = sqlite3_error_offset(db);
#endif
	sqlite3_finalize(prepared);
	return rc;
}

/* The token that stopped the statement without such strings, or NULL. */
static const struct token *find_string(struct shadow_run *run, sqlite3 *db,
				       const struct section *section,
				       const struct statement *statement)
{
	const char *text = section->source->text + statement->offset;
	struct shadow_sqlite_strings before;
	const char *name;
	int offset;
	int rc;

	if (prepare(db, text, statement->length, &offset) != SQLITE_OK ||
	    !shadow_sqlite_strings_off(db, &before))
		return NULL;
	rc = prepare(db, text, statement->length, &offset);
	name = rc == SQLITE_OK ? NULL : shadow_sqlite_message_name(sqlite3_errmsg(db), run->arena);
	shadow_sqlite_strings_restore(db, &before);
	if (rc == SQLITE_OK)
		return NULL;
	if (offset >= 0) {
		struct shadow_place place = shadow_place_of(run, section, statement, offset, "");
		const struct token *token = section->tokens->items + statement->first_token;

		while (token->offset < place.offset)
			token++;
		if (is_double_quoted(section->source, *token))
			return token;
	}
	return name ? shadow_sqlite_strings_find(run, section, statement, name) : NULL;
}

void shadow_sqlite_strings_check(struct shadow_run *run, sqlite3 *db,
				 const struct migration *migration, const struct section *section,
				 const struct statement *statement)
{
	const struct token *token;

	/* Some pragmas take effect when they are prepared. */
	if (!has_double_quoted(section, statement) ||
	    statement_starts(section->source, section->tokens, statement, "PRAGMA"))
		return;
	token = find_string(run, db, section, statement);
	if (token)
		shadow_sqlite_strings_report(run, migration, section, statement, token);
}
