/*
 * Preview: a plan as the caller sees it, with its statements and what it can destroy. Running it later does
 * exactly what was shown, or nothing.
 */
#include <inttypes.h>
#include <string.h>

#include "../apply.h"
#include "../error.h"
#include "../explain.h"
#include "../losses.h"
#include "../undo.h"
#include "down.h"

/* A public plan and everything that its pointers lead to. */
struct plan_box {
	struct bobolink_plan plan; /* first: the caller's pointer */
	struct bobolink_allocator allocator;
	struct bl_plan_request request;
	struct bl_head head; /* that it was made from */
	struct bl_history history;
	struct bl_downs downs;
	struct bl_pool pool;
	struct bobolink_plan_step *steps;
	struct bobolink_loss *losses;
	uint32_t loss_capacity;
};

/* Where the statements of step `number` are. */
static const struct bobolink_section *section_of(const struct plan_box *box, uint32_t number,
						 const struct bobolink_set **set, uint32_t *index)
{
	static const struct bobolink_section nothing = { .count = 0 };
	const struct bobolink_plan_step *step = &box->steps[number];

	if (step->stored) {
		*set = &box->downs.items[number].set;
		*index = 0;
		return &(*set)->migrations[0].down;
	}
	*set = box->plan.set;
	*index = step->index;
	if (*step->skipped)
		return &nothing;
	return box->plan.down ? &(*set)->migrations[*index].down : &(*set)->migrations[*index].up;
}

static void fill_step(const struct bl_plan *plan, uint32_t number, struct plan_box *box)
{
	const struct bl_plan_item *item = &plan->items[plan->steps[number]];
	struct bobolink_plan_step *step = &box->steps[number];
	const struct bobolink_section *section;
	const struct bobolink_set *set;
	char why[BOBOLINK_MESSAGE_SIZE];
	uint32_t index;

	step->skipped = "";
	if (item->elsewhere) {
		bl_explain_elsewhere(plan->set, item->index, why, sizeof(why));
		step->skipped = bl_pool_format(&box->pool, "%s", why);
	}
	step->version = item->version;
	step->name = bl_plan_item_name(plan, item);
	step->index = item->index;
	step->stored = plan->down && bl_plan_is_stored(plan, item);
	section = section_of(box, number, &set, &index);
	step->file = bl_set_text(set, index,
				 item->elsewhere ? set->migrations[index].up.file : section->file);
	step->flags = section->flags;
	step->statements = section->count;
	if (plan->down)
		step->batch = item->row->batch;
	step->call = section->call ? set->calls[section->call - 1].name : "";
	if (!section->call &&
	    (item->state == BOBOLINK_STATE_RUNNING || item->state == BOBOLINK_STATE_ROLLING_BACK))
		step->first = (uint32_t)item->row->statements_done;
}

static int add_loss(struct plan_box *box, int64_t version, const struct bl_losses_line *line,
		    int64_t rows)
{
	struct bobolink_plan *plan = &box->plan;
	struct bobolink_loss *losses =
		bl_memory_grow(&box->allocator, box->losses, plan->loss_count, &box->loss_capacity,
			       sizeof(*losses));
	struct bl_text what;

	if (!losses)
		return BOBOLINK_NO_MEMORY;
	box->losses = losses;
	plan->losses = losses;
	bl_text_init(&what, &box->allocator);
	bl_losses_field(line->what, line->what_length, &what);
	losses[plan->loss_count++] = (struct bobolink_loss){
		.version = version,
		.rows = rows,
		.what = bl_pool_copy(&box->pool, what.text ? what.text : "", what.length),
	};
	plan->at_stake += rows != 0;
	bl_text_release(&what);
	return what.failed || box->pool.failed ? BOBOLINK_NO_MEMORY : BOBOLINK_OK;
}

/* Asks for each thing that a step can destroy how much of it there is. */
static int count_losses(struct bobolink_session *session, struct plan_box *box,
			struct bobolink_error *error)
{
	int rc = BOBOLINK_OK;

	for (uint32_t i = 0; i < box->plan.count && rc == BOBOLINK_OK; i++) {
		const struct bobolink_set *set;
		uint32_t index;
		const struct bobolink_section *section = section_of(box, i, &set, &index);
		const char *text = bl_set_text(set, index, section->losses);
		struct bl_losses_line line;

		while (rc == BOBOLINK_OK && bl_losses_next(&text, &line)) {
			int64_t rows;

			rc = bl_losses_count(session, &line, false, &rows, error);
			if (rc == BOBOLINK_OK && add_loss(box, box->steps[i].version, &line, rows))
				rc = bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
		}
	}
	return rc;
}

