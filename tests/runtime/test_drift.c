/*
 * Drift: what differs between the database and its history is found, and nothing else; and who made it is named.
 */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bobolink/operate.h>
#include <bobolink/schema.h>

#include "drifting.h"
#include "schema/drift.h"

#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))

/* --- what is damaged, and what is told ------------------------------------------------------- */

struct damage {
	const char *sql;
	const char *drift; /* on every engine, or on SQLite */
	const char *postgres;
};

static const struct damage damages[] = {
	{ "DROP INDEX orders_by_user", "missing index orders.orders_by_user 5\n", NULL },
	{ "DROP VIEW names", "missing view names 3\n", NULL },
	{ "DROP TABLE orders",
	  "missing table orders 2\nmissing column orders.id 2\nmissing column orders.note 2\n"
	  "missing column orders.user_id 2\nmissing primary-key orders(id) 2\n"
	  "missing foreign-key orders.of_user 2\nmissing index orders.orders_by_user 5\n",
	  "missing table orders 2\nmissing column orders.id 2\nmissing column orders.note 2\n"
	  "missing column orders.user_id 2\nmissing primary-key orders.orders_pkey 2\n"
	  "missing foreign-key orders.of_user 2\nmissing index orders.orders_by_user 5\n" },
	{ "DROP INDEX orders_by_user; CREATE INDEX orders_by_user ON orders (id)",
	  "changed index orders.orders_by_user 5\n", NULL },
	{ "DROP VIEW names; CREATE VIEW names AS SELECT name FROM users", "changed view names 3\n",
	  NULL },
	{ "DROP TABLE totals; CREATE TABLE totals (day INTEGER NOT NULL, total INTEGER NOT NULL)",
	  "changed column totals.total 5\n", NULL },
	{ "DROP TABLE totals; CREATE TABLE totals (day INTEGER NOT NULL)",
	  "missing column totals.total 5\n", NULL },
	{ "DROP TABLE totals; CREATE VIEW totals AS SELECT 1 AS day, 2 AS total",
	  "missing table totals 5\nmissing column totals.day 5\nmissing column totals.total 5\n"
	  "extra view totals -1\n",
	  NULL },
	{ "CREATE TABLE stray (x INTEGER); CREATE INDEX stray_x ON stray (x)",
	  "extra table stray -1\nextra column stray.x -1\nextra index stray.stray_x -1\n", NULL },
	{ "CREATE INDEX users_by_name ON users (name)", "extra index users.users_by_name -1\n",
	  NULL },
	{ "ALTER TABLE users ADD COLUMN phone VARCHAR(20)", "extra column users.phone -1\n", NULL },
	{ "ALTER TABLE users RENAME COLUMN mail TO email",
	  "extra column users.email -1\nmissing column users.mail 3\n", NULL },
	{ "INSERT INTO users (id, name) VALUES (2, 'Bob'); DELETE FROM users WHERE id = 1", "",
	  NULL },
};

static void damage_one(struct fixture *fixture, const struct damage *damage)
{
	const bool postgres = strcmp(engine()->name, "postgres") == 0;

	drifting_apply(fixture, BOBOLINK_HEAD);
	drifting_without(fixture);
	fixture_run(fixture, damage->sql);
	drifting_says(fixture, postgres && damage->postgres ? damage->postgres : damage->drift);
}

/* Each on a database of its own; what the set makes is learned once. */
static void every_damage_is_told_with_who_made_it(void **state)
{
	struct fixture *first = *state;
	struct hand_set *set;

	drifting_learn(first);
	set = first->set;
	for (uint32_t i = 0; i < COUNT(damages); i++) {
		struct fixture *fixture;
		void *made = NULL;

		assert_int_equal(fixture_setup(&made), 0);
		fixture = made;
		hand_set_free(fixture->set);
		fixture->set = set;
		fixture->options.validate = BOBOLINK_VALIDATE_OFF;
		fixture_open(fixture);
		damage_one(fixture, &damages[i]);
		fixture->set = hand_set_new("none");
		fixture_teardown(&made);
	}
}

