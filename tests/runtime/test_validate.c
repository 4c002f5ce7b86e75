/*
 * Validation: the fingerprint that the head remembers, and what a program does when the schema is not what its history
 * says.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bobolink/schema.h>

#include "fixture.h"
#include "learned_set.h"
#include "race.h"
#include "session.h"

#define VERSIONS 4

static const struct learned_migration migrations[VERSIONS] = {
	{ "create_users", { "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)" }, { NULL } },
	{ "create_orders",
	  { "CREATE TABLE orders (id INTEGER PRIMARY KEY, note TEXT)",
	    "CREATE INDEX orders_by_note ON orders (note)" },
	  { NULL } },
	{ "add_price",
	  { "ALTER TABLE orders ADD COLUMN price INTEGER" },
	  { "ALTER TABLE orders DROP COLUMN price" } },
	{ "create_taxes",
	  { "CREATE TABLE IF NOT EXISTS taxes (rate INTEGER)" },
	  { "DROP TABLE taxes" } },
};

static void use_set(struct fixture *fixture, uint32_t count)
{
	struct hand_set *set = learned_set(fixture->directory, "shop", migrations, count);

	hand_set_validate(set, bobolink_schema_validate);
	fixture_replace_set(fixture, set);
}

/* A new process: its own connection sees what others have done, and tells the counters of its own work. */
static void reconnect(struct fixture *fixture)
{
	engine()->close(fixture->db);
	fixture->db = engine()->open(fixture->url);
}

static int boot(struct fixture *fixture)
{
	reconnect(fixture);
	return fixture_boot(fixture);
}

/* What somebody does behind the history's back. */
static void meddle(struct fixture *fixture, const char *sql)
{
	void *db = engine()->open(fixture->url);

	engine()->run(db, sql);
	engine()->close(db);
	fixture_await_others(fixture);
}

static const char *stored(struct fixture *fixture)
{
	static char text[200];

	snprintf(text, sizeof(text), "%s",
		 fixture_text(fixture, "SELECT COALESCE(fingerprint, '') FROM bobolink_head"));
	return text;
}

struct heard {
	int drifts;
	char last[BOBOLINK_MESSAGE_SIZE];
};

static void hear(void *context, const struct bobolink_event *event)
{
	struct heard *heard = context;

	if (event->kind != BOBOLINK_EVENT_DRIFT)
		return;
	heard->drifts++;
	snprintf(heard->last, sizeof(heard->last), "%s", event->detail);
}

/* --- head ------------------------------------------------------------------------------------ */

static void a_run_leaves_the_fingerprint_of_what_it_made(void **state)
{
	struct fixture *fixture = *state;
	char before[200];

	use_set(fixture, VERSIONS);
	assert_int_equal(boot(fixture), BOBOLINK_OK);
	snprintf(before, sizeof(before), "%s", stored(fixture));
	assert_true(before[0]);
	assert_int_equal(boot(fixture), BOBOLINK_OK);
	/* It was the one that a new process sees: nothing had to be compared and written again. */
	assert_string_equal(stored(fixture), before);
}

static void another_fingerprint_is_no_drift_when_the_schema_is_equal(void **state)
{
	struct fixture *fixture = *state;
	char before[200];

	use_set(fixture, VERSIONS);
	assert_int_equal(boot(fixture), BOBOLINK_OK);
	snprintf(before, sizeof(before), "%s", stored(fixture));
	meddle(fixture, "CREATE TABLE mine (x INTEGER)");
	meddle(fixture, "DROP TABLE mine");
	assert_int_equal(boot(fixture), BOBOLINK_OK);
	assert_string_not_equal(stored(fixture), before);
}

static void extra_objects_are_nobodys_business(void **state)
{
	struct fixture *fixture = *state;

	use_set(fixture, VERSIONS);
	assert_int_equal(boot(fixture), BOBOLINK_OK);
	meddle(fixture, "CREATE TABLE mine (x INTEGER)");
	meddle(fixture, "CREATE INDEX mine_by_name ON users (name)");
	fixture->options.validate = BOBOLINK_VALIDATE_FULL;
	assert_int_equal(boot(fixture), BOBOLINK_OK);
}

