/*
 * Confirm: nothing that cannot be taken back is done before a person, or --migrate-yes, said so.
 */
#ifndef BL_CLI_CONFIRM_H
#define BL_CLI_CONFIRM_H

#include <stddef.h>

#include "command.h"

/* Whether somebody can be asked: standard input and standard error are a terminal. */
bool bl_cli_can_ask(void);

/*
 * What is printed so far is what is about to be done; asks "QUESTION? [y/N]" on stderr, unless
 * --migrate-yes was given. BOBOLINK_OK: go on. BOBOLINK_USAGE: nobody can be asked. BOBOLINK_INTERRUPTED, with
 * cli->declined: no, or no answer.
 */
int bl_cli_confirm(struct bl_cli *cli, struct bobolink_error *error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Asks on stderr and reads a line into `line`, without its end. Returns -1 for an end of input, or a line that
 * does not fit.
 */
int bl_cli_ask(struct bl_cli *cli, const char *question, char *line, size_t size);

#endif
