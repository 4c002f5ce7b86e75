/*
 * Bodies of views and parents of foreign keys.
 *
 * SQLite resolves names in a view when it is read and those of a foreign key when a row is written: a release can carry
 * a broken one for years. Here each is compiled once, against the schema after the last migration.
 */
#include "shadow_sqlite_bodies.h"

#include <string.h>

#include "shadow_explain.h"
#include "shadow_mismatch.h"
#include "shadow_sqlite_orphans.h"
#include "shadow_place.h"
#include "shadow_sqlite_strings.h"
#include "support/text.h"

const char *shadow_sqlite_quote(struct shadow_run *run, const char *name)
{
	char *quoted = arena_alloc(run->arena, 2 * strlen(name) + 3, 1);
	size_t length = 0;

	quoted[length++] = '"';
	for (; *name; name++) {
		if (*name == '"')
			quoted[length++] = '"';
		quoted[length++] = *name;
	}
	quoted[length] = '"';
	return quoted;
}

const char *shadow_sqlite_prepare(struct shadow_run *run, const char *sql)
{
	sqlite3_stmt *statement = NULL;
	const char *message = NULL;
	int rc = sqlite3_prepare_v2(run->handle, sql, -1, &statement, NULL);

	if (rc == SQLITE_NOMEM)
		arena_exhausted();
	if (rc != SQLITE_OK) {
		const char *text = sqlite3_errmsg(run->handle);

		message = arena_copy(run->arena, text, strlen(text));
	}
	sqlite3_finalize(statement);
	return message;
}

/* Where what an object needs was removed after the object was made; -1 when it never was there. */
static int64_t find_removal(struct shadow_run *run, const char *message, const char *missing)
{
	int32_t kind = strstr(message, "column") ? BOBOLINK_OBJECT_COLUMN : 0;

	return missing ? shadow_last_removed(run->set, shadow_item_count(run->set), kind, NULL,
					     missing)
		       : -1;
}

static void report_removal(struct shadow_run *run, const char *rule, int64_t removed, int64_t made,
			   const struct bobolink_object *object, const char *trouble,
			   const char *message, const char *missing)
{
	const struct migration *migration = shadow_item(run->set, (uint32_t)removed);
	const struct section *section = &migration->up;
	const struct token *token = NULL;

	for (uint32_t i = 0; i < section->count && !token; i++)
		token = shadow_find_name(section, &section->statements[i], missing);
	diagnostic_at(run->diag, shadow_severity(migration), rule, section->source,
		      token ? token->offset : section->offset, token ? token->length : 0,
		      "%s without this: %s", trouble, message);
	diagnostic_help(run->diag, "%s made the %s: drop it here, or make it again without \"%s\"",
			shadow_item(run->set, (uint32_t)made)->entry,
			shadow_object_text(object, run->arena), missing);
}

static void report_made(struct shadow_run *run, const char *rule, int64_t made,
			const struct bobolink_object *object, const char *trouble,
			const char *message, const char *missing)
{
	const struct migration *migration = shadow_item(run->set, (uint32_t)made);
	const struct section *section = &migration->up;
	const struct statement *statement = NULL;
	const struct token *token = NULL;

	if (object->kind != BOBOLINK_OBJECT_FOREIGN_KEY) {
		statement = shadow_maker(migration, object->name);
		if (statement && missing)
			token = shadow_find_name(section, statement, missing);
		if (statement && !token)
			token = shadow_find_name(section, statement, object->name);
	}
	for (uint32_t i = 0; !statement && missing && i < section->count; i++) {
		token = shadow_find_parent(section, &section->statements[i], missing);
		statement = token ? &section->statements[i] : NULL;
	}

	diagnostic_at(run->diag, shadow_severity(migration), rule, section->source,
		      token ? token->offset : section->offset, token ? token->length : 0, "%s: %s",
		      trouble, message);
	if (statement)
		shadow_sqlite_help(run, section, statement, message, shadow_item_count(run->set));
}

void shadow_report_broken(struct shadow_run *run, const char *rule,
			  const struct bobolink_object *object, const char *trouble,
			  const char *message)
{
	const char *missing = shadow_sqlite_message_name(message, run->arena);
	int64_t made = shadow_last_made(run->set, shadow_item_count(run->set), object->kind,
					object->parent, object->name);
	int64_t removed = find_removal(run, message, missing);

	if (made < 0)
		return;
	if (removed > made)
		report_removal(run, rule, removed, made, object, trouble, message, missing);
	else
		report_made(run, rule, made, object, trouble, message, missing);
}

void shadow_sqlite_report_string(struct shadow_run *run, const struct bobolink_object *object,
				 const char *message)
{
	/* Only a column can be taken for a string. */
	const char *name = strstr(message, "no such column")
				   ? shadow_sqlite_message_name(message, run->arena)
				   : NULL;
	int64_t made = shadow_last_made(run->set, shadow_item_count(run->set), object->kind,
					object->parent, object->name);
	const struct migration *migration = made < 0 ? NULL : shadow_item(run->set, (uint32_t)made);
	const struct statement *statement =
		migration ? shadow_maker(migration, object->name) : NULL;
	const struct token *token =
		statement && name ? shadow_sqlite_strings_find(run, &migration->up, statement, name)
				  : NULL;

	if (token)
		shadow_sqlite_strings_report(run, migration, &migration->up, statement, token);
}