/* --- at every version ------------------------------------------------------------------------ */

static void at_every_version_there_is_none(void **state)
{
	struct fixture *fixture = *state;

	drifting_learn(fixture);
	drifting_without(fixture);
	for (uint32_t i = 1; i <= DRIFTING_COUNT; i++) {
		drifting_apply(fixture, i);
		drifting_without(fixture);
	}
}

static void below_head_later_migrations_are_not_expected(void **state)
{
	struct fixture *fixture = *state;

	drifting_set_up(fixture, 2);
	fixture_run(fixture, "DROP INDEX orders_by_user");
	/* Migration 5 changes it, and is not applied. */
	drifting_says(fixture, "missing index orders.orders_by_user 2\n");
	fixture_run(fixture, "CREATE INDEX orders_by_user ON orders (user_id, id)");
	drifting_says(fixture, "changed index orders.orders_by_user 2\n");
}

static void after_a_rollback_there_is_none(void **state)
{
	struct fixture *fixture = *state;

	drifting_set_up(fixture, 2);
	drifting_apply(fixture, 3);
	assert_int_equal(bobolink_rollback(fixture->session, 1, BOBOLINK_FORCE, NULL,
					   &fixture->error),
			 BOBOLINK_OK);
	drifting_without(fixture);
	fixture_run(fixture, "CREATE VIEW names AS SELECT id, name FROM users");
	drifting_says(fixture, "extra view names -1\n");
}

static void without_a_history_all_is_extra(void **state)
{
	struct fixture *fixture = *state;

	drifting_learn(fixture);
	fixture_run(fixture, "CREATE TABLE totals (day INTEGER NOT NULL)");
	drifting_says(fixture, "extra table totals -1\nextra column totals.day -1\n");
}

static void a_baseline_counts_as_applied(void **state)
{
	struct fixture *fixture = *state;

	drifting_learn(fixture);
	assert_int_equal(bobolink_baseline_record(fixture->session, 1, 0, NULL, &fixture->error),
			 BOBOLINK_OK);
	drifting_says(fixture, strcmp(engine()->name, "postgres") == 0
				       ? "missing table users 1\nmissing column users.id 1\n"
					 "missing column users.name 1\n"
					 "missing primary-key users.users_pkey 1\n"
				       : "missing table users 1\nmissing column users.id 1\n"
					 "missing column users.name 1\n"
					 "missing primary-key users(id) 1\n");
}

/* --- holes and halves ------------------------------------------------------------------------ */

/* What migration 2 made was changed by 5: without 2, nobody knows what 5 did to it. */
static void a_hole_leaves_out_what_came_later(void **state)
{
	struct fixture *fixture = *state;

	drifting_set_up(fixture, BOBOLINK_HEAD);
	fixture_run(fixture, "UPDATE bobolink_history SET status = 'undone' WHERE version = 3; "
			     "DROP VIEW names");
	/* The view of migration 3 is not expected any more, and its column is there. */
	drifting_says(fixture, "extra column users.mail -1\n");
	fixture_run(fixture, "UPDATE bobolink_history SET status = 'undone' WHERE version = 2; "
			     "DROP TABLE orders");
	drifting_says(fixture, "extra column users.mail -1\n");
}

static void what_stopped_half_way_is_left_out(void **state)
{
	static const char *const statuses[] = { "running", "rolling_back" };
	struct fixture *fixture = *state;
	char sql[200];

	drifting_set_up(fixture, BOBOLINK_HEAD);
	for (int i = 0; i < 2; i++) {
		snprintf(sql, sizeof(sql),
			 "UPDATE bobolink_history SET status = '%s' WHERE version = 5",
			 statuses[i]);
		fixture_run(fixture, sql);
		drifting_without(fixture);
	}
	/* Neither there nor not there is drift now; the rest is as before. */
	fixture_run(fixture, "DROP TABLE totals; DROP INDEX orders_by_user; DROP VIEW names");
	drifting_says(fixture, "missing view names 3\n");
}

