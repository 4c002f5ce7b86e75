/* Backup: files in the directory of the options. */
#ifndef BL_BACKUP_H
#define BL_BACKUP_H

#include "session.h"

/* Makes a backup with the default name before the first step of a run, and prunes. */
int bl_backup_before_run(struct bobolink_session *session, struct bobolink_error *error);

#endif
