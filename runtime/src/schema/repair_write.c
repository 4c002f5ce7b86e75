/*
 * Repair, the transaction: everything that can be made is made and committed together with the rows and the log, or nothing.
 *
 * Which object needs which is known to the database alone. So each is tried below a savepoint, again and again while
 * another one could be made meanwhile. What is made is then read back: an object that came out other than expected means that the whole
 * transaction is done again without it.
 */
#include <stdlib.h>
#include <string.h>

#include "../error.h"
#include "../log.h"
#include "../record.h"
#include "../wait.h"
#include "repair.h"
#include "respell.h"

#define SAVEPOINT "bobolink_repair"

enum state {
	STATE_TO_DO,
	STATE_MADE,
	STATE_WRONG /* would come out other than expected: not tried again */
};

struct work {
	struct bobolink_session *session;
	const struct bl_repair *repair;
	struct bl_pool pool;
	uint8_t *states;      /* of each item: enum state */
	const char **reasons; /* why it was not made; NULL for none */
	struct bobolink_inventory *after;
	bool again; /* something came out wrong: once more without it */
};

static int no_memory(struct bobolink_error *error)
{
	return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
}

static int execute(struct work *work, const char *sql, uint32_t number,
		   struct bobolink_error *error)
{
	return work->session->backend->execute(work->session->connection, sql, strlen(sql), number,
					       error);
}

/* A backend may only have taken note of statements until it is asked something. */
static int flush(struct work *work, struct bobolink_error *error)
{
	return work->session->backend->query(work->session->connection, "SELECT 1", NULL, 0, NULL,
					     NULL, NULL, error);
}

static int step_back(struct work *work, struct bobolink_error *error)
{
	int rc = execute(work, "ROLLBACK TO SAVEPOINT " SAVEPOINT, 1, error);

	if (rc == BOBOLINK_OK)
		rc = execute(work, "RELEASE SAVEPOINT " SAVEPOINT, 1, error);
	return rc ? rc : flush(work, error);
}

static int run(struct work *work, const char *sql, struct bobolink_error *error)
{
	int rc = execute(work, "SAVEPOINT " SAVEPOINT, 1, error);

	if (rc == BOBOLINK_OK)
		rc = execute(work, sql, 1, error);
	if (rc == BOBOLINK_OK)
		rc = execute(work, "RELEASE SAVEPOINT " SAVEPOINT, 1, error);
	return rc ? rc : flush(work, error);
}

static int try_item(struct work *work, uint32_t number, struct bobolink_error *error)
{
	const struct bobolink_repair_item *item = &work->repair->plan.items[number];
	struct bobolink_error refusal;
	int rc;

	bl_error_clear(&refusal);
	rc = run(work, item->sql, &refusal);
	if (rc == BOBOLINK_OK) {
		work->states[number] = STATE_MADE;
		work->reasons[number] = NULL;
		return rc;
	}
	if (rc != BOBOLINK_SQL_ERROR) {
		*error = refusal;
		return rc;
	}
	work->reasons[number] = bl_pool_copy(&work->pool, refusal.message, strlen(refusal.message));
	return step_back(work, error);
}

static int ask_to_go_on(const struct work *work, uint32_t number, struct bobolink_error *error)
{
	const struct bobolink_progress progress = {
		.version = work->repair->plan.items[number].version,
		.name = work->repair->plan.items[number].migration,
		.step = 1,
		.steps = 1,
		.statement = number + 1,
		.statements = work->repair->plan.creates,
	};

	if (bl_session_goes_on(work->session, &progress))
		return BOBOLINK_OK;
	return bl_error_set(error, BOBOLINK_INTERRUPTED,
			    "stopped in the middle of a repair: nothing was changed");
}

