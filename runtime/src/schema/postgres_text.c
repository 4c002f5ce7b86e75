/*
 * Texts that PostgreSQL renders, canonical.
 *
 * Which names the server puts in quotes depends on the keywords of its version. And since version 14
 * it writes some functions as the SQL standard does: (a AT TIME ZONE b) is timezone(b, a) before.
 * And what a restored dump holds as ARRAY[(a)::text] was (ARRAY[a])::text[] in the original. String
 * literals stay as they are.
 */
#include "postgres_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARGUMENTS_MAX 4

/* A piece of a text, from a token's first byte to behind the last one. */
struct span {
	const char *from;
	const char *to;
};

/* One function in the standard's words: name(a WORD b WORD c) is plain(a, b, c). */
struct words {
	const char *name;
	const char *plain;
	const char *separators[ARGUMENTS_MAX]; /* in their order; later ones may be missing */
	bool turned; /* the arguments of the plain call are the other way round */
};

static const struct words standard[] = {
	{ "SUBSTRING", "substring", { "FROM", "FOR" }, false },
	{ "POSITION", "position", { "IN" }, true },
	{ "OVERLAY", "overlay", { "PLACING", "FROM", "FOR" }, false },
};

static void put(struct bl_text *out, struct span span);

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

/* Behind the quoted piece that begins at `at`. */
static const char *skip_quoted(const char *at, const char *end)
{
	char quote = *at;

	for (at++; at < end; at++) {
		if (*at == quote && (++at == end || *at != quote))
			break;
	}
	return at;
}

/* Behind the token at `at`. */
static const char *skip_token(const char *at, const char *end)
{
	if (*at == '\'' || *at == '"')
		return skip_quoted(at, end);
	if (!is_word(*at))
		return at + 1;
	while (at < end && is_word(*at))
		at++;
	return at;
}

/* The parenthesis that closes the one at `at`, or `end`. */
static const char *closing(const char *at, const char *end)
{
	int depth = 0;

	while (at < end) {
		depth += (*at == '(') - (*at == ')');
		if (depth == 0)
			return at;
		at = skip_token(at, end);
	}
	return end;
}

static bool is_at(const char *at, const char *end, const char *word)
{
	size_t length = strlen(word);

	return (size_t)(end - at) >= length && memcmp(at, word, length) == 0 &&
	       (at + length == end || !is_word(at[length]));
}

/* Where these words stand in the span, outside parentheses; NULL when they do not. */
static const char *find_words(struct span span, const char *words)
{
	const char *at = span.from;

	while (at < span.to) {
		if (is_at(at, span.to, words))
			return at;
		at = *at == '(' ? closing(at, span.to) : at;
		at = at < span.to ? skip_token(at, span.to) : at;
	}
	return NULL;
}

static struct span trimmed(const char *from, const char *to)
{
	while (from < to && *from == ' ')
		from++;
	while (from < to && to[-1] == ' ')
		to--;
	return (struct span){ from, to };
}

static void put_text(struct bl_text *out, const char *text)
{
	bl_text_add(out, text, strlen(text));
}

static void put_call(struct bl_text *out, const char *name, const struct span *arguments,
		     size_t count, bool turned)
{
	put_text(out, name);
	for (size_t i = 0; i < count; i++) {
		put_text(out, i ? ", " : "(");
		put(out, arguments[turned ? count - 1 - i : i]);
	}
	put_text(out, ")");
}

/* Position's arguments come in parentheses of their own. */
static struct span without_parentheses(struct span span)
{
	if (span.from < span.to && *span.from == '(' && closing(span.from, span.to) == span.to - 1)
		return trimmed(span.from + 1, span.to - 1);
	return span;
}

/* Splits the inside of a call at its separators. Returns the number of arguments. */
static size_t split(const struct words *words, struct span inside, struct span *arguments)
{
	size_t count = 0;

	for (size_t i = 0; words->separators[i]; i++) {
		const char *at = find_words(inside, words->separators[i]);

		if (!at)
			break;
		arguments[count++] = trimmed(inside.from, at);
		inside.from = at + strlen(words->separators[i]);
	}
	arguments[count++] = trimmed(inside.from, inside.to);
	for (size_t i = 0; words->turned && i < count; i++)
		arguments[i] = without_parentheses(arguments[i]);
	return count;
}

