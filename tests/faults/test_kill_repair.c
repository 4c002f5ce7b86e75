/*
 * SIGKILL during a repair: of the objects that it makes all are there or none, of the migrations that it applies again none
 * is applied twice, and the same command finishes.
 *
 * On SQLite points are writes, syncs, truncations and deletions of files, on PostgreSQL what the program reports.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bobolink/schema.h>

#include "database.h"
#include "engine.h"
#include "learned_set.h"
#include "vfs_shim.h"

#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))

static const struct learned_migration shop[] = {
	{ "users", { "CREATE TABLE users (id INTEGER NOT NULL, name VARCHAR(40))" }, { NULL } },
	{ "orders",
	  { "CREATE TABLE orders (id INTEGER NOT NULL, user_id INTEGER)",
	    "CREATE INDEX orders_by_user ON orders (user_id)",
	    "CREATE INDEX users_by_name ON users (name)",
	    "CREATE VIEW names AS SELECT name FROM users" },
	  { NULL } },
	{ "totals",
	  { "CREATE TABLE totals (day INTEGER NOT NULL)", "INSERT INTO totals (day) VALUES (1)" },
	  { NULL } },
	{ "more", { "INSERT INTO totals (day) VALUES (2)" }, { NULL } },
};

#define DAMAGE                                                                              \
	"DROP INDEX orders_by_user; DROP INDEX users_by_name; DROP VIEW names; DROP TABLE " \
	"totals"
/* What it makes; totals is made by migrations that are applied again. */
#define OBJECTS 3

static struct bobolink_session *open_session(const struct bobolink_set *set, void *handle,
					     bobolink_progress_fn *progress, void *context)
{
	struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	struct bobolink_session *session = NULL;
	struct bobolink_error error;

	options.validate = BOBOLINK_VALIDATE_OFF;
	options.progress = progress;
	options.progress_context = context;
	if (bobolink_open(set, handle, &options, &session, &error))
		fail_msg("%s", error.message);
	return session;
}

static int repair(struct bobolink_session *session)
{
	struct bobolink_repair *plan = NULL;
	struct bobolink_error error;
	int rc = bobolink_plan_repair(session, &plan, &error);

	if (rc == BOBOLINK_OK)
		rc = bobolink_repair(session, plan, NULL, &error);
	bobolink_repair_free(plan);
	return rc;
}

static void damage(const struct bobolink_set *set, const char *url)
{
	void *handle = engine()->open(url);
	struct bobolink_session *session = open_session(set, handle, NULL, NULL);

	assert_int_equal(bobolink_apply(session, BOBOLINK_HEAD, NULL, NULL), BOBOLINK_OK);
	bobolink_close(session);
	engine()->run(handle, DAMAGE);
	engine()->close(handle);
}

static uint32_t count_missing(struct bobolink_session *session)
{
	struct bobolink_drift *drift = NULL;
	struct bobolink_error error;
	uint32_t count = 0;

	if (bobolink_drift(session, &drift, &error))
		fail_msg("%s", error.message);
	for (uint32_t i = 0; i < drift->count; i++)
		count += drift->items[i].kind == BOBOLINK_DRIFT_MISSING &&
			 drift->items[i].version == 2;
	bobolink_drift_free(drift);
	return count;
}

/* All or nothing; then the same command, and what it left to apply, finish. */
static void check(const struct bobolink_set *set, const char *url, long point)
{
	void *handle = engine()->open(url);
	struct bobolink_session *session = open_session(set, handle, NULL, NULL);
	uint32_t missing = count_missing(session);

	if (missing != 0 && missing != OBJECTS)
		fail_msg("point %ld: %u of %u are missing", point, (unsigned)missing, OBJECTS);
	assert_int_equal(repair(session), BOBOLINK_OK);
	assert_int_equal(bobolink_apply(session, BOBOLINK_HEAD, NULL, NULL), BOBOLINK_OK);
	assert_int_equal(count_missing(session), 0);
	assert_string_equal(engine()->text(handle, "SELECT day FROM totals ORDER BY day"), "1,2");
	assert_string_equal(engine()->text(handle, "SELECT count(*) FROM bobolink_history WHERE "
						   "status = 'applied'"),
			    "4");
	bobolink_close(session);
	engine()->close(handle);
}

/* Waits for a child that ends well or by SIGKILL; true when it was killed. */
static bool was_killed(pid_t pid)
{
	int status = 0;

	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		return true;
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	return false;
}

/* In the child. */
static void repair_on_shim(const struct bobolink_set *set, const char *path, long at)
{
	sqlite3 *db = NULL;

	shim_register();
	shim_arm(SHIM_KILL, at);
	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, "shim") != SQLITE_OK)
		_exit(1);
	_exit(repair(open_session(set, db, NULL, NULL)));
}

static void a_killed_repair_is_all_or_nothing(void **state)
{
	struct hand_set *made;
	const struct bobolink_set *set;
	char directory[256];
	char path[300];
	char other[320];
	long stride = test_all() ? 1 : 4;
	long points = 0;
	bool killed = true;

	(void)state;
	if (strcmp(engine()->name, "sqlite") != 0)
		return;
	scratch_make(directory);
	made = learned_set(directory, "shop", shop, COUNT(shop));
	set = hand_set(made, engine()->backend);
	for (long at = 1; killed; at += stride, points++) {
		pid_t pid;

		snprintf(path, sizeof(path), "%s/%ld.db", directory, at);
		damage(set, path);
		pid = fork();
		if (pid == 0)
			repair_on_shim(set, path, at);
		killed = was_killed(pid);
		check(set, path, at);
		remove(path);
		snprintf(other, sizeof(other), "%s-journal", path);
		remove(other);
	}
	print_message("sweep: sqlite: repair: killed at %ld calls\n", points - 1);
	assert_true(points > 10);
	hand_set_free(made);
	scratch_remove(directory);
}

static int kill_at(void *context, const struct bobolink_progress *progress)
{
	long *left = context;

	(void)progress;
	if (--*left == 0)
		kill(getpid(), SIGKILL);
	return 0;
}

static void nor_does_it_matter_what_is_in_hand(void **state)
{
	struct hand_set *made;
	const struct bobolink_set *set;
	char directory[256];
	char url[ENGINE_URL_SIZE];
	char folder[300];
	long points = 0;
	bool killed = true;

	(void)state;
	scratch_make(directory);
	made = learned_set(directory, "shop", shop, COUNT(shop));
	set = hand_set(made, engine()->backend);
	for (long at = 1; killed; at++, points++) {
		pid_t pid;

		scratch_make(folder);
		engine()->make(folder, url);
		damage(set, url);
		pid = fork();
		if (pid == 0) {
			long left = at;

			_exit(repair(open_session(set, engine()->open(url), kill_at, &left)));
		}
		killed = was_killed(pid);
		check(set, url, at);
		scratch_remove(folder);
	}
	print_message("sweep: %s: repair: killed in front of %ld statements\n", engine()->name,
		      points - 1);
	/* Three objects, and three statements of two migrations. */
	assert_true(points - 1 >= 6);
	hand_set_free(made);
	scratch_remove(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_killed_repair_is_all_or_nothing),
		cmocka_unit_test(nor_does_it_matter_what_is_in_hand),
	};

	return engine_run_group_tests(tests);
}
