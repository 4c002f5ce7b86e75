/*
 * Replay: the set runs once more, on tables with rows.
 *
 * For each migration: its up runs, then its sample section, then tables that have none get two synthetic rows, then its down
 * runs and is undone. An up that is refused is tried again with its tables emptied: only what runs then has failed
 * because of rows. From a finding on, the set goes on as if there had been no rows before.
 */
#include "shadow_replay.h"

#include <string.h>

#include "shadow_place.h"
#include "shadow_replay_finding.h"
#include "shadow_replay_run.h"
#include "statement.h"
#include "support/buffer.h"

/* --- ups ------------------------------------------------------------------------------------- */

/* Runs it in full; a transaction stays open. Notes losses. */
static int try_up(struct replay *replay, struct section *up, struct bobolink_error *error)
{
	bool counts = replay_may_lose(up) && !up->no_transaction &&
		      seed_count(&replay->seeds, false) == 0;
	int rc;

	replay_keep_counts(replay);
	rc = replay_statements(replay, up, 0, error);
	if (rc)
		return rc;
	seed_follow(&replay->seeds, replay->index);
	if (counts && seed_count(&replay->seeds, false)) {
		/* A policy refuses to be asked; PostgreSQL's transaction is spoilt by that. */
		replay_roll_back(replay);
		return replay_statements(replay, up, 0, error);
	}
	if (counts && replay_mark_lost(replay, true))
		rc = replay_blame(replay, up, error);
	return rc;
}

static bool is_named(const struct section *section, uint32_t number, const struct seed_table *table)
{
	return number > 0 && number <= section->count &&
	       shadow_find_name(section, &section->statements[number - 1], table->name);
}

/* The tables that are filled; `number` not 0: those that the statement names. */
static const char *emptying(struct replay *replay, const struct section *section, uint32_t number)
{
	struct seeds *seeds = &replay->seeds;
	struct buffer sql = BUFFER_INIT;
	const char *text;

	for (size_t i = 0; i < seeds->count; i++) {
		struct seed_table *table = &seeds->tables[i];

		if (!table->gone && table->seeded && (!number || is_named(section, number, table)))
			buffer_format(&sql, "%s%s", sql.length ? ", " : "TRUNCATE ",
				      table->sql_name);
	}
	if (sql.length)
		buffer_add_text(&sql, " CASCADE");
	text = sql.length ? arena_copy(replay->run->arena, sql.text, sql.length) : NULL;
	buffer_release(&sql);
	return text;
}

static int empty_on_postgres(struct replay *replay, const struct section *section, uint32_t number)
{
	const char *sql = emptying(replay, section, number);

	if (!sql || replay_control(replay, sql))
		return -1;
	/* A unique index that was refused while it was built concurrently is there, and not valid. */
	if (section->no_transaction)
		replay_control(
			replay,
			"DO $$ DECLARE i regclass; BEGIN FOR i IN SELECT indexrelid FROM "
			"pg_catalog.pg_index WHERE NOT indisvalid AND indislive LOOP EXECUTE 'DROP "
			"INDEX ' || i; END LOOP; END $$");
	return 0;
}

/* Rows of migrations that referred to one that is gone. */
static void delete_orphans(struct replay *replay)
{
	for (size_t i = 0; i < replay->seeds.count; i++) {
		const struct seed_table *table = &replay->seeds.tables[i];

		/* A table without row ids, or with a parent that is not there, keeps them. */
		if (!table->gone)
			replay_control(
				replay,
				arena_format(replay->run->arena,
					     "DELETE FROM %s WHERE rowid IN (SELECT rowid FROM "
					     "pragma_foreign_key_check(%s))",
					     table->sql_name,
					     seed_quote_text(&replay->seeds, table->name)));
	}
}

static int empty_on_sqlite(struct replay *replay)
{
	struct seeds *seeds = &replay->seeds;
	int rc = replay_control(replay, "PRAGMA foreign_keys=OFF");
	bool any = false;

	for (size_t i = 0; i < seeds->count && rc == 0; i++) {
		const struct seed_table *table = &seeds->tables[i];

		if (table->gone || !table->seeded)
			continue;
		any = true;
		rc = replay_control(replay, arena_format(replay->run->arena, "DELETE FROM %s",
							 table->sql_name));
	}
	if (any && rc == 0)
		delete_orphans(replay);
	if (!replay->keys_off)
		replay_control(replay, "PRAGMA foreign_keys=ON");
	return any ? rc : -1;
}