static void what_is_missing_stops_a_boot_that_says_what_and_since_when(void **state)
{
	struct fixture *fixture = *state;
	struct heard heard = { 0, "" };

	use_set(fixture, VERSIONS);
	assert_int_equal(boot(fixture), BOBOLINK_OK);
	meddle(fixture, "DROP INDEX orders_by_note");
	fixture->options.log = hear;
	fixture->options.log_context = &heard;
	assert_int_equal(boot(fixture), BOBOLINK_DRIFT);
	fixture_told(fixture, BOBOLINK_DRIFT, "orders_by_note is missing");
	fixture_told(fixture, BOBOLINK_DRIFT, "migration 2, create_orders");
	fixture_told(fixture, BOBOLINK_DRIFT, "--migrate-drift");
	fixture_told(fixture, BOBOLINK_DRIFT, "--migrate-repair");
	assert_int_equal(heard.drifts, 1);
	assert_non_null(strstr(heard.last, "orders_by_note"));
	/* It is not taken for known because it was told once. */
	assert_int_equal(boot(fixture), BOBOLINK_DRIFT);
}

static void what_has_changed_is_told_in_both_versions(void **state)
{
	struct fixture *fixture = *state;

	use_set(fixture, VERSIONS);
	assert_int_equal(boot(fixture), BOBOLINK_OK);
	meddle(fixture, "DROP TABLE taxes");
	meddle(fixture, "CREATE TABLE taxes (rate TEXT)");
	assert_int_equal(boot(fixture), BOBOLINK_DRIFT);
	fixture_told(fixture, BOBOLINK_DRIFT, "column taxes.rate has changed");
	fixture_told(fixture, BOBOLINK_DRIFT, "migration 4, create_taxes");
	assert_null(strstr(fixture->error.message, "--migrate-repair"));
}

/* --- levels ---------------------------------------------------------------------------------- */

/* The head takes the schema as it is now for known, as if a blind spot had hidden what was done to it. */
static void hide(struct fixture *fixture)
{
	const struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	struct bobolink_session *session = NULL;
	void *db = engine()->open(fixture->url);
	char sql[2000];

	assert_int_equal(bobolink_open(hand_set(fixture->set, engine()->backend), db, &options,
				       &session, &fixture->error),
			 BOBOLINK_OK);
	snprintf(sql, sizeof(sql), "UPDATE bobolink_head SET fingerprint = %s",
		 session->backend->fingerprint(session->connection));
	bobolink_close(session);
	engine()->run(db, sql);
	engine()->close(db);
}

static void the_level_decides_what_is_seen(void **state)
{
	static const struct {
		uint32_t level;
		bool hidden;
		int result;
	} cases[] = {
		{ BOBOLINK_VALIDATE_HEAD, false, BOBOLINK_DRIFT },
		{ BOBOLINK_VALIDATE_FULL, false, BOBOLINK_DRIFT },
		{ BOBOLINK_VALIDATE_OFF, false, BOBOLINK_OK },
		{ BOBOLINK_VALIDATE_HEAD, true, BOBOLINK_OK },
		{ BOBOLINK_VALIDATE_FULL, true, BOBOLINK_DRIFT },
		{ BOBOLINK_VALIDATE_OFF, true, BOBOLINK_OK },
	};
	struct fixture *fixture = *state;

	use_set(fixture, VERSIONS);
	assert_int_equal(boot(fixture), BOBOLINK_OK);
	meddle(fixture, "DROP TABLE taxes");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (cases[i].hidden)
			hide(fixture);
		fixture->options.validate = cases[i].level;
		assert_int_equal(boot(fixture), cases[i].result);
	}
}

