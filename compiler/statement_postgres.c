/*
 * Statement, PostgreSQL: facts that follow from the leading words alone.
 *
 * What the server refuses inside a transaction block, from the notes of each command's page at
 * https://www.postgresql.org/docs/current/sql-commands.html. Two refusals depend on the table and
 * not on the words (REINDEX and CLUSTER of a partitioned one), so only a server finds them. Further
 * facts that words decide belong here, each a function that returns what its caller needs.
 */
#include "statement_postgres.h"

#include <string.h>
#include <strings.h>

#include "statement.h"

/* The significant tokens of one statement, read from left to right. */
struct reader {
	const struct source *source;
	const struct tokens *tokens;
	uint32_t next;
	uint32_t end;
};

static struct reader reader_of(const struct source *source, const struct tokens *tokens,
			       const struct statement *statement)
{
	return (struct reader){ source, tokens, statement->first_token,
				statement->first_token + statement->token_count };
}

static struct token peek(struct reader *reader)
{
	while (reader->next < reader->end &&
	       statement_is_comment(reader->tokens->items[reader->next]))
		reader->next++;
	if (reader->next == reader->end)
		return (struct token){ TOKEN_END, 0, 0 };
	return reader->tokens->items[reader->next];
}

static bool accept(struct reader *reader, const char *word)
{
	if (!statement_is(reader->source, peek(reader), word))
		return false;
	reader->next++;
	return true;
}

/* Is the value of an option, from where the reader stands, given as off? `= false`, `off`, `0` */
static bool is_off(struct reader reader)
{
	struct token token = peek(&reader);

	if (token.kind == TOKEN_OPERATOR) {
		reader.next++;
		token = peek(&reader);
	}
	return statement_names(reader.source, token, "FALSE") ||
	       statement_names(reader.source, token, "OFF") ||
	       (token.kind == TOKEN_NUMBER && reader.source->text[token.offset] == '0');
}

enum option {
	OPTION_ABSENT,
	OPTION_OFF,
	OPTION_ON,
};

/* An option by its name in the rest of the statement; the reader stays where it is. */
static enum option find_option(struct reader reader, const char *name)
{
	while (peek(&reader).kind != TOKEN_END) {
		if (accept(&reader, name))
			return is_off(reader) ? OPTION_OFF : OPTION_ON;
		reader.next++;
	}
	return OPTION_ABSENT;
}

/* Steps over a list of options in parentheses; true when one of them is `name` and is on. */
static bool skip_options(struct reader *reader, const char *name)
{
	bool on = false;

	if (peek(reader).kind != TOKEN_LEFT)
		return false;
	while (peek(reader).kind != TOKEN_END && peek(reader).kind != TOKEN_RIGHT) {
		if (accept(reader, name))
			on = !is_off(*reader);
		else
			reader->next++;
	}
	if (peek(reader).kind == TOKEN_RIGHT)
		reader->next++;
	return on;
}

static const char *refuses_create(struct reader *reader)
{
	if (accept(reader, "DATABASE"))
		return "CREATE DATABASE";
	if (accept(reader, "TABLESPACE"))
		return "CREATE TABLESPACE";
	/* Only one that makes a slot on the other server, which connect and create_slot decide. */
	if (accept(reader, "SUBSCRIPTION"))
		return find_option(*reader, "create_slot") == OPTION_OFF ||
				       find_option(*reader, "connect") == OPTION_OFF
			       ? NULL
			       : "CREATE SUBSCRIPTION";
	accept(reader, "UNIQUE");
	if (accept(reader, "INDEX") && accept(reader, "CONCURRENTLY"))
		return "CREATE INDEX CONCURRENTLY";
	return NULL;
}

static const char *refuses_drop(struct reader *reader)
{
	if (accept(reader, "DATABASE"))
		return "DROP DATABASE";
	if (accept(reader, "TABLESPACE"))
		return "DROP TABLESPACE";
	/* One without a slot would not be refused, but who has one is written nowhere in it. */
	if (accept(reader, "SUBSCRIPTION"))
		return "DROP SUBSCRIPTION";
	if (accept(reader, "INDEX") && accept(reader, "CONCURRENTLY"))
		return "DROP INDEX CONCURRENTLY";
	return NULL;
}

/* DETACH PARTITION name CONCURRENTLY stands last, and alone. */
static const char *refuses_alter_table(struct reader *reader)
{
	while (peek(reader).kind != TOKEN_END) {
		if (!accept(reader, "DETACH")) {
			reader->next++;
			continue;
		}
		if (accept(reader, "PARTITION") &&
		    find_option(*reader, "CONCURRENTLY") != OPTION_ABSENT)
			return "ALTER TABLE … DETACH PARTITION … CONCURRENTLY";
	}
	return NULL;
}

