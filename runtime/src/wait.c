/*
 * Wait: what to do while another connection holds the lock.
 *
 * The database library's own waiting cannot be used: the application may have set its own, which
 * cannot be read back and restored. So each attempt is made once, and the time between is ours.
 */
#include "wait.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "error.h"

#define FIRST_PAUSE_US	 1000u
#define LONGEST_PAUSE_US 50000u

void bl_wait_init(struct bl_wait *wait, const struct bobolink_session *session, uint32_t timeout_ms)
{
	memset(wait, 0, sizeof(*wait));
	wait->begun_ms = bl_clock_ms();
	wait->timeout_ms = timeout_ms ? timeout_ms : session->options.lock_timeout_ms;
	if (!wait->timeout_ms)
		wait->timeout_ms = BL_LOCK_TIMEOUT_MS;
}

static int keep_holder(void *context, const struct bobolink_value *values, uint32_t count)
{
	struct bl_wait *wait = context;

	if (count == 1 && values[0].text)
		bl_format(wait->holder, sizeof(wait->holder), "%s", values[0].text);
	return BOBOLINK_OK;
}

/* Who migrated last is the best guess at who does now. Failing to find out is no failure. */
static void find_holder(struct bobolink_session *session, struct bl_wait *wait)
{
	struct bl_values values = { .count = 0 };
	struct bobolink_error ignored;

	snprintf(wait->holder, sizeof(wait->holder), "%s",
		 wait->again ? "other transactions" : "another connection");
	if (wait->in_transaction || wait->again)
		return;
	if (session->backend->holder) {
		wait->named = session->backend->holder(session->connection, wait->holder,
						       sizeof(wait->holder));
		return;
	}
	bl_values_text(&values, session->set->name);
	bl_session_query(session, BL_SQL_HISTORY_HOLDER, &values, keep_holder, wait, NULL,
			 &ignored);
}

static int report(struct bobolink_session *session, const struct bl_wait *wait, uint64_t now,
		  struct bobolink_error *error)
{
	struct bobolink_progress progress = {
		.version = -1,
		.name = "",
		.waiting_for = wait->holder,
		.elapsed_ms = now - wait->begun_ms,
	};

	if (bl_session_goes_on(session, &progress))
		return BOBOLINK_OK;
	return bl_error_set(error, BOBOLINK_INTERRUPTED,
			    "stopped while waiting for the lock; nothing was changed");
}

static int give_up(const struct bl_wait *wait, struct bobolink_error *error)
{
	int32_t native = error->native;

	if (wait->again)
		return bl_error_append(error, BOBOLINK_LOCKED,
				       "; tried again for %" PRIu64
				       " ms: end the transactions that are in the way, or wait "
				       "longer with lock_timeout_ms",
				       wait->timeout_ms);
	bl_error_set(error, BOBOLINK_LOCKED,
		     "the database was locked for %" PRIu64 " ms, %sby %s: end the program "
		     "that holds it, or wait longer with lock_timeout_ms",
		     wait->timeout_ms, wait->named ? "" : "probably ", wait->holder);
	error->native = native;
	return BOBOLINK_LOCKED;
}

/* Doubles from a millisecond to fifty, half of it by chance, never past the deadline. */
static void pause_for(struct bobolink_session *session, const struct bl_wait *wait,
		      uint64_t left_ms)
{
	uint64_t longest = (uint64_t)FIRST_PAUSE_US << (wait->attempts < 6 ? wait->attempts : 6);
	struct timespec time;

	if (longest > LONGEST_PAUSE_US)
		longest = LONGEST_PAUSE_US;
	session->jitter = session->jitter * 6364136223846793005u + 1442695040888963407u;
	longest = longest / 2 + (session->jitter >> 33) % (longest / 2);
	if (longest > left_ms * 1000)
		longest = left_ms * 1000;
	time.tv_sec = 0;
	time.tv_nsec = (long)(longest * 1000);
	nanosleep(&time, NULL);
}

/* The first time only: what follows is the same. */
static void tell(struct bobolink_session *session, const struct bl_wait *wait,
		 const struct bobolink_error *error)
{
	if (wait->again)
		bl_session_event(session, BOBOLINK_EVENT_RETRY, BOBOLINK_WARNING, -1, "", -1,
				 "rolled back because of other transactions, and tried again: %s",
				 error->message);
	else
		bl_session_event(session, BOBOLINK_EVENT_WAIT, BOBOLINK_INFO, -1, "", -1,
				 "waiting for the lock, %sheld by %s",
				 wait->named ? "" : "probably ", wait->holder);
}

int bl_wait_again(struct bobolink_session *session, struct bl_wait *wait,
		  struct bobolink_error *error)
{
	uint64_t now = bl_clock_ms();
	uint64_t waited = now - wait->begun_ms;
	int rc;

	if (wait->attempts == 0) {
		find_holder(session, wait);
		tell(session, wait, error);
	}
	if (waited >= wait->timeout_ms)
		return give_up(wait, error);
	rc = report(session, wait, now, error);
	if (rc)
		return rc;
	pause_for(session, wait, wait->timeout_ms - waited);
	wait->attempts++;
	return BOBOLINK_OK;
}

int bl_wait_after(struct bobolink_session *session, struct bl_wait *wait,
		  struct bobolink_error *error)
{
	wait->again = true;
	return bl_wait_again(session, wait, error);
}

int bl_wait_begin(struct bobolink_session *session, const struct bobolink_section *section,
		  struct bobolink_error *error)
{
	bool own = section && !session->backend->statement_locks;
	struct bl_wait wait;
	int rc;

	bl_wait_init(&wait, session, own ? section->lock_timeout_ms : 0);
	for (;;) {
		bl_error_clear(error);
		rc = session->backend->begin(session->connection, section, error);
		if (rc != BOBOLINK_BUSY)
			return rc;
		rc = bl_wait_again(session, &wait, error);
		if (rc)
			return rc;
	}
}

int bl_wait_commit(struct bobolink_session *session, struct bobolink_error *error)
{
	struct bl_wait wait;
	int rc;

	bl_wait_init(&wait, session, 0);
	wait.in_transaction = true;
	for (;;) {
		bl_error_clear(error);
		rc = session->backend->commit(session->connection, error);
		if (rc != BOBOLINK_BUSY)
			return rc;
		rc = bl_wait_again(session, &wait, error);
		if (rc) {
			session->backend->rollback(session->connection);
			return rc;
		}
	}
}

int bl_wait_ended(int rc, struct bobolink_error *error)
{
	/* Within a transaction nothing is waited for, and BUSY is a word of backends. */
	if (rc != BOBOLINK_BUSY)
		return rc;
	return bl_error_append(
		error, BOBOLINK_LOCKED,
		": another connection is in the way of bobolink's tables; end what it "
		"does and start again");
}
