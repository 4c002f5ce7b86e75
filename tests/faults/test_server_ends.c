/* However the program ends that started a private server: nothing of the server stays. */
#include "../../compiler/server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "database.h"
#include "server.h"
#include "server_scratch.h"

/* What a running server consists of. */
struct parts {
	char directory[128];
	int postgres;
	int segment; /* System V shared memory */
};

static void pause_for(long milliseconds)
{
	const struct timespec time = { milliseconds / 1000, milliseconds % 1000 * 1000000 };

	(void)nanosleep(&time, NULL);
}

/* Line 1 of postmaster.pid is the process, line 7 key and id of the segment. */
static struct parts parts_of(const struct server *server)
{
	struct parts parts = { .postgres = -1, .segment = -1 };
	char path[200];
	char line[256];
	FILE *file;

	(void)snprintf(parts.directory, sizeof(parts.directory), "%s", server_directory(server));
	(void)snprintf(path, sizeof(path), "%s/data/postmaster.pid", parts.directory);
	file = fopen(path, "r");
	for (int i = 1; file && fgets(line, sizeof(line), file); i++) {
		if (i == 1)
			parts.postgres = (int)strtol(line, NULL, 10);
		if (i == 7)
			(void)sscanf(line, "%*u %d", &parts.segment);
	}
	if (file)
		(void)fclose(file);
	return parts;
}

static bool has_segment(const struct parts *parts)
{
	struct shmid_ds status;

	return shmctl(parts->segment, IPC_STAT, &status) == 0 || errno == EACCES;
}

static bool is_gone(const struct parts *parts)
{
	return access(parts->directory, F_OK) != 0 && kill(parts->postgres, 0) != 0 &&
	       errno == ESRCH && !has_segment(parts);
}

/* The supervisor needs a moment after the program's end. */
static bool goes_away(const struct parts *parts)
{
	for (int i = 0; i < 1000 && !is_gone(parts); i++)
		pause_for(10);
	return is_gone(parts);
}

static void assert_all_there(const struct parts *parts)
{
	assert_int_equal(access(parts->directory, F_OK), 0);
	assert_int_equal(kill(parts->postgres, 0), 0);
	assert_true(has_segment(parts));
}

static void a_stopped_server_leaves_nothing(void **state)
{
	struct server_scratch *scratch = *state;
	struct parts parts;

	assert_int_equal(server_scratch_start(scratch), SERVER_STARTED);
	parts = parts_of(scratch->server);
	assert_all_there(&parts);
	server_stop(scratch->server);
	scratch->server = NULL;
	assert_true(is_gone(&parts));
}

/* The program: starts a server, says what it consists of, and then does not stop it. */
static _Noreturn void program(struct server_scratch *scratch, int out)
{
	struct server *server;
	struct parts parts;

	(void)setpgid(0, 0);
	/* The test framework catches these two to go on with the next test. */
	(void)signal(SIGSEGV, SIG_DFL);
	(void)signal(SIGABRT, SIG_DFL);
	if (server_start(NULL, SERVER_ALL, &scratch->arena, &server, &scratch->error) !=
	    SERVER_STARTED)
		_exit(1);
	parts = parts_of(server);
	(void)pg_open(server_url(server)); /* a client that is still connected */
	if (write(out, &parts, sizeof(parts)) != sizeof(parts))
		_exit(1);
	pause_for(60000);
	_exit(0);
}

static struct parts started_program(struct server_scratch *scratch, pid_t *child)
{
	struct parts parts;
	int channel[2];

	assert_int_equal(pipe(channel), 0);
	*child = fork();
	if (*child == 0)
		program(scratch, channel[1]);
	close(channel[1]);
	assert_int_equal(read(channel[0], &parts, sizeof(parts)), sizeof(parts));
	/* Neither the supervisor nor the server holds what the program had open. */
	close(channel[0]);
	assert_all_there(&parts);
	return parts;
}

