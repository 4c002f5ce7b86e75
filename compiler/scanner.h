/* The parts of scan: what they share, and what they call of each other. */
#ifndef SCANNER_H
#define SCANNER_H

#include <sys/types.h>

#include "model.h"
#include "naming.h"
#include "support/diagnostic.h"
#include "support/file.h"

struct scanner {
	const char *directory; /* as given, without slashes at its end */
	const char *folder;    /* its last component */
	const char *next;      /* a version that is free, for suggestions */
	struct arena *arena;
	struct sources *sources;
	size_t capacity;
	struct diagnostics *diag;
	int rc; /* -1 after an error */
};

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
