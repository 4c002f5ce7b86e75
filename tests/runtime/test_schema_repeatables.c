/*
 * What repeatables and fixes do to the schema, and what is said of it: nothing while nobody knows, and what somebody has done
 * by hand, with the name of the repeatable that made it.
 */
#include <stdio.h>
#include <string.h>

#include <bobolink/operate.h>
#include <bobolink/schema.h>

#include "fixture.h"
#include "hand_scripts.h"
#include "learned_set.h"
#include "repairs.h"

#define MIGRATIONS  3
#define REPEATABLES 2

/* The last one is that of an upgrade; it changes a table below a view. */
static const struct learned_migration migrations[MIGRATIONS] = {
	{ "users",
	  { "CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(40))" },
	  { "DROP TABLE users" } },
	{ "orders",
	  { "CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY, note VARCHAR(40))",
	    "CREATE INDEX orders_by_note ON orders (note)" },
	  { "DROP VIEW IF EXISTS notes", "DROP TABLE orders" } },
	{ "mail",
	  { "ALTER TABLE users ADD COLUMN mail VARCHAR(80)" },
	  { "ALTER TABLE users DROP COLUMN mail" } },
};

#define NAMES(what)                                                                     \
	{                                                                               \
		"names", { "DROP VIEW IF EXISTS names", "CREATE VIEW names AS " what }, \
		{                                                                       \
			NULL                                                            \
		}                                                                       \
	}
#define NOTES                                                                                   \
	{                                                                                       \
		"notes",                                                                        \
			{ "DROP VIEW IF EXISTS notes", "CREATE VIEW notes AS SELECT note FROM " \
						       "orders" },                              \
		{                                                                               \
			NULL                                                                    \
		}                                                                               \
	}

static const struct learned_migration first_text[REPEATABLES] = { NAMES("SELECT * FROM users"),
								  NOTES };
static const struct learned_migration second_text[REPEATABLES] = { NAMES("SELECT id FROM users"),
								   NOTES };

static const struct learned_migration audit = { "audit",
						{ "CREATE TABLE audit (x INTEGER)" },
						{ NULL } };

static struct hand_set *make_set(struct fixture *fixture, uint32_t count,
				 const struct learned_migration *repeatables)
{
	struct hand_set *set = learned_set_with(fixture->directory, "shop", migrations, count,
						repeatables, repeatables ? REPEATABLES : 0);

	hand_set_validate(set, bobolink_schema_validate);
	return set;
}

static void use(struct fixture *fixture, uint32_t count,
		const struct learned_migration *repeatables)
{
	fixture_replace_set(fixture, make_set(fixture, count, repeatables));
}

/* What was told of drift. */
static int drifts;
static char last_drift[BOBOLINK_MESSAGE_SIZE];

static void hear(void *context, const struct bobolink_event *event)
{
	(void)context;
	if (event->kind != BOBOLINK_EVENT_DRIFT)
		return;
	drifts++;
	snprintf(last_drift, sizeof(last_drift), "%s", event->detail);
}

/* A new process. */
static int boot(struct fixture *fixture)
{
	bobolink_close(fixture->session);
	fixture->session = NULL;
	engine()->close(fixture->db);
	fixture->db = engine()->open(fixture->url);
	fixture->options.log = hear;
	drifts = 0;
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

static void begin(struct fixture *fixture, uint32_t count,
		  const struct learned_migration *repeatables)
{
	use(fixture, count, repeatables);
	fixture->options.validate = BOBOLINK_VALIDATE_FULL;
	if (boot(fixture))
		fail_msg("%s", fixture->error.message);
}

/* It starts, and nothing is told. */
static void boots(struct fixture *fixture)
{
	if (boot(fixture))
		fail_msg("%s", fixture->error.message);
	if (drifts)
		fail_msg("%s", last_drift);
}

/* Counts in this order: missing, changed, extra. */
static void differs(struct fixture *fixture, const char *expected)
{
	struct bobolink_drift *drift;
	char text[64];

	bobolink_close(fixture->session);
	fixture->session = NULL;
	fixture_open(fixture);
	if (bobolink_drift(fixture->session, &drift, &fixture->error))
		fail_msg("%s", fixture->error.message);
	snprintf(text, sizeof(text), "%u %u %u", (unsigned)drift->missing, (unsigned)drift->changed,
		 (unsigned)drift->extra);
	if (strcmp(text, expected) != 0) {
		char name[200] = "nothing";

		if (drift->count)
			bobolink_object_text(drift->items[0].expected ? drift->items[0].expected
								      : drift->items[0].actual,
					     name, sizeof(name));
		fail_msg("%s, not %s: %s", text, expected, name);
	}
	bobolink_drift_free(drift);
}

/* --- no false alarm -------------------------------------------------------------------------- */

static void what_they_made_is_expected(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture, 2, first_text);
	boots(fixture);
	differs(fixture, "0 0 0");
}

