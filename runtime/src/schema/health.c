/*
 * Health: everything that whoever operates a database wants to see at a glance, and the worst of it.
 *
 * Only reads. What cannot be read is a finding like any other, so that a screen or an endpoint
 * always has something to show.
 */
#include "health.h"

#include <stdarg.h>
#include <string.h>

#include "../error.h"

/* Reasons, the worst first; what is not here kept the database from being read. */
static const int32_t precedence[] = {
	BOBOLINK_NEWER,	  BOBOLINK_HALFWAY,	 BOBOLINK_OTHER_NAME, BOBOLINK_MISSING,
	BOBOLINK_CHANGED, BOBOLINK_OUT_OF_ORDER, BOBOLINK_HELD,	      BOBOLINK_DRIFT,
	BOBOLINK_PENDING, BOBOLINK_OK,
};

#define PRECEDENCE_COUNT (sizeof(precedence) / sizeof(precedence[0]))

bool bl_health_is_fatal(int rc)
{
	return rc == BOBOLINK_NO_MEMORY || rc == BOBOLINK_INTERRUPTED;
}

void bl_health_add(struct bl_health *health, int code, int64_t version, const char *next,
		   const char *format, ...)
{
	char message[BOBOLINK_MESSAGE_SIZE];
	struct bobolink_health_finding *findings;
	va_list arguments;

	va_start(arguments, format);
	bl_format_list(message, sizeof(message), format, arguments);
	va_end(arguments);
	findings =
		bl_memory_grow(&health->allocator, health->findings, health->health.finding_count,
			       &health->finding_capacity, sizeof(*findings));
	if (!findings) {
		health->pool.failed = true;
		return;
	}
	health->findings = findings;
	findings[health->health.finding_count++] = (struct bobolink_health_finding){
		.code = code,
		.version = version,
		.message = bl_pool_copy(&health->pool, message, strlen(message)),
		.next = next,
	};
}

/* As it is when nothing is known but that the database does not answer. */
static struct bl_health *new_health(const struct bobolink_session *session)
{
	struct bl_health *made = bl_memory_alloc(&session->allocator, 1, sizeof(*made));

	if (!made)
		return NULL;
	made->allocator = session->allocator;
	bl_pool_init(&made->pool, &made->allocator);
	made->health = (struct bobolink_health){
		.set_name = session->set->name,
		.database = session->backend->name,
		.read_only = -1,
		.locked = -1,
		.version = -1,
		.drift_reason = "the database is not reachable",
		.holder = "",
		.last_run_at = "",
		.last_run_by = "",
		.last_run = "",
		.last_run_name = "",
		.last_run_version = -1,
		.backup = "",
		.backup_at = "",
		.backup_age_s = -1,
	};
	return made;
}

/* A rolled-back migration waits for a decision; one that was refused is worse than a schema that differs. */
static size_t rank(int32_t code, uint32_t failed)
{
	size_t i = 0;

	while (i < PRECEDENCE_COUNT && precedence[i] != code)
		i++;
	if (i == PRECEDENCE_COUNT)
		return 0;
	/* Twice, so that there is room between two. */
	return 2 * i + 1 + (code == BOBOLINK_HELD && !failed ? 3 : 0);
}

/* Orders findings, the worst first and else as they were found; findings are few. */
static void sort_findings(struct bl_health *health)
{
	struct bobolink_health_finding *findings = health->findings;
	uint32_t failed = health->health.failed;

	for (uint32_t i = 1; i < health->health.finding_count; i++) {
		struct bobolink_health_finding finding = findings[i];
		uint32_t at = i;

		for (; at > 0 && rank(findings[at - 1].code, failed) > rank(finding.code, failed);
		     at--)
			findings[at] = findings[at - 1];
		findings[at] = finding;
	}
}

/* The database did not let itself be read: nothing else is known. */
static void cannot_read(struct bl_health *health, int rc, const struct bobolink_error *error)
{
	health->health.reachable = rc != BOBOLINK_UNREACHABLE && rc != BOBOLINK_NOT_A_DATABASE;
	if (rc == BOBOLINK_LOCKED)
		health->health.locked = 1;
	if (rc == BOBOLINK_LOCKED)
		bl_health_add(
			health, rc, -1, "",
			"another connection keeps the database from being read: ask again, or "
			"end the program that holds it");
	else
		bl_health_add(health, rc, error->version, "", "%s", error->message);
}

