/* Backups of a run. */
#ifndef BL_BACKUP_H
#define BL_BACKUP_H

#include "session.h"

/* Makes a backup called after the time, before the first step of a run, and removes old ones. */
int bl_backup_before_run(struct bobolink_session *session, struct bobolink_error *error);

#endif
