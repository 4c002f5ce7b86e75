/* The parts of scan: what they share, and what they call of each other. */
#ifndef SCANNER_H
#define SCANNER_H

#include <sys/types.h>

#include "model.h"
#include "naming.h"
#include "support/diagnostic.h"
#include "support/file.h"

struct names {
	const char **items; /* sorted */
	size_t count;
};

struct scanner {
	const char *directory; /* as given, without slashes at its end */
	const char *folder;    /* its last component */
	const char *next;      /* a version that is free, for suggestions */
	struct arena *arena;
	struct sources *sources;
	size_t capacity;
	size_t script_capacity;
	struct diagnostics *diag;
	int rc; /* -1 after an error */
};

/* Adds the file `relative` of the directory as a source, unless it cannot be read: that is reported. */
void scanner_add(struct scanner *scanner, const struct naming *naming, enum source_role role,
		 const char *relative);
/* The names in a directory. Returns 0, or -1 with errno. */
int scanner_names(const char *path, struct arena *arena, struct names *names);
/* What may stand beside migrations. A name such as ..up.sql hides nothing, it lost its version. */
bool scanner_ignores(const char *name);
/* Returns 0, or -1 after reporting a name that no build system or lock file can hold. */
int scanner_check_name(struct scanner *scanner, const char *path, const char *name);
/* A version after all that can be read from the names. */
const char *scanner_free_version(const struct names *names, struct arena *arena);

/*
 * scan_scripts.c: the folder of the fixes and its files, a repeatable. True when the entry was one, or was meant as one and
 * is reported.
 */
bool scanner_take_fixes(struct scanner *scanner, const char *path, const char *name);
bool scanner_take_repeatable(struct scanner *scanner, const char *path, const char *name);

/* scan_text.c. Returns 0, or -1 after reporting the first byte that is no text. */
int scanner_check_text(struct scanner *scanner, const struct source *source);

/* scan_report.c: errors about a path, each with its remedy. */
void scanner_report(struct scanner *scanner, const char *rule, const char *path,
		    const char *message);
void scanner_report_errno(struct scanner *scanner, const char *path, int error);
void scanner_report_kind(struct scanner *scanner, const char *path, mode_t mode);
void scanner_report_name(struct scanner *scanner, const char *path, const char *file, bool folder,
			 enum naming_fault fault);
void scanner_report_foreign(struct scanner *scanner, const char *path);
void scanner_report_result(struct scanner *scanner, const char *path, enum file_result result);

#endif
