/*
 * Log files of JSON lines, on real sessions and on events made up: whole lines in the right file, which SQLite's JSON
 * functions read; what cannot be written is counted and told, and stops nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bobolink/log.h>

#include "captured.h"
#include "fixture.h"
#include "log/file.h"

/* 2026-01-02T23:59:59.999Z and the moment after it. */
#define LAST_OF_DAY 1767398399
static const struct timespec before_midnight = { LAST_OF_DAY, 999999999 };
static const struct timespec midnight = { LAST_OF_DAY + 1, 0 };

struct scene {
	struct fixture *fixture;
	struct bobolink_log_file file;
	char logs[300]; /* the directory of the log files */
	sqlite3 *lines; /* table line(text): what was read from one */
};

static int setup(void **state)
{
	struct scene *scene = calloc(1, sizeof(*scene));
	void *fixture;

	if (!scene || fixture_setup(&fixture))
		return -1;
	scene->fixture = fixture;
	snprintf(scene->logs, sizeof(scene->logs), "%s/logs", scene->fixture->directory);
	assert_int_equal(bobolink_log_file_open(&scene->file, scene->logs, "shop",
						&scene->fixture->error),
			 BOBOLINK_OK);
	scene->lines = database_open(":memory:");
	database_run(scene->lines, "CREATE TABLE line (text TEXT NOT NULL)");
	*state = scene;
	return 0;
}

static int teardown(void **state)
{
	struct scene *scene = *state;
	void *fixture = scene->fixture;

	sqlite3_close(scene->lines);
	fixture_teardown(&fixture);
	free(scene);
	return 0;
}

/* The path of a file of the scene's directory, in a buffer that the next call reuses. */
static const char *log_path(const struct scene *scene, const char *name)
{
	static char path[400];

	snprintf(path, sizeof(path), "%s/%s", scene->logs, name);
	return path;
}

/* The file of the scene's two moments. */
#define FIRST_DAY  "shop-2026-01-02.jsonl"
#define SECOND_DAY "shop-2026-01-03.jsonl"

static const char *path_of_today(const struct scene *scene)
{
	char name[64];
	time_t now = time(NULL);
	struct tm utc;

	assert_non_null(gmtime_r(&now, &utc));
	strftime(name, sizeof(name), "shop-%Y-%m-%d.jsonl", &utc);
	return log_path(scene, name);
}

/* Reads the lines of a file into the table; returns how many there are. */
static int64_t read_lines(struct scene *scene, const char *path)
{
	FILE *file = fopen(path, "r");
	sqlite3_stmt *insert = NULL;
	char *line = NULL;
	size_t size = 0;
	ssize_t length;

	assert_non_null(file);
	database_run(scene->lines, "DELETE FROM line; BEGIN");
	assert_int_equal(sqlite3_prepare_v2(scene->lines, "INSERT INTO line VALUES (?)", -1,
					    &insert, NULL),
			 SQLITE_OK);
	while ((length = getline(&line, &size, file)) > 0) {
		assert_int_equal(line[length - 1], '\n');
		sqlite3_bind_text(insert, 1, line, (int)length - 1, SQLITE_TRANSIENT);
		assert_int_equal(sqlite3_step(insert), SQLITE_DONE);
		sqlite3_reset(insert);
	}
	sqlite3_finalize(insert);
	database_run(scene->lines, "COMMIT");
	free(line);
	fclose(file);
	return database_number(scene->lines, "SELECT count(*) FROM line");
}

static void assert_all_json(struct scene *scene)
{
	assert_int_equal(database_number(scene->lines,
					 "SELECT count(*) FROM line WHERE NOT json_valid(text)"),
			 0);
}

/* What a query says of the lines that were read. */
static void assert_lines_say(struct scene *scene, const char *sql, const char *expected)
{
	assert_string_equal(database_text(scene->lines, sql), expected);
}

/* --- JSON lines ------------------------------------------------------------------------------ */

