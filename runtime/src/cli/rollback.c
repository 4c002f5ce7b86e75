/*
 * Rollback: shows what would be undone and lost, asks, and does it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "confirm.h"
#include "ticker.h"
#include "value.h"

/* What the question names of the losses, and how it ends when there are more. */
#define LOSSES_SIZE 600

static void print_step(struct bl_cli_output *out, const struct bobolink_plan_step *step)
{
	bl_cli_print(out, "  %" PRId64 " ", step->version);
	bl_cli_print_text(out, step->name);
	if (*step->file) {
		bl_cli_print(out, " (");
		bl_cli_print_text(out, step->file);
		bl_cli_print(out, ")");
	}
	if (step->batch > 0)
		bl_cli_print(out, ", batch %" PRId64, step->batch);
	if (step->flags & BOBOLINK_SECTION_NO_TRANSACTION)
		bl_cli_print(out, ", outside a transaction");
	if (step->first)
		bl_cli_print(out, ", goes on at statement %u of %u", (unsigned)step->first + 1,
			     (unsigned)step->statements);
	bl_cli_print(out, "%s\n", step->stored ? ", from the database:" : "");
}

/* Code that comes from a database is shown before it is run. */
static void print_stored(struct bl_cli_output *out, const struct bobolink_plan *plan,
			 const struct bobolink_plan_step *step)
{
	struct bobolink_plan_statement statement;

	for (uint32_t i = step->first; bobolink_plan_statement(plan, step, i, &statement); i++) {
		bl_cli_print(out, "      ");
		for (uint32_t at = 0; at < statement.length;) {
			const char *line = statement.text + at;
			const char *end = memchr(line, '\n', statement.length - at);
			uint32_t length = end ? (uint32_t)(end - line) + 1 : statement.length - at;

			bl_cli_print_lines(out, line, length);
			at += length;
			if (end && at < statement.length)
				bl_cli_print(out, "      ");
		}
		bl_cli_print(out, ";\n");
	}
}

static void print_down(struct bl_cli *cli, const struct bobolink_plan *plan)
{
	struct bl_cli_output *out = &cli->out;

	bl_cli_print(out, "to roll back, in this order:\n");
	for (uint32_t i = 0; i < plan->count; i++) {
		print_step(out, &plan->steps[i]);
		if (plan->steps[i].stored)
			print_stored(out, plan, &plan->steps[i]);
	}
	bl_cli_print_losses(out, plan);
}

/* "table orders (1,204 rows), column products.note (3 rows)", and how many more there is no room for. */
static void name_losses(const struct bobolink_plan *plan, char *text, size_t size)
{
	size_t length = 0;
	uint32_t named = 0;

	text[0] = '\0';
	for (uint32_t i = 0; i < plan->loss_count; i++) {
		char one[160];
		size_t more;

		if (plan->losses[i].rows == 0)
			continue;
		bl_cli_loss_text(&plan->losses[i], one, sizeof(one));
		more = strlen(one) + 2;
		if (length + more + 32 > size)
			break;
		length += (size_t)snprintf(text + length, size - length, "%s%s", named ? ", " : "",
					   one);
		named++;
	}
	if (named < plan->at_stake)
		snprintf(text + length, size - length, " and %u more",
			 (unsigned)(plan->at_stake - named));
}

/* Before anything ran: rows need --migrate-force, on a terminal too, and then somebody's yes. */
static int ask(struct bl_cli *cli, const struct bobolink_plan *plan, struct bobolink_error *error)
{
	char losses[LOSSES_SIZE];
	bool stake = plan->at_stake > 0;
	bool yes = bl_cli_flag_given(&cli->flags, BL_CLI_YES) || bl_cli_can_ask();

	name_losses(plan, losses, sizeof(losses));
	if (stake && !bl_cli_flag_given(&cli->flags, BL_CLI_FORCE))
		return bl_cli_fail(error, BOBOLINK_DATA_LOSS,
				   "this would lose %s: add %s%s%s to accept that", losses,
				   bl_cli_flag_name(BL_CLI_FORCE), yes ? "" : " and ",
				   yes ? "" : bl_cli_flag_name(BL_CLI_YES));
	return bl_cli_confirm(cli, error, "roll back %u migration%s%s%s", (unsigned)plan->count,
			      plan->count == 1 ? "" : "s", stake ? " and lose " : "", losses);
}

static int run_down(struct bl_cli *cli, struct bobolink_session *session,
		    const struct bobolink_plan *plan, struct bobolink_error *error)
{
	uint32_t flags = bl_cli_flag_given(&cli->flags, BL_CLI_FORCE) ? BOBOLINK_FORCE : 0;
	uint64_t begun = bl_cli_clock_ms();
	uint32_t undone = 0;
	int rc;

	if (cli->json_wanted)
		bl_json_array(&cli->json, "rolled_back");
	bl_cli_work_begin(cli, session);
	rc = bobolink_run(session, plan, flags, &undone, error);
	bl_cli_work_end(cli, session);
	if (cli->json_wanted)
		bl_json_array_end(&cli->json);
	bl_cli_print_rolled_back(cli, rc, undone, bl_cli_clock_ms() - begun);
	return rc;
}

static int go_down(struct bl_cli *cli, struct bobolink_session *session,
		   const struct bobolink_plan *plan, struct bobolink_error *error)
{
	int rc;

	if (cli->json_wanted)
		bl_cli_plan_as_json(&cli->json, plan);
	else if (plan->count)
		print_down(cli, plan);
	if (plan->count == 0) {
		bl_cli_print_rolled_back(cli, BOBOLINK_OK, 0, 0);
		return BOBOLINK_OK;
	}
	rc = ask(cli, plan, error);
	return rc ? rc : run_down(cli, session, plan, error);
}

int bl_cli_rollback(struct bl_cli *cli, struct bobolink_session *session,
		    struct bobolink_error *error)
{
	struct bobolink_plan *plan = NULL;
	int rc = bobolink_plan_rollback(session, cli->number, &plan, error);

	if (rc == BOBOLINK_OK)
		rc = go_down(cli, session, plan, error);
	bobolink_plan_free(plan);
	return rc;
}

/* Up needs no question, and other programs may do part of it meanwhile: that is what bobolink_apply is for. */
int bl_cli_to(struct bl_cli *cli, struct bobolink_session *session, struct bobolink_error *error)
{
	struct bobolink_plan *plan = NULL;
	int rc = bobolink_plan_to(session, cli->version, &plan, error);

	if (rc == BOBOLINK_OK && (plan->down || !bl_cli_carries(cli->set, cli->version)))
		rc = go_down(cli, session, plan, error);
	else if (rc == BOBOLINK_OK)
		rc = bl_cli_migrate(cli, session, error);
	bobolink_plan_free(plan);
	return rc;
}
