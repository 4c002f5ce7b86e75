/*
 * Reapply: which of the newest migrations the history has and the database has not.
 *
 * The lines of all deltas, sorted by object and then by migration, tell what an object was between any two
 * migrations. A run that begins with migration k is as if it had never been when each object that it touches is
 * what it was before k. Objects touched are counted against every k that they speak against, as the ends of intervals.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../error.h"
#include "../set.h"
#include "delta.h"
#include "ignore.h"
#include "postgres_text.h"
#include "repair.h"
#include "sql_token.h"

struct touch {
	struct bl_delta_line line;
	uint32_t index; /* of the migration */
};

struct search {
	const struct bl_drift *drift;
	const struct bobolink_set *set;
	struct bl_pool pool;
	struct touch *touches;
	uint32_t count;
	uint32_t capacity;
	const struct bl_plan_item **items; /* of each migration of the set; NULL for none */
	uint32_t end;			   /* behind the newest applied migration */
	int32_t *
		against; /* objects that begin, less those that end, to speak against a run from here */
	bool *lost; /* a table or column that this migration speaks of is not what it should be */
};

static int no_memory(struct bobolink_error *error)
{
	return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
}

/* Whether applying up to the newest one would apply nothing but what was rolled back for it, and be refused by nothing. */
static bool is_complete(const struct search *search)
{
	for (uint32_t i = 0; i < search->end; i++) {
		if (!search->items[i] || !bl_plan_is_done(search->items[i]) ||
		    search->items[i]->state == BOBOLINK_STATE_CHANGED)
			return false;
	}
	return true;
}

/* Release the items either way. */
static int read_statement(const struct search *search, uint32_t index, uint32_t number,
			  struct bl_sql_tokens *tokens)
{
	const struct bobolink_section *up = &search->set->migrations[index].up;
	const struct bobolink_statement *statement =
		bl_set_statement(search->set, index, up, number);

	return bl_sql_read(&search->drift->allocator,
			   bl_set_text(search->set, index, statement->text), statement->length,
			   tokens);
}

static void take_items(struct search *search)
{
	const struct bl_plan *plan = &search->drift->view.plan;

	for (uint32_t i = 0; i < plan->count; i++) {
		if (plan->items[i].index != BL_SET_NONE)
			search->items[plan->items[i].index] = &plan->items[i];
	}
}

static bool is_applied(const struct bl_plan_item *item)
{
	return item && item->row &&
	       (item->row->status == BL_STATUS_APPLIED || item->row->status == BL_STATUS_BASELINE);
}

static uint32_t end_of(const struct search *search)
{
	uint32_t end = search->set->migration_count;

	while (end && !is_applied(search->items[end - 1]))
		end--;
	return end;
}

static int add_touches(struct search *search, uint32_t index, struct bobolink_error *error)
{
	struct bl_delta_reader reader = {
		&search->pool,
		bl_set_text(search->set, index, search->set->migrations[index].delta),
		0,
	};

	while (*reader.rest) {
		struct touch *grown =
			bl_memory_grow(&search->drift->allocator, search->touches, search->count,
				       &search->capacity, sizeof(*grown));
		int rc;

		if (!grown)
			return no_memory(error);
		search->touches = grown;
		grown[search->count].index = index;
		rc = bl_delta_next(&reader, &grown[search->count].line, error);
		if (rc)
			return rc;
		search->count++;
	}
	return BOBOLINK_OK;
}

static int touch_order(const void *one, const void *other)
{
	const struct touch *a = one;
	const struct touch *b = other;
	int order = bl_object_order(&a->line.object, &b->line.object);

	return order ? order : (a->index > b->index) - (a->index < b->index);
}

/* Whether an object is what this line left; NULL: what it was before all of them. */
static bool is_as_left(const struct bobolink_object *actual, const struct touch *touch)
{
	if (!touch || touch->line.mark == '-')
		return !actual;
	return actual && bl_postgres_same(actual->definition, touch->line.object.definition);
}

/*
 * What somebody drops by the way, an index, a view, is made again like anything else: statements of its migration
 * that write data should not run a second time for it. Without its tables and columns a migration is gone.
 */
