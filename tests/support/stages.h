/* Runs the first stages of the compiler on a literal, and tells what they said in a few words. */
#ifndef STAGES_H
#define STAGES_H

#include "model.h"
#include "support/diagnostic.h"

struct stages {
	enum database database; /* SQLite, unless set after stages_init */
	struct arena arena;
	struct diagnostics diag;
	struct source source;
	struct part part; /* its tokens belong to the lexer */
	struct statements statements;
};

/* Makes a source named "x.sql" with this role; stages_release frees everything. */
void stages_init(struct stages *stages, const char *text, size_t length, enum source_role role);
void stages_release(struct stages *stages);

/* Each runs the stages up to its own. Returns 0, or -1 after an error. */
int stages_lex(struct stages *stages);
int stages_split(struct stages *stages);
int stages_directive(struct stages *stages);

/*
 * Every diagnostic as "line:column+length message [rule]" and, behind " | ", its help; one a line.
 * Length counts bytes.
 */
const char *stages_report(struct stages *stages);

/* Asserts what becomes of a file with this role: its sections, their settings and statements. */
void stages_assert_part(enum source_role role, const char *text, const char *expected);
/* Asserts that a file with this role is refused with exactly this report. */
void stages_assert_refused(enum source_role role, const char *text, const char *expected);
/* Asserts a single error at a position with a rule and some help, whatever its words. */
void stages_assert_rule(const char *text, uint32_t line, uint32_t column, const char *rule);

/* The whole file in the arena, NUL-terminated. */
char *stages_file(struct arena *arena, const char *path, size_t *length);

#endif