/* --- what is not known ----------------------------------------------------------------------- */

static void refused(struct fixture *fixture, int code, const char *words)
{
	struct bobolink_drift *drift = NULL;

	assert_int_equal(bobolink_drift(fixture->session, &drift, &fixture->error), code);
	assert_null(drift);
	fixture_told(fixture, code, words);
}

static void a_newer_database_is_told(void **state)
{
	struct fixture *fixture = *state;

	drifting_set_up(fixture, BOBOLINK_HEAD);
	fixture_run(fixture, "UPDATE bobolink_history SET version = 9 WHERE version = 5");
	refused(fixture, BOBOLINK_NEWER, "start a newer program");
}

static void a_missing_migration_is_told(void **state)
{
	struct fixture *fixture = *state;

	drifting_set_up(fixture, BOBOLINK_HEAD);
	fixture_replace_set(fixture, hand_set_new("shop"));
	hand_set_add(fixture->set, 9, "later", 0, "SELECT 1", NULL);
	fixture_open(fixture);
	refused(fixture, BOBOLINK_MISSING, "is not in this program");
}

static void without_deltas_only_the_last_version_is_known(void **state)
{
	struct fixture *fixture = *state;

	fixture_replace_set(fixture, hand_set_new("shop"));
	hand_set_add(fixture->set, 1, "one", 0, "CREATE TABLE one (x INTEGER)", NULL);
	hand_set_add(fixture->set, 2, "two", 0, "CREATE TABLE two (x INTEGER)", NULL);
	hand_set_schema(fixture->set,
			strcmp(engine()->name, "postgres") == 0
				? "+ table\tpublic\t\tone\t\n+ column\tpublic\tone\tx\tinteger\n"
				  "+ table\tpublic\t\ttwo\t\n+ column\tpublic\ttwo\tx\tinteger\n"
				: "+ table\t\t\tone\t\n+ column\t\tone\tx\tINTEGER\n"
				  "+ table\t\t\ttwo\t\n+ column\t\ttwo\tx\tINTEGER\n");
	fixture->options.validate = BOBOLINK_VALIDATE_OFF;
	fixture_open(fixture);
	drifting_without(fixture);
	drifting_apply(fixture, 1);
	refused(fixture, BOBOLINK_USAGE, "EMBED DELTAS");
	drifting_apply(fixture, 2);
	drifting_without(fixture);
	fixture_run(fixture, "DROP TABLE one");
	drifting_says(fixture, "missing table one -1\nmissing column one.x -1\n");
}

/* --- somebody else at work ------------------------------------------------------------------- */

static struct bobolink_backend restless;
static void *elsewhere; /* another connection */
static int moves;

static const struct bobolink_backend *restless_backend(void)
{
	return &restless;
}

static const char *random_fingerprint(const struct bobolink_connection *connection)
{
	(void)connection;
	return "random()";
}

/* Whenever the head is read, somebody has just made a table. */
static int query_after_a_change(struct bobolink_connection *connection, const char *sql,
				const struct bobolink_value *values, uint32_t count,
				bobolink_row_fn *row, void *context, int64_t *changed,
				struct bobolink_error *error)
{
	char change[120];

	if (strncmp(sql, "SELECT digest", 13) == 0) {
		snprintf(change, sizeof(change), "CREATE TABLE moved_%d (x INTEGER)", ++moves);
		engine()->run(elsewhere, change);
		if (strcmp(engine()->name, "postgres") == 0)
			engine()->run(elsewhere, "SELECT pg_stat_force_next_flush()");
	}
	return engine()->backend()->query(connection, sql, values, count, row, context, changed,
					  error);
}

