/*
 * Repair: what is missing is made again and nothing else is touched; what cannot be made is left and told.
 */
#include <stdio.h>
#include <string.h>

#include <bobolink/operate.h>
#include <bobolink/schema.h>

#include "fixture.h"
#include "learned_set.h"
#include "repairs.h"
#include "schema/repair.h"

#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))

static const struct learned_migration shop[] = {
	{ "users",
	  { "CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(40) NOT NULL)",
	    "INSERT INTO users (id, name) VALUES (1, 'Ada')" },
	  { NULL } },
	{ "orders",
	  { "CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER, note TEXT "
	    "DEFAULT 'x', CONSTRAINT of_user FOREIGN KEY (user_id) REFERENCES users (id))",
	    "CREATE INDEX orders_by_user ON orders (user_id)" },
	  { NULL } },
	{ "mail",
	  { "ALTER TABLE users ADD COLUMN mail VARCHAR(80) DEFAULT 'none' NOT NULL",
	    "CREATE VIEW names AS SELECT id, name FROM users",
	    "CREATE VIEW ada AS SELECT id FROM names WHERE name = 'Ada'",
	    "CREATE UNIQUE INDEX users_by_name ON users (name)" },
	  { NULL } },
	{ "data", { "INSERT INTO orders (id, user_id) VALUES (1, 1)" }, { NULL } },
	{ "totals",
	  { "CREATE TABLE totals (day INTEGER NOT NULL, total INTEGER DEFAULT 0)",
	    "CREATE INDEX totals_by_day ON totals (day)", "INSERT INTO totals (day) VALUES (1)" },
	  { NULL } },
	{ "more", { "UPDATE totals SET total = total + 1" }, { NULL } },
};

static void set_up(struct fixture *fixture, int64_t version)
{
	fixture_replace_set(fixture, learned_set(fixture->directory, "shop", shop, COUNT(shop)));
	fixture->options.validate = BOBOLINK_VALIDATE_OFF;
	fixture_open(fixture);
	if (bobolink_apply(fixture->session, version, NULL, &fixture->error))
		fail_msg("%s", fixture->error.message);
}

static const struct repairs_damage damages[] = {
	{ "SELECT 1", "", NULL },
	{ "DROP INDEX orders_by_user", "create index orders.orders_by_user", NULL },
	{ "DROP TABLE orders", "create table orders; create index orders.orders_by_user",
	  "create table orders; create primary-key orders.orders_pkey; create foreign-key "
	  "orders.of_user; create index orders.orders_by_user" },
	/* Views stand on views, and are told in the order of their names. */
	{ "DROP VIEW ada; DROP VIEW names", "create view ada; create view names", NULL },
	{ "DROP VIEW ada; DROP VIEW names; ALTER TABLE users DROP COLUMN mail",
	  "create column users.mail; create view ada; create view names", NULL },
	/* A table of the middle with a column that a later one added. */
	{ "DROP VIEW ada; DROP VIEW names; DROP TABLE orders; DROP TABLE users",
	  "create table orders; create table users; create view ada; create view names; create "
	  "index orders.orders_by_user; create index users.users_by_name",
	  "create table orders; create table users; create primary-key orders.orders_pkey; create "
	  "primary-key users.users_pkey; create foreign-key orders.of_user; create view ada; "
	  "create "
	  "view names; create index orders.orders_by_user; create index users.users_by_name" },
	/* The only trace of nothing: an index of the newest migration is no reason to run it again. */
	{ "DROP INDEX totals_by_day", "create index totals.totals_by_day", NULL },
};

