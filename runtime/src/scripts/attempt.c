/*
 * Attempt: one transaction of one script. It begins by changing the head, a compare-and-set on the revision that the rows were
 * read at, and writes the script's row, so that a script can be neither half done nor done twice.
 */
#include "scripts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../call.h"
#include "../error.h"
#include "../log.h"
#include "../losses.h"
#include "../record.h"
#include "../wait.h"

#define SLOW_MS 1000

void bl_attempt_init(struct bl_attempt *attempt, struct bl_scripts *scripts, uint32_t index)
{
	*attempt = (struct bl_attempt){
		.scripts = scripts,
		.index = index,
		.section = &scripts->set->items[index].up,
		.begun_ms = bl_clock_ms(),
	};
	bl_text_init(&attempt->message, &scripts->session->allocator);
}

void bl_attempt_release(struct bl_attempt *attempt)
{
	bl_text_release(&attempt->message);
}

int64_t bl_attempt_duration_ms(const struct bl_attempt *attempt)
{
	return (int64_t)(bl_clock_ms() - attempt->begun_ms);
}

void bl_scripts_tell(const struct bl_scripts *scripts, uint32_t index, int kind, int level,
		     int64_t duration_ms, const char *detail)
{
	char name[BL_SCRIPT_NAME_SIZE];

	bl_script_name(scripts->set, index, name, sizeof(name));
	bl_session_tell(scripts->session, kind, level, -1, name, duration_ms, detail);
}

void bl_attempt_log(const struct bl_attempt *attempt, int kind, const char *detail)
{
	const struct bobolink_scripts *set = attempt->scripts->set;
	char item[BL_SCRIPT_NAME_SIZE];

	bl_script_item(set, attempt->index, item, sizeof(item));
	bl_log_add_item(attempt->scripts->session, kind, bl_script_kind(set, attempt->index), item,
			detail);
}

int bl_attempt_begin(struct bl_attempt *attempt, struct bobolink_error *error)
{
	struct bobolink_session *session = attempt->scripts->session;
	const struct bl_head *head = &attempt->scripts->head;
	int rc = bl_wait_begin(session, attempt->section, error);

	if (rc)
		return rc;
	attempt->begun_ms = bl_clock_ms();
	attempt->refused = false;
	attempt->rows_changed = 0;
	attempt->message.length = 0;
	bl_log_mark(session);
	rc = bl_record_head(session, head, head, error);
	return rc ? bl_attempt_end(attempt, rc, error) : rc;
}

static const char *text_of(const struct bl_attempt *attempt, uint32_t offset)
{
	return bl_set_text(&attempt->scripts->items, attempt->index, offset);
}

void bl_attempt_blame(struct bl_attempt *attempt, uint32_t number, struct bobolink_error *error)
{
	const struct bobolink_section *section = attempt->section;
	const struct bobolink_statement *statement;

	bl_error_place(error, -1, text_of(attempt, section->file), 0, 0);
	error->statement = number;
	if (!number)
		return;
	statement = bl_set_statement(&attempt->scripts->items, attempt->index, section, number - 1);
	bl_error_locate(error, text_of(attempt, statement->text), statement->length,
			statement->line, statement->column);
}

static int ask_to_go_on(const struct bl_attempt *attempt, uint32_t number,
			struct bobolink_error *error)
{
	struct bobolink_session *session = attempt->scripts->session;
	char name[BL_SCRIPT_NAME_SIZE];
	struct bobolink_progress progress = {
		.version = -1,
		.name = name,
		.step = 1,
		.steps = 1,
		.statement = number,
		.statements = attempt->section->count,
		.elapsed_ms = (uint64_t)bl_attempt_duration_ms(attempt),
	};

	bl_script_name(attempt->scripts->set, attempt->index, name, sizeof(name));
	if (bl_session_goes_on(session, &progress))
		return BOBOLINK_OK;
	return bl_error_set(error, BOBOLINK_INTERRUPTED,
			    "stopped before statement %u of %s; the next start goes on",
			    (unsigned)number, name);
}

/* The first value of the first row. */
struct first {
	struct bl_text *text;
	bool taken;
};

