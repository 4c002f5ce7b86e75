/*
 * Health: each thing that can be wrong, alone and all together, on every database.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <bobolink/schema.h>

#include "fixture.h"
#include "hand_scripts.h"

static bool is_postgres(void)
{
	return engine()->backend()->dialect == BOBOLINK_DIALECT_POSTGRES;
}

static struct bobolink_health *looked(struct fixture *fixture, uint32_t flags)
{
	struct bobolink_health *health;

	if (!fixture->session)
		fixture_open(fixture);
	if (bobolink_health(fixture->session, flags, &health, &fixture->error))
		fail_msg("%s", fixture->error.message);
	return health;
}

/* The program is started again, as another release where `set` is not NULL. */
static void restart(struct fixture *fixture, struct hand_set *set)
{
	bobolink_close(fixture->session);
	fixture->session = NULL;
	if (set)
		fixture_replace_set(fixture, set);
}

/* Table t_1 … t_count with a column x, and what each migration does to the schema. */
static struct hand_set *set_with_schema(int count)
{
	const char *schema = is_postgres() ? "public" : "";
	struct hand_set *set = hand_set_new("shop");

	for (int i = 1; i <= count; i++) {
		char sql[80];
		char delta[300];

		snprintf(sql, sizeof(sql), "CREATE TABLE t_%d (x INTEGER)", i);
		snprintf(delta, sizeof(delta),
			 "+ table\t%s\t\tt_%d\t\tCREATE TABLE t_%d (x INTEGER)\n"
			 "+ column\t%s\tt_%d\tx\t%s\n",
			 schema, i, i, schema, i, is_postgres() ? "integer" : "INTEGER");
		hand_set_add(set, i, "table", 0, sql, NULL);
		hand_set_delta(set, delta);
	}
	hand_set_schema(set, "");
	return set;
}

static const struct bobolink_health_finding *found(const struct bobolink_health *health, int code)
{
	for (uint32_t i = 0; i < health->finding_count; i++) {
		if (health->findings[i].code == code)
			return &health->findings[i];
	}
	fail_msg("no finding is %s", bobolink_result_name(code));
	return NULL;
}

static void says(const struct bobolink_health *health, int code, const char *words,
		 const char *next)
{
	const struct bobolink_health_finding *finding = found(health, code);

	if (!strstr(finding->message, words))
		fail_msg("\"%s\" does not say \"%s\"", finding->message, words);
	assert_string_equal(finding->next, next);
}

static void ends(struct bobolink_health *health, int verdict, int exit_code)
{
	assert_string_equal(bobolink_result_name(health->verdict), bobolink_result_name(verdict));
	assert_int_equal(bobolink_health_exit_code(health), exit_code);
	bobolink_health_free(health);
}

static void a_healthy_database_has_no_finding(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_health *health;

	fixture_replace_set(fixture, set_with_schema(2));
	fixture->options.program = "shop 2.3.0";
	fixture->options.backup_directory = fixture->directory;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	health = looked(fixture, 0);
	assert_string_equal(health->set_name, "shop");
	assert_string_equal(health->database, engine()->name);
	assert_true(health->database_version > 30000);
	assert_int_equal(health->reachable, 1);
	assert_int_equal(health->read_only, 0);
	assert_int_equal(health->locked, is_postgres() ? 0 : -1);
	assert_string_equal(health->holder, "");
	assert_int_equal(health->version, 2);
	assert_int_equal(health->migrations, 2);
	assert_int_equal(health->applied, 2);
	assert_int_equal(health->drift, 1);
	assert_int_equal(health->drift_missing + health->drift_changed + health->drift_extra, 0);
	assert_int_equal(health->finding_count, 0);
	assert_int_equal(health->index_count, 0);
	assert_string_equal(health->last_run, "applied");
	assert_string_equal(health->last_run_by, "shop 2.3.0");
	assert_int_equal(health->last_run_version, 2);
	assert_int_equal(strlen(health->last_run_at), 24);
	assert_string_equal(health->backup, "");
	assert_int_equal(health->backup_age_s, -1);
	ends(health, BOBOLINK_OK, 0);
}

