/*
 * Features of PostgreSQL that came after 12, the oldest server that the runtime works with.
 *
 * From the release notes, https://www.postgresql.org/docs/release/, section "Changes".
 */
#include "lint_features.h"

/* AS and a parenthesis, and not STORED behind it. */
static bool is_virtual_column(const struct lint_statement *statement, uint32_t *word)
{
	const struct words *words = &statement->words;

	for (*word = 0;
	     (*word = lint_feature_find(words, *word, "GENERATED ALWAYS AS (")) < words->count;
	     ++*word) {
		if (!words_is(words, words_close(words, *word + 3), "STORED"))
			return true;
	}
	return false;
}

/* A body without quotes: CREATE FUNCTION f() RETURNS int RETURN 1. */
static bool is_returned_body(const struct lint_statement *statement, uint32_t *word)
{
	const struct words *words = &statement->words;

	*word = words_find(words, 1, "RETURN");
	return *word < words->count &&
	       lint_feature_find(words, 0, "^ CREATE ~ FUNCTION") < words->count;
}

/* What can follow a subquery in FROM that has no name. */
static bool ends_item(const struct words *words, uint32_t index)
{
	static const char *const followers[] = {
		"WHERE",   "GROUP",	"ORDER", "LIMIT",     "OFFSET", "FETCH", "HAVING", "UNION",
		"EXCEPT",  "INTERSECT", "JOIN",	 "LEFT",      "RIGHT",	"FULL",	 "INNER",  "CROSS",
		"NATURAL", "ON",	"USING", "RETURNING", "WINDOW", "FOR",
	};
	uint32_t kind = words_token(words, index).kind;

	if (kind == TOKEN_END || kind == TOKEN_RIGHT || kind == TOKEN_COMMA ||
	    kind == TOKEN_SEMICOLON)
		return true;
	for (size_t i = 0; i < sizeof(followers) / sizeof(followers[0]); i++) {
		if (words_is(words, index, followers[i]))
			return true;
	}
	return false;
}

/* Is this the FROM of a function? */
static bool is_argument(const struct words *words, uint32_t index)
{
	return index >= 3 && words_token(words, index - 2).kind == TOKEN_LEFT &&
	       (words_is(words, index - 3, "EXTRACT") || words_is(words, index - 3, "SUBSTRING") ||
		words_is(words, index - 3, "TRIM"));
}

static bool is_nameless_subquery(const struct lint_statement *statement, uint32_t *word)
{
	static const char *const beginnings[] = { "FROM ( SELECT", "FROM ( VALUES", "FROM ( WITH",
						  "JOIN ( SELECT" };
	const struct words *words = &statement->words;

	for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++) {
		for (*word = 0;
		     (*word = lint_feature_find(words, *word, beginnings[i])) < words->count;
		     ++*word) {
			/* IS DISTINCT FROM (SELECT …), extract(day FROM (SELECT …)) */
			if (!words_is(words, *word - 1, "DISTINCT") && !is_argument(words, *word) &&
			    ends_item(words, words_close(words, *word + 1)))
				return true;
		}
	}
	return false;
}

/* Of a constraint, not of a condition: WHERE NOT enforced. */
static bool is_not_enforced(const struct lint_statement *statement, uint32_t *word)
{
	static const char *const before[] = { ")",	   "CASCADE",  "RESTRICT",   "ACTION",
					      "NULL",	   "DEFAULT",  "DEFERRABLE", "DEFERRED",
					      "IMMEDIATE", "INITIALLY" };
	const struct words *words = &statement->words;

	for (*word = 1; (*word = lint_feature_find(words, *word, "NOT ENFORCED")) < words->count;
	     ++*word) {
		for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
			if (words_is(words, *word - 1, before[i]))
				return true;
		}
		if (words_is(words, *word - 2, "REFERENCES") ||
		    words_is(words, *word - 2, "CONSTRAINT"))
			return true;
	}
	return false;
}

#define RELEASE(major) ((major)*10000)
#define CALL(major, function)                                      \
	{                                                          \
		RELEASE(major), function "()", function " (", NULL \
	}
#define TYPE(major, type)                                    \
	{                                                    \
		RELEASE(major), "the type " type, type, NULL \
	}

