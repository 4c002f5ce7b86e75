/*
 * Passwords are in no message, no event, no table and no log, whatever goes wrong: not even five characters
 * of one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bobolink/postgres.h>

#include "cluster.h"
#include "fixture.h"
#include "server.h"

#define SECRET "zebra7quartz9vow"
#define PART   5

static struct companion guarded;
static unsigned int looked_at;

/* No part of the secret stands in the text. */
static void assert_silent(const char *text)
{
	char part[PART + 1] = "";

	looked_at++;
	for (size_t i = 0; i + PART < sizeof(SECRET); i++) {
		memcpy(part, &SECRET[i], PART);
		if (strstr(text, part))
			fail_msg("\"%s\" contains \"%s\"", text, part);
	}
}

static void on_log(void *context, const struct bobolink_event *event)
{
	(void)context;
	assert_silent(event->detail);
}

static int on_progress(void *context, const struct bobolink_progress *progress)
{
	(void)context;
	if (progress->waiting_for)
		assert_silent(progress->waiting_for);
	return 0;
}

/* A server that wants the secret, and the URL with it. */
static void guard(struct fixture *fixture, const char *password, char url[ENGINE_URL_SIZE])
{
	if (!guarded.directory[0])
		cluster_with_password(&guarded, SECRET);
	(void)snprintf(url, ENGINE_URL_SIZE, "postgres://postgres:%s@/postgres?host=%s", password,
		       guarded.directory);
	fixture->options.log = on_log;
	fixture->options.progress = on_progress;
}

static int teardown(void **state)
{
	if (guarded.directory[0])
		assert_silent(companion_log(&guarded));
	companion_stop(&guarded);
	return fixture_teardown(state);
}

static void *connected(struct fixture *fixture, const char *url)
{
	void *handle = NULL;

	if (engine()->backend()->connect(url, false, &handle, &fixture->error))
		fail_msg("%s", fixture->error.message);
	return handle;
}

/* Asserts that everything that bobolink wrote says nothing. */
static void look_at_tables(PGconn *connection)
{
	assert_silent(pg_text(connection, "SELECT string_agg(l::text, ' ') FROM bobolink_log l"));
	assert_silent(
		pg_text(connection, "SELECT string_agg(h::text, ' ') FROM bobolink_history h"));
	assert_silent(pg_text(connection, "SELECT string_agg(h::text, ' ') FROM bobolink_head h"));
}

static void a_start_tells_nobody(void **state)
{
	struct fixture *fixture = *state;
	char url[ENGINE_URL_SIZE];
	void *handle;

	guard(fixture, SECRET, url);
	handle = connected(fixture, url);
	assert_int_equal(fixture_boot_on(fixture, handle), BOBOLINK_OK);
	hand_set_add(fixture->set, 4, "wrong", 0, "CREATE TABLE t_4 (x nothing)", NULL);
	assert_int_equal(fixture_boot_on(fixture, handle), BOBOLINK_SQL_ERROR);
	assert_silent(fixture->error.message);
	look_at_tables(handle);
	engine()->backend()->disconnect(handle);
}

static void a_wrong_password_is_not_repeated(void **state)
{
	struct fixture *fixture = *state;
	struct bobolink_error error;
	char url[ENGINE_URL_SIZE];
	void *handle = fixture;

	guard(fixture, SECRET "x", url);
	assert_int_equal(engine()->backend()->connect(url, false, &handle, &fixture->error),
			 BOBOLINK_UNREACHABLE);
	assert_null(handle);
	fixture_told(fixture, BOBOLINK_UNREACHABLE, "password authentication failed");
	assert_silent(fixture->error.message);
	guard(fixture, "", url);
	assert_int_equal(engine()->backend()->connect(url, false, &handle, &error),
			 BOBOLINK_UNREACHABLE);
	assert_silent(error.message);
}

/* As the message about a URL that cannot be read advises. */
static void an_encoded_password_is_understood(void **state)
{
	struct fixture *fixture = *state;
	char encoded[3 * sizeof(SECRET) + 1] = "";
	char url[ENGINE_URL_SIZE];

	for (size_t i = 0; i + 1 < sizeof(SECRET); i++)
		(void)snprintf(encoded + 3 * i, 4, "%%%02X", (unsigned)SECRET[i]);
	guard(fixture, encoded, url);
	engine()->backend()->disconnect(connected(fixture, url));
}

static int end_session(void *context, const struct bobolink_progress *progress)
{
	struct fixture *fixture = context;
	char sql[100];
	void *other;

	if (progress->version != 3 || progress->statement != 2)
		return 0;
	other = connected(fixture, fixture->url);
	(void)snprintf(sql, sizeof(sql), "SELECT pg_terminate_backend(%d, 10000)",
		       PQbackendPID(fixture->db));
	pg_run(other, sql);
	engine()->backend()->disconnect(other);
	return 0;
}

