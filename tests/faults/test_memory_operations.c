/*
 * Every allocation failing in turn while a database is looked at, stepped back and decided upon, the runtime's
 * and those of the database's library: a clean error or success, no leak, history and database agree, and
 * the same command finishes.
 *
 * The C library's allocator is replaced in this program alone, and fails only between the first call of the
 * runtime and the last.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bobolink/schema.h>

#include "database.h"
#include "engine.h"
#include "failing_memory.h"
#include "server.h"
#include "undo_set.h"

#define SAMPLE 12

typedef int use_fn(struct bobolink_session *session, struct bobolink_error *error);

static uint32_t read_statements(const struct bobolink_plan *plan)
{
	struct bobolink_plan_statement statement;
	uint32_t count = 0;

	for (uint32_t i = 0; i < plan->count; i++) {
		uint32_t number = 0;

		while (bobolink_plan_statement(plan, &plan->steps[i], number, &statement))
			number++;
		count += number;
	}
	return count;
}

/* Plans, undoes everything above UNDO_KEPT, rehearses it, and reads what was logged. */
static int step_back(struct bobolink_session *session, struct bobolink_error *error)
{
	struct bobolink_plan *plan = NULL;
	struct bobolink_log *log = NULL;
	uint32_t rehearsed = 0;
	int rc = bobolink_plan_rollback(session, 1, &plan, error);

	assert_true(rc || read_statements(plan) > 0);
	bobolink_plan_free(plan);
	plan = NULL;
	if (rc == BOBOLINK_OK)
		rc = bobolink_plan_to(session, UNDO_KEPT, &plan, error);
	if (rc == BOBOLINK_OK)
		rc = bobolink_run(session, plan, BOBOLINK_FORCE, NULL, error);
	bobolink_plan_free(plan);
	if (rc == BOBOLINK_OK)
		rc = bobolink_rehearse(session, BOBOLINK_HEAD, &rehearsed, NULL, error);
	assert_true(rc || rehearsed == UNDO_MIGRATIONS - UNDO_KEPT);
	if (rc == BOBOLINK_OK)
		rc = bobolink_log(session, 1, &log, error);
	bobolink_log_free(log);
	return rc;
}

/* Says that the last migration was not applied, and that it was. */
static int decide(struct bobolink_session *session, struct bobolink_error *error)
{
	struct bobolink_findings *findings = NULL;
	struct bobolink_plan *plan = NULL;
	int rc = bobolink_mark(session, UNDO_MIGRATIONS, BOBOLINK_MARK_PENDING, error);

	if (rc == BOBOLINK_OK)
		rc = bobolink_plan(session, BOBOLINK_HEAD, &plan, error);
	bobolink_plan_free(plan);
	if (rc == BOBOLINK_OK)
		rc = bobolink_verify(session, &findings, error);
	bobolink_findings_free(findings);
	if (rc == BOBOLINK_OK)
		rc = bobolink_mark(session, UNDO_MIGRATIONS, BOBOLINK_MARK_APPLIED, error);
	return rc;
}

/* Looks at everything at once. What kept a part of it from being read is not the whole's failure. */
static int look_around(struct bobolink_session *session, struct bobolink_error *error)
{
	struct bobolink_health *health = NULL;
	int rc = bobolink_health(session, 0, &health, error);

	if (rc == BOBOLINK_OK && health->applied == 0 && health->finding_count) {
		rc = error->code = health->findings[0].code;
		snprintf(error->message, sizeof(error->message), "%s", health->findings[0].message);
	}
	bobolink_health_free(health);
	return rc;
}

/* An empty database as good as a new one. */
static void empty(const char *url)
{
	void *handle;

	if (strcmp(engine()->name, "postgres") != 0) {
		remove(url);
		return;
	}
	handle = engine()->open(url);
	engine()->run(handle, "DROP SCHEMA public CASCADE; CREATE SCHEMA public");
	engine()->close(handle);
}

static int run(const char *url, const struct undo_set *all, use_fn *use, struct budget *budget,
	       struct bobolink_error *error)
{
	const struct bobolink_allocator allocator = failing_allocator();
	struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	struct bobolink_session *session = NULL;
	void *handle;
	int rc;

