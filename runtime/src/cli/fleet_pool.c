/*
 * The pool of a fleet: so many processes at a time, each of which works on one database.
 *
 * Processes are waited for by their numbers, because the application may have others. Each has a process group of its
 * own: what a terminal sends goes to the parent, which passes it on, and so it comes once.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fleet.h"
#include "interrupt.h"
#include "ticker.h"

#define TICK_MS	      200
#define MESSAGES_SIZE ((size_t)64 * 1024) /* the last ones are kept */
#define READ_SIZE     ((size_t)16 * 1024)

struct job {
	pid_t pid;
	int pipe; /* what it writes */
	struct bl_fleet_database *database;
	uint64_t begun_ms;
	char *bytes; /* what it has written */
	size_t length;
	size_t capacity;
};

struct pool {
	struct bl_fleet *fleet;
	struct job *jobs; /* those that run stand first */
	struct pollfd *polled;
	size_t running;
	size_t most;
	int passed; /* so many signals were passed on */
};

/* Shuts what belongs to the parent, and works. */
static _Noreturn void be_worker(const struct pool *pool, const struct bl_fleet_database *database,
				int pipe, pid_t parent, const sigset_t *signals)
{
	setpgid(0, 0);
	bl_cli_interrupt_reset();
	bl_cli_ticker_forget();
	sigprocmask(SIG_SETMASK, signals, NULL);
	for (size_t i = 0; i < pool->running; i++)
		close(pool->jobs[i].pipe);
	bl_fleet_work(pool->fleet->cli, database, pipe, parent);
}

static int make_pipe(int ends[2])
{
	if (pipe(ends))
		return errno;
	/* Programs that another worker starts, such as pg_dump, are not to keep it open. */
	if (fcntl(ends[0], F_SETFD, FD_CLOEXEC) == 0 && fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0)
		return 0;
	close(ends[0]);
	close(ends[1]);
	return EMFILE;
}

/* Begins with the next database; returns 0, or why no process could be made. */
static int begin(struct pool *pool)
{
	struct bl_fleet *fleet = pool->fleet;
	struct job *job = &pool->jobs[pool->running];
	pid_t parent = getpid();
	sigset_t signals;
	int ends[2];
	int failure = make_pipe(ends);

	if (failure)
		return failure;
	*job = (struct job){ .database = &fleet->databases[fleet->next],
			     .pipe = ends[0],
			     .begun_ms = bl_cli_clock_ms() };
	bl_cli_interrupt_hold(&signals);
	job->pid = fork();
	failure = errno;
	if (job->pid == 0) {
		close(ends[0]);
		be_worker(pool, job->database, ends[1], parent, &signals);
	}
	sigprocmask(SIG_SETMASK, &signals, NULL);
	close(ends[1]);
	if (job->pid < 0) {
		close(ends[0]);
		return failure;
	}
	/* Both do it, as nobody knows who is first. */
	setpgid(job->pid, job->pid);
	fleet->next++;
	pool->running++;
	return 0;
}

/* As many as are allowed; fewer where the system does not allow so many. */
static int fill(struct pool *pool)
{
	struct bl_fleet *fleet = pool->fleet;

	while (!fleet->signal && fleet->next < fleet->count && pool->running < pool->most) {
		int failure = begin(pool);

		if (failure && !pool->running)
			return failure;
		if (failure)
			pool->most = pool->running;
	}
	return 0;
}

static void pass_signals(struct pool *pool)
{
	int noted = bl_cli_interrupt_noted(&pool->fleet->signal);

	for (; pool->passed < noted; pool->passed++) {
		for (size_t i = 0; i < pool->running; i++)
			kill(pool->jobs[i].pid, pool->fleet->signal);
	}
}

/* Room for what comes next: what is too old is forgotten. */
static int make_room(struct job *job)
{
	size_t most = MESSAGES_SIZE + sizeof(struct bl_fleet_outcome) + READ_SIZE;
	size_t capacity = job->capacity ? 2 * job->capacity : READ_SIZE;
	char *grown;

	if (job->capacity - job->length >= READ_SIZE)
		return 0;
	if (capacity > most)
		capacity = most;
	if (capacity - job->length < READ_SIZE) {
		size_t old = READ_SIZE - (capacity - job->length);

		memmove(job->bytes, job->bytes + old, job->length - old);
		job->length -= old;
	}
	grown = realloc(job->bytes, capacity);
	if (!grown)
		return -1;
	job->bytes = grown;
	job->capacity = capacity;
	return 0;
}

/* Whether the outcome has come, which is the last that is written. */
static bool take_outcome(const struct job *job, struct bl_fleet_outcome *outcome)
{
	if (job->length < sizeof(*outcome))
		return false;
	memcpy(outcome, job->bytes + job->length - sizeof(*outcome), sizeof(*outcome));
	return outcome->mark == BL_FLEET_MARK;
}

