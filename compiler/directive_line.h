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
	DIRECTIVE_ALLOW,
};

struct directive_line {
	enum directive_kind kind;
	struct token token;	    /* the comment */
	struct settings settings;   /* of UP and DOWN; SAMPLE has none */
	struct allowance allowance; /* of ALLOW; its line is not known yet */
};

/* Reads a line comment. Returns 0, or -1 after an error. */
int directive_line_read(const struct source *source, struct token token, struct arena *arena,
			struct directive_line *line, struct diagnostics *diag);

/*
 * Reads the settings between `text` and `end`, both inside the source's text. Returns 0, or -1
 * after an error.
 */
int directive_settings_read(const struct source *source, const char *text, const char *end,
			    struct arena *arena, struct settings *settings,
			    struct diagnostics *diag);

#endif
