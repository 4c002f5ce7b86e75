/*
 * Folder: what stands in the directory of the backups. Nothing is visible there under its name that is
 * not complete and safe on the disk.
 */
#include "folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../error.h"

#define DEFAULT_PATH "backups"
#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
#define LONGEST_NAME 64
#define UNFINISHED   ".bobolink."
#define MOST_ALIKE   1000
#define CHOOSE	     "let this user write there, or name another directory with backup_directory"

const char *bl_folder_path(const struct bobolink_session *session)
{
	const char *path = session->options.backup_directory;

	return path && *path ? path : DEFAULT_PATH;
}

static int cannot(struct bobolink_error *error, const char *path, const char *advice)
{
	return bl_error_set(error, BOBOLINK_BACKUP_FAILED, "%s: %s: %s", path, strerror(errno),
			    advice);
}

static int no_memory(struct bobolink_error *error)
{
	return bl_error_set(error, BOBOLINK_NO_MEMORY, "out of memory");
}

/* A set may have any name; what a file's name should not hold is written as %2E. */
static const char *encode(struct bl_pool *pool, const char *set_name)
{
	const char *encoded = "";

	for (; *set_name; set_name++) {
		if (strchr(NAME_LETTERS, *set_name))
			encoded = bl_pool_format(pool, "%s%c", encoded, *set_name);
		else
			encoded = bl_pool_format(pool, "%s%%%02X", encoded,
						 (unsigned)(unsigned char)*set_name);
	}
	return encoded;
}

/* Neither SQLite's nor pg_dump's files live here by this name once their maker is dead. */
static void remove_unfinished(const struct bl_folder *folder)
{
	DIR *directory = opendir(folder->path);
	struct dirent *entry;

	while (directory && (entry = readdir(directory)) != NULL) {
		if (strncmp(entry->d_name, UNFINISHED, strlen(UNFINISHED)) == 0 &&
		    strstr(entry->d_name, ".tmp"))
			(void)unlinkat(folder->descriptor, entry->d_name, 0);
	}
	if (directory)
		closedir(directory);
}

/* A file system that knows no such locks keeps what the dead left: nothing is removed there. */
static void lock(const struct bl_folder *folder)
{
	if (flock(folder->descriptor, LOCK_EX | LOCK_NB) == 0)
		remove_unfinished(folder);
	while (flock(folder->descriptor, LOCK_SH) && errno == EINTR)
		continue;
}

static int no_archive(const struct bobolink_session *session, struct bobolink_error *error)
{
	return bl_error_set(error, BOBOLINK_BACKUP_FAILED,
			    "the set %s names no archive, so it has no backups: let the compiler "
			    "generate it",
			    session->set->name);
}

int bl_folder_open(struct bl_folder *folder, const struct bobolink_session *session,
		   struct bobolink_error *error)
{
	memset(folder, 0, sizeof(*folder));
	folder->session = session;
	folder->path = bl_folder_path(session);
	folder->version = -1;
	bl_pool_init(&folder->pool, &session->allocator);
	folder->descriptor = -1;
	if (!session->archive)
		return no_archive(session, error);
	bl_origin_read(session, NULL, folder->origin);
	if (mkdir(folder->path, 0700) == 0 || errno == EEXIST)
		folder->descriptor = open(folder->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder->descriptor < 0)
		return cannot(error, folder->path, CHOOSE);
	lock(folder);
	return BOBOLINK_OK;
}

