/*
 * Repair plan: what is missing, in the order in which it can be made; which migrations are applied again; and what is left, with
 * the reason.
 */
#include "repair.h"

#include <stdlib.h>
#include <string.h>

#include "../error.h"
#include "../set.h"
#include "ignore.h"
#include "postgres_text.h"
#include "sql_token.h"

static int no_memory(struct bobolink_error *error)
{
	return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
}

const struct bl_expected *bl_repair_expected(const struct bl_repair *repair)
{
	return repair->before.inventory ? &repair->before : &repair->drift.expected;
}

const char *bl_repair_name(struct bl_pool *pool, const struct bobolink_object *object)
{
	char name[BOBOLINK_MESSAGE_SIZE];

	bobolink_object_text(object, name, sizeof(name));
	return bl_pool_copy(pool, name, strlen(name));
}

static struct bobolink_repair_item *add_item(struct bl_repair *repair, uint32_t index)
{
	struct bl_origin origin = bl_expected_source(repair->mend.set, index, &repair->pool);
	struct bobolink_repair_item *grown =
		bl_memory_grow(&repair->allocator, repair->items, repair->plan.count,
			       &repair->capacity, sizeof(*grown));
	struct bobolink_repair_item *item;

	if (!grown)
		return NULL;
	repair->items = grown;
	repair->plan.items = grown;
	item = &grown[repair->plan.count++];
	*item = (struct bobolink_repair_item){
		.action = BOBOLINK_REPAIR_LEAVE,
		.version = origin.version,
		.migration = origin.name,
		.sql = "",
		.reason = "",
	};
	return item;
}

static struct bobolink_repair_item *add_object(struct bl_repair *repair,
					       const struct bobolink_object *object)
{
	struct bobolink_repair_item *item =
		add_item(repair, bl_expected_origin(bl_repair_expected(repair), object));

	if (item)
		item->object = object;
	return item;
}

static int add_part(struct bl_repair *repair, const struct bobolink_object *object,
		    const struct bobolink_object *maker)
{
	struct bl_repair_part *grown =
		bl_memory_grow(&repair->allocator, repair->parts, repair->part_count,
			       &repair->part_capacity, sizeof(*grown));

	if (!grown)
		return BOBOLINK_NO_MEMORY;
	repair->parts = grown;
	grown[repair->part_count++] = (struct bl_repair_part){ object, maker };
	return BOBOLINK_OK;
}

/* What a start makes again by itself. */
static bool is_lacking(const struct bl_repair *repair, const struct bobolink_object *object)
{
	const struct bobolink_object *table;

	switch (object->kind) {
	case BOBOLINK_OBJECT_TABLE:
	case BOBOLINK_OBJECT_VIRTUAL_TABLE:
	case BOBOLINK_OBJECT_COLUMN:
	case BOBOLINK_OBJECT_INDEX:
		return true;
	case BOBOLINK_OBJECT_PRIMARY_KEY:
	case BOBOLINK_OBJECT_UNIQUE:
	case BOBOLINK_OBJECT_EXCLUDE:
	case BOBOLINK_OBJECT_CHECK:
	case BOBOLINK_OBJECT_FOREIGN_KEY:
		table = bl_mend_parent(repair->mend.expected, object);
		return table && !bl_mend_find(repair->mend.actual, table);
	default:
		return false;
	}
}

static int add_missing(struct bl_repair *repair, const struct bobolink_object *object)
{
	const struct bobolink_object *maker = bl_mend_host(&repair->mend, object);
	struct bobolink_repair_item *item;

	if (repair->lacking && !is_lacking(repair, object))
		return BOBOLINK_OK;
	if (maker)
		return add_part(repair, object, maker);
	item = add_object(repair, object);
	if (!item || bl_mend_sql(&repair->mend, object, &item->sql, &item->reason))
		return BOBOLINK_NO_MEMORY;
	if (*item->sql)
		item->action = BOBOLINK_REPAIR_CREATE;
	return add_part(repair, object, object);
}

static int add_changed(struct bl_repair *repair, const struct bobolink_object *expected,
		       const struct bobolink_object *actual)
{
	struct bobolink_repair_item *item;

	if (repair->lacking)
		return BOBOLINK_OK;
	item = add_object(repair, expected);
	if (!item)
		return BOBOLINK_NO_MEMORY;
	item->reason =
		bl_pool_format(&repair->pool,
			       "it is there with another definition, and what is there is "
			       "not changed: it is \"%s\", not \"%s\"; %s",
			       actual->definition, expected->definition,
			       item->version < 0 && *item->migration
				       ? "drop it by hand, and it is made again, or change "
					 "the text of the repeatable, and that runs again"
				       : "write a migration that changes it, or change it by "
					 "hand");
	return BOBOLINK_OK;
}

