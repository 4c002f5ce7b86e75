/*
 * Drift from inside: head, history, expected and actual inventory of one moment, each read once, and what
 * differs. Validation and repair work on it, too.
 */
#ifndef BL_SCHEMA_DRIFT_H
#define BL_SCHEMA_DRIFT_H

#include "../session.h"
#include "said.h"

/* Neither of another's set nor ignored. */
struct bl_difference {
	const struct bobolink_object *expected; /* NULL: extra */
	const struct bobolink_object *actual;	/* NULL: missing */
	int32_t kind;				/* enum bobolink_drift_kind */
	uint32_t
		origin; /* what made or changed it last, as in struct bl_expected; BL_SET_NONE for none */
};

/* The primary structure. Objects live as long as it does. */
struct bl_drift {
	struct bobolink_session *session;
	struct bobolink_allocator allocator;
	struct bl_view view; /* what to boot would do; its head tells the moment */
	struct bl_said *said;
	struct bl_expected expected;
	struct bobolink_inventory *actual;
	bool respelled;		     /* `actual`: something stood there in other letters */
	struct bl_difference *items; /* in the order of an inventory */
	uint32_t count;
	uint32_t capacity;
	uint32_t missing;
	uint32_t changed;
	uint32_t extra;
	uint32_t ignored; /* by options.ignore */
	uint32_t excused; /* those of them that are missing or changed */
};

/*
 * Reads everything again while somebody else changes it; BOBOLINK_PLAN_CHANGED when that does not end. BOBOLINK_NEWER,
 * BOBOLINK_MISSING and BOBOLINK_OTHER_NAME where the history has what this program does not, BOBOLINK_USAGE where it is not
 * known what the migrations make. What the other sets that the session knows of have by their own history is not
 * extra; those without rows in it, and those whose schema is not known, have nothing. Writes nothing. Release in
 * either case.
 */
int bl_drift_read(struct bobolink_session *session, struct bl_drift *drift,
		  struct bobolink_error *error);
void bl_drift_release(struct bl_drift *drift);

#endif
