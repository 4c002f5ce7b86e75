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

/* The first statement that differs, where that is known. */
static bool has_statement(const struct bobolink_finding *finding)
{
	return *finding->recorded || *finding->carried;
}

static void statement_as_json(struct bl_json *json, const struct bobolink_finding *finding)
{
	if (!has_statement(finding)) {
		bl_json_null(json, "difference");
		return;
	}
	bl_json_object(json, "difference");
	bl_json_number(json, "statement", finding->statement);
	bl_json_number(json, "line", finding->line);
	bl_json_optional(json, "recorded", finding->recorded);
	bl_json_optional(json, "carried", finding->carried);
	bl_json_object_end(json);
}

static void findings_as_json(struct bl_cli *cli, const struct bobolink_findings *findings)
{
	bl_json_array(&cli->json, "findings");
	for (uint32_t i = 0; i < findings->count; i++) {
		const struct bobolink_finding *finding = &findings->items[i];

		bl_json_object(&cli->json, NULL);
		bl_json_version(&cli->json, "version", finding->version);
		bl_json_text(&cli->json, "name", finding->name);
		bl_json_text(&cli->json, "finding", level_of(finding));
		bl_json_text(&cli->json, "message", finding->message);
		statement_as_json(&cli->json, finding);
		bl_json_object_end(&cli->json);
	}
	bl_json_array_end(&cli->json);
}

static bool is_cosmetic(const struct bobolink_status *status, int64_t version)
{
	for (uint32_t i = 0; i < status->count; i++) {
		if (status->items[i].version == version)
			return status->items[i].state == BOBOLINK_STATE_COSMETIC;
	}
	return false;
}

static void print_version_of(struct bl_cli_output *out, const char *sql)
{
	if (!*sql)
		bl_cli_print(out, " none\n");
	else
		bl_cli_print(out, "\n");
	while (*sql) {
		size_t length = strcspn(sql, "\n");

		bl_cli_print(out, "    ");
		bl_cli_print_lines(out, sql, length);
		bl_cli_print(out, "\n");
		sql += length + (sql[length] == '\n');
	}
}

static void print_statement(struct bl_cli_output *out, const struct bobolink_finding *finding)
{
	bl_cli_print(out, "  statement %u as it was applied:", (unsigned)finding->statement);
	print_version_of(out, finding->recorded);
	bl_cli_print(out, "  in this program");
	if (finding->line)
		bl_cli_print(out, ", line %u", (unsigned)finding->line);
	bl_cli_print(out, ":");
	print_version_of(out, finding->carried);
}

static void print_finding(struct bl_cli_output *out, const struct bobolink_finding *finding)
{
	bl_cli_print_color(out, finding->code ? BL_CLI_RED : BL_CLI_YELLOW);
	bl_cli_print(out, "%s: ", level_of(finding));
	bl_cli_print_color(out, BL_CLI_PLAIN);
	bl_cli_print_text(out, finding->message);
	bl_cli_print(out, "\n");
	if (has_statement(finding))
		print_statement(out, finding);
}

/* The command that accepts a cosmetic change stands below its note. */
static void print_findings(struct bl_cli *cli, const struct bobolink_findings *findings,
			   const struct bobolink_status *status)
{
	for (uint32_t i = 0; i < findings->count; i++) {
		print_finding(&cli->out, &findings->items[i]);
		if (is_cosmetic(status, findings->items[i].version))
			bl_cli_print_next(cli, "  ", BL_CLI_RESTAMP, findings->items[i].version);
	}
	if (findings->count == 0)
		bl_cli_print(&cli->out, "nothing found: what was applied is what this program "
					"carries\n");
}

int bl_cli_verify(struct bl_cli *cli, struct bobolink_session *session,
		  struct bobolink_error *error)
{
	struct bobolink_findings *findings = NULL;
	struct bobolink_status *status = NULL;
	int rc = bobolink_verify(session, &findings, error);

	if (rc == BOBOLINK_OK)
		rc = bobolink_status(session, &status, error);
	if (rc == BOBOLINK_OK) {
		if (cli->json_wanted)
			findings_as_json(cli, findings);
		else
			print_findings(cli, findings, status);
		rc = findings->verdict;
	}
	bobolink_status_free(status);
	bobolink_findings_free(findings);
	return rc;
}
