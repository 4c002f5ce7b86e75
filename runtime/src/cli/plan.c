/*
 * Plan: every statement that --migrate would run, as an SQL script with comments; and what the way down shows
 * as well, losses and JSON.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <time.h>

#include "../log/text.h"
#include "command.h"
#include "scripts.h"

#define WHAT_COLUMNS 60u
#define WHAT_SIZE    128

/* "1,204" */
static const char *grouped(int64_t number, char *buffer, size_t size)
{
	char digits[32];
	size_t length = (size_t)snprintf(digits, sizeof(digits), "%" PRId64, number);
	size_t used = 0;

	for (size_t i = 0; i < length && used + 2 < size; i++) {
		if (i && (length - i) % 3 == 0)
			buffer[used++] = ',';
		buffer[used++] = digits[i];
	}
	buffer[used] = '\0';
	return buffer;
}

void bl_cli_loss_text(const struct bobolink_loss *loss, char *text, size_t size)
{
	char what[WHAT_SIZE];
	char rows[40];

	bl_cli_text_fit(loss->what, WHAT_COLUMNS, what, sizeof(what));
	if (loss->rows < 0)
		snprintf(text, size, "%s (rows not counted)", what);
	else
		snprintf(text, size, "%s (%s row%s)", what, grouped(loss->rows, rows, sizeof(rows)),
			 loss->rows == 1 ? "" : "s");
}

static void print_loss(struct bl_cli_output *out, const struct bobolink_loss *loss)
{
	char rows[40];

	bl_cli_print_text(out, loss->what);
	if (loss->rows < 0)
		bl_cli_print(out, ": its rows cannot be counted now");
	else
		bl_cli_print(out, ": %s row%s", grouped(loss->rows, rows, sizeof(rows)),
			     loss->rows == 1 ? "" : "s");
	bl_cli_print(out, "\n");
}

void bl_cli_print_losses(struct bl_cli_output *out, const struct bobolink_plan *plan)
{
	if (plan->loss_count)
		bl_cli_print(out, "to lose:\n");
	for (uint32_t i = 0; i < plan->loss_count; i++) {
		bl_cli_print(out, "  ");
		print_loss(out, &plan->losses[i]);
	}
}

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
	if (*step->skipped) {
		bl_cli_print(out, "): skipped, ");
		bl_cli_print_text(out, step->skipped);
		bl_cli_print(out, "\n");
		return;
	}
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

/* What other sets must have before it; "" for nothing. */
static const char *requirements_of(const struct bobolink_plan *plan,
				   const struct bobolink_plan_step *step)
{
	if (plan->down)
		return "";
	return bl_cli_migration_text(plan->set, step->index,
				     plan->set->migrations[step->index].requirements);
}

static void print_requirements(struct bl_cli_output *out, const char *requirements)
{
	if (*requirements)
		bl_cli_print(out, "-- requires: %s\n", requirements);
}

static void print_step_losses(struct bl_cli_output *out, const struct bobolink_plan *plan,
			      const struct bobolink_plan_step *step)
{
	for (uint32_t i = 0; i < plan->loss_count; i++) {
		if (plan->losses[i].version != step->version)
			continue;
		bl_cli_print(out, "-- at risk: ");
		print_loss(out, &plan->losses[i]);
	}
}

/* The first line of what is left of a statement's locks, or NULL. */
static const char *next_lock(const char *locks, size_t *length)
{
	locks += strspn(locks, "\n");
	*length = strcspn(locks, "\n");
	return *length ? locks : NULL;
}

static void print_locks(struct bl_cli_output *out, const char *locks)
{
	size_t length;

	while ((locks = next_lock(locks, &length)) != NULL) {
		bl_cli_print(out, "-- lock: ");
		bl_cli_print_lines(out, locks, length);
		bl_cli_print(out, "\n");
		locks += length;
	}
}

/*
 * Whether a run would stop in front of a step, because nobody has accepted what it destroys: 0 for no, a positive
 * number for yes, a negative one where rows can be counted only when the steps ahead ran.
 */
