/*
 * Pieces: a migration that cannot run in a transaction.
 *
 * A `running` row is committed first. Then every ordinary statement shares a small transaction with
 * the count of statements done, so it is never in doubt whether it was; a statement that refuses
 * any transaction runs alone and is counted afterwards, which is why only those are resumed that are
 * repeatable or have a probe, a query that tells whether it was done. The lock is held between the pieces where the database can; where it cannot, the
 * compare-and-set of each piece keeps two runs apart.
 *
 * A function of the application runs with no transaction open; its batches are pieces, each with the position behind it
 * in the place of the count.
 */
#include "step.h"

#include <inttypes.h>
#include <string.h>

#include "error.h"
#include "log.h"
#include "losses.h"
#include "record.h"
#include "wait.h"

/* A change of the row while the pieces run, up or down. */
static struct bl_record record_of(const struct bl_run *run, const struct bl_step *step, int event,
				  int64_t statements_done)
{
	struct bl_record record = bl_step_change(run, step, event);

	record.status = run->view.plan.down ? BL_STATUS_ROLLING_BACK : BL_STATUS_RUNNING;
	record.statements_done = statements_done;
	return record;
}

/* What the beginning, one piece and the end of it are to the row. */
static int event_of(const struct bl_run *run, int up)
{
	if (!run->view.plan.down)
		return up;
	if (up == BL_HISTORY_START)
		return BL_HISTORY_UNDO_START;
	if (up == BL_HISTORY_PROGRESS)
		return BL_HISTORY_UNDO_PROGRESS;
	return run->undo;
}

/* Who goes on with what stopped half-way. */
static const char *next_command(const struct bl_run *run)
{
	return run->view.plan.down ? "--migrate-rollback" : "the next start";
}

/* Keeps the lock for all pieces. What stands in the way of that is a matter of this migration. */
static int hold(struct bl_run *run, const struct bl_step *step, struct bobolink_error *error)
{
	struct bobolink_session *session = run->session;
	int rc = session->backend->hold(session->connection, true, error);

	if (rc == BOBOLINK_USAGE)
		bl_error_place(error, step->item->version, bl_step_text(step, step->section->file),
			       0, 0);
	return rc;
}

/* Commits the `running` row; where there is one, takes the lock and sees that it is as it was read. */
static int try_start(struct bl_run *run, struct bl_step *step, struct bobolink_error *error)
{
	struct bobolink_session *session = run->session;
	struct bl_record record = record_of(run, step, event_of(run, BL_HISTORY_START), 0);
	bool begun = record.status == bl_step_status(step);
	int rc = bl_wait_begin(session, step->section, error);

	if (rc)
		return rc;
	bl_step_first(run, step);
	record.status = bl_step_status(step);
	record.duration_ms = -1;
	rc = bl_step_permit(run, step, error);
	if (rc == BOBOLINK_OK)
		rc = bl_step_record_head(run, step, false, error);
	/* Rows may have come since an up stopped half-way; a down is asked for by hand each time. */
	if (rc == BOBOLINK_OK && (!begun || !run->view.plan.down))
		rc = bl_losses_guard(run, step, error);
	if (rc == BOBOLINK_OK && !begun)
		rc = bl_record_item(session, &record, error);
	if (rc == BOBOLINK_OK)
		rc = hold(run, step, error);
	if (rc == BOBOLINK_OK)
		bl_step_event(run, step, BOBOLINK_EVENT_BEGIN, BOBOLINK_INFO,
			      begun ? "goes on outside a transaction" : "outside a transaction");
	/* Whoever dies in the middle has left word. */
	if (rc == BOBOLINK_OK)
		rc = bl_log_write(session, error);
	return bl_step_end(run, step, false, rc, error);
}

static int start(struct bl_run *run, struct bl_step *step, struct bobolink_error *error)
{
	struct bl_wait wait;
	int rc;

	bl_wait_init(&wait, run->session, 0);
	do
		rc = try_start(run, step, error);
	while (rc == BOBOLINK_AGAIN &&
	       (rc = bl_wait_after(run->session, &wait, error)) == BOBOLINK_OK);
	return rc;
}

