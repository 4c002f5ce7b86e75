/*
 * Step: one migration of a run: its statements, where their errors are, and what the head becomes.
 */
#include "step.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "explain.h"
#include "log.h"
#include "wait.h"

#define SLOW_MS 1000

void bl_step_init(const struct bl_run *run, uint32_t number, struct bl_step *step)
{
	const struct bl_plan *plan = &run->view.plan;

	step->number = number;
	step->item = &plan->items[plan->steps[number]];
	step->set = plan->set;
	step->index = step->item->index;
	if (number < run->downs.count && run->downs.items[number].text) {
		step->set = &run->downs.items[number].set;
		step->index = 0;
		step->section = &step->set->migrations[0].down;
	} else {
		step->section = bl_plan_section(plan, step->item);
	}
	step->begun_ms = bl_clock_ms();
}

const struct bobolink_statement *bl_step_at(const struct bl_step *step, uint32_t number)
{
	return bl_set_statement(step->set, step->index, step->section, number);
}

const char *bl_step_text(const struct bl_step *step, uint32_t offset)
{
	return bl_set_text(step->set, step->index, offset);
}

bool bl_step_is_last(const struct bl_run *run, const struct bl_step *step)
{
	return step->number + 1 == run->view.plan.step_count;
}

const char *bl_step_name(const struct bl_run *run, const struct bl_step *step)
{
	return bl_plan_item_name(&run->view.plan, step->item);
}

int64_t bl_step_duration_ms(const struct bl_step *step)
{
	return (int64_t)(bl_clock_ms() - step->begun_ms);
}

int bl_step_status(const struct bl_step *step)
{
	return step->item->row ? step->item->row->status : BL_STATUS_NONE;
}

const struct bobolink_call *bl_step_function(const struct bl_step *step)
{
	return step->section->call ? &step->set->calls[step->section->call - 1] : NULL;
}

const char *bl_step_what(const struct bl_step *step, char *text, size_t size)
{
	if (step->section->call)
		bl_format(text, size, "%s()", bl_step_function(step)->name);
	else
		bl_format(text, size, "statements: %u", (unsigned)step->section->count);
	return text;
}

/* As they are counted for errors and progress. */
static uint32_t statements_of(const struct bobolink_section *section)
{
	return section->call ? 1 : section->count;
}

bool bl_step_needs_pieces(const struct bl_step *step)
{
	return bl_step_status(step) == BL_STATUS_RUNNING ||
	       bl_step_status(step) == BL_STATUS_ROLLING_BACK ||
	       ((step->section->flags & BOBOLINK_SECTION_NO_TRANSACTION) &&
		statements_of(step->section));
}

void bl_step_event(const struct bl_run *run, const struct bl_step *step, int kind, int level,
		   const char *detail)
{
	bl_session_event(run->session, kind, level, step->item->version, bl_step_name(run, step),
			 kind == BOBOLINK_EVENT_BEGIN ? -1 : bl_step_duration_ms(step), "%s",
			 detail);
}

static int ask_to_go_on(struct bl_run *run, const struct bl_step *step, uint32_t number,
			struct bobolink_error *error)
{
	const struct bobolink_progress progress = {
		.version = step->item->version,
		.name = bl_step_name(run, step),
		.step = step->number + 1,
		.steps = run->view.plan.step_count,
		.statement = number + 1,
		.statements = statements_of(step->section),
		.elapsed_ms = bl_clock_ms() - run->begun_ms,
	};

	if (bl_session_goes_on(run->session, &progress))
		return BOBOLINK_OK;
	bl_error_set(error, BOBOLINK_INTERRUPTED,
		     "stopped before statement %u; the next start goes on", (unsigned)number + 1);
	error->statement = run->statements + number + 1;
	return BOBOLINK_INTERRUPTED;
}

static void tell_slow(const struct bl_run *run, const struct bl_step *step,
		      const struct bobolink_statement *statement, uint32_t number, uint64_t begun)
{
	int64_t took = (int64_t)(bl_clock_ms() - begun);

	if (took < SLOW_MS)
		return;
	bl_session_event(run->session, BOBOLINK_EVENT_SLOW, BOBOLINK_WARNING, step->item->version,
			 bl_step_name(run, step), took,
			 "statement %u at line %u took %" PRId64 " ms", (unsigned)number + 1,
			 (unsigned)statement->line, took);
}

