/*
 * Opening: calls that make no sense, and options from the environment.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

static void calls_that_make_no_sense_are_refused(void **state)
{
	struct fixture *fixture = *state;
	const struct bobolink_set *good = hand_set(fixture->set, engine()->backend);
	struct bobolink_options empty = { 0 };
	struct bobolink_session *session;
	struct bobolink_set old = *good;

	assert_int_equal(bobolink_open(NULL, fixture->db, NULL, &session, &fixture->error),
			 BOBOLINK_USAGE);
	assert_int_equal(bobolink_open(good, NULL, NULL, &session, &fixture->error),
			 BOBOLINK_USAGE);
	assert_null(session);
	assert_int_equal(bobolink_open(good, fixture->db, &empty, &session, &fixture->error),
			 BOBOLINK_USAGE);
	fixture_told(fixture, BOBOLINK_USAGE, "BOBOLINK_OPTIONS_INIT");
	old.data_version = 99;
	assert_int_equal(bobolink_open(&old, fixture->db, NULL, &session, &fixture->error),
			 BOBOLINK_USAGE);
	fixture_told(fixture, BOBOLINK_USAGE, "generate it again");
	bobolink_close(NULL);
	/* Nobody has to take an error. */
	assert_int_equal(bobolink_open(good, NULL, NULL, &session, NULL), BOBOLINK_USAGE);
	assert_int_equal(bobolink_migrate(good, fixture->db, &fixture->options, NULL), BOBOLINK_OK);
}

static void the_environment_sets_options(void **state)
{
	struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	struct bobolink_error error;

	(void)state;
	setenv("AUTO_MIGRATE", "Off", 1);
	setenv("BOBOLINK_ENV", "staging", 1);
	assert_int_equal(bobolink_options_from_env(&options, &error), BOBOLINK_OK);
	assert_int_equal(options.auto_migrate, BOBOLINK_AUTO_MIGRATE_OFF);
	assert_string_equal(options.environment, "staging");
	setenv("AUTO_MIGRATE", "true", 1);
	assert_int_equal(bobolink_options_from_env(&options, &error), BOBOLINK_OK);
	assert_int_equal(options.auto_migrate, BOBOLINK_AUTO_MIGRATE_ON);
	setenv("AUTO_MIGRATE", "perhaps", 1);
	assert_int_equal(bobolink_options_from_env(&options, &error), BOBOLINK_USAGE);
	assert_string_equal(error.message, "AUTO_MIGRATE is \"perhaps\": set it to true or false");
	unsetenv("AUTO_MIGRATE");
	unsetenv("BOBOLINK_ENV");
}

static void the_environment_says_what_a_failed_fix_does(void **state)
{
	static const char *const words[] = { "go-on", "STOP", "off" };
	static const uint32_t expected[] = { BOBOLINK_FIXES_GO_ON, BOBOLINK_FIXES_STOP,
					     BOBOLINK_FIXES_OFF };
	struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	struct bobolink_error error;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		options.fixes = 7;
		setenv("BOBOLINK_FIXES", words[i], 1);
		assert_int_equal(bobolink_options_from_env(&options, &error), BOBOLINK_OK);
		assert_int_equal(options.fixes, expected[i]);
	}
	setenv("BOBOLINK_FIXES", "always", 1);
	assert_int_equal(bobolink_options_from_env(&options, &error), BOBOLINK_USAGE);
	assert_string_equal(error.message,
			    "BOBOLINK_FIXES is \"always\": set it to go-on, stop or off");
	unsetenv("BOBOLINK_FIXES");
}

static void assert_refused(const char *variable, const char *value, const char *allowed)
{
	struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	struct bobolink_error error;

	setenv(variable, value, 1);
	assert_int_equal(bobolink_options_from_env(&options, &error), BOBOLINK_USAGE);
	assert_non_null(strstr(error.message, variable));
	assert_non_null(strstr(error.message, value));
	assert_non_null(strstr(error.message, allowed));
	unsetenv(variable);
}