static void a_set_without_deltas_is_not_compared(void **state)
{
	struct fixture *fixture = *state;

	fixture_replace_set(fixture, hand_set_counting("shop", 2));
	hand_set_validate(fixture->set, bobolink_schema_validate);
	fixture->options.validate = BOBOLINK_VALIDATE_FULL;
	assert_int_equal(boot(fixture), BOBOLINK_OK);
	meddle(fixture, "DROP TABLE t_2");
	assert_int_equal(boot(fixture), BOBOLINK_OK);
}

static void ignored_objects_are_not_missed(void **state)
{
	struct fixture *fixture = *state;

	use_set(fixture, VERSIONS);
	assert_int_equal(boot(fixture), BOBOLINK_OK);
	meddle(fixture, "DROP TABLE taxes");
	fixture->options.ignore = "tax*";
	assert_int_equal(boot(fixture), BOBOLINK_OK);
	/* Who left it out once has not made it right for the next one. */
	fixture->options.ignore = NULL;
	assert_int_equal(boot(fixture), BOBOLINK_DRIFT);
}

/* --- around a run ---------------------------------------------------------------------------- */

/* Who asks to migrate is told, too. */
static void a_run_with_nothing_to_do_looks_as_well(void **state)
{
	struct fixture *fixture = *state;

	use_set(fixture, VERSIONS);
	assert_int_equal(boot(fixture), BOBOLINK_OK);
	meddle(fixture, "DROP TABLE users");
	reconnect(fixture);
	fixture_open(fixture);
	assert_int_equal(bobolink_apply(fixture->session, BOBOLINK_HEAD, NULL, &fixture->error),
			 BOBOLINK_DRIFT);
}

static void nothing_is_applied_to_a_schema_that_differs(void **state)
{
	struct fixture *fixture = *state;

	use_set(fixture, 2);
	assert_int_equal(boot(fixture), BOBOLINK_OK);
	meddle(fixture, "DROP TABLE users");
	use_set(fixture, VERSIONS);
	assert_int_equal(boot(fixture), BOBOLINK_DRIFT);
	fixture_told(fixture, BOBOLINK_DRIFT, "table users is missing");
	reconnect(fixture);
	fixture_says(fixture, "SELECT version FROM bobolink_history ORDER BY version", "1,2");
	fixture->options.validate = BOBOLINK_VALIDATE_OFF;
	assert_int_equal(boot(fixture), BOBOLINK_OK);
	fixture_says(fixture, "SELECT version FROM bobolink_history ORDER BY version", "1,2,3,4");
}

/* A migration that mends what has changed is pending, and would wait for itself. */
static void who_must_mend_is_told_how(void **state)
{
	static const struct learned_migration mended[] = {
		{ "create_users", { "CREATE TABLE users (id INTEGER, name TEXT)" }, { NULL } },
		{ "mend",
		  { "DROP VIEW IF EXISTS names", "CREATE VIEW names AS SELECT name FROM users" },
		  { NULL } },
	};
	struct fixture *fixture = *state;

	fixture_replace_set(fixture, learned_set(fixture->directory, "shop", mended, 1));
	hand_set_validate(fixture->set, bobolink_schema_validate);
	assert_int_equal(boot(fixture), BOBOLINK_OK);
	meddle(fixture, "ALTER TABLE users RENAME TO old");
	meddle(fixture, "CREATE TABLE users (id TEXT, name TEXT)");
	fixture_replace_set(fixture, learned_set(fixture->directory, "shop", mended, 2));
	hand_set_validate(fixture->set, bobolink_schema_validate);
	assert_int_equal(boot(fixture), BOBOLINK_DRIFT);
	fixture_told(fixture, BOBOLINK_DRIFT, "BOBOLINK_VALIDATE=off");
	meddle(fixture, "DROP TABLE users");
	assert_int_equal(boot(fixture), BOBOLINK_DRIFT);
	assert_null(strstr(fixture->error.message, "BOBOLINK_VALIDATE=off"));
}

