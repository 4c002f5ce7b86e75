/* Scan: from a directory to the text of its migrations. */
#ifndef SCAN_H
#define SCAN_H

#include "model.h"
#include "support/diagnostic.h"

/*
 * Reads every migration of `directory`. Reports each file it cannot accept: unreadable, foreign, badly
 * named, not UTF-8, holding a NUL byte, changed while it was read. Returns 0, or -1 after an error.
 */
int scan(const char *directory, struct arena *arena, struct sources *sources,
	 struct diagnostics *diag);

/* Makes a source of text in memory (tests, fuzzers): canonical bytes and the line table. */
void scan_text(const char *path, const char *text, size_t length, struct arena *arena,
	       struct source *source);

#endif
