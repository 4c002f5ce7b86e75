/*
 * Catalog: what exists at one point of the chain, folded from the deltas.
 *
 * A hash table of lists. Each object stands in up to three: under its own name when statements
 * name it directly (tables, indexes, triggers, views), under its table (columns, keys, indexes,
 * triggers), and, a foreign key, under the table it references. So every question costs as much
 * as its answer is long.
 */
#include "lint_catalog.h"

#include <string.h>

#include "support/text.h"

#define FIRST_BUCKETS 64

enum list_kind {
	LIST_NAME = 'n',
	LIST_CHILDREN = 'c',
	LIST_REFERENCES = 'r',
	LIST_DESCENDANTS = 'd',
};

struct catalog_list {
	char kind; /* enum list_kind */
	const char *key;
	struct catalog_entry *entries;
	struct catalog_list *next; /* in the bucket */
};

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static uint32_t hash(char kind, const char *key)
{
	uint32_t value = 2166136261u ^ (unsigned char)kind;

	for (; *key; key++)
		value = (value ^ (unsigned char)lower(*key)) * 16777619u;
	return value;
}

static bool same(const char *one, const char *other)
{
	return text_is(one, strlen(one), other);
}

static struct catalog_list *find_list(const struct catalog *catalog, char kind, const char *key)
{
	struct catalog_list *list = catalog->buckets[hash(kind, key) % catalog->bucket_count];

	while (list && (list->kind != kind || !same(list->key, key)))
		list = list->next;
	return list;
}

static void insert_list(struct catalog *catalog, struct catalog_list *list)
{
	struct catalog_list **bucket =
		&catalog->buckets[hash(list->kind, list->key) % catalog->bucket_count];

	list->next = *bucket;
	*bucket = list;
}

static void set_buckets(struct catalog *catalog, uint32_t count)
{
	struct catalog_list **old = catalog->buckets;
	uint32_t old_count = catalog->bucket_count;
	struct catalog_list *next;

	catalog->buckets = arena_alloc(catalog->arena, count, sizeof(struct catalog_list *));
	catalog->bucket_count = count;
	for (uint32_t i = 0; i < old_count; i++) {
		for (struct catalog_list *list = old[i]; list; list = next) {
			next = list->next;
			insert_list(catalog, list);
		}
	}
}

static struct catalog_list *make_list(struct catalog *catalog, char kind, const char *key)
{
	struct catalog_list *list = find_list(catalog, kind, key);

	if (list)
		return list;
	if (catalog->list_count++ == catalog->bucket_count)
		set_buckets(catalog, catalog->bucket_count * 2);
	list = arena_alloc(catalog->arena, 1, sizeof(*list));
	list->kind = kind;
	list->key = key;
	insert_list(catalog, list);
	return list;
}

static void add(struct catalog *catalog, char kind, const char *key,
		const struct bobolink_object *object)
{
	struct catalog_list *list = make_list(catalog, kind, key);
	struct catalog_entry *entry = arena_alloc(catalog->arena, 1, sizeof(*entry));

	entry->object = object;
	entry->next = list->entries;
	list->entries = entry;
}

bool catalog_is_same(const struct bobolink_object *one, const struct bobolink_object *other)
{
	return one->kind == other->kind && same(one->schema, other->schema) &&
	       same(one->parent, other->parent) && same(one->name, other->name);
}

static void drop(struct catalog *catalog, char kind, const char *key,
		 const struct bobolink_object *object)
{
	struct catalog_list *list = find_list(catalog, kind, key);
	struct catalog_entry **entry = list ? &list->entries : NULL;

	while (entry && *entry && !catalog_is_same((*entry)->object, object))
		entry = &(*entry)->next;
	if (entry && *entry)
		*entry = (*entry)->next;
}

static bool has_own_name(const struct bobolink_object *object)
{
	switch (object->kind) {
	case BOBOLINK_OBJECT_TABLE:
	case BOBOLINK_OBJECT_VIRTUAL_TABLE:
	case BOBOLINK_OBJECT_INDEX:
	case BOBOLINK_OBJECT_TRIGGER:
	case BOBOLINK_OBJECT_VIEW:
	case BOBOLINK_OBJECT_MATERIALIZED_VIEW:
		return true;
	default:
		return false;
	}
}

typedef void list_fn(struct catalog *catalog, char kind, const char *key,
		     const struct bobolink_object *object);

/* Calls `change` for each list in which the object stands. */
static void change_lists(struct catalog *catalog, const struct bobolink_object *object,
			 list_fn *change)
{
	const char *ancestor;

	if (has_own_name(object))
		change(catalog, LIST_NAME, object->name, object);
	if (object->parent[0])
		change(catalog, LIST_CHILDREN, object->parent, object);
	if (object->kind == BOBOLINK_OBJECT_FOREIGN_KEY)
		change(catalog, LIST_REFERENCES, catalog_parent_table(object, catalog->arena),
		       object);
	ancestor = object->kind == BOBOLINK_OBJECT_TABLE ? catalog_ancestor(object, catalog->arena)
							 : NULL;
	if (ancestor)
		change(catalog, LIST_DESCENDANTS, ancestor, object);
}

void catalog_init(struct catalog *catalog, struct arena *arena)
{
	*catalog = (struct catalog){ .arena = arena };
	set_buckets(catalog, FIRST_BUCKETS);
}

void catalog_apply(struct catalog *catalog, const struct migration *migration)
{
	for (uint32_t i = 0; i < migration->change_count; i++) {
		if (migration->changes[i].before)
			change_lists(catalog, migration->changes[i].before, drop);
		if (migration->changes[i].after)
			change_lists(catalog, migration->changes[i].after, add);
	}
}

