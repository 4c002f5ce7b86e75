/* A program that migrates a PostgreSQL database, as a process of its own that may be killed. */
#ifndef PROGRAM_H
#define PROGRAM_H

#include <sys/types.h>

#include <bobolink/bobolink.h>

#include "proxy.h"

struct program {
	pid_t pid;
	int report; /* readable when it has ended */
};

/* How it ended. */
struct program_end {
	bool killed; /* by SIGKILL; nothing else is known then */
	int rc;
	struct bobolink_error error;
};

/* What it does on its connection. */
typedef int program_work_fn(const struct bobolink_set *set, void *connection,
			    const struct bobolink_options *options, struct bobolink_error *error);

void program_start_with(struct program *program, const char *url, const struct bobolink_set *set,
			const struct bobolink_options *options, program_work_fn *work);
/* It boots. */
void program_start(struct program *program, const char *url, const struct bobolink_set *set,
		   const struct bobolink_options *options);
void program_await(struct program *program, struct program_end *end);

#endif