const struct feature lint_features_postgres[] = {
	/* pgcrypto has it, too. */
	CALL(13, "gen_random_uuid"),
	CALL(13, "gcd"),
	CALL(13, "lcm"),
	CALL(13, "min_scale"),
	CALL(13, "trim_scale"),
	CALL(13, "jsonb_set_lax"),
	CALL(13, "normalize"),
	{ RELEASE(13), "IS NORMALIZED", "IS NORMALIZED", NULL },
	{ RELEASE(13), "DROP DATABASE … FORCE", "^ DROP DATABASE ~ ( FORCE", NULL },
	{ RELEASE(13), "WITH TIES", "ROWS WITH TIES", NULL },
	{ RELEASE(13), "WITH TIES", "ROW WITH TIES", NULL },
	{ RELEASE(13), "DROP EXPRESSION", "ALTER @ DROP EXPRESSION", NULL },
	{ RELEASE(13), "DROP EXPRESSION", "ALTER COLUMN @ DROP EXPRESSION", NULL },
	{ RELEASE(13), "ALTER VIEW … RENAME COLUMN", "^ ALTER VIEW ~ RENAME COLUMN", NULL },
	{ RELEASE(13), "ALTER TYPE … SET", "^ ALTER TYPE ~ SET (", NULL },
	{ RELEASE(13), "PARALLEL of VACUUM", "^ VACUUM ( ~ PARALLEL", NULL },

	{ RELEASE(14), "CREATE OR REPLACE TRIGGER", "^ CREATE OR REPLACE TRIGGER", NULL },
	{ RELEASE(14), "CREATE OR REPLACE TRIGGER", "^ CREATE OR REPLACE CONSTRAINT TRIGGER",
	  NULL },
	{ RELEASE(14), "SET COMPRESSION", "SET COMPRESSION PGLZ", NULL },
	{ RELEASE(14), "SET COMPRESSION", "SET COMPRESSION LZ4", NULL },
	{ RELEASE(14), "SET COMPRESSION", "SET COMPRESSION DEFAULT", NULL },
	{ RELEASE(14), "COMPRESSION of a column", "^ CREATE ~ TABLE ~ ( ~ COMPRESSION PGLZ", NULL },
	{ RELEASE(14), "COMPRESSION of a column", "^ CREATE ~ TABLE ~ ( ~ COMPRESSION LZ4", NULL },
	TYPE(14, "int4multirange"),
	TYPE(14, "int8multirange"),
	TYPE(14, "nummultirange"),
	TYPE(14, "tsmultirange"),
	TYPE(14, "tstzmultirange"),
	TYPE(14, "datemultirange"),
	CALL(14, "range_agg"),
	CALL(14, "date_bin"),
	CALL(14, "bit_count"),
	CALL(14, "string_to_table"),
	CALL(14, "trim_array"),
	CALL(14, "unistr"),
	{ RELEASE(14), "BEGIN ATOMIC", "BEGIN ATOMIC", NULL },
	{ RELEASE(14), "RETURN as the body of a function", NULL, is_returned_body },
	{ RELEASE(14), "SEARCH of a query", "SEARCH DEPTH FIRST BY", NULL },
	{ RELEASE(14), "SEARCH of a query", "SEARCH BREADTH FIRST BY", NULL },
	{ RELEASE(14), "CYCLE of a query", ") CYCLE ~ SET ~ USING", NULL },
	{ RELEASE(14), "DETACH PARTITION … CONCURRENTLY", "DETACH PARTITION ~ CONCURRENTLY", NULL },
	{ RELEASE(14), "DETACH PARTITION … FINALIZE", "DETACH PARTITION ~ FINALIZE", NULL },
	{ RELEASE(14), "CREATE STATISTICS on an expression", "^ CREATE STATISTICS ~ ON (", NULL },
	{ RELEASE(14), "GROUP BY DISTINCT", "GROUP BY DISTINCT", NULL },

	{ RELEASE(15), "MERGE", "MERGE INTO", NULL },
	{ RELEASE(15), "NULLS NOT DISTINCT", "NULLS NOT DISTINCT", NULL },
	{ RELEASE(15), "NULLS DISTINCT", "NULLS DISTINCT", NULL },
	{ RELEASE(15), "security_invoker", "^ CREATE ~ VIEW ~ WITH ( ~ SECURITY_INVOKER", NULL },
	{ RELEASE(15), "security_invoker", "^ ALTER VIEW ~ SET ( ~ SECURITY_INVOKER", NULL },
	{ RELEASE(15), "SET ACCESS METHOD", "SET ACCESS METHOD", NULL },
	{ RELEASE(15), "SET NULL of some columns", "ON DELETE SET NULL (", NULL },
	{ RELEASE(15), "SET DEFAULT of some columns", "ON DELETE SET DEFAULT (", NULL },
	{ RELEASE(15), "a negative scale", "NUMERIC ( # , - #", NULL },
	{ RELEASE(15), "a negative scale", "DECIMAL ( # , - #", NULL },
	{ RELEASE(15), "an unlogged sequence", "^ CREATE UNLOGGED SEQUENCE", NULL },
	{ RELEASE(15), "tables of a schema in a publication",
	  "^ CREATE PUBLICATION ~ TABLES IN SCHEMA", NULL },
	{ RELEASE(15), "tables of a schema in a publication",
	  "^ ALTER PUBLICATION ~ TABLES IN SCHEMA", NULL },
	CALL(15, "regexp_count"),
	CALL(15, "regexp_instr"),
	CALL(15, "regexp_like"),
	CALL(15, "regexp_substr"),

	CALL(16, "json_array"),
	CALL(16, "json_arrayagg"),
	CALL(16, "json_objectagg"),
	{ RELEASE(16), "JSON_OBJECT of keys and values", "JSON_OBJECT ( ~ @ VALUE", NULL },
	{ RELEASE(16), "JSON_OBJECT of keys and values", "JSON_OBJECT ( ~ :", NULL },
	{ RELEASE(16), "IS JSON", "IS JSON", NULL },
	{ RELEASE(16), "IS NOT JSON", "IS NOT JSON", NULL },
	CALL(16, "any_value"),
	CALL(16, "random_normal"),
	CALL(16, "array_sample"),
	CALL(16, "array_shuffle"),
	CALL(16, "pg_input_is_valid"),
	CALL(16, "date_add"),
	CALL(16, "date_subtract"),
	{ RELEASE(16), "STORAGE of a column", "^ CREATE ~ TABLE ~ ( ~ STORAGE PLAIN", NULL },
	{ RELEASE(16), "STORAGE of a column", "^ CREATE ~ TABLE ~ ( ~ STORAGE EXTERNAL", NULL },
	{ RELEASE(16), "STORAGE of a column", "^ CREATE ~ TABLE ~ ( ~ STORAGE EXTENDED", NULL },
	{ RELEASE(16), "STORAGE of a column", "^ CREATE ~ TABLE ~ ( ~ STORAGE MAIN", NULL },
	{ RELEASE(16), "a subquery without a name", NULL, is_nameless_subquery },

	{ RELEASE(17), "RETURNING of MERGE", "MERGE INTO ~ RETURNING", NULL },
	{ RELEASE(17), "NOT MATCHED BY SOURCE", "NOT MATCHED BY SOURCE", NULL },
	CALL(17, "json_table"),
	CALL(17, "json_exists"),
	CALL(17, "json_query"),
	CALL(17, "json_value"),
	CALL(17, "json_scalar"),
	CALL(17, "json_serialize"),
	CALL(17, "to_bin"),
	CALL(17, "to_oct"),
	CALL(17, "uuid_extract_timestamp"),
	CALL(17, "uuid_extract_version"),
	CALL(17, "xmltext"),
	{ RELEASE(17), "SET EXPRESSION", "SET EXPRESSION AS (", NULL },
	{ RELEASE(17), "AT LOCAL", "AT LOCAL", NULL },
	{ RELEASE(17), "the privilege MAINTAIN", "^ GRANT ~ MAINTAIN ~ ON", NULL },

	{ RELEASE(18), "a virtual generated column", NULL, is_virtual_column },
	{ RELEASE(18), "NOT ENFORCED", NULL, is_not_enforced },
	{ RELEASE(18), "WITHOUT OVERLAPS", "WITHOUT OVERLAPS", NULL },
	{ RELEASE(18), "PERIOD of a foreign key", "FOREIGN KEY ( ~ , PERIOD @", NULL },
	CALL(18, "uuidv4"),
	CALL(18, "uuidv7"),
	CALL(18, "casefold"),
	CALL(18, "crc32"),
	CALL(18, "crc32c"),
	CALL(18, "array_reverse"),
	CALL(18, "array_sort"),
	{ RELEASE(18), "NOT NULL as a constraint", "ADD CONSTRAINT @ NOT NULL @", NULL },
	{ RELEASE(18), "NOT NULL as a constraint", "ADD NOT NULL @", NULL },
	{ RELEASE(18), "OLD and NEW in RETURNING", "^ INSERT ~ RETURNING ~ OLD .", NULL },
	{ RELEASE(18), "OLD and NEW in RETURNING", "^ INSERT ~ RETURNING ~ NEW .", NULL },
	{ RELEASE(18), "OLD and NEW in RETURNING", "^ UPDATE ~ RETURNING ~ OLD .", NULL },
	{ RELEASE(18), "OLD and NEW in RETURNING", "^ UPDATE ~ RETURNING ~ NEW .", NULL },

	{ 0, NULL, NULL, NULL },
};
