/*
 * Process: a program of PostgreSQL's, run to its end.
 *
 * Between us and the program stands a second process. It tells how the program ended, through a socket, whatever the
 * application does with SIGCHLD and its children; and when we are killed, or stop it, it ends the program.
 * What is secret travels in the environment, which only the same user can read, and never in an argument.
 */
#include "../connection.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOOK_MS		100
#define PATIENCE_S	3
#define LONGEST_PATH	4096
#define MOST_PARAMETERS 64
/* Where the second process has the socket; what it had inherited above is closed. */
#define LINE 3

extern char **environ;

/* What the program is given, made before the fork: after it nothing may be allocated. */
struct launch {
	char path[LONGEST_PATH];
	const char *const *arguments;
	char **environment;
	size_t inherited; /* of environment, borrowed; those behind are ours */
	int highest;	  /* descriptor that is open */
};

static bool find(const char *name, char path[LONGEST_PATH])
{
	const char *folder = getenv("PATH");

	while (folder && *folder) {
		size_t length = strcspn(folder, ":");
		int got = snprintf(path, LONGEST_PATH, "%.*s/%s", (int)length, folder, name);

		if (length && got > 0 && got < LONGEST_PATH && access(path, X_OK) == 0)
			return true;
		folder += length + (folder[length] == ':');
	}
	return false;
}

static void free_environment(struct launch *launch, const struct bobolink_allocator *allocator)
{
	char **own = launch->environment ? launch->environment + launch->inherited : NULL;

	for (; own && *own; own++)
		allocator->release(allocator->context, *own);
	allocator->release(allocator->context, launch->environment);
}

/* Of several hosts the one that answered: the others may be other servers. */
static const char *value_of(PGconn *pg, const PQconninfoOption *option)
{
	if (strcmp(option->keyword, "host") == 0)
		return PQhost(pg);
	if (strcmp(option->keyword, "hostaddr") == 0)
		return option->val ? PQhostaddr(pg) : NULL;
	if (strcmp(option->keyword, "port") == 0)
		return PQport(pg);
	/* A service says again what it led to; the encoding of a backup is the database's. */
	return strcmp(option->keyword, "service") == 0 ||
			       strcmp(option->keyword, "client_encoding") == 0
		       ? NULL
		       : option->val;
}

/* The application's environment, with the connection's parameters in the place of what says PG…. */
static bool make_environment(PGconn *pg, const PQconninfoOption *options,
			     const struct bobolink_allocator *allocator, struct launch *launch)
{
	size_t count = 0;

	while (environ && environ[count])
		count++;
	launch->environment =
		allocator->allocate(allocator->context,
				    (count + MOST_PARAMETERS + 1) * sizeof(*launch->environment));
	if (!launch->environment)
		return false;
	memset(launch->environment, 0,
	       (count + MOST_PARAMETERS + 1) * sizeof(*launch->environment));
	for (size_t i = 0; i < count; i++) {
		if (strncmp(environ[i], "PG", 2) != 0)
			launch->environment[launch->inherited++] = environ[i];
	}
	count = launch->inherited;
	for (; options->keyword && count < launch->inherited + MOST_PARAMETERS; options++) {
		const char *value = options->envvar ? value_of(pg, options) : NULL;
		size_t size = value ? strlen(options->envvar) + strlen(value) + 2 : 0;

		if (!value || !*value)
			continue;
		launch->environment[count] = allocator->allocate(allocator->context, size);
		if (!launch->environment[count])
			return false;
		snprintf(launch->environment[count++], size, "%s=%s", options->envvar, value);
	}
	return true;
}

/* The highest descriptor of the application, so that the program inherits none of them. */
static int highest_descriptor(void)
{
	DIR *directory = opendir("/dev/fd");
	struct dirent *entry;
	int highest = 1023;

	while (directory && (entry = readdir(directory)) != NULL) {
		long number = strtol(entry->d_name, NULL, 10);

		if (number > highest)
			highest = (int)number;
	}
	if (directory)
		closedir(directory);
	return highest;
}

static void wake(int number)
{
	(void)number;
}

