/*
 * A worker of a fleet: the process that works on one database.
 *
 * Its standard output and error are the pipe to the parent, so that what the application's on_open, or a program that
 * makes a backup, prints is told as being about this database. The outcome follows as the last bytes. It never calls
 * exit(): what the application has registered with atexit(), and what stood in its buffers, is the parent's.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <bobolink/backend.h>

#include "fleet.h"
#include "interrupt.h"
#include "scripts.h"
#include "ticker.h"

#define USUAL_PATIENCE_MS 60000u
#define PAUSE_MS	  100

struct worker {
	struct bl_cli *cli;
	const struct bl_fleet_database *database;
	pid_t parent;
	char directory[BOBOLINK_PATH_SIZE]; /* of the backups */
	struct bl_fleet_outcome outcome;
};

static void print_line(struct bl_cli *cli, const char *text)
{
	bl_cli_print_lines(&cli->out, text, strlen(text));
	bl_cli_print(&cli->out, "\n");
	/* Who is killed has still said it. */
	bl_cli_output_flush(&cli->out);
}

/* "F0007_clean_orphans failed: no such table: orders" */
static void print_script(struct bl_cli *cli, const struct bobolink_event *event, const char *what)
{
	bl_cli_print_text(&cli->out, event->name);
	bl_cli_print(&cli->out, "%s: ", what);
	print_line(cli, event->detail);
}

static void on_script_event(struct worker *worker, const struct bobolink_event *event)
{
	switch (event->kind) {
	case BOBOLINK_EVENT_APPLIED:
		worker->outcome.scripts++;
		return;
	case BOBOLINK_EVENT_FAILED:
		/* What ends the run is its error. */
		if (event->level == BOBOLINK_ERROR)
			return;
		worker->outcome.fixes_failed++;
		print_script(worker->cli, event, " failed");
		return;
	case BOBOLINK_EVENT_NOTE:
	case BOBOLINK_EVENT_SLOW:
	case BOBOLINK_EVENT_FORCED:
	case BOBOLINK_EVENT_CODE:
		print_script(worker->cli, event, "");
		return;
	default:
		return;
	}
}

static void on_event(void *context, const struct bobolink_event *event)
{
	struct worker *worker = context;

	if (bl_cli_is_script_event(event)) {
		on_script_event(worker, event);
		return;
	}
	switch (event->kind) {
	case BOBOLINK_EVENT_NOTE:
	case BOBOLINK_EVENT_SLOW:
	case BOBOLINK_EVENT_BACKUP:
	case BOBOLINK_EVENT_FORCED:
	case BOBOLINK_EVENT_REPAIRED:
	case BOBOLINK_EVENT_DRIFT:
	case BOBOLINK_EVENT_CODE:
		print_line(worker->cli, event->detail);
		return;
	default:
		/* The rest is in the outcome. */
		return;
	}
}

/* Without a parent nobody knows of this process any more. */
static int on_progress(void *context, const struct bobolink_progress *progress)
{
	const struct worker *worker = context;

	(void)progress;
	return getppid() != worker->parent;
}

/* The words are those of the server in English: libpq does not tell the code (53300) of a connection that failed. */
static bool is_crowded(int rc, const struct bobolink_error *error)
{
	return rc == BOBOLINK_UNREACHABLE && (strstr(error->message, "too many clients already") ||
					      strstr(error->message, "too many connections for") ||
					      strstr(error->message, "remaining connection slots"));
}

