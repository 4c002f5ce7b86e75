/*
 * Plan: every statement that --migrate would run, as an SQL script with comments.
 */
#include <inttypes.h>

#include "command.h"

static bool in_transaction(const struct bobolink_plan_step *step)
{
	return !(step->flags & BOBOLINK_SECTION_NO_TRANSACTION);
}

static void print_step_head(struct bl_cli_output *out, const struct bobolink_plan_step *step)
{
	bl_cli_print(out, "-- %" PRId64 " ", step->version);
	bl_cli_print_text(out, step->name);
	bl_cli_print(out, " (");
	bl_cli_print_text(out, step->file);
	bl_cli_print(out, "): %s",
		     in_transaction(step) ? "in one transaction" : "outside a transaction");
	if (step->flags & BOBOLINK_SECTION_FOREIGN_KEYS_OFF)
		bl_cli_print(out, ", foreign keys off");
	if (step->flags & BOBOLINK_SECTION_DATA_LOSS)
		bl_cli_print(out, ", destroys data");
	if (step->first)
		bl_cli_print(out, ", goes on at statement %u of %u", (unsigned)step->first + 1,
			     (unsigned)step->statements);
	bl_cli_print(out, "\n");
}

static uint32_t print_step(struct bl_cli_output *out, const struct bobolink_plan *plan,
			   const struct bobolink_plan_step *step)
{
	struct bobolink_plan_statement statement;
	uint32_t number = step->first;

	print_step_head(out, step);
	for (; bobolink_plan_statement(plan, step, number, &statement); number++) {
		bl_cli_print_lines(out, statement.text, statement.length);
		bl_cli_print(out, ";\n");
	}
	if (number == step->first)
		bl_cli_print(out, "-- no statements\n");
	bl_cli_print(out, "\n");
	return number - step->first;
}

static void print_plan(struct bl_cli *cli, const struct bobolink_plan *plan)
{
	uint64_t statements = 0;

	if (plan->count == 0) {
		bl_cli_print(&cli->out, "-- nothing to do\n");
		return;
	}
	for (uint32_t i = 0; i < plan->count; i++)
		statements += print_step(&cli->out, plan, &plan->steps[i]);
	bl_cli_print(&cli->out, "-- %u migration%s, %" PRIu64 " statement%s; nothing was written\n",
		     (unsigned)plan->count, plan->count == 1 ? "" : "s", statements,
		     statements == 1 ? "" : "s");
	bl_cli_print_next(cli, "-- ", BL_CLI_MIGRATE);
}

static void statements_as_json(struct bl_cli_json *json, const struct bobolink_plan *plan,
			       const struct bobolink_plan_step *step)
{
	struct bobolink_plan_statement statement;

	bl_cli_json_array(json, "statements");
	for (uint32_t i = step->first; bobolink_plan_statement(plan, step, i, &statement); i++) {
		bl_cli_json_object(json, NULL);
		bl_cli_json_number(json, "line", statement.line);
		bl_cli_json_number(json, "column", statement.column);
		bl_cli_json_bytes(json, "sql", statement.text, statement.length);
		bl_cli_json_object_end(json);
	}
	bl_cli_json_array_end(json);
}

static void plan_as_json(struct bl_cli_json *json, const struct bobolink_plan *plan)
{
	bl_cli_json_array(json, "steps");
	for (uint32_t i = 0; i < plan->count; i++) {
		const struct bobolink_plan_step *step = &plan->steps[i];

		bl_cli_json_object(json, NULL);
		bl_cli_json_version(json, "version", step->version);
		bl_cli_json_text(json, "name", step->name);
		bl_cli_json_text(json, "file", step->file);
		bl_cli_json_bool(json, "transaction", in_transaction(step));
		bl_cli_json_bool(json, "foreign_keys_off",
				 step->flags & BOBOLINK_SECTION_FOREIGN_KEYS_OFF);
		bl_cli_json_bool(json, "data_loss", step->flags & BOBOLINK_SECTION_DATA_LOSS);
		bl_cli_json_number(json, "first_statement", (int64_t)step->first + 1);
		statements_as_json(json, plan, step);
		bl_cli_json_object_end(json);
	}
	bl_cli_json_array_end(json);
}

int bl_cli_plan(struct bl_cli *cli, struct bobolink_session *session, struct bobolink_error *error)
{
	struct bobolink_plan *plan;
	int rc = bobolink_plan(session, BOBOLINK_HEAD, &plan, error);

	if (rc)
		return rc;
	if (cli->json_wanted)
		plan_as_json(&cli->json, plan);
	else
		print_plan(cli, plan);
	bobolink_plan_free(plan);
	return BOBOLINK_OK;
}
