/*
 * Who kills a program, or the server's process that works for it, at a message between the two.
 */
#ifndef STRIKER_H
#define STRIKER_H

#include "program.h"

struct striker {
	const struct bobolink_set *set;
	program_work_fn *work; /* NULL: the program boots */
	struct proxy *proxy;   /* of the last run; the caller frees it */
	struct program program;
	bool commits; /* `at` counts the answers to COMMIT alone */
	long at;      /* the message; 0: nobody is killed */
	long seen;    /* of what `at` counts */
	bool server;
	bool struck;
};

/* Makes an empty database where a commit that was answered is on the disk, as it is on other servers. */
void striker_database(char url[SERVER_URL_SIZE]);

/* Runs the program, and waits for its end. */
void striker_run(struct striker *striker, const char *url, struct program_end *end);

#endif
