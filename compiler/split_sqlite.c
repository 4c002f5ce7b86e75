/*
 * SQLite's rules of splitting.
 *
 * Only a trigger's body holds semicolons of its own, and only `; END ;` ends one: CASE … END inside
 * it never follows a semicolon. SQLite's shell splits by the same rule (sqlite3_complete), which is
 * asked about every statement.
 */
#include "split_sqlite.h"

#ifdef BOBOLINK_WITH_SQLITE
#include <sqlite3.h>
#endif

#include "statement.h"

/* The first token from `i` on that is no comment. */
static uint32_t skip_comments(const struct tokens *tokens, uint32_t i)
{
	while (statement_is_comment(tokens->items[i]))
		i++;
	return i;
}

static bool is_word(const struct source *source, const struct tokens *tokens, uint32_t i,
		    const char *word)
{
	return statement_is(source, tokens->items[i], word);
}

/* Moves `i` over the word and the comments after it, if the word stands there. */
static bool accept(const struct source *source, const struct tokens *tokens, uint32_t *i,
		   const char *word)
{
	if (!is_word(source, tokens, *i, word))
		return false;
	*i = skip_comments(tokens, *i + 1);
	return true;
}

/* [EXPLAIN [QUERY PLAN]] CREATE [TEMP | TEMPORARY] TRIGGER */
static bool is_trigger(const struct source *source, const struct tokens *tokens, uint32_t i)
{
	if (accept(source, tokens, &i, "EXPLAIN") && accept(source, tokens, &i, "QUERY"))
		accept(source, tokens, &i, "PLAN");
	if (!accept(source, tokens, &i, "CREATE"))
		return false;
	if (!accept(source, tokens, &i, "TEMP"))
		accept(source, tokens, &i, "TEMPORARY");
	return is_word(source, tokens, i, "TRIGGER");
}

