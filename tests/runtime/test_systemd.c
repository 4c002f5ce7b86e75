/*
 * Progress and readiness for systemd, on sockets of both kinds that stand in the place of its own.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <bobolink/systemd.h>

#include "fixture.h"

struct manager {
	struct fixture *fixture;
	int socket;
	char address[sizeof(((struct sockaddr_un *)0)->sun_path)];
};

/* Listens where a process with this NOTIFY_SOCKET sends to. */
static void listen_at(struct manager *manager, const char *address)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	size_t length = strlen(address);

	snprintf(manager->address, sizeof(manager->address), "%s", address);
	memcpy(name.sun_path, address, length + 1);
	if (*address == '@')
		name.sun_path[0] = '\0';
	manager->socket = socket(AF_UNIX, SOCK_DGRAM, 0);
	assert_true(manager->socket >= 0);
	assert_int_equal(bind(manager->socket, (const struct sockaddr *)&name,
			      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)),
			 0);
	assert_int_equal(setenv("NOTIFY_SOCKET", address, 1), 0);
}

static int setup(void **state)
{
	struct manager *manager = calloc(1, sizeof(*manager));
	char address[320];
	void *fixture;

	if (!manager || fixture_setup(&fixture))
		return -1;
	manager->fixture = fixture;
	snprintf(address, sizeof(address), "%s/notify", manager->fixture->directory);
	listen_at(manager, address);
	*state = manager;
	return 0;
}

static int teardown(void **state)
{
	struct manager *manager = *state;
	void *fixture = manager->fixture;

	close(manager->socket);
	unsetenv("NOTIFY_SOCKET");
	fixture_teardown(&fixture);
	free(manager);
	return 0;
}

/* The next message, in a buffer that the next call reuses; "" when there is none. */
static const char *received(const struct manager *manager)
{
	static char text[4096];
	ssize_t length = recv(manager->socket, text, sizeof(text) - 1, MSG_DONTWAIT);

	text[length > 0 ? length : 0] = '\0';
	return text;
}

static const struct bobolink_progress third = {
	.version = 3,
	.name = "create_orders",
	.step = 3,
	.steps = 10,
	.statement = 2,
	.statements = 5,
};

/* --- progress -------------------------------------------------------------------------------- */

static void boot_with(struct manager *manager, struct bobolink_systemd *systemd)
{
	struct fixture *fixture = manager->fixture;

	fixture->options.progress = bobolink_systemd_progress;
	fixture->options.progress_context = systemd;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_true(fixture_is_whole(fixture, 3));
}

static void a_start_tells_that_it_is_alive_and_how_far_it_is(void **state)
{
	struct bobolink_systemd systemd = { 0 };

	boot_with(*state, &systemd);
	assert_string_equal(received(*state), "EXTEND_TIMEOUT_USEC=600000000\n"
					      "STATUS=migration 1 of 3: first, statement 1 of 3");
}

static void the_socket_may_have_no_place_in_the_file_system(void **state)
{
	struct bobolink_systemd systemd = { .extend_seconds = 90 };
	struct manager *manager = *state;
	char address[64];

	close(manager->socket);
	snprintf(address, sizeof(address), "@bobolink-test-%ld", (long)getpid());
	listen_at(manager, address);
	assert_int_equal(bobolink_systemd_progress(&systemd, &third), 0);
	assert_string_equal(received(manager),
			    "EXTEND_TIMEOUT_USEC=90000000\n"
			    "STATUS=migration 3 of 10: create_orders, statement 2 of 5");
	assert_int_equal(bobolink_systemd_ready(), 1);
	assert_string_equal(received(manager), "READY=1\nSTATUS=");
}

static void who_waits_says_for_whom(void **state)
{
	const struct bobolink_progress waiting = { .version = -1,
						   .name = "",
						   .waiting_for = "shop 2.3.0\nREADY=1" };
	struct bobolink_systemd systemd = { 0 };

	bobolink_systemd_progress(&systemd, &waiting);
	/* A line feed would begin a variable. */
	assert_string_equal(received(*state), "EXTEND_TIMEOUT_USEC=600000000\n"
					      "STATUS=waiting for shop 2.3.0\\x0aREADY=1");
}

static void a_script_is_none_of_the_migrations(void **state)
{
	const struct bobolink_progress script = { .version = -1,
						  .name = "F0007_clean_orphans",
						  .step = 1,
						  .steps = 1,
						  .statement = 1,
						  .statements = 2 };
	struct bobolink_systemd systemd = { 0 };

	bobolink_systemd_progress(&systemd, &script);
	assert_string_equal(received(*state), "EXTEND_TIMEOUT_USEC=600000000\n"
					      "STATUS=F0007_clean_orphans, statement 1 of 2");
}

static void a_function_may_not_know_how_much_it_has_to_do(void **state)
{
	struct bobolink_progress progress = third;
	struct bobolink_systemd systemd = { 0 };

	progress.statement = 30000;
	progress.statements = 0;
	bobolink_systemd_progress(&systemd, &progress);
	assert_string_equal(received(*state),
			    "EXTEND_TIMEOUT_USEC=600000000\n"
			    "STATUS=migration 3 of 10: create_orders, 30000 done");
}

