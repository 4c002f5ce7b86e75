/*
 * Values by type. On PostgreSQL each is cast to its type, so that it can stand in any query; SQLite takes any value in any
 * column, and gets what the name of the type suggests.
 */
#include "shadow_seed_values.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "shadow_seed_text.h"
#include "support/buffer.h"
#include "support/text.h"

#define DEPTH_MAX 8 /* domains of domains, arrays of them */

/*
 * Beginnings of names of types, and two values of each. Rows that migrations make have small numbers: these keep out of
 * their way.
 */
static const struct family {
	const char *type;
	const char *one;
	const char *two;
} families[] = {
	{ "int4range", "[1,2)", "[3,4)" },
	{ "int8range", "[1,2)", "[3,4)" },
	{ "numrange", "[1,2)", "[3,4)" },
	{ "daterange", "[2026-01-01,2026-01-02)", "[2026-01-03,2026-01-04)" },
	{ "tsrange", "[2026-01-01,2026-01-02)", "[2026-01-03,2026-01-04)" },
	{ "tstzrange", "[2026-01-01,2026-01-02)", "[2026-01-03,2026-01-04)" },
	{ "smallint", "29001", "29002" },
	{ "integer", "990001", "990002" },
	{ "bigint", "990001", "990002" },
	{ "numeric(", "1", "2" },
	{ "numeric", "990001", "990002" },
	{ "real", "990001", "990002" },
	{ "double", "990001", "990002" },
	{ "money", "990001", "990002" },
	{ "oid", "990001", "990002" },
	{ "boolean", "true", "false" },
	{ "text", "a", "b" },
	{ "character", "a", "b" },
	{ "citext", "a", "b" },
	{ "public.citext", "a", "b" },
	{ "name", "a", "b" },
	{ "\"char\"", "a", "b" },
	{ "uuid", "00000000000040008000000000000001", "00000000000040008000000000000002" },
	{ "timestamp", "2026-01-01 00:00:00", "2026-01-02 00:00:00" },
	{ "date", "20260101", "20260102" },
	{ "time", "01:00:00", "02:00:00" },
	{ "interval", "1 day", "2 days" },
	{ "jsonb", "{}", "{\"a\": 1}" },
	{ "json", "{}", "{\"a\": 1}" },
	{ "bytea", "\\x01", "\\x02" },
	{ "inet", "192.0.2.1", "192.0.2.2" },
	{ "cidr", "192.0.2.1/32", "192.0.2.2/32" },
	{ "macaddr", "02:00:00:00:00:01", "02:00:00:00:00:02" },
	{ "tsvector", "a", "b" },
	{ "point", "(0,1)", "(0,2)" },
	{ "xml", "<a/>", "<b/>" },
	{ "public.ltree", "a", "b" },
	{ "public.hstore", "a=>1", "b=>1" },
};

/* Pieces of the names of types on SQLite, in the order in which they are looked for. */
static const struct family names[] = {
	{ "BOOL", "0", "1" },
	{ "DATE", "'2026-01-01 00:00:00'", "'2026-01-02 00:00:00'" },
	{ "TIMESTAMP", "'2026-01-01 00:00:00'", "'2026-01-02 00:00:00'" },
	{ "INT", "990001", "990002" },
	{ "JSON", "'{}'", "'{\"a\": 1}'" },
	{ "UUID", "'00000000-0000-4000-8000-000000000001'",
	  "'00000000-0000-4000-8000-000000000002'" },
	{ "CHAR", "'a'", "'b'" },
	{ "TEXT", "'a'", "'b'" },
	{ "CLOB", "'a'", "'b'" },
	{ "STRING", "'a'", "'b'" },
	{ "BLOB", "x'01'", "x'02'" },
	{ "TIME", "'01:00:00'", "'02:00:00'" },
	{ "ANY", "'a'", "'b'" },
	{ "", "990001", "990002" },
};

static void add(struct seed_values *values, const char *value)
{
	for (size_t i = 0; i < values->count; i++)
		if (strcmp(values->items[i], value) == 0)
			return;
	if (values->count < SEED_VALUES_MAX)
		values->items[values->count++] = value;
}

static const char *cast(struct seeds *seeds, const char *expression, const char *type)
{
	if (seeds->run->set->database == DATABASE_SQLITE)
		return expression;
	return arena_format(seeds->run->arena, "CAST(%s AS %s)", expression, type);
}

static void add_literal(struct seeds *seeds, const char *text, const char *type,
			struct seed_values *values)
{
	add(values, cast(seeds, seed_quote_text(seeds, text), type));
}