static void open_restless(struct fixture *fixture)
{
	bobolink_close(fixture->session);
	assert_int_equal(bobolink_open(hand_set(fixture->set, restless_backend), fixture->db,
				       &fixture->options, &fixture->session, &fixture->error),
			 BOBOLINK_OK);
}

static void a_fingerprint_that_always_moves_is_no_reason_to_give_up(void **state)
{
	struct fixture *fixture = *state;

	drifting_set_up(fixture, BOBOLINK_HEAD);
	restless = *engine()->backend();
	restless.fingerprint = random_fingerprint;
	open_restless(fixture);
	drifting_without(fixture);
	fixture_run(fixture, "DROP VIEW names");
	drifting_says(fixture, "missing view names 3\n");
}

static void a_schema_that_never_rests_is_told(void **state)
{
	struct fixture *fixture = *state;

	drifting_set_up(fixture, BOBOLINK_HEAD);
	elsewhere = engine()->open(fixture->url);
	moves = 0;
	restless = *engine()->backend();
	restless.query = query_after_a_change;
	open_restless(fixture);
	refused(fixture, BOBOLINK_PLAN_CHANGED, "somebody is changing the schema");
	/* Head before and after, five times. */
	assert_int_equal(moves, 10);
	engine()->close(elsewhere);
}

#define LOOKS 12

/* In a process of its own, until the other end of the pipe is closed. */
static void migrate_up_and_down(struct fixture *fixture, int pipe_end)
{
	struct bobolink_session *session = NULL;
	void *db = engine()->open(fixture->url);
	struct pollfd end = { .fd = pipe_end, .events = POLLIN };
	int rc = bobolink_open(hand_set(fixture->set, engine()->backend), db, &fixture->options,
			       &session, NULL);

	while (rc == BOBOLINK_OK && poll(&end, 1, 20) == 0) {
		rc = bobolink_rollback(session, BOBOLINK_ALL_BATCHES, BOBOLINK_FORCE, NULL, NULL);
		if (rc == BOBOLINK_OK)
			rc = bobolink_apply(session, 3, NULL, NULL);
	}
	bobolink_close(session);
	engine()->close(db);
	_exit(rc != BOBOLINK_OK);
}

/* Either there is no drift, or it is said that nothing can be said. */
static bool look_once(struct fixture *fixture)
{
	struct bobolink_drift *drift;
	int rc = bobolink_drift(fixture->session, &drift, &fixture->error);

	if (rc && strstr(fixture->error.message, "somebody is changing the schema"))
		return false;
	if (rc)
		fail_msg("%s: %s", bobolink_result_name(rc), fixture->error.message);
	assert_int_equal(drift->count, 0);
	bobolink_drift_free(drift);
	return true;
}