/* What cannot be undone for the sake of another set is said before anything is. */
static int check_steps_down(struct bobolink_session *session, const struct bl_plan *plan,
			    struct bobolink_error *error)
{
	int rc = BOBOLINK_OK;

	for (uint32_t i = 0; session->permit && i < plan->step_count && rc == BOBOLINK_OK; i++)
		rc = session->permit(session, plan->items[plan->steps[i]].version, true, error);
	return rc;
}

static int fill_plan(struct bobolink_session *session, const struct bl_plan *plan,
		     struct plan_box *box, struct bobolink_error *error)
{
	int rc = bl_explain_verdict(plan, error);

	if (rc == BOBOLINK_OK && plan->down)
		rc = check_steps_down(session, plan, error);
	if (rc == BOBOLINK_OK && plan->down)
		rc = bl_downs_read(session, plan, &box->downs, error);
	if (rc)
		return rc;
	box->steps = bl_memory_alloc(&box->allocator, plan->step_count, sizeof(*box->steps));
	if (!box->steps)
		return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
	box->plan.set = plan->set;
	box->plan.steps = box->steps;
	box->plan.count = plan->step_count;
	box->plan.down = plan->down;
	for (uint32_t i = 0; i < plan->step_count; i++)
		fill_step(plan, i, box);
	if (box->pool.failed)
		return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
	return count_losses(session, box, error);
}

static int make_plan(struct bobolink_session *session, const struct bl_plan_request *request,
		     struct bobolink_plan **plan, struct bobolink_error *error)
{
	struct plan_box *box;
	struct bobolink_error local;
	struct bl_view view;
	int rc;

	error = error ? error : &local;
	bl_error_clear(error);
	*plan = NULL;
	box = bl_memory_alloc(&session->allocator, 1, sizeof(*box));
	if (!box)
		return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
	box->allocator = session->allocator;
	box->request = *request;
	bl_pool_init(&box->pool, &box->allocator);
	rc = bl_view_read(session, request, NULL, &view, error);
	if (rc == BOBOLINK_OK)
		rc = fill_plan(session, &view.plan, box, error);
	/* Names that only the database knows stay in the history's pool. */
	box->head = view.head;
	box->history = view.history;
	box->history.pool.allocator = &box->allocator;
	bl_plan_release(&view.plan);
	*plan = &box->plan;
	if (rc) {
		bobolink_plan_free(*plan);
		*plan = NULL;
	}
	return rc;
}

int bobolink_plan(struct bobolink_session *session, int64_t target, struct bobolink_plan **plan,
		  struct bobolink_error *error)
{
	const struct bl_plan_request request = { .mode = BL_PLAN_APPLY, .target = target };

	return make_plan(session, &request, plan, error);
}

int bobolink_plan_rollback(struct bobolink_session *session, uint32_t batches,
			   struct bobolink_plan **plan, struct bobolink_error *error)
{
	const struct bl_plan_request request = { .mode = BL_PLAN_ROLLBACK, .batches = batches };

	return make_plan(session, &request, plan, error);
}

int bobolink_plan_to(struct bobolink_session *session, int64_t version, struct bobolink_plan **plan,
		     struct bobolink_error *error)
{
	const struct bl_plan_request request = { .mode = BL_PLAN_TO, .target = version };

	return make_plan(session, &request, plan, error);
}

void bobolink_plan_free(struct bobolink_plan *plan)
{
	struct plan_box *box = (struct plan_box *)plan;
	struct bobolink_allocator allocator;

	if (!plan)
		return;
	allocator = box->allocator;
	bl_downs_release(&box->downs, &allocator);
	bl_history_release(&box->history);
	bl_pool_release(&box->pool);
	bl_memory_release(&allocator, box->steps);
	bl_memory_release(&allocator, box->losses);
	bl_memory_release(&allocator, box);
}

