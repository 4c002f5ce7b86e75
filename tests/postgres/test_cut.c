/*
 * A connection that is cut, falls silent, or whose server goes away, at any moment of a run: the result is
 * known or says that it is not, the next start finishes, and nothing is done twice.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bobolink/postgres.h>

#include "cluster.h"
#include "database.h"
#include "fixture.h"
#include "fragile_set.h"
#include "program.h"

#define SAMPLE	 10
#define POINTS	 200
#define COUNTING 3

/* --- what happens to messages ---------------------------------------------------------------- */

struct scene {
	struct proxy *proxy;
	struct hand_set *made;
	const struct bobolink_set *set;
	struct bobolink_options options;
	char url[SERVER_URL_SIZE];
	struct program_end end;
	long at;     /* the message, or the COMMIT, at which it happens */
	bool answer; /* it is the answer to that COMMIT */
	enum proxy_verdict verdict;
	long commits;
	bool struck;
};

static void scene_open(struct scene *scene, struct hand_set *made)
{
	const struct bobolink_options options = BOBOLINK_OPTIONS_INIT;

	memset(scene, 0, sizeof(*scene));
	scene->made = made;
	scene->set = hand_set(made, engine()->backend);
	scene->options = options;
}

static void scene_run(struct scene *scene, proxy_judge_fn *judge)
{
	struct program program;

	scene->struck = false;
	scene->commits = 0;
	scene->proxy = proxy_new(scene->url);
	program_start(&program, proxy_url(scene->proxy), scene->set, &scene->options);
	proxy_serve(scene->proxy, program.report, judge, scene);
	program_await(&program, &scene->end);
	assert_false(scene->end.killed);
}

static enum proxy_verdict at_message(void *context, const struct proxy_message *message)
{
	struct scene *scene = context;

	if (message->number != scene->at)
		return PROXY_PASS;
	scene->struck = true;
	return scene->verdict;
}

static enum proxy_verdict at_commit(void *context, const struct proxy_message *message)
{
	struct scene *scene = context;
	bool asked = message->type == 'P' && message->length > 8 &&
		     memcmp(message->body, "\0COMMIT", 8) == 0;
	bool answered = message->type == 'C' && strcmp(message->body, "COMMIT") == 0;

	if (message->from_server ? !answered : !asked)
		return PROXY_PASS;
	scene->commits += message->from_server == scene->answer;
	if (scene->struck || message->from_server != scene->answer || scene->commits != scene->at)
		return PROXY_PASS;
	scene->struck = true;
	return scene->verdict;
}

/* --- a cut ----------------------------------------------------------------------------------- */

static void check_known(const struct scene *scene)
{
	int rc = scene->end.rc;

	if (rc != BOBOLINK_OK && rc != BOBOLINK_UNREACHABLE)
		fail_msg("cut at %ld: %s: %s", scene->at, bobolink_result_name(rc),
			 scene->end.error.message);
}

static void cut_at(struct scene *scene)
{
	database_new(scene->url);
	scene_run(scene, at_message);
	proxy_free(scene->proxy);
	assert_true(scene->struck);
	check_known(scene);
	if (scene->end.rc == BOBOLINK_OK && fragile_damage(scene->url))
		fail_msg("cut at %ld: all is said to be done: %s", scene->at,
			 fragile_damage(scene->url));
	fragile_check(scene->url, scene->set, scene->at);
	database_drop(scene->url);
}

static void sweep_cuts(const char *name, enum proxy_verdict verdict)
{
	struct scene scene;
	long wanted = test_all() ? POINTS : SAMPLE;
	long points = 0;
	long messages;

	scene_open(&scene, fragile_set());
	database_new(scene.url);
	scene_run(&scene, at_message);
	messages = proxy_count(scene.proxy);
	proxy_free(scene.proxy);
	assert_int_equal(scene.end.rc, BOBOLINK_OK);
	database_drop(scene.url);
	scene.verdict = verdict;
	for (; points < wanted; points++) {
		scene.at = 1 + points * (messages - 2) / (wanted - 1);
		cut_at(&scene);
	}
	print_message("sweep: connection cut %s, at %ld of %ld messages\n", name, points, messages);
	assert_true(points > 0);
	hand_set_free(scene.made);
}

