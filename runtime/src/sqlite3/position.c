/*
 * Position: where in a statement the name stands that an error message complains about.
 *
 * SQLite reports the offset of syntax errors and unknown columns, but none for a missing table or
 * anything found at run time. The message then ends with the name.
 */
#include "connection.h"

#include <string.h>

static bool is_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       c == '_' || c == '$' || ((unsigned char)c & 0x80);
}

/* The name at the end of a message, without the schema: "no such table: main.orders". */
static const char *name_of(const char *message)
{
	static const char *const before[] = {
		"no such table: ",	"no such column: ",
		"no such view: ",	"no such index: ",
		"no such trigger: ",	"no such function: ",
		"has no column named ", "no such collation sequence: "
	};

	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
		const char *found = strstr(message, before[i]);

		if (found) {
			const char *name = found + strlen(before[i]);
			const char *dot = strrchr(name, '.');

			return dot ? dot + 1 : name;
		}
	}
	return NULL;
}

/* The end of the comment or string that begins at `i`; `i` when none does. */
static size_t skip(const char *text, size_t length, size_t i)
{
	const char *end = NULL;

	if (text[i] == '\'')
		end = memchr(text + i + 1, '\'', length - i - 1);
	else if (text[i] == '-' && i + 1 < length && text[i + 1] == '-')
		end = memchr(text + i, '\n', length - i);
	else if (text[i] == '/' && i + 1 < length && text[i + 1] == '*') {
		for (size_t j = i + 2; j + 1 < length; j++) {
			if (text[j] == '*' && text[j + 1] == '/')
				return j + 2;
		}
	} else
		return i;
	return end ? (size_t)(end - text) + 1 : length;
}

static bool stands_at(const char *text, size_t length, size_t i, const char *name, size_t size)
{
	if (size > length - i || sqlite3_strnicmp(text + i, name, (int)size) != 0)
		return false;
	if (i > 0 && is_word(text[i - 1]))
		return false;
	return i + size == length || !is_word(text[i + size]);
}

int32_t bl_sqlite3_position(const char *message, const char *text, size_t length)
{
	const char *name = name_of(message);
	size_t size = name ? strlen(name) : 0;
	size_t i = 0;

	if (size == 0 || length > INT32_MAX)
		return -1;
	while (i < length) {
		size_t end = skip(text, length, i);

		if (end > i) {
			i = end;
			continue;
		}
		if (stands_at(text, length, i, name, size))
			return (int32_t)i;
		i++;
	}
	return -1;
}
