/*
 * SIGKILL of the program during backup and restore on PostgreSQL, at points spread over a whole run: the database is
 * wholly what it was or wholly what the backup holds, what is listed is complete, and the next command
 * finishes. A point is a message between the server and the program, or pg_dump, or pg_restore.
 */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bobolink/postgres.h>

#include "database.h"
#include "fixture.h"
#include "proxy.h"
#include "server.h"

#define POINTS 50
#define SAMPLE 6

struct sweep {
	struct fixture *fixture;
	const struct bobolink_set *set;
	struct bobolink_options options;
	char folder[300];
	struct proxy *proxy;
	pid_t pid;
	bool restore;
	long at; /* 0: nobody is killed */
	bool struck;
};

static enum proxy_verdict strike(void *context, const struct proxy_message *message)
{
	struct sweep *sweep = context;

	if (sweep->struck || !sweep->at || message->number < sweep->at)
		return PROXY_PASS;
	sweep->struck = true;
	assert_int_equal(kill(sweep->pid, SIGKILL), 0);
	/* What the program had sent when it died arrives, or does not. */
	return sweep->at % 2 ? PROXY_PASS : PROXY_CUT;
}

/* The proxy is another host, and so a backup that was made by way of it one of another database. */
static int restore(const struct sweep *sweep, const char *url, const char *name,
		   struct bobolink_error *error)
{
	char origins[400];

	snprintf(origins, sizeof(origins), "%s/.origins", sweep->folder);
	(void)unlink(origins);
	return bobolink_restore(sweep->set, url, name, &sweep->options, 0, error);
}

/* The command that the sweep kills. */
static int command(const struct sweep *sweep, const char *url, const char *name,
		   struct bobolink_error *error)
{
	struct bobolink_session *session = NULL;
	PGconn *connection;
	int rc;

	if (sweep->restore)
		return restore(sweep, url, "first", error);
	connection = pg_open(url);
	rc = bobolink_open(sweep->set, connection, &sweep->options, &session, error);
	if (rc == BOBOLINK_OK)
		rc = bobolink_backup(session, name, NULL, error);
	bobolink_close(session);
	PQfinish(connection);
	return rc;
}

/* Messages of the run; it was killed when there was a point. */
static long run(struct sweep *sweep)
{
	struct bobolink_error error;
	int status = 0;
	int report[2];
	long count;

	sweep->struck = false;
	sweep->proxy = proxy_new(sweep->fixture->url);
	assert_int_equal(pipe(report), 0);
	sweep->pid = fork();
	if (sweep->pid == 0) {
		close(report[0]);
		if (command(sweep, proxy_url(sweep->proxy), "killed", &error)) {
			fprintf(stderr, "%s\n", error.message);
			_exit(1);
		}
		_exit(0);
	}
	assert_true(sweep->pid > 0);
	close(report[1]);
	proxy_serve(sweep->proxy, report[0], strike, sweep);
	close(report[0]);
	assert_int_equal(waitpid(sweep->pid, &status, 0), sweep->pid);
	count = proxy_count(sweep->proxy);
	proxy_free(sweep->proxy);
	if (sweep->at ? !WIFSIGNALED(status) : status != 0)
		fail_msg("at %ld: the command ended with %d", sweep->at, status);
	return count;
}

/* "A 20" or "B 50", or what else it is. */
static const char *state_of(const struct sweep *sweep)
{
	PGconn *connection = pg_open(sweep->fixture->url);
	const char *state =
		pg_text(connection,
			"SELECT CASE WHEN min(x) = max(x) AND (SELECT count(*) FROM pg_index WHERE "
			"indrelid = 't'::regclass) = 2 THEN min(x) || ' ' || count(*) END FROM t");

	PQfinish(connection);
	return state;
}

/* Databases whose names begin with that of the live one. */
static int64_t databases(const struct sweep *sweep, const char *suffix)
{
	PGconn *connection = pg_open(sweep->fixture->url);
	int64_t found;
	char sql[300];

	snprintf(
		sql, sizeof(sql),
		"SELECT count(*) FROM pg_database WHERE starts_with(datname, current_database() || "
		"'%s')",
		suffix);
	found = pg_number(connection, sql);
	PQfinish(connection);
	return found;
}

static uint32_t listed(const struct sweep *sweep)
{
	struct bobolink_backups *backups = NULL;
	struct bobolink_error error;
	uint32_t count;

	assert_int_equal(bobolink_backups(sweep->set, &sweep->options, &backups, &error),
			 BOBOLINK_OK);
	count = backups->count;
	bobolink_backups_free(backups);
	return count;
}

static int unfinished(const struct sweep *sweep)
{
	DIR *directory = opendir(sweep->folder);
	struct dirent *entry;
	int found = 0;

	assert_non_null(directory);
	while ((entry = readdir(directory)) != NULL)
		found += strncmp(entry->d_name, ".bobolink.", 10) == 0;
	closedir(directory);
	return found;
}