/* A statement that no trigger's body may hold: the one before it was meant to be over. */
static bool is_outside_triggers(const struct source *source, struct token token)
{
	static const char *const words[] = { "ALTER",  "ATTACH", "BEGIN",  "COMMIT",
					     "CREATE", "DROP",	 "PRAGMA", "VACUUM" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (statement_is(source, token, words[i]))
			return true;
	return false;
}

static int report_unterminated(const struct source *source, const struct token *create,
			       struct diagnostics *diag)
{
	diagnostic_at(diag, SEVERITY_ERROR, "unterminated-trigger", source, create->offset,
		      create->length, "the trigger that begins here has no END");
	diagnostic_help(diag, "end its body with END; after the last statement's semicolon");
	return -1;
}

static int report_no_semicolon(const struct source *source, const struct token *end,
			       struct diagnostics *diag)
{
	diagnostic_at(diag, SEVERITY_ERROR, "unterminated-trigger", source, end->offset,
		      end->length, "no semicolon after the END of the trigger");
	diagnostic_help(diag, "write END;");
	return -1;
}

static uint32_t find_semicolon(const struct tokens *tokens, uint32_t i)
{
	while (tokens->items[i].kind != TOKEN_SEMICOLON && tokens->items[i].kind != TOKEN_END)
		i++;
	return i;
}

static bool is_over(const struct tokens *tokens, uint32_t i)
{
	return tokens->items[i].kind == TOKEN_SEMICOLON || tokens->items[i].kind == TOKEN_END;
}

static int trigger_end(const struct source *source, const struct tokens *tokens, uint32_t first,
		       uint32_t *end, struct diagnostics *diag)
{
	uint32_t i = find_semicolon(tokens, first);

	for (; tokens->items[i].kind == TOKEN_SEMICOLON; i = find_semicolon(tokens, i + 1)) {
		uint32_t next = skip_comments(tokens, i + 1);

		if (is_outside_triggers(source, tokens->items[next]))
			break;
		if (!is_word(source, tokens, next, "END"))
			continue;
		*end = skip_comments(tokens, next + 1);
		if (is_over(tokens, *end))
			return 0;
		*end = next + 1;
		return report_no_semicolon(source, &tokens->items[next], diag);
	}
	*end = i;
	return report_unterminated(source, &tokens->items[first], diag);
}

int split_sqlite_end(const struct source *source, const struct tokens *tokens, uint32_t first,
		     uint32_t *end, struct diagnostics *diag)
{
	if (is_trigger(source, tokens, first))
		return trigger_end(source, tokens, first, end, diag);
	*end = find_semicolon(tokens, first);
	return 0;
}

#ifdef BOBOLINK_WITH_SQLITE
/*
 * Does SQLite take the first `length` bytes of the statement and a semicolon for something whole?
 */
static bool is_complete(const struct source *source, const struct statement *statement,
			uint32_t length, struct buffer *scratch)
{
	scratch->length = 0;
	buffer_add(scratch, source->text + statement->offset, length);
	buffer_add(scratch, ";", 1);
	return sqlite3_complete(scratch->text) == 1;
}

int split_sqlite_confirm(const struct source *source, const struct tokens *tokens,
			 const struct statement *statement, struct buffer *scratch,
			 struct diagnostics *diag)
{
	uint32_t inner = find_semicolon(tokens, statement->first_token);
	bool whole = is_complete(source, statement, statement->length, scratch);

	if (inner < statement->first_token + statement->token_count)
		whole = whole &&
			!is_complete(source, statement,
				     tokens->items[inner].offset - statement->offset, scratch);
	if (whole)
		return 0;
	diagnostic_at(diag, SEVERITY_ERROR, "split-mismatch", source, statement->offset,
		      tokens->items[statement->first_token].length,
		      "SQLite does not take this for one whole statement");
	diagnostic_help(diag, "compare it with the grammar on https://www.sqlite.org/lang.html");
	return -1;
}
#else
/* Built without SQLite there is nobody to ask. */
int split_sqlite_confirm(const struct source *source, const struct tokens *tokens,
			 const struct statement *statement, struct buffer *scratch,
			 struct diagnostics *diag)
{
	(void)source;
	(void)tokens;
	(void)statement;
	(void)scratch;
	(void)diag;
	return 0;
}
#endif

/*
 * What SQLite refuses, or leaves undone without a word, while a transaction is open:
 * VACUUM       https://www.sqlite.org/lang_vacuum.html "How VACUUM works"
 * DETACH       https://www.sqlite.org/lang_detach.html; ATTACH beside it, so that both run alone
 * journal_mode https://www.sqlite.org/pragma.html#pragma_journal_mode: the mode stays as it was
 * synchronous  https://www.sqlite.org/pragma.html#pragma_synchronous: an error since 3.7
 * checkpoint   https://www.sqlite.org/pragma.html#pragma_wal_checkpoint: "database table is locked"
 * page_size and auto_vacuum are remembered until the next VACUUM, in a transaction or not.
 */
static bool refuses_transaction(const struct source *source, const struct tokens *tokens,
				const struct statement *statement)
{
	struct pragma pragma;

	if (!statement_pragma(source, tokens, statement, &pragma))
		return statement_starts(source, tokens, statement, "VACUUM") ||
		       statement_starts(source, tokens, statement, "ATTACH") ||
		       statement_starts(source, tokens, statement, "DETACH");
	if (statement_names(source, pragma.name, "WAL_CHECKPOINT"))
		return true;
	return pragma.value.kind != TOKEN_END &&
	       (statement_names(source, pragma.name, "JOURNAL_MODE") ||
		statement_names(source, pragma.name, "SYNCHRONOUS"));
}

/* VACUUM INTO refuses to overwrite what its first run left. */
static bool is_vacuum_into(const struct source *source, const struct tokens *tokens,
			   const struct statement *statement)
{
	return statement_starts(source, tokens, statement, "VACUUM") &&
	       (statement_is(source, statement_word(tokens, statement, 1), "INTO") ||
		statement_is(source, statement_word(tokens, statement, 2), "INTO"));
}

void split_sqlite_classify(const struct source *source, const struct tokens *tokens,
			   struct statement *statement)
{
	statement->no_transaction = refuses_transaction(source, tokens, statement);
	statement->repeatable =
		statement->no_transaction && !is_vacuum_into(source, tokens, statement);
}
