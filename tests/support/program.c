/*
 * A program that migrates a PostgreSQL database, as a process of its own: it connects, does its work, and
 * leaves through a pipe how that ended.
 */
#include "program.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <bobolink/postgres.h>

static int do_work(const char *url, const struct bobolink_set *set,
		   const struct bobolink_options *options, program_work_fn *work,
		   struct bobolink_error *error)
{
	PGconn *connection = PQconnectdb(url);
	int rc = BOBOLINK_UNREACHABLE;

	memset(error, 0, sizeof(*error));
	if (PQstatus(connection) == CONNECTION_OK)
		rc = work(set, connection, options, error);
	PQfinish(connection);
	return rc;
}

void program_start_with(struct program *program, const char *url, const struct bobolink_set *set,
			const struct bobolink_options *options, program_work_fn *work)
{
	int channel[2];

	assert_int_equal(pipe(channel), 0);
	program->pid = fork();
	if (program->pid == 0) {
		struct program_end end = { .killed = false };

		close(channel[0]);
		end.rc = do_work(url, set, options, work, &end.error);
		_exit(write(channel[1], &end, sizeof(end)) != (ssize_t)sizeof(end));
	}
	assert_true(program->pid > 0);
	close(channel[1]);
	program->report = channel[0];
}

void program_start(struct program *program, const char *url, const struct bobolink_set *set,
		   const struct bobolink_options *options)
{
	program_start_with(program, url, set, options, bobolink_migrate);
}

void program_await(struct program *program, struct program_end *end)
{
	ssize_t got = read(program->report, end, sizeof(*end));
	int status = 0;

	close(program->report);
	assert_int_equal(waitpid(program->pid, &status, 0), program->pid);
	end->killed = got == 0 && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
	if (!end->killed && (got != (ssize_t)sizeof(*end) || status))
		fail_msg("the program ended with status %d", status);
}
