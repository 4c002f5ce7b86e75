/*
 * A connection that is cut at any moment of a run with fixes and repeatables: the next start finishes, and nothing is done twice or
 * left out. At each COMMIT the answer is lost, also where nobody can be asked what became of it.
 */
#include <stdio.h>
#include <string.h>

#include <bobolink/postgres.h>

#include "cluster.h"
#include "database.h"
#include "fixture.h"
#include "hand_scripts.h"
#include "program.h"

#define MIGRATIONS 3
#define SAMPLE	   5
#define POINTS	   100

struct scene {
	const struct bobolink_set *set;
	struct bobolink_options options;
	char url[SERVER_URL_SIZE];
	struct program_end end;
	proxy_judge_fn *judge;
	enum proxy_verdict verdict;
	long at;   /* the message, or the answer to a COMMIT */
	long seen; /* of these */
};

static enum proxy_verdict strike(struct scene *scene)
{
	return ++scene->seen == scene->at ? scene->verdict : PROXY_PASS;
}

static enum proxy_verdict at_message(void *context, const struct proxy_message *message)
{
	(void)message;
	return strike(context);
}

static enum proxy_verdict at_commit(void *context, const struct proxy_message *message)
{
	bool answered = message->from_server && message->type == 'C' &&
			strcmp(message->body, "COMMIT") == 0;

	return answered ? strike(context) : PROXY_PASS;
}

static void run(struct scene *scene)
{
	struct proxy *proxy = proxy_new(scene->url);
	struct program program;

	scene->seen = 0;
	program_start(&program, proxy_url(proxy), scene->set, &scene->options);
	proxy_serve(proxy, program.report, scene->judge, scene);
	program_await(&program, &scene->end);
	assert_false(scene->end.killed);
	proxy_free(proxy);
}

static void assert_whole(const struct scene *scene)
{
	PGconn *connection = pg_open(scene->url);
	PGresult *result = PQexec(connection, mending_sums);

	if (PQntuples(result) != 1 || strcmp(PQgetvalue(result, 0, 0), "ok") != 0)
		fail_msg("struck at %ld: %s%s", scene->at, PQresultErrorMessage(result),
			 PQntuples(result) ? PQgetvalue(result, 0, 0) : "");
	PQclear(result);
	PQfinish(connection);
}

static void strike_at(struct scene *scene)
{
	int rc;

	database_new(scene->url);
	run(scene);
	rc = scene->end.rc;
	if (rc != BOBOLINK_OK && rc != BOBOLINK_UNREACHABLE &&
	    (rc != BOBOLINK_UNKNOWN || scene->verdict != PROXY_REFUSE))
		fail_msg("struck at %ld: %s: %s", scene->at, bobolink_result_name(rc),
			 scene->end.error.message);
	if (rc == BOBOLINK_OK)
		assert_whole(scene);
	if (engine_boot(scene->url, scene->set, &scene->end.error))
		fail_msg("struck at %ld, the next start: %s", scene->at, scene->end.error.message);
	assert_whole(scene);
	database_drop(scene->url);
}

static void sweep(const char *what, proxy_judge_fn *judge, enum proxy_verdict verdict)
{
	struct hand_set *made = hand_set_mending("shop", MIGRATIONS);
	const struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	struct scene scene = { .options = options, .judge = judge, .verdict = verdict };
	long wanted = test_all() ? POINTS : SAMPLE;
	long count;

	scene.set = hand_set(made, engine()->backend);
	database_new(scene.url);
	run(&scene);
	count = scene.seen;
	assert_int_equal(scene.end.rc, BOBOLINK_OK);
	assert_whole(&scene);
	database_drop(scene.url);
	assert_true(count > 2);
	/* Asking a server that is away takes its time. */
	if (verdict == PROXY_REFUSE && !test_all())
		wanted = 3;
	wanted = wanted < count ? wanted : count;
	for (long point = 0; point < wanted; point++) {
		scene.at = 1 + point * (count - 1) / (wanted - 1);
		strike_at(&scene);
	}
	print_message("sweep: %s, at %ld of %ld\n", what, wanted, count);
	hand_set_free(made);
}

static void a_cut_loses_and_doubles_nothing(void **state)
{
	(void)state;
	sweep("connection cut before a message", at_message, PROXY_CUT);
}

static void nor_does_a_commit_whose_answer_is_lost(void **state)
{
	(void)state;
	sweep("answer to COMMIT lost", at_commit, PROXY_CUT);
}

static void nor_one_of_which_nobody_knows(void **state)
{
	(void)state;
	sweep("answer to COMMIT lost, and the server away", at_commit, PROXY_REFUSE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cut_loses_and_doubles_nothing),
		cmocka_unit_test(nor_does_a_commit_whose_answer_is_lost),
		cmocka_unit_test(nor_one_of_which_nobody_knows),
	};

	return engine_run_group_tests_on("postgres", tests);
}