static void what_is_missing_is_made_again(void **state)
{
	struct fixture *fixture = *state;
	bool postgres = strcmp(engine()->name, "postgres") == 0;

	set_up(fixture, BOBOLINK_HEAD);
	for (uint32_t i = 0; i < COUNT(damages); i++)
		repairs_after(fixture, damages[i].sql,
			      postgres && damages[i].postgres ? damages[i].postgres
							      : damages[i].sqlite,
			      BOBOLINK_OK);
	fixture_says(fixture, "SELECT count(*) FROM users", "0");
	fixture_says(fixture, "SELECT total FROM totals", "1");
	/* Nothing was changed in the history. */
	fixture_says(fixture, "SELECT status FROM bobolink_history ORDER BY id",
		     "applied,applied,applied,applied,applied,applied");
	assert_int_equal(bobolink_check(fixture->session, NULL), BOBOLINK_OK);
	assert_true(fixture_number(fixture, "SELECT count(*) FROM bobolink_log WHERE event = "
					    "'repaired' AND detail LIKE '%made again'") >= 9);
}

static void what_the_rows_forbid_is_left_and_the_rest_is_made(void **state)
{
	struct fixture *fixture = *state;

	set_up(fixture, BOBOLINK_HEAD);
	repairs_after(
		fixture,
		"DROP INDEX users_by_name; DROP INDEX orders_by_user; INSERT INTO users (id, name) "
		"VALUES (2, 'Ada')",
		"create index orders.orders_by_user; create index users.users_by_name",
		BOBOLINK_DRIFT);
	fixture_told(fixture, BOBOLINK_DRIFT, "users.users_by_name");
	assert_int_equal(repairs_missing(fixture), 1);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM bobolink_log WHERE event = "
						 "'drift' AND detail LIKE '%not made again%'"),
			 1);
	fixture_run(fixture, "DELETE FROM users WHERE id = 2");
	repairs_after(fixture, "SELECT 1", "create index users.users_by_name", BOBOLINK_OK);
}

static void what_is_there_is_never_changed(void **state)
{
	struct fixture *fixture = *state;

	set_up(fixture, BOBOLINK_HEAD);
	repairs_after(
		fixture,
		"DROP INDEX orders_by_user; CREATE INDEX orders_by_user ON orders (id); CREATE "
		"TABLE other (x INTEGER); DROP INDEX users_by_name",
		"create index users.users_by_name; leave index orders.orders_by_user",
		BOBOLINK_DRIFT);
	assert_int_equal(engine_tables(fixture->db, "other"), 1);
}

/* --- migrations that left no trace ----------------------------------------------------------- */

static void migrations_without_a_trace_are_applied_again(void **state)
{
	struct fixture *fixture = *state;

	set_up(fixture, BOBOLINK_HEAD);
	repairs_after(fixture, "DROP TABLE totals", "reapply 5; reapply 6", BOBOLINK_OK);
	fixture_says(fixture, "SELECT total FROM totals", "1");
	fixture_says(fixture, "SELECT status FROM bobolink_history WHERE version >= 5 ORDER BY id",
		     "rolled_back,rolled_back,applied,applied");
	fixture_says(fixture, "SELECT count(*) FROM orders", "1");
	assert_int_equal(bobolink_check(fixture->session, NULL), BOBOLINK_OK);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM bobolink_log WHERE event = "
						 "'repaired' AND (item = '5' OR item = '6')"),
			 2);
}

static void the_plan_says_that_their_statements_write_data(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_repair *plan;

	set_up(fixture, BOBOLINK_HEAD);
	fixture_run(fixture, "DROP TABLE totals");
	plan = repairs_plan(fixture);
	assert_int_equal(plan->count, 2);
	assert_non_null(strstr(plan->items[0].reason, "write data and run again: 1"));
	assert_non_null(strstr(plan->items[1].reason, "write data and run again: 1"));
	bobolink_repair_free(plan);
}

static void what_older_ones_made_is_made_first(void **state)
{
	struct fixture *fixture = *state;

	set_up(fixture, BOBOLINK_HEAD);
	repairs_after(fixture, "DROP TABLE totals; DROP INDEX orders_by_user",
		      "create index orders.orders_by_user; reapply 5; reapply 6", BOBOLINK_OK);
}

