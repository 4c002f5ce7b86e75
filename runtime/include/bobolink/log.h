/*
 * Ready-made sinks for the events of a session: stderr, files of JSON lines, syslog.
 *
 * A sink is a bobolink_log_fn, to be put into options.log with its context in options.log_context. With
 * bobolink_log_to_all() one session has several, each from a level of its own:
 *
 *     struct bobolink_log_file file;
 *     struct bobolink_log_sink sinks[] = {
 *         { bobolink_log_to_stderr, NULL, BOBOLINK_WARNING },
 *         { bobolink_log_to_file, &file, BOBOLINK_INFO },
 *         { NULL, NULL, 0 },
 *     };
 *     struct bobolink_error error;
 *
 *     if (bobolink_log_file_open(&file, "/var/log/shop", "shop", &error))
 *         return fail(error.message);
 *     options.log = bobolink_log_to_all;
 *     options.log_context = sinks;
 *     …
 *     if (bobolink_log_file_close(&file, &error))
 *         fprintf(stderr, "shop: %s\n", error.message);
 *
 * Each event is one line, written by one call of write(2), so that lines of several processes do not
 * mix. Times are UTC, from the clock of this machine. No sink makes a migration fail; but a process that
 * writes to a pipe without reader, or beyond RLIMIT_FSIZE, gets SIGPIPE or SIGXFSZ from the system, and
 * ignoring these is the application's business.
 */
#ifndef BOBOLINK_LOG_H
#define BOBOLINK_LOG_H

#include <bobolink/bobolink.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Writes text for people to file descriptor 2; `context` is ignored. One line an event, "time level
 * set version name event (duration): detail", without what the event does not have:
 *
 *     2026-01-02T03:04:05.678Z info shop 7 create_orders applied (12 ms): statements: 3
 *
 * What a terminal would obey is shown by name (\x1b), so a text from a database does nothing there and
 * begins no second line. A line is cut at 4096 bytes, which pipes and terminals of Linux take at once.
 */
void bobolink_log_to_stderr(void *context, const struct bobolink_event *event);

/*
 * Writes the same without time and level by syslog(3), with priority LOG_DEBUG, LOG_INFO, LOG_WARNING
 * or LOG_ERR; `context` is ignored. openlog(3), and with it the facility, is the application's business.
 */
void bobolink_log_to_syslog(void *context, const struct bobolink_event *event);

#define BOBOLINK_LOG_PATH_SIZE 1024

/*
 * Files of JSON lines, one for each day (UTC): "<directory>/<prefix>-2026-01-02.jsonl". The struct is the
 * caller's, its members are the library's, but for `lost` and `failure`, which may be read. It belongs to one thread at
 * a time; processes may share the files.
 */
struct bobolink_log_file {
	uint64_t lost;	  /* events that were not written since it was opened */
	int32_t failure;  /* errno of the last of them; 0: none */
	uint32_t failing; /* the last event was one of them */
	uint32_t unsure;  /* the file may end inside a line */
	uint32_t reserved;
	char stem[BOBOLINK_LOG_PATH_SIZE]; /* the absolute path up to the date */
};

/*
 * Makes the directory if it is missing (not its parents), and today's file, so that a wrong place is told at
 * once. Both are closed to other users (0750, 0640): the message of a database may hold values of rows.
 *
 * prefix  a name without "/"; that of the set does well: shop_migrations.name.
 * Returns BOBOLINK_USAGE for another prefix or a path that is too long, BOBOLINK_IO_ERROR when the file
 * cannot be written.
 */
int bobolink_log_file_open(struct bobolink_log_file *file, const char *directory,
			   const char *prefix, struct bobolink_error *error);

/*
 * Appends a line; `context` is the struct bobolink_log_file. docs/json.md describes the keys. The file is opened
 * for each event: it may be moved away or removed at any time, and a directory that is gone is made again.
 *
 * An event that cannot be written (a full disk, a right that is missing) is lost and counted. The first of
 * a row of them is told on stderr; each next event is tried anew.
 */
void bobolink_log_to_file(void *context, const struct bobolink_event *event);

/* Returns BOBOLINK_IO_ERROR when events were lost: how many, and why. Nothing else is left to release. */
int bobolink_log_file_close(struct bobolink_log_file *file, struct bobolink_error *error);

/* One of several sinks. */
struct bobolink_log_sink {
	bobolink_log_fn *log;
	void *context;
	int32_t minimum; /* enum bobolink_level: events below it are left out */
};

/*
 * Hands an event to several sinks, in their order; `context` is an array of struct bobolink_log_sink that
 * ends with one whose `log` is NULL.
 */
void bobolink_log_to_all(void *context, const struct bobolink_event *event);

#ifdef __cplusplus
}
#endif

#endif
