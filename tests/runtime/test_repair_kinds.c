/*
 * Repair of every kind of object that only one of the databases has, or treats in its own way.
 */
#include <string.h>

#include "fixture.h"
#include "learned_set.h"
#include "repairs.h"

#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))

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

static const struct repairs_damage sqlite_damages[] = {
	{ "DROP TRIGGER remember", "create trigger child.remember", NULL },
	{ "DROP TABLE words", "create virtual-table words", NULL },
	{ "DROP TABLE child", "create table child; create trigger child.remember", NULL },
	{ "DROP VIEW both", "create view both; create trigger both.into_both", NULL },
	{ "DROP TABLE parent", "create table parent", NULL },
};

/* Columns that come with their checks and references, and those that SQLite cannot add. */
static const struct repairs_damage sqlite_columns[] = {
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
		repairs_after(fixture, sqlite_damages[i].sql, sqlite_damages[i].sqlite,
			      BOBOLINK_OK);
	for (uint32_t i = 0; i < COUNT(sqlite_columns); i++)
		repairs_after(fixture, sqlite_columns[i].sql, sqlite_columns[i].sqlite,
			      BOBOLINK_DRIFT);
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
		 "(SFUNC = int4pl, STYPE = int); CREATE FUNCTION far(timestamp, timestamp, "
		 "timestamp, int) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION "
		 "far(timestamp, timestamp, timestamp, text) RETURNS int LANGUAGE sql AS "
		 "'SELECT 2'"),
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
	"DROP FUNCTION far(timestamp, timestamp, timestamp, text)",
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
		assert_true(repairs_missing(fixture) > 0);
		plan = repairs_plan(fixture);
		if (plan->left || plan->reapplied)
			fail_msg("%s: %s", postgres_damages[i], repairs_text(plan));
		if (bobolink_repair(fixture->session, plan, NULL, &fixture->error))
			fail_msg("%s: %s: %s", postgres_damages[i], repairs_text(plan),
				 fixture->error.message);
		bobolink_repair_free(plan);
		assert_int_equal(repairs_missing(fixture), 0);
	}
	/* The path that the program has is as it was. */
	fixture_says(fixture, "SELECT current_setting('search_path')", "\"$user\", public");
}

/* What writes to a table that is there, and does not say so in its first word. */
static const char *const hidden[] = {
	"DO $$ BEGIN INSERT INTO seen VALUES (2); END $$",
	"CALL see()",
	"SELECT saw()",
	"SELECT * FROM saw()",
	"WITH s AS (SELECT saw() AS x) SELECT x FROM s",
	"EXPLAIN ANALYZE INSERT INTO seen VALUES (2)",
	"INSERT INTO audit SELECT saw()",
	"INSERT INTO audit VALUES (public.saw())",
	"UPDATE audit SET id = \"saw\"()",
	"CREATE TABLE other AS SELECT saw() AS x",
	"CREATE TABLE other AS WITH w AS (INSERT INTO seen VALUES (2) RETURNING x) SELECT x FROM w",
	"CREATE MATERIALIZED VIEW other AS SELECT saw() AS x",
	"ALTER TABLE audit ADD COLUMN x INTEGER DEFAULT saw()",
};

static void what_writes_by_the_way_is_not_applied_again(void **state)
{
	struct fixture *fixture = *state;

	if (strcmp(engine()->name, "postgres") != 0)
		return;
	for (uint32_t i = 0; i < COUNT(hidden); i++) {
		const struct learned_migration migrations[] = {
			{ "seen",
			  { "CREATE TABLE seen (x INTEGER)",
			    "CREATE FUNCTION saw() RETURNS integer LANGUAGE sql AS 'INSERT INTO "
			    "public.seen VALUES (1) RETURNING x'",
			    "CREATE PROCEDURE see() LANGUAGE sql AS 'INSERT INTO public.seen "
			    "VALUES (1)'" },
			  { NULL } },
			{ "audit",
			  { "CREATE TABLE audit (id INTEGER)", "INSERT INTO audit VALUES (0)",
			    hidden[i] },
			  { NULL } },
		};
		struct bobolink_repair *plan;

		fixture_replace_set(fixture,
				    learned_set(fixture->directory, "shop", migrations, 2));
		fixture->options.validate = BOBOLINK_VALIDATE_OFF;
		fixture_open(fixture);
		if (bobolink_apply(fixture->session, BOBOLINK_HEAD, NULL, &fixture->error))
			fail_msg("%s: %s", hidden[i], fixture->error.message);
		if (strstr(hidden[i], "other"))
			fixture_run(fixture, strstr(hidden[i], "VIEW")
						     ? "DROP MATERIALIZED VIEW other"
						     : "DROP TABLE other");
		fixture_run(fixture, "DROP TABLE audit");
		plan = repairs_plan(fixture);
		if (plan->reapplied || !plan->creates)
			fail_msg("%s: %s", hidden[i], repairs_text(plan));
		bobolink_repair_free(plan);
		bobolink_close(fixture->session);
		fixture->session = NULL;
		fixture_run(fixture, "DROP SCHEMA public CASCADE; CREATE SCHEMA public");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(on_sqlite_every_kind_is_made_again),
		FIXTURE_TEST(on_postgres_every_kind_is_made_again),
		FIXTURE_TEST(what_writes_by_the_way_is_not_applied_again),
	};

	return engine_run_group_tests(tests);
}
