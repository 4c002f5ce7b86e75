/*
 * Features of SQLite that came after 3.26, the oldest library that the runtime works with.
 *
 * From the release notes, https://sqlite.org/changes.html. Functions of newer libraries that an application
 * may define itself are told from its own by SHADOW_FUNCTIONS.
 */
#include "lint_features.h"

/* GENERATED ALWAYS is optional; AS and a parenthesis stand nowhere else among columns. */
static bool is_generated_column(const struct lint_statement *statement, uint32_t *word)
{
	const struct words *words = &statement->words;
	bool table = statement->action == ACTION_CREATE &&
		     statement->kind == BOBOLINK_OBJECT_TABLE &&
		     words_token(words, statement->body).kind == TOKEN_LEFT;

	if (!table && statement->action != ACTION_ADD_COLUMN)
		return false;
	*word = lint_feature_find(words, statement->body, "AS (");
	return *word < words->count;
}

/* Of window functions it is older. */
static bool is_filtered_aggregate(const struct lint_statement *statement, uint32_t *word)
{
	const struct words *words = &statement->words;

	*word = 0;
	while ((*word = lint_feature_find(words, *word, ") FILTER (") + 1) < words->count) {
		if (!words_is(words, words_close(words, *word + 1), "OVER"))
			return true;
	}
	return false;
}

static bool drops_column(const struct lint_statement *statement, uint32_t *word)
{
	*word = 0;
	return statement->action == ACTION_DROP_COLUMN;
}

static bool is_strict(const struct lint_statement *statement, uint32_t *word)
{
	const struct words *words = &statement->words;

	if (statement->action != ACTION_CREATE || statement->kind != BOBOLINK_OBJECT_TABLE ||
	    words_token(words, statement->body).kind != TOKEN_LEFT)
		return false;
	*word = words_find(words, statement->body, "STRICT");
	return *word < words->count;
}

/* string_agg(a, b ORDER BY c) */
static bool is_ordered_aggregate(const struct lint_statement *statement, uint32_t *word)
{
	static const char *const aggregates[] = { "GROUP_CONCAT (", "STRING_AGG (",
						  "JSON_GROUP_ARRAY (", "SUM (", "TOTAL (" };
	const struct words *words = &statement->words;

	for (size_t i = 0; i < sizeof(aggregates) / sizeof(aggregates[0]); i++) {
		*word = lint_feature_find(words, 0, aggregates[i]);
		if (*word < words->count &&
		    words_find(words, *word + 2, "ORDER") + 1 < words_close(words, *word + 1))
			return true;
	}
	return false;
}

#define RELEASE(minor) (3000000 + (minor)*1000)
#define CALL(minor, function)                                      \
	{                                                          \
		RELEASE(minor), function "()", function " (", NULL \
	}

