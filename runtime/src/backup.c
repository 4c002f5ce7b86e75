/*
 * Backup: making, listing, pruning and restoring, for every engine. The engine writes and reads the files; their
 * names, and that none is seen before it is complete, is decided here and in folder.c.
 */
#include "backup.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "folder.h"
#include "log.h"

#define BEFORE_RESTORE "before-restore-"
/* Others may migrate while a copy is made: then it is made again, so often. */
#define COPIES 3
/* So many names are told to whom asks for one that is not there. */
#define NAMES_TOLD 5

/* Copies the database, and knows the version of what is in the copy. */
static int copy(struct bobolink_session *session, struct bl_folder *folder,
		struct bobolink_error *error)
{
	struct bl_head before;
	struct bl_head after;
	int rc = bl_session_head(session, &before, error);

	for (int i = 0; rc == BOBOLINK_OK && i < COPIES; i++) {
		rc = session->backend->backup(session->connection, folder->temporary, error);
		if (rc == BOBOLINK_OK)
			rc = bl_session_head(session, &after, error);
		if (rc)
			break;
		folder->version = before.exists ? before.version : -1;
		if (before.exists == after.exists && before.revision == after.revision)
			break;
		before = after;
	}
	return rc;
}

static bool may_go(const struct bobolink_backup_item *item, const char *made)
{
	return strcmp(item->name, made) != 0 &&
	       strncmp(item->name, BEFORE_RESTORE, strlen(BEFORE_RESTORE)) != 0;
}

/* Keeps the newest ones. What a restore saved is the only copy of its kind and is not counted. */
static void prune(struct bobolink_session *session, const char *made)
{
	uint32_t keep = session->options.backup_keep;
	struct bobolink_backups *all = NULL;
	struct bobolink_error ignored;
	uint32_t kept = 1; /* the one just made */

	if (!keep || bl_folder_list(session, NULL, &all, &ignored))
		return;
	for (uint32_t i = 0; i < all->count; i++) {
		const struct bobolink_backup_item *item = &all->items[i];

		if (!may_go(item, made) || kept++ < keep)
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

/* Makes one and removes old ones; both are told. */
static int make(struct bobolink_session *session, struct bl_folder *folder, const char *name,
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
	prune(session, folder->name);
	return BOBOLINK_OK;
}

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
	rc = make(session, &folder, name, error);
	finish_log(session);
	if (rc == BOBOLINK_OK && backup)
		rc = bl_folder_list(session, folder.name, backup, error);
	bl_folder_close(&folder);
	return rc;
}

int bl_backup_before_run(struct bobolink_session *session, struct bobolink_error *error)
{
	struct bl_folder folder;
	int rc = make(session, &folder, NULL, error);

	bl_folder_close(&folder);
	return rc ? bl_error_append(error, rc, "; nothing was migrated without a backup") : rc;
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
		rc = bl_folder_reserve(&folder, BEFORE_RESTORE, NULL, error);
	if (rc == BOBOLINK_OK) {
		folder.version = version_at(session, url);
		former.path = folder.temporary;
		former.context = &folder;
		rc = session->backend->restore(url, item->path, &former, flags, &session->context,
					       error);
	}
	if (rc == BOBOLINK_OK)
		tell(session, url, item->name, &folder, begun, error->message);
	else if (folder.file)
		bl_error_append(error, rc, "; what was there before is backup %s", folder.name);
	bl_folder_close(&folder);
	return rc;
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
	if (rc == BOBOLINK_OK)
		rc = found->count ? restore(session, url, &found->items[0], flags, error)
				  : no_such(session, name, error);
	bobolink_backups_free(found);
	bobolink_close(session);
	return rc;
}