static bool holds_data(const struct bobolink_object *object)
{
	return object->kind == BOBOLINK_OBJECT_TABLE || object->kind == BOBOLINK_OBJECT_COLUMN ||
	       object->kind == BOBOLINK_OBJECT_VIRTUAL_TABLE ||
	       object->kind == BOBOLINK_OBJECT_SCHEMA;
}

/* A column that is gone with its table says nothing of the migration that added it. */
static bool is_lost(const struct search *search, const struct touch *last)
{
	const struct bobolink_object *object = &last->line.object;

	if (!holds_data(object) || is_as_left(bl_mend_find(search->drift->actual, object), last))
		return false;
	return object->kind != BOBOLINK_OBJECT_COLUMN ||
	       bl_mend_parent(search->drift->actual, object);
}

/* All touches of one object. After the last one, runs do not touch it. */
static void judge(struct search *search, const struct touch *touches, uint32_t count)
{
	const struct bobolink_object *object = &touches[0].line.object;
	const struct bobolink_object *actual = bl_mend_find(search->drift->actual, object);
	/* What is left out is missed by nobody, and in the way all the same. */
	bool lost = !bl_ignore_object(search->drift->session->options.ignore, object) &&
		    is_lost(search, &touches[count - 1]);

	for (uint32_t i = 0; i < count; i++) {
		uint32_t from = i ? touches[i - 1].index + 1 : 0;

		if (!is_as_left(actual, i ? &touches[i - 1] : NULL)) {
			search->against[from]++;
			search->against[touches[i].index + 1]--;
		}
		if (lost)
			search->lost[touches[i].index] = true;
	}
}

static void judge_all(struct search *search)
{
	uint32_t i = 0;

	if (search->count)
		qsort(search->touches, search->count, sizeof(*search->touches), touch_order);
	while (i < search->count) {
		uint32_t end = i + 1;

		while (end < search->count &&
		       bl_object_order(&search->touches[i].line.object,
				       &search->touches[end].line.object) == 0)
			end++;
		judge(search, &search->touches[i], end - i);
		i = end;
	}
}

static bool is_relation(const struct bobolink_object *object, const char *name)
{
	return (object->kind == BOBOLINK_OBJECT_TABLE ||
		object->kind == BOBOLINK_OBJECT_VIRTUAL_TABLE ||
		object->kind == BOBOLINK_OBJECT_VIEW ||
		object->kind == BOBOLINK_OBJECT_MATERIALIZED_VIEW) &&
	       strcasecmp(object->name, name) == 0;
}

/* Whether a table is there, in whatever schema. */
static bool is_there(const struct search *search, const char *name)
{
	const struct bobolink_inventory *actual = search->drift->actual;

	for (uint32_t i = 0; i < actual->object_count; i++) {
		if (is_relation(actual->objects[i], name))
			return true;
	}
	return false;
}

/* Whether a statement of the migration makes a table of this name, which need not be in its delta. */
static int makes(struct search *search, uint32_t index, const char *name, bool *made)
{
	const struct bobolink_section *up = &search->set->migrations[index].up;
	int rc = BOBOLINK_OK;

	for (uint32_t i = 0; i < up->count && rc == BOBOLINK_OK && !*made; i++) {
		struct bl_sql_tokens tokens = { NULL, 0, 0 };

		rc = read_statement(search, index, i, &tokens);
		for (uint32_t n = 1; rc == BOBOLINK_OK && n < tokens.count && !*made; n++)
			*made = bl_sql_is(&tokens.items[0], "CREATE") &&
				strcasecmp(bl_sql_name(&search->pool, &tokens.items[n]), name) == 0;
		bl_memory_release(&search->drift->allocator, tokens.items);
	}
	return rc;
}

/*
 * Rows written to a table that is still there would be written twice. So a table must be gone, and be one that migrations
 * make: what inventories leave out, tables of the system and of extensions, is there.
 */
static int writes_to_lost(struct search *search, uint32_t index, const char *name, bool *lost)
{
	*lost = false;
	if (is_there(search, name))
		return BOBOLINK_OK;
	for (uint32_t i = 0; i < search->count && !*lost; i++)
		*lost = is_relation(&search->touches[i].line.object, name);
	return *lost ? BOBOLINK_OK : makes(search, index, name, lost);
}

static bool is_one_of(const struct bl_sql_token *token, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (bl_sql_is(token, words[i]))
			return true;
	}
	return false;
}

