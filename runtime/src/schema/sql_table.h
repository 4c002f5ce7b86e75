/* What CREATE TABLE says about columns and constraints, while it is read. */
#ifndef BL_SCHEMA_SQL_TABLE_H
#define BL_SCHEMA_SQL_TABLE_H

#include "sql_objects.h"

/* The parts of a column's definition, canonical, "" where it says nothing. */
struct bl_sql_column {
	const char *name;
	const char *type;
	const char *not_null;
	const char *value; /* DEFAULT */
	const char *collation;
	const char *generated;
	const char *rest; /* what a newer SQLite may have added */
};

/* A check whose name waits until all columns are known. */
struct bl_sql_check {
	const char *name; /* NULL: made of the columns it is about */
	const struct bl_sql_token *from;
	const struct bl_sql_token *to; /* behind the closing parenthesis */
	const char *conflict;
};

struct bl_sql_table {
	struct bl_sql_parser *parser;
	struct bl_sql_column *columns;
	uint32_t column_count;
	uint32_t column_capacity;
	struct bl_sql_check *checks;
	uint32_t check_count;
	uint32_t check_capacity;
};

/*
 * Reads one constraint after CONSTRAINT name. `column` is the column it stands at, or NULL for a
 * constraint of the table; `name` is NULL where it has none. False when it is none.
 */
bool bl_sql_constraint(struct bl_sql_table *table, struct bl_sql_column *column, const char *name);
/* Adds the checks. */
void bl_sql_add_checks(struct bl_sql_table *table);

/* True when the next token begins a constraint of a table. */
bool bl_sql_at_constraint(const struct bl_sql_parser *parser);

#endif