static void a_database_that_lost_everything_is_made_anew(void **state)
{
	struct fixture *fixture = *state;

	set_up(fixture, BOBOLINK_HEAD);
	repairs_after(
		fixture,
		"DROP TABLE totals; DROP VIEW ada; DROP VIEW names; DROP TABLE orders; DROP TABLE "
		"users",
		"reapply 1; reapply 2; reapply 3; reapply 4; reapply 5; reapply 6", BOBOLINK_OK);
	fixture_says(fixture, "SELECT name FROM users", "Ada");
	fixture_says(fixture, "SELECT total FROM totals", "1");
}

static void a_baseline_is_not_applied_again(void **state)
{
	struct fixture *fixture = *state;

	set_up(fixture, BOBOLINK_HEAD);
	fixture_run(fixture, "UPDATE bobolink_history SET status = 'baseline' WHERE version = 5");
	repairs_after(fixture, "DROP TABLE totals",
		      "create table totals; create index totals.totals_by_day", BOBOLINK_OK);
}

static void one_that_can_destroy_rows_is_not_applied_again(void **state)
{
	struct fixture *fixture = *state;

	set_up(fixture, BOBOLINK_HEAD);
	hand_set_losses(fixture->set, "table legacy\tSELECT count(*) FROM totals\n");
	bobolink_close(fixture->session);
	fixture_open(fixture);
	repairs_after(fixture, "DROP TABLE totals",
		      "create table totals; create index totals.totals_by_day", BOBOLINK_OK);
}

/* What is written to a table that is still there would be written twice. */
static const char *const written_beside[] = {
	"INSERT INTO users (id, name) VALUES (2, 'Bob')",
	"UPDATE users SET name = name || '!'",
	"DELETE FROM users WHERE id = 7",
	"INSERT INTO \"users\" SELECT 2, 'Bob'",
	"WITH b AS (SELECT 2 AS id) INSERT INTO users SELECT id, 'Bob' FROM b",
};

static void what_writes_to_tables_that_are_there_is_not_applied_again(void **state)
{
	struct fixture *fixture = *state;

	for (uint32_t i = 0; i < COUNT(written_beside); i++) {
		const struct learned_migration migrations[] = {
			{ "users",
			  { "CREATE TABLE users (id INTEGER, name VARCHAR(40))",
			    "INSERT INTO users (id, name) VALUES (1, 'Ada')" },
			  { NULL } },
			{ "audit",
			  { "CREATE TABLE audit (id INTEGER)", written_beside[i] },
			  { NULL } },
		};
		char before[200];

		fixture_replace_set(fixture,
				    learned_set(fixture->directory, "shop", migrations, 2));
		fixture->options.validate = BOBOLINK_VALIDATE_OFF;
		fixture_open(fixture);
		assert_int_equal(bobolink_apply(fixture->session, BOBOLINK_HEAD, NULL, NULL),
				 BOBOLINK_OK);
		snprintf(before, sizeof(before), "%s",
			 fixture_text(fixture, "SELECT name FROM users ORDER BY id"));
		repairs_after(fixture, "DROP TABLE audit", "create table audit", BOBOLINK_OK);
		fixture_says(fixture, "SELECT name FROM users ORDER BY id", before);
		/* Without both tables it is as if it had never been. */
		repairs_after(fixture, "DROP TABLE audit; DROP TABLE users",
			      i == 4 ? "create table audit; create table users"
				     : "reapply 1; reapply 2",
			      BOBOLINK_OK);
		bobolink_close(fixture->session);
		fixture->session = NULL;
		fixture_run(fixture, "DROP TABLE audit; DROP TABLE users; DROP TABLE "
				     "bobolink_history; DROP TABLE bobolink_log; DROP TABLE "
				     "bobolink_head");
	}
}

