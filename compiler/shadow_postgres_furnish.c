/*
 * What stands in the scratch database before the first migration: stubs of SHADOW_FUNCTIONS, and the extensions that an
 * administrator would have installed, those of SHADOW_EXTENSIONS that are no files.
 *
 * A stub takes and returns text: name/2 is name(text, text), name/-1 takes any number. The role of the migrations is a
 * superuser only when the set itself creates an extension that nobody else may create.
 */
#include <string.h>

#include "shadow_module.h"
#include "shadow_place.h"
#include "shadow_postgres.h"
#include "statement.h"
#include "support/buffer.h"

#define ARITY_MAX 100

/* The number behind the slash, -1 for any; -2 when it is none. */
static int read_arity(const char *text)
{
	int arity = 0;

	if (strcmp(text, "-1") == 0)
		return -1;
	if (!*text || strspn(text, "0123456789") != strlen(text))
		return -2;
	for (; *text && arity <= ARITY_MAX; text++)
		arity = arity * 10 + (*text - '0');
	return arity <= ARITY_MAX ? arity : -2;
}

/* The name as a migration writes it, without quotes: in small letters. */
static const char *folded(struct shadow_run *run, const char *name, size_t length)
{
	char *copy = arena_copy(run->arena, name, length);

	for (char *at = copy; *at; at++)
		if (*at >= 'A' && *at <= 'Z')
			*at = (char)(*at - 'A' + 'a');
	return shadow_postgres_quote(run, copy);
}

static const char *stub_of(struct shadow_run *run, const char *declared, size_t length, int arity)
{
	struct buffer sql = BUFFER_INIT;
	const char *copy;

	buffer_format(&sql, "CREATE FUNCTION public.%s(", folded(run, declared, length));
	if (arity < 0)
		buffer_add_text(&sql, "VARIADIC text[]");
	for (int i = 0; i < arity; i++)
		buffer_add_text(&sql, i ? ", text" : "text");
	buffer_add_text(&sql,
			") RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT CAST(NULL AS text)'");
	copy = arena_copy(run->arena, sql.text, sql.length);
	buffer_release(&sql);
	return copy;
}

static int add_function(struct shadow_run *run, PGconn *db, const char *declared)
{
	const char *slash = strrchr(declared, '/');
	int arity = slash && slash > declared ? read_arity(slash + 1) : -2;
	const char *reason = NULL;

	if (arity >= -1 &&
	    shadow_postgres_run(run, db, stub_of(run, declared, (size_t)(slash - declared), arity),
				&reason) == 0)
		return 0;
	diagnostic_path(run->diag, SEVERITY_ERROR, "shadow-function", NULL,
			"\"%s\" declares no function%s%s", declared, reason ? ": " : "",
			reason ? reason : "");
	diagnostic_help(run->diag, "write its name and its number of arguments, 0 to 100 or -1 for "
				   "any: normalize/1; they and the result are text");
	return -1;
}

static int add_extension(struct shadow_run *run, PGconn *db, const char *name)
{
	const char *reason = NULL;

	if (shadow_postgres_run(run, db,
				arena_format(run->arena,
					     "CREATE EXTENSION IF NOT EXISTS %s CASCADE",
					     shadow_postgres_quote(run, name)),
				&reason) == 0)
		return 0;
	diagnostic_path(run->diag, SEVERITY_ERROR, "shadow-extension", NULL, "%s", reason);
	diagnostic_help(run->diag,
			"on PostgreSQL --shadow-extension takes the name of an extension "
			"that the server has");
	return -1;
}

/* The name in CREATE EXTENSION [IF NOT EXISTS] name; NULL in other statements. */
static const char *created_extension(struct shadow_run *run, const struct section *section,
				     const struct statement *statement)
{
	uint32_t n = 2;

	if (!statement_starts(section->source, section->tokens, statement, "CREATE EXTENSION"))
		return NULL;
	if (statement_starts(section->source, section->tokens, statement,
			     "CREATE EXTENSION IF NOT EXISTS"))
		n = 5;
	return statement_name(section->source, statement_word(section->tokens, statement, n),
			      run->arena);
}

/* May only a superuser create it? Servers before 13 know no trusted ones. */
static bool needs_superuser(PGconn *db, const char *extension)
{
	PGresult *result = PQexecParams(
		db,
		"SELECT 1 FROM pg_catalog.pg_available_extension_versions AS v WHERE v.name = $1 "
		"AND v.superuser AND NOT COALESCE(CAST(pg_catalog.to_jsonb(v) ->> 'trusted' AS "
		"pg_catalog.bool), false)",
		1, NULL, &extension, NULL, NULL, 0);
	bool found = PQntuples(result) > 0;

	PQclear(result);
	return found;
}

static bool set_needs_superuser(struct shadow_run *run, PGconn *db)
{
	for (uint32_t i = 0; i < shadow_item_count(run->set); i++) {
		const struct section *up = &shadow_item(run->set, i)->up;

		for (uint32_t j = 0; j < up->count; j++) {
			const char *name = created_extension(run, up, &up->statements[j]);

			if (name && needs_superuser(db, name))
				return true;
		}
	}
	return false;
}

/* What the administrator of a private server does in the scratch database. */
static int furnish_as(struct shadow_run *run, PGconn *db)
{
	const struct shadow_postgres *own = run->own;
	const char *reason = NULL;
	int rc = 0;

	/* Before 15 the schema belongs to the administrator. */
	if (own->role &&
	    (shadow_postgres_run(run, db,
				 arena_format(run->arena, "ALTER SCHEMA public OWNER TO %s",
					      own->role),
				 &reason) ||
	     (set_needs_superuser(run, db) &&
	      shadow_postgres_run(run, db,
				  arena_format(run->arena, "ALTER ROLE %s SUPERUSER", own->role),
				  &reason)))) {
		diagnostic_path(run->diag, SEVERITY_ERROR, "shadow-server", NULL, "%s", reason);
		return -1;
	}
	for (uint32_t i = 0; i < run->options->shadow_extension_count; i++)
		if (!shadow_module_is_path(run->options->shadow_extensions[i]))
			rc |= add_extension(run, db, run->options->shadow_extensions[i]);
	for (uint32_t i = 0; i < run->options->shadow_function_count; i++)
		rc |= add_function(run, db, run->options->shadow_functions[i]);
	return rc;
}

int shadow_postgres_furnish(struct shadow_run *run)
{
	const struct shadow_postgres *own = run->own;
	const char *reason = NULL;
	PGconn *db = shadow_postgres_connect(run, own->name, NULL, &reason);
	int rc;

	if (!db) {
		diagnostic_path(run->diag, SEVERITY_ERROR, "shadow-server", NULL, "%s", reason);
		return -1;
	}
	rc = furnish_as(run, db);
	PQfinish(db);
	return rc;
}
