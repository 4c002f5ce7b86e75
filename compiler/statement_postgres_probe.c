/*
 * Statement, PostgreSQL: how to find out whether one outside a transaction was done.
 *
 * Such a statement commits by itself, so a program that was killed does not know whether it was. The
 * catalogue does. The query runs with the search_path of the application: names are looked up as
 * the statement itself would look them up, while every function, operator, type and table of the query
 * is named in full, so that nothing planted in a schema is called. Names from the statement stand in it
 * as strings, which the server reads and quotes.
 */
#include "statement_postgres_probe.h"

#include <string.h>

#include "statement.h"

#define EQ     " OPERATOR(pg_catalog.=) "
#define REGEX  " OPERATOR(pg_catalog.~) "
#define CLASS  "pg_catalog.to_regclass(%s)"
#define CONCAT "pg_catalog.concat("
/* The name of class `c` in schema `n`, quoted. */
#define QUALIFIED "pg_catalog.quote_ident(n.nspname), '.', pg_catalog.quote_ident(c.relname)"

/*
 * Done is an index of this name on this table that is valid. An invalid one is the rest of a build that
 * was interrupted. Another relation of this name is left to the statement, which says so.
 */
#define CREATE_INDEX                                                              \
	"SELECT coalesce((SELECT CASE WHEN i.indisvalid THEN 'done' ELSE " CONCAT \
	"'DROP INDEX CONCURRENTLY ', " QUALIFIED ") END"                          \
	" FROM pg_catalog.pg_class t"                                             \
	" JOIN pg_catalog.pg_namespace n ON n.oid" EQ "t.relnamespace"            \
	" JOIN pg_catalog.pg_index i ON i.indrelid" EQ "t.oid"                    \
	" JOIN pg_catalog.pg_class c ON c.oid" EQ "i.indexrelid"                  \
	" WHERE t.oid" EQ CLASS " AND c.oid" EQ "pg_catalog.to_regclass(" CONCAT  \
	"pg_catalog.quote_ident(n.nspname), '.', %s))), 'absent')"

#define DROP_INDEX "SELECT CASE WHEN " CLASS " IS NULL THEN 'done' ELSE 'absent' END"

/* What REINDEX was building beside an index, or had replaced by it, when it was interrupted. */
#define REINDEX                                                                        \
	"SELECT coalesce((SELECT " CONCAT "'DROP INDEX CONCURRENTLY ', " QUALIFIED ")" \
	" FROM pg_catalog.pg_index i"                                                  \
	" JOIN pg_catalog.pg_class c ON c.oid" EQ "i.indexrelid"                       \
	" JOIN pg_catalog.pg_namespace n ON n.oid" EQ "c.relnamespace"                 \
	" WHERE NOT i.indisvalid AND c.relname" REGEX "'_cc(new|old)[0-9]*$'"          \
	" AND i.indrelid" EQ "%s ORDER BY c.oid USING OPERATOR(pg_catalog.<) LIMIT 1), 'absent')"

#define TABLE_OF_INDEX \
	"(SELECT x.indrelid FROM pg_catalog.pg_index x WHERE x.indexrelid" EQ CLASS ")"

/*
 * Without a row in pg_inherits the partition is on its own. Tables that are not there are left to the
 * statement.
 */
#define DETACH                                                                     \
	"SELECT CASE WHEN " CLASS " IS NULL OR " CLASS " IS NULL THEN 'absent'"    \
	" ELSE coalesce((SELECT CASE WHEN h.inhdetachpending THEN " CONCAT         \
	"'ALTER TABLE ', h.inhparent::pg_catalog.regclass, ' DETACH PARTITION ', " \
	"h.inhrelid::pg_catalog.regclass, ' FINALIZE') ELSE 'absent' END"          \
	" FROM pg_catalog.pg_inherits h"                                           \
	" WHERE h.inhparent" EQ CLASS " AND h.inhrelid" EQ CLASS "), 'done') END"

#define EXISTS_THEN "SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.%s o WHERE o.%s" EQ "%s%s)"
#define PRESENT	    EXISTS_THEN " THEN '%s' ELSE '%s' END"

/* The words of one statement, read from left to right. */
struct reader {
	const struct source *source;
	const struct tokens *tokens;
	const struct statement *statement;
	struct arena *arena;
	uint32_t next;
};

static struct token peek(const struct reader *reader)
{
	return statement_word(reader->tokens, reader->statement, reader->next);
}

static bool accept(struct reader *reader, const char *word)
{
	if (!statement_is(reader->source, peek(reader), word))
		return false;
	reader->next++;
	return true;
}

/* The statement up to `word`, which is stepped over; false at its end. */
static bool seek(struct reader *reader, const char *word)
{
	while (peek(reader).kind != TOKEN_END) {
		if (accept(reader, word))
			return true;
		reader->next++;
	}
	return false;
}

/* An escape string: it means the same whatever standard_conforming_strings says. */
static char *literal(struct arena *arena, const char *text)
{
	char *out = arena_alloc(arena, strlen(text) * 2 + 4, 1);
	size_t length = 0;

	out[length++] = 'E';
	out[length++] = '\'';
	for (; *text; text++) {
		if (*text == '\'' || *text == '\\')
			out[length++] = *text;
		out[length++] = *text;
	}
	out[length] = '\'';
	return out;
}

