/*
 * Decide: what a person says became of a migration. None of its statements is run; the row changes, and
 * the log says who did it.
 */
#include <inttypes.h>
#include <string.h>

#include "decide.h"

#include "../error.h"
#include "../explain.h"
#include "../log.h"
#include "../record.h"
#include "../wait.h"

/* A decision about one migration, or about the first `count` of the set. */
struct decision {
	int32_t event; /* enum bl_history_event */
	int32_t kind;  /* enum bobolink_event_kind */
	const char *detail;
	const struct bl_plan_item *item;
	uint32_t count;
	bool forced;
};

static bool stays(const struct bl_plan_item *item, const struct decision *decision)
{
	if (item == decision->item)
		return decision->event == BL_HISTORY_MARK_APPLIED;
	if (item->index != BL_SET_NONE && item->index < decision->count)
		return !item->elsewhere;
	return item->row && bl_plan_is_in_database(item->row);
}

/* The batch that it is in; 0 for none, and for one of an earlier life. */
static int64_t batch_of(const struct bl_plan_item *item)
{
	return item->row && bl_status_live(item->row->status) ? item->row->batch : 0;
}

/* The head after a decision: the newest version that is there, and nobody's batch is gone on with. */
static struct bl_head next_head(const struct bl_view *view, const struct decision *decision)
{
	struct bl_head head = view->head;

	head.batch_until = -1;
	if (decision->event == BL_HISTORY_RESTAMP)
		return head;
	head.version = -1;
	for (uint32_t i = 0; i < view->plan.count; i++) {
		if (stays(&view->plan.items[i], decision))
			head.version = view->plan.items[i].version;
	}
	if (decision->event == BL_HISTORY_MARK_APPLIED && !batch_of(decision->item))
		head.batch++;
	return head;
}

static int record_one(struct bobolink_session *session, const struct decision *decision,
		      int64_t batch, struct bobolink_error *error)
{
	const struct bl_history_row *row = decision->item->row;
	struct bl_record record = {
		.version = decision->item->version,
		.index = decision->item->index,
		.status = row ? row->status : BL_STATUS_NONE,
		.event = decision->event,
		.batch = batch_of(decision->item) ? batch_of(decision->item) : batch,
		.duration_ms = -1,
		.error_message = row && *row->error_message ? row->error_message : NULL,
	};
	int rc = BOBOLINK_OK;

	if (decision->event == BL_HISTORY_MARK_APPLIED)
		record.statements_done = session->set->migrations[record.index].up.count;
	else if (row)
		record.statements_done = row->statements_done;
	if (decision->event == BL_HISTORY_MARK_PENDING)
		rc = bl_record_end_fixes(session, record.version, error);
	bl_log_add(session, decision->kind, record.version, decision->detail);
	return rc ? rc : bl_record_item(session, &record, error);
}

/* The first migrations of the set; none has a live row. What is not for this environment is taken as left out. */
static int record_baseline(struct bobolink_session *session, const struct bl_view *view,
			   const struct decision *decision, struct bobolink_error *error)
{
	int rc = BOBOLINK_OK;

	for (uint32_t i = 0; i < view->plan.count && rc == BOBOLINK_OK; i++) {
		const struct bl_plan_item *item = &view->plan.items[i];
		struct bl_record record = {
			.version = item->version,
			.index = item->index,
			.status = item->row ? item->row->status : BL_STATUS_NONE,
			.event = item->elsewhere ? BL_HISTORY_SKIP : BL_HISTORY_BASELINE,
			.duration_ms = -1,
		};

		if (item->index == BL_SET_NONE || item->index >= decision->count)
			continue;
		record.statements_done = session->set->migrations[item->index].up.count;
		rc = bl_record_item(session, &record, error);
	}
	if (decision->forced)
		bl_log_add(session, BOBOLINK_EVENT_FORCED, -1,
			   "the schema was not compared, or its differences were accepted");
	bl_log_add(session, decision->kind, session->set->migrations[decision->count - 1].version,
		   decision->detail);
	return rc;
}

static int write_decision(struct bobolink_session *session, const struct bl_view *view,
			  const struct decision *decision, struct bobolink_error *error)
{
	const struct bl_head next = next_head(view, decision);
	int rc = bl_wait_begin(session, NULL, error);

	if (rc)
		return rc;
	rc = bl_record_head(session, &view->head, &next, error);
	if (rc == BOBOLINK_OK && decision->item)
		rc = record_one(session, decision, next.batch, error);
	else if (rc == BOBOLINK_OK)
		rc = record_baseline(session, view, decision, error);
	if (rc == BOBOLINK_OK)
		rc = bl_log_write(session, error);
	if (rc)
		session->backend->rollback(session->connection);
	else
		rc = bl_wait_commit(session, error);
	if (rc == BOBOLINK_STALE || rc == BOBOLINK_AGAIN)
		rc = bl_error_set(error, BOBOLINK_PLAN_CHANGED,
				  "another program has migrated this database meanwhile: nothing "
				  "was changed; look at --migrate-status and decide again");
	return rc;
}