/* Removes what a run left: the databases that were, and the backups but the first. */
static void tidy(const struct sweep *sweep)
{
	PGconn *connection = pg_open(sweep->fixture->url);
	char sql[300];
	char name[400];
	char former[100];

	for (;;) {
		snprintf(former, sizeof(former), "%s",
			 pg_text(connection,
				 "SELECT datname FROM pg_database WHERE starts_with(datname, "
				 "current_database() || '_before') LIMIT 1"));
		if (!*former)
			break;
		snprintf(sql, sizeof(sql), "DROP DATABASE \"%s\" WITH (FORCE)", former);
		pg_run(connection, sql);
	}
	PQfinish(connection);
	snprintf(name, sizeof(name), "%s/shop.killed.vnone.dump", sweep->folder);
	(void)unlink(name);
	snprintf(name, sizeof(name), "%s/shop.next.vnone.dump", sweep->folder);
	(void)unlink(name);
}

/* The live database as it is before each run. */
static void fill(const struct sweep *sweep, const char *letter, int rows)
{
	PGconn *connection = pg_open(sweep->fixture->url);
	char sql[300];

	snprintf(
		sql, sizeof(sql),
		"SET client_min_messages = warning; DROP TABLE IF EXISTS t; CREATE TABLE t (id int "
		"PRIMARY KEY, x text); INSERT INTO t SELECT i, '%s' FROM generate_series(1, %d) i; "
		"CREATE INDEX ON t (x)",
		letter, rows);
	pg_run(connection, sql);
	PQfinish(connection);
}

static void check_backup(struct sweep *sweep)
{
	struct bobolink_error error;
	uint32_t count = listed(sweep);

	assert_string_equal(state_of(sweep), "B 50");
	if (command(sweep, sweep->fixture->url, "next", &error))
		fail_msg("killed at %ld: the next backup: %s", sweep->at, error.message);
	assert_int_equal(listed(sweep), count + 1);
	assert_int_equal(unfinished(sweep), 0);
	/* What a killed run has made visible can be restored. */
	if (count == 2 && restore(sweep, sweep->fixture->url, "killed", &error))
		fail_msg("killed at %ld: its backup: %s", sweep->at, error.message);
	assert_string_equal(state_of(sweep), "B 50");
}

static void check_restore(struct sweep *sweep)
{
	struct bobolink_error error;
	bool is_new = strcmp(state_of(sweep), "A 20") == 0;

	if (!is_new && strcmp(state_of(sweep), "B 50") != 0)
		fail_msg("killed at %ld: the database is %s", sweep->at, state_of(sweep));
	assert_int_equal(databases(sweep, "_before_restore_"), is_new);
	if (command(sweep, sweep->fixture->url, "", &error))
		fail_msg("killed at %ld: the next restore: %s", sweep->at, error.message);
	assert_string_equal(state_of(sweep), "A 20");
	assert_int_equal(databases(sweep, "_before_restore_"), is_new + 1);
	assert_int_equal(databases(sweep, "_bobolink_restore"), 0);
	assert_int_equal(unfinished(sweep), 0);
	fill(sweep, "B", 50);
}

static void sweep_kills(struct fixture *fixture, bool restore)
{
	const struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	struct sweep sweep = { .fixture = fixture, .options = options };
	struct bobolink_error error;
	long wanted = test_all() ? POINTS : SAMPLE;
	long points = 0;
	long messages;

	engine()->close(fixture->db);
	fixture->db = NULL;
	sweep.set = hand_set(fixture->set, engine()->backend);
	snprintf(sweep.folder, sizeof(sweep.folder), "%s/kept", fixture->directory);
	sweep.options.backup_directory = sweep.folder;
	fill(&sweep, "A", 20);
	if (command(&sweep, fixture->url, "first", &error))
		fail_msg("%s", error.message);
	fill(&sweep, "B", 50);
	sweep.restore = restore;
	messages = run(&sweep);
	tidy(&sweep);
	fill(&sweep, "B", 50);
	assert_true(messages > POINTS);
	for (; points < wanted; points++) {
		/* The last message is the program's farewell. */
		sweep.at = 1 + points * (messages - 2) / (wanted - 1);
		run(&sweep);
		assert_true(sweep.struck);
		if (restore)
			check_restore(&sweep);
		else
			check_backup(&sweep);
		tidy(&sweep);
	}
	print_message("sweep: %s killed at %ld of %ld messages\n", restore ? "restore" : "backup",
		      points, messages);
	assert_true(points > 0);
	scratch_remove(sweep.folder);
	fixture->db = engine()->open(fixture->url);
}

static void a_killed_backup_leaves_only_complete_ones(void **state)
{
	sweep_kills(*state, false);
}

static void a_killed_restore_leaves_one_database_or_the_other(void **state)
{
	sweep_kills(*state, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(a_killed_backup_leaves_only_complete_ones),
		FIXTURE_TEST(a_killed_restore_leaves_one_database_or_the_other),
	};

	return engine_run_group_tests_on("postgres", tests);
}
