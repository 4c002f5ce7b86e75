/*
 * Explain: what the database said about a statement, and the nearest thing that would have worked.
 */
#include "shadow_explain.h"

#include <string.h>

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

static bool is_readable(const struct bobolink_object *object)
{
	return object->kind == BOBOLINK_OBJECT_TABLE || object->kind == BOBOLINK_OBJECT_VIEW ||
	       object->kind == BOBOLINK_OBJECT_VIRTUAL_TABLE;
}

static bool is_index(const struct bobolink_object *object)
{
	return object->kind == BOBOLINK_OBJECT_INDEX;
}

static bool is_trigger(const struct bobolink_object *object)
{
	return object->kind == BOBOLINK_OBJECT_TRIGGER;
}

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

static void help_object(struct shadow_run *run, const char *name, uint32_t count,
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
				object->name, made < 0 ? "" : " after ",
				made < 0 ? "" : run->set->migrations[made].entry);
		return;
	}
	gone = shadow_last_removed(run->set, count, 0, NULL, name);
	if (gone >= 0)
		diagnostic_help(run->diag, "%s removed it", run->set->migrations[gone].entry);
	else if (run->lacks_objects)
		diagnostic_help(run->diag, "if a migration with shadow:off makes it, this section "
					   "needs shadow:off, too");
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

static void help_column(struct shadow_run *run, const struct section *section,
			const struct statement *statement, const char *name)
{
	const struct bobolink_object *column = shadow_near_column(run, section, statement, name);

	if (column)
		diagnostic_help(run->diag, "the table \"%s\" has a column \"%s\"", column->parent,
				column->name);
}

/* How many arguments the statement gives to the function. */
static uint32_t count_arguments(const struct section *section, const struct statement *statement,
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

static void help_function(struct shadow_run *run, const struct section *section,
			  const struct statement *statement, const char *name)
{
	unsigned count = count_arguments(section, statement, name);

	diagnostic_help(
		run->diag,
		"declare a function of the application: SHADOW_FUNCTIONS %s/%u in CMake, or "
		"--shadow-function %s/%u",
		name, count, name, count);
}

/* Does the message speak of this name? "trigger "my t" already exists", "there is already a table named t" */
static bool speaks_of(const char *message, const char *name)
{
	size_t length = strlen(name);
	const char *found = message;

	while ((found = strstr(found + 1, name)))
		if (found[-1] == ' ' && (found[length] == ' ' || found[length] == '\0'))
			return true;
	return false;
}

static void help_exists(struct shadow_run *run, const struct section *section,
			const struct statement *statement, const char *message, uint32_t count)
{
	for (uint32_t n = 1; n < 12; n++) {
		struct token token = statement_word(section->tokens, statement, n);
		const char *name;
		int64_t made;

		if (token.kind != TOKEN_WORD && token.kind != TOKEN_QUOTED)
			continue;
		name = statement_name(section->source, token, run->arena);
		if (!speaks_of(message, name) &&
		    !speaks_of(message, arena_copy(run->arena, section->source->text + token.offset,
						   token.length)))
			continue;
		made = shadow_last_made(run->set, count, 0, NULL, name);
		if (made >= 0) {
			diagnostic_help(run->diag, "%s makes it", run->set->migrations[made].entry);
			return;
		}
	}
}

static void help_syntax(struct shadow_run *run, const char *message)
{
	static const char *const words[] = {
		"ALTER",   "CREATE",	 "DELETE",  "DROP",	  "INSERT",  "SELECT",	"UPDATE",
		"TABLE",   "INDEX",	 "TRIGGER", "VIEW",	  "UNIQUE",  "PRIMARY", "KEY",
		"FOREIGN", "REFERENCES", "COLUMN",  "CONSTRAINT", "DEFAULT", "CHECK",	"COLLATE",
		"VALUES",  "WHERE",	 "FROM",    "INTO",	  "RENAME",  "EXISTS",	"BEGIN",
		"REPLACE", "AFTER",	 "BEFORE",  "INSTEAD",	  "WITHOUT", "VIRTUAL", "ORDER",
		"GROUP",   "HAVING",	 "LIMIT",   "JOIN",	  "PRAGMA"
	};
	size_t length = strcspn(message + strlen("near \""), "\"");
	const char *word = arena_copy(run->arena, message + strlen("near \""), length);
	const char *found = text_nearest(word, words, sizeof(words) / sizeof(words[0]));

	if (found && !text_is(found, strlen(found), word))
		diagnostic_help(run->diag, "did you mean %s", found);
}

static bool begins(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* "error in index users_email after drop column: no such column: email"; a name may hold spaces. */
static void help_dependent(struct shadow_run *run, const char *message)
{
	static const char *const ends[] = { " after drop column: ", " after rename: ", ": " };
	const char *what = message + strlen("error in ");
	const char *end = NULL;

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]) && !end; i++)
		end = strstr(what, ends[i]);
	if (!end)
		return;
	if (begins(what, "table "))
		diagnostic_help(run->diag,
				"create the table anew under another name, copy the rows, drop the "
				"old one and rename: bobolink explain rebuild-cascade");
	else
		diagnostic_help(run->diag, "drop the %.*s before this statement", (int)(end - what),
				what);
}

