/* Files: read whole, written whole or not at all. */
#ifndef FILE_H
#define FILE_H

#include <stddef.h>

#include "arena.h"

/* Why reading failed. */
enum file_result {
	FILE_OK,
	FILE_MISSING,
	FILE_UNREADABLE,  /* errno says why */
	FILE_NOT_REGULAR, /* a FIFO, a device, a directory: never opened for reading */
	FILE_CHANGED,	  /* its size or time changed while it was read */
	FILE_TOO_LARGE,	  /* over 1 GiB */
};

/* Reads a regular file (symbolic links are followed) into the arena, with a NUL after it. */
enum file_result file_read(const char *path, struct arena *arena, char **bytes, size_t *length);

/*
 * Writes to a temporary file beside `path`, checks every step, fsyncs, renames. On failure nothing
 * is left behind, `path` is as before, errno says why and -1 is returned.
 */
int file_write(const char *path, const char *bytes, size_t length);

/* As file_write, but leaves the file and its time alone when it holds these bytes already. */
int file_write_if_changed(const char *path, const char *bytes, size_t length);

/* Creates a file that must not exist yet. On failure errno says why, -1 is returned, and there is no such file. */
int file_create(const char *path, const char *bytes, size_t length);

/* The absolute path without links, or `path` itself where there is none. */
const char *file_real_path(const char *path, struct arena *arena);

/* The path of a directory without slashes at its end, ready for "%s/%s". */
const char *file_directory(const char *path, struct arena *arena);

/* What `error` (an errno) means, beginning with a small letter, as our messages do. */
const char *file_reason(int error, struct arena *arena);

#endif
