/*
 * Shadow: the whole set runs in memory through the shipped runtime, and what happens is watched.
 *
 * Before each statement the runtime asks whether to go on: there the statement is looked at in the state in which it
 * will run. After each migration it says so: there the inventory is read, the delta taken, the down proved. The chain
 * stops at the first up that does not run, since all later ones build on it; failed proofs do not stop it.
 */
#include "shadow.h"

#include <stdlib.h>
#include <string.h>

#include "image.h"
#include "shadow_bodies.h"
#include "shadow_database.h"
#include "shadow_delta.h"
#include "shadow_explain.h"
#include "shadow_place.h"
#include "shadow_proof.h"
#include "shadow_run.h"
#include "shadow_schema.h"
#include "shadow_strings.h"
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
				       struct shadow_watch *watch,
				       const struct bobolink_inventory *previous)
{
	struct bobolink_inventory *inventory = NULL;
	struct bobolink_error error;
	int rc;

	if (!previous || watch->altered)
		rc = bobolink_inventory_read(run->backend, connection, &run->context.allocator,
					     previous, &inventory, &error);
	else
		rc = bobolink_inventory_follow(run->backend, connection, &run->context.allocator,
					       previous, watch->dropped, (uint32_t)watch->count,
					       &inventory, &error);
	/* The handle is ours, in memory and idle: nothing but memory can run out. */
	if (rc)
		arena_exhausted();
	shadow_watch_empty(watch);
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

/* The migration with a version that is in the set. */
static uint32_t find_migration(const struct set *set, int64_t version)
{
	uint32_t low = 0;
	uint32_t high = set->count;

	while (low + 1 < high) {
		uint32_t middle = low + (high - low) / 2;

		if (set->migrations[middle].version <= version)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static int before_statement(void *context, const struct bobolink_progress *progress)
{
	struct shadow_run *run = context;
	const struct migration *migration;
	const struct statement *statement;

	if (progress->version < 0)
		return 0;
	migration = &run->set->migrations[find_migration(run->set, progress->version)];
	statement = &migration->up.statements[progress->statement - 1];
	run->has_rows |= !shadow_is_ddl(&migration->up, statement);
	shadow_strings_check(run, run->db, migration, &migration->up, statement);
	return 0;
}

static void note_unproven(struct shadow_run *run, const struct section *section)
{
	diagnostic_at(run->diag, SEVERITY_NOTE, "unproven", section->source, section->offset, 0,
		      "the up was not run: %s", section->settings.shadow_off);
	run->set->unproven = true;
	run->lacks_objects = true;
}

static void after_migration(struct shadow_run *run, uint32_t index)
{
	struct migration *migration = &run->set->migrations[index];
	struct bobolink_inventory *before = run->inventory;

	if (migration->up.settings.shadow_off) {
		note_unproven(run, &migration->up);
		return;
	}
	run->inventory = shadow_read(run, run->connection, &run->watch, before);
	shadow_delta(run, before, run->inventory, migration);
	shadow_prove(run, index, before);
	bobolink_inventory_free(before);
}

static void on_event(void *context, const struct bobolink_event *event)
{
	struct shadow_run *run = context;

	if (event->kind == BOBOLINK_EVENT_APPLIED)
		after_migration(run, find_migration(run->set, event->version));
}

/*
 * The inventory that the failing statement found: what stands before it in its migration was undone with it, and is run
 * once more.
 */
static void go_back(struct shadow_run *run, const struct section *section,
		    const struct statement *failed)
{
	struct bobolink_inventory *found;
	struct bobolink_error error;
	int rc = BOBOLINK_OK;

	if (section->no_transaction || sqlite3_exec(run->db, "BEGIN", NULL, NULL, NULL))
		return;
	for (uint32_t i = 0; &section->statements[i] < failed && rc == BOBOLINK_OK; i++)
		rc = run->backend->execute(run->connection,
					   section->source->text + section->statements[i].offset,
					   section->statements[i].length, i + 1, &error);
	run->watch.altered = true;
	found = shadow_read(run, run->connection, &run->watch, run->inventory);
	bobolink_inventory_free(run->inventory);
	run->inventory = found;
	sqlite3_exec(run->db, "ROLLBACK", NULL, NULL, NULL);
}

/* The database's words. What the runtime adds outside a transaction helps with a real database only. */
static const char *words_of(struct shadow_run *run, const struct bobolink_error *error)
{
	const char *advice = strstr(error->message, "; statements done, which stay: ");
	size_t length = strlen(error->message);

	if (error->code == BOBOLINK_HALFWAY && advice)
		length = (size_t)(advice - error->message);
	return arena_copy(run->arena, error->message, length);
}

/* An up was refused: at its place, with what would have worked. */
static void report_error(struct shadow_run *run, const struct bobolink_error *error)
{
	const struct section *section;
	const struct statement *statement;
	uint32_t index;
	uint32_t at;

	if (error->version < 0 || error->code == BOBOLINK_NO_MEMORY || error->line == 0) {
		shadow_fail(run, error);
		return;
	}
	index = find_migration(run->set, error->version);
	section = &run->set->migrations[index].up;
	at = shadow_offset_of(section->source, error->line, error->column);
	statement = shadow_statement_at(section, at);
	if (!statement) {
		shadow_fail(run, error);
		return;
	}
	go_back(run, section, statement);
	shadow_explain(run, SEVERITY_ERROR, "sql-error", section, statement,
		       at > statement->offset ? (int32_t)(at - statement->offset) : -1, "",
		       words_of(run, error), index);
}

static void run_set(struct shadow_run *run)
{
	const struct bobolink_set *image = image_build(run->set, run->options, IMAGE_SHADOW,
						       bobolink_backend_sqlite3, run->arena);
	struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	struct bobolink_session *session = NULL;
	struct bobolink_error error;
	int rc;

	options.log = on_event;
	options.log_context = run;
	options.progress = before_statement;
	options.progress_context = run;
	rc = bobolink_open_sqlite3(image, run->db, &options, &session, &error);
	if (rc == BOBOLINK_OK)
		rc = bobolink_apply(session, BOBOLINK_HEAD, NULL, &error);
	bobolink_close(session);
	if (rc) {
		report_error(run, &error);
		return;
	}
	shadow_bodies(run);
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

static void run_on(struct shadow_run *run)
{
	struct bobolink_error error;

	run->context.allocator = (struct bobolink_allocator){ allocate, reallocate, release, NULL };
	if (run->backend->open(run->db, &run->context, &run->connection, &error)) {
		shadow_fail(run, &error);
		return;
	}
	run->inventory = shadow_read(run, run->connection, &run->watch, NULL);
	run_set(run);
	bobolink_inventory_free(run->inventory);
	run->backend->close(run->connection);
}

/* No server runs the statements, whose syntax is all that was looked at. */
static int leave_unproven(const struct compile_options *options, struct set *set,
			  struct diagnostics *diag)
{
	bool refused = options->locked || options->shadow == SHADOW_ON;

	set->unproven = true;
	diagnostic_path(diag, refused ? SEVERITY_ERROR : SEVERITY_WARNING, "unproven",
			options->directory,
			"not run on a server: errors that only a server finds show when the "
			"program starts");
	diagnostic_help(diag, options->shadow == SHADOW_ON
				      ? "this version cannot start one: leave --shadow on out"
				      : "--shadow off says that this is meant");
	return refused ? -1 : 0;
}

int shadow(const struct compile_options *options, struct arena *arena, struct set *set,
	   struct diagnostics *diag)
{
	struct shadow_run run = { .options = options,
				  .arena = arena,
				  .set = set,
				  .diag = diag,
				  .backend = bobolink_backend_sqlite3() };
	uint32_t errors = diag->errors;

	if (options->shadow == SHADOW_OFF) {
		diagnostic_path(diag, SEVERITY_NOTE, "unproven", options->directory,
				"nothing was run, because the shadow database is off: errors in "
				"the SQL show when the program starts");
		set->unproven = true;
		return 0;
	}
	if (set->database == DATABASE_POSTGRES)
		return leave_unproven(options, set, diag);
	run.db = shadow_database_open(options, &run.watch, arena, diag);
	if (!run.db)
		return -1;
	run_on(&run);
	sqlite3_close(run.db);
	shadow_watch_empty(&run.watch);
	return diag->errors > errors ? -1 : 0;
}
