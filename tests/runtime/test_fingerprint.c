/*
 * The fingerprint of a schema: which changes, made by another session that is over, show in it.
 *
 * What does not show is listed as such, and named in the documentation: whoever needs it seen compares in full. A test
 * fails as well when something shows that is said to be a blind spot, so that the lists stay true.
 */
#include <stdio.h>
#include <string.h>

#include "fixture.h"
#include "session.h"

/*
 * Since which version of the server or library it shows. Servers before 15 have another fingerprint, which sees what
 * touches pg_class.
 */
#define ALWAYS	 0u
#define NEVER	 UINT32_MAX
#define SINCE_15 150000u

struct change {
	const char *what;
	const char *before; /* "" where nothing must be there */
	const char *change;
	uint32_t shown_since;
};

static const struct change postgres[] = {
	{ "table made", "", "CREATE TABLE a (x integer)", ALWAYS },
	{ "table dropped", "CREATE TABLE a (x integer)", "DROP TABLE a", ALWAYS },
	{ "table renamed", "CREATE TABLE a (x integer)", "ALTER TABLE a RENAME TO b", ALWAYS },
	{ "table moved to a schema", "CREATE TABLE a (x integer); CREATE SCHEMA s",
	  "ALTER TABLE a SET SCHEMA s", ALWAYS },
	{ "table's options", "CREATE TABLE a (x integer)", "ALTER TABLE a SET (fillfactor = 50)",
	  ALWAYS },
	{ "partition attached",
	  "CREATE TABLE a (x integer) PARTITION BY LIST (x); CREATE TABLE b (x integer)",
	  "ALTER TABLE a ATTACH PARTITION b FOR VALUES IN (1)", ALWAYS },
	{ "column added", "CREATE TABLE a (x integer)", "ALTER TABLE a ADD y text", ALWAYS },
	{ "column dropped", "CREATE TABLE a (x integer, y text)", "ALTER TABLE a DROP y",
	  SINCE_15 },
	{ "column renamed", "CREATE TABLE a (x integer)", "ALTER TABLE a RENAME x TO y", SINCE_15 },
	{ "column's type", "CREATE TABLE a (x integer)", "ALTER TABLE a ALTER x TYPE bigint",
	  ALWAYS },
	{ "column's length", "CREATE TABLE a (x varchar(10))",
	  "ALTER TABLE a ALTER x TYPE varchar(20)", SINCE_15 },
	{ "column's default set", "CREATE TABLE a (x integer)",
	  "ALTER TABLE a ALTER x SET DEFAULT 1", SINCE_15 },
	{ "column's default changed", "CREATE TABLE a (x integer DEFAULT 1)",
	  "ALTER TABLE a ALTER x SET DEFAULT 2", SINCE_15 },
	{ "column's default dropped", "CREATE TABLE a (x integer DEFAULT 1)",
	  "ALTER TABLE a ALTER x DROP DEFAULT", SINCE_15 },
	{ "column NOT NULL", "CREATE TABLE a (x integer)", "ALTER TABLE a ALTER x SET NOT NULL",
	  SINCE_15 },
	{ "column's NOT NULL dropped", "CREATE TABLE a (x integer NOT NULL)",
	  "ALTER TABLE a ALTER x DROP NOT NULL", SINCE_15 },
	{ "column an identity", "CREATE TABLE a (x integer NOT NULL)",
	  "ALTER TABLE a ALTER x ADD GENERATED ALWAYS AS IDENTITY", ALWAYS },
	{ "primary key", "CREATE TABLE a (x integer NOT NULL)", "ALTER TABLE a ADD PRIMARY KEY (x)",
	  ALWAYS },
	{ "unique constraint", "CREATE TABLE a (x integer)", "ALTER TABLE a ADD UNIQUE (x)",
	  ALWAYS },
	{ "exclusion", "CREATE TABLE a (x int4range)",
	  "ALTER TABLE a ADD EXCLUDE USING gist (x WITH &&)", ALWAYS },
	{ "foreign key", "CREATE TABLE a (x integer PRIMARY KEY); CREATE TABLE b (y integer)",
	  "ALTER TABLE b ADD FOREIGN KEY (y) REFERENCES a", ALWAYS },
	{ "foreign key validated",
	  "CREATE TABLE a (x integer PRIMARY KEY); CREATE TABLE b (y integer); "
	  "ALTER TABLE b ADD CONSTRAINT f FOREIGN KEY (y) REFERENCES a NOT VALID",
	  "ALTER TABLE b VALIDATE CONSTRAINT f", SINCE_15 },
	{ "check", "CREATE TABLE a (x integer)", "ALTER TABLE a ADD CHECK (x > 0)", ALWAYS },
	{ "constraint dropped", "CREATE TABLE a (x integer CONSTRAINT c CHECK (x > 0))",
	  "ALTER TABLE a DROP CONSTRAINT c", ALWAYS },
	{ "constraint renamed", "CREATE TABLE a (x integer CONSTRAINT c CHECK (x > 0))",
	  "ALTER TABLE a RENAME CONSTRAINT c TO d", SINCE_15 },
	{ "index made", "CREATE TABLE a (x integer)", "CREATE INDEX i ON a (x)", ALWAYS },
	{ "index dropped", "CREATE TABLE a (x integer); CREATE INDEX i ON a (x)", "DROP INDEX i",
	  ALWAYS },
	{ "index renamed", "CREATE TABLE a (x integer); CREATE INDEX i ON a (x)",
	  "ALTER INDEX i RENAME TO j", ALWAYS },
	{ "trigger made",
	  "CREATE TABLE a (x integer); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS "
	  "'BEGIN RETURN NEW; END'",
	  "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION f()", ALWAYS },
	{ "trigger replaced by another one",
	  "CREATE TABLE a (x integer); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS "
	  "'BEGIN RETURN NEW; END'; "
	  "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION f()",
	  "DROP TRIGGER t ON a; "
	  "CREATE TRIGGER t AFTER INSERT ON a FOR EACH ROW EXECUTE FUNCTION f()",
	  SINCE_15 },
	{ "trigger disabled",
	  "CREATE TABLE a (x integer); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS "
	  "'BEGIN RETURN NEW; END'; "
	  "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION f()",
	  "ALTER TABLE a DISABLE TRIGGER t", SINCE_15 },
	{ "view made", "", "CREATE VIEW v AS SELECT 1 AS x", ALWAYS },
	{ "view replaced", "CREATE VIEW v AS SELECT 1 AS x",
	  "CREATE OR REPLACE VIEW v AS SELECT 2 AS x", ALWAYS },
	{ "view dropped", "CREATE VIEW v AS SELECT 1 AS x", "DROP VIEW v", ALWAYS },
	{ "materialized view made", "", "CREATE MATERIALIZED VIEW v AS SELECT 1 AS x", ALWAYS },
	{ "rule made", "CREATE TABLE a (x integer)",
	  "CREATE RULE r AS ON DELETE TO a DO INSTEAD NOTHING", ALWAYS },
	{ "rule replaced",
	  "CREATE TABLE a (x integer); CREATE RULE r AS ON DELETE TO a DO INSTEAD NOTHING",
	  "CREATE OR REPLACE RULE r AS ON DELETE TO a DO ALSO NOTHING", SINCE_15 },
	{ "schema made", "", "CREATE SCHEMA s", NEVER },
	{ "schema dropped", "CREATE SCHEMA s", "DROP SCHEMA s", NEVER },
	{ "schema renamed", "CREATE SCHEMA s", "ALTER SCHEMA s RENAME TO r", NEVER },
	{ "enumeration made", "", "CREATE TYPE e AS ENUM ('a')", SINCE_15 },
	{ "enumeration's value added", "CREATE TYPE e AS ENUM ('a')", "ALTER TYPE e ADD VALUE 'b'",
	  SINCE_15 },
	{ "enumeration's value renamed", "CREATE TYPE e AS ENUM ('a')",
	  "ALTER TYPE e RENAME VALUE 'a' TO 'b'", NEVER },
	{ "domain made", "", "CREATE DOMAIN d AS integer", SINCE_15 },
	{ "domain's check", "CREATE DOMAIN d AS integer", "ALTER DOMAIN d ADD CHECK (VALUE > 0)",
	  SINCE_15 },
	{ "domain's default", "CREATE DOMAIN d AS integer", "ALTER DOMAIN d SET DEFAULT 1",
	  SINCE_15 },
	{ "domain NOT NULL", "CREATE DOMAIN d AS integer", "ALTER DOMAIN d SET NOT NULL", NEVER },
	{ "composite made", "", "CREATE TYPE c AS (x integer)", ALWAYS },
	{ "composite's attribute added", "CREATE TYPE c AS (x integer)",
	  "ALTER TYPE c ADD ATTRIBUTE y text", ALWAYS },
	{ "range made", "", "CREATE TYPE r AS RANGE (subtype = float8)", SINCE_15 },
	{ "sequence made", "", "CREATE SEQUENCE q", ALWAYS },
	{ "sequence changed", "CREATE SEQUENCE q", "ALTER SEQUENCE q INCREMENT BY 2", ALWAYS },
	{ "row security", "CREATE TABLE a (x integer)", "ALTER TABLE a ENABLE ROW LEVEL SECURITY",
	  ALWAYS },
	{ "policy made", "CREATE TABLE a (x integer)", "CREATE POLICY p ON a USING (x > 0)",
	  SINCE_15 },
	{ "policy changed", "CREATE TABLE a (x integer); CREATE POLICY p ON a USING (x > 0)",
	  "ALTER POLICY p ON a USING (x > 1)", SINCE_15 },
	{ "function made", "", "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
	  SINCE_15 },
	{ "function replaced", "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
	  "CREATE OR REPLACE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 2'", SINCE_15 },
	{ "function dropped", "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
	  "DROP FUNCTION f()", SINCE_15 },
	{ "procedure made", "", "CREATE PROCEDURE f() LANGUAGE sql AS 'SELECT 1'", SINCE_15 },
	{ "aggregate made", "", "CREATE AGGREGATE g (integer) (sfunc = int4pl, stype = integer)",
	  SINCE_15 },
	{ "extension made", "", "CREATE EXTENSION dblink", ALWAYS },
};

