/*
 * Rows that are gone: counted before and after, and the statement to blame.
 */
#include "shadow_replay_finding.h"
#include "shadow_replay_run.h"
#include "statement.h"

/*
 * Can the section take rows out of a table that stays? Statements about the schema cannot, but for DROP TABLE on SQLite, where
 * foreign keys act on it, and for one that makes the table again.
 */
bool replay_may_lose(const struct section *section)
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
		if (!replay->seeds.tables[i].gone && replay->seeds.tables[i].made == replay->index)
			rows += replay->seeds.tables[i].rows;
	return rows;
}

void replay_keep_counts(struct replay *replay)
{
	for (size_t i = 0; i < replay->seeds.count; i++)
		replay->seeds.tables[i].before = replay->seeds.tables[i].rows;
}

/* Marks the tables that lost rows. Between partitions rows only move; what is gone is gone from their parent, too. */
bool replay_mark_lost(struct replay *replay, bool may_move)
{
	uint32_t moved = may_move ? moved_rows(replay) : 0;
	bool any = false;

	for (size_t i = 0; i < replay->seeds.count; i++) {
		struct seed_table *table = &replay->seeds.tables[i];

		table->lost = !table->gone && !seed_is_partition(table) &&
			      table->made < replay->index && table->rows < table->before &&
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
static void note_losses(struct replay *replay, struct section *section, uint32_t index,
			bool counted)
{
	for (size_t i = 0; i < replay->seeds.count; i++) {
		struct seed_table *table = &replay->seeds.tables[i];

		if (!table->lost || (counted && table->rows >= table->before))
			continue;
		replay_note_loss(replay->run, replay_migration(replay), section,
				 &section->statements[index], table, table->after == 0);
		table->lost = false;
	}
}

/*
 * The statements run again, with a look at the tables after each, until in the middle of a rebuild one of them is not
 * there. The transaction stays open.
 */
int replay_blame(struct replay *replay, struct section *section, struct bobolink_error *error)
{
	bool counted = true;
	int rc;

	replay_roll_back(replay);
	rc = replay_begin(replay, section, error);
	for (uint32_t i = 0; i < section->count && rc == BOBOLINK_OK && counted; i++) {
		rc = replay_execute(replay, section, i, error);
		if (rc == BOBOLINK_OK)
			rc = replay_flush(replay, error);
		if (rc)
			break;
		counted = seed_count(&replay->seeds, true) == 0;
		note_losses(replay, section, counted ? i : find_drop(section, i), counted);
	}
	if (rc || counted)
		return rc;
	replay_roll_back(replay);
	return replay_statements(replay, section, 0, error);
}
