/*
 * Several sets in one program: the order that requirements ask for, in one database or two, and what is refused before
 * anything is written.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "race.h"

/* The sets a and b. The fixture's database is the first one; both may be in it. */
struct pair {
	struct fixture *fixture;
	char directory[256];
	char url[ENGINE_URL_SIZE]; /* of the second database */
	void *db;		   /* the second set's connection */
	struct hand_set *a;
	struct hand_set *b;
	struct bobolink_options options;
	struct bobolink_error error;
	int statements; /* run so far */
	int fatal;	/* the statement before which the process is killed */
};

/* The scenes of all tests begin like this; the teardown ends them. */
static struct pair *pair_of(void **state)
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

static void in_one_database(struct pair *pair)
{
	snprintf(pair->url, sizeof(pair->url), "%s", pair->fixture->url);
	pair->db = engine()->open(pair->url);
}

static void in_two_databases(struct pair *pair)
{
	scratch_make(pair->directory);
	engine()->make(pair->directory, pair->url);
	pair->db = engine()->open(pair->url);
}

static void end(struct pair *pair)
{
	if (pair->db && pair->db != pair->fixture->db)
		engine()->close(pair->db);
	if (*pair->directory)
		scratch_remove(pair->directory);
	hand_set_free(pair->a);
	hand_set_free(pair->b);
}

/* Migration `version` of a set makes a table of its own. */
static void add(struct hand_set *set, const char *name, int64_t version, const char *requirements)
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
static void add_turns(struct pair *pair)
{
	add(pair->a, "a", 1, NULL);
	add(pair->a, "a", 2, NULL);
	add(pair->a, "a", 3, "b/2");
	add(pair->b, "b", 1, NULL);
	add(pair->b, "b", 2, "a/1");
}

static int migrate_all(struct pair *pair)
{
	const struct bobolink_database databases[] = {
		{ hand_set(pair->a, engine()->backend), pair->fixture->db, &pair->options },
		{ hand_set(pair->b, engine()->backend), pair->db, &pair->options },
	};

	return bobolink_migrate_all(databases, 2, &pair->error);
}

static void told(const struct pair *pair, int code, const char *words)
{
	assert_int_equal(pair->error.code, code);
	if (!strstr(pair->error.message, words))
		fail_msg("\"%s\" does not say \"%s\"", pair->error.message, words);
}

static void says(void *db, const char *sql, const char *expected)
{
	const char *text = engine()->text(db, sql);

	if (strcmp(text, expected) != 0)
		fail_msg("%s: \"%s\", not \"%s\"", sql, text, expected);
}

static const char in_order[] = "SELECT set_name || '/' || item FROM bobolink_history "
			       "WHERE status = 'applied' ORDER BY id";
static const char batches[] = "SELECT batch FROM bobolink_history ORDER BY set_name, version";

static void check_nothing_written(const struct pair *pair)
{
	assert_int_equal(engine_tables(pair->fixture->db, "bobolink%"), 0);
	assert_int_equal(engine_tables(pair->db, "bobolink%"), 0);
}

static void sets_take_turns_in_one_database(void **state)
{
	struct pair *pair = pair_of(state);

	in_one_database(pair);
	add_turns(pair);
	assert_int_equal(migrate_all(pair), BOBOLINK_OK);
	says(pair->db, in_order, "a/1,a/2,b/1,b/2,a/3");
	/* Both parts of a are one run. */
	says(pair->db, batches, "1,1,1,1,1");
	assert_int_equal(migrate_all(pair), BOBOLINK_OK);
	says(pair->db, "SELECT count(*) FROM bobolink_head WHERE digest IS NOT NULL", "2");
	end(pair);
}

static void sets_take_turns_over_one_connection(void **state)
{
	struct pair *pair = pair_of(state);

	pair->db = pair->fixture->db;
	add_turns(pair);
	assert_int_equal(migrate_all(pair), BOBOLINK_OK);
	says(pair->db, in_order, "a/1,a/2,b/1,b/2,a/3");
	end(pair);
}