/* CREATE TABLE IF NOT EXISTS succeeds whatever is there. */
static void a_run_that_made_something_else_is_told(void **state)
{
	struct fixture *fixture = *state;

	use_set(fixture, VERSIONS);
	meddle(fixture, "CREATE TABLE taxes (percent TEXT)");
	assert_int_equal(boot(fixture), BOBOLINK_DRIFT);
	fixture_told(fixture, BOBOLINK_DRIFT, "the run is done, but");
	fixture_told(fixture, BOBOLINK_DRIFT, "column taxes.rate is missing");
	reconnect(fixture);
	fixture_says(fixture, "SELECT version FROM bobolink_history ORDER BY version", "1,2,3,4");
}

static void a_way_down_is_compared_too(void **state)
{
	struct fixture *fixture = *state;
	const int64_t below = 2;
	struct bobolink_plan *plan;

	use_set(fixture, VERSIONS);
	assert_int_equal(boot(fixture), BOBOLINK_OK);
	fixture_open(fixture);
	assert_int_equal(bobolink_plan_to(fixture->session, below, &plan, &fixture->error),
			 BOBOLINK_OK);
	assert_int_equal(bobolink_run(fixture->session, plan, BOBOLINK_FORCE, NULL,
				      &fixture->error),
			 BOBOLINK_OK);
	bobolink_plan_free(plan);
	assert_true(stored(fixture)[0]);
	bobolink_close(fixture->session);
	fixture->session = NULL;
	use_set(fixture, 2);
	fixture->options.validate = BOBOLINK_VALIDATE_FULL;
	assert_int_equal(boot(fixture), BOBOLINK_OK);
}

static void who_does_not_migrate_compares_and_writes_nothing(void **state)
{
	struct fixture *fixture = *state;
	char before[200];

	use_set(fixture, VERSIONS);
	assert_int_equal(boot(fixture), BOBOLINK_OK);
	snprintf(before, sizeof(before), "%s", stored(fixture));
	meddle(fixture, "CREATE TABLE mine (x INTEGER)");
	fixture->options.auto_migrate = BOBOLINK_AUTO_MIGRATE_OFF;
	assert_int_equal(boot(fixture), BOBOLINK_OK);
	assert_string_equal(stored(fixture), before);
	meddle(fixture, "DROP TABLE users");
	assert_int_equal(boot(fixture), BOBOLINK_DRIFT);
}

static void a_program_may_go_on_with_the_schema_as_it_is(void **state)
{
	struct fixture *fixture = *state;

	use_set(fixture, VERSIONS);
	assert_int_equal(boot(fixture), BOBOLINK_OK);
	meddle(fixture, "DROP TABLE users");
	fixture->options.on_failure = BOBOLINK_ON_FAILURE_CONTINUE;
	assert_int_equal(boot(fixture), BOBOLINK_OK);
}

/* --- others at work -------------------------------------------------------------------------- */

#define STEPS  60
#define ROUNDS 60

struct start {
	const char *url;
	const struct bobolink_set *set;
	int looking; /* the write end of a pipe: a byte for each who looks */
	int begin;   /* its read end */
};

static int migrate(const struct start *start)
{
	const struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	struct bobolink_error error;
	void *db = engine()->open(start->url);
	char byte;
	int rc;

	while (read(start->begin, &byte, 1) < 0 && errno == EINTR)
		;
	rc = bobolink_migrate(start->set, db, &options, &error);
	if (rc)
		fprintf(stderr, "migrate: %s: %s\n", bobolink_result_name(rc), error.message);
	engine()->close(db);
	return rc;
}

static int look(const struct start *start)
{
	const struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	struct bobolink_session *session;
	struct bobolink_error error;
	void *db = engine()->open(start->url);
	int rc = bobolink_open(start->set, db, &options, &session, &error);

	if (write(start->looking, "x", 1) != 1)
		rc = -1;
	for (int i = 0; i < ROUNDS && rc == BOBOLINK_OK; i++)
		rc = bobolink_schema_validate(session, BOBOLINK_VALIDATION_LOOK, &error);
	if (rc)
		fprintf(stderr, "look: %s: %s\n", bobolink_result_name(rc), error.message);
	bobolink_close(session);
	engine()->close(db);
	return rc;
}