static void tell(const struct bobolink_session *session, const struct bl_view *view,
		 const struct decision *decision)
{
	const struct bl_plan_item *item = decision->item;

	bl_session_tell(session, decision->kind, BOBOLINK_WARNING, item ? item->version : -1,
			item ? bl_plan_item_name(&view->plan, item) : "", -1, decision->detail);
}

static int decide(struct bobolink_session *session, const struct bl_view *view,
		  const struct decision *decision, struct bobolink_error *error)
{
	int rc;

	bl_log_start(session);
	rc = bl_wait_ended(write_decision(session, view, decision, error), error);
	/* What was not committed did not happen. */
	bl_log_settle(session, BOBOLINK_STALE);
	bl_log_finish(session, false);
	session->backend->settle(session->connection);
	if (rc == BOBOLINK_OK)
		tell(session, view, decision);
	return rc;
}

static int find_item(const struct bl_plan *plan, int64_t version, const struct bl_plan_item **item,
		     struct bobolink_error *error)
{
	for (uint32_t i = 0; i < plan->count; i++) {
		*item = &plan->items[i];
		if ((*item)->version == version)
			return BOBOLINK_OK;
	}
	return bl_error_set(error, BOBOLINK_USAGE,
			    "version %" PRId64 " is neither in this program nor in the database: "
			    "take one that --migrate-status lists",
			    version);
}

static int refuse_mark(const struct bl_plan *plan, const struct bl_plan_item *item, const char *why,
		       struct bobolink_error *error)
{
	return bl_error_set(error, BOBOLINK_USAGE, "migration %" PRId64 " (%s) %s", item->version,
			    bl_plan_item_name(plan, item), why);
}

/* Whether a mark makes sense for what the migration is. */
static int check_mark(const struct bl_plan *plan, const struct decision *decision,
		      struct bobolink_error *error)
{
	const struct bl_plan_item *item = decision->item;
	int status = item->row ? item->row->status : BL_STATUS_NONE;
	bool ours = item->index != BL_SET_NONE;

	if (decision->event == BL_HISTORY_FORGET && ours)
		return refuse_mark(plan, item,
				   "is one of this program, which cannot forget it: use pending "
				   "when the database has nothing of it",
				   error);
	if (decision->event != BL_HISTORY_FORGET && !ours)
		return refuse_mark(plan, item,
				   "is not in this program: use forget, or the program that "
				   "carries it",
				   error);
	if (bl_history_transition(status, decision->event).sql != BL_SQL_NONE)
		return BOBOLINK_OK;
	if (decision->event == BL_HISTORY_MARK_APPLIED)
		return refuse_mark(plan, item, "is applied already: nothing was changed", error);
	return refuse_mark(plan, item,
			   "is not in the database: nothing was changed; --migrate applies what "
			   "was rolled back",
			   error);
}

static bool fill_mark(int mark, struct decision *decision)
{
	static const struct {
		int32_t event;
		const char *detail;
	} marks[] = {
		[BOBOLINK_MARK_APPLIED] = { BL_HISTORY_MARK_APPLIED,
					    "marked as applied, by hand: nothing was run" },
		[BOBOLINK_MARK_PENDING] = { BL_HISTORY_MARK_PENDING,
					    "marked as pending, by hand: nothing was run" },
		[BOBOLINK_MARK_FORGET] = { BL_HISTORY_FORGET,
					   "forgotten, by hand: nothing was run" },
	};

	if (mark < BOBOLINK_MARK_APPLIED || mark > BOBOLINK_MARK_FORGET)
		return false;
	decision->event = marks[mark].event;
	decision->kind = BOBOLINK_EVENT_REPAIRED;
	decision->detail = marks[mark].detail;
	return true;
}

int bobolink_mark(struct bobolink_session *session, int64_t version, int mark,
		  struct bobolink_error *error)
{
	const struct bl_plan_request request = { .mode = BL_PLAN_BOOT, .target = BOBOLINK_HEAD };
	struct decision decision = { 0 };
	struct bobolink_error local;
	struct bl_view view;
	int rc;