static int fill(struct bl_health *health, struct bobolink_session *session, uint32_t flags,
		struct bobolink_error *error)
{
	const struct bl_plan_request request = { .mode = BL_PLAN_BOOT, .target = BOBOLINK_HEAD };
	struct bl_view view;
	int rc = bl_health_backup(health, session, error);

	if (rc)
		return rc;
	rc = bl_view_read(session, &request, NULL, &view, error);
	if (rc == BOBOLINK_OK)
		rc = bl_health_database(health, session, error);
	if (rc == BOBOLINK_OK) {
		bl_health_history(health, &view);
		rc = bl_health_scripts(health, session, error);
	}
	if (rc == BOBOLINK_OK)
		rc = bl_health_drift(health, session, flags, &view.head, error);
	bl_view_release(&view);
	if (bl_health_is_fatal(rc))
		return rc;
	if (rc)
		cannot_read(health, rc, error);
	return BOBOLINK_OK;
}

/* As a caller sees it, once all is known. */
static int finish(struct bl_health *health, struct bobolink_error *error)
{
	struct bobolink_health *facts = &health->health;

	if (health->pool.failed)
		return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
	sort_findings(health);
	facts->findings = health->findings;
	facts->indexes = health->indexes;
	if (facts->finding_count && !facts->verdict)
		facts->verdict = facts->findings[0].code;
	bl_error_clear(error);
	return BOBOLINK_OK;
}

/* Nobody is waited for, and nobody is told that. */
static struct bobolink_options be_impatient(struct bobolink_session *session)
{
	struct bobolink_options before = session->options;

	session->options.lock_timeout_ms = 1;
	session->options.log = NULL;
	session->options.progress = NULL;
	return before;
}

int bobolink_health(struct bobolink_session *session, uint32_t flags,
		    struct bobolink_health **health, struct bobolink_error *error)
{
	struct bobolink_options before;
	struct bobolink_error local;
	struct bl_health *made;
	int rc;

	error = error ? error : &local;
	bl_error_clear(error);
	*health = NULL;
	made = new_health(session);
	if (!made)
		return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
	made->health.reachable = 1;
	made->health.drift_reason = "";
	made->health.database_version = session->backend->version(session->connection);
	before = be_impatient(session);
	rc = fill(made, session, flags, error);
	session->options = before;
	if (rc == BOBOLINK_OK)
		rc = finish(made, error);
	if (rc)
		bobolink_health_free(&made->health);
	else
		*health = &made->health;
	return rc;
}

static int fill_without(const struct bobolink_session *session, const struct bobolink_error *why,
			struct bobolink_health **health, struct bobolink_error *error)
{
	struct bl_health *made = new_health(session);
	int rc;

	if (!made)
		return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
	made->health.verdict = why->code;
	rc = bl_health_backup(made, session, error);
	if (rc == BOBOLINK_OK)
		rc = finish(made, error);
	if (rc)
		bobolink_health_free(&made->health);
	else
		*health = &made->health;
	return rc;
}

int bobolink_health_without(const struct bobolink_set *set, const struct bobolink_options *options,
			    const struct bobolink_error *why, struct bobolink_health **health,
			    struct bobolink_error *error)
{
	struct bobolink_session *session = NULL;
	struct bobolink_error local;
	int rc;

	error = error ? error : &local;
	bl_error_clear(error);
	*health = NULL;
	rc = bl_session_new(set, options, &session, error);
	if (rc == BOBOLINK_OK)
		rc = fill_without(session, why, health, error);
	bobolink_close(session);
	return rc;
}

void bobolink_health_free(struct bobolink_health *health)
{
	struct bl_health *box = (struct bl_health *)health;
	struct bobolink_allocator allocator;

	if (!health)
		return;
	allocator = box->allocator;
	bl_pool_release(&box->pool);
	bl_memory_release(&allocator, box->findings);
	bl_memory_release(&allocator, box->indexes);
	bl_memory_release(&allocator, box);
}

int bobolink_health_exit_code(const struct bobolink_health *health)
{
	if (health->verdict == BOBOLINK_HELD && health->failed)
		return bobolink_exit_code(BOBOLINK_DRIFT);
	return bobolink_exit_code(health->verdict);
}