static void sets_take_turns_over_two_databases(void **state)
{
	struct pair *pair = pair_of(state);

	in_two_databases(pair);
	add_turns(pair);
	assert_int_equal(migrate_all(pair), BOBOLINK_OK);
	says(pair->fixture->db, in_order, "a/1,a/2,a/3");
	says(pair->fixture->db, batches, "1,1,1");
	says(pair->db, in_order, "b/1,b/2");
	end(pair);
}

static void the_parts_of_a_run_share_a_backup(void **state)
{
	struct pair *pair;
	char directory[300];

	/* Another engine needs its dump program. */
	if (strcmp(engine()->name, "sqlite") != 0)
		skip();
	pair = pair_of(state);
	in_one_database(pair);
	snprintf(directory, sizeof(directory), "%s/backups", pair->fixture->directory);
	pair->options.backup = BOBOLINK_BACKUP_ALWAYS;
	pair->options.backup_directory = directory;
	add_turns(pair);
	assert_int_equal(migrate_all(pair), BOBOLINK_OK);
	says(pair->db, "SELECT set_name FROM bobolink_log WHERE event = 'backup' ORDER BY id",
	     "a,b");
	scratch_remove(directory);
	end(pair);
}

static void a_set_alone_stops_at_what_it_requires(void **state)
{
	struct pair *pair = pair_of(state);
	const struct bobolink_set *a;
	const struct bobolink_set *b;

	in_one_database(pair);
	add_turns(pair);
	a = hand_set(pair->a, engine()->backend);
	b = hand_set(pair->b, engine()->backend);
	assert_int_equal(bobolink_migrate(a, pair->fixture->db, &pair->options, &pair->error),
			 BOBOLINK_REQUIRED);
	told(pair, BOBOLINK_REQUIRED, "migration 3 (made) of a requires b/2, which is not applied");
	assert_int_equal(pair->error.version, 3);
	assert_int_equal(bobolink_exit_code(BOBOLINK_REQUIRED), 4);
	says(pair->db, in_order, "a/1,a/2");
	assert_int_equal(engine_tables(pair->db, "a!_3"), 0);
	/* It did not fail, and is not held back. */
	says(pair->db, "SELECT count(*) FROM bobolink_history", "2");
	assert_int_equal(bobolink_migrate(b, pair->db, &pair->options, &pair->error), BOBOLINK_OK);
	assert_int_equal(bobolink_migrate(a, pair->fixture->db, &pair->options, &pair->error),
			 BOBOLINK_OK);
	says(pair->db, in_order, "a/1,a/2,b/1,b/2,a/3");
	says(pair->db, batches, "1,1,1,1,1");
	end(pair);
}

static void a_set_alone_does_not_look_into_another_database(void **state)
{
	struct pair *pair = pair_of(state);

	in_two_databases(pair);
	add(pair->a, "a", 1, "b/1");
	add(pair->b, "b", 1, NULL);
	assert_int_equal(bobolink_migrate(hand_set(pair->b, engine()->backend), pair->db,
					  &pair->options, &pair->error),
			 BOBOLINK_OK);
	assert_int_equal(bobolink_migrate(hand_set(pair->a, engine()->backend), pair->fixture->db,
					  &pair->options, &pair->error),
			 BOBOLINK_REQUIRED);
	assert_int_equal(engine_tables(pair->fixture->db, "a!_1"), 0);
	assert_int_equal(migrate_all(pair), BOBOLINK_OK);
	end(pair);
}

static void what_was_rolled_back_is_not_applied(void **state)
{
	struct pair *pair = pair_of(state);

	in_one_database(pair);
	add(pair->a, "a", 1, "b/1");
	add(pair->b, "b", 1, NULL);
	assert_int_equal(bobolink_migrate(hand_set(pair->b, engine()->backend), pair->db,
					  &pair->options, &pair->error),
			 BOBOLINK_OK);
	engine()->run(pair->db, "UPDATE bobolink_history SET status = 'rolled_back'");
	assert_int_equal(bobolink_migrate(hand_set(pair->a, engine()->backend), pair->fixture->db,
					  &pair->options, &pair->error),
			 BOBOLINK_REQUIRED);
	engine()->run(pair->db, "UPDATE bobolink_history SET status = 'baseline'");
	assert_int_equal(bobolink_migrate(hand_set(pair->a, engine()->backend), pair->fixture->db,
					  &pair->options, &pair->error),
			 BOBOLINK_OK);
	end(pair);
}