/* Rows that are copied into a table that the migration makes and renames. */
static void a_table_made_anew_does_not_keep_others_from_being_applied_again(void **state)
{
	static const struct learned_migration migrations[] = {
		{ "users",
		  { "CREATE TABLE users (id INTEGER, name VARCHAR(40))",
		    "INSERT INTO users (id, name) VALUES (1, 'Ada')" },
		  { NULL } },
		{ "anew",
		  { "CREATE TABLE users_new (id INTEGER NOT NULL, name VARCHAR(40))",
		    "INSERT INTO users_new SELECT id, name FROM users", "DROP TABLE users",
		    "ALTER TABLE users_new RENAME TO users" },
		  { NULL } },
	};
	struct fixture *fixture = *state;

	fixture_replace_set(fixture, learned_set(fixture->directory, "shop", migrations, 2));
	fixture_open(fixture);
	assert_int_equal(bobolink_apply(fixture->session, BOBOLINK_HEAD, NULL, NULL), BOBOLINK_OK);
	repairs_after(fixture, "DROP TABLE users", "reapply 1; reapply 2", BOBOLINK_OK);
	fixture_says(fixture, "SELECT name FROM users", "Ada");
}

/* What it needs went meanwhile: it is refused, and so is every start, until it is there again. */
static void one_that_is_refused_the_second_time_waits_for_a_retry(void **state)
{
	static const struct learned_migration migrations[] = {
		{ "users", { "CREATE TABLE users (id INTEGER)" }, { NULL } },
		{ "counts",
		  { "CREATE TABLE counts (n INTEGER CHECK (n < 5))",
		    "INSERT INTO counts SELECT id FROM users" },
		  { NULL } },
		{ "more", { "CREATE TABLE more (x INTEGER)" }, { NULL } },
	};
	struct fixture *fixture = *state;
	struct bobolink_repair *plan;
	uint32_t done = 7;

	fixture_replace_set(fixture, learned_set(fixture->directory, "shop", migrations, 3));
	hand_set_validate(fixture->set, bobolink_schema_validate);
	fixture_open(fixture);
	assert_int_equal(bobolink_apply(fixture->session, BOBOLINK_HEAD, NULL, NULL), BOBOLINK_OK);
	fixture_run(fixture, "INSERT INTO users VALUES (9); DROP TABLE counts; DROP TABLE more");
	plan = repairs_plan(fixture);
	assert_string_equal(repairs_text(plan), "reapply 2; reapply 3");
	assert_int_equal(bobolink_repair(fixture->session, plan, &done, &fixture->error),
			 BOBOLINK_SQL_ERROR);
	fixture_told(fixture, BOBOLINK_SQL_ERROR,
		     "mend the database, then go on with "
		     "--migrate-retry");
	assert_int_equal(fixture->error.version, 2);
	bobolink_repair_free(plan);
	assert_int_equal(done, 0);
	fixture_says(fixture, "SELECT status FROM bobolink_history ORDER BY id",
		     "applied,rolled_back,rolled_back,failed");
	assert_int_equal(bobolink_boot(fixture->session, &fixture->error), BOBOLINK_HELD);
	fixture_told(fixture, BOBOLINK_HELD, "mend the database and use --migrate-retry");
	assert_int_equal(bobolink_retry(fixture->session, BOBOLINK_HEAD, NULL, &fixture->error),
			 BOBOLINK_SQL_ERROR);
	/* Nothing is missing of what does not count as applied. */
	plan = repairs_plan(fixture);
	assert_string_equal(repairs_text(plan), "");
	bobolink_repair_free(plan);
	fixture_run(fixture, "UPDATE users SET id = 2");
	assert_int_equal(bobolink_boot(fixture->session, &fixture->error), BOBOLINK_HELD);
	assert_int_equal(bobolink_retry(fixture->session, BOBOLINK_HEAD, NULL, &fixture->error),
			 BOBOLINK_OK);
	fixture_says(fixture, "SELECT n FROM counts", "2");
	assert_int_equal(engine_tables(fixture->db, "more"), 1);
	assert_int_equal(bobolink_boot(fixture->session, &fixture->error), BOBOLINK_OK);
}