void shadow_help(struct shadow_run *run, const struct section *section,
		 const struct statement *statement, const char *message, uint32_t count)
{
	const char *name = shadow_message_name(message, run->arena);

	if (begins(message, "near \""))
		help_syntax(run, message);
	else if (strstr(message, "already exists") || begins(message, "there is already"))
		help_exists(run, section, statement, message, count);
	else if (begins(message, "incomplete input"))
		diagnostic_help(run->diag, "the statement ends too early: a parenthesis may be "
					   "open, or a semicolon too many");
	else if (begins(message, "error in "))
		help_dependent(run, message);
	else if (!name)
		return;
	else if (begins(message, "no such table") || begins(message, "no such view"))
		help_object(run, name, count, is_readable);
	else if (begins(message, "no such index"))
		help_object(run, name, count, is_index);
	else if (begins(message, "no such trigger"))
		help_object(run, name, count, is_trigger);
	else if (begins(message, "no such function") || begins(message, "wrong number of"))
		help_function(run, section, statement, name);
	else if (begins(message, "no such module") || begins(message, "no such collation"))
		diagnostic_help(
			run->diag,
			"name the loadable module that has it: SHADOW_EXTENSIONS in CMake, or "
			"--shadow-extension PATH");
	else if (strstr(message, "no such column") || strstr(message, "has no column named") ||
		 begins(message, "unknown column"))
		help_column(run, section, statement, name);
	else if (begins(message, "duplicate column name"))
		diagnostic_help(run->diag, "the table has it already: give it another name");
}

static void report_refused(struct shadow_run *run, enum severity severity, const char *rule,
			   const struct section *section, const struct statement *statement)
{
	struct token first = statement_word(section->tokens, statement, 0);

	diagnostic_at(run->diag, severity, rule, section->source, first.offset, first.length,
		      "the statement would reach beyond the database, which no build does");
	diagnostic_help(run->diag, "exclude its section: -- migrate:%s shadow:off reason:\"why\"",
			strcmp(rule, "down-error") == 0 ? "down" : "up");
}

void shadow_explain(struct shadow_run *run, enum severity severity, const char *rule,
		    const struct section *section, const struct statement *statement,
		    int32_t offset, const char *before, const char *message, uint32_t count)
{
	struct shadow_place place;

	if (begins(message, "not authorized") || begins(message, "authorization denied")) {
		report_refused(run, severity, rule, section, statement);
		return;
	}
	place = shadow_place_of(section, statement, offset, message, run->arena);
	diagnostic_at(run->diag, severity, rule, place.source, place.offset, place.length, "%s%s",
		      before, message);
	shadow_help(run, section, statement, message, count);
}