static void remove_temporary(struct bl_folder *folder)
{
	static const char *const suffixes[] = { "", "-journal", "-wal", "-shm" };

	for (size_t i = 0; folder->temporary && i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		(void)unlink(bl_pool_format(&folder->pool, "%s%s", folder->temporary, suffixes[i]));
	folder->temporary = NULL;
}

void bl_folder_close(struct bl_folder *folder)
{
	remove_temporary(folder);
	if (folder->descriptor >= 0)
		close(folder->descriptor);
	folder->descriptor = -1;
	bl_pool_release(&folder->pool);
}

static void time_text(time_t at, const char *format, char text[32])
{
	struct tm parts;

	text[0] = '\0';
	if (gmtime_r(&at, &parts))
		(void)strftime(text, 32, format, &parts);
}

/* Makes the temporary file of this name; BOBOLINK_STALE when the name is taken. */
static int reserve(struct bl_folder *folder, const char *name, struct bobolink_error *error)
{
	const struct bobolink_session *session = folder->session;
	struct bobolink_backups *same = NULL;
	int descriptor;
	int rc;

	folder->name = name;
	folder->temporary =
		bl_pool_format(&folder->pool, "%s/" UNFINISHED "%s.%s.tmp", folder->path,
			       encode(&folder->pool, session->set->name), name);
	if (folder->pool.failed) {
		folder->temporary = NULL;
		return no_memory(error);
	}
	descriptor = open(folder->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (descriptor < 0) {
		folder->temporary = NULL;
		if (errno != EEXIST)
			return cannot(error, folder->path, CHOOSE);
		return bl_error_set(error, BOBOLINK_STALE,
				    "backup %s is being made by another program: wait, or "
				    "choose another name",
				    name);
	}
	close(descriptor);
	/* Whoever had the temporary file before has made it visible by now. */
	rc = bl_folder_list(session, name, &same, error);
	if (rc == BOBOLINK_OK && same->count)
		rc = bl_error_set(error, BOBOLINK_STALE,
				  "there is a backup %s already: choose another name, or remove %s",
				  name, same->items[0].path);
	bobolink_backups_free(same);
	if (rc)
		remove_temporary(folder);
	return rc;
}

int bl_folder_reserve(struct bl_folder *folder, const char *prefix, const char *name,
		      struct bobolink_error *error)
{
	size_t length = name ? strlen(name) : 1;
	char now[32];
	int rc = BOBOLINK_STALE;

	if (length == 0 || length > LONGEST_NAME || (name && name[strspn(name, NAME_LETTERS)]))
		return bl_error_set(error, BOBOLINK_USAGE,
				    "this is no name for a backup: use up to %d letters, digits, "
				    "- and _",
				    LONGEST_NAME);
	if (name)
		rc = reserve(folder, name, error);
	time_text(time(NULL), "%Y%m%dT%H%M%SZ", now);
	for (unsigned i = 1; !name && rc == BOBOLINK_STALE && i <= MOST_ALIKE; i++)
		rc = reserve(folder,
			     bl_pool_format(&folder->pool, i == 1 ? "%s%s" : "%s%s-%u", prefix, now,
					    i),
			     error);
	return rc == BOBOLINK_STALE ? bl_error_append(error, BOBOLINK_USAGE, "%s", "") : rc;
}

static int make_durable(const char *path)
{
	int descriptor = open(path, O_RDWR | O_CLOEXEC);
	int rc;

	if (descriptor < 0)
		return -1;
	rc = fsync(descriptor);
	return close(descriptor) || rc ? -1 : 0;
}

int bl_folder_keep(void *context, const char *suffix, struct bobolink_error *error)
{
	struct bl_folder *folder = context;
	struct bl_pool *pool = &folder->pool;
	const char *version =
		folder->version < 0 ? "none" : bl_pool_format(pool, "%" PRId64, folder->version);
	const char *from = bl_pool_format(pool, "%s%s", folder->temporary, suffix);
	const char *file =
		bl_pool_format(pool, "%s.%s.v%s.%s%s", encode(pool, folder->session->set->name),
			       folder->name, version, folder->session->archive->extension, suffix);
	const char *to = bl_pool_format(pool, "%s/%s", folder->path, file);

	if (pool->failed)
		return no_memory(error);
	if (make_durable(from) || bl_origin_note(pool, folder->path, file, folder->origin) ||
	    rename(from, to))
		return cannot(error, to, "the backup is not complete; look at the disk");
	folder->file = to;
	/* Some file systems cannot do this for a directory, and need not. */
	if (fsync(folder->descriptor) && errno != EINVAL)
		return cannot(error, folder->path, "whether the backup is safe is not known");
	if (!*suffix)
		folder->temporary = NULL;
	return BOBOLINK_OK;
}

/* A file while the list is made. */
struct entry {
	struct bobolink_backup_item item;
	struct timespec made;
};

struct backups_box {
	struct bobolink_backups backups; /* first: the caller's pointer */
	struct bobolink_allocator allocator;
	struct bl_pool pool;
	struct entry *entries;
	uint32_t capacity;
	struct bobolink_backup_item *items;
	struct bl_text origins;
};

void bobolink_backups_free(struct bobolink_backups *backups)
{
	struct backups_box *box = (struct backups_box *)backups;
	struct bobolink_allocator allocator;

	if (!box)
		return;
	allocator = box->allocator;
	bl_memory_release(&allocator, box->entries);
	bl_memory_release(&allocator, box->items);
	bl_text_release(&box->origins);
	bl_pool_release(&box->pool);
	bl_memory_release(&allocator, box);
}

/* "17." or "none."; what stands behind it, or NULL. */
static const char *read_version(const char *text, int64_t *version)
{
	size_t digits = strspn(text, "0123456789");

	*version = -1;
	if (strncmp(text, "none.", 5) == 0)
		return text + 5;
	if (digits == 0 || text[digits] != '.')
		return NULL;
	errno = 0;
	*version = strtoll(text, NULL, 10);
	return errno ? NULL : text + digits + 1;
}

/* False for a file that is no backup of this set. */
static bool read_name(struct bl_pool *pool, const char *file, const char *set_name,
		      const char *extension, struct bobolink_backup_item *item)
{
	size_t length = strlen(set_name);
	const char *rest;

	if (strncmp(file, set_name, length) != 0 || file[length] != '.')
		return false;
	file += length + 1;
	length = strspn(file, NAME_LETTERS);
	if (length == 0 || length > LONGEST_NAME || strncmp(file + length, ".v", 2) != 0)
		return false;
	rest = read_version(file + length + 2, &item->version);
	if (!rest || strcmp(rest, extension) != 0)
		return false;
	item->name = bl_pool_copy(pool, file, length);
	return true;
}

static int add(struct backups_box *box, const char *path, struct entry *entry)
{
	struct entry *entries;
	struct stat about;
	char made[32];

	/* Removed just now, or no file. */
	if (stat(path, &about) || !S_ISREG(about.st_mode))
		return BOBOLINK_OK;
	time_text(about.st_mtime, "%Y-%m-%dT%H:%M:%SZ", made);
	entry->made = about.st_mtim;
	entry->item.path = path;
	entry->item.size = about.st_size;
	entry->item.made_at = bl_pool_copy(&box->pool, made, strlen(made));
	entries = bl_memory_grow(&box->allocator, box->entries, box->backups.count, &box->capacity,
				 sizeof(*entries));
	if (!entries || box->pool.failed)
		return BOBOLINK_NO_MEMORY;
	box->entries = entries;
	entries[box->backups.count++] = *entry;
	return BOBOLINK_OK;
}

static int read_entries(const struct bobolink_session *session, DIR *directory, const char *name,
			struct backups_box *box)
{
	const char *set_name = encode(&box->pool, session->set->name);
	struct dirent *file;
	int rc = BOBOLINK_OK;

	while (rc == BOBOLINK_OK && (file = readdir(directory)) != NULL) {
		struct entry entry = { .item = { .name = NULL } };

		if (!read_name(&box->pool, file->d_name, set_name, session->archive->extension,
			       &entry.item) ||
		    (name && strcmp(name, entry.item.name) != 0))
			continue;
		entry.item.database = bl_origin_find(&box->origins, file->d_name, &box->pool);
		rc = add(box,
			 bl_pool_format(&box->pool, "%s/%s", bl_folder_path(session), file->d_name),
			 &entry);
	}
	return box->pool.failed ? BOBOLINK_NO_MEMORY : rc;
}

static int newest_first(const void *a, const void *b)
{
	const struct entry *one = a;
	const struct entry *other = b;

	if (one->made.tv_sec != other->made.tv_sec)
		return one->made.tv_sec < other->made.tv_sec ? 1 : -1;
	if (one->made.tv_nsec != other->made.tv_nsec)
		return one->made.tv_nsec < other->made.tv_nsec ? 1 : -1;
	return strcmp(other->item.name, one->item.name);
}

static int arrange(struct backups_box *box)
{
	box->items = bl_memory_alloc(&box->allocator, box->backups.count, sizeof(*box->items));
	if (!box->items)
		return BOBOLINK_NO_MEMORY;
	if (box->backups.count)
		qsort(box->entries, box->backups.count, sizeof(*box->entries), newest_first);
	for (uint32_t i = 0; i < box->backups.count; i++)
		box->items[i] = box->entries[i].item;
	box->backups.items = box->items;
	return BOBOLINK_OK;
}

int bl_folder_list(const struct bobolink_session *session, const char *name,
		   struct bobolink_backups **backups, struct bobolink_error *error)
{
	struct backups_box *box;
	DIR *directory;
	int rc = BOBOLINK_OK;

	*backups = NULL;
	if (!session->archive)
		return no_archive(session, error);
	box = bl_memory_alloc(&session->allocator, 1, sizeof(*box));
	if (!box)
		return no_memory(error);
	box->allocator = session->allocator;
	bl_pool_init(&box->pool, &box->allocator);
	bl_text_init(&box->origins, &box->allocator);
	directory = opendir(bl_folder_path(session));
	if (directory)
		rc = bl_origin_load(bl_folder_path(session), &box->origins);
	if (directory && rc == BOBOLINK_OK)
		rc = read_entries(session, directory, name, box);
	if (directory)
		closedir(directory);
	else if (errno != ENOENT)
		rc = cannot(error, bl_folder_path(session), "let this user read the backups");
	if (rc == BOBOLINK_OK)
		rc = arrange(box);
	if (rc == BOBOLINK_NO_MEMORY)
		no_memory(error);
	if (rc == BOBOLINK_OK)
		*backups = &box->backups;
	else
		bobolink_backups_free(&box->backups);
	return rc;
}