/* Nobody misses it, but it stands where the migration would make it. */
static void what_is_left_out_and_there_speaks_against_applying_again(void **state)
{
	static const struct learned_migration migrations[] = {
		{ "users", { "CREATE TABLE users (id INTEGER)" }, { NULL } },
		{ "both",
		  { "CREATE TABLE tmp_a (x INTEGER)", "CREATE TABLE b (x INTEGER)" },
		  { NULL } },
	};
	struct fixture *fixture = *state;

	fixture_replace_set(fixture, learned_set(fixture->directory, "shop", migrations, 2));
	fixture->options.ignore = "tmp_*";
	fixture_open(fixture);
	assert_int_equal(bobolink_apply(fixture->session, BOBOLINK_HEAD, NULL, NULL), BOBOLINK_OK);
	repairs_after(fixture, "DROP TABLE b", "create table b", BOBOLINK_OK);
	assert_int_equal(bobolink_check(fixture->session, &fixture->error), BOBOLINK_OK);
}

/* Applied again means: all up to there. What is pending below nobody has asked for. */
static void what_is_pending_below_keeps_others_from_being_applied_again(void **state)
{
	static const struct learned_migration migrations[] = {
		{ "a", { "CREATE TABLE a (x INTEGER)" }, { NULL } },
		{ "b", { "CREATE TABLE b (x INTEGER)" }, { NULL } },
		{ "c", { "CREATE TABLE c (x INTEGER)" }, { NULL } },
	};
	struct fixture *fixture = *state;

	fixture_replace_set(fixture, learned_set(fixture->directory, "shop", migrations, 3));
	fixture_open(fixture);
	assert_int_equal(bobolink_apply(fixture->session, BOBOLINK_HEAD, NULL, NULL), BOBOLINK_OK);
	fixture_run(fixture, "DROP TABLE b; UPDATE bobolink_history SET status = 'undone' WHERE "
			     "version = 2; UPDATE bobolink_head SET digest = NULL");
	repairs_after(fixture, "DROP TABLE c", "create table c", BOBOLINK_OK);
	assert_int_equal(engine_tables(fixture->db, "b"), 0);
	fixture_says(fixture, "SELECT status FROM bobolink_history ORDER BY version",
		     "applied,undone,applied");
}

/* --- versions below the last one ------------------------------------------------------------- */

static void at_an_older_version_what_belongs_to_it_is_made(void **state)
{
	struct fixture *fixture = *state;
	bool postgres = strcmp(engine()->name, "postgres") == 0;

	set_up(fixture, 2);
	fixture_run(fixture, "INSERT INTO users (id, name) VALUES (7, 'Bob')");
	repairs_after(fixture, "DROP INDEX orders_by_user", "create index orders.orders_by_user",
		      BOBOLINK_OK);
	/* users as it was before migration 3 added a column to it, which the text of today has. */
	repairs_after(fixture,
		      "UPDATE orders SET user_id = NULL; DROP TABLE orders; DROP TABLE users",
		      "reapply 1; reapply 2", BOBOLINK_OK);
	fixture_run(fixture, "UPDATE bobolink_history SET status = 'baseline' WHERE "
			     "status = 'applied'");
	repairs_after(fixture, "DROP TABLE orders; DROP TABLE users",
		      postgres ? "create table orders; create table users; create primary-key "
				 "orders.orders_pkey; create primary-key users.users_pkey; create "
				 "foreign-key orders.of_user; create index orders.orders_by_user"
			       : "create table orders; create table users; create index "
				 "orders.orders_by_user",
		      BOBOLINK_OK);
	fixture_run(fixture, "INSERT INTO users (id, name) VALUES (1, 'Ada')");
	assert_int_equal(bobolink_apply(fixture->session, BOBOLINK_HEAD, NULL, &fixture->error),
			 BOBOLINK_OK);
}

