/*
 * Text: UTF-8, comparison, nearest words, SHA-256 (libcrypto's).
 *
 * The digest uses libcrypto's functions for SHA-256 itself: they allocate nothing and cannot fail,
 * while the start of its general interface (EVP, in 3.0) crashes when memory runs out.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "text.h"

#include <string.h>

#include <openssl/sha.h>

/* Longer words are never suggested. */
#define TEXT_WORD_LIMIT 64

static bool is_continuation(unsigned char byte)
{
	return (byte & 0xC0) == 0x80;
}

/* Bytes of the well-formed sequence at `s` (RFC 3629, section 4), or 0. */
static size_t sequence_length(const unsigned char *s, size_t left)
{
	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xC2 || s[0] > 0xF4)
		return 0;
	if (left < 2 || !is_continuation(s[1]))
		return 0;
	if (s[0] < 0xE0)
		return 2;
	if ((s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] > 0x9F) ||
	    (s[0] == 0xF0 && s[1] < 0x90) || (s[0] == 0xF4 && s[1] > 0x8F))
		return 0;
	if (left < 3 || !is_continuation(s[2]))
		return 0;
	if (s[0] < 0xF0)
		return 3;
	return left >= 4 && is_continuation(s[3]) ? 4 : 0;
}

/* True when the next eight bytes are ASCII. */
static bool is_ascii_word(const unsigned char *s)
{
	uint64_t word;

	memcpy(&word, s, sizeof(word));
	return !(word & UINT64_C(0x8080808080808080));
}

size_t text_utf8_valid(const char *text, size_t length)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t i = 0;

	while (i < length) {
		size_t step;

		if (length - i >= 8 && is_ascii_word(s + i)) {
			i += 8;
			continue;
		}
		step = sequence_length(s + i, length - i);
		if (!step)
			return i;
		i += step;
	}
	return length;
}

size_t text_utf8_count(const char *text, size_t length)
{
	size_t count = 0;

	for (size_t i = 0; i < length; i++)
		count += !is_continuation((unsigned char)text[i]);
	return count;
}

static int lower(int c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

bool text_is(const char *text, size_t length, const char *word)
{
	for (size_t i = 0; i < length; i++) {
		if (!word[i] || lower(text[i]) != lower(word[i]))
			return false;
	}
	return word[length] == '\0';
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Edit distance without regard to case; two neighbours swapped count as one edit. */
static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
	size_t rows[3][TEXT_WORD_LIMIT + 1];
	size_t *before = rows[0];
	size_t *above = rows[1];
	size_t *row = rows[2];

	for (size_t j = 0; j <= b_length; j++)
		above[j] = j;
	for (size_t i = 1; i <= a_length; i++) {
		size_t *oldest = before;

		row[0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			bool same = lower(a[i - 1]) == lower(b[j - 1]);

			row[j] = smaller(smaller(above[j], row[j - 1]) + 1, above[j - 1] + !same);
			if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
			    lower(a[i - 2]) == lower(b[j - 1]))
				row[j] = smaller(row[j], before[j - 2] + 1);
		}
		before = above;
		above = row;
		row = oldest;
	}
	return above[b_length];
}

const char *text_nearest(const char *word, const char *const *candidates, size_t count)
{
	size_t length = strlen(word);
	size_t best =
		length / 3 + 2; /* one edit in a short word, one more for each three letters */
	const char *nearest = NULL;

	if (length == 0 || length > TEXT_WORD_LIMIT)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		size_t candidate_length = strlen(candidates[i]);
		size_t edits;

		if (candidate_length > TEXT_WORD_LIMIT)
			continue;
		edits = distance(word, length, candidates[i], candidate_length);
		if (edits < best && edits < candidate_length) {
			best = edits;
			nearest = candidates[i];
		}
	}
	return nearest;
}

static void finish(SHA256_CTX *context, char hex[65])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char digest[SHA256_DIGEST_LENGTH];

	SHA256_Final(digest, context);
	for (size_t i = 0; i < sizeof(digest); i++) {
		hex[2 * i] = digits[digest[i] >> 4];
		hex[2 * i + 1] = digits[digest[i] & 15];
	}
	hex[64] = '\0';
}

void text_sha256(const struct text_piece *pieces, size_t count, char hex[65])
{
	SHA256_CTX context;

	SHA256_Init(&context);
	for (size_t i = 0; i < count; i++)
		SHA256_Update(&context, pieces[i].bytes, pieces[i].length);
	finish(&context, hex);
}

void text_sha256_each(const struct text_piece *pieces, size_t count, char (*hex)[65])
{
	SHA256_CTX context;

	SHA256_Init(&context);
	for (size_t i = 0; i < count; i++) {
		SHA256_CTX so_far;

		SHA256_Update(&context, pieces[i].bytes, pieces[i].length);
		so_far = context;
		finish(&so_far, hex[i]);
	}
}
