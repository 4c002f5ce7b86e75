/* Replay: the set runs a second time, on tables that have rows. */
#ifndef SHADOW_REPLAY_H
#define SHADOW_REPLAY_H

#include "model.h"
#include "support/diagnostic.h"

/*
 * Runs the set on a scratch database of its own, in which each table gets a few synthetic rows as soon as it is there,
 * and notes in the sections what that shows (struct row_finding), for lint to report. Of its own it reports sample
 * sections that do not run. After shadow(), whose deltas it needs; without a server it does nothing.
 * Returns 0, or -1 after an error.
 */
int shadow_replay(const struct compile_options *options, struct arena *arena, struct set *set,
		  struct diagnostics *diag);

#endif
