/*
 * A program that runs beside a test: a pooler, a second server. It has a directory of its own and runs as
 * the user that servers run as; however the test ends, it is ended and its directory goes.
 */
#ifndef COMPANION_H
#define COMPANION_H

#include <sys/types.h>

#include "../../compiler/server_process.h"

struct companion {
	struct server_user user;
	char directory[64];
	pid_t guard; /* watches over both; 0: not started */
	int socket;
};

/* Makes the directory. Every failure here and below fails the test. */
void companion_init(struct companion *companion);
/* Runs a program to its end. */
void companion_run(struct companion *companion, char *const argv[]);
/* Writes a file in the directory. */
void companion_write(struct companion *companion, const char *name, const char *text);
/* Starts a program, and waits until `url` can be connected to. */
void companion_start(struct companion *companion, char *const argv[], const char *url);
/* What the program has said, in a buffer that the next call reuses. */
const char *companion_log(const struct companion *companion);
/* Ends the program and removes the directory; nothing happens when there is none. */
void companion_stop(struct companion *companion);

#endif
