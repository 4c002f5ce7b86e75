/*
 * References: "(a) REFERENCES parent" is "(a) REFERENCES parent(id)" when id is the parent's primary key.
 *
 * Works on canonical definitions, and asks the inventory that a foreign key stands in for the key.
 */
#include "reference.h"

#include <string.h>

/* A piece of a definition. */
struct piece {
	const char *text;
	size_t length;
};

struct reference {
	struct piece from;    /* "(a) REFERENCES parent" */
	struct piece parent;  /* the parent's name as written */
	struct piece columns; /* "(id)", or empty */
	struct piece rest;    /* " ON DELETE CASCADE" */
};

static struct piece piece_to(const char *text, const char *end)
{
	return (struct piece){ text, (size_t)(end - text) };
}

static bool same(struct piece one, struct piece other)
{
	return one.length == other.length && memcmp(one.text, other.text, one.length) == 0;
}

/* Behind a name, in quotes or not. */
static const char *skip_name(const char *at)
{
	if (*at != '"')
		return at + strcspn(at, " (");
	for (at++; *at; at++) {
		if (*at == '"' && *++at != '"')
			break;
	}
	return at;
}

/* Behind "(…)", whose names may hold parentheses only in quotes. */
static const char *skip_columns(const char *at)
{
	if (*at != '(')
		return at;
	while (*at && *at != ')')
		at = *at == '"' ? skip_name(at) : at + 1;
	return *at ? at + 1 : at;
}

static bool split(const char *definition, struct reference *out)
{
	static const char word[] = " REFERENCES ";
	const char *at = skip_columns(definition);
	const char *name = at + strlen(word);

	if (strncmp(at, word, strlen(word)) != 0)
		return false;
	at = skip_name(name);
	out->from = piece_to(definition, at);
	out->parent = piece_to(name, at);
	out->columns = piece_to(at, skip_columns(at));
	at += out->columns.length;
	out->rest = piece_to(at, at + strlen(at));
	return true;
}

static bool is_name(struct piece written, const char *name)
{
	const char *at = written.text;
	const char *end = at + written.length;

	if (written.length == 0 || *at != '"')
		return strlen(name) == written.length && memcmp(name, at, written.length) == 0;
	for (at++; at < end - 1; at++, name++) {
		if (*name != *at)
			return false;
		at += *at == '"';
	}
	return *name == '\0';
}

/* The columns of the parent's primary key, "(id)"; empty when it has none. */
static struct piece key_of(const struct bobolink_inventory *inventory, struct piece parent)
{
	for (uint32_t i = 0; i < inventory->object_count; i++) {
		const struct bobolink_object *object = inventory->objects[i];

		if (object->kind == BOBOLINK_OBJECT_PRIMARY_KEY && is_name(parent, object->parent))
			return piece_to(object->definition, skip_columns(object->definition));
	}
	return (struct piece){ "", 0 };
}

/* Where the parent is gone its key was what it is in the other inventory. */
static struct piece key_in(const struct bobolink_inventory *inventory,
			   const struct bobolink_inventory *other, struct piece parent)
{
	struct piece key = key_of(inventory, parent);

	return key.length ? key : key_of(other, parent);
}

bool bl_reference_same(const struct bobolink_inventory *before, const struct bobolink_object *old,
		       const struct bobolink_inventory *after, const struct bobolink_object *new)
{
	struct reference one;
	struct reference other;

	if (!split(old->definition, &one) || !split(new->definition, &other) ||
	    !same(one.from, other.from) || !same(one.rest, other.rest))
		return false;
	if (one.columns.length == 0)
		one.columns = key_in(before, after, one.parent);
	if (other.columns.length == 0)
		other.columns = key_in(after, before, other.parent);
	return one.columns.length && same(one.columns, other.columns);
}
