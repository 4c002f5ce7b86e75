/* Sets: a program may have several, and an action is for one of them or for all. */
#ifndef BL_CLI_SETS_H
#define BL_CLI_SETS_H

#include "command.h"

/* The set at hand becomes number `index`. */
void bl_cli_sets_take(struct bl_cli *cli, uint32_t index);

/*
 * Decides which set an action is for; `across`: it may be for all. Returns 0, or -1 with a message when that is not
 * said or makes no sense.
 */
int bl_cli_sets_choose(struct bl_cli *cli, bool across, char *message, size_t size);

/* Says which set the next lines are about, where there are several and another one was spoken of. */
void bl_cli_sets_head(struct bl_cli *cli, const char *name);

/* The message, unless it names a file, begins with the set's name. */
void bl_cli_sets_name_error(const struct bobolink_set *set, struct bobolink_error *error);

/* Of two exit codes the one that matters more. */
int bl_cli_sets_worse(int a, int b);

/* Other sets of the program beside the session of one. */
struct bl_cli_beside {
	struct bobolink_session **sessions; /* that of the set at hand first */
	void **handles;
	const struct bobolink_set **sets;
	uint32_t count;
};

/*
 * Opens the sets that have to do with the one of `session`, because one requires the other, and tells the
 * sessions of each other. Close in either case.
 */
int bl_cli_beside_open(struct bl_cli *cli, struct bobolink_session *session,
		       struct bl_cli_beside *beside, struct bobolink_error *error);
/* Not the session that was there before. */
void bl_cli_beside_close(struct bl_cli_beside *beside);

/* --migrate for all sets: all databases are opened and asked before the first one is written. */
int bl_cli_migrate_sets(struct bl_cli *cli, struct bobolink_error *error);

#endif
