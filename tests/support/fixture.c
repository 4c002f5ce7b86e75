/*
 * An empty database with a connection, a set of three counting migrations, and options.
 */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int fixture_setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	const struct bobolink_options options = BOBOLINK_OPTIONS_INIT;

	if (!fixture)
		return -1;
	scratch_make(fixture->directory);
	engine()->make(fixture->directory, fixture->url);
	fixture->db = engine()->open(fixture->url);
	fixture->set = hand_set_counting("shop", 3);
	fixture->options = options;
	*state = fixture;
	return 0;
}

int fixture_teardown(void **state)
{
	struct fixture *fixture = *state;

	bobolink_close(fixture->session);
	engine()->close(fixture->db);
	hand_set_free(fixture->set);
	scratch_remove(fixture->directory);
	free(fixture);
	return 0;
}

int fixture_boot_on(struct fixture *fixture, void *db)
{
	return bobolink_migrate(hand_set(fixture->set, engine()->backend), db, &fixture->options,
				&fixture->error);
}

int fixture_boot(struct fixture *fixture)
{
	return fixture_boot_on(fixture, fixture->db);
}

void fixture_open(struct fixture *fixture)
{
	assert_int_equal(bobolink_open(hand_set(fixture->set, engine()->backend), fixture->db,
				       &fixture->options, &fixture->session, &fixture->error),
			 BOBOLINK_OK);
}

void fixture_replace_set(struct fixture *fixture, struct hand_set *set)
{
	bobolink_close(fixture->session);
	fixture->session = NULL;
	hand_set_free(fixture->set);
	fixture->set = set;
}

void fixture_run(struct fixture *fixture, const char *sql)
{
	engine()->run(fixture->db, sql);
}

int64_t fixture_number(struct fixture *fixture, const char *sql)
{
	return engine_number(fixture->db, sql);
}

const char *fixture_text(struct fixture *fixture, const char *sql)
{
	return engine()->text(fixture->db, sql);
}

void fixture_says(struct fixture *fixture, const char *sql, const char *expected)
{
	const char *text = fixture_text(fixture, sql);

	if (strcmp(text, expected) != 0)
		fail_msg("%s: \"%s\", not \"%s\"", sql, text, expected);
}

bool fixture_is_whole(const struct fixture *fixture, uint32_t count)
{
	return engine_is_whole(fixture->url, count);
}

void fixture_told(const struct fixture *fixture, int code, const char *words)
{
	assert_int_equal(fixture->error.code, code);
	if (!strstr(fixture->error.message, words))
		fail_msg("\"%s\" does not say \"%s\"", fixture->error.message, words);
}

void fixture_await_others(struct fixture *fixture)
{
	static const struct timespec moment = { 0, 5000000 };
	bool postgres = engine()->backend()->dialect == BOBOLINK_DIALECT_POSTGRES;

	for (int i = 0; postgres && i < 2000; i++) {
		if (fixture_number(fixture, "SELECT count(*) FROM pg_stat_activity WHERE pid <> "
					    "pg_backend_pid() AND datname = current_database() AND "
					    "backend_type = 'client backend'") == 0)
			return;
		nanosleep(&moment, NULL);
	}
	assert_false(postgres);
}
