/* Kinds of schema objects: their words. */
#include <string.h>

#include <bobolink/schema.h>

static const char *const names[] = {
	[BOBOLINK_OBJECT_TABLE] = "table",     [BOBOLINK_OBJECT_VIRTUAL_TABLE] = "virtual-table",
	[BOBOLINK_OBJECT_COLUMN] = "column",   [BOBOLINK_OBJECT_PRIMARY_KEY] = "primary-key",
	[BOBOLINK_OBJECT_UNIQUE] = "unique",   [BOBOLINK_OBJECT_FOREIGN_KEY] = "foreign-key",
	[BOBOLINK_OBJECT_CHECK] = "check",     [BOBOLINK_OBJECT_INDEX] = "index",
	[BOBOLINK_OBJECT_TRIGGER] = "trigger", [BOBOLINK_OBJECT_VIEW] = "view",
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
