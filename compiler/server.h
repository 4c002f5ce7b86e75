/*
 * A private PostgreSQL server: started for one run of the tool, gone afterwards.
 *
 * The cluster lives in a directory of its own, listens on a socket in that directory and nowhere
 * else, and trades safety for speed (nothing is synced). It never runs as root. Whatever ends the
 * process that started it (server_stop, a signal, a crash, SIGKILL), a supervisor stops the server
 * and removes the directory.
 */
#ifndef SERVER_H
#define SERVER_H

#include "support/arena.h"

struct server;

enum server_result {
	SERVER_STARTED,
	SERVER_MISSING, /* this machine has no server programs, or not where the caller said */
	SERVER_FAILED,
};

/* The databases of a new cluster. */
enum server_content {
	SERVER_ALL, /* template0, template1 and postgres */
	SERVER_LEAN, /* postgres alone: a third of the files; CREATE DATABASE needs its TEMPLATE clause */
};

struct server_error {
	const char *message; /* may go on for several lines: what the server's own programs said */
	const char *help;
};

/*
 * Starts a server and waits until it accepts connections. `bindir` holds initdb and postgres; NULL
 * looks for them: in $BOBOLINK_POSTGRES_BINDIR, else where pg_config says, where distributions put
 * them (the newest), in PATH. Unless it returns SERVER_STARTED, `*server` is NULL and the error is
 * filled. Everything returned lives in the arena.
 */
enum server_result server_start(const char *bindir, enum server_content content,
				struct arena *arena, struct server **server,
				struct server_error *error);

/* A connection string of the superuser `postgres` on the database `postgres`. */
const char *server_url(const struct server *server);
/* The major version: 15. */
int server_major(const struct server *server);
/* The directory that holds socket, log and (in "data") the cluster. */
const char *server_directory(const struct server *server);

/*
 * Stops the server at once, without a checkpoint, and returns when its directory is gone. NULL is
 * fine. In a forked child of the process that started it this does nothing.
 */
void server_stop(struct server *server);

#endif