static void a_fresh_database_lacks_nothing(void **state)
{
	struct fixture *fixture = *state;

	use(fixture, 2, first_text);
	differs(fixture, "0 0 0");
	/* Migrations alone. */
	assert_int_equal(bobolink_apply(fixture->session, 1, NULL, &fixture->error), BOBOLINK_OK);
	differs(fixture, "0 0 0");
	fixture->options.validate = BOBOLINK_VALIDATE_FULL;
	boots(fixture);
}

/* At a start that also has a migration to apply, the schema is compared before that. */
static void another_text_that_waits_is_no_drift(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture, 2, first_text);
	use(fixture, 3, second_text);
	differs(fixture, "0 0 0");
	boots(fixture);
	fixture_says(fixture, "SELECT count(*) FROM names", "0");
	differs(fixture, "0 0 0");
}

static void a_start_that_only_looks_tells_nothing_of_it(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture, 2, first_text);
	use(fixture, 2, second_text);
	fixture->options.auto_migrate = BOBOLINK_AUTO_MIGRATE_OFF;
	boots(fixture);
}

static void what_follows_a_refusal_is_compared_without_alarm(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set;

	begin(fixture, 2, first_text);
	set = make_set(fixture, 2, second_text);
	hand_repeatable(set, "broken", "INSERT INTO nowhere VALUES (1)", NULL);
	hand_script_delta(set, "+ view\t\t\tnames\tnever\n");
	fixture_replace_set(fixture, set);
	assert_int_equal(boot(fixture), BOBOLINK_SQL_ERROR);
	assert_int_equal(boot(fixture), BOBOLINK_SQL_ERROR);
	assert_int_equal(drifts, 0);
	differs(fixture, "0 0 0");
	use(fixture, 3, second_text);
	boots(fixture);
	boots(fixture);
}

static void after_a_rollback_they_are_not_missed(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_plan *plan;

	begin(fixture, 2, first_text);
	fixture_open(fixture);
	assert_int_equal(bobolink_plan_to(fixture->session, 1, &plan, &fixture->error),
			 BOBOLINK_OK);
	assert_int_equal(bobolink_run(fixture->session, plan, BOBOLINK_FORCE, NULL,
				      &fixture->error),
			 BOBOLINK_OK);
	bobolink_plan_free(plan);
	/* One view is gone with its table, the other one is still there. */
	differs(fixture, "0 0 0");
	assert_int_equal(bobolink_apply(fixture->session, BOBOLINK_HEAD, NULL, &fixture->error),
			 BOBOLINK_OK);
	fixture_says(fixture, "SELECT count(*) FROM notes", "0");
	differs(fixture, "0 0 0");
}

/* The text is the same and does not run again: PostgreSQL has SELECT * as it was. */
static void what_stands_on_a_table_that_was_changed_later_may_be_older(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture, 2, first_text);
	use(fixture, 3, first_text);
	/* Before, and afterwards. */
	differs(fixture, "0 0 0");
	boots(fixture);
	boots(fixture);
	differs(fixture, "0 0 0");
	/* What is repaired is another one. */
	repairs_after(fixture, "DROP VIEW notes", "create view notes", BOBOLINK_OK);
	/* It must be there, though. */
	meddle(fixture, "DROP VIEW names");
	assert_int_equal(boot(fixture), BOBOLINK_DRIFT);
	differs(fixture, "1 0 0");
}