/* In the second process: handlers of the application must not run in it. */
static void reset_signals(void)
{
	struct sigaction action;

	for (int i = 1; i < 65; i++) {
		if (sigaction(i, NULL, &action) || (action.sa_handler == SIG_IGN && i != SIGCHLD))
			continue;
		memset(&action, 0, sizeof(action));
		action.sa_handler = i == SIGCHLD ? wake : SIG_DFL;
		(void)sigaction(i, &action, NULL);
	}
}

/* In the second process: nothing but the output, and the socket. */
static bool arrange_descriptors(int line, int words, int highest)
{
	int safe_words = fcntl(words, F_DUPFD, 10);
	int safe_line = fcntl(line, F_DUPFD, 10);
	int nothing = open("/dev/null", O_RDWR);

	if (safe_words < 0 || safe_line < 0 || nothing < 0 || dup2(nothing, 0) < 0 ||
	    dup2(safe_words, 1) < 0 || dup2(safe_words, 2) < 0 || dup2(safe_line, LINE) < 0)
		return false;
	for (int i = LINE + 1; i <= highest; i++)
		close(i);
	close(safe_words);
	close(safe_line);
	return fcntl(LINE, F_SETFD, FD_CLOEXEC) == 0;
}

/* In the second process: until the program has ended, which it must when nobody listens any more. */
static int await(pid_t program)
{
	const struct timespec patience = { .tv_sec = PATIENCE_S };
	bool told = false;
	int status = -1;
	sigset_t none;
	fd_set line;

	sigemptyset(&none);
	while (waitpid(program, &status, WNOHANG) == 0) {
		int ready;

		FD_ZERO(&line);
		if (!told)
			FD_SET(LINE, &line);
		ready = pselect(LINE + 1, &line, NULL, NULL, told ? &patience : NULL, &none);
		if (ready > 0)
			kill(program, SIGTERM);
		else if (ready == 0)
			kill(program, SIGKILL);
		told = told || ready > 0;
	}
	return status;
}

/* The second process. SIGCHLD stays blocked but while it waits, so that none is missed. */
static void supervise(const struct launch *launch, int line, int words)
{
	int status = -1;
	sigset_t mask;
	pid_t program;

	reset_signals();
	sigemptyset(&mask);
	sigaddset(&mask, SIGCHLD);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	if (!arrange_descriptors(line, words, launch->highest))
		_exit(1);
	program = fork();
	if (program == 0) {
		sigemptyset(&mask);
		sigprocmask(SIG_SETMASK, &mask, NULL);
		/* It takes them as they are: its type is older than const. */
		execve(launch->path, (char *const *)launch->arguments, launch->environment);
		_exit(127);
	}
	close(1);
	close(2);
	if (program > 0)
		status = await(program);
	_exit(write(LINE, &status, sizeof(status)) != (ssize_t)sizeof(status));
}

/* Starts both; `line` and `words` are our ends. */
static pid_t start(const struct launch *launch, int *line, int *words)
{
	int lines[2] = { -1, -1 };
	int pipes[2] = { -1, -1 };
	sigset_t all;
	sigset_t before;
	pid_t pid = -1;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, lines) == 0 && pipe(pipes) == 0) {
		for (int i = 0; i < 2; i++) {
			(void)fcntl(lines[i], F_SETFD, FD_CLOEXEC);
			(void)fcntl(pipes[i], F_SETFD, FD_CLOEXEC);
		}
		/* No handler of the application runs in the second process. */
		sigfillset(&all);
		sigprocmask(SIG_SETMASK, &all, &before);
		pid = fork();
		if (pid == 0)
			supervise(launch, lines[1], pipes[1]);
		sigprocmask(SIG_SETMASK, &before, NULL);
	}
	*line = lines[0];
	*words = pipes[0];
	if (lines[1] >= 0)
		close(lines[1]);
	if (pipes[1] >= 0)
		close(pipes[1]);
	return pid;
}

/* What the program says: its first words, for a message, and each line for who wants them. */
struct output {
	char first[480];
	char line[512];
	size_t length;
	bl_postgres_line_fn *take;
	void *context;
};