const struct feature lint_features_sqlite[] = {
	{ RELEASE(27), "VACUUM INTO", "^ VACUUM ~ INTO", NULL },

	{ RELEASE(28), "EXCLUDE in a window", "EXCLUDE NO OTHERS", NULL },
	{ RELEASE(28), "EXCLUDE in a window", "EXCLUDE CURRENT ROW", NULL },
	{ RELEASE(28), "EXCLUDE in a window", "EXCLUDE GROUP", NULL },
	{ RELEASE(28), "EXCLUDE in a window", "EXCLUDE TIES", NULL },
	{ RELEASE(28), "GROUPS in a window", "GROUPS BETWEEN UNBOUNDED PRECEDING", NULL },
	{ RELEASE(28), "GROUPS in a window", "GROUPS BETWEEN CURRENT ROW", NULL },
	{ RELEASE(28), "GROUPS in a window", "GROUPS BETWEEN # PRECEDING", NULL },
	{ RELEASE(28), "GROUPS in a window", "GROUPS BETWEEN # FOLLOWING", NULL },

	{ RELEASE(30), "NULLS FIRST", "NULLS FIRST", NULL },
	{ RELEASE(30), "NULLS LAST", "NULLS LAST", NULL },
	{ RELEASE(30), "FILTER of an aggregate", NULL, is_filtered_aggregate },

	{ RELEASE(31), "a generated column", NULL, is_generated_column },

	CALL(32, "iif"),

	{ RELEASE(33), "UPDATE … FROM", "UPDATE ~ SET ~ FROM", NULL },

	{ RELEASE(35), "DROP COLUMN", NULL, drops_column },
	{ RELEASE(35), "RETURNING", "^ INSERT ~ RETURNING", NULL },
	{ RELEASE(35), "RETURNING", "^ REPLACE ~ RETURNING", NULL },
	{ RELEASE(35), "RETURNING", "^ UPDATE ~ RETURNING", NULL },
	{ RELEASE(35), "RETURNING", "^ DELETE ~ RETURNING", NULL },
	{ RELEASE(35), "AS MATERIALIZED", "AS MATERIALIZED (", NULL },
	{ RELEASE(35), "AS NOT MATERIALIZED", "AS NOT MATERIALIZED (", NULL },
	{ RELEASE(35), "several ON CONFLICT", "ON CONFLICT ~ DO ~ ON CONFLICT ~ DO", NULL },
	CALL(35, "sign"),
	/* Where the library was compiled with them: https://sqlite.org/lang_mathfunc.html. */
	CALL(35, "acos"),
	CALL(35, "asin"),
	CALL(35, "atan"),
	CALL(35, "atan2"),
	CALL(35, "ceil"),
	CALL(35, "ceiling"),
	CALL(35, "cos"),
	CALL(35, "degrees"),
	CALL(35, "exp"),
	CALL(35, "floor"),
	CALL(35, "ln"),
	CALL(35, "log"),
	CALL(35, "log10"),
	CALL(35, "log2"),
	CALL(35, "mod"),
	CALL(35, "pi"),
	CALL(35, "pow"),
	CALL(35, "power"),
	CALL(35, "radians"),
	CALL(35, "sin"),
	CALL(35, "sqrt"),
	CALL(35, "tan"),
	CALL(35, "trunc"),

	{ RELEASE(37), "STRICT", NULL, is_strict },

	{ RELEASE(38), "the operator ->", "->", NULL },
	{ RELEASE(38), "the operator ->>", "->>", NULL },
	CALL(38, "unixepoch"),
	CALL(38, "format"),

	{ RELEASE(39), "RIGHT JOIN", "RIGHT JOIN", NULL },
	{ RELEASE(39), "RIGHT JOIN", "RIGHT OUTER JOIN", NULL },
	{ RELEASE(39), "FULL JOIN", "FULL JOIN", NULL },
	{ RELEASE(39), "FULL JOIN", "FULL OUTER JOIN", NULL },
	{ RELEASE(39), "IS DISTINCT FROM", "IS DISTINCT FROM", NULL },
	{ RELEASE(39), "IS NOT DISTINCT FROM", "IS NOT DISTINCT FROM", NULL },

	CALL(41, "unhex"),

	CALL(43, "octet_length"),
	CALL(43, "timediff"),

	CALL(44, "concat"),
	CALL(44, "concat_ws"),
	CALL(44, "string_agg"),
	{ RELEASE(44), "ORDER BY in an aggregate", NULL, is_ordered_aggregate },

	CALL(45, "jsonb"),
	CALL(45, "jsonb_array"),
	CALL(45, "jsonb_extract"),
	CALL(45, "jsonb_group_array"),
	CALL(45, "jsonb_group_object"),
	CALL(45, "jsonb_insert"),
	CALL(45, "jsonb_object"),
	CALL(45, "jsonb_patch"),
	CALL(45, "jsonb_remove"),
	CALL(45, "jsonb_replace"),
	CALL(45, "jsonb_set"),

	CALL(46, "json_pretty"),
	CALL(48, "if"),
	CALL(50, "unistr"),

	{ 0, NULL, NULL, NULL },
};
