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
#include "shadow_run.h"
#include "shadow_seed.h"
#include "statement.h"
#include "support/buffer.h"

struct replay {
	struct shadow_run *run;
	struct seeds seeds;
	uint32_t index;	     /* of the migration at hand */
	bool keys_off;	     /* SQLite: foreign keys stay off */
	bool over;	     /* it cannot go on */
};

static struct migration *migration_of(const struct replay *replay)
{
	return &replay->run->set->migrations[replay->index];
}

/* --- running --------------------------------------------------------------------------------- */

static int control(struct replay *replay, const char *sql)
{
	struct shadow_run *run = replay->run;
	struct bobolink_error error;
	int rc = run->backend->query(run->connection, sql, NULL, 0, NULL, NULL, NULL, &error);

	if (rc == BOBOLINK_NO_MEMORY)
		arena_exhausted();
	return rc ? -1 : 0;
}

static int execute(struct replay *replay, const struct section *section, uint32_t index,
		   struct bobolink_error *error)
{
	const struct statement *statement = &section->statements[index];
	int rc = replay->run->backend->execute(replay->run->connection,
					       section->source->text + statement->offset,
					       statement->length, index + 1, error);

	if (rc == BOBOLINK_NO_MEMORY)
		arena_exhausted();
	if (rc && error->statement == 0)
		error->statement = index + 1;
	return rc;
}

static int begin(struct replay *replay, const struct section *section,
		 struct bobolink_error *error)
{
	const struct bobolink_section flags = {
		.flags = section->foreign_keys_off ? BOBOLINK_SECTION_FOREIGN_KEYS_OFF : 0,
	};

	error->statement = 0;
	return replay->run->backend->begin(replay->run->connection, &flags, error);
}

/* What waits to be run is run before this returns. */
static int flush(struct replay *replay, struct bobolink_error *error)
{
	return replay->run->backend->query(replay->run->connection, "SELECT 1", NULL, 0, NULL, NULL,
					   NULL, error);
}

/* The statements from `from` on; where the section has a transaction, inside one that stays open. */
static int run_statements(struct replay *replay, const struct section *section, uint32_t from,
			  struct bobolink_error *error)
{
	int rc = section->no_transaction ? BOBOLINK_OK : begin(replay, section, error);

	error->statement = 0;
	for (uint32_t i = from; i < section->count && rc == BOBOLINK_OK; i++)
		rc = execute(replay, section, i, error);
	if (rc == BOBOLINK_OK && !section->no_transaction)
		rc = flush(replay, error);
	return rc;
}

static void roll_back(struct replay *replay)
{
	replay->run->backend->rollback(replay->run->connection);
	replay->run->backend->settle(replay->run->connection);
}

static int commit(struct replay *replay, const struct section *section,
		  struct bobolink_error *error)
{
	int rc = section->no_transaction
			 ? BOBOLINK_OK
			 : replay->run->backend->commit(replay->run->connection, error);

	roll_back(replay);
	return rc;
}

/* --- rows that are gone ---------------------------------------------------------------------- */

/*
 * Can the section take rows out of a table that stays? Statements about the schema cannot, but for DROP TABLE on SQLite, where
 * foreign keys act on it, and for one that makes the table again.
 */
static bool may_lose(const struct section *section)
{
	for (uint32_t i = 0; i < section->count; i++)
		if (!shadow_is_ddl(section, &section->statements[i]) ||
		    statement_starts(section->source, section->tokens, &section->statements[i],
				     "DROP TABLE"))
			return true;
	return false;
}

/* Rows that are in tables which were not there before may be those that are gone from others. */
static uint32_t moved_rows(const struct replay *replay)
{
	uint32_t rows = 0;

	for (size_t i = 0; i < replay->seeds.count; i++)
		if (!replay->seeds.tables[i].gone &&
		    replay->seeds.tables[i].made == replay->index)
			rows += replay->seeds.tables[i].rows;
	return rows;
}

static void keep_counts(struct replay *replay)
{
	for (size_t i = 0; i < replay->seeds.count; i++)
		replay->seeds.tables[i].before = replay->seeds.tables[i].rows;
}

/* Marks the tables that lost rows. */
static bool mark_lost(struct replay *replay, bool may_move)
{
	uint32_t moved = may_move ? moved_rows(replay) : 0;
	bool any = false;

	for (size_t i = 0; i < replay->seeds.count; i++) {
		struct seed_table *table = &replay->seeds.tables[i];

		table->lost = !table->gone && table->made < replay->index &&
			      table->rows < table->before &&
			      (!moved || table->before - table->rows > moved);
		table->after = table->rows;
		any |= table->lost;
	}
	return any;
}

/* The statement that took a table away for good, where from `index` on it is not there under its name. */
static uint32_t find_drop(const struct section *section, uint32_t index)
{
	for (uint32_t i = index; i < section->count; i++)
		if (statement_starts(section->source, section->tokens, &section->statements[i],
				     "DROP TABLE"))
			return i;
	return index;
}