static void a_cut_before_a_message_loses_and_doubles_nothing(void **state)
{
	(void)state;
	sweep_cuts("before a message", PROXY_CUT);
}

static void nor_does_a_cut_inside_one(void **state)
{
	(void)state;
	sweep_cuts("inside a message", PROXY_CUT_HALF);
}

/* --- COMMIT ---------------------------------------------------------------------------------- */

static int64_t applied(const struct scene *scene)
{
	PGconn *connection = pg_open(scene->url);
	int64_t count = 0;

	if (pg_number(connection, "SELECT count(to_regclass('bobolink_history'))") == 1)
		count = pg_number(connection, "SELECT count(*) FROM bobolink_history WHERE "
					      "status = 'applied'");
	PQfinish(connection);
	return count;
}

static void told(const struct scene *scene, int code, const char *words)
{
	if (scene->end.rc != code || !strstr(scene->end.error.message, words))
		fail_msg("%s: %s", bobolink_result_name(scene->end.rc), scene->end.error.message);
}

/* The second migration's COMMIT; then the next start. */
static void disturb_commit(struct scene *scene, int code, const char *words, int64_t done)
{
	struct bobolink_error error;

	database_new(scene->url);
	scene->at = 2;
	scene_run(scene, at_commit);
	assert_true(scene->struck);
	told(scene, code, words);
	assert_int_equal(applied(scene), done);
	proxy_free(scene->proxy);
	if (engine_boot(scene->url, scene->set, &error))
		fail_msg("the next start: %s", error.message);
	assert_true(engine_is_whole(scene->url, COUNTING));
	database_drop(scene->url);
}

static void a_commit_that_never_arrived_was_rolled_back(void **state)
{
	struct scene scene;

	(void)state;
	scene_open(&scene, hand_set_counting("shop", COUNTING));
	scene.verdict = PROXY_CUT;
	disturb_commit(&scene, BOBOLINK_UNREACHABLE, "rolled back", 1);
	hand_set_free(scene.made);
}

static void a_commit_whose_answer_is_lost_was_carried_out(void **state)
{
	struct scene scene;

	(void)state;
	scene_open(&scene, hand_set_counting("shop", COUNTING));
	scene.answer = true;
	scene.verdict = PROXY_CUT;
	disturb_commit(&scene, BOBOLINK_UNREACHABLE, "carried out", 2);
	hand_set_free(scene.made);
}

static void without_a_server_to_ask_the_outcome_is_unknown(void **state)
{
	struct scene scene;

	(void)state;
	scene_open(&scene, hand_set_counting("shop", COUNTING));
	scene.answer = true;
	scene.verdict = PROXY_REFUSE;
	disturb_commit(&scene, BOBOLINK_UNKNOWN, "could not be asked", 2);
	assert_int_equal(bobolink_exit_code(BOBOLINK_UNKNOWN), 10);
	hand_set_free(scene.made);
}

