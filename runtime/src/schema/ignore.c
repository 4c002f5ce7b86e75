/*
 * Patterns with * and ?, matched in at most length × length steps, byte for byte but for ?, which is one character of UTF-8.
 */
#include "ignore.h"

#include <string.h>

/* A name, or two with a dot between them, read as one text. */
struct subject {
	const char *first;
	const char *second; /* NULL: the first one alone */
	size_t first_length;
	size_t length;
};

struct pattern {
	const char *text;
	size_t length;
};

static struct subject subject_of(const char *first, const char *second)
{
	struct subject subject = { first, second, strlen(first), strlen(first) };

	if (second)
		subject.length += 1 + strlen(second);
	return subject;
}

static char byte_at(const struct subject *subject, size_t i)
{
	if (i < subject->first_length)
		return subject->first[i];
	return i == subject->first_length ? '.' : subject->second[i - subject->first_length - 1];
}

/* Behind the character that begins at `i`. */
static size_t next_character(const struct subject *subject, size_t i)
{
	i++;
	while (i < subject->length && ((unsigned char)byte_at(subject, i) & 0xC0) == 0x80)
		i++;
	return i;
}

/* Only the last star is ever tried again: what the ones before it took need not change. */
static bool matches(struct pattern pattern, const struct subject *subject)
{
	size_t p = 0;
	size_t i = 0;
	size_t star = SIZE_MAX; /* behind the last star */
	size_t taken = 0;	/* what it matches ends here */

	while (i < subject->length) {
		if (p < pattern.length && pattern.text[p] == '*') {
			star = ++p;
			taken = i;
		} else if (p < pattern.length && pattern.text[p] == '?') {
			p++;
			i = next_character(subject, i);
		} else if (p < pattern.length && pattern.text[p] == byte_at(subject, i)) {
			p++;
			i++;
		} else if (star != SIZE_MAX) {
			p = star;
			i = ++taken;
		} else {
			return false;
		}
	}
	while (p < pattern.length && pattern.text[p] == '*')
		p++;
	return p == pattern.length;
}

static bool matches_object(struct pattern pattern, const struct bobolink_object *object)
{
	const char *root = *object->parent ? object->parent : object->name;
	struct subject names[3] = { subject_of(root, NULL) };
	int count = 1;

	if (*object->schema)
		names[count++] = subject_of(object->schema, root);
	if (*object->parent)
		names[count++] = subject_of(object->parent, object->name);
	for (int i = 0; i < count; i++) {
		if (matches(pattern, &names[i]))
			return true;
	}
	return false;
}

bool bl_ignore_object(const char *patterns, const struct bobolink_object *object)
{
	static const char separators[] = ", \t\r\n";

	while (patterns && *patterns) {
		struct pattern pattern;

		patterns += strspn(patterns, separators);
		pattern = (struct pattern){ patterns, strcspn(patterns, separators) };
		if (pattern.length && matches_object(pattern, object))
			return true;
		patterns += pattern.length;
	}
	return false;
}