/* The runtime connects a second time, with the same password, to ask what became of the transaction. */
static void a_lost_connection_tells_nobody(void **state)
{
	struct fixture *fixture = *state;
	void *first = fixture->db;

	guard(fixture, SECRET, fixture->url);
	fixture->db = connected(fixture, fixture->url);
	fixture->options.progress = end_session;
	fixture->options.progress_context = fixture;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_UNREACHABLE);
	assert_silent(fixture->error.message);
	engine()->close(fixture->db);
	fixture->db = connected(fixture, fixture->url);
	fixture->options.progress = on_progress;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	look_at_tables(fixture->db);
	assert_int_equal(fixture_number(fixture, "SELECT count(*) FROM ran"), 3);
	engine()->close(first);
}

/* Slips in URLs, of people who do not know which characters must be encoded; nothing listens at port 1. */
static const char *const slips[] = {
	"postgres://postgres:" SECRET "@127.0.0.1:1/shop",
	"postgres://postgres:" SECRET "@127.0.0.1:port/shop",
	"postgres://postgres:" SECRET "@127.0.0.1:99999/shop",
	"postgres://postgres:" SECRET "@[::1/shop",
	"postgres://postgres:" SECRET "%zz@127.0.0.1:1/shop",
	"postgres://postgres:%" SECRET "@127.0.0.1:1/shop",
	"postgres://postgres:%00" SECRET "@127.0.0.1:1/shop",
	"postgres://postgres:a@" SECRET "@127.0.0.1:1/shop",
	"postgres://postgres:" SECRET "@b@127.0.0.1:1/shop",
	"postgres://postgres:a/" SECRET "@127.0.0.1:1/shop",
	"postgres://postgres:" SECRET "/b@127.0.0.1:1/shop",
	"postgres://postgres:1/" SECRET "@127.0.0.1:1/shop",
	"postgres://postgres:a?" SECRET "@127.0.0.1:1/shop",
	"postgres://postgres:" SECRET "?b@127.0.0.1:1/shop",
	"postgres://postgres:a#" SECRET "@127.0.0.1:1/shop",
	"postgres://postgres:a:" SECRET "@127.0.0.1:1/shop",
	"postgres://postgres:a,b@" SECRET ",c@127.0.0.1:1/shop",
	"postgres://postgres:[" SECRET "]@127.0.0.1:1/shop",
	"postgres://postgres:" SECRET,
	"postgres://postgres:" SECRET "/shop",
	"postgres://127.0.0.1:1/shop?password=" SECRET "&nothing=1",
	"postgres://127.0.0.1:1/shop?passwrod=" SECRET,
	"postgres://127.0.0.1:1/shop?password=" SECRET "=1",
	"postgres://127.0.0.1:1/shop?password=a&" SECRET,
	"postgres://127.0.0.1:1/shop?password=" SECRET "&sslmode=nothing",
	"postgres://127.0.0.1:1/shop?password=" SECRET "&connect_timeout=soon",
	"host=127.0.0.1 port=1 password=" SECRET,
	"postgres://postgres:" SECRET "\n@127.0.0.1:1/shop",
	"mysql://root:" SECRET "@127.0.0.1:1/shop",
	"",
};

static void what_is_wrong_with_a_url_is_told_without_it(void **state)
{
	struct fixture *fixture = *state;
	unsigned int count = 0;

	for (size_t i = 0; i < sizeof(slips) / sizeof(slips[0]); i++) {
		void *handle = fixture;
		int rc = engine()->backend()->connect(slips[i], false, &handle, &fixture->error);

		if (rc != BOBOLINK_USAGE && rc != BOBOLINK_UNREACHABLE)
			fail_msg("%s: %d", slips[i], rc);
		assert_null(handle);
		assert_int_not_equal(strlen(fixture->error.message), 0);
		assert_silent(fixture->error.message);
		count++;
	}
	print_message("sweep: %u URLs with slips\n", count);
	assert_true(count > 0);
}

static void texts_were_looked_at(void **state)
{
	(void)state;
	print_message("sweep: %u texts searched for a password\n", looked_at);
	assert_true(looked_at > 0);
}

#define PASSWORD_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PASSWORD_TEST(a_start_tells_nobody),
		PASSWORD_TEST(a_wrong_password_is_not_repeated),
		PASSWORD_TEST(an_encoded_password_is_understood),
		PASSWORD_TEST(a_lost_connection_tells_nobody),
		PASSWORD_TEST(what_is_wrong_with_a_url_is_told_without_it),
		cmocka_unit_test(texts_were_looked_at),
	};

	return engine_run_group_tests_on("postgres", tests);
}
