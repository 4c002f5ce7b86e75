/*
 * Drift as a script: the SQL of what is missing, in an order in which it runs, then comments for the rest.
 *
 * The order is that of kinds, except that what names a table, view, type or function that is missing, too,
 * comes behind it. Where two name each other the order of kinds has the last word.
 */
#include "script.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mend.h"

/* Bytes that are more than a letter of a name: everything from 0x80 on is part of one. */
#define IS_WORD(c)                                                                                 \
	(((c) >= 'a' && (c) <= 'z') || ((c) >= 'A' && (c) <= 'Z') || ((c) >= '0' && (c) <= '9') || \
	 (c) == '_' || (c) == '$' || ((c)&0x80))

/* What can be run. */
struct entry {
	const struct bobolink_drift_item *item;
	uint32_t rank;
	uint32_t place; /* among the items */
	bool done;
};

/* What a statement may name, sorted without regard to case. Borrowed, not terminated. */
struct name {
	const char *text;
	size_t length;
	uint32_t entry;
};

struct script {
	const struct bobolink_drift *drift;
	bobolink_write_fn *write;
	void *context;
	struct entry *entries;
	uint32_t count;
	struct name *names;
	uint32_t name_count;
	int rc; /* the first result other than 0 */
};

/* In doubt what was made first comes first. */
static int entry_order(const void *one, const void *other)
{
	const struct entry *a = one;
	const struct entry *b = other;

	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	if (a->item->version != b->item->version)
		return a->item->version < b->item->version ? -1 : 1;
	return (a->place > b->place) - (a->place < b->place);
}

static int compare_names(const struct name *a, const struct name *b)
{
	size_t common = a->length < b->length ? a->length : b->length;
	int order = strncasecmp(a->text, b->text, common);

	return order ? order : (a->length > b->length) - (a->length < b->length);
}

static int name_order(const void *one, const void *other)
{
	return compare_names(one, other);
}

static int collect(struct script *script, const struct bobolink_allocator *allocator)
{
	const struct bobolink_drift *drift = script->drift;

	script->entries = bl_memory_alloc(allocator, drift->count, sizeof(*script->entries));
	script->names = bl_memory_alloc(allocator, drift->count, sizeof(*script->names));
	if (!script->entries || !script->names)
		return BOBOLINK_NO_MEMORY;
	for (uint32_t i = 0; i < drift->count; i++) {
		const struct bobolink_drift_item *item = &drift->items[i];

		if (*item->sql)
			script->entries[script->count++] =
				(struct entry){ item, bl_mend_order(item->expected->kind), i,
						false };
	}
	if (script->count)
		qsort(script->entries, script->count, sizeof(*script->entries), entry_order);
	for (uint32_t i = 0; i < script->count; i++) {
		const struct bobolink_object *object = script->entries[i].item->expected;

		/* Of a function the name without the types of its arguments. */
		if (!*object->parent)
			script->names[script->name_count++] =
				(struct name){ object->name, strcspn(object->name, "("), i };
	}
	if (script->name_count)
		qsort(script->names, script->name_count, sizeof(*script->names), name_order);
	return BOBOLINK_OK;
}

/* Whether something is still to come that has this name, and is not `self`. */
static bool is_awaited(const struct script *script, struct name word, uint32_t self)
{
	uint32_t low = 0;
	uint32_t high = script->name_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (compare_names(&script->names[middle], &word) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < script->name_count && compare_names(&script->names[low], &word) == 0; low++) {
		uint32_t entry = script->names[low].entry;

		if (entry != self && !script->entries[entry].done)
			return true;
	}
	return false;
}

/* The next name of a text, in quotes or not; false at the end. Words of strings and comments count, too: they do no harm. */
static bool next_word(const char **at, struct name *word)
{
	while (**at && **at != '"' && !IS_WORD((unsigned char)**at))
		(*at)++;
	if (!**at)
		return false;
	if (**at == '"') {
		word->text = ++*at;
		word->length = strcspn(*at, "\"");
		*at += word->length + ((*at)[word->length] == '"');
		return true;
	}
	word->text = *at;
	while (IS_WORD((unsigned char)**at))
		(*at)++;
	word->length = (size_t)(*at - word->text);
	return true;
}

