/*
 * A man in the middle: see the header. The form of messages: manual, section "Message Formats".
 */
#include "proxy.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "database.h"
#include "server.h"

#define CONNECTIONS 16
#define PATIENCE_MS 30000

/* The code that a cancel request has in the place of the protocol's version. */
#define CANCEL_REQUEST 80877102u

/* What came in at one end and is not yet a whole message. */
struct stream {
	int socket;
	bool typed; /* messages begin with their type: all but the client's first */
	char *bytes;
	size_t length;
	size_t room;
};

struct link {
	struct stream ends[2]; /* the client, the server */
	bool open;
	bool silent;
	pid_t process;
};

struct proxy {
	char directory[256];
	char path[300];
	char url[SERVER_URL_SIZE];
	struct sockaddr_un server;
	int listener; /* -1 when no more connections are accepted */
	struct link links[CONNECTIONS];
	long count;
	proxy_judge_fn *judge;
	void *context;
};

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "proxy: %s: %s\n", what, strerror(errno));
	abort();
}

static uint32_t number_at(const char *bytes)
{
	const unsigned char *b = (const unsigned char *)bytes;

	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static const char *option_of(const PQconninfoOption *options, const char *keyword)
{
	for (; options->keyword; options++) {
		if (strcmp(options->keyword, keyword) == 0)
			return options->val ? options->val : "";
	}
	return "";
}

/* The address of the server, and the URL of the same database at our own. */
static void take_over(struct proxy *proxy, const char *url)
{
	PQconninfoOption *options = PQconninfoParse(url, NULL);
	const char *port;

	if (!options)
		die(url);
	port = option_of(options, "port");
	(void)snprintf(proxy->path, sizeof(proxy->path), "%s/.s.PGSQL.%s", proxy->directory, port);
	(void)snprintf(proxy->url, sizeof(proxy->url), "postgres:///%s?host=%s&port=%s&user=%s",
		       option_of(options, "dbname"), proxy->directory, port,
		       option_of(options, "user"));
	proxy->server.sun_family = AF_UNIX;
	if (snprintf(proxy->server.sun_path, sizeof(proxy->server.sun_path), "%s/.s.PGSQL.%s",
		     option_of(options, "host"), port) >= (int)sizeof(proxy->server.sun_path))
		die("the server's path is too long");
	PQconninfoFree(options);
}

struct proxy *proxy_new(const char *url)
{
	struct proxy *proxy = calloc(1, sizeof(*proxy));
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (!proxy)
		die("calloc");
	scratch_make(proxy->directory);
	take_over(proxy, url);
	if (snprintf(address.sun_path, sizeof(address.sun_path), "%s", proxy->path) >=
	    (int)sizeof(address.sun_path))
		die("the path is too long");
	proxy->listener = socket(AF_UNIX, SOCK_STREAM, 0);
	if (proxy->listener < 0 ||
	    bind(proxy->listener, (const struct sockaddr *)&address, sizeof(address)) ||
	    listen(proxy->listener, CONNECTIONS))
		die("listen");
	/* A peer that went away shows in the result of send. */
	(void)signal(SIGPIPE, SIG_IGN);
	return proxy;
}

static void close_link(struct link *link)
{
	for (int i = 0; i < 2 && link->open; i++) {
		close(link->ends[i].socket);
		free(link->ends[i].bytes);
	}
	memset(link, 0, sizeof(*link));
}

static void refuse(struct proxy *proxy)
{
	if (proxy->listener >= 0)
		close(proxy->listener);
	proxy->listener = -1;
	unlink(proxy->path);
}

void proxy_free(struct proxy *proxy)
{
	for (size_t i = 0; i < CONNECTIONS; i++)
		close_link(&proxy->links[i]);
	refuse(proxy);
	scratch_remove(proxy->directory);
	free(proxy);
}

const char *proxy_url(const struct proxy *proxy)
{
	return proxy->url;
}

long proxy_count(const struct proxy *proxy)
{
	return proxy->count;
}

static void accept_client(struct proxy *proxy)
{
	const struct timeval patience = { .tv_sec = 10 };
	struct link *link = NULL;
	int client = accept(proxy->listener, NULL, NULL);
	int server = socket(AF_UNIX, SOCK_STREAM, 0);

	for (size_t i = 0; i < CONNECTIONS && !link; i++) {
		if (!proxy->links[i].open)
			link = &proxy->links[i];
	}
	if (client < 0 || server < 0 || !link)
		die("accept");
	/* A server that is being restarted refuses. */
	if (connect(server, (const struct sockaddr *)&proxy->server, sizeof(proxy->server))) {
		close(client);
		close(server);
		return;
	}
	if (setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) ||
	    setsockopt(server, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)))
		die("setsockopt");
	memset(link, 0, sizeof(*link));
	link->open = true;
	link->ends[0].socket = client;
	link->ends[1].socket = server;
	link->ends[1].typed = true;
}