static void what_runs_outside_a_transaction_waits_too(void **state)
{
	struct pair *pair = pair_of(state);

	in_two_databases(pair);
	hand_set_add(pair->a, 1, "pieces", BOBOLINK_SECTION_NO_TRANSACTION,
		     "CREATE TABLE a_1 (i INTEGER)", NULL);
	hand_set_requires(pair->a, "b/1");
	add(pair->b, "b", 1, NULL);
	assert_int_equal(bobolink_migrate(hand_set(pair->a, engine()->backend), pair->fixture->db,
					  &pair->options, &pair->error),
			 BOBOLINK_REQUIRED);
	check_nothing_written(pair);
	assert_int_equal(migrate_all(pair), BOBOLINK_OK);
	says(pair->fixture->db, in_order, "a/1");
	end(pair);
}

static void one_transaction_for_all_is_not_cut(void **state)
{
	struct pair *pair = pair_of(state);

	in_two_databases(pair);
	add_turns(pair);
	pair->options.transaction = BOBOLINK_TRANSACTION_ALL;
	assert_int_equal(migrate_all(pair), BOBOLINK_REQUIRED);
	told(pair, BOBOLINK_REQUIRED, "a: migration 3 (made) of a requires b/2, which cannot be");
	check_nothing_written(pair);
	assert_int_equal(bobolink_migrate(hand_set(pair->a, engine()->backend), pair->fixture->db,
					  &pair->options, &pair->error),
			 BOBOLINK_REQUIRED);
	check_nothing_written(pair);
	end(pair);
}

static void one_that_refuses_keeps_all_from_being_written(void **state)
{
	struct pair *pair = pair_of(state);
	struct hand_set *bad = hand_set_new("b");

	in_two_databases(pair);
	add(pair->a, "a", 1, NULL);
	hand_set_add(bad, 1, "bad", 0, "INSERT INTO nowhere VALUES (1)", NULL);
	hand_set_free(pair->b);
	pair->b = bad;
	assert_int_equal(bobolink_migrate(hand_set(pair->b, engine()->backend), pair->db,
					  &pair->options, &pair->error),
			 BOBOLINK_SQL_ERROR);
	assert_int_equal(migrate_all(pair), BOBOLINK_HELD);
	told(pair, BOBOLINK_HELD, "b: migration 1 (bad) was refused before");
	assert_int_equal(engine_tables(pair->fixture->db, "%a!_1"), 0);
	/* A start that is told to goes on does what it can. */
	pair->options.on_failure = BOBOLINK_ON_FAILURE_CONTINUE;
	assert_int_equal(migrate_all(pair), BOBOLINK_OK);
	assert_int_equal(engine_tables(pair->fixture->db, "a!_1"), 1);
	end(pair);
}

static void a_statement_that_is_refused_names_its_set_and_stops_the_rest(void **state)
{
	struct pair *pair = pair_of(state);

	in_two_databases(pair);
	hand_set_add(pair->a, 1, "bad", 0, "INSERT INTO nowhere VALUES (1)", NULL);
	add(pair->b, "b", 1, NULL);
	assert_int_equal(migrate_all(pair), BOBOLINK_SQL_ERROR);
	told(pair, BOBOLINK_SQL_ERROR, "a: ");
	assert_int_equal(pair->error.version, 1);
	assert_int_equal(engine_tables(pair->db, "b!_1"), 0);
	end(pair);
}

