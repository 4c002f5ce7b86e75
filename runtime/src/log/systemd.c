/*
 * Systemd: progress of a run as the datagrams that a service manager understands, sd_notify(3).
 *
 * Receives the progress of a session; sends to the socket in NOTIFY_SOCKET, without libsystemd. A message
 * of progress never waits and never fails the run.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <bobolink/systemd.h>

#include "line.h"

#define USUAL_EXTENSION 600
#define SEND_EVERY_MS	1000
#define MESSAGE_SIZE	2048

/* A path, or "@" and a name that is not in the file system. Returns 0, or -1 with errno. */
static int read_address(const char *name, struct sockaddr_un *address, socklen_t *length)
{
	size_t size = strlen(name);

	if (*name != '/' && *name != '@') {
		errno = EAFNOSUPPORT;
		return -1;
	}
	if (size >= sizeof(address->sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	memcpy(address->sun_path, name, size);
	if (*name == '@')
		address->sun_path[0] = '\0';
	/* A name of the second kind ends where the address does, a path with its NUL. */
	*length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size + (*name == '/'));
	return 0;
}

/* Returns a socket that no child inherits, or -1 with errno. */
static int open_socket(bool wait)
{
	int descriptor = socket(AF_UNIX, SOCK_DGRAM, 0);

	if (descriptor < 0)
		return -1;
	if (fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 &&
	    (wait || fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0))
		return descriptor;
	close(descriptor);
	return -1;
}

/* Returns 1 when it was sent, 0 without a service manager, -1 with errno when it was not. */
static int notify(const char *message, size_t length, bool wait)
{
	const char *name = getenv("NOTIFY_SOCKET");
	struct sockaddr_un address;
	socklen_t address_length;
	ssize_t sent;
	int descriptor;
	int failure;

	if (!name || !*name)
		return 0;
	if (read_address(name, &address, &address_length))
		return -1;
	descriptor = open_socket(wait);
	if (descriptor < 0)
		return -1;
	do
		sent = sendto(descriptor, message, length, MSG_NOSIGNAL,
			      (const struct sockaddr *)&address, address_length);
	while (sent < 0 && errno == EINTR);
	failure = errno;
	close(descriptor);
	errno = failure;
	return sent < 0 ? -1 : 1;
}

/* Names are shown as a terminal would get them: a line feed would begin another variable. */
static void put_status(struct bl_line *line, const struct bobolink_progress *progress)
{
	if (progress->waiting_for) {
		bl_line_print(line, "STATUS=waiting for ");
		bl_line_show(line, progress->waiting_for);
		return;
	}
	bl_line_print(line, "STATUS=");
	/* A fix or a repeatable is none of them. */
	if (progress->version >= 0)
		bl_line_print(line, "migration %" PRIu32 " of %" PRIu32 ": ", progress->step,
			      progress->steps);
	bl_line_show(line, progress->name);
	if (progress->statements)
		bl_line_print(line, ", statement %" PRIu32 " of %" PRIu32, progress->statement,
			      progress->statements);
	else
		bl_line_print(line, ", %" PRIu32 " done", progress->statement);
}

static void send_progress(const struct bobolink_systemd *systemd,
			  const struct bobolink_progress *progress)
{
	uint64_t seconds = systemd->extend_seconds ? systemd->extend_seconds : USUAL_EXTENSION;
	char storage[MESSAGE_SIZE];
	struct bl_line line;

	bl_line_init(&line, storage, sizeof(storage));
	bl_line_print(&line, "EXTEND_TIMEOUT_USEC=%" PRIu64 "\n", seconds * 1000000);
	put_status(&line, progress);
	/* What is not sent now is told a second later. */
	(void)notify(line.bytes, line.length, false);
}

static uint64_t clock_ms(void)
{
	struct timespec now = { 0, 0 };

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

int bobolink_systemd_progress(void *context, const struct bobolink_progress *progress)
{
	struct bobolink_systemd *systemd = context;
	uint64_t now = clock_ms();

	if (systemd->sent_ms == 0 || now - systemd->sent_ms >= SEND_EVERY_MS) {
		send_progress(systemd, progress);
		systemd->sent_ms = now;
	}
	return systemd->next ? systemd->next(systemd->next_context, progress) : 0;
}

int bobolink_systemd_ready(void)
{
	static const char message[] = "READY=1\nSTATUS=";

	return notify(message, sizeof(message) - 1, true);
}
