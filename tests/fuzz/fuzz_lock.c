/* Fuzzer of the lock file's parser: any bytes are a lock file. What it accepts must be in order. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "lock.h"
#include "scan.h"

static void check(const struct lock_file *lock)
{
	for (uint32_t i = 0; i < lock->count; i++) {
		const struct lock_entry *entry = &lock->entries[i];

		if (strlen(entry->checksum) != 64 || entry->version < 0 || !entry->entry ||
		    (i > 0 && entry->version <= entry[-1].version))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = ARENA_INIT;
	struct diagnostics diag = { .arena = &arena };
	struct lock_file lock = { .present = false };
	struct source source;

	if (memchr(data, '\0', size))
		return 0;
	scan_text("migrations.lock", (const char *)data, size, &arena, &source);
	if (lock_parse(&source, &arena, &lock, &diag) == 0)
		check(&lock);
	fuzz_print(&diag);
	arena_release(&arena);
	return 0;
}