static void a_set_that_nobody_knows_is_told_before_the_first_write(void **state)
{
	struct pair *pair = pair_of(state);
	struct hand_set *audit = hand_set_new("audit");

	in_two_databases(pair);
	add(pair->a, "a", 1, NULL);
	add(pair->b, "b", 1, "audit/4");
	assert_int_equal(migrate_all(pair), BOBOLINK_REQUIRED);
	told(pair, BOBOLINK_REQUIRED,
	     "b: migration 1 (made) of b requires audit/4, and this program does not carry that "
	     "set");
	check_nothing_written(pair);
	/* What is told to go on leaves that one out. */
	pair->options.on_failure = BOBOLINK_ON_FAILURE_CONTINUE;
	assert_int_equal(migrate_all(pair), BOBOLINK_OK);
	assert_int_equal(engine_tables(pair->fixture->db, "a!_1"), 1);
	assert_int_equal(engine_tables(pair->db, "b!_1"), 0);
	/* Another program has put it into the same database. */
	pair->options.on_failure = BOBOLINK_ON_FAILURE_STOP;
	add(audit, "audit", 4, NULL);
	assert_int_equal(bobolink_migrate(hand_set(audit, engine()->backend), pair->db,
					  &pair->options, &pair->error),
			 BOBOLINK_OK);
	assert_int_equal(migrate_all(pair), BOBOLINK_OK);
	assert_int_equal(engine_tables(pair->db, "b!_1"), 1);
	hand_set_free(audit);
	end(pair);
}

static void a_version_that_the_other_set_lacks_is_told_before_the_first_write(void **state)
{
	struct pair *pair = pair_of(state);

	in_two_databases(pair);
	add(pair->a, "a", 1, NULL);
	add(pair->b, "b", 1, "a/2");
	assert_int_equal(migrate_all(pair), BOBOLINK_REQUIRED);
	told(pair, BOBOLINK_REQUIRED, "requires a/2, which this program does not carry");
	check_nothing_written(pair);
	end(pair);
}

static void two_that_wait_for_each_other_are_told_before_the_first_write(void **state)
{
	struct pair *pair = pair_of(state);

	in_two_databases(pair);
	add(pair->a, "a", 1, NULL);
	add(pair->a, "a", 2, "b/1");
	add(pair->b, "b", 1, "a/3");
	add(pair->a, "a", 3, NULL);
	assert_int_equal(migrate_all(pair), BOBOLINK_REQUIRED);
	told(pair, BOBOLINK_REQUIRED, "a: migration 2 (made) of a requires b/1, which cannot be");
	check_nothing_written(pair);
	end(pair);
}

static void the_same_files_in_two_sets_are_no_renamed_set(void **state)
{
	static const char common[] = "CREATE TABLE IF NOT EXISTS common (i INTEGER)";
	struct pair *pair = pair_of(state);

	in_one_database(pair);
	hand_set_add(pair->a, 1, "common", 0, common, NULL);
	hand_set_add(pair->b, 1, "common", 0, common, NULL);
	assert_int_equal(bobolink_migrate(hand_set(pair->a, engine()->backend), pair->fixture->db,
					  &pair->options, &pair->error),
			 BOBOLINK_OK);
	/* Alone it might as well be that set under another name. */
	assert_int_equal(bobolink_migrate(hand_set(pair->b, engine()->backend), pair->db,
					  &pair->options, &pair->error),
			 BOBOLINK_OTHER_NAME);
	assert_int_equal(migrate_all(pair), BOBOLINK_OK);
	says(pair->db, in_order, "a/1,b/1");
	end(pair);
}

static void a_program_that_says_which_sets_it_has_may_migrate_them_one_by_one(void **state)
{
	static const char common[] = "CREATE TABLE IF NOT EXISTS common (i INTEGER)";
	struct pair *pair = pair_of(state);
	const struct bobolink_set *sets[3] = { NULL };

	in_one_database(pair);
	hand_set_add(pair->a, 1, "common", 0, common, NULL);
	hand_set_add(pair->b, 1, "common", 0, common, NULL);
	sets[0] = hand_set(pair->a, engine()->backend);
	sets[1] = hand_set(pair->b, engine()->backend);
	pair->options.sets = sets;
	for (int i = 0; i < 2; i++)
		assert_int_equal(bobolink_migrate(sets[i], pair->db, &pair->options, &pair->error),
				 BOBOLINK_OK);
	says(pair->db, in_order, "a/1,b/1");
	end(pair);
}