	empty(url);
	undo_set_fill(all, url);
	handle = engine()->open(url);
	options.allocator = &allocator;
	options.lock_timeout_ms = 1000;
	budget->calls = 0;
	budget->armed = true;
	rc = bobolink_open(all->set, handle, &options, &session, error);
	if (rc == BOBOLINK_OK)
		rc = use(session, error);
	bobolink_close(session);
	budget->armed = false;
	engine()->close(handle);
	return rc;
}

/* libpq tells a lack of memory like a failure to send, or loses the connection over it. */
static bool is_clean(const struct budget *budget, const struct bobolink_error *error)
{
	if (!error->message[0])
		return false;
	return error->code == BOBOLINK_NO_MEMORY ||
	       (budget == &everybodys && strcmp(engine()->name, "postgres") == 0 &&
		(error->code == BOBOLINK_IO_ERROR || error->code == BOBOLINK_UNREACHABLE ||
		 error->code == BOBOLINK_UNKNOWN));
}

/* A decision that was not made is made again. */
static void make_decision(const struct undo_set *all, const char *url)
{
	const struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	struct bobolink_session *session = NULL;
	void *handle = engine()->open(url);
	struct bobolink_error error;

	if (engine_number(handle, "SELECT count(*) FROM bobolink_history WHERE status = "
				  "'applied'") < UNDO_MIGRATIONS &&
	    (bobolink_open(all->set, handle, &options, &session, &error) ||
	     bobolink_mark(session, UNDO_MIGRATIONS, BOBOLINK_MARK_APPLIED, &error)))
		fail_msg("the same decision: %s", error.message);
	bobolink_close(session);
	engine()->close(handle);
}

static void check_point(const char *url, const struct undo_set *all, use_fn *use,
			struct budget *budget, long *errors)
{
	struct bobolink_error error;
	int rc = run(url, all, use, budget, &error);

	if (rc && !is_clean(budget, &error))
		fail_msg("allocation %ld: %s: %s", budget->at, bobolink_result_name(rc),
			 error.message);
	*errors += rc != 0;
	if (ours.live)
		fail_msg("allocation %ld: %ld are never freed", budget->at, ours.live);
	if (use == decide)
		make_decision(all, url);
	undo_set_check(all, url, budget->at);
}

static void sweep(const char *name, use_fn *use, struct budget *budget, bool lasts)
{
	long wanted = test_all() ? 20 * SAMPLE : SAMPLE;
	struct bobolink_error error;
	char url[ENGINE_URL_SIZE];
	struct undo_set all;
	char directory[256];
	long points = 0;
	long errors = 0;
	long stride;
	long calls;

	scratch_make(directory);
	engine()->make(directory, url);
	undo_set_open(&all, url);
	budget->at = 0;
	if (run(url, &all, use, budget, &error))
		fail_msg("undisturbed: %s", error.message);
	calls = budget->calls;
	stride = calls < wanted ? 1 : calls / wanted + 1;
	budget->lasts = lasts;
	for (budget->at = 1; budget->at <= calls; budget->at += stride, points++)
		check_point(url, &all, use, budget, &errors);
	budget->at = 0;
	print_message("sweep: %s: %s: %ld of %ld allocations, %ld runs ended with an error\n",
		      engine()->name, name, points, calls, errors);
	assert_true(points > 5);
	assert_true(errors > points / 4);
	undo_set_close(&all);
	scratch_remove(directory);
}

static void any_failed_allocation_of_the_runtime_is_survived(void **state)
{
	(void)state;
	sweep("stepping back, the runtime's, one fails", step_back, &ours, false);
	sweep("stepping back, the runtime's, all fail from one on", step_back, &ours, true);
	sweep("deciding, the runtime's, one fails", decide, &ours, false);
	sweep("looking around, the runtime's, one fails", look_around, &ours, false);
	sweep("looking around, the runtime's, all fail from one on", look_around, &ours, true);
}

static void any_failed_allocation_of_the_library_is_survived(void **state)
{
	(void)state;
#if CAN_REPLACE
	sweep("stepping back, everybody's, one fails", step_back, &everybodys, false);
	sweep("deciding, everybody's, one fails", decide, &everybodys, false);
	sweep("looking around, everybody's, one fails", look_around, &everybodys, false);
#else
	skip();
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_failed_allocation_of_the_runtime_is_survived),
		cmocka_unit_test(any_failed_allocation_of_the_library_is_survived),
	};

	/* Small allocations from a buffer could not fail. */
	if (sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0) != SQLITE_OK)
		return 1;
	return engine_run_group_tests(tests);
}