static int add_difference(void *context, const struct bobolink_object *expected,
			  const struct bobolink_object *actual)
{
	struct bl_repair *repair = context;

	if (!expected || bl_expected_is_unsure(bl_repair_expected(repair), expected) ||
	    (actual && (bl_postgres_same_elsewhere(expected, actual) ||
			bl_expected_may_differ(bl_repair_expected(repair), expected))) ||
	    bl_ignore_object(repair->drift.session->options.ignore, expected))
		return 0;
	return actual ? add_changed(repair, expected, actual) : add_missing(repair, expected);
}

/* Whether a statement writes rows, by its first word. */
static bool writes_data(const struct bl_repair *repair, uint32_t index,
			const struct bobolink_statement *statement)
{
	static const char *const words[] = { "INSERT", "UPDATE", "DELETE", "REPLACE",
					     "MERGE",  "COPY",	 "WITH",   "TRUNCATE" };
	const char *text = bl_set_text(repair->mend.set, index, statement->text);
	struct bl_sql_token token = {
		.kind = BL_SQL_WORD,
		.length = (uint32_t)strcspn(text, " \t\r\n\f(;\"'"),
		.text = text,
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (bl_sql_is(&token, words[i]))
			return true;
	}
	return false;
}

static int add_migration(struct bl_repair *repair, uint32_t index)
{
	const struct bobolink_section *up = &repair->mend.set->migrations[index].up;
	struct bobolink_repair_item *item = add_item(repair, index);
	uint32_t writes = 0;

	if (!item)
		return BOBOLINK_NO_MEMORY;
	for (uint32_t i = 0; i < up->count; i++)
		writes += writes_data(repair, index,
				      bl_set_statement(repair->mend.set, index, up, i));
	item->action = BOBOLINK_REPAIR_REAPPLY;
	item->reason =
		writes ? bl_pool_format(&repair->pool,
					"it is recorded as applied, and the database is as "
					"it was before it; statements of it that write data "
					"and run again: %u",
					(unsigned)writes)
		       : "it is recorded as applied, and the database is as it was before it";
	return BOBOLINK_OK;
}

/* What is done first: objects by kind, then migrations by version, then what is left. */
static uint32_t rank(const struct bobolink_repair_item *item)
{
	if (item->action == BOBOLINK_REPAIR_LEAVE)
		return UINT32_MAX;
	return item->object ? bl_mend_order(item->object->kind) : UINT32_MAX - 1;
}

static int item_order(const void *one, const void *other)
{
	const struct bobolink_repair_item *a = one;
	const struct bobolink_repair_item *b = other;

	if (rank(a) != rank(b))
		return rank(a) < rank(b) ? -1 : 1;
	if (!a->object || !b->object)
		return (a->version > b->version) - (a->version < b->version);
	return bl_object_order(a->object, b->object);
}

static void finish(struct bl_repair *repair)
{
	struct bobolink_repair *plan = &repair->plan;

	if (plan->count)
		qsort(repair->items, plan->count, sizeof(*repair->items), item_order);
	for (uint32_t i = 0; i < plan->count; i++) {
		plan->creates += plan->items[i].action == BOBOLINK_REPAIR_CREATE;
		plan->reapplied += plan->items[i].action == BOBOLINK_REPAIR_REAPPLY;
		plan->left += plan->items[i].action == BOBOLINK_REPAIR_LEAVE;
	}
}

/* The migrations from `first` on become rows to be rolled back; the newest one below them is kept. */
static int take_rows(struct bl_repair *repair, uint32_t first)
{
	const struct bl_plan *plan = &repair->drift.view.plan;

	repair->version = -1;
	repair->rows = bl_memory_alloc(&repair->allocator, plan->count, sizeof(*repair->rows));
	if (!repair->rows)
		return BOBOLINK_NO_MEMORY;
	for (uint32_t i = 0; i < plan->count; i++) {
		const struct bl_plan_item *item = &plan->items[i];

		if (!item->row || !bl_plan_is_in_database(item->row))
			continue;
		if (item->index == BL_SET_NONE || item->index < first) {
			repair->version = item->version;
			continue;
		}
		repair->rows[repair->row_count++] =
			(struct bl_repair_row){ item->index, item->row->batch };
	}
	return BOBOLINK_OK;
}