	error = error ? error : &local;
	bl_error_clear(error);
	if (!fill_mark(mark, &decision))
		return bl_error_set(error, BOBOLINK_USAGE,
				    "there is no such mark: use a BOBOLINK_MARK_… constant");
	rc = bl_view_read(session, &request, NULL, &view, error);
	if (rc == BOBOLINK_OK)
		rc = find_item(&view.plan, version, &decision.item, error);
	if (rc == BOBOLINK_OK)
		rc = check_mark(&view.plan, &decision, error);
	if (rc == BOBOLINK_OK)
		rc = decide(session, &view, &decision, error);
	bl_view_release(&view);
	return rc;
}

static int check_restamp(const struct bl_plan *plan, const struct bl_plan_item *item,
			 struct bobolink_error *error)
{
	if (item->state == BOBOLINK_STATE_COSMETIC)
		return BOBOLINK_OK;
	if (item->state == BOBOLINK_STATE_CHANGED) {
		refuse_mark(plan, item,
			    "was applied with other SQL, not only with other comments: "
			    "--migrate-verify shows what differs",
			    error);
		return bl_error_append(error, BOBOLINK_CHANGED, "%s", "");
	}
	return refuse_mark(plan, item,
			   "was not applied with other comments or white space: there is nothing "
			   "to accept",
			   error);
}

int bobolink_restamp(struct bobolink_session *session, int64_t version,
		     struct bobolink_error *error)
{
	const struct bl_plan_request request = { .mode = BL_PLAN_BOOT, .target = BOBOLINK_HEAD };
	struct decision decision = {
		.event = BL_HISTORY_RESTAMP,
		.kind = BOBOLINK_EVENT_REPAIRED,
		.detail = "other comments or white space were accepted",
	};
	struct bobolink_error local;
	struct bl_view view;
	int rc;

	error = error ? error : &local;
	bl_error_clear(error);
	rc = bl_view_read(session, &request, NULL, &view, error);
	if (rc == BOBOLINK_OK)
		rc = find_item(&view.plan, version, &decision.item, error);
	if (rc == BOBOLINK_OK)
		rc = check_restamp(&view.plan, decision.item, error);
	if (rc == BOBOLINK_OK)
		rc = decide(session, &view, &decision, error);
	bl_view_release(&view);
	return rc;
}

/* A baseline is the beginning of a history. */
static int check_baseline(const struct bobolink_session *session, const struct bl_view *view,
			  int64_t version, struct bobolink_error *error)
{
	if (bl_set_find(session->set, version) == BL_SET_NONE)
		return bl_error_set(error, BOBOLINK_USAGE,
				    "version %" PRId64 " is not a migration of this program: take "
				    "one that --migrate-status lists",
				    version);
	for (uint32_t i = 0; i < view->history.count; i++) {
		if (bl_status_live(view->history.rows[i].status))
			return bl_error_set(
				error, BOBOLINK_USAGE,
				"this database has a history already (migration %" PRId64
				"): a baseline is for one that was made by other means",
				view->history.rows[i].version);
	}
	if (view->plan.verdict == BOBOLINK_OTHER_NAME)
		return bl_explain_verdict(&view->plan, error);
	return BOBOLINK_OK;
}

int bl_baseline_check(struct bobolink_session *session, int64_t version,
		      struct bobolink_error *error)
{
	const struct bl_plan_request request = { .mode = BL_PLAN_BOOT, .target = BOBOLINK_HEAD };
	struct bl_view view;
	int rc = bl_view_read(session, &request, NULL, &view, error);

	if (rc == BOBOLINK_OK)
		rc = check_baseline(session, &view, version, error);
	bl_view_release(&view);
	return rc;
}

int bobolink_baseline_record(struct bobolink_session *session, int64_t version, uint32_t flags,
			     uint32_t *marked, struct bobolink_error *error)
{
	const struct bl_plan_request request = { .mode = BL_PLAN_BOOT, .target = BOBOLINK_HEAD };
	char detail[64];
	struct decision decision = {
		.event = BL_HISTORY_BASELINE,
		.kind = BOBOLINK_EVENT_BASELINE,
		.detail = detail,
		.forced = flags & BOBOLINK_FORCE,
	};
	struct bobolink_error local;
	struct bl_view view;
	int rc;

	error = error ? error : &local;
	bl_error_clear(error);
	if (marked)
		*marked = 0;
	rc = bl_view_read(session, &request, NULL, &view, error);
	if (rc == BOBOLINK_OK)
		rc = check_baseline(session, &view, version, error);
	if (rc == BOBOLINK_OK) {
		decision.count = bl_set_find(session->set, version) + 1;
		bl_format(detail, sizeof(detail), "migrations taken as applied: %u",
			  (unsigned)decision.count);
		rc = decide(session, &view, &decision, error);
	}
	bl_view_release(&view);
	if (rc == BOBOLINK_OK && marked)
		*marked = decision.count;
	return rc;
}