static void a_session_is_told_event_by_event(void **state)
{
	struct scene *scene = *state;
	struct fixture *fixture = scene->fixture;

	hand_set_add(fixture->set, 4, "broken", 0, "INSERT INTO nowhere VALUES (1)", NULL);
	fixture->options.log = bobolink_log_to_file;
	fixture->options.log_context = &scene->file;
	assert_int_equal(fixture_boot(fixture), BOBOLINK_SQL_ERROR);
	assert_true(read_lines(scene, path_of_today(scene)) >= 8);
	assert_all_json(scene);
	assert_lines_say(scene,
			 "SELECT group_concat(json_extract(text, '$.event') || ' ' ||"
			 " json_extract(text, '$.version'), ', ') FROM line"
			 " WHERE json_extract(text, '$.event') IN ('begin', 'applied', 'failed')",
			 "begin 1, applied 1, begin 2, applied 2, begin 3, applied 3, "
			 "begin 4, failed 4");
	assert_lines_say(
		scene,
		"SELECT json_extract(text, '$.level') || ' ' || json_extract(text, '$.set')"
		" || ' ' || json_extract(text, '$.name') || ' ' ||"
		" (json_extract(text, '$.detail') LIKE '%nowhere%') FROM line"
		" WHERE json_extract(text, '$.event') = 'failed'",
		"error shop broken 1");
	/* A time as documented, and the present one. */
	assert_lines_say(scene,
			 "SELECT count(*) FROM line WHERE json_extract(text, '$.at') NOT GLOB"
			 " '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:"
			 "[0-9][0-9].[0-9][0-9][0-9]Z' OR abs(julianday('now') -"
			 " julianday(json_extract(text, '$.at'))) > 0.01",
			 "0");
	assert_int_equal(database_number(scene->lines, "SELECT DISTINCT json_extract(text, '$.pid')"
						       " FROM line"),
			 getpid());
	assert_int_equal(bobolink_log_file_close(&scene->file, &fixture->error), BOBOLINK_OK);
}

static void the_keys_are_those_of_the_documentation(void **state)
{
	struct scene *scene = *state;
	struct bobolink_event event = made_up(BOBOLINK_EVENT_ROLLED_BACK, "orders", "why");
	struct bobolink_event bare = made_up(BOBOLINK_EVENT_BOOT, "", "");

	bare.version = -1;
	bare.duration_ms = -1;
	bl_file_add(&scene->file, &event, &before_midnight);
	bl_file_add(&scene->file, &bare, &before_midnight);
	assert_int_equal(read_lines(scene, log_path(scene, FIRST_DAY)), 2);
	assert_lines_say(scene, "SELECT json_remove(text, '$.pid') FROM line LIMIT 1",
			 "{\"at\":\"2026-01-02T23:59:59.999Z\",\"level\":\"info\",\"set\":\"shop\","
			 "\"event\":\"rolled_back\",\"version\":\"7\",\"name\":\"orders\","
			 "\"duration_ms\":12,\"detail\":\"why\"}");
	assert_lines_say(scene, "SELECT json_remove(text, '$.pid') FROM line LIMIT 1 OFFSET 1",
			 "{\"at\":\"2026-01-02T23:59:59.999Z\",\"level\":\"info\",\"set\":\"shop\","
			 "\"event\":\"boot\",\"version\":null,\"name\":null,"
			 "\"duration_ms\":null,\"detail\":null}");
}

