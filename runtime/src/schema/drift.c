/*
 * Drift: compares what the applied migrations make with what the database has.
 *
 * Head, history, inventory and head again are read one after the other. When the head or the fingerprint of the schema
 * moved meanwhile, somebody is migrating, and what was read does not belong together: all is read again.
 */
#include "drift.h"

#include <string.h>
#include <time.h>

#include "../error.h"
#include "../explain.h"
#include "../wait.h"
#include "ignore.h"
#include "postgres_text.h"
#include "respell.h"

#define ATTEMPTS       5
#define FIRST_PAUSE_NS 5000000L

static int no_memory(struct bobolink_error *error)
{
	return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
}

/* What a migration made that this program does not have is not known. */
static int check_known(const struct bl_plan *plan, struct bobolink_error *error)
{
	char text[BOBOLINK_MESSAGE_SIZE];

	if (plan->verdict == BOBOLINK_NEWER || plan->verdict == BOBOLINK_OTHER_NAME ||
	    plan->verdict == BOBOLINK_MISSING)
		return bl_explain_verdict(plan, error);
	for (uint32_t i = 0; i < plan->count; i++) {
		const struct bl_plan_item *item = &plan->items[i];

		if (item->index != BL_SET_NONE || bl_said_part(item->row) == BL_PART_NONE)
			continue;
		bl_explain_item(plan, item, text, sizeof(text));
		return bl_error_set(error, item->code, "%s", text);
	}
	return BOBOLINK_OK;
}

/* Waits while another connection is in the way. */
static int read_inventory(struct bobolink_session *session,
			  const struct bobolink_inventory *previous,
			  struct bobolink_inventory **inventory, struct bobolink_error *error)
{
	struct bl_wait wait;
	int rc;

	bl_wait_init(&wait, session, 0);
	for (;;) {
		rc = bobolink_inventory_read(session->backend, session->connection,
					     &session->allocator, previous, inventory, error);
		if (rc != BOBOLINK_BUSY)
			return rc;
		rc = bl_wait_again(session, &wait, error);
		if (rc)
			return rc;
	}
}

static int stop_at_difference(void *context, const struct bobolink_object *before,
			      const struct bobolink_object *after)
{
	(void)context;
	(void)before;
	(void)after;
	return 1;
}

/*
 * Whether nothing moved since the head was read. A fingerprint also moves for other reasons, again and again where
 * temporary tables are made; then two inventories in a row that are the same say it, too.
 */
static int is_settled(struct bl_drift *drift, const struct bobolink_inventory *previous,
		      bool *settled, struct bobolink_error *error)
{
	struct bl_head after;
	int rc = bl_session_head(drift->session, &after, error);

	if (rc)
		return rc;
	*settled = bl_head_same(&drift->view.head, &after) &&
		   (strcmp(drift->view.head.fingerprint, after.fingerprint) == 0 ||
		    (previous && bobolink_inventory_compare(previous, drift->actual,
							    stop_at_difference, NULL) == 0));
	return BOBOLINK_OK;
}

static int read_history(struct bl_drift *drift, struct bobolink_error *error)
{
	const struct bl_plan_request request = { .mode = BL_PLAN_BOOT, .target = BOBOLINK_HEAD };
	int rc;

	bl_view_release(&drift->view);
	bl_memory_release(&drift->allocator, drift->said);
	drift->said = NULL;
	rc = bl_view_read(drift->session, &request, NULL, &drift->view, error);
	if (rc == BOBOLINK_OK)
		rc = check_known(&drift->view.plan, error);
	if (rc == BOBOLINK_OK)
		rc = bl_said_read(drift->session, &drift->view.plan, drift->view.head.tables,
				  &drift->said, error);
	return rc;
}

/* What comes in between is over soon, or goes on for long. */
static void pause_before(int attempt)
{
	const struct timespec time = { 0, FIRST_PAUSE_NS << 2 * (attempt - 1) };

	nanosleep(&time, NULL);
}

/* PostgreSQL stumbles over objects that go while it lists them: that is a change, too. */
static bool is_torn(int rc)
{
	return rc == BOBOLINK_SQL_ERROR || rc == BOBOLINK_CORRUPT;
}

