/* Record: every write to bobolink's own tables. */
#ifndef BL_RECORD_H
#define BL_RECORD_H

#include "session.h"

/* A change of one migration's row. */
struct bl_record {
	int64_t version;
	uint32_t index; /* in the set; BL_SET_NONE where the event needs nothing of it */
	int32_t status; /* enum bl_status before it */
	int32_t event;	/* enum bl_history_event */
	int64_t batch;
	int64_t duration_ms;
	int64_t statements_done;   /* after it */
	int64_t statements_before; /* of a PROGRESS */
	const char *error_message; /* NULL for none */
};

/*
 * Changes the head from `seen` to `next` in the transaction at hand, making the tables where there
 * are none. The digest is cleared. BOBOLINK_STALE when the head is not as it was seen.
 */
int bl_record_head(struct bobolink_session *session, const struct bl_head *seen,
		   const struct bl_head *next, struct bobolink_error *error);

/* Nothing of the set is left to do: writes its digest. The last write of its transaction. */
int bl_record_complete(struct bobolink_session *session, struct bobolink_error *error);

/* Changes the row; BOBOLINK_STALE when it was not in the status that it was seen in. */
int bl_record_item(struct bobolink_session *session, const struct bl_record *record,
		   struct bobolink_error *error);

/* In the transaction in which migration `version` goes: the fixes that require it look again when it is back. */
int bl_record_end_fixes(struct bobolink_session *session, int64_t version,
			struct bobolink_error *error);

/* Explains BOBOLINK_NO_TABLE, the result of a write; any other `rc` is returned as it is. */
int bl_record_missing(const struct bobolink_session *session, int rc, struct bobolink_error *error);

/*
 * In a transaction of its own: a migration was refused for `reason`. Writes the row (with BL_HISTORY_UNDO, of a
 * down that left nothing behind, only the log), but nothing where somebody else has got further with it
 * meanwhile, and reports nothing: the caller is told of the failure anyway.
 */
void bl_record_refusal(struct bobolink_session *session, const struct bl_record *refused,
		       const struct bobolink_error *reason);

#endif
