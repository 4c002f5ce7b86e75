/*
 * Losses: reads what the compiler found out about a section, and asks the database.
 */
#include "losses.h"

#include <inttypes.h>
#include <string.h>

#include "error.h"

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
	line->query_length = strcspn(at, "\n");
	at += line->query_length;
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

int bl_losses_count(struct bobolink_session *session, const struct bl_losses_line *line,
		    bool within, int64_t *rows, struct bobolink_error *error)
{
	const struct bobolink_backend *backend = session->backend;
	struct bl_text query;
	int rc;

	*rows = -1;
	if (line->query_length == 0)
		return BOBOLINK_OK;
	bl_text_init(&query, &session->allocator);
	bl_losses_field(line->query, line->query_length, &query);
	if (query.failed)
		rc = bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
	else if (within)
		rc = backend->query(session->connection, query.text, NULL, 0, keep_number, rows,
				    NULL, error);
	else
		rc = backend->look(session->connection, query.text, keep_number, rows, error);
	bl_text_release(&query);
	if (rc)
		*rows = -1;
	/* Anything else may be about what was written before it in this transaction. */
	if (rc == BOBOLINK_SQL_ERROR || rc == BOBOLINK_NO_TABLE || rc == BOBOLINK_BUSY ||
	    (rc == BOBOLINK_READ_ONLY && !within)) {
		bl_error_clear(error);
		rc = BOBOLINK_OK;
	}
	return rc;
}

static int refuse(const struct bl_step *step, const struct bl_losses_line *line, int64_t rows,
		  const struct bobolink_session *session, struct bobolink_error *error)
{
	struct bl_text what;
	char count[64];

	bl_text_init(&what, &session->allocator);
	bl_losses_field(line->what, line->what_length, &what);
	if (rows < 0)
		bl_format(count, sizeof(count), "rows that could not be counted");
	else
		bl_format(count, sizeof(count), "%" PRId64 " row%s", rows, rows == 1 ? "" : "s");
	bl_error_set(error, BOBOLINK_DATA_LOSS,
		     "undoing migration %" PRId64 " would destroy %s (%s): make a backup, then "
		     "accept that with --migrate-force",
		     step->item->version, what.text ? what.text : "", count);
	bl_text_release(&what);
	return BOBOLINK_DATA_LOSS;
}

int bl_losses_refuse(struct bl_run *run, const struct bl_step *step, struct bobolink_error *error)
{
	const char *text = bl_step_text(step, step->section->losses);
	struct bl_losses_line line;
	int rc = BOBOLINK_OK;

	while (rc == BOBOLINK_OK && bl_losses_next(&text, &line)) {
		int64_t rows;

		rc = bl_losses_count(run->session, &line, true, &rows, error);
		if (rc == BOBOLINK_OK && rows != 0)
			rc = refuse(step, &line, rows, run->session, error);
	}
	return rc;
}
