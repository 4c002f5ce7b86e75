/* Trees of directories and regular files: copied, removed. */
#ifndef SERVER_TREE_H
#define SERVER_TREE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "support/arena.h"

struct server_tree {
	uint64_t files;
	uint64_t bytes;
};

/*
 * Copies a directory with everything in it to a path where nothing is yet, for the owner alone, and
 * gives it to `uid` and `gid`. Links and other special files are refused, never followed. `total`
 * is increased. Returns 0, or -1 with errno and a part of the copy left behind.
 */
int server_tree_copy(const char *from, const char *to, uid_t uid, gid_t gid,
		     struct server_tree *total);

/* Removes a directory with everything in it; links are removed, not followed. Returns 0 or -1. */
int server_tree_remove(const char *path);

/* True when `path` is itself a directory, of this user, into which nobody else may write. */
bool server_tree_is_ours(const char *path);

#endif