static bool is_kind(const struct bobolink_object *object, int32_t kind)
{
	if (object->kind == BOBOLINK_OBJECT_VIRTUAL_TABLE)
		return kind == BOBOLINK_OBJECT_TABLE || kind == BOBOLINK_OBJECT_VIRTUAL_TABLE;
	return object->kind == kind;
}

const struct bobolink_object *catalog_find(const struct catalog *catalog, int32_t kind,
					   const char *name)
{
	const struct catalog_list *list = find_list(catalog, LIST_NAME, name);
	const struct catalog_entry *entry = list ? list->entries : NULL;

	while (entry && !is_kind(entry->object, kind))
		entry = entry->next;
	return entry ? entry->object : NULL;
}

const struct bobolink_object *catalog_find_in(const struct catalog *catalog, int32_t kind,
					      const char *schema, const char *name)
{
	const struct catalog_list *list = find_list(catalog, LIST_NAME, name);
	const struct catalog_entry *entry = list ? list->entries : NULL;
	const struct bobolink_object *found = NULL;

	for (; entry; entry = entry->next) {
		const struct bobolink_object *object = entry->object;

		if (is_kind(object, kind) && (!schema || same(object->schema, schema)) &&
		    (!found || same(object->schema, "public")))
			found = object;
	}
	return found;
}

const struct catalog_entry *catalog_children(const struct catalog *catalog, const char *table)
{
	const struct catalog_list *list = find_list(catalog, LIST_CHILDREN, table);

	return list ? list->entries : NULL;
}

const struct bobolink_object *catalog_column(const struct catalog *catalog, const char *table,
					     const char *column)
{
	const struct catalog_entry *entry = catalog_children(catalog, table);

	while (entry && (entry->object->kind != BOBOLINK_OBJECT_COLUMN ||
			 !same(entry->object->name, column)))
		entry = entry->next;
	return entry ? entry->object : NULL;
}

const struct catalog_entry *catalog_references(const struct catalog *catalog, const char *table)
{
	const struct catalog_list *list = find_list(catalog, LIST_REFERENCES, table);

	return list ? list->entries : NULL;
}

const struct catalog_entry *catalog_descendants(const struct catalog *catalog, const char *table)
{
	const struct catalog_list *list = find_list(catalog, LIST_DESCENDANTS, table);

	return list ? list->entries : NULL;
}

/* After one character, or after the whole of a name or string in quotes, which may hold them doubled. */
static const char *skip_piece(const char *at)
{
	const char quote = *at;

	if (quote != '"' && quote != '\'')
		return at + (quote != '\0');
	do {
		const char *next = strchr(at + 1, quote);

		at = next ? next + 1 : at + strlen(at);
	} while (*at == quote);
	return at;
}

/* The end of a list's item: the comma or parenthesis after it, outside quotes and parentheses. */
static const char *item_end(const char *at)
{
	uint32_t depth = 0;

	for (; *at; at = skip_piece(at)) {
		if (depth == 0 && (*at == ',' || *at == ')'))
			return at;
		depth += *at == '(';
		depth -= *at == ')';
	}
	return at;
}

/* Length of an unquoted name before COLLATE or DESC, or of the whole expression. */
static size_t plain_length(const char *at, const char *end)
{
	size_t word = strcspn(at, " (");

	return at[word] == ' ' && at + word < end ? word : (size_t)(end - at);
}

/* The name at the start of a text, without its quotes; an expression as it stands. */
static const char *name_at(const char *at, const char *end, struct arena *arena)
{
	char *name = arena_alloc(arena, (size_t)(end - at) + 1, 1);
	size_t length = 0;

	if (*at != '"')
		return arena_copy(arena, at, plain_length(at, end));
	for (at++; at < end && (*at != '"' || at[1] == '"'); at++) {
		at += *at == '"';
		name[length++] = *at;
	}
	return name;
}

static const char *name_end(const char *at)
{
	return *at == '"' ? skip_piece(at) : at + strcspn(at, " (.,)");
}

/* The last part of a name that may have a schema in front. */
static const char *qualified_name(const char *at, struct arena *arena)
{
	const char *end = name_end(at);

	if (*end == '.') {
		at = end + 1;
		end = name_end(at);
	}
	return name_at(at, end, arena);
}

const char *catalog_ancestor(const struct bobolink_object *table, struct arena *arena)
{
	static const char *const words[] = { "PARTITION OF ", "INHERITS (" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		const char *at = strstr(table->definition, words[i]);

		if (at)
			return qualified_name(at + strlen(words[i]), arena);
	}
	return NULL;
}

/* Behind the parenthesis that opens the list of columns. */
static const char *list_start(const char *definition)
{
	const char *open = strchr(definition, '(');

	return open ? open + 1 : definition + strlen(definition);
}

const char *catalog_parent_table(const struct bobolink_object *foreign_key, struct arena *arena)
{
	static const char word[] = ") REFERENCES ";
	const char *at = list_start(foreign_key->definition);

	while (*(at = item_end(at)) == ',')
		at++;
	if (strncmp(at, word, sizeof(word) - 1) != 0)
		return "";
	at += sizeof(word) - 1;
	return qualified_name(at, arena);
}

const char *catalog_key_column(const struct bobolink_object *key, uint32_t n, struct arena *arena)
{
	const char *at = list_start(key->definition);
	const char *end = item_end(at);

	for (; n > 0; n--) {
		if (*end != ',')
			return NULL;
		at = end + 1 + (end[1] == ' ');
		end = item_end(at);
	}
	return at == end ? NULL : name_at(at, end, arena);
}