/* What made every attempt fail may have another reason: it is told, too. */
static int give_up(int torn, struct bobolink_error *error)
{
	static const char advice[] =
		"somebody is changing the schema of this database, and it was not compared: wait "
		"until they are done, with --migrate-wait where it is a migration, and ask again";

	if (torn)
		return bl_error_append(error, torn, " (where it is not that %s)", advice);
	return bl_error_set(error, BOBOLINK_PLAN_CHANGED, "%s", advice);
}

static int read_all(struct bl_drift *drift, struct bobolink_error *error)
{
	struct bobolink_inventory *previous = NULL;
	bool settled = false;
	bool read = false;
	int torn = BOBOLINK_OK;
	int rc = BOBOLINK_OK;

	for (int i = 0; i < ATTEMPTS && rc == BOBOLINK_OK && !settled; i++) {
		if (i)
			pause_before(i);
		bobolink_inventory_free(previous);
		previous = drift->actual;
		drift->actual = NULL;
		rc = read_history(drift, error);
		if (rc)
			break;
		torn = read_inventory(drift->session, previous, &drift->actual, error);
		read = read || torn == BOBOLINK_OK;
		if (torn == BOBOLINK_OK)
			rc = is_settled(drift, previous, &settled, error);
		else if (!is_torn(torn))
			rc = torn;
	}
	bobolink_inventory_free(previous);
	return rc || settled ? rc : give_up(read ? BOBOLINK_OK : torn, error);
}

/* The comparison: a difference becomes an item unless it is left out. */
struct comparison {
	struct bl_drift *drift;
	const struct bl_expected *others;
	uint32_t other_count;
};

static bool is_of_others(const struct comparison *comparison, const struct bobolink_object *object)
{
	for (uint32_t i = 0; i < comparison->other_count; i++) {
		const struct bl_expected *other = &comparison->others[i];

		if (other->inventory &&
		    (bl_expected_has(other, object) || bl_expected_is_unsure(other, object)))
			return true;
	}
	return false;
}

static int add_difference(void *context, const struct bobolink_object *before,
			  const struct bobolink_object *after)
{
	const struct comparison *comparison = context;
	const struct bobolink_object *object = before ? before : after;
	struct bl_drift *drift = comparison->drift;
	struct bl_difference *items;

	if (bl_expected_is_unsure(&drift->expected, object) ||
	    (after && is_of_others(comparison, object)) ||
	    (before && after &&
	     (bl_postgres_same_elsewhere(before, after) ||
	      bl_expected_may_differ(&drift->expected, before))))
		return 0;
	if (bl_ignore_object(drift->session->options.ignore, object)) {
		drift->ignored++;
		drift->excused += before != NULL;
		return 0;
	}
	items = bl_memory_grow(&drift->session->allocator, drift->items, drift->count,
			       &drift->capacity, sizeof(*items));
	if (!items)
		return BOBOLINK_NO_MEMORY;
	drift->items = items;
	items[drift->count++] = (struct bl_difference){
		.expected = before,
		.actual = after,
		.kind = !after	 ? BOBOLINK_DRIFT_MISSING
			: before ? BOBOLINK_DRIFT_CHANGED
				 : BOBOLINK_DRIFT_EXTRA,
		.origin = before ? bl_expected_origin(&drift->expected, before) : BL_SET_NONE,
	};
	drift->missing += !after;
	drift->changed += before && after;
	drift->extra += !before;
	return 0;
}

static int compare_once(struct comparison *comparison)
{
	struct bl_drift *drift = comparison->drift;

	drift->count = 0;
	drift->missing = 0;
	drift->changed = 0;
	drift->extra = 0;
	drift->ignored = 0;
	drift->excused = 0;
	return bobolink_inventory_compare(drift->expected.inventory, drift->actual, add_difference,
					  comparison);
}

/* What the database has, in the letters of whatever is known to any set. */
static int respell(const struct comparison *comparison)
{
	struct bl_drift *drift = comparison->drift;
	struct bl_spelling spelling = { .allocator = &drift->allocator };
	int rc = bl_spelling_add(&spelling, drift->expected.inventory);

	if (rc == BOBOLINK_OK)
		rc = bl_spelling_add(&spelling, drift->expected.unsure);
	for (uint32_t i = 0; i < comparison->other_count && rc == BOBOLINK_OK; i++) {
		rc = bl_spelling_add(&spelling, comparison->others[i].inventory);
		if (rc == BOBOLINK_OK)
			rc = bl_spelling_add(&spelling, comparison->others[i].unsure);
	}
	if (rc == BOBOLINK_OK)
		rc = bl_respell(&spelling, &drift->actual, &drift->respelled);
	bl_spelling_release(&spelling);
	return rc;
}

