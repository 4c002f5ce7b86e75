/*
 * Column types of PostgreSQL: what a change from one to the other costs.
 *
 * ALTER COLUMN TYPE writes the table anew unless the old values are valid as they stand in the file:
 * https://www.postgresql.org/docs/current/sql-altertable.html (notes). Those are the types that differ
 * in nothing but a limit that becomes wider or goes away, and pairs that are stored alike.
 */
#include "lint_type.h"

#include <stdlib.h>
#include <string.h>

struct alias {
	const char *phrase; /* what is written, in small letters */
	const char *name;   /* the server's own name */
};

static const struct alias aliases[] = {
	{ "bool", "boolean" },
	{ "boolean", "boolean" },
	{ "smallint", "smallint" },
	{ "int2", "smallint" },
	{ "smallserial", "smallint" },
	{ "int", "integer" },
	{ "int4", "integer" },
	{ "integer", "integer" },
	{ "serial", "integer" },
	{ "bigint", "bigint" },
	{ "int8", "bigint" },
	{ "bigserial", "bigint" },
	{ "decimal", "numeric" },
	{ "numeric", "numeric" },
	{ "real", "real" },
	{ "float4", "real" },
	{ "float8", "double precision" },
	{ "double precision", "double precision" },
	{ "text", "text" },
	{ "varchar", "varchar" },
	{ "character varying", "varchar" },
	{ "char", "char" },
	{ "character", "char" },
	{ "citext", "citext" },
	{ "bytea", "bytea" },
	{ "uuid", "uuid" },
	{ "json", "json" },
	{ "jsonb", "jsonb" },
	{ "date", "date" },
	{ "time", "time" },
	{ "time without time zone", "time" },
	{ "timetz", "timetz" },
	{ "time with time zone", "timetz" },
	{ "timestamp", "timestamp" },
	{ "timestamp without time zone", "timestamp" },
	{ "timestamptz", "timestamptz" },
	{ "timestamp with time zone", "timestamptz" },
	{ "interval", "interval" },
	{ "cidr", "cidr" },
	{ "inet", "inet" },
	{ "bit", "bit" },
	{ "varbit", "varbit" },
	{ "bit varying", "varbit" },
};

static void read_arguments(const struct words *words, uint32_t from, uint32_t to,
			   struct column_type *type)
{
	for (; from < to; from++) {
		if (words_token(words, from).kind == TOKEN_NUMBER && type->argument_count < 2)
			type->arguments[type->argument_count++] =
				(uint32_t)strtoul(words_text(words, from), NULL, 10);
	}
}

static void add_word(const struct words *words, uint32_t index, char *text, size_t size)
{
	struct token token = words_token(words, index);
	size_t length = strlen(text);

	if (length + token.length + 2 > size)
		return;
	if (length)
		text[length++] = ' ';
	memcpy(text + length, words_text(words, index), token.length);
	text[length + token.length] = '\0';
}

static const char *own_name(char *text)
{
	for (char *c = text; *c; c++)
		*c = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++) {
		if (strcmp(aliases[i].phrase, text) == 0)
			return aliases[i].name;
	}
	return NULL;
}

void lint_type_read(const struct words *words, uint32_t from, uint32_t to, struct column_type *type)
{
	char text[64] = "";

	*type = (struct column_type){ .name = NULL };
	if (words_are(words, from, "PG_CATALOG ."))
		from += 2;
	while (from < to) {
		if (words_token(words, from).kind == TOKEN_LEFT) {
			read_arguments(words, from, words_close(words, from), type);
			from = words_close(words, from);
			continue;
		}
		if (words_is(words, from, "ARRAY") || *words_text(words, from) == '[') {
			type->is_array = true;
			break;
		}
		if (words_token(words, from).kind != TOKEN_WORD &&
		    words_token(words, from).kind != TOKEN_QUOTED)
			return;
		add_word(words, from++, text, sizeof(text));
	}
	type->name = own_name(text);
	if (type->name && !type->argument_count &&
	    (strcmp(type->name, "char") == 0 || strcmp(type->name, "bit") == 0))
		type->arguments[type->argument_count++] = 1;
}

