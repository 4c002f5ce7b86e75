/*
 * A migration in batches: see the header.
 */
#include "backfill.h"

#include <stdio.h>
#include <string.h>

#include "engine.h"

/* A set is used by one test at a time. */
static uint32_t row_count;
static uint32_t batch_limit;

int backfill_run(struct bobolink_step *step, const char *sql)
{
	char message[256];

	if (engine()->attempt(bobolink_step_connection(step), sql, message))
		return BOBOLINK_OK;
	return bobolink_step_fail(step, "%s", message);
}

static int add_one(struct bobolink_step *step, int64_t *position, uint32_t limit, int64_t *rows,
		   void *context)
{
	const char *sign = bobolink_step_is_down(step) ? "-" : "+";
	int64_t last = *position + limit < row_count ? *position + limit : row_count;
	char sql[200];

	(void)context;
	(void)snprintf(sql, sizeof(sql),
		       "UPDATE work SET x = x %s 1 WHERE id > %lld AND id <= %lld", sign,
		       (long long)*position, (long long)last);
	*rows = last - *position;
	*position = last;
	return backfill_run(step, sql);
}

static int backfill(struct bobolink_step *step)
{
	return bobolink_step_batches(step, batch_limit, add_one, NULL);
}

struct hand_set *backfill_set(uint32_t rows, uint32_t limit)
{
	struct hand_set *set = hand_set_new("shop");
	char fill[200];

	row_count = rows;
	batch_limit = limit;
	(void)snprintf(fill, sizeof(fill),
		       "INSERT INTO work WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 "
		       "FROM n WHERE i < %u) SELECT i, 0 FROM n",
		       (unsigned)rows);
	hand_set_add(set, 1, "work", 0, "CREATE TABLE work (id INTEGER PRIMARY KEY, x INTEGER)",
		     fill, NULL);
	hand_set_add(set, 2, "backfill", BOBOLINK_SECTION_NO_TRANSACTION, NULL);
	hand_set_call(set, "backfill", backfill);
	hand_set_down_call(set, BOBOLINK_SECTION_NO_TRANSACTION, "backfill", backfill);
	hand_set_add(set, 3, "after", 0, "CREATE TABLE after (x INTEGER)", NULL);
	hand_set_down(set, 0, "DROP TABLE after", NULL);
	return set;
}

const char *backfill_damage(const char *url, uint32_t rows, int x)
{
	static char damage[200];
	void *handle = engine()->open(url);
	char sql[100];
	int64_t there;
	int64_t right;

	(void)snprintf(sql, sizeof(sql), "SELECT count(*) FROM work WHERE x = %d", x);
	there = engine_number(handle, "SELECT count(*) FROM work");
	right = engine_number(handle, sql);
	damage[0] = '\0';
	if (strcmp(engine()->text(handle, engine()->sound), "ok") != 0)
		(void)snprintf(damage, sizeof(damage), "the database is not sound");
	if (there != rows || right != rows)
		(void)snprintf(damage, sizeof(damage), "of %u rows %lld are there, %lld right",
			       (unsigned)rows, (long long)there, (long long)right);
	engine()->close(handle);
	return damage[0] ? damage : NULL;
}

/* To head, or `target`. */
static int go(const struct bobolink_set *set, void *handle, const struct bobolink_options *options,
	      int64_t target, bool down, struct bobolink_error *error)
{
	struct bobolink_session *session = NULL;
	struct bobolink_plan *plan = NULL;
	int rc = bobolink_open(set, handle, options, &session, error);

	if (rc == BOBOLINK_OK && !down)
		rc = bobolink_apply(session, target, NULL, error);
	if (rc == BOBOLINK_OK && down)
		rc = bobolink_plan_to(session, target, &plan, error);
	if (plan)
		rc = bobolink_run(session, plan, BOBOLINK_FORCE, NULL, error);
	bobolink_plan_free(plan);
	bobolink_close(session);
	return rc;
}

int backfill_up(const struct bobolink_set *set, void *handle,
		const struct bobolink_options *options, struct bobolink_error *error)
{
	return go(set, handle, options, BOBOLINK_HEAD, false, error);
}

int backfill_down(const struct bobolink_set *set, void *handle,
		  const struct bobolink_options *options, struct bobolink_error *error)
{
	return go(set, handle, options, 1, true, error);
}

void backfill_prepare(const char *url, const struct bobolink_set *set, bool all)
{
	const struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	void *handle = engine()->open(url);
	struct bobolink_error error;

	if (go(set, handle, &options, 1, false, &error) ||
	    (all && go(set, handle, &options, BOBOLINK_HEAD, false, &error)))
		fail_msg("%s", error.message);
	engine()->close(handle);
}

void backfill_check(const char *url, const struct bobolink_set *set, bool down, long at)
{
	const struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	void *handle = engine()->open(url);
	struct bobolink_error error;
	const char *damage;
	int rc = (down ? backfill_down : backfill_up)(set, handle, &options, &error);

	engine()->close(handle);
	if (rc)
		fail_msg("killed at %ld: the same command: %s: %s", at, bobolink_result_name(rc),
			 error.message);
	damage = backfill_damage(url, row_count, down ? 0 : 1);
	if (damage)
		fail_msg("killed at %ld: %s", at, damage);
}