static void check_view(struct shadow_run *run, const struct bobolink_object *view)
{
	const char *sql = arena_format(run->arena, "SELECT * FROM main.%s LIMIT 0",
				       shadow_sqlite_quote(run, view->name));
	const char *message = shadow_sqlite_prepare(run, sql);
	struct shadow_sqlite_strings before;

	if (message) {
		shadow_report_broken(run, "broken-view", view,
				     arena_format(run->arena, "the view \"%s\" cannot be read",
						  view->name),
				     message);
		return;
	}
	if (!shadow_sqlite_strings_off(run->handle, &before))
		return;
	message = shadow_sqlite_prepare(run, sql);
	shadow_sqlite_strings_restore(run->handle, &before);
	if (message)
		shadow_sqlite_report_string(run, view, message);
}

/* The table that a foreign key refers to, from its canonical definition. */
static const char *parent_of(struct shadow_run *run, const struct bobolink_object *key)
{
	const char *at = strstr(key->definition, ") REFERENCES ");
	char *name;
	size_t length = 0;

	if (!at)
		return NULL;
	at += strlen(") REFERENCES ");
	if (*at != '"')
		return arena_copy(run->arena, at, strcspn(at, " ("));
	name = arena_alloc(run->arena, strlen(at) + 1, 1);
	for (at++; *at; at++) {
		if (*at == '"' && *++at != '"')
			break;
		name[length++] = *at;
	}
	return name;
}

static bool exists(struct shadow_run *run, const char *table)
{
	sqlite3_stmt *statement = NULL;
	bool found;

	if (bobolink_inventory_find(run->inventory, BOBOLINK_OBJECT_TABLE, "", "", table))
		return true;
	if (sqlite3_prepare_v2(run->handle,
			       "SELECT 1 FROM main.sqlite_master WHERE type IN ('table', 'view') "
			       "AND name = ?1 COLLATE NOCASE",
			       -1, &statement, NULL) != SQLITE_OK)
		arena_exhausted();
	sqlite3_bind_text(statement, 1, table, -1, SQLITE_STATIC);
	found = sqlite3_step(statement) == SQLITE_ROW;
	sqlite3_finalize(statement);
	return found;
}

static void check_parent(struct shadow_run *run, const struct bobolink_object *key)
{
	const char *parent = parent_of(run, key);

	if (!parent || exists(run, parent))
		return;
	shadow_report_broken(run, "missing-parent", key,
			     arena_format(run->arena, "the %s refers to nothing",
					  shadow_object_text(key, run->arena)),
			     arena_format(run->arena, "no such table: %s", parent));
}

/* Are the columns that the foreign keys of one table name a key of their parents? */
static void check_keys(struct shadow_run *run, const struct bobolink_object *const *keys,
		       uint32_t count)
{
	const char *sql = arena_format(run->arena, "PRAGMA main.foreign_key_check(%s)",
				       shadow_sqlite_quote(run, keys[0]->parent));
	const char *message = shadow_sqlite_prepare(run, sql);
	const char *name;

	if (!message && run->has_rows)
		shadow_sqlite_orphans(run, keys[0]->parent);
	if (!message || !strstr(message, "foreign key mismatch"))
		return;
	for (uint32_t i = 0; i < count; i++) {
		const char *parent = parent_of(run, keys[i]);

		name = arena_format(run->arena, "referencing \"%s\"", parent ? parent : "");
		if (!strstr(message, name))
			continue;
		shadow_report_broken(run, "missing-parent", keys[i],
				     arena_format(run->arena, "the %s refers to no key",
						  shadow_object_text(keys[i], run->arena)),
				     message);
		diagnostic_help(run->diag,
				"the columns it names in \"%s\" need a PRIMARY KEY or UNIQUE "
				"constraint on exactly them",
				parent);
		return;
	}
}

/* The foreign keys of one table, which stand together. Returns how many they are. */
static uint32_t check_foreign_keys(struct shadow_run *run, uint32_t first)
{
	const struct bobolink_object *const key = bobolink_inventory_object(run->inventory, first);
	const struct bobolink_object **keys;
	const struct bobolink_object *next = key;
	uint32_t count = 0;

	while (next && next->kind == key->kind && strcmp(next->parent, key->parent) == 0)
		next = bobolink_inventory_object(run->inventory, first + ++count);
	keys = arena_alloc(run->arena, count, sizeof(*keys));
	for (uint32_t i = 0; i < count; i++) {
		keys[i] = bobolink_inventory_object(run->inventory, first + i);
		check_parent(run, keys[i]);
	}
	check_keys(run, keys, count);
	return count;
}

void shadow_sqlite_bodies(struct shadow_run *run)
{
	const struct bobolink_object *object;
	uint32_t i = 0;

	while ((object = bobolink_inventory_object(run->inventory, i)) != NULL) {
		if (object->kind == BOBOLINK_OBJECT_VIEW)
			check_view(run, object);
		if (object->kind == BOBOLINK_OBJECT_FOREIGN_KEY)
			i += check_foreign_keys(run, i);
		else
			i++;
	}
	shadow_sqlite_triggers(run);
}
