/*
 * Interrupt: SIGINT, SIGTERM and SIGHUP stop the run where it can be stopped.
 *
 * The first one asks the session to stop and takes our handlers away again, so that a second one does
 * what it did before: it ends a program that does not stop by itself. A signal that was ignored
 * (nohup, a job in the background) stays so.
 */
#include "interrupt.h"

#include <signal.h>
#include <stddef.h>

static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };

#define COUNT (sizeof(numbers) / sizeof(numbers[0]))

/* A handler reaches nothing but what is static. */
static struct bobolink_session *volatile running;
static volatile sig_atomic_t caught;
static volatile sig_atomic_t noted;
static struct sigaction before[COUNT];

static void restore(void)
{
	for (size_t i = 0; i < COUNT; i++)
		sigaction(numbers[i], &before[i], NULL);
}

static void stop(int number)
{
	struct bobolink_session *session = running;

	if (!session)
		return;
	running = NULL;
	caught = number;
	bobolink_interrupt(session);
	restore();
}

static void note(int number)
{
	if (!noted)
		caught = number;
	if (++noted > 1)
		restore();
}

static void fill(sigset_t *signals)
{
	sigemptyset(signals);
	for (size_t i = 0; i < COUNT; i++)
		sigaddset(signals, numbers[i]);
}

/* The mask keeps one of these signals from breaking into the handler of another. */
static void install(void (*handler)(int), struct bobolink_session *session)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART };
	sigset_t held;

	fill(&action.sa_mask);
	caught = 0;
	noted = 0;
	/* Nothing comes between before every former action is known. */
	sigprocmask(SIG_BLOCK, &action.sa_mask, &held);
	for (size_t i = 0; i < COUNT; i++) {
		sigaction(numbers[i], NULL, &before[i]);
		if (before[i].sa_handler != SIG_IGN)
			sigaction(numbers[i], &action, NULL);
	}
	running = session;
	sigprocmask(SIG_SETMASK, &held, NULL);
}

void bl_cli_interrupt_begin(struct bobolink_session *session)
{
	install(stop, session);
}

int bl_cli_interrupt_end(void)
{
	struct bobolink_session *session = running;

	/* Whoever comes now finds nothing to stop; the handler has restored if it was called. */
	running = NULL;
	if (session)
		restore();
	return caught;
}

void bl_cli_interrupt_watch(void)
{
	install(note, NULL);
}

int bl_cli_interrupt_unwatch(void)
{
	if (noted < 2)
		restore();
	return caught;
}

int bl_cli_interrupt_noted(int *number)
{
	*number = caught;
	return noted;
}

void bl_cli_interrupt_hold(sigset_t *before_hold)
{
	sigset_t signals;

	fill(&signals);
	sigprocmask(SIG_BLOCK, &signals, before_hold);
}

void bl_cli_interrupt_reset(void)
{
	struct sigaction action = { .sa_handler = SIG_DFL };

	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < COUNT; i++) {
		if (before[i].sa_handler != SIG_IGN)
			sigaction(numbers[i], &action, NULL);
	}
}
