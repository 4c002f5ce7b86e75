/*
 * Tokens of the SQL that SQLite keeps in its schema, and their canonical form.
 *
 * The text there is what its author wrote, changed here and there by ALTER TABLE: white space,
 * comments, the case of keywords and quotes around names say nothing. Texts that differ only in these
 * have the same canonical form.
 */
#ifndef BL_SCHEMA_SQL_TOKEN_H
#define BL_SCHEMA_SQL_TOKEN_H

#include "../memory.h"

enum bl_sql_kind {
	BL_SQL_END,
	BL_SQL_WORD,   /* unquoted name or keyword */
	BL_SQL_NAME,   /* "x", `x`, [x] */
	BL_SQL_STRING, /* 'x' */
	BL_SQL_OTHER,  /* number, blob, parameter, operator */
};

struct bl_sql_token {
	uint32_t kind; /* enum bl_sql_kind */
	uint32_t length;
	const char *text; /* inside the SQL */
};

struct bl_sql_tokens {
	struct bl_sql_token *items; /* BL_SQL_END last */
	uint32_t count;		    /* without it */
	uint32_t capacity;
};

/* Reads all tokens but comments. Returns 0 or BOBOLINK_NO_MEMORY; release the items either way. */
int bl_sql_read(const struct bobolink_allocator *allocator, const char *sql, size_t length,
		struct bl_sql_tokens *tokens);

/* True for an unquoted word; `word` is written in capitals. */
bool bl_sql_is(const struct bl_sql_token *token, const char *word);
/* True for an operator or other piece that is written so. */
bool bl_sql_is_mark(const struct bl_sql_token *token, char mark);

/* Adds the canonical form of the tokens from `from` to before `to`. */
void bl_sql_add(struct bl_text *out, const struct bl_sql_token *from,
		const struct bl_sql_token *to);
/* Adds a name, in double quotes only where it needs them. */
void bl_sql_add_name(struct bl_text *out, const char *name);
/* The name that a token stands for, without its quotes. */
const char *bl_sql_name(struct bl_pool *pool, const struct bl_sql_token *token);

enum bl_sql_keyword {
	BL_SQL_NO_KEYWORD,
	BL_SQL_SOFT,	/* also a name where no keyword can stand */
	BL_SQL_RESERVED /* a name only in quotes */
};
enum bl_sql_keyword bl_sql_keyword(const char *text, size_t length);

#endif