/* Tries all that is left to do once. */
static int try_all(struct work *work, bool *any, struct bobolink_error *error)
{
	int rc = BOBOLINK_OK;

	*any = false;
	for (uint32_t i = 0; i < work->repair->plan.creates && rc == BOBOLINK_OK; i++) {
		if (work->states[i] != STATE_TO_DO)
			continue;
		rc = ask_to_go_on(work, i, error);
		if (rc == BOBOLINK_OK)
			rc = try_item(work, i, error);
		*any = *any || work->states[i] == STATE_MADE;
	}
	return rc;
}

/*
 * The texts name what they mean in full, with pg_catalog alone in the path; bodies of functions may name what is made
 * after them, or what their caller's path leads to.
 */
static int pin_settings(struct work *work, struct bobolink_error *error)
{
	int rc;

	if (work->session->backend->dialect != BOBOLINK_DIALECT_POSTGRES)
		return BOBOLINK_OK;
	rc = execute(work, "SET LOCAL search_path = pg_catalog", 1, error);
	return rc ? rc : execute(work, "SET LOCAL check_function_bodies = off", 1, error);
}

static int make_objects(struct work *work, struct bobolink_error *error)
{
	bool any = true;
	int rc = pin_settings(work, error);

	while (rc == BOBOLINK_OK && any)
		rc = try_all(work, &any, error);
	if (rc == BOBOLINK_OK && work->pool.failed)
		rc = no_memory(error);
	return rc;
}

/* In the letters of the plan. */
static int respell(struct work *work, struct bobolink_inventory **inventory)
{
	const struct bl_drift *drift = &work->repair->drift;
	struct bl_spelling spelling = { .allocator = &work->session->allocator };
	bool changed;
	int rc = bl_spelling_add(&spelling, drift->expected.inventory);

	if (rc == BOBOLINK_OK)
		rc = bl_spelling_add(&spelling, drift->actual);
	if (rc == BOBOLINK_OK)
		rc = bl_respell(&spelling, inventory, &changed);
	bl_spelling_release(&spelling);
	return rc;
}

static int read_inventory(struct work *work, struct bobolink_inventory **inventory,
			  struct bobolink_error *error)
{
	const struct bl_drift *drift = &work->repair->drift;
	/* One with other letters shares no groups. */
	int rc = bobolink_inventory_read(work->session->backend, work->session->connection,
					 &work->session->allocator,
					 drift->respelled ? NULL : drift->actual, inventory, error);

	if (rc == BOBOLINK_OK && drift->respelled && respell(work, inventory))
		rc = no_memory(error);
	return rc;
}

static int stop(void *context, const struct bobolink_object *before,
		const struct bobolink_object *after)
{
	(void)context;
	(void)before;
	(void)after;
	return 1;
}

/* Under the lock: whether head and schema are those that the plan was made from. */
static int check_moment(struct work *work, struct bl_head *head, struct bobolink_error *error)
{
	struct bobolink_inventory *actual = NULL;
	int rc = bl_session_head(work->session, head, error);

	if (rc == BOBOLINK_OK)
		rc = bl_head_expect(&work->repair->head, head, error);
	if (rc == BOBOLINK_OK)
		rc = read_inventory(work, &actual, error);
	if (rc == BOBOLINK_OK &&
	    bobolink_inventory_compare(work->repair->drift.actual, actual, stop, NULL))
		rc = bl_error_set(error, BOBOLINK_PLAN_CHANGED,
				  "somebody has changed the schema of this database since the plan "
				  "was made: nothing was changed; look at the new plan and decide "
				  "again");
	bobolink_inventory_free(actual);
	return rc;
}

/* The item that made, or should have made, an object; the count for none. */
static uint32_t item_of(const struct bl_repair *repair, const struct bobolink_object *object)
{
	const struct bobolink_object *maker = NULL;

	for (uint32_t i = 0; i < repair->part_count && !maker; i++) {
		if (bl_object_order(repair->parts[i].object, object) == 0)
			maker = repair->parts[i].maker;
	}
	for (uint32_t i = 0; maker && i < repair->plan.creates; i++) {
		if (repair->plan.items[i].object == maker)
			return i;
	}
	return repair->plan.count;
}

