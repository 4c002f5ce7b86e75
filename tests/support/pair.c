/*
 * Two sets of one program: see the header.
 */
#include "pair.h"

#include <stdio.h>
#include <string.h>

/* The scenes of all tests begin like this; the teardown ends them. */
struct pair *pair_begin(void **state)
{
	static struct pair pair;
	const struct bobolink_options options = BOBOLINK_OPTIONS_INIT;

	memset(&pair, 0, sizeof(pair));
	pair.fixture = *state;
	pair.options = options;
	pair.a = hand_set_new("a");
	pair.b = hand_set_new("b");
	return &pair;
}

void pair_in_one_database(struct pair *pair)
{
	snprintf(pair->url, sizeof(pair->url), "%s", pair->fixture->url);
	pair->db = engine()->open(pair->url);
}

void pair_in_two_databases(struct pair *pair)
{
	scratch_make(pair->directory);
	engine()->make(pair->directory, pair->url);
	pair->db = engine()->open(pair->url);
}

void pair_end(struct pair *pair)
{
	if (pair->db && pair->db != pair->fixture->db)
		engine()->close(pair->db);
	if (*pair->directory)
		scratch_remove(pair->directory);
	hand_set_free(pair->a);
	hand_set_free(pair->b);
}

/* Migration `version` of a set makes a table of its own. */
void pair_add(struct hand_set *set, const char *name, int64_t version, const char *requirements)
{
	char create[80];

	snprintf(create, sizeof(create), "CREATE TABLE %s_%d (i INTEGER)", name, (int)version);
	hand_set_add(set, version, "made", 0, create, NULL);
	snprintf(create, sizeof(create), "DROP TABLE %s_%d", name, (int)version);
	hand_set_down(set, 0, create, NULL);
	if (requirements)
		hand_set_requires(set, requirements);
}

/* a/3 waits for b/2, and that for a/1. */
void pair_add_turns(struct pair *pair)
{
	pair_add(pair->a, "a", 1, NULL);
	pair_add(pair->a, "a", 2, NULL);
	pair_add(pair->a, "a", 3, "b/2");
	pair_add(pair->b, "b", 1, NULL);
	pair_add(pair->b, "b", 2, "a/1");
}

int pair_migrate(struct pair *pair)
{
	const struct bobolink_database databases[] = {
		{ hand_set(pair->a, engine()->backend), pair->fixture->db, &pair->options },
		{ hand_set(pair->b, engine()->backend), pair->db, &pair->options },
	};

	return bobolink_migrate_all(databases, 2, &pair->error);
}

void pair_told(const struct pair *pair, int code, const char *words)
{
	assert_int_equal(pair->error.code, code);
	if (!strstr(pair->error.message, words))
		fail_msg("\"%s\" does not say \"%s\"", pair->error.message, words);
}

void pair_says(void *db, const char *sql, const char *expected)
{
	const char *text = engine()->text(db, sql);

	if (strcmp(text, expected) != 0)
		fail_msg("%s: \"%s\", not \"%s\"", sql, text, expected);
}

const char pair_in_order[] = "SELECT set_name || '/' || item FROM bobolink_history "
			     "WHERE status = 'applied' ORDER BY id";
const char pair_batches[] = "SELECT batch FROM bobolink_history ORDER BY set_name, version";

void pair_check_nothing_written(const struct pair *pair)
{
	assert_int_equal(engine_tables(pair->fixture->db, "bobolink%"), 0);
	assert_int_equal(engine_tables(pair->db, "bobolink%"), 0);
}

void pair_open(struct pair *pair, struct open_pair *open)
{
	assert_int_equal(bobolink_open(hand_set(pair->a, engine()->backend), pair->fixture->db,
				       &pair->options, &open->sessions[0], &pair->error),
			 BOBOLINK_OK);
	assert_int_equal(bobolink_open(hand_set(pair->b, engine()->backend), pair->db,
				       &pair->options, &open->sessions[1], &pair->error),
			 BOBOLINK_OK);
	bobolink_join(open->sessions, 2);
}

void pair_close(struct open_pair *open)
{
	bobolink_close(open->sessions[0]);
	bobolink_close(open->sessions[1]);
}
