/* What a statement does to the schema or to data, read from its words. */
#ifndef LINT_STATEMENT_H
#define LINT_STATEMENT_H

#include "lint_words.h"

enum action {
	ACTION_OTHER,
	ACTION_CREATE,
	ACTION_DROP,
	ACTION_RENAME_TABLE,
	ACTION_RENAME_COLUMN,
	ACTION_ADD_COLUMN,
	ACTION_DROP_COLUMN,
	ACTION_ALTER_TABLE, /* PostgreSQL: one or several commands, see lint_alter.h */
	ACTION_TRUNCATE,
	ACTION_INSERT,
	ACTION_UPDATE,
	ACTION_DELETE,
	ACTION_SELECT,
};

struct lint_statement {
	struct words words;
	enum action action;
	int32_t kind;	    /* of ACTION_CREATE and ACTION_DROP: enum bobolink_object_kind */
	bool conditional;   /* IF EXISTS, IF NOT EXISTS */
	bool temporary;	    /* CREATE TEMP …, or a name in the schema temp */
	bool unique;	    /* CREATE UNIQUE INDEX */
	bool concurrently;  /* CREATE INDEX, DROP INDEX: without blocking others */
	const char *name;   /* what is created, dropped, altered or written to; never NULL */
	uint32_t name_word; /* its index among the words */
	const char *other;  /* new name, column, table of an index or trigger, or NULL */
	uint32_t other_word;
	uint32_t body; /* index of the first word after the names */
};

void lint_statement_read(const struct section *section, const struct statement *statement,
			 enum database database, struct arena *arena, struct lint_statement *out);

/* True for CREATE TABLE … AS SELECT and INSERT … SELECT: statements that copy rows. */
bool lint_statement_copies(const struct lint_statement *statement);

/* One column definition of CREATE TABLE or ADD COLUMN, as indexes of words. */
struct lint_column {
	uint32_t name;
	uint32_t type; /* first word of the type; equal to `constraints` when there is none */
	uint32_t constraints; /* first word after the type */
	uint32_t end;	      /* after the last word */
};

/* The definition that begins at `index` and ends at a comma or a closing parenthesis. */
void lint_column_read(const struct words *words, uint32_t index, struct lint_column *column);
/*
 * Steps through the column definitions of CREATE TABLE. `*index` begins at the opening
 * parenthesis. False past the last column; table constraints come after the columns and end the
 * walk.
 */
bool lint_column_next(const struct words *words, uint32_t *index, struct lint_column *column);

#endif
