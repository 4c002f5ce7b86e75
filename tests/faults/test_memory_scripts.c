/*
 * Every allocation failing in turn, the runtime's and SQLite's, in a run with fixes and repeatables and what people ask of them
 * afterwards: a clean error or success, no leak, and the next start finishes.
 *
 * SQLite takes another allocator only before its first call, so main() sets it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "database.h"
#include "hand_scripts.h"

#define MIGRATIONS 4
#define SAMPLE	   150

/* One budget for each of the two: the call number `at` fails, and those behind it when it lasts. */
struct budget {
	long calls;
	long at; /* 0: none fails */
	int lasts;
	long live;
};

static struct budget ours;
static struct budget sqlites;
static sqlite3_mem_methods standard;

static int fails(struct budget *budget)
{
	budget->calls++;
	return budget->at &&
	       (budget->lasts ? budget->calls >= budget->at : budget->calls == budget->at);
}

static void *our_allocate(void *context, size_t size)
{
	struct budget *budget = context;

	if (fails(budget))
		return NULL;
	budget->live++;
	return malloc(size);
}

static void *our_reallocate(void *context, void *memory, size_t size)
{
	struct budget *budget = context;

	if (fails(budget))
		return NULL;
	budget->live += memory == NULL;
	return realloc(memory, size);
}

static void our_release(void *context, void *memory)
{
	struct budget *budget = context;

	budget->live -= memory != NULL;
	free(memory);
}

static void *sqlite_malloc(int size)
{
	return fails(&sqlites) ? NULL : standard.xMalloc(size);
}

static void *sqlite_realloc(void *memory, int size)
{
	return fails(&sqlites) ? NULL : standard.xRealloc(memory, size);
}

static int run(const char *path, const struct bobolink_set *set, struct bobolink_error *error)
{
	const struct bobolink_allocator allocator = { our_allocate, our_reallocate, our_release,
						      &ours };
	struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	struct bobolink_session *session = NULL;
	sqlite3 *db = NULL;
	int rc = sqlite3_open(path, &db) == SQLITE_OK ? BOBOLINK_OK : BOBOLINK_NO_MEMORY;

	options.allocator = &allocator;
	error->message[0] = rc ? '?' : '\0';
	if (rc == BOBOLINK_OK)
		rc = bobolink_open_sqlite3(set, db, &options, &session, error);
	if (rc == BOBOLINK_OK)
		rc = bobolink_boot(session, error);
	if (rc == BOBOLINK_OK) {
		struct bobolink_script_list *list = NULL;

		rc = bobolink_script_list(session, &list, error);
		bobolink_script_list_free(list);
	}
	if (rc == BOBOLINK_OK)
		rc = bobolink_undo_fix(session, 1, error);
	if (rc == BOBOLINK_OK)
		rc = bobolink_retry_fix(session, 1, error);
	bobolink_close(session);
	sqlite3_close(db);
	return rc;
}

/* Who was stopped between the undo and what follows it has left the first fix undone. */
static void check_whole(const char *path, const struct bobolink_set *set, long at)
{
	sqlite3 *db = database_open(path);
	struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	struct bobolink_session *session = NULL;
	struct bobolink_error error;

	assert_int_equal(bobolink_open_sqlite3(set, db, &options, &session, &error), BOBOLINK_OK);
	if (database_number(db, "SELECT count(*) FROM ran WHERE i = 1001") == 0)
		assert_int_equal(bobolink_retry_fix(session, 1, &error), BOBOLINK_OK);
	bobolink_close(session);
	database_run(db, "DELETE FROM bobolink_history WHERE status = 'undone'");
	if (strcmp(database_text(db, mending_sums), "ok") != 0)
		fail_msg("allocation %ld: something is missing, or was done twice", at);
	sqlite3_close(db);
}

static void check_point(const char *path, const struct bobolink_set *set, struct budget *budget,
			long at, int lasts, long *errors)
{
	struct bobolink_error error;
	int rc;

	remove(path);
	budget->calls = 0;
	budget->at = at;
	budget->lasts = lasts;
	rc = run(path, set, &error);
	budget->at = 0;
	if (rc) {
		++*errors;
		if (rc != BOBOLINK_NO_MEMORY || !error.message[0])
			fail_msg("allocation %ld: %s: %s", at, bobolink_result_name(rc),
				 error.message);
	}
	assert_int_equal(ours.live, 0);
	rc = database_boot(path, set, &error);
	if (rc)
		fail_msg("allocation %ld: the next start: %s", at, error.message);
	check_whole(path, set, at);
}

static void sweep(const char *name, struct budget *budget, int lasts)
{
	struct hand_set *made = hand_set_mending("shop", MIGRATIONS);
	const struct bobolink_set *set = hand_set(made, bobolink_backend_sqlite3);
	struct bobolink_error error;
	char directory[256];
	char path[300];
	long points = 0;
	long errors = 0;
	long stride;
	long calls;

	scratch_make(directory);
	snprintf(path, sizeof(path), "%s/shop.db", directory);
	budget->calls = 0;
	assert_int_equal(run(path, set, &error), BOBOLINK_OK);
	calls = budget->calls;
	stride = test_all() || calls < SAMPLE ? 1 : calls / SAMPLE + 1;
	for (long at = 1; at <= calls; at += stride, points++)
		check_point(path, set, budget, at, lasts, &errors);
	print_message("sweep: %s: %ld of %ld allocations, %ld runs ended with an error\n", name,
		      points, calls, errors);
	assert_true(points > 20);
	assert_true(errors > points / 4);
	scratch_remove(directory);
	hand_set_free(made);
}

static void any_failed_allocation_of_the_runtime_is_survived(void **state)
{
	(void)state;
	sweep("runtime, one fails", &ours, 0);
	sweep("runtime, all fail from one on", &ours, 1);
}

static void any_failed_allocation_of_sqlite_is_survived(void **state)
{
	(void)state;
	sweep("SQLite, one fails", &sqlites, 0);
	sweep("SQLite, all fail from one on", &sqlites, 1);
}

/* Without it the sweep of SQLite's allocations would test nothing. */
static int take_over_sqlite(void)
{
	sqlite3_mem_methods methods;

	if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &standard) != SQLITE_OK)
		return -1;
	methods = standard;
	methods.xMalloc = sqlite_malloc;
	methods.xRealloc = sqlite_realloc;
	if (sqlite3_config(SQLITE_CONFIG_MALLOC, &methods) != SQLITE_OK)
		return -1;
	/* Small allocations from a buffer could not fail. */
	return sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0) == SQLITE_OK ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_failed_allocation_of_the_runtime_is_survived),
		cmocka_unit_test(any_failed_allocation_of_sqlite_is_survived),
	};

	if (take_over_sqlite()) {
		fprintf(stderr, "SQLite does not take another allocator\n");
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
