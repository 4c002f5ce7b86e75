/*
 * Log: what happened to the migrations of this database, and to its scripts.
 *
 * On a terminal for people; in a pipe a line for each event with tabs between: time, event, version or label, name,
 * who, detail.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../log/text.h"
#include "command.h"

#define TIME_WIDTH  19u
#define EVENT_WIDTH 11u
#define NAME_SIZE   256

static void item_as_json(struct bl_json *json, const struct bobolink_log_item *item)
{
	bl_json_object(json, NULL);
	bl_json_number(json, "id", item->id);
	bl_json_text(json, "at", item->at);
	if (item->version >= 0)
		bl_json_version(json, "version", item->version);
	else
		bl_json_null(json, "version");
	bl_json_optional(json, "name", item->name);
	bl_json_text(json, "event", item->event);
	bl_json_text(json, "detail", item->detail);
	bl_json_text(json, "applied_by", item->applied_by);
	bl_json_text(json, "kind", item->kind);
	bl_json_optional(json, "item", item->item);
	bl_json_object_end(json);
}

static void log_as_json(struct bl_cli *cli, const struct bobolink_log *log)
{
	bl_json_array(&cli->json, "log");
	for (uint32_t i = 0; i < log->count; i++)
		item_as_json(&cli->json, &log->items[i]);
	bl_json_array_end(&cli->json);
}

static void print_plain(struct bl_cli_output *out, const struct bobolink_log_item *item)
{
	bl_cli_print_text(out, item->at);
	bl_cli_print(out, "\t");
	bl_cli_print_text(out, item->event);
	bl_cli_print(out, "\t");
	bl_cli_print_text(out, item->item);
	bl_cli_print(out, "\t");
	bl_cli_print_text(out, item->name);
	bl_cli_print(out, "\t");
	bl_cli_print_text(out, item->applied_by);
	bl_cli_print(out, "\t");
	bl_cli_print_text(out, item->detail);
	bl_cli_print(out, "\n");
}

static enum bl_cli_color color_of(const char *event)
{
	static const struct {
		const char *event;
		enum bl_cli_color color;
	} colors[] = {
		{ "failed", BL_CLI_RED },	  { "forced", BL_CLI_RED },
		{ "retry", BL_CLI_YELLOW },	  { "slow", BL_CLI_YELLOW },
		{ "rolled_back", BL_CLI_YELLOW }, { "applied", BL_CLI_GREEN },
	};

	for (size_t i = 0; i < sizeof(colors) / sizeof(colors[0]); i++) {
		if (strcmp(event, colors[i].event) == 0)
			return colors[i].color;
	}
	return BL_CLI_PLAIN;
}

/* "2026-01-02 03:04:05  applied      7 create_orders" */
static unsigned print_head(struct bl_cli_output *out, const struct bobolink_log_item *item)
{
	char at[TIME_WIDTH + 1];
	char what[2 * NAME_SIZE + 2];
	enum bl_cli_color color = color_of(item->event);

	snprintf(at, sizeof(at), "%s", item->at);
	if (strlen(at) == TIME_WIDTH && at[10] == 'T')
		at[10] = ' ';
	snprintf(what, sizeof(what), "%.*s%s%.*s", NAME_SIZE, item->item, *item->name ? " " : "",
		 NAME_SIZE, item->name);
	bl_cli_print_text(out, at);
	bl_cli_print(out, "  ");
	if (color != BL_CLI_PLAIN)
		bl_cli_print_color(out, color);
	bl_cli_print_fitted(out, item->event, EVENT_WIDTH);
	if (color != BL_CLI_PLAIN)
		bl_cli_print_color(out, BL_CLI_PLAIN);
	bl_cli_print(out, "  ");
	bl_cli_print_text(out, what);
	return TIME_WIDTH + 2 + EVENT_WIDTH + 2 + bl_text_columns(what);
}

/* The detail stands on the same line where it fits, else below, broken by the terminal itself. */
static void print_event(struct bl_cli_output *out, const struct bobolink_log_item *item)
{
	unsigned columns = print_head(out, item);
	unsigned detail = bl_text_columns(item->detail);

	if (detail && *item->item && columns + 2 + detail > out->width)
		bl_cli_print(out, "\n%*s", (int)(TIME_WIDTH + 2), "");
	else if (detail && *item->item)
		bl_cli_print(out, "  ");
	bl_cli_print_text(out, item->detail);
	bl_cli_print(out, "\n");
}

/* Who did it stands above the events, once for all that follow one another. */
static void print_for_people(struct bl_cli_output *out, const struct bobolink_log *log)
{
	const char *by = "";

	for (uint32_t i = 0; i < log->count; i++) {
		if (strcmp(log->items[i].applied_by, by) != 0) {
			by = log->items[i].applied_by;
			bl_cli_print(out, "by ");
			bl_cli_print_text(out, by);
			bl_cli_print(out, ":\n");
		}
		print_event(out, &log->items[i]);
	}
}

static void print_log(struct bl_cli *cli, const struct bobolink_log *log)
{
	if (cli->out.width) {
		print_for_people(&cli->out, log);
		if (log->count == 0)
			bl_cli_print(&cli->out, "nothing happened in the last %u day%s\n",
				     (unsigned)cli->number, cli->number == 1 ? "" : "s");
		return;
	}
	for (uint32_t i = 0; i < log->count; i++)
		print_plain(&cli->out, &log->items[i]);
}

int bl_cli_log(struct bl_cli *cli, struct bobolink_session *session, struct bobolink_error *error)
{
	struct bobolink_log *log = NULL;
	int rc = bobolink_log(session, cli->number, &log, error);

	if (rc)
		return rc;
	if (cli->json_wanted)
		log_as_json(cli, log);
	else
		print_log(cli, log);
	bobolink_log_free(log);
	return BOBOLINK_OK;
}
