/*
 * File: events as JSON lines, one file for each day.
 *
 * Opens the file for every event: events are few, and so a new day, a file that was moved away and a
 * directory that was removed need no care, and no descriptor is kept that a child could inherit. What cannot be
 * written is counted and told, and never stops the caller.
 */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../error.h"
#include "event.h"

#define DIRECTORY_MODE 0750
#define FILE_MODE      0640
/* The path of a day: the stem, "-2026-01-02.jsonl", and room for a year that a broken clock gives. */
#define PATH_SIZE (BOBOLINK_LOG_PATH_SIZE + 64)

static void path_of_day(const struct bobolink_log_file *file, const struct timespec *at,
			char path[PATH_SIZE])
{
	char storage[64];
	struct bl_line day;

	bl_line_init(&day, storage, sizeof(storage));
	bl_event_day(&day, at);
	snprintf(path, PATH_SIZE, "%s-%.*s.jsonl", file->stem, (int)day.length, day.bytes);
}

/* Nothing waits here, not even for the reader of a pipe that somebody put in the file's place. */
static int open_path(const char *path)
{
	return open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
		    FILE_MODE);
}

/* Opens the file of a path, in a directory that is made where it is missing; -1 with errno. */
static int open_file(const char *path)
{
	char directory[PATH_SIZE];
	int descriptor = open_path(path);

	if (descriptor >= 0 || errno != ENOENT)
		return descriptor;
	snprintf(directory, sizeof(directory), "%s", path);
	*strrchr(directory, '/') = '\0';
	/* Another process may be faster. */
	if (mkdir(directory, DIRECTORY_MODE) && errno != EEXIST)
		return -1;
	return open_path(path);
}

/* A full disk or a power failure may have left a line without its end. */
static bool ends_inside_a_line(int descriptor)
{
	struct stat status;
	char last;

	return fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0 &&
	       pread(descriptor, &last, 1, status.st_size - 1) == 1 && last != '\n';
}

/*
 * Returns 0 or an errno. Where all is well the end of the file is not looked at: it is inside a line also
 * while another process writes one.
 */
static int append(const char *path, bool unsure, const struct bobolink_event *event,
		  const struct timespec *at)
{
	char storage[BL_EVENT_JSON_SIZE];
	struct bl_line line;
	int descriptor = open_file(path);
	int failure;

	if (descriptor < 0)
		return errno;
	bl_line_init(&line, storage, sizeof(storage));
	if (unsure && ends_inside_a_line(descriptor))
		bl_line_print(&line, "\n");
	bl_event_json(&line, event, at);
	bl_line_end(&line);
	failure = bl_line_write(&line, descriptor);
	if (close(descriptor) && failure == 0)
		failure = errno;
	return failure;
}

/* The first failure of a row goes to the place where somebody may see it. */
static void tell(const char *path, const struct bobolink_event *lost, int failure)
{
	char detail[BOBOLINK_MESSAGE_SIZE + PATH_SIZE];
	const struct bobolink_event event = {
		.kind = BOBOLINK_EVENT_NOTE,
		.level = BOBOLINK_ERROR,
		.version = -1,
		.duration_ms = -1,
		.set_name = lost->set_name,
		.name = "",
		.detail = detail,
	};

	snprintf(detail, sizeof(detail),
		 "log file %s cannot be written: %s; events are lost until it can", path,
		 strerror(failure));
	bobolink_log_to_stderr(NULL, &event);
}

void bl_file_add(struct bobolink_log_file *file, const struct bobolink_event *event,
		 const struct timespec *at)
{
	char path[PATH_SIZE];
	int failure;

	path_of_day(file, at, path);
	failure = append(path, file->unsure, event, at);
	if (failure) {
		file->lost++;
		file->failure = failure;
		if (!file->failing)
			tell(path, event, failure);
	}
	file->failing = failure != 0;
	file->unsure = file->failing;
}

void bobolink_log_to_file(void *context, const struct bobolink_event *event)
{
	struct timespec now = { 0, 0 };

	clock_gettime(CLOCK_REALTIME, &now);
	bl_file_add(context, event, &now);
}

/* Fills file->stem; false when it does not fit, or nobody knows where this process is. */
static bool find_stem(struct bobolink_log_file *file, const char *directory, const char *prefix)
{
	char here[BOBOLINK_LOG_PATH_SIZE] = "";
	int length;

	if (*directory != '/' && !getcwd(here, sizeof(here)))
		return false;
	length = snprintf(file->stem, sizeof(file->stem), "%s%s%s/%s", here, *here ? "/" : "",
			  directory, prefix);
	return length > 0 && (size_t)length < sizeof(file->stem);
}

int bobolink_log_file_open(struct bobolink_log_file *file, const char *directory,
			   const char *prefix, struct bobolink_error *error)
{
	char path[PATH_SIZE];
	struct timespec now = { 0, 0 };
	int descriptor;

	bl_error_clear(error);
	memset(file, 0, sizeof(*file));
	if (!*directory || !*prefix || strchr(prefix, '/'))
		return bl_error_set(error, BOBOLINK_USAGE,
				    "log files need a directory and a prefix without slash, "
				    "such as \"logs\" and \"shop\"");
	if (!find_stem(file, directory, prefix))
		return bl_error_set(error, BOBOLINK_USAGE,
				    "the absolute path of log files in %s cannot be found, or is "
				    "longer than %d bytes: choose a shorter one",
				    directory, BOBOLINK_LOG_PATH_SIZE - 1);
	clock_gettime(CLOCK_REALTIME, &now);
	path_of_day(file, &now, path);
	descriptor = open_file(path);
	if (descriptor < 0 || close(descriptor))
		return bl_error_set(
			error, BOBOLINK_IO_ERROR,
			"no log file: %s; make its directory, or let this user write to "
			"it: %s",
			strerror(errno), path);
	file->unsure = 1;
	return BOBOLINK_OK;
}

int bobolink_log_file_close(struct bobolink_log_file *file, struct bobolink_error *error)
{
	int rc = BOBOLINK_OK;

	bl_error_clear(error);
	if (file->lost)
		rc = bl_error_set(error, BOBOLINK_IO_ERROR,
				  "events missing in the log files: %" PRIu64
				  "; the last reason is: %s; see %s-*.jsonl",
				  file->lost, strerror(file->failure), file->stem);
	memset(file, 0, sizeof(*file));
	return rc;
}
