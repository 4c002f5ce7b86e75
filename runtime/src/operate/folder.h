/*
 * The directory of the backups: `<set>.<name>.v<version>.<extension>`, one complete file each.
 *
 * What is not complete has a name that begins with ".bobolink." and ends with ".tmp". Whoever makes such a file
 * holds a shared lock on the directory; who gets the exclusive one knows that all of them were left by the dead.
 */
#ifndef BL_FOLDER_H
#define BL_FOLDER_H

#include "origin.h"

struct bl_folder {
	const struct bobolink_session *session;
	struct bl_pool pool;
	const char *path;
	int descriptor; /* of the directory, locked */
	/* The file that is being made. */
	const char *name;
	const char *temporary; /* NULL: none */
	const char *file;      /* where it goes; known since it is kept */
	int64_t version;       /* of the database that is in it; -1 for none */
	char origin
		[BL_ORIGIN_SIZE]; /* that database: that of the session's connection, or the caller's word */
};

/* Makes the directory where it is missing, and removes what dead programs left in it. */
int bl_folder_open(struct bl_folder *folder, const struct bobolink_session *session,
		   struct bobolink_error *error);
/* Removes the file that was not kept, too. After a failed open nothing happens. */
void bl_folder_close(struct bl_folder *folder);

/*
 * Makes an empty file for a backup that nobody else makes or has. `name`, or NULL for the time behind `prefix`,
 * made unique.
 */
int bl_folder_reserve(struct bl_folder *folder, const char *prefix, const char *name,
		      struct bobolink_error *error);
/* Makes that file, or the one beside it with `suffix`, safe on the disk and visible. A bobolink_former's. */
int bl_folder_keep(void *folder, const char *suffix, struct bobolink_error *error);

/* The backups of the set, the newest first; all, or those called `name`. */
int bl_folder_list(const struct bobolink_session *session, const char *name,
		   struct bobolink_backups **backups, struct bobolink_error *error);

/* Where backups are kept. */
const char *bl_folder_path(const struct bobolink_session *session);

#endif
