/*
 * Many programs that start at once. SQLite's connections must not cross a fork, so the first process
 * opens none: it forks, and lets a child look.
 */
#include "race.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int race_elsewhere(int (*work)(void *context), void *context)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit(work(context));
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* One process: waits for the start, works, and exits with the result. */
static void racer(int (*work)(void *context), void *context, int start)
{
	char byte;

	while (read(start, &byte, 1) > 0)
		;
	_exit(work(context));
}

int race_all(int (*work)(void *context), void *context, int count)
{
	pid_t *pids = calloc((size_t)count, sizeof(*pids));
	int start[2];
	int failed = 0;

	assert_non_null(pids);
	assert_int_equal(pipe(start), 0);
	for (int i = 0; i < count; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			close(start[1]);
			racer(work, context, start[0]);
		}
		assert_true(pids[i] > 0);
	}
	close(start[0]);
	close(start[1]);
	for (int i = 0; i < count; i++) {
		int status = 0;

		waitpid(pids[i], &status, 0);
		failed += status != 0;
	}
	free(pids);
	return failed;
}

struct start {
	const char *url;
	const struct bobolink_set *set;
};

static int boot(void *context)
{
	const struct start *start = context;
	struct bobolink_error error;
	int rc = engine_boot(start->url, start->set, &error);

	if (rc)
		fprintf(stderr, "racer: %s: %s\n", bobolink_result_name(rc), error.message);
	return rc;
}

int race_boot(const char *url, struct hand_set *made, int count)
{
	struct start start = { url, hand_set(made, engine()->backend) };

	return race_all(boot, &start, count);
}

struct left {
	const char *url;
	uint32_t count;
};

static int look(void *context)
{
	const struct left *left = context;
	void *db = engine()->open(left->url);
	bool whole = engine_is_whole(left->url, left->count) &&
		     engine_number(db, "SELECT count(DISTINCT batch) FROM bobolink_history") == 1 &&
		     engine_number(db, "SELECT count(*) FROM bobolink_log WHERE event = "
				       "'applied'") == left->count &&
		     engine_number(db, "SELECT count(digest) FROM bobolink_head") == 1;

	engine()->close(db);
	return !whole;
}

void race_check(const char *url, uint32_t count)
{
	struct left left = { url, count };

	assert_int_equal(race_elsewhere(look, &left), 0);
}
