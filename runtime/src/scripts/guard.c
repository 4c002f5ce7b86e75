/*
 * Guard: the should-run queries of a fix. Each answers one truth value; the first that is not true ends the matter.
 */
#include "scripts.h"

#include <stdio.h>
#include <string.h>

#include "../error.h"
#include "../wait.h"

/* What one query answered. */
struct answer {
	uint32_t rows;
	uint32_t columns;
	char text[32]; /* the first value, as much as a message shows */
};

static int keep_answer(void *context, const struct bobolink_value *values, uint32_t count)
{
	struct answer *answer = context;

	answer->columns = count;
	if (answer->rows++ == 0 && count)
		bl_format(answer->text, sizeof(answer->text), "%s",
			  values[0].text ? values[0].text : "");
	return BOBOLINK_OK;
}

/* The words for true and false that databases have; SQL's NULL is as good as false. */
static bool read_truth(const struct answer *answer, bool *truth)
{
	static const char *const yes[] = { "t", "1", "true" };
	static const char *const no[] = { "f", "0", "false", "" };
	bool known = false;

	*truth = false;
	if (answer->rows != 1 || answer->columns != 1)
		return false;
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		*truth |= strcmp(answer->text, yes[i]) == 0;
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		known |= strcmp(answer->text, no[i]) == 0;
	return known || *truth;
}

static int refuse_answer(struct bl_attempt *attempt, const struct answer *answer, uint32_t number,
			 struct bobolink_error *error)
{
	char what[64];

	if (answer->rows != 1)
		snprintf(what, sizeof(what), answer->rows ? "%u rows" : "no row",
			 (unsigned)answer->rows);
	else if (answer->columns != 1)
		snprintf(what, sizeof(what), "%u columns", (unsigned)answer->columns);
	else
		snprintf(what, sizeof(what), "'%s'", answer->text);
	bl_error_set(error, BOBOLINK_SQL_ERROR,
		     "this should-run query answers %s: let it answer one row with one value, true "
		     "or false",
		     what);
	attempt->refused = true;
	bl_attempt_blame(attempt, number, error);
	return BOBOLINK_SQL_ERROR;
}

/* Without a lock, and so that it can change nothing. */
static int look(struct bl_attempt *attempt, const char *text, uint32_t length,
		struct answer *answer, struct bobolink_error *error)
{
	struct bobolink_session *session = attempt->scripts->session;
	struct bl_text sql;
	struct bl_wait wait;
	int rc;

	bl_text_init(&sql, &session->allocator);
	bl_text_add(&sql, text, length);
	if (sql.failed)
		return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
	bl_wait_init(&wait, session, 0);
	do {
		*answer = (struct answer){ 0 };
		bl_error_clear(error);
		rc = session->backend->look(session->connection, sql.text, keep_answer, answer,
					    error);
	} while (rc == BOBOLINK_BUSY && (rc = bl_wait_again(session, &wait, error)) == BOBOLINK_OK);
	bl_text_release(&sql);
	return rc;
}

/* A table that is missing, and a query that would write, are the fix's fault. */
static bool is_refusal(int rc, bool within)
{
	return rc == BOBOLINK_SQL_ERROR || rc == BOBOLINK_NO_TABLE || rc == BOBOLINK_USAGE ||
	       (rc == BOBOLINK_READ_ONLY && !within);
}

static int ask(struct bl_attempt *attempt, uint32_t number, bool within, struct answer *answer,
	       struct bobolink_error *error)
{
	struct bobolink_session *session = attempt->scripts->session;
	const struct bobolink_statement *statement =
		bl_set_statement(&attempt->scripts->items, attempt->index, attempt->section,
				 number - 1);
	const char *text = bl_set_text(&attempt->scripts->items, attempt->index, statement->text);
	int64_t changed;
	int rc;

	*answer = (struct answer){ 0 };
	bl_error_clear(error);
	if (within)
		rc = session->backend->perform(session->connection, text, statement->length, number,
					       keep_answer, answer, &changed, error);
	else
		rc = look(attempt, text, statement->length, answer, error);
	if (!rc || (within && !error->statement) || !is_refusal(rc, within))
		return rc == BOBOLINK_BUSY ? BOBOLINK_AGAIN : rc;
	attempt->refused = true;
	bl_attempt_blame(attempt, number, error);
	return error->code = BOBOLINK_SQL_ERROR;
}

int bl_guard_ask(struct bl_attempt *attempt, bool within, bool *wanted,
		 struct bobolink_error *error)
{
	const struct bobolink_section *guard =
		&attempt->scripts->set->settings[attempt->index].guard;
	const struct bobolink_section *section = attempt->section;
	int rc = BOBOLINK_OK;

	*wanted = true;
	attempt->refused = false;
	attempt->section = guard;
	for (uint32_t i = 1; i <= guard->count && *wanted && rc == BOBOLINK_OK; i++) {
		struct answer answer;

		rc = ask(attempt, i, within, &answer, error);
		if (rc == BOBOLINK_OK && !read_truth(&answer, wanted))
			rc = refuse_answer(attempt, &answer, i, error);
	}
	attempt->section = section;
	return rc;
}
