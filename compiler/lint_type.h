/* Column types of PostgreSQL: what a change from one to the other costs. */
#ifndef LINT_TYPE_H
#define LINT_TYPE_H

#include "lint_words.h"

struct column_type {
	const char *name; /* the server's own name in small letters; NULL when not known */
	bool is_array;
	uint32_t argument_count;
	uint32_t arguments[2]; /* varchar(20), numeric(10,2) */
};

/* The type whose words stand from `from` to before `to`. */
void lint_type_read(const struct words *words, uint32_t from, uint32_t to,
		    struct column_type *type);

enum type_change {
	TYPE_CHANGE_UNKNOWN,   /* a type of the user's own */
	TYPE_CHANGE_FREE,      /* the catalogue alone is changed */
	TYPE_CHANGE_REWRITES,  /* the table is written anew */
	TYPE_CHANGE_TIME_ZONE, /* as before, unless the session's time zone is UTC */
};

enum type_change lint_type_change(const struct column_type *before,
				  const struct column_type *after);
/* True when a text of the old type may be too long for the new one; false where one of them is not known. */
bool lint_type_is_shorter(const struct column_type *before, const struct column_type *after);
/* True when values lose digits, seconds or their time of day without an error. */
bool lint_type_loses(const struct column_type *before, const struct column_type *after);

#endif
