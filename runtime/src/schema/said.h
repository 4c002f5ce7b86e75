/* What the history says of each migration and repeatable of a set. */
#ifndef BL_SCHEMA_SAID_H
#define BL_SCHEMA_SAID_H

#include "../session.h"
#include "expected.h"

/* What a row says of its migration. */
int bl_said_part(const struct bl_history_row *row);

/*
 * The migrations as the plan has them, without those that the set of the plan does not have; the repeatables as the history
 * has them now, where there is one (`tables`). `*said` is the caller's, who releases it with the session's allocator, on
 * failure, too.
 */
int bl_said_read(struct bobolink_session *session, const struct bl_plan *plan, bool tables,
		 struct bl_said **said, struct bobolink_error *error);

#endif
