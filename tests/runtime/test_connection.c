/*
 * The application's connection: what is changed on it is put back, what stands in it does not
 * mislead the runtime, and callbacks may use it when they are told so.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

#define OUTSIDE	   BOBOLINK_SECTION_NO_TRANSACTION
#define REPEATABLE (BOBOLINK_STATEMENT_NO_TRANSACTION | BOBOLINK_STATEMENT_REPEATABLE)

static void settings_are_put_back(void **state)
{
	static const char *const settings[] = {
		"PRAGMA synchronous=OFF; PRAGMA foreign_keys=ON",
		"PRAGMA synchronous=NORMAL; PRAGMA journal_mode=WAL; PRAGMA foreign_keys=OFF",
		"PRAGMA synchronous=FULL; PRAGMA journal_mode=TRUNCATE",
		"PRAGMA synchronous=EXTRA; PRAGMA journal_mode=PERSIST",
		"PRAGMA journal_mode=DELETE; PRAGMA locking_mode=EXCLUSIVE",
	};
	static const char *const read[] = { "PRAGMA synchronous", "PRAGMA journal_mode",
					    "PRAGMA foreign_keys", "PRAGMA locking_mode" };
	struct fixture *fixture = *state;
	int64_t version = 10;

	hand_set_add(fixture->set, 4, "rebuild", OUTSIDE | BOBOLINK_SECTION_FOREIGN_KEYS_OFF,
		     "CREATE TABLE x (y)", "VACUUM", NULL);
	hand_set_statement_flags(fixture->set, 1, REPEATABLE);
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		char before[4][20];

		database_run(fixture->db, settings[i]);
		database_run(fixture->db, "DROP TABLE IF EXISTS added");
		for (int j = 0; j < 4; j++)
			snprintf(before[j], sizeof(before[j]), "%s",
				 database_text(fixture->db, read[j]));
		hand_set_add(fixture->set, version++, "added", BOBOLINK_SECTION_FOREIGN_KEYS_OFF,
			     "CREATE TABLE added (x)", NULL);
		assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
		for (int j = 0; j < 4; j++)
			assert_string_equal(database_text(fixture->db, read[j]), before[j]);
	}
}

static void commits_are_synchronised_fully(void **state)
{
	struct fixture *fixture = *state;

	database_run(fixture->db, "PRAGMA synchronous=OFF");
	hand_set_add(fixture->set, 4, "look", 0,
		     "CREATE TABLE seen AS SELECT synchronous FROM pragma_synchronous", NULL);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_int_equal(database_number(fixture->db, "SELECT synchronous FROM seen"), 3);
	assert_int_equal(database_number(fixture->db, "PRAGMA synchronous"), 0);
}

static void settings_are_put_back_after_a_failure_too(void **state)
{
	struct fixture *fixture = *state;

	database_run(fixture->db, "PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON");
	hand_set_add(fixture->set, 4, "bad", OUTSIDE | BOBOLINK_SECTION_FOREIGN_KEYS_OFF,
		     "CREATE TABLE x (y)", "SELECT nonsense", NULL);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_HALFWAY);
	assert_int_equal(database_number(fixture->db, "PRAGMA synchronous"), 1);
	assert_int_equal(database_number(fixture->db, "PRAGMA foreign_keys"), 1);
	assert_string_equal(database_text(fixture->db, "PRAGMA locking_mode"), "normal");
	assert_int_equal(sqlite3_get_autocommit(fixture->db), 1);
}

static void tables_of_the_same_name_elsewhere_do_not_mislead(void **state)
{
	struct fixture *fixture = *state;

	database_run(
		fixture->db,
		"CREATE TEMP TABLE bobolink_history (x); CREATE TEMP TABLE bobolink_log (x);"
		"CREATE TEMP TABLE bobolink_head (set_name, digest, environment, version, batch, "
		"batch_until, revision); ATTACH ':memory:' AS other;"
		"CREATE TABLE other.bobolink_head AS SELECT * FROM temp.bobolink_head");
	database_run(
		fixture->db,
		"INSERT INTO temp.bobolink_head VALUES ('shop', 'x', NULL, 999, 1, NULL, 999)");
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_int_equal(database_number(fixture->db, "SELECT count(*) FROM main.bobolink_history"),
			 3);
	assert_int_equal(database_number(fixture->db, "SELECT count(*) FROM temp.bobolink_history"),
			 0);
	assert_int_equal(database_number(fixture->db, "SELECT count(*) FROM other.sqlite_master"),
			 1);
	assert_int_equal(database_number(fixture->db,
					 "SELECT count(*) FROM main.sqlite_master WHERE type = "
					 "'index' AND name = 'bobolink_history_live'"),
			 1);
}

static void two_sets_share_one_database(void **state)
{
	struct fixture *fixture = *state;
	struct hand_set *accounts = hand_set_new("accounts");

	hand_set_add(accounts, 1, "a", 0, "CREATE TABLE accounts (x)", NULL);
	hand_set_add(accounts, 9, "b", 0, "CREATE TABLE more (x)", NULL);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_int_equal(bobolink_migrate_sqlite3(hand_set(accounts, bobolink_backend_sqlite3),
						  fixture->db, &fixture->options, &fixture->error),
			 BOBOLINK_OK);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_int_equal(database_number(fixture->db, "SELECT count(*) FROM bobolink_head"), 2);
	assert_int_equal(database_number(fixture->db, "SELECT count(*) FROM bobolink_history"), 5);
	hand_set_free(accounts);
}

struct told {
	sqlite3 *db;
	char kinds[64];
	int callbacks;
	int stop_at;
};

static void use_connection(void *context, const struct bobolink_event *event)
{
	struct told *told = context;
	size_t length = strlen(told->kinds);

	assert_string_equal(event->set_name, "shop");
	snprintf(told->kinds + length, sizeof(told->kinds) - length, "%d", (int)event->kind);
	if (event->kind != BOBOLINK_EVENT_APPLIED)
		return;
	assert_int_equal(sqlite3_get_autocommit(told->db), 1);
	database_run(told->db,
		     "SAVEPOINT s; CREATE TABLE scratch (x); ROLLBACK TO s; RELEASE s;"
		     "CREATE TABLE IF NOT EXISTS diary (x); INSERT INTO diary VALUES (1)");
}

static void the_connection_may_be_used_when_a_migration_is_applied(void **state)
{
	struct fixture *fixture = *state;
	struct told told = { .db = fixture->db };

	fixture->options.log = use_connection;
	fixture->options.log_context = &told;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_int_equal(database_number(fixture->db, "SELECT count(*) FROM diary"), 3);
	assert_string_equal(told.kinds, "1353535");
	told.kinds[0] = '\0';
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_string_equal(told.kinds, "1");
}

static int stop(void *context, const struct bobolink_progress *progress)
{
	struct told *told = context;

	told->callbacks++;
	assert_int_equal(progress->steps, 3);
	return told->callbacks == told->stop_at;
}

static void a_run_can_be_stopped_between_statements(void **state)
{
	struct fixture *fixture = *state;
	struct told told = { .stop_at = 5 };

	fixture->options.progress = stop;
	fixture->options.progress_context = &told;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_INTERRUPTED);
	/* Migration 1 has three statements; the second statement of migration 2 was not begun. */
	assert_int_equal(database_number(fixture->db, "SELECT count(*) FROM ran"), 1);
	assert_int_equal(database_number(fixture->db, "SELECT count(*) FROM bobolink_history"), 1);
	fixture->options.progress = NULL;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_true(database_is_whole(fixture->url, 3));
	/* Both runs had the same target: one batch. */
	assert_int_equal(database_number(fixture->db, "SELECT max(batch) FROM bobolink_history"),
			 1);
}

