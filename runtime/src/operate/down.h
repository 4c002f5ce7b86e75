/* Down: the stored statements of a plan that goes down. */
#ifndef BL_OPERATE_DOWN_H
#define BL_OPERATE_DOWN_H

#include "../session.h"
#include "../stored.h"

/* Reads what the plan's steps need from the history; outside a transaction. Release in any case. */
int bl_downs_read(struct bobolink_session *session, const struct bl_plan *plan,
		  struct bl_downs *downs, struct bobolink_error *error);
void bl_downs_release(struct bl_downs *downs, const struct bobolink_allocator *allocator);

/*
 * The stored section of one migration of the history: its down, or with `up` its up. BOBOLINK_PLAN_CHANGED when
 * it is not there any more.
 */
int bl_down_section(struct bobolink_session *session, int64_t version, bool up,
		    struct bl_stored *stored, struct bobolink_error *error);

/*
 * Reads what bl_stored_write wrote; the bytes are copied. Returns BOBOLINK_OK, BOBOLINK_NO_MEMORY, or
 * BOBOLINK_CORRUPT for anything else than entries. Release in any case.
 */
int bl_stored_read(const char *text, size_t length, int64_t version,
		   const struct bobolink_allocator *allocator, struct bl_stored *stored);
void bl_stored_release(struct bl_stored *stored, const struct bobolink_allocator *allocator);

#endif
