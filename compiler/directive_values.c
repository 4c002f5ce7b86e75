/*
 * The values of settings that sections have.
 *
 * A value that means nothing is refused; where it is nearly right, the reader says what is wrong with it.
 */
#include "directive_values.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

bool value_transaction(const char *value, struct outcome *out)
{
	static const struct {
		const char *word;
		enum transaction_setting setting;
	} words[] = { { "auto", TRANSACTION_AUTO },
		      { "on", TRANSACTION_ON },
		      { "off", TRANSACTION_OFF },
		      { "true", TRANSACTION_ON },
		      { "false", TRANSACTION_OFF } };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (strcmp(value, words[i].word) == 0) {
			out->settings->transaction = words[i].setting;
			return true;
		}
	}
	return false;
}

static bool read_duration(const char *value, uint32_t *milliseconds)
{
	static const struct {
		const char *unit;
		uint64_t milliseconds;
	} units[] = { { "ms", 1 }, { "s", 1000 }, { "min", 60000 }, { "h", 3600000 } };
	uint64_t number = 0;

	if (*value < '0' || *value > '9')
		return false;
	for (; *value >= '0' && *value <= '9'; value++)
		if ((number = number * 10 + (uint64_t)(*value - '0')) > UINT32_MAX)
			return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (strcmp(value, units[i].unit) == 0) {
			number *= units[i].milliseconds;
			*milliseconds = (uint32_t)number;
			return number && number <= UINT32_MAX;
		}
	}
	return false;
}

bool value_lock_timeout(const char *value, struct outcome *out)
{
	return read_duration(value, &out->settings->lock_timeout_ms);
}

bool value_statement_timeout(const char *value, struct outcome *out)
{
	return read_duration(value, &out->settings->statement_timeout_ms);
}

bool value_allow(const char *value, struct outcome *out)
{
	out->settings->allow_data_loss = strcmp(value, "data-loss") == 0;
	return out->settings->allow_data_loss;
}

bool value_irreversible(const char *value, struct outcome *out)
{
	out->settings->irreversible = value;
	return true;
}

bool value_shadow(const char *value, struct outcome *out)
{
	out->shadow_off = strcmp(value, "off") == 0;
	return out->shadow_off;
}

bool value_reason(const char *value, struct outcome *out)
{
	out->reason = value;
	return true;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "primary/0005" at `*cursor`, which moves behind it, as "primary/5"; NULL when it is none. */
static const char *take_requirement(const char **cursor, struct arena *arena)
{
	const char *name = *cursor;
	const char *slash = name;
	int64_t version;
	char *end;

	while (is_letter(*slash) || (slash > name && is_digit(*slash)))
		slash++;
	if (slash == name || *slash != '/' || !is_digit(slash[1]))
		return NULL;
	errno = 0;
	version = strtoimax(slash + 1, &end, 10);
	if (errno || (*end && *end != ' '))
		return NULL;
	*cursor = end;
	return arena_format(arena, "%.*s/%" PRId64, (int)(slash - name), name, version);
}

/* One after another, as migrations.h has them. */
bool value_requirements(const char *value, struct outcome *out)
{
	const char *all = "";

	while (*(value += strspn(value, " "))) {
		const char *one = take_requirement(&value, out->arena);

		if (!one)
			return false;
		all = arena_format(out->arena, "%s%s%s", all, *all ? " " : "", one);
	}
	if (!*all)
		return false;
	out->settings->requirements = all;
	out->settings->requirements_offset = out->offset;
	out->settings->requirements_length = out->length;
	return true;
}

/* Words that name no function in C, nor in C++, where the generated header may be included. */
static bool is_keyword(const char *word)
{
	static const char *const keywords[] = {
		"alignas",  "alignof",	"and",	   "asm",     "auto",	   "bool",     "break",
		"case",	    "catch",	"char",	   "class",   "const",	   "continue", "default",
		"delete",   "do",	"double",  "else",    "enum",	   "explicit", "export",
		"extern",   "false",	"float",   "for",     "friend",	   "goto",     "if",
		"inline",   "int",	"long",	   "mutable", "namespace", "new",      "not",
		"nullptr",  "operator", "or",	   "private", "protected", "public",   "register",
		"restrict", "return",	"short",   "signed",  "sizeof",	   "static",   "struct",
		"switch",   "template", "this",	   "throw",   "true",	   "try",      "typedef",
		"typeid",   "typename", "typeof",  "union",   "unsigned",  "using",    "virtual",
		"void",	    "volatile", "wchar_t", "while",   "xor"
	};

	for (size_t i = 0; i < sizeof(keywords) / sizeof(*keywords); i++) {
		if (strcmp(word, keywords[i]) == 0)
			return true;
	}
	return word[0] == '_' && (word[1] == '_' || (word[1] >= 'A' && word[1] <= 'Z'));
}

bool value_call(const char *value, struct outcome *out)
{
	const char *fault = NULL;
	const char *c = value;

	while (is_letter(*c) || (c > value && is_digit(*c)))
		c++;
	if (*c)
		fault = "is no name that a function can have in C";
	else if (is_keyword(value))
		fault = "is a word of the language, and no name for a function";
	else if (strcmp(value, "main") == 0)
		fault = "is where the program begins, and no function for a step of it";
	else if (strncmp(value, "bobolink_", 9) == 0 || strncmp(value, "bl_", 3) == 0)
		fault = "is a name that the library may have itself";
	if (fault)
		out->fault = arena_format(out->arena, "\"%s\" %s", value, fault);
	out->settings->call = value;
	return !fault;
}

/* The words of a list with one blank between them; NULL when one of them has a letter that environments do not have. */
static const char *read_environments(const char *value, struct outcome *out)
{
	const char *all = "";

	while (*(value += strspn(value, " "))) {
		const char *end = value;

		while (is_letter(*end) || is_digit(*end) || *end == '-' || *end == '.')
			end++;
		if (*end && *end != ' ') {
			out->fault = "the name of an environment has letters, digits, _, - and ., "
				     "and blanks stand between several";
			return NULL;
		}
		all = arena_format(out->arena, "%s%s%.*s", all, *all ? " " : "", (int)(end - value),
				   value);
		value = end;
	}
	return *all ? all : NULL;
}

bool value_only(const char *value, struct outcome *out)
{
	out->settings->only = read_environments(value, out);
	return out->settings->only != NULL;
}

bool value_except(const char *value, struct outcome *out)
{
	out->settings->except = read_environments(value, out);
	return out->settings->except != NULL;
}
