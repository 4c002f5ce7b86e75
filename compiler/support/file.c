/*
 * File: reads regular files whole, and replaces files so that a reader sees the old bytes or the new
 * ones, never a part.
 */
#define _XOPEN_SOURCE 700 /* realpath */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_SIZE_LIMIT (INT64_C(1) << 30)

static enum file_result result_of(int error)
{
	return error == ENOENT || error == ENOTDIR ? FILE_MISSING : FILE_UNREADABLE;
}

/* Reads until the end of the file or until `size` bytes are there. Returns the count, or -1. */
static ssize_t read_all(int fd, char *bytes, size_t size)
{
	size_t length = 0;

	while (length < size) {
		ssize_t n = read(fd, bytes + length, size - length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		length += (size_t)n;
	}
	return (ssize_t)length;
}

static bool is_same(const struct stat *before, const struct stat *after)
{
	return before->st_size == after->st_size &&
	       before->st_mtim.tv_sec == after->st_mtim.tv_sec &&
	       before->st_mtim.tv_nsec == after->st_mtim.tv_nsec;
}

static enum file_result read_open(int fd, struct arena *arena, char **bytes, size_t *length)
{
	struct stat before;
	struct stat after;
	size_t size;
	ssize_t got;

	if (fstat(fd, &before))
		return FILE_UNREADABLE;
	if (!S_ISREG(before.st_mode))
		return FILE_NOT_REGULAR;
	if (before.st_size > FILE_SIZE_LIMIT)
		return FILE_TOO_LARGE;
	size = (size_t)before.st_size;
	*bytes = arena_alloc(arena, size + 2, 1);
	got = read_all(fd, *bytes, size + 1); /* one more, to notice a file that grows */
	if (got < 0 || fstat(fd, &after))
		return FILE_UNREADABLE;
	if ((size_t)got != size || !is_same(&before, &after))
		return FILE_CHANGED;
	*length = size;
	return FILE_OK;
}

enum file_result file_read(const char *path, struct arena *arena, char **bytes, size_t *length)
{
	enum file_result result;
	struct stat status;
	int error;
	int fd;

	if (stat(path, &status))
		return result_of(errno);
	if (!S_ISREG(status.st_mode))
		return FILE_NOT_REGULAR;
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return result_of(errno);
	result = read_open(fd, arena, bytes, length);
	error = errno;
	close(fd);
	errno = error;
	return result;
}

static int write_all(int fd, const char *bytes, size_t length)
{
	while (length) {
		ssize_t n = write(fd, bytes, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		bytes += n;
		length -= (size_t)n;
	}
	return 0;
}

/*
 * Creates a file beside `path` whose name begins with a dot: what is left behind by a process that was killed is
 * hidden, and no migration.
 */
static int open_temporary(const char *path, struct arena *arena, char **temporary)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;
	int fd = -1;

	for (int attempt = 0; fd < 0 && attempt < 100; attempt++) {
		*temporary = arena_format(arena, "%.*s.%s.%ld-%d", (int)(base - path), path, base,
					  (long)getpid(), attempt);
		fd = open(*temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		if (fd < 0 && errno != EEXIST)
			break;
	}
	return fd;
}

/* Writes, syncs and closes. The descriptor is closed in any case. */
static int fill(int fd, const char *bytes, size_t length)
{
	int rc = write_all(fd, bytes, length);
	int error;

	if (rc == 0)
		rc = fsync(fd);
	error = errno;
	if (close(fd) && rc == 0)
		return -1;
	errno = error;
	return rc;
}

int file_write(const char *path, const char *bytes, size_t length)
{
	struct arena arena = ARENA_INIT;
	char *temporary;
	int error;
	int rc = -1;
	int fd = open_temporary(path, &arena, &temporary);

	if (fd < 0)
		goto out;
	rc = fill(fd, bytes, length);
	if (rc == 0)
		rc = rename(temporary, path);
	if (rc) {
		error = errno;
		unlink(temporary);
		errno = error;
	}
out:
	error = errno;
	arena_release(&arena);
	errno = error;
	return rc;
}

int file_create(const char *path, const char *bytes, size_t length)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	int error;

	if (fd < 0)
		return -1;
	if (fill(fd, bytes, length) == 0)
		return 0;
	error = errno;
	unlink(path);
	errno = error;
	return -1;
}

int file_write_if_changed(const char *path, const char *bytes, size_t length)
{
	struct arena arena = ARENA_INIT;
	size_t old_length = 0;
	char *old = NULL;
	bool same = file_read(path, &arena, &old, &old_length) == FILE_OK && old_length == length &&
		    memcmp(old, bytes, length) == 0;

	arena_release(&arena);
	return same ? 0 : file_write(path, bytes, length);
}

const char *file_reason(int error, struct arena *arena)
{
	const char *text = strerror(error);
	char *reason = arena_copy(arena, text, strlen(text));

	if (reason[0] >= 'A' && reason[0] <= 'Z')
		reason[0] = (char)(reason[0] - 'A' + 'a');
	return reason;
}

const char *file_real_path(const char *path, struct arena *arena)
{
	char *real = realpath(path, NULL);
	const char *copy = real ? arena_copy(arena, real, strlen(real)) : path;

	free(real);
	return copy;
}

const char *file_directory(const char *path, struct arena *arena)
{
	size_t length = strlen(path);

	while (length > 1 && path[length - 1] == '/')
		length--;
	return arena_copy(arena, path, length);
}