#define IS_ONE_OF(token, words) is_one_of(token, words, sizeof(words) / sizeof((words)[0]))

/* The table that INSERT, REPLACE, UPDATE or DELETE names; NULL for another statement. */
static const struct bl_sql_token *target_of(const struct bl_sql_token *at)
{
	static const char *const verbs[] = { "INSERT", "REPLACE", "UPDATE", "DELETE" };
	static const char *const between[] = { "INTO", "FROM", "ONLY" };

	if (!IS_ONE_OF(at, verbs))
		return NULL;
	at++;
	if (bl_sql_is(at, "OR") && at[1].kind != BL_SQL_END)
		at += 2;
	while (IS_ONE_OF(at, between))
		at++;
	return at->kind != BL_SQL_END && bl_sql_is_mark(at + 1, '.') && at[2].kind != BL_SQL_END
		       ? at + 2
		       : at;
}

/* PostgreSQL: WITH x AS (DELETE …), which writes to another table. */
static bool writes_within(const struct bl_sql_tokens *tokens)
{
	static const char *const verbs[] = { "INSERT", "UPDATE", "DELETE", "MERGE" };

	for (uint32_t i = 1; i < tokens->count; i++) {
		if (bl_sql_is_mark(&tokens->items[i - 1], '(') &&
		    IS_ONE_OF(&tokens->items[i], verbs))
			return true;
	}
	return false;
}

static bool is_routine(const struct bobolink_object *object, const char *name)
{
	const size_t length = strlen(name);

	return (object->kind == BOBOLINK_OBJECT_FUNCTION ||
		object->kind == BOBOLINK_OBJECT_PROCEDURE ||
		object->kind == BOBOLINK_OBJECT_AGGREGATE) &&
	       strncasecmp(object->name, name, length) == 0 && object->name[length] == '(';
}

static bool is_own_routine(const struct search *search, const char *name)
{
	const struct bobolink_inventory *actual = search->drift->actual;

	for (uint32_t i = 0; i < actual->object_count; i++) {
		if (is_routine(actual->objects[i], name))
			return true;
	}
	for (uint32_t i = 0; i < search->count; i++) {
		if (is_routine(&search->touches[i].line.object, name))
			return true;
	}
	return false;
}

/* PostgreSQL: a function that is not the system's may write to any table. */
static bool calls_own(struct search *search, const struct bl_sql_tokens *tokens)
{
	for (uint32_t i = 0; i + 1 < tokens->count; i++) {
		const struct bl_sql_token *token = &tokens->items[i];

		if ((token->kind == BL_SQL_WORD || token->kind == BL_SQL_NAME) &&
		    bl_sql_is_mark(token + 1, '(') &&
		    is_own_routine(search, bl_sql_name(&search->pool, token)))
			return true;
	}
	return false;
}

/* What makes rows by the way: CREATE TABLE … AS, ALTER TABLE … ADD … DEFAULT. */
static bool makes_rows(const struct bl_sql_token *at)
{
	static const char *const kinds[] = { "TABLE", "TEMP", "TEMPORARY", "UNLOGGED",
					     "MATERIALIZED" };

	return (bl_sql_is(at, "CREATE") || bl_sql_is(at, "ALTER")) && IS_ONE_OF(at + 1, kinds);
}

/* What changes nothing but objects of an inventory, which are known to be as they were before, or settings. */
static bool is_definition(const struct bl_sql_token *at)
{
	static const char *const made[] = {
		"TABLE",	"INDEX",     "UNIQUE",	 "VIEW",       "TRIGGER",  "VIRTUAL",
		"TEMP",		"SCHEMA",    "SEQUENCE", "TYPE",       "DOMAIN",   "TEMPORARY",
		"MATERIALIZED", "OR",	     "POLICY",	 "RULE",       "FUNCTION", "PROCEDURE",
		"AGGREGATE",	"EXTENSION", "UNLOGGED", "CONSTRAINT",
	};
	static const char *const others[] = {
		"COMMENT", "GRANT",   "REVOKE", "SET",	   "RESET",   "ANALYZE",
		"PRAGMA",  "REINDEX", "VACUUM", "REFRESH", "CLUSTER", "LOCK",
	};

	if (bl_sql_is(at, "CREATE"))
		return IS_ONE_OF(at + 1, made);
	if (bl_sql_is(at, "ALTER") || bl_sql_is(at, "DROP"))
		return !bl_sql_is(at + 1, "SEQUENCE");
	return IS_ONE_OF(at, others);
}