static int keep_first(void *context, const struct bobolink_value *values, uint32_t count)
{
	struct first *first = context;

	if (!first->taken && count && values[0].text)
		bl_text_add(first->text, values[0].text, values[0].length);
	first->taken = true;
	return first->text->failed ? BOBOLINK_NO_MEMORY : BOBOLINK_OK;
}

static void tell_slow(const struct bl_attempt *attempt, uint32_t number, uint64_t begun)
{
	int64_t took = (int64_t)(bl_clock_ms() - begun);
	char detail[80];

	if (took < SLOW_MS)
		return;
	snprintf(detail, sizeof(detail), "statement %u took %" PRId64 " ms", (unsigned)number,
		 took);
	bl_attempt_log(attempt, BOBOLINK_EVENT_SLOW, detail);
	bl_scripts_tell(attempt->scripts, attempt->index, BOBOLINK_EVENT_SLOW, BOBOLINK_WARNING,
			took, detail);
}

/* What cannot be the fault of what was queued before it. */
static bool is_refusal(int rc)
{
	return rc == BOBOLINK_SQL_ERROR || rc == BOBOLINK_FOREIGN_KEY || rc == BOBOLINK_USAGE;
}

/* Statement `number`, from 1. */
static int run_statement(struct bl_attempt *attempt, uint32_t number, struct bobolink_error *error)
{
	struct bobolink_session *session = attempt->scripts->session;
	const struct bobolink_statement *statement =
		bl_set_statement(&attempt->scripts->items, attempt->index, attempt->section,
				 number - 1);
	struct first first = { .text = &attempt->message };
	uint64_t begun = bl_clock_ms();
	int64_t changed = 0;
	int rc = ask_to_go_on(attempt, number, error);

	if (rc)
		return rc;
	attempt->message.length = 0;
	bl_error_clear(error);
	rc = session->backend->perform(session->connection, text_of(attempt, statement->text),
				       statement->length, number, keep_first, &first, &changed,
				       error);
	attempt->rows_changed += changed;
	if (rc == BOBOLINK_OK) {
		tell_slow(attempt, number, begun);
		return rc;
	}
	if (rc == BOBOLINK_NO_MEMORY && !error->message[0])
		bl_error_set(error, rc, "out of memory");
	attempt->refused = is_refusal(rc) && error->statement;
	if (error->statement)
		bl_attempt_blame(attempt, number, error);
	if (rc == BOBOLINK_BUSY)
		rc = bl_error_append(error, BOBOLINK_LOCKED,
				     ": another connection is in the way of this statement; end "
				     "that and start again");
	return rc;
}

/* The function that the section in hand names. */
static int call(struct bl_attempt *attempt, struct bobolink_error *error)
{
	const struct bl_scripts *scripts = attempt->scripts;
	char item[BL_SCRIPT_NAME_SIZE];
	char label[BL_SCRIPT_NAME_SIZE];
	struct bobolink_step step = {
		.session = scripts->session,
		.version = scripts->set->items[attempt->index].version,
		.name = bl_set_name(&scripts->items, attempt->index),
		.down = attempt->undoes,
		.number = 1,
		.steps = 1,
		.begun_ms = attempt->begun_ms,
		.kind = bl_script_kind(scripts->set, attempt->index),
		.item = item,
		.label = label,
	};
	int rc = ask_to_go_on(attempt, 1, error);

	if (rc)
		return rc;
	bl_script_item(scripts->set, attempt->index, item, sizeof(item));
	bl_script_name(scripts->set, attempt->index, label, sizeof(label));
	bl_error_clear(error);
	rc = bl_call(&step, &scripts->session->set->calls[attempt->section->call - 1], error);
	attempt->rows_changed = step.counted ? step.rows_changed : -1;
	bl_text_add(&attempt->message, step.message, strlen(step.message));
	attempt->refused = rc == BOBOLINK_SQL_ERROR;
	if (attempt->refused)
		bl_attempt_blame(attempt, 0, error);
	if (rc == BOBOLINK_OK && attempt->message.failed)
		rc = bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
	return rc;
}

int bl_attempt_run(struct bl_attempt *attempt, const struct bobolink_section *section,
		   struct bobolink_error *error)
{
	int rc = BOBOLINK_OK;