static int migrate_or_look(void *context)
{
	struct start *start = context;
	char byte;

	return read(start->begin, &byte, 1) == 1 && byte == 'm' ? migrate(start) : look(start);
}

/* Every second migration drops what the one before made: who reads history and schema at two moments misses it. */
static void who_looks_while_another_migrates_sees_no_drift(void **state)
{
	static struct learned_migration steps[STEPS];
	struct fixture *fixture = *state;
	struct start start = { fixture->url, NULL, -1, -1 };
	int ends[2];

	for (int i = 0; i < STEPS; i++) {
		steps[i].name = i % 2 ? "drop" : "create";
		steps[i].up[0] = i % 2 ? "DROP TABLE t" : "CREATE TABLE t (x INTEGER)";
	}
	fixture_replace_set(fixture, learned_set(fixture->directory, "shop", steps, STEPS));
	start.set = hand_set(fixture->set, engine()->backend);
	assert_int_equal(pipe(ends), 0);
	start.begin = ends[0];
	start.looking = ends[1];
	assert_int_equal(write(ends[1], "mll", 3), 3);
	assert_int_equal(race_all(migrate_or_look, &start, 3), 0);
	close(ends[0]);
	close(ends[1]);
	reconnect(fixture);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM bobolink_history"), STEPS);
	print_message("sweep: %s: %d looks while %d migrations were applied\n", engine()->name,
		      2 * ROUNDS, STEPS);
}

/* Goes up and down, and looks after each way down whether a table that went has come back. */
static int go_up_and_down(const struct start *start)
{
	const struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	struct bobolink_session *session;
	struct bobolink_error error;
	void *db = engine()->open(start->url);
	int rc = bobolink_open(start->set, db, &options, &session, &error);

	for (int i = 0; i < ROUNDS && rc == BOBOLINK_OK; i++) {
		struct bobolink_plan *plan;

		rc = bobolink_plan_to(session, i % 2 ? BOBOLINK_HEAD : 2, &plan, &error);
		if (rc == BOBOLINK_OK) {
			rc = bobolink_run(session, plan, BOBOLINK_FORCE, NULL, &error);
			bobolink_plan_free(plan);
		}
		if (rc == BOBOLINK_OK && i % 2 == 0 && engine_tables(db, "taxes"))
			rc = -1;
	}
	if (rc)
		fprintf(stderr, "up and down: %d: %s\n", rc, error.message);
	bobolink_close(session);
	engine()->close(db);
	return rc;
}

static int repair_often(const struct start *start)
{
	struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	struct bobolink_session *session;
	struct bobolink_error error;
	void *db = engine()->open(start->url);
	int rc;

	options.auto_repair = 1;
	options.validate = BOBOLINK_VALIDATE_FULL;
	rc = bobolink_open(start->set, db, &options, &session, &error);
	for (int i = 0; i < ROUNDS && rc == BOBOLINK_OK; i++)
		rc = bobolink_schema_validate(session, BOBOLINK_VALIDATION_BOOT, &error);
	if (rc)
		fprintf(stderr, "repair: %s: %s\n", bobolink_result_name(rc), error.message);
	bobolink_close(session);
	engine()->close(db);
	return rc;
}

static int go_or_repair(void *context)
{
	struct start *start = context;
	char byte;

	return read(start->begin, &byte, 1) == 1 && byte == 'm' ? go_up_and_down(start)
								: repair_often(start);
}

