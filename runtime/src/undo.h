/* Undo: takes applied migrations back. */
#ifndef BL_UNDO_H
#define BL_UNDO_H

#include "session.h"
#include "stored.h"

struct bl_undo {
	struct bl_plan_request request; /* one that goes down */
	const struct bl_head *expected; /* refuse when the head is another one; NULL: any */
	const struct bl_downs
		*downs;	    /* of the plan that `expected` leads to; NULL: none is needed */
	const char *forced; /* rows may be destroyed: which, for the log; NULL: none may */
};

/*
 * Undoes the steps of a plan, the newest first. Where the history changes meanwhile it stops with
 * BOBOLINK_PLAN_CHANGED. `undone` (may be NULL) counts what was committed.
 */
int bl_undo(struct bobolink_session *session, const struct bl_undo *undo, uint32_t *undone,
	    struct bobolink_error *error);

#endif
