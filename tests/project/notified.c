/*
 * notified SOCKET FILE COMMAND [ARGUMENT…]: runs a command as a service manager does, with NOTIFY_SOCKET, and writes each
 * message that it sends to FILE, a line for each variable.
 *
 * The command takes the place of this process, so that signals and the exit code are its own; a child listens until it ends.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int fail(const char *what)
{
	fprintf(stderr, "notified: %s: %s\n", what, strerror(errno));
	return 127;
}

static int listen_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int descriptor = socket(AF_UNIX, SOCK_DGRAM, 0);

	if (descriptor < 0 || strlen(path) >= sizeof(address.sun_path))
		return -1;
	memcpy(address.sun_path, path, strlen(path));
	unlink(path);
	return bind(descriptor, (const struct sockaddr *)&address, sizeof(address)) ? -1
										    : descriptor;
}

/* The command holds the other end of the pipe as long as it lives. What it sent before is still read. */
static int write_messages(int descriptor, int alive, const char *file)
{
	struct pollfd wait[] = { { descriptor, POLLIN, 0 }, { alive, POLLIN, 0 } };
	char message[4096];
	FILE *out = fopen(file, "w");

	if (!out)
		return fail(file);
	while (poll(wait, 2, -1) > 0 || errno == EINTR) {
		ssize_t length;

		if (!(wait[0].revents & POLLIN))
			break;
		length = recv(descriptor, message, sizeof(message), 0);
		if (length < 0 || fprintf(out, "%.*s\n", (int)length, message) < 0 || fflush(out))
			break;
	}
	return fclose(out) ? fail(file) : 0;
}

int main(int argc, char **argv)
{
	int alive[2];
	int descriptor;
	pid_t listener;

	if (argc < 4) {
		fprintf(stderr, "usage: notified SOCKET FILE COMMAND [ARGUMENT...]\n");
		return 2;
	}
	descriptor = listen_at(argv[1]);
	if (descriptor < 0 || pipe(alive) || setenv("NOTIFY_SOCKET", argv[1], 1))
		return fail(argv[1]);
	listener = fork();
	if (listener == 0) {
		close(alive[1]);
		_exit(write_messages(descriptor, alive[0], argv[2]));
	}
	if (listener < 0)
		return fail("fork");
	close(alive[0]);
	close(descriptor);
	execvp(argv[3], argv + 3);
	return fail(argv[3]);
}