static void a_migration_in_between_is_no_drift(void **state)
{
	struct fixture *fixture = *state;
	unsigned settled = 0;
	int status = 0;
	int ends[2];
	pid_t child;

	drifting_set_up(fixture, 3);
	assert_int_equal(pipe(ends), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		close(ends[1]);
		migrate_up_and_down(fixture, ends[0]);
	}
	close(ends[0]);
	for (int i = 0; i < LOOKS; i++)
		settled += look_once(fixture);
	close(ends[1]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	printf("sweep: %u of %d looks found a moment between migrations\n", settled, LOOKS);
	assert_true(settled > 0);
}

/* --- ignored --------------------------------------------------------------------------------- */

static void what_is_ignored_is_counted_and_left_out(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_drift *drift;

	fixture->options.ignore = "stray, users.tmp_*";
	drifting_set_up(fixture, BOBOLINK_HEAD);
	fixture_run(fixture,
		    "CREATE TABLE stray (x INTEGER); CREATE INDEX tmp_name ON users (name); "
		    "DROP INDEX orders_by_user");
	drifting_says(fixture, "missing index orders.orders_by_user 5\n");
	assert_int_equal(bobolink_drift(fixture->session, &drift, NULL), BOBOLINK_OK);
	assert_int_equal(drift->ignored, 3);
	assert_int_equal(drift->version, 5);
	bobolink_drift_free(drift);
}

/* --- other sets ------------------------------------------------------------------------------ */

static const struct learned_migration blog[] = {
	{ "posts", { "CREATE TABLE posts (title VARCHAR(80))" }, { NULL } },
	{ "tags", { "CREATE TABLE tags (name VARCHAR(20))" }, { NULL } },
};

/* `sets` ends with NULL. */
static void assert_extra(struct fixture *fixture, const struct bobolink_set *const *sets,
			 uint32_t extra)
{
	struct bl_drift drift;

	bobolink_close(fixture->session);
	fixture->options.sets = sets;
	fixture_open(fixture);
	assert_int_equal(bl_drift_read(fixture->session, &drift, &fixture->error), BOBOLINK_OK);
	assert_int_equal(drift.extra, extra);
	assert_int_equal(drift.count, extra);
	bl_drift_release(&drift);
}

static void what_other_sets_make_is_not_extra(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *unknown = hand_set_counting("unknown", 1);
	struct hand_set *other = learned_set(fixture->directory, "blog", blog, COUNT(blog));
	const struct bobolink_set *sets[4] = { NULL };

	drifting_set_up(fixture, BOBOLINK_HEAD);
	sets[0] = hand_set(fixture->set, engine()->backend);
	sets[1] = hand_set(other, engine()->backend);
	sets[2] = hand_set(unknown, engine()->backend);
	/* Those that were never here have nothing here. */
	assert_extra(fixture, sets, 0);
	assert_int_equal(bobolink_migrate(sets[1], fixture->db, &fixture->options, NULL),
			 BOBOLINK_OK);
	assert_extra(fixture, NULL, 4);
	assert_extra(fixture, sets, 0);
	/* By its own history: what it has undone is nobody's, what stopped half-way still its own. */
	fixture_run(fixture, "UPDATE bobolink_history SET status = 'undone' WHERE set_name = "
			     "'blog' AND version = 2");
	assert_extra(fixture, sets, 2);
	fixture_run(fixture, "UPDATE bobolink_history SET status = 'running' WHERE set_name = "
			     "'blog' AND version = 2");
	assert_extra(fixture, sets, 0);
	/* A set whose schema is not known has nothing to leave out: table `ran`, its column, and t_1. */
	assert_int_equal(bobolink_migrate(sets[2], fixture->db, &fixture->options, NULL),
			 BOBOLINK_OK);
	assert_extra(fixture, sets, 4);
	hand_set_free(other);
	hand_set_free(unknown);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(every_damage_is_told_with_who_made_it),
		FIXTURE_TEST(at_every_version_there_is_none),
		FIXTURE_TEST(below_head_later_migrations_are_not_expected),
		FIXTURE_TEST(after_a_rollback_there_is_none),
		FIXTURE_TEST(without_a_history_all_is_extra),
		FIXTURE_TEST(a_baseline_counts_as_applied),
		FIXTURE_TEST(a_hole_leaves_out_what_came_later),
		FIXTURE_TEST(what_stopped_half_way_is_left_out),
		FIXTURE_TEST(a_newer_database_is_told),
		FIXTURE_TEST(a_missing_migration_is_told),
		FIXTURE_TEST(without_deltas_only_the_last_version_is_known),
		FIXTURE_TEST(a_fingerprint_that_always_moves_is_no_reason_to_give_up),
		FIXTURE_TEST(a_schema_that_never_rests_is_told),
		FIXTURE_TEST(a_migration_in_between_is_no_drift),
		FIXTURE_TEST(what_is_ignored_is_counted_and_left_out),
		FIXTURE_TEST(what_other_sets_make_is_not_extra),
	};

	return engine_run_group_tests(tests);
}
