/*
 * Store: the runtime's own statements, and what it reads with them.
 *
 * The head row makes a boot with nothing to do one query; the view (head, history, plan) is what
 * every other public function begins with. The head is read before the history: whatever happens
 * between the two shows in the head's revision when the lock is taken.
 */
#include "session.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "wait.h"

void bl_values_bytes(struct bl_values *values, const char *text, size_t length)
{
	values->items[values->count].text = text;
	values->items[values->count].length = length;
	values->count++;
}

void bl_values_text(struct bl_values *values, const char *text)
{
	bl_values_bytes(values, text, strlen(text));
}

void bl_values_integer(struct bl_values *values, int64_t number)
{
	char *text = values->numbers[values->count];

	snprintf(text, sizeof(values->numbers[0]), "%" PRId64, number);
	bl_values_text(values, text);
}

void bl_values_null(struct bl_values *values)
{
	bl_values_bytes(values, NULL, 0);
}

void bl_values_optional(struct bl_values *values, int64_t number)
{
	if (number < 0)
		bl_values_null(values);
	else
		bl_values_integer(values, number);
}

/* The statement's text, made on first use. */
static const char *sql_text(struct bobolink_session *session, int sql)
{
	struct bl_text text;

	if (session->sql[sql])
		return session->sql[sql];
	bl_text_init(&text, &session->allocator);
	bl_history_sql(session->backend, session->connection, sql, &text);
	if (text.failed)
		bl_text_release(&text);
	session->sql[sql] = text.text;
	return text.text;
}

/* The database names a column or a trigger that people have never heard of. */
static void explain_refusal(const struct bobolink_session *session, int rc,
			    struct bobolink_error *error)
{
	static const char no_right[] = "42501";
	const char *advice = "restore them from a backup, or remove what stands in the way";

	if (rc != BOBOLINK_SQL_ERROR || error->statement)
		return;
	if (strcmp(error->sqlstate, no_right) == 0)
		advice = "grant this role SELECT on them to look, INSERT and UPDATE to migrate, "
			 "CREATE on "
			 "the schema to make them, or come as the role that owns them";
	bl_error_append(error, rc,
			": not a migration was refused, but bobolink's own work on its tables "
			"%s.bobolink_history, bobolink_head and bobolink_log: %s",
			session->backend->schema(session->connection), advice);
}

int bl_session_write(struct bobolink_session *session, int sql, const struct bl_values *values,
		     struct bobolink_error *error)
{
	return bl_session_put(session, sql_text(session, sql), values, error);
}

int bl_session_put(struct bobolink_session *session, const char *text,
		   const struct bl_values *values, struct bobolink_error *error)
{
	int rc;

	if (!text)
		return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
	bl_error_clear(error);
	rc = session->backend->write(session->connection, text, values->items, values->count,
				     error);
	explain_refusal(session, rc, error);
	return rc;
}

int bl_session_query(struct bobolink_session *session, int sql, const struct bl_values *values,
		     bobolink_row_fn *row, void *context, int64_t *changed,
		     struct bobolink_error *error)
{
	return bl_session_ask(session, sql_text(session, sql), values, row, context, changed,
			      error);
}

int bl_session_ask(struct bobolink_session *session, const char *text,
		   const struct bl_values *values, bobolink_row_fn *row, void *context,
		   int64_t *changed, struct bobolink_error *error)
{
	const char *schema = session->backend->schema(session->connection);
	int rc;

	if (!text)
		return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
	bl_error_clear(error);
	rc = session->backend->query(session->connection, text, values ? values->items : NULL,
				     values ? values->count : 0, row, context, changed, error);
	/* A row function has no error to fill. */
	if (rc == BOBOLINK_NO_MEMORY && !error->message[0])
		bl_error_set(error, rc, "out of memory");
	if (rc == BOBOLINK_CORRUPT && !error->message[0])
		bl_error_set(error, rc,
			     "a row of %s.bobolink_history or bobolink_head cannot be understood: "
			     "restore these tables from a backup, or start a newer program",
			     schema);
	explain_refusal(session, rc, error);
	return rc;
}

int bl_session_read(struct bobolink_session *session, int sql, const struct bl_values *values,
		    bobolink_row_fn *row, void *context, struct bobolink_error *error)
{
	struct bl_wait wait;
	int rc;

	bl_wait_init(&wait, session, 0);
	for (;;) {
		rc = bl_session_query(session, sql, values, row, context, NULL, error);
		if (rc != BOBOLINK_BUSY)
			return rc;
		rc = bl_wait_again(session, &wait, error);
		if (rc)
			return rc;
	}
}

struct head_context {
	const struct bobolink_session *session;
	struct bl_head *head;
};

static bool same_text(const struct bobolink_value *value, const char *text)
{
	if (!value->text || !text)
		return !value->text && !text;
	return strlen(text) == value->length && memcmp(text, value->text, value->length) == 0;
}

/* A number that only this runtime counts up, so that it never comes near the end. */
static bool is_counter(const struct bobolink_value *value, int64_t *number)
{
	return bl_history_integer(value, number) && *number >= 0 && *number < INT64_MAX;
}