/* Counts statement `number`; behind the last one the migration is applied. */
static int count(struct bl_run *run, const struct bl_step *step, uint32_t number, bool last,
		 struct bobolink_error *error)
{
	struct bl_record record =
		record_of(run, step, event_of(run, last ? BL_HISTORY_FINISH : BL_HISTORY_PROGRESS),
			  last ? step->section->count : number + 1);
	int rc;

	record.statements_before = number;
	rc = bl_record_item(run->session, &record, error);
	if (rc == BOBOLINK_OK && last)
		rc = bl_step_record_end(run, step, error);
	return rc;
}

/* What the probe of a statement answers: done, absent, or SQL that clears away what is left. */
static int keep_answer(void *context, const struct bobolink_value *values, uint32_t count)
{
	struct bl_text *answer = context;

	if (count == 1 && values[0].text)
		bl_text_add(answer, values[0].text, values[0].length);
	return answer->failed ? BOBOLINK_NO_MEMORY : BOBOLINK_OK;
}

static int clear_away(struct bl_run *run, const struct bl_step *step, uint32_t number,
		      const struct bl_text *answer, struct bobolink_error *error)
{
	struct bobolink_session *session = run->session;

	bl_step_event(run, step, BOBOLINK_EVENT_NOTE, BOBOLINK_WARNING, answer->text);
	return session->backend->execute(session->connection, answer->text, answer->length,
					 number + 1, error);
}

/* Asks the probe of statement `number`. */
static int ask(struct bl_run *run, const struct bl_step *step, uint32_t number,
	       struct bl_text *answer, struct bobolink_error *error)
{
	struct bobolink_session *session = run->session;
	uint32_t query = bl_step_at(step, number)->probe;
	int rc = session->backend->query(session->connection, bl_step_text(step, query), NULL, 0,
					 keep_answer, answer, NULL, error);

	if (rc == BOBOLINK_OK && !answer->text)
		rc = bl_error_set(error, BOBOLINK_HALFWAY,
				  "it cannot be found out whether statement %u was done",
				  (unsigned)number + 1);
	return rc;
}

static bool is_sql(const struct bl_text *answer)
{
	return strcmp(answer->text, "done") != 0 && strcmp(answer->text, "absent") != 0;
}

/*
 * Finds out whether an interrupted statement was done. What it left half done is cleared away one
 * answer after the other, until nothing is left or an answer comes twice.
 */
static int probe(struct bl_run *run, const struct bl_step *step, uint32_t number, bool *done,
		 struct bobolink_error *error)
{
	struct bl_text answer;
	struct bl_text before;
	bool again = true;
	int rc = BOBOLINK_OK;

	*done = false;
	if (!bl_step_at(step, number)->probe)
		return BOBOLINK_OK;
	bl_text_init(&before, &run->session->allocator);
	while (rc == BOBOLINK_OK && again) {
		bl_text_init(&answer, &run->session->allocator);
		rc = ask(run, step, number, &answer, error);
		again = rc == BOBOLINK_OK && is_sql(&answer) &&
			(!before.text || strcmp(before.text, answer.text) != 0);
		if (again)
			rc = clear_away(run, step, number, &answer, error);
		else if (rc == BOBOLINK_OK)
			*done = strcmp(answer.text, "done") == 0;
		bl_text_release(&before);
		before = answer;
	}
	bl_text_release(&before);
	return rc;
}

/* A statement that refuses any transaction. `unsure`: it may have been begun before. */
static int run_alone(struct bl_run *run, const struct bl_step *step, uint32_t number, bool unsure,
		     struct bobolink_error *error)
{
	struct bobolink_error ignored;
	struct bl_wait wait;
	bool done = false;
	int rc;

	bl_wait_init(&wait, run->session, step->section->lock_timeout_ms);
	for (;;) {
		rc = unsure ? probe(run, step, number, &done, error) : BOBOLINK_OK;
		if (rc == BOBOLINK_OK && !done)
			rc = bl_step_statement(run, step, number, error);
		unsure = true;
		if (rc == BOBOLINK_AGAIN)
			rc = bl_wait_after(run->session, &wait, error);
		else if (rc == BOBOLINK_BUSY)
			rc = bl_wait_again(run->session, &wait, error);
		else
			break;
		if (rc)
			break;
	}
	/* What was refused leaves nothing behind. */
	if (rc == BOBOLINK_SQL_ERROR)
		probe(run, step, number, &done, &ignored);
	return rc;
}

