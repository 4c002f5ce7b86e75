/*
 * Every allocation of the runtime failing in turn while drift is looked for and written as a script: "out of memory" and
 * nothing left behind, or the answer.
 */
#include <stdio.h>
#include <string.h>

#include <bobolink/schema.h>

#include "failing_memory.h"
#include "fixture.h"
#include "learned_set.h"

static const struct learned_migration shop[] = {
	{ "users",
	  { "CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(40) NOT NULL)",
	    "CREATE INDEX users_by_name ON users (name)", "CREATE TABLE letters (a INTEGER)" },
	  { NULL } },
	{ "orders",
	  { "CREATE TABLE orders (id INTEGER NOT NULL PRIMARY KEY, user_id INTEGER REFERENCES "
	    "users (id))",
	    "CREATE VIEW names AS SELECT name FROM users" },
	  { NULL } },
	{ "mail", { "ALTER TABLE users ADD COLUMN mail VARCHAR(80)" }, { NULL } },
};

/* Older than the last migration, which changes what one of them stands on. */
static const struct learned_migration views[] = {
	{ "people", { "CREATE VIEW people AS SELECT * FROM users" }, { NULL } },
	{ "many", { "CREATE VIEW many AS SELECT * FROM letters" }, { NULL } },
};

static void boot(struct fixture *fixture, uint32_t count)
{
	fixture_replace_set(fixture,
			    learned_set_with(fixture->directory, "shop", shop, count, views, 2));
	fixture_open(fixture);
	assert_int_equal(bobolink_boot(fixture->session, &fixture->error), BOBOLINK_OK);
}

static int count_bytes(void *context, const char *text, size_t length)
{
	(void)text;
	*(size_t *)context += length;
	return 0;
}

/* Looks and writes; `bytes` is the script's length when all is well. */
static int look(struct fixture *fixture, size_t *bytes)
{
	struct bobolink_drift *drift = NULL;
	int rc = bobolink_drift(fixture->session, &drift, &fixture->error);

	*bytes = 0;
	if (rc == BOBOLINK_OK) {
		/* Two tables with all that is theirs, and a view. */
		assert_true(drift->missing > 6);
		rc = bobolink_drift_script(drift, count_bytes, bytes);
	}
	bobolink_drift_free(drift);
	return rc;
}

static void every_allocation_of_a_look_may_fail(void **state)
{
	const struct bobolink_allocator allocator = failing_allocator();
	struct fixture *fixture = *state;
	size_t expected;
	size_t bytes;
	long calls;
	long live;

	fixture->options.validate = BOBOLINK_VALIDATE_OFF;
	fixture->options.allocator = &allocator;
	boot(fixture, 2);
	boot(fixture, 3);
	fixture_run(fixture, "DROP VIEW people; DROP VIEW many; DROP VIEW names; DROP TABLE "
			     "orders; DROP TABLE users; "
			     "CREATE TABLE stray (x INTEGER); DROP TABLE letters; CREATE TABLE "
			     "LETTERS (A INTEGER)");
	assert_int_equal(look(fixture, &expected), BOBOLINK_OK);
	ours = (struct budget){ .armed = true, .live = ours.live };
	live = ours.live;
	assert_int_equal(look(fixture, &bytes), BOBOLINK_OK);
	assert_int_equal(ours.live, live);
	calls = ours.calls;
	assert_true(calls > 50);
	for (long at = 1; at <= calls; at++) {
		int rc;

		ours = (struct budget){ .armed = true, .at = at, .live = live };
		rc = look(fixture, &bytes);
		if (rc != BOBOLINK_NO_MEMORY || ours.live != live)
			fail_msg("allocation %ld: %d, %ld left behind: %s", at, rc,
				 ours.live - live, fixture->error.message);
	}
	ours = (struct budget){ .armed = false, .live = live };
	assert_int_equal(look(fixture, &bytes), BOBOLINK_OK);
	assert_int_equal(bytes, expected);
	printf("sweep: %ld allocations failed\n", calls);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(every_allocation_of_a_look_may_fail),
	};

	return engine_run_group_tests(tests);
}