/* TRIM(BOTH 'x' FROM a) is btrim(a, 'x'); without the 'x' it is btrim(a). */
static void put_trim(struct bl_text *out, struct span inside)
{
	static const char *const sides[][2] = { { "BOTH", "btrim" },
						{ "LEADING", "ltrim" },
						{ "TRAILING", "rtrim" } };
	const char *from = find_words(inside, "FROM");

	for (size_t i = 0; from && i < sizeof(sides) / sizeof(sides[0]); i++) {
		struct span arguments[2];

		if (!is_at(inside.from, inside.to, sides[i][0]))
			continue;
		arguments[0] = trimmed(from + strlen("FROM"), inside.to);
		arguments[1] = trimmed(inside.from + strlen(sides[i][0]), from);
		put_call(out, sides[i][1], arguments, arguments[1].from < arguments[1].to ? 2 : 1,
			 false);
		return;
	}
	put_text(out, "TRIM(");
	put(out, inside);
	put_text(out, ")");
}

/*
 * EXTRACT(epoch FROM a) is date_part('epoch'::text, a). It gives another type since version 14, but what
 * a column or a check makes of it is the same.
 */
static void put_extract(struct bl_text *out, struct span inside)
{
	const char *from = find_words(inside, "FROM");
	struct span field = trimmed(inside.from, from ? from : inside.to);

	put_text(out, "date_part('");
	bl_text_add(out, field.from, (size_t)(field.to - field.from));
	put_text(out, "'::text, ");
	put(out, trimmed(from ? from + strlen("FROM") : inside.to, inside.to));
	put_text(out, ")");
}

/* Puts a call in the standard's words; false when the word at `at` begins none. */
static bool put_standard(struct bl_text *out, const char *at, struct span inside)
{
	struct span arguments[ARGUMENTS_MAX];

	if (is_at(at, inside.from, "TRIM")) {
		put_trim(out, inside);
		return true;
	}
	if (is_at(at, inside.from, "EXTRACT")) {
		put_extract(out, inside);
		return true;
	}
	for (size_t i = 0; i < sizeof(standard) / sizeof(standard[0]); i++) {
		if (!is_at(at, inside.from, standard[i].name))
			continue;
		put_call(out, standard[i].plain, arguments, split(&standard[i], inside, arguments),
			 standard[i].turned);
		return true;
	}
	return false;
}

static void put_parenthesis(struct bl_text *out, struct span inside)
{
	static const char zone[] = "AT TIME ZONE";
	const char *at = find_words(inside, zone);

	if (at) {
		struct span arguments[2] = { trimmed(inside.from, at),
					     trimmed(at + strlen(zone), inside.to) };

		put_call(out, "timezone", arguments, 2, true);
		return;
	}
	put_text(out, "(");
	put(out, inside);
	put_text(out, ")");
}

/* A quoted name, without its quotes where an older or newer server may leave them out. */
static void put_name(struct bl_text *out, struct span name)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz_0123456789$";
	size_t length = (size_t)(name.to - name.from);
	bool quoted = length < 3 || (name.from[1] >= '0' && name.from[1] <= '9') ||
		      name.from[1] == '$' || strspn(name.from + 1, plain) != length - 2;

	bl_text_add(out, name.from + !quoted, quoted ? length : length - 2);
}

/* Behind the element that begins at `at`: at its comma or the closing bracket. */
static const char *skip_element(const char *at, const char *end)
{
	int depth = 0;

	while (at < end && (depth > 0 || (*at != ',' && *at != ']'))) {
		depth += (*at == '[') - (*at == ']');
		at = *at == '(' ? closing(at, end) : at;
		at = at < end ? skip_token(at, end) : at;
	}
	return at;
}

/* The name of the type before the "[]" of a cast that begins at `at`; empty when it is none. */
static struct span element_type(const char *at, const char *end)
{
	const char *from = at + 2;

	if (end - at < 2 || memcmp(at, "::", 2) != 0)
		return (struct span){ at, at };
	for (at = from; at < end && (is_word(*at) || strchr(" .\"", *at)); at = skip_token(at, end))
		;
	if (at < end && *at == '(')
		at = closing(at, end) + 1;
	if (end - at < 2 || memcmp(at, "[]", 2) != 0)
		return (struct span){ from, from };
	return (struct span){ from, at };
}

