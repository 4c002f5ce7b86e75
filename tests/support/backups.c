/*
 * What the tests of backups on PostgreSQL begin with.
 */
#include "backups.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

char backups_folder[300];
char backups_programs[300];
char backups_path[4096];
struct companion backups_guarded;

int backups_setup(void **state)
{
	struct fixture *fixture;

	if (fixture_setup(state))
		return -1;
	fixture = *state;
	snprintf(backups_folder, sizeof(backups_folder), "%s/kept", fixture->directory);
	snprintf(backups_programs, sizeof(backups_programs), "%s/programs", fixture->directory);
	snprintf(backups_path, sizeof(backups_path), "%s", getenv("PATH"));
	assert_int_equal(mkdir(backups_programs, 0755), 0);
	fixture->options.backup_directory = backups_folder;
	return 0;
}

int backups_teardown(void **state)
{
	assert_int_equal(setenv("PATH", backups_path, 1), 0);
	(void)signal(SIGCHLD, SIG_DFL);
	companion_stop(&backups_guarded);
	scratch_remove(backups_folder);
	scratch_remove(backups_programs);
	return fixture_teardown(state);
}

void backups_make(struct fixture *fixture, const char *name)
{
	if (!fixture->session)
		fixture_open(fixture);
	if (bobolink_backup(fixture->session, name, NULL, &fixture->error))
		fail_msg("%s", fixture->error.message);
}

void backups_close(struct fixture *fixture)
{
	bobolink_close(fixture->session);
	fixture->session = NULL;
	engine()->close(fixture->db);
	fixture->db = NULL;
}

int backups_restore(struct fixture *fixture, const char *name, uint32_t flags)
{
	return bobolink_restore(hand_set(fixture->set, engine()->backend), fixture->url, name,
				&fixture->options, flags, &fixture->error);
}

/* Migrated and backed up as "a", then changed. */
void backups_prepare(struct fixture *fixture)
{
	if (fixture_boot(fixture))
		fail_msg("%s", fixture->error.message);
	backups_make(fixture, "a");
	fixture_run(fixture, "INSERT INTO ran VALUES (4711)");
}

void backups_reopen(struct fixture *fixture)
{
	fixture->db = engine()->open(fixture->url);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM ran WHERE i = 4711"), 0);
	assert_true(fixture_is_whole(fixture, 3));
}
