/* Kinds of schema objects: their words. */
#include <stdbool.h>
#include <string.h>

#include <bobolink/schema.h>

#include "../error.h"

static const char *const names[] = {
	[BOBOLINK_OBJECT_TABLE] = "table",
	[BOBOLINK_OBJECT_VIRTUAL_TABLE] = "virtual-table",
	[BOBOLINK_OBJECT_COLUMN] = "column",
	[BOBOLINK_OBJECT_PRIMARY_KEY] = "primary-key",
	[BOBOLINK_OBJECT_UNIQUE] = "unique",
	[BOBOLINK_OBJECT_FOREIGN_KEY] = "foreign-key",
	[BOBOLINK_OBJECT_CHECK] = "check",
	[BOBOLINK_OBJECT_INDEX] = "index",
	[BOBOLINK_OBJECT_TRIGGER] = "trigger",
	[BOBOLINK_OBJECT_VIEW] = "view",
	[BOBOLINK_OBJECT_SCHEMA] = "schema",
	[BOBOLINK_OBJECT_EXTENSION] = "extension",
	[BOBOLINK_OBJECT_ENUM] = "enum",
	[BOBOLINK_OBJECT_DOMAIN] = "domain",
	[BOBOLINK_OBJECT_COMPOSITE] = "composite",
	[BOBOLINK_OBJECT_RANGE] = "range",
	[BOBOLINK_OBJECT_SEQUENCE] = "sequence",
	[BOBOLINK_OBJECT_EXCLUDE] = "exclude",
	[BOBOLINK_OBJECT_MATERIALIZED_VIEW] = "materialized-view",
	[BOBOLINK_OBJECT_RULE] = "rule",
	[BOBOLINK_OBJECT_ROW_SECURITY] = "row-security",
	[BOBOLINK_OBJECT_POLICY] = "policy",
	[BOBOLINK_OBJECT_FUNCTION] = "function",
	[BOBOLINK_OBJECT_PROCEDURE] = "procedure",
	[BOBOLINK_OBJECT_AGGREGATE] = "aggregate",
};

#define NAME_COUNT ((int)(sizeof(names) / sizeof(names[0])))

const char *bobolink_object_kind_name(int kind)
{
	if (kind < BOBOLINK_OBJECT_TABLE || kind >= NAME_COUNT)
		return "object";
	return names[kind];
}

int bobolink_object_kind_from_name(const char *name, size_t length)
{
	for (int kind = BOBOLINK_OBJECT_TABLE; kind < NAME_COUNT; kind++) {
		if (strlen(names[kind]) == length && memcmp(names[kind], name, length) == 0)
			return kind;
	}
	return 0;
}

/* A nameless constraint is named after its kind, "foreign-key(product_id)": here its columns tell it. */
void bobolink_object_text(const struct bobolink_object *object, char *text, size_t size)
{
	const char *kind = bobolink_object_kind_name(object->kind);
	size_t length = strlen(kind);
	bool nameless = *object->parent && strncmp(object->name, kind, length) == 0 &&
			object->name[length] == '(';
	bool usual = !*object->schema || strcmp(object->schema, "public") == 0;

	bl_format(text, size, "%s %s%s%s%s%s", kind, usual ? "" : object->schema, usual ? "" : ".",
		  object->parent, *object->parent && !nameless ? "." : "",
		  object->name + (nameless ? length : 0));
}
