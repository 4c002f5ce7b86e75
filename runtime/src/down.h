/* Down: the stored statements of a plan that goes down. */
#ifndef BL_DOWN_H
#define BL_DOWN_H

#include "session.h"
#include "stored.h"

/* One for each step of a plan; `text` is NULL where this program has the statements itself. */
struct bl_downs {
	struct bl_stored *items;
	uint32_t count;
};

/* Reads them from the history; outside a transaction. Release in any case. */
int bl_downs_read(struct bobolink_session *session, const struct bl_plan *plan,
		  struct bl_downs *downs, struct bobolink_error *error);
void bl_downs_release(struct bl_downs *downs, const struct bobolink_allocator *allocator);

/*
 * The stored section of one migration of the history: its down, or with `up` its up. BOBOLINK_PLAN_CHANGED when
 * it is not there any more.
 */
int bl_down_section(struct bobolink_session *session, int64_t version, bool up,
		    struct bl_stored *stored, struct bobolink_error *error);

#endif
