/*
 * Await: looks until another program has migrated the database. It reads, and never takes a lock.
 */
#include <string.h>
#include <time.h>

#include "../error.h"
#include "../session.h"

#define PAUSE_MS 200u

static int report(struct bobolink_session *session, uint64_t elapsed, struct bobolink_error *error)
{
	struct bobolink_progress progress = {
		.version = -1,
		.name = "",
		.waiting_for = "another program to migrate",
		.elapsed_ms = elapsed,
	};

	if (bl_session_goes_on(session, &progress))
		return BOBOLINK_OK;
	return bl_error_set(error, BOBOLINK_INTERRUPTED,
			    "stopped while waiting for another program; nothing was changed");
}

static void pause_for(uint64_t ms)
{
	const struct timespec time = { (time_t)(ms / 1000), (long)(ms % 1000) * 1000000 };

	nanosleep(&time, NULL);
}

int bobolink_wait(struct bobolink_session *session, uint32_t timeout_ms,
		  struct bobolink_error *error)
{
	uint64_t begun = bl_clock_ms();
	struct bobolink_error local;

	error = error ? error : &local;
	for (;;) {
		int rc = bobolink_check(session, error);
		uint64_t elapsed = bl_clock_ms() - begun;

		/*
		 * A lock that stands in the way of looking is held by the one who is waited for, and what is
		 * half-way may be what that one is at work on: only the lock would tell.
		 */
		if (rc != BOBOLINK_PENDING && rc != BOBOLINK_LOCKED && rc != BOBOLINK_HALFWAY)
			return rc;
		if (elapsed >= timeout_ms)
			return bl_error_append(error, rc, "; waited %u ms for another program",
					       (unsigned)timeout_ms);
		rc = report(session, elapsed, error);
		if (rc)
			return rc;
		pause_for(timeout_ms - elapsed < PAUSE_MS ? timeout_ms - elapsed : PAUSE_MS);
	}
}