static int empty(struct replay *replay, const struct section *section, uint32_t number)
{
	for (size_t i = 0; i < replay->seeds.count; i++)
		replay->seeds.tables[i].pending = true;
	if (replay->run->set->database == DATABASE_POSTGRES)
		return empty_on_postgres(replay, section, number);
	return number ? -1 : empty_on_sqlite(replay);
}

static int again(struct replay *replay, struct section *up, uint32_t from)
{
	struct bobolink_error error;
	int rc = replay_statements(replay, up, from, &error);

	if (rc == BOBOLINK_OK)
		rc = replay_commit(replay, up, &error);
	if (rc)
		replay_roll_back(replay);
	return rc ? -1 : 0;
}

/*
 * SQLite has foreign keys off by default: a set may be meant for that, and then it stays so. With them on, what rows suffer
 * by actions of keys is seen.
 */
static bool runs_without_keys(struct replay *replay, struct section *up, uint32_t from,
			      const struct bobolink_error *error)
{
	if (strcmp(error->message, "FOREIGN KEY constraint failed") != 0 || replay->keys_off)
		return false;
	replay->keys_off = replay_control(replay, "PRAGMA foreign_keys=OFF") == 0;
	if (again(replay, up, from) == 0)
		return true;
	replay->keys_off = false;
	replay_control(replay, "PRAGMA foreign_keys=ON");
	return false;
}

/* The up was refused. Without rows it runs, or the replay ends here. */
static int without_rows(struct replay *replay, struct section *up,
			const struct bobolink_error *error)
{
	uint32_t from = up->no_transaction && error->statement ? error->statement - 1 : 0;

	if (runs_without_keys(replay, up, from, error))
		return 0;
	if ((error->statement && empty(replay, up, error->statement) == 0 &&
	     again(replay, up, from) == 0) ||
	    (empty(replay, up, 0) == 0 && again(replay, up, from) == 0)) {
		replay_note_failure(replay->run, replay_migration(replay), up, error);
		return 0;
	}
	return -1;
}

static int run_up(struct replay *replay, struct section *up)
{
	size_t noted = up->row_finding_count;
	struct bobolink_error error;
	int rc = try_up(replay, up, &error);

	if (rc == BOBOLINK_OK)
		rc = replay_commit(replay, up, &error);
	if (rc == BOBOLINK_OK)
		return 0;
	replay_roll_back(replay);
	up->row_finding_count = noted;
	if (without_rows(replay, up, &error))
		return -1;
	/* It may have been refused before; a second time changes nothing. */
	seed_follow(&replay->seeds, replay->index);
	return 0;
}

/* --- samples --------------------------------------------------------------------------------- */

static void run_sample(struct replay *replay)
{
	struct shadow_run *run = replay->run;
	const struct migration *migration = replay_migration(replay);
	const struct section *sample = &migration->sample;
	struct bobolink_error error;
	const struct statement *statement;
	struct shadow_place place;
	int rc;

	if (!sample->present)
		return;
	rc = replay_statements(replay, sample, 0, &error);
	if (rc == BOBOLINK_OK)
		rc = replay_commit(replay, sample, &error);
	if (rc == BOBOLINK_OK)
		return;
	replay_roll_back(replay);
	statement = error.statement && error.statement <= sample->count
			    ? &sample->statements[error.statement - 1]
			    : NULL;
	place = statement ? shadow_place_of(run, sample, statement, error.offset, error.message)
			  : (struct shadow_place){ sample->source, sample->offset, 0 };
	diagnostic_at(run->diag, shadow_severity(migration), "sample-error", place.source,
		      place.offset, place.length, "%s", error.message);
	diagnostic_help(run->diag, "the rows are inserted after the up, behind those of earlier "
				   "migrations");
}

/* --- downs ----------------------------------------------------------------------------------- */

/* The shadow run has reported it already: nothing new is to be seen. */
static bool is_disproved(const struct replay *replay, const struct section *down)
{
	const struct diagnostics *diag = replay->run->diag;

	for (size_t i = 0; i < diag->count; i++)
		if (diag->items[i].source == down->source &&
		    (strcmp(diag->items[i].rule, "down-error") == 0 ||
		     strcmp(diag->items[i].rule, "down-mismatch") == 0))
			return true;
	return false;
}

