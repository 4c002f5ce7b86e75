/*
 * Session: the runtime's spine on one connection.
 *
 * Open, boot, apply, check, close. What is read stands in store.c, what is decided in plan.c, what
 * is written in apply.c.
 */
#include "session.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "apply.h"
#include "error.h"
#include "explain.h"
#include "log.h"

#define SHORTEST_ANSWER_MS 5000u

uint64_t bl_clock_ms(void)
{
	struct timespec now = { 0, 0 };

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

const char *bl_session_program(const struct bobolink_session *session)
{
	return session->options.program ? session->options.program : session->set->name;
}

bool bl_session_goes_on(const struct bobolink_session *session,
			const struct bobolink_progress *progress)
{
	const struct bobolink_options *options = &session->options;

	return !session->interrupted &&
	       (!options->progress || options->progress(options->progress_context, progress) == 0);
}

void bl_session_tell(const struct bobolink_session *session, int kind, int level, int64_t version,
		     const char *name, int64_t duration_ms, const char *detail)
{
	const struct bobolink_event event = {
		.kind = kind,
		.level = level,
		.version = version,
		.duration_ms = duration_ms,
		.set_name = session->set->name,
		.name = name,
		.detail = detail,
	};

	if (session->options.log)
		session->options.log(session->options.log_context, &event);
}

void bl_session_event(struct bobolink_session *session, int kind, int level, int64_t version,
		      const char *name, int64_t duration_ms, const char *format, ...)
{
	char detail[BOBOLINK_MESSAGE_SIZE];
	va_list arguments;

	va_start(arguments, format);
	bl_format_list(detail, sizeof(detail), format, arguments);
	va_end(arguments);
	bl_log_add(session, kind, version, detail);
	bl_session_tell(session, kind, level, version, name, duration_ms, detail);
}

static int check_set(const struct bobolink_set *set, struct bobolink_error *error)
{
	if (!set || !set->backend || !set->name || !set->digest)
		return bl_error_set(
			error, BOBOLINK_USAGE,
			"no set was given: pass &NAME_migrations of the generated header");
	if (set->data_version != BOBOLINK_DATA_VERSION)
		return bl_error_set(
			error, BOBOLINK_USAGE,
			"the set %s has data version %u, this library knows %d: generate "
			"it again with the matching compiler",
			set->name, (unsigned)set->data_version, BOBOLINK_DATA_VERSION);
	if (set->backend()->interface_version != BOBOLINK_BACKEND_VERSION)
		return bl_error_set(
			error, BOBOLINK_USAGE,
			"the backend %s and the core come from different releases: link "
			"libraries of one release",
			set->backend()->name);
	return BOBOLINK_OK;
}

/* Copies what the caller knew of; the rest keeps its default. */
static int copy_options(const struct bobolink_options *given, struct bobolink_options *options,
			struct bobolink_error *error)
{
	const struct bobolink_options defaults = BOBOLINK_OPTIONS_INIT;

	*options = defaults;
	if (!given)
		return bobolink_options_from_env(options, error);
	if (given->size == 0)
		return bl_error_set(
			error, BOBOLINK_USAGE,
			"options are not initialised: begin with BOBOLINK_OPTIONS_INIT");
	memcpy(options, given, given->size < sizeof(*options) ? given->size : sizeof(*options));
	if (options->transaction > BOBOLINK_TRANSACTION_ALL ||
	    options->auto_migrate > BOBOLINK_AUTO_MIGRATE_OFF ||
	    options->on_failure > BOBOLINK_ON_FAILURE_ROLLBACK ||
	    options->backup > BOBOLINK_BACKUP_ALWAYS ||
	    options->validate > BOBOLINK_VALIDATE_FULL ||
	    options->protect > BOBOLINK_PROTECT_FORCED || options->fixes > BOBOLINK_FIXES_OFF ||
	    options->auto_repair > 1)
		return bl_error_set(
			error, BOBOLINK_USAGE,
			"an option has a value that this library does not know: use the "
			"constants of bobolink.h");
	return BOBOLINK_OK;
}

/* All three functions or none. */
static int check_allocator(const struct bobolink_allocator *allocator, struct bobolink_error *error)
{
	int given = !!allocator->allocate + !!allocator->reallocate + !!allocator->release;

	if (given == 0 || given == 3)
		return BOBOLINK_OK;
	return bl_error_set(error, BOBOLINK_USAGE,
			    "the allocator has %d of its three functions: give all or none", given);
}

/* As long as a lock is waited for; who waits for none still gives a busy server time to answer. */
static uint64_t answer_timeout_ms(const struct bobolink_options *options)
{
	if (!options->lock_timeout_ms)
		return BL_LOCK_TIMEOUT_MS;
	return options->lock_timeout_ms < SHORTEST_ANSWER_MS ? SHORTEST_ANSWER_MS
							     : options->lock_timeout_ms;
}

static struct bobolink_session *new_session(const struct bobolink_set *set,
					    const struct bobolink_options *options)
{
	struct bobolink_allocator allocator = options->allocator && options->allocator->allocate
						      ? *options->allocator
						      : bl_memory_default();
	struct bobolink_session *session = bl_memory_alloc(&allocator, 1, sizeof(*session));
	struct timespec now = { 0, 0 };

	if (!session)
		return NULL;
	clock_gettime(CLOCK_REALTIME, &now);
	session->set = set;
	session->backend = set->backend();
	session->archive = set->archive ? set->archive() : NULL;
	session->permit = set->permit;
	session->options = *options;
	session->allocator = allocator;
	session->jitter = (uint64_t)now.tv_nsec ^ ((uint64_t)getpid() << 32);
	session->context = (struct bobolink_context){
		.allocator = allocator,
		.program = bl_session_program(session),
		.schema = session->options.schema,
		.timeout_ms = answer_timeout_ms(options),
		.interrupted = &session->interrupted,
	};
	return session;
}

int bl_session_new(const struct bobolink_set *set, const struct bobolink_options *options,
		   struct bobolink_session **session, struct bobolink_error *error)
{
	struct bobolink_options complete;
	int rc = check_set(set, error);

	*session = NULL;
	if (rc == BOBOLINK_OK)
		rc = copy_options(options, &complete, error);
	if (rc == BOBOLINK_OK && complete.allocator)
		rc = check_allocator(complete.allocator, error);
	if (rc)
		return rc;
	*session = new_session(set, &complete);
	if (!*session)
		return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
	return BOBOLINK_OK;
}

int bobolink_open(const struct bobolink_set *set, void *connection,
		  const struct bobolink_options *options, struct bobolink_session **session,
		  struct bobolink_error *error)
{
	struct bobolink_error local;
	int rc;

	error = error ? error : &local;
	bl_error_clear(error);
	*session = NULL;
	if (!connection)
		return bl_error_set(error, BOBOLINK_USAGE,
				    "no connection was given: open the database first");
	rc = bl_session_new(set, options, session, error);
	if (rc)
		return rc;
	(*session)->handle = connection;
	rc = (*session)->backend->open(connection, &(*session)->context, &(*session)->connection,
				       error);
	if (rc) {
		bobolink_close(*session);
		*session = NULL;
	}
	return rc;
}

void bobolink_interrupt(struct bobolink_session *session)
{
	session->interrupted = 1;
	for (uint32_t i = 0; i < session->companion_count; i++)
		session->companions[i]->interrupted = 1;
}

void bobolink_close(struct bobolink_session *session)
{
	struct bobolink_allocator allocator;

	if (!session)
		return;
	allocator = session->allocator;
	bl_session_scripts(session, NULL, BOBOLINK_SCRIPTS_END, NULL);
	if (session->connection)
		session->backend->close(session->connection);
	for (int i = 0; i < BL_SQL_COUNT; i++)
		bl_memory_release(&allocator, session->sql[i]);
	bl_memory_release(&allocator, session);
}

int bl_session_scripts(struct bobolink_session *session, const struct bl_view *view, int point,
		       struct bobolink_error *error)
{
	const struct bobolink_scripts *scripts = session->set->scripts;
	int rc;

	if (!scripts)
		return BOBOLINK_OK;
	session->view = view;
	session->scripts_wrote = false;
	rc = scripts->run(session, point, error);
	session->view = NULL;
	return rc == BOBOLINK_OK && session->scripts_wrote ? BOBOLINK_STALE : rc;
}

/* A boot that must not write: a newer database is refused, anything else only told. */
static int look(struct bobolink_session *session, const struct bl_plan_request *request,
		const struct bl_head *head, struct bobolink_error *error)
{
	struct bl_view view;
	int rc = bl_view_read(session, request, head, &view, error);

	if (rc == BOBOLINK_OK)
		rc = bl_explain_verdict(&view.plan, error);
	if (rc && view.plan.verdict && rc != BOBOLINK_NEWER) {
		bl_session_event(session, BOBOLINK_EVENT_BOOT, BOBOLINK_WARNING, error->version, "",
				 -1, "%s", error->message);
		bl_error_clear(error);
		rc = BOBOLINK_OK;
	} else if (rc == BOBOLINK_OK && view.plan.step_count) {
		bl_session_event(session, BOBOLINK_EVENT_BOOT, BOBOLINK_WARNING, -1, "", -1,
				 "pending migrations: %u; AUTO_MIGRATE is off",
				 (unsigned)view.plan.step_count);
	} else if (rc == BOBOLINK_OK) {
		rc = bl_session_scripts(session, &view, BOBOLINK_SCRIPTS_LOOK, error);
		if (rc == BOBOLINK_PENDING) {
			bl_session_event(session, BOBOLINK_EVENT_BOOT, BOBOLINK_WARNING, -1, "", -1,
					 "%s; AUTO_MIGRATE is off", error->message);
			bl_error_clear(error);
			rc = BOBOLINK_OK;
		}
	}
	bl_view_release(&view);
	return rc;
}

/* What the application can live with: it knows its schema, and nothing is in doubt. */
static bool can_continue(int rc)
{
	return rc == BOBOLINK_SQL_ERROR || rc == BOBOLINK_FOREIGN_KEY || rc == BOBOLINK_HELD ||
	       rc == BOBOLINK_CHANGED || rc == BOBOLINK_MISSING || rc == BOBOLINK_OUT_OF_ORDER ||
	       rc == BOBOLINK_LOCKED || rc == BOBOLINK_READ_ONLY || rc == BOBOLINK_FULL ||
	       rc == BOBOLINK_IO_ERROR || rc == BOBOLINK_BACKUP_FAILED || rc == BOBOLINK_DRIFT ||
	       rc == BOBOLINK_DATA_LOSS || rc == BOBOLINK_TOO_OLD || rc == BOBOLINK_REQUIRED;
}

/* A boot that failed, with BOBOLINK_ON_FAILURE_CONTINUE. `error` keeps what went wrong. */
static int go_on(struct bobolink_session *session, int rc, struct bobolink_error *error)
{
	if (session->options.on_failure != BOBOLINK_ON_FAILURE_CONTINUE || !can_continue(rc))
		return rc;
	/* Its turn comes again, when the other set is there. */
	if (rc == BOBOLINK_REQUIRED && session->companion_count)
		return rc;
	bl_session_event(session, BOBOLINK_EVENT_BOOT, BOBOLINK_ERROR, error->version, "", -1,
			 "the program goes on with the schema as it is, because it is told to: %s",
			 error->message);
	return BOBOLINK_OK;
}

int bl_session_validate(struct bobolink_session *session, const struct bl_head *head, int when,
			struct bobolink_error *error)
{
	uint32_t level = session->options.validate;

	if (!session->set->validate || level == BOBOLINK_VALIDATE_OFF || !head->exists)
		return BOBOLINK_OK;
	if (level == BOBOLINK_VALIDATE_HEAD && when != BOBOLINK_VALIDATION_AFTER &&
	    head->fingerprint_matches)
		return BOBOLINK_OK;
	return session->set->validate(session, when, error);
}

int bl_session_back_up(struct bobolink_session *session, struct bobolink_error *error)
{
	if (session->archive)
		return session->archive->before_run(session, error);
	return bl_error_set(error, BOBOLINK_BACKUP_FAILED,
			    "the set %s names no archive, so it has no backups: let the compiler "
			    "generate it; nothing was migrated without a backup",
			    session->set->name);
}

int bobolink_boot(struct bobolink_session *session, struct bobolink_error *error)
{
	const bool off = session->options.auto_migrate == BOBOLINK_AUTO_MIGRATE_OFF;
	const struct bl_plan_request request = { .mode = BL_PLAN_BOOT, .target = BOBOLINK_HEAD };
	struct bobolink_error local;
	struct bl_head head;
	int rc;

	error = error ? error : &local;
	bl_error_clear(error);
	rc = bl_session_head(session, &head, error);
	if (rc)
		return rc;
	if (bl_head_current(&head) || (off && bl_head_matches(&head)))
		bl_session_event(session, BOBOLINK_EVENT_BOOT, BOBOLINK_DEBUG, -1, "", -1,
				 "nothing to do");
	else if (off)
		rc = look(session, &request, &head, error);
	else
		rc = bl_apply(session, &request, &head, NULL, error);
	/* Who applies compares before and after it. */
	if (rc == BOBOLINK_OK && (off || bl_head_current(&head)))
		rc = bl_session_validate(session, &head,
					 off ? BOBOLINK_VALIDATION_LOOK : BOBOLINK_VALIDATION_BOOT,
					 error);
	return rc ? go_on(session, rc, error) : rc;
}

int bobolink_migrate(const struct bobolink_set *set, void *connection,
		     const struct bobolink_options *options, struct bobolink_error *error)
{
	struct bobolink_session *session = NULL;
	int rc = bobolink_open(set, connection, options, &session, error);

	if (rc == BOBOLINK_OK)
		rc = bobolink_boot(session, error);
	bobolink_close(session);
	return rc;
}

int bobolink_apply(struct bobolink_session *session, int64_t target, uint32_t *applied,
		   struct bobolink_error *error)
{
	const struct bl_plan_request request = { .mode = BL_PLAN_APPLY, .target = target };
	struct bobolink_error local;

	error = error ? error : &local;
	bl_error_clear(error);
	return bl_apply(session, &request, NULL, applied, error);
}

int bobolink_retry(struct bobolink_session *session, int64_t version, uint32_t *applied,
		   struct bobolink_error *error)
{
	const struct bl_plan_request request = {
		.mode = BL_PLAN_RETRY,
		.target = BOBOLINK_HEAD,
		.version = version,
	};
	struct bobolink_error local;

	error = error ? error : &local;
	bl_error_clear(error);
	return bl_apply(session, &request, NULL, applied, error);
}

int bobolink_check(struct bobolink_session *session, struct bobolink_error *error)
{
	const struct bl_plan_request request = { .mode = BL_PLAN_BOOT, .target = BOBOLINK_HEAD };
	struct bobolink_error local;
	struct bl_head head;
	struct bl_view view;
	int rc;

	error = error ? error : &local;
	bl_error_clear(error);
	rc = bl_session_head(session, &head, error);
	if (rc || bl_head_matches(&head))
		return rc;
	rc = bl_view_read(session, &request, &head, &view, error);
	if (rc == BOBOLINK_OK)
		rc = bl_explain_verdict(&view.plan, error);
	if (rc == BOBOLINK_OK && view.plan.step_count)
		rc = bl_error_set(error, BOBOLINK_PENDING,
				  "pending migrations: %u; apply them with --migrate",
				  (unsigned)view.plan.step_count);
	else if (rc == BOBOLINK_OK)
		rc = bl_session_scripts(session, &view, BOBOLINK_SCRIPTS_LOOK, error);
	if (rc == BOBOLINK_PENDING && !view.plan.step_count)
		bl_error_append(error, rc, "; apply them with --migrate");
	bl_view_release(&view);
	return rc;
}