/* Up, the plan has stopped in front of such a statement. What was refused was not done. */
static bool is_in_doubt(const struct bl_run *run, const struct bl_step *step, uint32_t number)
{
	const struct bobolink_statement *statement = bl_step_at(step, number);

	return run->view.plan.down && !run->unguarded && !statement->probe &&
	       !(statement->flags & BOBOLINK_STATEMENT_REPEATABLE) &&
	       !*step->item->row->error_message;
}

static int refuse_doubt(const struct bl_step *step, uint32_t number, struct bobolink_error *error)
{
	bl_error_set(error, BOBOLINK_HALFWAY,
		     "whether this statement was done is not known: look at the database, then run "
		     "it with --migrate-force, or decide with --migrate-mark=%" PRId64
		     ":applied or :pending",
		     step->item->version);
	error->statement = number + 1;
	return BOBOLINK_HALFWAY;
}

/* A statement that shares a transaction with its count, or the count alone. */
static int run_counted(struct bl_run *run, struct bl_step *step, uint32_t number, bool alone,
		       struct bobolink_error *error)
{
	struct bobolink_session *session = run->session;
	bool last = number + 1 >= step->section->count;
	bool present = number < step->section->count;
	int rc = bl_wait_begin(session, alone ? NULL : step->section, error);

	if (rc)
		return rc;
	bl_step_first(run, step);
	rc = bl_step_record_head(run, step, last, error);
	if (rc == BOBOLINK_OK)
		rc = bl_log_write(session, error);
	if (rc == BOBOLINK_OK)
		rc = session->backend->hold(session->connection, true, error);
	if (rc == BOBOLINK_OK && present && !alone)
		rc = bl_step_statement(run, step, number, error);
	if (rc == BOBOLINK_OK)
		rc = count(run, step, number, last, error);
	return bl_step_end(run, step, last, rc, error);
}

static int piece(struct bl_run *run, struct bl_step *step, uint32_t number, bool unsure,
		 struct bobolink_error *error)
{
	bool alone = number < step->section->count &&
		     (bl_step_at(step, number)->flags & BOBOLINK_STATEMENT_NO_TRANSACTION);
	struct bl_wait wait;
	int rc = BOBOLINK_OK;

	bl_step_first(run, step);
	if (alone) {
		if (unsure && is_in_doubt(run, step, number))
			rc = refuse_doubt(step, number, error);
		else
			rc = run_alone(run, step, number, unsure, error);
		bl_step_blame(run, step, rc, error);
	}
	bl_wait_init(&wait, run->session, 0);
	while (rc == BOBOLINK_OK) {
		rc = run_counted(run, step, number, alone, error);
		if (rc != BOBOLINK_AGAIN)
			return rc;
		rc = bl_wait_after(run->session, &wait, error);
	}
	return rc;
}

/* A function at work: the run and the step that it belongs to. */
struct work {
	struct bl_run *run;
	struct bl_step *step;
	int64_t position; /* behind the last batch that was committed */
	bool begun;	  /* some was, now or before */
};

/* One batch and its position, in a transaction. */
static int try_batch(const struct work *work, struct bobolink_step *hand, struct bl_batch *batch,
		     struct bobolink_error *error)
{
	struct bl_run *run = work->run;
	struct bl_step *step = work->step;
	struct bl_record record = record_of(run, step, event_of(run, BL_HISTORY_PROGRESS), 0);
	int rc = bl_wait_begin(run->session, step->section, error);

	if (rc)
		return rc;
	bl_step_first(run, step);
	rc = bl_step_record_head(run, step, false, error);
	if (rc == BOBOLINK_OK)
		rc = run->session->backend->hold(run->session->connection, true, error);
	if (rc == BOBOLINK_OK)
		rc = bl_call_batch(hand, batch, error);
	if (rc == BOBOLINK_OK)
		rc = bl_log_write(run->session, error);
	record.statements_before = work->position;
	record.statements_done = batch->position;
	if (rc == BOBOLINK_OK)
		rc = bl_record_item(run->session, &record, error);
	return bl_step_end(run, step, false, rc, error);
}

