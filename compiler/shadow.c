/*
 * Shadow: the whole set runs on a scratch database through the shipped runtime, and what happens is watched.
 *
 * After each migration the inventory is read, the delta taken, the down proved, and the fixes that run there are tried; after the
 * last one repeatables run, twice. Failed proofs do not stop the chain. Then the migrations run once more in each environment that
 * they name.
 */
#include "shadow.h"

#include <stdlib.h>
#include <string.h>

#include "shadow_delta.h"
#include "shadow_environment.h"
#include "shadow_fix.h"
#include "shadow_module.h"
#include "shadow_obstacle.h"
#include "shadow_pass.h"
#include "shadow_proof.h"
#include "shadow_repeatable.h"
#include "shadow_run.h"
#include "shadow_schema.h"
#include "shadow_snapshot.h"
#include "statement.h"

enum severity shadow_severity(const struct migration *migration)
{
	return migration->locked ? SEVERITY_NOTE : SEVERITY_ERROR;
}

void shadow_fail(struct shadow_run *run, const struct bobolink_error *error)
{
	if (error->code == BOBOLINK_NO_MEMORY)
		arena_exhausted();
	diagnostic_path(run->diag, SEVERITY_ERROR, "sql-error", NULL, "%s", error->message);
}

struct bobolink_inventory *shadow_read(struct shadow_run *run,
				       struct bobolink_connection *connection,
				       const struct bobolink_inventory *previous)
{
	struct bobolink_inventory *inventory = NULL;
	struct bobolink_error error;

	if (run->engine->read(run, connection, previous, &inventory, &error)) {
		shadow_fail(run, &error);
		return NULL;
	}
	return inventory;
}

bool shadow_is_ddl(const struct section *section, const struct statement *statement)
{
	const struct source *source = section->source;
	const struct tokens *tokens = section->tokens;

	if (statement_starts(source, tokens, statement, "CREATE VIRTUAL"))
		return false;
	if (statement_starts(source, tokens, statement, "CREATE TABLE")) {
		for (uint32_t n = 2; n < statement->token_count; n++) {
			struct token token = statement_word(tokens, statement, n);

			if (token.kind == TOKEN_LEFT)
				return true;
			if (statement_is(source, token, "AS"))
				return false;
		}
	}
	return statement_starts(source, tokens, statement, "CREATE") ||
	       statement_starts(source, tokens, statement, "DROP") ||
	       statement_starts(source, tokens, statement, "ALTER");
}

bool shadow_runs(struct shadow_run *run, const struct section *up)
{
	if (!up->settings.shadow_off)
		return true;
	diagnostic_at(run->diag, SEVERITY_NOTE, "unproven", up->source, up->offset, 0,
		      "the up was not run: %s", up->settings.shadow_off);
	run->set->unproven = true;
	run->lacks_objects = true;
	return false;
}

static void after_migration(struct shadow_run *run, uint32_t index)
{
	struct migration *migration = &run->set->migrations[index];
	struct bobolink_inventory *before = run->inventory;
	struct bobolink_inventory *after;

	if (!shadow_runs(run, &migration->up)) {
		shadow_fixes_behind(run, index);
		return;
	}
	/* What a function changes in the schema is not known; most fill rows. */
	shadow_call_runs(run, &migration->up, "up");
	after = shadow_read(run, run->connection, before);
	if (!after)
		return;
	run->inventory = after;
	shadow_delta(run, before, after, migration);
	if (run->options->snapshot)
		migration->block = shadow_snapshot_block(run, before, after);
	shadow_check_seed(run, migration, migration->changes, migration->change_count);
	shadow_prove(run, index, before);
	if (before != run->start)
		bobolink_inventory_free(before);
	shadow_fixes_behind(run, index);
}

/* It changes nothing here: only another pass runs it. */
static void after_skipped(struct shadow_run *run, uint32_t index)
{
	run->set->migrations[index].delta = "";
	run->set->migrations[index].block = "";
	shadow_fixes_behind(run, index);
}

static const struct shadow_pass main_pass = { .applied = after_migration,
					      .skipped = after_skipped };

static void run_set(struct shadow_run *run)
{
	uint32_t refused;

	shadow_fixes_at_start(run);
	if (shadow_pass(run, &main_pass))
		return;
	refused = shadow_obstacle_before(run);
	if (shadow_repeatables(run))
		return;
	shadow_obstacles(run, refused);
	if (run->engine->check)
		run->engine->check(run);
	shadow_fixes_at_end(run);
	if (!run->lacks_objects)
		run->set->schema = shadow_schema(run);
}

static void *allocate(void *context, size_t size)
{
	(void)context;
	return malloc(size);
}

static void *reallocate(void *context, void *memory, size_t size)
{
	(void)context;
	return realloc(memory, size);
}

static void release(void *context, void *memory)
{
	(void)context;
	free(memory);
}