int bl_step_permit(const struct bl_run *run, const struct bl_step *step,
		   struct bobolink_error *error)
{
	struct bobolink_session *session = run->session;

	if (!session->permit || step->item->elsewhere)
		return BOBOLINK_OK;
	return session->permit(session, step->item->version, run->view.plan.down, error);
}

void bl_step_first(struct bl_run *run, const struct bl_step *step)
{
	bl_log_mark(run->session);
	run->refused = false;
	run->first_step = step->number;
	run->statements = 0;
}

void bl_step_next(struct bl_run *run, const struct bl_step *step)
{
	run->statements += statements_of(step->section);
}

int bl_step_statement(struct bl_run *run, const struct bl_step *step, uint32_t number,
		      struct bobolink_error *error)
{
	struct bobolink_session *session = run->session;
	const struct bobolink_statement *statement = bl_step_at(step, number);
	const char *text = bl_step_text(step, statement->text);
	uint64_t begun = bl_clock_ms();
	int rc = ask_to_go_on(run, step, number, error);

	if (rc)
		return rc;
	bl_error_clear(error);
	rc = session->backend->execute(session->connection, text, statement->length,
				       run->statements + number + 1, error);
	if (rc == BOBOLINK_OK)
		tell_slow(run, step, statement, number, begun);
	if (rc == BOBOLINK_BUSY && !(statement->flags & BOBOLINK_STATEMENT_NO_TRANSACTION))
		rc = bl_error_append(error, BOBOLINK_LOCKED,
				     ": another connection is in the way of this statement; end "
				     "that and start again");
	return rc;
}

void bl_step_hand(const struct bl_run *run, const struct bl_step *step, struct bobolink_step *hand)
{
	memset(hand, 0, sizeof(*hand));
	hand->session = run->session;
	hand->version = step->item->version;
	hand->name = bl_step_name(run, step);
	hand->down = run->view.plan.down;
	hand->number = step->number + 1;
	hand->steps = run->view.plan.step_count;
	hand->begun_ms = run->begun_ms;
}

int bl_step_call(struct bl_run *run, const struct bl_step *step, struct bobolink_error *error)
{
	struct bobolink_step hand;
	int rc;

	bl_step_hand(run, step, &hand);
	rc = bl_call(&hand, bl_step_function(step), error);
	if (rc && !error->statement)
		error->statement = run->statements + 1;
	return rc;
}

/* The migration that an error's statement belongs to, and its number there. */
static void find_statement(const struct bl_run *run, struct bl_step *step,
			   struct bobolink_error *error)
{
	uint32_t number = run->first_step;

	if (step->number != number)
		bl_step_init(run, number, step);
	while (error->statement > statements_of(step->section) &&
	       number + 1 < run->view.plan.step_count) {
		error->statement -= statements_of(step->section);
		bl_step_init(run, ++number, step);
	}
}

void bl_step_blame(struct bl_run *run, struct bl_step *step, int rc, struct bobolink_error *error)
{
	const struct bobolink_statement *statement;

	if (!rc || !error->statement)
		return;
	find_statement(run, step, error);
	bl_error_place(error, step->item->version, bl_step_text(step, step->section->file), 0, 0);
	if (step->section->call) {
		error->statement = 0;
	} else {
		statement = bl_step_at(step, error->statement - 1);
		bl_error_locate(error, bl_step_text(step, statement->text), statement->length,
				statement->line, statement->column);
	}
	run->refused = rc == BOBOLINK_SQL_ERROR;
}

/* The newest version that stays when this one is undone. */
static int64_t version_below(const struct bl_plan *plan, const struct bl_step *step)
{
	for (uint32_t i = plan->count; i-- > 0;) {
		const struct bl_plan_item *item = &plan->items[i];

		if (item != step->item && item->row && bl_plan_is_in_database(item->row) &&
		    item->state != BOBOLINK_STATE_ROLLED_BACK)
			return item->version;
	}
	return -1;
}

/* Nobody goes on with a batch of which something was undone. */
static struct bl_head head_below(const struct bl_run *run, const struct bl_step *step, bool done)
{
	struct bl_head head = run->view.head;

	head.batch_until = -1;
	if (done)
		head.version = version_below(&run->view.plan, step);
	return head;
}

