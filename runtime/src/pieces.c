/*
 * Pieces: a migration that cannot run in a transaction.
 *
 * A `running` row is committed first. Then every ordinary statement shares a small transaction with
 * the count of statements done, so it is never in doubt whether it was; a statement that refuses
 * any transaction runs alone and is counted afterwards, which is why only repeatable ones may be
 * resumed. The lock is held between the pieces where the database can; where it cannot, the
 * compare-and-set of each piece keeps two runs apart.
 */
#include "step.h"

#include <inttypes.h>

#include "error.h"
#include "record.h"
#include "wait.h"

static struct bl_record record_of(const struct bl_run *run, const struct bl_step *step, int event,
				  uint32_t statements_done)
{
	const struct bl_head head = bl_step_head(run, step, event == BL_HISTORY_FINISH);
	struct bl_record record = {
		.index = step->item->index,
		.status = BL_STATUS_RUNNING,
		.event = event,
		.batch = head.batch,
		.duration_ms = bl_step_duration_ms(step),
		.statements_done = statements_done,
	};

	return record;
}

/* Commits, or rolls back what failed. */
static int end(struct bl_run *run, const struct bl_step *step, bool done, int rc,
	       struct bobolink_error *error)
{
	struct bobolink_session *session = run->session;

	if (rc) {
		session->backend->rollback(session->connection);
		return rc;
	}
	rc = bl_wait_commit(session, error);
	if (rc == BOBOLINK_OK)
		bl_step_committed(run, step, done);
	else
		run->refused = rc == BOBOLINK_SQL_ERROR || rc == BOBOLINK_FOREIGN_KEY;
	return rc;
}

/* Commits the `running` row. */
static int start(struct bl_run *run, const struct bl_step *step, struct bobolink_error *error)
{
	struct bobolink_session *session = run->session;
	struct bl_record record = record_of(run, step, BL_HISTORY_START, 0);
	int rc = bl_wait_begin(session, 0, step->section->lock_timeout_ms, error);

	if (rc)
		return rc;
	record.status = bl_step_status(step);
	record.duration_ms = -1;
	rc = bl_step_record_head(run, step, false, error);
	if (rc == BOBOLINK_OK)
		rc = bl_record_item(session, &record, error);
	if (rc == BOBOLINK_OK)
		rc = session->backend->hold(session->connection, true, error);
	return end(run, step, false, rc, error);
}

/* Counts statement `number`; behind the last one the migration is applied. */
static int count(struct bl_run *run, const struct bl_step *step, uint32_t number, bool last,
		 struct bobolink_error *error)
{
	struct bl_record record =
		record_of(run, step, last ? BL_HISTORY_FINISH : BL_HISTORY_PROGRESS,
			  last ? step->section->count : number);
	int rc = bl_record_item(run->session, &record, error);

	if (rc == BOBOLINK_OK && last && bl_step_is_last(run, step))
		rc = bl_step_record_end(run, step, error);
	return rc;
}

static int piece(struct bl_run *run, const struct bl_step *step, uint32_t number,
		 struct bobolink_error *error)
{
	struct bobolink_session *session = run->session;
	const struct bobolink_set *set = session->set;
	bool last = number + 1 >= step->section->count;
	bool present = number < step->section->count;
	bool alone =
		present && (bl_set_statement(set, step->item->index, step->section, number)->flags &
			    BOBOLINK_STATEMENT_NO_TRANSACTION);
	int rc = BOBOLINK_OK;

	if (alone)
		rc = bl_step_statement(run, step, number, error);
	if (rc == BOBOLINK_OK)
		rc = bl_wait_begin(session, alone ? 0 : step->section->flags,
				   step->section->lock_timeout_ms, error);
	if (rc)
		return rc;
	rc = bl_step_record_head(run, step, last, error);
	if (rc == BOBOLINK_OK)
		rc = session->backend->hold(session->connection, true, error);
	if (rc == BOBOLINK_OK && present && !alone)
		rc = bl_step_statement(run, step, number, error);
	if (rc == BOBOLINK_OK)
		rc = count(run, step, number, last, error);
	return end(run, step, last, rc, error);
}

/* Records why statement `number` was refused, and says what stays of the migration. */
static int refuse(struct bl_run *run, const struct bl_step *step, uint32_t number, int rc,
		  struct bobolink_error *error)
{
	bl_record_refusal(run->session, step->item->index,
			  number ? BL_HISTORY_STOP : BL_HISTORY_FAIL, number, error);
	if (number == 0)
		return rc;
	return bl_error_append(error, BOBOLINK_HALFWAY,
			       "; statements done, which stay: %u of %u; mend the "
			       "database, and the next start goes on with this one",
			       (unsigned)number, (unsigned)step->section->count);
}

int bl_step_pieces(struct bl_run *run, const struct bl_step *step, struct bobolink_error *error)
{
	struct bobolink_session *session = run->session;
	uint32_t number = 0;
	int rc = BOBOLINK_OK;

	if (bl_step_status(step) == BL_STATUS_RUNNING)
		number = (uint32_t)step->item->row->statements_done;
	else
		rc = start(run, step, error);
	if (rc == BOBOLINK_OK)
		bl_step_event(run, step, BOBOLINK_EVENT_BEGIN, BOBOLINK_INFO,
			      number ? "goes on outside a transaction" : "outside a transaction");
	do {
		if (rc == BOBOLINK_OK)
			rc = piece(run, step, number, error);
		if (rc == BOBOLINK_OK)
			number++;
	} while (rc == BOBOLINK_OK && number < step->section->count);
	session->backend->hold(session->connection, false, &(struct bobolink_error){ 0 });
	if (rc > 0 && run->refused)
		rc = refuse(run, step, number, rc, error);
	return rc;
}