static void an_empty_database_is_pending_and_stays_empty(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_health *health = looked(fixture, 0);

	assert_int_equal(health->version, -1);
	assert_int_equal(health->pending, 3);
	assert_int_equal(health->drift, 0);
	assert_string_equal(health->drift_reason, "no migration is applied");
	assert_string_equal(health->last_run, "");
	assert_int_equal(health->last_run_version, -1);
	says(health, BOBOLINK_PENDING, "1 (first), 2 (next), 3 (next) wait", "--migrate");
	ends(health, BOBOLINK_PENDING, 4);
	assert_int_equal(engine_tables(fixture->db, "%"), 0);
}

static void what_is_missing_or_changed_in_the_schema_is_named(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_health *health;

	fixture_replace_set(fixture, set_with_schema(3));
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_run(fixture, "DROP TABLE t_1; CREATE TABLE mine (x INTEGER); DROP TABLE t_3; "
			     "CREATE TABLE t_3 (x TEXT)");
	health = looked(fixture, 0);
	assert_int_equal(health->drift_missing, 2);
	assert_int_equal(health->drift_changed, 1);
	assert_int_equal(health->drift_extra, 2);
	/* Its column goes without saying. */
	says(health, BOBOLINK_DRIFT, "2 missing in the schema: table t_1", "--migrate-repair");
	assert_null(strstr(health->findings[0].message, "column"));
	assert_non_null(strstr(health->findings[1].message, "t_3.x"));
	assert_string_equal(health->findings[1].next, "--migrate-drift");
	says(health, BOBOLINK_OK, "mine", "--migrate-drift");
	ends(health, BOBOLINK_DRIFT, 5);
}