/* Puts ARRAY[(a)::text, (b)::text] for "(ARRAY[a, b])::text[]". Returns where it ends; NULL when it is not that. */
static const char *put_array(struct bl_text *out, struct span inside, const char *end)
{
	static const char array[] = "ARRAY[";
	const char *at = inside.from + strlen(array);
	struct span type;

	if (inside.to == end || (size_t)(inside.to - inside.from) <= strlen(array) ||
	    memcmp(inside.from, array, strlen(array)) != 0 || is_at(at, inside.to, "ARRAY"))
		return NULL;
	type = element_type(inside.to + 1, end);
	if (type.from == type.to)
		return NULL;
	put_text(out, array);
	while (at < inside.to && *at != ']') {
		const char *next = skip_element(at, inside.to);

		put_text(out, "(");
		put(out, trimmed(at, next));
		put_text(out, ")::");
		put(out, type);
		put_text(out, *next == ',' ? ", " : "");
		at = next + (*next == ',');
	}
	put_text(out, "]");
	return type.to + strlen("[]");
}

static void put(struct bl_text *out, struct span span)
{
	const char *at = span.from;

	while (at < span.to) {
		const char *next = skip_token(at, span.to);
		const char *open = is_word(*at) ? next : at;

		if (open < span.to && *open == '(') {
			const char *close = closing(open, span.to);
			struct span inside = { open + 1, close };

			if (open > at && put_standard(out, at, inside)) {
				at = close < span.to ? close + 1 : close;
				continue;
			}
			bl_text_add(out, at, (size_t)(open - at));
			next = put_array(out, inside, span.to);
			if (!next) {
				put_parenthesis(out, inside);
				next = close < span.to ? close + 1 : close;
			}
			at = next;
		} else if (*at == '"') {
			put_name(out, (struct span){ at, next });
			at = next;
		} else {
			bl_text_add(out, at, (size_t)(next - at));
			at = next;
		}
	}
}

void bl_postgres_canonical(struct bl_text *out, const char *text)
{
	put(out, (struct span){ text, text + strlen(text) });
}

/* The " AS 15:" in front of a text that only servers of one version render alike, or NULL. */
static const char *version_of(const char *definition)
{
	static const char mark[] = " AS ";
	const char *found = NULL;
	const char *at = definition;

	while ((at = strstr(at, mark)) != NULL) {
		at += strlen(mark);
		found = at;
	}
	if (!found || found[strspn(found, "0123456789")] != ':' || *found == ':')
		return NULL;
	return found;
}

/* The version since which EXTRACT gives numeric, and not double precision. */
#define NUMERIC_EXTRACT 14

/* Behind a cast to one of the types that EXTRACT has had. */
static const char *skip_cast(const char *at)
{
	static const char *const casts[] = { "::numeric", "::double precision" };

	for (size_t i = 0; i < sizeof(casts) / sizeof(casts[0]); i++) {
		size_t length = strlen(casts[i]);

		if (strncmp(at, casts[i], length) == 0 &&
		    !strchr("([", at[length] ? at[length] : ' '))
			return at + length;
	}
	return at;
}

/* Beside EXTRACT numbers are cast to its type: those casts are no difference. */
static bool same_but_for_casts(const char *one, const char *other)
{
	static const char extract[] = "date_part(";

	if (!strstr(one, extract) || !strstr(other, extract))
		return false;
	while (*one && *other) {
		const char *behind = skip_cast(one);
		const char *beyond = skip_cast(other);
		bool plain = behind == one && beyond == other;

		if (plain && *one != *other)
			return false;
		one = plain ? one + 1 : behind;
		other = plain ? other + 1 : beyond;
	}
	return *skip_cast(one) == *skip_cast(other);
}

/* Behind the type of a column when it is one of those that EXTRACT has had; NULL for any other. */
static const char *skip_type(const char *at)
{
	static const char *const types[] = { " numeric", " double precision" };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		size_t length = strlen(types[i]);

		if (strncmp(at, types[i], length) == 0 && (at[length] == ',' || at[length] == ')'))
			return at + length;
	}
	return NULL;
}

/* Up to the versions; `extract`: what EXTRACT gives has one type there, and the other one here. */
static bool same_columns(struct span one, struct span other, bool extract)
{
	while (one.from < one.to && other.from < other.to) {
		const char *behind = extract ? skip_type(one.from) : NULL;
		const char *beyond = extract ? skip_type(other.from) : NULL;

		if (behind && beyond) {
			one.from = behind;
			other.from = beyond;
		} else if (*one.from++ != *other.from++) {
			return false;
		}
	}
	return one.from == one.to && other.from == other.to;
}

