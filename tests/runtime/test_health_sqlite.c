/*
 * Health on SQLite: a file that is locked, and one that cannot be written.
 */
#include <string.h>
#include <unistd.h>

#include <bobolink/schema.h>
#include <bobolink/sqlite3.h>

#include "fixture.h"

static struct bobolink_health *looked(struct fixture *fixture)
{
	struct bobolink_health *health;

	if (bobolink_health(fixture->session, 0, &health, &fixture->error))
		fail_msg("%s", fixture->error.message);
	return health;
}

/* Nobody reads while another connection commits: that is said at once, however long others would be waited for. */
static void a_locked_database_answers_at_once(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_health *health;
	void *other;

	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture->options.lock_timeout_ms = 60000;
	fixture_open(fixture);
	other = engine()->open(fixture->url);
	engine()->run(other, "BEGIN EXCLUSIVE");
	alarm(10);
	health = looked(fixture);
	alarm(0);
	assert_int_equal(health->reachable, 1);
	assert_int_equal(health->locked, 1);
	assert_int_equal(health->verdict, BOBOLINK_LOCKED);
	assert_int_equal(bobolink_health_exit_code(health), 6);
	assert_int_equal(health->finding_count, 1);
	assert_non_null(strstr(health->findings[0].message, "ask again"));
	bobolink_health_free(health);
	engine()->run(other, "ROLLBACK");
	engine()->close(other);
	health = looked(fixture);
	assert_int_equal(health->applied, 3);
	assert_int_equal(health->verdict, BOBOLINK_OK);
	bobolink_health_free(health);
}

static void what_a_writer_has_not_committed_is_no_lock(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_health *health;
	void *other;

	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	fixture_open(fixture);
	other = engine()->open(fixture->url);
	engine()->run(other, "BEGIN IMMEDIATE; CREATE TABLE other (x INTEGER)");
	health = looked(fixture);
	assert_int_equal(health->locked, -1);
	assert_int_equal(health->verdict, BOBOLINK_OK);
	bobolink_health_free(health);
	engine()->run(other, "COMMIT");
	engine()->close(other);
}

static void a_connection_that_cannot_write_is_read_only(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_health *health;
	sqlite3 *reader = NULL;

	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_int_equal(sqlite3_open_v2(fixture->url, &reader, SQLITE_OPEN_READONLY, NULL),
			 SQLITE_OK);
	assert_int_equal(bobolink_open_sqlite3(hand_set(fixture->set, bobolink_backend_sqlite3),
					       reader, &fixture->options, &fixture->session,
					       &fixture->error),
			 BOBOLINK_OK);
	health = looked(fixture);
	assert_int_equal(health->read_only, 1);
	assert_int_equal(health->verdict, BOBOLINK_OK);
	bobolink_health_free(health);
	bobolink_close(fixture->session);
	fixture->session = NULL;
	sqlite3_close(reader);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(a_locked_database_answers_at_once),
		FIXTURE_TEST(what_a_writer_has_not_committed_is_no_lock),
		FIXTURE_TEST(a_connection_that_cannot_write_is_read_only),
	};

	return engine_run_group_tests_on("sqlite", tests);
}