static const struct change sqlite[] = {
	{ "table made", "", "CREATE TABLE a (x INTEGER)", ALWAYS },
	{ "table dropped", "CREATE TABLE a (x INTEGER)", "DROP TABLE a", ALWAYS },
	{ "table renamed", "CREATE TABLE a (x INTEGER)", "ALTER TABLE a RENAME TO b", ALWAYS },
	{ "column added", "CREATE TABLE a (x INTEGER)", "ALTER TABLE a ADD y TEXT", ALWAYS },
	{ "column renamed", "CREATE TABLE a (x INTEGER)", "ALTER TABLE a RENAME x TO y", ALWAYS },
	{ "column dropped", "CREATE TABLE a (x INTEGER, y TEXT)", "ALTER TABLE a DROP y", ALWAYS },
	{ "index made", "CREATE TABLE a (x INTEGER)", "CREATE UNIQUE INDEX i ON a (x)", ALWAYS },
	{ "index dropped", "CREATE TABLE a (x INTEGER); CREATE INDEX i ON a (x)", "DROP INDEX i",
	  ALWAYS },
	{ "trigger made", "CREATE TABLE a (x INTEGER)",
	  "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END", ALWAYS },
	{ "trigger dropped",
	  "CREATE TABLE a (x INTEGER); CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END",
	  "DROP TRIGGER t", ALWAYS },
	{ "view made", "", "CREATE VIEW v AS SELECT 1 AS x", ALWAYS },
	{ "view dropped", "CREATE VIEW v AS SELECT 1 AS x", "DROP VIEW v", ALWAYS },
	{ "virtual table made", "", "CREATE VIRTUAL TABLE f USING fts5 (x)", ALWAYS },
	{ "schema written by hand", "CREATE TABLE a (x INTEGER)",
	  "PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = 'CREATE TABLE a (y TEXT)' "
	  "WHERE name = 'a'",
	  NEVER },
};