/* Those that fetch the list of tables from the other server. */
static const char *refuses_alter_subscription(struct reader *reader)
{
	reader->next++;
	if (accept(reader, "REFRESH"))
		return "ALTER SUBSCRIPTION … REFRESH PUBLICATION";
	if (!accept(reader, "SET") && !accept(reader, "ADD") && !accept(reader, "DROP"))
		return NULL;
	if (!accept(reader, "PUBLICATION") || find_option(*reader, "refresh") == OPTION_OFF)
		return NULL;
	return "ALTER SUBSCRIPTION … PUBLICATION with refresh";
}

static const char *refuses_alter(struct reader *reader)
{
	if (accept(reader, "SYSTEM"))
		return "ALTER SYSTEM";
	if (accept(reader, "TABLE"))
		return refuses_alter_table(reader);
	if (accept(reader, "SUBSCRIPTION"))
		return refuses_alter_subscription(reader);
	if (!accept(reader, "DATABASE") || peek(reader).kind == TOKEN_END)
		return NULL;
	reader->next++;
	return accept(reader, "SET") && accept(reader, "TABLESPACE")
		       ? "ALTER DATABASE … SET TABLESPACE"
		       : NULL;
}

static const char *refuses_reindex(struct reader *reader)
{
	bool concurrently = skip_options(reader, "CONCURRENTLY");

	if (accept(reader, "DATABASE"))
		return "REINDEX DATABASE";
	if (accept(reader, "SYSTEM"))
		return "REINDEX SYSTEM";
	if (accept(reader, "SCHEMA"))
		return "REINDEX SCHEMA";
	if (accept(reader, "TABLE") || accept(reader, "INDEX"))
		concurrently |= accept(reader, "CONCURRENTLY");
	return concurrently ? "REINDEX CONCURRENTLY" : NULL;
}

/* Without a table it goes through all of them, in a transaction each. */
static const char *refuses_cluster(struct reader *reader)
{
	skip_options(reader, "VERBOSE");
	accept(reader, "VERBOSE");
	return peek(reader).kind == TOKEN_END ? "CLUSTER without a table" : NULL;
}

const char *statement_postgres_refuses(const struct source *source, const struct tokens *tokens,
				       const struct statement *statement)
{
	struct reader reader = reader_of(source, tokens, statement);

	if (accept(&reader, "CREATE"))
		return refuses_create(&reader);
	if (accept(&reader, "DROP"))
		return refuses_drop(&reader);
	if (accept(&reader, "ALTER"))
		return refuses_alter(&reader);
	if (accept(&reader, "REINDEX"))
		return refuses_reindex(&reader);
	if (accept(&reader, "CLUSTER"))
		return refuses_cluster(&reader);
	if (accept(&reader, "VACUUM"))
		return "VACUUM";
	if (accept(&reader, "DISCARD") && accept(&reader, "ALL"))
		return "DISCARD ALL";
	return NULL;
}

/*
 * What CREATE makes is there the second time, and what DROP drops is not, unless IF EXISTS says so.
 * IF NOT EXISTS does not help: a build of an index that was cut off leaves an invalid one.
 */
bool statement_postgres_repeats(const struct source *source, const struct tokens *tokens,
				const struct statement *statement)
{
	struct reader reader = reader_of(source, tokens, statement);

	if (accept(&reader, "DROP")) {
		reader.next++;
		accept(&reader, "CONCURRENTLY");
		return accept(&reader, "IF") && accept(&reader, "EXISTS");
	}
	if (accept(&reader, "ALTER"))
		return accept(&reader, "SYSTEM") || accept(&reader, "DATABASE");
	return accept(&reader, "VACUUM") || accept(&reader, "REINDEX") ||
	       accept(&reader, "CLUSTER") || accept(&reader, "DISCARD");
}

/* Anywhere in the token, capitals or not; a comment in a body is no matter. */
static bool says(const struct source *source, struct token token, const char *word)
{
	const char *text = source->text + token.offset;
	size_t length = strlen(word);

	for (size_t i = 0; i + length <= token.length; i++)
		if (strncasecmp(text + i, word, length) == 0)
			return true;
	return false;
}

bool statement_postgres_commits(const struct source *source, const struct tokens *tokens,
				const struct statement *statement)
{
	struct reader reader = reader_of(source, tokens, statement);

	if (accept(&reader, "CALL"))
		return true;
	if (!accept(&reader, "DO"))
		return false;
	for (; peek(&reader).kind != TOKEN_END; reader.next++)
		if (says(source, peek(&reader), "commit") ||
		    says(source, peek(&reader), "rollback"))
			return true;
	return false;
}

bool statement_postgres_binds(const struct source *source, const struct tokens *tokens,
			      const struct statement *statement)
{
	struct reader reader = reader_of(source, tokens, statement);

	if (accept(&reader, "PREPARE"))
		return true;
	if (!accept(&reader, "CREATE"))
		return false;
	if (accept(&reader, "OR"))
		accept(&reader, "REPLACE");
	return accept(&reader, "FUNCTION") || accept(&reader, "PROCEDURE");
}