/* A start that repairs by itself compares while another program rolls back and applies. */
static void what_goes_with_a_rollback_does_not_come_back(void **state)
{
	static const struct learned_migration steps[VERSIONS] = {
		{ "create_users",
		  { "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)" },
		  { NULL } },
		{ "create_orders", { "CREATE TABLE orders (id INTEGER PRIMARY KEY)" }, { NULL } },
		{ "add_price",
		  { "ALTER TABLE orders ADD COLUMN price INTEGER" },
		  { "ALTER TABLE orders DROP COLUMN price" } },
		{ "create_taxes", { "CREATE TABLE taxes (rate INTEGER)" }, { "DROP TABLE taxes" } },
	};
	struct fixture *fixture = *state;
	struct start start = { fixture->url, NULL, -1, -1 };
	int ends[2];

	fixture_replace_set(fixture, learned_set(fixture->directory, "shop", steps, VERSIONS));
	start.set = hand_set(fixture->set, engine()->backend);
	assert_int_equal(boot(fixture), BOBOLINK_OK);
	assert_int_equal(pipe(ends), 0);
	start.begin = ends[0];
	assert_int_equal(write(ends[1], "mrr", 3), 3);
	assert_int_equal(race_all(go_or_repair, &start, 3), 0);
	close(ends[0]);
	close(ends[1]);
	reconnect(fixture);
	assert_int_equal(
		fixture_number(fixture,
			       "SELECT count(*) FROM bobolink_log WHERE event = 'repaired'"),
		0);
}

static int boot_and_repair(void *context)
{
	const struct start *start = context;
	struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	struct bobolink_error error;
	void *db = engine()->open(start->url);
	int rc;

	options.auto_repair = 1;
	rc = bobolink_migrate(start->set, db, &options, &error);
	if (rc)
		fprintf(stderr, "boot: %s: %s\n", bobolink_result_name(rc), error.message);
	engine()->close(db);
	return rc;
}

/* Who comes too late to repair finds nothing missing. */
static void many_starts_repair_once(void **state)
{
	struct fixture *fixture = *state;
	struct start start = { fixture->url, NULL, -1, -1 };

	use_set(fixture, VERSIONS);
	assert_int_equal(boot(fixture), BOBOLINK_OK);
	meddle(fixture, "DROP TABLE orders");
	meddle(fixture, "DROP TABLE taxes");
	start.set = hand_set(fixture->set, engine()->backend);
	assert_int_equal(race_all(boot_and_repair, &start, 12), 0);
	reconnect(fixture);
	fixture_says(fixture,
		     "SELECT count(*) - count(DISTINCT detail) FROM bobolink_log WHERE event = "
		     "'repaired'",
		     "0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(a_run_leaves_the_fingerprint_of_what_it_made),
		FIXTURE_TEST(another_fingerprint_is_no_drift_when_the_schema_is_equal),
		FIXTURE_TEST(extra_objects_are_nobodys_business),
		FIXTURE_TEST(what_is_missing_stops_a_boot_that_says_what_and_since_when),
		FIXTURE_TEST(what_has_changed_is_told_in_both_versions),
		FIXTURE_TEST(the_level_decides_what_is_seen),
		FIXTURE_TEST(a_set_without_deltas_is_not_compared),
		FIXTURE_TEST(ignored_objects_are_not_missed),
		FIXTURE_TEST(a_run_with_nothing_to_do_looks_as_well),
		FIXTURE_TEST(nothing_is_applied_to_a_schema_that_differs),
		FIXTURE_TEST(who_must_mend_is_told_how),
		FIXTURE_TEST(a_run_that_made_something_else_is_told),
		FIXTURE_TEST(a_way_down_is_compared_too),
		FIXTURE_TEST(who_does_not_migrate_compares_and_writes_nothing),
		FIXTURE_TEST(a_program_may_go_on_with_the_schema_as_it_is),
		FIXTURE_TEST(what_goes_with_a_rollback_does_not_come_back),
		FIXTURE_TEST(many_starts_repair_once),
		FIXTURE_TEST(who_looks_while_another_migrates_sees_no_drift),
	};

	return engine_run_group_tests(tests);
}
