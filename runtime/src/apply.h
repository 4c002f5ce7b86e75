/* Apply: executes what the plan decided. */
#ifndef BL_APPLY_H
#define BL_APPLY_H

#include "step.h"

/*
 * Applies what is pending for the request, planning again whenever somebody else changed the
 * history. `applied` (may be NULL) counts the migrations committed by this call. `head`: as it
 * was just read; NULL where it was not.
 */
int bl_apply(struct bobolink_session *session, const struct bl_plan_request *request,
	     const struct bl_head *head, uint32_t *applied, struct bobolink_error *error);

/* A step that cannot run in a transaction stands in the way of running all in one: BOBOLINK_USAGE. */
int bl_apply_one_transaction(const struct bl_run *run, struct bobolink_error *error);

#endif