/* A process that ended without a word. */
static void explain_end(int status, int signal, struct bl_fleet_outcome *outcome)
{
	memset(outcome, 0, sizeof(*outcome));
	if (WIFSIGNALED(status) && WTERMSIG(status) == signal) {
		bl_cli_fail(&outcome->error, BOBOLINK_INTERRUPTED, "stopped");
		outcome->exit_code = 128 + signal;
	} else if (WIFSIGNALED(status)) {
		bl_cli_fail(&outcome->error, BOBOLINK_INTERRUPTED,
			    "its process was ended by signal %d: what it had not committed is "
			    "undone, and the next run goes on",
			    WTERMSIG(status));
		outcome->exit_code = 128 + WTERMSIG(status);
	} else {
		bl_cli_fail(&outcome->error, BOBOLINK_SQL_ERROR,
			    "its process ended by itself, with exit code %d: what it had not "
			    "committed is undone; look into what the program does in on_open",
			    WEXITSTATUS(status));
		outcome->exit_code = 1;
	}
	outcome->result = outcome->error.code;
	outcome->finding = outcome->result;
}

static void finish(struct pool *pool, size_t index)
{
	struct job *job = &pool->jobs[index];
	struct bl_fleet_outcome outcome;
	int status = 0;
	size_t length = job->length;

	close(job->pipe);
	while (waitpid(job->pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (take_outcome(job, &outcome))
		length -= sizeof(outcome);
	else
		explain_end(status, pool->fleet->signal, &outcome);
	bl_fleet_tell(pool->fleet, job->database, &outcome, job->bytes, length,
		      bl_cli_clock_ms() - job->begun_ms);
	free(job->bytes);
	*job = pool->jobs[--pool->running];
}

/* Takes what a process has written; true when that was all. */
static bool is_done(struct job *job)
{
	struct bl_fleet_outcome outcome;
	ssize_t taken;

	/* Without memory it is waited for all the same. */
	if (make_room(job))
		job->length = 0;
	if (job->capacity < READ_SIZE)
		return true;
	taken = read(job->pipe, job->bytes + job->length, READ_SIZE);
	if (taken < 0)
		return errno != EINTR;
	job->length += (size_t)taken;
	/* A program that on_open has started may keep the pipe open. */
	return taken == 0 || take_outcome(job, &outcome);
}

static void collect(struct pool *pool)
{
	size_t polled = pool->running;

	for (size_t i = 0; i < polled; i++)
		pool->polled[i] = (struct pollfd){ .fd = pool->jobs[i].pipe, .events = POLLIN };
	if (poll(pool->polled, (nfds_t)polled, TICK_MS) <= 0)
		return;
	/* From the last one, as the last one takes the place of one that is done. */
	for (size_t i = polled; i-- > 0;) {
		if (pool->polled[i].revents && is_done(&pool->jobs[i]))
			finish(pool, i);
	}
}

static int run(struct pool *pool, struct bobolink_error *error)
{
	int failure = 0;

	do {
		pass_signals(pool);
		if (!failure)
			failure = fill(pool);
		bl_fleet_show(pool->fleet, pool->running);
		if (pool->running)
			collect(pool);
	} while (pool->running ||
		 (!failure && !pool->fleet->signal && pool->fleet->next < pool->fleet->count));
	if (failure)
		return bl_cli_fail(error, BOBOLINK_IO_ERROR, "no process can be started: %s",
				   strerror(failure));
	return BOBOLINK_OK;
}

/* An application that ignores SIGCHLD, or waits for every child in its handler, would leave nothing to wait for. */
static int run_with_children(struct pool *pool, struct bobolink_error *error)
{
	struct sigaction usual = { .sa_handler = SIG_DFL };
	struct sigaction before;
	int rc;

	sigemptyset(&usual.sa_mask);
	sigaction(SIGCHLD, &usual, &before);
	bl_cli_interrupt_watch();
	rc = run(pool, error);
	pool->fleet->signal = bl_cli_interrupt_unwatch();
	sigaction(SIGCHLD, &before, NULL);
	return rc;
}

int bl_fleet_run(struct bl_fleet *fleet, struct bobolink_error *error)
{
	size_t most = fleet->count < fleet->jobs ? fleet->count : fleet->jobs;
	struct pool pool = { .fleet = fleet, .most = most };
	int rc = BOBOLINK_OK;

	if (!most)
		return rc;
	pool.jobs = calloc(most, sizeof(*pool.jobs));
	pool.polled = calloc(most, sizeof(*pool.polled));
	if (!pool.jobs || !pool.polled)
		rc = bl_cli_fail(error, BOBOLINK_NO_MEMORY, "out of memory");
	/* What stands in a buffer would be written by each process. */
	fflush(NULL);
	if (rc == BOBOLINK_OK)
		rc = run_with_children(&pool, error);
	free(pool.jobs);
	free(pool.polled);
	return rc;
}
