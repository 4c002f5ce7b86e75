/*
 * Every allocation failing in turn while a PostgreSQL database is migrated, the runtime's and libpq's: a
 * clean error or success, no leak, and the next start finishes.
 *
 * libpq takes no allocator: the C library's is replaced in this program alone, whose definitions come
 * before its own, and fails only between the first call of the runtime and the last.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bobolink/postgres.h>

#include "database.h"
#include "engine.h"
#include "failing_memory.h"
#include "fragile_set.h"
#include "server.h"

#define SAMPLE 28

/* What a program does that starts and looks; `connection` stays open. */
static int use(PGconn *connection, const struct bobolink_set *set, struct bobolink_error *error)
{
	const struct bobolink_allocator allocator = failing_allocator();
	struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	struct bobolink_session *session = NULL;
	struct bobolink_findings *findings = NULL;
	struct bobolink_status *status = NULL;
	int rc;

	options.allocator = &allocator;
	options.lock_timeout_ms = 1000;
	rc = bobolink_open_postgres(set, connection, &options, &session, error);
	if (rc == BOBOLINK_OK)
		rc = bobolink_boot(session, error);
	if (rc == BOBOLINK_OK)
		rc = bobolink_status(session, &status, error);
	if (rc == BOBOLINK_OK)
		rc = bobolink_verify(session, &findings, error);
	bobolink_status_free(status);
	bobolink_findings_free(findings);
	bobolink_close(session);
	return rc;
}

static int run(const char *url, const struct bobolink_set *set, struct budget *budget,
	       struct bobolink_error *error)
{
	PGconn *connection = pg_open(url);
	int rc;

	pg_run(connection, "SET client_min_messages = warning");
	budget->calls = 0;
	budget->armed = true;
	rc = use(connection, set, error);
	budget->armed = false;
	PQfinish(connection);
	return rc;
}

/*
 * libpq tells a lack of memory like a failure to send, or loses the connection over it; without
 * memory for another connection nobody can be asked what became of a COMMIT.
 */
static bool is_clean(const struct budget *budget, const struct bobolink_error *error)
{
	if (!error->message[0])
		return false;
	return error->code == BOBOLINK_NO_MEMORY ||
	       (budget == &everybodys &&
		(error->code == BOBOLINK_IO_ERROR || error->code == BOBOLINK_UNREACHABLE ||
		 error->code == BOBOLINK_UNKNOWN));
}

/* Nobody else is connected, so this is an empty database as good as a new one. */
static void empty(const char *url)
{
	PGconn *connection = pg_open(url);

	pg_run(connection, "SET client_min_messages = warning");
	pg_run(connection, "DROP SCHEMA public CASCADE; CREATE SCHEMA public");
	PQfinish(connection);
}

static void check_point(const char *url, const struct bobolink_set *set, struct budget *budget,
			long *errors)
{
	struct bobolink_error error;
	int rc;

	empty(url);
	rc = run(url, set, budget, &error);
	if (rc && !is_clean(budget, &error))
		fail_msg("allocation %ld: %s: %s", budget->at, bobolink_result_name(rc),
			 error.message);
	*errors += rc != 0;
	if (ours.live)
		fail_msg("allocation %ld: %ld are never freed", budget->at, ours.live);
	if (rc == BOBOLINK_OK && fragile_damage(url))
		fail_msg("allocation %ld: all is said to be done: %s", budget->at,
			 fragile_damage(url));
	fragile_check(url, set, budget->at);
}

static void sweep(const char *name, struct budget *budget, bool lasts)
{
	struct hand_set *made = fragile_set();
	const struct bobolink_set *set = hand_set(made, engine()->backend);
	char url[SERVER_URL_SIZE];
	struct bobolink_error error;
	long wanted = test_all() ? 6 * SAMPLE : SAMPLE;
	long points = 0;
	long errors = 0;
	long stride;
	long calls;

	database_new(url);
	budget->at = 0;
	assert_int_equal(run(url, set, budget, &error), BOBOLINK_OK);
	calls = budget->calls;
	stride = calls < wanted ? 1 : calls / wanted + 1;
	budget->lasts = lasts;
	for (budget->at = 1; budget->at <= calls; budget->at += stride, points++)
		check_point(url, set, budget, &errors);
	budget->at = 0;
	print_message("sweep: %s: %ld of %ld allocations, %ld runs ended with an error\n", name,
		      points, calls, errors);
	assert_true(points > 20);
	assert_true(errors > points / 4);
	database_drop(url);
	hand_set_free(made);
}

static void any_failed_allocation_of_the_runtime_is_survived(void **state)
{
	(void)state;
	sweep("runtime, one fails", &ours, false);
	sweep("runtime, all fail from one on", &ours, true);
}

static void any_failed_allocation_of_libpq_is_survived(void **state)
{
	(void)state;
#if CAN_REPLACE
	sweep("libpq and the rest, one fails", &everybodys, false);
#else
	skip();
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_failed_allocation_of_the_runtime_is_survived),
		cmocka_unit_test(any_failed_allocation_of_libpq_is_survived),
	};

	return engine_run_group_tests_on("postgres", tests);
}