static void scripts_have_the_name_of_their_file_and_no_version(void **state)
{
	struct scene *scene = *state;
	struct bobolink_event event =
		made_up(BOBOLINK_EVENT_SKIPPED, "F0007_clean_orphans", "nothing to do");

	event.version = -1;
	event.duration_ms = -1;
	bl_file_add(&scene->file, &event, &before_midnight);
	event.kind = BOBOLINK_EVENT_CODE;
	bl_file_add(&scene->file, &event, &before_midnight);
	assert_int_equal(read_lines(scene, log_path(scene, FIRST_DAY)), 2);
	assert_lines_say(scene, "SELECT json_remove(text, '$.pid') FROM line LIMIT 1",
			 "{\"at\":\"2026-01-02T23:59:59.999Z\",\"level\":\"info\",\"set\":\"shop\","
			 "\"event\":\"skipped\",\"version\":null,\"name\":\"F0007_clean_orphans\","
			 "\"duration_ms\":null,\"detail\":\"nothing to do\"}");
	assert_lines_say(scene, "SELECT json_extract(text, '$.event') FROM line LIMIT 1 OFFSET 1",
			 "code");
}

static void any_text_is_json_and_the_same_when_read(void **state)
{
	static const char text[] = "a \"quoted\" \\ back, a\nline, a\ttab, \x1b[31m, é, 名前";
	struct scene *scene = *state;
	const struct bobolink_event event = made_up(BOBOLINK_EVENT_NOTE, "\xff\xc3", text);

	bl_file_add(&scene->file, &event, &midnight);
	assert_int_equal(read_lines(scene, log_path(scene, SECOND_DAY)), 1);
	assert_all_json(scene);
	assert_lines_say(scene, "SELECT json_extract(text, '$.detail') FROM line", text);
	assert_lines_say(scene, "SELECT json_extract(text, '$.name') FROM line", "\ufffd\ufffd");
}

/* Returns what is left of `text` in the file. */
static int64_t length_kept(struct scene *scene, const char *name, const char *text)
{
	const struct bobolink_event event = made_up(BOBOLINK_EVENT_NOTE, name, text);

	bl_file_add(&scene->file, &event, &midnight);
	read_lines(scene, log_path(scene, SECOND_DAY));
	assert_all_json(scene);
	assert_int_equal(remove(log_path(scene, SECOND_DAY)), 0);
	return database_number(scene->lines,
			       "SELECT length(CAST(json_extract(text, '$.detail') AS BLOB))"
			       " FROM line");
}

static void texts_of_any_length_stay_json(void **state)
{
	static char text[100001];

	memset(text, 0x01, sizeof(text) - 1); /* the longest escape */
	assert_int_equal(length_kept(*state, text, text), 4096);
	text[4096] = '\0';
	assert_int_equal(length_kept(*state, "name", text), 4096);
	/* One byte, then characters of two: the limit lies inside the last one. */
	memset(text, 'x', sizeof(text) - 1);
	for (size_t i = 1; i + 1 < sizeof(text); i += 2)
		memcpy(text + i, "é", 2);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(length_kept(*state, "name", text), 4095);
}

/* --- the file -------------------------------------------------------------------------------- */

static void every_day_has_its_file(void **state)
{
	struct scene *scene = *state;
	const struct bobolink_event last = made_up(BOBOLINK_EVENT_NOTE, "last", "");
	const struct bobolink_event first = made_up(BOBOLINK_EVENT_NOTE, "first", "");

	bl_file_add(&scene->file, &last, &before_midnight);
	bl_file_add(&scene->file, &first, &midnight);
	bl_file_add(&scene->file, &first, &midnight);
	assert_int_equal(read_lines(scene, log_path(scene, FIRST_DAY)), 1);
	assert_lines_say(scene, "SELECT json_extract(text, '$.name') FROM line", "last");
	assert_int_equal(read_lines(scene, log_path(scene, SECOND_DAY)), 2);
	assert_lines_say(scene, "SELECT DISTINCT json_extract(text, '$.at') FROM line",
			 "2026-01-03T00:00:00.000Z");
}

