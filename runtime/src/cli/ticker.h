/*
 * Ticker: the live line of a run on a terminal, which moves while one long statement runs.
 *
 * One at a time. Between begin and end the line is drawn by a signal handler, so whoever writes to the terminal
 * hides it first; the next bl_cli_ticker_show brings it back.
 */
#ifndef BL_CLI_TICKER_H
#define BL_CLI_TICKER_H

#include <stdint.h>

/*
 * Draws on `file` from a second after now. Does nothing when the application's own timer (alarm, setitimer) is running.
 */
void bl_cli_ticker_begin(int file);
/* What the line says; the seconds since the run began are put behind it. Cut to fit 80 columns of ASCII. */
void bl_cli_ticker_show(const char *text, uint64_t elapsed_ms);
/* Erases the line. */
void bl_cli_ticker_hide(void);
/* Erases the line and puts back what SIGALRM did before. */
void bl_cli_ticker_end(void);
/* In a child process, which has no timer: puts back what SIGALRM did before, and writes nothing. */
void bl_cli_ticker_forget(void);

/* Milliseconds on a clock that nobody sets. */
uint64_t bl_cli_clock_ms(void);

#endif