/* The tables that have lost rows by now, or, where they cannot be counted, all that have in the end. */
static void note_losses(struct replay *replay, struct section *section, uint32_t index, bool counted)
{
	for (size_t i = 0; i < replay->seeds.count; i++) {
		struct seed_table *table = &replay->seeds.tables[i];

		if (!table->lost || (counted && table->rows >= table->before))
			continue;
		replay_note_loss(replay->run, migration_of(replay), section,
				 &section->statements[index], table, table->after == 0);
		table->lost = false;
	}
}

/*
 * The statements run again, with a look at the tables after each, until in the middle of a rebuild one of them is not
 * there. The transaction stays open.
 */
static int blame(struct replay *replay, struct section *section, struct bobolink_error *error)
{
	bool counted = true;
	int rc;

	roll_back(replay);
	rc = begin(replay, section, error);
	for (uint32_t i = 0; i < section->count && rc == BOBOLINK_OK && counted; i++) {
		rc = execute(replay, section, i, error);
		if (rc == BOBOLINK_OK)
			rc = flush(replay, error);
		if (rc)
			break;
		counted = seed_count(&replay->seeds, true) == 0;
		note_losses(replay, section, counted ? i : find_drop(section, i), counted);
	}
	if (rc || counted)
		return rc;
	roll_back(replay);
	return run_statements(replay, section, 0, error);
}

/* --- ups ------------------------------------------------------------------------------------- */

/* Runs it in full; a transaction stays open. Notes losses. */
static int try_up(struct replay *replay, struct section *up, struct bobolink_error *error)
{
	bool counts = may_lose(up) && !up->no_transaction &&
		      seed_count(&replay->seeds, false) == 0;
	int rc;

	keep_counts(replay);
	rc = run_statements(replay, up, 0, error);
	if (rc)
		return rc;
	seed_follow(&replay->seeds, replay->index);
	if (counts && seed_count(&replay->seeds, false) == 0 && mark_lost(replay, true))
		rc = blame(replay, up, error);
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

	if (!sql || control(replay, sql))
		return -1;
	/* A unique index that was refused while it was built concurrently is there, and not valid. */
	if (section->no_transaction)
		control(replay,
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
			control(replay,
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
	int rc = control(replay, "PRAGMA foreign_keys=OFF");
	bool any = false;

	for (size_t i = 0; i < seeds->count && rc == 0; i++) {
		const struct seed_table *table = &seeds->tables[i];

		if (table->gone || !table->seeded)
			continue;
		any = true;
		rc = control(replay, arena_format(replay->run->arena, "DELETE FROM %s",
						  table->sql_name));
	}
	if (any && rc == 0)
		delete_orphans(replay);
	if (!replay->keys_off)
		control(replay, "PRAGMA foreign_keys=ON");
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
	int rc = run_statements(replay, up, from, &error);

	if (rc == BOBOLINK_OK)
		rc = commit(replay, up, &error);
	if (rc)
		roll_back(replay);
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
	replay->keys_off = control(replay, "PRAGMA foreign_keys=OFF") == 0;
	if (again(replay, up, from) == 0)
		return true;
	replay->keys_off = false;
	control(replay, "PRAGMA foreign_keys=ON");
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
		replay_note_failure(replay->run, migration_of(replay), up, error);
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
		rc = commit(replay, up, &error);
	if (rc == BOBOLINK_OK)
		return 0;
	roll_back(replay);
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
	const struct migration *migration = migration_of(replay);
	const struct section *sample = &migration->sample;
	struct bobolink_error error;
	const struct statement *statement;
	struct shadow_place place;
	int rc;

	if (!sample->present)
		return;
	rc = run_statements(replay, sample, 0, &error);
	if (rc == BOBOLINK_OK)
		rc = commit(replay, sample, &error);
	if (rc == BOBOLINK_OK)
		return;
	roll_back(replay);
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
	struct section *down = &migration_of(replay)->down;
	struct bobolink_error error;
	bool counts;

	if (!is_down_due(replay, down))
		return;
	counts = may_lose(down) && count_older(replay) == 0;
	keep_counts(replay);
	if (run_statements(replay, down, 0, &error))
		replay_note_failure(replay->run, migration_of(replay), down, &error);
	else if (counts && count_older(replay) == 0 && mark_lost(replay, false))
		blame(replay, down, &error);
	roll_back(replay);
}

/* --- the stage ------------------------------------------------------------------------------- */

static void note_unfilled(void *context, const struct seed_table *table, const char *reason)
{
	struct replay *replay = context;

	replay_note_unfilled(replay->run, migration_of(replay), table, reason);
}

/* What a migration set for its session, another one does not find: it may run in another session. */
static void reset(struct replay *replay)
{
	if (replay->run->set->database == DATABASE_POSTGRES)
		replay->over |= control(replay, "RESET ALL") != 0;
}

static void step(struct replay *replay)
{
	struct migration *migration = migration_of(replay);

	if (migration->up.settings.shadow_off)
		return;
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
		control(&replay, "PRAGMA foreign_keys=ON");
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