static int may_repeat_statement(struct search *search, uint32_t index, uint32_t number, bool *may)
{
	struct bl_sql_tokens tokens = { NULL, 0, 0 };
	const struct bl_sql_token *target = NULL;
	int rc = read_statement(search, index, number, &tokens);

	*may = false;
	if (rc == BOBOLINK_OK)
		target = target_of(tokens.items);
	if (rc == BOBOLINK_OK && (target || makes_rows(tokens.items)) &&
	    (writes_within(&tokens) || calls_own(search, &tokens)))
		*may = false;
	else if (target)
		rc = writes_to_lost(search, index, bl_sql_name(&search->pool, target), may);
	else if (rc == BOBOLINK_OK)
		*may = is_definition(tokens.items);
	bl_memory_release(&search->drift->allocator, tokens.items);
	return rc;
}

/*
 * Whether it may be applied again: this very text was, what it can destroy is nothing, and it writes nothing to what is
 * still there.
 */
static int may_repeat(struct search *search, uint32_t index, bool *may)
{
	const struct bl_plan_item *item = search->items[index];
	const struct bobolink_section *up = &search->set->migrations[index].up;
	int rc = BOBOLINK_OK;

	*may = item && item->row && item->row->status == BL_STATUS_APPLIED &&
	       item->state == BOBOLINK_STATE_APPLIED && !up->losses;
	for (uint32_t i = 0; i < up->count && *may && rc == BOBOLINK_OK; i++)
		rc = may_repeat_statement(search, index, i, may);
	return rc;
}

/* The longest run that nothing speaks against and that begins with a migration that lost a table or column. */
static int choose(struct search *search, uint32_t *first)
{
	uint32_t lowest = search->end;
	int32_t against = 0;
	bool may = true;
	int rc = BOBOLINK_OK;

	while (lowest && may && rc == BOBOLINK_OK) {
		rc = may_repeat(search, lowest - 1, &may);
		lowest -= may;
	}
	for (uint32_t i = 0; i < search->end && rc == BOBOLINK_OK; i++) {
		against += search->against[i];
		if (i >= lowest && against == 0 && search->lost[i]) {
			*first = i;
			return rc;
		}
	}
	return search->pool.failed ? BOBOLINK_NO_MEMORY : rc;
}

static bool make_room(struct search *search)
{
	const struct bobolink_allocator *allocator = &search->drift->allocator;
	size_t count = search->set->migration_count;

	search->items = bl_memory_alloc(allocator, count, sizeof(*search->items));
	search->against = bl_memory_alloc(allocator, count + 1, sizeof(*search->against));
	search->lost = bl_memory_alloc(allocator, count, sizeof(*search->lost));
	return search->items && search->against && search->lost;
}

static int find(struct search *search, uint32_t *first, struct bobolink_error *error)
{
	int rc = BOBOLINK_OK;

	if (!make_room(search))
		return no_memory(error);
	take_items(search);
	search->end = end_of(search);
	if (!is_complete(search))
		return BOBOLINK_OK;
	for (uint32_t i = 0; i < search->end && rc == BOBOLINK_OK; i++) {
		if (is_applied(search->items[i]))
			rc = add_touches(search, i, error);
	}
	if (rc)
		return rc;
	judge_all(search);
	return choose(search, first) ? no_memory(error) : BOBOLINK_OK;
}

int bl_reapply_find(const struct bl_drift *drift, uint32_t *first, struct bobolink_error *error)
{
	struct search search = { .drift = drift, .set = drift->session->set };
	int rc = BOBOLINK_OK;

	*first = BL_SET_NONE;
	bl_pool_init(&search.pool, &drift->allocator);
	/* Where one stopped half-way it comes first. */
	if (drift->missing + drift->changed && !drift->expected.halfway &&
	    bl_expected_has_deltas(search.set))
		rc = find(&search, first, error);
	bl_memory_release(&drift->allocator, (void *)search.items);
	bl_memory_release(&drift->allocator, search.touches);
	bl_memory_release(&drift->allocator, search.against);
	bl_memory_release(&drift->allocator, search.lost);
	bl_pool_release(&search.pool);
	return rc;
}