static void take_bytes(struct output *output, const char *bytes, size_t count)
{
	size_t length = strlen(output->first);

	for (size_t i = 0; i < count && length + 1 < sizeof(output->first); i++)
		output->first[length++] = bytes[i];
	for (size_t i = 0; i < count; i++) {
		if (bytes[i] != '\n') {
			/* What is longer is cut: its beginning says what it is. */
			if (output->length + 1 < sizeof(output->line))
				output->line[output->length++] = bytes[i];
			continue;
		}
		output->line[output->length] = '\0';
		if (output->take)
			output->take(output->context, output->line);
		output->length = 0;
	}
}

/* Reads until the program has ended. */
static void listen_to(int words, int line, const struct bobolink_context *context,
		      struct output *output)
{
	bool stopped = false;
	char bytes[1024];
	ssize_t got = 1;

	while (got > 0) {
		struct pollfd ready = { .fd = words, .events = POLLIN };

		if (!stopped && context->interrupted && *context->interrupted) {
			stopped = true;
			(void)shutdown(line, SHUT_WR);
		}
		if (poll(&ready, 1, LOOK_MS) <= 0)
			continue;
		got = read(words, bytes, sizeof(bytes));
		if (got > 0)
			take_bytes(output, bytes, (size_t)got);
		else if (got < 0 && errno == EINTR)
			got = 1;
	}
}

/* The status that the second process tells; -1 when it could not. */
static int end(pid_t pid, int line)
{
	int status = -1;
	ssize_t got;

	do {
		got = read(line, &status, sizeof(status));
	} while (got < 0 && errno == EINTR);
	if (got != (ssize_t)sizeof(status))
		status = -1;
	/* Somebody else may have taken it, or nobody ever waits for children here. */
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	return status;
}

static int run(const struct launch *launch, PGconn *pg, const struct bobolink_context *context,
	       struct output *output, struct bobolink_error *error)
{
	int status = -1;
	int words;
	int line;
	pid_t pid = start(launch, &line, &words);

	if (pid > 0) {
		listen_to(words, line, context, output);
		status = end(pid, line);
	}
	if (line >= 0)
		close(line);
	if (words >= 0)
		close(words);
	if (status == 0)
		return BOBOLINK_OK;
	if (context->interrupted && *context->interrupted)
		return bl_postgres_fail(error, BOBOLINK_INTERRUPTED, "%s was stopped",
					launch->arguments[0]);
	bl_postgres_fail(error, BOBOLINK_BACKUP_FAILED, "%s did not do it", launch->arguments[0]);
	bl_postgres_say(error, output->first[0] ? ": " : ": it could not be run, or was killed",
			NULL);
	bl_postgres_say(error, output->first, PQpass(pg));
	return error->code;
}

static int prepare(struct launch *launch, PGconn *pg, const struct bobolink_allocator *allocator,
		   struct bobolink_error *error)
{
	PQconninfoOption *options = PQconninfo(pg);
	int rc = BOBOLINK_OK;

	if (!options || !make_environment(pg, options, allocator, launch))
		rc = bl_postgres_fail(error, BOBOLINK_NO_MEMORY, "out of memory");
	for (PQconninfoOption *option = options; option && option->keyword; option++) {
		if (rc == BOBOLINK_OK && option->val && *option->val &&
		    strcmp(option->keyword, "sslpassword") == 0)
			rc = bl_postgres_fail(error, BOBOLINK_BACKUP_FAILED,
					      "the connection has an sslpassword, and %s takes "
					      "that only where everybody sees it: use a key "
					      "without one",
					      launch->arguments[0]);
	}
	PQconninfoFree(options);
	return rc;
}

int bl_postgres_program(const char *const arguments[], PGconn *pg,
			const struct bobolink_context *context, bl_postgres_line_fn *take,
			void *take_context, struct bobolink_error *error)
{
	struct launch launch = { .arguments = arguments };
	struct output output = { .take = take, .context = take_context };
	int rc;

	if (!find(arguments[0], launch.path))
		return bl_postgres_fail(error, BOBOLINK_BACKUP_FAILED,
					"%s is not on the PATH: install PostgreSQL's client "
					"programs (Debian: postgresql-client), not older than the "
					"server",
					arguments[0]);
	rc = prepare(&launch, pg, &context->allocator, error);
	if (rc == BOBOLINK_OK) {
		launch.highest = highest_descriptor();
		rc = run(&launch, pg, context, &output, error);
	}
	free_environment(&launch, &context->allocator);
	return rc;
}
