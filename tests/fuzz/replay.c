/*
 * Runs a fuzzer's entry over the files of a folder: what fuzzing found stays tested with any
 * compiler.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "support/arena.h"
#include "support/file.h"

static int replay_file(const char *path)
{
	struct arena arena = ARENA_INIT;
	char *bytes;
	size_t length;
	int rc = -1;

	if (file_read(path, &arena, &bytes, &length) == FILE_OK) {
		fprintf(stderr, "%s\n", path);
		LLVMFuzzerTestOneInput((const uint8_t *)bytes, length);
		rc = 0;
	}
	arena_release(&arena);
	return rc;
}

int main(int argc, char **argv)
{
	struct arena arena = ARENA_INIT;
	struct dirent *entry;
	unsigned count = 0;
	DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;

	if (!folder) {
		fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
		return 2;
	}
	while ((entry = readdir(folder)))
		if (entry->d_name[0] != '.' &&
		    replay_file(arena_format(&arena, "%s/%s", argv[1], entry->d_name)) == 0)
			count++;
	closedir(folder);
	arena_release(&arena);
	printf("sweep: %u inputs replayed\n", count);
	return count == 0;
}