static int64_t stops_at(const struct bl_cli *cli, const struct bobolink_plan *plan,
			const struct bobolink_plan_step *step)
{
	int64_t rows = 0;

	if (cli->session_options.protect != BOBOLINK_PROTECT_ALWAYS)
		return 0;
	for (uint32_t i = 0; i < plan->loss_count && rows <= 0; i++) {
		if (plan->losses[i].version == step->version && plan->losses[i].rows != 0)
			rows = plan->losses[i].rows;
	}
	return rows < 0 && step == plan->steps ? 1 : rows;
}

static void print_stop(struct bl_cli *cli, const struct bobolink_plan *plan,
		       const struct bobolink_plan_step *step)
{
	int64_t stops = stops_at(cli, plan, step);

	if (stops)
		bl_cli_print(&cli->out,
			     "-- %s here, because rows are protected: %s accepts that they are "
			     "lost\n",
			     stops > 0 ? "stops" : "may stop", bl_cli_flag_name(BL_CLI_FORCE));
}

static uint32_t print_step(struct bl_cli *cli, const struct bobolink_plan *plan,
			   const struct bobolink_plan_step *step)
{
	struct bl_cli_output *out = &cli->out;
	struct bobolink_plan_statement statement;
	uint32_t number = step->first;

	print_step_head(out, step);
	print_requirements(out, requirements_of(plan, step));
	print_step_losses(out, plan, step);
	print_stop(cli, plan, step);
	for (; bobolink_plan_statement(plan, step, number, &statement); number++) {
		print_locks(out, statement.locks);
		bl_cli_print_lines(out, statement.text, statement.length);
		bl_cli_print(out, ";\n");
	}
	if (*step->call) {
		bl_cli_print(out, "-- calls ");
		bl_cli_print_text(out, step->call);
		bl_cli_print(out, "\n");
	} else if (number == step->first && !*step->skipped)
		bl_cli_print(out, "-- no statements\n");
	bl_cli_print(out, "\n");
	return number - step->first;
}

static void print_steps(struct bl_cli *cli, const struct bobolink_plan *plan,
			const struct bl_cli_order *order, uint64_t *statements)
{
	uint32_t at = bl_cli_print_places(&cli->out, plan, order, 0, 0);

	for (uint32_t i = 0; i < plan->count; i++) {
		*statements += print_step(cli, plan, &plan->steps[i]);
		at = bl_cli_print_places(&cli->out, plan, order, at, i + 1);
	}
}

static void print_plan(struct bl_cli *cli, const struct bobolink_plan *plan,
		       const struct bobolink_script_list *list, const struct bl_cli_order *order)
{
	struct bl_cli_output *out = &cli->out;
	uint64_t statements = 0;

	print_steps(cli, plan, order, &statements);
	if (cli->session_options.fixes != BOBOLINK_FIXES_OFF)
		bl_cli_print_left_out(out, list, order);
	if (plan->count == 0 && order->count == 0) {
		bl_cli_print(out, "-- nothing to do\n");
		return;
	}
	bl_cli_print(out, "-- %u migration%s, %" PRIu64 " statement%s", (unsigned)plan->count,
		     plan->count == 1 ? "" : "s", statements, statements == 1 ? "" : "s");
	if (order->fixes)
		bl_cli_print(out, ", %" PRIu32 " fix%s", order->fixes,
			     order->fixes == 1 ? "" : "es");
	if (order->repeatables)
		bl_cli_print(out, ", %" PRIu32 " repeatable%s", order->repeatables,
			     order->repeatables == 1 ? "" : "s");
	bl_cli_print(out, "; nothing was written\n");
	bl_cli_print_next(cli, "-- ", BL_CLI_MIGRATE, -1);
}

static void locks_as_json(struct bl_json *json, const char *locks)
{
	size_t length;

	bl_json_array(json, "locks");
	while ((locks = next_lock(locks, &length)) != NULL) {
		bl_json_bytes(json, NULL, locks, length);
		locks += length;
	}
	bl_json_array_end(json);
}

static void statements_as_json(struct bl_json *json, const struct bobolink_plan *plan,
			       const struct bobolink_plan_step *step)
{
	struct bobolink_plan_statement statement;

	bl_json_array(json, "statements");
	for (uint32_t i = step->first; bobolink_plan_statement(plan, step, i, &statement); i++) {
		bl_json_object(json, NULL);
		bl_json_number(json, "line", statement.line);
		bl_json_number(json, "column", statement.column);
		bl_json_bytes(json, "sql", statement.text, statement.length);
		locks_as_json(json, statement.locks);
		bl_json_object_end(json);
	}
	bl_json_array_end(json);
}

