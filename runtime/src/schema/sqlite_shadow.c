/*
 * Shadow tables: known by their names for SQLite's own modules, so that every version gives the same
 * answer; for other modules SQLite is asked, when it can tell (3.37).
 */
#include "sqlite_shadow.h"

#include <string.h>

#define SHADOW_SELECT "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow'"

struct module {
	const char *name;
	const char *tables; /* what follows the virtual table's name and "_", each between blanks */
};

static const struct module modules[] = {
	{ "fts3", " content segments segdir docsize stat " },
	{ "fts4", " content segments segdir docsize stat " },
	{ "fts5", " data idx content docsize config " },
	{ "rtree", " node rowid parent " },
	{ "rtree_i32", " node rowid parent " },
	{ "geopoly", " node rowid parent " },
};

/* What decides about the tables: the virtual ones, and the shadow tables that SQLite told. */
struct shadows {
	const struct bobolink_object **virtuals;
	uint32_t count;
	struct bl_pool pool;
	const char **told;
	uint32_t told_count;
	uint32_t told_capacity;
};

static char lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* True when `text` begins with the first `length` bytes of `word`, whatever their case. */
static bool begins(const char *text, const char *word, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (!text[i] || lower(text[i]) != lower(word[i]))
			return false;
	}
	return true;
}

/* Behind "USING ". */
static const struct module *module_of(const struct bobolink_object *object)
{
	const char *name = object->definition + strcspn(object->definition, " ");
	size_t length;

	name += *name == ' ';
	length = strcspn(name, " (");
	for (size_t i = 0; i < sizeof(modules) / sizeof(modules[0]); i++) {
		if (strlen(modules[i].name) == length && begins(name, modules[i].name, length))
			return &modules[i];
	}
	return NULL;
}

/* What follows the virtual table's name and "_" in the name of a table, or NULL. */
static const char *suffix_of(const struct bobolink_object *object, const char *table)
{
	size_t length = strlen(object->name);

	if (!begins(table, object->name, length) || table[length] != '_')
		return NULL;
	return table + length + 1;
}

static bool has_word(const char *words, const char *word)
{
	size_t length = strlen(word);

	if (length == 0)
		return false;
	for (; *words; words++) {
		if (words[0] == ' ' && begins(word, words + 1, length) && words[length + 1] == ' ')
			return true;
	}
	return false;
}

static bool was_told(const struct shadows *shadows, const char *table)
{
	for (uint32_t i = 0; i < shadows->told_count; i++) {
		if (strcmp(shadows->told[i], table) == 0)
			return true;
	}
	return false;
}

static bool is_shadow(const struct shadows *shadows, const char *table)
{
	for (uint32_t i = 0; i < shadows->count; i++) {
		const struct module *module = module_of(shadows->virtuals[i]);
		const char *suffix = suffix_of(shadows->virtuals[i], table);

		if (module && suffix && has_word(module->tables, suffix))
			return true;
	}
	return was_told(shadows, table);
}

static int keep_name(void *context, const struct bobolink_value *values, uint32_t count)
{
	struct shadows *shadows = context;
	const char **grown =
		bl_memory_grow(shadows->pool.allocator, (void *)shadows->told, shadows->told_count,
			       &shadows->told_capacity, sizeof(*grown));

	if (!grown)
		return BOBOLINK_NO_MEMORY;
	shadows->told = grown;
	if (count && values[0].text)
		grown[shadows->told_count++] =
			bl_pool_copy(&shadows->pool, values[0].text, values[0].length);
	return shadows->pool.failed ? BOBOLINK_NO_MEMORY : BOBOLINK_OK;
}

/* True when a table might be a shadow table of a module that is not known here. */
static bool must_ask(const struct shadows *shadows, const struct bl_groups *groups)
{
	for (uint32_t i = 0; i < shadows->count; i++) {
		if (module_of(shadows->virtuals[i]))
			continue;
		for (uint32_t j = 0; j < groups->count; j++) {
			const struct bobolink_object *object = &groups->items[j]->objects[0];

			if (object->kind == BOBOLINK_OBJECT_TABLE &&
			    suffix_of(shadows->virtuals[i], object->name))
				return true;
		}
	}
	return false;
}

static int find_virtuals(struct shadows *shadows, const struct bl_groups *groups)
{
	for (uint32_t i = 0; i < groups->count; i++)
		shadows->count +=
			groups->items[i]->objects[0].kind == BOBOLINK_OBJECT_VIRTUAL_TABLE;
	if (shadows->count == 0)
		return BOBOLINK_OK;
	shadows->virtuals = bl_memory_alloc(shadows->pool.allocator, shadows->count,
					    sizeof(*shadows->virtuals));
	if (!shadows->virtuals)
		return BOBOLINK_NO_MEMORY;
	shadows->count = 0;
	for (uint32_t i = 0; i < groups->count; i++) {
		if (groups->items[i]->objects[0].kind == BOBOLINK_OBJECT_VIRTUAL_TABLE)
			shadows->virtuals[shadows->count++] = &groups->items[i]->objects[0];
	}
	return BOBOLINK_OK;
}

static void drop(const struct shadows *shadows, struct bl_groups *groups)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < groups->count; i++) {
		const struct bobolink_object *object = &groups->items[i]->objects[0];
		const char *table =
			object->kind == BOBOLINK_OBJECT_TABLE ? object->name : object->parent;

		if (is_shadow(shadows, table)) {
			bl_group_release(groups->items[i]);
		} else {
			groups->places[kept] = groups->places[i];
			groups->items[kept++] = groups->items[i];
		}
	}
	groups->count = kept;
}

int bl_sqlite_drop_shadows(const struct bobolink_backend *backend,
			   struct bobolink_connection *connection,
			   const struct bobolink_allocator *allocator, struct bl_groups *groups,
			   struct bobolink_error *error)
{
	struct shadows shadows = { .count = 0 };
	int rc;

	bl_pool_init(&shadows.pool, allocator);
	rc = find_virtuals(&shadows, groups);
	if (rc == BOBOLINK_OK && must_ask(&shadows, groups)) {
		rc = backend->query(connection, SHADOW_SELECT, NULL, 0, keep_name, &shadows, NULL,
				    error);
		/* An older SQLite does not know; then they are tables like any other. */
		if (rc == BOBOLINK_NO_TABLE)
			rc = BOBOLINK_OK;
	}
	if (rc == BOBOLINK_OK && shadows.count)
		drop(&shadows, groups);
	bl_memory_release(allocator, shadows.virtuals);
	bl_memory_release(allocator, (void *)shadows.told);
	bl_pool_release(&shadows.pool);
	return rc;
}
