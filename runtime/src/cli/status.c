/*
 * Status: the table of all migrations, the scripts that are not done, and which command comes next.
 */
#include <inttypes.h>
#include <string.h>

#include "command.h"
#include "scripts.h"
#include "table.h"

#define STATE_COUNT (BOBOLINK_STATE_UNDONE + 1)

/* The environments that a data seed is for, or not for; null for any other migration. */
static void environments_as_json(struct bl_json *json, const struct bobolink_set *set,
				 int64_t version)
{
	uint32_t index = bl_cli_index(set, version);
	const struct bobolink_migration *migration =
		index == UINT32_MAX ? NULL : &set->migrations[index];

	bl_json_optional(json, "only",
			 migration ? bl_cli_migration_text(set, index, migration->only) : "");
	bl_json_optional(json, "except",
			 migration ? bl_cli_migration_text(set, index, migration->except) : "");
}

static void item_as_json(struct bl_json *json, const struct bobolink_set *set,
			 const struct bobolink_status_item *item)
{
	bl_json_object(json, NULL);
	bl_json_version(json, "version", item->version);
	bl_json_text(json, "name", item->name);
	bl_json_text(json, "state", bobolink_state_name(item->state));
	bl_json_optional(json, "executed_at", item->executed_at);
	if (item->duration_ms >= 0)
		bl_json_number(json, "duration_ms", item->duration_ms);
	else
		bl_json_null(json, "duration_ms");
	if (item->batch > 0)
		bl_json_number(json, "batch", item->batch);
	else
		bl_json_null(json, "batch");
	bl_json_optional(json, "applied_by", item->applied_by);
	bl_json_number(json, "attempts", item->attempts);
	bl_json_optional(json, "error", item->error);
	bl_json_optional(json, "rolled_back_at", item->rolled_back_at);
	environments_as_json(json, set, item->version);
	bl_json_object_end(json);
}

static void status_as_json(struct bl_cli *cli, const struct bobolink_status *status,
			   const struct bobolink_script_list *scripts)
{
	bl_json_array(&cli->json, "migrations");
	for (uint32_t i = 0; i < status->count; i++)
		item_as_json(&cli->json, cli->set, &status->items[i]);
	bl_json_array_end(&cli->json);
	bl_cli_fixes_as_json(&cli->json, scripts);
	bl_cli_repeatables_as_json(&cli->json, scripts);
	bl_json_number(&cli->json, "applied", status->applied);
	bl_json_number(&cli->json, "pending", status->pending);
	bl_json_text(&cli->json, "verdict", bobolink_result_name(status->verdict));
}

/* "10 migrations: 7 applied, 2 pending, 1 failed" */
static void print_counts(struct bl_cli_output *out, const struct bobolink_status *status)
{
	static const int order[] = {
		BOBOLINK_STATE_APPLIED,	     BOBOLINK_STATE_BASELINE,
		BOBOLINK_STATE_COSMETIC,     BOBOLINK_STATE_AMENDED,
		BOBOLINK_STATE_SKIPPED,	     BOBOLINK_STATE_PENDING,
		BOBOLINK_STATE_RUNNING,	     BOBOLINK_STATE_ROLLED_BACK,
		BOBOLINK_STATE_ROLLING_BACK, BOBOLINK_STATE_OUT_OF_ORDER,
		BOBOLINK_STATE_FAILED,	     BOBOLINK_STATE_CHANGED,
		BOBOLINK_STATE_MISSING,
	};
	uint32_t counts[STATE_COUNT] = { 0 };
	const char *before = ": ";

	for (uint32_t i = 0; i < status->count; i++)
		counts[status->items[i].state]++;
	bl_cli_print(out, "%u migration%s", (unsigned)status->count, status->count == 1 ? "" : "s");
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if (!counts[order[i]])
			continue;
		bl_cli_print(out, "%s%u %s", before, (unsigned)counts[order[i]],
			     bobolink_state_name(order[i]));
		before = ", ";
	}
	bl_cli_print(out, "\n");
}

static bool has_state(const struct bobolink_status *status, int state)
{
	for (uint32_t i = 0; i < status->count; i++) {
		if (status->items[i].state == state)
			return true;
	}
	return false;
}

/* Where nothing of the chain is left to do. */
static void print_advice_of_scripts(struct bl_cli *cli, const struct bobolink_script_list *scripts)
{
	uint32_t due = 0;

	for (uint32_t i = 0; i < scripts->count; i++) {
		const struct bobolink_script_item *item = &scripts->items[i];

		due += !bl_cli_script_rests(item) && bl_cli_script_waits(item) && !*item->next_at &&
		       !*item->waits;
	}
	if (scripts->failed)
		bl_cli_print_next(cli, "", BL_CLI_FIXES, -1);
	else if (due)
		bl_cli_print_next(cli, "", BL_CLI_MIGRATE, -1);
	else
		bl_cli_print(&cli->out, "nothing to do\n");
}

static void print_advice(struct bl_cli *cli, const struct bobolink_status *status,
			 const struct bobolink_script_list *scripts)
{
	switch (status->verdict) {
	case BOBOLINK_OK:
		print_advice_of_scripts(cli, scripts);
		return;
	case BOBOLINK_PENDING:
		bl_cli_print_next(cli, "", BL_CLI_MIGRATE, -1);
		return;
	case BOBOLINK_NEWER:
		bl_cli_print(&cli->out,
			     "the database is newer than this program: start a newer one\n");
		return;
	case BOBOLINK_HELD:
		if (!has_state(status, BOBOLINK_STATE_FAILED)) {
			bl_cli_print_next(cli, "", BL_CLI_MIGRATE, -1);
			return;
		}
		bl_cli_print_next(cli, "correct it and build again, or mend the data and ",
				  BL_CLI_RETRY, -1);
		return;
	default:
		bl_cli_print_next(cli, "", BL_CLI_VERIFY, -1);
	}
}

static void print_status(struct bl_cli *cli, const struct bobolink_status *status,
			 const struct bobolink_script_list *scripts)
{
	if (status->count)
		bl_cli_table(&cli->out, cli->set, status);
	bl_cli_script_table(&cli->out, scripts, BL_CLI_UNDONE_SCRIPTS);
	print_counts(&cli->out, status);
	bl_cli_script_counts(&cli->out, scripts, BL_CLI_ALL_FIXES);
	bl_cli_script_counts(&cli->out, scripts, BL_CLI_ALL_REPEATABLES);
	print_advice(cli, status, scripts);
}

int bl_cli_status(struct bl_cli *cli, struct bobolink_session *session,
		  struct bobolink_error *error)
{
	struct bobolink_script_list *scripts = NULL;
	struct bobolink_status *status = NULL;
	int rc = bobolink_status(session, &status, error);

	if (rc == BOBOLINK_OK)
		rc = bobolink_script_list(session, &scripts, error);
	if (rc == BOBOLINK_OK && cli->json_wanted)
		status_as_json(cli, status, scripts);
	else if (rc == BOBOLINK_OK)
		print_status(cli, status, scripts);
	bobolink_script_list_free(scripts);
	bobolink_status_free(status);
	return rc;
}