/* Without the patch level, in which nothing new comes and machines differ. */
static uint32_t release_of(const struct shadow_run *run, uint32_t version)
{
	return version - version % (run->set->database == DATABASE_SQLITE ? 1000 : 10000);
}

static void run_on(struct shadow_run *run)
{
	struct bobolink_error error;

	if (run->backend->open(run->handle, &run->context, &run->connection, &error)) {
		shadow_fail(run, &error);
		return;
	}
	run->set->shadow_version = release_of(run, run->backend->version(run->connection));
	run->start = shadow_read(run, run->connection, NULL);
	run->inventory = run->start;
	if (run->start && run->options->snapshot)
		run->set->start = shadow_snapshot_block(run, NULL, run->start);
	if (run->start)
		run_set(run);
	if (run->inventory != run->start)
		bobolink_inventory_free(run->inventory);
	bobolink_inventory_free(run->start);
	run->backend->close(run->connection);
}

static const struct shadow_engine *engine_of(enum database database)
{
#ifdef BOBOLINK_WITH_SQLITE
	if (database == DATABASE_SQLITE)
		return &shadow_sqlite;
#endif
#ifdef BOBOLINK_WITH_POSTGRES
	if (database == DATABASE_POSTGRES)
		return &shadow_postgres;
#endif
	(void)database;
	return NULL;
}

struct shadow_run shadow_run_of(const struct compile_options *options, struct arena *arena,
				struct set *set, struct diagnostics *diag)
{
	const struct shadow_engine *engine = engine_of(set->database);

	return (struct shadow_run){ .options = options,
				    .arena = arena,
				    .set = set,
				    .diag = diag,
				    .engine = engine,
				    .backend = engine ? engine->backend() : NULL,
				    .context.allocator = { allocate, reallocate, release, NULL } };
}

static int leave_off(const struct compile_options *options, struct set *set,
		     struct diagnostics *diag)
{
	if (set->grammar)
		return -1;
	diagnostic_path(diag, SEVERITY_NOTE, "unproven", options->directory,
			"nothing was run, because the shadow database is off: errors in "
			"the SQL show when the program starts");
	set->unproven = true;
	return 0;
}

/*
 * There is no server, or not even the library. That is an error where the run was asked for, a release is made, or nothing
 * but the tool itself would be needed.
 */
static int leave_unproven(struct shadow_run *run, const struct shadow_reason *reason)
{
	const struct compile_options *options = run->options;
	bool refused = options->locked || options->shadow == SHADOW_ON ||
		       options->database == DATABASE_SQLITE;

	run->set->unproven = true;
	diagnostic_path(run->diag, refused ? SEVERITY_ERROR : SEVERITY_WARNING, "unproven",
			options->directory, "the migrations were not run: %s", reason->message);
	if (reason->help)
		diagnostic_help(run->diag, "%s%s", reason->help,
				options->snapshot
					? ""
					: "; --shadow off says that nothing shall be run");
	return refused ? -1 : 0;
}

/* What the parser refused, only a server that knows more than its grammar can accept. */
static bool overrules(const struct set *set)
{
	return !set->grammar || set->server > set->grammar;
}

/* What ran elsewhere counts, where it is written down. */
static int do_without(struct shadow_run *run, const struct shadow_reason *reason)
{
	if (run->set->snapshot && run->options->shadow == SHADOW_AUTO && overrules(run->set)) {
		run->set->shadow_version = (uint32_t)run->set->server * 10000;
		return shadow_snapshot_take(run);
	}
	return run->set->grammar ? -1 : leave_unproven(run, reason);
}

static int leave_unable(struct shadow_run *run)
{
	const struct shadow_reason reason = {
		run->options->database == DATABASE_SQLITE
			? "this bobolink was built without SQLite"
			: "this bobolink was built without PostgreSQL",
		"take one that was built with it",
	};

	return do_without(run, &reason);
}

static int run_shadow(struct shadow_run *run)
{
	struct shadow_reason reason = { "", NULL };
	uint32_t errors = run->diag->errors;

	switch (run->engine->open(run, &reason)) {
	case SHADOW_OPENED:
		if (!overrules(run->set)) {
			run->engine->close(run);
			return -1;
		}
		run_on(run);
		run->engine->close(run);
		shadow_snapshot_review(run);
		break;
	case SHADOW_REFUSED:
		return -1;
	case SHADOW_NOWHERE:
		return do_without(run, &reason);
	}
	if (run->diag->errors > errors)
		return -1;
	return shadow_environments(run->options, run->arena, run->set, run->diag);
}

int shadow(const struct compile_options *options, struct arena *arena, struct set *set,
	   struct diagnostics *diag)
{
	struct shadow_run run = shadow_run_of(options, arena, set, diag);

	for (uint32_t i = 0; i < set->fix_count; i++)
		set->scripts[i].unproven = true;
	if (options->shadow == SHADOW_OFF)
		return leave_off(options, set, diag);
	if (!run.engine)
		return leave_unable(&run);
	if (shadow_modules_open(&run))
		return -1;
	return run_shadow(&run);
}
