/*
 * Interrupt: a signal that asks to stop, while migrations run.
 */
#ifndef BL_CLI_INTERRUPT_H
#define BL_CLI_INTERRUPT_H

#include <bobolink/bobolink.h>

/* From now on SIGINT, SIGTERM and SIGHUP stop the session. One at a time. */
void bl_cli_interrupt_begin(struct bobolink_session *session);
/* Puts back what these signals did before. Returns the signal that came, or 0. */
int bl_cli_interrupt_end(void);

#endif
