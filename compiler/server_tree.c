/*
 * Trees of directories and regular files: copied, removed.
 */
#define _XOPEN_SOURCE 700 /* nftw */
#include "server_tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct copy {
	struct arena arena;
	uid_t uid;
	gid_t gid;
	struct server_tree *total;
	char bytes[1 << 17];
};

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

static int copy_bytes(struct copy *copy, int from, int to)
{
	for (;;) {
		ssize_t n = read(from, copy->bytes, sizeof(copy->bytes));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return (int)n;
		if (write_all(to, copy->bytes, (size_t)n))
			return -1;
		copy->total->bytes += (uint64_t)n;
	}
}

/* Closes what is open without losing errno. */
static int closed(int fd, int rc)
{
	int error = errno;

	if (fd >= 0 && close(fd) && rc == 0)
		return -1;
	errno = error;
	return rc;
}

static int copy_file(struct copy *copy, const char *from, const char *to)
{
	struct stat status;
	int target = -1;
	int source = open(from, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	int rc = -1;

	if (source < 0 || fstat(source, &status))
		goto out;
	if (!S_ISREG(status.st_mode)) {
		errno = EINVAL;
		goto out;
	}
	target = open(to, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (target < 0 || fchown(target, copy->uid, copy->gid))
		goto out;
	rc = copy_bytes(copy, source, target);
	copy->total->files++;
out:
	return closed(source, closed(target, rc));
}

static int copy_directory(struct copy *copy, const char *from, const char *to);

static int copy_entry(struct copy *copy, const char *from, const char *to, const char *name)
{
	const char *source = arena_format(&copy->arena, "%s/%s", from, name);
	const char *target = arena_format(&copy->arena, "%s/%s", to, name);
	struct stat status;

	if (lstat(source, &status))
		return -1;
	return S_ISDIR(status.st_mode) ? copy_directory(copy, source, target)
				       : copy_file(copy, source, target);
}

static int copy_entries(struct copy *copy, DIR *directory, const char *from, const char *to)
{
	for (;;) {
		const struct dirent *entry;
		int rc = 0;

		errno = 0;
		entry = readdir(directory);
		if (!entry)
			return errno ? -1 : 0;
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			rc = copy_entry(copy, from, to, entry->d_name);
		if (rc)
			return rc;
	}
}

static int copy_directory(struct copy *copy, const char *from, const char *to)
{
	DIR *directory;
	int error;
	int rc;

	if (mkdir(to, 0700) || chown(to, copy->uid, copy->gid))
		return -1;
	directory = opendir(from);
	if (!directory)
		return -1;
	rc = copy_entries(copy, directory, from, to);
	error = errno;
	closedir(directory);
	errno = error;
	return rc;
}

int server_tree_copy(const char *from, const char *to, uid_t uid, gid_t gid,
		     struct server_tree *total)
{
	struct copy copy = { .arena = ARENA_INIT, .uid = uid, .gid = gid, .total = total };
	int rc = copy_directory(&copy, from, to);
	int error = errno;

	arena_release(&copy.arena);
	errno = error;
	return rc;
}

/* Goes on after an error: what can be removed is removed. */
static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *place)
{
	(void)status;
	(void)type;
	(void)place;
	(void)remove(path);
	return 0;
}

int server_tree_remove(const char *path)
{
	struct stat status;

	if (nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS) && errno != ENOENT)
		return -1;
	return lstat(path, &status) && errno == ENOENT ? 0 : -1;
}

bool server_tree_is_ours(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == geteuid() &&
	       (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}
