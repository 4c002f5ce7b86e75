/*
 * Call: runs a function of the application, and is what it sees of the runtime (bobolink/step.h).
 *
 * What the function returns is not trusted: only results that a run can end with are passed on. What a loop of
 * batches ended with stands, whatever the function makes of it: rows that were left out are no success.
 */
#include "call.h"

#include <stdarg.h>
#include <string.h>

#include "error.h"
#include "log.h"

void *bobolink_step_connection(const struct bobolink_step *step)
{
	return step->session->handle;
}

int64_t bobolink_step_version(const struct bobolink_step *step)
{
	return step->version;
}

const char *bobolink_step_name(const struct bobolink_step *step)
{
	return step->name;
}

int bobolink_step_is_down(const struct bobolink_step *step)
{
	return step->down;
}

/* How many bytes the character at `s` has; 0 where none stands there. */
static size_t length_of(const unsigned char *s)
{
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	size_t tail = s[0] < 0x80 ? 0 : s[0] < 0xE0 ? 1 : s[0] < 0xF0 ? 2 : 3;
	uint32_t character = tail ? s[0] & (0x3Fu >> tail) : s[0];

	if (tail && (s[0] < 0xC0 || s[0] > 0xF7))
		return 0;
	for (size_t i = 1; i <= tail; i++) {
		if ((s[i] & 0xC0) != 0x80)
			return 0;
		character = character << 6 | (s[i] & 0x3Fu);
	}
	if (character < least[tail] || character > 0x10FFFF ||
	    (character >= 0xD800 && character <= 0xDFFF))
		return 0;
	return tail + 1;
}

/* What a function says is recorded, and a database takes UTF-8 alone: each byte of anything else becomes a question mark. */
static void keep_text(char *text)
{
	while (*text) {
		size_t length = length_of((const unsigned char *)text);

		if (length == 0)
			*text = '?';
		text += length ? length : 1;
	}
}

void bobolink_step_log(struct bobolink_step *step, int level, const char *format, ...)
{
	char text[BOBOLINK_MESSAGE_SIZE];
	va_list arguments;

	va_start(arguments, format);
	bl_format_list(text, sizeof(text), format, arguments);
	va_end(arguments);
	keep_text(text);
	if (level < BOBOLINK_DEBUG || level > BOBOLINK_ERROR)
		level = BOBOLINK_INFO;
	if (step->kind) {
		bl_log_add_item(step->session, BOBOLINK_EVENT_CODE, step->kind, step->item, text);
		bl_session_tell(step->session, BOBOLINK_EVENT_CODE, level, -1, step->label, -1,
				text);
		return;
	}
	bl_session_event(step->session, BOBOLINK_EVENT_CODE, level, step->version, step->name, -1,
			 "%s", text);
}

int bobolink_step_fail(struct bobolink_step *step, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	bl_format_list(step->failure, sizeof(step->failure), format, arguments);
	va_end(arguments);
	keep_text(step->failure);
	return BOBOLINK_SQL_ERROR;
}

static uint32_t fitted(uint64_t number)
{
	return number > UINT32_MAX ? UINT32_MAX : (uint32_t)number;
}

int bobolink_step_progress(struct bobolink_step *step, uint64_t done, uint64_t total)
{
	const struct bobolink_progress progress = {
		.version = step->kind ? -1 : step->version,
		.name = step->kind ? step->label : step->name,
		.step = step->number,
		.steps = step->steps,
		.statement = fitted(done),
		.statements = fitted(total),
		.elapsed_ms = bl_clock_ms() - step->begun_ms,
	};

	return bl_session_goes_on(step->session, &progress) ? BOBOLINK_OK : BOBOLINK_INTERRUPTED;
}

void bobolink_step_changed(struct bobolink_step *step, int64_t rows)
{
	step->rows_changed += rows;
	step->counted = true;
}

void bobolink_step_message(struct bobolink_step *step, const char *message)
{
	bl_format(step->message, sizeof(step->message), "%s", message);
	keep_text(step->message);
}

