/*
 * What the shop is on either database: how it starts, how it runs as a service, what it tells of its
 * migrations, its usage.
 */
#ifndef EXAMPLES_SHOP_H
#define EXAMPLES_SHOP_H

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bobolink/bobolink.h>
#include <bobolink/log.h>
#include <bobolink/systemd.h>

#define PROGRAM "shop 1.0"

/* SIGTERM or SIGINT, when one came; 0 until then. */
static volatile sig_atomic_t stop_signal;

static void ask_to_stop(int number)
{
	stop_signal = number;
}

/* A service ends by itself when it is asked to; the other commands leave that to the system. */
static void shop_catch_signals(void)
{
	struct sigaction action = { .sa_handler = ask_to_stop };

	sigemptyset(&action.sa_mask);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
}

/* A progress callback: a migration in hand is undone, what was applied stays, the next start goes on. */
static int stop_between_statements(void *context, const struct bobolink_progress *progress)
{
	(void)context;
	(void)progress;
	return stop_signal != 0;
}

/* A line for each migration, fix and repeatable that was applied, and one when another program is at it. */
static void show_event(void *context, const struct bobolink_event *event)
{
	(void)context;
	if (event->kind == BOBOLINK_EVENT_WAIT)
		fprintf(stderr, "shop: %s\n", event->detail);
	else if (event->kind == BOBOLINK_EVENT_APPLIED && event->version < 0)
		fprintf(stderr, "shop: applied %s\n", event->name);
	else if (event->kind == BOBOLINK_EVENT_APPLIED)
		fprintf(stderr, "shop: applied %2lld  %s\n", (long long)event->version,
			event->name);
}

/* What a start needs while it migrates. */
struct shop_start {
	struct bobolink_options options;
	struct bobolink_systemd systemd;
	struct bobolink_log_file file;
	struct bobolink_log_sink sinks[4];
};

/* Logs go to stderr, and to files of JSON lines where SHOP_LOG_DIR names a directory. */
static int shop_start_logs(struct shop_start *start, struct bobolink_error *error)
{
	const char *directory = getenv("SHOP_LOG_DIR");
	struct bobolink_log_sink *sink = start->sinks;

	*sink++ = (struct bobolink_log_sink){ show_event, NULL, BOBOLINK_INFO };
	*sink++ = (struct bobolink_log_sink){ bobolink_log_to_stderr, NULL, BOBOLINK_WARNING };
	start->options.log = bobolink_log_to_all;
	start->options.log_context = start->sinks;
	if (!directory || !*directory)
		return BOBOLINK_OK;
	*sink = (struct bobolink_log_sink){ bobolink_log_to_file, &start->file, BOBOLINK_INFO };
	return bobolink_log_file_open(&start->file, directory, "shop", error);
}

/* Returns BOBOLINK_OK, or what is wrong with the environment: AUTO_MIGRATE, BOBOLINK_ON_FAILURE, … */
static int shop_start_begin(struct shop_start *start, struct bobolink_error *error)
{
	int rc;

	*start = (struct shop_start){ .options = BOBOLINK_OPTIONS_INIT };
	rc = bobolink_options_from_env(&start->options, error);
	start->systemd.next = stop_between_statements;
	start->options.program = PROGRAM;
	start->options.progress = bobolink_systemd_progress;
	start->options.progress_context = &start->systemd;
	return rc ? rc : shop_start_logs(start, error);
}

/* Returns the exit code of the start: 0, or that of the flags for the same failure. */
static int shop_start_end(struct shop_start *start, int rc, const struct bobolink_error *error)
{
	char text[BOBOLINK_PATH_SIZE + BOBOLINK_MESSAGE_SIZE];
	struct bobolink_error lost;

	if (start->sinks[2].log && bobolink_log_file_close(&start->file, &lost))
		fprintf(stderr, "shop: %s\n", lost.message);
	if (rc == BOBOLINK_OK)
		return 0;
	fprintf(stderr, "shop: %s\n", bobolink_error_text(error, text, sizeof(text)));
	return stop_signal ? 128 + stop_signal : bobolink_exit_code(rc);
}

/* Seconds of a command, or the usual ones; 0 when they make no sense. */
static unsigned shop_seconds(const char *argument)
{
	char *end = NULL;
	unsigned long seconds = argument ? strtoul(argument, &end, 10) : 60;

	return (argument && *end) || seconds > 86400 ? 0 : (unsigned)seconds;
}

/* What `list` writes, to be freed by the caller; NULL when that failed, which was told. */
static char *shop_text(int (*list)(FILE *out, void *db), void *db)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	int code = out ? list(out, db) : 0;

	if (out && fclose(out) == 0 && code == 0)
		return text;
	if (code == 0)
		perror("shop");
	free(text);
	return NULL;
}

/*
 * The service: prints what `list` writes whenever that changed, until a signal asks to stop. Whoever
 * started it may count on it from now on.
 */
static int shop_watch(int (*list)(FILE *out, void *db), void *db, unsigned seconds)
{
	char *shown = NULL;
	int code = 0;

	if (bobolink_systemd_ready() < 0)
		perror("shop: NOTIFY_SOCKET");
	while (code == 0 && !stop_signal) {
		char *text = shop_text(list, db);

		if (!text)
			code = 1;
		else if (!shown || strcmp(shown, text) != 0)
			code = fputs(text, stdout) < 0 || fflush(stdout) != 0;
		free(shown);
		shown = text;
		for (unsigned left = seconds; code == 0 && left && !stop_signal; left--)
			sleep(1);
	}
	free(shown);
	return code;
}

static int shop_usage(void)
{
	fputs("usage: shop [stock | low | ledger | labels]\n"
	      "       shop receive|issue SKU WAREHOUSE QUANTITY [NOTE]\n"
	      "       shop watch [SECONDS]\n"
	      "       shop --migrate-status and the other --migrate-... flags\n",
	      stderr);
	return 2;
}

#endif