bool bl_postgres_same(const char *one, const char *other)
{
	const char *version = version_of(one);
	const char *another = version_of(other);
	long first = version ? strtol(version, NULL, 10) : 0;
	long second = another ? strtol(another, NULL, 10) : 0;

	if (strcmp(one, other) == 0 || same_but_for_casts(one, other))
		return true;
	if (!version || !another || first == second)
		return false;
	return same_columns((struct span){ one, version }, (struct span){ other, another },
			    (first < NUMERIC_EXTRACT) != (second < NUMERIC_EXTRACT));
}

/*
 * Behind the storage parameters that may stand here; `mark` is what they begin with. A hash partition is FOR VALUES
 * WITH (modulus 4, remainder 1), without "=".
 */
static const char *skip_parameters(const char *at, const char *mark)
{
	const char *end;
	char quote = '\0';

	if (strncmp(at, mark, strlen(mark)) != 0)
		return at;
	end = at + strlen(mark);
	end += strspn(end, "abcdefghijklmnopqrstuvwxyz0123456789_.");
	if (*end != '=')
		return at;
	for (; *end && (quote || *end != ')'); end++) {
		if (*end == quote)
			quote = '\0';
		else if (!quote && (*end == '\'' || *end == '"'))
			quote = *end;
	}
	return *end ? end + 1 : end;
}

/* Days since the first of March of the year 0. */
static int64_t days_until(int64_t year, int64_t month, int64_t day)
{
	int64_t months =
		year * 12 + month - 3; /* counted from March, so that a leap day is the last */

	year = months / 12;
	return year * 365 + year / 4 - year / 100 + year / 400 + (months % 12 * 153 + 2) / 5 + day;
}

/*
 * Behind the seconds of the moment at a quote, rendered in UTC: '2026-01-31 12:00:00.5+00'. NULL when there is none.
 */
static const char *read_moment(const char *at, int64_t *seconds)
{
	int field[6];
	int length = 0;

	if (sscanf(at, "'%d-%2d-%2d %2d:%2d:%2d%n", &field[0], &field[1], &field[2], &field[3],
		   &field[4], &field[5], &length) != 6 ||
	    !length || field[0] < 1)
		return NULL;
	at += length;
	length = *at == '.' ? 1 + (int)strspn(at + 1, "0123456789") : 0;
	if (strncmp(at + length, "+00'", 4) != 0)
		return NULL;
	*seconds = days_until(field[0], field[1], field[2]) * 86400 + (int64_t)field[3] * 3600 +
		   (int64_t)field[4] * 60 + field[5];
	return at;
}

/*
 * Passes over the seconds of two moments that are one text in two time zones: 16 hours are the most that PostgreSQL has.
 * What follows in the literals, such as fractions, is compared as it is.
 */
static bool skip_moments(const char **one, const char **other)
{
	int64_t first;
	int64_t second;
	const char *behind = read_moment(*one, &first);
	const char *beyond = behind ? read_moment(*other, &second) : NULL;

	if (!beyond || first - second > 16 * 3600 || second - first > 16 * 3600)
		return false;
	*one = behind;
	*other = beyond;
	return true;
}

static bool same_text_elsewhere(const char *one, const char *other, bool tuned)
{
	char quote = '\0';

	for (bool first = true;; first = false, one++, other++) {
		if (!quote && tuned) {
			one = skip_parameters(one, first ? "WITH (" : " WITH (");
			other = skip_parameters(other, first ? "WITH (" : " WITH (");
		}
		if (!quote && skip_moments(&one, &other))
			quote = '\'';
		if (*one != *other || !*one)
			return *one == *other;
		if (*one == quote)
			quote = '\0';
		else if (!quote && (*one == '\'' || *one == '"'))
			quote = *one;
	}
}

static bool is_stored(int32_t kind)
{
	return kind == BOBOLINK_OBJECT_TABLE || kind == BOBOLINK_OBJECT_MATERIALIZED_VIEW ||
	       kind == BOBOLINK_OBJECT_INDEX || kind == BOBOLINK_OBJECT_PRIMARY_KEY ||
	       kind == BOBOLINK_OBJECT_UNIQUE || kind == BOBOLINK_OBJECT_EXCLUDE;
}

bool bl_postgres_same_elsewhere(const struct bobolink_object *one,
				const struct bobolink_object *other)
{
	return same_text_elsewhere(one->definition, other->definition, is_stored(one->kind));
}
