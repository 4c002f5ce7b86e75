/* One comment line that may be a directive: recognised, its mistakes named, its settings read. */
#ifndef DIRECTIVE_LINE_H
#define DIRECTIVE_LINE_H

#include "model.h"
#include "support/diagnostic.h"

enum directive_kind {
	DIRECTIVE_NONE, /* a comment like any other */
	DIRECTIVE_UP,
	DIRECTIVE_DOWN,
	DIRECTIVE_SAMPLE,
	DIRECTIVE_GUARD, /* fix:should-run */
	DIRECTIVE_EXECUTE,
	DIRECTIVE_UNDO,
	DIRECTIVE_GIVEN,
	DIRECTIVE_ALLOW,
};

struct directive_line {
	enum directive_kind kind;
	struct token token;	    /* the comment */
	struct settings settings;   /* of a section; SAMPLE and GIVEN have none */
	struct allowance allowance; /* of ALLOW; its line is not known yet */
};

/* Where a setting stands in the source's text; length 0: nowhere. */
struct directive_span {
	uint32_t offset;
	uint32_t length;
};

/* What the lines of one file share. */
struct directive_file {
	const struct source *source;
	struct arena *arena;
	struct diagnostics *diag;
	struct settings whole; /* settings of a script, on whichever of its lines they stand */
	struct directive_span
		*seen; /* one for each setting of `whole`; NULL before the first line */
};

/* Reads a line comment. Returns 0, or -1 after an error. */
int directive_line_read(struct directive_file *file, struct token token,
			struct directive_line *line);

/*
 * Reads the settings between `text` and `end`, both inside the source's text, into those of the line, or of the file
 * where they are the script's. Returns 0, or -1 after an error.
 */
int directive_settings_read(struct directive_file *file, const char *text, const char *end,
			    struct directive_line *line);

/* True when a script has this setting on one of its lines: in a fix or a repeatable a comment that is one was meant to be. */
bool directive_settings_has(enum source_role role, const char *key, size_t length);

#endif
