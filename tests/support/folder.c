/* Folder: see folder.h. */
#include "folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compile.h"
#include "support/file.h"

int folder_make(void **state)
{
	struct folder *folder = calloc(1, sizeof(*folder));

	if (!folder)
		return -1;
	(void)snprintf(folder->path, sizeof(folder->path), "/tmp/bobolink-XXXXXX");
	folder->options.directory = folder->path;
	folder->options.name = "shop";
	folder->diag.arena = &folder->arena;
	*state = folder;
	return mkdtemp(folder->path) ? 0 : -1;
}

int folder_remove(void **state)
{
	struct folder *folder = *state;
	char command[128];
	int rc;

	(void)snprintf(command, sizeof(command), "rm -rf '%s'", folder->path);
	rc = system(command);
	arena_release(&folder->arena);
	free(folder);
	return rc;
}

const char *folder_file(struct folder *folder, const char *file)
{
	return arena_format(&folder->arena, "%s/%s", folder->path, file);
}

void folder_add_bytes(struct folder *folder, const char *file, const char *bytes, size_t length)
{
	const char *slash = strchr(file, '/');

	if (slash &&
	    mkdir(arena_format(&folder->arena, "%s/%.*s", folder->path, (int)(slash - file), file),
		  0777))
		assert_int_equal(errno, EEXIST);
	assert_int_equal(file_write(folder_file(folder, file), bytes, length), 0);
}

void folder_add(struct folder *folder, const char *file, const char *text)
{
	folder_add_bytes(folder, file, text, strlen(text));
}

void folder_delete(struct folder *folder, const char *file)
{
	assert_int_equal(unlink(folder_file(folder, file)), 0);
}

int folder_read(struct folder *folder, struct set *set)
{
	struct lock_file lock;

	folder->diag = (struct diagnostics){ .arena = &folder->arena };
	*set = (struct set){ .count = 0 };
	return compile_read(&folder->options, &folder->arena, &lock, set, &folder->diag);
}

const char *folder_report(struct folder *folder)
{
	const char *list = "";

	for (size_t i = 0; i < folder->diag.count; i++) {
		const struct diagnostic *item = &folder->diag.items[i];
		const char *path = item->path ? item->path : "";

		if (strncmp(path, folder->path, strlen(folder->path)) == 0)
			path += strlen(folder->path);
		list = arena_format(&folder->arena, "%s%s:%u:%u %s\n", list, path + (*path == '/'),
				    (unsigned)item->line, (unsigned)item->column, item->rule);
	}
	return list;
}