/* A standby, behind by what was just committed, is another host of the URL, and the only one left. */
static void a_standby_does_not_know_the_outcome(void **state)
{
	struct companion standby;
	struct scene scene;
	struct program program;
	char reached[ENGINE_URL_SIZE];
	char hosts[2 * SERVER_URL_SIZE];
	const char *url;
	const char *rest;
	PGconn *connection;

	(void)state;
	scene_open(&scene, hand_set_counting("shop", COUNTING));
	database_new(scene.url);
	cluster_standby(&standby, scene.url);
	cluster_url(scene.url, &standby, reached);
	connection = pg_open(reached);
	pg_run(connection, "SELECT pg_wal_replay_pause()");
	PQfinish(connection);
	scene.at = 2;
	scene.answer = true;
	scene.verdict = PROXY_REFUSE;
	scene.proxy = proxy_new(scene.url);
	url = proxy_url(scene.proxy);
	rest = strstr(url, "&port=");
	assert_non_null(rest);
	snprintf(hosts, sizeof(hosts), "%.*s,%s%s", (int)(rest - url), url, standby.directory,
		 rest);
	program_start(&program, hosts, scene.set, &scene.options);
	proxy_serve(scene.proxy, program.report, at_commit, &scene);
	program_await(&program, &scene.end);
	assert_true(scene.struck);
	told(&scene, BOBOLINK_UNKNOWN, "could not be asked");
	assert_int_equal(applied(&scene), 2);
	proxy_free(scene.proxy);
	companion_stop(&standby);
	database_drop(scene.url);
	hand_set_free(scene.made);
}

/* --- silence --------------------------------------------------------------------------------- */

/* The shortest deadline there is. */
#define ANSWER_MS "5000 ms"

static void a_silent_server_is_not_waited_for(void **state)
{
	struct scene scene;

	(void)state;
	scene_open(&scene, hand_set_counting("shop", COUNTING));
	scene.options.lock_timeout_ms = 1000;
	scene.verdict = PROXY_SILENCE;
	database_new(scene.url);
	scene.at = 100;
	scene_run(&scene, at_message);
	assert_true(scene.struck);
	told(&scene, BOBOLINK_UNREACHABLE, "did not answer for " ANSWER_MS);
	proxy_free(scene.proxy);
	assert_int_equal(engine_boot(scene.url, scene.set, &scene.end.error), BOBOLINK_OK);
	assert_true(engine_is_whole(scene.url, COUNTING));
	database_drop(scene.url);
	hand_set_free(scene.made);
}

static void after_a_silent_commit_the_server_is_asked(void **state)
{
	struct scene scene;

	(void)state;
	scene_open(&scene, hand_set_counting("shop", COUNTING));
	scene.options.lock_timeout_ms = 1000;
	scene.answer = true;
	scene.verdict = PROXY_SILENCE;
	disturb_commit(&scene, BOBOLINK_UNREACHABLE, "carried out", 2);
	hand_set_free(scene.made);
}

/* A server that is at work is silent too, and is waited for however long it takes. */
static void a_long_statement_is_waited_for(void **state)
{
	struct scene scene;
	struct hand_set *made = hand_set_counting("shop", COUNTING);

	(void)state;
	hand_set_add(made, 4, "long", 0, "SELECT pg_sleep(7)", "CREATE TABLE t_4 (x INTEGER)",
		     "INSERT INTO ran VALUES (4)", NULL);
	scene_open(&scene, made);
	scene.options.lock_timeout_ms = 1000;
	scene.verdict = PROXY_PASS;
	database_new(scene.url);
	scene_run(&scene, at_message);
	proxy_free(scene.proxy);
	if (scene.end.rc)
		fail_msg("%s", scene.end.error.message);
	assert_true(engine_is_whole(scene.url, 4));
	database_drop(scene.url);
	hand_set_free(made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cut_before_a_message_loses_and_doubles_nothing),
		cmocka_unit_test(nor_does_a_cut_inside_one),
		cmocka_unit_test(a_commit_that_never_arrived_was_rolled_back),
		cmocka_unit_test(a_commit_whose_answer_is_lost_was_carried_out),
		cmocka_unit_test(without_a_server_to_ask_the_outcome_is_unknown),
		cmocka_unit_test(a_standby_does_not_know_the_outcome),
		cmocka_unit_test(a_silent_server_is_not_waited_for),
		cmocka_unit_test(after_a_silent_commit_the_server_is_asked),
		cmocka_unit_test(a_long_statement_is_waited_for),
	};

	return engine_run_group_tests_on("postgres", tests);
}
