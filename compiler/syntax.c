/*
 * Syntax: the grammar's verdict on each statement of a PostgreSQL set.
 *
 * libpg_query is the parser of the server, of one version. It gives up at the first error of a
 * text, so it gets one statement at a time; each must be exactly one to it too, which proves the
 * split. Only its raw parser runs: that keeps its stack on the heap, however deep an expression is,
 * while printing the tree would recurse.
 */
#include "syntax.h"

#include "syntax_help.h"

#ifdef BOBOLINK_WITH_PG_QUERY

#include <pg_query.h>
#include <stdlib.h>
#include <string.h>

#include "statement.h"

struct parsing {
	const struct migration *migration;
	const struct section *section;
	struct arena *arena;
	struct diagnostics *diag;
};

/* How grave the parser's no is. The down of a locked migration may not be mended any more. */
static enum severity verdict(const struct parsing *parsing)
{
	const struct migration *migration = parsing->migration;

	return migration->locked && parsing->section == &migration->down ? SEVERITY_NOTE
									 : SEVERITY_ERROR;
}

/*
 * The statement with blanks for its line comments: this parser, unlike the server's, knows no
 * comment between the lines of a string that goes on.
 */
static char *text_of(const struct parsing *parsing, const struct statement *statement)
{
	const struct section *section = parsing->section;
	char *text = arena_copy(parsing->arena, section->source->text + statement->offset,
				statement->length);

	for (uint32_t i = 0; i < statement->token_count; i++) {
		struct token token = section->tokens->items[statement->first_token + i];

		if (token.kind == TOKEN_LINE_COMMENT)
			memset(text + (token.offset - statement->offset), ' ', token.length);
	}
	return text;
}

/* The byte at which character number `position` (from 1) of the text begins. */
static uint32_t byte_of(const char *text, int position)
{
	const char *c = text;

	for (int i = 1; i < position && *c; i++) {
		c++;
		while (((unsigned char)*c & 0xC0u) == 0x80u)
			c++;
	}
	return (uint32_t)(c - text);
}

/* The token that begins at an offset of the source, or one without a length. */
static struct token token_at(const struct parsing *parsing, const struct statement *statement,
			     uint32_t offset)
{
	const struct tokens *tokens = parsing->section->tokens;

	for (uint32_t i = 0; i < statement->token_count; i++)
		if (tokens->items[statement->first_token + i].offset == offset)
			return tokens->items[statement->first_token + i];
	return (struct token){ TOKEN_END, offset, 0 };
}

static int refuse(const struct parsing *parsing, const struct statement *statement,
		  const char *text, const PgQueryError *error)
{
	const struct source *source = parsing->section->source;
	enum severity severity = verdict(parsing);
	uint32_t offset = statement->offset;
	struct token token;

	if (error->cursorpos > 0)
		offset += byte_of(text, error->cursorpos);
	token = token_at(parsing, statement, offset);
	diagnostic_at(parsing->diag, severity, "syntax-error", source, token.offset, token.length,
		      "%s", error->message);
	diagnostic_help(parsing->diag, "%s",
			syntax_help(parsing->section, statement, token, parsing->arena));
	return severity == SEVERITY_ERROR ? -1 : 0;
}

static int report_split(const struct parsing *parsing, const struct statement *statement)
{
	const struct section *section = parsing->section;

	diagnostic_at(parsing->diag, SEVERITY_ERROR, "split-mismatch", section->source,
		      statement->offset, section->tokens->items[statement->first_token].length,
		      "PostgreSQL's parser does not take this for one whole statement");
	diagnostic_help(parsing->diag, "compare it with the grammar on "
				       "https://www.postgresql.org/docs/current/sql-commands.html");
	return -1;
}

static int parse(const struct parsing *parsing, const struct statement *statement)
{
	char *text = text_of(parsing, statement);
	PgQuerySplitResult result = pg_query_split_with_parser(text);
	int rc = 0;

	if (result.error)
		rc = refuse(parsing, statement, text, result.error);
	else if (result.n_stmts != 1)
		rc = report_split(parsing, statement);
	pg_query_free_split_result(result);
	return rc;
}

static int parse_section(const struct migration *migration, const struct section *section,
			 struct arena *arena, struct diagnostics *diag)
{
	const struct parsing parsing = { migration, section, arena, diag };
	int rc = 0;

	for (uint32_t i = 0; i < section->count; i++)
		rc |= parse(&parsing, &section->statements[i]);
	return rc;
}

static int parse_script(const struct script *script, struct arena *arena, struct diagnostics *diag)
{
	const struct section *const sections[] = { &script->guard, &script->base.up,
						   &script->base.down, &script->given };
	int rc = 0;

	for (size_t i = 0; i < sizeof(sections) / sizeof(*sections); i++)
		rc |= parse_section(&script->base, sections[i], arena, diag);
	return rc;
}

void syntax(struct set *set, struct arena *arena, struct diagnostics *diag)
{
	int rc = 0;

	if (set->database != DATABASE_POSTGRES)
		return;
	for (uint32_t i = 0; i < set->count; i++) {
		const struct migration *migration = &set->migrations[i];

		rc |= parse_section(migration, &migration->up, arena, diag);
		rc |= parse_section(migration, &migration->down, arena, diag);
		rc |= parse_section(migration, &migration->sample, arena, diag);
	}
	for (uint32_t i = 0; i < set->fix_count + set->repeatable_count; i++)
		rc |= parse_script(&set->scripts[i], arena, diag);
	if (rc)
		set->grammar = (int)strtol(PG_MAJORVERSION, NULL, 10);
}

#else

void syntax(struct set *set, struct arena *arena, struct diagnostics *diag)
{
	(void)set;
	(void)arena;
	(void)diag;
}

#endif
