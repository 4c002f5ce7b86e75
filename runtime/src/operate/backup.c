/*
 * Backup: making and pruning, for every engine. The engine writes the files; their names, and that none is seen before
 * it is complete, is decided here and in folder.c.
 */
#include "backup.h"

#include <string.h>
#include <unistd.h>

#include "../error.h"

/* Others may migrate while a copy is made: then it is made again, so often. */
#define COPIES 3

/* Copies the database, and knows the version of what is in the copy. */
static int copy(struct bobolink_session *session, struct bl_folder *folder,
		struct bobolink_error *error)
{
	struct bl_head before;
	struct bl_head after;
	int rc = bl_session_head(session, &before, error);

	for (int i = 0; rc == BOBOLINK_OK && i < COPIES; i++) {
		rc = session->archive->backup(session->connection, folder->temporary, error);
		if (rc == BOBOLINK_OK)
			rc = bl_session_head(session, &after, error);
		if (rc)
			break;
		folder->version = before.exists ? before.version : -1;
		if (bl_head_same(&before, &after))
			break;
		before = after;
	}
	return rc;
}

/* Others' backups are others' to keep. */
static bool may_go(const struct bobolink_backup_item *item, const struct bl_folder *folder)
{
	return strcmp(item->name, folder->name) != 0 &&
	       !bl_origin_differs(item->database, folder->origin) &&
	       strncmp(item->name, BL_BACKUP_BEFORE_RESTORE, strlen(BL_BACKUP_BEFORE_RESTORE)) != 0;
}

/* Keeps the newest ones. What a restore saved is the only copy of its kind and is not counted. */
static void prune(struct bobolink_session *session, const struct bl_folder *folder)
{
	uint32_t keep = session->options.backup_keep;
	struct bobolink_backups *all = NULL;
	struct bobolink_error ignored;
	uint32_t kept = 1; /* the one just made */

	if (!keep || bl_folder_list(session, NULL, &all, &ignored))
		return;
	for (uint32_t i = 0; i < all->count; i++) {
		const struct bobolink_backup_item *item = &all->items[i];

		if (!may_go(item, folder) || kept++ < keep)
			continue;
		if (unlink(item->path) == 0)
			bl_session_event(session, BOBOLINK_EVENT_BACKUP, BOBOLINK_INFO,
					 item->version, "", -1,
					 "backup %s removed: the newest %u are kept", item->name,
					 (unsigned)keep);
		else
			bl_session_event(session, BOBOLINK_EVENT_BACKUP, BOBOLINK_WARNING,
					 item->version, "", -1,
					 "backup %s cannot be removed: delete %s", item->name,
					 item->path);
	}
	bobolink_backups_free(all);
}

int bl_backup_make(struct bobolink_session *session, struct bl_folder *folder, const char *name,
		   struct bobolink_error *error)
{
	uint64_t begun = bl_clock_ms();
	int rc = bl_folder_open(folder, session, error);

	if (rc == BOBOLINK_OK)
		rc = bl_folder_reserve(folder, "", name, error);
	if (rc == BOBOLINK_OK)
		rc = copy(session, folder, error);
	if (rc == BOBOLINK_OK)
		rc = bl_folder_keep(folder, "", error);
	if (rc)
		return rc;
	bl_session_event(session, BOBOLINK_EVENT_BACKUP, BOBOLINK_INFO, folder->version, "",
			 (int64_t)(bl_clock_ms() - begun), "backup %s made: %s", folder->name,
			 folder->file);
	prune(session, folder);
	return BOBOLINK_OK;
}

int bobolink_backup_before_run(struct bobolink_session *session, struct bobolink_error *error)
{
	struct bl_folder folder;
	int rc = bl_backup_make(session, &folder, NULL, error);

	bl_folder_close(&folder);
	return rc ? bl_error_append(error, rc, "; nothing was migrated without a backup") : rc;
}
