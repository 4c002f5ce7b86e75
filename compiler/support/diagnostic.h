/*
 * Diagnostics: collected while stages run, printed once, in the form compilers print them.
 *
 * A diagnostic points at a span of bytes in a source; line, column and the excerpt with its caret
 * are worked out when it is printed. `rule` is the kebab-case name in brackets.
 */
#ifndef DIAGNOSTIC_H
#define DIAGNOSTIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "arena.h"

struct source; /* of model.h; diagnostics use path, text, lines only */

enum severity {
	SEVERITY_NOTE,
	SEVERITY_WARNING,
	SEVERITY_ERROR,
};

struct diagnostic {
	enum severity severity;
	const char *rule;
	const char *path;	     /* file it concerns; NULL: the tool as a whole */
	const struct source *source; /* NULL: no excerpt */
	uint32_t offset;	     /* byte in the source's text */
	uint32_t length;	     /* bytes to underline; 0: a lone caret */
	uint32_t line;		     /* from 1; 0: the file as a whole */
	uint32_t column;	     /* from 1, in characters */
	const char *message;
	const char *help; /* NULL for none */
};

struct diagnostics {
	struct arena *arena;
	struct diagnostic *items;
	size_t count;
	size_t capacity;
	uint32_t errors;
	uint32_t warnings;
	bool warnings_as_errors;
};

/* At a place in a source. */
void diagnostic_at(struct diagnostics *all, enum severity severity, const char *rule,
		   const struct source *source, uint32_t offset, uint32_t length,
		   const char *format, ...) __attribute__((format(printf, 7, 8)));
/* About a path, or (NULL) about nothing in particular. */
void diagnostic_path(struct diagnostics *all, enum severity severity, const char *rule,
		     const char *path, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
/* Adds the help line to the diagnostic reported last. */
void diagnostic_help(struct diagnostics *all, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The errors from number `first` (from 0) up to `end` become notes, without help: nobody can act on them. */
void diagnostic_soften(struct diagnostics *all, size_t first, size_t end);

/* Line and column (from 1; columns in characters) of a byte of a source. */
void diagnostic_position(const struct source *source, uint32_t offset, uint32_t *line,
			 uint32_t *column);

enum diagnostic_format {
	FORMAT_GCC,
	FORMAT_JSON,
	FORMAT_SARIF,
	FORMAT_GITHUB,
};

/* Prints all, sorted by path and position. Returns 0, or -1 when the stream failed. */
int diagnostic_print(const struct diagnostics *all, enum diagnostic_format format, bool color,
		     FILE *stream);

#endif