/* The others of the fleet may have all connections that the server allows: they will end. */
static int connect_patiently(struct worker *worker, void **handle, struct bobolink_error *error)
{
	const struct bobolink_backend *backend = worker->cli->set->backend();
	const struct timespec pause = { 0, PAUSE_MS * 1000000L };
	uint32_t patience = worker->cli->session_options.lock_timeout_ms;
	uint64_t begun = bl_cli_clock_ms();
	int rc;

	for (;;) {
		rc = backend->connect(worker->database->url, false, handle, error);
		if (!is_crowded(rc, error) || getppid() != worker->parent ||
		    bl_cli_clock_ms() - begun >= (patience ? patience : USUAL_PATIENCE_MS))
			break;
		nanosleep(&pause, NULL);
	}
	/* Beside BOBOLINK_OK a message says that an empty database stands in for one that does not exist. */
	if (rc == BOBOLINK_OK && error->message[0])
		return bl_cli_fail(error, BOBOLINK_UNREACHABLE,
				   "there is no such file, and a fleet makes none: correct the "
				   "line, or make the database with %s and %s",
				   bl_cli_flag_name(BL_CLI_MIGRATE),
				   bl_cli_flag_name(BL_CLI_DATABASE));
	return rc;
}

/* The names of backups tell the set alone: each database has a directory, called as it stands in the list. */
static int give_backups_a_place(struct worker *worker, struct bobolink_error *error)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "._-+,@=:";
	const char *base = bl_cli_backup_directory(worker->cli);
	const char *label = worker->database->label;
	size_t size = sizeof(worker->directory);
	size_t length = strlen(base) + 1;

	if (worker->cli->session_options.backup == BOBOLINK_BACKUP_NEVER)
		return BOBOLINK_OK;
	/* Whether it can be used is found out when a backup is made. */
	if (mkdir(base, 0700) && errno != EEXIST)
		return bl_cli_fail(error, BOBOLINK_BACKUP_FAILED, "%.500s cannot be made: %s", base,
				   strerror(errno));
	if (length < size)
		snprintf(worker->directory, size, "%s/", base);
	for (; *label && length + 4 <= size; label++)
		length += (size_t)snprintf(worker->directory + length, size - length,
					   strchr(plain, *label) ? "%c" : "%%%02X",
					   (unsigned char)*label);
	if (*label || length >= size)
		return bl_cli_fail(error, BOBOLINK_BACKUP_FAILED,
				   "the path of its backups is too long");
	worker->cli->session_options.backup_directory = worker->directory;
	return BOBOLINK_OK;
}

/* Most of a fleet is up to date, as after a run that was stopped, and that is two queries: the schema is looked at, too. */
static int migrate(struct worker *worker, struct bobolink_session *session,
		   struct bobolink_error *error)
{
	if (bobolink_check(session, error) == BOBOLINK_OK)
		return bobolink_boot(session, error);
	return bobolink_apply(session, BOBOLINK_HEAD, &worker->outcome.applied, error);
}

static int check(struct worker *worker, struct bobolink_session *session,
		 struct bobolink_error *error)
{
	(void)worker;
	return bobolink_check(session, error);
}

static int look_at_fixes(struct worker *worker, struct bobolink_session *session,
			 struct bobolink_error *error)
{
	struct bobolink_script_list *list = NULL;
	int rc;

	if (!worker->cli->set->scripts)
		return BOBOLINK_OK;
	rc = bobolink_script_list(session, &list, error);
	for (uint32_t i = 0; rc == BOBOLINK_OK && i < list->count; i++)
		worker->outcome.fixes_failed += bl_cli_is_fix(&list->items[i]) &&
						list->items[i].state == BOBOLINK_STATE_FAILED;
	bobolink_script_list_free(list);
	return rc;
}

static int look(struct worker *worker, struct bobolink_session *session,
		struct bobolink_error *error)
{
	struct bobolink_status *status;
	int rc = bobolink_status(session, &status, error);

	if (rc)
		return rc;
	worker->outcome.applied = status->applied;
	worker->outcome.pending = status->pending;
	worker->outcome.finding = status->verdict;
	bobolink_status_free(status);
	return look_at_fixes(worker, session, error);
}

static int verify(struct worker *worker, struct bobolink_session *session,
		  struct bobolink_error *error)
{
	struct bobolink_findings *findings;
	int rc = bobolink_verify(session, &findings, error);

