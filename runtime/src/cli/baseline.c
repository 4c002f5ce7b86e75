/*
 * Baseline: takes migrations as applied on a database that was made by other means.
 */
#include <inttypes.h>
#include <string.h>

#include <bobolink/schema.h>

#include "command.h"
#include "confirm.h"

/* What stands between the first difference and the last. */
struct listing {
	struct bl_cli *cli;
	uint32_t count;
};

static void object_as_json(struct bl_json *json, const struct bobolink_object *expected,
			   const struct bobolink_object *actual)
{
	const struct bobolink_object *object = expected ? expected : actual;

	bl_json_object(json, NULL);
	bl_json_text(json, "kind", bobolink_object_kind_name(object->kind));
	bl_json_optional(json, "schema", object->schema);
	bl_json_optional(json, "parent", object->parent);
	bl_json_text(json, "name", object->name);
	if (expected)
		bl_json_text(json, "expected", expected->definition);
	else
		bl_json_null(json, "expected");
	if (actual)
		bl_json_text(json, "actual", actual->definition);
	else
		bl_json_null(json, "actual");
	bl_json_object_end(json);
}

static void print_difference(struct bl_cli_output *out, const struct bobolink_object *expected,
			     const struct bobolink_object *actual)
{
	char name[BOBOLINK_MESSAGE_SIZE];

	bobolink_object_text(expected ? expected : actual, name, sizeof(name));
	bl_cli_print(out, "  ");
	bl_cli_print_text(out, name);
	if (!actual) {
		bl_cli_print(out, " is missing\n");
	} else if (!expected) {
		bl_cli_print(out, " is not expected\n");
	} else {
		bl_cli_print(out, " is ");
		bl_cli_print_text(out, actual->definition);
		bl_cli_print(out, ", not ");
		bl_cli_print_text(out, expected->definition);
		bl_cli_print(out, "\n");
	}
}

static int on_difference(void *context, const struct bobolink_object *expected,
			 const struct bobolink_object *actual)
{
	struct listing *listing = context;
	struct bl_cli *cli = listing->cli;

	if (cli->json_wanted) {
		object_as_json(&cli->json, expected, actual);
	} else {
		if (listing->count == 0)
			bl_cli_print(&cli->out, "what differs from the schema at %" PRId64 ":\n",
				     cli->version);
		print_difference(&cli->out, expected, actual);
	}
	listing->count++;
	return 0;
}

static uint32_t count_up_to(const struct bobolink_set *set, int64_t version)
{
	uint32_t count = 0;

	while (count < set->migration_count && set->migrations[count].version <= version)
		count++;
	return count;
}

static void show_intention(struct bl_cli *cli, uint32_t count)
{
	if (cli->json_wanted) {
		bl_json_version(&cli->json, "version", cli->version);
		bl_json_number(&cli->json, "count", count);
		return;
	}
	bl_cli_print(&cli->out, "to take as applied, running nothing:\n");
	for (uint32_t i = 0; i < count; i++) {
		bl_cli_print(&cli->out, "  %" PRId64 " ", cli->set->migrations[i].version);
		bl_cli_print_text(&cli->out, bl_cli_migration_name(cli->set, i));
		bl_cli_print(&cli->out, "\n");
	}
}

/* What differs is shown before anybody is asked; it is compared again when it is recorded, because an answer takes its time. */
static uint32_t list_differences(struct bl_cli *cli, struct bobolink_session *session,
				 struct bobolink_error *error)
{
	struct listing listing = { cli, 0 };
	uint32_t count = 0;

	if (cli->json_wanted)
		bl_json_array(&cli->json, "differences");
	if (bobolink_schema_compare(session, cli->version, on_difference, &listing, &count, error))
		count = 1;
	if (cli->json_wanted)
		bl_json_array_end(&cli->json);
	return count;
}

static int record(struct bl_cli *cli, struct bobolink_session *session,
		  struct bobolink_error *error)
{
	uint32_t flags = bl_cli_flag_given(&cli->flags, BL_CLI_FORCE) ? BOBOLINK_FORCE : 0;
	uint32_t marked = 0;
	int rc;

	bl_cli_work_begin(cli, session);
	rc = bobolink_baseline(session, cli->version, flags, NULL, NULL, &marked, error);
	bl_cli_work_end(cli, session);
	if (cli->json_wanted)
		bl_json_number(&cli->json, "marked", marked);
	else if (rc == BOBOLINK_OK)
		bl_cli_print(&cli->out, "%u migration%s count%s as applied\n", (unsigned)marked,
			     marked == 1 ? "" : "s", marked == 1 ? "s" : "");
	return rc;
}

int bl_cli_baseline(struct bl_cli *cli, struct bobolink_session *session,
		    struct bobolink_error *error)
{
	uint32_t count = count_up_to(cli->set, cli->version);
	bool refused;
	int rc = BOBOLINK_OK;

	if (!bl_cli_carries(cli->set, cli->version))
		return bl_cli_fail(error, BOBOLINK_USAGE,
				   "version %" PRId64 " is not a migration of this program: take "
				   "one that --migrate-status lists",
				   cli->version);
	show_intention(cli, count);
	refused = list_differences(cli, session, error) > 0 &&
		  !bl_cli_flag_given(&cli->flags, BL_CLI_FORCE);
	if (!refused)
		rc = bl_cli_confirm(cli, error, "take %u migration%s as applied", (unsigned)count,
				    count == 1 ? "" : "s");
	return rc ? rc : record(cli, session, error);
}
