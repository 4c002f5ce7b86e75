/*
 * Losses: reads what the compiler found out about a section, and asks the database.
 */
#include "losses.h"

#include <inttypes.h>
#include <string.h>

#include "error.h"
#include "log.h"

bool bl_losses_next(const char **text, struct bl_losses_line *line)
{
	const char *at = *text;

	if (!*at)
		return false;
	line->what = at;
	line->what_length = strcspn(at, "\t\n");
	at += line->what_length;
	at += *at == '\t';
	line->query = at;
	line->query_length = strcspn(at, "\t\n");
	at += line->query_length;
	at += *at == '\t';
	line->table = at;
	line->table_length = strcspn(at, "\n");
	at += line->table_length;
	*text = at + (*at == '\n');
	return true;
}

void bl_losses_field(const char *field, size_t length, struct bl_text *text)
{
	for (size_t i = 0; i < length; i++) {
		const char *byte = &field[i];

		if (*byte == '\\' && i + 1 < length) {
			byte = &field[++i];
			byte = *byte == 't' ? "\t" : *byte == 'n' ? "\n" : byte;
		}
		bl_text_add(text, byte, 1);
	}
}

static int keep_number(void *context, const struct bobolink_value *values, uint32_t count)
{
	int64_t *rows = context;

	if (count != 1 || !bl_history_integer(&values[0], rows))
		*rows = -1;
	return BOBOLINK_OK;
}

/* Without an answer, which is BOBOLINK_OK, *rows stays -1. */
static int ask(struct bobolink_session *session, const struct bl_text *query, bool within,
	       int64_t *rows, struct bobolink_error *error)
{
	const struct bobolink_backend *backend = session->backend;
	int rc;

	if (query->failed)
		return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
	if (within)
		rc = backend->query(session->connection, query->text, NULL, 0, keep_number, rows,
				    NULL, error);
	else
		rc = backend->look(session->connection, query->text, keep_number, rows, error);
	if (rc)
		*rows = -1;
	return rc;
}

/* Rows that others have written, and not committed yet, are waited for: after that nobody writes any. */
static void add_lock(const struct bl_losses_line *line, struct bl_text *text)
{
	static const char before[] = "LOCK TABLE ";
	static const char behind[] = " IN SHARE ROW EXCLUSIVE MODE";

	bl_text_add(text, before, sizeof(before) - 1);
	bl_losses_field(line->table, line->table_length, text);
	bl_text_add(text, behind, sizeof(behind) - 1);
}

int bl_losses_count(struct bobolink_session *session, const struct bl_losses_line *line,
		    bool within, int64_t *rows, struct bobolink_error *error)
{
	struct bl_text query;
	int rc = BOBOLINK_OK;

	*rows = -1;
	if (line->query_length == 0)
		return BOBOLINK_OK;
	bl_text_init(&query, &session->allocator);
	if (within && line->table_length) {
		add_lock(line, &query);
		rc = ask(session, &query, within, rows, error);
		query.length = 0;
	}
	bl_losses_field(line->query, line->query_length, &query);
	if (rc == BOBOLINK_OK)
		rc = ask(session, &query, within, rows, error);
	bl_text_release(&query);
	if (within && rc == BOBOLINK_NO_TABLE)
		*rows = BL_LOSSES_GONE;
	/* Anything else may be about what was written before it in this transaction. */
	if ((rc == BOBOLINK_SQL_ERROR && !error->statement) || rc == BOBOLINK_NO_TABLE ||
	    rc == BOBOLINK_BUSY || (rc == BOBOLINK_READ_ONLY && !within)) {
		bl_error_clear(error);
		rc = BOBOLINK_OK;
	}
	return rc;
}

void bl_losses_describe(const struct bobolink_session *session, const struct bl_losses_line *line,
			int64_t rows, char *text, size_t size)
{
	struct bl_text what;

	bl_text_init(&what, &session->allocator);
	bl_losses_field(line->what, line->what_length, &what);
	if (rows < 0)
		bl_format(text, size, "%s (rows that could not be counted)",
			  what.text ? what.text : "");
	else
		bl_format(text, size, "%s (%" PRId64 " row%s)", what.text ? what.text : "", rows,
			  rows == 1 ? "" : "s");
	bl_text_release(&what);
}

/* What a migration that goes on has dropped before it stopped half-way cannot be lost again. */
static bool is_lost_already(const struct bl_step *step, int64_t rows)
{
	return rows == BL_LOSSES_GONE && bl_step_status(step) == BL_STATUS_RUNNING;
}

enum look {
	GUARD,
	FORESEE,
	TELL
};

static int refuse(const struct bl_run *run, const struct bl_step *step, const char *what,
		  struct bobolink_error *error)
{
	bl_error_set(error, BOBOLINK_DATA_LOSS,
		     "%s %" PRId64 " would destroy %s: make a backup, then accept that with "
		     "--migrate-force",
		     run->view.plan.down ? "undoing migration" : "migration", step->item->version,
		     what);
	bl_error_place(error, step->item->version, bl_step_text(step, step->section->file), 0, 0);
	return BOBOLINK_DATA_LOSS;
}

/* In the transaction of the step the first loss ends it, before it each is logged. */
static int walk(const struct bl_run *run, const struct bl_step *step, enum look look,
		struct bobolink_error *error)
{
	const char *text = bl_step_text(step, step->section->losses);
	char what[BOBOLINK_MESSAGE_SIZE / 2];
	struct bl_losses_line line;
	int rc = BOBOLINK_OK;

	while (rc == BOBOLINK_OK && bl_losses_next(&text, &line)) {
		int64_t rows;

		rc = bl_losses_count(run->session, &line, look == GUARD, &rows, error);
		if (rc || rows == 0 || is_lost_already(step, rows) || (look == FORESEE && rows < 0))
			continue;
		bl_losses_describe(run->session, &line, rows, what, sizeof(what));
		if (look == TELL) {
			bl_session_event(run->session, BOBOLINK_EVENT_FORCED, BOBOLINK_WARNING,
					 step->item->version, bl_step_name(run, step), -1,
					 "by force, to lose: %s", what);
			continue;
		}
		rc = refuse(run, step, what, error);
		if (look == GUARD)
			bl_log_add(run->session, BOBOLINK_EVENT_FAILED, step->item->version,
				   error->message);
	}
	return rc;
}

int bl_losses_guard(const struct bl_run *run, const struct bl_step *step,
		    struct bobolink_error *error)
{
	return run->unguarded ? BOBOLINK_OK : walk(run, step, GUARD, error);
}

int bl_losses_foresee(const struct bl_run *run, const struct bl_step *step,
		      struct bobolink_error *error)
{
	return run->unguarded ? BOBOLINK_OK : walk(run, step, FORESEE, error);
}

int bl_losses_tell(const struct bl_run *run, const struct bl_step *step,
		   struct bobolink_error *error)
{
	if (run->view.plan.down || run->session->options.protect != BOBOLINK_PROTECT_FORCED)
		return BOBOLINK_OK;
	return walk(run, step, TELL, error);
}