	attempt->section = section;
	if (section->call)
		return call(attempt, error);
	for (uint32_t i = 1; i <= section->count && rc == BOBOLINK_OK; i++)
		rc = run_statement(attempt, i, error);
	return rc;
}

static int refuse_losses(struct bl_attempt *attempt, const char *what, struct bobolink_error *error)
{
	const struct bobolink_scripts *set = attempt->scripts->set;
	char label[BL_SCRIPT_NAME_SIZE];

	bl_script_label(set, attempt->index, label, sizeof(label));
	attempt->refused = true;
	if (bl_script_is_fix(set, attempt->index))
		bl_error_set(error, BOBOLINK_DATA_LOSS,
			     "%sfix %s would destroy %s: make a backup, then accept that with "
			     "--migrate-%s=%s --migrate-force",
			     attempt->undoes ? "undoing " : "", label, what,
			     attempt->undoes ? "undo" : "retry", label);
	else
		bl_error_set(error, BOBOLINK_DATA_LOSS,
			     "repeatable %s would destroy %s: make a backup, then accept that "
			     "with --migrate-force",
			     label, what);
	bl_attempt_blame(attempt, 0, error);
	return BOBOLINK_DATA_LOSS;
}

int bl_attempt_protect(struct bl_attempt *attempt, const struct bobolink_section *section,
		       struct bobolink_error *error)
{
	struct bobolink_session *session = attempt->scripts->session;
	const char *text = text_of(attempt, section->losses);
	char what[BOBOLINK_MESSAGE_SIZE / 2];
	char detail[BOBOLINK_MESSAGE_SIZE];
	struct bl_losses_line line;
	int rc = BOBOLINK_OK;

	attempt->section = section;
	/* A way back is like that of a migration: only who says so loses rows. */
	if (session->options.protect == BOBOLINK_PROTECT_DECLARED && !attempt->undoes)
		return BOBOLINK_OK;
	while (rc == BOBOLINK_OK && bl_losses_next(&text, &line)) {
		int64_t rows;

		rc = bl_losses_count(session, &line, true, &rows, error);
		/* Of a table that is not there nothing is lost; a fix may be for databases that lack it. */
		if (rc || rows == 0 || rows == BL_LOSSES_GONE)
			continue;
		bl_losses_describe(session, &line, rows, what, sizeof(what));
		if (session->options.protect != BOBOLINK_PROTECT_FORCED)
			return refuse_losses(attempt, what, error);
		bl_format(detail, sizeof(detail), "by force, to lose: %s", what);
		bl_attempt_log(attempt, BOBOLINK_EVENT_FORCED, detail);
		bl_scripts_tell(attempt->scripts, attempt->index, BOBOLINK_EVENT_FORCED,
				BOBOLINK_WARNING, -1, detail);
	}
	return rc;
}

/*
 * A set that was complete stays so: what is left of the scripts is in their rows. That it is due says that they are to
 * be looked at once more, should the run not come to its end.
 */
static int keep_complete(const struct bl_scripts *scripts, const struct bl_head *head,
			 struct bobolink_error *error)
{
	if (!bl_head_matches(head))
		return BOBOLINK_OK;
	snprintf(scripts->session->next_due, sizeof(scripts->session->next_due), "%s", BL_DUE_NOW);
	return bl_record_complete(scripts->session, error);
}

int bl_attempt_finish(struct bl_attempt *attempt, int event, const char *detail,
		      struct bobolink_error *error)
{
	int rc;

	bl_attempt_log(attempt, event, detail);
	rc = bl_log_write(attempt->scripts->session, error);
	return rc ? rc : keep_complete(attempt->scripts, &attempt->scripts->head, error);
}

int bl_attempt_write(struct bl_attempt *attempt, const struct bl_script_change *change, int event,
		     const char *detail, struct bobolink_error *error)
{
	struct bl_scripts *scripts = attempt->scripts;
	int rc = bl_scripts_write(scripts, &scripts->rows[attempt->index], change, error);

	return rc ? rc : bl_attempt_finish(attempt, event, detail, error);
}