/* How many bytes the first message has, 0 when it is not there in full. */
static size_t first_message(const struct stream *stream)
{
	size_t head = stream->typed ? 1 : 0;
	size_t length;

	if (stream->length < head + 4)
		return 0;
	length = head + number_at(stream->bytes + head);
	return length <= stream->length ? length : 0;
}

/* False when the other end is gone. */
static bool pass(int out, const char *bytes, size_t length)
{
	while (length) {
		ssize_t sent = send(out, bytes, length, 0);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return false;
		bytes += sent;
		length -= (size_t)sent;
	}
	return true;
}

static bool is_cancel(const struct stream *stream, size_t length)
{
	return !stream->typed && length == 16 && number_at(stream->bytes + 4) == CANCEL_REQUEST;
}

static enum proxy_verdict judge(struct proxy *proxy, struct link *link, bool from_server,
				size_t length)
{
	const struct stream *stream = &link->ends[from_server];
	size_t head = stream->typed ? 5 : 4;
	const struct proxy_message message = {
		.number = ++proxy->count,
		.from_server = from_server,
		.type = stream->typed ? stream->bytes[0] : '\0',
		.body = stream->bytes + head,
		.length = length - head,
		.process = link->process,
	};

	return proxy->judge(proxy->context, &message);
}

/* The first message of a stream, `length` bytes. False when the connection is at its end. */
static bool carry(struct proxy *proxy, struct link *link, bool from_server, size_t length)
{
	struct stream *stream = &link->ends[from_server];
	int out = link->ends[!from_server].socket;

	if (is_cancel(stream, length))
		return pass(out, stream->bytes, length);
	if (from_server && stream->bytes[0] == 'K') /* BackendKeyData */
		link->process = (pid_t)number_at(stream->bytes + 5);
	switch (judge(proxy, link, from_server, length)) {
	case PROXY_PASS:
		return pass(out, stream->bytes, length);
	case PROXY_SILENCE:
		link->silent = true;
		return true;
	case PROXY_CUT_HALF:
		(void)pass(out, stream->bytes, length / 2);
		return false;
	case PROXY_REFUSE:
		refuse(proxy);
		return false;
	default:
		return false;
	}
}

static bool take(struct stream *stream)
{
	ssize_t got;

	if (stream->room < stream->length + 65536) {
		stream->room = 2 * stream->room + 65536;
		stream->bytes = realloc(stream->bytes, stream->room);
		if (!stream->bytes)
			die("realloc");
	}
	got = recv(stream->socket, stream->bytes + stream->length, stream->room - stream->length,
		   0);
	if (got > 0)
		stream->length += (size_t)got;
	return got > 0 || (got < 0 && errno == EINTR);
}

/* Reads what is there and carries every whole message. False at the end of the connection. */
static bool move(struct proxy *proxy, struct link *link, bool from_server)
{
	struct stream *stream = &link->ends[from_server];
	size_t done;

	if (!take(stream))
		return false;
	if (link->silent)
		stream->length = 0;
	while ((done = first_message(stream)) > 0) {
		if (!carry(proxy, link, from_server, done))
			return false;
		if (link->silent)
			done = stream->length;
		stream->typed = true;
		stream->length -= done;
		memmove(stream->bytes, stream->bytes + done, stream->length);
	}
	return true;
}

static void look_at(struct proxy *proxy, const struct pollfd *polled, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t n = 0; n < 2 * CONNECTIONS; n++) {
			struct link *link = &proxy->links[n / 2];

			if (!polled[i].revents || !link->open ||
			    link->ends[n % 2].socket != polled[i].fd)
				continue;
			if (!move(proxy, link, n % 2))
				close_link(link);
			break;
		}
	}
}

void proxy_serve(struct proxy *proxy, int until, proxy_judge_fn *judge_message, void *context)
{
	struct pollfd polled[2 + 2 * CONNECTIONS];

	proxy->judge = judge_message;
	proxy->context = context;
	for (;;) {
		size_t count = 2;

		polled[0] = (struct pollfd){ .fd = until, .events = POLLIN };
		polled[1] = (struct pollfd){ .fd = proxy->listener, .events = POLLIN };
		for (size_t i = 0; i < 2 * CONNECTIONS; i++) {
			if (proxy->links[i / 2].open)
				polled[count++] = (struct pollfd){
					.fd = proxy->links[i / 2].ends[i % 2].socket,
					.events = POLLIN,
				};
		}
		if (poll(polled, (nfds_t)count, PATIENCE_MS) <= 0)
			die("nothing moves");
		if (polled[0].revents)
			return;
		look_at(proxy, polled + 2, count - 2);
		if (polled[1].revents && proxy->listener >= 0)
			accept_client(proxy);
	}
}