/* Makes what the function returned the result of its step. */
static int conclude(struct bobolink_step *step, int rc, struct bobolink_error *error)
{
	switch (rc) {
	case BOBOLINK_OK:
		return rc;
	case BOBOLINK_AGAIN:
	case BOBOLINK_FULL:
	case BOBOLINK_INTERRUPTED:
	case BOBOLINK_IO_ERROR:
	case BOBOLINK_LOCKED:
	case BOBOLINK_NO_MEMORY:
	case BOBOLINK_READ_ONLY:
	case BOBOLINK_UNREACHABLE:
		break;
	case BOBOLINK_BUSY:
		rc = BOBOLINK_LOCKED;
		break;
	default:
		if (!step->failure[0])
			bobolink_step_fail(step,
					   "result %d, and not a word why: describe failures with "
					   "bobolink_step_fail()",
					   rc);
		rc = BOBOLINK_SQL_ERROR;
	}
	if (rc == BOBOLINK_INTERRUPTED && !step->failure[0])
		return bl_error_set(error, rc, "stopped in %s(); the next start goes on",
				    step->function);
	return bl_error_set(error, rc, "%s(): %s", step->function,
			    step->failure[0] ? step->failure : "it cannot be done now");
}

/* Of what the function returned and what it left behind. A failure of its own says more than what came of it. */
static int take_back(struct bobolink_step *step, int rc, struct bobolink_error *error)
{
	struct bobolink_session *session = step->session;
	struct bobolink_error left = { .version = -1 };
	int taken = session->backend->reclaim(session->connection, &left);

	if (taken && (rc == BOBOLINK_OK || taken == BOBOLINK_UNREACHABLE)) {
		*error = left;
		return taken;
	}
	return conclude(step, rc, error);
}

/* What the function makes of one batch. */
static int run_batch(struct bobolink_step *step, struct bl_batch *batch)
{
	int64_t position = batch->position;
	int64_t rows = 0;
	int rc = batch->run(step, &position, batch->limit, &rows, batch->context);

	if (rc)
		return rc;
	if (position < 0 || rows < 0)
		return bobolink_step_fail(step, "a batch has left a negative %s",
					  rows < 0 ? "number of rows" : "position");
	batch->position = position;
	batch->rows = rows;
	return BOBOLINK_OK;
}

int bl_call_batch(struct bobolink_step *step, struct bl_batch *batch, struct bobolink_error *error)
{
	struct bobolink_session *session = step->session;
	int rc = session->backend->lend(session->connection, error);

	if (rc)
		return rc;
	step->failure[0] = '\0';
	return take_back(step, run_batch(step, batch), error);
}

/* Whatever the function makes of it, its step ends with this. */
static void stop(struct bobolink_step *step, int rc)
{
	if (!step->stopped)
		step->stopped = conclude(step, rc, step->error);
}

/* One batch in the transaction of the step, or in one of its own. */
static int next_batch(struct bobolink_step *step, struct bl_batch *batch)
{
	int rc;

	if (step->batch)
		return step->stopped = step->batch(step, batch, step->error);
	rc = run_batch(step, batch);
	if (rc)
		stop(step, rc);
	return rc;
}

int bobolink_step_batches(struct bobolink_step *step, uint32_t limit, bobolink_batch_fn *batch,
			  void *context)
{
	struct bl_batch loop = { batch, context, limit, step->position, 0 };
	uint64_t done = 0;
	int rc;

	if (limit == 0 || step->looped) {
		bobolink_step_fail(step, limit ? "bobolink_step_batches() is for one loop"
					       : "batches of no rows never end");
		stop(step, BOBOLINK_USAGE);
		return BOBOLINK_USAGE;
	}
	step->looped = true;
	while ((rc = next_batch(step, &loop)) == BOBOLINK_OK && loop.rows) {
		done += (uint64_t)loop.rows;
		rc = bobolink_step_progress(step, done, 0);
		if (rc) {
			stop(step, rc);
			break;
		}
	}
	return rc;
}

int bl_call(struct bobolink_step *step, const struct bobolink_call *call,
	    struct bobolink_error *error)
{
	struct bobolink_session *session = step->session;
	int rc;

	step->function = call->name;
	step->error = error;
	if (bobolink_step_progress(step, 1, 1))
		return conclude(step, BOBOLINK_INTERRUPTED, error);
	rc = session->backend->lend(session->connection, error);
	if (rc)
		return rc;
	rc = call->function(step);
	if (!step->stopped)
		return take_back(step, rc, error);
	session->backend->reclaim(session->connection, &(struct bobolink_error){ 0 });
	return step->stopped;
}