/* The head is one revision further. */
static void advance(struct bl_scripts *scripts)
{
	scripts->head.tables = true;
	scripts->head.exists = true;
	scripts->head.revision++;
	scripts->session->scripts_wrote = true;
}

int bl_attempt_end(struct bl_attempt *attempt, int rc, struct bobolink_error *error)
{
	struct bobolink_session *session = attempt->scripts->session;

	if (rc) {
		session->backend->rollback(session->connection);
	} else {
		rc = bl_wait_commit(session, error);
		attempt->refused = rc == BOBOLINK_SQL_ERROR || rc == BOBOLINK_FOREIGN_KEY;
		if (attempt->refused)
			bl_attempt_blame(attempt, 0, error);
	}
	bl_log_settle(session, rc);
	if (rc == BOBOLINK_OK)
		advance(attempt->scripts);
	return bl_record_missing(session, rc, error);
}

/* Under the lock: what the script is now, and one attempt more of it. */
static int write_refusal(struct bl_attempt *attempt, const char *message,
			 struct bobolink_error *error)
{
	struct bl_scripts *scripts = attempt->scripts;
	struct bobolink_session *session = scripts->session;
	struct bl_script_change change = {
		.index = attempt->index,
		.status = BL_STATUS_FAILED,
		.attempts = 1,
		.duration_ms = bl_attempt_duration_ms(attempt),
		.rows_changed = -1,
		.error_message = message,
	};
	struct bl_script_row row = { .status = BL_STATUS_NONE };
	struct bl_head head;
	bool same;
	int rc = bl_session_head(session, &head, error);

	if (rc == BOBOLINK_OK)
		rc = bl_record_head(session, &head, &head, error);
	if (rc == BOBOLINK_OK)
		rc = bl_scripts_reread(scripts, attempt->index, &row, error);
	if (rc)
		return rc;
	same = row.status != BL_STATUS_NONE &&
	       bl_script_is_same(scripts->set, attempt->index, &row);
	if (row.status == BL_STATUS_FAILED && same)
		change.attempts = row.attempts + 1;
	/* Somebody else has done it meanwhile. */
	if (same && head.revision != scripts->head.revision &&
	    (row.status == BL_STATUS_APPLIED || row.status == BL_STATUS_SKIPPED))
		return BOBOLINK_STALE;
	rc = bl_scripts_write(scripts, &row, &change, error);
	if (rc == BOBOLINK_OK)
		rc = bl_log_write(session, error);
	if (rc == BOBOLINK_OK)
		rc = keep_complete(scripts, &head, error);
	return rc;
}

int bl_attempt_refused(struct bl_attempt *attempt, const struct bobolink_error *reason)
{
	struct bl_scripts *scripts = attempt->scripts;
	struct bobolink_session *session = scripts->session;
	struct bobolink_error ignored;
	char text[BOBOLINK_PATH_SIZE + BOBOLINK_MESSAGE_SIZE];
	int rc;

	bobolink_error_text(reason, text, sizeof(text));
	bl_attempt_log(attempt, BOBOLINK_EVENT_FAILED, text);
	bl_log_mark(session);
	rc = bl_wait_begin(session, NULL, &ignored);
	if (rc)
		return rc;
	rc = write_refusal(attempt, text, &ignored);
	if (rc)
		session->backend->rollback(session->connection);
	else
		rc = bl_wait_commit(session, &ignored);
	bl_log_settle(session, rc);
	if (rc == BOBOLINK_OK)
		session->scripts_wrote = true;
	return rc;
}

int bl_scripts_back_up(struct bl_scripts *scripts, const struct bobolink_section *section,
		       struct bobolink_error *error)
{
	struct bobolink_session *session = scripts->session;
	uint32_t wish = session->options.backup;
	bool destructive = (section->flags & BOBOLINK_SECTION_DATA_LOSS) || section->losses;

	if (session->backed_up || wish == BOBOLINK_BACKUP_NEVER ||
	    (wish == BOBOLINK_BACKUP_DESTRUCTIVE && !destructive))
		return BOBOLINK_OK;
	session->backed_up = true;
	return bl_session_back_up(session, error);
}
