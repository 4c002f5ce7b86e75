/* Waiting for other connections: backoff with jitter, a deadline, progress and cancellation. */
#ifndef BL_WAIT_H
#define BL_WAIT_H

#include "session.h"

struct bl_wait {
	uint64_t begun_ms;
	uint64_t timeout_ms;
	uint32_t attempts;
	bool in_transaction; /* waiting to commit: nothing may be asked */
	bool again;	     /* others made a migration stop: the error tells which statement */
	bool named;	     /* the database said who it is */
	char holder[256];
};

/* `timeout_ms` 0: the session's. */
void bl_wait_init(struct bl_wait *wait, const struct bobolink_session *session,
		  uint32_t timeout_ms);

/* Sleeps a little. BOBOLINK_OK: try again; BOBOLINK_LOCKED or BOBOLINK_INTERRUPTED: give up. */
int bl_wait_again(struct bobolink_session *session, struct bl_wait *wait,
		  struct bobolink_error *error);

/* The same after BOBOLINK_AGAIN, whose error is kept and told when time is up. */
int bl_wait_after(struct bobolink_session *session, struct bl_wait *wait,
		  struct bobolink_error *error);

/* Opens a transaction that holds the migration lock; `section` is that of the backend's begin. */
int bl_wait_begin(struct bobolink_session *session, const struct bobolink_section *section,
		  struct bobolink_error *error);

/* A run ended with `rc`: what another connection kept from being done is told as BOBOLINK_LOCKED. */
int bl_wait_ended(int rc, struct bobolink_error *error);

/* Commits; when it cannot be done in time, or is refused, the transaction is rolled back. */
int bl_wait_commit(struct bobolink_session *session, struct bobolink_error *error);

#endif