int bobolink_plan_statement(const struct bobolink_plan *plan, const struct bobolink_plan_step *step,
			    uint32_t number, struct bobolink_plan_statement *statement)
{
	const struct plan_box *box = (const struct plan_box *)plan;
	const struct bobolink_statement *from;
	const struct bobolink_set *set;
	uint32_t index;
	const struct bobolink_section *section =
		section_of(box, (uint32_t)(step - plan->steps), &set, &index);

	if (number >= section->count)
		return 0;
	from = bl_set_statement(set, index, section, number);
	statement->text = bl_set_text(set, index, from->text);
	statement->length = from->length;
	statement->line = from->line;
	statement->column = from->column;
	statement->flags = from->flags;
	statement->locks = bl_set_text(set, index, from->locks);
	return 1;
}

/* Up: what is pending is found out again under the lock, so the plan only has to be the same now. */
static int run_up(struct bobolink_session *session, const struct plan_box *box,
		  const struct bl_head *head, uint32_t flags, uint32_t *done,
		  struct bobolink_error *error)
{
	struct bl_plan_request request = box->request;
	const uint32_t protect = session->options.protect;
	int rc;

	/* Whatever others do meanwhile, the way up to a version does not become one down. */
	request.mode = BL_PLAN_APPLY;
	if (flags & BOBOLINK_FORCE)
		session->options.protect = BOBOLINK_PROTECT_FORCED;
	rc = bl_apply(session, &request, head, done, error);
	session->options.protect = protect;
	return rc;
}

/* What a person accepts to lose; cut where there is no more room. */
static void describe_losses(const struct bobolink_plan *plan, char *text, size_t size)
{
	size_t length = 0;

	bl_format(text, size, "nothing that was known when it was planned");
	for (uint32_t i = 0; i < plan->loss_count && length + 1 < size; i++) {
		const struct bobolink_loss *loss = &plan->losses[i];
		const char *before = length ? ", " : "";

		if (loss->rows < 0)
			bl_format(text + length, size - length, "%s%s (rows not counted)", before,
				  loss->what);
		else if (loss->rows > 0)
			bl_format(text + length, size - length, "%s%s (rows: %" PRId64 ")", before,
				  loss->what, loss->rows);
		else
			continue;
		length += strlen(text + length);
	}
}

static bool accepts_losses(const struct bobolink_session *session, uint32_t flags)
{
	return (flags & BOBOLINK_FORCE) || session->options.protect == BOBOLINK_PROTECT_FORCED;
}

static int run_down(struct bobolink_session *session, const struct plan_box *box, uint32_t flags,
		    uint32_t *done, struct bobolink_error *error)
{
	char losses[BOBOLINK_MESSAGE_SIZE / 2];
	const struct bl_undo undo = {
		.request = box->request,
		.expected = &box->head,
		.downs = &box->downs,
		.forced = accepts_losses(session, flags) ? losses : NULL,
	};

	describe_losses(&box->plan, losses, sizeof(losses));
	if (box->plan.at_stake && !undo.forced)
		return bl_error_set(
			error, BOBOLINK_DATA_LOSS,
			"undoing this would destroy data, in %u place%s: make a backup, "
			"then accept that with --migrate-force",
			(unsigned)box->plan.at_stake, box->plan.at_stake == 1 ? "" : "s");
	return bl_undo(session, &undo, done, error);
}

int bobolink_run(struct bobolink_session *session, const struct bobolink_plan *plan, uint32_t flags,
		 uint32_t *done, struct bobolink_error *error)
{
	const struct plan_box *box = (const struct plan_box *)plan;
	struct bobolink_error local;
	struct bl_head head;
	int rc;

	error = error ? error : &local;
	bl_error_clear(error);
	if (done)
		*done = 0;
	rc = bl_session_head(session, &head, error);
	if (rc == BOBOLINK_OK)
		rc = bl_head_expect(&box->head, &head, error);
	if (rc)
		return rc;
	if (plan->down)
		return run_down(session, box, flags, done, error);
	return run_up(session, box, &head, flags, done, error);
}

int bobolink_rollback(struct bobolink_session *session, uint32_t batches, uint32_t flags,
		      uint32_t *undone, struct bobolink_error *error)
{
	struct bobolink_plan *plan;
	int rc = bobolink_plan_rollback(session, batches, &plan, error);

	if (undone)
		*undone = 0;
	if (rc)
		return rc;
	rc = bobolink_run(session, plan, flags, undone, error);
	bobolink_plan_free(plan);
	return rc;
}
