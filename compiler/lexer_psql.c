/*
 * psql: files written for it hold more than SQL.
 *
 * A line that begins with a backslash is a command to psql, and the lines after COPY … FROM stdin
 * are data up to a line \. of its own. The server sees neither, so a migration cannot contain them;
 * each is reported with what to write instead, and the data are stepped over.
 */
#include "lexer_psql.h"

#include <string.h>

#include "statement.h"

struct command {
	const char *name;
	const char *help;
};

static const struct command commands[] = {
	{ "c", "delete it: the program that migrates says which database" },
	{ "connect", "delete it: the program that migrates says which database" },
	{ "copy", "write INSERT INTO table (column, …) VALUES (…), (…);" },
	{ "i", "put the statements of that file here" },
	{ "ir", "put the statements of that file here" },
	{ "include", "put the statements of that file here" },
	{ "include_relative", "put the statements of that file here" },
	{ "echo", "delete it, or write DO $$BEGIN RAISE NOTICE 'text'; END$$;" },
	{ "qecho", "delete it, or write DO $$BEGIN RAISE NOTICE 'text'; END$$;" },
	{ "warn", "delete it, or write DO $$BEGIN RAISE WARNING 'text'; END$$;" },
	{ "set", "write the value itself where the variable stands" },
	{ "gset", "end the statement with a semicolon, and use the query itself where the "
		  "variable stands" },
	{ "g", "end the statement with a semicolon" },
	{ "gx", "end the statement with a semicolon" },
	{ "gexec", "write DO $$…$$ with a loop over the query and EXECUTE" },
	{ "if", "write DO $$BEGIN IF condition THEN …; END IF; END$$;" },
	{ "elif", "write DO $$BEGIN IF condition THEN …; END IF; END$$;" },
	{ "else", "write DO $$BEGIN IF condition THEN …; END IF; END$$;" },
	{ "endif", "write DO $$BEGIN IF condition THEN …; END IF; END$$;" },
	{ "restrict", "delete it: pg_dump writes it for psql" },
	{ "unrestrict", "delete it: pg_dump writes it for psql" },
	{ "encoding", "delete it: migrations are UTF-8" },
	{ ".", "delete it and the data before it; write INSERT INTO table VALUES (…);" },
};

static size_t name_length(const char *token)
{
	size_t length = strspn(token + 1, "abcdefghijklmnopqrstuvwxyz"
					  "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");

	return length ? length : 1;
}

/* In the middle of a line only \g and its kin are common; there a backslash is a slip instead. */
bool lexer_psql_begins(const char *text, const char *token)
{
	const char *c = token;

	while (c > text && (c[-1] == ' ' || c[-1] == '\t'))
		c--;
	return c == text || c[-1] == '\n' || c[-1] == '\r' || token[1] == 'g';
}

static const char *help_for(const char *name, size_t length)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (strlen(commands[i].name) == length &&
		    strncmp(commands[i].name, name, length) == 0)
			return commands[i].help;
	return "delete it: a migration holds SQL only";
}

void lexer_psql_report(const struct source *source, const char *token, struct diagnostics *diag)
{
	size_t length = name_length(token);

	diagnostic_at(diag, SEVERITY_ERROR, "psql-command", source,
		      (uint32_t)(token - source->text), (uint32_t)length + 1,
		      "\\%.*s is a command of psql, which the server does not know", (int)length,
		      token + 1);
	diagnostic_help(diag, "%s", help_for(token + 1, length));
}

static void report_copy(const struct source *source, struct token direction, struct token stream,
			bool from, struct diagnostics *diag)
{
	diagnostic_at(diag, SEVERITY_ERROR, "copy-through-client", source, direction.offset,
		      stream.offset + stream.length - direction.offset, "%s",
		      from ? "COPY reads rows from the client, and nobody sends any"
			   : "COPY writes rows to the client, and nobody reads them");
	diagnostic_help(diag, "%s",
			from ? "write INSERT INTO table (column, …) VALUES (…), (…);"
			     : "delete it");
}

enum lexer_copy lexer_psql_copy(const struct source *source, const struct tokens *tokens,
				uint32_t first, struct diagnostics *diag)
{
	struct token before = { TOKEN_END, 0, 0 };

	while (first < tokens->count && statement_is_comment(tokens->items[first]))
		first++;
	if (first == tokens->count || !statement_is(source, tokens->items[first], "COPY"))
		return COPY_NONE;
	for (uint32_t i = first; i < tokens->count; i++) {
		struct token token = tokens->items[i];
		bool from = statement_is(source, before, "FROM");

		if (statement_is_comment(token))
			continue;
		if ((from || statement_is(source, before, "TO")) &&
		    (statement_is(source, token, "STDIN") ||
		     statement_is(source, token, "STDOUT"))) {
			report_copy(source, before, token, from, diag);
			return from ? COPY_IN : COPY_OUT;
		}
		before = token;
	}
	return COPY_NONE;
}

const char *lexer_psql_data_end(const char *cursor)
{
	while ((cursor = strchr(cursor, '\n'))) {
		cursor++;
		if (cursor[0] == '\\' && cursor[1] == '.' &&
		    (cursor[2] == '\n' || cursor[2] == '\0'))
			return cursor + 2;
	}
	return NULL;
}
