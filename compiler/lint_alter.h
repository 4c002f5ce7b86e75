/* The commands of one ALTER TABLE of PostgreSQL, which may have several. */
#ifndef LINT_ALTER_H
#define LINT_ALTER_H

#include "lint_statement.h"

enum alter_kind {
	ALTER_OTHER,
	ALTER_ADD_COLUMN,      /* name: the column */
	ALTER_DROP_COLUMN,     /* name: the column */
	ALTER_TYPE,	       /* name: the column; body: the type's first word */
	ALTER_SET_NOT_NULL,    /* name: the column */
	ALTER_DROP_NOT_NULL,   /* name: the column */
	ALTER_ADD_CONSTRAINT,  /* name: the constraint, or NULL; body: CHECK, FOREIGN and so on */
	ALTER_DROP_CONSTRAINT, /* name: the constraint */
	ALTER_VALIDATE,	       /* name: the constraint */
	ALTER_DISABLE_TRIGGER, /* name: the trigger, or NULL */
	ALTER_ENABLE_TRIGGER,  /* name: the trigger, or NULL */
};

/* One command, as indexes of words. */
struct alter_command {
	enum alter_kind kind;
	const char *name; /* as above; NULL for ALTER_OTHER */
	uint32_t first;	  /* its first word */
	uint32_t name_word;
	uint32_t body;
	uint32_t end; /* after its last word: a comma, or the statement's end */
};

/*
 * Steps through the commands of a statement that is ACTION_ALTER_TABLE. `*index` begins at
 * statement->body. False past the last one.
 */
bool lint_alter_next(const struct lint_statement *statement, uint32_t *index, struct arena *arena,
		     struct alter_command *command);

/* True when the command's own words, outside parentheses, hold this phrase. */
bool lint_alter_has(const struct lint_statement *statement, const struct alter_command *command,
		    const char *phrase);

#endif
