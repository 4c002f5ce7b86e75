/* The replay from inside: what its files share. */
#ifndef SHADOW_REPLAY_RUN_H
#define SHADOW_REPLAY_RUN_H

#include "shadow_run.h"
#include "shadow_seed.h"

struct replay {
	struct shadow_run *run;
	struct seeds seeds;
	uint32_t index; /* of the migration at hand */
	bool keys_off;	/* SQLite: foreign keys stay off */
	bool over;	/* it cannot go on */
};

/* The migration at hand. */
struct migration *replay_migration(const struct replay *replay);

/* Runs a statement of ours. 0, or -1 when it was refused. */
int replay_control(struct replay *replay, const char *sql);
/* Opens a transaction as the section wants it. */
int replay_begin(struct replay *replay, const struct section *section,
		 struct bobolink_error *error);
/* Runs statement number `index`; it may wait until replay_flush(). */
int replay_execute(struct replay *replay, const struct section *section, uint32_t index,
		   struct bobolink_error *error);
/* What waits to be run is run before this returns. */
int replay_flush(struct replay *replay, struct bobolink_error *error);
/* The statements from `from` on; where the section has a transaction, inside one that stays open. */
int replay_statements(struct replay *replay, const struct section *section, uint32_t from,
		      struct bobolink_error *error);
void replay_roll_back(struct replay *replay);
int replay_commit(struct replay *replay, const struct section *section,
		  struct bobolink_error *error);

/* Can the section take rows out of a table that stays? */
bool replay_may_lose(const struct section *section);
/* What was counted last is what there was before. */
void replay_keep_counts(struct replay *replay);
/* Marks the tables that have less rows than before; those in new tables may have been theirs. */
bool replay_mark_lost(struct replay *replay, bool may_move);
/* Runs the section anew and notes which statement took the rows of the marked tables. The transaction stays open. */
int replay_blame(struct replay *replay, struct section *section, struct bobolink_error *error);

#endif
