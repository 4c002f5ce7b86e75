/* Foresee: what a run would be refused for when its turn comes, told before another one has begun. */
#ifndef BL_OPERATE_FORESEE_H
#define BL_OPERATE_FORESEE_H

#include "../session.h"

/*
 * For the run that `view` plans, of a boot or else an apply; `head` as it was read. BOBOLINK_OK when nothing is to be said
 * against it now, else what it would end with. Rows are counted as they are now: those that its own earlier steps would
 * move away first count as lost. Writes nothing but that the schema was compared.
 */
int bl_foresee(struct bobolink_session *session, const struct bl_view *view,
	       const struct bl_head *head, bool boot, struct bobolink_error *error);

#endif
