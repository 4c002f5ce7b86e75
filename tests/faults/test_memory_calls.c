/*
 * Every allocation of the runtime failing in turn while functions of the application run, up and down, in a transaction and
 * in batches: a clean error or success, no leak, and the next start finishes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backfill.h"
#include "database.h"
#include "engine.h"
#include "failing_memory.h"

#define ROWS   60u
#define SAMPLE 25

static int says(struct bobolink_step *step)
{
	bobolink_step_log(step, BOBOLINK_INFO, "a line for the log");
	return backfill_run(step, "CREATE TABLE said (x INTEGER)");
}

static int takes_back(struct bobolink_step *step)
{
	return backfill_run(step, "DROP TABLE said");
}

static int run(const char *url, const struct bobolink_set *set, bool down,
	       struct bobolink_error *error)
{
	const struct bobolink_allocator allocator = failing_allocator();
	struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	void *handle = engine()->open(url);
	int rc;

	options.allocator = &allocator;
	ours.calls = 0;
	ours.armed = true;
	rc = (down ? backfill_down : backfill_up)(set, handle, &options, error);
	ours.armed = false;
	engine()->close(handle);
	return rc;
}

static void check_point(const char *directory, const struct bobolink_set *set, bool down,
			long *errors)
{
	char url[ENGINE_URL_SIZE];
	struct bobolink_error error;
	int rc;

	engine()->make(directory, url);
	backfill_prepare(url, set, down);
	rc = run(url, set, down, &error);
	if (rc && (rc != BOBOLINK_NO_MEMORY || !error.message[0]))
		fail_msg("allocation %ld: %s: %s", ours.at, bobolink_result_name(rc),
			 error.message);
	*errors += rc != 0;
	if (ours.live)
		fail_msg("allocation %ld: %ld are never freed", ours.at, ours.live);
	ours.at = 0;
	backfill_check(url, set, down, ours.calls);
	remove(url);
}

static void sweep(const char *name, bool down, bool lasts)
{
	struct hand_set *made = backfill_set(ROWS, ROWS / 3);
	const struct bobolink_set *set;
	char directory[256];
	char url[ENGINE_URL_SIZE];
	struct bobolink_error error;
	long points = 0;
	long errors = 0;
	long stride;
	long calls;

	hand_set_add(made, 4, "says", 0, NULL);
	hand_set_call(made, "says", says);
	hand_set_down_call(made, 0, "takes_back", takes_back);
	set = hand_set(made, engine()->backend);
	scratch_make(directory);
	engine()->make(directory, url);
	backfill_prepare(url, set, down);
	ours.at = 0;
	assert_int_equal(run(url, set, down, &error), BOBOLINK_OK);
	remove(url);
	calls = ours.calls;
	stride = test_all() || calls < SAMPLE ? 1 : calls / SAMPLE + 1;
	ours.lasts = lasts;
	for (long at = 1; at <= calls; at += stride, points++) {
		ours.at = at;
		check_point(directory, set, down, &errors);
	}
	print_message("sweep: %s: %ld of %ld allocations, %ld runs ended with an error\n", name,
		      points, calls, errors);
	assert_true(points > 15);
	assert_true(errors > points / 4);
	scratch_remove(directory);
	hand_set_free(made);
}

static void any_failed_allocation_is_survived(void **state)
{
	(void)state;
	sweep("functions, one fails", false, false);
	sweep("functions, all fail from one on", false, true);
}

static void and_on_the_way_down(void **state)
{
	(void)state;
	sweep("functions undone, one fails", true, false);
	sweep("functions undone, all fail from one on", true, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_failed_allocation_is_survived),
		cmocka_unit_test(and_on_the_way_down),
	};

	return engine_run_group_tests(tests);
}