/* --- under the lock -------------------------------------------------------------------------- */

static void a_plan_that_is_no_longer_true_does_nothing(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_repair *plan;

	set_up(fixture, BOBOLINK_HEAD);
	fixture_run(fixture, "DROP INDEX orders_by_user; DROP VIEW ada");
	plan = repairs_plan(fixture);
	/* Another one is at it: the schema is not what was looked at. */
	fixture_run(fixture, "CREATE VIEW ada AS SELECT 1 AS id");
	assert_int_equal(bobolink_repair(fixture->session, plan, NULL, &fixture->error),
			 BOBOLINK_PLAN_CHANGED);
	assert_int_equal(repairs_missing(fixture), 2);
	bobolink_repair_free(plan);
	repairs_after(fixture, "DROP VIEW ada",
		      "create view ada; create index orders.orders_by_user", BOBOLINK_OK);
	fixture_run(fixture, "DROP INDEX orders_by_user");
	plan = repairs_plan(fixture);
	fixture_run(fixture, "UPDATE bobolink_head SET revision = revision + 1");
	assert_int_equal(bobolink_repair(fixture->session, plan, NULL, &fixture->error),
			 BOBOLINK_PLAN_CHANGED);
	assert_int_equal(repairs_missing(fixture), 1);
	bobolink_repair_free(plan);
}

static void a_plan_outlives_its_session(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_repair *plan;

	set_up(fixture, BOBOLINK_HEAD);
	fixture_run(fixture, "DROP INDEX orders_by_user; DROP TABLE totals");
	plan = repairs_plan(fixture);
	bobolink_close(fixture->session);
	fixture_open(fixture);
	assert_int_equal(bobolink_repair(fixture->session, plan, NULL, &fixture->error),
			 BOBOLINK_OK);
	bobolink_repair_free(plan);
	assert_int_equal(repairs_missing(fixture), 0);
	bobolink_repair_free(NULL);
}

static int stop_it(void *context, const struct bobolink_progress *progress)
{
	int *left = context;

	(void)progress;
	return --*left < 0;
}

static void a_repair_that_is_stopped_leaves_nothing(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_repair *plan;
	int left = 1;

	set_up(fixture, BOBOLINK_HEAD);
	fixture_run(fixture, "DROP INDEX orders_by_user; DROP VIEW ada");
	bobolink_close(fixture->session);
	fixture->options.progress = stop_it;
	fixture->options.progress_context = &left;
	fixture_open(fixture);
	plan = repairs_plan(fixture);
	assert_int_equal(bobolink_repair(fixture->session, plan, NULL, &fixture->error),
			 BOBOLINK_INTERRUPTED);
	bobolink_repair_free(plan);
	assert_int_equal(repairs_missing(fixture), 2);
}

/* --- at a start ------------------------------------------------------------------------------ */

static void a_start_makes_tables_columns_and_indexes(void **state)
{
	struct fixture *fixture = *state;
	uint32_t made = 0;

	set_up(fixture, BOBOLINK_HEAD);
	fixture_run(fixture, "DROP TABLE totals; DROP INDEX orders_by_user; DROP VIEW ada; DROP "
			     "VIEW names; ALTER TABLE users DROP COLUMN mail");
	assert_int_equal(bl_repair_lacking(fixture->session, &made, &fixture->error), BOBOLINK_OK);
	assert_int_equal(made, 4);
	/* Views are left to people, and no migration was run again. */
	assert_int_equal(repairs_missing(fixture), 2);
	fixture_says(fixture, "SELECT count(*) FROM totals", "0");
	fixture_says(fixture, "SELECT mail FROM users", "none");
	fixture_says(fixture, "SELECT status FROM bobolink_history ORDER BY id",
		     "applied,applied,applied,applied,applied,applied");
	assert_int_equal(bl_repair_lacking(fixture->session, &made, &fixture->error), BOBOLINK_OK);
	assert_int_equal(made, 0);
}

