/*
 * Repair: shows what is missing and the SQL that makes it again, asks, does it, and says what is left.
 */
#include <inttypes.h>
#include <string.h>

#include <bobolink/schema.h>

#include "command.h"
#include "confirm.h"

static const char *const actions[] = {
	[BOBOLINK_REPAIR_CREATE] = "create",
	[BOBOLINK_REPAIR_REAPPLY] = "reapply",
	[BOBOLINK_REPAIR_LEAVE] = "leave",
};

static void item_as_json(struct bl_json *json, const struct bobolink_repair_item *item)
{
	const struct bobolink_object *object = item->object;

	bl_json_object(json, NULL);
	bl_json_text(json, "action", actions[item->action]);
	if (item->version >= 0)
		bl_json_version(json, "version", item->version);
	else
		bl_json_null(json, "version");
	bl_json_optional(json, "migration", item->migration);
	bl_json_optional(json, "kind", object ? bobolink_object_kind_name(object->kind) : "");
	bl_json_optional(json, "schema", object ? object->schema : "");
	bl_json_optional(json, "parent", object ? object->parent : "");
	bl_json_optional(json, "name", object ? object->name : "");
	bl_json_optional(json, "sql", item->sql);
	bl_json_optional(json, "reason", item->reason);
	bl_json_object_end(json);
}

static void show_json(struct bl_json *json, const struct bobolink_repair *plan)
{
	bl_json_array(json, "items");
	for (uint32_t i = 0; i < plan->count; i++)
		item_as_json(json, &plan->items[i]);
	bl_json_array_end(json);
	bl_json_number(json, "creates", plan->creates);
	bl_json_number(json, "reapplied", plan->reapplied);
	bl_json_number(json, "left", plan->left);
}

static void print_migration(struct bl_cli_output *out, const struct bobolink_repair_item *item)
{
	bl_cli_print(out, "migration %" PRId64 " (", item->version);
	bl_cli_print_text(out, item->migration);
	bl_cli_print(out, ")");
}

static void print_object(struct bl_cli_output *out, const struct bobolink_repair_item *item)
{
	char name[BOBOLINK_MESSAGE_SIZE];

	bobolink_object_text(item->object, name, sizeof(name));
	bl_cli_print_text(out, name);
	if (item->version >= 0) {
		bl_cli_print(out, ", of ");
		print_migration(out, item);
	} else if (*item->migration) {
		bl_cli_print(out, ", of ");
		bl_cli_print_text(out, item->migration);
	}
}

/* What may be copied into a shell of the database: all but the SQL is a comment. */
static void print_item(struct bl_cli_output *out, const struct bobolink_repair_item *item)
{
	bl_cli_print(out, "-- ");
	if (item->action == BOBOLINK_REPAIR_CREATE) {
		print_object(out, item);
		bl_cli_print(out, "\n");
		bl_cli_print_lines(out, item->sql, strlen(item->sql));
		bl_cli_print(out, ";\n");
		return;
	}
	bl_cli_print(out, item->action == BOBOLINK_REPAIR_REAPPLY ? "to apply again: "
								  : "left as it is: ");
	if (item->object)
		print_object(out, item);
	else
		print_migration(out, item);
	bl_cli_print(out, ": ");
	bl_cli_print_text(out, item->reason);
	bl_cli_print(out, "\n");
}

static void show_text(struct bl_cli_output *out, const struct bobolink_repair *plan)
{
	for (uint32_t i = 0; i < plan->count; i++)
		print_item(out, &plan->items[i]);
}

static const char *plural(uint32_t count)
{
	return count == 1 ? "" : "s";
}

static int confirm(struct bl_cli *cli, const struct bobolink_repair *plan,
		   struct bobolink_error *error)
{
	if (plan->creates && plan->reapplied)
		return bl_cli_confirm(cli, error,
				      "make %u object%s again, and apply %u migration%s again",
				      (unsigned)plan->creates, plural(plan->creates),
				      (unsigned)plan->reapplied, plural(plan->reapplied));
	if (plan->creates)
		return bl_cli_confirm(cli, error, "make %u object%s again", (unsigned)plan->creates,
				      plural(plan->creates));
	if (plan->reapplied)
		return bl_cli_confirm(cli, error, "apply %u migration%s again",
				      (unsigned)plan->reapplied, plural(plan->reapplied));
	return BOBOLINK_OK;
}

static int run(struct bl_cli *cli, struct bobolink_session *session,
	       const struct bobolink_repair *plan, struct bobolink_error *error)
{
	uint32_t done = 0;
	int rc;

	if (cli->json_wanted)
		bl_json_array(&cli->json, "applied");
	bl_cli_work_begin(cli, session);
	rc = bobolink_repair(session, plan, &done, error);
	bl_cli_work_end(cli, session);
	if (cli->json_wanted) {
		bl_json_array_end(&cli->json);
		bl_json_number(&cli->json, "done", done);
	} else if (rc == BOBOLINK_OK && plan->count == 0) {
		bl_cli_print(&cli->out, "nothing is missing, and nothing has changed\n");
	} else if (plan->creates + plan->reapplied && (rc == BOBOLINK_OK || rc == BOBOLINK_DRIFT)) {
		bl_cli_print(&cli->out, "%u of %u made again; %s\n", (unsigned)done,
			     (unsigned)(plan->creates + plan->reapplied),
			     rc ? "something is left" : "the schema is as expected");
	}
	return rc;
}

int bl_cli_repair(struct bl_cli *cli, struct bobolink_session *session,
		  struct bobolink_error *error)
{
	struct bobolink_repair *plan = NULL;
	int rc = bobolink_plan_repair(session, &plan, error);

	if (rc)
		return rc;
	if (cli->json_wanted)
		show_json(&cli->json, plan);
	else
		show_text(&cli->out, plan);
	rc = confirm(cli, plan, error);
	if (rc == BOBOLINK_OK)
		rc = run(cli, session, plan, error);
	bobolink_repair_free(plan);
	return rc;
}
