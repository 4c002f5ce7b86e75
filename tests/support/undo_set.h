/*
 * A set whose downs show whether each was run once: amounts in stock are multiplied by another prime in each up and divided
 * by it in its down, and some downs run outside transactions. For the engine of the group.
 */
#ifndef UNDO_SET_H
#define UNDO_SET_H

#include <bobolink/schema.h>

#include "hand_set.h"

#define UNDO_MIGRATIONS 8
/* What stays when undo_set_back is done. */
#define UNDO_KEPT 2

struct undo_set {
	struct hand_set *made;
	const struct bobolink_set *set;
	struct bobolink_inventory *inventories[UNDO_MIGRATIONS + 1]; /* at each version */
};

/* Applies the set to the empty database at `url`, each migration in a batch of its own. */
void undo_set_open(struct undo_set *all, const char *url);
/* The same for another empty database. */
void undo_set_fill(const struct undo_set *all, const char *url);
void undo_set_close(struct undo_set *all);

/* The command that is disturbed: undoes everything above UNDO_KEPT, whatever is lost. */
int undo_set_back(const struct bobolink_set *set, void *handle,
		  const struct bobolink_options *options, struct bobolink_error *error);

/* What is not as when `version` is the newest applied; NULL when all is. */
const char *undo_set_damage(const struct undo_set *all, const char *url, int64_t version);

/*
 * After a command that was stopped at point `at`: asserts that the database and its history agree, that the
 * same command finishes, and that everything can be applied again.
 */
void undo_set_check(const struct undo_set *all, const char *url, long at);

#endif
