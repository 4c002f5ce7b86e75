/*
 * Backups of several databases of one set in one directory, on every engine: each removes and restores its own.
 */
#include <stdio.h>
#include <string.h>

#include <bobolink/schema.h>

#include "fixture.h"

static char folder[300];

static int setup(void **state)
{
	struct fixture *fixture;

	if (fixture_setup(state))
		return -1;
	fixture = *state;
	snprintf(folder, sizeof(folder), "%s/kept", fixture->directory);
	fixture->options.backup_directory = folder;
	return 0;
}

static int teardown(void **state)
{
	scratch_remove(folder);
	return fixture_teardown(state);
}

#define BACKUP_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* Migrated, with a session. */
static void begin(struct fixture *fixture)
{
	if (fixture_boot(fixture))
		fail_msg("%s", fixture->error.message);
	fixture_open(fixture);
}

static void back_up(struct fixture *fixture, const char *name)
{
	if (bobolink_backup(fixture->session, name, NULL, &fixture->error))
		fail_msg("%s", fixture->error.message);
}

static struct bobolink_backups *list(struct fixture *fixture)
{
	struct bobolink_backups *backups = NULL;

	if (bobolink_backups(hand_set(fixture->set, engine()->backend), &fixture->options, &backups,
			     &fixture->error))
		fail_msg("%s", fixture->error.message);
	return backups;
}

static void close_all(struct fixture *fixture)
{
	bobolink_close(fixture->session);
	fixture->session = NULL;
	engine()->close(fixture->db);
	fixture->db = NULL;
}

static int restore(struct fixture *fixture, const char *name, uint32_t flags)
{
	char url[ENGINE_URL_SIZE + 16];

	snprintf(url, sizeof(url), "%s%s", strcmp(engine()->name, "sqlite") == 0 ? "sqlite:" : "",
		 fixture->url);
	return bobolink_restore(hand_set(fixture->set, engine()->backend), url, name,
				&fixture->options, flags, &fixture->error);
}

static void restored(struct fixture *fixture, const char *name, uint32_t flags)
{
	if (restore(fixture, name, flags))
		fail_msg("%s", fixture->error.message);
	fixture->db = engine()->open(fixture->url);
}

/* A backup of another database, made in the same directory and with the same options. */
static void back_up_another(struct fixture *fixture, const char *name)
{
	const struct bobolink_set *set = hand_set(fixture->set, engine()->backend);
	struct bobolink_session *session = NULL;
	char directory[256];
	char url[ENGINE_URL_SIZE];
	void *db;

	scratch_make(directory);
	engine()->make(directory, url);
	db = engine()->open(url);
	if (bobolink_open(set, db, &fixture->options, &session, &fixture->error) ||
	    bobolink_apply(session, 1, NULL, &fixture->error) ||
	    bobolink_backup(session, name, NULL, &fixture->error))
		fail_msg("%s", fixture->error.message);
	bobolink_close(session);
	engine()->close(db);
	scratch_remove(directory);
}

/* The names of all backups in the directory, in their order. */
static void are_there(struct fixture *fixture, const char *expected)
{
	static const char *const names[] = { "a", "b", "other", "others" };
	struct bobolink_backups *backups = list(fixture);
	char text[200] = "";
	size_t length = 0;

	for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++) {
		for (uint32_t i = 0; i < backups->count; i++) {
			if (strcmp(backups->items[i].name, names[n]) != 0)
				continue;
			length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%s",
						   length ? " " : "", names[n]);
		}
	}
	assert_string_equal(text, expected);
	bobolink_backups_free(backups);
}

static void each_database_removes_its_own(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture);
	fixture->options.backup_keep = 1;
	bobolink_close(fixture->session);
	fixture_open(fixture);
	back_up(fixture, "a");
	back_up_another(fixture, "other");
	are_there(fixture, "a other");
	back_up(fixture, "b");
	are_there(fixture, "b other");
	back_up_another(fixture, "others");
	are_there(fixture, "b other others");
}

static void the_list_says_of_which_database_each_is(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_backups *backups;

	begin(fixture);
	back_up(fixture, "a");
	back_up(fixture, "b");
	back_up_another(fixture, "other");
	backups = list(fixture);
	assert_int_equal(backups->count, 3);
	assert_true(*backups->items[0].database);
	for (uint32_t i = 1; i < 3; i++) {
		bool same = strcmp(backups->items[i].database, backups->items[0].database) == 0;
		bool others = strcmp(backups->items[i].name, "other") == 0 ||
			      strcmp(backups->items[0].name, "other") == 0;

		assert_true(same != others);
		assert_null(strchr(backups->items[i].database, '\n'));
	}
	bobolink_backups_free(backups);
}

static void that_of_another_database_is_restored_by_force(void **state)
{
	struct fixture *fixture = *state;

	begin(fixture);
	back_up(fixture, "a");
	back_up_another(fixture, "other");
	close_all(fixture);
	assert_int_equal(restore(fixture, "other", 0), BOBOLINK_USAGE);
	fixture_told(fixture, BOBOLINK_USAGE, "backup other is of ");
	fixture_told(fixture, BOBOLINK_USAGE, "--migrate-force");
	restored(fixture, "a", 0);
	fixture_says(fixture, "SELECT count(*) FROM bobolink_history", "3");
	close_all(fixture);
	restored(fixture, "other", BOBOLINK_FORCE);
	fixture_says(fixture, "SELECT count(*) FROM bobolink_history", "1");
}

/* It was brought from elsewhere, or the lines were torn by a full disk. */
static void one_of_which_nothing_is_known_is_taken_as_it_is(void **state)
{
	struct fixture *fixture = *state;
	char path[400];
	FILE *file;

	begin(fixture);
	back_up_another(fixture, "other");
	snprintf(path, sizeof(path), "%s/.origins", folder);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs("shop.other.v1", file) >= 0);
	assert_int_equal(fclose(file), 0);
	back_up(fixture, "a");
	close_all(fixture);
	restored(fixture, "other", 0);
	fixture_says(fixture, "SELECT count(*) FROM bobolink_history", "1");
	/* What was written after the torn line counts. */
	back_up_another(fixture, "others");
	close_all(fixture);
	assert_int_equal(restore(fixture, "others", 0), BOBOLINK_USAGE);
	restored(fixture, "a", 0);
}

static void health_speaks_of_its_own_database(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_health *health;

	begin(fixture);
	back_up_another(fixture, "other");
	assert_int_equal(bobolink_health(fixture->session, 0, &health, &fixture->error),
			 BOBOLINK_OK);
	assert_string_equal(health->backup, "");
	bobolink_health_free(health);
	back_up(fixture, "a");
	back_up_another(fixture, "others");
	assert_int_equal(bobolink_health(fixture->session, 0, &health, &fixture->error),
			 BOBOLINK_OK);
	assert_string_equal(health->backup, "a");
	bobolink_health_free(health);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BACKUP_TEST(each_database_removes_its_own),
		BACKUP_TEST(the_list_says_of_which_database_each_is),
		BACKUP_TEST(that_of_another_database_is_restored_by_force),
		BACKUP_TEST(one_of_which_nothing_is_known_is_taken_as_it_is),
		BACKUP_TEST(health_speaks_of_its_own_database),
	};

	return engine_run_group_tests(tests);
}
