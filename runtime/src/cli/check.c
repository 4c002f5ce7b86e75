/*
 * Check and verify: is there something to do, and is what was done still what this program carries.
 */
#include <inttypes.h>
#include <string.h>

#include "command.h"

int bl_cli_check(struct bl_cli *cli, struct bobolink_session *session, struct bobolink_error *error)
{
	(void)cli;
	return bobolink_check(session, error);
}

static const char *level_of(const struct bobolink_finding *finding)
{
	return finding->code == BOBOLINK_OK ? "note" : bobolink_result_name(finding->code);
}

static void findings_as_json(struct bl_cli *cli, const struct bobolink_findings *findings)
{
	bl_cli_json_array(&cli->json, "findings");
	for (uint32_t i = 0; i < findings->count; i++) {
		const struct bobolink_finding *finding = &findings->items[i];

		bl_cli_json_object(&cli->json, NULL);
		bl_cli_json_version(&cli->json, "version", finding->version);
		bl_cli_json_text(&cli->json, "name", finding->name);
		bl_cli_json_text(&cli->json, "finding", level_of(finding));
		bl_cli_json_text(&cli->json, "message", finding->message);
		bl_cli_json_object_end(&cli->json);
	}
	bl_cli_json_array_end(&cli->json);
}

static void print_findings(struct bl_cli *cli, const struct bobolink_findings *findings)
{
	for (uint32_t i = 0; i < findings->count; i++) {
		const struct bobolink_finding *finding = &findings->items[i];

		bl_cli_print_color(&cli->out, finding->code ? BL_CLI_RED : BL_CLI_YELLOW);
		bl_cli_print(&cli->out, "%s: ", level_of(finding));
		bl_cli_print_color(&cli->out, BL_CLI_PLAIN);
		bl_cli_print_text(&cli->out, finding->message);
		bl_cli_print(&cli->out, "\n");
	}
	if (findings->count == 0)
		bl_cli_print(&cli->out, "nothing found: what was applied is what this program "
					"carries\n");
}

int bl_cli_verify(struct bl_cli *cli, struct bobolink_session *session,
		  struct bobolink_error *error)
{
	struct bobolink_findings *findings;
	int rc = bobolink_verify(session, &findings, error);

	if (rc)
		return rc;
	if (cli->json_wanted)
		findings_as_json(cli, findings);
	else
		print_findings(cli, findings);
	rc = findings->verdict;
	bobolink_findings_free(findings);
	return rc;
}
