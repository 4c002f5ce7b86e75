/*
 * What is written to stderr, write by write, and an event made up for a log sink.
 */
#include "captured.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

void capture_begin(struct captured *captured)
{
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), 0);
	captured->kept = dup(STDERR_FILENO);
	captured->reader = ends[0];
	assert_true(captured->kept >= 0);
	assert_int_equal(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
	close(ends[1]);
}

const char *captured_next(struct captured *captured)
{
	static char text[8192];
	ssize_t length = recv(captured->reader, text, sizeof(text) - 1, MSG_DONTWAIT);

	text[length > 0 ? length : 0] = '\0';
	return text;
}

void capture_end(struct captured *captured)
{
	assert_int_equal(dup2(captured->kept, STDERR_FILENO), STDERR_FILENO);
	close(captured->kept);
	close(captured->reader);
}

struct bobolink_event made_up(int kind, const char *name, const char *detail)
{
	const struct bobolink_event event = {
		.kind = kind,
		.level = BOBOLINK_INFO,
		.version = 7,
		.duration_ms = 12,
		.set_name = "shop",
		.name = name,
		.detail = detail,
	};

	return event;
}
