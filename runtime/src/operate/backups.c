/*
 * Backups: made, listed and restored because somebody asks for it.
 */
#include <inttypes.h>
#include <string.h>

#include "../error.h"
#include "../log.h"
#include "backup.h"

/* So many names are told to whom asks for one that is not there. */
#define NAMES_TOLD 5

/* Has the events written to the log table, where there is one, and ends what was begun for that. */
static void finish_log(struct bobolink_session *session)
{
	struct bl_head head = { .tables = false };
	struct bobolink_error ignored;

	bl_log_finish(session,
		      bl_session_head(session, &head, &ignored) == BOBOLINK_OK && head.tables);
	session->backend->settle(session->connection);
}

int bobolink_backup(struct bobolink_session *session, const char *name,
		    struct bobolink_backups **backup, struct bobolink_error *error)
{
	struct bobolink_error local;
	struct bl_folder folder;
	int rc;

	error = error ? error : &local;
	bl_error_clear(error);
	if (backup)
		*backup = NULL;
	bl_log_start(session);
	rc = bl_backup_make(session, &folder, name, error);
	finish_log(session);
	if (rc == BOBOLINK_OK && backup)
		rc = bl_folder_list(session, folder.name, backup, error);
	bl_folder_close(&folder);
	return rc;
}

int bobolink_backups(const struct bobolink_set *set, const struct bobolink_options *options,
		     struct bobolink_backups **backups, struct bobolink_error *error)
{
	struct bobolink_session *session = NULL;
	struct bobolink_error local;
	int rc;

	error = error ? error : &local;
	bl_error_clear(error);
	*backups = NULL;
	rc = bl_session_new(set, options, &session, error);
	if (rc == BOBOLINK_OK)
		rc = bl_folder_list(session, NULL, backups, error);
	bobolink_close(session);
	return rc;
}

/* The names that there are, for one that there is not. */
static int no_such(const struct bobolink_session *session, const char *name,
		   struct bobolink_error *error)
{
	struct bobolink_backups *all = NULL;
	int rc = bl_folder_list(session, NULL, &all, error);

	if (rc)
		return rc;
	bl_error_set(error, BOBOLINK_USAGE, "%s has no backup \"%.64s\" in %s", session->set->name,
		     name, bl_folder_path(session));
	for (uint32_t i = 0; i < all->count && i < NAMES_TOLD; i++)
		bl_error_append(error, BOBOLINK_USAGE, "%s%s", i ? ", " : ": the newest are ",
				all->items[i].name);
	bl_error_append(error, BOBOLINK_USAGE, "; %s",
			all->count ? "--migrate-backups lists all"
				   : "name the directory with backup_directory");
	bobolink_backups_free(all);
	return BOBOLINK_USAGE;
}

/* Connects the session to a database that it opens itself; NULL when that cannot be done now. */
static void *attach(struct bobolink_session *session, const char *url)
{
	struct bobolink_error ignored;
	void *handle = NULL;

	if (session->backend->connect(url, false, &handle, &ignored))
		return NULL;
	if (session->backend->open(handle, &session->context, &session->connection, &ignored)) {
		session->backend->disconnect(handle);
		session->connection = NULL;
		return NULL;
	}
	return handle;
}

static void detach(struct bobolink_session *session, void *handle)
{
	if (!handle)
		return;
	session->backend->close(session->connection);
	session->connection = NULL;
	session->backend->disconnect(handle);
}

/* As far as it can be read: the database may be damaged, which is why it is restored. */
static int64_t version_at(struct bobolink_session *session, const char *url)
{
	void *handle = attach(session, url);
	struct bl_head head = { .exists = false };
	struct bobolink_error ignored;
	int64_t version = -1;

	if (handle && bl_session_head(session, &head, &ignored) == BOBOLINK_OK && head.exists)
		version = head.version;
	detach(session, handle);
	return version;
}

/* The restored database's own log tells it, too. */
static void tell(struct bobolink_session *session, const char *url, const char *name,
		 const struct bl_folder *folder, uint64_t begun, const char *message)
{
	void *handle = attach(session, url);

	if (handle)
		bl_log_start(session);
	bl_session_event(session, BOBOLINK_EVENT_BACKUP, BOBOLINK_WARNING, -1, "",
			 (int64_t)(bl_clock_ms() - begun), "backup %s restored; %s%s", name,
			 folder->file ? "what was there is backup " : message,
			 folder->file ? folder->name : "");
	if (handle)
		finish_log(session);
	detach(session, handle);
}

static int restore(struct bobolink_session *session, const char *url,
		   const struct bobolink_backup_item *item, uint32_t flags,
		   struct bobolink_error *error)
{
	uint64_t begun = bl_clock_ms();
	struct bobolink_former former = { .keep = bl_folder_keep };
	struct bl_folder folder;
	int rc = bl_folder_open(&folder, session, error);

	if (rc == BOBOLINK_OK)
		rc = bl_folder_reserve(&folder, BL_BACKUP_BEFORE_RESTORE, NULL, error);
	if (rc == BOBOLINK_OK) {
		bl_origin_read(session, url, folder.origin);
		folder.version = version_at(session, url);
		former.path = folder.temporary;
		former.context = &folder;
		rc = session->archive->restore(url, item->path, &former, flags, &session->context,
					       error);
	}
	if (rc == BOBOLINK_OK)
		tell(session, url, item->name, &folder, begun, error->message);
	else if (folder.file)
		bl_error_append(error, rc, "; what was there before is backup %s", folder.name);
	bl_folder_close(&folder);
	return rc;
}

/* Names alone are easily taken for those of another database. */
static int check_origin(const struct bobolink_session *session, const char *url,
			const struct bobolink_backup_item *item, uint32_t flags,
			struct bobolink_error *error)
{
	char origin[BL_ORIGIN_SIZE];

	bl_origin_read(session, url, origin);
	if ((flags & BOBOLINK_FORCE) || !bl_origin_differs(item->database, origin))
		return BOBOLINK_OK;
	return bl_error_set(error, BOBOLINK_USAGE,
			    "backup %s is of %.300s, and this is %.300s: take one of this "
			    "database or, where that one is meant, add --migrate-force",
			    item->name, item->database, origin);
}

int bobolink_restore(const struct bobolink_set *set, const char *url, const char *name,
		     const struct bobolink_options *options, uint32_t flags,
		     struct bobolink_error *error)
{
	struct bobolink_session *session = NULL;
	struct bobolink_backups *found = NULL;
	struct bobolink_error local;
	int rc;

	error = error ? error : &local;
	bl_error_clear(error);
	if (!url || !name)
		return bl_error_set(error, BOBOLINK_USAGE,
				    "a restore needs the database's URL and a backup's name");
	rc = bl_session_new(set, options, &session, error);
	if (rc == BOBOLINK_OK)
		rc = bl_folder_list(session, name, &found, error);
	if (rc == BOBOLINK_OK && !found->count)
		rc = no_such(session, name, error);
	if (rc == BOBOLINK_OK)
		rc = check_origin(session, url, &found->items[0], flags, error);
	if (rc == BOBOLINK_OK)
		rc = restore(session, url, &found->items[0], flags, error);
	bobolink_backups_free(found);
	bobolink_close(session);
	return rc;
}