/* The other one stands on nothing that was changed. */
static void what_stands_on_nothing_that_was_changed_is_compared(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture, 2, first_text);
	use(fixture, 3, first_text);
	boots(fixture);
	meddle(fixture, "DROP VIEW notes");
	meddle(fixture, "CREATE VIEW notes AS SELECT id FROM orders");
	assert_int_equal(boot(fixture), BOBOLINK_DRIFT);
	differs(fixture, "0 1 0");
}

/* Nobody knows what it made. */
static void what_one_made_that_is_no_more_is_extra(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture, 2, first_text);
	use(fixture, 2, NULL);
	boots(fixture);
	differs(fixture, "0 0 2");
}

/* The program's other set has them, too. */
static void what_those_of_another_set_made_is_not_extra(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *other = make_set(fixture, 2, first_text);
	const struct bobolink_set *sets[] = { hand_set(other, engine()->backend), NULL };

	assert_int_equal(bobolink_migrate(sets[0], fixture->db, &fixture->options, &fixture->error),
			 BOBOLINK_OK);
	fixture_replace_set(fixture, learned_set(fixture->directory, "audit", &audit, 1));
	fixture->options.sets = sets;
	boots(fixture);
	differs(fixture, "0 0 0");
	/* And with another text of them. */
	fixture_replace_set(fixture, learned_set(fixture->directory, "audit", &audit, 1));
	hand_set_free(other);
	other = make_set(fixture, 2, second_text);
	sets[0] = hand_set(other, engine()->backend);
	differs(fixture, "0 0 0");
	bobolink_close(fixture->session);
	fixture->session = NULL;
	hand_set_free(other);
}

/* --- drift ----------------------------------------------------------------------------------- */

static int keep(void *context, const char *text, size_t length)
{
	char *all = context;

	strncat(all, text, length);
	return 0;
}

static void one_that_is_gone_is_told_with_its_repeatable(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_drift *drift;
	struct bobolink_health *health;
	char script[4096] = "";

	begin(fixture, 2, first_text);
	meddle(fixture, "DROP VIEW names");
	assert_int_equal(boot(fixture), BOBOLINK_DRIFT);
	fixture_told(fixture, BOBOLINK_DRIFT, "names is missing");
	fixture_told(fixture, BOBOLINK_DRIFT, "(R__names made it)");
	fixture_open(fixture);
	assert_int_equal(bobolink_drift(fixture->session, &drift, &fixture->error), BOBOLINK_OK);
	assert_int_equal(drift->count, 1);
	assert_int_equal(drift->items[0].kind, BOBOLINK_DRIFT_MISSING);
	assert_int_equal(drift->items[0].version, -1);
	assert_string_equal(drift->items[0].migration, "R__names");
	assert_int_equal(bobolink_drift_script(drift, keep, script), 0);
	assert_non_null(strstr(script, "CREATE VIEW"));
	bobolink_drift_free(drift);
	assert_int_equal(bobolink_health(fixture->session, 0, &health, &fixture->error),
			 BOBOLINK_OK);
	assert_int_equal(health->verdict, BOBOLINK_DRIFT);
	assert_int_equal(health->drift_missing, 1);
	bobolink_health_free(health);
	repairs_after(fixture, "SELECT 1", "create view names", BOBOLINK_OK);
	fixture_says(fixture, "SELECT count(*) FROM names", "0");
	bobolink_close(fixture->session);
	fixture->session = NULL;
	boots(fixture);
}

static void one_that_was_changed_is_told_with_its_repeatable(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture, 2, first_text);
	meddle(fixture, "DROP VIEW notes");
	meddle(fixture, "CREATE VIEW notes AS SELECT id FROM orders");
	assert_int_equal(boot(fixture), BOBOLINK_DRIFT);
	fixture_told(fixture, BOBOLINK_DRIFT, "notes has changed");
	fixture_told(fixture, BOBOLINK_DRIFT, "(R__notes made it)");
}

