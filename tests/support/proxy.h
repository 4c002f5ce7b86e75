/*
 * A man in the middle: a socket between a program and the PostgreSQL server of the tests that sees
 * every message of the protocol, in both directions, and does with it what the test says.
 */
#ifndef PROXY_H
#define PROXY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "server.h"

/* One message; the first one of a client has type 0. Cancel requests pass unseen. */
struct proxy_message {
	long number; /* from 1, over all connections and both directions */
	bool from_server;
	char type;
	const char *body;
	size_t length; /* of the body */
	pid_t process; /* of the server, behind this connection; 0 before it is known */
};

enum proxy_verdict {
	PROXY_PASS,
	PROXY_CUT,	/* drop it and close both ends */
	PROXY_CUT_HALF, /* pass half of it on, and close both ends */
	PROXY_SILENCE,	/* pass nothing more on of this connection, but keep it open */
	PROXY_REFUSE	/* cut, and accept no more connections */
};

typedef enum proxy_verdict proxy_judge_fn(void *context, const struct proxy_message *message);

struct proxy;

/* Listens in a directory of its own, for programs that want the database of `url`. */
struct proxy *proxy_new(const char *url);
/* Closes everything and removes the directory. */
void proxy_free(struct proxy *proxy);
/* What the program connects to. */
const char *proxy_url(const struct proxy *proxy);

/*
 * Serves until `until` has something to read or is closed at its other end. A failure of the proxy
 * itself, and half a minute without any message, end the test program.
 */
void proxy_serve(struct proxy *proxy, int until, proxy_judge_fn *judge, void *context);
/* Messages seen so far. */
long proxy_count(const struct proxy *proxy);

#endif