/* The enum or domain with this name: mood, public.mood, "Mood". */
static const struct bobolink_object *find_type(const struct seeds *seeds, const char *type)
{
	struct arena *arena = seeds->run->arena;
	struct seed_piece piece = seed_piece(type);
	struct seed_piece dot = seed_piece(piece.text + piece.length);
	const char *schema = "";
	const char *name = seed_name(piece, arena);

	if (seed_is(dot, ".")) {
		schema = name;
		name = seed_name(seed_piece(dot.text + 1), arena);
	}
	for (size_t i = seeds->type_count; i-- > 0;)
		if (strcmp(seeds->types[i]->name, name) == 0 &&
		    (!*schema || strcmp(seeds->types[i]->schema, schema) == 0))
			return seeds->types[i];
	return NULL;
}

/* Strings in a text, as values of a type. */
static void add_strings(struct seeds *seeds, const char *text, const char *type,
			struct seed_values *values)
{
	for (struct seed_piece piece = seed_piece(text); piece.kind != SEED_END;
	     piece = seed_piece(piece.text + piece.length))
		if (piece.kind == SEED_STRING)
			add(values,
			    cast(seeds, arena_copy(seeds->run->arena, piece.text, piece.length),
				 type));
}

static const char *base_type(struct seeds *seeds, const struct bobolink_object *domain)
{
	return seed_column_text(domain->definition, seeds->run->arena).type;
}

static void values_of(struct seeds *seeds, const char *type, int depth, struct seed_values *values);

static void values_of_array(struct seeds *seeds, const char *type, size_t length, int depth,
			    struct seed_values *values)
{
	struct arena *arena = seeds->run->arena;
	struct seed_values elements = { .count = 0 };

	add_literal(seeds, "{}", type, values);
	values_of(seeds, arena_copy(arena, type, length - 2), depth + 1, &elements);
	if (elements.count)
		add(values, arena_format(arena, "CAST(ARRAY[%s] AS %s)", elements.items[0], type));
}

static void values_of(struct seeds *seeds, const char *type, int depth, struct seed_values *values)
{
	size_t length = strlen(type);
	const struct bobolink_object *own = find_type(seeds, type);

	if (depth > DEPTH_MAX)
		return;
	if (length > 2 && strcmp(type + length - 2, "[]") == 0) {
		values_of_array(seeds, type, length, depth, values);
	} else if (own && own->kind == BOBOLINK_OBJECT_ENUM) {
		add_strings(seeds, own->definition, type, values);
	} else if (own) {
		values_of(seeds, base_type(seeds, own), depth + 1, values);
	} else {
		for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
			const struct family *family = &families[i];

			if (strncmp(type, family->type, strlen(family->type)) != 0)
				continue;
			add_literal(seeds, family->one, type, values);
			add_literal(seeds, family->two, type, values);
			return;
		}
	}
}

static bool contains(const char *type, const char *word)
{
	size_t length = strlen(word);

	for (; strlen(type) >= length; type++)
		if (text_is(type, length, word))
			return true;
	return false;
}

static void values_by_name(const char *type, struct seed_values *values)
{
	size_t i = 0;

	while (!contains(type, names[i].type))
		i++;
	add(values, names[i].one);
	add(values, names[i].two);
}

void seed_values_of_type(struct seeds *seeds, const char *type, struct seed_values *values)
{
	if (seeds->run->set->database == DATABASE_SQLITE)
		values_by_name(type, values);
	else
		values_of(seeds, type, 0, values);
}

/* The type that values are written in: of a domain, what it is made of. */
static const char *plain_type(struct seeds *seeds, const char *type)
{
	for (int depth = 0; depth < DEPTH_MAX; depth++) {
		const struct bobolink_object *own = find_type(seeds, type);

		if (!own || own->kind != BOBOLINK_OBJECT_DOMAIN)
			return type;
		type = base_type(seeds, own);
	}
	return type;
}

bool seed_is_text(struct seeds *seeds, const char *type)
{
	if (seeds->run->set->database == DATABASE_SQLITE)
		return contains(type, "CHAR") || contains(type, "TEXT") || contains(type, "CLOB") ||
		       contains(type, "BLOB");
	return strncmp(type, "text", 4) == 0 || strncmp(type, "character", 9) == 0;
}

static bool is_number(struct seeds *seeds, const char *type)
{
	struct seed_values values = { .count = 0 };
	const char *value;

	seed_values_of_type(seeds, type, &values);
	if (!values.count)
		return false;
	value = values.items[0];
	if (strncmp(value, "CAST('", 6) == 0)
		value += 6;
	value += strspn(value, "0123456789");
	return value != values.items[0] && (*value == '\0' || strncmp(value, "' AS", 4) == 0);
}

/* 'aaa', or 'bbb', of a length that a condition may ask for. */
static void add_length(struct seeds *seeds, const char *type, long length,
		       struct seed_values *values)
{
	char text[129];

	if (length < 1 || length > (long)sizeof(text) - 1)
		return;
	for (char letter = 'a'; letter <= 'b'; letter++) {
		memset(text, letter, (size_t)length);
		text[length] = '\0';
		add_literal(seeds, text, type, values);
	}
}

/* A number in a condition is a value, or a bound that may be excluded. */
static void add_number(struct seeds *seeds, const char *type, const char *digits,
		       struct seed_values *values)
{
	long number = strtol(digits, NULL, 10);
	const long near[] = { number, number + 1, number - 1 };

