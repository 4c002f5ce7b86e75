/* Proof: a down undoes its up, and the up runs again after it. */
#ifndef SHADOW_PROOF_H
#define SHADOW_PROOF_H

#include "shadow_run.h"

/* One proof, as an engine sees it: where it takes place, and what came out. */
struct shadow_proof {
	struct shadow_run *run;
	const struct migration *migration;
	uint32_t index;
	const struct bobolink_inventory *before; /* the up led from here to run->inventory */

	struct bobolink_connection *connection; /* where it takes place; the engine's choice */
	void *handle;	    /* of a copy of the database, likewise; NULL in the database itself */
	bool deferred;	    /* statements may run later than execute returns, in one transaction */
	bool commits;	    /* each section has a transaction of its own, if it may */
	const char *renew;  /* a statement that drops what belongs to the session alone; or NULL */
	const char *states; /* SQLSTATEs that are not reported: they say that the place is wrong */

	struct bobolink_inventory *down;  /* read after the down; NULL before */
	struct bobolink_inventory *again; /* read after down and up; NULL before */
	bool has_rows; /* a statement of the down may have put rows into tables */
};

/* Ends of a proof. */
enum shadow_proved {
	SHADOW_PROVED,
	SHADOW_DISPROVED, /* reported */
	SHADOW_MISPLACED, /* one of `states` came up: nothing is known */
};

/* Is there a down to prove? Notes one that the migration switches off. */
bool shadow_proof_due(struct shadow_run *run, const struct migration *migration);

/*
 * Proves the down of migration number `index`, which was applied last and led from `before` to run->inventory. Leaves
 * the database as it was, or made anew by the same text; then run->inventory is that.
 */
void shadow_prove(struct shadow_run *run, uint32_t index, const struct bobolink_inventory *before);

/* Is one of its halves a function of the application? Only a copy will do for it. */
bool shadow_proof_calls(const struct shadow_proof *proof);

/* For engines: down, compare, up, compare, on proof->connection. May be called again after SHADOW_MISPLACED. */
enum shadow_proved shadow_proof_run(struct shadow_proof *proof);

#endif
