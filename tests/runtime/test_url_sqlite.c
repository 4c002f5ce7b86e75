/*
 * The URLs of SQLite: each names a file, or is refused.
 */
#include <stdio.h>
#include <unistd.h>

#include "fixture.h"

static int try_connect(const char *url, struct bobolink_error *error)
{
	const struct bobolink_backend *backend = bobolink_backend_sqlite3();
	void *handle = NULL;
	int rc = backend->connect(url, true, &handle, error);

	assert_true((rc == BOBOLINK_OK) == (handle != NULL));
	backend->disconnect(handle);
	return rc;
}

static void a_url_names_a_file_or_is_refused(void **state)
{
	struct fixture *fixture = *state;
	char url[ENGINE_URL_SIZE + 20];

	assert_int_equal(try_connect("sqlite::memory:", &fixture->error), BOBOLINK_OK);
	snprintf(url, sizeof(url), "sqlite:%s", fixture->url);
	assert_int_equal(try_connect(url, &fixture->error), BOBOLINK_OK);
	snprintf(url, sizeof(url), "sqlite://%s/a b%%20c.db", fixture->directory);
	assert_int_equal(try_connect(url, &fixture->error), BOBOLINK_OK);
	snprintf(url, sizeof(url), "%s/a b%%20c.db", fixture->directory);
	assert_int_equal(access(url, F_OK), 0);
	snprintf(url, sizeof(url), "sqlite:%s/none/shop.db", fixture->directory);
	assert_int_equal(try_connect(url, &fixture->error), BOBOLINK_UNREACHABLE);
	fixture_told(fixture, BOBOLINK_UNREACHABLE, "its directory does not exist");
	snprintf(url, sizeof(url), "sqlite:%s", fixture->directory);
	assert_int_equal(try_connect(url, &fixture->error), BOBOLINK_UNREACHABLE);
	assert_int_equal(try_connect("sqlite:", &fixture->error), BOBOLINK_USAGE);
	assert_int_equal(try_connect("sqlite://shop.db", &fixture->error), BOBOLINK_USAGE);
	assert_int_equal(try_connect("postgres://x", &fixture->error), BOBOLINK_USAGE);
	assert_int_equal(try_connect("shop.db", &fixture->error), BOBOLINK_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(a_url_names_a_file_or_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