/* What should be there without the migrations that are applied again. Repeatables run behind them. */
static int expect_before(struct bl_repair *repair, uint32_t first, struct bobolink_error *error)
{
	const struct bobolink_set *set = repair->drift.view.plan.set;
	struct bl_said *said = repair->drift.said;

	for (uint32_t i = first; i < bl_expected_parts(set); i++)
		said[i].part = i < set->migration_count ? BL_PART_NONE : BL_PART_HALFWAY;
	return bl_expected_make(set, said, &repair->allocator, &repair->before, error);
}

static int find_migrations(struct bl_repair *repair, struct bobolink_error *error)
{
	uint32_t first;
	int rc = bl_reapply_find(&repair->drift, &first, error);

	if (rc || first == BL_SET_NONE)
		return rc;
	if (take_rows(repair, first))
		return no_memory(error);
	return expect_before(repair, first, error);
}

static int64_t newest(const struct bl_repair *repair)
{
	const struct bl_plan *plan = &repair->drift.view.plan;
	int64_t version = -1;

	if (repair->row_count)
		return repair->version;
	for (uint32_t i = 0; i < plan->count; i++) {
		if (plan->items[i].row && bl_plan_is_in_database(plan->items[i].row))
			version = plan->items[i].version;
	}
	return version;
}

static int list(struct bl_repair *repair)
{
	int rc = bobolink_inventory_compare(bl_repair_expected(repair)->inventory,
					    repair->drift.actual, add_difference, repair);

	for (uint32_t i = 0; i < repair->row_count && rc == BOBOLINK_OK; i++)
		rc = add_migration(repair, repair->rows[i].index);
	finish(repair);
	return rc || repair->pool.failed || repair->mend.pool.failed ? BOBOLINK_NO_MEMORY
								     : BOBOLINK_OK;
}

static int make(struct bobolink_session *session, struct bl_repair *repair,
		struct bobolink_error *error)
{
	int rc = repair->lacking ? BOBOLINK_OK : find_migrations(repair, error);

	if (rc)
		return rc;
	repair->head = repair->drift.view.head;
	rc = bl_mend_init(&repair->mend, session->set, session->backend->dialect,
			  &repair->allocator, newest(repair), bl_repair_expected(repair)->inventory,
			  repair->drift.actual, error);
	if (rc == BOBOLINK_OK && list(repair))
		rc = no_memory(error);
	return rc;
}

int bl_repair_from(struct bobolink_session *session, enum bl_repair_scope scope,
		   struct bl_drift *drift, struct bl_repair **repair, struct bobolink_error *error)
{
	struct bl_repair *made = bl_memory_alloc(&session->allocator, 1, sizeof(*made));
	int rc;

	*repair = NULL;
	if (!made)
		return no_memory(error);
	made->allocator = session->allocator;
	made->lacking = scope == BL_REPAIR_LACKING;
	made->drift = *drift;
	*drift = (struct bl_drift){ .session = session, .allocator = session->allocator };
	bl_pool_init(&made->pool, &made->allocator);
	bl_pool_init(&made->mend.pool, &made->allocator);
	rc = make(session, made, error);
	/* What is kept may outlive the session, whose memory the view is. */
	bl_view_release(&made->drift.view);
	memset(&made->drift.view, 0, sizeof(made->drift.view));
	if (rc)
		bobolink_repair_free(&made->plan);
	else
		*repair = made;
	return rc;
}

int bl_repair_plan(struct bobolink_session *session, enum bl_repair_scope scope,
		   struct bl_repair **repair, struct bobolink_error *error)
{
	struct bl_drift drift;
	int rc = bl_drift_read(session, &drift, error);

	*repair = NULL;
	if (rc == BOBOLINK_OK)
		rc = bl_repair_from(session, scope, &drift, repair, error);
	bl_drift_release(&drift);
	return rc;
}

void bobolink_repair_free(struct bobolink_repair *plan)
{
	struct bl_repair *repair = (struct bl_repair *)plan;
	struct bobolink_allocator allocator;

	if (!repair)
		return;
	allocator = repair->allocator;
	bl_memory_release(&allocator, repair->items);
	bl_memory_release(&allocator, repair->parts);
	bl_memory_release(&allocator, repair->rows);
	bl_mend_release(&repair->mend);
	bl_expected_release(&repair->before, &allocator);
	bl_drift_release(&repair->drift);
	bl_pool_release(&repair->pool);
	bl_memory_release(&allocator, repair);
}
