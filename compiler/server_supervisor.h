/* The process that starts a private server, watches the tool, and clears everything away. */
#ifndef SERVER_SUPERVISOR_H
#define SERVER_SUPERVISOR_H

#include <stdbool.h>

#include "server.h"

/* Socket paths end before byte 108 (sun_path), and the server adds "/.s.PGSQL.5432". */
#define SERVER_DIRECTORY_MAX 93
#define SERVER_PORT	     5432

/* What the supervisor tells the tool, once: a message of this size on their socket. */
struct server_report {
	bool ready;
	int major;
	char directory[SERVER_DIRECTORY_MAX + 1];
	char message[6000]; /* when not ready */
	char help[400];
};

/*
 * The life of the supervisor: starts the server, reports, waits until `tool` is closed at the other
 * end (or somebody sends it SIGTERM), stops the server, removes its directory, ends.
 */
_Noreturn void server_supervise(const char *bindir, enum server_content content, int tool);

#endif
