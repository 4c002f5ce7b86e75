/*
 * server-run COMMAND [ARGUMENT…]: starts a private PostgreSQL server, runs the command with its
 * connection string in BOBOLINK_TEST_URL, stops the server, and ends as the command did. Without
 * server programs it says so and exits with 77.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static int run(char *const argv[], const char *url)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		if (setenv("BOBOLINK_TEST_URL", url, 1) == 0)
			execvp(argv[0], argv);
		fprintf(stderr, "server-run: %s: %s\n", argv[0], strerror(errno));
		_exit(127);
	}
	if (child < 0)
		return 1;
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv)
{
	struct arena arena = ARENA_INIT;
	struct server *server;
	struct server_error error;
	enum server_result result;
	int code;

	if (argc < 2) {
		fprintf(stderr, "usage: server-run COMMAND [ARGUMENT...]\n");
		return 2;
	}
	result = server_start(NULL, SERVER_ALL, &arena, &server, &error);
	if (result != SERVER_STARTED) {
		fprintf(stderr, "server-run: %s\nhelp: %s\n", error.message,
			error.help ? error.help : "");
		arena_release(&arena);
		return result == SERVER_MISSING ? 77 : 1;
	}
	code = run(argv + 1, server_url(server));
	server_stop(server);
	arena_release(&arena);
	return code;
}