static void a_file_or_directory_that_was_moved_away_is_made_anew(void **state)
{
	struct scene *scene = *state;
	const struct bobolink_event event = made_up(BOBOLINK_EVENT_NOTE, "n", "");
	char moved[400];

	bl_file_add(&scene->file, &event, &midnight);
	snprintf(moved, sizeof(moved), "%s", log_path(scene, "moved"));
	assert_int_equal(rename(log_path(scene, SECOND_DAY), moved), 0);
	bl_file_add(&scene->file, &event, &midnight);
	assert_int_equal(read_lines(scene, log_path(scene, SECOND_DAY)), 1);
	snprintf(moved, sizeof(moved), "%s-moved", scene->logs);
	assert_int_equal(rename(scene->logs, moved), 0);
	bl_file_add(&scene->file, &event, &midnight);
	assert_int_equal(read_lines(scene, log_path(scene, SECOND_DAY)), 1);
	assert_int_equal(bobolink_log_file_close(&scene->file, NULL), BOBOLINK_OK);
}

static void a_relative_directory_stays_where_it_was(void **state)
{
	struct scene *scene = *state;
	const struct bobolink_event event = made_up(BOBOLINK_EVENT_NOTE, "n", "");
	int here = open(".", O_RDONLY);

	assert_true(here >= 0);
	assert_int_equal(chdir(scene->fixture->directory), 0);
	assert_int_equal(bobolink_log_file_open(&scene->file, "logs", "shop", NULL), BOBOLINK_OK);
	assert_int_equal(chdir("/"), 0);
	bl_file_add(&scene->file, &event, &midnight);
	assert_int_equal(fchdir(here), 0);
	close(here);
	assert_int_equal(read_lines(scene, log_path(scene, SECOND_DAY)), 1);
}

static void others_cannot_read_it(void **state)
{
	struct scene *scene = *state;
	struct stat status;

	assert_int_equal(stat(scene->logs, &status), 0);
	assert_int_equal(status.st_mode & 07, 0);
	assert_int_equal(stat(path_of_today(scene), &status), 0);
	assert_int_equal(status.st_mode & 07, 0);
}

static void assert_refused(const char *directory, const char *prefix, int code)
{
	struct bobolink_log_file file;
	struct bobolink_error error;

	assert_int_equal(bobolink_log_file_open(&file, directory, prefix, &error), code);
	assert_int_equal(error.code, code);
	assert_true(*error.message != '\0');
}

static void a_place_that_cannot_be_written_is_refused_when_it_is_opened(void **state)
{
	static char too_long[BOBOLINK_LOG_PATH_SIZE + 1] = "/";
	struct scene *scene = *state;

	memset(too_long + 1, 'x', sizeof(too_long) - 2);
	assert_refused(scene->logs, "", BOBOLINK_USAGE);
	assert_refused(scene->logs, "../shop", BOBOLINK_USAGE);
	assert_refused("", "shop", BOBOLINK_USAGE);
	assert_refused(too_long, "shop", BOBOLINK_USAGE);
	assert_refused(too_long + 1, "shop", BOBOLINK_USAGE);
	/* No parent; a file instead of a directory; a directory instead of a file. */
	assert_refused(log_path(scene, "a/b"), "shop", BOBOLINK_IO_ERROR);
	assert_refused(path_of_today(scene), "shop", BOBOLINK_IO_ERROR);
	assert_int_equal(remove(path_of_today(scene)), 0);
	assert_int_equal(mkdir(path_of_today(scene), 0700), 0);
	assert_refused(scene->logs, "shop", BOBOLINK_IO_ERROR);
}

/* --- what goes wrong ------------------------------------------------------------------------- */

static void assert_contains(const char *text, const char *words)
{
	if (!strstr(text, words))
		fail_msg("\"%s\" does not say \"%s\"", text, words);
}

