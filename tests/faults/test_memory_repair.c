/*
 * Every allocation failing in turn during a repair, the runtime's and those of the database's library: a clean error or success,
 * no leak, all of the objects or none, and the same command finishes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include <bobolink/operate.h>
#include <bobolink/schema.h>

#include "database.h"
#include "engine.h"
#include "failing_memory.h"
#include "learned_set.h"
#include "schema/repair.h"
#include "server.h"

#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))
#define SAMPLE	     60

static const struct learned_migration shop[] = {
	{ "users",
	  { "CREATE TABLE users (id INTEGER NOT NULL, name VARCHAR(40))",
	    "CREATE TABLE letters (a INTEGER)" },
	  { NULL } },
	{ "orders",
	  { "CREATE TABLE orders (id INTEGER NOT NULL, user_id INTEGER, CHECK (user_id > 0))",
	    "CREATE INDEX orders_by_user ON orders (user_id)",
	    "CREATE VIEW names AS SELECT name FROM users" },
	  { NULL } },
	{ "mail", { "ALTER TABLE users ADD COLUMN mail VARCHAR(80) DEFAULT 'x'" }, { NULL } },
	{ "totals", { "CREATE TABLE totals (day INTEGER NOT NULL)" }, { NULL } },
};

struct sweep {
	const struct bobolink_set *set;
	char url[ENGINE_URL_SIZE];
	bool lacking; /* what a start does by itself */
	long errors;
};

static int repair(struct bobolink_session *session, bool lacking, struct bobolink_error *error)
{
	struct bobolink_repair *plan = NULL;
	int rc;

	if (lacking)
		return bl_repair_lacking(session, NULL, error);
	rc = bobolink_plan_repair(session, &plan, error);
	if (rc == BOBOLINK_OK)
		rc = bobolink_repair(session, plan, NULL, error);
	bobolink_repair_free(plan);
	return rc;
}

static struct bobolink_session *open_session(const struct sweep *sweep, void *handle)
{
	struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	struct bobolink_session *session = NULL;
	struct bobolink_error error;

	options.validate = BOBOLINK_VALIDATE_OFF;
	if (bobolink_open(sweep->set, handle, &options, &session, &error))
		fail_msg("%s", error.message);
	return session;
}

static void damage(const struct sweep *sweep)
{
	void *handle = engine()->open(sweep->url);

	engine()->run(handle, "DROP VIEW names; DROP INDEX orders_by_user; ALTER TABLE users DROP "
			      "COLUMN mail; DROP TABLE totals; DROP TABLE letters; CREATE TABLE "
			      "LETTERS (A INTEGER)");
	engine()->close(handle);
}

static int run(const struct sweep *sweep, struct budget *budget, struct bobolink_error *error)
{
	const struct bobolink_allocator allocator = failing_allocator();
	struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	struct bobolink_session *session = NULL;
	void *handle = engine()->open(sweep->url);
	int rc;

	options.allocator = &allocator;
	options.validate = BOBOLINK_VALIDATE_OFF;
	options.lock_timeout_ms = 1000;
	budget->calls = 0;
	budget->armed = true;
	rc = bobolink_open(sweep->set, handle, &options, &session, error);
	if (rc == BOBOLINK_OK)
		rc = repair(session, sweep->lacking, error);
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
	       (budget == &everybodys && strcmp(engine()->name, "postgres") == 0);
}

/* Then the same command finishes. */
static void finish(const struct sweep *sweep, long at)
{
	void *handle = engine()->open(sweep->url);
	struct bobolink_session *session = open_session(sweep, handle);
	struct bobolink_drift *drift = NULL;
	struct bobolink_error error;

	if (repair(session, false, &error) ||
	    bobolink_apply(session, BOBOLINK_HEAD, NULL, &error) ||
	    bobolink_drift(session, &drift, &error))
		fail_msg("allocation %ld: %s", at, error.message);
	assert_int_equal(drift->count, 0);
	bobolink_drift_free(drift);
	bobolink_close(session);
	engine()->close(handle);
}

static void check_point(struct sweep *sweep, struct budget *budget)
{
	struct bobolink_error error;
	int rc;

	damage(sweep);
	rc = run(sweep, budget, &error);
	if (rc && !is_clean(budget, &error))
		fail_msg("allocation %ld: %d: %s", budget->at, rc, error.message);
	sweep->errors += rc != 0;
	if (ours.live)
		fail_msg("allocation %ld: %ld are never freed", budget->at, ours.live);
	finish(sweep, budget->at);
}

static void run_sweep(const char *name, struct budget *budget, bool lacking, bool lasts)
{
	struct sweep sweep = { .lacking = lacking };
	struct bobolink_error error;
	struct hand_set *made;
	char directory[256];
	long points = 0;
	long stride;
	long calls;
	void *handle;

	scratch_make(directory);
	made = learned_set(directory, "shop", shop, COUNT(shop));
	sweep.set = hand_set(made, engine()->backend);
	engine()->make(directory, sweep.url);
	handle = engine()->open(sweep.url);
	assert_int_equal(bobolink_migrate(sweep.set, handle, NULL, &error), BOBOLINK_OK);
	engine()->close(handle);
	budget->at = 0;
	damage(&sweep);
	if (run(&sweep, budget, &error))
		fail_msg("undisturbed: %s", error.message);
	finish(&sweep, 0);
	calls = budget->calls;
	stride = test_all() || calls < SAMPLE ? 1 : calls / SAMPLE + 1;
	budget->lasts = lasts;
	for (budget->at = 1; budget->at <= calls; budget->at += stride, points++)
		check_point(&sweep, budget);
	budget->at = 0;
	print_message(
		"sweep: %s: repair, %s: %ld of %ld allocations, %ld runs ended with an error\n",
		engine()->name, name, points, calls, sweep.errors);
	assert_true(points > 5);
	assert_true(sweep.errors > points / 4);
	hand_set_free(made);
	scratch_remove(directory);
}

static void any_failed_allocation_of_the_runtime_is_survived(void **state)
{
	(void)state;
	run_sweep("the runtime's, one fails", &ours, false, false);
	run_sweep("the runtime's, all fail from one on", &ours, false, true);
	run_sweep("at a start, the runtime's, one fails", &ours, true, false);
}

static void any_failed_allocation_of_the_library_is_survived(void **state)
{
	(void)state;
#if CAN_REPLACE
	run_sweep("everybody's, one fails", &everybodys, false, false);
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
