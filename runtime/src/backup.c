/*
 * Backup: files in the directory of the options.
 */
#include "backup.h"

#include "error.h"

int bl_backup_before_run(struct bobolink_session *session, struct bobolink_error *error)
{
	(void)session;
	return bl_error_set(error, BOBOLINK_BACKUP_FAILED, "backups cannot be made yet");
}