/* With the table below it. */
static void what_others_stand_on_is_made_first(void **state)
{
	struct fixture *fixture = *state;
	bool postgres = strcmp(engine()->name, "postgres") == 0;

	begin(fixture, 3, first_text);
	fixture_run(fixture, "INSERT INTO orders (id) VALUES (1)");
	fixture_open(fixture);
	repairs_after(fixture, "DROP VIEW names; DROP TABLE users",
		      postgres ? "create table users; create primary-key users.users_pkey; create "
				 "view names"
			       : "create table users; create view names",
		      BOBOLINK_OK);
}

/* A migration without a trace is applied again, and repeatables behind it. */
static void they_run_again_behind_a_migration_that_is_applied_again(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture, 2, first_text);
	fixture_open(fixture);
	repairs_after(fixture, "DROP VIEW notes; DROP TABLE orders", "reapply 2", BOBOLINK_OK);
	fixture_says(fixture, "SELECT count(*) FROM notes", "0");
	differs(fixture, "0 0 0");
	bobolink_close(fixture->session);
	fixture->session = NULL;
	boots(fixture);
}

/* Also one that stands on something else, and was gone as well. */
static void none_of_them_is_made_before_that(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture, 2, first_text);
	fixture_open(fixture);
	repairs_after(fixture, "DROP VIEW names; DROP VIEW notes; DROP TABLE orders", "reapply 2",
		      BOBOLINK_OK);
	fixture_says(fixture, "SELECT count(*) FROM names", "0");
}

static void one_that_waits_keeps_no_migration_from_being_applied_again(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture, 2, first_text);
	use(fixture, 2, second_text);
	fixture_open(fixture);
	repairs_after(fixture, "DROP VIEW notes; DROP TABLE orders", "reapply 2", BOBOLINK_OK);
	fixture_says(fixture, "SELECT count(*) FROM notes", "0");
}

static void a_start_makes_no_views_by_itself(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture, 2, first_text);
	meddle(fixture, "DROP VIEW names");
	meddle(fixture, "DROP INDEX orders_by_note");
	fixture->options.auto_repair = 1;
	assert_int_equal(boot(fixture), BOBOLINK_DRIFT);
	fixture_told(fixture, BOBOLINK_DRIFT, "names is missing");
	differs(fixture, "1 0 0");
}

/* --- when it is compared --------------------------------------------------------------------- */

static void a_start_with_a_fix_that_is_due_is_compared(void **state)
{
	static const uint32_t levels[] = { BOBOLINK_VALIDATE_HEAD, BOBOLINK_VALIDATE_FULL };
	struct fixture *fixture = *state;
	struct hand_set *set = learned_set(fixture->directory, "shop", migrations, 2);

	hand_set_validate(set, bobolink_schema_validate);
	hand_fix(set, 1, "broken", "SELECT 1 = 1", "INSERT INTO nowhere VALUES (1)", NULL);
	fixture_replace_set(fixture, set);
	boots(fixture);
	boots(fixture);
	fixture_says(fixture, "SELECT attempts FROM bobolink_history WHERE status = 'failed'", "2");
	meddle(fixture, "DROP INDEX orders_by_note");
	for (int i = 0; i < 2; i++) {
		fixture->options.validate = levels[i];
		assert_int_equal(boot(fixture), BOBOLINK_DRIFT);
	}
}

/* --- fixes ----------------------------------------------------------------------------------- */

static void a_fix_that_removes_what_no_migration_made_is_no_drift(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = learned_set(fixture->directory, "shop", migrations, 2);

	hand_set_validate(set, bobolink_schema_validate);
	hand_fix(set, 1, "legacy", "SELECT 1 = 1", "DROP TABLE legacy", NULL);
	fixture_run(fixture, "CREATE TABLE legacy (x INTEGER)");
	fixture_replace_set(fixture, set);
	fixture->options.validate = BOBOLINK_VALIDATE_FULL;
	boots(fixture);
	assert_int_equal(engine_tables(fixture->db, "legacy"), 0);
	boots(fixture);
}

