/*
 * A private PostgreSQL server: the tool's side. Finds the programs, forks the supervisor, waits for
 * its report, and lets go of it by closing their socket.
 */
#include "server.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server_find.h"
#include "server_supervisor.h"
#include "support/file.h"

/* Longer than all the waits of the supervisor together. */
#define PATIENCE_REPORT 300000
#define PATIENCE_STOP	60000

struct server {
	pid_t owner;
	pid_t supervisor;
	int socket;
	struct server_report report;
	const char *url;
};

/* --- the supervisor -------------------------------------------------------------------------- */

/* With every signal blocked, so that no handler of the tool runs in the supervisor. */
static pid_t fork_supervisor(const char *bindir, enum server_content content, int socket)
{
	sigset_t all;
	sigset_t old;
	pid_t child;
	int error;

	sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, &old);
	child = fork();
	if (child == 0)
		server_supervise(bindir, content, socket);
	error = errno;
	(void)sigprocmask(SIG_SETMASK, &old, NULL);
	errno = error;
	return child;
}

/* Both ends close when another program is run. */
static int make_sockets(int sockets[2])
{
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, sockets))
		return -1;
	if (fcntl(sockets[0], F_SETFD, FD_CLOEXEC) == 0 &&
	    fcntl(sockets[1], F_SETFD, FD_CLOEXEC) == 0)
		return 0;
	close(sockets[0]);
	close(sockets[1]);
	return -1;
}

/* Reads until `size` bytes are there, the other end is closed, or nothing comes. Returns the count. */
static size_t read_from(int socket, char *bytes, size_t size, int patience)
{
	struct pollfd readable = { .fd = socket, .events = POLLIN };
	size_t length = 0;

	while (length < size) {
		int ready = poll(&readable, 1, patience);
		ssize_t n;

		if (ready < 0 && errno == EINTR)
			continue;
		if (ready <= 0)
			break;
		n = read(socket, bytes + length, size - length);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		length += (size_t)n;
	}
	return length;
}

/*
 * Shutting the socket down ends it for the supervisor even while a child of this process still
 * holds a copy. The supervisor closes its end last of all.
 */
static void let_go(struct server *server)
{
	struct pollfd closed = { .fd = server->socket, .events = POLLIN };
	int ended;

	(void)shutdown(server->socket, SHUT_WR);
	do
		ended = poll(&closed, 1, PATIENCE_STOP);
	while (ended < 0 && errno == EINTR);
	close(server->socket);
	server->socket = -1;
	/* A supervisor that hangs is left to itself. */
	while (waitpid(server->supervisor, NULL, ended > 0 ? 0 : WNOHANG) < 0 && errno == EINTR)
		;
}

/* --- what is returned ------------------------------------------------------------------------ */

/* Everything but letters and digits as %XX, so that a path survives in a connection string. */
static const char *escaped(const char *text, struct arena *arena)
{
	static const char digits[] = "0123456789ABCDEF";
	char *out = arena_alloc(arena, 3 * strlen(text) + 1, 1);
	char *end = out;

	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
			*end++ = *text;
			continue;
		}
		*end++ = '%';
		*end++ = digits[c >> 4];
		*end++ = digits[c & 15];
	}
	return out;
}

/* Names all that a PG... variable would set otherwise: PGHOSTADDR would lead to another server. */
static const char *url_of(const char *directory, struct arena *arena)
{
	return arena_format(arena, "postgres:///postgres?host=%s&hostaddr=&port=%d&user=postgres",
			    escaped(directory, arena), SERVER_PORT);
}

static enum server_result fail(struct server_error *error, const char *message, const char *help)
{
	error->message = message;
	error->help = help;
	return SERVER_FAILED;
}

static enum server_result start(struct server *server, const char *bindir,
				enum server_content content, struct arena *arena,
				struct server_error *error)
{
	struct server_report *report = &server->report;
	int sockets[2];

	if (make_sockets(sockets))
		return fail(error,
			    arena_format(arena, "cannot make a socket: %s",
					 file_reason(errno, arena)),
			    "close some files and build again");
	server->socket = sockets[0];
	server->supervisor = fork_supervisor(bindir, content, sockets[1]);
	close(sockets[1]);
	if (server->supervisor < 0) {
		close(sockets[0]);
		return fail(error, "cannot start another process",
			    "end some processes and build again");
	}
	if (read_from(server->socket, (char *)report, sizeof(*report), PATIENCE_REPORT) ==
		    sizeof(*report) &&
	    report->ready)
		return SERVER_STARTED;
	let_go(server);
	if (!*report->message)
		return fail(error, "the process that starts the private server has ended or hangs",
			    "build again");
	return fail(error, report->message, *report->help ? report->help : NULL);
}

enum server_result server_start(const char *bindir, enum server_content content,
				struct arena *arena, struct server **server,
				struct server_error *error)
{
	struct server *new = arena_alloc(arena, 1, sizeof(*new));
	enum server_result result;

	*server = NULL;
	*error = (struct server_error){ NULL, NULL };
	bindir = server_find(bindir, arena, &error->message);
	if (!bindir) {
		error->help = "install the server (Debian: apt-get install postgresql), set"
			      " BOBOLINK_POSTGRES_BINDIR to the folder of its programs, or set"
			      " BOBOLINK_SHADOW_URL to a server for scratch databases";
		return SERVER_MISSING;
	}
	new->owner = getpid();
	result = start(new, bindir, content, arena, error);
	if (result != SERVER_STARTED)
		return result;
	new->url = url_of(new->report.directory, arena);
	*server = new;
	return SERVER_STARTED;
}

const char *server_url(const struct server *server)
{
	return server->url;
}

int server_major(const struct server *server)
{
	return server->report.major;
}

const char *server_directory(const struct server *server)
{
	return server->report.directory;
}

void server_stop(struct server *server)
{
	if (server && server->owner == getpid() && server->socket >= 0)
		let_go(server);
}
