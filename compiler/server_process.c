/*
 * Processes of a private server: who they run as, how they are started and waited for.
 *
 * Used between fork and exec or in the supervisor, a process of one thread that was forked for this.
 */
#define _DEFAULT_SOURCE /* setgroups */
#include "server_process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* What `nobody` is where no such user is listed, as in small containers. */
#define NOBODY 65534

/* The descriptor of the supervisor after the three that everybody has. */
#define FIRST_FREE 3

static volatile sig_atomic_t told;

/* --- who ------------------------------------------------------------------------------------- */

/* The number in an environment variable; 0 when there is none above 0. */
static long number_of(const char *variable)
{
	const char *text = getenv(variable);
	char *end;
	long number;

	if (!text || !*text)
		return 0;
	errno = 0;
	number = strtol(text, &end, 10);
	return errno || *end || number < 0 || number > INT32_MAX ? 0 : number;
}

struct server_user server_user_choose(void)
{
	struct server_user user = { false, geteuid(), getegid() };
	const struct passwd *nobody;
	long sudo_uid = number_of("SUDO_UID");
	long sudo_gid = number_of("SUDO_GID");

	if (user.uid != 0)
		return user;
	user.other = true;
	nobody = getpwnam("nobody");
	user.uid = nobody && nobody->pw_uid ? nobody->pw_uid : NOBODY;
	user.gid = nobody && nobody->pw_gid ? nobody->pw_gid : NOBODY;
	if (sudo_uid && sudo_gid) {
		user.uid = (uid_t)sudo_uid;
		user.gid = (gid_t)sudo_gid;
	}
	return user;
}

int server_user_become(const struct server_user *user)
{
	if (!user->other)
		return 0;
	if (setgroups(1, &user->gid) || setgid(user->gid) || setuid(user->uid))
		return -1;
	if (setuid(0) == 0) {
		errno = EPERM;
		return -1;
	}
	return 0;
}

/* --- start ----------------------------------------------------------------------------------- */

/* The signals that may have been ignored or caught by whoever started us. */
static void reset_signals(void)
{
	static const int signals[] = { SIGHUP,	SIGINT,	 SIGQUIT, SIGTERM, SIGPIPE, SIGCHLD,
				       SIGALRM, SIGUSR1, SIGUSR2, SIGTSTP, SIGTTIN, SIGTTOU };
	struct sigaction plain = { .sa_handler = SIG_DFL };

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		(void)sigaction(signals[i], &plain, NULL);
}

static _Noreturn void give_up(const char *what, const char *program)
{
	dprintf(STDERR_FILENO, "%s %s: %s\n", what, program, strerror(errno));
	_exit(127);
}

/*
 * Nothing of the caller's PG* variables reaches the server, and UTC and the locale C make the same
 * cluster for everybody.
 */
static _Noreturn void become_program(const struct server_user *user, char *const argv[], int input,
				     int output)
{
	char libraries[4096] = "LD_LIBRARY_PATH=";
	char *environment[] = { "PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C", "TZ=UTC", NULL,
				NULL };
	const char *path = getenv("LD_LIBRARY_PATH");
	sigset_t none;

	if (input < 0)
		input = open("/dev/null", O_RDONLY);
	if (input < 0 || dup2(input, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0 ||
	    dup2(output, STDERR_FILENO) < 0)
		_exit(127);
	if (path && *path && strlen(path) < sizeof(libraries) - strlen(libraries)) {
		strncat(libraries, path, sizeof(libraries) - strlen(libraries) - 1);
		environment[3] = libraries;
	}
	if (server_user_become(user))
		give_up("cannot become an unprivileged user to start", argv[0]);
	if (chdir("/"))
		give_up("cannot change to / to start", argv[0]);
	reset_signals();
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	execve(argv[0], argv, environment);
	give_up("cannot run", argv[0]);
}

pid_t server_spawn(const struct server_user *user, char *const argv[], int input, int output)
{
	pid_t child = fork();

	if (child == 0)
		become_program(user, argv, input, output);
	return child;
}

/* --- the supervisor's own state -------------------------------------------------------------- */

static void on_signal(int number)
{
	if (number != SIGCHLD)
		told = 1;
}

bool server_is_told(void)
{
	return told;
}

/* All above FIRST_FREE: a pipe held open here would keep its reader waiting. */
static void close_inherited(void)
{
	DIR *directory = opendir("/dev/fd");
	const struct dirent *entry;

	if (!directory) {
		for (int fd = FIRST_FREE + 1; fd < sysconf(_SC_OPEN_MAX) && fd < 65536; fd++)
			close(fd);
		return;
	}
	while ((entry = readdir(directory)) != NULL) {
		int fd = (int)strtol(entry->d_name, NULL, 10);

		if (fd > FIRST_FREE && fd != dirfd(directory))
			close(fd);
	}
	closedir(directory);
}

static void silence(void)
{
	int null = open("/dev/null", O_RDWR);

	if (null < 0)
		return;
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		(void)dup2(null, fd);
	if (null > STDERR_FILENO)
		close(null);
}

int server_detach(int keep)
{
	struct sigaction action = { .sa_handler = on_signal };
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	sigset_t all;

	/* Signals come in server_pause only. */
	sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, NULL);
	told = 0;
	reset_signals();
	(void)sigaction(SIGCHLD, &action, NULL);
	(void)sigaction(SIGTERM, &action, NULL);
	(void)sigaction(SIGINT, &action, NULL);
	(void)sigaction(SIGHUP, &action, NULL);
	(void)sigaction(SIGPIPE, &ignore, NULL);
	(void)umask(077);
	/* A folder that is in use here could not be unmounted. */
	if (setsid() < 0 || chdir("/"))
		_exit(1);
	silence();
	/* A small number, because select knows no others. */
	if (keep != FIRST_FREE && dup2(keep, FIRST_FREE) < 0)
		_exit(1);
	(void)fcntl(FIRST_FREE, F_SETFD, FD_CLOEXEC);
	close_inherited();
	return FIRST_FREE;
}

/* --- waiting --------------------------------------------------------------------------------- */

long long server_clock(void)
{
	struct timespec now = { 0, 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool server_pause(int fd, int milliseconds)
{
	struct timespec time = { milliseconds / 1000, (milliseconds % 1000) * 1000000L };
	sigset_t none;
	fd_set readable;

	sigemptyset(&none);
	FD_ZERO(&readable);
	if (fd >= 0)
		FD_SET(fd, &readable);
	return pselect(fd + 1, &readable, NULL, NULL, &time, &none) > 0;
}

bool server_await(pid_t child, int milliseconds, int *status)
{
	long long end = server_clock() + milliseconds;

	for (;;) {
		pid_t ended = waitpid(child, status, WNOHANG);
		long long left = end - server_clock();

		if (ended == child)
			return true;
		if (ended < 0 && errno != EINTR) {
			*status = 0;
			return true;
		}
		if (left <= 0)
			return false;
		/* SIGCHLD ends the pause at once; the bound is for a child that was missed. */
		(void)server_pause(-1, left < 100 ? (int)left : 100);
	}
}
