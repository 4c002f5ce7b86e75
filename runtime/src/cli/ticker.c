/*
 * Ticker: SIGALRM five times a second, and a handler that writes a line that is already there.
 *
 * The session reports its progress between statements only, and a statement may take hours. The handler
 * does nothing but look at the clock, put digits behind the text, and write, all of which POSIX allows it
 * (2.4.3, async-signal-safe functions). The text is changed while SIGALRM is blocked.
 */
#include "ticker.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define TICK_US	    200000
#define ERASE	    "\r\033[K"
#define TEXT_SIZE   256u
#define DIGITS_SIZE 32u

/* A handler reaches nothing but what is static. */
static struct {
	int file;
	size_t length;	     /* of what stands in `line` behind ERASE; 0: nothing to show */
	uint64_t begun_ms;   /* of the run, on the clock */
	uint64_t drawn_s;    /* seconds that the line shows */
	volatile bool drawn; /* the line stands on the terminal as it is */
	bool dirty;	     /* something stands on the terminal */
	char line[sizeof(ERASE) + TEXT_SIZE + DIGITS_SIZE];
} ticker;

static bool running;
static struct sigaction action_before;

uint64_t bl_cli_clock_ms(void)
{
	struct timespec now = { 0, 0 };

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* " 12 s" behind the text; returns the length of all. */
static size_t add_seconds(uint64_t seconds)
{
	char digits[24];
	size_t count = 0;
	size_t length = strlen(ERASE) + ticker.length;

	do {
		digits[count++] = (char)('0' + seconds % 10);
		seconds /= 10;
	} while (seconds);
	ticker.line[length++] = ' ';
	while (count)
		ticker.line[length++] = digits[--count];
	ticker.line[length++] = ' ';
	ticker.line[length++] = 's';
	return length;
}

static void tick(int number)
{
	int saved = errno;
	uint64_t seconds;

	(void)number;
	seconds = (bl_cli_clock_ms() - ticker.begun_ms) / 1000;
	if (ticker.length && (!ticker.drawn || seconds != ticker.drawn_s)) {
		/* A terminal that cannot be written loses a line that nobody misses. */
		ticker.dirty = write(ticker.file, ticker.line, add_seconds(seconds)) > 0;
		ticker.drawn = true;
		ticker.drawn_s = seconds;
	}
	errno = saved;
}

static void hold(sigset_t *before)
{
	sigset_t alarm_only;

	sigemptyset(&alarm_only);
	sigaddset(&alarm_only, SIGALRM);
	sigprocmask(SIG_BLOCK, &alarm_only, before);
}

void bl_cli_ticker_begin(int file)
{
	struct sigaction action = { .sa_handler = tick, .sa_flags = SA_RESTART };
	struct itimerval timer = { { 0, TICK_US }, { 1, 0 } };
	struct itimerval theirs;

	if (getitimer(ITIMER_REAL, &theirs) || theirs.it_value.tv_sec || theirs.it_value.tv_usec)
		return;
	memset(&ticker, 0, sizeof(ticker));
	ticker.file = file;
	memcpy(ticker.line, ERASE, strlen(ERASE));
	sigemptyset(&action.sa_mask);
	if (sigaction(SIGALRM, &action, &action_before))
		return;
	running = setitimer(ITIMER_REAL, &timer, NULL) == 0;
	if (!running)
		sigaction(SIGALRM, &action_before, NULL);
}

void bl_cli_ticker_show(const char *text, uint64_t elapsed_ms)
{
	size_t length = strlen(text);
	sigset_t before;

	if (!running)
		return;
	if (length > TEXT_SIZE)
		length = TEXT_SIZE;
	hold(&before);
	ticker.drawn = ticker.drawn && length == ticker.length &&
		       memcmp(ticker.line + strlen(ERASE), text, length) == 0;
	memcpy(ticker.line + strlen(ERASE), text, length);
	ticker.length = length;
	ticker.begun_ms = bl_cli_clock_ms() - elapsed_ms;
	sigprocmask(SIG_SETMASK, &before, NULL);
}

void bl_cli_ticker_hide(void)
{
	sigset_t before;

	if (!running)
		return;
	hold(&before);
	ticker.length = 0;
	ticker.drawn = false;
	if (ticker.dirty)
		ticker.dirty = write(ticker.file, ERASE, strlen(ERASE)) < 0;
	sigprocmask(SIG_SETMASK, &before, NULL);
}

void bl_cli_ticker_end(void)
{
	static const struct itimerval never = { { 0, 0 }, { 0, 0 } };
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	if (!running)
		return;
	setitimer(ITIMER_REAL, &never, NULL);
	bl_cli_ticker_hide();
	running = false;
	/* Ignoring discards an alarm that is still on its way: the former action may end the program. */
	sigemptyset(&ignore.sa_mask);
	sigaction(SIGALRM, &ignore, NULL);
	sigaction(SIGALRM, &action_before, NULL);
}

void bl_cli_ticker_forget(void)
{
	if (running)
		sigaction(SIGALRM, &action_before, NULL);
	running = false;
}