static void a_renamed_set_is_still_found_beside_another(void **state)
{
	struct pair *pair = pair_of(state);
	struct hand_set *former = hand_set_new("former");

	in_one_database(pair);
	add(former, "a", 1, NULL);
	add(pair->a, "a", 1, NULL);
	add(pair->b, "b", 1, NULL);
	assert_int_equal(bobolink_migrate(hand_set(former, engine()->backend), pair->db,
					  &pair->options, &pair->error),
			 BOBOLINK_OK);
	assert_int_equal(migrate_all(pair), BOBOLINK_OTHER_NAME);
	told(pair, BOBOLINK_OTHER_NAME, "under the name \"former\"");
	assert_int_equal(engine_tables(pair->db, "b!_1"), 0);
	hand_set_free(former);
	end(pair);
}

static void a_set_is_given_once(void **state)
{
	struct pair *pair = pair_of(state);

	in_two_databases(pair);
	add(pair->a, "a", 1, NULL);
	hand_set_free(pair->b);
	pair->b = hand_set_new("a");
	add(pair->b, "a", 1, NULL);
	assert_int_equal(migrate_all(pair), BOBOLINK_USAGE);
	told(pair, BOBOLINK_USAGE, "the set a is given twice");
	check_nothing_written(pair);
	end(pair);
}

struct open_pair {
	struct bobolink_session *sessions[2];
};

static void open_both(struct pair *pair, struct open_pair *open)
{
	assert_int_equal(bobolink_open(hand_set(pair->a, engine()->backend), pair->fixture->db,
				       &pair->options, &open->sessions[0], &pair->error),
			 BOBOLINK_OK);
	assert_int_equal(bobolink_open(hand_set(pair->b, engine()->backend), pair->db,
				       &pair->options, &open->sessions[1], &pair->error),
			 BOBOLINK_OK);
	bobolink_join(open->sessions, 2);
}

static void close_both(struct open_pair *open)
{
	bobolink_close(open->sessions[0]);
	bobolink_close(open->sessions[1]);
}

static void check_way_back(struct pair *pair)
{
	struct open_pair open;
	uint32_t undone;

	add_turns(pair);
	assert_int_equal(migrate_all(pair), BOBOLINK_OK);
	open_both(pair, &open);
	/* a/3 stands on b/2. */
	assert_int_equal(bobolink_rollback(open.sessions[1], 1, 0, &undone, &pair->error),
			 BOBOLINK_REQUIRED);
	told(pair, BOBOLINK_REQUIRED,
	     "migration 2 of b cannot be undone: a/3 (made), which requires it, is applied");
	assert_int_equal(undone, 0);
	/* b/2 stands on a/1: a is not undone as far as a/2 either. */
	assert_int_equal(bobolink_rollback(open.sessions[0], 1, 0, &undone, &pair->error),
			 BOBOLINK_REQUIRED);
	assert_int_equal(engine_tables(pair->fixture->db, "a!_3"), 1);
	close_both(&open);
}

static void what_another_set_requires_is_not_undone(void **state)
{
	struct pair *pair = pair_of(state);

	in_two_databases(pair);
	check_way_back(pair);
	end(pair);
}

static void what_another_set_requires_is_not_undone_in_one_database(void **state)
{
	struct pair *pair = pair_of(state);

	pair->db = pair->fixture->db;
	check_way_back(pair);
	end(pair);
}