static void remember(char *text, size_t size, const char *value)
{
	snprintf(text, size, "%s", value);
}

static const char *fingerprint(struct fixture *fixture)
{
	char sql[1200];

	snprintf(sql, sizeof(sql), "SELECT %s",
		 engine()->backend()->fingerprint(fixture->session->connection));
	return fixture_text(fixture, sql);
}

static bool is_postgres(void)
{
	return engine()->backend()->dialect == BOBOLINK_DIALECT_POSTGRES;
}

static void elsewhere(struct fixture *fixture, const char *sql)
{
	void *db = engine()->open(fixture->url);

	engine()->run(db, sql);
	engine()->close(db);
	fixture_await_others(fixture);
}

/* Each on a database of its own, where nothing else happens. */
static bool shows(const struct change *change)
{
	struct fixture *fixture;
	void *state = NULL;
	char before[300];
	bool differs;

	assert_int_equal(fixture_setup(&state), 0);
	fixture = state;
	if (*change->before)
		elsewhere(fixture, change->before);
	fixture_open(fixture);
	remember(before, sizeof(before), fingerprint(fixture));
	assert_true(*before);
	/* Nothing happened: nothing shows. */
	assert_string_equal(fingerprint(fixture), before);
	elsewhere(fixture, change->change);
	differs = strcmp(fingerprint(fixture), before) != 0;
	fixture_teardown(&state);
	return differs;
}

