/*
 * Lock, its marks: which files belong to migrations that are locked and unchanged.
 *
 * Walks the files and the lock file side by side, both ascending by version, before any stage has looked into a file.
 * Only what is certain is marked; what is odd, lock_check reports.
 */
#include "lock.h"

#include <string.h>

#include "checksum.h"

static bool is_unchanged(const struct lock_entry *entry, const struct source *files, uint32_t count)
{
	bool pair = count == 2 && files[0].role == SOURCE_UP && files[1].role == SOURCE_DOWN;
	char checksum[65];

	if ((count != 1 && !pair) || strcmp(files[0].entry, entry->entry) != 0)
		return false;
	checksum_bytes(&files[0], pair ? &files[1] : NULL, checksum);
	return strcmp(checksum, entry->checksum) == 0;
}

void lock_mark(const struct lock_file *lock, struct sources *sources)
{
	uint32_t at = 0;
	uint32_t count;

	for (uint32_t first = 0; first < sources->count; first += count) {
		struct source *files = &sources->items[first];

		for (count = 1;
		     first + count < sources->count && files[count].version == files->version;)
			count++;
		while (at < lock->count && lock->entries[at].version < files->version)
			at++;
		if (at == lock->count)
			return;
		if (lock->entries[at].version == files->version &&
		    is_unchanged(&lock->entries[at], files, count))
			for (uint32_t i = 0; i < count; i++)
				files[i].locked = true;
	}
}
