/*
 * Repair: what is missing is made again and nothing else is touched; what cannot be made is left and told.
 */
#include <stdio.h>
#include <string.h>

#include <bobolink/operate.h>
#include <bobolink/schema.h>

#include "fixture.h"
#include "learned_set.h"
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

static uint32_t differences(struct fixture *fixture)
{
	struct bobolink_drift *drift;
	uint32_t count;

	if (bobolink_drift(fixture->session, &drift, &fixture->error))
		fail_msg("%s", fixture->error.message);
	count = drift->missing + drift->changed;
	bobolink_drift_free(drift);
	return count;
}

static struct bobolink_repair *plan_of(struct fixture *fixture)
{
	struct bobolink_repair *plan;

	if (bobolink_plan_repair(fixture->session, &plan, &fixture->error))
		fail_msg("%s", fixture->error.message);
	return plan;
}

/* "create table orders; leave …: reason" in a buffer that the next call reuses. */
static const char *text_of(const struct bobolink_repair *plan)
{
	static const char *const words[] = { "", "create", "reapply", "leave" };
	static char text[8192];
	size_t length = 0;

	text[0] = '\0';
	for (uint32_t i = 0; i < plan->count; i++) {
		const struct bobolink_repair_item *item = &plan->items[i];
		char name[200];

		assert_true(!*item->sql == (item->action != BOBOLINK_REPAIR_CREATE));
		assert_true(!*item->reason == (item->action == BOBOLINK_REPAIR_CREATE));
		if (item->object)
			bobolink_object_text(item->object, name, sizeof(name));
		else
			snprintf(name, sizeof(name), "%d", (int)item->version);
		length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%s %s",
					   i ? "; " : "", words[item->action], name);
	}
	return text;
}

/* What happened to the schema is repaired as the plan says, and the plan says this. */
static void repairs(struct fixture *fixture, const char *damage, const char *expected, int result)
{
	struct bobolink_repair *plan;
	struct bobolink_error error;
	uint32_t done = 0;
	int rc;

	fixture_run(fixture, damage);
	plan = plan_of(fixture);
	if (strcmp(text_of(plan), expected) != 0)
		fail_msg("%s: %s", damage, text_of(plan));
	rc = bobolink_repair(fixture->session, plan, &done, &fixture->error);
	if (rc != result)
		fail_msg("%s: %d %s", damage, rc, fixture->error.message);
	if (rc == BOBOLINK_OK)
		assert_int_equal(done, plan->creates + plan->reapplied);
	error = fixture->error;
	assert_int_equal(differences(fixture) > 0, rc != BOBOLINK_OK);
	fixture->error = error;
	bobolink_repair_free(plan);
}

struct damage {
	const char *sql;
	const char *sqlite;
	const char *postgres; /* NULL: the same */
};

static const struct damage damages[] = {
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
		repairs(fixture, damages[i].sql,
			postgres && damages[i].postgres ? damages[i].postgres : damages[i].sqlite,
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
	repairs(fixture,
		"DROP INDEX users_by_name; DROP INDEX orders_by_user; INSERT INTO users (id, name) "
		"VALUES (2, 'Ada')",
		"create index orders.orders_by_user; create index users.users_by_name",
		BOBOLINK_DRIFT);
	fixture_told(fixture, BOBOLINK_DRIFT, "users.users_by_name");
	assert_int_equal(differences(fixture), 1);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM bobolink_log WHERE event = "
						 "'drift' AND detail LIKE '%not made again%'"),
			 1);
	fixture_run(fixture, "DELETE FROM users WHERE id = 2");
	repairs(fixture, "SELECT 1", "create index users.users_by_name", BOBOLINK_OK);
}

