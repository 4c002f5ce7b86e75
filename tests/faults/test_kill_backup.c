/*
 * SIGKILL during backup and restore of SQLite files: the database is wholly what it was or wholly what the
 * backup holds, what is listed is complete, and the next command finishes. Points are writes, syncs, truncations and
 * deletions of files, spread over a whole run.
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "vfs_shim.h"

#define POINTS 50
#define SAMPLE 6

/* One kind of database: the backup's pages, the live one's, and its journal. */
struct sweep {
	const char *name;
	const char *backup; /* pragmas */
	const char *live;
	bool restore;
	struct fixture *fixture;
	struct bobolink_options options;
	char folder[300];
	char url[600];
	char original[300]; /* the live database as it is before each run */
};

/* Rows of one letter, so that a mixture shows. */
static void make(const char *path, const char *pragmas, const char *letter, int rows)
{
	sqlite3 *db = database_open(path);
	char sql[300];

	snprintf(
		sql, sizeof(sql),
		"%s; CREATE TABLE t (x); INSERT INTO t WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL "
		"SELECT i + 1 FROM n WHERE i < %d) SELECT '%s' || hex(zeroblob(500)) FROM n",
		pragmas, rows, letter);
	database_run(db, sql);
	sqlite3_close(db);
}

/* "A 100" or "B 250", or what else it is. */
static const char *state_of(const char *path)
{
	static char state[200];
	sqlite3 *db = database_open(path);

	snprintf(state, sizeof(state), "%s",
		 database_text(db,
			       "SELECT CASE WHEN min(x) = max(x) THEN substr(min(x), 1, 1) || ' ' "
			       "|| count(*) ELSE 'mixed' END FROM t"));
	if (strcmp(database_text(db, "PRAGMA integrity_check"), "ok") != 0)
		snprintf(state, sizeof(state), "damaged");
	sqlite3_close(db);
	return state;
}

static const char *live(const struct sweep *sweep)
{
	return sweep->url + strlen("sqlite:");
}

static void copy_file(const char *from, const char *to)
{
	char bytes[65536];
	FILE *in = fopen(from, "rb");
	FILE *out = fopen(to, "wb");
	size_t got;

	assert_true(in && out);
	while ((got = fread(bytes, 1, sizeof(bytes), in)) > 0)
		assert_int_equal(fwrite(bytes, 1, got, out), got);
	fclose(in);
	assert_int_equal(fclose(out), 0);
}

static void remove_live(const struct sweep *sweep)
{
	static const char *const suffixes[] = { "", "-journal", "-wal", "-shm" };
	char file[700];

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		snprintf(file, sizeof(file), "%s%s", live(sweep), suffixes[i]);
		(void)remove(file);
	}
}

/* The command that the sweep kills. */
static int command(const struct sweep *sweep, const char *name, struct bobolink_error *error)
{
	const struct bobolink_set *set = hand_set(sweep->fixture->set, engine()->backend);
	struct bobolink_session *session = NULL;
	sqlite3 *db;
	int rc;

	if (sweep->restore)
		return bobolink_restore(set, sweep->url, "first", &sweep->options, 0, error);
	db = database_open(live(sweep));
	rc = bobolink_open(set, db, &sweep->options, &session, error);
	if (rc == BOBOLINK_OK)
		rc = bobolink_backup(session, name, NULL, error);
	bobolink_close(session);
	sqlite3_close(db);
	return rc;
}

/* In a child; the calls it made, or 0 when it was killed. */
static long run_killed(const struct sweep *sweep, long at)
{
	struct bobolink_error error;
	long calls = 0;
	int report[2];
	pid_t pid;

	remove_live(sweep);
	copy_file(sweep->original, live(sweep));
	assert_int_equal(pipe(report), 0);
	pid = fork();
	if (pid == 0) {
		shim_register();
		sqlite3_vfs_register(sqlite3_vfs_find("shim"), 1);
		shim_arm(SHIM_KILL, at);
		if (command(sweep, "killed", &error))
			_exit(1);
		calls = shim_calls();
		_exit(write(report[1], &calls, sizeof(calls)) != (ssize_t)sizeof(calls));
	}
	close(report[1]);
	if (read(report[0], &calls, sizeof(calls)) != (ssize_t)sizeof(calls))
		calls = 0;
	close(report[0]);
	{
		int status = 0;

		waitpid(pid, &status, 0);
		if (calls == 0 && !(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL))
			fail_msg("at %ld: the command ended with %d", at, status);
	}
	return calls;
}

/*
 * What is listed is one of the two databases, and the first backup is what it was. True when one of them is the live
 * database as it was. With `forget` all but the first one are removed.
 */