	if (rc)
		return rc;
	for (uint32_t i = 0; i < findings->count; i++)
		print_line(worker->cli, findings->items[i].message);
	rc = findings->verdict;
	bobolink_findings_free(findings);
	return rc;
}

static int act(struct worker *worker, struct bobolink_session *session,
	       struct bobolink_error *error)
{
	switch (worker->cli->flags.action) {
	case BL_CLI_STATUS:
		return look(worker, session, error);
	case BL_CLI_CHECK:
		return check(worker, session, error);
	case BL_CLI_VERIFY:
		return verify(worker, session, error);
	default:
		return migrate(worker, session, error);
	}
}

static int work_on(struct worker *worker, void *handle, struct bobolink_error *error)
{
	const struct bobolink_cli_options *options = worker->cli->options;
	struct bobolink_session *session = NULL;
	int rc;

	if (options->on_open && options->on_open(handle, options->context))
		return bl_cli_fail(error, BOBOLINK_UNREACHABLE,
				   "the program refused the connection after opening it (on_open)");
	rc = bobolink_open(worker->cli->set, handle, &worker->cli->session_options, &session,
			   error);
	if (rc)
		return rc;
	bl_cli_interrupt_begin(session);
	rc = act(worker, session, error);
	worker->cli->signal = bl_cli_interrupt_end();
	bobolink_close(session);
	return rc;
}

static int work(struct worker *worker, struct bobolink_error *error)
{
	void *handle = NULL;
	int rc = give_backups_a_place(worker, error);

	if (rc == BOBOLINK_OK)
		rc = connect_patiently(worker, &handle, error);
	if (rc == BOBOLINK_OK)
		rc = work_on(worker, handle, error);
	if (handle)
		worker->cli->set->backend()->disconnect(handle);
	return rc;
}

/* Nobody answers questions, and what is printed goes through the pipe. */
static int redirect(int pipe)
{
	int nothing;

	if (dup2(pipe, STDOUT_FILENO) < 0 || dup2(pipe, STDERR_FILENO) < 0)
		return -1;
	if (pipe > STDERR_FILENO)
		close(pipe);
	nothing = open("/dev/null", O_RDONLY);
	if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0)
		return -1;
	if (nothing > STDERR_FILENO)
		close(nothing);
	return 0;
}

static void set_up(struct worker *worker)
{
	struct bobolink_options *options = &worker->cli->session_options;

	worker->cli->out.color = false;
	/* Nothing starts here that could go on, or let migrating be. */
	options->on_failure = BOBOLINK_ON_FAILURE_STOP;
	options->auto_migrate = BOBOLINK_AUTO_MIGRATE_ON;
	/* --migrate-check has no log. */
	if (options->log)
		options->log = on_event;
	options->log_context = worker;
	options->progress = on_progress;
	options->progress_context = worker;
}

/* When the parent is gone, so is who would read this. */
static int hand_over(const struct bl_fleet_outcome *outcome)
{
	const char *bytes = (const char *)outcome;
	size_t left = sizeof(*outcome);

	fflush(stdout);
	while (left) {
		ssize_t written = write(STDOUT_FILENO, bytes, left);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return 1;
		bytes += written;
		left -= (size_t)written;
	}
	return 0;
}

_Noreturn void bl_fleet_work(struct bl_cli *cli, const struct bl_fleet_database *database, int pipe,
			     pid_t parent)
{
	struct worker worker = { .cli = cli, .database = database, .parent = parent };
	struct bl_fleet_outcome *outcome = &worker.outcome;

	if (redirect(pipe))
		_exit(1);
	set_up(&worker);
	outcome->mark = BL_FLEET_MARK;
	outcome->result = work(&worker, &outcome->error);
	outcome->exit_code = bl_cli_exit_code(cli, outcome->result);
	if (cli->flags.action != BL_CLI_STATUS)
		outcome->finding = outcome->result;
	outcome->transient =
		outcome->result == BOBOLINK_LOCKED || is_crowded(outcome->result, &outcome->error);
	_exit(hand_over(outcome));
}