/* As a program whose schema is validated at every start. */
static void restart(struct fixture *fixture, uint32_t auto_repair, int result)
{
	bobolink_close(fixture->session);
	fixture->session = NULL;
	fixture->options.validate = BOBOLINK_VALIDATE_FULL;
	fixture->options.auto_repair = auto_repair;
	hand_set_validate(fixture->set, bobolink_schema_validate);
	if (fixture_boot(fixture) != result)
		fail_msg("%d: %s", result, fixture->error.message);
	assert_true(!result == !strstr(fixture->error.message, "--migrate-drift"));
	fixture->options.validate = BOBOLINK_VALIDATE_OFF;
	fixture_open(fixture);
}

static void a_start_repairs_by_itself_where_it_is_told_to(void **state)
{
	struct fixture *fixture = *state;

	set_up(fixture, BOBOLINK_HEAD);
	fixture_run(fixture, "DROP INDEX orders_by_user; DROP TABLE totals");
	restart(fixture, 0, BOBOLINK_DRIFT);
	restart(fixture, 1, BOBOLINK_OK);
	assert_int_equal(repairs_missing(fixture), 0);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM bobolink_log WHERE event = "
						 "'repaired'"),
			 3);
	fixture_run(fixture, "DROP VIEW ada; DROP INDEX orders_by_user");
	restart(fixture, 1, BOBOLINK_DRIFT);
	assert_int_equal(repairs_missing(fixture), 1);
}

static void a_start_repairs_before_it_migrates(void **state)
{
	struct fixture *fixture = *state;

	set_up(fixture, 2);
	fixture_run(fixture, "DROP INDEX orders_by_user");
	restart(fixture, 1, BOBOLINK_OK);
	assert_int_equal(repairs_missing(fixture), 0);
	fixture_says(fixture, "SELECT count(*) FROM totals", "1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(what_is_missing_is_made_again),
		FIXTURE_TEST(what_the_rows_forbid_is_left_and_the_rest_is_made),
		FIXTURE_TEST(what_is_there_is_never_changed),
		FIXTURE_TEST(migrations_without_a_trace_are_applied_again),
		FIXTURE_TEST(the_plan_says_that_their_statements_write_data),
		FIXTURE_TEST(what_older_ones_made_is_made_first),
		FIXTURE_TEST(a_database_that_lost_everything_is_made_anew),
		FIXTURE_TEST(a_baseline_is_not_applied_again),
		FIXTURE_TEST(one_that_can_destroy_rows_is_not_applied_again),
		FIXTURE_TEST(what_writes_to_tables_that_are_there_is_not_applied_again),
		FIXTURE_TEST(a_table_made_anew_does_not_keep_others_from_being_applied_again),
		FIXTURE_TEST(one_that_is_refused_the_second_time_waits_for_a_retry),
		FIXTURE_TEST(what_is_left_out_and_there_speaks_against_applying_again),
		FIXTURE_TEST(what_is_pending_below_keeps_others_from_being_applied_again),
		FIXTURE_TEST(at_an_older_version_what_belongs_to_it_is_made),
		FIXTURE_TEST(a_plan_that_is_no_longer_true_does_nothing),
		FIXTURE_TEST(a_plan_outlives_its_session),
		FIXTURE_TEST(a_repair_that_is_stopped_leaves_nothing),
		FIXTURE_TEST(a_start_makes_tables_columns_and_indexes),
		FIXTURE_TEST(a_start_repairs_by_itself_where_it_is_told_to),
		FIXTURE_TEST(a_start_repairs_before_it_migrates),
	};

	return engine_run_group_tests(tests);
}
