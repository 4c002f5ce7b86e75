/* Drift of the kinds of objects that PostgreSQL alone has. Each is damaged, told, and put back. */
#include <bobolink/postgres.h>
#include <bobolink/schema.h>

#include "drifting.h"

static const struct learned_migration reports[] = {
	{ "types",
	  { "CREATE SCHEMA reports", "CREATE TYPE mood AS ENUM ('sad', 'ok')",
	    "CREATE DOMAIN positive AS integer CHECK (VALUE > 0)", "CREATE SEQUENCE numbers" },
	  { NULL } },
	{ "daily",
	  { "CREATE TABLE reports.daily (day date PRIMARY KEY, m public.mood, n public.positive, "
	    "CONSTRAINT n_small CHECK (n < 100), CONSTRAINT n_once UNIQUE (n))",
	    "CREATE MATERIALIZED VIEW reports.sums AS SELECT sum(n) AS n FROM reports.daily",
	    "ALTER TABLE reports.daily ENABLE ROW LEVEL SECURITY",
	    "CREATE POLICY all_of_it ON reports.daily USING (true)",
	    "CREATE RULE keep AS ON DELETE TO reports.daily DO INSTEAD NOTHING" },
	  { NULL } },
	{ "functions",
	  { "CREATE FUNCTION twice(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1 * 2'",
	    "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
	    "CREATE TRIGGER touched BEFORE UPDATE ON reports.daily FOR EACH ROW EXECUTE FUNCTION "
	    "touch()",
	    "CREATE PROCEDURE nothing() LANGUAGE sql AS ''" },
	  { NULL } },
	{ "options",
	  { "CREATE VIEW reports.days AS SELECT day FROM reports.daily",
	    "CREATE INDEX \"by WITH (m='1'\" ON reports.daily (m) WHERE n > 1",
	    "CREATE TABLE reports.parts (a integer) PARTITION BY HASH (a)",
	    "CREATE TABLE reports.part PARTITION OF reports.parts FOR VALUES WITH (MODULUS 2, "
	    "REMAINDER 0)" },
	  { NULL } },
};

struct damage {
	const char *sql;
	const char *drift;
	const char *undo;
};