static void what_a_fix_takes_away_is_drift(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set;

	fixture_replace_set(fixture, learned_set(fixture->directory, "shop", migrations, 2));
	boots(fixture);
	set = learned_set(fixture->directory, "shop", migrations, 2);
	hand_set_validate(set, bobolink_schema_validate);
	hand_fix(set, 1, "index", "SELECT 1 = 1", "DROP INDEX orders_by_note", NULL);
	fixture_replace_set(fixture, set);
	assert_int_equal(boot(fixture), BOBOLINK_DRIFT);
	fixture_told(fixture, BOBOLINK_DRIFT, "migration 2, orders");
	fixture_says(fixture, "SELECT status FROM bobolink_history WHERE kind = 'fix'", "applied");
}

/* --- baseline -------------------------------------------------------------------------------- */

static const char *const legacy[] = {
	"CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(40))",
	"CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY, note VARCHAR(40))",
	"CREATE INDEX orders_by_note ON orders (note)",
	/* What a repeatable will take over. */
	"CREATE VIEW notes AS SELECT id FROM orders",
};

static void a_baseline_neither_asks_for_them_nor_stumbles_over_them(void **state)
{
	struct fixture *fixture = *state;
	uint32_t marked = 0;

	for (size_t i = 0; i < sizeof(legacy) / sizeof(legacy[0]); i++)
		fixture_run(fixture, legacy[i]);
	use(fixture, 3, first_text);
	fixture_open(fixture);
	if (bobolink_baseline(fixture->session, 2, 0, NULL, NULL, &marked, &fixture->error))
		fail_msg("%s", fixture->error.message);
	assert_int_equal(marked, 2);
	differs(fixture, "0 0 0");
	bobolink_close(fixture->session);
	fixture->session = NULL;
	fixture->options.validate = BOBOLINK_VALIDATE_FULL;
	boots(fixture);
	differs(fixture, "0 0 0");
	fixture_says(fixture, "SELECT count(note) FROM notes", "0");
}

static void another_difference_still_refuses_a_baseline(void **state)
{
	struct fixture *fixture = *state;

	for (size_t i = 0; i < 2; i++)
		fixture_run(fixture, legacy[i]);
	use(fixture, 3, first_text);
	fixture_open(fixture);
	assert_int_equal(bobolink_baseline(fixture->session, 2, 0, NULL, NULL, NULL,
					   &fixture->error),
			 BOBOLINK_DRIFT);
	fixture_told(fixture, BOBOLINK_DRIFT, "differences: 1");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		FIXTURE_TEST(what_they_made_is_expected),
		FIXTURE_TEST(a_fresh_database_lacks_nothing),
		FIXTURE_TEST(another_text_that_waits_is_no_drift),
		FIXTURE_TEST(a_start_that_only_looks_tells_nothing_of_it),
		FIXTURE_TEST(what_follows_a_refusal_is_compared_without_alarm),
		FIXTURE_TEST(after_a_rollback_they_are_not_missed),
		FIXTURE_TEST(what_stands_on_a_table_that_was_changed_later_may_be_older),
		FIXTURE_TEST(what_stands_on_nothing_that_was_changed_is_compared),
		FIXTURE_TEST(what_one_made_that_is_no_more_is_extra),
		FIXTURE_TEST(what_those_of_another_set_made_is_not_extra),
		FIXTURE_TEST(one_that_is_gone_is_told_with_its_repeatable),
		FIXTURE_TEST(one_that_was_changed_is_told_with_its_repeatable),
		FIXTURE_TEST(what_others_stand_on_is_made_first),
		FIXTURE_TEST(they_run_again_behind_a_migration_that_is_applied_again),
		FIXTURE_TEST(none_of_them_is_made_before_that),
		FIXTURE_TEST(one_that_waits_keeps_no_migration_from_being_applied_again),
		FIXTURE_TEST(a_start_makes_no_views_by_itself),
		FIXTURE_TEST(a_start_with_a_fix_that_is_due_is_compared),
		FIXTURE_TEST(a_fix_that_removes_what_no_migration_made_is_no_drift),
		FIXTURE_TEST(what_a_fix_takes_away_is_drift),
		FIXTURE_TEST(a_baseline_neither_asks_for_them_nor_stumbles_over_them),
		FIXTURE_TEST(another_difference_still_refuses_a_baseline),
	};

	return engine_run_group_tests(tests);
}
