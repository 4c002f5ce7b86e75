/*
 * A program that runs beside a test: see the header.
 *
 * Between the two stands a process that does nothing but wait for the test to let go of their socket, which
 * it does even when it is killed.
 */
#include "companion.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../compiler/server_tree.h"

#define PATIENCE_RUN_MS	  120000
#define PATIENCE_START_MS 60000
#define PATIENCE_STOP_MS  30000

static void path_in(const struct companion *companion, const char *name, char path[128])
{
	(void)snprintf(path, 128, "%s/%s", companion->directory, name);
}

static int open_log(const struct companion *companion)
{
	char path[128];

	path_in(companion, "log", path);
	return open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

void companion_init(struct companion *companion)
{
	memset(companion, 0, sizeof(*companion));
	companion->user = server_user_choose();
	companion->socket = -1;
	/* The path of a socket is short. */
	(void)snprintf(companion->directory, sizeof(companion->directory),
		       "/tmp/bobolink-beside-XXXXXX");
	assert_non_null(mkdtemp(companion->directory));
	assert_int_equal(chown(companion->directory, companion->user.uid, companion->user.gid), 0);
}

void companion_write(struct companion *companion, const char *name, const char *text)
{
	char path[128];
	FILE *file;

	path_in(companion, name, path);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(chown(path, companion->user.uid, companion->user.gid), 0);
}

const char *companion_log(const struct companion *companion)
{
	static char text[65536];
	int file = open_log(companion);
	ssize_t length;

	assert_true(file >= 0);
	length = read(file, text, sizeof(text) - 1);
	close(file);
	assert_true(length >= 0);
	text[length] = '\0';
	return text;
}

void companion_run(struct companion *companion, char *const argv[])
{
	int file = open_log(companion);
	int status = -1;
	pid_t child;

	assert_true(file >= 0);
	child = server_spawn(&companion->user, argv, -1, file);
	close(file);
	assert_true(child > 0);
	if (!server_await(child, PATIENCE_RUN_MS, &status)) {
		kill(child, SIGKILL);
		waitpid(child, &status, 0);
	}
	if (status != 0)
		fail_msg("%s: %s", argv[0], companion_log(companion));
}

/* The life of the process in between. */
static _Noreturn void guard(const struct companion *companion, char *const argv[], int socket)
{
	int end = server_detach(socket);
	int file = open_log(companion);
	int status = 0;
	pid_t child = server_spawn(&companion->user, argv, -1, file);

	while (!server_pause(end, 60000)) {
		/* the program does the work */
	}
	if (child > 0 && !server_await(child, 0, &status)) {
		(void)kill(child, SIGQUIT);
		if (!server_await(child, PATIENCE_STOP_MS / 3, &status)) {
			(void)kill(child, SIGKILL);
			(void)server_await(child, PATIENCE_STOP_MS / 3, &status);
		}
	}
	/* Processes of a server that was killed may still write there for a moment. */
	for (int i = 0; i < 50 && server_tree_remove(companion->directory); i++)
		(void)server_pause(-1, 100);
	_exit(0);
}

static bool answers(const char *url)
{
	PGconn *connection = PQconnectdb(url);
	bool open = PQstatus(connection) == CONNECTION_OK;

	PQfinish(connection);
	return open;
}

void companion_start(struct companion *companion, char *const argv[], const char *url)
{
	long long begun = server_clock();
	int sockets[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
	companion->guard = fork();
	if (companion->guard == 0)
		guard(companion, argv, sockets[1]);
	close(sockets[1]);
	companion->socket = sockets[0];
	assert_true(companion->guard > 0);
	while (!answers(url)) {
		if (server_clock() - begun > PATIENCE_START_MS)
			fail_msg("%s: %s", argv[0], companion_log(companion));
		(void)poll(NULL, 0, 20);
	}
}

void companion_stop(struct companion *companion)
{
	struct pollfd closed = { .fd = companion->socket, .events = POLLIN };

	if (companion->guard > 0) {
		/* Children of the test may have a copy of this end. */
		(void)shutdown(companion->socket, SHUT_WR);
		(void)poll(&closed, 1, PATIENCE_STOP_MS);
		close(companion->socket);
		waitpid(companion->guard, NULL, 0);
	} else if (companion->directory[0]) {
		assert_int_equal(server_tree_remove(companion->directory), 0);
	}
	memset(companion, 0, sizeof(*companion));
	companion->socket = -1;
}
