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
		FIXTURE_TEST(an_allocator_has_all_its_functions_or_none),
		cmocka_unit_test(no_error_has_no_text),
	};

	return engine_run_group_tests(tests);
}