static bool is(const struct column_type *type, const char *name)
{
	return strcmp(type->name, name) == 0;
}

static bool is_time(const struct column_type *type)
{
	return is(type, "timestamp") || is(type, "timestamptz") || is(type, "time") ||
	       is(type, "timetz") || is(type, "interval");
}

/* Text that is stored alike: a limit apart, one is the other. */
static bool is_text(const struct column_type *type)
{
	return is(type, "text") || is(type, "varchar") || is(type, "citext");
}

/* The limit of `after` takes in all that `before` allows. */
static bool is_wider(const struct column_type *before, const struct column_type *after)
{
	if (!after->argument_count)
		return true;
	if (!before->argument_count)
		return is_time(after) && after->arguments[0] >= 6;
	/* What is padded is padded anew, and what is in an array is not looked into. */
	if (is(after, "char") || is(after, "bit") || after->is_array)
		return after->arguments[0] == before->arguments[0] &&
		       after->arguments[1] == before->arguments[1];
	if (is(after, "numeric"))
		return after->arguments[0] >= before->arguments[0] &&
		       after->arguments[1] == before->arguments[1];
	return after->arguments[0] >= before->arguments[0];
}

enum type_change lint_type_change(const struct column_type *before, const struct column_type *after)
{
	if (!before->name || !after->name)
		return TYPE_CHANGE_UNKNOWN;
	if (before->is_array != after->is_array)
		return TYPE_CHANGE_REWRITES;
	if ((is_text(before) && is_text(after) && !after->is_array) ||
	    strcmp(before->name, after->name) == 0)
		return is_wider(before, after) ? TYPE_CHANGE_FREE : TYPE_CHANGE_REWRITES;
	if (is(before, "cidr") && is(after, "inet"))
		return TYPE_CHANGE_FREE;
	if ((is(before, "timestamp") && is(after, "timestamptz")) ||
	    (is(before, "timestamptz") && is(after, "timestamp")))
		return is_wider(before, after) ? TYPE_CHANGE_TIME_ZONE : TYPE_CHANGE_REWRITES;
	return TYPE_CHANGE_REWRITES;
}

static bool is_integer(const struct column_type *type)
{
	return is(type, "smallint") || is(type, "integer") || is(type, "bigint");
}

static bool is_timestamp(const struct column_type *type)
{
	return is(type, "timestamp") || is(type, "timestamptz");
}

bool lint_type_loses(const struct column_type *before, const struct column_type *after)
{
	bool has_fractions;

	if (!before->name || !after->name || before->is_array || after->is_array)
		return false;
	has_fractions =
		is(before, "real") || is(before, "double precision") ||
		(is(before, "numeric") && (!before->argument_count || before->arguments[1] > 0));
	if (has_fractions && is_integer(after))
		return true;
	if (is(before, "double precision") && is(after, "real"))
		return true;
	if (is(before, "numeric") && is(after, "numeric"))
		return after->argument_count && has_fractions &&
		       (!before->argument_count || after->arguments[1] < before->arguments[1]);
	if (is_timestamp(before) && (is(after, "date") || is(after, "time") || is(after, "timetz")))
		return true;
	return is_time(before) && strcmp(before->name, after->name) == 0 &&
	       !is_wider(before, after);
}

bool lint_type_is_shorter(const struct column_type *before, const struct column_type *after)
{
	if (!before || !before->name || !after->name || before->is_array || after->is_array ||
	    !(is_text(before) || is(before, "char")) || !(is_text(after) || is(after, "char")))
		return false;
	return after->argument_count &&
	       (!before->argument_count || after->arguments[0] < before->arguments[0]);
}