static void what_no_set_requires_any_more_is_undone(void **state)
{
	struct pair *pair = pair_of(state);
	struct open_pair open;
	struct bobolink_plan *plan;

	in_two_databases(pair);
	add_turns(pair);
	assert_int_equal(migrate_all(pair), BOBOLINK_OK);
	open_both(pair, &open);
	assert_int_equal(bobolink_plan_to(open.sessions[0], 2, &plan, &pair->error), BOBOLINK_OK);
	assert_int_equal(bobolink_run(open.sessions[0], plan, 0, NULL, &pair->error), BOBOLINK_OK);
	bobolink_plan_free(plan);
	assert_int_equal(bobolink_rollback(open.sessions[1], 1, 0, NULL, &pair->error),
			 BOBOLINK_OK);
	assert_int_equal(engine_tables(pair->db, "b!_%"), 0);
	close_both(&open);
	end(pair);
}

static void an_application_that_asks_applies_what_was_rolled_back(void **state)
{
	struct pair *pair = pair_of(state);
	struct bobolink_outcome outcomes[2];
	struct open_pair open;

	in_two_databases(pair);
	add(pair->a, "a", 1, NULL);
	add(pair->b, "b", 1, "a/1");
	open_both(pair, &open);
	assert_int_equal(bobolink_apply_all(open.sessions, 2, outcomes, &pair->error), BOBOLINK_OK);
	assert_int_equal(outcomes[0].applied, 1);
	assert_int_equal(outcomes[1].applied, 1);
	assert_int_equal(bobolink_rollback(open.sessions[1], 1, 0, NULL, &pair->error),
			 BOBOLINK_OK);
	assert_int_equal(bobolink_boot_all(open.sessions, 2, &pair->error), BOBOLINK_HELD);
	assert_int_equal(bobolink_apply_all(open.sessions, 2, outcomes, &pair->error), BOBOLINK_OK);
	assert_int_equal(outcomes[0].applied, 0);
	assert_int_equal(outcomes[1].applied, 1);
	close_both(&open);
	end(pair);
}

static void one_interrupt_stops_all(void **state)
{
	struct pair *pair = pair_of(state);
	struct open_pair open;

	in_two_databases(pair);
	add(pair->a, "a", 1, NULL);
	add(pair->b, "b", 1, NULL);
	open_both(pair, &open);
	bobolink_interrupt(open.sessions[0]);
	assert_int_equal(bobolink_apply(open.sessions[1], BOBOLINK_HEAD, NULL, &pair->error),
			 BOBOLINK_INTERRUPTED);
	close_both(&open);
	end(pair);
}

/* Memory of which one allocation fails. */
struct memory {
	long calls;
	long fatal;
	long live;
};

static void *allocate(void *context, size_t size)
{
	struct memory *memory = context;
	void *result = ++memory->calls == memory->fatal ? NULL : malloc(size);

	memory->live += result != NULL;
	return result;
}

static void *reallocate(void *context, void *former, size_t size)
{
	struct memory *memory = context;
	void *result = ++memory->calls == memory->fatal ? NULL : realloc(former, size);

	memory->live += result && !former;
	return result;
}

static void release(void *context, void *former)
{
	struct memory *memory = context;

	memory->live -= former != NULL;
	free(former);
}

/* What is applied before the failure stays, and the run after that finds it. */
static void every_allocation_may_fail(void **state)
{
	struct pair *pair = pair_of(state);
	struct memory memory = { 0, 0, 0 };
	const struct bobolink_allocator allocator = { allocate, reallocate, release, &memory };
	int rc;

	in_one_database(pair);
	add_turns(pair);
	pair->options.allocator = &allocator;
	do {
		memory.calls = 0;
		memory.fatal++;
		rc = migrate_all(pair);
		assert_true(rc == BOBOLINK_OK || rc == BOBOLINK_NO_MEMORY);
		assert_int_equal(memory.live, 0);
	} while (memory.calls >= memory.fatal);
	assert_int_equal(rc, BOBOLINK_OK);
	assert_true(memory.fatal > 20);
	says(pair->db, "SELECT count(*) FROM bobolink_history WHERE status = 'applied'", "5");
	end(pair);
}

static int die_at(void *context, const struct bobolink_progress *progress)
{
	struct pair *pair = context;

	if (!progress->waiting_for && ++pair->statements == pair->fatal)
		raise(SIGKILL);
	return 0;
}

