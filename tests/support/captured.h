/* What is written to stderr, write by write, and an event made up for a log sink. */
#ifndef CAPTURED_H
#define CAPTURED_H

#include <bobolink/bobolink.h>

/* A socket in the place of stderr: each write is one datagram, so that writes can be counted. */
struct captured {
	int kept;
	int reader;
};

void capture_begin(struct captured *captured);
/* The next write, in a buffer that the next call reuses; "" when there was none. */
const char *captured_next(struct captured *captured);
void capture_end(struct captured *captured);

/* Migration 7 of the set "shop", 12 ms, at the level of an information. */
struct bobolink_event made_up(int kind, const char *name, const char *detail);

#endif
