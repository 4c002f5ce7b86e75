/*
 * SQLite's keywords, from https://www.sqlite.org/lang_keywords.html: which ones are reserved follows
 * the fallback rules of its grammar. TRUE and FALSE are values without quotes and names with them.
 */
#include <stdlib.h>
#include <string.h>

#include "sql_token.h"

#define LONGEST 17

static const char *const reserved[] = {
	"ADD",
	"ALL",
	"ALTER",
	"AND",
	"AS",
	"AUTOINCREMENT",
	"BETWEEN",
	"CASE",
	"CHECK",
	"COLLATE",
	"COMMIT",
	"CONSTRAINT",
	"CREATE",
	"CROSS",
	"CURRENT_DATE",
	"CURRENT_TIME",
	"CURRENT_TIMESTAMP",
	"DEFAULT",
	"DEFERRABLE",
	"DELETE",
	"DISTINCT",
	"DROP",
	"ELSE",
	"ESCAPE",
	"EXCEPT",
	"EXISTS",
	"FALSE",
	"FOREIGN",
	"FROM",
	"FULL",
	"GROUP",
	"HAVING",
	"IN",
	"INDEX",
	"INDEXED",
	"INNER",
	"INSERT",
	"INTERSECT",
	"INTO",
	"IS",
	"ISNULL",
	"JOIN",
	"LEFT",
	"LIMIT",
	"NATURAL",
	"NOT",
	"NOTHING",
	"NOTNULL",
	"NULL",
	"ON",
	"OR",
	"ORDER",
	"OUTER",
	"PRIMARY",
	"REFERENCES",
	"RETURNING",
	"RIGHT",
	"SELECT",
	"SET",
	"TABLE",
	"THEN",
	"TO",
	"TRANSACTION",
	"TRUE",
	"UNION",
	"UNIQUE",
	"UPDATE",
	"USING",
	"VALUES",
	"WHEN",
	"WHERE",
};

static const char *const soft[] = {
	"ABORT",	"ACTION",    "AFTER",	  "ALWAYS",    "ANALYZE", "ASC",     "ATTACH",
	"BEFORE",	"BEGIN",     "BY",	  "CASCADE",   "CAST",	  "COLUMN",  "CONFLICT",
	"CURRENT",	"DATABASE",  "DEFERRED",  "DESC",      "DETACH",  "DO",	     "EACH",
	"END",		"EXCLUDE",   "EXCLUSIVE", "EXPLAIN",   "FAIL",	  "FILTER",  "FIRST",
	"FOLLOWING",	"FOR",	     "GENERATED", "GLOB",      "GROUPS",  "IF",	     "IGNORE",
	"IMMEDIATE",	"INITIALLY", "INSTEAD",	  "KEY",       "LAST",	  "LIKE",    "MATCH",
	"MATERIALIZED", "NO",	     "NULLS",	  "OF",	       "OFFSET",  "OTHERS",  "OVER",
	"PARTITION",	"PLAN",	     "PRAGMA",	  "PRECEDING", "QUERY",	  "RAISE",   "RANGE",
	"RECURSIVE",	"REGEXP",    "REINDEX",	  "RELEASE",   "RENAME",  "REPLACE", "RESTRICT",
	"ROLLBACK",	"ROW",	     "ROWS",	  "SAVEPOINT", "STORED",  "STRICT",  "TEMP",
	"TEMPORARY",	"TIES",	     "TRIGGER",	  "UNBOUNDED", "VACUUM",  "VIEW",    "VIRTUAL",
	"WINDOW",	"WITH",	     "WITHOUT",
};

static int word_order(const void *key, const void *item)
{
	return strcmp(key, *(const char *const *)item);
}

#define FIND(word, list) \
	bsearch(word, list, sizeof(list) / sizeof((list)[0]), sizeof((list)[0]), word_order)

enum bl_sql_keyword bl_sql_keyword(const char *text, size_t length)
{
	char word[LONGEST + 1];

	if (length > LONGEST)
		return BL_SQL_NO_KEYWORD;
	for (size_t i = 0; i < length; i++)
		word[i] = (char)(text[i] >= 'a' && text[i] <= 'z' ? text[i] - 'a' + 'A' : text[i]);
	word[length] = '\0';
	if (FIND(word, reserved))
		return BL_SQL_RESERVED;
	return FIND(word, soft) ? BL_SQL_SOFT : BL_SQL_NO_KEYWORD;
}