static void what_is_there_is_never_changed(void **state)
{
	struct fixture *fixture = *state;

	set_up(fixture, BOBOLINK_HEAD);
	repairs(fixture,
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
	repairs(fixture, "DROP TABLE totals", "reapply 5; reapply 6", BOBOLINK_OK);
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
	plan = plan_of(fixture);
	assert_int_equal(plan->count, 2);
	assert_non_null(strstr(plan->items[0].reason, "write data and run again: 1"));
	assert_non_null(strstr(plan->items[1].reason, "write data and run again: 1"));
	bobolink_repair_free(plan);
}

static void what_older_ones_made_is_made_first(void **state)
{
	struct fixture *fixture = *state;

	set_up(fixture, BOBOLINK_HEAD);
	repairs(fixture, "DROP TABLE totals; DROP INDEX orders_by_user",
		"create index orders.orders_by_user; reapply 5; reapply 6", BOBOLINK_OK);
}

static void a_database_that_lost_everything_is_made_anew(void **state)
{
	struct fixture *fixture = *state;

	set_up(fixture, BOBOLINK_HEAD);
	repairs(fixture,
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
	repairs(fixture, "DROP TABLE totals",
		"create table totals; create index totals.totals_by_day", BOBOLINK_OK);
}

static void one_that_can_destroy_rows_is_not_applied_again(void **state)
{
	struct fixture *fixture = *state;

	set_up(fixture, BOBOLINK_HEAD);
	hand_set_losses(fixture->set, "table legacy\tSELECT count(*) FROM totals\n");
	bobolink_close(fixture->session);
	fixture_open(fixture);
	repairs(fixture, "DROP TABLE totals",
		"create table totals; create index totals.totals_by_day", BOBOLINK_OK);
}

/* --- versions below the last one ------------------------------------------------------------- */

static void at_an_older_version_what_belongs_to_it_is_made(void **state)
{
	struct fixture *fixture = *state;
	bool postgres = strcmp(engine()->name, "postgres") == 0;

	set_up(fixture, 2);
	fixture_run(fixture, "INSERT INTO users (id, name) VALUES (7, 'Bob')");
	repairs(fixture, "DROP INDEX orders_by_user", "create index orders.orders_by_user",
		BOBOLINK_OK);
	/* users as it was before migration 3 added a column to it, which the text of today has. */
	repairs(fixture, "UPDATE orders SET user_id = NULL; DROP TABLE orders; DROP TABLE users",
		"reapply 1; reapply 2", BOBOLINK_OK);
	fixture_run(fixture, "UPDATE bobolink_history SET status = 'baseline' WHERE "
			     "status = 'applied'");
	repairs(fixture, "DROP TABLE orders; DROP TABLE users",
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
	plan = plan_of(fixture);
	/* Another one is at it: the schema is not what was looked at. */
	fixture_run(fixture, "CREATE VIEW ada AS SELECT 1 AS id");
	assert_int_equal(bobolink_repair(fixture->session, plan, NULL, &fixture->error),
			 BOBOLINK_PLAN_CHANGED);
	assert_int_equal(differences(fixture), 2);
	bobolink_repair_free(plan);
	repairs(fixture, "DROP VIEW ada", "create view ada; create index orders.orders_by_user",
		BOBOLINK_OK);
	fixture_run(fixture, "DROP INDEX orders_by_user");
	plan = plan_of(fixture);
	fixture_run(fixture, "UPDATE bobolink_head SET revision = revision + 1");
	assert_int_equal(bobolink_repair(fixture->session, plan, NULL, &fixture->error),
			 BOBOLINK_PLAN_CHANGED);
	assert_int_equal(differences(fixture), 1);
	bobolink_repair_free(plan);
}

static void a_plan_outlives_its_session(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_repair *plan;

	set_up(fixture, BOBOLINK_HEAD);
	fixture_run(fixture, "DROP INDEX orders_by_user; DROP TABLE totals");
	plan = plan_of(fixture);
	bobolink_close(fixture->session);
	fixture_open(fixture);
	assert_int_equal(bobolink_repair(fixture->session, plan, NULL, &fixture->error),
			 BOBOLINK_OK);
	bobolink_repair_free(plan);
	assert_int_equal(differences(fixture), 0);
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
	plan = plan_of(fixture);
	assert_int_equal(bobolink_repair(fixture->session, plan, NULL, &fixture->error),
			 BOBOLINK_INTERRUPTED);
	bobolink_repair_free(plan);
	assert_int_equal(differences(fixture), 2);
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
	assert_int_equal(differences(fixture), 2);
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
	assert_int_equal(differences(fixture), 0);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM bobolink_log WHERE event = "
						 "'repaired'"),
			 3);
	fixture_run(fixture, "DROP VIEW ada; DROP INDEX orders_by_user");
	restart(fixture, 1, BOBOLINK_DRIFT);
	assert_int_equal(differences(fixture), 1);
}

static void a_start_repairs_before_it_migrates(void **state)
{
	struct fixture *fixture = *state;

	set_up(fixture, 2);
	fixture_run(fixture, "DROP INDEX orders_by_user");
	restart(fixture, 1, BOBOLINK_OK);
	assert_int_equal(differences(fixture), 0);
	fixture_says(fixture, "SELECT count(*) FROM totals", "1");
}

/* --- what one database alone has ------------------------------------------------------------- */

static const struct learned_migration on_sqlite[] = {
	{ "all",
	  { "CREATE TABLE parent (id INTEGER PRIMARY KEY, code TEXT UNIQUE) STRICT",
	    "CREATE TABLE child (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b INTEGER NOT NULL "
	    "DEFAULT "
	    "5 CHECK (b > 0), c INTEGER REFERENCES parent (id) ON DELETE CASCADE, d TEXT DEFAULT "
	    "CURRENT_TIMESTAMP, e AS (b + 1), f AS (b + 2) STORED, g TEXT UNIQUE)",
	    "CREATE VIRTUAL TABLE words USING fts5(word)",
	    "CREATE TRIGGER remember AFTER INSERT ON child BEGIN UPDATE parent SET code = 'x'; "
	    "END" },
	  { NULL } },
	{ "view",
	  { "CREATE VIEW both AS SELECT a FROM child",
	    "CREATE TRIGGER into_both INSTEAD OF INSERT ON both BEGIN SELECT 1; END" },
	  { NULL } },
};

/* child without one of its columns: the others are as they were. */
#define CHILD_WITHOUT(columns)                                                                    \
	"DROP TRIGGER into_both; DROP VIEW both; DROP TABLE child; CREATE TABLE child (id "       \
	"INTEGER PRIMARY KEY" columns "); CREATE TRIGGER remember AFTER INSERT ON child BEGIN "   \
	"UPDATE parent SET code = 'x'; END; "                                                     \
	"CREATE VIEW both AS SELECT a FROM child; CREATE TRIGGER into_both INSTEAD OF INSERT ON " \
	"both "                                                                                   \
	"BEGIN SELECT 1; END; INSERT INTO child (id) VALUES (1)"
#define A ", a TEXT NOT NULL DEFAULT ''"
#define B ", b INTEGER NOT NULL DEFAULT 5 CHECK (b > 0)"
#define C ", c INTEGER REFERENCES parent (id) ON DELETE CASCADE"
#define D ", d TEXT DEFAULT CURRENT_TIMESTAMP"
#define E ", e AS (b + 1)"
#define F ", f AS (b + 2) STORED"
#define G ", g TEXT UNIQUE"

static const struct damage sqlite_damages[] = {
	{ "DROP TRIGGER remember", "create trigger child.remember", NULL },
	{ "DROP TABLE words", "create virtual-table words", NULL },
	{ "DROP TABLE child", "create table child; create trigger child.remember", NULL },
	{ "DROP VIEW both", "create view both; create trigger both.into_both", NULL },
	{ "DROP TABLE parent", "create table parent", NULL },
};

/* Columns that come with their checks and references, and those that SQLite cannot add. */
static const struct damage sqlite_columns[] = {
	{ CHILD_WITHOUT(A C D G),
	  "create column child.b; create column child.e; leave column child.a; leave column "
	  "child.f",
	  NULL },
	{ CHILD_WITHOUT(A B D E F G), "create column child.c; leave column child.a", NULL },
	{ CHILD_WITHOUT(A B C E F G), "leave column child.a; leave column child.d", NULL },
	{ CHILD_WITHOUT(A B C D F G), "create column child.e; leave column child.a", NULL },
	{ CHILD_WITHOUT(A B C D E G), "leave column child.a; leave column child.f", NULL },
	{ CHILD_WITHOUT(A B C D E F),
	  "leave column child.a; leave column child.g; leave unique child(g)", NULL },
};

static void on_sqlite_every_kind_is_made_again(void **state)
{
	struct fixture *fixture = *state;

	if (strcmp(engine()->name, "sqlite") != 0)
		return;
	fixture_replace_set(fixture,
			    learned_set(fixture->directory, "shop", on_sqlite, COUNT(on_sqlite)));
	fixture->options.validate = BOBOLINK_VALIDATE_OFF;
	fixture_open(fixture);
	assert_int_equal(bobolink_apply(fixture->session, BOBOLINK_HEAD, NULL, &fixture->error),
			 BOBOLINK_OK);
	for (uint32_t i = 0; i < COUNT(sqlite_damages); i++)
		repairs(fixture, sqlite_damages[i].sql, sqlite_damages[i].sqlite, BOBOLINK_OK);
	for (uint32_t i = 0; i < COUNT(sqlite_columns); i++)
		repairs(fixture, sqlite_columns[i].sql, sqlite_columns[i].sqlite, BOBOLINK_DRIFT);
}

/* One statement for the runtime. */
#define MANY(sql) "DO $do$ BEGIN " sql "; END $do$"

static const struct learned_migration on_postgres[] = {
	{ "base",
	  { MANY("CREATE SCHEMA admin; CREATE TYPE mood AS ENUM ('ok', 'bad'); CREATE DOMAIN short "
		 "AS "
		 "varchar(9) DEFAULT 'x' CHECK (VALUE <> ''); CREATE TYPE pair AS (a int, b text); "
		 "CREATE TYPE "
		 "span AS RANGE (SUBTYPE = int4); CREATE SEQUENCE numbers INCREMENT BY 5"),
	    MANY("CREATE FUNCTION twice(x int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT x * "
		 "2'; CREATE "
		 "FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; "
		 "CREATE "
		 "AGGREGATE sum2(int) "
		 "(SFUNC = int4pl, STYPE = int)"),
	    MANY("CREATE TABLE things (id serial PRIMARY KEY, code int GENERATED ALWAYS AS "
		 "IDENTITY, m mood "
		 "NOT NULL DEFAULT 'ok', s short, p pair, n int DEFAULT nextval('numbers'), t int "
		 "GENERATED "
		 "ALWAYS AS (twice(3)) STORED, u text UNIQUE, r int4range, CONSTRAINT apart "
		 "EXCLUDE USING gist "
		 "(r WITH &&)); CREATE TABLE admin.notes (id bigint PRIMARY KEY, thing int "
		 "REFERENCES things, "
		 "body text)"),
	    "CREATE PROCEDURE tidy() LANGUAGE sql AS 'SELECT count(*) FROM things'" },
	  { NULL } },
	{ "rest",
	  { MANY("ALTER SEQUENCE things_id_seq RENAME TO counted; ALTER TABLE admin.notes ADD "
		 "CONSTRAINT "
		 "filled CHECK (body <> '') NOT VALID; CREATE INDEX lower_body ON admin.notes "
		 "(lower(body)) "
		 "WHERE thing > 0; CREATE VIEW moods AS SELECT m FROM things; CREATE MATERIALIZED "
		 "VIEW counts "
		 "AS SELECT count(*) AS c FROM things; CREATE UNIQUE INDEX counts_c ON counts (c)"),
	    MANY("CREATE TRIGGER note BEFORE INSERT ON things FOR EACH ROW EXECUTE FUNCTION "
		 "noted(); CREATE "
		 "RULE quiet AS ON DELETE TO admin.notes DO INSTEAD NOTHING; ALTER TABLE "
		 "admin.notes ENABLE "
		 "ROW LEVEL SECURITY; CREATE POLICY mine ON admin.notes FOR SELECT USING (thing > "
		 "1)"),
	    MANY("CREATE TABLE days (day int NOT NULL, x text) PARTITION BY RANGE (day); CREATE "
		 "TABLE days_1 "
		 "PARTITION OF days FOR VALUES FROM (1) TO (9); CREATE INDEX days_x ON days (x)") },
	  { NULL } },
	{ "last", { "CREATE TABLE final (x int)" }, { NULL } },
};

static const char *const postgres_damages[] = {
	"DROP TYPE mood CASCADE", /* a column with it */
	"DROP DOMAIN short CASCADE",
	"DROP TYPE pair CASCADE",
	"DROP TYPE span",
	"DROP FUNCTION noted() CASCADE",
	"DROP PROCEDURE tidy()",
	"DROP AGGREGATE sum2(int)",
	"DROP TABLE things CASCADE",
	"DROP SCHEMA admin CASCADE",
	"ALTER TABLE things DROP COLUMN id CASCADE",
	"ALTER TABLE things DROP COLUMN code, DROP COLUMN r",
	"ALTER TABLE things DROP CONSTRAINT apart, DROP CONSTRAINT things_u_key",
	"ALTER TABLE admin.notes DROP CONSTRAINT filled, DROP CONSTRAINT notes_thing_fkey",
	"DROP INDEX admin.lower_body",
	"DROP VIEW moods",
	"DROP MATERIALIZED VIEW counts",
	"DROP TRIGGER note ON things",
	"DROP RULE quiet ON admin.notes",
	"ALTER TABLE admin.notes DISABLE ROW LEVEL SECURITY",
	"DROP POLICY mine ON admin.notes",
	"DROP TABLE days",
	"DROP TABLE days_1",
	"DROP INDEX days_x",
	"ALTER TABLE days DROP COLUMN x",
	"DROP SCHEMA admin CASCADE; DROP TABLE things CASCADE; DROP TABLE days; DROP TYPE mood, "
	"pair, "
	"span; DROP DOMAIN short; DROP SEQUENCE numbers; DROP FUNCTION twice(int), noted(); DROP "
	"PROCEDURE tidy()",
};

static void on_postgres_every_kind_is_made_again(void **state)
{
	struct fixture *fixture = *state;

	if (strcmp(engine()->name, "postgres") != 0)
		return;
	fixture_replace_set(fixture, learned_set(fixture->directory, "shop", on_postgres,
						 COUNT(on_postgres)));
	fixture->options.validate = BOBOLINK_VALIDATE_OFF;
	fixture_open(fixture);
	if (bobolink_apply(fixture->session, BOBOLINK_HEAD, NULL, &fixture->error))
		fail_msg("%s", fixture->error.message);
	for (uint32_t i = 0; i < COUNT(postgres_damages); i++) {
		struct bobolink_repair *plan;

		fixture_run(fixture, postgres_damages[i]);
		assert_true(differences(fixture) > 0);
		plan = plan_of(fixture);
		if (plan->left || plan->reapplied)
			fail_msg("%s: %s", postgres_damages[i], text_of(plan));
		if (bobolink_repair(fixture->session, plan, NULL, &fixture->error))
			fail_msg("%s: %s: %s", postgres_damages[i], text_of(plan),
				 fixture->error.message);
		bobolink_repair_free(plan);
		assert_int_equal(differences(fixture), 0);
	}
	/* The path that the program has is as it was. */
	fixture_says(fixture, "SELECT current_setting('search_path')", "\"$user\", public");
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
		FIXTURE_TEST(at_an_older_version_what_belongs_to_it_is_made),
		FIXTURE_TEST(a_plan_that_is_no_longer_true_does_nothing),
		FIXTURE_TEST(a_plan_outlives_its_session),
		FIXTURE_TEST(a_repair_that_is_stopped_leaves_nothing),
		FIXTURE_TEST(a_start_makes_tables_columns_and_indexes),
		FIXTURE_TEST(a_start_repairs_by_itself_where_it_is_told_to),
		FIXTURE_TEST(a_start_repairs_before_it_migrates),
		FIXTURE_TEST(on_sqlite_every_kind_is_made_again),
		FIXTURE_TEST(on_postgres_every_kind_is_made_again),
	};

	return engine_run_group_tests(tests);
}
