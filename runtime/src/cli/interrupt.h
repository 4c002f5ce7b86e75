/*
 * Interrupt: a signal that asks to stop, while migrations run.
 */
#ifndef BL_CLI_INTERRUPT_H
#define BL_CLI_INTERRUPT_H

#include <signal.h>

#include <bobolink/bobolink.h>

/* From now on SIGINT, SIGTERM and SIGHUP stop the session. One at a time. */
void bl_cli_interrupt_begin(struct bobolink_session *session);
/* Puts back what these signals did before. Returns the signal that came, or 0. */
int bl_cli_interrupt_end(void);

/*
 * The same for who lets others work: the signals are only noted, until unwatch, which returns the first one, or 0. The
 * third one does what it did before.
 */
void bl_cli_interrupt_watch(void);
int bl_cli_interrupt_unwatch(void);
/* How many came so far, and the first of them. */
int bl_cli_interrupt_noted(int *number);

/* Around fork(): none comes between this and sigprocmask(SIG_SETMASK, before, NULL). */
void bl_cli_interrupt_hold(sigset_t *before);
/* In the child: those that are not ignored end it. */
void bl_cli_interrupt_reset(void);

#endif