/* What was made other than expected is not made. */
static int check_difference(void *context, const struct bobolink_object *expected,
			    const struct bobolink_object *actual)
{
	struct work *work = context;
	uint32_t number;

	if (!expected || !actual)
		return 0;
	number = item_of(work->repair, expected);
	if (number == work->repair->plan.count || work->states[number] != STATE_MADE)
		return 0;
	work->states[number] = STATE_WRONG;
	work->reasons[number] = bl_pool_format(
		&work->pool, "it would become \"%s\", not \"%s\": write a migration that makes it",
		actual->definition, expected->definition);
	work->again = true;
	return 0;
}

static int check_made(struct work *work, struct bobolink_error *error)
{
	int rc = read_inventory(work, &work->after, error);

	if (rc == BOBOLINK_OK)
		bobolink_inventory_compare(bl_repair_expected(work->repair)->inventory, work->after,
					   check_difference, work);
	if (rc == BOBOLINK_OK && work->pool.failed)
		rc = no_memory(error);
	return rc;
}

static void log_items(struct work *work)
{
	const struct bobolink_repair *plan = &work->repair->plan;

	for (uint32_t i = 0; i < plan->creates; i++) {
		const struct bobolink_repair_item *item = &plan->items[i];
		const char *name = bl_repair_name(&work->pool, item->object);
		const char *detail =
			work->states[i] == STATE_MADE
				? bl_pool_format(&work->pool, "%s was missing: made again", name)
				: bl_pool_format(&work->pool, "%s was not made again: %s", name,
						 work->reasons[i] ? work->reasons[i] : "");

		bl_log_add(work->session,
			   work->states[i] == STATE_MADE ? BOBOLINK_EVENT_REPAIRED
							 : BOBOLINK_EVENT_DRIFT,
			   item->version, detail);
	}
}

#define ROLLED_BACK \
	"recorded as applied, and the database was as before it: rolled back, to be applied again"

static int roll_back(struct work *work, const struct bl_repair_row *row,
		     struct bobolink_error *error)
{
	const struct bl_record record = {
		.version = work->session->set->migrations[row->index].version,
		.index = row->index,
		.status = BL_STATUS_APPLIED,
		.event = BL_HISTORY_UNDO,
		.batch = row->batch,
		.duration_ms = -1,
	};

	int rc = bl_record_end_fixes(work->session, record.version, error);

	bl_log_add(work->session, BOBOLINK_EVENT_REPAIRED, record.version, ROLLED_BACK);
	return rc ? rc : bl_record_item(work->session, &record, error);
}

/* They run again behind what is applied again, as after every rollback. */
static int end_repeatables(struct work *work, struct bobolink_error *error)
{
	struct bl_values values = { .count = 0 };

	bl_values_text(&values, work->session->set->name);
	return bl_session_query(work->session, BL_SQL_REPEATABLES_END, &values, NULL, NULL, NULL,
				error);
}

static int write_rows(struct work *work, const struct bl_head *head, struct bobolink_error *error)
{
	const struct bl_repair *repair = work->repair;
	struct bl_head next = *head;
	int rc;

	if (repair->row_count == 0)
		return BOBOLINK_OK;
	next.version = repair->version;
	next.batch_until = -1;
	rc = bl_record_head(work->session, head, &next, error);
	if (rc == BOBOLINK_OK)
		rc = end_repeatables(work, error);
	for (uint32_t i = repair->row_count; i-- > 0 && rc == BOBOLINK_OK;)
		rc = roll_back(work, &repair->rows[i], error);
	return rc;
}

/* In the transaction at hand. */
static int write_all(struct work *work, struct bobolink_error *error)
{
	struct bl_head head;
	int rc = check_moment(work, &head, error);

	if (rc == BOBOLINK_OK)
		rc = make_objects(work, error);
	if (rc == BOBOLINK_OK)
		rc = check_made(work, error);
	if (rc || work->again)
		return rc;
	log_items(work);
	rc = write_rows(work, &head, error);
	return rc ? rc : bl_log_write(work->session, error);
}

