/*
 * Condition: whether the WHERE of a statement leaves anything out.
 *
 * Scripts write WHERE true or WHERE 1 = 1 where a tool, or a reviewer, wants to see a WHERE. What cannot be told from
 * literals alone counts as a condition.
 */
#include "lint_condition.h"

#include <string.h>

/* The word at the depth of `from`, before `to`; else `to`. */
static uint32_t find_before(const struct words *words, uint32_t from, uint32_t to, const char *word)
{
	uint32_t index = words_find(words, from, word);

	return index < to ? index : to;
}

static bool is_same_literal(const struct words *words, uint32_t one, uint32_t other)
{
	struct token a = words_token(words, one);
	struct token b = words_token(words, other);

	return (a.kind == TOKEN_NUMBER || a.kind == TOKEN_STRING) && a.kind == b.kind &&
	       a.length == b.length &&
	       memcmp(words_text(words, one), words_text(words, other), a.length) == 0;
}

/* true, 1, 1 = 1, 'a' = 'a' */
static bool is_true_term(const struct words *words, uint32_t from, uint32_t to)
{
	if (to - from == 1)
		return words_is(words, from, "TRUE") || words_is(words, from, "1");
	return to - from == 3 && is_same_literal(words, from, from + 2) &&
	       (words_is(words, from + 1, "=") || words_is(words, from + 1, "==") ||
		words_is(words, from + 1, "<=") || words_is(words, from + 1, ">="));
}

static bool is_true(const struct words *words, uint32_t from, uint32_t to)
{
	const char *word = "OR";
	uint32_t end;

	while (from < to && words_token(words, from).kind == TOKEN_LEFT &&
	       words_close(words, from) == to) {
		from++;
		to--;
	}
	if (find_before(words, from, to, "OR") == to)
		word = "AND";
	end = find_before(words, from, to, word);
	if (end == to)
		return is_true_term(words, from, to);
	return *word == 'O' ? is_true(words, from, end) || is_true(words, end + 1, to)
			    : is_true(words, from, end) && is_true(words, end + 1, to);
}

bool lint_has_condition(const struct words *words, uint32_t from)
{
	static const char *const followers[] = { "RETURNING", "ORDER", "LIMIT" };
	uint32_t where = words_find(words, from, "WHERE");
	uint32_t to = words->count;

	for (size_t i = 0; i < sizeof(followers) / sizeof(followers[0]); i++)
		to = find_before(words, where, to, followers[i]);
	return where < words->count && !is_true(words, where + 1, to);
}