/* A program of its own, which may be killed. */
static int program(void *context)
{
	struct pair *pair = context;
	void *first = engine()->open(pair->fixture->url);
	void *second = engine()->open(pair->url);
	const struct bobolink_database databases[] = {
		{ hand_set(pair->a, engine()->backend), first, &pair->options },
		{ hand_set(pair->b, engine()->backend), second, &pair->options },
	};
	int rc;

	pair->options.progress = die_at;
	pair->options.progress_context = pair;
	rc = bobolink_migrate_all(databases, 2, &pair->error);
	engine()->close(first);
	engine()->close(second);
	return rc;
}

static void kill_at(void **state, int fatal)
{
	struct pair *pair = pair_of(state);

	scratch_make(pair->directory);
	engine()->make(pair->directory, pair->url);
	engine()->make(pair->fixture->directory, pair->fixture->url);
	add_turns(pair);
	pair->fatal = fatal;
	assert_int_equal(race_elsewhere(program, pair), -1);
	pair->fatal = 0;
	assert_int_equal(race_elsewhere(program, pair), BOBOLINK_OK);
	pair->db = engine()->open(pair->url);
	says(pair->db, in_order, "b/1,b/2");
	pair->fixture->db = engine()->open(pair->fixture->url);
	says(pair->fixture->db, in_order, "a/1,a/2,a/3");
	says(pair->fixture->db, "SELECT count(*) FROM bobolink_history", "3");
	says(pair->fixture->db, batches, "1,1,1");
	end(pair);
}

/* Five migrations of one statement each. */
static void whoever_dies_in_the_middle_leaves_the_rest_to_the_next(void **state)
{
	struct fixture *fixture = *state;

	for (int fatal = 1; fatal <= 5; fatal++) {
		/* A connection must not be shared with a process that dies. */
		engine()->close(fixture->db);
		scratch_remove(fixture->directory);
		scratch_make(fixture->directory);
		kill_at(state, fatal);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(sets_take_turns_in_one_database),
		FIXTURE_TEST(sets_take_turns_over_one_connection),
		FIXTURE_TEST(sets_take_turns_over_two_databases),
		FIXTURE_TEST(the_parts_of_a_run_share_a_backup),
		FIXTURE_TEST(a_set_alone_stops_at_what_it_requires),
		FIXTURE_TEST(a_set_alone_does_not_look_into_another_database),
		FIXTURE_TEST(what_was_rolled_back_is_not_applied),
		FIXTURE_TEST(what_runs_outside_a_transaction_waits_too),
		FIXTURE_TEST(one_transaction_for_all_is_not_cut),
		FIXTURE_TEST(one_that_refuses_keeps_all_from_being_written),
		FIXTURE_TEST(a_statement_that_is_refused_names_its_set_and_stops_the_rest),
		FIXTURE_TEST(a_set_that_nobody_knows_is_told_before_the_first_write),
		FIXTURE_TEST(a_version_that_the_other_set_lacks_is_told_before_the_first_write),
		FIXTURE_TEST(two_that_wait_for_each_other_are_told_before_the_first_write),
		FIXTURE_TEST(the_same_files_in_two_sets_are_no_renamed_set),
		FIXTURE_TEST(a_program_that_says_which_sets_it_has_may_migrate_them_one_by_one),
		FIXTURE_TEST(a_renamed_set_is_still_found_beside_another),
		FIXTURE_TEST(a_set_is_given_once),
		FIXTURE_TEST(what_another_set_requires_is_not_undone),
		FIXTURE_TEST(what_another_set_requires_is_not_undone_in_one_database),
		FIXTURE_TEST(what_no_set_requires_any_more_is_undone),
		FIXTURE_TEST(an_application_that_asks_applies_what_was_rolled_back),
		FIXTURE_TEST(one_interrupt_stops_all),
		FIXTURE_TEST(every_allocation_may_fail),
		FIXTURE_TEST(whoever_dies_in_the_middle_leaves_the_rest_to_the_next),
	};

	return engine_run_group_tests(tests);
}
