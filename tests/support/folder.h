/* A scratch folder of migrations. */
#ifndef FOLDER_H
#define FOLDER_H

#include "model.h"
#include "support/diagnostic.h"

struct folder {
	struct arena arena;
	struct diagnostics diag;
	struct compile_options options; /* its directory is `path` */
	char path[64];
};

/* Fixtures for cmocka: *state becomes a struct folder. */
int folder_make(void **state);
int folder_remove(void **state);

/* Writes a file, and the folders above it. `file` is relative to the folder. */
void folder_add(struct folder *folder, const char *file, const char *text);
void folder_add_bytes(struct folder *folder, const char *file, const char *bytes, size_t length);
void folder_delete(struct folder *folder, const char *file);
/* The path of a file in the folder. */
const char *folder_file(struct folder *folder, const char *file);

/* compile_read on what stands there now, with fresh diagnostics. Returns its result. */
int folder_read(struct folder *folder, struct set *set);
/* Every diagnostic as "file:line:column rule\n", in the order of reporting; without the folder's path. */
const char *folder_report(struct folder *folder);

#endif
