/*
 * PostgreSQL's words (in English, as a private server has them): the names in its messages, and what to do about each. Hints of
 * the server are part of its message already.
 */
#include <string.h>

#include "shadow_explain.h"
#include "shadow_place.h"
#include "shadow_postgres.h"
#include "statement.h"

static bool begins(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* The first of them in double quotes, or the column in "column t.x does not exist". */
const char *shadow_postgres_message_name(const char *message, struct arena *arena)
{
	const char *open = strchr(message, '"');
	const char *end = strstr(message, " does not exist");
	const char *name;
	const char *dot;

	if (begins(message, "column ") && message[7] != '"' && end)
		name = arena_copy(arena, message + 7, (size_t)(end - message) - 7);
	else if (begins(message, "function ") && strchr(message, '('))
		name = arena_copy(arena, message + 9, strcspn(message + 9, "("));
	else if (open && strchr(open + 1, '"'))
		name = arena_copy(arena, open + 1, strcspn(open + 1, "\""));
	else
		return NULL;
	dot = strrchr(name, '.');
	return dot ? dot + 1 : name;
}

static bool is_relation(const struct bobolink_object *object)
{
	return object->kind == BOBOLINK_OBJECT_TABLE || object->kind == BOBOLINK_OBJECT_VIEW ||
	       object->kind == BOBOLINK_OBJECT_MATERIALIZED_VIEW ||
	       object->kind == BOBOLINK_OBJECT_SEQUENCE;
}

static bool is_index(const struct bobolink_object *object)
{
	return object->kind == BOBOLINK_OBJECT_INDEX;
}

static bool is_trigger(const struct bobolink_object *object)
{
	return object->kind == BOBOLINK_OBJECT_TRIGGER;
}

static bool is_schema(const struct bobolink_object *object)
{
	return object->kind == BOBOLINK_OBJECT_SCHEMA;
}

static bool is_type(const struct bobolink_object *object)
{
	return object->kind == BOBOLINK_OBJECT_ENUM || object->kind == BOBOLINK_OBJECT_DOMAIN ||
	       object->kind == BOBOLINK_OBJECT_COMPOSITE || object->kind == BOBOLINK_OBJECT_RANGE;
}

static bool is_constraint(const struct bobolink_object *object)
{
	return object->kind == BOBOLINK_OBJECT_PRIMARY_KEY ||
	       object->kind == BOBOLINK_OBJECT_UNIQUE ||
	       object->kind == BOBOLINK_OBJECT_FOREIGN_KEY ||
	       object->kind == BOBOLINK_OBJECT_CHECK || object->kind == BOBOLINK_OBJECT_EXCLUDE;
}

/* How a message about a thing that is not there begins, and what the thing is. */
static const struct {
	const char *begins;
	bool (*is_kind)(const struct bobolink_object *object);
} missing[] = {
	{ "relation ", is_relation }, { "table ", is_relation },
	{ "view ", is_relation },     { "materialized view ", is_relation },
	{ "sequence ", is_relation }, { "index ", is_index },
	{ "trigger ", is_trigger },   { "schema ", is_schema },
	{ "type ", is_type },	      { "constraint ", is_constraint },
};

/* CREATE TYPE and DROP INDEX say what they look for; a relation may be an index, too. */
static void help_missing(struct shadow_run *run, const char *message, const char *name,
			 uint32_t count)
{
	for (size_t i = 0; i < sizeof(missing) / sizeof(missing[0]); i++) {
		if (!begins(message, missing[i].begins))
			continue;
		shadow_help_object(run, name, count, missing[i].is_kind);
		return;
	}
}

static void help_function(struct shadow_run *run, const struct section *section,
			  const struct statement *statement, const char *name)
{
	unsigned count = shadow_count_arguments(section, statement, name);

	diagnostic_help(run->diag,
			"create it in a migration before this one; for one that is always there "
			"declare a stub that takes and returns text: SHADOW_FUNCTIONS %s/%u in "
			"CMake, or --shadow-function %s/%u",
			name, count, name, count);
}

static void help_exists(struct shadow_run *run, const struct section *section, const char *message,
			const char *name, uint32_t count)
{
	int64_t made = shadow_last_made(run->set, count,
					begins(message, "column ") ? BOBOLINK_OBJECT_COLUMN : 0,
					NULL, name);

	if (made >= 0)
		shadow_help_made(run, section, (uint32_t)made);
}

static bool is_forbidden(const char *message)
{
	return strstr(message, "must be superuser") || begins(message, "permission denied") ||
	       begins(message, "must be owner of") || begins(message, "must be member of") ||
	       begins(message, "must be able to SET ROLE");
}

/* ALTER … OWNER TO another role, as dumps have it. */
static bool is_foreign_owner(const struct section *section, const struct statement *statement,
			     const char *message)
{
	return (begins(message, "must be member of role") ||
		begins(message, "must be able to SET ROLE")) &&
	       statement_starts(section->source, section->tokens, statement, "ALTER") &&
	       shadow_find_name(section, statement, "OWNER");
}

void shadow_postgres_help(struct shadow_run *run, const struct section *section,
			  const struct statement *statement, const char *message, uint32_t count)
{
	const char *name = shadow_postgres_message_name(message, run->arena);

	if (is_foreign_owner(section, statement, message))
		diagnostic_help(run->diag,
				"leave it out, as pg_dump --no-owner does: what a migration makes "
				"belongs to the role that runs it");
	else if (is_forbidden(message))
		diagnostic_help(run->diag,
				"the shadow's role is no superuser: exclude the section, "
				"-- migrate:up shadow:off reason:\"why\", or set "
				"BOBOLINK_SHADOW_URL to a server where the role may");
	else if (begins(message, "invalid transaction termination"))
		diagnostic_help(run->diag,
				section->no_transaction
					? "CALL a procedure directly, or say COMMIT in a DO block: "
					  "what a function calls cannot end a transaction"
					: "what it runs ends transactions by itself: give it a "
					  "migration of its own, -- migrate:up transaction:off");
	else if (begins(message, "unsafe use of new value"))
		diagnostic_help(run->diag,
				"what uses the value goes into a migration of its own, after this "
				"one");
	else if (!name)
		return;
	else if (begins(message, "syntax error at or near"))
		shadow_help_syntax(run, name);
	else if (strstr(message, "\" already exists"))
		help_exists(run, section, message, name, count);
	else if (begins(message, "extension ") && strstr(message, "is not available"))
		diagnostic_help(run->diag,
				"install it beside the server programs (Debian: "
				"postgresql-contrib has many), or set BOBOLINK_SHADOW_URL to a "
				"server that has it");
	else if (begins(message, "role "))
		diagnostic_help(run->diag,
				"roles are of the whole server: create it in a "
				"migration, if it does not exist, or exclude the section "
				"with shadow:off");
	else if (begins(message, "function ") && strstr(message, "does not exist"))
		help_function(run, section, statement, name);
	else if (strstr(message, "; Perhaps you meant"))
		return;
	else if (begins(message, "column ") && strstr(message, "does not exist"))
		shadow_help_column(run, section, statement, name);
	else if (strstr(message, "does not exist"))
		help_missing(run, message, name, count);
}

bool shadow_postgres_reaches_out(const char *message)
{
	return strstr(message, "pg_execute_server_program") ||
	       strstr(message, "pg_write_server_files") || strstr(message, "pg_read_server_files");
}

/* A name with its schema, where that is not the usual one. */
static const char *place(struct shadow_run *run, const char *schema, const char *name)
{
	const char *quoted = shadow_postgres_quote(run, name);

	if (!*schema || strcmp(schema, "public") == 0)
		return quoted;
	return arena_format(run->arena, "%s.%s", shadow_postgres_quote(run, schema), quoted);
}

/* "f(integer)": the arguments are SQL already. */
static const char *routine(struct shadow_run *run, const struct bobolink_object *object)
{
	size_t length = strcspn(object->name, "(");
	const char *name = arena_copy(run->arena, object->name, length);

	return arena_format(run->arena, "%s%s", place(run, object->schema, name),
			    object->name + length);
}

/* What DROP calls a kind that stands by itself; NULL for another. */
static const char *drop_word(int32_t kind)
{
	switch (kind) {
	case BOBOLINK_OBJECT_TABLE:
		return "TABLE";
	case BOBOLINK_OBJECT_VIEW:
		return "VIEW";
	case BOBOLINK_OBJECT_MATERIALIZED_VIEW:
		return "MATERIALIZED VIEW";
	case BOBOLINK_OBJECT_INDEX:
		return "INDEX";
	case BOBOLINK_OBJECT_SEQUENCE:
		return "SEQUENCE";
	case BOBOLINK_OBJECT_ENUM:
	case BOBOLINK_OBJECT_COMPOSITE:
	case BOBOLINK_OBJECT_RANGE:
		return "TYPE";
	case BOBOLINK_OBJECT_DOMAIN:
		return "DOMAIN";
	case BOBOLINK_OBJECT_SCHEMA:
		return "SCHEMA";
	case BOBOLINK_OBJECT_EXTENSION:
		return "EXTENSION";
	default:
		return NULL;
	}
}

static const char *drop_from_table(struct shadow_run *run, const struct bobolink_object *object)
{
	const char *table = place(run, object->schema, object->parent);
	const char *name = shadow_postgres_quote(run, object->name);

	switch (object->kind) {
	case BOBOLINK_OBJECT_COLUMN:
		return arena_format(run->arena, "ALTER TABLE %s DROP COLUMN %s", table, name);
	case BOBOLINK_OBJECT_TRIGGER:
		return arena_format(run->arena, "DROP TRIGGER %s ON %s", name, table);
	case BOBOLINK_OBJECT_POLICY:
		return arena_format(run->arena, "DROP POLICY %s ON %s", name, table);
	case BOBOLINK_OBJECT_RULE:
		return arena_format(run->arena, "DROP RULE %s ON %s", name, table);
	case BOBOLINK_OBJECT_ROW_SECURITY:
		return arena_format(run->arena, "ALTER TABLE %s DISABLE ROW LEVEL SECURITY", table);
	default:
		return arena_format(run->arena, "ALTER TABLE %s DROP CONSTRAINT %s", table, name);
	}
}

const char *shadow_postgres_undo(struct shadow_run *run, const struct bobolink_object *object)
{
	const char *word = drop_word(object->kind);

	if (word)
		return arena_format(run->arena, "DROP %s %s", word,
				    place(run, object->schema, object->name));
	switch (object->kind) {
	case BOBOLINK_OBJECT_FUNCTION:
		return arena_format(run->arena, "DROP FUNCTION %s", routine(run, object));
	case BOBOLINK_OBJECT_PROCEDURE:
		return arena_format(run->arena, "DROP PROCEDURE %s", routine(run, object));
	case BOBOLINK_OBJECT_AGGREGATE:
		return arena_format(run->arena, "DROP AGGREGATE %s", routine(run, object));
	default:
		return drop_from_table(run, object);
	}
}