static void a_name_begins_no_variable_and_may_be_long(void **state)
{
	static char name[10001];
	struct bobolink_progress progress = third;
	struct bobolink_systemd systemd = { 0 };
	const char *message;

	memset(name, 'x', sizeof(name) - 1);
	name[0] = '\n';
	progress.name = name;
	bobolink_systemd_progress(&systemd, &progress);
	message = received(*state);
	assert_memory_equal(message, "EXTEND_TIMEOUT_USEC=600000000\n", 30);
	assert_null(strchr(message + 30, '\n'));
	assert_in_range(strlen(message), 1900, 2048);
}

static void there_is_one_message_a_second(void **state)
{
	struct bobolink_systemd systemd = { 0 };

	for (int i = 0; i < 100; i++)
		bobolink_systemd_progress(&systemd, &third);
	assert_true(*received(*state));
	assert_string_equal(received(*state), "");
	systemd.sent_ms -= 1000; /* a second later */
	bobolink_systemd_progress(&systemd, &third);
	assert_true(*received(*state));
}

static void nobody_waits_for_a_manager_that_does_not_read(void **state)
{
	struct bobolink_systemd systemd = { 0 };
	int sent = 0;

	alarm(30);
	/* Far more than a socket keeps. */
	for (; sent < 100000; sent++) {
		systemd.sent_ms = 0;
		assert_int_equal(bobolink_systemd_progress(&systemd, &third), 0);
	}
	alarm(0);
	assert_true(*received(*state));
}

struct counted {
	int calls;
	int answer;
	const struct bobolink_progress *last;
};

static int count(void *context, const struct bobolink_progress *progress)
{
	struct counted *counted = context;

	counted->calls++;
	counted->last = progress;
	return counted->answer;
}

static void the_callback_of_the_application_is_called_every_time(void **state)
{
	struct counted counted = { 0 };
	struct bobolink_systemd systemd = { .next = count, .next_context = &counted };

	(void)state;
	assert_int_equal(bobolink_systemd_progress(&systemd, &third), 0);
	counted.answer = 5;
	assert_int_equal(bobolink_systemd_progress(&systemd, &third), 5);
	assert_int_equal(counted.calls, 2);
	assert_ptr_equal(counted.last, &third);
	unsetenv("NOTIFY_SOCKET");
	assert_int_equal(bobolink_systemd_progress(&systemd, &third), 5);
	assert_int_equal(counted.calls, 3);
}

/* --- addresses ------------------------------------------------------------------------------- */

static void without_a_manager_nothing_is_sent(void **state)
{
	struct bobolink_systemd systemd = { 0 };

	unsetenv("NOTIFY_SOCKET");
	boot_with(*state, &systemd);
	assert_int_equal(bobolink_systemd_ready(), 0);
	assert_int_equal(setenv("NOTIFY_SOCKET", "", 1), 0);
	assert_int_equal(bobolink_systemd_ready(), 0);
	assert_string_equal(received(*state), "");
}

static void assert_not_ready(const char *address, int expected)
{
	struct bobolink_systemd systemd = { 0 };

	assert_int_equal(setenv("NOTIFY_SOCKET", address, 1), 0);
	errno = 0;
	assert_int_equal(bobolink_systemd_ready(), -1);
	assert_int_equal(errno, expected);
	assert_int_equal(bobolink_systemd_progress(&systemd, &third), 0);
}

static void a_manager_that_cannot_be_told_is_an_error_of_readiness_alone(void **state)
{
	char path[512];

	(void)state;
	memset(path, 'x', sizeof(path));
	path[0] = '/';
	path[sizeof(path) - 1] = '\0';
	assert_not_ready(path, ENAMETOOLONG);
	path[0] = '@';
	assert_not_ready(path, ENAMETOOLONG);
	assert_not_ready("vsock:2:1234", EAFNOSUPPORT);
	assert_not_ready("relative", EAFNOSUPPORT);
	assert_not_ready("/nonexistent/notify", ENOENT);
}

static void no_descriptor_is_left_behind(void **state)
{
	struct bobolink_systemd systemd = { 0 };
	int before = dup(0);
	int after;

	(void)state;
	close(before);
	bobolink_systemd_progress(&systemd, &third);
	bobolink_systemd_ready();
	assert_not_ready("/nonexistent/notify", ENOENT);
	after = dup(0);
	close(after);
	assert_int_equal(before, after);
}

#define MANAGER_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		MANAGER_TEST(a_start_tells_that_it_is_alive_and_how_far_it_is),
		MANAGER_TEST(the_socket_may_have_no_place_in_the_file_system),
		MANAGER_TEST(who_waits_says_for_whom),
		MANAGER_TEST(a_script_is_none_of_the_migrations),
		MANAGER_TEST(a_function_may_not_know_how_much_it_has_to_do),
		MANAGER_TEST(a_name_begins_no_variable_and_may_be_long),
		MANAGER_TEST(there_is_one_message_a_second),
		MANAGER_TEST(nobody_waits_for_a_manager_that_does_not_read),
		MANAGER_TEST(the_callback_of_the_application_is_called_every_time),
		MANAGER_TEST(without_a_manager_nothing_is_sent),
		MANAGER_TEST(a_manager_that_cannot_be_told_is_an_error_of_readiness_alone),
		MANAGER_TEST(no_descriptor_is_left_behind),
	};

	return engine_run_group_tests_on("sqlite", tests);
}
