/* Backup: one complete file of the database. */
#ifndef BL_BACKUP_H
#define BL_BACKUP_H

#include "folder.h"

/* What a restore saves is called so; it is never pruned. */
#define BL_BACKUP_BEFORE_RESTORE "before-restore-"

/*
 * Makes one called `name`, or NULL for the time, and removes old ones; both are told. `folder` is opened, and
 * closed by the caller in any case.
 */
int bl_backup_make(struct bobolink_session *session, struct bl_folder *folder, const char *name,
		   struct bobolink_error *error);

#endif
