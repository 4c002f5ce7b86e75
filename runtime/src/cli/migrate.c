/*
 * Migrate: runs what is pending and tells about each migration as it is committed.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../log/text.h"
#include "command.h"

/* A progress line appears after this long, and changes no more often than this. */
#define LINE_AFTER_MS 1000u
#define LINE_EVERY_MS 100u
/* Where it would not fit it would leave its first half behind. */
#define LINE_WIDTH 80u
#define NAME_WIDTH 20u

static void clear_line(struct bl_cli *cli)
{
	if (cli->line_shown)
		bl_cli_print(&cli->note, "\r\033[K");
	cli->line_shown = false;
}

static void print_short(struct bl_cli_output *out, const char *text)
{
	unsigned columns = bl_cli_text_columns(text);

	bl_cli_print_fitted(out, text, columns < NAME_WIDTH ? columns : NAME_WIDTH);
}

static void show_line(struct bl_cli *cli, const struct bobolink_progress *progress)
{
	struct bl_cli_output *note = &cli->note;

	bl_cli_print(note, "\r\033[K");
	if (progress->waiting_for) {
		bl_cli_print(note, "waiting for ");
		print_short(note, progress->waiting_for);
	} else {
		bl_cli_print(note, "[%u/%u] %" PRId64 " ", (unsigned)progress->step,
			     (unsigned)progress->steps, progress->version);
		print_short(note, progress->name);
		bl_cli_print(note, " statement %u/%u", (unsigned)progress->statement,
			     (unsigned)progress->statements);
	}
	bl_cli_print(note, " %" PRIu64 " s", progress->elapsed_ms / 1000);
	bl_cli_output_flush(note);
	cli->line_shown = true;
	cli->line_ms = progress->elapsed_ms;
}

int bl_cli_on_progress(void *context, const struct bobolink_progress *progress)
{
	struct bl_cli *cli = context;
	uint64_t now = progress->elapsed_ms;

	if (cli->note.terminal && cli->note.width >= LINE_WIDTH && now >= LINE_AFTER_MS &&
	    (now < cli->line_ms || now - cli->line_ms >= LINE_EVERY_MS))
		show_line(cli, progress);
	return 0;
}

static void tell_applied(struct bl_cli *cli, const struct bobolink_event *event)
{
	char took[40];

	if (cli->json_wanted) {
		bl_cli_json_object(&cli->json, NULL);
		bl_cli_json_version(&cli->json, "version", event->version);
		bl_cli_json_text(&cli->json, "name", event->name);
		bl_cli_json_number(&cli->json, "duration_ms", event->duration_ms);
		bl_cli_json_object_end(&cli->json);
	} else {
		bl_cli_print(&cli->out, "applied %" PRId64 " ", event->version);
		bl_cli_print_text(&cli->out, event->name);
		bl_cli_print(&cli->out, " (%s)\n",
			     bl_cli_duration(event->duration_ms, took, sizeof(took)));
	}
	bl_cli_output_flush(&cli->out);
}

void bl_cli_on_event(void *context, const struct bobolink_event *event)
{
	struct bl_cli *cli = context;

	clear_line(cli);
	switch (event->kind) {
	case BOBOLINK_EVENT_APPLIED:
		tell_applied(cli, event);
		return;
	case BOBOLINK_EVENT_SLOW:
		bl_cli_say(cli, "%" PRId64 " (%s): %s", event->version, event->name, event->detail);
		return;
	case BOBOLINK_EVENT_WAIT:
	case BOBOLINK_EVENT_NOTE:
		bl_cli_say(cli, "%s", event->detail);
		return;
	default:
		return;
	}
}

static uint64_t clock_ms(void)
{
	struct timespec now = { 0, 0 };

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void print_end(struct bl_cli *cli, int rc, uint32_t applied, uint64_t ms)
{
	char took[40];

	if (rc && applied)
		bl_cli_say(cli, "%u migration%s applied before that stay%s", (unsigned)applied,
			   applied == 1 ? "" : "s", applied == 1 ? "s" : "");
	if (rc || cli->json_wanted)
		return;
	if (applied)
		bl_cli_print(&cli->out, "%u migration%s applied in %s\n", (unsigned)applied,
			     applied == 1 ? "" : "s",
			     bl_cli_duration((int64_t)ms, took, sizeof(took)));
	else
		bl_cli_print(&cli->out, "nothing to do\n");
}

int bl_cli_migrate(struct bl_cli *cli, struct bobolink_session *session,
		   struct bobolink_error *error)
{
	uint64_t begun = clock_ms();
	uint32_t applied = 0;
	int rc;

	if (cli->json_wanted)
		bl_cli_json_array(&cli->json, "applied");
	rc = bobolink_apply(session, cli->target, &applied, error);
	clear_line(cli);
	if (cli->json_wanted)
		bl_cli_json_array_end(&cli->json);
	print_end(cli, rc, applied, clock_ms() - begun);
	return rc;
}