static void every_death_of_the_program_ends_the_server(void **state)
{
	static const int deaths[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGSEGV, SIGABRT, SIGKILL };
	struct server_scratch *scratch = *state;

	server_scratch_cycle(scratch);
	for (size_t i = 0; i < sizeof(deaths) / sizeof(deaths[0]); i++) {
		pid_t child;
		struct parts parts = started_program(scratch, &child);

		/* To the group, as the terminal sends it. */
		assert_int_equal(kill(-child, deaths[i]), 0);
		assert_int_equal(waitpid(child, NULL, 0), child);
		assert_true(goes_away(&parts));
	}
	assert_true(server_scratch_is_clean(scratch));
}

/* Killed after 0, 1, 2, … milliseconds of the start, with an empty cache and a full one. */
static void a_death_during_the_start_leaves_nothing(void **state)
{
	struct server_scratch *scratch = *state;
	int step = test_all() ? 5 : 80;
	int points = 0;

	for (int delay = 0; delay < 1000; delay += step, points++) {
		pid_t child = fork();

		if (child == 0) {
			struct server *server;

			(void)server_start(NULL, SERVER_ALL, &scratch->arena, &server,
					   &scratch->error);
			pause_for(60000);
			_exit(0);
		}
		pause_for(delay);
		assert_int_equal(kill(child, SIGKILL), 0);
		assert_int_equal(waitpid(child, NULL, 0), child);
		if (!server_scratch_is_clean(scratch))
			fail_msg("something is left after %d ms", delay);
	}
	print_message("sweep: %d moments of a start at which the program was killed\n", points);
	assert_true(points > 0);
	server_scratch_cycle(scratch);
}

/* A client, the server or the supervisor: whoever goes first, the rest follows. */
static void a_server_that_was_killed_is_cleared_away(void **state)
{
	struct server_scratch *scratch = *state;
	struct parts parts;

	assert_int_equal(server_scratch_start(scratch), SERVER_STARTED);
	parts = parts_of(scratch->server);
	assert_int_equal(kill(parts.postgres, SIGKILL), 0);
	pause_for(100);
	assert_int_equal(access(parts.directory, F_OK), 0);
	server_stop(scratch->server);
	scratch->server = NULL;
	assert_true(is_gone(&parts));
}

static void a_polite_signal_to_the_supervisor_stops_the_server(void **state)
{
	struct server_scratch *scratch = *state;
	struct parts parts;
	char command[100];
	FILE *output;
	int supervisor = 0;

	assert_int_equal(server_scratch_start(scratch), SERVER_STARTED);
	parts = parts_of(scratch->server);
	(void)snprintf(command, sizeof(command), "ps -o ppid= -p %d", parts.postgres);
	output = popen(command, "r");
	assert_non_null(output);
	assert_int_equal(fscanf(output, "%d", &supervisor), 1);
	assert_int_equal(pclose(output), 0);
	assert_int_equal(kill(supervisor, SIGTERM), 0);
	assert_true(goes_away(&parts));
}

static void a_forked_child_does_not_stop_or_keep_the_server(void **state)
{
	struct server_scratch *scratch = *state;
	struct parts parts;
	pid_t children[2];

	assert_int_equal(server_scratch_start(scratch), SERVER_STARTED);
	parts = parts_of(scratch->server);
	children[0] = fork();
	if (children[0] == 0) {
		server_stop(scratch->server);
		_exit(0);
	}
	assert_int_equal(waitpid(children[0], NULL, 0), children[0]);
	server_scratch_answers(scratch->server);
	children[1] = fork();
	if (children[1] == 0) {
		pause_for(60000);
		_exit(0);
	}
	server_stop(scratch->server);
	scratch->server = NULL;
	assert_true(is_gone(&parts));
	assert_int_equal(kill(children[1], SIGKILL), 0);
	assert_int_equal(waitpid(children[1], NULL, 0), children[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SERVER_TEST(a_stopped_server_leaves_nothing),
		SERVER_TEST(every_death_of_the_program_ends_the_server),
		SERVER_TEST(a_server_that_was_killed_is_cleared_away),
		SERVER_TEST(a_polite_signal_to_the_supervisor_stops_the_server),
		SERVER_TEST(a_forked_child_does_not_stop_or_keep_the_server),
		COLD_SERVER_TEST(a_death_during_the_start_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