static int head_row(void *context, const struct bobolink_value *values, uint32_t count)
{
	struct head_context *in = context;
	struct bl_head *head = in->head;

	if (head->exists)
		return BOBOLINK_CORRUPT;
	head->exists = true;
	if (count != 9 || !is_counter(&values[3], &head->batch) ||
	    !is_counter(&values[5], &head->revision))
		return BOBOLINK_CORRUPT;
	if ((values[2].text && !bl_history_integer(&values[2], &head->version)) ||
	    (values[4].text && !bl_history_integer(&values[4], &head->batch_until)))
		return BOBOLINK_CORRUPT;
	head->digest_matches = same_text(&values[0], in->session->set->digest);
	head->environment_matches = same_text(&values[1], in->session->options.environment);
	head->due = same_text(&values[8], "1");
	if (values[7].text && values[7].length < sizeof(head->fingerprint)) {
		memcpy(head->fingerprint, values[7].text, values[7].length);
		head->fingerprint_matches = same_text(&values[6], head->fingerprint);
	}
	return BOBOLINK_OK;
}

int bl_session_head(struct bobolink_session *session, struct bl_head *head,
		    struct bobolink_error *error)
{
	const char *fingerprint = session->backend->fingerprint(session->connection);
	struct head_context context = { session, head };
	struct bl_values values = { .count = 0 };
	int rc;

	memset(head, 0, sizeof(*head));
	head->version = -1;
	head->batch_until = -1;
	bl_values_text(&values, session->set->name);
	rc = bl_session_read(session, BL_SQL_HEAD_READ, &values, head_row, &context, error);
	if (rc && session->backend->fingerprint(session->connection) != fingerprint) {
		bl_memory_release(&session->allocator, session->sql[BL_SQL_HEAD_READ]);
		session->sql[BL_SQL_HEAD_READ] = NULL;
		rc = bl_session_read(session, BL_SQL_HEAD_READ, &values, head_row, &context, error);
	}
	head->tables = rc == BOBOLINK_OK;
	if (rc == BOBOLINK_NO_TABLE) {
		bl_error_clear(error);
		rc = BOBOLINK_OK;
	}
	return rc;
}

int bl_head_expect(const struct bl_head *expected, const struct bl_head *head,
		   struct bobolink_error *error)
{
	if (!expected || bl_head_same(expected, head))
		return BOBOLINK_OK;
	return bl_error_set(error, BOBOLINK_PLAN_CHANGED,
			    "another program has migrated this database since the plan was made: "
			    "nothing was changed; look at the new plan and decide again");
}

const struct bobolink_set *bl_session_set(const struct bobolink_session *session, uint32_t number)
{
	const struct bobolink_set *const *sets = session->options.sets;

	if (number < session->companion_count)
		return session->companions[number]->set;
	for (uint32_t i = session->companion_count; sets && *sets && i < number; i++)
		sets++;
	return sets ? *sets : NULL;
}

/* Whether the program has a set of this name. */
static bool is_ours(const struct bobolink_session *session, const char *name)
{
	const struct bobolink_set *set;
	uint32_t i = 0;

	while ((set = bl_session_set(session, i)) != NULL && strcmp(set->name, name) != 0)
		i++;
	return set != NULL;
}

/* That sets of one program hold the same files does not make one of them the other under a former name. */
static void leave_out_ours(const struct bobolink_session *session, struct bl_history *history)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < history->other_count; i++) {
		if (!is_ours(session, history->others[i].set_name))
			history->others[kept++] = history->others[i];
	}
	history->other_count = kept;
}

int bl_session_history(struct bobolink_session *session, struct bl_history *history,
		       struct bobolink_error *error)
{
	struct bl_values values = { .count = 0 };
	int rc;

	bl_values_text(&values, session->set->name);
	rc = bl_session_read(session, BL_SQL_HISTORY_READ, &values, bl_history_add_row, history,
			     error);
	if (rc == BOBOLINK_OK && history->count == 0)
		rc = bl_session_read(session, BL_SQL_HISTORY_OTHERS, &values, bl_history_add_other,
				     history, error);
	leave_out_ours(session, history);
	return rc;
}

/* Right before the first migration; afterwards somebody has dropped a table. */
static int no_history(const struct bobolink_session *session, const struct bl_head *head,
		      struct bobolink_error *error)
{
	bl_error_clear(error);
	if (!head->tables)
		return BOBOLINK_OK;
	return bl_error_set(error, BOBOLINK_CORRUPT,
			    "%s.bobolink_head exists but bobolink_history does not: restore both "
			    "from a backup",
			    session->backend->schema(session->connection));
}

int bl_view_read(struct bobolink_session *session, const struct bl_plan_request *request,
		 const struct bl_head *head, struct bl_view *view, struct bobolink_error *error)
{
	struct bl_plan_request here = *request;
	int rc = BOBOLINK_OK;

	here.environment = session->options.environment;
	memset(view, 0, sizeof(*view));
	bl_history_init(&view->history, &session->allocator);
	if (head)
		view->head = *head;
	else
		rc = bl_session_head(session, &view->head, error);
	if (rc == BOBOLINK_OK)
		rc = bl_session_history(session, &view->history, error);
	if (rc == BOBOLINK_NO_TABLE)
		rc = no_history(session, &view->head, error);
	if (rc)
		return rc;
	if (bl_plan_make(session->set, &view->history, &here, &session->allocator, &view->plan))
		return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
	bl_plan_require(&view->plan, session->backend->version(session->connection));
	return BOBOLINK_OK;
}

void bl_view_of_head(struct bobolink_session *session, const struct bl_head *head,
		     struct bl_view *view)
{
	memset(view, 0, sizeof(*view));
	bl_history_init(&view->history, &session->allocator);
	view->head = *head;
	view->plan.allocator = &session->allocator;
	view->plan.set = session->set;
	view->plan.highest = head->version;
	view->plan.target = bl_set_last(session->set);
	view->plan.completes = true;
}

void bl_view_release(struct bl_view *view)
{
	bl_plan_release(&view->plan);
	bl_history_release(&view->history);
}