static int attempt(struct work *work, struct bobolink_error *error)
{
	struct bobolink_session *session = work->session;
	int rc;

	work->again = false;
	for (uint32_t i = 0; i < work->repair->plan.creates; i++) {
		if (work->states[i] == STATE_MADE)
			work->states[i] = STATE_TO_DO;
	}
	bl_log_mark(session);
	rc = bl_wait_begin(session, NULL, error);
	if (rc)
		return rc;
	rc = write_all(work, error);
	if (rc || work->again)
		session->backend->rollback(session->connection);
	else
		rc = bl_wait_commit(session, error);
	bl_log_settle(session, rc || work->again ? BOBOLINK_STALE : BOBOLINK_OK);
	bobolink_inventory_free(work->after);
	work->after = NULL;
	if (rc == BOBOLINK_STALE)
		rc = bl_error_set(error, BOBOLINK_PLAN_CHANGED,
				  "another program has migrated this database meanwhile: nothing "
				  "was changed; look at the new plan and decide again");
	return rc;
}

static int attempt_all(struct work *work, struct bobolink_error *error)
{
	struct bl_wait wait;
	int rc;

	bl_wait_init(&wait, work->session, 0);
	do {
		rc = attempt(work, error);
		if (rc == BOBOLINK_AGAIN) {
			rc = bl_wait_after(work->session, &wait, error);
			work->again = true;
		}
	} while (rc == BOBOLINK_OK && work->again);
	return bl_wait_ended(rc, error);
}

/* After it was committed. */
static void tell(struct work *work, uint32_t *made)
{
	const struct bl_repair *repair = work->repair;
	const struct bobolink_set *set = work->session->set;

	for (uint32_t i = 0; i < repair->plan.creates; i++) {
		const struct bobolink_repair_item *item = &repair->plan.items[i];
		const char *name = bl_repair_name(&work->pool, item->object);
		bool done = work->states[i] == STATE_MADE;

		*made += done;
		bl_session_tell(work->session,
				done ? BOBOLINK_EVENT_REPAIRED : BOBOLINK_EVENT_DRIFT,
				BOBOLINK_WARNING, item->version, item->migration, -1,
				done ? bl_pool_format(&work->pool, "%s was missing: made again",
						      name)
				     : bl_pool_format(&work->pool, "%s was not made again: %s",
						      name,
						      work->reasons[i] ? work->reasons[i] : ""));
	}
	for (uint32_t i = 0; i < repair->row_count; i++)
		bl_session_tell(work->session, BOBOLINK_EVENT_REPAIRED, BOBOLINK_WARNING,
				set->migrations[repair->rows[i].index].version,
				bl_set_name(set, repair->rows[i].index), -1, ROLLED_BACK);
}

int bl_repair_write(struct bobolink_session *session, const struct bl_repair *repair,
		    uint32_t *made, struct bobolink_error *error)
{
	struct work work = { .session = session, .repair = repair };
	bool own_log = !session->log.open;
	int rc;

	bl_pool_init(&work.pool, &session->allocator);
	work.states =
		bl_memory_alloc(&session->allocator, repair->plan.count, sizeof(*work.states));
	work.reasons =
		bl_memory_alloc(&session->allocator, repair->plan.count, sizeof(*work.reasons));
	if (own_log)
		bl_log_start(session);
	rc = work.states && work.reasons ? attempt_all(&work, error) : no_memory(error);
	if (own_log)
		bl_log_finish(session, false);
	session->backend->settle(session->connection);
	if (rc == BOBOLINK_OK)
		tell(&work, made);
	bl_memory_release(&session->allocator, work.states);
	bl_memory_release(&session->allocator, (void *)work.reasons);
	bl_pool_release(&work.pool);
	return rc;
}