static const struct damage damages[] = {
	{ "DROP SEQUENCE numbers", "missing sequence numbers 1\n", "CREATE SEQUENCE numbers" },
	{ "ALTER SEQUENCE numbers INCREMENT 2", "changed sequence numbers 1\n",
	  "ALTER SEQUENCE numbers INCREMENT 1" },
	{ "ALTER DOMAIN positive SET NOT NULL", "changed domain positive 1\n",
	  "ALTER DOMAIN positive DROP NOT NULL" },
	{ "ALTER TABLE reports.daily DROP CONSTRAINT n_small",
	  "missing check reports.daily.n_small 2\n",
	  "ALTER TABLE reports.daily ADD CONSTRAINT n_small CHECK (n < 100)" },
	{ "ALTER TABLE reports.daily DROP CONSTRAINT n_small, ADD CONSTRAINT n_small CHECK (n < 9)",
	  "changed check reports.daily.n_small 2\n",
	  "ALTER TABLE reports.daily DROP CONSTRAINT n_small, ADD CONSTRAINT n_small CHECK (n < "
	  "100)" },
	{ "ALTER TABLE reports.daily DROP CONSTRAINT n_once",
	  "missing unique reports.daily.n_once 2\n",
	  "ALTER TABLE reports.daily ADD CONSTRAINT n_once UNIQUE (n)" },
	{ "ALTER TABLE reports.daily ALTER n SET DEFAULT 5", "changed column reports.daily.n 2\n",
	  "ALTER TABLE reports.daily ALTER n DROP DEFAULT" },
	{ "ALTER TABLE reports.daily ALTER m TYPE text", "changed column reports.daily.m 2\n",
	  "ALTER TABLE reports.daily ALTER m TYPE mood USING m::mood" },
	{ "DROP MATERIALIZED VIEW reports.sums", "missing materialized-view reports.sums 2\n",
	  "CREATE MATERIALIZED VIEW reports.sums AS SELECT sum(n) AS n FROM reports.daily" },
	{ "ALTER TABLE reports.daily DISABLE ROW LEVEL SECURITY",
	  "missing row-security reports.daily.row-security 2\n",
	  "ALTER TABLE reports.daily ENABLE ROW LEVEL SECURITY" },
	{ "DROP POLICY all_of_it ON reports.daily", "missing policy reports.daily.all_of_it 2\n",
	  "CREATE POLICY all_of_it ON reports.daily USING (true)" },
	{ "DROP RULE keep ON reports.daily", "missing rule reports.daily.keep 2\n",
	  "CREATE RULE keep AS ON DELETE TO reports.daily DO INSTEAD NOTHING" },
	{ "DROP TRIGGER touched ON reports.daily", "missing trigger reports.daily.touched 3\n",
	  "CREATE TRIGGER touched BEFORE UPDATE ON reports.daily FOR EACH ROW EXECUTE FUNCTION "
	  "touch()" },
	{ "ALTER TABLE reports.daily DISABLE TRIGGER touched",
	  "changed trigger reports.daily.touched 3\n",
	  "ALTER TABLE reports.daily ENABLE TRIGGER touched" },
	{ "CREATE OR REPLACE FUNCTION twice(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1 * "
	  "3'",
	  "changed function twice(integer) 3\n",
	  "CREATE OR REPLACE FUNCTION twice(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1 * "
	  "2'" },
	{ "DROP PROCEDURE nothing()", "missing procedure nothing() 3\n",
	  "CREATE PROCEDURE nothing() LANGUAGE sql AS ''" },
	{ "CREATE SCHEMA other; CREATE TABLE other.t (x int)",
	  "extra schema other -1\nextra table other.t -1\nextra column other.t.x -1\n",
	  "DROP SCHEMA other CASCADE" },
	/* Who tunes a database changes nothing that migrations make; a view's parameters do. */
	{ "ALTER TABLE reports.daily SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01);"
	  "ALTER INDEX reports.n_once SET (fillfactor = 50);"
	  "ALTER INDEX reports.daily_pkey SET (deduplicate_items = off);"
	  "ALTER INDEX reports.\"by WITH (m='1'\" SET (fillfactor = 60);"
	  "ALTER MATERIALIZED VIEW reports.sums SET (autovacuum_enabled = off)",
	  "",
	  "ALTER TABLE reports.daily RESET (fillfactor, autovacuum_vacuum_scale_factor);"
	  "ALTER INDEX reports.\"by WITH (m='1'\" RESET (fillfactor)" },
	{ "ALTER VIEW reports.days SET (security_barrier)", "changed view reports.days 4\n",
	  "ALTER VIEW reports.days RESET (security_barrier)" },
	{ "DROP TABLE reports.part; CREATE TABLE reports.part PARTITION OF reports.parts "
	  "FOR VALUES WITH (MODULUS 2, REMAINDER 1)",
	  "changed table reports.part 4\n",
	  "DROP TABLE reports.part; CREATE TABLE reports.part PARTITION OF reports.parts "
	  "FOR VALUES WITH (MODULUS 2, REMAINDER 0)" },
	/* There is no way back. */
	{ "ALTER TYPE mood ADD VALUE 'great'", "changed enum mood 1\n", NULL },
};

static void every_kind_of_object_is_told(void **state)
{
	struct fixture *fixture = *state;

	fixture_replace_set(fixture, learned_set(fixture->directory, "shop", reports,
						 sizeof(reports) / sizeof(reports[0])));
	fixture->options.validate = BOBOLINK_VALIDATE_OFF;
	fixture_open(fixture);
	assert_int_equal(bobolink_boot(fixture->session, &fixture->error), BOBOLINK_OK);
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		drifting_without(fixture);
		fixture_run(fixture, damages[i].sql);
		drifting_says(fixture, damages[i].drift);
		if (damages[i].undo)
			fixture_run(fixture, damages[i].undo);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(every_kind_of_object_is_told),
	};

	return engine_run_group_tests_on("postgres", tests);
}
