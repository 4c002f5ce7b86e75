/*
 * SQLite's words: the names in its messages, and what to do about each.
 */
#include <string.h>

#include "shadow_explain.h"
#include "shadow_place.h"
#include "shadow_sqlite.h"
#include "statement.h"

/* A name in a message stands behind `before` and goes on to one of the characters of `stop` or to the end. */
static const struct marker {
	const char *before;
	const char *stop;
} markers[] = {
	{ "has no column named ", "" },
	{ "no such table: ", "" },
	{ "no such column: \"", "\"" },
	{ "no such column: ", "" },
	{ "no such view: ", "" },
	{ "no such index: ", "" },
	{ "no such trigger: ", "" },
	{ "no such function: ", "" },
	{ "no such module: ", "" },
	{ "no such collation sequence: ", "" },
	{ "duplicate column name: ", "" },
	{ "unknown column \"", "\"" },
	{ "there is already an index named ", "" },
	{ "there is already a table named ", "" },
	{ "there is already another table or index with this name: ", "" },
	{ "wrong number of arguments to function ", "(" },
	{ "constraint failed: ", "," },
	{ "cannot drop column \"", "\"" },
	{ "cannot modify ", " " },
	{ "referencing \"", "\"" },
	{ "may not be modified: ", "" },
};

const char *shadow_sqlite_message_name(const char *message, struct arena *arena)
{
	for (size_t i = 0; i < sizeof(markers) / sizeof(markers[0]); i++) {
		const char *found = strstr(message, markers[i].before);
		const char *name;
		const char *dot;

		if (!found)
			continue;
		found += strlen(markers[i].before);
		name = arena_copy(arena, found, strcspn(found, markers[i].stop));
		dot = strrchr(name, '.');
		return dot ? dot + 1 : name;
	}
	return NULL;
}

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

static void help_function(struct shadow_run *run, const struct section *section,
			  const struct statement *statement, const char *name)
{
	unsigned count = shadow_count_arguments(section, statement, name);

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
			shadow_help_made(run, section, (uint32_t)made);
			return;
		}
	}
}

static void help_syntax(struct shadow_run *run, const char *message)
{
	const char *word = message + strlen("near \"");

	shadow_help_syntax(run, arena_copy(run->arena, word, strcspn(word, "\"")));
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

void shadow_sqlite_help(struct shadow_run *run, const struct section *section,
			const struct statement *statement, const char *message, uint32_t count)
{
	const char *name = shadow_sqlite_message_name(message, run->arena);

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
		shadow_help_object(run, name, count, is_readable);
	else if (begins(message, "no such index"))
		shadow_help_object(run, name, count, is_index);
	else if (begins(message, "no such trigger"))
		shadow_help_object(run, name, count, is_trigger);
	else if (begins(message, "no such function") || begins(message, "wrong number of"))
		help_function(run, section, statement, name);
	else if (begins(message, "no such module") || begins(message, "no such collation"))
		diagnostic_help(
			run->diag,
			"name the loadable module that has it: SHADOW_EXTENSIONS in CMake, or "
			"--shadow-extension PATH");
	else if (strstr(message, "no such column") || strstr(message, "has no column named") ||
		 begins(message, "unknown column"))
		shadow_help_column(run, section, statement, name);
	else if (begins(message, "duplicate column name"))
		diagnostic_help(run->diag, "the table has it already: give it another name");
}

bool shadow_sqlite_reaches_out(const char *message)
{
	return begins(message, "not authorized") || begins(message, "authorization denied");
}