/* The handle is the function's before and behind it. */
static int run_batch(struct bobolink_step *hand, struct bl_batch *batch,
		     struct bobolink_error *error)
{
	struct bobolink_session *session = hand->session;
	struct work *work = hand->context;
	struct bl_wait wait;
	int rc = session->backend->reclaim(session->connection, error);

	bl_wait_init(&wait, session, 0);
	while (rc == BOBOLINK_OK) {
		batch->position = work->position;
		rc = try_batch(work, hand, batch, error);
		if (rc != BOBOLINK_AGAIN)
			break;
		rc = bl_wait_after(session, &wait, error);
	}
	if (rc)
		return rc;
	work->position = batch->position;
	work->begun = true;
	return session->backend->lend(session->connection, error);
}

static int call(struct work *work, struct bobolink_error *error)
{
	struct bl_run *run = work->run;
	struct bobolink_step hand;
	int rc;

	bl_step_hand(run, work->step, &hand);
	hand.batch = run_batch;
	hand.context = work;
	hand.position = work->position;
	bl_step_first(run, work->step);
	rc = bl_call(&hand, bl_step_function(work->step), error);
	error->statement = 0;
	run->refused = rc == BOBOLINK_SQL_ERROR || rc == BOBOLINK_FOREIGN_KEY;
	if (run->refused)
		bl_error_place(error, work->step->item->version,
			       bl_step_text(work->step, work->step->section->file), 0, 0);
	return rc;
}

/* Records why it was refused behind `done` statements, or that position, and says what stays of the migration. */
static int refuse(struct bl_run *run, const struct bl_step *step, int64_t done, bool begun, int rc,
		  struct bobolink_error *error)
{
	bool down = run->view.plan.down;
	struct bl_record refused =
		record_of(run, step, begun ? BL_HISTORY_STOP : BL_HISTORY_FAIL, done);

	if (down)
		refused.event = BL_HISTORY_UNDO_STOP;
	if (!begun)
		refused.batch = 0;
	bl_record_refusal(run->session, &refused, error);
	if (!begun && !down)
		return rc;
	if (step->section->call)
		return bl_error_append(error, BOBOLINK_HALFWAY,
				       "; the batches done stay: mend the database, and %s goes "
				       "on behind them",
				       next_command(run));
	return bl_error_append(error, BOBOLINK_HALFWAY,
			       "; statements done, which stay: %u of %u; mend the "
			       "database, and %s goes on with this one",
			       (unsigned)done, (unsigned)step->section->count, next_command(run));
}

/* Every statement that is left. */
static int run_statements(struct bl_run *run, struct bl_step *step, bool resumed, uint32_t *number,
			  struct bobolink_error *error)
{
	int rc;

	do {
		rc = piece(run, step, *number, resumed, error);
		resumed = false;
		if (rc == BOBOLINK_OK)
			++*number;
	} while (rc == BOBOLINK_OK && *number < step->section->count);
	return rc;
}

int bl_step_pieces(struct bl_run *run, struct bl_step *step, struct bobolink_error *error)
{
	struct bobolink_session *session = run->session;
	bool resumed = bl_step_status(step) == BL_STATUS_RUNNING ||
		       bl_step_status(step) == BL_STATUS_ROLLING_BACK;
	struct work work = { run, step, resumed ? step->item->row->statements_done : 0, resumed };
	uint32_t number = (uint32_t)work.position;
	int rc = start(run, step, error);

	if (rc == BOBOLINK_OK && step->section->call) {
		rc = call(&work, error);
		if (rc == BOBOLINK_OK)
			rc = piece(run, step, 0, false, error);
	} else if (rc == BOBOLINK_OK) {
		rc = run_statements(run, step, resumed, &number, error);
		work.position = number;
		work.begun = number > 0;
	}
	session->backend->hold(session->connection, false, &(struct bobolink_error){ 0 });
	if (rc && run->refused)
		rc = refuse(run, step, work.position, work.begun, rc, error);
	return rc;
}