/* A temporary table of the up is still there, which another session would not see. */
static bool is_temporary(const struct section *down)
{
	for (uint32_t i = 0; i < down->count; i++)
		if (replay_says(down, &down->statements[i], "TEMP") ||
		    replay_says(down, &down->statements[i], "TEMPORARY"))
			return true;
	return false;
}

/* Does it only drop what its up made, or what has no rows? */
static bool is_harmless(const struct replay *replay, const struct section *down)
{
	for (uint32_t i = 0; i < down->count; i++) {
		const struct statement *statement = &down->statements[i];

		if (!statement_starts(down->source, down->tokens, statement, "DROP"))
			return false;
		for (size_t k = 0; k < replay->seeds.count; k++)
			if (replay->seeds.tables[k].made < replay->index &&
			    statement_starts(down->source, down->tokens, statement, "DROP TABLE") &&
			    shadow_find_name(down, statement, replay->seeds.tables[k].name))
				return false;
	}
	return true;
}

static bool is_down_due(const struct replay *replay, const struct section *down)
{
	return down->present && !down->settings.irreversible && !down->settings.shadow_off &&
	       !down->settings.call && !replay_migration(replay)->up.settings.call &&
	       !down->no_transaction && !is_temporary(down) && !is_harmless(replay, down) &&
	       !is_disproved(replay, down);
}

/* The tables that were there before the up. */
static int count_older(struct replay *replay)
{
	for (size_t i = 0; i < replay->seeds.count; i++)
		replay->seeds.tables[i].lost = replay->seeds.tables[i].made < replay->index;
	return seed_count(&replay->seeds, true);
}

static void run_down(struct replay *replay)
{
	struct section *down = &replay_migration(replay)->down;
	struct bobolink_error error;
	bool counts;

	if (!is_down_due(replay, down))
		return;
	counts = replay_may_lose(down) && count_older(replay) == 0;
	replay_keep_counts(replay);
	if (replay_statements(replay, down, 0, &error))
		replay_note_failure(replay->run, replay_migration(replay), down, &error);
	else if (counts && count_older(replay) == 0 && replay_mark_lost(replay, false))
		replay_blame(replay, down, &error);
	replay_roll_back(replay);
}

/* --- the stage ------------------------------------------------------------------------------- */

static void note_unfilled(void *context, const struct seed_table *table, const char *reason)
{
	struct replay *replay = context;

	replay_note_unfilled(replay->run, replay_migration(replay), table, reason);
}

/* What a migration set for its session, another one does not find: it may run in another session. */
static void reset(struct replay *replay)
{
	if (replay->run->set->database == DATABASE_POSTGRES)
		replay->over |= replay_control(replay, "RESET ALL") != 0;
}

static void step(struct replay *replay)
{
	struct migration *migration = replay_migration(replay);

	if (migration->up.settings.shadow_off || migration->up.settings.only)
		return;
	/* What the function would do to made-up rows is not known: there are none. */
	if (migration->up.settings.call)
		empty(replay, &migration->up, 0);
	if (run_up(replay, &migration->up)) {
		replay->over = true;
		return;
	}
	reset(replay);
	run_sample(replay);
	seed_fill(&replay->seeds, note_unfilled, replay);
	run_down(replay);
	reset(replay);
}

static bool is_interrupted(const struct shadow_run *run)
{
	return run->context.interrupted && *run->context.interrupted;
}

static void replay_set(struct shadow_run *run)
{
	struct replay replay = { .run = run, .seeds.run = run };
	struct bobolink_error error;

	if (run->backend->open(run->handle, &run->context, &run->connection, &error)) {
		shadow_fail(run, &error);
		return;
	}
	if (run->set->database == DATABASE_SQLITE)
		replay_control(&replay, "PRAGMA foreign_keys=ON");
	for (; replay.index < run->set->count && !replay.over && !is_interrupted(run);
	     replay.index++)
		step(&replay);
	run->backend->close(run->connection);
}

int shadow_replay(const struct compile_options *options, struct arena *arena, struct set *set,
		  struct diagnostics *diag)
{
	struct shadow_run run = shadow_run_of(options, arena, set, diag);
	struct shadow_reason reason = { "", NULL };
	uint32_t errors = diag->errors;

	if (options->shadow == SHADOW_OFF || options->seed_off || !run.engine)
		return 0;
	if (run.engine->open(&run, &reason) == SHADOW_OPENED) {
		replay_set(&run);
		run.engine->close(&run);
	}
	return diag->errors > errors ? -1 : 0;
}
