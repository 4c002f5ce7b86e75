/*
 * Runs a command on a terminal of 80 columns, prints what the terminal would show, ends as it did.
 *
 *     terminal [ANSWER...] -- COMMAND...
 *
 * Each time the command has asked something (the last that it wrote is "? " or "] ") it gets the next answer as a
 * line; "EOF" and a missing answer are an end of input. Nothing is echoed but the answers are shown where they were
 * given.
 */
#define _XOPEN_SOURCE 700

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define QUIET_MS   100
#define TIMEOUT_MS 60000

struct terminal {
	int master;
	pid_t child;
	char last[3]; /* what was written last, terminated */
	char **answers;
	int count;
};

static void die(const char *what)
{
	perror(what);
	exit(99);
}

static void run(const char *name, char **command)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	struct termios settings;
	int slave;

	if (setsid() < 0)
		die("setsid");
	slave = open(name, O_RDWR);
	if (slave < 0)
		die(name);
	ioctl(slave, TIOCSCTTY, 0);
	if (tcgetattr(slave, &settings))
		die("tcgetattr");
	settings.c_lflag &= ~(tcflag_t)ECHO;
	settings.c_oflag &= ~(tcflag_t)OPOST;
	if (tcsetattr(slave, TCSANOW, &settings) || ioctl(slave, TIOCSWINSZ, &size))
		die("tcsetattr");
	for (int i = 0; i < 3; i++)
		dup2(slave, i);
	close(slave);
	setenv("TERM", "xterm", 1);
	execvp(command[0], command);
	die(command[0]);
}

static void start(struct terminal *terminal, char **command)
{
	const char *name;

	terminal->master = posix_openpt(O_RDWR | O_NOCTTY);
	if (terminal->master < 0 || grantpt(terminal->master) || unlockpt(terminal->master))
		die("posix_openpt");
	name = ptsname(terminal->master);
	terminal->child = fork();
	if (terminal->child < 0)
		die("fork");
	if (terminal->child == 0) {
		close(terminal->master);
		run(name, command);
	}
}

static void answer(struct terminal *terminal)
{
	const char *text = "EOF";
	char line[300];
	int length;

	if (terminal->count > 0) {
		text = *terminal->answers++;
		terminal->count--;
	}
	if (strcmp(text, "EOF") == 0)
		length = snprintf(line, sizeof(line), "\004");
	else
		length = snprintf(line, sizeof(line), "%.200s\n", text);
	if (strcmp(text, "EOF") != 0)
		fputs(line, stdout);
	if (write(terminal->master, line, (size_t)length) != length)
		die("write");
	memset(terminal->last, 0, sizeof(terminal->last));
}

static int asks(const struct terminal *terminal)
{
	return strcmp(terminal->last, "? ") == 0 || strcmp(terminal->last, "] ") == 0;
}

/* Passes on what the command writes; returns 0 at its end. */
static int pass(struct terminal *terminal)
{
	char bytes[1024];
	ssize_t got = read(terminal->master, bytes, sizeof(bytes));

	if (got < 0 && errno == EINTR)
		return 1;
	if (got <= 0)
		return 0;
	fwrite(bytes, 1, (size_t)got, stdout);
	for (ssize_t i = 0; i < got; i++) {
		terminal->last[0] = terminal->last[1];
		terminal->last[1] = bytes[i];
	}
	return 1;
}

static void talk(struct terminal *terminal)
{
	struct pollfd ready = { .fd = terminal->master, .events = POLLIN };
	int waited = 0;

	for (;;) {
		int rc = poll(&ready, 1, QUIET_MS);

		if (rc > 0 && !pass(terminal))
			return;
		if (rc == 0 && asks(terminal))
			answer(terminal);
		waited = rc ? 0 : waited + QUIET_MS;
		if (waited < TIMEOUT_MS)
			continue;
		kill(terminal->child, SIGKILL);
		fputs("terminal: nothing happens\n", stderr);
		return;
	}
}

int main(int argc, char **argv)
{
	struct terminal terminal = { .answers = argv + 1 };
	int status;

	while (terminal.count + 1 < argc && strcmp(argv[terminal.count + 1], "--") != 0)
		terminal.count++;
	if (terminal.count + 2 >= argc) {
		fputs("usage: terminal [ANSWER...] -- COMMAND...\n", stderr);
		return 2;
	}
	start(&terminal, argv + terminal.count + 2);
	talk(&terminal);
	if (waitpid(terminal.child, &status, 0) < 0)
		die("waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