static bool check_listed(const struct sweep *sweep, long at, bool forget)
{
	struct bobolink_backups *backups = NULL;
	struct bobolink_error error;
	bool saved = false;

	assert_int_equal(bobolink_backups(hand_set(sweep->fixture->set, engine()->backend),
					  &sweep->options, &backups, &error),
			 BOBOLINK_OK);
	assert_true(backups->count >= 1);
	for (uint32_t i = 0; i < backups->count; i++) {
		const struct bobolink_backup_item *item = &backups->items[i];
		bool is_first = strcmp(item->name, "first") == 0;
		const char *holds = state_of(item->path);

		saved = saved || strcmp(holds, "B 250") == 0;
		if (strcmp(holds, "A 100") != 0 && (is_first || strcmp(holds, "B 250") != 0))
			fail_msg("%s, killed at %ld: %s is %s", sweep->name, at, item->path, holds);
		if (!is_first && forget)
			assert_int_equal(unlink(item->path), 0);
	}
	bobolink_backups_free(backups);
	return saved;
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

static void check_point(const struct sweep *sweep, long at)
{
	struct bobolink_error error;
	bool is_new;

	assert_int_equal(run_killed(sweep, at), 0);
	is_new = strcmp(state_of(live(sweep)), "A 100") == 0;
	if ((is_new && !sweep->restore) || (!is_new && strcmp(state_of(live(sweep)), "B 250") != 0))
		fail_msg("%s, killed at %ld: the database is %s", sweep->name, at,
			 state_of(live(sweep)));
	if (!check_listed(sweep, at, false) && is_new)
		fail_msg("%s, killed at %ld: what was there is lost", sweep->name, at);
	if (command(sweep, "next", &error))
		fail_msg("%s, killed at %ld: the next command: %s", sweep->name, at, error.message);
	assert_string_equal(state_of(live(sweep)), sweep->restore ? "A 100" : "B 250");
	assert_true(check_listed(sweep, at, true));
	assert_int_equal(unfinished(sweep), 0);
}

/* The backup "first", of the other database. */
static void make_first(struct sweep *sweep)
{
	struct sweep other = *sweep;
	struct bobolink_error error;

	other.restore = false;
	make(live(sweep), sweep->backup, "A", 100);
	assert_int_equal(command(&other, "first", &error), BOBOLINK_OK);
	remove_live(sweep);
}

static void sweep_kills(struct sweep *sweep)
{
	const struct bobolink_options options = BOBOLINK_OPTIONS_INIT;
	long wanted = test_all() ? POINTS : SAMPLE;
	long points = 0;
	long calls;

	snprintf(sweep->folder, sizeof(sweep->folder), "%s/kept", sweep->fixture->directory);
	snprintf(sweep->url, sizeof(sweep->url), "sqlite:%s/live.db", sweep->fixture->directory);
	snprintf(sweep->original, sizeof(sweep->original), "%s/original.db",
		 sweep->fixture->directory);
	sweep->options = options;
	sweep->options.backup_directory = sweep->folder;
	make_first(sweep);
	make(sweep->original, sweep->live, "B", 250);
	calls = run_killed(sweep, 0x7fffffff);
	assert_true(calls > POINTS);
	assert_true(check_listed(sweep, 0, true));
	for (; points < wanted; points++)
		check_point(sweep, 1 + points * (calls - 1) / (wanted - 1));
	print_message("sweep: %s of %s: killed at %ld of %ld calls\n",
		      sweep->restore ? "restore" : "backup", sweep->name, points, calls);
	assert_true(points > 0);
	scratch_remove(sweep->folder);
	assert_int_equal(unlink(sweep->original), 0);
	remove_live(sweep);
}

static const struct sweep kinds[] = {
	{ .name = "a rollback journal", .backup = "", .live = "" },
	{ .name = "WAL", .backup = "PRAGMA journal_mode=WAL", .live = "PRAGMA journal_mode=WAL" },
	{ .name = "larger pages", .backup = "PRAGMA page_size=65536", .live = "" },
	{ .name = "smaller pages and WAL",
	  .backup = "PRAGMA page_size=512",
	  .live = "PRAGMA journal_mode=WAL" },
};

static void a_killed_backup_leaves_only_complete_ones(void **state)
{
	for (size_t i = 0; i < 2; i++) {
		struct sweep sweep = kinds[i];

		sweep.fixture = *state;
		sweep_kills(&sweep);
	}
}

static void a_killed_restore_leaves_one_database_or_the_other(void **state)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct sweep sweep = kinds[i];

		sweep.fixture = *state;
		sweep.restore = true;
		sweep_kills(&sweep);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(a_killed_backup_leaves_only_complete_ones),
		FIXTURE_TEST(a_killed_restore_leaves_one_database_or_the_other),
	};

	return engine_run_group_tests_on("sqlite", tests);
}
