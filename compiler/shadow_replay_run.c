/*
 * How the replay runs sections: through the backend, in transactions of its own, so that a down can be undone.
 */
#include "shadow_replay_run.h"

#include <stdio.h>

#define REPLAY_LIMIT_S	 5
#define REPLAY_LIMIT_SQL "SET statement_timeout = '5s'"

struct migration *replay_migration(const struct replay *replay)
{
	return &replay->run->set->migrations[replay->index];
}

int replay_control(struct replay *replay, const char *sql)
{
	struct shadow_run *run = replay->run;
	struct bobolink_error error;
	int rc = run->backend->query(run->connection, sql, NULL, 0, NULL, NULL, NULL, &error);

	if (rc == BOBOLINK_NO_MEMORY)
		arena_exhausted();
	return rc ? -1 : 0;
}

/* With two rows a table nothing takes long, but what follows made-up rows in a circle never ends. */
static void limit(struct replay *replay, bool on)
{
	if (replay->run->engine->limit)
		replay->run->engine->limit(replay->run, on ? REPLAY_LIMIT_S : 0);
	else if (on)
		replay_control(replay, REPLAY_LIMIT_SQL);
}

int replay_execute(struct replay *replay, const struct section *section, uint32_t index,
		   struct bobolink_error *error)
{
	const struct statement *statement = &section->statements[index];
	int rc = replay->run->backend->execute(replay->run->connection,
					       section->source->text + statement->offset,
					       statement->length, index + 1, error);

	if (rc == BOBOLINK_NO_MEMORY)
		arena_exhausted();
	if (rc == BOBOLINK_INTERRUPTED && replay->run->set->database == DATABASE_SQLITE)
		snprintf(error->message, sizeof(error->message), "it does not end");
	if (rc && error->statement == 0)
		error->statement = index + 1;
	return rc;
}

int replay_begin(struct replay *replay, const struct section *section, struct bobolink_error *error)
{
	const struct bobolink_section flags = {
		.flags = section->foreign_keys_off ? BOBOLINK_SECTION_FOREIGN_KEYS_OFF : 0,
	};

	error->statement = 0;
	limit(replay, true);
	return replay->run->backend->begin(replay->run->connection, &flags, error);
}

/* What waits to be run is run before this returns. */
int replay_flush(struct replay *replay, struct bobolink_error *error)
{
	return replay->run->backend->query(replay->run->connection, "SELECT 1", NULL, 0, NULL, NULL,
					   NULL, error);
}

/* The statements from `from` on; where the section has a transaction, inside one that stays open. */
int replay_statements(struct replay *replay, const struct section *section, uint32_t from,
		      struct bobolink_error *error)
{
	int rc = BOBOLINK_OK;

	if (section->no_transaction)
		limit(replay, true);
	else
		rc = replay_begin(replay, section, error);
	error->statement = 0;
	for (uint32_t i = from; i < section->count && rc == BOBOLINK_OK; i++)
		rc = replay_execute(replay, section, i, error);
	if (rc == BOBOLINK_OK && !section->no_transaction)
		rc = replay_flush(replay, error);
	return rc;
}

void replay_roll_back(struct replay *replay)
{
	replay->run->backend->rollback(replay->run->connection);
	replay->run->backend->settle(replay->run->connection);
	limit(replay, false);
}

int replay_commit(struct replay *replay, const struct section *section,
		  struct bobolink_error *error)
{
	int rc = section->no_transaction
			 ? BOBOLINK_OK
			 : replay->run->backend->commit(replay->run->connection, error);

	replay_roll_back(replay);
	return rc;
}