/* SQLite: a difference may be one of letters only, which is none there. */
static int compare(struct bl_drift *drift, const struct bl_expected *others, uint32_t other_count,
		   struct bobolink_error *error)
{
	struct comparison comparison = { drift, others, other_count };
	int rc = compare_once(&comparison);

	if (rc == BOBOLINK_OK && drift->count + drift->ignored &&
	    drift->session->backend->dialect == BOBOLINK_DIALECT_SQLITE)
		rc = respell(&comparison);
	if (rc == BOBOLINK_OK && drift->respelled)
		rc = compare_once(&comparison);
	return rc ? no_memory(error) : BOBOLINK_OK;
}

/* What its repeatables make is not extra, whether they ran or not. */
static int expect_by(struct bobolink_session *session, const struct bl_plan *plan,
		     struct bl_expected *expected, struct bobolink_error *error)
{
	struct bl_said *said;
	int rc = bl_said_read(session, plan, false, &said, error);

	if (rc == BOBOLINK_OK)
		rc = bl_expected_make(plan->set, said, &session->allocator, expected, error);
	bl_memory_release(&session->allocator, said);
	return rc;
}

/* What another set's history says about its own objects; nothing where that is not known. */
static int expect_other(struct bl_drift *drift, const struct bobolink_set *set,
			struct bl_expected *expected, struct bobolink_error *error)
{
	const struct bl_plan_request request = { .mode = BL_PLAN_BOOT, .target = BOBOLINK_HEAD };
	const struct bobolink_allocator *allocator = &drift->session->allocator;
	struct bl_values values = { .count = 0 };
	struct bl_history history;
	struct bl_plan plan = { .allocator = NULL };
	int rc;

	bl_history_init(&history, allocator);
	bl_values_text(&values, set->name);
	rc = bl_session_read(drift->session, BL_SQL_HISTORY_READ, &values, bl_history_add_row,
			     &history, error);
	if (rc == BOBOLINK_OK) {
		rc = bl_plan_make(set, &history, &request, allocator, &plan);
		rc = rc ? no_memory(error) : expect_by(drift->session, &plan, expected, error);
	}
	if (rc == BOBOLINK_USAGE || rc == BOBOLINK_NO_TABLE) {
		bl_error_clear(error);
		rc = BOBOLINK_OK;
	}
	bl_plan_release(&plan);
	bl_history_release(&history);
	return rc;
}

static uint32_t count_sets(const struct bobolink_session *session)
{
	uint32_t count = 0;

	while (bl_session_set(session, count))
		count++;
	return count;
}

static int compare_with_others(struct bl_drift *drift, struct bobolink_error *error)
{
	const struct bobolink_allocator *allocator = &drift->session->allocator;
	uint32_t count = count_sets(drift->session);
	struct bl_expected *expected = bl_memory_alloc(allocator, count, sizeof(*expected));
	int rc = expected ? BOBOLINK_OK : no_memory(error);

	for (uint32_t i = 0; i < count && rc == BOBOLINK_OK; i++) {
		const struct bobolink_set *set = bl_session_set(drift->session, i);

		if (set != drift->session->set)
			rc = expect_other(drift, set, &expected[i], error);
	}
	if (rc == BOBOLINK_OK)
		rc = compare(drift, expected, count, error);
	for (uint32_t i = 0; expected && i < count; i++)
		bl_expected_release(&expected[i], allocator);
	bl_memory_release(allocator, expected);
	return rc;
}

int bl_drift_read(struct bobolink_session *session, struct bl_drift *drift,
		  struct bobolink_error *error)
{
	int rc;

	memset(drift, 0, sizeof(*drift));
	drift->session = session;
	drift->allocator = session->allocator;
	rc = read_all(drift, error);
	if (rc == BOBOLINK_OK)
		rc = bl_expected_make(session->set, drift->said, &drift->allocator,
				      &drift->expected, error);
	return rc ? rc : compare_with_others(drift, error);
}

void bl_drift_release(struct bl_drift *drift)
{
	bl_memory_release(&drift->allocator, drift->items);
	bl_memory_release(&drift->allocator, drift->said);
	bl_expected_release(&drift->expected, &drift->allocator);
	bobolink_inventory_free(drift->actual);
	bl_view_release(&drift->view);
}
