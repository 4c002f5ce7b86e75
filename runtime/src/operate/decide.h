/* Decide: decisions by hand, for others of the runtime. */
#ifndef BL_DECIDE_H
#define BL_DECIDE_H

#include "../session.h"

/* Whether a baseline up to `version` makes sense: the set has it, and the database has no history. */
int bl_baseline_check(struct bobolink_session *session, int64_t version,
		      struct bobolink_error *error);

#endif
