/* Small questions about text; none of them knows SQL. */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Offset of the first byte that is not UTF-8 (RFC 3629), or `length`. */
size_t text_utf8_valid(const char *text, size_t length);
/* Characters in valid UTF-8. */
size_t text_utf8_count(const char *text, size_t length);
/* Compares without regard to the case of ASCII letters. `word` is NUL-terminated. */
bool text_is(const char *text, size_t length, const char *word);
/* The candidate nearest to `word` by edit distance, or NULL when none is near enough to suggest. */
const char *text_nearest(const char *word, const char *const *candidates, size_t count);
/* Lower-case hex SHA-256 into `hex` (64 digits and a NUL) of `count` pieces one after another. */
struct text_piece {
	const char *bytes;
	size_t length;
};
void text_sha256(const struct text_piece *pieces, size_t count, char hex[65]);
/* The same of the first piece, the first two, and so on: `hex` has room for `count`. */
void text_sha256_each(const struct text_piece *pieces, size_t count, char (*hex)[65]);

#endif