/* U&"…" has escapes that to_regclass does not read. */
static bool is_plain_name(const struct reader *reader, struct token token)
{
	return token.kind == TOKEN_WORD ||
	       (token.kind == TOKEN_QUOTED && reader->source->text[token.offset] == '"');
}

/* A name as it is written, qualified or not, as a string; NULL when there is none. */
static const char *read_name(struct reader *reader)
{
	const char *name = "";

	for (;;) {
		struct token token = peek(reader);

		if (!is_plain_name(reader, token))
			return NULL;
		name = arena_format(reader->arena, "%s%.*s", name, (int)token.length,
				    reader->source->text + token.offset);
		reader->next++;
		if (peek(reader).kind != TOKEN_DOT)
			return literal(reader->arena, name);
		name = arena_format(reader->arena, "%s.", name);
		reader->next++;
	}
}

/* A name that cannot be qualified, as the catalogue spells it, as a string. */
static const char *read_plain_name(struct reader *reader)
{
	struct token token = peek(reader);
	char *name;

	if (!is_plain_name(reader, token))
		return NULL;
	name = statement_name(reader->source, token, reader->arena);
	for (char *c = name; token.kind == TOKEN_WORD && *c; c++)
		*c = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
	reader->next++;
	return literal(reader->arena, name);
}

static const char *probe_create_index(struct reader *reader)
{
	const char *index;
	const char *table;

	if (accept(reader, "IF")) {
		accept(reader, "NOT");
		accept(reader, "EXISTS");
	}
	if (statement_is(reader->source, peek(reader), "ON"))
		return NULL;
	index = read_name(reader);
	if (!index || !accept(reader, "ON"))
		return NULL;
	accept(reader, "ONLY");
	table = read_name(reader);
	return table ? arena_format(reader->arena, CREATE_INDEX, table, index) : NULL;
}

/* What stands in pg_database and the like under its plain name. */
struct shared {
	const char *word;
	const char *catalog;
	const char *column;
	const char *condition; /* further, with the AND in front */
};

static const struct shared shared[] = {
	{ "DATABASE", "pg_database", "datname", "" },
	{ "TABLESPACE", "pg_tablespace", "spcname", "" },
	{ "SUBSCRIPTION", "pg_subscription", "subname",
	  " AND o.subdbid" EQ "(SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname" EQ
	  "pg_catalog.current_database())" },
};

static const char *probe_shared(struct reader *reader, const char *present, const char *missing)
{
	for (size_t i = 0; i < sizeof(shared) / sizeof(*shared); i++) {
		const char *name;

		if (!accept(reader, shared[i].word))
			continue;
		name = read_plain_name(reader);
		if (!name)
			return NULL;
		return arena_format(reader->arena, PRESENT, shared[i].catalog, shared[i].column,
				    name, shared[i].condition, present, missing);
	}
	return NULL;
}

static const char *probe_create(struct reader *reader)
{
	accept(reader, "UNIQUE");
	if (accept(reader, "INDEX"))
		return accept(reader, "CONCURRENTLY") ? probe_create_index(reader) : NULL;
	return probe_shared(reader, "done", "absent");
}

/* One with IF EXISTS may simply be repeated. */
static const char *probe_drop(struct reader *reader)
{
	const char *name;

	if (!accept(reader, "INDEX"))
		return probe_shared(reader, "absent", "done");
	accept(reader, "CONCURRENTLY");
	name = read_name(reader);
	return name ? arena_format(reader->arena, DROP_INDEX, name) : NULL;
}

static const char *probe_detach(struct reader *reader)
{
	const char *parent;
	const char *partition;

	if (!accept(reader, "TABLE"))
		return NULL;
	if (accept(reader, "IF"))
		accept(reader, "EXISTS");
	accept(reader, "ONLY");
	parent = read_name(reader);
	if (!parent || !seek(reader, "DETACH") || !accept(reader, "PARTITION"))
		return NULL;
	partition = read_name(reader);
	if (!partition)
		return NULL;
	return arena_format(reader->arena, DETACH, parent, partition, parent, partition);
}

/* Of a schema or database as a whole, what is left may belong to somebody who is building it. */
static const char *probe_reindex(struct reader *reader)
{
	const char *name;
	bool index;

	if (peek(reader).kind == TOKEN_LEFT) {
		while (peek(reader).kind != TOKEN_RIGHT && peek(reader).kind != TOKEN_END)
			reader->next++;
		reader->next++;
	}
	index = accept(reader, "INDEX");
	if (!index && !accept(reader, "TABLE"))
		return NULL;
	accept(reader, "CONCURRENTLY");
	name = read_name(reader);
	if (!name)
		return NULL;
	name = arena_format(reader->arena, index ? TABLE_OF_INDEX : CLASS, name);
	return arena_format(reader->arena, REINDEX, name);
}

const char *statement_postgres_probe(const struct source *source, const struct tokens *tokens,
				     const struct statement *statement, struct arena *arena)
{
	struct reader reader = { source, tokens, statement, arena, 0 };

	if (accept(&reader, "CREATE"))
		return probe_create(&reader);
	if (accept(&reader, "DROP"))
		return statement->repeatable ? NULL : probe_drop(&reader);
	if (accept(&reader, "ALTER"))
		return probe_detach(&reader);
	if (accept(&reader, "REINDEX"))
		return probe_reindex(&reader);
	return NULL;
}