	for (size_t i = 0; i < sizeof(near) / sizeof(near[0]); i++)
		add(values, cast(seeds, arena_format(seeds->run->arena, "%ld", near[i]), type));
}

/* What the condition says itself. */
static void add_constants(struct seeds *seeds, const char *type, const char *check,
			  struct seed_values *values)
{
	if (seed_is_text(seeds, type))
		add_strings(seeds, check, type, values);
	else if (is_number(seeds, type))
		for (struct seed_piece piece = seed_piece(check); piece.kind != SEED_END;
		     piece = seed_piece(piece.text + piece.length))
			if (piece.kind == SEED_NUMBER)
				add_number(seeds, type, piece.text, values);
}

/* Texts that conditions like, and such of the lengths that this one may ask for. */
static void add_texts(struct seeds *seeds, const char *type, const char *check,
		      struct seed_values *values)
{
	static const char *const texts[] = { "1",  "a@a.aa", "b@b.bb", "https://a.aa/", "#000000",
					     "{}", "/a",     "AA",     "AAA",		"BBB" };

	for (struct seed_piece piece = seed_piece(check); piece.kind != SEED_END;
	     piece = seed_piece(piece.text + piece.length)) {
		if (piece.kind != SEED_NUMBER)
			continue;
		add_length(seeds, type, strtol(piece.text, NULL, 10), values);
		add_length(seeds, type, strtol(piece.text, NULL, 10) + 1, values);
	}
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		add_literal(seeds, texts[i], type, values);
}

void seed_values_of_check(struct seeds *seeds, const char *type, const char *check,
			  struct seed_values *values)
{
	struct seed_values usual = *values;

	type = plain_type(seeds, type);
	values->count = 0;
	add_constants(seeds, type, check, values);
	for (size_t i = 0; i < usual.count; i++)
		add(values, usual.items[i]);
	if (seed_is_text(seeds, type))
		add_texts(seeds, type, check, values);
}

/* PARTITION OF public.events FOR VALUES … */
static bool is_partition_of(struct seeds *seeds, const struct seed_table *part,
			    const struct seed_table *table)
{
	static const char of[] = "PARTITION OF ";
	struct seed_piece schema;
	struct seed_piece dot;

	if (strncmp(part->self->definition, of, strlen(of)) != 0)
		return false;
	schema = seed_piece(part->self->definition + strlen(of));
	dot = seed_piece(schema.text + schema.length);
	return seed_is(dot, ".") &&
	       strcmp(seed_name(schema, seeds->run->arena), table->schema) == 0 &&
	       strcmp(seed_name(seed_piece(dot.text + 1), seeds->run->arena), table->name) == 0;
}

void seed_values_of_partitions(struct seeds *seeds, const struct seed_table *table,
			       const char *type, struct seed_values *values)
{
	struct seed_values bounds = { .count = 0 };

	for (size_t i = 0; i < seeds->count; i++) {
		const struct seed_table *part = &seeds->tables[i];

		if (!part->gone && is_partition_of(seeds, part, table))
			add_strings(seeds, part->self->definition, type, &bounds);
	}
	if (bounds.count)
		*values = bounds;
}

/* The text with VALUE replaced by a column. */
static void add_replaced(struct buffer *out, const char *text, const char *column)
{
	const char *copied = text;

	for (struct seed_piece piece = seed_piece(text); piece.kind != SEED_END;
	     piece = seed_piece(piece.text + piece.length)) {
		if (piece.kind != SEED_WORD || !seed_is(piece, "VALUE"))
			continue;
		buffer_add(out, copied, (size_t)(piece.text - copied));
		buffer_add_text(out, column);
		copied = piece.text + piece.length;
	}
	buffer_add_text(out, copied);
}

const char *seed_domain_check(struct seeds *seeds, const char *type, const char *column)
{
	const struct bobolink_object *own = find_type(seeds, type);
	struct buffer out = BUFFER_INIT;
	const char *copy;

	for (int depth = 0; own && own->kind == BOBOLINK_OBJECT_DOMAIN && depth < DEPTH_MAX;
	     depth++) {
		const char *check = strstr(own->definition, "CHECK (");

		/* Several conditions follow one another: ... CHECK (…) CONSTRAINT b CHECK (…). */
		while (check) {
			const char *next = strstr(check + 1, " CONSTRAINT ");
			size_t length = next ? (size_t)(next - check) : strlen(check);

			buffer_add_text(&out, out.length ? " AND " : "");
			add_replaced(&out, arena_copy(seeds->run->arena, check + 6, length - 6),
				     column);
			check = next ? strstr(next, "CHECK (") : NULL;
		}
		own = find_type(seeds, base_type(seeds, own));
	}
	copy = arena_copy(seeds->run->arena, out.text ? out.text : "", out.length);
	buffer_release(&out);
	return copy;
}
