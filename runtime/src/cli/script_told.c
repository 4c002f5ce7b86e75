/*
 * What a run tells of its scripts, and of data seeds that it passes by: a line for each as it happens, how many at the end, and as JSON all of them.
 *
 * The event of a script has no version, and its name is that of its file: "F0007_clean_orphans", "R__orders_view".
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scripts.h"
#include "sets.h"

bool bl_cli_is_script_event(const struct bobolink_event *event)
{
	return event->version < 0 && *event->name;
}

/* What stands before the name itself: "F0007_" of a fix, "R__" of a repeatable. */
static size_t prefix_length(const char *name)
{
	size_t digits = *name == 'F' ? strspn(name + 1, "0123456789") : 0;

	if (digits && name[1 + digits] == '_')
		return digits + 2;
	return strncmp(name, "R__", 3) == 0 ? 3 : 0;
}

bool bl_cli_is_fix_event(const struct bobolink_event *event)
{
	return bl_cli_is_script_event(event) && *event->name == 'F';
}

static void release(struct bl_cli_script_outcome *item)
{
	free(item->set_name);
	free(item->name);
	free(item->detail);
}

/* For JSON, where other things stand before it. Where memory runs out there is none at all. */
static void keep(struct bl_cli_told *told, const struct bobolink_event *event)
{
	struct bl_cli_script_outcome item = {
		.kind = event->kind,
		.version = event->version,
		.duration_ms = event->duration_ms,
		.set_name = strdup(event->set_name),
		.name = strdup(event->name),
		.detail = strdup(event->detail),
	};
	struct bl_cli_script_outcome *items =
		realloc(told->items, (told->count + 1) * sizeof(*items));

	told->items = items ? items : told->items;
	if (items && item.set_name && item.name && item.detail) {
		items[told->count++] = item;
		return;
	}
	release(&item);
	told->incomplete = true;
}

static void count(struct bl_cli_told *told, const struct bobolink_event *event)
{
	bool fix = bl_cli_is_fix_event(event);

	if (event->kind == BOBOLINK_EVENT_APPLIED)
		*(fix ? &told->fixes : &told->repeatables) += 1;
	else if (event->kind == BOBOLINK_EVENT_SKIPPED)
		told->skipped++;
	else if (event->level != BOBOLINK_ERROR)
		told->failed++;
}

/* "applied F0007_clean_orphans (3 ms): 3 rows: orphans removed" */
static void print_outcome(struct bl_cli *cli, const struct bobolink_event *event)
{
	struct bl_cli_output *out = &cli->out;
	char took[40];

	bl_cli_sets_head(cli, event->set_name);
	bl_cli_print(out, "%s ", bobolink_event_name(event->kind));
	if (event->version >= 0)
		bl_cli_print(out, "%" PRId64 " ", event->version);
	bl_cli_print_text(out, event->name);
	if (event->duration_ms >= 0 && event->kind != BOBOLINK_EVENT_SKIPPED)
		bl_cli_print(out, " (%s)", bl_cli_duration(event->duration_ms, took, sizeof(took)));
	/* What ends the run is its error, which follows. */
	if (*event->detail && event->level != BOBOLINK_ERROR) {
		bl_cli_print(out, ": ");
		bl_cli_print_text(out, event->detail);
	}
	bl_cli_print(out, "\n");
	bl_cli_output_flush(out);
}

void bl_cli_on_seed_skipped(struct bl_cli *cli, const struct bobolink_event *event)
{
	if (cli->json_wanted)
		keep(&cli->told, event);
	else
		print_outcome(cli, event);
}

void bl_cli_on_script_event(struct bl_cli *cli, const struct bobolink_event *event)
{
	/* The one fix that a flag names is told by its command; one that is looked at in every run has been told before. */
	bool told = cli->fix >= 0 || event->level == BOBOLINK_DEBUG;

	switch (event->kind) {
	case BOBOLINK_EVENT_APPLIED:
	case BOBOLINK_EVENT_SKIPPED:
	case BOBOLINK_EVENT_FAILED:
		count(&cli->told, event);
		if (told)
			return;
		if (cli->json_wanted)
			keep(&cli->told, event);
		else
			print_outcome(cli, event);
		return;
	case BOBOLINK_EVENT_SLOW:
	case BOBOLINK_EVENT_CODE:
	case BOBOLINK_EVENT_FORCED:
	case BOBOLINK_EVENT_NOTE:
		bl_cli_say(cli, "%s: %s", event->name, event->detail);
		return;
	default:
		return;
	}
}

static void outcome_as_json(struct bl_cli *cli, const struct bl_cli_script_outcome *item)
{
	struct bl_json *json = &cli->json;
	size_t prefix = prefix_length(item->name);
	bool fix = *item->name == 'F';

	bl_json_object(json, NULL);
	if (cli->several)
		bl_json_text(json, "set", item->set_name);
	bl_json_text(json, "kind", fix ? "fix" : "repeatable");
	if (fix && prefix)
		bl_json_bytes(json, "label", item->name, prefix - 1);
	bl_json_text(json, "name", item->name + prefix);
	bl_json_text(json, "outcome", bobolink_event_name(item->kind));
	if (item->duration_ms >= 0)
		bl_json_number(json, "duration_ms", item->duration_ms);
	else
		bl_json_null(json, "duration_ms");
	bl_json_optional(json, "detail", item->detail);
	bl_json_object_end(json);
}

static void seed_as_json(struct bl_cli *cli, const struct bl_cli_script_outcome *item)
{
	struct bl_json *json = &cli->json;

	bl_json_object(json, NULL);
	if (cli->several)
		bl_json_text(json, "set", item->set_name);
	bl_json_version(json, "version", item->version);
	bl_json_text(json, "name", item->name);
	bl_json_text(json, "detail", item->detail);
	bl_json_object_end(json);
}

static void items_as_json(struct bl_cli *cli, const char *key, bool seeds)
{
	if (cli->told.incomplete) {
		bl_json_null(&cli->json, key);
		return;
	}
	bl_json_array(&cli->json, key);
	for (size_t i = 0; i < cli->told.count; i++) {
		const struct bl_cli_script_outcome *item = &cli->told.items[i];

		if (seeds && item->version >= 0)
			seed_as_json(cli, item);
		else if (!seeds && item->version < 0)
			outcome_as_json(cli, item);
	}
	bl_json_array_end(&cli->json);
}

void bl_cli_told_as_json(struct bl_cli *cli)
{
	items_as_json(cli, "skipped", true);
	items_as_json(cli, "scripts", false);
}

void bl_cli_told_forget(struct bl_cli *cli)
{
	for (size_t i = 0; i < cli->told.count; i++)
		release(&cli->told.items[i]);
	free(cli->told.items);
	memset(&cli->told, 0, sizeof(cli->told));
}