/* Its text is embedded nowhere, and no statement makes it. */
static void what_cannot_be_repaired_is_shown_instead(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *set = set_with_schema(1);
	struct bobolink_health *health;

	hand_set_add(set, 2, "view", 0, "UPDATE t_1 SET x = 1", NULL);
	hand_set_delta(set, is_postgres() ? "+ view\tpublic\t\tv\tx\n" : "+ view\t\t\tv\tx\n");
	fixture_replace_set(fixture, set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	health = looked(fixture, 0);
	says(health, BOBOLINK_DRIFT, "1 missing in the schema: view v", "--migrate-drift");
	ends(health, BOBOLINK_DRIFT, 5);
	/* With something that can be made again beside it. */
	fixture_run(fixture, "DROP TABLE t_1");
	health = looked(fixture, 0);
	says(health, BOBOLINK_DRIFT, "missing in the schema: table t_1, view v",
	     "--migrate-repair");
	ends(health, BOBOLINK_DRIFT, 5);
}

/* Objects of others are worth a note, and no fault. */
static void what_is_there_beside_is_no_fault(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_health *health;

	fixture_replace_set(fixture, set_with_schema(1));
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_run(fixture, "CREATE TABLE mine (x INTEGER)");
	health = looked(fixture, 0);
	assert_int_equal(health->drift_extra, 2);
	ends(health, BOBOLINK_OK, 0);
}

static void a_quick_look_leaves_the_schema_out(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_health *health;

	fixture_replace_set(fixture, set_with_schema(1));
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_run(fixture, "DROP TABLE t_1");
	health = looked(fixture, BOBOLINK_HEALTH_QUICK);
	assert_int_equal(health->drift, 0);
	assert_non_null(strstr(health->drift_reason, "not asked for"));
	assert_int_equal(health->applied, 1);
	ends(health, BOBOLINK_OK, 0);
}

/* The schema is not known: everything else still is. */
static void a_set_without_schema_says_why_it_is_not_compared(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_health *health;

	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	health = looked(fixture, 0);
	assert_int_equal(health->drift, 0);
	assert_non_null(strstr(health->drift_reason, "EMBED DELTAS"));
	assert_int_equal(health->applied, 3);
	ends(health, BOBOLINK_OK, 0);
}

static struct hand_set *set_that_fails(void)
{
	struct hand_set *set = hand_set_counting("shop", 2);

	hand_set_add(set, 3, "broken", 0, "INSERT INTO nowhere VALUES (1)", NULL);
	return set;
}

static void a_failed_migration_is_worse_than_a_pending_one(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_health *health;
	struct hand_set *set = set_that_fails();

	hand_set_add(set, 4, "later", 0, "CREATE TABLE later (x INTEGER)", NULL);
	fixture_replace_set(fixture, set);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	health = looked(fixture, 0);
	assert_int_equal(health->failed, 1);
	assert_int_equal(health->pending, 1);
	assert_int_equal(health->version, 2);
	assert_string_equal(health->last_run, "failed");
	assert_string_equal(health->last_run_name, "broken");
	says(health, BOBOLINK_HELD, "nowhere", "--migrate-retry");
	assert_int_equal(health->findings[1].code, BOBOLINK_PENDING);
	ends(health, BOBOLINK_HELD, 5);
}

static void a_rolled_back_migration_waits(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_health *health;

	fixture_replace_set(fixture, hand_set_reversible("shop", 2));
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_open(fixture);
	assert_int_equal(bobolink_rollback(fixture->session, 1, BOBOLINK_FORCE, NULL,
					   &fixture->error),
			 BOBOLINK_OK);
	health = looked(fixture, 0);
	assert_int_equal(health->rolled_back, 2);
	assert_int_equal(health->pending, 0);
	assert_string_equal(health->last_run, "rolled_back");
	says(health, BOBOLINK_HELD, "was rolled back", "--migrate");
	ends(health, BOBOLINK_HELD, 4);
}

static void changed_missing_and_newer_ones_are_told(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_health *health;
	struct hand_set *set = hand_set_new("shop");

	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	/* The second one is gone. */
	hand_set_add(set, 1, "other", 0, "CREATE TABLE other (x INTEGER)", NULL);
	hand_set_add(set, 3, "next", 0, "CREATE TABLE t_3 (x INTEGER)",
		     "INSERT INTO ran VALUES (3)", NULL);
	fixture_replace_set(fixture, set);
	health = looked(fixture, 0);
	assert_int_equal(health->changed, 1);
	assert_int_equal(health->missing, 1);
	says(health, BOBOLINK_CHANGED, "was applied with other SQL", "--migrate-verify");
	says(health, BOBOLINK_MISSING, "is not in this program", "--migrate-verify");
	ends(health, BOBOLINK_MISSING, 5);
	restart(fixture, hand_set_counting("shop", 1));
	health = looked(fixture, 0);
	says(health, BOBOLINK_NEWER, "newer than this program", "");
	assert_int_equal(health->drift, 0);
	ends(health, BOBOLINK_NEWER, 7);
}

static void half_way_is_worse_than_changed(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_health *health;

	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_run(fixture,
		    "UPDATE bobolink_history SET status = 'running', statements_done = 1 "
		    "WHERE version = 3; UPDATE bobolink_history SET checksum = 'x', "
		    "sql_checksum = 'x' WHERE version = 1; UPDATE bobolink_head SET digest "
		    "= NULL");
	health = looked(fixture, 0);
	assert_int_equal(health->halfway, 1);
	assert_int_equal(health->changed, 1);
	assert_int_equal(health->findings[0].version, 3);
	assert_int_equal(health->findings[1].version, 1);
	ends(health, BOBOLINK_HALFWAY, 9);
}

/* Everything that can be wrong at one time; the worst first. */
static void all_together_are_in_order(void **state)
{
	static const int32_t order[] = { BOBOLINK_HALFWAY, BOBOLINK_CHANGED, BOBOLINK_HELD,
					 BOBOLINK_DRIFT,   BOBOLINK_PENDING, BOBOLINK_OK };
	struct fixture *fixture = *state;
	struct bobolink_health *health;
	uint32_t at = 0;

	fixture_replace_set(fixture, set_with_schema(5));
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_run(
		fixture,
		"UPDATE bobolink_history SET checksum = 'x', sql_checksum = 'x' WHERE version = 2; "
		"UPDATE bobolink_history SET status = 'running' WHERE version = 3; "
		"UPDATE bobolink_history SET status = 'failed', error_message = 'no' WHERE "
		"version = 4; DELETE FROM bobolink_history WHERE version = 5; "
		"UPDATE bobolink_head SET digest = NULL; DROP TABLE t_1; "
		"CREATE TABLE mine (x INTEGER); DROP TABLE t_4; DROP TABLE t_5");
	health = looked(fixture, 0);
	assert_int_equal(health->applied, 2);
	assert_int_equal(health->halfway, 1);
	assert_int_equal(health->changed, 1);
	assert_int_equal(health->failed, 1);
	assert_int_equal(health->pending, 1);
	assert_int_equal(health->drift_missing, 2);
	for (uint32_t i = 0; i < health->finding_count; i++) {
		while (at < sizeof(order) / sizeof(order[0]) &&
		       order[at] != health->findings[i].code)
			at++;
		if (at == sizeof(order) / sizeof(order[0]))
			fail_msg("%s is out of order", health->findings[i].message);
	}
	assert_int_equal(health->finding_count, 6);
	ends(health, BOBOLINK_HALFWAY, 9);
}

/* A backup called nightly, in a directory that becomes the fixture's. */
static void leave_backup(struct fixture *fixture, char directory[300])
{
	char path[400];
	FILE *file;

	snprintf(directory, 300, "%s/backups", fixture->directory);
	assert_int_equal(mkdir(directory, 0700), 0);
	fixture->options.backup_directory = directory;
	snprintf(path, sizeof(path), "%s/shop.nightly.v3.%s", directory,
		 is_postgres() ? "dump" : "sqlite");
	file = fopen(path, "w");
	assert_non_null(file);
	fclose(file);
}

static void has_backup(const struct bobolink_health *health)
{
	assert_string_equal(health->backup, "nightly");
	assert_int_equal(strlen(health->backup_at), 20);
	assert_in_range(health->backup_age_s, 0, 60);
}

static void the_newest_backup_and_its_age_are_told(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_health *health;
	char directory[300];

	leave_backup(fixture, directory);
	health = looked(fixture, 0);
	has_backup(health);
	bobolink_health_free(health);
}

/* A program without a connection has an answer all the same, and whoever reads it finds no pointer that is NULL. */
static void a_database_that_was_not_reached_has_a_health(void **state)
{
	struct fixture *fixture = *state;
	const struct bobolink_error why = { .code = BOBOLINK_UNREACHABLE };
	struct bobolink_health *health;
	char directory[300];

	leave_backup(fixture, directory);
	assert_int_equal(bobolink_health_without(hand_set(fixture->set, engine()->backend),
						 &fixture->options, &why, &health, &fixture->error),
			 BOBOLINK_OK);
	assert_string_equal(health->set_name, "shop");
	assert_string_equal(health->database, engine()->name);
	assert_int_equal(health->database_version, 0);
	assert_int_equal(health->reachable, 0);
	assert_int_equal(health->read_only, -1);
	assert_int_equal(health->locked, -1);
	assert_int_equal(health->version, -1);
	assert_string_equal(health->drift_reason, "the database is not reachable");
	assert_string_equal(health->holder, "");
	assert_string_equal(health->last_run, "");
	assert_string_equal(health->last_run_at, "");
	assert_string_equal(health->last_run_by, "");
	assert_string_equal(health->last_run_name, "");
	assert_int_equal(health->last_run_version, -1);
	assert_int_equal(health->finding_count, 0);
	has_backup(health);
	ends(health, BOBOLINK_UNREACHABLE, 3);
}

/* A row of ours that cannot be read is told as what it is. */
static void what_keeps_it_from_being_read_is_the_verdict(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_health *health;

	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_run(fixture, "DROP TABLE bobolink_history");
	health = looked(fixture, 0);
	assert_int_equal(health->reachable, 1);
	assert_int_equal(health->finding_count, 1);
	says(health, BOBOLINK_CORRUPT, "bobolink_history", "");
	ends(health, BOBOLINK_CORRUPT, 1);
}

/* Looking writes nothing, and leaves no transaction and no setting behind. */
static void looking_leaves_no_trace(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_health *health;
	int64_t entries;

	fixture_replace_set(fixture, set_with_schema(2));
	fixture->options.lock_timeout_ms = 4321;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	entries = fixture_number(fixture, "SELECT count(*) FROM bobolink_log");
	health = looked(fixture, 0);
	bobolink_health_free(health);
	assert_false(engine()->in_transaction(fixture->db));
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM bobolink_log"), entries);
	if (is_postgres())
		fixture_says(fixture, "SHOW lock_timeout", "0");
	bobolink_close(fixture->session);
	fixture->session = NULL;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
}

/* Fix 7 fails, fix 8 waits for the year 2100, fix 9 is done; the repeatable makes a view, another one when it is edited. */
static struct hand_set *set_with_scripts(uint32_t attempts, bool edited)
{
	struct hand_set *set = set_with_schema(1);

	hand_fix(set, 7, "broken", "SELECT 1 = 1", "INSERT INTO nowhere VALUES (1)", NULL);
	hand_script(set)->attempts = attempts;
	hand_fix(set, 8, "later", "SELECT 1 = 1", "DELETE FROM t_1", NULL);
	hand_script(set)->not_before = 4102444800;
	hand_fix(set, 9, "done", "SELECT 1 = 1", "SELECT 'done'", NULL);
	hand_repeatable(set, "view", "DROP VIEW IF EXISTS v", "CREATE VIEW v AS SELECT 1 AS one",
			NULL);
	if (edited)
		hand_script_edited(set);
	return set;
}

static void a_failed_fix_is_a_note(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_health *health;

	fixture_replace_set(fixture, set_with_scripts(2, false));
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	health = looked(fixture, BOBOLINK_HEALTH_QUICK);
	assert_int_equal(health->fixes_failed, 1);
	assert_int_equal(health->fixes_pending, 1);
	assert_int_equal(health->repeatables_pending, 0);
	assert_int_equal(health->finding_count, 1);
	says(health, BOBOLINK_OK, "fix F0007 (broken) failed, attempt 1 of 2: ", "--migrate-fixes");
	ends(health, BOBOLINK_OK, 0);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	health = looked(fixture, BOBOLINK_HEALTH_QUICK);
	says(health, BOBOLINK_OK,
	     "fix F0007 (broken) has failed 2 times, and is not tried again by itself: ",
	     "--migrate-retry=F0007");
	ends(health, BOBOLINK_OK, 0);
}

static void a_repeatable_that_would_run_is_pending(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_health *health;

	fixture_replace_set(fixture, set_with_scripts(0, false));
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	restart(fixture, set_with_scripts(0, true));
	health = looked(fixture, BOBOLINK_HEALTH_QUICK);
	assert_int_equal(health->repeatables_pending, 1);
	says(health, BOBOLINK_PENDING, "repeatable view waits to be run", "--migrate");
	says(health, BOBOLINK_OK, "fix F0007 (broken) failed, attempt 1: ", "--migrate-fixes");
	ends(health, BOBOLINK_PENDING, 4);
	/* Of a program without scripts they are no matter. */
	restart(fixture, set_with_schema(1));
	health = looked(fixture, BOBOLINK_HEALTH_QUICK);
	assert_int_equal(health->fixes_failed, 0);
	ends(health, BOBOLINK_OK, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(a_healthy_database_has_no_finding),
		FIXTURE_TEST(an_empty_database_is_pending_and_stays_empty),
		FIXTURE_TEST(what_is_missing_or_changed_in_the_schema_is_named),
		FIXTURE_TEST(what_cannot_be_repaired_is_shown_instead),
		FIXTURE_TEST(what_is_there_beside_is_no_fault),
		FIXTURE_TEST(a_quick_look_leaves_the_schema_out),
		FIXTURE_TEST(a_set_without_schema_says_why_it_is_not_compared),
		FIXTURE_TEST(a_failed_migration_is_worse_than_a_pending_one),
		FIXTURE_TEST(a_rolled_back_migration_waits),
		FIXTURE_TEST(changed_missing_and_newer_ones_are_told),
		FIXTURE_TEST(half_way_is_worse_than_changed),
		FIXTURE_TEST(all_together_are_in_order),
		FIXTURE_TEST(the_newest_backup_and_its_age_are_told),
		FIXTURE_TEST(a_database_that_was_not_reached_has_a_health),
		FIXTURE_TEST(what_keeps_it_from_being_read_is_the_verdict),
		FIXTURE_TEST(a_failed_fix_is_a_note),
		FIXTURE_TEST(a_repeatable_that_would_run_is_pending),
		FIXTURE_TEST(looking_leaves_no_trace),
	};

	return engine_run_group_tests(tests);
}
