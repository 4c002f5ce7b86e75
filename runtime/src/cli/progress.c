/*
 * Progress: a line for each migration as it is done, on a terminal or in a pipe, and on a terminal one that
 * moves meanwhile.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../log/text.h"
#include "command.h"
#include "interrupt.h"
#include "scripts.h"
#include "sets.h"
#include "ticker.h"

/* A narrower terminal would break the line, and its first half could not be erased. */
#define LINE_WIDTH  80u
#define CLOCK_WIDTH 12u
#define NAME_SIZE   128

void bl_cli_work_begin(struct bl_cli *cli, struct bobolink_session *session)
{
	if (session)
		bl_cli_interrupt_begin(session);
	/* What stands in our buffers comes before the line. */
	bl_cli_output_flush(&cli->out);
	if (cli->note.terminal && cli->note.width >= LINE_WIDTH)
		bl_cli_ticker_begin(fileno(cli->note.stream));
}

void bl_cli_work_end(struct bl_cli *cli, struct bobolink_session *session)
{
	bl_cli_ticker_end();
	if (session)
		cli->signal = bl_cli_interrupt_end();
}

/*
 * "[2/5] 7 create_orders statement 3/4"; the name gets what the numbers leave. A script has no version, and a function of the
 * application may not know how much it has to do.
 */
static void describe_step(const struct bobolink_progress *progress, char *text, size_t size)
{
	char before[64] = "";
	char after[64];
	char name[NAME_SIZE];
	size_t taken;

	if (progress->version >= 0)
		snprintf(before, sizeof(before), "[%u/%u] %" PRId64 " ", (unsigned)progress->step,
			 (unsigned)progress->steps, progress->version);
	if (progress->statements)
		snprintf(after, sizeof(after), " statement %u/%u", (unsigned)progress->statement,
			 (unsigned)progress->statements);
	else
		snprintf(after, sizeof(after), " %u done", (unsigned)progress->statement);
	taken = strlen(before) + strlen(after) + CLOCK_WIDTH;
	bl_cli_text_fit(progress->name, taken + 8 < LINE_WIDTH ? LINE_WIDTH - (unsigned)taken : 8,
			name, sizeof(name));
	snprintf(text, size, "%s%s%s", before, name, after);
}

static void describe_wait(const struct bobolink_progress *progress, char *text, size_t size)
{
	char holder[NAME_SIZE];

	bl_cli_text_fit(progress->waiting_for,
			LINE_WIDTH - CLOCK_WIDTH - (unsigned)strlen("waiting for "), holder,
			sizeof(holder));
	snprintf(text, size, "waiting for %s", holder);
}

int bl_cli_on_progress(void *context, const struct bobolink_progress *progress)
{
	char text[256];

	(void)context;
	if (progress->waiting_for)
		describe_wait(progress, text, sizeof(text));
	else
		describe_step(progress, text, sizeof(text));
	bl_cli_ticker_show(text, progress->elapsed_ms);
	return 0;
}

static void tell_as_json(struct bl_cli *cli, const struct bobolink_event *event)
{
	bl_json_object(&cli->json, NULL);
	if (cli->several)
		bl_json_text(&cli->json, "set", event->set_name);
	bl_json_version(&cli->json, "version", event->version);
	bl_json_text(&cli->json, "name", event->name);
	bl_json_number(&cli->json, "duration_ms", event->duration_ms);
	bl_json_object_end(&cli->json);
}

/* "applied 7 create_orders (3 ms)" */
static void tell(struct bl_cli *cli, const char *what, const struct bobolink_event *event)
{
	char took[40];

	bl_cli_sets_head(cli, event->set_name);
	bl_cli_print(&cli->out, "%s %" PRId64 " ", what, event->version);
	bl_cli_print_text(&cli->out, event->name);
	if (event->duration_ms >= 0)
		bl_cli_print(&cli->out, " (%s)",
			     bl_cli_duration(event->duration_ms, took, sizeof(took)));
	bl_cli_print(&cli->out, "\n");
}

/* A migration was done; the JSON array of the run is open. */
static void tell_done(struct bl_cli *cli, const char *what, const struct bobolink_event *event)
{
	if (cli->json_wanted)
		tell_as_json(cli, event);
	else
		tell(cli, what, event);
	bl_cli_output_flush(&cli->out);
}

/*
 * What took time was made or restored, and the rest removed. A backup that was asked for is the result; a restore says
 * here where the former database is.
 */
static void tell_backup(struct bl_cli *cli, const struct bobolink_event *event)
{
	bool done = event->duration_ms >= 0;

	if (done && cli->flags.action == BL_CLI_BACKUP)
		return;
	if (done && cli->flags.action == BL_CLI_RESTORE && cli->json_wanted)
		bl_json_text(&cli->json, "kept", event->detail);
	bl_cli_say(cli, "%s", event->detail);
}

void bl_cli_on_event(void *context, const struct bobolink_event *event)
{
	struct bl_cli *cli = context;

	bl_cli_ticker_hide();
	if (bl_cli_is_script_event(event)) {
		bl_cli_on_script_event(cli, event);
		return;
	}
	switch (event->kind) {
	case BOBOLINK_EVENT_APPLIED:
		tell_done(cli, "applied", event);
		return;
	case BOBOLINK_EVENT_ROLLED_BACK:
		tell_done(cli, "rolled back", event);
		return;
	case BOBOLINK_EVENT_FAILED:
		/* As JSON it is the error, which names the migration. */
		if (!cli->json_wanted && event->version >= 0)
			tell(cli, "failed", event);
		return;
	case BOBOLINK_EVENT_FORCED:
		/* Before a way down somebody was asked. */
		if (event->version < 0)
			return;
		bl_cli_say(cli, "%" PRId64 " (%s): %s", event->version, event->name, event->detail);
		return;
	case BOBOLINK_EVENT_SLOW:
	case BOBOLINK_EVENT_CODE:
		bl_cli_say(cli, "%" PRId64 " (%s): %s", event->version, event->name, event->detail);
		return;
	case BOBOLINK_EVENT_SKIPPED:
		bl_cli_on_seed_skipped(cli, event);
		return;
	case BOBOLINK_EVENT_WAIT:
		/* Who waits for another program is not told that it is at work. */
		if (cli->flags.action != BL_CLI_WAIT)
			bl_cli_say(cli, "%s", event->detail);
		return;
	case BOBOLINK_EVENT_BACKUP:
		tell_backup(cli, event);
		return;
	case BOBOLINK_EVENT_NOTE:
		bl_cli_say(cli, "%s", event->detail);
		return;
	case BOBOLINK_EVENT_DRIFT:
		/* What a repair could not make. */
		if (cli->flags.action == BL_CLI_REPAIR)
			bl_cli_say(cli, "%s", event->detail);
		return;
	default:
		/* The rest is in the result, the error, or what was asked before. */
		return;
	}
}