struct bl_head bl_step_head(const struct bl_run *run, const struct bl_step *step, bool done)
{
	const struct bl_plan *plan = &run->view.plan;
	struct bl_head head = run->view.head;

	if (plan->down)
		return head_below(run, step, done);
	/* Programs that start together, or go on after one another, share a batch. */
	if (head.batch_until != plan->target)
		head.batch++;
	head.batch_until = done && bl_step_is_last(run, step) ? -1 : plan->target;
	/* Where all run in one transaction it is written once, for all of them. */
	for (uint32_t i = run->first_step; i <= step->number && done; i++) {
		const struct bl_plan_item *item = &plan->items[plan->steps[i]];

		if (head.version < item->version && !item->elsewhere)
			head.version = item->version;
	}
	return head;
}

int bl_step_record_head(struct bl_run *run, const struct bl_step *step, bool done,
			struct bobolink_error *error)
{
	const struct bl_head next = bl_step_head(run, step, done);
	struct bl_values values = { .count = 0 };
	int rc = bl_record_head(run->session, &run->view.head, &next, error);

	if (rc || !run->view.plan.down)
		return rc;
	/* Also by a program that knows of none: the next one that does makes them again. */
	bl_values_text(&values, run->session->set->name);
	if (step->number == 0)
		rc = bl_session_query(run->session, BL_SQL_REPEATABLES_END, &values, NULL, NULL,
				      NULL, error);
	return rc ? rc : bl_record_end_fixes(run->session, step->item->version, error);
}

struct bl_record bl_step_change(const struct bl_run *run, const struct bl_step *step, int event)
{
	const bool done = event != BL_HISTORY_START && event != BL_HISTORY_PROGRESS;
	struct bl_record record = {
		.version = step->item->version,
		.index = step->item->index,
		.status = bl_step_status(step),
		.event = event,
		.batch = bl_step_head(run, step, done).batch,
		.duration_ms = bl_step_duration_ms(step),
		.statements_done = step->section->count,
	};

	if (step->item->elsewhere) {
		record.event = BL_HISTORY_SKIP;
		record.batch = 0;
	}
	return record;
}

int bl_step_done_event(const struct bl_run *run, const struct bl_step *step)
{
	if (step->item->elsewhere)
		return BOBOLINK_EVENT_SKIPPED;
	return run->view.plan.down ? BOBOLINK_EVENT_ROLLED_BACK : BOBOLINK_EVENT_APPLIED;
}

int bl_step_record_end(struct bl_run *run, const struct bl_step *step, struct bobolink_error *error)
{
	struct bobolink_session *session = run->session;
	bool down = run->view.plan.down;
	char detail[BOBOLINK_MESSAGE_SIZE];
	char what[120];
	int rc;

	bl_format(detail, sizeof(detail), "batch %" PRId64 ", %s, %" PRId64 " ms",
		  down ? step->item->row->batch : bl_step_head(run, step, true).batch,
		  bl_step_what(step, what, sizeof(what)), bl_step_duration_ms(step));
	if (step->item->elsewhere)
		bl_explain_elsewhere(session->set, step->index, detail, sizeof(detail));
	bl_log_add(session, bl_step_done_event(run, step), step->item->version, detail);
	rc = bl_log_write(session, error);
	if (rc == BOBOLINK_OK && run->view.plan.completes && bl_step_is_last(run, step) &&
	    !session->scripts_wait)
		rc = bl_record_complete(session, error);
	return rc;
}

static void advance_head(struct bl_run *run, const struct bl_step *step, bool done)
{
	run->view.head = bl_step_head(run, step, done);
	run->view.head.revision++;
	run->view.head.tables = true;
	run->view.head.exists = true;
}

int bl_step_end(struct bl_run *run, struct bl_step *step, bool done, int rc,
		struct bobolink_error *error)
{
	struct bobolink_session *session = run->session;

	if (rc) {
		session->backend->rollback(session->connection);
	} else {
		rc = bl_wait_commit(session, error);
		run->refused = rc == BOBOLINK_SQL_ERROR || rc == BOBOLINK_FOREIGN_KEY;
	}
	bl_log_settle(session, rc);
	if (rc == BOBOLINK_OK)
		advance_head(run, step, done);
	bl_step_blame(run, step, rc, error);
	return bl_record_missing(session, rc, error);
}
