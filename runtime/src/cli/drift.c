/*
 * Drift: what differs between the database and what its history says, as text, JSON or SQL.
 */
#include <inttypes.h>
#include <string.h>

#include <bobolink/schema.h>

#include "command.h"

static const char *const words[] = {
	[BOBOLINK_DRIFT_MISSING] = "missing",
	[BOBOLINK_DRIFT_CHANGED] = "changed",
	[BOBOLINK_DRIFT_EXTRA] = "extra",
};

static void definition_as_json(struct bl_json *json, const char *key,
			       const struct bobolink_object *object)
{
	if (object)
		bl_json_text(json, key, object->definition);
	else
		bl_json_null(json, key);
}

static void item_as_json(struct bl_json *json, const struct bobolink_drift_item *item)
{
	const struct bobolink_object *object = item->expected ? item->expected : item->actual;

	bl_json_object(json, NULL);
	bl_json_text(json, "difference", words[item->kind]);
	bl_json_text(json, "kind", bobolink_object_kind_name(object->kind));
	bl_json_optional(json, "schema", object->schema);
	bl_json_optional(json, "parent", object->parent);
	bl_json_text(json, "name", object->name);
	definition_as_json(json, "expected", item->expected);
	definition_as_json(json, "actual", item->actual);
	if (item->version >= 0)
		bl_json_version(json, "version", item->version);
	else
		bl_json_null(json, "version");
	bl_json_optional(json, "migration", item->migration);
	bl_json_optional(json, "sql", item->sql);
	bl_json_optional(json, "reason", item->reason);
	bl_json_object_end(json);
}

static void show_json(struct bl_json *json, const struct bobolink_drift *drift)
{
	if (drift->version >= 0)
		bl_json_version(json, "version", drift->version);
	else
		bl_json_null(json, "version");
	bl_json_array(json, "differences");
	for (uint32_t i = 0; i < drift->count; i++)
		item_as_json(json, &drift->items[i]);
	bl_json_array_end(json);
	bl_json_number(json, "missing", drift->missing);
	bl_json_number(json, "changed", drift->changed);
	bl_json_number(json, "extra", drift->extra);
	bl_json_number(json, "ignored", drift->ignored);
}

static void print_definition(struct bl_cli_output *out, const char *word,
			     const struct bobolink_object *object)
{
	if (!object || !*object->definition)
		return;
	bl_cli_print(out, "  %s", word);
	bl_cli_print_text(out, object->definition);
	bl_cli_print(out, "\n");
}

static void print_item(struct bl_cli_output *out, const struct bobolink_drift_item *item)
{
	char name[BOBOLINK_MESSAGE_SIZE];

	bobolink_object_text(item->expected ? item->expected : item->actual, name, sizeof(name));
	bl_cli_print_color(out, item->kind == BOBOLINK_DRIFT_EXTRA ? BL_CLI_YELLOW : BL_CLI_RED);
	bl_cli_print(out, "%s ", words[item->kind]);
	bl_cli_print_color(out, BL_CLI_PLAIN);
	bl_cli_print_text(out, name);
	if (item->version >= 0) {
		bl_cli_print(out, ", of migration %" PRId64 " (", item->version);
		bl_cli_print_text(out, item->migration);
		bl_cli_print(out, ")");
	} else if (*item->migration) {
		bl_cli_print(out, ", of ");
		bl_cli_print_text(out, item->migration);
	}
	bl_cli_print(out, "\n");
	print_definition(out, "expected: ", item->expected);
	print_definition(out, "found:    ", item->actual);
	if (item->kind == BOBOLINK_DRIFT_MISSING && *item->reason) {
		bl_cli_print(out, "  ");
		bl_cli_print_text(out, item->reason);
		bl_cli_print(out, "\n");
	}
}

static void print_counts(struct bl_cli_output *out, const struct bobolink_drift *drift)
{
	if (drift->count)
		bl_cli_print(out, "\n%u missing, %u changed, %u extra", (unsigned)drift->missing,
			     (unsigned)drift->changed, (unsigned)drift->extra);
	else if (drift->version < 0)
		bl_cli_print(out, "no drift: nothing is applied, and nothing is there");
	else
		bl_cli_print(out,
			     "no drift: the schema is what the migrations up to %" PRId64 " make",
			     drift->version);
	if (drift->ignored)
		bl_cli_print(out, "; left out by BOBOLINK_IGNORE: %u", (unsigned)drift->ignored);
	bl_cli_print(out, "\n");
}

/* Whether one has changed that repeatables make, or that migrations do. */
static bool has_changed(const struct bobolink_drift *drift, bool of_repeatable)
{
	for (uint32_t i = 0; i < drift->count; i++) {
		const struct bobolink_drift_item *item = &drift->items[i];

		bool repeatable = item->version < 0 && *item->migration;

		if (item->kind == BOBOLINK_DRIFT_CHANGED && repeatable == of_repeatable)
			return true;
	}
	return false;
}

static void show_text(struct bl_cli *cli, const struct bobolink_drift *drift)
{
	for (uint32_t i = 0; i < drift->count; i++)
		print_item(&cli->out, &drift->items[i]);
	print_counts(&cli->out, drift);
	if (drift->missing)
		bl_cli_print_next(cli, "what is missing: ", BL_CLI_REPAIR, -1);
	if (has_changed(drift, false))
		bl_cli_print(&cli->out, "what has changed: write a migration that changes it back, "
					"or makes it what it is\n");
	if (has_changed(drift, true))
		bl_cli_print(&cli->out,
			     "what has changed, and a repeatable makes: change the text of "
			     "its file, a comment is enough, and it runs again\n");
	if (drift->extra)
		bl_cli_print(&cli->out, "what is extra: drop it, make it by a migration, or leave "
					"it out with BOBOLINK_IGNORE\n");
}

/* A script keeps every byte; on a terminal it is only looked at. */
static int write_sql(void *context, const char *text, size_t length)
{
	struct bl_cli_output *out = context;

	if (out->terminal)
		bl_cli_print_lines(out, text, length);
	else
		bl_cli_output_put(out, text, length);
	return 0;
}

static int show(struct bl_cli *cli, const struct bobolink_drift *drift,
		struct bobolink_error *error)
{
	if (cli->json_wanted)
		show_json(&cli->json, drift);
	else if (!cli->flags.value)
		show_text(cli, drift);
	else if (bobolink_drift_script(drift, write_sql, &cli->out))
		return bl_cli_fail(error, BOBOLINK_NO_MEMORY, "out of memory");
	return drift->count ? BOBOLINK_DRIFT : BOBOLINK_OK;
}

int bl_cli_drift(struct bl_cli *cli, struct bobolink_session *session, struct bobolink_error *error)
{
	struct bobolink_drift *drift = NULL;
	int rc = bobolink_drift(session, &drift, error);

	if (rc == BOBOLINK_OK)
		rc = show(cli, drift, error);
	bobolink_drift_free(drift);
	return rc;
}