static void what_a_full_disk_loses_is_counted_and_told(void **state)
{
	struct scene *scene = *state;
	struct bobolink_error *error = &scene->fixture->error;
	const struct bobolink_event event = made_up(BOBOLINK_EVENT_NOTE, "n", "");
	struct captured captured;
	char told[2048];

	assert_int_equal(symlink("/dev/full", log_path(scene, SECOND_DAY)), 0);
	capture_begin(&captured);
	for (int i = 0; i < 3; i++)
		bl_file_add(&scene->file, &event, &midnight);
	snprintf(told, sizeof(told), "%s", captured_next(&captured));
	assert_string_equal(captured_next(&captured), ""); /* once for all three */
	assert_int_equal(remove(log_path(scene, SECOND_DAY)), 0);
	bl_file_add(&scene->file, &event, &midnight); /* there is room again … */
	assert_int_equal(symlink("/dev/full", log_path(scene, FIRST_DAY)), 0);
	bl_file_add(&scene->file, &event, &before_midnight); /* … and none, which is told anew */
	assert_contains(captured_next(&captured), FIRST_DAY);
	capture_end(&captured);
	assert_contains(told, " error shop note: log file ");
	assert_contains(told, SECOND_DAY);
	assert_contains(told, strerror(ENOSPC));
	assert_int_equal(scene->file.lost, 4);
	assert_int_equal(read_lines(scene, log_path(scene, SECOND_DAY)), 1);
	assert_int_equal(bobolink_log_file_close(&scene->file, error), BOBOLINK_IO_ERROR);
	assert_contains(error->message, "log files: 4;");
	assert_contains(error->message, strerror(ENOSPC));
}

static void a_run_goes_on_when_its_log_cannot_be_written(void **state)
{
	struct scene *scene = *state;
	struct fixture *fixture = scene->fixture;
	struct captured captured;
	FILE *stone;

	/* A file where the directory was: not even root writes below it. */
	assert_int_equal(remove(path_of_today(scene)), 0);
	assert_int_equal(rmdir(scene->logs), 0);
	stone = fopen(scene->logs, "w");
	assert_non_null(stone);
	fclose(stone);
	fixture->options.log = bobolink_log_to_file;
	fixture->options.log_context = &scene->file;
	capture_begin(&captured);
	assert_int_equal(fixture_boot(fixture), BOBOLINK_OK);
	assert_contains(captured_next(&captured), strerror(ENOTDIR));
	assert_string_equal(captured_next(&captured), "");
	capture_end(&captured);
	assert_true(fixture_is_whole(fixture, 3));
	assert_true(scene->file.lost >= 6);
}

/* In a process of its own: files may not grow beyond the middle of the second line. */
static int write_against_a_limit(struct scene *scene)
{
	const struct bobolink_event event = made_up(BOBOLINK_EVENT_NOTE, "n", "detail");
	struct rlimit limit;
	struct rlimit before;
	struct stat status;

	signal(SIGXFSZ, SIG_IGN);
	bl_file_add(&scene->file, &event, &midnight);
	if (stat(log_path(scene, SECOND_DAY), &status) || getrlimit(RLIMIT_FSIZE, &before))
		return 1;
	limit = before;
	limit.rlim_cur = (rlim_t)(status.st_size + status.st_size / 2);
	if (setrlimit(RLIMIT_FSIZE, &limit))
		return 2;
	bl_file_add(&scene->file, &event, &midnight);
	if (stat(log_path(scene, SECOND_DAY), &status) || status.st_size != (off_t)limit.rlim_cur)
		return 3;
	if (setrlimit(RLIMIT_FSIZE, &before))
		return 4;
	bl_file_add(&scene->file, &event, &midnight);
	bl_file_add(&scene->file, &event, &midnight);
	return scene->file.lost == 1 ? 0 : 5;
}

/* Runs it with stderr in a file that the teardown removes; returns its exit code. */
static int in_child(struct scene *scene, int (*run)(struct scene *scene))
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		char path[400];

		snprintf(path, sizeof(path), "%s/stderr", scene->fixture->directory);
		if (!freopen(path, "w", stderr))
			_exit(99);
		_exit(run(scene));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void a_line_that_was_cut_short_spoils_no_other(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(in_child(scene, write_against_a_limit), 0);
	assert_int_equal(read_lines(scene, log_path(scene, SECOND_DAY)), 4);
	assert_int_equal(database_number(scene->lines,
					 "SELECT count(*) FROM line WHERE json_valid(text)"),
			 3);
}

