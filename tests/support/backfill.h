/*
 * A set whose second migration is a function that works on the rows of a table in batches, up and down, and which shows whether any row was
 * done twice or left out. For the engine of the group.
 */
#ifndef BACKFILL_H
#define BACKFILL_H

#include <stdbool.h>

#include <bobolink/bobolink.h>

#include "hand_set.h"

/*
 * Migration 1 makes table `work` with `rows` rows and x = 0, 2 adds one to every x in batches of `limit` and takes it off
 * again, 3 makes table `after`.
 */
struct hand_set *backfill_set(uint32_t rows, uint32_t limit);

/* Runs a statement on the connection of a step; a failure is described. */
int backfill_run(struct bobolink_step *step, const char *sql);

/* Makes the database at `url` ready: migration 1 is applied, and the others as well when `all`. */
void backfill_prepare(const char *url, const struct bobolink_set *set, bool all);

/* What is disturbed: applies 2 and 3, or undoes them. */
int backfill_up(const struct bobolink_set *set, void *handle,
		const struct bobolink_options *options, struct bobolink_error *error);
int backfill_down(const struct bobolink_set *set, void *handle,
		  const struct bobolink_options *options, struct bobolink_error *error);

/* After a run that was stopped at point `at`: the same command finishes, and no row was done twice or left out. */
void backfill_check(const char *url, const struct bobolink_set *set, bool down, long at);

/* What is not as it is when every x is this; NULL when all is. */
const char *backfill_damage(const char *url, uint32_t rows, int x);

#endif
