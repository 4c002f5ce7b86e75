/*
 * The scratch database: the library's own defaults, stubs for the application's functions, its extensions.
 */
#include "shadow_sqlite_database.h"

#include <string.h>

#include "shadow_module.h"
#include "support/text.h"

#define ARITY_MAX 127

/* A stub: the value does not matter, tables are empty or nearly so. */
static void return_null(sqlite3_context *context, int count, sqlite3_value **values)
{
	(void)count;
	(void)values;
	sqlite3_result_null(context);
}

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

static int add_function(sqlite3 *db, const char *declared, struct arena *arena,
			struct diagnostics *diag)
{
	const char *slash = strrchr(declared, '/');
	int arity = slash && slash > declared ? read_arity(slash + 1) : -2;
	const char *name;

	if (arity >= -1) {
		name = arena_copy(arena, declared, (size_t)(slash - declared));
		if (sqlite3_create_function_v2(db, name, arity, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
					       NULL, return_null, NULL, NULL, NULL) == SQLITE_OK)
			return 0;
	}
	if (diag) {
		diagnostic_path(diag, SEVERITY_ERROR, "shadow-function", NULL,
				"\"%s\" declares no function", declared);
		diagnostic_help(diag,
				"write its name and its number of arguments, 0 to 127 or -1 for "
				"any: normalize/1");
	}
	return -1;
}

static int add_extension(sqlite3 *db, const char *path, struct diagnostics *diag)
{
	char *message = NULL;
	int rc;

	rc = sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 1, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_load_extension(db, path, NULL, &message);
	if (rc != SQLITE_OK && diag) {
		diagnostic_path(diag, SEVERITY_ERROR, "shadow-extension", path, "%s",
				message ? message : "this SQLite loads no extensions");
		diagnostic_help(diag, "name a module built for this machine, with its path");
	}
	sqlite3_free(message);
	return rc == SQLITE_OK ? 0 : -1;
}

sqlite3 *shadow_sqlite_database_open(const struct compile_options *options,
				     struct shadow_sqlite_watch *watch, struct arena *arena,
				     struct diagnostics *diag)
{
	sqlite3 *db = NULL;
	int rc = 0;

	/* One thread uses it, and locking takes a fifth of the time. */
	if (sqlite3_open_v2(":memory:", &db,
			    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
			    NULL) != SQLITE_OK)
		arena_exhausted();
	for (uint32_t i = 0; i < options->shadow_function_count; i++)
		rc |= add_function(db, options->shadow_functions[i], arena, diag);
	for (uint32_t i = 0; i < options->shadow_extension_count; i++)
		if (shadow_module_is_extension(options->shadow_extensions[i]))
			rc |= add_extension(db, options->shadow_extensions[i], diag);
	if (sqlite3_exec(db, "PRAGMA temp_store=MEMORY", NULL, NULL, NULL) != SQLITE_OK)
		arena_exhausted();
	if (rc) {
		sqlite3_close(db);
		return NULL;
	}
	shadow_sqlite_watch_start(watch, db);
	return db;
}

sqlite3 *shadow_sqlite_database_copy(sqlite3 *db, const struct compile_options *options,
				     struct shadow_sqlite_watch *watch, struct arena *arena)
{
	sqlite3 *copy = shadow_sqlite_database_open(options, watch, arena, NULL);
	sqlite3_backup *backup = copy ? sqlite3_backup_init(copy, "main", db, "main") : NULL;

	if (!backup)
		arena_exhausted();
	sqlite3_backup_step(backup, -1);
	if (sqlite3_backup_finish(backup) != SQLITE_OK)
		arena_exhausted();
	return copy;
}
