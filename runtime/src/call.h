/* Call: a function of the application as a step of a run. */
#ifndef BL_CALL_H
#define BL_CALL_H

#include "session.h"

/* One loop of batches. */
struct bl_batch {
	bobolink_batch_fn *run;
	void *context;
	uint32_t limit;
	int64_t position; /* behind the last batch */
	int64_t rows;	  /* of the last batch */
};

/* What a function is given. Whoever calls it fills in the first members and zeroes the rest. */
struct bobolink_step {
	struct bobolink_session *session;
	int64_t version;
	const char *name;
	bool down;
	uint32_t number; /* from 1: its place among the `steps` of the run */
	uint32_t steps;
	uint64_t begun_ms; /* the run */
	/* Of a fix: what bobolink_log has as its kind and item, and what events call it; NULL of a migration. */
	const char *kind;
	const char *item;
	const char *label;
	/*
	 * Outside a transaction: runs one batch in a transaction of its own. Called with the handle lent; returns, and lends it
	 * again. NULL in a transaction.
	 */
	int (*batch)(struct bobolink_step *step, struct bl_batch *batch,
		     struct bobolink_error *error);
	void *context;	  /* of `batch` */
	int64_t position; /* that the loop begins behind */

	/* What the function has said. */
	int64_t rows_changed;
	bool counted; /* rows_changed is known */
	char message[BOBOLINK_MESSAGE_SIZE];
	char failure[BOBOLINK_MESSAGE_SIZE];

	const char *function; /* its name */
	struct bobolink_error *error;
	bool looped; /* batches were run */
	int stopped; /* they ended with this, and `error` tells why: whatever the function makes of it */
};

/*
 * Runs a function: in the transaction at hand, or, with `batch`, where none is open. The result is one that a run
 * can end with; BOBOLINK_SQL_ERROR: it failed, or has left a transaction in another state than it found.
 */
int bl_call(struct bobolink_step *step, const struct bobolink_call *call,
	    struct bobolink_error *error);
/* One batch with the handle lent for it, in the transaction at hand; `batch` moves on when it succeeds. */
int bl_call_batch(struct bobolink_step *step, struct bl_batch *batch, struct bobolink_error *error);

#endif
