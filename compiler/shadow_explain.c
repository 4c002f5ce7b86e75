/*
 * Explain: what the database said about a statement, and the nearest thing that would have worked.
 */
#include "shadow_explain.h"

#include <string.h>

#include "shadow_mismatch.h"
#include "shadow_place.h"
#include "statement.h"
#include "support/text.h"

/* Candidates for a misspelt name. */
struct candidates {
	struct arena arena;
	const char **names;
	const struct bobolink_object **objects;
	size_t count;
};

static bool is_column(const struct bobolink_object *object)
{
	return object->kind == BOBOLINK_OBJECT_COLUMN;
}

static struct candidates gather(struct shadow_run *run,
				bool (*is_kind)(const struct bobolink_object *object))
{
	uint32_t total = bobolink_inventory_count(run->inventory);
	struct candidates all = { .arena = ARENA_INIT };

	all.names = arena_alloc(&all.arena, total + 1, sizeof(*all.names));
	all.objects = arena_alloc(&all.arena, total + 1, sizeof(*all.objects));
	for (uint32_t i = 0; i < total; i++) {
		const struct bobolink_object *object = bobolink_inventory_object(run->inventory, i);

		if (is_kind(object)) {
			all.objects[all.count] = object;
			all.names[all.count++] = object->name;
		}
	}
	return all;
}

/* Releases the candidates. */
static const struct bobolink_object *nearest(struct candidates *all, const char *name)
{
	const char *found = text_nearest(name, all->names, all->count);
	const struct bobolink_object *object = NULL;

	for (size_t i = 0; found && !object && i < all->count; i++)
		object = all->names[i] == found ? all->objects[i] : NULL;
	arena_release(&all->arena);
	return object;
}

static const char *article(const char *word)
{
	return strchr("aeiou", word[0]) ? "an" : "a";
}

void shadow_help_object(struct shadow_run *run, const char *name, uint32_t count,
			bool (*is_kind)(const struct bobolink_object *object))
{
	struct candidates all = gather(run, is_kind);
	const struct bobolink_object *object = nearest(&all, name);
	const char *kind = object ? bobolink_object_kind_name(object->kind) : "";
	int64_t made;
	int64_t gone;

	if (object) {
		made = shadow_last_made(run->set, count, object->kind, NULL, object->name);
		diagnostic_help(run->diag, "%s %s \"%s\" exists%s%s", article(kind), kind,
				shadow_full_name(object->schema, object->name, run->arena),
				made < 0 ? "" : " after ",
				made < 0 ? "" : shadow_item(run->set, (uint32_t)made)->entry);
		return;
	}
	gone = shadow_last_removed(run->set, count, 0, NULL, name);
	if (gone >= 0)
		diagnostic_help(run->diag, "%s removed it",
				shadow_item(run->set, (uint32_t)gone)->entry);
	else if (run->lacks_objects)
		diagnostic_help(run->diag, "if a migration with shadow:off makes it, this section "
					   "needs shadow:off, too");
}

void shadow_help_made(struct shadow_run *run, const struct section *section, uint32_t made)
{
	const struct migration *item = shadow_item(run->set, made);

	if (made >= run->set->count && item->up.source == section->source)
		diagnostic_help(
			run->diag, "it finds what its first run made: %s",
			run->set->database == DATABASE_POSTGRES
				? "drop that first, with IF EXISTS, or write CREATE OR REPLACE"
				: "drop that first, with IF EXISTS");
	else
		diagnostic_help(run->diag, "%s makes it", item->entry);
}

const struct bobolink_object *shadow_near_column(struct shadow_run *run,
						 const struct section *section,
						 const struct statement *statement,
						 const char *name)
{
	struct candidates all = gather(run, is_column);
	size_t kept = 0;

	for (size_t i = 0; i < all.count; i++) {
		if (!shadow_find_name(section, statement, all.objects[i]->parent))
			continue;
		all.objects[kept] = all.objects[i];
		all.names[kept++] = all.names[i];
	}
	all.count = kept;
	return nearest(&all, name);
}

void shadow_help_column(struct shadow_run *run, const struct section *section,
			const struct statement *statement, const char *name)
{
	const struct bobolink_object *column = shadow_near_column(run, section, statement, name);

	if (column)
		diagnostic_help(run->diag, "the table \"%s\" has a column \"%s\"", column->parent,
				column->name);
}

uint32_t shadow_count_arguments(const struct section *section, const struct statement *statement,
				const char *name)
{
	const struct token *token = &section->tokens->items[statement->first_token];
	const struct token *end = token + statement->token_count;
	uint32_t depth = 0;
	uint32_t commas = 0;
	bool any = false;

	while (token + 1 < end &&
	       (token[1].kind != TOKEN_LEFT || !statement_names(section->source, *token, name)))
		token++;
	for (token++; token < end; token++) {
		if (token->kind == TOKEN_LEFT && depth++ == 0)
			continue;
		if (token->kind == TOKEN_RIGHT && --depth == 0)
			break;
		if (depth == 0)
			return 0;
		any = true;
		commas += token->kind == TOKEN_COMMA && depth == 1;
	}
	return any ? commas + 1 : 0;
}

void shadow_help_syntax(struct shadow_run *run, const char *word)
{
	static const char *const words[] = {
		"ALTER",   "CREATE",	 "DELETE",  "DROP",	  "INSERT",  "SELECT",	"UPDATE",
		"TABLE",   "INDEX",	 "TRIGGER", "VIEW",	  "UNIQUE",  "PRIMARY", "KEY",
		"FOREIGN", "REFERENCES", "COLUMN",  "CONSTRAINT", "DEFAULT", "CHECK",	"COLLATE",
		"VALUES",  "WHERE",	 "FROM",    "INTO",	  "RENAME",  "EXISTS",	"BEGIN",
		"REPLACE", "AFTER",	 "BEFORE",  "INSTEAD",	  "WITHOUT", "VIRTUAL", "ORDER",
		"GROUP",   "HAVING",	 "LIMIT",   "JOIN",	  "PRAGMA"
	};
	const char *found = text_nearest(word, words, sizeof(words) / sizeof(words[0]));

	if (found && !text_is(found, strlen(found), word))
		diagnostic_help(run->diag, "did you mean %s", found);
}

static void report_refused(struct shadow_run *run, enum severity severity, const char *rule,
			   const struct section *section, const struct statement *statement)
{
	struct token first = statement_word(section->tokens, statement, 0);

	diagnostic_at(run->diag, severity, rule, section->source, first.offset, first.length,
		      "the statement would reach beyond the database, which no build does");
	/* A guard cannot be excluded. */
	if (strcmp(rule, "fix-guard") != 0)
		diagnostic_help(run->diag, "exclude its section: -- %s shadow:off reason:\"why\"",
				section->source->role == SOURCE_FIX ? "fix:execute"
				: strcmp(rule, "down-error") == 0   ? "migrate:down"
								    : "migrate:up");
}

void shadow_explain(struct shadow_run *run, enum severity severity, const char *rule,
		    const struct section *section, const struct statement *statement,
		    int32_t offset, const char *before, const char *message, uint32_t count)
{
	struct shadow_place place;

	if (run->engine->reaches_out(message)) {
		report_refused(run, severity, rule, section, statement);
		return;
	}
	place = shadow_place_of(run, section, statement, offset, message);
	diagnostic_at(run->diag, severity, rule, place.source, place.offset, place.length, "%s%s",
		      before, message);
	run->engine->help(run, section, statement, message, count);
}