static bool is_ready(const struct script *script, uint32_t entry)
{
	const char *at = script->entries[entry].item->sql;
	struct name word;

	while (next_word(&at, &word)) {
		if (is_awaited(script, word, entry))
			return false;
	}
	return true;
}

static void put_bytes(struct script *script, const char *text, size_t length)
{
	if (script->rc == 0)
		script->rc = script->write(script->context, text, length);
}

static void put(struct script *script, const char *text)
{
	put_bytes(script, text, strlen(text));
}

/* A text of any origin in a comment, which no line end of its own may end. */
static void put_comment(struct script *script, const char *text)
{
	while (*text) {
		size_t plain = 0;

		while ((unsigned char)text[plain] >= ' ' && text[plain] != 0x7F)
			plain++;
		put_bytes(script, text, plain);
		text += plain;
		if (*text) {
			put(script, "?");
			text++;
		}
	}
}

static void put_object(struct script *script, const struct bobolink_object *object)
{
	char text[BOBOLINK_MESSAGE_SIZE];

	bobolink_object_text(object, text, sizeof(text));
	put(script, "-- ");
	put_comment(script, text);
}

/* A statement may end in a comment of its own. */
static void put_statement(struct script *script, const char *sql)
{
	const char *line = strrchr(sql, '\n');

	put(script, sql);
	put(script, strstr(line ? line : sql, "--") ? "\n;\n" : ";\n");
}

static void put_entry(struct script *script, struct entry *entry)
{
	entry->done = true;
	put(script, "\n");
	put_object(script, entry->item->expected);
	put(script, "\n");
	put_statement(script, entry->item->sql);
}

/* Once round for what needs nothing more; false when there is none. */
static bool put_ready(struct script *script)
{
	bool any = false;

	for (uint32_t i = 0; i < script->count && script->rc == 0; i++) {
		if (script->entries[i].done || !is_ready(script, i))
			continue;
		put_entry(script, &script->entries[i]);
		any = true;
	}
	return any;
}

static void put_statements(struct script *script, int32_t dialect)
{
	if (script->count == 0)
		return;
	put(script, "BEGIN;\n");
	if (dialect == BOBOLINK_DIALECT_POSTGRES)
		put(script, "SET LOCAL search_path = pg_catalog;\n"
			    "SET LOCAL check_function_bodies = off;\n"
			    "SET LOCAL standard_conforming_strings = on;\n");
	while (script->rc == 0 && put_ready(script))
		;
	for (uint32_t i = 0; i < script->count; i++) {
		if (!script->entries[i].done)
			put_entry(script, &script->entries[i]);
	}
	put(script, "\nCOMMIT;\n");
}

static void put_remark(struct script *script, const struct bobolink_drift_item *item)
{
	static const char *const words[] = {
		[BOBOLINK_DRIFT_MISSING] = " is missing: ",
		[BOBOLINK_DRIFT_CHANGED] = " has changed: ",
		[BOBOLINK_DRIFT_EXTRA] = " is not expected: ",
	};

	put_object(script, item->expected ? item->expected : item->actual);
	put(script, words[item->kind]);
	put_comment(script, item->reason);
	put(script, "\n");
	if (item->kind != BOBOLINK_DRIFT_CHANGED)
		return;
	put(script, "--   expected: ");
	put_comment(script, item->expected->definition);
	put(script, "\n--   found:    ");
	put_comment(script, item->actual->definition);
	put(script, "\n");
}

int bl_script_write(const struct bobolink_drift *drift, int32_t dialect,
		    const struct bobolink_allocator *allocator, bobolink_write_fn *write,
		    void *context)
{
	struct script script = { .drift = drift, .write = write, .context = context };

	script.rc = collect(&script, allocator);
	if (drift->count == 0)
		put(&script, "-- nothing differs\n");
	if (script.rc == 0) {
		put_statements(&script, dialect);
		if (script.count && script.count < drift->count)
			put(&script, "\n");
		for (uint32_t i = 0; i < drift->count; i++) {
			if (!*drift->items[i].sql)
				put_remark(&script, &drift->items[i]);
		}
	}
	bl_memory_release(allocator, script.entries);
	bl_memory_release(allocator, script.names);
	return script.rc;
}
