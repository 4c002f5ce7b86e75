/* From one row of SQLite's schema, its text included, to the group of objects it stands for. */
#ifndef BL_SCHEMA_SQL_OBJECTS_H
#define BL_SCHEMA_SQL_OBJECTS_H

#include "group.h"
#include "sql_token.h"

/* One statement while it is read; `at` moves forward to the END token and stays there. */
struct bl_sql_parser {
	struct bl_group_builder *builder;
	const struct bl_sql_token *at;
	const char *table; /* the parent of what is found */
};

/* Moves on when the next word is this one. */
bool bl_sql_accept(struct bl_sql_parser *parser, const char *word);
/* Moves behind the next token, or behind the parenthesis that closes the one it opens. */
void bl_sql_skip(struct bl_sql_parser *parser);
/* The canonical form of the tokens since `from`; lives in the builder's pool. */
const char *bl_sql_since(struct bl_sql_parser *parser, const struct bl_sql_token *from);
/* Ends a text that was made for an object: a copy in the builder's pool. */
const char *bl_sql_keep(struct bl_sql_parser *parser, struct bl_text *text);

/* Adds the columns and constraints between the parentheses of CREATE TABLE, and the table itself. */
void bl_sql_table(struct bl_sql_parser *parser, const char *sql);

/* One row of sqlite_master. Strings are terminated. */
struct bl_sql_row {
	int32_t kind; /* BOBOLINK_OBJECT_TABLE for virtual tables, too */
	const char *name;
	const char *table; /* of an index or trigger: the table's own name */
	const char *sql;
};

/* Adds the objects of a row. Returns 0 or BOBOLINK_NO_MEMORY. */
int bl_sql_objects(const struct bl_sql_row *row, struct bl_group_builder *builder);

#endif
