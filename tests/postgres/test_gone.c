/*
 * The server ends the connection, or itself, between two statements of a run: the run says so, the next start
 * finishes, and nothing is done twice.
 */
#include <stdio.h>
#include <string.h>

#include <bobolink/postgres.h>

#include "fixture.h"
#include "fragile_set.h"
#include "server.h"

/* More than the statements of the whole run. */
#define MOST 200

struct scene {
	char url[SERVER_URL_SIZE];
	PGconn *connection;
	int at;
	int calls;
	void (*happens)(struct scene *scene);
};

static int progress(void *context, const struct bobolink_progress *unused)
{
	struct scene *scene = context;

	(void)unused;
	if (++scene->calls == scene->at)
		scene->happens(scene);
	return 0;
}

/* Returns only when the process is gone. */
static void terminate(struct scene *scene)
{
	PGconn *other = pg_open(scene->url);
	char sql[100];

	(void)snprintf(sql, sizeof(sql), "SELECT CAST(pg_terminate_backend(%d, 10000) AS INTEGER)",
		       PQbackendPID(scene->connection));
	assert_int_equal(pg_number(other, sql), 1);
	PQfinish(other);
}

static void restart(struct scene *scene)
{
	(void)scene;
	server_restart();
}

/* False when the run had fewer than `at` statements, so that nothing happened. */
static bool check_point(struct scene *scene, const struct bobolink_set *set)
{
	struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	struct bobolink_error error;
	int rc;

	options.progress = progress;
	options.progress_context = scene;
	scene->calls = 0;
	database_new(scene->url);
	scene->connection = pg_open(scene->url);
	pg_run(scene->connection, "SET client_min_messages = warning");
	rc = bobolink_migrate_postgres(set, scene->connection, &options, &error);
	PQfinish(scene->connection);
	if (scene->calls < scene->at) {
		assert_int_equal(rc, BOBOLINK_OK);
	} else if (rc != BOBOLINK_UNREACHABLE) {
		fail_msg("before statement %d: %s: %s", scene->at, bobolink_result_name(rc),
			 error.message);
	}
	fragile_check(scene->url, set, scene->at);
	database_drop(scene->url);
	return scene->calls >= scene->at;
}

static void sweep(const char *what, void (*happens)(struct scene *scene), int stride)
{
	struct scene scene = { .at = 1, .happens = happens };
	struct hand_set *made = fragile_set();
	const struct bobolink_set *set = hand_set(made, engine()->backend);
	int points = 0;

	for (; scene.at < MOST && check_point(&scene, set); scene.at += stride)
		points++;
	assert_true(scene.at < MOST);
	print_message("sweep: %s before %d statements of a run\n", what, points);
	assert_true(points > 2);
	hand_set_free(made);
}

static void a_connection_that_the_server_ends_loses_and_doubles_nothing(void **state)
{
	(void)state;
	sweep("connection ended", terminate, test_all() ? 1 : 3);
}

static void nor_does_a_server_that_is_restarted(void **state)
{
	(void)state;
	sweep("server restarted", restart, test_all() ? 1 : 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_connection_that_the_server_ends_loses_and_doubles_nothing),
		cmocka_unit_test(nor_does_a_server_that_is_restarted),
	};

	return engine_run_group_tests_on("postgres", tests);
}
