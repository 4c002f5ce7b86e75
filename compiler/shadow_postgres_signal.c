/*
 * Signals during a run on PostgreSQL: the statement in hand is cancelled, the run unwinds, the scratch database is removed, and
 * then the signal does what it would have done. A second one does so at once.
 */
#include <signal.h>
#include <string.h>

#include <bobolink/bobolink.h>

#include "shadow_postgres.h"

static const int caught[] = { SIGINT, SIGTERM, SIGHUP };
#define CAUGHT (sizeof(caught) / sizeof(caught[0]))

/* A handler has nothing but globals. */
static volatile sig_atomic_t came;
static struct sigaction before[CAUGHT];

static struct shadow_run *running;
static PGcancel *volatile request; /* stops what the scratch database is doing */

/* PQcancel may be called in a handler, says the manual. */
static void note(int number)
{
	char ignored[256];

	came = number;
	if (request)
		(void)PQcancel(request, ignored, sizeof(ignored));
	if (running->session)
		bobolink_interrupt(running->session);
}

void shadow_postgres_catch(struct shadow_run *run)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = note;
	action.sa_flags = (int)SA_RESETHAND;
	sigemptyset(&action.sa_mask);
	came = 0;
	running = run;
	run->context.interrupted = &came;
	for (size_t i = 0; i < CAUGHT; i++) {
		(void)sigaction(caught[i], NULL, &before[i]);
		/* nohup and background jobs of a shell ignore some: that stays so. */
		if (before[i].sa_handler != SIG_IGN)
			(void)sigaction(caught[i], &action, NULL);
	}
}

void shadow_postgres_watch(PGconn *db)
{
	request = PQgetCancel(db);
}

void shadow_postgres_unwatch(void)
{
	PGcancel *old = request;

	request = NULL;
	PQfreeCancel(old);
}

void shadow_postgres_release(void)
{
	for (size_t i = 0; i < CAUGHT; i++)
		(void)sigaction(caught[i], &before[i], NULL);
	if (came)
		(void)raise((int)came);
}
