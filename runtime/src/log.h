/*
 * Log: the events of a run on their way into the table bobolink_log.
 *
 * What happens outside a transaction waits for the next one of the run; what was written in a transaction
 * that is rolled back is written again in the next. So the table tells of all that happened, in order.
 */
#ifndef BL_LOG_H
#define BL_LOG_H

#include "session.h"

/* Until bl_log_finish, events are kept for the table. */
void bl_log_start(struct bobolink_session *session);
/* Keeps one, without telling the callback. `version` -1 for none. */
void bl_log_add(struct bobolink_session *session, int kind, int64_t version, const char *detail);
/* The same of a script: `of` is the kind of its rows, a literal. */
void bl_log_add_item(struct bobolink_session *session, int kind, const char *of, const char *item,
		     const char *detail);
/* Writes what is kept, in the transaction at hand. */
int bl_log_write(struct bobolink_session *session, struct bobolink_error *error);
/* What is added from here on belongs to a transaction. */
void bl_log_mark(struct bobolink_session *session);
/*
 * What became of it. BOBOLINK_STALE: it should not have begun, and nobody needs to know; BOBOLINK_AGAIN: the next
 * attempt tells the same. After any other failure only that it was done is forgotten.
 */
void bl_log_settle(struct bobolink_session *session, int rc);
/* The run is over: one attempt to write what is still kept, where there is a table for it. */
void bl_log_finish(struct bobolink_session *session, bool tables);

#endif