static void step_as_json(struct bl_json *json, const struct bobolink_plan *plan,
			 const struct bobolink_plan_step *step)
{
	bl_json_object(json, NULL);
	bl_json_version(json, "version", step->version);
	bl_json_text(json, "name", step->name);
	bl_json_optional(json, "file", step->file);
	if (step->batch > 0)
		bl_json_number(json, "batch", step->batch);
	else
		bl_json_null(json, "batch");
	bl_json_bool(json, "stored", step->stored);
	bl_json_optional(json, "skipped", step->skipped);
	bl_json_optional(json, "call", step->call);
	bl_json_bool(json, "transaction", in_transaction(step));
	bl_json_bool(json, "foreign_keys_off", step->flags & BOBOLINK_SECTION_FOREIGN_KEYS_OFF);
	bl_json_bool(json, "data_loss", step->flags & BOBOLINK_SECTION_DATA_LOSS);
	bl_json_optional(json, "requires", requirements_of(plan, step));
	bl_json_number(json, "first_statement", (int64_t)step->first + 1);
	statements_as_json(json, plan, step);
	bl_json_object_end(json);
}

static void loss_as_json(struct bl_json *json, const struct bobolink_loss *loss)
{
	bl_json_object(json, NULL);
	bl_json_version(json, "version", loss->version);
	bl_json_text(json, "what", loss->what);
	if (loss->rows >= 0)
		bl_json_number(json, "rows", loss->rows);
	else
		bl_json_null(json, "rows");
	bl_json_object_end(json);
}

void bl_cli_plan_as_json(struct bl_json *json, const struct bobolink_plan *plan)
{
	bl_json_text(json, "direction", plan->down ? "down" : "up");
	bl_json_array(json, "steps");
	for (uint32_t i = 0; i < plan->count; i++)
		step_as_json(json, plan, &plan->steps[i]);
	bl_json_array_end(json);
	bl_json_array(json, "losses");
	for (uint32_t i = 0; i < plan->loss_count; i++)
		loss_as_json(json, &plan->losses[i]);
	bl_json_array_end(json);
}

/* The first version in front of which the run would stop for certain, or null. */
static void stop_as_json(struct bl_cli *cli, const struct bobolink_plan *plan)
{
	uint32_t i = 0;

	while (i < plan->count && stops_at(cli, plan, &plan->steps[i]) <= 0)
		i++;
	if (i < plan->count)
		bl_json_version(&cli->json, "stops_at", plan->steps[i].version);
	else
		bl_json_null(&cli->json, "stops_at");
}

/* What a run would do, scripts too, to people or to a program. */
static int show(struct bl_cli *cli, const struct bobolink_plan *plan,
		const struct bobolink_script_list *list, struct bobolink_error *error)
{
	struct bl_cli_order order;
	int rc = bl_cli_order_make(plan, list, cli->session_options.fixes, (int64_t)time(NULL),
				   &order);

	if (rc) {
		rc = bl_cli_fail(error, rc, "out of memory");
	} else if (cli->json_wanted) {
		bl_cli_plan_as_json(&cli->json, plan);
		stop_as_json(cli, plan);
		bl_cli_order_as_json(&cli->json, plan, &order);
	} else {
		print_plan(cli, plan, list, &order);
	}
	bl_cli_order_release(&order);
	return rc;
}

int bl_cli_plan(struct bl_cli *cli, struct bobolink_session *session, struct bobolink_error *error)
{
	struct bobolink_script_list *list = NULL;
	struct bobolink_plan *plan = NULL;
	int rc = bobolink_plan(session, BOBOLINK_HEAD, &plan, error);

	if (rc == BOBOLINK_OK)
		rc = bobolink_script_list(session, &list, error);
	if (rc == BOBOLINK_OK)
		rc = show(cli, plan, list, error);
	bobolink_script_list_free(list);
	bobolink_plan_free(plan);
	return rc;
}
