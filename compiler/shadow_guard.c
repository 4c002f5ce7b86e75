/*
 * Guards: each is a query that answers with one truth value, whatever the database holds, and changes nothing.
 */
#include "shadow_guard.h"

#include <stdio.h>
#include <string.h>

#include "shadow_explain.h"

/* What a query answered. */
struct reply {
	uint32_t rows;
	uint32_t columns;
	bool is_null;
	char text[64]; /* the value of the first column, as much of it as a message shows */
};

static int take_row(void *context, const struct bobolink_value *values, uint32_t count)
{
	struct reply *reply = context;

	if (reply->rows++)
		return BOBOLINK_OK;
	reply->columns = count;
	reply->is_null = count == 0 || !values[0].text;
	if (!reply->is_null)
		snprintf(reply->text, sizeof(reply->text), "%s", values[0].text);
	return BOBOLINK_OK;
}

/* In the transaction at hand names mean what they mean to the statements of the fix. */
static int ask(struct shadow_run *run, const struct shadow_asking *asking, const char *sql,
	       struct reply *reply, struct bobolink_error *error)
{
	int64_t changed;

	*reply = (struct reply){ .rows = 0 };
	error->offset = -1;
	if (asking->inside)
		return run->backend->perform(run->connection, sql, strlen(sql), 1, take_row, reply,
					     &changed, error);
	return run->backend->look(run->connection, sql, take_row, reply, error);
}

/* What is wrong with a reply, in words; NULL: it is an answer. */
static const char *fault_of(struct shadow_run *run, const struct reply *reply)
{
	bool is_sqlite = run->set->database == DATABASE_SQLITE;

	if (reply->rows == 0)
		return "no row";
	if (reply->rows > 1)
		return "more than one row";
	if (reply->columns != 1)
		return arena_format(run->arena, "%u columns", (unsigned)reply->columns);
	if (reply->is_null || strcmp(reply->text, is_sqlite ? "1" : "t") == 0 ||
	    strcmp(reply->text, is_sqlite ? "0" : "f") == 0)
		return NULL;
	return arena_format(run->arena, "\"%s\"", reply->text);
}

static void report_error(struct shadow_run *run, const struct script *fix,
			 const struct shadow_asking *asking, const struct statement *guard,
			 const struct bobolink_error *error)
{
	const char *before =
		arena_format(run->arena, "%sthe guard gives no answer: ", asking->before);

	if (error->code == BOBOLINK_NO_MEMORY)
		arena_exhausted();
	if (error->code == BOBOLINK_READ_ONLY) {
		diagnostic_at(run->diag, SEVERITY_ERROR, "fix-guard", fix->guard.source,
			      guard->offset, guard->length,
			      "%sthe guard would write, where it may only ask", asking->before);
		return;
	}
	shadow_explain(run, SEVERITY_ERROR, "fix-guard", &fix->guard, guard, error->offset, before,
		       error->message, asking->count);
	if (!asking->count && !run->diag->items[run->diag->count - 1].help)
		diagnostic_help(
			run->diag,
			"guards are asked in order, and the first that is not true ends it: "
			"let one before this ask whether the table is there");
}

static void report_fault(struct shadow_run *run, const struct script *fix,
			 const struct shadow_asking *asking, const struct statement *guard,
			 const char *fault)
{
	diagnostic_at(run->diag, SEVERITY_ERROR, "fix-guard", fix->guard.source, guard->offset,
		      guard->length, "%sthe guard answers with %s, where one truth value is wanted",
		      asking->before, fault);
	diagnostic_help(run->diag, "ask for a condition, as in SELECT count(*) > 0 FROM orders");
}

/* Asks one. `sql` is a copy of its text. */
static enum shadow_answer ask_one(struct shadow_run *run, const struct script *fix,
				  const struct shadow_asking *asking, const struct statement *guard)
{
	const char *sql =
		arena_copy(run->arena, fix->guard.source->text + guard->offset, guard->length);
	struct bobolink_error error;
	struct reply reply;
	const char *fault;

	if (ask(run, asking, sql, &reply, &error)) {
		report_error(run, fix, asking, guard, &error);
		return SHADOW_ANSWER_WRONG;
	}
	fault = fault_of(run, &reply);
	if (fault) {
		report_fault(run, fix, asking, guard, fault);
		return SHADOW_ANSWER_WRONG;
	}
	if (reply.is_null || strcmp(reply.text, "0") == 0 || strcmp(reply.text, "f") == 0)
		return SHADOW_ANSWER_FALSE;
	return SHADOW_ANSWER_TRUE;
}

enum shadow_answer shadow_guards(struct shadow_run *run, const struct script *fix,
				 const struct shadow_asking *asking, const struct statement **last)
{
	enum shadow_answer answer = SHADOW_ANSWER_TRUE;

	for (uint32_t i = 0; i < fix->guard.count && answer == SHADOW_ANSWER_TRUE; i++) {
		*last = &fix->guard.statements[i];
		answer = ask_one(run, fix, asking, *last);
	}
	return answer;
}