static void each_change_shows_or_is_a_known_blind_spot(void **state)
{
	const struct change *changes = is_postgres() ? postgres : sqlite;
	size_t count = is_postgres() ? sizeof(postgres) / sizeof(postgres[0])
				     : sizeof(sqlite) / sizeof(sqlite[0]);
	struct fixture *fixture = *state;
	uint32_t version;
	unsigned wrong = 0;

	fixture_open(fixture);
	version = engine()->backend()->version(fixture->session->connection);
	for (size_t i = 0; i < count; i++) {
		bool expected =
			changes[i].shown_since <= version && changes[i].shown_since != NEVER;

		if (shows(&changes[i]) == expected)
			continue;
		print_error("%s: %s\n", changes[i].what,
			    expected ? "does not show" : "shows, and is said to be a blind spot");
		wrong++;
	}
	printf("sweep: %s: %zu changes of a schema, %u not as documented\n", engine()->name, count,
	       wrong);
	assert_int_equal(wrong, 0);
}

/* Rows, statistics and maintenance are no change of the schema. */
static void work_with_rows_does_not_show(void **state)
{
	struct fixture *fixture = *state;
	char before[300];

	elsewhere(fixture, "CREATE TABLE a (x integer PRIMARY KEY, y text)");
	fixture_open(fixture);
	remember(before, sizeof(before), fingerprint(fixture));
	elsewhere(fixture, "INSERT INTO a VALUES (1, 'one'), (2, 'two'); UPDATE a SET y = 'x'; "
			   "DELETE FROM a WHERE x = 1");
	assert_string_equal(fingerprint(fixture), before);
}

static void maintenance_does_not_show_on_a_server(void **state)
{
	struct fixture *fixture = *state;
	char before[300];

	if (!is_postgres())
		skip();
	elsewhere(fixture, "CREATE TABLE a (x integer PRIMARY KEY, y text); INSERT INTO a SELECT "
			   "generate_series(1, 1000)");
	fixture_open(fixture);
	remember(before, sizeof(before), fingerprint(fixture));
	elsewhere(fixture, "ANALYZE");
	assert_string_equal(fingerprint(fixture), before);
	elsewhere(fixture, "DELETE FROM a");
	elsewhere(fixture, "VACUUM FREEZE a");
	assert_string_equal(fingerprint(fixture), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(each_change_shows_or_is_a_known_blind_spot),
		FIXTURE_TEST(work_with_rows_does_not_show),
		FIXTURE_TEST(maintenance_does_not_show_on_a_server),
	};

	return engine_run_group_tests(tests);
}
