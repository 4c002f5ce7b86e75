/*
 * A VFS over the default one that counts the calls that reach the disk, and at a chosen one fails or
 * kills the process. Open databases on it by the VFS name "shim".
 */
#ifndef VFS_SHIM_H
#define VFS_SHIM_H

#include <sqlite3.h>

enum shim_action {
	SHIM_COUNT, /* only count */
	SHIM_FAIL,  /* any call: an I/O error, once */
	SHIM_FULL,  /* writes: the disk is full from this call on */
	SHIM_KILL,  /* writes, syncs, truncations, deletions: SIGKILL in front of it */
};

/* Registers the shim; call once, before the first database is opened on it. */
void shim_register(void);

/* From now on: count from 0, act at call number `at` (from 1). */
void shim_arm(enum shim_action action, long at);

/* Calls of the armed kind since then; with SHIM_COUNT all kinds. */
long shim_calls(void);

#endif