static void the_environment_says_what_to_do_on_failure_and_about_backups(void **state)
{
	struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	struct bobolink_error error;

	(void)state;
	setenv("BOBOLINK_ON_FAILURE", "rollback", 1);
	setenv("BOBOLINK_BACKUP", "destructive", 1);
	setenv("BOBOLINK_BACKUP_DIR", "/srv/backups", 1);
	setenv("BOBOLINK_BACKUP_KEEP", "4294967295", 1);
	assert_int_equal(bobolink_options_from_env(&options, &error), BOBOLINK_OK);
	assert_int_equal(options.on_failure, BOBOLINK_ON_FAILURE_ROLLBACK);
	assert_int_equal(options.backup, BOBOLINK_BACKUP_DESTRUCTIVE);
	assert_string_equal(options.backup_directory, "/srv/backups");
	assert_int_equal(options.backup_keep, UINT32_MAX);
	/* What is empty says nothing. */
	setenv("BOBOLINK_ON_FAILURE", "", 1);
	setenv("BOBOLINK_BACKUP", "", 1);
	setenv("BOBOLINK_BACKUP_DIR", "", 1);
	setenv("BOBOLINK_BACKUP_KEEP", "", 1);
	assert_int_equal(bobolink_options_from_env(&options, &error), BOBOLINK_OK);
	assert_int_equal(options.on_failure, BOBOLINK_ON_FAILURE_ROLLBACK);
	assert_string_equal(options.backup_directory, "/srv/backups");
	setenv("BOBOLINK_ON_FAILURE", "continue", 1);
	setenv("BOBOLINK_BACKUP", "always", 1);
	setenv("BOBOLINK_BACKUP_KEEP", "0", 1);
	assert_int_equal(bobolink_options_from_env(&options, &error), BOBOLINK_OK);
	assert_int_equal(options.on_failure, BOBOLINK_ON_FAILURE_CONTINUE);
	assert_int_equal(options.backup, BOBOLINK_BACKUP_ALWAYS);
	assert_int_equal(options.backup_keep, 0);
	setenv("BOBOLINK_ON_FAILURE", "stop", 1);
	setenv("BOBOLINK_BACKUP", "never", 1);
	assert_int_equal(bobolink_options_from_env(&options, &error), BOBOLINK_OK);
	assert_int_equal(options.on_failure, BOBOLINK_ON_FAILURE_STOP);
	assert_int_equal(options.backup, BOBOLINK_BACKUP_NEVER);
	unsetenv("BOBOLINK_BACKUP_DIR");
	assert_refused("BOBOLINK_ON_FAILURE", "halt", "stop, continue or rollback");
	assert_refused("BOBOLINK_BACKUP", "sometimes", "never, destructive or always");
	assert_refused("BOBOLINK_BACKUP_KEEP", "4294967296", "0 for all");
	assert_refused("BOBOLINK_BACKUP_KEEP", "-1", "0 for all");
	assert_refused("BOBOLINK_BACKUP_KEEP", "3 ", "0 for all");
	assert_refused("BOBOLINK_BACKUP_KEEP", "99999999999999999999999999999999", "0 for all");
}

/* A program built with an older header has a shorter struct: what lies behind it is not ours. */
static void the_environment_sets_no_more_members_than_the_caller_has(void **state)
{
	struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	struct bobolink_error error;

	(void)state;
	options.size = offsetof(struct bobolink_options, backup_directory);
	setenv("BOBOLINK_BACKUP", "always", 1);
	setenv("BOBOLINK_BACKUP_DIR", "/srv/backups", 1);
	setenv("BOBOLINK_BACKUP_KEEP", "3", 1);
	assert_int_equal(bobolink_options_from_env(&options, &error), BOBOLINK_OK);
	assert_int_equal(options.backup, BOBOLINK_BACKUP_ALWAYS);
	assert_null(options.backup_directory);
	assert_int_equal(options.backup_keep, 0);
	unsetenv("BOBOLINK_BACKUP");
	unsetenv("BOBOLINK_BACKUP_DIR");
	unsetenv("BOBOLINK_BACKUP_KEEP");
}

static void release_nothing(void *context, void *memory)
{
	(void)context;
	(void)memory;
}

static void an_allocator_has_all_its_functions_or_none(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_allocator allocator = { NULL, NULL, NULL, NULL };

	fixture->options.allocator = &allocator;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	allocator.release = release_nothing;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_USAGE);
	fixture_told(fixture, BOBOLINK_USAGE, "give all or none");
}

static void no_error_has_no_text(void **state)
{
	char text[8] = "before";

	(void)state;
	assert_ptr_equal(bobolink_error_text(NULL, text, sizeof(text)), text);
	assert_string_equal(text, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(calls_that_make_no_sense_are_refused),
		cmocka_unit_test(the_environment_sets_options),
		cmocka_unit_test(the_environment_says_what_a_failed_fix_does),
		cmocka_unit_test(the_environment_says_what_to_do_on_failure_and_about_backups),
		cmocka_unit_test(the_environment_sets_no_more_members_than_the_caller_has),
		FIXTURE_TEST(an_allocator_has_all_its_functions_or_none),
		cmocka_unit_test(no_error_has_no_text),
	};

	return engine_run_group_tests(tests);
}