static void another_environment_is_noted_without_a_migration(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture->options.environment = "production";
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_string_equal(database_text(fixture->db, "SELECT environment FROM bobolink_head"),
			    "production");
	assert_true(database_is_whole(fixture->url, 3));
}

static void automatic_migration_can_be_off(void **state)
{
	struct fixture *fixture = *state;

	fixture->options.auto_migrate = BOBOLINK_AUTO_MIGRATE_OFF;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_int_equal(database_number(fixture->db, "SELECT count(*) FROM sqlite_master"), 0);
	fixture->options.auto_migrate = BOBOLINK_AUTO_MIGRATE_ON;
	hand_set_add(fixture->set, 4, "newer", 0, "CREATE TABLE x (y)", NULL);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	hand_set_free(fixture->set);
	fixture->set = hand_set_counting("shop", 3);
	fixture->options.auto_migrate = BOBOLINK_AUTO_MIGRATE_OFF;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_NEWER);
}

/* What an application's progress handler does: it strikes at its call number `at`. */
struct strike {
	int calls;
	int at;
};

static int strike(void *context)
{
	struct strike *strike = context;

	return ++strike->calls == strike->at;
}

static int boot_struck(sqlite3 *db, struct hand_set *set, struct strike *handler)
{
	int rc;

	sqlite3_progress_handler(db, 1, strike, handler);
	rc = bobolink_migrate_sqlite3(hand_set(set, bobolink_backend_sqlite3), db, NULL, NULL);
	sqlite3_progress_handler(db, 0, NULL, NULL);
	return rc;
}

/* Wherever it strikes: no transaction is left, settings are put back, and the next boot goes on. */
static void an_interrupted_run_leaves_the_connection_as_it_was(void **state)
{
	struct fixture *fixture = *state;
	struct strike handler = { 0, 0 };
	int rc;

	hand_set_add(fixture->set, 4, "rebuild", BOBOLINK_SECTION_FOREIGN_KEYS_OFF,
		     "CREATE TABLE t_4 (x)", "INSERT INTO ran VALUES (4)", NULL);
	do {
		sqlite3 *db = database_open(":memory:");

		handler = (struct strike){ 0, handler.at + 1 };
		database_run(db, "PRAGMA foreign_keys=ON; PRAGMA synchronous=NORMAL");
		rc = boot_struck(db, fixture->set, &handler);
		if (rc != BOBOLINK_OK && rc != BOBOLINK_UNKNOWN)
			assert_int_equal(rc, BOBOLINK_INTERRUPTED);
		assert_int_equal(sqlite3_get_autocommit(db), 1);
		assert_int_equal(database_number(db, "PRAGMA foreign_keys"), 1);
		assert_int_equal(database_number(db, "PRAGMA synchronous"), 1);
		assert_int_equal(fixture_boot_on(fixture, db), BOBOLINK_OK);
		assert_int_equal(database_number(db, "SELECT count(*) FROM ran"), 4);
		sqlite3_close(db);
	} while (rc != BOBOLINK_OK || handler.calls >= handler.at);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(settings_are_put_back),
		FIXTURE_TEST(commits_are_synchronised_fully),
		FIXTURE_TEST(settings_are_put_back_after_a_failure_too),
		FIXTURE_TEST(tables_of_the_same_name_elsewhere_do_not_mislead),
		FIXTURE_TEST(two_sets_share_one_database),
		FIXTURE_TEST(the_connection_may_be_used_when_a_migration_is_applied),
		FIXTURE_TEST(a_run_can_be_stopped_between_statements),
		FIXTURE_TEST(another_environment_is_noted_without_a_migration),
		FIXTURE_TEST(automatic_migration_can_be_off),
		FIXTURE_TEST(an_interrupted_run_leaves_the_connection_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
