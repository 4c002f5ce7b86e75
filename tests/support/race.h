/* Many programs that start at once. Each is a process, forked before this one opens the database. */
#ifndef RACE_H
#define RACE_H

#include <sys/types.h>

#include "engine.h"
#include "hand_set.h"

/* Runs `work` in a process of its own; returns its result, or -1 when it was killed. */
int race_elsewhere(int (*work)(void *context), void *context);

/* `count` processes do the same work at the same moment; returns how many of them did not return 0. */
int race_all(int (*work)(void *context), void *context, int count);

/* `count` programs boot the database at the same moment; returns how many of them failed. */
int race_boot(const char *url, struct hand_set *set, int count);

/*
 * Asserts that migrations 1 … count were each applied once, in one batch, and that the head says so.
 */
void race_check(const char *url, uint32_t count);

#endif