static void a_line_that_an_earlier_process_left_unfinished_is_ended(void **state)
{
	struct scene *scene = *state;
	const struct bobolink_event event = made_up(BOBOLINK_EVENT_NOTE, "n", "");
	FILE *file = fopen(path_of_today(scene), "w");

	assert_non_null(file);
	fputs("{\"at\":\"20", file);
	fclose(file);
	assert_int_equal(bobolink_log_file_open(&scene->file, scene->logs, "shop", NULL),
			 BOBOLINK_OK);
	bobolink_log_to_file(&scene->file, &event);
	bobolink_log_to_file(&scene->file, &event);
	assert_int_equal(read_lines(scene, path_of_today(scene)), 3);
	assert_int_equal(database_number(scene->lines,
					 "SELECT count(*) FROM line WHERE json_valid(text)"),
			 2);
}

/* --- several processes ----------------------------------------------------------------------- */

#define WRITERS		  4
#define LINES_OF_A_WRITER 500

static pid_t start_writer(struct scene *scene, const char *detail)
{
	const struct bobolink_event event = made_up(BOBOLINK_EVENT_NOTE, "n", detail);
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		for (int i = 0; i < LINES_OF_A_WRITER; i++)
			bl_file_add(&scene->file, &event, &midnight);
		_exit(scene->file.lost == 0 ? 0 : 1);
	}
	return child;
}

static void lines_of_several_processes_do_not_mix(void **state)
{
	static char detail[4001]; /* lines end in the middle of pages */
	struct scene *scene = *state;
	pid_t writers[WRITERS];

	memset(detail, 'x', sizeof(detail) - 1);
	/* The file is there and sound, so that nobody looks at its end. */
	bl_file_add(&scene->file,
		    &(const struct bobolink_event){ .set_name = "", .name = "", .detail = "" },
		    &midnight);
	for (int i = 0; i < WRITERS; i++)
		writers[i] = start_writer(scene, detail);
	for (int i = 0; i < WRITERS; i++) {
		int status;

		assert_int_equal(waitpid(writers[i], &status, 0), writers[i]);
		assert_int_equal(status, 0);
	}
	assert_int_equal(read_lines(scene, log_path(scene, SECOND_DAY)),
			 WRITERS * LINES_OF_A_WRITER + 1);
	assert_all_json(scene);
	assert_int_equal(database_number(scene->lines,
					 "SELECT count(*) FROM (SELECT json_extract(text, '$.pid')"
					 " FROM line GROUP BY 1 HAVING count(*) = 500)"),
			 WRITERS);
}

#define SCENE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE_TEST(a_session_is_told_event_by_event),
		SCENE_TEST(the_keys_are_those_of_the_documentation),
		SCENE_TEST(scripts_have_the_name_of_their_file_and_no_version),
		SCENE_TEST(any_text_is_json_and_the_same_when_read),
		SCENE_TEST(texts_of_any_length_stay_json),
		SCENE_TEST(every_day_has_its_file),
		SCENE_TEST(a_file_or_directory_that_was_moved_away_is_made_anew),
		SCENE_TEST(a_relative_directory_stays_where_it_was),
		SCENE_TEST(others_cannot_read_it),
		SCENE_TEST(a_place_that_cannot_be_written_is_refused_when_it_is_opened),
		SCENE_TEST(what_a_full_disk_loses_is_counted_and_told),
		SCENE_TEST(a_run_goes_on_when_its_log_cannot_be_written),
		SCENE_TEST(a_line_that_was_cut_short_spoils_no_other),
		SCENE_TEST(a_line_that_an_earlier_process_left_unfinished_is_ended),
		SCENE_TEST(lines_of_several_processes_do_not_mix),
	};

	/* Far from Greenwich: days and times are UTC all the same. */
	if (setenv("TZ", "TST+11:30", 1))
		return 1;
	tzset();
	return engine_run_group_tests_on("sqlite", tests);
}
