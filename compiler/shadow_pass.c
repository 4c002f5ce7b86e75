/*
 * Pass: the ups of the set run on a scratch database through the runtime, in the environment that is asked for.
 *
 * Before each statement the runtime asks whether to go on: there the statement is looked at in the state in which it
 * will run. After each migration it says so, and the pass is told. The chain stops at the first up that does not run, since all
 * later ones build on it.
 */
#include "shadow_pass.h"

#include <string.h>

#include "image.h"
#include "shadow_explain.h"
#include "shadow_place.h"

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

static bool is_new(const struct shadow_run *run, const struct migration *migration)
{
	return !run->pass->is_new || run->pass->is_new(run, migration);
}

static int before_statement(void *context, const struct bobolink_progress *progress)
{
	struct shadow_run *run = context;
	const struct migration *migration;
	const struct statement *statement;

	/* Between migrations, or inside a function of the application. */
	if (progress->version < 0 || progress->statement == 0)
		return 0;
	migration = &run->set->migrations[find_migration(run->set, progress->version)];
	if (progress->statement > migration->up.count)
		return 0;
	statement = &migration->up.statements[progress->statement - 1];
	run->has_rows |= !shadow_is_ddl(&migration->up, statement);
	if (run->engine->look && is_new(run, migration))
		run->engine->look(run, migration, &migration->up, statement);
	return 0;
}

static bool is_interrupted(const struct shadow_run *run)
{
	return run->context.interrupted && *run->context.interrupted;
}

static void on_event(void *context, const struct bobolink_event *event)
{
	struct shadow_run *run = context;
	uint32_t index;

	if (event->version < 0 || is_interrupted(run) ||
	    (event->kind != BOBOLINK_EVENT_APPLIED && event->kind != BOBOLINK_EVENT_SKIPPED))
		return;
	index = find_migration(run->set, event->version);
	if (event->kind == BOBOLINK_EVENT_APPLIED)
		run->pass->applied(run, index);
	else if (run->pass->skipped)
		run->pass->skipped(run, index);
}

/*
 * The inventory that the failing statement found: what stands before it in its migration was undone with it, and is run
 * once more.
 */
static void go_back(struct shadow_run *run, const struct section *section,
		    const struct statement *failed)
{
	struct bobolink_inventory *found = NULL;
	struct bobolink_error error;
	int rc;

	if (section->no_transaction || run->engine->begin(run, &error))
		return;
	rc = BOBOLINK_OK;
	for (uint32_t i = 0; &section->statements[i] < failed && rc == BOBOLINK_OK; i++)
		rc = run->backend->execute(run->connection,
					   section->source->text + section->statements[i].offset,
					   section->statements[i].length, i + 1, &error);
	if (rc == BOBOLINK_OK)
		rc = run->engine->read(run, run->connection, run->inventory, &found, &error);
	if (rc == BOBOLINK_OK) {
		if (run->inventory != run->start)
			bobolink_inventory_free(run->inventory);
		run->inventory = found;
	}
	run->engine->rollback(run);
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

/* A migration that was refused as a whole: at COMMIT. */
static void report_migration(struct shadow_run *run, const struct bobolink_error *error)
{
	const struct migration *migration =
		&run->set->migrations[find_migration(run->set, error->version)];

	diagnostic_at(run->diag, SEVERITY_ERROR, "sql-error", migration->up.source,
		      migration->up.offset, 0, "%s", words_of(run, error));
}

/* An up was refused: at its place, with what would have worked. */
static void report_error(struct shadow_run *run, const struct bobolink_error *error)
{
	const struct section *section;
	const struct statement *statement;
	uint32_t index;
	uint32_t at;

	if (error->version < 0 || error->code == BOBOLINK_NO_MEMORY) {
		shadow_fail(run, error);
		return;
	}
	index = find_migration(run->set, error->version);
	section = &run->set->migrations[index].up;
	at = shadow_offset_of(section->source, error->line, error->column);
	statement = error->line ? shadow_statement_at(section, at) : NULL;
	if (!statement) {
		report_migration(run, error);
		return;
	}
	go_back(run, section, statement);
	shadow_explain(run, SEVERITY_ERROR, "sql-error", section, statement,
		       at > statement->offset ? (int32_t)(at - statement->offset) : -1, "",
		       words_of(run, error), index);
}

int shadow_pass(struct shadow_run *run, const struct shadow_pass *pass)
{
	struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	struct bobolink_session *session = NULL;
	struct bobolink_error error;
	int rc;

	run->image =
		image_build(run->set, run->options, IMAGE_SHADOW, run->engine->backend, run->arena);
	run->pass = pass;
	options.environment = pass->environment;
	options.log = on_event;
	options.log_context = run;
	options.progress = before_statement;
	options.progress_context = run;
	rc = bobolink_open(run->image, run->handle, &options, &session, &error);
	run->session = session;
	if (rc == BOBOLINK_OK)
		rc = bobolink_apply(session, BOBOLINK_HEAD, NULL, &error);
	run->session = NULL;
	bobolink_close(session);
	if (rc)
		report_error(run, &error);
	return rc ? -1 : 0;
}
